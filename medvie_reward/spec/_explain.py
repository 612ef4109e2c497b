"""Gold documents -> which rule each of their fields has, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from medvie_reward._core.json_values import accepted_values, is_empty, plain, scalar_text
from medvie_reward.comparators.guess import guess_kind
from medvie_reward.errors import GoldError
from medvie_reward.spec._fields import Field
from medvie_reward.spec._functions import name_of
from medvie_reward.spec._presets import PRESETS
from medvie_reward.spec._rules import NOT_DESCRIBED, Names, Pattern, Rule, fits, pattern_of
from medvie_reward.spec._spec import Spec

_LONGEST = 24
_NAMED = 5


class FieldRule(NamedTuple):
    """What holds for one field, and why.

    Attributes
    ----------
    field
        Its name, such as ``Indicators[].Result``.
    comparator
        Name of its comparator.
    options
        The comparator's options.
    weight
        What a leaf counts.
    critical
        Whether a wrong leaf is charged.
    lists
        How the items of the innermost list on the way to it pair; empty outside lists.
    why
        Where the rule comes from; for guessed fields, what their values look like.
    n
        Number of the gold documents' leaves here.
    example
        One of them.
    """

    field: str
    comparator: str
    options: dict[str, Any]
    weight: float
    critical: bool
    lists: str
    why: str
    n: int
    example: str


def explain(golds: Iterable[Any], spec: Spec) -> list[FieldRule]:
    """Return the rule of every field of some gold documents.

    Parameters
    ----------
    golds
        JSON values.
    spec
        The spec.

    Returns
    -------
    list of FieldRule
        In the order in which fields appear.

    Raises
    ------
    GoldError
        If a gold is no JSON value or nests deeper than the spec allows.
    """
    values: dict[str, tuple[Field, str, list[str]]] = {}
    for gold in golds:
        gold = plain(gold, GoldError, spec.max_depth, "gold")
        _collect(gold if spec.reader is None else spec.reader.gold(gold)[0], spec, values)
    return [_explained(field, texts, spec, mode) for field, mode, texts in values.values()]


def unmatched_rules(spec: Spec, golds: Iterable[Any]) -> list[str]:
    """Return the paths of rules that fit no field of some gold documents, such as misspelled ones.

    A preset's own rules are left out, since a preset is made for many kinds of documents.

    Parameters
    ----------
    spec
        The spec.
    golds
        JSON values.

    Raises
    ------
    GoldError
        If a gold is no JSON value or nests deeper than the spec allows.
    """
    names: set[Names] = set()
    if _asked(spec):
        for gold in golds:
            gold = plain(gold, GoldError, spec.max_depth, "gold")
            _names(gold if spec.reader is None else spec.reader.gold(gold)[0], (), names)
    return _unmatched(spec, names)


def unmatched_by_fields(spec: Spec, fields: Iterable[str]) -> list[str]:
    """Return the paths of rules that fit none of some fields, given by name, nor what they are in."""
    names: set[Names] = set()
    for field in fields:
        found = tuple(map(str, pattern_of(field)))
        names.update(found[:n] for n in range(len(found) + 1))
    return _unmatched(spec, names)


def say_unmatched(spec: Spec, paths: list[str]) -> list[str]:
    """Return one sentence about rules that fit nothing, none where there is nothing to say.

    A schema names what a document may have, so its fields are spoken of only where no document has any.
    """
    asked = _asked(spec)
    described = {rule.path for rule in asked if rule.why.startswith("schema:")}
    if not described.issubset(paths):
        paths = [path for path in paths if path not in described]
        asked = [rule for rule in asked if rule.path not in described]
    if not paths:
        return []
    named = ", ".join(paths[:_NAMED]) + (", …" if len(paths) > _NAMED else "")
    n = len(asked)
    fit = "fits" if len(paths) == 1 else "fit"
    return [f"{len(paths)} of {n} rules {fit} no field with a value in the gold documents: {named}"]


def _asked(spec: Spec) -> list[Rule]:
    """Return the rules that a user or a schema gave."""
    own = set(Spec.preset(spec.name).rules) if spec.name in PRESETS else set()
    return [r for r in spec.rules if r not in own and r.like is None and r.why != NOT_DESCRIBED]


def _unmatched(spec: Spec, names: set[Names]) -> list[str]:
    for one in list(names):
        names.update(spec.fields.alike(one))
    return [rule.path for rule in _asked(spec) if not _fits_any(rule.pattern, names)]


def _names(value: Any, here: Names, found: set[Names]) -> None:
    found.add(here)
    if type(value) is dict and accepted_values(value) is None:
        for key, x in value.items():
            _names(x, (*here, key), found)
    elif type(value) is list:
        for x in value:
            _names(x, here, found)


def _fits_any(pattern: Pattern, names: set[Names]) -> bool:
    if None in pattern or ... in pattern:
        return any(fits(pattern, one) for one in names)
    return pattern in names


def _collect(gold: Any, spec: Spec, values: dict[str, tuple[Field, str, list[str]]]) -> None:
    fields = spec.fields
    waiting: list[tuple[Any, Field, str]] = [(gold, fields.root, "")]
    while waiting:
        value, field, mode = waiting.pop()
        accepted = accepted_values(value) if type(value) is dict and spec.lists != "bag" else None
        if accepted is not None:
            waiting.extend(reversed([(x, field, mode) for x in accepted]))
        elif type(value) is dict:
            members = [(x, fields.member(field, key), mode) for key, x in value.items()]
            waiting.extend(reversed(members))
        elif type(value) is list:
            inner = fields.items(field)
            here = spec.lists if spec.lists == "bag" else field.rule.lists or spec.lists
            waiting.extend(reversed([(x, inner, here) for x in value]))
        else:
            found = values.setdefault(field.name, (field, mode, []))
            if not is_empty(value):
                found[2].append(scalar_text(value))


def _explained(field: Field, texts: list[str], spec: Spec, mode: str) -> FieldRule:
    comparator = spec.fields.comparator(field.rule)
    if field.rule.normal_form is not None:
        comparator = name_of(field.rule.normal_form)
    why = field.rule.why or f"rule {field.rule.path}"
    if field.rule.comparator is None and field.rule.normal_form is None:
        why = f"{why}: {_looks(texts)}" if comparator == "guess" else f"{why}: the spec's own"
    if field.rule.normalize:
        why += f"; after {', '.join(name for name, _ in field.rule.normalize)}"
    if field.rule.credit:
        why += f"; credit: {', '.join(f'{name} {x:g}' for name, x in field.rule.credit)}"
    if field.rule.absent:
        why += f"; blank: {', '.join(field.rule.absent)}"
    example = texts[0] if texts else ""
    return FieldRule(
        field.name or "$",
        comparator,
        dict(field.rule.options),
        field.rule.weight,
        field.critical,
        mode,
        why,
        len(texts),
        example if len(example) <= _LONGEST else f"{example[: _LONGEST - 1]}…",
    )


def _looks(texts: list[str]) -> str:
    """Describe what the values look like: of one kind, or of several."""
    kinds = Counter(map(guess_kind, texts)).most_common()
    if not kinds:
        return "guessed, no values"
    if len(kinds) == 1:
        all_of_them = f"all {len(texts)} look" if len(texts) > 1 else "the only one looks"
        return f"guessed, {all_of_them} like {kinds[0][0]}"
    return "guessed, " + ", ".join(f"{n} look like {kind}" for kind, n in kinds)
