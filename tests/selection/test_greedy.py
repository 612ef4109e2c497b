"""Greedy k-centre and facility location against slow definitions and the best subsets there are."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from medvie_reward.errors import InputError
from medvie_reward.selection import _greedy as greedy
from medvie_reward.selection._greedy import facility_location, facility_value, farthest_first

Points = NDArray[np.float32]


def distances(points: Points) -> NDArray[np.float64]:
    """All distances at once, which only a test can afford."""
    wide = points.astype(np.float64)
    return np.asarray(np.sqrt(((wide[:, None] - wide[None]) ** 2).sum(-1)))


def radius(apart: NDArray[np.float64], picks: Any) -> float:
    """Largest distance to the nearest pick."""
    return float(apart[:, list(picks)].min(axis=1).max())


def slow_farthest(points: Points, k: int) -> list[int]:
    """Follow the definition: farthest from all picks, the first where several are."""
    apart = distances(points)
    wide = points.astype(np.float64)
    picks = [int(((wide - wide.mean(axis=0)) ** 2).sum(-1).argmin())]
    while len(picks) < k:
        picks.append(int(apart[:, picks].min(axis=1).argmax()))
    return picks


def slow_facility(points: Points, k: int, masses: Any) -> list[int]:
    """Follow the definition: the greatest gain, all gains computed at every step."""
    apart = distances(points)
    wide = points.astype(np.float64)
    best = np.full(len(points), 2 * np.sqrt(((wide - wide.mean(axis=0)) ** 2).sum(-1).max()))
    picks: list[int] = []
    while len(picks) < k:
        gains = (np.asarray(masses)[:, None] * np.maximum(best[:, None] - apart, 0)).sum(axis=0)
        gains[picks] = -1
        picks.append(int((gains >= gains.max() * (1 - 1e-6)).argmax()))
        best = np.minimum(best, apart[:, picks[-1]])
    return picks


def points_of(seed: int, n: int, d: int) -> Points:
    """Points in general position, some of them crowded."""
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((n, d)) * rng.exponential(1, (n, 1))).astype(np.float32)


CASES = [(0, 30, 2, 12), (1, 60, 3, 60), (2, 400, 5, 90), (3, 700, 20, 40), (4, 5, 1, 3), (5, 1, 4, 1)]


@pytest.mark.parametrize(("seed", "n", "d", "k"), CASES)
def test_farthest_first_is_its_definition(seed: int, n: int, d: int, k: int) -> None:
    """The blockwise way picks what the definition picks."""
    points = points_of(seed, n, d)
    assert farthest_first(points, k) == slow_farthest(points, k)


@pytest.mark.parametrize(("seed", "n", "d", "k"), CASES)
def test_facility_location_is_its_definition(seed: int, n: int, d: int, k: int) -> None:
    """The lazy way picks what the definition picks, with masses."""
    points = points_of(seed, n, d)
    masses = np.random.default_rng(seed).integers(1, 6, n).tolist()
    assert facility_location(points, k, masses) == slow_facility(points, k, masses)


def test_single_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way for many points differs in rounding only: step for step its value is the exact one's."""
    points = points_of(7, 900, 12)
    exact = facility_location(points, 80)
    monkeypatch.setattr(greedy, "_SMALL", 0)
    fast = facility_location(points, 80)
    for k in range(1, 81, 8):
        assert facility_value(points, fast[:k]) == pytest.approx(facility_value(points, exact[:k]), rel=1e-4)


