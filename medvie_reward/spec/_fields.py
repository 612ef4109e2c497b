"""The fields of documents, made as they are met: which rule holds, normal form, weight.

Weights are held as whole units, so that sums are exact and compare exactly.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import chain
from typing import Any, Final

from medvie_reward._core.json_values import scalar_text
from medvie_reward._core.paths import member_path
from medvie_reward.comparators import FORMS, Form, KnownForms, OpenForms, SettledForms, form_of
from medvie_reward.comparators.credit import Credit, credit_of, similar
from medvie_reward.comparators.currencies import parted, settled_among, settled_in
from medvie_reward.comparators.field_names import named_field
from medvie_reward.errors import SpecError
from medvie_reward.spec._functions import careful
from medvie_reward.spec._normalizers import steps_form
from medvie_reward.spec._rules import WEIGHT_STEP, Names, Pattern, Rule, fits, pattern_of

# Fields are remembered by name. Predictions feed that, so past this many all are forgotten and met anew.
_KNOWN_FIELDS: Final = 4_096
_TURNS: Final = 1_000
# Fields beside golds with the same currencies in the same fields.
_VARIANTS: Final = 256


class Field:
    """One field: the rule that holds there, made ready.

    Attributes
    ----------
    names
        Member names on the way to it.
    name
        Its name with list marks, such as ``Indicators[].Result``; the root's is empty.
    rule
        Its rule.
    form
        Normal form of its leaves; remembers what it wrote.
    units
        Weight of one leaf in whole units.
    critical
        Whether a wrong leaf here is charged.
    listed
        Whether it is inside a list.
    credit
        What two different normal forms here earn, in thousandths below 1,000; ``None`` where that is nothing.
    several
        Whether one value here may stand for several, so that a list of some may stand for it.
    open
        The normal forms without currencies, where a currency that one side lacks makes no difference.
    members, items
        The fields one name further down, and the field of the items of a list here, as far as asked for.
    """

    __slots__ = (
        "credit", "critical", "form", "items", "listed", "members", "name", "names", "open", "rule",
        "several", "units",
    )  # fmt: skip

    def __init__(
        self, names: Names, name: str, rule: Rule, form: Callable[[str], str], units: int, listed: bool
    ) -> None:
        self.names = names
        self.name = name
        self.rule = rule
        self.form = form
        self.units = units
        self.critical = rule.critical
        self.listed = listed
        self.credit: Credit | None = None
        self.several = False
        self.open: OpenForms | None = None
        self.members: dict[str, Field] = {}
        self.items: Field | None = None


class Fields:
    """The fields under some rules, from the root down, made when first asked for.

    Remembering fields and normal forms changes no result; it serves every document of one spec.

    Parameters
    ----------
    rules
        The rules, first come first served.
    comparator
        The comparator of fields without a rule, or whose rule names none.
    graded
        Whether wrong narratives earn by how similar they are.
    named
        Whether the names of fields choose their comparator where no rule does.
    lone_currency
        Whether a currency that only one side writes may be there; see `beside`.

    Attributes
    ----------
    root
        The field of the whole document.
    unit
        The largest weight of which all weights, and the 1 of fields without a rule, are whole multiples.
    units
        All weights there are, in units.
    form
        The normal form of fields without a rule.
    plain
        A normal form for values of any field, to find a value in another field's place: Unicode's composed
        form, white space folded.
    lists
        The list modes that rules give.
    exact
        A form under which equal texts are equal to every comparator here.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        comparator: str,
        graded: bool,
        named: bool = False,
        lone_currency: bool = False,
    ) -> None:
        self._comparator = comparator
        self._named = named
        self._open = lone_currency
        self._settled: Mapping[Names, Callable[[str, str], str]] = {}
        self._open_forms: list[OpenForms] = []
        self._variants: dict[frozenset[tuple[Names, str]], Fields] = {}
        self._graded = graded
        self._end = len(rules)
        self._exact: dict[Pattern, tuple[int, Rule]] = {}
        self._wild: list[tuple[int, Pattern, Rule]] = []
        self._like: list[tuple[int, Pattern, Pattern]] = []
        for n, rule in enumerate(rules):
            pattern = rule.pattern
            if rule.like is not None:
                self._like.append((n, pattern, pattern_of(rule.like)))
            elif None in pattern or ... in pattern:
                self._wild.append((n, pattern, rule))
            else:
                self._exact.setdefault(pattern, (n, rule))
        weights = {rule.weight for rule in rules} | {_DEFAULT.weight}
        self.unit = math.gcd(*(int(weight / WEIGHT_STEP) for weight in weights)) * WEIGHT_STEP
        self.units = tuple(sorted(round(weight / self.unit) for weight in weights))
        self.lists = frozenset(rule.lists for rule in rules if rule.lists)
        self._forms: dict[tuple[Any, ...], KnownForms] = {}
        for _, pattern, _ in self._like:
            self.find(tuple("*" if step is None else str(step) for step in pattern))
        self.form = self._forms_of(_DEFAULT).__getitem__
        self.plain = self.form if comparator == "unicode" else KnownForms(FORMS["unicode"]).__getitem__
        plain = comparator in ("unicode", "strip") and not rules
        self.exact = self.form if plain else KnownForms(FORMS["strip"]).__getitem__
        self._made = 0
        self.root = self._make((), "", False)

    def find(self, names: Names) -> Rule:
        """Return the rule of a field, with the comparator that its name asks for where no rule does.

        Raises
        ------
        SpecError
            If rules refer to each other in a circle.
        """
        rule = self._ruled(names)
        if not (self._named and names and rule.comparator is None and rule.normal_form is None):
            return rule
        said = named_field(names[-1])
        if said is None:
            return rule
        why = "" if rule is _DEFAULT else f"{rule.why or f'rule {rule.path}'}; "
        return dataclasses.replace(rule, comparator=said.comparator, why=f"{why}by its name: {said.words}")

    def _ruled(self, names: Names) -> Rule:
        """Return the first rule that holds at a field, as rules and their ``like`` say."""
        for _ in range(_TURNS):
            at, found = self._first(names)
            like = self._likeness(names, at) if self._like else None
            if like is None:
                return found
            names = like
        raise SpecError(f"rules: expected an end of 'like', got a circle at {'.'.join(names[:8])!r}")

    def alike(self, names: Names) -> list[Names]:
        """Return the names of the fields whose rules hold at a field because a rule says so, in turn."""
        found: list[Names] = []
        while self._like and len(found) < _TURNS:
            like = self._likeness(names, self._first(names)[0])
            if like is None:
                break
            found.append(like)
            names = like
        return found

    def _likeness(self, names: Names, end: int) -> Names | None:
        """Return the names of the field whose rules an earlier rule than one says hold here."""
        for n, pattern, like in self._like:
            if n > end:
                return None
            if fits(pattern, names[: len(pattern)]):
                there = [name if step is None else step for step, name in zip(like, names, strict=False)]
                there += [str(step) for step in like[len(there) :]]
                return (*map(str, there), *names[len(pattern) :])
        return None

    def _first(self, names: Names) -> tuple[int, Rule]:
        """Return the first rule whose own path fits, and its number."""
        at, found = self._exact.get(names, (self._end, _DEFAULT))
        for n, pattern, rule in self._wild:
            if n > at:
                break
            if fits(pattern, names):
                return n, rule
        return at, found

    def comparator(self, rule: Rule) -> str:
        """Return the name of the comparator that a rule asks for."""
        return rule.comparator or self._comparator

    def member(self, field: Field, name: str) -> Field:
        """Return the field of a member."""
        known = field.members.get(name)
        if known is None:
            self._made += 1
            if self._made > _KNOWN_FIELDS:
                self._made = 0
                self.root = self._make((), "", False)
            known = field.members[name] = self._make(
                (*field.names, name), member_path(field.name, name), field.listed
            )
        return known

    def items(self, field: Field) -> Field:
        """Return the field of the items of a list that stands at a field."""
        if field.items is None:
            field.items = self._make(field.names, f"{field.name}[]", True)
        return field.items

    def beside(self, gold: Any) -> Fields:
        """Return the fields for predictions that are compared with a gold document.

        Where ``lone_currency`` holds, a currency that only one of two values names makes no difference. That
        is no normal form ($5 and €5 would both be 5), so it is settled beside what the gold holds: see
        `medvie_reward.comparators.currencies`. A gold without currencies, which is most of them,
        needs no fields of its own: whatever currency a prediction names there is named by one side only.

        Texts are known to name a currency once they were read, so a gold that is new is asked about again
        after it was read, where `currencies_met` has grown.
        """
        met = [texts for forms in self._open_forms for texts in (forms.named, forms.before) if texts]
        if not met or not _holds(gold, met):
            return self
        texts: dict[Names, tuple[OpenForms, list[str]]] = {}
        self._collect(gold, self.root, texts)
        named: dict[Names, set[str]] = {}
        for names, (forms, found) in texts.items():
            different = [text for text in set(found) if forms[text]]
            with_one = [text for text in different if text in forms.named or text in forms.before]
            if with_one:
                named[names] = {parted(forms.whole[text])[1] for text in with_one}
                if len(with_one) < len(different):
                    named[names].add("")
        if any(len(currencies) > 1 for currencies in named.values()):
            return self._variant(
                {
                    names: partial(settled_in, *currencies)
                    if len(currencies) == 1
                    else partial(settled_among, _amounts(*texts[names]))
                    for names, currencies in named.items()
                }
            )
        key = frozenset((names, currency) for names, currencies in named.items() for currency in currencies)
        known = self._variants.get(key)
        if known is None:
            if len(self._variants) >= _VARIANTS:
                self._variants.clear()
            settled = {names: partial(settled_in, currency) for names, currency in key}
            known = self._variants[key] = self._variant(settled)
        return known

    @property
    def currencies_met(self) -> int:
        """How many texts were read that name a currency; it never falls."""
        return sum([forms.met for forms in self._open_forms])

    @property
    def forgotten(self) -> int:
        """How often texts that name a currency were forgotten; it never falls."""
        return sum([forms.cleared for forms in self._open_forms])

    def _collect(self, value: Any, field: Field, texts: dict[Names, tuple[OpenForms, list[str]]]) -> None:
        """Note the texts of a gold value by field, where they may be amounts of money."""
        if type(value) is dict:
            for key, x in value.items():
                self._collect(x, field.members.get(key) or self.member(field, key), texts)
        elif type(value) is list:
            inner = self.items(field)
            for x in value:
                self._collect(x, inner, texts)
        elif (forms := field.open) is not None:
            found = texts.get(field.names)
            if found is None:
                found = texts[field.names] = forms, []
            found[1].append(value if value.__class__ is str else scalar_text(value))

    def _variant(self, settled: Mapping[Names, Callable[[str, str], str]]) -> Fields:
        """Return these fields with some whose currencies are settled."""
        made = copy.copy(self)
        made._settled = settled
        made._made = 0
        made.root = made._make((), "", False)
        return made

    def _make(self, names: Names, name: str, listed: bool) -> Field:
        rule = self.find(names)
        forms = self._forms_of(rule)
        settle = self._settled.get(names)
        if settle is not None and type(forms) is OpenForms:
            forms = SettledForms(forms, settle)
        made = Field(names, name, rule, forms.__getitem__, round(rule.weight / self.unit), listed)
        made.open = forms if isinstance(forms, OpenForms) else None
        comparator = self.comparator(rule)
        made.several = rule.several or comparator == "set"
        if rule.credit:
            made.credit = credit_of(dict(rule.credit))
        elif self._graded and comparator == "narrative":
            made.credit = similar
        return made

    def _forms_of(self, rule: Rule) -> KnownForms:
        comparator = self.comparator(rule)
        key = comparator, rule.options, rule.normalize, id(rule.normal_form)
        forms = self._forms.get(key)
        if forms is None:
            amounts = self._open and comparator in _WITH_CURRENCY and rule.normal_form is None
            forms = self._forms[key] = (OpenForms if amounts else KnownForms)(self._written(rule))
            if isinstance(forms, OpenForms):
                self._open_forms.append(forms)
        return forms

    def _written(self, rule: Rule) -> Form:
        """Return the normal form that a rule asks for: its steps, then its comparator or function."""
        last = (
            form_of(self.comparator(rule), dict(rule.options))
            if rule.normal_form is None
            else careful(rule.normal_form, rule.path)
        )
        steps = steps_form(rule.normalize)
        if steps is None:
            return last if rule.normal_form is None else lambda text: last(text.strip())
        return lambda text: last(steps(text.strip()))


