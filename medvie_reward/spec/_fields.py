"""The fields of documents, made as they are met: which rule holds, normal form, weight.

Weights are held as whole units, so that sums are exact and compare exactly.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable, Mapping, Set
from typing import Any, Final

from medvie_reward._core.json_values import member_path, scalar_text
from medvie_reward.comparators import FORMS, KnownForms, OpenForms, SettledForms, form_of
from medvie_reward.comparators.currencies import parted
from medvie_reward.comparators.field_names import named_field
from medvie_reward.spec._rules import WEIGHT_STEP, Names, Pattern, Rule, fits

# Fields are remembered by name. Predictions feed that, so past this many all are forgotten and met anew.
_KNOWN_FIELDS: Final = 4_096


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
        A normal form for values of any field, to find a value in another field's place.
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
        self._settled: Mapping[Names, Mapping[str, Set[str]]] = {}
        self._graded = graded
        self._end = len(rules)
        self._exact: dict[Pattern, tuple[int, Rule]] = {}
        self._wild: list[tuple[int, Pattern, Rule]] = []
        for n, rule in enumerate(rules):
            pattern = rule.pattern
            if None in pattern or ... in pattern:
                self._wild.append((n, pattern, rule))
            else:
                self._exact.setdefault(pattern, (n, rule))
        weights = {rule.weight for rule in rules} | {_DEFAULT.weight}
        self.unit = math.gcd(*(int(weight / WEIGHT_STEP) for weight in weights)) * WEIGHT_STEP
        self.units = tuple(sorted(round(weight / self.unit) for weight in weights))
        self.lists = frozenset(rule.lists for rule in rules if rule.lists)
        self._forms: dict[tuple[str, Any], KnownForms] = {}
        self.form = self._forms_of(_DEFAULT).__getitem__
        plain = comparator in ("unicode", "strip") and not rules
        self.exact = self.form if plain else KnownForms(FORMS["strip"]).__getitem__
        self._made = 0
        self.root = self._make((), "", False)

    def find(self, names: Names) -> Rule:
        """Return the rule of a field, with the comparator that its name asks for where no rule does."""
        rule = self._ruled(names)
        if not (self._named and names and rule.comparator is None):
            return rule
        said = named_field(names[-1])
        if said is None:
            return rule
        why = "" if rule is _DEFAULT else f"{rule.why or f'rule {rule.path}'}; "
        return dataclasses.replace(rule, comparator=said.comparator, why=f"{why}by its name: {said.words}")

    def _ruled(self, names: Names) -> Rule:
        at, found = self._exact.get(names, (self._end, _DEFAULT))
        for n, pattern, rule in self._wild:
            if n > at:
                break
            if fits(pattern, names):
                return rule
        return found

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

        Where ``lone_currency`` holds, a currency that only one of two values names tells nothing apart. That
        is no normal form ($5 and €5 would both be 5), so it is settled beside what the gold holds: see
        `medvie_reward.comparators.currencies.settled`. A gold without currencies, which is most of them,
        needs no fields of its own: whatever currency a prediction names there is named by one side only.
        The gold must have been read with these fields before.
        """
        if not any(type(forms) is OpenForms and forms.met for forms in self._forms.values()):
            return self
        amounts: dict[Names, dict[str, set[str]]] = {}
        named = set()
        waiting: list[tuple[Any, Field]] = [(gold, self.root)]
        while waiting:
            value, field = waiting.pop()
            if type(value) is dict:
                waiting += [(x, self.member(field, key)) for key, x in value.items()]
            elif type(value) is list:
                inner = self.items(field)
                waiting += [(x, inner) for x in value]
            else:
                forms = self._forms_of(field.rule)
                if type(forms) is OpenForms:
                    amount, currency = parted(forms.whole[scalar_text(value)])
                    amounts.setdefault(field.names, {}).setdefault(amount, set()).add(currency)
                    if currency:
                        named.add(field.names)
        if not named:
            return self
        made = copy.copy(self)
        made._settled = {names: amounts[names] for names in named}
        made._made = 0
        made.root = made._make((), "", False)
        return made

    def _make(self, names: Names, name: str, listed: bool) -> Field:
        rule = self.find(names)
        forms = self._forms_of(rule)
        amounts = self._settled.get(names)
        if amounts is not None and type(forms) is OpenForms:
            forms = SettledForms(forms.whole, amounts)
        made = Field(names, name, rule, forms.__getitem__, round(rule.weight / self.unit), listed)
        made.graded = self._graded and not listed and self.comparator(rule) == "narrative"
        return made

    def _forms_of(self, rule: Rule) -> KnownForms:
        key = self.comparator(rule), rule.options
        forms = self._forms.get(key)
        if forms is None:
            made = OpenForms if self._open and key[0] in _WITH_CURRENCY else KnownForms
            forms = self._forms[key] = made(form_of(key[0], dict(key[1])))
        return forms


_DEFAULT: Final = Rule("**", why="no rule")

# Comparators that read amounts of money.
_WITH_CURRENCY: Final = frozenset(
    ("guess", "number", "quantity", "money", "value", "moment", "result", "range")
)
