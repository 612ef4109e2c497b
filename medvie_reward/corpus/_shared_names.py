"""Rows joined by line -> a member by which both files name their rows, in another order.

Any member may hold the id of a row, whatever it is called. Where both files have the same values in one, each
once, and these do not stand in the same order, rows of different documents would be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, Final, NamedTuple

from medvie_reward.corpus._rows import RowFile

# A name is short; a prompt or an answer is not.
_LONGEST: Final = 256


class SharedName(NamedTuple):
    """Members of predictions and gold documents with the same values in another order."""

    pred: str
    gold: str


def shared_name(preds: RowFile, golds: RowFile) -> SharedName | None:
    """Return the members that name rows of both files alike, where rows of one line have other names.

    Only rows around a value are looked at: the fields of documents may be alike by chance.
    """
    if preds.key is None or golds.key is None or len(golds) < 2:
        return None
    a, b = _names(preds), _names(golds)
    pairs = sorted(product(a, b), key=lambda pair: pair[0] != pair[1])
    for one, other in pairs:
        both = {*a[one]} & {*b[other]}
        if 2 * len(both) > max(len(preds), len(golds)) and a[one] != b[other]:
            return SharedName(one, other)
    return None


def _names(file: RowFile) -> dict[str, list[str]]:
    """Return the members, also nested ones, that have a short value of its own in every row."""
    values: dict[str, list[str]] = {}
    seen: dict[str, set[str]] = {}
    for n in range(len(file)):
        found = dict(_scalars(file.row(n).value))
        if n == 0:
            values = {name: [] for name in found}
            seen = {name: set() for name in found}
        for name in list(values):
            value = found.get(name)
            if value is None or value in seen[name]:
                del values[name], seen[name]
            else:
                values[name].append(value)
                seen[name].add(value)
        if not values:
            break
    return values


def _scalars(row: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(row, dict):
        return
    for name, value in row.items():
        inner = value if isinstance(value, dict) else {}
        for path, x in ((name, value), *((f"{name}.{key}", x) for key, x in inner.items())):
            if (type(x) is str and len(x) <= _LONGEST) or type(x) is int:
                yield path, str(x)
