"""Trees of any shape, weighed against each other all at once.

What two objects are worth to each other is the sum over the members they share, so a table of what objects
are worth is a sum of tables, one per place. The texts in all places outside lists make one table, by the
leaves that trees share. Lists have a table of what their items are worth to each other, and the best
assignment within each of its blocks is what two lists are worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from typing import Any, Final, NamedTuple

from medvie_reward._core.sizes import count_leaves
from medvie_reward.alignment._assignment import Work
from medvie_reward.alignment._blocks import best_of_blocks, cost_of_blocks, stretches
from medvie_reward.alignment._growing import GROWING
from medvie_reward.alignment._overlaps import Overlaps
from medvie_reward.alignment._places import ROWS, Kind, Met, Places, TreePlace, blocks_of
from medvie_reward.alignment._solver import EXACT
from medvie_reward.alignment._worth import Worth
from medvie_reward.spec import Field, Fields

# Cells of pairs of items that are laid out at a time.
_CELLS: Final = 1 << 18
# What it costs to begin with a table, in units of the work bound.
_BEGIN: Final = 50


class Weights(NamedTuple):
    """What some values are worth to some others: arrays, a line per predicted and a column per gold value.

    Attributes
    ----------
    correct, rest
        Correct units, and the rest.
    unknown
        Whether a pair is not weighed; None where all are.
    """

    correct: Any
    rest: Any
    unknown: Any | None


class Column:
    """Gold values of one field, each under a name.

    Lists are weighed where they pair by ``align``, by what the best assignment of their items is worth: that
    is one number whatever the way to it, as long as no sum is rounded. So nothing is weighed where one could
    be.

    Parameters
    ----------
    field
        The field of the values.
    lists
        List mode where no rule gives another.
    fields
        All fields.
    worth
        What leaves are worth; not by kind.
    """

    def __init__(self, field: Field, lists: str, fields: Fields, worth: Worth) -> None:
        self._of = lists, fields, worth
        self._one_mode = not (fields.lists | {lists}) - {"align"}
        self._places = Places(field, lists, fields)
        self._lists: dict[TreePlace, _Lists] = {}
        self._known: tuple[tuple[int, int, int], tuple[int, list[float]]] = (-1, 0, 0), (0, [])

    def add(self, name: int, value: Any) -> None:
        """Take one more gold value."""
        self._places.add(name, value)

    def weigh(
        self, predicted: Sequence[Any], names: Sequence[int], work: Work, few: int = 0
    ) -> Weights | None:
        """Weigh every pair, or nearly.

        Parameters
        ----------
        predicted
            The predicted values.
        names
            Names of the gold values.
        work
            The work bound.
        few
            Where less than this would be spent to weigh, one by one, the pairs that have a list in one place,
            they are left so.

        Returns
        -------
        Weights or None
            None where the bound ran out, or where a sum could be rounded (the bound has not run out then).
        """
        import numpy as np

        met: Met = {}
        left = [self._places.read(value, line, met) for line, value in enumerate(predicted)]
        right = [self._places.sets[name] for name in names]
        size = sum(map(len, left))
        cost = size // 4 + (size * len(right) >> 11) + len(left) * len(right) // 100
        shared = self._shared(left, right, work) if work.spend(_BEGIN + cost) else None
        if shared is None:
            return None
        correct, rest = shared
        unknown = np.zeros(correct.shape, dtype=bool)
        column_of = {name: b for b, name in enumerate(names)}
        for place, lines in met.items():
            at = {name: column_of[name] for name in list(place.kinds) if name in column_of}
            if len(at) * len(lines) < few and _cost(predicted, lines) * len(at) < few:
                unknown[np.ix_(list(lines), list(at.values()))] = True
                continue
            if not self._one_mode:
                _mark(unknown, place, lines, at)
            for wanted, some, others in blocks_of(place, lines, at):
                weigh = self._weigh_rows if wanted is ROWS else self._weigh_lists
                part = weigh(place, [lines[line][1] for line in some], others, work)
                if part is None:
                    return None
                block = np.ix_(some, [at[name] for name in others])
                if len(set(wanted.values())) > 1:
                    part = _only(
                        part, [[place.kinds[x] in wanted[lines[y][0]] for x in others] for y in some]
                    )
                correct[block] += part.correct
                rest[block] += part.rest
                if part.unknown is not None:
                    unknown[block] |= part.unknown
        return Weights(correct, rest, unknown if unknown.any() else None)

    def _shared(self, left: list[list[int]], right: list[list[int]], work: Work) -> tuple[Any, Any] | None:
        """Weigh the texts outside lists; None where a sum could be rounded."""
        import numpy as np

        critical = work.right_critical if self._places.critical else 0
        bits, worth_of = self._leaves_worth(critical)
        if bits < 0:
            return None
        sums = Overlaps(left, right, worth_of).sums(0, len(left)).astype(np.int64)
        return sums >> bits, sums & (1 << bits) - 1

    def _leaves_worth(self, critical: int) -> tuple[int, list[float]]:
        """Return what each leaf and slot adds, the rest in the lowest bits, and how many; -1 if rounded."""
        of, wrong = self._places.of, self._of[2].wrong
        known = len(of), self._places.most, critical
        kept = self._known
        if kept[0] != known:
            correct = [0 if slot else field.units for field, slot in of]
            rest = [wrong[field.units] if slot else critical * field.critical for field, slot in of]
            most = self._places.most
            bits = (most * max(rest, default=0)).bit_length()
            exact = most * max(correct, default=0) + 1 << bits < EXACT
            worth_of = [float((c << bits) + r) for c, r in zip(correct, rest, strict=True)] if exact else []
            kept = self._known = known, (bits if exact else -1, worth_of)
        return kept[1]

    def _weigh_rows(
        self, place: TreePlace, predicted: list[Any], names: list[int], work: Work
    ) -> Weights | None:
        """Weigh lists of rows against those of flat rows that stand in one place."""
        if not work.spend(_BEGIN + len(predicted) * len(names) // 50):
            return None
        found = place.rows(*self._of[1:]).weigh(predicted, names, work)
        return None if found is None else Weights(*found, None)

    def _weigh_lists(
        self, place: TreePlace, predicted: list[Any], names: list[int], work: Work
    ) -> Weights | None:
        """Weigh what stands in one place item by item."""
        lists = self._lists.get(place)
        if lists is None:
            field = self._of[1].items(place.field)
            lists = self._lists.setdefault(place, _Lists(Column(field, *self._of), place))
        return lists.weigh(predicted, names, work)


def _only(part: Weights, meets: list[list[bool]]) -> Weights:
    """Leave out the pairs that do not meet."""
    correct, rest, unknown = part
    return Weights(correct * meets, rest * meets, None if unknown is None else unknown & meets)


def _cost(predicted: Sequence[Any], lines: Iterable[int]) -> int:
    """Return the cost of weighing some predicted values against one gold value, as `Matcher.pair` reckons."""
    return sum([1 + count_leaves(predicted[line]) // 8 for line in lines])


def _mark(unknown: Any, place: TreePlace, lines: dict[int, tuple[Kind, Any]], at: dict[int, int]) -> None:
    """Mark the pairs that are not weighed, since a list of another list mode is in the way, or may be.

    An object that stands for an item of a list, and not for an item of a list in it, meets that item member
    by member; as a row it would meet it by leaves, as if all lists in it were aligned.
    """
    import numpy as np

    for mine, wanted in (("unknown", None), (None, "unknown"), ("object", "list")):
        some = [line for line, (kind, _) in lines.items() if mine in (None, kind)]
        others = [b for name, b in at.items() if wanted in (None, place.kinds[name])]
        unknown[np.ix_(some, others)] = True


class _Lists:
    """The items of the gold lists that stand in one place; what is no list counts as a list of one.

    Parameters
    ----------
    items
        Takes the items.
    place
        The place.
    """

    def __init__(self, items: Column, place: TreePlace) -> None:
        self._items = items
        self._place = place
        self._names: dict[int, list[int]] = {}
        self._taken = 0

    def _take(self, kinds: set[Kind]) -> None:
        """Take the items of all gold values of some kinds."""
        with GROWING:
            for name, kind in self._place.kinds.items():
                if kind in kinds and name not in self._names:
                    items = _items(self._place.values[name])
                    names = list(range(self._taken, self._taken + len(items)))
                    self._taken += len(items)
                    for at, item in zip(names, items, strict=True):
                        self._items.add(at, item)
                    self._names[name] = names  # once its items are there

    def weigh(self, predicted: list[Any], names: list[int], work: Work) -> Weights | None:
        """Weigh every pair; see `Column.weigh`."""
        import numpy as np

        left = list(map(_items, predicted))
        missing = {self._place.kinds[name] for name in names if name not in self._names}
        if missing:
            self._take(missing)
        right = [self._names[name] for name in names]
        columns = list(chain.from_iterable(right))
        widths = list(map(len, right))
        lengths = list(map(len, left))
        if not work.spend(cost_of_blocks(lengths, widths)):
            return None
        found: list[Weights] = []
        for first, last in stretches(lengths, len(columns), _CELLS):
            weights = self._items.weigh(list(chain.from_iterable(left[first:last])), columns, work)
            best = None if weights is None else _best(weights, lengths[first:last], widths)
            if best is None:
                return None
            found.append(best)
        unknown = [x.unknown for x in found if x.unknown is not None]
        if unknown:
            unknown = [np.zeros(x.correct.shape, bool) if x.unknown is None else x.unknown for x in found]
        return Weights(
            np.vstack([x.correct for x in found]),
            np.vstack([x.rest for x in found]),
            np.vstack(unknown) if unknown else None,
        )


def _items(value: Any) -> list[Any]:
    return value if type(value) is list else [value]


def _best(weights: Weights, left: list[int], right: list[int]) -> Weights | None:
    """Return what the best assignments are worth; None where a sum could be rounded."""
    import numpy as np

    correct, rest, unknown = weights
    most = max(left)
    bits = (most * int(rest.max())).bit_length()
    if (most * int(correct.max()) + 1 << bits) + most >= EXACT:
        return None
    sums = best_of_blocks(((correct << bits) + rest).astype(np.float64), left, right).astype(np.int64)
    if unknown is not None:
        unknown = np.logical_or.reduceat(unknown, list(accumulate(left, initial=0))[:-1], axis=0)
        unknown = np.logical_or.reduceat(unknown, list(accumulate(right, initial=0))[:-1], axis=1)
    return Weights(sums >> bits, sums & (1 << bits) - 1, unknown)
