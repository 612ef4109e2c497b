"""The reductions lose nothing, and the work bound holds."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.alignment import _solver as solver
from medvie_reward.alignment._assignment import Scale, Work, assign_sets, reduce_sets
from medvie_reward.alignment._solver import Pairs, assign_matrix

BASE = 1 << 32
KEYS = 2
masks = st.lists(st.integers(0, 2**8 - 1), max_size=6)


def scale(shares: tuple[int, ...] = (1, 1), base: int = BASE) -> Scale:
    return Scale(shares, base)


# Two keys, two leaves under each: a leaf of the first key has two bits, a leaf of the second is critical.
CRITICAL = Scale((7, 3), 1 << 64)
CRITICAL.critical_leaves = 0b11 << 6
LEAVES = ((0, 0b001, 0b1101, 0b110001), (0, 0b10, 0b1000010, 0b10000010))
rows = st.lists(st.tuples(*map(st.sampled_from, LEAVES)).map(lambda x: x[0] | x[1]), max_size=5)


def weight(pairs: Pairs, p: list[int], g: list[int], of: Scale, work: Work, join: int = 0) -> tuple[int, int]:
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    return (
        sum(1 for i, j in pairs if p[i] & g[j] & join),
        sum(of.weigh(p[i], g[j], work) for i, j in pairs),
    )


def best(p: list[int], g: list[int], of: Scale, work: Work, join: int = 0) -> tuple[int, int]:
    """Try everything; a pair that joins nothing and weighs less than nothing is better left out."""

    def rank(x: int, y: int) -> tuple[int, int]:
        joins = int(bool(x & y & join))
        w = of.weigh(x, y, work)
        return joins, w if joins else max(0, w)

    if len(p) > len(g):
        p, g = g, p
    orders = permutations(range(len(g)), len(p))
    ranks = ([rank(x, g[j]) for x, j in zip(p, order, strict=False)] for order in orders)
    return max((sum(joins for joins, _ in found), sum(w for _, w in found)) for found in ranks)


@examples(2000)
@given(p=masks, g=masks, shares=st.sampled_from([(1, 1), (1, 5), (4, 0)]))
def test_sets_equal_all_permutations(p: list[int], g: list[int], shares: tuple[int, int]) -> None:
    """Of all one-to-one pairings none has more correct, then more of the rest."""
    of, work = scale(shares), Work(10**6)
    assert weight(assign_sets(p, g, of, work), p, g, of, work) == best(p, g, of, work)


@examples(2000)
@given(p=rows, g=rows, cost=st.sampled_from([0, 2, 3, 50]))
def test_critical_leaves_equal_all_permutations(p: list[int], g: list[int], cost: int) -> None:
    """The same where a correct leaf of a critical key brings something besides."""
    work = Work(10**6, lambda: cost)
    assert weight(assign_sets(p, g, CRITICAL, work), p, g, CRITICAL, work) == best(p, g, CRITICAL, work)


@examples(1000)
@given(p=masks, g=st.lists(st.tuples(st.integers(0, 2**6 - 1), st.sampled_from([0, 64, 128])), max_size=5))
def test_joined_sets_equal_all_permutations(p: list[int], g: list[tuple[int, int]]) -> None:
    """With a joining member, as many joins as can be come first; a gold item joins on one value."""
    gold = [rest | joined for rest, joined in g]
    of, work = scale(), Work(10**6)
    found = assign_sets(p, gold, of, work, 192)
    assert weight(found, p, gold, of, work, 192) == best(p, gold, of, work, 192)


@examples(1000)
@given(p=masks, g=masks)
def test_sure_pairs_are_part_of_every_best_assignment(p: list[int], g: list[int]) -> None:
    """Without ties only pairs are fixed without which fewer leaves are correct."""
    of, work = Scale((0, 0), BASE), Work(10**6)
    sure, _, _ = reduce_sets(p, g, of, ties=False)
    most = best(p, g, of, work)
    for i, j in sure:
        others = p[:i] + p[i + 1 :], g[:j] + g[j + 1 :]
        assert best(*others, of, work)[1] + of.weigh(p[i], g[j], work) == most[1]
        assert best([0 if n == i else x for n, x in enumerate(p)], g, of, work) < most


@examples(50)
@given(data=st.data(), of=st.sampled_from([scale(), scale((3, 2)), CRITICAL]))
def test_large_and_small_tables_agree(data: st.DataObject, of: Scale) -> None:
    """Counting bits in Python and laying them out in numpy weigh alike."""
    ints = st.lists(st.sampled_from([a | b for a in LEAVES[0] for b in LEAVES[1]]), min_size=31, max_size=40)
    p, g = data.draw(ints), data.draw(ints)
    work = Work(10**6, lambda: 2)
    table = [[of.weigh(x, y, work) for y in g] for x in p]
    expected = sum(table[i][j] for i, j in assign_matrix(table, of.base))
    assert weight(assign_sets(p, g, of, work), p, g, of, work)[1] == expected


@pytest.mark.parametrize("max_work", [0, 3])
def test_work_bound(max_work: int) -> None:
    """Past the bound the pairs are still one to one, never better than the best, and it is said."""
    p = [0b100000111 << n for n in range(40)]
    g = [0b001000111 << n for n in range(40)]
    of, work, free = scale(), Work(max_work), Work(10**6)
    bounded = weight(assign_sets(p, g, of, work), p, g, of, work)[1]
    assert bounded <= weight(assign_sets(p, g, of, free), p, g, of, free)[1]
    assert (work.limited, free.limited) == (True, False)


def test_matrix_by_hand() -> None:
    """The greedy choice is not the best one here; pairs that weigh nothing or less are left out."""
    c = BASE
    assert sorted(assign_matrix([[3 * c, 2 * c], [2 * c, 0]], BASE)) == [(0, 1), (1, 0)]
    assert sorted(assign_matrix([[c, 0], [0, 0]], BASE)) == [(0, 0)]
    assert assign_matrix([[0, c + 1, c + 2]], BASE) == [(0, 2)]
    assert assign_matrix([[0], [0]], BASE) == []
    assert assign_matrix([[-3, -1]], BASE) == []
    # One correct leaf outweighs any number of paired ones.
    assert sorted(assign_matrix([[c, 99], [50, 0]], BASE)) == [(0, 0)]
    # What is lost beside a correct leaf counts, but never outweighs it.
    assert sorted(assign_matrix([[2 * c - 9, c], [2 * c - 4, c]], BASE)) == [(0, 1), (1, 0)]
    assert sorted(assign_matrix([[-5, -7], [-2, c - 99]], BASE)) == [(1, 1)]
    # A join outweighs any number of correct leaves.
    assert sorted(assign_matrix([[9 * c, 0], [9 * c, 9 * c]], BASE, [[0, 1], [0, 0]])) == [(0, 1), (1, 0)]


def test_matrix_of_huge_rests() -> None:
    """Rests past what float64 holds lose their lowest bits, never a correct leaf."""
    base, big = 1 << 128, 1 << 100
    table = [[base - big, big], [big, base + big]]
    assert sorted(assign_matrix(table, base)) == [(0, 0), (1, 1)]
    assert sorted(assign_matrix([[big, 2 * big], [2 * big, big]], base)) == [(0, 1), (1, 0)]


WEIGHTS = st.tuples(st.integers(0, 6), st.integers(-9, 40))


@given(st.integers(1, 5), st.integers(1, 5), st.data(), st.sampled_from([1 << 32, 1 << 128]))
def test_both_solvers_are_as_good_as_trying_everything(
    rows: int, columns: int, data: st.DataObject, base: int
) -> None:
    """With numpy and without it: the pairs are worth the most that any pairing is, correct leaves first."""
    table = data.draw(
        st.lists(st.lists(WEIGHTS, min_size=columns, max_size=columns), min_size=rows, max_size=rows)
    )
    weights = [[correct * base + rest for correct, rest in row] for row in table]
    few = solver._solve_few(weights, base)
    assert few is not None
    split = np.array(table)
    many = solver.assign_parts(split[..., 0], split[..., 1], None)
    long, short = max(rows, columns), min(rows, columns)
    best = max(
        sum(
            max(0, weights[a][b] if rows <= columns else weights[b][a])
            for a, b in zip(range(short), chosen, strict=True)
        )
        for chosen in permutations(range(long), short)
    )
    assert best == sum(weights[a][b] for a, b in few)
    assert best == sum(weights[a][b] for a, b in many)
    for pairs in (few, many):
        assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
