"""The best assignments within many blocks of one table, all at once.

A table of what some items are worth to some others, the items of several lists on either side, is cut into
blocks, one per pair of lists. A solver's call takes a microsecond or two, and there are as many as pairs of
lists. Short lists need no solver: over all their pairs at once, array by array, it is tried which items of
one list the first k items of the other may take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from math import comb
from typing import Any, Final

# Longer lists than this have too many sets of items in any case.
_LONG: Final = 9
# So many blocks take a step together, which keeps their numbers in the processor's cache.
_TOGETHER: Final = 4096
# What a step, a sum and a maximum, costs besides, in blocks; and how many of it a solver's call takes.
_STEP: Final = 2500
_CALL: Final = 2500


@lru_cache(maxsize=1024)
def _steps(a: int, b: int) -> tuple[int, bool]:
    """Return the steps that a block of a x b takes, and whether they go over the items of the longer side."""
    few, many = min(a, b), max(a, b)
    over_many = many * few << few - 1
    if many > _LONG:
        return over_many, True
    over_few = sum([comb(many, n) * n for n in range(1, few + 1)])
    return min(over_few, over_many), over_many < over_few


def _without_solver(blocks: int, a: int, b: int) -> bool:
    """Check whether so many blocks of a x b take less time without a solver."""
    if min(a, b) > _LONG:
        return False
    together = min(blocks, _TOGETHER)
    return _steps(a, b)[0] * (_STEP + together) < _CALL * together


def cost_of_blocks(left: Sequence[int], right: Sequence[int]) -> int:
    """Return what it costs to solve all blocks of lists of so many items, in units of the work bound.

    Measured, with a unit of some two microseconds: a solver's call takes one, 80 cells of its table take one,
    and solving takes longer the more items there are. 3,000 steps without a solver take one. To begin with
    blocks of another size takes ten.

    No honest document comes near the bound of 100,000. What a prediction has right to the letter costs
    nothing. A page of 60 lists of ten rows of six fields, every one of them misread, costs some 11,000, and
    100 lists of ten cost 30,000; weighing one by one spent 40,000 on the former.
    """
    calls = cells = steps = sizes = 0
    for a, n in _counts(left).items():
        for b, m in _counts(right).items():
            sizes += 1
            if min(a, b) == 1:
                continue
            if _without_solver(n * m, a, b):
                steps += (n * m + _STEP) * _steps(a, b)[0]
            else:
                calls += n * m
                cells += n * m * a * b
    every = sum(left) * sum(right)
    solving = cells * min(max(left), max(right)) // 16_384
    return calls + cells // 80 + solving + steps // 3000 + (every - cells) // 800 + 10 * (sizes - 1)


def _counts(lengths: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for n in lengths:
        found[n] = found.get(n, 0) + 1
    return found


def stretches(lengths: Sequence[int], columns: int, cells: int) -> Iterator[tuple[int, int]]:
    """Cut lists of so many items into stretches with at most so many cells each, or one list alone."""
    first = size = 0
    for n, length in enumerate(lengths):
        if n > first and (size + length) * columns > cells:
            yield first, n
            first, size = n, 0
        size += length
    if lengths:
        yield first, len(lengths)


def best_of_blocks(table: Any, left: Sequence[int], right: Sequence[int]) -> Any:
    """Return the worth of the best assignment within each block.

    Parameters
    ----------
    table
        Worth of pairs of items, float64, integers and none below 0; the items of a list stand together.
    left, right
        Number of items of each list, none 0.

    Returns
    -------
    array
        Of shape (left, right).
    """
    import numpy as np

    found = np.empty((len(left), len(right)))
    for at_left, lines in _groups(left):
        some = table if len(at_left) == len(left) else table[lines]
        for at_right, columns in _groups(right):
            block = some if len(at_right) == len(right) else some[:, columns]
            n, m = len(at_left), len(at_right)
            block = block.reshape(n, -1, m, block.shape[1] // m)
            found[np.ix_(at_left, at_right)] = _best(block)
    return found


def _groups(lengths: Sequence[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Return the lists of each length: their positions, and those of their items."""
    starts = list(accumulate(lengths, initial=0))
    for length in _counts(lengths):
        at = [n for n, x in enumerate(lengths) if x == length]
        yield at, [k for n in at for k in range(starts[n], starts[n] + length)]


def _best(block: Any) -> Any:
    """Solve blocks of one size, an array of shape (lists, items, lists, items)."""
    import numpy as np

    n, a, m, b = block.shape
    if min(a, b) == 1:
        return block.max(axis=(1, 3))
    if not _without_solver(n * m, a, b):
        return _by_solver(block)
    over_many = _steps(a, b)[1]
    # One array per pair of items: those that are gone over first.
    turned = (a >= b) == over_many
    found = np.empty((n, m))
    step = max(1, _TOGETHER // m)
    for at in range(0, n, step):
        some = block[at : at + step].transpose((1, 3, 0, 2) if turned else (3, 1, 0, 2))
        items = np.ascontiguousarray(some).reshape(*some.shape[:2], -1)
        found[at : at + step] = (_over_many if over_many else _over_few)(items).reshape(-1, m)
    return found


def _over_few(items: Any) -> Any:
    """Go over items that are no more than those they may take: each takes one, as all weights are 0 or more.

    After k items, k of the others are taken; per set of these the best is known.
    """
    import numpy as np

    best: dict[int, Any] = {1 << j: x for j, x in enumerate(items[0])}
    for item in items[1:]:
        more: dict[int, Any] = {}
        for taken, worth in best.items():
            for j, x in enumerate(item):
                if not taken >> j & 1:
                    both = taken | 1 << j
                    if both in more:
                        np.maximum(more[both], worth + x, out=more[both])
                    else:
                        more[both] = worth + x
        best = more
    first, *others = best.values()
    for x in others:
        first = np.maximum(first, x)
    return first


def _over_many(items: Any) -> Any:
    """Go over items that are no fewer than those they may take, so that some of them take none."""
    import numpy as np

    few = items.shape[1]
    best: list[Any] = [None] * (1 << few)
    for item in items:
        # The larger sets first: they are made of the smaller ones as they were before this item.
        for taken in range(len(best) - 1, 0, -1):
            for j in range(few):
                before = taken ^ 1 << j
                if before > taken or (before and best[before] is None):
                    continue
                worth = best[before] + item[j] if before else item[j]
                if best[taken] is None:
                    best[taken] = worth.copy()
                else:
                    np.maximum(best[taken], worth, out=best[taken])
    return best[-1]


def _by_solver(block: Any) -> Any:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    n, a, m, b = block.shape
    found = np.empty((n, m))
    starts = np.arange(m) * b
    for i in range(n):
        rows, columns = [], []
        for j in range(m):
            some, others = linear_sum_assignment(block[i, :, j], maximize=True)
            rows.append(some)
            columns.append(others)
        at = np.concatenate(columns) + np.repeat(starts, min(a, b))
        worth = block[i].reshape(a, -1)[np.concatenate(rows), at]
        found[i] = worth.reshape(m, -1).sum(axis=1)
    return found
