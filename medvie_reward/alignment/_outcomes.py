"""Records of leaves -> how many came out how, in all or field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from medvie_reward._core.json_values import scalar_text
from medvie_reward.alignment._definition import Array, Item, Object, Record
from medvie_reward.alignment._grounding import Source
from medvie_reward.comparators import Form
from medvie_reward.spec import KINDS, Field, Fields, Names

Row = tuple[int, ...]
"""What `Outcomes` counts, as plain numbers in the order of `COLUMNS`."""

COLUMNS: Final = (
    "correct", "wrong", "missing", *KINDS, "misplaced", "critical", "wrong_critical",
    "correct_units", "wrong_units", "missing_units", "hallucinated_units", "charged", "similar_units",
    "agreed_blank",
)  # fmt: skip
"""The numbers of a row, as `Outcomes` names them."""


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
        What wrong leaves earn by their credit: units times thousandths.
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
        self.similar_units = 0

    @property
    def leaves(self) -> float:
        """Number of all leaves, of both sides."""
        hallucinated = self.filled_blank + self.invented_field + self.invented_item
        return self.correct + self.wrong + self.missing + hallucinated

    @property
    def pred_units(self) -> float:
        """Weight of all predicted leaves."""
        return self.correct_units + self.wrong_units + self.hallucinated_units

    def add_correct(self, field: Field, n: int) -> None:
        """Add some correct leaves of a field."""
        self.correct += n
        self.correct_units += n * field.units
        if field.critical:
            self.critical += n

    def add(self, record: Record, costs: dict[str, int]) -> None:
        """Add one leaf that is no correct one."""
        what, field = record.what, record.field
        if what == "wrong":
            self.wrong += 1
            self.wrong_units += field.units
            self.similar_units += field.units * record.credit
        elif what == "missing":
            self.missing += 1
            self.missing_units += field.units
        else:
            setattr(self, what, getattr(self, what) + 1)
            self.hallucinated_units += field.units
            self.charged += field.units * costs[what]
            return
        if field.critical:
            self.critical += 1


def outcomes_of(row: Row) -> Outcomes:
    """Return what the numbers of a row count."""
    made = Outcomes()
    for column, n in zip(COLUMNS, row, strict=True):
        setattr(made, column, n)
    return made


def row_of(outcomes: Outcomes) -> Row:
    """Return what outcomes count as the numbers of a row; the reverse of `outcomes_of`."""
    return tuple([getattr(outcomes, column) for column in COLUMNS])


_MISREAD: Final = frozenset(("wrong", *KINDS))


def misplaced(records: Sequence[Record], plain: Form) -> list[bool]:
    """Tell of each leaf whether its predicted value was misread, and is another gold leaf that was not read.

    Parameters
    ----------
    records
        The leaves of a whole document.
    plain
        The form under which a value is found in another field's place.
    """
    golds = [plain(scalar_text(x.gold)) if x.what in ("wrong", "missing") else None for x in records]
    unread = Counter(golds)
    flags = []
    for record, own in zip(records, golds, strict=True):
        form = plain(scalar_text(record.pred)) if record.what in _MISREAD else None
        flags.append(form is not None and unread[form] > (form == own))
    return flags


class LeafCounter:
    """Takes records of leaves and counts them.

    Parameters
    ----------
    fields
        The fields.
    costs
        What a hallucinated leaf costs, by its kind.
    by_field
        Whether to count field by field.
    blanks
        Whether to count what both sides leave blank, which is counted by field alone.

    Attributes
    ----------
    total
        The counts of all leaves, where not counted by field.
    rows
        Field's name -> its counts, where counted by field.
    misread
        Raw values of wrong and hallucinated leaves, each beside where it is counted.
    """

    def __init__(self, fields: Fields, costs: dict[str, int], by_field: bool, blanks: bool = False) -> None:
        self.total = Outcomes()
        self.rows: dict[str, Outcomes] = {}
        self.misread: list[tuple[Any, Outcomes]] = []
        self._fields, self._costs, self._by_field = fields, costs, by_field
        self._blanks = blanks and by_field

    def row(self, field: Field) -> Outcomes:
        """Return where the leaves of a field are counted."""
        if not self._by_field:
            return self.total
        row = self.rows.get(field.name or "$")
        if row is None:
            row = self.rows[field.name or "$"] = Outcomes()
        return row

    def bulk(self, item: Item) -> None:
        """Take a gold value of which every leaf is correct."""
        kid = item.kid
        if isinstance(kid, Object):
            members = kid.field.members
            if not self._by_field:
                self.total.correct += kid.leaves
                self.total.correct_units += kid.units
                self.total.critical += kid.critical
                return
            for name, x in kid.kids.items():
                if x.__class__ is str:
                    if x:
                        self.row(members[name]).add_correct(members[name], 1)
                    elif self._blanks:
                        self.row(members[name]).agreed_blank += 1
                else:
                    self.bulk(Item(x, None, members[name], ()))
        elif isinstance(kid, Array):
            for x in kid.kids:
                self.bulk(Item(x, None, kid.inner, ()))
        elif kid:
            self.row(item.field).add_correct(item.field, 1)

    def take(self, records: Iterable[Record]) -> None:
        """Take the records of a whole document."""
        records = list(records)
        critical: dict[Names, list[Any]] = {}
        for record, elsewhere in zip(records, misplaced(records, self._fields.plain), strict=True):
            what, field = record.what, record.field
            row = self.row(field)
            if what == "correct":
                row.add_correct(field, 1)
                continue
            if what == "blank":
                row.agreed_blank += self._blanks
                continue
            row.add(record, self._costs)
            row.misplaced += elsewhere
            if what != "missing":
                self.misread.append((record.pred, row))
            if field.critical:
                noted = critical.setdefault(field.names, [0, 0, field.name or "$"])
                noted[0] += what != "missing"
                noted[1] += what in ("wrong", "missing")
                noted[2] = min(noted[2], field.name or "$")
        # Correct leaves are among both the predicted and the gold ones, so they need no counting here.
        for read, gold, name in critical.values():
            row = self.rows[name] if self._by_field else self.total
            row.wrong_critical += min(read, gold)

    def take_rows(self, rows: Row | dict[str, Row]) -> None:
        """Take what was counted already, of all leaves or field by field."""
        if isinstance(rows, dict):
            self.rows = {name: outcomes_of(row) for name, row in rows.items()}
        else:
            self.total = outcomes_of(rows)

    def ground(self, source: Source | None) -> None:
        """Count what the source text, where one is given, has nowhere."""
        if source is not None:
            for value, row in self.misread:
                row.ungrounded += not source.holds(scalar_text(value))

    def finish(self, gold: Iterable[Field] = ()) -> None:
        """Drop the fields that have no leaf, and put the others in order: the gold's, then others by name."""
        names = dict.fromkeys([field.name or "$" for field in gold])
        names.update(dict.fromkeys(sorted(self.rows.keys() - names.keys())))
        rows = [(name, self.rows[name]) for name in names if name in self.rows]
        self.rows = {name: row for name, row in rows if row.leaves or row.agreed_blank}
