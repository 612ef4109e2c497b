"""Points -> an order of picks: greedy k-centre and greedy facility location.

Both know nothing of documents. Both are deterministic: of picks that are equally good but for rounding, the
first in order is taken. Every prefix of an order is what the method gives for fewer picks, as long as no
quota comes in between. Neither ever holds a matrix of points by points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from medvie_reward.errors import InputError
from medvie_reward.selection._quotas import check_count

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Points = npt.NDArray[np.float32]
    Numbers = npt.NDArray[Any]
    Rows = npt.NDArray[np.intp]

# Two choices whose worth differs by no more than this share of it are a tie.
_TIE: Final = 1e-6
_BLOCK: Final = 512
# Up to so many points facility location computes in double precision, where it costs next to nothing.
_SMALL: Final = 4_096
# Candidates looked at together; a step starts with the first number and doubles up to the last.
_BATCHES: Final = (16, 256)


def farthest_first(
    points: Points, k: int, strata: Sequence[int] | None = None, quotas: Sequence[int] | None = None
) -> list[int]:
    """Pick points by greedy k-centre: each is the one farthest from all picks before it.

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
    InputError
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


def facility_location(
    points: Points,
    k: int,
    masses: Sequence[int] | None = None,
    strata: Sequence[int] | None = None,
    quotas: Sequence[int] | None = None,
) -> list[int]:
    """Pick points by greedy facility location: each adds most to `facility_value`.

    The value is monotone and submodular, so that greedy reaches at least 1 - 1/e of the best value of ``k``
    points (Nemhauser, Wolsey and Fisher 1978, "An analysis of approximations for maximizing submodular set
    functions - I"), and with quotas at least half of the best that they allow (Fisher, Nemhauser and
    Wolsey 1978, part II).

    The greedy choice is exact up to rounding, by lazy evaluation (Minoux 1978): a gain never grows, so an old
    one bounds the new one. A gain is brought up to date by only those points whose nearest pick has changed
    since all gains were last computed; all are computed again once as much work has gone into single ones.

    Parameters
    ----------
    points, k, strata, quotas
        As for `farthest_first`.
    masses
        How often each point counts; once where not given.

    Raises
    ------
    InputError
        As for `farthest_first`.
    """
    import numpy as np

    is_open, close = _gates(len(points), k, strata, quotas)
    n = len(points)
    ground = _ground(points, masses)
    far = 2 * math.sqrt(float(ground.squares.max(initial=0.0)))
    everything = np.arange(n)
    known = np.full(n, far, ground.points.dtype)  # distances to the nearest pick when all gains were computed
    apart = known.copy()  # and now
    gains = _gains(ground, known, np.zeros_like(known), everything, everything)
    bounds = np.where(is_open, gains, -np.inf)
    # The first pick changes everything, so all gains are computed again after it.
    limit, spent = max(n // 8, 1), n
    picks: list[int] = []
    while True:
        changed = np.flatnonzero(apart < known)
        if len(changed) and spent >= limit:
            gains -= _gains(ground, known, apart, changed, everything)
            known, spent = apart.copy(), 0
            bounds = np.where(is_open, gains, -np.inf)
        elif len(changed):
            # Rows that have not changed add 0, and rows in one piece need no copy.
            rows = changed if 2 * len(changed) < n else everything
            spent += _refresh_best(bounds, gains, partial(_gains, ground, known, apart, rows), limit - spent)
            if spent >= limit:
                continue
        pick = _first_best(bounds)
        picks.append(pick)
        if len(picks) == k:
            return picks
        close(pick)
        bounds[~is_open] = -np.inf
        apart = np.minimum(apart, np.sqrt(_squares(ground.points, ground.points[pick])))


def facility_value(points: Points, picks: Sequence[int], masses: Sequence[int] | None = None) -> float:
    """Return the facility-location value of some picks, between 0 and 1.

    The mean over points of ``1 - d / D``: ``d`` is the distance to the nearest pick, ``D`` twice the greatest
    distance of a point from the mean of all, which no two points exceed. No picks have the value 0, and the
    greater the value, the less the mean distance to the nearest pick.
    """
    import numpy as np

    centred = points - points.mean(axis=0, dtype=np.float64)
    far = 2 * math.sqrt(float(np.einsum("ij,ij->i", centred, centred).max(initial=0.0)))
    apart = np.full(len(points), far * far)
    for pick in picks:
        np.minimum(apart, _squares(centred, centred[pick]), out=apart)
    mass = np.ones(len(points)) if masses is None else np.asarray(masses, np.float64)
    if far == 0.0:
        return 1.0 if len(picks) else 0.0
    return float(((1 - np.sqrt(apart) / far) * mass).sum() / mass.sum())


def _gates(
    n: int, k: int, strata: Sequence[int] | None, quotas: Sequence[int] | None
) -> tuple[npt.NDArray[np.bool_], Callable[[int], None]]:
    """Return which points may be picked, and a function that takes a pick off."""
    import numpy as np

    check_count(k, n)
    stratum = np.zeros(n, np.intp) if strata is None else np.asarray(strata, np.intp)
    left = [k] if quotas is None else list(quotas)
    if sum(left) != k:
        raise InputError(f"quotas add up to {sum(left)}: expected {k}, the number of picks")
    for number, size in enumerate(np.bincount(stratum, minlength=len(left)).tolist()):
        if left[number] > size:
            raise InputError(f"quota of {left[number]} for stratum {number}: expected at most {size}")
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


def _refresh_best(bounds: Numbers, gains: Numbers, lost: Callable[[Rows], Numbers], limit: int) -> int:
    """Bring bounds up to date until those of all that could be best are; gives how many that were.

    It may stop once these are as many as ``limit``.
    """
    import numpy as np

    stale = bounds > -np.inf
    floor, spent, (batch, most) = -math.inf, 0, _BATCHES
    while spent < limit and len(waiting := np.flatnonzero(stale & (bounds >= floor))):
        if len(waiting) > batch:
            waiting = waiting[np.argpartition(-bounds[waiting], batch - 1)[:batch]]
        bounds[waiting] = fresh = gains[waiting] - lost(waiting)
        stale[waiting] = False
        top = float(fresh.max())
        floor = max(floor, top - _TIE * abs(top))
        spent += len(waiting)
        batch = min(2 * batch, most)
    return spent


class _Ground(NamedTuple):
    """Points about their mean, their squared lengths, and how often each counts."""

    points: Numbers
    squares: Numbers
    mass: Numbers


def _ground(points: Points, masses: Sequence[int] | None) -> _Ground:
    import numpy as np

    kind = np.float64 if len(points) <= _SMALL else np.float32
    centred = np.empty(points.shape, kind)
    middle = points.mean(axis=0, dtype=np.float64)
    for a in range(0, len(points), _BLOCK):
        centred[a : a + _BLOCK] = points[a : a + _BLOCK] - middle
    mass = np.ones(len(points), kind) if masses is None else np.asarray(masses, kind)
    return _Ground(centred, np.einsum("ij,ij->i", centred, centred), mass)


def _gains(ground: _Ground, old: Numbers, new: Numbers, rows: Rows, columns: Rows) -> Numbers:
    """Sum what candidates would take off the rows' distances ``old``, as far down as ``new``.

    ``sum over rows of mass * (old - clip(d, new, old))``, with ``d`` the distance from row to candidate.
    """
    import numpy as np

    points, squares, mass = ground
    made = np.zeros(len(columns))
    whole = len(columns) == len(points)
    # Every point with every other: a distance counts in both directions and is computed once.
    mutual = whole and len(rows) == len(points)
    picked, picked_squares = (points, squares) if whole else (points[columns], squares[columns])
    size = _BLOCK if whole else 8 * _BLOCK
    for a in range(0, len(rows), size):
        named = rows[a : a + size]
        row = slice(a, a + size) if len(rows) == len(points) else named
        first = a if mutual else 0
        block = points[row] @ picked[first:].T
        block *= -2
        block += squares[row, None]
        block += picked_squares[first:]
        # A point's distance to itself is 0, which this sum misses by its rounding.
        _, at, across = np.intersect1d(named, columns[first:], assume_unique=True, return_indices=True)
        block[at, across] = 0
        if mutual:
            later = slice(a + size, None)
            made[row] += _taken(block[:, size:].copy(), old[later], new[later]) @ mass[later]
        made[first:] += mass[row] @ _taken(block, old[row, None], new[row, None])
    return made


def _taken(block: Numbers, old: Numbers, new: Numbers) -> Numbers:
    """Turn squared distances into what they take off ``old``, in place."""
    import numpy as np

    high = old * old
    np.clip(block, new * new, high, out=block)
    np.sqrt(block, out=block)
    # The root of the square, so that what has not changed gives exactly 0.
    np.subtract(np.sqrt(high), block, out=block)
    return block
