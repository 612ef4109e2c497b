"""How much each of some sets of leaves shares with each of some others, all pairs at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

# A leaf that more than one in so many sets has is laid out as a line of numbers, any other as the list of its
# owners: a sum over owners costs about this many times more per owner than a sum of lines does per cell.
_OFTEN: Final = 16
# Cells that are summed at a time, so that what a sum over owners takes besides stays small.
_CELLS: Final = 1 << 20
# With fewer leaves and pairs to look at than this, Python sums them sooner than matrices are laid out.
_FEW: Final = 1000


class Overlaps:
    """Sums of the values of the leaves that sets share.

    Sparse products of scipy: unlike numpy's they start no threads. Sums are exact where all are integers
    below 2**53.

    Parameters
    ----------
    left, right
        Sets of leaves, each leaf once; a leaf is a number from 0 up.
    values
        What each leaf adds.
    """

    def __init__(
        self, left: Sequence[Sequence[int]], right: Sequence[Sequence[int]], values: Sequence[float]
    ) -> None:
        import numpy as np

        self._known: Any | None = None
        if (len(left) + sum(map(len, left))) * len(right) < _FEW:
            golds = list(map(set, right))
            sums = [[sum([values[x] for x in p if x in g]) for g in golds] for p in left]
            self._known = np.array(sums, dtype=np.float64)
            return
        left_sets, right_sets = _laid_out(left, len(values)), _laid_out(right, len(values))
        left_sets.data = np.array(values, dtype=np.float64)[left_sets.indices]
        owners = right_sets.T.tocsr()
        many = np.diff(owners.indptr) * _OFTEN > len(right)
        often, rare = np.flatnonzero(many), np.flatnonzero(~many)
        self._often, self._lines = left_sets[:, often], owners[often].toarray()
        self._rare, self._owners = left_sets[:, rare], owners[rare]
        self._step = max(1, _CELLS // max(1, len(right)))

    def sums(self, start: int, stop: int) -> Any:
        """Return the sums for some of the sets on the left, an array of shape (stop - start, right)."""
        if self._known is not None:
            return self._known[start:stop].copy()
        found = self._often[start:stop] @ self._lines
        for at in range(start, stop, self._step):
            end = min(at + self._step, stop)
            found[at - start : end - start] += (self._rare[at:end] @ self._owners).toarray()
        return found


def _laid_out(sets: Sequence[Sequence[int]], leaves: int) -> Any:
    import numpy as np
    from scipy.sparse import csr_matrix

    ends = np.zeros(len(sets) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, sets), dtype=np.int64, count=len(sets)), out=ends[1:])
    found = np.fromiter(chain.from_iterable(sets), dtype=np.int64, count=int(ends[-1]))
    return csr_matrix((np.ones(len(found)), found, ends), shape=(len(sets), leaves))