@given(st.integers(0, 10**6), st.integers(2, 11), st.integers(1, 3), st.data())
def test_guarantees(seed: int, n: int, d: int, data: st.DataObject) -> None:
    """The radius is at most twice the least; the value at least 1 - 1/e of the greatest."""
    k = data.draw(st.integers(1, min(n, 5)))
    points = np.random.default_rng(seed).integers(-6, 7, (n, d)).astype(np.float32)
    apart = distances(points)
    subsets = list(combinations(range(n), k))
    assert radius(apart, farthest_first(points, k)) <= 2 * min(radius(apart, x) for x in subsets) + 1e-4
    best = max(facility_value(points, x) for x in subsets)
    assert facility_value(points, facility_location(points, k)) >= (1 - 1 / math.e) * best - 1e-6


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4), st.data())
def test_quota_guarantee(seed: int, a: int, b: int, data: st.DataObject) -> None:
    """Quotas are met, and the value is at least half of the greatest that they allow."""
    points = np.random.default_rng(seed).integers(-6, 7, (a + b, 2)).astype(np.float32)
    strata = [0] * a + [1] * b
    quotas = [data.draw(st.integers(0, a)), data.draw(st.integers(1, b))]
    k = sum(quotas)
    allowed = [x for x in combinations(range(a + b), k) if sum(strata[n] for n in x) == quotas[1]]
    for picks in (
        farthest_first(points, k, strata, quotas),
        facility_location(points, k, None, strata, quotas),
    ):
        assert tuple(sorted(picks)) in allowed
    best = max(facility_value(points, x) for x in allowed)
    assert facility_value(points, picks) >= best / 2 - 1e-6


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(0, 3), st.data())
def test_picks(seed: int, n: int, d: int, data: st.DataObject) -> None:
    """Picks are distinct, exactly k, and the first of a longer selection; ties and equal points included."""
    points = np.random.default_rng(seed).integers(-2, 3, (n, d)).astype(np.float32)
    k = data.draw(st.integers(1, n))
    for method in (farthest_first, facility_location):
        everything = method(points, n)
        assert sorted(everything) == list(range(n))
        assert method(points, k) == everything[:k]


@given(st.integers(0, 10**6), st.integers(2, 30), st.data())
def test_order_of_points(seed: int, n: int, data: st.DataObject) -> None:
    """Without ties, the order in which points come changes nothing."""
    points = np.random.default_rng(seed).standard_normal((n, 3)).astype(np.float32)
    order = data.draw(st.permutations(range(n)))
    k = data.draw(st.integers(1, n - 1))
    picks = [order[n] for n in farthest_first(points[order], k)]
    apart = distances(points)
    assert radius(apart, picks) == pytest.approx(radius(apart, farthest_first(points, k)), rel=1e-5)
    moved = [order[n] for n in facility_location(points[order], k)]
    assert facility_value(points, moved) == pytest.approx(
        facility_value(points, facility_location(points, k)), rel=1e-5
    )


@given(st.integers(0, 10**6), st.integers(2, 25), st.lists(st.integers(0, 24), max_size=10), st.data())
def test_repeats_change_nothing(seed: int, n: int, again: list[int], data: st.DataObject) -> None:
    """Repeats of the same mean: k-centre picks the same places, and a repeat only when all others are in."""
    points = np.random.default_rng(seed).permutation(np.arange(n * 2)).reshape(n, 2).astype(np.float32)
    k = data.draw(st.integers(1, n))
    # Every point once more, so that the mean, where the first pick starts, is the same.
    twice = np.concatenate([points, points])
    assert farthest_first(twice, k) == farthest_first(points, k)
    more = np.concatenate([points, points[[m % n for m in again]]])
    assert len({tuple(more[m]) for m in farthest_first(more, n)}) == n


def test_ties_go_to_the_first() -> None:
    """Corners of a square are equally far: the order decides."""
    square = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32)
    assert farthest_first(square, 4) == [0, 2, 1, 3]
    assert facility_location(square, 4) == [0, 1, 2, 3]


def test_value() -> None:
    """No picks are worth 0, all points 1; masses count."""
    line = np.array([[0.0], [1.0], [3.0], [4.0]], np.float32)
    assert facility_value(line, []) == 0.0
    assert facility_value(line, range(4)) == 1.0
    assert facility_value(line, [1]) == pytest.approx(1 - (1 + 0 + 2 + 3) / 4 / 4)
    assert facility_value(line, [1], [1, 1, 1, 5]) == pytest.approx(1 - (1 + 0 + 2 + 15) / 8 / 4)
    assert facility_value(np.zeros((3, 2), np.float32), [1]) == 1.0


@pytest.mark.parametrize(
    ("k", "strata", "quotas", "message"),
    [
        (4, None, None, "4 picks out of 3 documents: expected 1 to 3"),
        (0, None, None, "0 picks"),
        (2, [0, 1, 1], [2, 0], "quota of 2 for stratum 0: expected at most 1"),
        (2, [0, 1, 1], [1, 2], "quotas add up to 3: expected 2"),
    ],
)
def test_misuse(k: int, strata: Any, quotas: Any, message: str) -> None:
    """More than there is, is an error."""
    points = np.zeros((3, 2), np.float32)
    with pytest.raises(InputError, match=message):
        farthest_first(points, k, strata, quotas)
    with pytest.raises(InputError, match=message):
        facility_location(points, k, None, strata, quotas)
