"""The frozen choices behind a number: what counts as a match, how lists pair, how the reward adds up.

A spec names every choice that can change a number, and its signature prints them all, so that two
numbers with one signature are comparable.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from functools import cached_property, lru_cache
from typing import Any, Final, cast, get_args

from medvie_reward._core.validate import is_integer, is_number, is_one_of, shown
from medvie_reward.errors import SpecError
from medvie_reward.spec._fields import Fields
from medvie_reward.spec._list_modes import ListMode
from medvie_reward.spec._reading import KEYS, DocumentReader
from medvie_reward.spec._rules import Rule, is_text
from medvie_reward.spec._schema_rules import load_schema, rules_of
from medvie_reward.spec._schema_sources import Schema
from medvie_reward.spec._signature import Signature
from medvie_reward.spec._think_tags import THINK_TAGS, known_tags, think_pair
from medvie_reward.spec._types import (
    Answer,
    Format,
    HallucinationKind,
    Keys,
    Lists,
    Matching,
    Narrative,
    Reading,
    SpecFields,
    Text,
    Unpack,
)

_TEXTS: Final = get_args(Text)
_READINGS: Final = get_args(Reading)
_MATCHINGS: Final = get_args(Matching)
_NARRATIVES: Final = get_args(Narrative)
FORMATS: Final[tuple[str, ...]] = get_args(Format)
"""What `Spec.format` can be."""
ANSWERS: Final[tuple[str, ...]] = get_args(Answer)
"""What `Spec.answer` can be."""
DEFAULT: Final = "clinical"
"""The preset of functions that are given none."""
KINDS: Final[tuple[HallucinationKind, ...]] = get_args(HallucinationKind)
"""The kinds of hallucinated leaves."""
COSTS: Final = ("filled_blank_cost", "invented_field_cost", "invented_item_cost", "critical_cost")
COST_PARTS: Final = 1_000
"""Costs are whole multiples of one part in so many."""
_VARIANTS: Final = 64
_LISTS: Final = "'align', 'bag', 'index' or 'key:<member>'"
_TAGS: Final = "opening tags such as '<think>', or both tags with a space between"


def _are_words(value: Any) -> bool:
    """Check whether a value is a list of texts that are not blank and can be written."""
    return isinstance(value, (list, tuple)) and all(
        type(x) is str and bool(x.strip()) and is_text(x) for x in value
    )


def _is_alias(pair: Any) -> bool:
    """Check whether a value is a name with a list of other names."""
    two = isinstance(pair, (list, tuple)) and len(pair) == 2
    return two and _are_words((pair[0],)) and _are_words(pair[1])


@dataclass(frozen=True, repr=False)
class Spec:
    """Every choice that can change a score or a reward.

    Parameters
    ----------
    name
        The preset this spec began as; part of the signature.
    lists
        How the items of two lists pair: ``align`` (one to one, so that as many leaves as possible are
        correct), ``bag`` (leaves pooled by path; blind to values swapped between rows), ``index`` (by
        position) or ``key:<member>`` (items with an equal member first, the rest aligned). The last may
        cost correct leaves, so that a corrected name can lower the reward: made to evaluate, not to train.
    text
        Comparator of fields without a rule of their own: ``unicode`` (equal in NFC, outer whitespace gone,
        inner runs of it one space), ``strip`` (outer whitespace gone), ``text`` (spellings of one text:
        case, full width, punctuation) or ``guess`` (each value by what it is: number, range, date, text).
    field_names
        Whether the words of a field's name choose its comparator where no rule does and ``text`` is
        ``guess``: ``unit``, ``total``, ``invoice_no``, 参考范围 (see `comparators.field_names`).
    lone_currency
        Whether a currency that only one of two values names makes no difference: $5 is 5, and not €5.
    rules
        What holds for single fields; the first rule that fits a field is its rule.
    narrative
        Fields with the comparator ``narrative``: ``exact`` (as ``text``) or ``graded`` (outside lists, a
        wrong text earns its similarity, where that is at least one half).
    reading
        How JSON becomes fields: ``json`` (as this package's documentation defines), ``donut`` (as Donut's
        evaluator does) or ``smr-r1`` (as the paper's first author's earlier evaluator does).
    matching
        The matching part of the reward: ``precision_recall`` (alpha * P + (1 - alpha) * R), ``f1`` or
        ``fbeta``.
    alpha
        Weight of precision against recall, 0 to 1 (arXiv 2506.13363, Eq. 6).
    beta
        How much more recall weighs than precision in ``fbeta``, 0 to 100 in steps of 0.01.
    filled_blank_cost, invented_field_cost, invented_item_cost
        What a hallucinated leaf of this kind costs, in correct leaves' worth of precision; 0 to 10 in steps
        of 0.001.
    critical_cost
        What it costs when all critical fields are wrong, 0 to 10 in steps of 0.001.
    floor
        Lower bound of the precision term after penalties, -10 to 0. Below 0 padding an answer dilutes its
        penalties, so that more text can raise the reward.
    format
        What a well-formed completion looks like: ``think`` (one think part, then one answer part),
        ``answer`` (one answer part alone), ``json`` (a JSON object or list and nothing else) or
        ``think_json`` (one think part, then a JSON object or list, bare or in one fence).
    format_needs_answer
        Whether only a completion whose answer can be read is well formed. Otherwise broken JSON in the right
        tags earns as much as an answer with every leaf wrong. Named in the signature only where it is true.
    format_weight
        What a well-formed completion earns (r_format of Eq. 5), 0 or more.
    answer
        How the answer is found: ``lenient`` (the rule of `parse_completion`), ``tagged`` (the first
        closed answer part only), ``last`` (the last answer part, or the last JSON where there is none: made
        to evaluate, not to train) or ``tool_call`` (the arguments of the first tool call).
    both_empty
        The reward's matching part where neither prediction nor gold has a field, 0 to 1.
    repair
        Whether broken JSON may be repaired (extra ``repair``); a repaired completion is marked.
    repair_cost
        What a repaired answer costs, 0 or more; the reward never falls below 0.
    max_chars, max_chars_per_gold_char
        An answer longer than both ``max_chars`` and ``max_chars_per_gold_char`` times the gold's text is
        not read: status ``too_large``.
    max_depth
        Deepest nesting that is read, in containers, 1 to 128.
    max_pairs
        Work bound: how many item pairs one alignment may weigh. Past it, lists pair in a fixed order
        (never better than the optimum) and the result says ``limited``.
    prefilled
        Whether the prompt already ends with the opening think tag, so that completions begin inside the think
        part. Named in the signature only where it is true.
    think_tags
        What think parts stand in: opening tags (the closing ones follow from them), or both tags with one
        space between. Named in the signature only where they are not ``<think>``.
    absent
        Words that mean blank, such as ``N/A`` and ``无``, in any case and width. A rule's own words come
        instead of these. What both sides leave blank is counted as ``agreed_blank``, which is in no score.
    keys
        How the names of members may differ: ``exact`` (not at all), ``case`` (upper and lower case) or
        ``loose`` (also in spaces, ``_``, ``-`` and width: ``itemName`` is ``Item Name``). To evaluate.
    key_aliases
        Names of members with their other names, as a mapping. To evaluate; a rule's ``aliases`` hold at its
        path alone.

    Raises
    ------
    SpecError
        If a value is outside what is described here.
    """

    name: str = "strict"
    lists: Lists = "align"
    text: Text = "unicode"
    field_names: bool = False
    lone_currency: bool = False
    rules: tuple[Rule, ...] = ()
    narrative: Narrative = "exact"
    reading: Reading = "json"
    matching: Matching = "precision_recall"
    alpha: float = 0.5
    beta: float = 1.0
    filled_blank_cost: float = 0.0
    invented_field_cost: float = 0.0
    invented_item_cost: float = 0.0
    critical_cost: float = 0.0
    floor: float = 0.0
    format: Format = "think"
    format_needs_answer: bool = False
    format_weight: float = 1.0
    answer: Answer = "lenient"
    both_empty: float = 1.0
    repair: bool = False
    repair_cost: float = 0.0
    max_chars: int = 65_536
    max_chars_per_gold_char: int = 8
    max_depth: int = 128
    max_pairs: int = 100_000
    prefilled: bool = False
    think_tags: tuple[str, ...] = THINK_TAGS
    absent: tuple[str, ...] = ()
    keys: Keys = "exact"
    key_aliases: Any = ()

    def __repr__(self) -> str:
        known = self.name in PRESETS
        base = self._base
        made = f"Spec.preset({self.name!r})" if known else f"Spec(name={self.name!r})"
        changes = [
            f"{one.name}={getattr(self, one.name)!r}"
            for one in dataclass_fields(self)
            if getattr(self, one.name) != getattr(base, one.name)
        ]
        return f"{made}.replace({', '.join(changes)})" if changes else made

    def _repr_html_(self) -> str:
        from medvie_reward._core.tables import html_table

        columns = ("rule for", "comparator", "weight", "critical", "lists")
        rows = [
            (rule.path, rule.comparator or "", f"{rule.weight:g}", "yes" if rule.critical else "",
             rule.lists or "")
            for rule in self.rules
        ]  # fmt: skip
        return html_table(self.signature, columns, rows, texts=(0, 1, 3, 4))

    def __post_init__(self) -> None:
        self._require("name", bool(self.name) and type(self.name) is str, "a non-empty string")
        known = ListMode.parse(self.lists) is not None
        self._require("lists", known and is_text(self.lists), _LISTS)
        for field, words in (
            ("text", _TEXTS),
            ("narrative", _NARRATIVES),
            ("reading", _READINGS),
            ("matching", _MATCHINGS),
            ("format", FORMATS),
            ("answer", ANSWERS),
        ):
            known = is_one_of(getattr(self, field), words)
            self._require(field, known, "one of " + ", ".join(map(repr, words)))
        for field, low, high in (
            ("alpha", 0.0, 1.0),
            ("beta", 0.0, 100.0),
            ("filled_blank_cost", 0.0, 10.0),
            ("invented_field_cost", 0.0, 10.0),
            ("invented_item_cost", 0.0, 10.0),
            ("critical_cost", 0.0, 10.0),
            ("floor", -10.0, 0.0),
            ("format_weight", 0.0, math.inf),
            ("both_empty", 0.0, 1.0),
            ("repair_cost", 0.0, math.inf),
        ):
            x = getattr(self, field)
            self._require(field, is_number(x, low, high), f"a finite number from {low:g} to {high:g}")
            object.__setattr__(self, field, float(x) + 0.0)  # 1, 1.0 and -0.0 must give one signature
        for field, steps in (("beta", 100), *((cost, 1000) for cost in COSTS)):
            x = getattr(self, field) * steps
            self._require(field, abs(x - round(x)) < 1e-6, f"a multiple of {1 / steps:g}")
        listed = isinstance(self.rules, (tuple, list)) and all(type(rule) is Rule for rule in self.rules)
        self._require("rules", listed, "a tuple of Rule")
        object.__setattr__(self, "rules", tuple(self.rules))
        for field in ("field_names", "format_needs_answer", "lone_currency", "prefilled", "repair"):
            self._require(field, type(getattr(self, field)) is bool, "True or False")
        tags = known_tags(self.think_tags)
        self._require("think_tags", tags is not None, _TAGS)
        object.__setattr__(self, "think_tags", tags)
        for field, least, most in (
            ("max_chars", 1, 2**31),
            ("max_chars_per_gold_char", 0, 2**31),
            ("max_depth", 1, 128),
            ("max_pairs", 0, 2**31),
        ):
            n = getattr(self, field)
            self._require(field, is_integer(n, least, most), f"an integer {least} to {most}")
        self._check_words()
        if self.reading != "json":
            for field in ("absent", "keys", "key_aliases"):
                plain = getattr(self, field) in ((), "exact")
                self._require(field, plain, f"nothing of that kind with reading {self.reading!r}")
            self._require("lists", self.lists == "bag", f"'bag' with reading {self.reading!r}")
            self._require("text", self.text == "strip", f"'strip' with reading {self.reading!r}")
            self._require("rules", not self.rules, f"no rules with reading {self.reading!r}")

    def _check_words(self) -> None:
        """Check what was added for reading documents, and freeze it."""
        self._require("keys", is_one_of(self.keys, KEYS), "one of " + ", ".join(map(repr, KEYS)))
        self._require("name", is_text(self.name), "text that can be written as UTF-8")
        self._require("absent", _are_words(self.absent), "a list of words that are not blank")
        object.__setattr__(self, "absent", tuple(dict.fromkeys(self.absent)))
        if type(self.key_aliases) is tuple and not self.key_aliases:
            return
        aliases = self.key_aliases
        pairs = list(aliases.items()) if isinstance(aliases, Mapping) else aliases
        good = isinstance(pairs, (list, tuple)) and all(
            isinstance(pair, (list, tuple))
            and len(pair) == 2
            and _are_words((pair[0],))
            and _are_words(pair[1])
            for pair in pairs
        )
        self._require("key_aliases", good, "an object of a name with a list of other names")
        object.__setattr__(self, "key_aliases", tuple((name, tuple(others)) for name, others in pairs))

    def _require(self, field: str, ok: bool, expected: str) -> None:
        if not ok:
            got = shown(getattr(self, field), 1_000)
            raise SpecError(f"spec field {field!r}: expected {expected}, got {got}")

    @classmethod
    def preset(cls, name: str) -> Spec:
        """Return the spec of this name.

        Parameters
        ----------
        name
            ``clinical``, ``strict``, ``paper``, ``donut`` or ``smr-r1``.

        Raises
        ------
        SpecError
            If there is no such preset.
        """
        if not is_one_of(name, PRESETS):
            raise SpecError(f"no preset {shown(name)}: expected one of {', '.join(PRESETS)}")
        return _clinical() if name == "clinical" else _PLAIN[name]

    @classmethod
    def from_json_schema(
        cls, schema: Schema, preset: Spec | str = "clinical", **overrides: Unpack[SpecFields]
    ) -> Spec:
        """Build a spec whose rules come from a JSON Schema.

        Types and formats choose comparators; ``x-medvie-*`` keywords refine them (see `schema.rules_of`).
        Fields that the schema does not name have the preset's comparator for fields without a rule.

        Parameters
        ----------
        schema
            A JSON Schema, also inside what an API of structured output or of tools wraps around one; or a
            class: a Pydantic model, a dataclass or a TypedDict.
        preset
            Where every other choice comes from.
        **overrides
            Spec fields to change.

        Raises
        ------
        SpecError
            If the schema is not valid; the message gives the JSON path.
        """
        return resolve(preset, **{"name": "json-schema", "rules": rules_of(schema), **overrides})

    def with_rules(self, rules: Iterable[Rule]) -> Spec:
        """Copy this spec with some rules before its own, so that they come first.

        Raises
        ------
        SpecError
            If something else than a `Rule` is among them.
        """
        if isinstance(rules, (str, bytes, Mapping)) or not isinstance(rules, Iterable):
            raise SpecError(f"rules: expected a list of Rule, got {shown(rules)}")
        return self.replace(rules=(*rules, *self.rules))

    def replace(self, **changes: Unpack[SpecFields]) -> Spec:
        """Copy this spec with some fields changed.

        Raises
        ------
        SpecError
            If a name is no field of a spec, or a value is not allowed.
        """
        if not changes:
            return self
        unknown = sorted(changes.keys() - _FIELDS)
        if unknown:
            raise SpecError(f"no spec field {unknown[0]!r}: expected one of {', '.join(sorted(_FIELDS))}")
        return dataclasses.replace(self, **cast("dict[str, Any]", changes))

    @cached_property
    def fields(self) -> Fields:
        """The fields of documents under this spec, made as they are met."""
        named = self.field_names and self.text == "guess"
        return Fields(self.rules, self.text, self.narrative == "graded", named, self.lone_currency)

    @cached_property
    def reader(self) -> DocumentReader | None:
        """What reads documents as this spec says, ``None`` where they are read as they are."""
        rules = any(rule.absent is not None or rule.aliases for rule in self.rules)
        if not (rules or self.absent or self.key_aliases or self.keys != "exact"):
            return None
        return DocumentReader(self.fields, self.rules, self.absent, self.key_aliases, self.keys)

    @cached_property
    def counts_blanks(self) -> bool:
        """Whether words that mean blank are declared, so that what both sides leave blank is counted."""
        return bool(self.absent) or any(rule.absent for rule in self.rules)

    @cached_property
    def kind_costs(self) -> dict[str, int]:
        """What a hallucinated leaf costs, by its kind, in parts (see `COST_PARTS`)."""
        costs = (self.filled_blank_cost, self.invented_field_cost, self.invented_item_cost)
        return {kind: round(cost * COST_PARTS) for kind, cost in zip(KINDS, costs, strict=True)}

    @cached_property
    def think_pairs(self) -> tuple[tuple[str, str], ...]:
        """The opening and the closing tag of each kind of think part."""
        return tuple(pair for tag in self.think_tags if (pair := think_pair(tag)) is not None)

    @cached_property
    def variants(self) -> dict[Any, Spec]:
        """What `resolve` made of this spec, by what it changed."""
        return {}

    def __getstate__(self) -> dict[str, Any]:
        # What was worked out from the fields is worked out again where it is needed.
        return {name: getattr(self, name) for name in _FIELDS}

    @cached_property
    def signature(self) -> str:
        """One line that names every choice and the version, to be printed with every number."""
        return self.signed.long

    @property
    def short_signature(self) -> str:
        """One line with what differs from the preset: ``medvie:clinical@0.1.0+lists=bag,alpha=0.3``."""
        return self.signed.short

    @property
    def signed(self) -> Signature:
        """The signature as a value, with every choice by name."""
        return Signature.of(self, self._base)

    @property
    def _base(self) -> Spec:
        """The spec that this one began as."""
        return Spec.preset(self.name) if self.name in PRESETS else Spec(name=self.name)


def resolve(spec: Spec | str, **overrides: Any) -> Spec:
    """Return the spec that a public function was asked for.

    Parameters
    ----------
    spec
        A spec, or the name of a preset.
    **overrides
        Spec fields to change.

    Raises
    ------
    SpecError
        If the preset or an override does not exist or is not allowed.
    """
    chosen = spec if isinstance(spec, Spec) else Spec.preset(spec)
    if not overrides:
        return chosen
    # The same overrides come with every call of a run; what their spec has worked out is kept with it.
    key = tuple((name, type(value), value) for name, value in sorted(overrides.items()))
    try:
        known = chosen.variants.get(key)
    except TypeError:  # a value that cannot be hashed
        return chosen.replace(**overrides)
    if known is None:
        known = chosen.replace(**overrides)
        if len(chosen.variants) >= _VARIANTS:
            chosen.variants.clear()
        chosen.variants[key] = known
    return known


_FIELDS: Final = frozenset(field.name for field in dataclasses.fields(Spec))

_PLAIN: Final[dict[str, Spec]] = {
    spec.name: spec
    for spec in (
        Spec(),
        Spec(name="paper", lists="bag", text="strip", both_empty=0.0),
        Spec(name="donut", lists="bag", text="strip", reading="donut", matching="f1", format_weight=0.0),
        Spec(name="smr-r1", lists="bag", text="strip", reading="smr-r1", answer="tagged", format_weight=0.0),
    )
}

PRESETS: Final = ("clinical", *_PLAIN)
"""Names of the presets."""


@lru_cache(maxsize=1)  # made when first asked for: it reads the shipped schemas
def _clinical() -> Spec:
    # The tests hold the shipped schemas against their metaschema, so it need not be loaded here.
    english, chinese = (rules_of(load_schema(f"medical_report.{name}"), check=False) for name in ("en", "zh"))
    return Spec(
        name="clinical",
        text="guess",
        field_names=True,
        lone_currency=True,
        rules=english + chinese,
        matching="f1",
        filled_blank_cost=0.25,
        invented_field_cost=0.25,
        invented_item_cost=0.25,
        format_needs_answer=True,
    )