def _amounts(forms: OpenForms, texts: list[str]) -> dict[str, set[str]]:
    """Return the amounts among some texts, each with its currencies."""
    amounts: dict[str, set[str]] = {}
    for amount, currency in map(parted, map(forms.whole.__getitem__, texts)):
        amounts.setdefault(amount, set()).add(currency)
    return amounts


def _holds(value: Any, known: list[set[str]]) -> bool:
    """Check whether some scalar of a JSON value is one of some texts, in little time where none is."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        inside: Iterable[Any] = (here,)
        if here.__class__ is dict:
            inside = here.values()
        elif here.__class__ is list:
            inside = here
        try:
            if here.__class__ is list and here and here[0].__class__ is dict:
                values = list(chain.from_iterable(map(dict.values, here)))
                for texts_met in known:
                    if not texts_met.isdisjoint(values):
                        return True
                continue
            for texts_met in known:
                if not texts_met.isdisjoint(inside):
                    return True
        except TypeError:  # something is nested and has no hash
            for x in inside:
                if x.__class__ is dict or x.__class__ is list:
                    waiting.append(x)
                else:
                    for texts_met in known:
                        if x in texts_met:
                            return True
    return False


_DEFAULT: Final = Rule("**", why="no rule")

# Comparators that read amounts of money.
_WITH_CURRENCY: Final = frozenset(
    ("guess", "number", "quantity", "money", "value", "moment", "result", "range")
)
