"""Pairs of least cost: as good as trying all, and the very pairs that munkres takes."""

from __future__ import annotations

from itertools import permutations
from random import Random

import munkres
import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.metrics import _munkres as pairing
from medvie_reward.metrics._munkres import Costs, Pairs, pair_up


@st.composite
def tables(draw: st.DrawFn, most: int = 6) -> Costs:
    """Draw a table of few different costs, so that ties are common."""
    cost = st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 2 / 3, 1.0])
    columns = draw(st.integers(1, most))
    return draw(st.lists(st.lists(cost, min_size=columns, max_size=columns), min_size=1, max_size=most))


def total(costs: Costs, pairs: Pairs) -> float:
    return sum(costs[i][j] for i, j in pairs)


def least(costs: Costs) -> float:
    """Try every pairing."""
    if len(costs) > len(costs[0]):
        costs = [list(column) for column in zip(*costs, strict=True)]
    rows = range(len(costs))
    return min(
        total(costs, list(zip(rows, chosen, strict=True)))
        for chosen in permutations(range(len(costs[0])), len(costs))
    )


@examples(300)
@given(costs=tables())
def test_pairs_cost_least(costs: Costs) -> None:
    """No pairing costs less, every row or every column has a partner, and none has two."""
    pairs = pair_up(costs)
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == min(len(costs), len(costs[0]))
    assert total(costs, pairs) == pytest.approx(least(costs), abs=1e-12)


# Tables of fewer than 16 cells and of more: both with several pairings of least cost.
TIES: list[tuple[Costs, Pairs]] = [
    ([[0.0]], [(0, 0)]),
    ([[1.0, 1.0], [1.0, 1.0]], [(0, 0), (1, 1)]),
    ([[0.5], [0.5], [0.25]], [(2, 0)]),
    ([[0.0, 1.0, 1.0], [0.0, 1.0, 1.0]], [(0, 0), (1, 1)]),
    (
        [
            [0.8, 0.8, 1.0, 1.0, 0.8],
            [0.2, 0.4, 0.0, 1.0, 0.0],
            [0.4, 1.0, 0.6, 0.2, 0.4],
            [0.8, 0.4, 0.6, 0.0, 0.2],
        ],
        [(0, 0), (1, 2), (2, 3), (3, 4)],
    ),
]


@pytest.mark.parametrize(("costs", "expected"), TIES)
def test_ties(costs: Costs, expected: Pairs) -> None:
    """Of equally good pairings, the one that munkres 3.0.0 takes."""
    assert pair_up(costs) == expected


@examples(1000)
@given(costs=tables(9))
def test_munkres(costs: Costs, with_kernel: None) -> None:
    """The pairs are those of munkres, ties and all."""
    assert pair_up(costs) == munkres.Munkres().compute(costs)


def test_munkres_on_larger_tables(with_kernel: None) -> None:
    """So they are in larger tables, taller or wider, whose rounding errors tell nearly equal sums apart."""
    rng = Random(7)
    for rows, columns in ((30, 30), (20, 60), (60, 20), (100, 110)):
        costs = [[1 - rng.randrange(8) / 7 for _ in range(columns)] for _ in range(rows)]
        assert pair_up(costs) == munkres.Munkres().compute(costs)


@pytest.fixture(scope="module")
def with_kernel() -> None:
    """See that munkres has its C kernel; without it, ties are broken another way."""
    if not munkres.native_status()["available"]:
        pytest.skip("munkres has no C kernel here, and breaks ties otherwise")


LIMITS = [("_MANY_CELLS", 30), ("_STEPS_A_ROW", 0)]
CLASHING: Costs = [[(i + 1) * (j + 1) / 48 for j in range(8)] for i in range(6)]


@pytest.mark.parametrize(("name", "limit"), LIMITS)
def test_scipy_takes_over(name: str, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a table is too large or its search too long, scipy is asked."""
    monkeypatch.setattr(pairing, "_solve", lambda costs: [(len(costs), 0)])
    assert pair_up(CLASHING) != [(6, 0)]
    monkeypatch.setattr(pairing, name, limit)
    assert pair_up(CLASHING) == [(6, 0)]


@examples(100)
@given(costs=tables())
def test_scipy_pairs_cost_least(costs: Costs) -> None:
    """What scipy gives costs as little."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing, "_MANY_CELLS", 0)
        pairs = pair_up(costs)
    assert pairs == sorted(pairs)
    assert len(pairs) == min(len(costs), len(costs[0]))
    assert total(costs, pairs) == pytest.approx(least(costs), abs=1e-12)
