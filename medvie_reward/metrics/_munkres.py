"""One-to-one pairs of least total cost, ties falling as they fall in the package ``munkres``.

Several pairings may cost the same, and ANLS* then depends on which is taken: its size counts the leaves of
the pairs. The published ``anls_star`` leaves the choice to ``munkres``, whose release 3.0.0 grows shortest
augmenting paths from the pairs that a greedy start finds (Kuhn 1955; Jonker and Volgenant 1987; Crouse 2016,
"On implementing 2D rectangular assignment algorithms"), in one way for tables below sixteen cells and in
another from there on. Both are done here in the same order of floating-point operations. Older releases, and
3.0.0 where its C kernel was not built, take other pairings, and ``anls_star`` then gives other scores.
"""

from __future__ import annotations

from math import inf
from typing import Final

Costs = list[list[float]]
"""One list of costs for each row, all finite and of the same length."""

Pairs = list[tuple[int, int]]

_FREE: Final = -1
# munkres searches smaller tables step by step, larger ones in its C kernel.
_FEW_CELLS: Final = 16
# Larger tables go to scipy, which is a hundred times as fast and breaks ties its own way.
_MANY_CELLS: Final = 20_000
# So do tables that take more steps a row than this: what is honest takes about one.
_STEPS_A_ROW: Final = 20


def pair_up(costs: Costs) -> Pairs:
    """Return ``min(rows, columns)`` pairs (row, column) of least total cost, by rows.

    Parameters
    ----------
    costs
        At least one row and one column.

    Notes
    -----
    Up to 20,000 cells, and up to 20 search steps a row, the pairs are those of ``munkres`` 3.0.0 with its C
    kernel. Beyond, they are those of `scipy.optimize.linear_sum_assignment`: as good, and the same where only
    one pairing is best.
    """
    if len(costs) > len(costs[0]):
        turned = [list(column) for column in zip(*costs, strict=True)]
        return sorted((row, column) for column, row in pair_up(turned))
    cells = len(costs) * len(costs[0])
    table = _Table(costs)
    search = table.search_in_steps if cells < _FEW_CELLS else table.search
    if cells > _MANY_CELLS or not all(search(row) for row in table.unpaired()):
        return _solve(costs)
    return sorted((row, column) for column, row in enumerate(table.owner) if row != _FREE)


def _solve(costs: Costs) -> Pairs:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(np.array(costs))
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


class _Table:
    """A table of costs, a potential for each row and column, and the row that owns each column.

    No cost is below the sum of its row's and its column's potential, and that of a pair equals it: a complete
    set of pairs with this property costs least (linear programming duality).
    """

    def __init__(self, costs: Costs) -> None:
        """Start with each row's least cost, and pair each row with its first free column of that cost."""
        self.costs = costs
        self.of_row = [min(row) for row in costs]
        self.of_column = [0.0] * len(costs[0])
        self.owner = [_FREE] * len(costs[0])
        self.steps_left = _STEPS_A_ROW * len(costs)
        for i, (row, least) in enumerate(zip(costs, self.of_row, strict=True)):
            for j, cost in enumerate(row):
                if cost == least and self.owner[j] == _FREE:
                    self.owner[j] = i
                    break

    def unpaired(self) -> list[int]:
        """List the rows that own no column."""
        paired = set(self.owner)
        return [row for row in range(len(self.costs)) if row not in paired]

    def search_in_steps(self, row: int) -> bool:
        """Pair one more row, moving the potentials after each step; of equal columns the first is taken."""
        slack = [inf] * len(self.owner)
        came = [_FREE] * len(self.owner)
        outside = list(range(len(self.owner)))
        inside: list[int] = []
        i = row
        while True:
            line, mine = self.costs[i], self.of_row[i]
            for j in outside:
                reduced = line[j] - mine - self.of_column[j]
                if reduced < slack[j]:
                    slack[j], came[j] = reduced, i
            nearest = min(outside, key=slack.__getitem__)
            step = slack[nearest]
            self.of_row[row] += step
            for j in inside:
                self.of_row[self.owner[j]] += step
                self.of_column[j] -= step
            for j in outside:
                slack[j] -= step
            if self.owner[nearest] == _FREE:
                self._take(row, nearest, came)
                return True
            outside.remove(nearest)
            inside.append(nearest)
            i = self.owner[nearest]

    def search(self, row: int) -> bool:
        """Pair one more row, moving the potentials at the end; of equal columns a free one is taken.

        Returns
        -------
        bool
            Whether the steps sufficed.
        """
        length = [inf] * len(self.owner)
        came = [_FREE] * len(self.owner)
        outside = list(range(len(self.owner) - 1, -1, -1))
        inside: list[int] = []
        i, reached = row, 0.0
        while self.steps_left > 0:
            self.steps_left -= 1
            line, mine = self.costs[i], self.of_row[i]
            lowest, at = inf, 0
            for k, j in enumerate(outside):
                through = reached + line[j] - mine - self.of_column[j]
                if through < length[j]:
                    length[j], came[j] = through, i
                if length[j] < lowest or (length[j] == lowest and self.owner[j] == _FREE):
                    lowest, at = length[j], k
            reached, nearest = lowest, outside[at]
            if self.owner[nearest] == _FREE:
                self.of_row[row] += reached
                for j in inside:
                    self.of_row[self.owner[j]] += reached - length[j]
                    self.of_column[j] -= reached - length[j]
                self._take(row, nearest, came)
                return True
            outside[at] = outside[-1]
            outside.pop()
            inside.append(nearest)
            i = self.owner[nearest]
        return False

    def _take(self, row: int, column: int, came: list[int]) -> None:
        """Return each column on the path to the row it was reached from, back to the row that had none."""
        held = {i: j for j, i in enumerate(self.owner) if i != _FREE}
        while True:
            i = came[column]
            self.owner[column] = i
            if i == row:
                return
            column = held[i]
