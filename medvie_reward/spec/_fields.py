"""The fields of documents, made as they are met: which rule holds, normal form, weight.

Weights are held as whole units, so that sums are exact and compare exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from medvie_reward._core.json_values import member_path
from medvie_reward.comparators import FORMS, Form, KnownForms, form_of
from medvie_reward.errors import SpecError
from medvie_reward.spec._functions import careful
from medvie_reward.spec._normalizers import steps_form
from medvie_reward.spec._rules import WEIGHT_STEP, Names, Pattern, Rule, fits, pattern_of

# Fields are remembered by name. Predictions feed that, so past this many all are forgotten and met anew.
_KNOWN_FIELDS: Final = 4_096
_TURNS: Final = 1_000


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
    graded
        Whether a wrong text here earns by how similar it is: never inside a list.
    members, items
        The fields one name further down, and the field of the items of a list here, as far as asked for.
    """

    __slots__ = (
        "critical", "form", "graded", "items", "listed", "members", "name", "names", "rule", "units",
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
        self.graded = False
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
        Whether narratives outside lists earn by how similar they are.

    Attributes
    ----------
    root
        The field of the whole document.
    unit
        The largest weight of which all weights, and the 1 of fields without a rule, are whole multiples.
    units
        All weights there are, in units.
    form
        A normal form for values of any field, to find a value in another field's place.
    lists
        The list modes that rules give.
    exact
        A form under which equal texts are equal to every comparator here.
    """

    def __init__(self, rules: tuple[Rule, ...], comparator: str, graded: bool) -> None:
        self._comparator = comparator
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
        self._forms: dict[tuple[Any, ...], Callable[[str], str]] = {}
        for _, pattern, _ in self._like:
            self.find(tuple("*" if step is None else str(step) for step in pattern))
        self.form = self._form(_DEFAULT)
        plain = comparator in ("unicode", "strip") and not rules
        self.exact = self.form if plain else KnownForms(FORMS["strip"]).__getitem__
        self._made = 0
        self.root = self._make((), "", False)

    def find(self, names: Names) -> Rule:
        """Return the rule of a field.

        Raises
        ------
        SpecError
            If rules refer to each other in a circle.
        """
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

    def _make(self, names: Names, name: str, listed: bool) -> Field:
        rule = self.find(names)
        made = Field(names, name, rule, self._form(rule), round(rule.weight / self.unit), listed)
        made.graded = self._graded and not listed and self.comparator(rule) == "narrative"
        return made

    def _form(self, rule: Rule) -> Callable[[str], str]:
        key = self.comparator(rule), rule.options, rule.normalize, id(rule.normal_form)
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = KnownForms(self._written(rule)).__getitem__
        return form

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


_DEFAULT: Final = Rule("**", why="no rule")
