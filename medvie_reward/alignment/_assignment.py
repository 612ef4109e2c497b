"""One-to-one assignment that maximises weight, exact, with linear-time reductions before any solver.

Weights are lexicographic pairs held in one integer, ``correct * base + rest`` (see `worth`), so that they
add and compare as integers do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final

from medvie_reward.alignment._row_weights import KeyColumn, weigh_columns
from medvie_reward.alignment._solver import Pairs, assign_matrix, assign_parts, excess

# Below this many cells Python counts bits faster than numpy lays them out.
_FEW_CELLS: Final = 900
# Rows are laid out key by key, which takes less.
_FEW_CELLS_OF_ROWS: Final = 160

_Items = list[tuple[int, int]]
_Side = tuple[Sequence[int], Sequence[int]]
"""Items of one side: their positions, and beside each its bits."""


class Work:
    """What is left of an alignment's work bound, and whether it ran out.

    Parameters
    ----------
    max_pairs
        The bound: how many pairs may be weighed.
    right_critical
        Gives what a correct critical leaf adds to a weight besides; called when that is first asked for.
    units
        Taken to note in it what gives the weight of predicted lists that were read, by identity.

    Attributes
    ----------
    keys, full_keys
        What `order_key` wrote for containers of this alignment, without blanks and with them, by identity:
        nested lists ask for it again at every level.
    paired
        What some lists of rows were paired to, by identity of predicted list and gold node; the list is kept
        beside that, so that no other takes its identity.
    """

    __slots__ = (
        "_of_right_critical", "_right_critical", "full_keys", "keys", "left", "limited", "paired", "units",
    )  # fmt: skip

    def __init__(
        self,
        max_pairs: int,
        right_critical: Callable[[], int] | None = None,
        units: dict[int, Callable[[], int]] | None = None,
    ) -> None:
        self.left = max_pairs
        self.limited = False
        self.keys: dict[int, str] = {}
        self.full_keys: dict[int, str] = {}
        self.units = {} if units is None else units
        self.paired: dict[tuple[int, int], Any] = {}
        self._of_right_critical = right_critical
        self._right_critical = 0

    @property
    def right_critical(self) -> int:
        """What a correct critical leaf adds to a weight besides; worked out when first asked for."""
        if self._of_right_critical is not None:
            self._right_critical = self._of_right_critical()
            self._of_right_critical = None
        return self._right_critical

    def spend(self, pairs: int) -> bool:
        """Take from what is left; False, and limited from now on, where that is not enough."""
        if pairs > self.left:
            self.limited = True
            return False
        self.left -= pairs
        return True


class Scale:
    """What the intersection of two items weighs, the items being given as bit sets of keys and leaves.

    Parameters
    ----------
    shares
        What a paired leaf adds to the rest, per key; a key's bit is its position here.
    base
        What one leaf bit weighs. A leaf has as many bits as it has units.
    critical_leaves
        One bit of each leaf that is critical.
    columns
        What is under each key, where items are rows that have at most one leaf under a key.

    Attributes
    ----------
    key_bits, keys
        The number of key bits, the lowest ones, and all of them; leaf bits are above them.
    """

    __slots__ = ("_known", "_shares", "base", "columns", "critical_leaves", "key_bits", "keys", "plain")

    def __init__(
        self, shares: Sequence[int], base: int, critical_leaves: int = 0, columns: Sequence[KeyColumn] = ()
    ) -> None:
        self.base = base
        self.key_bits = len(shares)
        self.keys = (1 << self.key_bits) - 1
        self.plain = all(share == 1 for share in shares)
        self.critical_leaves = critical_leaves
        self.columns = columns
        self._shares = shares
        self._known: dict[int, int] = {}

    def paired(self, keys: int) -> int:
        """Weigh a set of key bits whose leaves are paired."""
        if self.plain:
            return keys.bit_count()
        known = self._known.get(keys)
        if known is None:
            known = self._known[keys] = sum(s for n, s in enumerate(self._shares) if keys >> n & 1)
        return known

    def weigh(self, p: int, g: int, work: Work) -> int:
        """Weigh a pair."""
        both = p & g
        keys = both & self.keys
        weight = (both >> self.key_bits).bit_count() * self.base + self.paired(keys)
        if both & self.critical_leaves:
            weight += (both & self.critical_leaves).bit_count() * work.right_critical
        return weight

    def weigh_all(self, p: int, golds: _Items, work: Work) -> list[int]:
        """Weigh one item with each of some others."""
        if not self.plain or self.critical_leaves:
            return [self.weigh(p, g, work) for _, g in golds]
        base, keys = self.base, self.keys
        return [
            ((both.bit_count() - (n := (both & keys).bit_count())) * base + n) if (both := p & g) else 0
            for _, g in golds
        ]


def assign_sets(
    predicted: Sequence[int], gold: Sequence[int], scale: Scale, work: Work, join: int = 0
) -> Pairs:
    """Pair items given as sets of leaves so that they weigh as much as can be.

    Parameters
    ----------
    predicted, gold
        Items as bit sets: the bits above the lowest ``scale.key_bits`` for each leaf (key and value) that the
        gold has, a bit below for each key with a value.
    scale
        What pairs weigh.
    work
        The work bound; where it runs out, items pair by size, largest first.
    join
        Leaf bits of a joining member: as many pairs as can be share one of these first of all.

    Returns
    -------
    list of tuple
        Pairs of positions; a pair of weight 0 or less is left out.
    """
    if len(predicted) == 1 and len(gold) == 1:
        joined = predicted[0] & gold[0] & join
        return [(0, 0)] if joined or scale.weigh(predicted[0], gold[0], work) > 0 else []
    pairs, left_p, left_g = reduce_sets(predicted, gold, scale, join)
    if left_p and left_g:
        pairs.extend(_solve_sets(left_p, left_g, scale, work, join))
    return pairs


def reduce_sets(
    predicted: Sequence[int], gold: Sequence[int], scale: Scale, join: int = 0, ties: bool = True
) -> tuple[Pairs, _Items, _Items]:
    """Fix pairs that are part of some best assignment, in linear time.

    Parameters
    ----------
    predicted, gold, scale, join
        As for `assign_sets`.
    ties
        Whether the scale says all that matters. If not, only those pairs are fixed that every assignment
        with the most leaf bits has.

    Returns
    -------
    tuple
        The pairs; the predicted and the gold items that are left, as (position, bits).

    Notes
    -----
    The weight of a pair is the (weighted) size of the intersection of two sets, for which three steps lose
    nothing. Bits that one whole side lacks can go. Equal sets X can pair: for all P and G,
    |X∩G| + |P∩X| <= |X| + |P∩G∩X|. A pair (p, g) can be fixed when the bits that only p and only g have
    outweigh what either could gain elsewhere: own + 2|p∩g| >= |p| + |g|.
    """
    ps: _Side = range(len(predicted)), predicted
    gs: _Side = range(len(gold)), gold
    pairs: Pairs = []
    while ps[1] and gs[1]:
        size = len(ps[1]) + len(gs[1])
        if ties:
            ps, gs = _pair_equal(ps, gs, pairs)
        else:
            ps, gs = _shared(ps, gs, scale.keys)
        if join:
            ps, gs = _pair_joined(ps, gs, join, pairs)
        elif not ties or (len(ps[1]) > 1 and len(gs[1]) > 1):
            ps, gs = _pair_anchored(ps, gs, scale, ties, pairs)
        if len(ps[1]) + len(gs[1]) == size:
            break
    return pairs, list(zip(*ps, strict=True)), list(zip(*gs, strict=True))


def _without(side: _Side, taken: set[int]) -> _Side:
    """Leave out what stands at some indices of both lists."""
    if not taken:
        return side
    at, bits = side
    left = [n for n in range(len(at)) if n not in taken]
    return [at[n] for n in left], [bits[n] for n in left]


def _shared(ps: _Side, gs: _Side, keys: int) -> tuple[_Side, _Side]:
    """Drop the leaf bits that one side lacks."""
    both = reduce(or_, ps[1]) & reduce(or_, gs[1]) | keys
    return (ps[0], [p & both for p in ps[1]]), (gs[0], [g & both for g in gs[1]])


def _pair_equal(ps: _Side, gs: _Side, pairs: Pairs) -> tuple[_Side, _Side]:
    """Drop the bits that one side lacks, then pair the items that are equal."""
    (at_p, bits_p), (at_g, bits_g) = ps, gs
    both = reduce(or_, bits_p) & reduce(or_, bits_g)
    masked = [p & both for p in bits_p]
    waiting: dict[int, int] = {}
    first = list(map(waiting.setdefault, masked, range(len(masked))))
    more: dict[int, list[int]] = {}  # the others of equal items
    if len(waiting) < len(masked):
        for m in range(len(masked) - 1, -1, -1):  # backwards, so that pop takes the first of them
            if first[m] != m:
                more.setdefault(masked[m], []).append(m)
    waiting.pop(0, None)
    at: list[int] = []
    rest: list[int] = []
    for n, g in enumerate(bits_g):
        g &= both
        m = waiting.pop(g, -1)
        if m >= 0:
            pairs.append((at_p[m], at_g[n]))
            if more and (same := more.get(g)):
                waiting[g] = same.pop()
        elif g:
            at.append(at_g[n])
            rest.append(g)
    if not more:
        return ([at_p[m] for m in waiting.values()], list(waiting)), (at, rest)
    # More copies of one predicted item than there are gold items can never pair. In the order given, which
    # breaks ties.
    left = [m for p, one in waiting.items() for m in [one, *reversed(more.get(p, ()))][: len(rest)]]
    left.sort()
    return ([at_p[m] for m in left], [masked[m] for m in left]), (at, rest)


def _owned_once(items: Sequence[int]) -> int:
    once = twice = 0
    for x in items:
        twice |= once & x
        once |= x
    return once & ~twice


def _pair_anchored(ps: _Side, gs: _Side, scale: Scale, ties: bool, pairs: Pairs) -> tuple[_Side, _Side]:
    """Fix pairs that share leaves nobody else has and cannot do better elsewhere.

    What `reduce_sets` asks for, own + 2|p∩g| >= |p| + |g|, is own >= |p△g|: what the two share alone
    outweighs in what they differ.
    """
    key_bits = scale.key_bits
    unique = (_owned_once(ps[1]) & _owned_once(gs[1])) >> key_bits << key_bits
    if not unique:
        return ps, gs
    ps, gs = _pair_sure(ps, gs, unique, key_bits, pairs)
    (at_p, bits_p), (at_g, bits_g) = ps, gs
    # Where leaves alone do not decide, keys and critical leaves must.
    even = scale.keys | scale.critical_leaves
    owner: dict[int, int] = {}
    for m, p in enumerate(bits_p if bits_g else ()):
        bits = p & unique
        while bits:
            bit = bits & -bits
            owner[bit] = m
            bits ^= bit
    if not owner:
        return ps, gs
    taken: set[int] = set()
    met: set[int] = set()
    for n, g in enumerate(bits_g):
        bits = g & unique
        while bits:
            bit = bits & -bits
            if bit not in owner:  # its owner has a partner
                bits ^= bit
                continue
            m = owner[bit]
            p = bits_p[m]
            both = p & g
            gain = (both & unique).bit_count() - ((p ^ g) >> key_bits).bit_count()
            if m not in taken and (gain > 0 or (ties and gain == 0 and p & even == g & even)):
                taken.add(m)
                met.add(n)
                pairs.append((at_p[m], at_g[n]))
                break
            bits &= ~both
    return _without(ps, taken), _without(gs, met)


def _pair_sure(ps: _Side, gs: _Side, unique: int, key_bits: int, pairs: Pairs) -> tuple[_Side, _Side]:
    """Fix most of the pairs that every best assignment has, looking at one unique leaf of each item.

    A pair whose gain is more than 0 is in every best assignment, so it does not matter when it is fixed.
    """
    (at_p, bits_p), (at_g, bits_g) = ps, gs
    owner = {(p & unique).bit_length(): m for m, p in enumerate(bits_p)}
    taken: set[int] = set()
    at: list[int] = []
    rest: list[int] = []
    for n, g in enumerate(bits_g):
        bits = g & unique
        if bits:
            m = owner.get(bits.bit_length(), -1)
            if m >= 0:
                p = bits_p[m]
                if (p & bits).bit_count() > ((p ^ g) >> key_bits).bit_count():
                    taken.add(m)
                    pairs.append((at_p[m], at_g[n]))
                    continue
        at.append(at_g[n])
        rest.append(g)
    return (_without(ps, taken), (at, rest)) if taken else (ps, gs)


def _pair_joined(ps: _Side, gs: _Side, join: int, pairs: Pairs) -> tuple[_Side, _Side]:
    """Pair items whose joining value is theirs alone on either side: every optimum has that pair."""
    (at_p, bits_p), (at_g, bits_g) = ps, gs
    unique = _owned_once(bits_p) & _owned_once(bits_g) & join
    owner = {p & join: m for m, p in enumerate(bits_p) if p & unique and (p & join).bit_count() == 1}
    taken: set[int] = set()
    met: set[int] = set()
    for n, g in enumerate(bits_g if owner else ()):
        m = owner.get(g & join, -1) if g & unique else -1
        if m >= 0:
            taken.add(m)
            met.add(n)
            pairs.append((at_p[m], at_g[n]))
    return _without(ps, taken), _without(gs, met)


def _solve_sets(ps: _Items, gs: _Items, scale: Scale, work: Work, join: int) -> Pairs:
    cells = len(ps) * len(gs)
    # A numpy cell costs about a 25th of a pair that Python weighs.
    if not work.spend(cells // 25):
        ps = sorted(ps, key=_by_size)[: 4 * len(gs) + 64]
        if not work.spend(len(ps) * len(gs) // 25):
            return [(i, j) for (i, p), (j, g) in zip(ps, sorted(gs, key=_by_size), strict=False) if p & g]
    few = _FEW_CELLS if not scale.columns or len(ps) == 1 or len(gs) == 1 else _FEW_CELLS_OF_ROWS
    if cells <= few:
        weights = [scale.weigh_all(p, gs, work) for _, p in ps]
        joined = [[1 if p & g & join else 0 for _, g in gs] for _, p in ps] if join else None
        solved = assign_matrix(weights, scale.base, joined)
    else:
        solved = assign_parts(*_overlaps(ps, gs, scale, work, join))
    return [(ps[a][0], gs[b][0]) for a, b in solved]


def _by_size(item: tuple[int, int]) -> tuple[int, int]:
    return -item[1].bit_count(), item[1]


def _overlaps(ps: _Items, gs: _Items, scale: Scale, work: Work, join: int) -> tuple[Any, Any, Any]:
    """Weigh all pairs key by key, or else bit by bit: each bit adds to the pairs of those who have it.

    A matrix product over the bits would do the same, but numpy hands it to a library that starts threads.
    """
    import numpy as np

    keys = scale.keys
    critical = work.right_critical if scale.critical_leaves else 0
    if scale.columns:
        found = weigh_columns([p for _, p in ps], [g for _, g in gs], scale.columns, critical, join)
        if found is not None:
            return found
    # Items have few different sets of keys, so those are weighed once per pair of sets.
    p_sets, p_at = _classes([p & keys for _, p in ps])
    g_sets, g_at = _classes([g & keys for _, g in gs])
    table = [[scale.paired(p & g) for g in g_sets] for p in p_sets]
    # A row has at most as many critical leaves as keys.
    shift = excess(max(max(row) for row in table) + critical * scale.key_bits, 62)
    rest = np.array([[x >> shift for x in row] for row in table], dtype=np.int64)
    rest = rest[np.array(p_at)[:, None], np.array(g_at)]
    correct = np.zeros_like(rest)
    joined = np.zeros_like(rest) if join else None
    g_owners = _owners(gs, scale.key_bits)
    for bit, rows in _owners(ps, scale.key_bits).items():
        columns = g_owners.get(bit)
        if columns is not None:
            place = np.array(rows)[:, None], np.array(columns)
            correct[place] += 1
            if bit & scale.critical_leaves:
                rest[place] += critical >> shift
            if joined is not None and bit & join:
                joined[place] = 1
    return correct, rest, joined


def _classes(masks: list[int]) -> tuple[list[int], list[int]]:
    """Return the different masks, and for each mask which of them it is."""
    places: dict[int, int] = {}
    at = [places.setdefault(mask, len(places)) for mask in masks]
    return list(places), at


def _owners(items: _Items, key_bits: int) -> dict[int, list[int]]:
    """Return for each leaf bit the positions of the items that have it."""
    owners: dict[int, list[int]] = {}
    for n, (_, mask) in enumerate(items):
        bits = mask >> key_bits << key_bits
        while bits:
            bit = bits & -bits
            owners.setdefault(bit, []).append(n)
            bits ^= bit
    return owners
