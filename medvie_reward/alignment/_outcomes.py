"""Leaves as they are handed out -> how many came out how, in all or field by field."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from medvie_reward._core.json_values import is_empty, scalar_text
from medvie_reward._core.paths import Place
from medvie_reward.alignment._grounding import Source
from medvie_reward.alignment._row_pairs import RowPairs
from medvie_reward.alignment._row_table import RowTable
from medvie_reward.alignment._solver import Pairs
from medvie_reward.alignment._walker import Outcome
from medvie_reward.comparators.narrative import similarity
from medvie_reward.spec import Field, HallucinationKind, Names, Spec


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
    agreed_blank
        Leaves that both sides leave blank; counted by field alone, where the spec asks for it.
    correct_units, wrong_units, missing_units, hallucinated_units
        Weights.
    similar_units
        What wrong narratives earn by being similar.
    charged
        What hallucinated leaves cost: units times thousandths of a correct leaf.
    """

    __slots__ = (
        "agreed_blank", "charged", "correct", "correct_units", "critical", "filled_blank",
        "hallucinated_units", "invented_field", "invented_item", "misplaced", "missing", "missing_units",
        "similar_units", "ungrounded", "wrong", "wrong_critical", "wrong_units",
    )  # fmt: skip

    def __init__(self) -> None:
        # Integers, but for the preset smr-r1.
        self.correct: float = 0
        self.missing: float = 0
        self.wrong = 0
        self.filled_blank = self.invented_field = self.invented_item = 0
        self.agreed_blank = 0
        self.misplaced = self.ungrounded = self.critical = self.wrong_critical = 0
        self.correct_units: float = 0
        self.missing_units: float = 0
        self.hallucinated_units: float = 0
        self.wrong_units = 0
        self.charged = 0
        self.similar_units = 0.0

    def add_correct(self, n: int, units: int) -> None:
        """Add some correct leaves that weigh so much together."""
        self.correct += n
        self.correct_units += units

    def add_missing(self, n: int, units: int) -> None:
        """Add some missing leaves."""
        self.missing += n
        self.missing_units += units

    def add_invented(self, n: int, units: int, cost: int) -> None:
        """Add some leaves of invented items, of which a unit costs so many parts."""
        self.invented_item += n
        self.hallucinated_units += units
        self.charged += units * cost

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
        outcome: Outcome,
        kind: HallucinationKind | None,
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

    def blank(self, field: Field) -> None:
        """Take one leaf that both sides leave blank."""
        (self._row(field) if self.by_field else self.total).agreed_blank += 1

    def bulk(self, field: Field, n: int) -> None:
        """Take some correct leaves of a field."""
        row = self._row(field) if self.by_field else self.total
        row.add_correct(n, n * field.units)

    def right(self, fields: list[Field]) -> None:
        """Take one correct leaf of each of some fields."""
        if self.by_field:
            for field in fields:
                self.bulk(field, 1)
        else:
            n = len(fields)
            self.total.add_correct(n, n if self._even else sum([field.units for field in fields]))

    def whole(self, table: RowTable, sets: list[int]) -> None:
        """Take rows of which some leaves are correct: of each row the set of their key bits."""
        self._add(table, sets, self._rows_of(table), Outcomes.add_correct)

    def take_rows(
        self, table: RowTable, found: RowPairs, pred: list[dict[str, Any]], gold: list[dict[str, Any]]
    ) -> Pairs:
        """Take two lists of rows that were paired, as far as their bit sets tell all about them.

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
            Pairs of positions (predicted, gold) that are to be taken leaf by leaf, in the gold's order; -1
            stands for no partner.
        """
        near, used, masks, keys = found.near, found.used, table.masks, table.keys
        rows = self._rows_of(table)
        right = [masks[j] & keys for j in used]
        rest = self._take_near(table, found, pred, gold, rows, right) if near else []
        self._add(table, right, rows, Outcomes.add_correct)
        if len(used) + len(near) < len(gold):
            taken = {*used, *[j for _, j in near]}
            self._take_lost(table, [j for j in range(len(gold)) if j not in taken], gold, rows)
        if len(near) < len(found.free):
            taken = {i for i, _ in near}
            alone = [i for i in found.free if i not in taken]
            rest += [(i, -1) for i in self._take_invented(table, found, alone, pred, rows)]
        return rest

    def _rows_of(self, table: RowTable) -> dict[str, Outcomes]:
        """Return where the leaves under each key are counted."""
        if not self.by_field:
            return dict.fromkeys(table.fields, self.total)
        return {key: self._row(field) for key, field in table.fields.items()}

    def _add(
        self,
        table: RowTable,
        sets: list[int],
        rows: dict[str, Outcomes],
        add: Callable[[Outcomes, int, int], None],
    ) -> None:
        """Add one leaf under each key of some sets of key bits, all with one outcome."""
        if not self.by_field:
            n = sum(map(int.bit_count, sets))
            add(self.total, n, n if self._even else sum(map(table.units.__getitem__, sets)))
            return
        times: dict[int, int] = {}
        for keys in sets:
            times[keys] = times.get(keys, 0) + 1
        for key, bit in table.key_of.items():
            if n := sum([m for keys, m in times.items() if keys & bit]):
                add(rows[key], n, n * table.fields[key].units)

    def _take_near(
        self,
        table: RowTable,
        found: RowPairs,
        pred: list[dict[str, Any]],
        gold: list[dict[str, Any]],
        rows: dict[str, Outcomes],
        right: list[int],
    ) -> Pairs:
        """Take pairs of rows that differ, correct leaves into ``right``; gives the pairs to be walked."""
        rest: Pairs = []
        masks, odd = table.masks, found.odd
        keys, key_at, spans = table.keys, table.key_at, table.spans
        bit_of, fields = table.key_of, table.fields
        unread, misread, misread_in = self._unread, self._misread, self._misread_in
        for i, j in found.near:
            gold_row = gold[j]
            if not table.exact or i in odd or not gold_row:
                rest.append((i, j))
                continue
            pred_row = pred[i]
            p, g = found.masks[i], masks[j]
            both = p & g
            lost, more, correct = g ^ both, (p ^ both) & keys, both & keys
            while lost:
                key = key_at[lost.bit_length() - 1]
                lost ^= lost & spans[key]
                field, row, bit = fields[key], rows[key], bit_of[key]
                unread.append(gold_row[key])
                read = p & bit > 0
                if read:
                    correct ^= bit
                    row.wrong += 1
                    row.wrong_units += field.units
                    misread.append(pred_row[key])
                    if self.by_field:
                        misread_in.append(row)
                else:
                    row.missing += 1
                    row.missing_units += field.units
                if field.critical:
                    self._charge(field, read, True)
            right.append(correct)
            while more:
                key = key_at[more.bit_length() - 1]
                more ^= bit_of[key]
                kind: HallucinationKind = "filled_blank" if key in gold_row else "invented_field"
                self.write(fields[key], "hallucinated", kind, None, None, None, pred_row[key])
        rest.sort(key=itemgetter(1))  # in the gold's order, in which the work bound is spent
        return rest

    def _take_lost(
        self, table: RowTable, places: list[int], gold: list[dict[str, Any]], rows: dict[str, Outcomes]
    ) -> None:
        """Take gold rows that have no partner."""
        masks, keys = table.masks, table.keys
        sets = [masks[j] & keys for j in places]
        self._add(table, sets, rows, Outcomes.add_missing)
        self._blanks_unread = True
        for j in places:
            self._unread.extend(gold[j].values())
        self._charge_all(table, sets, False)

    def _take_invented(
        self,
        table: RowTable,
        found: RowPairs,
        places: list[int],
        pred: list[dict[str, Any]],
        rows: dict[str, Outcomes],
    ) -> list[int]:
        """Take predicted rows that have no partner; gives the places of those that are to be walked."""
        read, odd = found.masks, found.odd
        if not read:  # nobody asked for them: no gold row was left for any
            read, odd = table.read_all(pred, places)
        keys = table.keys
        whole = [i for i in places if i not in odd]
        sets = [read[i] & keys for i in whole]
        cost = self._costs["invented_item"]
        self._add(table, sets, rows, lambda row, n, units: row.add_invented(n, units, cost))
        for i in whole:
            if self.by_field:
                leaves = [(value, rows[key]) for key, value in pred[i].items() if not is_empty(value)]
                self._misread += [value for value, _ in leaves]
                self._misread_in += [row for _, row in leaves]
            else:
                self._misread += [value for value in pred[i].values() if not is_empty(value)]
        self._charge_all(table, sets, True)
        return [i for i in places if i in odd]

    def _charge_all(self, table: RowTable, sets: list[int], read: bool) -> None:
        """Note the critical ones among leaves that only one side has."""
        for key in table.critical:
            bit, field = table.key_of[key], table.fields[key]
            for keys in sets:
                if keys & bit:
                    self._charge(field, read, not read)

    def _charge(self, field: Field, read: bool, had: bool) -> None:
        """Note a critical leaf that is not right: whether it is one of the prediction's, of the gold's."""
        noted = self._not_right.setdefault(field.names, [0, 0, field.name])
        noted[0] += read
        noted[1] += had

    def _flag(self) -> None:
        """Count what was misread though the gold has it elsewhere, and what the source has nowhere."""
        form, source = self._form, self._source
        unread = set(map(form, _texts(self._unread)))
        if self._blanks_unread:
            unread.discard("")
        texts = _texts(self._misread)
        misplaced = list(map(unread.__contains__, map(form, texts)))
        ungrounded = [False] * len(texts) if source is None else [not source.holds(text) for text in texts]
        if not self.by_field:
            self.total.misplaced += sum(misplaced)
            self.total.ungrounded += sum(ungrounded)
            return
        for row, elsewhere, nowhere in zip(self._misread_in, misplaced, ungrounded, strict=True):
            row.misplaced += elsewhere
            row.ungrounded += nowhere

    def _row(self, field: Field) -> Outcomes:
        row = self.rows.get(field.name)
        if row is None:
            row = self.rows[field.name] = Outcomes()
            if field.critical:
                self._critical_rows.append(row)
        return row

    def finish(self) -> None:
        """Count what was put off, and set the flags that need all leaves to be known."""
        if self._misread:
            self._flag()
        for row in self._critical_rows:
            row.critical = int(row.correct + row.missing) + row.wrong
        # Correct leaves are among both the predicted and the gold ones, so they need no counting here.
        for read, gold, name in self._not_right.values():
            row = self.rows[name] if self.by_field else self.total
            row.wrong_critical += min(read, gold)
        # A field whose values are all empty has no leaf.
        self.rows = {name or "$": row for name, row in self.rows.items() if row.leaves or row.agreed_blank}


def _texts(values: list[Any]) -> list[str]:
    return [x if x.__class__ is str else scalar_text(x) for x in values]
