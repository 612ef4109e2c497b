"""Choose points by greedy k-centre, in an order of which every prefix is a selection.

It is deterministic: of points that are equally good but for rounding, the first is taken. It never holds a
matrix of points by points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from medvie_reward.errors import ArgumentError
from medvie_reward.selection._quotas import check_count

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Points = npt.NDArray[np.float32]
    Numbers = npt.NDArray[Any]

# Two choices whose worth differs by no more than this share of it are a tie.
_TIE: Final = 1e-6
_BLOCK: Final = 512


def farthest_first(
    points: Points, k: int, strata: Sequence[int] | None = None, quotas: Sequence[int] | None = None
) -> list[int]:
    """Choose points by greedy k-centre: each is the one farthest from all chosen before it.

    The first is the point nearest to the mean. The largest distance from a point to its nearest pick is at
    most twice the least that any ``k`` points can reach (Gonzalez 1985, "Clustering to minimize the maximum
    intercluster distance"). With quotas the rule is the same among the strata still open, but the
    guarantee is lost. A point that equals a pick is taken only once all others are.

    Parameters
    ----------
    points
        Shape (points, dimensions).
    k
        Number of picks.
    strata
        Number of each point's stratum, from 0.
    quotas
        Number of picks of each stratum; they add up to ``k``.

    Returns
    -------
    list of int
        Positions in the order of picking.

    Raises
    ------
    ArgumentError
        If ``k`` or a quota is more than there is, or quotas do not add up to ``k``.
    """
    import numpy as np

    is_open, close = _gates(len(points), k, strata, quotas)
    apart = np.full(len(points), np.inf, np.float32)
    middle = points.mean(axis=0, dtype=np.float64).astype(np.float32)
    pick = _first_best(np.where(is_open, -_squares(points, middle), -np.inf))
    picks = [pick]
    while len(picks) < k:
        close(pick)
        np.minimum(apart, _squares(points, points[pick]), out=apart)
        pick = _first_best(np.where(is_open, apart, -np.inf))
        picks.append(pick)
    return picks


def _gates(
    n: int, k: int, strata: Sequence[int] | None, quotas: Sequence[int] | None
) -> tuple[npt.NDArray[np.bool_], Callable[[int], None]]:
    """Return which points may be picked, and a function that takes a pick off."""
    import numpy as np

    check_count(k, n)
    stratum = np.zeros(n, np.intp) if strata is None else np.asarray(strata, np.intp)
    left = [k] if quotas is None else list(quotas)
    if sum(left) != k:
        raise ArgumentError(f"quotas add up to {sum(left)}: expected {k}, the number of picks")
    for number, size in enumerate(np.bincount(stratum, minlength=len(left)).tolist()):
        if left[number] > size:
            raise ArgumentError(f"quota of {left[number]} for stratum {number}: expected at most {size}")
    is_open = np.asarray(left)[stratum] > 0

    def close(pick: int) -> None:
        is_open[pick] = False
        left[stratum[pick]] -= 1
        if not left[stratum[pick]]:
            is_open[stratum == stratum[pick]] = False

    return is_open, close


def _first_best(worth: Numbers) -> int:
    """Return the first of those whose worth is the greatest but for rounding."""
    top = float(worth.max())
    return int((worth >= top - _TIE * abs(top)).argmax())


def _squares(points: Numbers, place: Numbers) -> Numbers:
    """Return squared distances from a place; exactly 0 for what equals it."""
    import numpy as np

    made = np.empty(len(points), points.dtype)
    for a in range(0, len(points), _BLOCK):
        apart = points[a : a + _BLOCK] - place
        np.einsum("ij,ij->i", apart, apart, out=made[a : a + _BLOCK])
    return made
