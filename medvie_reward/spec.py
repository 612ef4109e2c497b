"""The frozen choices behind a number: what counts as a match, how lists pair, how the reward adds up.

A spec names every choice that can change a number, and its signature prints them all, so that two
numbers with one signature are comparable.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Final

from medvie_reward._version import __version__
from medvie_reward.errors import SpecError

_TEXTS: Final = ("unicode", "strip")
_READINGS: Final = ("json", "donut", "smr-r1")
_MATCHINGS: Final = ("precision_recall", "f1")
_FORMATS: Final = ("think", "answer", "json")
_ANSWERS: Final = ("lenient", "tagged")
_LISTS: Final = "'align', 'bag', 'index' or 'key:<member>'"


@dataclass(frozen=True)
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
        Normal form in which two leaf values must be equal: ``unicode`` (NFC, outer white space gone,
        inner runs of it one space) or ``strip`` (outer white space gone).
    reading
        How JSON becomes fields: ``json`` (as this package's documentation defines), ``donut`` (as Donut's
        evaluator does) or ``smr-r1`` (as the paper's first author's earlier evaluator does).
    matching
        The matching part of the reward: ``precision_recall`` (alpha * P + (1 - alpha) * R) or ``f1``.
    alpha
        Weight of precision against recall, 0 to 1 (arXiv 2506.13363, Eq. 6).
    format
        What a well-formed completion looks like: ``think`` (one think part, then one answer part),
        ``answer`` (one answer part alone) or ``json`` (a JSON object or list and nothing else).
    format_weight
        What a well-formed completion earns (r_format of Eq. 5), 0 or more.
    answer
        How the answer is found: ``lenient`` (the rule of `parse_completion`) or ``tagged`` (the first
        closed answer part only).
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

    Raises
    ------
    SpecError
        If a value is outside what is described here.
    """

    name: str = "strict"
    lists: str = "align"
    text: str = "unicode"
    reading: str = "json"
    matching: str = "precision_recall"
    alpha: float = 0.5
    format: str = "think"
    format_weight: float = 1.0
    answer: str = "lenient"
    both_empty: float = 1.0
    repair: bool = False
    repair_cost: float = 0.0
    max_chars: int = 65_536
    max_chars_per_gold_char: int = 8
    max_depth: int = 128
    max_pairs: int = 100_000

    def __post_init__(self) -> None:
        self._require("name", bool(self.name) and type(self.name) is str, "a non-empty string")
        keyed = type(self.lists) is str and self.lists.startswith("key:") and len(self.lists) > 4
        self._require("lists", keyed or self.lists in ("align", "bag", "index"), _LISTS)
        for field, words in (
            ("text", _TEXTS),
            ("reading", _READINGS),
            ("matching", _MATCHINGS),
            ("format", _FORMATS),
            ("answer", _ANSWERS),
        ):
            self._require(field, getattr(self, field) in words, "one of " + ", ".join(map(repr, words)))
        for field, low, high in (
            ("alpha", 0.0, 1.0),
            ("format_weight", 0.0, math.inf),
            ("both_empty", 0.0, 1.0),
            ("repair_cost", 0.0, math.inf),
        ):
            x = getattr(self, field)
            number = type(x) in (int, float) and math.isfinite(x) and low <= x <= high
            self._require(field, number, f"a finite number from {low:g} to {high:g}")
            object.__setattr__(self, field, float(x))  # 1 and 1.0 must give one signature
        self._require("repair", type(self.repair) is bool, "True or False")
        for field, least, most in (
            ("max_chars", 1, 2**31),
            ("max_chars_per_gold_char", 0, 2**31),
            ("max_depth", 1, 128),
            ("max_pairs", 0, 2**31),
        ):
            n = getattr(self, field)
            self._require(field, type(n) is int and least <= n <= most, f"a whole number {least} to {most}")
        if self.reading != "json":
            self._require("lists", self.lists == "bag", f"'bag' with reading {self.reading!r}")
            self._require("text", self.text == "strip", f"'strip' with reading {self.reading!r}")

    def _require(self, field: str, ok: bool, expected: str) -> None:
        if not ok:
            raise SpecError(f"spec field {field!r}: expected {expected}, got {getattr(self, field)!r}")

    @classmethod
    def preset(cls, name: str) -> Spec:
        """Give the spec of this name.

        Parameters
        ----------
        name
            ``paper``, ``donut``, ``smr-r1`` or ``strict``.

        Raises
        ------
        SpecError
            If there is no such preset.
        """
        try:
            return PRESETS[name]
        except (KeyError, TypeError):
            raise SpecError(f"no preset {name!r}: expected one of {', '.join(PRESETS)}") from None

    def replace(self, **changes: Any) -> Spec:
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
        return dataclasses.replace(self, **changes)

    @property
    def signature(self) -> str:
        """One line that names every choice and the version, to be printed with every number."""
        parts = [f"{field.name}:{_word(getattr(self, field.name))}" for field in dataclasses.fields(self)]
        return "medvie|" + "|".join(parts) + f"|version:{__version__}"


def resolve(spec: Spec | str, **overrides: Any) -> Spec:
    """Give the spec that a public function was asked for.

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
    return (spec if isinstance(spec, Spec) else Spec.preset(spec)).replace(**overrides)


def _word(value: object) -> str:
    """Write a spec value so that two values never share a word and none breaks the line's syntax."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("%", "%25").replace("|", "%7C").replace("\n", "%0A").replace("\r", "%0D")


_FIELDS: Final = frozenset(field.name for field in dataclasses.fields(Spec))

PRESETS: Final[dict[str, Spec]] = {
    spec.name: spec
    for spec in (
        Spec(),
        Spec(name="paper", lists="bag", text="strip", both_empty=0.0),
        Spec(name="donut", lists="bag", text="strip", reading="donut", matching="f1", format_weight=0.0),
        Spec(name="smr-r1", lists="bag", text="strip", reading="smr-r1", answer="tagged", format_weight=0.0),
    )
}
