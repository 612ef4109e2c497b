"""One-to-one assignment that maximises weight, exact, with linear-time reductions before any solver.

Weights are lexicographic pairs (correct leaves, paired leaves) held in one integer,
``correct * ONE_CORRECT + paired``, so that weights add and compare as integers do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

ONE_CORRECT: Final = 1 << 32
"""Weight of one correct leaf; one paired leaf weighs 1."""

_PAIRED: Final = ONE_CORRECT - 1
# Below this many cells Python counts bits faster than numpy lays them out.
_FEW_CELLS: Final = 900

Pairs = list[tuple[int, int]]


class Work:
    """What is left of an alignment's work bound, and whether it ran out.

    ``keys`` remembers what `medvie_reward.matching.order_key` wrote for containers of this alignment, by
    identity: nested lists ask for it again at every level.
    """

    __slots__ = ("keys", "left", "limited")

    def __init__(self, max_pairs: int) -> None:
        self.left = max_pairs
        self.limited = False
        self.keys: dict[int, str] = {}

    def spend(self, pairs: int) -> bool:
        """Take from what is left; False, and limited from now on, where that is not enough."""
        if pairs > self.left:
            self.limited = True
            return False
        self.left -= pairs
        return True


def overlap(p: int, g: int, key_bits: int) -> int:
    """Weigh two items given as bit sets: leaf bits above the lowest ``key_bits``, key bits below."""
    both = p & g
    paired = (both & ((1 << key_bits) - 1)).bit_count()
    return (both.bit_count() - paired) * ONE_CORRECT + paired


def assign_sets(
    predicted: Sequence[int], gold: Sequence[int], key_bits: int, work: Work, join: int = 0
) -> Pairs:
    """Pair items given as sets of leaves so that correct, then paired leaves are as many as can be.

    Parameters
    ----------
    predicted, gold
        Items as bit sets: a bit above the lowest ``key_bits`` for each leaf (key and value) that the gold
        has, a bit below for each key with a value.
    key_bits
        How many of the lowest bits stand for keys.
    work
        The work bound; where it runs out, items pair by size, largest first.
    join
        Leaf bits of a joining member: as many pairs as can be share one of these first of all.

    Returns
    -------
    list of tuple
        Pairs of positions; a pair of weight 0 is left out.

    Notes
    -----
    The weight of a pair is the (weighted) size of the intersection of two sets, for which three steps lose
    nothing. Bits that one whole side lacks can go. Equal sets X can pair: for all P and G,
    |X∩G| + |P∩X| <= |X| + |P∩G∩X|. A pair (p, g) can be fixed when the bits that only p and only g have
    outweigh what either could gain elsewhere: own + 2|p∩g| >= |p| + |g|.
    """
    if len(predicted) == 1 and len(gold) == 1:
        return [(0, 0)] if predicted[0] & gold[0] else []
    left_p = [(i, p) for i, p in enumerate(predicted) if p]
    left_g = [(j, g) for j, g in enumerate(gold) if g]
    pairs: Pairs = []
    keys = (1 << key_bits) - 1
    while True:
        size = len(left_p) + len(left_g)
        left_p, left_g = _pair_equal(left_p, left_g, pairs)
        if not left_p or not left_g:
            return pairs
        if join:
            left_p, left_g = _pair_joined(left_p, left_g, join, pairs)
        elif len(left_p) > 1 and len(left_g) > 1:
            left_p, left_g = _pair_anchored(left_p, left_g, keys, pairs)
        if not left_p or not left_g:
            return pairs
        if len(left_p) + len(left_g) == size:
            break
    pairs.extend(_solve_sets(left_p, left_g, key_bits, work, join))
    return pairs


_Items = list[tuple[int, int]]


def _pair_equal(ps: _Items, gs: _Items, pairs: Pairs) -> tuple[_Items, _Items]:
    """Drop the bits that one side lacks, then pair the items that are equal."""
    some_p = some_g = 0
    for _, p in ps:
        some_p |= p
    for _, g in gs:
        some_g |= g
    both = some_p & some_g
    waiting: dict[int, list[int]] = {}
    for i, p in reversed(ps):  # reversed, so that pop takes the first of equal items
        p &= both
        if p:
            waiting.setdefault(p, []).append(i)
    rest_g: _Items = []
    for j, g in gs:
        g &= both
        same = waiting.get(g)
        if same:
            pairs.append((same.pop(), j))
        elif g:
            rest_g.append((j, g))
    # More copies of one predicted item than there are gold items can never pair.
    rest_p = [(i, p) for p, same in waiting.items() for i in same[-len(rest_g) :]] if rest_g else []
    return rest_p, rest_g


def _owned_once(items: _Items) -> int:
    once = twice = 0
    for _, x in items:
        twice |= once & x
        once |= x
    return once & ~twice


def _pair_anchored(ps: _Items, gs: _Items, keys: int, pairs: Pairs) -> tuple[_Items, _Items]:
    """Fix pairs that share leaves nobody else has and cannot do better elsewhere."""
    unique = _owned_once(ps) & _owned_once(gs) & ~keys
    if not unique:
        return ps, gs
    owner: dict[int, tuple[int, int]] = {}
    for item in ps:
        bits = item[1] & unique
        while bits:
            bit = bits & -bits
            owner[bit] = item
            bits ^= bit
    taken: set[int] = set()
    rest_g: _Items = []
    for j, g in gs:
        bits = g & unique
        while bits:
            i, p = owner[bits & -bits]
            both = p & g
            own = (both & unique).bit_count()
            gain = own + 2 * (both & ~keys).bit_count() - (p & ~keys).bit_count() - (g & ~keys).bit_count()
            if i not in taken and (gain > 0 or (gain == 0 and p & keys == g & keys)):
                taken.add(i)
                pairs.append((i, j))
                break
            bits &= ~both
        else:
            rest_g.append((j, g))
    return ([item for item in ps if item[0] not in taken] if taken else ps), rest_g


def _pair_joined(ps: _Items, gs: _Items, join: int, pairs: Pairs) -> tuple[_Items, _Items]:
    """Pair items whose joining value is theirs alone on either side: every optimum has that pair."""
    unique = _owned_once(ps) & _owned_once(gs) & join
    if not unique:
        return ps, gs
    owner = {p & join: i for i, p in ps if p & unique and (p & join).bit_count() == 1}
    taken: set[int] = set()
    rest_g: _Items = []
    for j, g in gs:
        i = owner.get(g & join) if g & unique else None
        if i is None:
            rest_g.append((j, g))
        else:
            taken.add(i)
            pairs.append((i, j))
    return [item for item in ps if item[0] not in taken], rest_g


def _solve_sets(ps: _Items, gs: _Items, key_bits: int, work: Work, join: int) -> Pairs:
    cells = len(ps) * len(gs)
    # A numpy cell costs about a 25th of a pair that Python weighs.
    if not work.spend(cells // 25):
        ps = sorted(ps, key=_by_size)[: 4 * len(gs) + 64]
        if not work.spend(len(ps) * len(gs) // 25):
            return [(i, j) for (i, p), (j, g) in zip(ps, sorted(gs, key=_by_size), strict=False) if p & g]
    if cells <= _FEW_CELLS:
        weights: Any = [[overlap(p, g, key_bits) for _, g in gs] for _, p in ps]
        joined: Any = [[1 if p & g & join else 0 for _, g in gs] for _, p in ps] if join else None
    else:
        weights, joined = _overlaps(ps, gs, key_bits, join)
    return [(ps[a][0], gs[b][0]) for a, b in assign_matrix(weights, joined)]


def _by_size(item: tuple[int, int]) -> tuple[int, int]:
    return -item[1].bit_count(), item[1]


def _overlaps(ps: _Items, gs: _Items, key_bits: int, join: int) -> tuple[Any, Any]:
    """Weigh all pairs bit by bit: each bit adds to the pairs of those who have it.

    A matrix product over the bits would do the same, but numpy hands it to a library that starts threads.
    """
    import numpy as np

    keys = (1 << key_bits) - 1
    # Items have few different sets of keys, so those are weighed once per pair of sets.
    p_sets, p_at = _classes([p & keys for _, p in ps])
    g_sets, g_at = _classes([g & keys for _, g in gs])
    table = np.array([[(p & g).bit_count() for g in g_sets] for p in p_sets], dtype=np.int64)
    weights = table[np.array(p_at)[:, None], np.array(g_at)]
    joined = np.zeros_like(weights) if join else None
    g_owners = _owners(gs, key_bits)
    for bit, rows in _owners(ps, key_bits).items():
        columns = g_owners.get(bit)
        if columns is not None:
            place = np.array(rows)[:, None], np.array(columns)
            weights[place] += ONE_CORRECT
            if joined is not None and bit & join:
                joined[place] = 1
    return weights, joined


def _classes(masks: list[int]) -> tuple[list[int], list[int]]:
    """Give the different masks, and for each mask which of them it is."""
    places: dict[int, int] = {}
    at = [places.setdefault(mask, len(places)) for mask in masks]
    return list(places), at


def _owners(items: _Items, key_bits: int) -> dict[int, list[int]]:
    """Give for each leaf bit the positions of the items that have it."""
    owners: dict[int, list[int]] = {}
    for n, (_, mask) in enumerate(items):
        bits = mask >> key_bits << key_bits
        while bits:
            bit = bits & -bits
            owners.setdefault(bit, []).append(n)
            bits ^= bit
    return owners


def load_solver() -> None:
    """Import what `assign_matrix` needs, which takes half a second and a good part of the stack."""
    import scipy.optimize  # noqa: F401


def assign_matrix(weights: Any, joined: Any = None) -> Pairs:
    """Solve one assignment from its table of weights.

    Parameters
    ----------
    weights
        Rows of integer weights, shape (n, m): lists of lists or a numpy array.
    joined
        0 or 1 per pair, same shape: as many ones as can be come first, then weight. None for all 0.

    Returns
    -------
    list of tuple
        Row and column of each pair; pairs that weigh and join nothing are left out.
    """
    n, m = len(weights), len(weights[0])
    if joined is None and (n == 1 or m == 1):
        line = [int(w) for w in (weights[0] if n == 1 else [row[0] for row in weights])]
        best = max(line)
        at = line.index(best)
        return [] if best == 0 else [(0, at) if n == 1 else (at, 0)]
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    w = np.asarray(weights, dtype=np.int64)
    correct, paired = w // ONE_CORRECT, w & _PAIRED
    # Re-scaled to the smallest base that keeps the order, so that float64 holds every sum exactly.
    cost = correct * (1 + int(paired.max(axis=1).sum())) + paired
    if joined is not None:
        cost += np.asarray(joined, dtype=np.int64) * (1 + int(cost.max(axis=1).sum()))
    rows, columns = linear_sum_assignment(cost, maximize=True)
    return [(a, b) for a, b in zip(rows.tolist(), columns.tolist(), strict=True) if cost[a, b]]
