"""One assignment solved from the table of its weights, exactly.

Weights are lexicographic pairs held in one integer, ``correct * base + rest`` (see `worth`).
"""

from __future__ import annotations

from typing import Any, Final

# Below this many cells, numpy takes longer to lay out a table of weights than Python does.
_VERY_FEW_CELLS: Final = 100
EXACT: Final = 1 << 53
"""Integers below this are exact in float64, which is what the solver computes in."""

Pairs = list[tuple[int, int]]


def excess(most: int, bits: int) -> int:
    """Return by how many bits a number is too long."""
    return max(0, most.bit_length() - bits)


def load_solver() -> None:
    """Import what `assign_matrix` needs, which takes half a second and a good part of the stack."""
    import scipy.optimize  # noqa: F401


def assign_matrix(weights: list[list[int]], base: int, joined: list[list[int]] | None = None) -> Pairs:
    """Solve one assignment from its table of weights.

    Parameters
    ----------
    weights
        Rows of weights, ``correct * base + rest``, shape (n, m).
    base
        A power of two, more than twice what the rest of a weight may be.
    joined
        0 or 1 per pair, same shape: as many ones as can be come first, then weight. None for all 0.

    Returns
    -------
    list of tuple
        Row and column of each pair; pairs that join nothing and weigh nothing or less are left out.
    """
    n, m = len(weights), len(weights[0])
    if joined is None and (n == 1 or m == 1):
        line = weights[0] if n == 1 else [row[0] for row in weights]
        best = max(line)
        at = line.index(best)
        return [] if best <= 0 else [(0, at) if n == 1 else (at, 0)]
    if joined is None and n * m <= _VERY_FEW_CELLS:
        pairs = _solve_few(weights, base)
        if pairs is not None:
            return pairs
    import numpy as np

    half = base // 2
    whole = [[(w + half) // base for w in row] for row in weights]
    parts = [
        [w - c * base for w, c in zip(row, line, strict=True)]
        for row, line in zip(weights, whole, strict=True)
    ]
    shift = excess(max(max(map(abs, row)) for row in parts), 62)
    return assign_parts(
        np.array(whole, dtype=np.int64),
        np.array([[x >> shift for x in row] for row in parts] if shift else parts, dtype=np.int64),
        None if joined is None else np.array(joined, dtype=np.int64),
    )


def _solve_few(weights: list[list[int]], base: int) -> Pairs | None:
    """Do what `assign_parts` does without numpy, which takes longer to lay out a small table.

    Returns
    -------
    list of tuple or None
        The pairs; None where the weights would have to be rounded.
    """
    from scipy.optimize import linear_sum_assignment

    half, low, bits = base // 2, base - 1, base.bit_length() - 1
    useful = [[w if w > 0 else 0 for w in row] for row in weights]
    rests = [[(w + half & low) - half for w in row] for row in useful]
    most = 1 + sum([max(row) + half >> bits for row in useful])
    smaller = 1 + sum([max(0, max(row)) - min(0, min(row)) for row in rests])
    if most * smaller + len(useful) >= EXACT:
        return None
    cost = [
        [(w - r >> bits) * smaller + r for w, r in zip(row, line, strict=True)]
        for row, line in zip(useful, rests, strict=True)
    ]
    rows, columns = linear_sum_assignment(cost, maximize=True)
    return [(a, b) for a, b in zip(rows.tolist(), columns.tolist(), strict=True) if useful[a][b]]


def assign_parts(correct: Any, rest: Any, joined: Any = None) -> Pairs:
    """Solve an assignment by what is correct, then the rest; what joins comes before both."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    # A pair that is worth nothing or less is as good as none.
    worthless = (correct < 0) | ((correct == 0) & (rest <= 0))
    if joined is not None:
        worthless &= joined == 0
    correct, rest = np.where(worthless, 0, correct), np.where(worthless, 0, rest)
    # Re-scaled to the smallest base that keeps the order, so that float64 holds every sum exactly; where even
    # that is too much, the rest loses its lowest bits.
    most = int(correct.max(axis=1).sum()) + 1
    while True:
        high, low = np.maximum(rest.max(axis=1), 0), np.minimum(rest.min(axis=1), 0)
        base = 1 + sum(high.tolist()) - sum(low.tolist())
        factor = 1 if joined is None else most * base
        if most * base + factor * len(correct) < EXACT or base <= 2:
            break
        rest = rest >> max(1, excess(base * most, 53) // 2)
    cost = correct * base + rest
    if joined is not None:
        cost = cost + joined * factor
    rows, columns = linear_sum_assignment(cost, maximize=True)
    return [(a, b) for a, b in zip(rows.tolist(), columns.tolist(), strict=True) if not worthless[a, b]]
