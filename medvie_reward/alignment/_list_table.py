"""Items that hold lists or objects, weighed many pairs at a time where that gives what pair by pair would.

Two lists of such items have as many pairs as the product of their lengths, and to weigh one takes
microseconds, or tens of them. None needs a walk through both: what they are worth to each other follows from
the leaves they share (see `text_lists`, `row_lists`, and `columns` for all other shapes). The weights are the
same to the last digit, so the solver sees the same table and picks the same pairs, ties included.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from medvie_reward._core.json_values import SCALARS
from medvie_reward._core.sizes import count_leaves
from medvie_reward.alignment._assignment import Work
from medvie_reward.alignment._columns import Column, Weights
from medvie_reward.alignment._row_lists import RowLists
from medvie_reward.alignment._solver import Pairs, assign_matrix, assign_parts
from medvie_reward.alignment._text_lists import TextLists
from medvie_reward.alignment._worth import Worth
from medvie_reward.spec import Field, Fields

# With fewer pairs than this, laying them out takes longer than weighing them one by one.
_FEW_TEXTS: Final = 200
FEW_ROWS: Final = 12
# For other shapes not the pairs count, but what it costs to weigh them, in units of the work bound. Objects
# of three leaves break even at 300, those that hold rows at 50 to 120; and one more place with lists at 16.
_FEW_TREES: Final = 200
_FEW_PARTS: Final = 16
# Up to here a table of weights goes to the solver by way of lists.
_FEW_CELLS: Final = 900
# The rest of a weight is held in int64.
_LARGE: Final = 1 << 62


class PairTable:
    """The weights of the pairs of some items; predicted items that hold the same share a line.

    Parameters
    ----------
    keys
        Per predicted item a text that says what it holds.
    columns
        Number of gold items.

    Attributes
    ----------
    line_of
        The line of each predicted item.
    firsts
        The first predicted item of each line.
    waiting
        The pairs that are still to be weighed: a predicted item, gold items, and a list for their weights.
    parts
        What is known before: correct units and the rest, arrays of shape (lines, columns).
    """

    __slots__ = ("firsts", "line_of", "parts", "waiting")

    def __init__(self, keys: Sequence[str], columns: int) -> None:
        lines: dict[str, int] = {}
        self.line_of = [lines.setdefault(key, len(lines)) for key in keys]
        self.firsts: list[int] = []
        for a, line in enumerate(self.line_of):
            if line == len(self.firsts):
                self.firsts.append(a)
        self.waiting: list[tuple[int, Sequence[int], list[int]]] = [
            (a, range(columns), []) for a in self.firsts
        ]
        self.parts: tuple[Any, Any] | None = None

    def assign(self, base: int, joined: list[list[int]] | None) -> list[tuple[int, int, int]]:
        """Solve the assignment; see `assign_matrix`. Gives items and weight of each pair."""
        if self.parts is None:
            table = [self.waiting[line][2] for line in self.line_of]
            return [(a, b, table[a][b]) for a, b in assign_matrix(table, base, joined)]
        correct, rest = self.parts
        for a, columns, weights in self.waiting:
            line = self.line_of[a]
            correct[line, columns] = [w // base for w in weights]
            rest[line, columns] = [w % base for w in weights]
        pairs = self._solved(correct[self.line_of], rest[self.line_of], base)
        at = self.line_of
        return [(a, b, int(correct[at[a], b]) * base + int(rest[at[a], b])) for a, b in pairs]

    def _solved(self, correct: Any, rest: Any, base: int) -> Pairs:
        # Small tables go the way of lists, which the solver's answer to ties depends on.
        if min(correct.shape) > 1 and correct.size > _FEW_CELLS:
            return assign_parts(correct, rest)
        return assign_matrix(
            [
                [c * base + r for c, r in zip(*line, strict=True)]
                for line in zip(correct.tolist(), rest.tolist(), strict=True)
            ],
            base,
        )


class ListTable:
    """The items of a gold list that pairs by ``align``.

    Parameters
    ----------
    values
        The items.
    texts
        Position of an item that is a list of scalars -> their normal forms.
    rows
        Position of an item that is a list of flat rows -> the rows.
    lists
        List mode where no rule gives another.
    field
        The field of the items.
    fields
        All fields.
    worth
        What leaves are worth; not by kind.
    """

    def __init__(
        self,
        values: list[Any],
        texts: dict[int, list[str]],
        rows: dict[int, list[dict[str, Any]]],
        lists: str,
        field: Field,
        fields: Fields,
        worth: Worth,
    ) -> None:
        self._worth = worth
        self._values, self._texts, self._rows = values, texts, rows
        self._of = field, lists, fields
        # Made when first needed: most lists pair without them.
        self._text_lists: TextLists | None = None
        self._row_lists: RowLists | None = None
        self._column: Column | None = None

    def weigh(self, table: PairTable, items: Sequence[Any], places: Sequence[int], work: Work) -> None:
        """Weigh what can be weighed at once.

        Parameters
        ----------
        table
            The table to fill.
        items
            The predicted items, none of them empty.
        places
            Positions of the gold items, none of them empty.
        work
            The work bound. A cell of numpy costs about a 25th of a pair that Python weighs, and the solver
            time that grows with the shorter side; what comes before is charged where it is done.

            No honest document comes near the default bound of 100,000. A table of 60 lists of ten scalars
            that are all misread takes some 160, one of 1,000 lists some 60,000. A table of 100 objects that
            hold four rows, two notes and two texts takes 1,800 where every value is misread, 400 where one in
            fifty is; 500 such objects, an answer of 130,000 characters, take 39,000 and 3,000.
        """
        shapes = [_shape(items[a]) for a in table.firsts]
        found: dict[str, tuple[list[int], list[int]]] = {}
        for shape, lists, few in (("texts", self._texts, _FEW_TEXTS), ("rows", self._rows, FEW_ROWS)):
            lines = [line for line, x in enumerate(shapes) if x == shape]
            columns = [b for b, j in enumerate(places) if j in lists]
            if len(lines) * len(columns) >= few:
                found[shape] = lines, columns
        covered = {shape: set(columns) for shape, (_, columns) in found.items()}
        of_any_shape = _are_many(self._waiting(table, shapes, covered, places), items)
        if not (found or of_any_shape) or work.limited or not self._fits(work):
            return
        cells = len(items) * len(places)
        if not work.spend(cells // 25 + cells * min(len(items), len(places)) // 65_536):
            return
        left = [items[a] for a in table.firsts]
        if of_any_shape and (weights := self._all().weigh(left, places, work, _FEW_PARTS)) is not None:
            table.parts = weights.correct, weights.rest
            table.waiting = _unknown(table, weights)
        elif found and not work.limited:
            self._weigh_some(table, left, places, shapes, found, work)

    def _weigh_some(
        self,
        table: PairTable,
        left: list[Any],
        places: Sequence[int],
        shapes: list[str],
        found: dict[str, tuple[list[int], list[int]]],
        work: Work,
    ) -> None:
        """Weigh lists of scalars and lists of flat rows, each against those alike."""
        import numpy as np

        correct = np.zeros((len(left), len(places)), dtype=np.int64)
        rest = np.zeros_like(correct)
        known: dict[str, set[int]] = {}
        for shape, (lines, columns) in found.items():
            names = [places[b] for b in columns]
            parts = self._lists(shape).weigh([left[line] for line in lines], names, work)
            if parts is not None:
                block = np.ix_(lines, columns)
                correct[block], rest[block] = parts
                known[shape] = set(columns)
        if known and not work.limited:
            table.parts = correct, rest
            table.waiting = self._waiting(table, shapes, known, places)

    def _fits(self, work: Work) -> bool:
        """Check whether the rest of every weight can be held; all gold leaves together bound it."""
        worth = self._worth
        rest = worth.leaves * max(worth.wrong.values())
        return rest + (worth.critical * work.right_critical if worth.critical else 0) < _LARGE

    def _lists(self, shape: str) -> TextLists | RowLists:
        outer, _, fields = self._of
        field = fields.items(outer)
        if shape == "texts":
            if self._text_lists is None:
                self._text_lists = TextLists(self._texts, field, self._worth)
            return self._text_lists
        if self._row_lists is None:
            self._row_lists = RowLists(self._rows, field, fields, self._worth)
        return self._row_lists

    def _all(self) -> Column:
        column = self._column
        if column is None:
            column = Column(*self._of, self._worth)
            for j, value in enumerate(self._values):
                column.add(j, value)
            # Kept once it is whole: threads share a gold document.
            self._column = column
        return column

    def _waiting(
        self, table: PairTable, shapes: list[str], known: dict[str, set[int]], places: Sequence[int]
    ) -> list[tuple[int, Sequence[int], list[int]]]:
        """Return the pairs that are not weighed yet; scalars and objects are worth nothing to each other."""
        nothing = {
            "texts": {b for b, j in enumerate(places) if j in self._rows},
            "rows": {b for b, j in enumerate(places) if j in self._texts},
            "": set[int](),
        }
        columns = {
            shape: [b for b in range(len(places)) if b not in known.get(shape, ()) and b not in none]
            for shape, none in nothing.items()
        }
        return [(a, columns[x], []) for a, x in zip(table.firsts, shapes, strict=True) if columns[x]]


def _are_many(waiting: list[tuple[int, Sequence[int], list[int]]], items: Sequence[Any]) -> bool:
    """Check whether some pairs are worth being weighed at once."""
    cost = 0
    for a, columns, _ in waiting:
        cost += len(columns) * (1 + count_leaves(items[a]) // 8)
        if cost >= _FEW_TREES:
            return True
    return False


def _unknown(table: PairTable, weights: Weights) -> list[tuple[int, Sequence[int], list[int]]]:
    """Return the pairs that are not weighed."""
    if weights.unknown is None:
        return []
    columns = [line.nonzero()[0].tolist() for line in weights.unknown]
    return [(a, some, []) for a, some in zip(table.firsts, columns, strict=True) if some]


def _shape(item: Any) -> str:
    """Return what an item is a list of: ``texts``, ``rows`` or neither; a lone value is a list of one."""
    kinds = set(map(type, item)) if type(item) is list else {type(item)}
    if kinds == {dict}:
        return "rows"
    return "texts" if kinds <= SCALARS else ""
