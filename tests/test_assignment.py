"""The reductions lose nothing, and the work bound holds."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvie_reward.assignment import ONE_CORRECT, Pairs, Work, assign_matrix, assign_sets, overlap

KEY_BITS = 2
masks = st.lists(st.integers(0, 2**8 - 1), max_size=6)


def weight(pairs: Pairs, p: list[int], g: list[int], join: int) -> tuple[int, int]:
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    return (
        sum(1 for i, j in pairs if p[i] & g[j] & join),
        sum(overlap(p[i], g[j], KEY_BITS) for i, j in pairs),
    )


def best(p: list[int], g: list[int], join: int) -> tuple[int, int]:
    if len(p) > len(g):
        p, g = g, p
    return max(
        (
            sum(1 for x, j in zip(p, order, strict=False) if x & g[j] & join),
            sum(overlap(x, g[j], KEY_BITS) for x, j in zip(p, order, strict=False)),
        )
        for order in permutations(range(len(g)), len(p))
    )


@settings(max_examples=2000, deadline=None)
@given(p=masks, g=masks)
def test_sets_equal_all_permutations(p: list[int], g: list[int]) -> None:
    """Of all one-to-one pairings none has more correct, then paired leaves."""
    assert weight(assign_sets(p, g, KEY_BITS, Work(10**6)), p, g, 0) == best(p, g, 0)


@settings(max_examples=1000, deadline=None)
@given(p=masks, g=st.lists(st.tuples(st.integers(0, 2**6 - 1), st.sampled_from([0, 64, 128])), max_size=5))
def test_joined_sets_equal_all_permutations(p: list[int], g: list[tuple[int, int]]) -> None:
    """With a joining member, as many joins as can be come first; a gold item joins on one value."""
    gold = [rest | joined for rest, joined in g]
    assert weight(assign_sets(p, gold, KEY_BITS, Work(10**6), 192), p, gold, 192) == best(p, gold, 192)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_large_and_small_tables_agree(data: st.DataObject) -> None:
    """Counting bits in Python and multiplying matrices weigh alike."""
    ints = st.lists(st.integers(0, 2**12 - 1), min_size=31, max_size=40)
    p, g = data.draw(ints), data.draw(ints)
    table = [[overlap(x, y, KEY_BITS) for y in g] for x in p]
    expected = sum(table[i][j] for i, j in assign_matrix(table))
    assert weight(assign_sets(p, g, KEY_BITS, Work(10**6)), p, g, 0)[1] == expected


@pytest.mark.parametrize("max_pairs", [0, 3])
def test_work_bound(max_pairs: int) -> None:
    """Past the bound the pairs are still one to one, never better than the best, and it is said."""
    p = [0b100000111 << n for n in range(40)]
    g = [0b001000111 << n for n in range(40)]
    work = Work(max_pairs)
    bounded = weight(assign_sets(p, g, KEY_BITS, work), p, g, 0)[1]
    free = Work(10**6)
    assert bounded <= weight(assign_sets(p, g, KEY_BITS, free), p, g, 0)[1]
    assert (work.limited, free.limited) == (True, False)


def test_matrix_by_hand() -> None:
    """The greedy choice is not the best one here; pairs of no weight are left out."""
    c = ONE_CORRECT
    assert sorted(assign_matrix([[3 * c, 2 * c], [2 * c, 0]])) == [(0, 1), (1, 0)]
    assert sorted(assign_matrix([[c, 0], [0, 0]])) == [(0, 0)]
    assert assign_matrix([[0, c + 1, c + 2]]) == [(0, 2)]
    assert assign_matrix([[0], [0]]) == []
    # One correct leaf outweighs any number of paired ones.
    assert sorted(assign_matrix([[c, 99], [50, 0]])) == [(0, 0)]
    # A join outweighs any number of correct leaves.
    assert sorted(assign_matrix([[9 * c, 0], [9 * c, 9 * c]], [[0, 1], [0, 0]])) == [(0, 1), (1, 0)]
