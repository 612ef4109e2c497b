"""Pairs of items that every best assignment has, found from what pairs can be worth at most.

A pair (p, g) is in every best assignment if it is worth more than what p and g could earn elsewhere, both
together: in an assignment without it, to pair them with each other, and their partners if they have any,
would gain. So few pairs need to be weighed, those that bounds let hope for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from struct import Struct
from typing import Any, Final

from medvie_reward._core.json_values import is_empty, scalar_text
from medvie_reward.spec import Field, Fields

# What is remembered of predictions is bounded.
_CACHE_SIZE: Final = 4_096
# Bits of a lane, those of "I" in `struct`: no item has so many units of leaves.
_LANE: Final = 32


class Shared:
    """How much a predicted item can have right of each of some gold items, at most.

    A correct leaf has the names and the normal form of a gold leaf, whatever lists are on the way to either.
    So no pairing has more right than the leaves that predicted and gold item share as multisets. What a leaf
    adds for all gold items is one integer, with `_LANE` bits for each.

    Parameters
    ----------
    items
        The gold items.
    field
        Their field.
    fields
        All fields.

    Attributes
    ----------
    leaves
        How many leaves there are in all gold items, blanks among them.
    """

    def __init__(self, items: Sequence[Any], field: Field, fields: Fields) -> None:
        self._n = len(items)
        self._unpack = Struct(f"<{self._n}I").unpack
        self._field = field
        self._fields = fields
        self._lanes: dict[tuple[str, ...], _Lanes] = {}
        self.leaves = 0
        for n, item in enumerate(items):
            found = self._leaves(item)
            self.leaves += len(found)
            units = {leaf.names: leaf.units for _, leaf in found}
            for _, leaf in found:
                self._lanes.setdefault(leaf.names, _Lanes(leaf.form))
            forms = Counter((leaf.names, leaf.form(text)) for text, leaf in found)
            for (names, form), times in forms.items():
                self._lanes[names].grow(form, times, units[names] << n * _LANE)

    def bounds(self, predicted: Any) -> list[int]:
        """Return the bound for each gold item, in units."""
        total = 0
        lanes = self._lanes
        for (text, field), times in Counter(self._leaves(predicted)).items():
            known = lanes.get(field.names)
            if known is not None and (steps := known[text]):
                total += steps[0] if times == 1 else sum(steps[:times])
        return list(self._unpack(total.to_bytes(self._n * _LANE // 8, "little")))

    def _leaves(self, item: Any) -> list[tuple[str, Field]]:
        """List the leaves of an item as texts, with their fields."""
        found: list[tuple[str, Field]] = []
        fields = self._fields
        waiting: list[tuple[Any, Field]] = [(item, self._field)]
        while waiting:
            value, field = waiting.pop()
            if value.__class__ is dict:
                members = field.members
                for key, x in value.items():
                    child = members.get(key) or fields.member(field, key)
                    if x.__class__ is str:
                        found.append((x, child))
                    else:
                        waiting.append((x, child))
            elif value.__class__ is list:
                inner = fields.items(field)
                waiting.extend([(x, inner) for x in value])
            elif not is_empty(value):
                found.append((scalar_text(value), field))
        return found


class _Lanes(dict[str, list[int]]):
    """What the leaves of some names add: raw text -> lanes of the first leaf, of a second one, and so on."""

    __slots__ = ("_form", "_steps")

    def __init__(self, form: Callable[[str], str]) -> None:
        self._form = form
        self._steps: dict[str, list[int]] = {}

    def grow(self, form: str, times: int, lane: int) -> None:
        """Add the leaves of a gold item that have one form."""
        if form:
            steps = self._steps.setdefault(form, [])
            steps += [0] * (times - len(steps))
            for n in range(times):
                steps[n] |= lane

    def __missing__(self, text: str) -> list[int]:
        steps = self._steps.get(self._form(text), [])
        if len(self) >= _CACHE_SIZE:
            self.clear()
        self[text] = steps
        return steps


class SurePairs:
    """Finds out pair by pair which ones every best assignment has.

    Parameters
    ----------
    most
        What each pair can have right at most, in units, of shape (predicted, gold).

    Attributes
    ----------
    pairs
        The sure pairs found so far.

    Notes
    -----
    Worth is correct units times a base, plus a rest smaller than the base, so a pair with
    ``most[p][g'] + most[p'][g] + 2`` units right is worth more than (p, g') and (p', g) together.
    """

    def __init__(self, most: list[list[int]]) -> None:
        self._most = most
        self._weighed: set[tuple[int, int]] = set()
        self._left_p = list(range(len(most)))
        self._left_g = list(range(len(most[0])))
        self.pairs: list[tuple[int, int]] = []

    @property
    def all(self) -> bool:
        """Whether all items of one side have a sure partner, so that there is no other best assignment."""
        return not self._left_p or not self._left_g

    def hopeful(self) -> bool:
        """Check whether all could be sure if every pair had as much right as it can."""
        trial = SurePairs(self._most)
        return next(trial.candidates(trusted=True), None) is None and trial.all

    def candidates(self, trusted: bool = False) -> Iterator[tuple[int, int]]:
        """Return pairs that may be sure, each to be weighed before the next one is asked for.

        Parameters
        ----------
        trusted
            Whether to give none, and to take bounds for what pairs have right.
        """
        left_p, left_g, most = self._left_p, self._left_g, self._most
        while left_p and left_g:
            n = len(self.pairs)
            for p in list(left_p):
                line = most[p]
                g = max(left_g, key=line.__getitem__)
                of_p = max([line[other] for other in left_g if other != g], default=0)
                of_g = max([most[other][g] for other in left_p if other != p], default=0)
                if line[g] < of_p + of_g + 2:
                    continue
                if not trusted and (p, g) not in self._weighed:
                    yield p, g
                if line[g] >= of_p + of_g + 2:
                    self.pairs.append((p, g))
                    left_p.remove(p)
                    left_g.remove(g)
                    if not left_g:
                        return
            # What is decided may let others be decided; where that is little, it takes longer than it saves.
            if len(self.pairs) - n < min(len(left_p), len(left_g)):
                return

    def weighed(self, pair: tuple[int, int], correct: int) -> None:
        """Return what a pair has right, in units."""
        self._weighed.add(pair)
        self._most[pair[0]][pair[1]] = correct
