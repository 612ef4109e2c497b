"""Golds -> which rule each of their fields has, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from medvie_reward._core.json_values import is_empty, plain, scalar_text
from medvie_reward.comparators.guess import guess_kind
from medvie_reward.errors import GoldError
from medvie_reward.spec._fields import Field
from medvie_reward.spec._spec import Spec

_LONGEST = 24


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
        Number of the golds' leaves here.
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


def _collect(gold: Any, spec: Spec, values: dict[str, tuple[Field, str, list[str]]]) -> None:
    fields = spec.fields
    waiting: list[tuple[Any, Field, str]] = [(gold, fields.root, "")]
    while waiting:
        value, field, mode = waiting.pop()
        if type(value) is dict:
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
    why = field.rule.why or f"rule {field.rule.path}"
    if field.rule.comparator is None:
        why = f"{why}: {_looks(texts)}" if comparator == "guess" else f"{why}: the spec's own"
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
