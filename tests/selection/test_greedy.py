"""Greedy k-centre against its slow definition and the best subsets there are."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from medvie_reward.errors import InputError
from medvie_reward.selection._greedy import farthest_first

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


@given(st.integers(0, 10**6), st.integers(2, 11), st.integers(1, 3), st.data())
def test_guarantee(seed: int, n: int, d: int, data: st.DataObject) -> None:
    """The radius is at most twice the least."""
    k = data.draw(st.integers(1, min(n, 5)))
    points = np.random.default_rng(seed).integers(-6, 7, (n, d)).astype(np.float32)
    apart = distances(points)
    subsets = list(combinations(range(n), k))
    assert radius(apart, farthest_first(points, k)) <= 2 * min(radius(apart, x) for x in subsets) + 1e-4


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4), st.data())
def test_quotas(seed: int, a: int, b: int, data: st.DataObject) -> None:
    """Quotas are met exactly."""
    points = np.random.default_rng(seed).integers(-6, 7, (a + b, 2)).astype(np.float32)
    strata = [0] * a + [1] * b
    quotas = [data.draw(st.integers(0, a)), data.draw(st.integers(1, b))]
    k = sum(quotas)
    picks = farthest_first(points, k, strata, quotas)
    assert len(set(picks)) == k
    assert [sum(strata[n] == stratum for n in picks) for stratum in (0, 1)] == quotas


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(0, 3), st.data())
def test_picks(seed: int, n: int, d: int, data: st.DataObject) -> None:
    """Picks are distinct, exactly k, and the first of a longer selection; ties and equal points included."""
    points = np.random.default_rng(seed).integers(-2, 3, (n, d)).astype(np.float32)
    k = data.draw(st.integers(1, n))
    everything = farthest_first(points, n)
    assert sorted(everything) == list(range(n))
    assert farthest_first(points, k) == everything[:k]


@given(st.integers(0, 10**6), st.integers(2, 30), st.data())
def test_order_of_points(seed: int, n: int, data: st.DataObject) -> None:
    """Without ties, the order in which points come changes nothing."""
    points = np.random.default_rng(seed).standard_normal((n, 3)).astype(np.float32)
    order = data.draw(st.permutations(range(n)))
    k = data.draw(st.integers(1, n - 1))
    picks = [order[n] for n in farthest_first(points[order], k)]
    apart = distances(points)
    assert radius(apart, picks) == pytest.approx(radius(apart, farthest_first(points, k)), rel=1e-5)


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
