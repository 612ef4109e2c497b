"""Leaves as they are handed out -> how many came out how, in all or field by field."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from medvie_reward.comparators.narrative import similarity
from medvie_reward.fields import Field
from medvie_reward.grounding import Source
from medvie_reward.matching import RowPairs
from medvie_reward.row_table import RowTable
from medvie_reward.rules import Names
from medvie_reward.spec import Spec
from medvie_reward.tree import Place, is_empty, scalar_text


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
        self._costs = spec.kind_costs
        self._sets: dict[RowTable, dict[int, int]] = {}
        self._critical_rows: list[Outcomes] = []
        # Critical leaves that are not right, by names: predicted ones, gold ones; and the first field's name.
        self._not_right: dict[Names, list[Any]] = {}
        self._unread: list[Any] = []
        self._misread: list[Any] = []
        self._blanks_unread = False  # whether some of the former are blank, which are no leaves
        self._misread_in: list[Outcomes] = []  # one beside each of those, where counted by field

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
            self._charge(field, outcome != "missing", kind is None)
        if outcome == "wrong":
            row.wrong += 1
            row.wrong_units += field.units
            if field.graded:
                row.similar_units += field.units * similarity(
                    field.form(scalar_text(g)), field.form(scalar_text(p))
                )
            self._unread.append(g)
            self._misread.append(p)
            if self.by_field:
                self._misread_in.append(row)
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
            self._misread.append(p)
            if self.by_field:
                self._misread_in.append(row)

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

    def take_rows(
        self, table: RowTable, found: RowPairs, pred: list[dict[str, Any]], gold: list[dict[str, Any]]
    ) -> list[tuple[int, int]]:
        """Count the leaves of two lists of rows that were paired, where fields do not matter.

        Parameters
        ----------
        table
            The gold's rows, prepared.
        found
            Their pairs.
        pred, gold
            The rows.

        Returns
        -------
        list of tuple
            Pairs of positions (predicted, gold) that bit sets do not tell all about, to be counted leaf by
            leaf; -1 stands for no partner.
        """
        rest: list[tuple[int, int]] = []
        same, near = found.same, found.near
        used = [j for _, j in same]
        self._right_rows(table, used)
        if near:
            rest = self._near_rows(table, found, pred, gold)
            used += [j for _, j in near]
        if len(used) < len(gold):
            taken = set(used)
            self._lost_rows(table, [j for j in range(len(gold)) if j not in taken], gold)
        if len(used) < len(pred):
            # A row paired with nothing was read, unless no gold row was left for any.
            taken = {i for i, _ in same}
            taken.update([i for i, _ in near])
            for i, row in enumerate(pred):
                if i not in taken and not self._invented_row(table, found, i, row):
                    rest.append((i, -1))
        return rest

    def _right_rows(self, table: RowTable, places: list[int]) -> None:
        """Count gold rows that are correct in full."""
        total = self.total
        n = sum(map(table.leaves.__getitem__, places))
        total.correct += n
        if self._even:
            total.correct_units += n
        else:
            masks, keys = table.masks, table.scale.keys
            total.correct_units += sum([table.units(masks[j] & keys) for j in places])

    def _near_rows(
        self, table: RowTable, found: RowPairs, pred: list[dict[str, Any]], gold: list[dict[str, Any]]
    ) -> list[tuple[int, int]]:
        """Count pairs of rows that differ, by their bit sets; give those that these do not tell all about."""
        rest: list[tuple[int, int]] = []
        total, masks, texts_only = self.total, table.masks, table.texts_only
        keys, key_bits, key_at = table.scale.keys, table.scale.key_bits, table.key_at
        spans, bit_of, fields = table.spans, table.key_of, table.fields
        unread, misread = self._unread, self._misread
        units = correct = wrong = 0
        for i, j in found.near:
            gold_row = gold[j]
            if not table.exact or i in found.odd or not gold_row or not texts_only[j]:
                rest.append((i, j))
                continue
            pred_row = pred[i]
            p, g = found.masks[i], masks[j]
            both = p & g
            lost = g ^ both
            more = (p ^ both) & keys
            units += (both >> key_bits).bit_count()
            correct += (both & keys).bit_count()
            while lost:
                key = key_at[lost.bit_length() - 1]
                lost ^= lost & spans[key]
                field = fields[key]
                unread.append(gold_row[key])
                if p & bit_of[key]:
                    wrong += 1
                    total.wrong_units += field.units
                    misread.append(pred_row[key])
                else:
                    total.missing += 1
                    total.missing_units += field.units
                if field.critical:
                    self._charge(field, p & bit_of[key] > 0, True)
            while more:
                bit = more.bit_length() - 1
                more ^= 1 << bit
                key = key_at[bit]
                kind = "filled_blank" if key in gold_row else "invented_field"
                self.write(fields[key], "hallucinated", kind, None, None, None, pred_row[key])
        total.correct += correct - wrong
        total.correct_units += units
        total.wrong += wrong
        rest.sort(key=itemgetter(1))  # in the gold's order, in which the work bound is spent
        return rest

    def _lost_rows(self, table: RowTable, places: list[int], gold: list[dict[str, Any]]) -> None:
        """Count gold rows that have no partner."""
        total, keys = self.total, table.scale.keys
        self._blanks_unread = True
        for j in places:
            n, mask = table.leaves[j], table.masks[j]
            total.missing += n
            total.missing_units += n if self._even else table.units(mask & keys)
            self._unread.extend(gold[j].values())
            for key in table.critical:
                if mask & table.key_of[key]:
                    self._charge(table.fields[key], False, True)

    def _invented_row(self, table: RowTable, found: RowPairs, i: int, row: dict[str, Any]) -> bool:
        """Count a predicted row that has no partner; False where its bit set does not tell all about it."""
        mask = found.masks.get(i)
        if mask is None:
            mask, whole = table.read(row)
        else:
            whole = i not in found.odd
        if not whole:
            return False
        total, keys = self.total, mask & table.scale.keys
        n = keys.bit_count()
        units = n if self._even else table.units(keys)
        total.invented_item += n
        total.hallucinated_units += units
        total.charged += units * self._costs["invented_item"]
        self._misread.extend([value for value in row.values() if not is_empty(value)])
        for key in table.critical:
            if keys & table.key_of[key]:
                self._charge(table.fields[key], True, False)
        return True

    def _charge(self, field: Field, read: bool, had: bool) -> None:
        """Note a critical leaf that is not right: whether it is one of the prediction's, of the gold's."""
        noted = self._not_right.setdefault(field.names, [0, 0, field.name])
        noted[0] += read
        noted[1] += had

    def _flag(self) -> None:
        """Count what was misread though the gold has it elsewhere, and what the source has nowhere."""
        form, source = self._form, self._source
        unread = set(map(form, map(scalar_text, self._unread)))
        if self._blanks_unread:
            unread.discard("")
        texts = list(map(scalar_text, self._misread))
        misplaced = list(map(unread.__contains__, map(form, texts)))
        ungrounded = [False] * len(texts) if source is None else [not source.holds(text) for text in texts]
        if not self.by_field:
            self.total.misplaced += sum(misplaced)
            self.total.ungrounded += sum(ungrounded)
            return
        for row, elsewhere, nowhere in zip(self._misread_in, misplaced, ungrounded, strict=True):
            row.misplaced += elsewhere
            row.ungrounded += nowhere

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
            self._flag()
        for row in self._critical_rows:
            row.critical = int(row.correct + row.missing) + row.wrong
        # Correct leaves are among both the predicted and the gold ones, so they need no counting here.
        for read, gold, name in self._not_right.values():
            row = self.rows[name] if self.by_field else self.total
            row.wrong_critical += min(read, gold)
        # A field whose values are all empty has no leaf.
        self.rows = {name or "$": row for name, row in self.rows.items() if row.leaves}
