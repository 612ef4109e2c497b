"""Leaves as they are handed out -> how many came out how, in all or field by field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from medvie_reward.comparators.narrative import similarity
from medvie_reward.fields import Field
from medvie_reward.grounding import Source
from medvie_reward.row_table import RowTable
from medvie_reward.rules import Names
from medvie_reward.spec import Spec
from medvie_reward.tree import Place, scalar_text
from medvie_reward.worth import COST_PARTS

KINDS: Final = ("filled_blank", "invented_field", "invented_item")


class Outcomes:
    """How many leaves came out how, and what they weigh in units.

    Attributes
    ----------
    correct, wrong, missing, filled_blank, invented_field, invented_item
        Numbers of leaves.
    misplaced, ungrounded
        Numbers of wrong and hallucinated leaves with that flag.
    critical, wrong_critical
        The gold's leaves in critical fields, and how many were read wrong: per field, of as many predicted
        leaves as the gold has there, those that are not correct. In all but odd documents that is the number
        of ``wrong`` leaves there; unlike it, it grows with no leaf that is put right.
    correct_units, wrong_units, missing_units, hallucinated_units
        Weights.
    similar_units
        What wrong narratives earn by being similar.
    charged
        What hallucinated leaves cost: units times thousandths of a correct leaf.
    """

    __slots__ = (
        "charged", "correct", "correct_units", "critical", "filled_blank", "hallucinated_units",
        "invented_field", "invented_item", "misplaced", "missing", "missing_units", "similar_units",
        "ungrounded", "wrong", "wrong_critical", "wrong_units",
    )  # fmt: skip

    def __init__(self) -> None:
        # Whole numbers, but for the preset smr-r1.
        self.correct: float = 0
        self.missing: float = 0
        self.wrong = 0
        self.filled_blank = self.invented_field = self.invented_item = 0
        self.misplaced = self.ungrounded = self.critical = self.wrong_critical = 0
        self.correct_units: float = 0
        self.missing_units: float = 0
        self.hallucinated_units: float = 0
        self.wrong_units = 0
        self.charged = 0
        self.similar_units = 0.0

    @property
    def leaves(self) -> float:
        """Number of all leaves, of both sides."""
        hallucinated = self.filled_blank + self.invented_field + self.invented_item
        return self.correct + self.wrong + self.missing + hallucinated

    @property
    def pred_units(self) -> float:
        """Weight of all predicted leaves."""
        return self.correct_units + self.wrong_units + self.hallucinated_units


class LeafCounter:
    """Takes leaves and counts them.

    Parameters
    ----------
    spec
        The spec.
    critical
        How many of the gold's leaves are critical.
    by_field
        Whether to count field by field.
    source
        The source text to look values up in.

    Attributes
    ----------
    total
        The counts of all leaves, where not counted by field.
    rows
        Field's name -> its counts, where counted by field.
    """

    def __init__(self, spec: Spec, critical: int, by_field: bool, source: Source | None = None) -> None:
        self._form = spec.fields.form
        self.total = Outcomes()
        self.total.critical = critical
        self.rows: dict[str, Outcomes] = {}
        self.by_field = by_field
        self._even = spec.fields.units == (1,)
        self._source = source
        self._costs = {kind: round(getattr(spec, f"{kind}_cost") * COST_PARTS) for kind in KINDS}
        self._sets: dict[RowTable, dict[int, int]] = {}
        self._critical_rows: list[Outcomes] = []
        # Critical leaves that are not right, by names: predicted ones, gold ones; and the first field's name.
        self._not_right: dict[Names, list[Any]] = {}
        self._unread: list[Any] = []
        self._misread: list[tuple[Outcomes, Any]] = []

    def write(
        self,
        field: Field,
        outcome: str,
        kind: str | None,
        g_at: Place | None,
        p_at: Place | None,
        g: Any,
        p: Any,
    ) -> None:
        """Take one leaf."""
        row = self._row(field) if self.by_field else self.total
        if outcome == "correct":
            row.correct += 1
            row.correct_units += field.units
            return
        if field.critical:
            read = self._not_right.setdefault(field.names, [0, 0, field.name])
            read[0] += outcome != "missing"
            read[1] += kind is None
        if outcome == "wrong":
            row.wrong += 1
            row.wrong_units += field.units
            if field.graded:
                row.similar_units += field.units * similarity(
                    field.form(scalar_text(g)), field.form(scalar_text(p))
                )
            self._unread.append(g)
            self._misread.append((row, p))
        elif outcome == "missing":
            row.missing += 1
            row.missing_units += field.units
            self._unread.append(g)
        else:
            row.hallucinated_units += field.units
            if kind == "invented_item":
                row.invented_item += 1
            elif kind == "invented_field":
                row.invented_field += 1
            else:
                row.filled_blank += 1
            row.charged += field.units * self._costs[kind or ""]
            self._misread.append((row, p))

    def bulk(self, field: Field, n: int) -> None:
        """Take some correct leaves of a field."""
        row = self._row(field) if self.by_field else self.total
        row.correct += n
        row.correct_units += n * field.units

    def right(self, fields: list[Field]) -> None:
        """Take one correct leaf of each of some fields."""
        if self.by_field:
            for field in fields:
                self.bulk(field, 1)
        else:
            self.total.correct += len(fields)
            self.total.correct_units += len(fields) if self._even else sum([field.units for field in fields])

    def whole(self, table: RowTable, keys: Iterable[int]) -> None:
        """Take rows of which so many keys are correct, each row as a set of key bits."""
        sets = self._sets.get(table)
        if sets is None:
            sets = self._sets[table] = {}
            if self.by_field:
                for field in table.fields.values():
                    self._row(field)  # so that fields stand in the order in which they were met
        for row in keys:
            sets[row] = sets.get(row, 0) + 1

    def _settle(self, table: RowTable, sets: dict[int, int]) -> None:
        """Count the rows that were taken whole: so many rows with these keys."""
        if not self.by_field and self._even:
            n = sum([keys.bit_count() * rows for keys, rows in sets.items()])
            self.total.correct += n
            self.total.correct_units += n
            return
        for key, bit in table.key_of.items():
            if n := sum([rows for keys, rows in sets.items() if keys & bit]):
                self.bulk(table.fields[key], n)

    def _row(self, field: Field) -> Outcomes:
        row = self.rows.get(field.name)
        if row is None:
            row = self.rows[field.name] = Outcomes()
            if field.critical:
                self._critical_rows.append(row)
        return row

    def finish(self) -> None:
        """Count what was put off, and set the flags that need all leaves to be known."""
        for table, sets in self._sets.items():
            self._settle(table, sets)
        if self._misread:
            form = self._form
            unread = {form(scalar_text(g)) for g in self._unread}
            source = self._source
            for row, p in self._misread:
                text = scalar_text(p)
                if form(text) in unread:
                    row.misplaced += 1
                if source is not None and not source.holds(text):
                    row.ungrounded += 1
        for row in self._critical_rows:
            row.critical = int(row.correct + row.missing) + row.wrong
        # Correct leaves are among both the predicted and the gold ones, so they need no counting here.
        for read, gold, name in self._not_right.values():
            row = self.rows[name] if self.by_field else self.total
            row.wrong_critical += min(read, gold)
        # A field whose values are all empty has no leaf.
        self.rows = {name or "$": row for name, row in self.rows.items() if row.leaves}
