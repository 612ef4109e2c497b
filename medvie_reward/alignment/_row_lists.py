"""Lists of flat rows, weighed against each other many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import Any, Final

from medvie_reward._core.json_values import scalar_text
from medvie_reward.alignment._assignment import Work
from medvie_reward.alignment._blocks import best_of_blocks, cost_of_blocks, stretches
from medvie_reward.alignment._growing import GROWING
from medvie_reward.alignment._overlaps import Overlaps
from medvie_reward.alignment._solver import EXACT
from medvie_reward.alignment._worth import Worth
from medvie_reward.spec import Field, Fields

# Cells of pairs of rows that are laid out at a time.
_CELLS: Final = 1 << 20

_Row = dict[str, Any]


class RowLists:
    """Gold lists of flat rows as lists of sets of leaves; one numbering of leaves serves them all.

    What two rows share is what `RowTable` says: their keys with a value, and their leaves, a leaf being key
    and normal form. With ``align`` the worth of the best pairing of two lists of rows is that of the best
    assignment, one number whatever the way to it, as long as no sum is rounded. So a solver may be given all
    rows as they are, with no steps before it; where sums could be rounded, nothing is weighed here.

    Parameters
    ----------
    lists
        Name of a list -> its rows.
    field
        The field of the rows.
    fields
        All fields.
    worth
        What leaves are worth; not by kind.
    """

    def __init__(self, lists: dict[int, list[_Row]], field: Field, fields: Fields, worth: Worth) -> None:
        keys = list(dict.fromkeys(chain.from_iterable(chain.from_iterable(lists.values()))))
        self._fields = {key: fields.member(field, key) for key in keys}
        self._worth = worth
        # A key is a leaf too: that of having a value.
        self._keys = {key: n for n, key in enumerate(keys)}
        self._leaves: dict[tuple[str, str], int] = {}
        self._of_leaf = list(self._fields.values())
        self._rows = lists
        self._sets: dict[int, list[list[int]]] | None = None

    def _gold(self, names: Sequence[int]) -> list[list[list[int]]]:
        """Return the rows of some gold lists as sets, all lists read when first asked for."""
        if self._sets is None:
            with GROWING:
                if self._sets is None:
                    lists = self._rows.items()
                    self._sets = {name: [self._read(row, grow=True) for row in rows] for name, rows in lists}
        return [self._sets[name] for name in names]

    def _read(self, row: _Row, grow: bool = False) -> list[int]:
        """Return the keys that have a value, and the leaves, as far as some gold row has them."""
        found: set[int] = set()
        leaves = self._leaves
        for key, value in row.items():
            field = self._fields.get(key)
            if field is None:
                continue
            for scalar in _scalars(value):
                if text := field.form(scalar_text(scalar)):
                    found.add(self._keys[key])
                    leaf = leaves.get((key, text))
                    if leaf is None and grow:
                        leaf = leaves[key, text] = len(self._of_leaf)
                        self._of_leaf.append(field)
                    if leaf is not None:
                        found.add(leaf)
        return list(found)

    def weigh(self, predicted: Sequence[Any], names: Sequence[int], work: Work) -> tuple[Any, Any] | None:
        """Weigh every pair.

        Parameters
        ----------
        predicted
            Lists of objects, and objects, each of which counts as a list of one.
        names
            Names of the gold lists.
        work
            The work bound.

        Returns
        -------
        tuple or None
            Correct units and the rest, arrays of shape (predicted, names); None where the bound ran out, or
            where a sum could be rounded (the bound has not run out then).
        """
        import numpy as np

        lists = [item if type(item) is list else [item] for item in predicted]
        of = list(self._fields.values())
        n_critical = sum([field.critical for field in of])
        critical = work.right_critical if n_critical else 0
        shares = [self._worth.wrong[field.units] for field in of]
        rest, units = sum(shares) + critical * n_critical, sum([field.units for field in of])
        most = max(map(len, lists))
        bits = (most * rest).bit_length()  # as many as the rest of a pair of lists can have
        if (most * units + 1 << bits) + most >= EXACT:
            return None
        if not work.spend(cost_of_blocks(list(map(len, lists)), [len(self._rows[name]) for name in names])):
            return None
        right = self._gold(names)
        left = [[self._read(row) for row in rows] for rows in lists]
        columns = list(chain.from_iterable(right))
        if not work.spend(sum(map(len, chain.from_iterable(left))) * len(columns) >> 11):
            return None
        worth_of = [float(share) for share in shares]
        worth_of += [
            float((field.units << bits) + (critical if field.critical else 0))
            for field in self._of_leaf[len(shares) :]
        ]
        overlaps = Overlaps(list(chain.from_iterable(left)), columns, worth_of)
        found = np.vstack(list(_best(overlaps, list(map(len, left)), list(map(len, right)))))
        return found >> bits, found & (1 << bits) - 1


def _scalars(value: Any) -> Iterator[Any]:
    """Return the scalars that may stand for a gold scalar: a value, or those of a list."""
    if type(value) is list:
        for item in value:
            yield from _scalars(item)
    elif type(value) is not dict:
        yield value


def _best(overlaps: Overlaps, left: list[int], right: list[int]) -> Iterator[Any]:
    """Return the worth of the best assignments, for some lists on the left at a time."""
    import numpy as np

    ends = list(accumulate(left, initial=0))
    for first, last in stretches(left, sum(right), _CELLS):
        table = overlaps.sums(ends[first], ends[last])
        yield best_of_blocks(table, left[first:last], right).astype(np.int64)
