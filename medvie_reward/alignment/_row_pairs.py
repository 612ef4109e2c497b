"""How the rows of two lists pair, and which of them do because they are the same to the letter."""

from __future__ import annotations

from operator import add
from typing import Any, NamedTuple

from medvie_reward.alignment._row_table import RowTable
from medvie_reward.alignment._solver import Pairs


class RowPairs(NamedTuple):
    """How two lists of rows pair.

    Attributes
    ----------
    same
        Per predicted row, the position of the gold row that is equal to it to the letter and is its partner.
    used, free
        Positions of the gold rows that are such partners, and of the predicted rows without one.
    near
        The other pairs of positions (predicted, gold).
    masks
        Position of a row of ``free`` -> its bit set; empty where nobody asked.
    odd
        Positions of those whose bit set is not all of them; see `RowTable.read`.
    weight
        The worth of ``near`` where bit sets do not tell it.
    """

    same: list[int | None]
    used: set[int]
    free: list[int]
    near: Pairs
    masks: dict[int, int]
    odd: set[int]
    weight: int = 0

    @property
    def pairs(self) -> Pairs:
        """All pairs of positions (predicted, gold)."""
        return [(i, j) for i, j in enumerate(self.same) if j is not None] + self.near


def pair_none(n: int) -> RowPairs:
    """Begin with so many predicted rows, none of them with a partner."""
    return RowPairs([None] * n, set(), list(range(n)), [], {}, set())


def pair_same(predicted: list[dict[str, Any]], rows: RowTable) -> RowPairs:
    """Pair each predicted row that is a gold row to the letter: one look-up, at C speed."""
    try:
        values = map(tuple, map(dict.values, predicted))
        if rows.names is None:
            same = list(map(rows.same.get, map(add, map(tuple, predicted), values)))
        else:
            names, found = rows.names, list(map(rows.same.get, values))
            same = [None if j is None or tuple(predicted[i]) != names else j for i, j in enumerate(found)]
    except TypeError:  # a value that cannot be hashed: some row is not flat
        return pair_none(len(predicted))
    used = {j for j in same if j is not None}
    free = [i for i, j in enumerate(same) if j is None]
    if rows.copies or len(used) + len(free) < len(same):
        same, used, free = _first_come(same, rows.copies)
    return RowPairs(same, used, free, [], {}, set())


def _first_come(
    same: list[int | None], copies: dict[int, list[int]]
) -> tuple[list[int | None], set[int], list[int]]:
    """Return each gold row of those that are alike to the first predicted row that is like them."""
    used: set[int] = set()
    free: list[int] = []
    partners: list[int | None] = []
    for i, first in enumerate(same):
        for j in () if first is None else (first, *copies.get(first, ())):
            if j not in used:
                used.add(j)
                partners.append(j)
                break
        else:
            free.append(i)
            partners.append(None)
    return partners, used, free
