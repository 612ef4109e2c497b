"""Items that are lists, weighed many pairs at a time where that gives what weighing pair by pair would.

Tables written as lists of lists have as many pairs of inner lists as the product of their lengths, and to
weigh one takes microseconds. Lists of scalars and lists of flat rows need no walk through both: what they are
worth to each other follows from the leaves they share (see `text_lists`, `row_lists`). The weights are the
same to the last digit, so the solver sees the same table and picks the same pairs, ties included.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from medvie_reward.assignment import Pairs, Work, assign_matrix, assign_parts
from medvie_reward.fields import Field, Fields
from medvie_reward.row_lists import RowLists
from medvie_reward.text_lists import TextLists
from medvie_reward.worth import Worth

_SCALARS: Final = {str, int, float, bool, type(None)}
# With fewer pairs than this, laying them out takes longer than weighing them one by one.
_FEW_TEXTS: Final = 200
FEW_ROWS: Final = 12
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
    columns
        Number of gold items.
    waiting
        The pairs that are still to be weighed: a predicted item, gold items, and a list for their weights.
    parts
        What is known before: correct units and the rest, arrays of shape (lines, columns).
    """

    __slots__ = ("columns", "firsts", "line_of", "parts", "waiting")

    def __init__(self, keys: Sequence[str], columns: int) -> None:
        lines: dict[str, int] = {}
        self.line_of = [lines.setdefault(key, len(lines)) for key in keys]
        self.firsts: list[int] = []
        for a, line in enumerate(self.line_of):
            if line == len(self.firsts):
                self.firsts.append(a)
        self.columns = columns
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
    """The items of a gold list that are lists of scalars or of flat rows.

    Parameters
    ----------
    texts
        Position of an item -> the normal forms of its scalars.
    rows
        Position of an item -> its rows.
    field
        The field of what the items hold.
    fields
        All fields.
    worth
        What leaves are worth; not by kind.
    """

    def __init__(
        self,
        texts: dict[int, list[str]],
        rows: dict[int, list[dict[str, Any]]],
        field: Field,
        fields: Fields,
        worth: Worth,
    ) -> None:
        self._worth = worth
        self._texts, self._rows = texts, rows
        self._of = field, fields
        # Made when first needed: most lists pair without them.
        self._text_lists: TextLists | None = None
        self._row_lists: RowLists | None = None

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
            time that grows with the shorter side. Of the default bound of 100,000 a table of 60 lists of ten
            scalars that are all misread takes some 160, one of 1,000 lists some 60,000.
        """
        shapes = [_shape(items[a]) for a in table.firsts]
        found = []
        for shape, lists, few in (("texts", self._texts, _FEW_TEXTS), ("rows", self._rows, FEW_ROWS)):
            lines = [line for line, x in enumerate(shapes) if x == shape]
            columns = [b for b, j in enumerate(places) if j in lists]
            if len(lines) * len(columns) >= few:
                found.append((shape, lines, columns))
        if not found or work.limited or not self._fits(work):
            return
        cells = len(items) * len(places)
        if not work.spend(cells // 25 + cells * min(len(items), len(places)) // 65_536):
            return
        import numpy as np

        correct = np.zeros((len(shapes), len(places)), dtype=np.int64)
        rest = np.zeros_like(correct)
        known: dict[str, set[int]] = {}
        for shape, lines, columns in found:
            left, names = [items[table.firsts[line]] for line in lines], [places[b] for b in columns]
            parts = self._lists(shape).weigh(left, names, work)
            if parts is not None:
                block = np.ix_(lines, columns)
                correct[block], rest[block] = parts
                known[shape] = set(columns)
        if known and not work.limited:
            table.parts = correct, rest
            table.waiting = self._waiting(table, shapes, known, places)

    def _fits(self, work: Work) -> bool:
        """Tell whether the rest of every weight can be held; all gold leaves together bound it."""
        worth = self._worth
        rest = worth.leaves * max(worth.wrong.values())
        return rest + (worth.critical * work.right_critical if worth.critical else 0) < _LARGE

    def _lists(self, shape: str) -> TextLists | RowLists:
        field, fields = self._of
        if shape == "texts":
            if self._text_lists is None:
                self._text_lists = TextLists(self._texts, field, self._worth)
            return self._text_lists
        if self._row_lists is None:
            self._row_lists = RowLists(self._rows, field, fields, self._worth)
        return self._row_lists

    def _waiting(
        self, table: PairTable, shapes: list[str], known: dict[str, set[int]], places: Sequence[int]
    ) -> list[tuple[int, Sequence[int], list[int]]]:
        """Give the pairs that are not weighed yet; scalars and objects are worth nothing to each other."""
        nothing = {
            "texts": {b for b, j in enumerate(places) if j in self._rows},
            "rows": {b for b, j in enumerate(places) if j in self._texts},
            "": set[int](),
        }
        waiting: list[tuple[int, Sequence[int], list[int]]] = []
        for a, shape in zip(table.firsts, shapes, strict=True):
            done = known.get(shape, set()) | nothing[shape]
            columns = [b for b in range(len(places)) if b not in done]
            if columns:
                waiting.append((a, columns, []))
        return waiting


def _shape(item: Any) -> str:
    """Tell what an item is a list of: ``texts``, ``rows`` or neither; a lone value is a list of one."""
    kinds = set(map(type, item)) if type(item) is list else {type(item)}
    if kinds == {dict}:
        return "rows"
    return "texts" if kinds <= _SCALARS else ""
