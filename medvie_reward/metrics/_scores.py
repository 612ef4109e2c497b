"""Counts that add up, and the scores that are divided out of them; nothing else here divides.

Precision = correct / |S_p|, recall = correct / |S_g|, F1 = 2 correct / (|S_p| + |S_g|), where S_p and S_g are
the fields of prediction and gold (arXiv 2506.13363, 4.1), every leaf taken with its field's weight. Both
sides empty: 1. One side empty: 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add, attrgetter
from typing import Any, Final

from medvie_reward.alignment import (
    CREDIT,
    Prepared,
    Row,
    Source,
    Tally,
    prepare,
    prepare_at_once,
    row_of,
    rows_of,
    source_of,
    tally,
    tally_of,
)
from medvie_reward.completions import gold_value, predicted_value
from medvie_reward.metrics._rates import rates, share
from medvie_reward.spec import COST_PARTS, DEFAULT, KINDS, Spec, SpecFields, Unpack, resolve

FLAGS = ("misplaced", "ungrounded")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many leaves came out how; counts of two documents add to counts of both.

    Attributes
    ----------
    correct
        Correct leaves; an integer but for ``smr-r1``, whose rows count as fractions.
    wrong
        Leaves paired with a gold leaf of another value.
    n_pred, n_gold
        Leaves of the prediction and of the gold, |S_p| and |S_g|.
    filled_blank, invented_field, invented_item
        Hallucinated leaves by kind.
    misplaced
        Wrong or hallucinated leaves whose value is that of a gold leaf that no leaf got right.
    ungrounded
        Wrong or hallucinated leaves whose value is nowhere in the source text; 0 where none was given.
    critical, wrong_critical
        The gold's leaves in critical fields, and how many of them are wrong.
    agreed_blank
        Leaves that the gold has blank and the prediction blank or not at all, of objects that were paired; in
        no score. Counted only where the spec declares words that mean blank, and not with ``lists="bag"``.
    similar
        Credit of wrong narratives for their similarity, by weight; 0 unless the spec grades them.
    charged
        Penalty of hallucinated leaves under the spec, in units of correct leaves.
    weight_correct, weight_pred, weight_gold
        ``correct``, ``n_pred`` and ``n_gold`` with every leaf taken with its field's weight; where none is
        given (all negative) every leaf weighs 1.
    """

    correct: float = 0
    wrong: int = 0
    n_pred: int = 0
    n_gold: int = 0
    filled_blank: int = 0
    invented_field: int = 0
    invented_item: int = 0
    misplaced: int = 0
    ungrounded: int = 0
    critical: int = 0
    wrong_critical: int = 0
    agreed_blank: int = 0
    similar: float = 0.0
    charged: float = 0.0
    weight_correct: float = -1.0
    weight_pred: float = -1.0
    weight_gold: float = -1.0

    def __post_init__(self) -> None:
        if self.weight_pred < 0 and self.weight_gold < 0 and self.weight_correct < 0:
            for weight, n in (("correct", self.correct), ("pred", self.n_pred), ("gold", self.n_gold)):
                object.__setattr__(self, f"weight_{weight}", float(n))

    @property
    def missing(self) -> float:
        """Gold leaves without a matching predicted leaf."""
        return max(0, self.n_gold - self.correct - self.wrong)

    @property
    def hallucinated(self) -> float:
        """Predicted leaves without a matching gold leaf."""
        return max(0, self.n_pred - self.correct - self.wrong)

    def to_dict(self) -> dict[str, float]:
        """Return every count by name."""
        return {name: getattr(self, name) for name in self.__slots__}

    as_dict = to_dict

    @property
    def numbers(self) -> Numbers:
        """All counts, in their order."""
        return _numbers(self)

    def __add__(self, other: Counts) -> Counts:
        return Counts(*map(add, _numbers(self), _numbers(other)))

    def __reduce__(self) -> tuple[type[Counts], Numbers]:
        return Counts, _numbers(self)


Numbers = tuple[Any, ...]
"""What `Counts.numbers` gives: counts are added as plain tuples where there are many."""

COUNTS_AT: Final = {name: n for n, name in enumerate(Counts.__slots__)}
"""Where each count stands in `Numbers`."""

_numbers: Final = attrgetter(*Counts.__slots__)
_NOTHING: Final = _numbers(Counts())


def add_numbers(numbers: Iterable[Numbers]) -> Numbers:
    """Add counts, from the first to the last."""
    return reduce(lambda one, other: tuple(map(add, one, other)), numbers, _NOTHING)


@dataclass(frozen=True, repr=False)
class Scores:
    """Scores of one comparison, or of a corpus, with the counts they were divided out of.

    Attributes
    ----------
    counts
        What was counted.
    fields
        The same figures per field, such as ``Indicators[].Result``; empty inside a field.
    signature
        Every choice behind the numbers; empty inside a field.
    limited
        Whether the work bound of the spec ran out.
    """

    counts: Counts
    fields: dict[str, Scores] = field(default_factory=dict)
    signature: str = ""
    limited: bool = False

    @classmethod
    def of_rows(cls, rows: dict[str, Row], limited: bool, spec: Spec) -> Scores:
        """Return the scores of rows of counts; counts are made of them when they are asked for."""
        made = object.__new__(cls)
        made.__dict__.update(signature=spec.signature, limited=limited, _rows=(rows, spec.fields.unit))
        return made

    def __getattr__(self, name: str) -> Any:
        # Asked for what is not there: the counts that `of_rows` left to be made.
        found = self.__dict__.get("_rows")
        if found is None or name not in ("counts", "fields"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        rows, unit = found
        made: Any
        if name == "counts":
            made = whole_of(rows, unit)
        else:
            made = {key: Scores(Counts(*numbers_of_row(row, unit))) for key, row in rows.items()}
        self.__dict__[name] = made
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Scores, (self.counts, self.fields, self.signature, self.limited)

    def __repr__(self) -> str:
        return (
            f"Scores(precision={self.precision:.4f}, recall={self.recall:.4f}, f1={self.f1:.4f}, "
            f"n_pred={self.n_pred:g}, n_gold={self.n_gold:g})"
        )

    def _repr_html_(self) -> str:
        from medvie_reward._core.tables import html_table

        columns = ("", "gold", "predicted", "correct", "precision", "recall", "F1")
        rows = [
            (name, s.n_gold, s.n_pred, f"{s.correct:g}", s.precision, s.recall, s.f1)
            for name, s in (("all leaves", self), *self.fields.items())
        ]
        return html_table("", columns, rows)

    @property
    def precision(self) -> float:
        """Share of predicted leaves that are correct."""
        return self._rates[0]

    @property
    def recall(self) -> float:
        """Share of gold leaves that are correct."""
        return self._rates[1]

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall: 2 correct / (|S_p| + |S_g|)."""
        return self._rates[2]

    @property
    def _rates(self) -> tuple[float, float, float]:
        c = self.counts
        return rates(c.weight_correct + c.similar, c.weight_pred, c.weight_gold)

    @property
    def hallucination_rate(self) -> float:
        """Share of predicted leaves without a matching gold leaf; 0 if nothing was predicted."""
        return share(self.counts.hallucinated, self.counts.n_pred)

    @property
    def omission_rate(self) -> float:
        """Share of gold leaves without a matching predicted leaf; 0 if the gold document is empty."""
        return share(self.counts.missing, self.counts.n_gold)

    @property
    def correct(self) -> float:
        """Correct leaves."""
        return self.counts.correct

    @property
    def wrong(self) -> int:
        """Leaves paired with a gold leaf of another value."""
        return self.counts.wrong

    @property
    def missing(self) -> float:
        """Gold leaves without a matching predicted leaf."""
        return self.counts.missing

    @property
    def hallucinated(self) -> float:
        """Predicted leaves without a matching gold leaf."""
        return self.counts.hallucinated

    @property
    def n_pred(self) -> int:
        """Leaves of the prediction, |S_p|."""
        return self.counts.n_pred

    @property
    def n_gold(self) -> int:
        """Leaves of the gold, |S_g|."""
        return self.counts.n_gold

    def to_dict(self) -> dict[str, float]:
        """Return every figure of the whole by name."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "correct": self.correct,
            "wrong": self.wrong,
            "missing": self.missing,
            "hallucinated": self.hallucinated,
            **{kind: getattr(self.counts, kind) for kind in KINDS},
            **{flag: getattr(self.counts, flag) for flag in FLAGS},
            "n_pred": self.n_pred,
            "n_gold": self.n_gold,
            "critical": self.counts.critical,
            "wrong_critical": self.counts.wrong_critical,
            "agreed_blank": self.counts.agreed_blank,
            "hallucination_rate": self.hallucination_rate,
            "omission_rate": self.omission_rate,
        }

    as_dict = to_dict


Counted = tuple[Counts, dict[str, Numbers], bool]
"""The whole, each field, and whether the work bound ran out."""


def score(
    pred: Any,
    gold: Any,
    spec: Spec | str = DEFAULT,
    *,
    source_text: str | Sequence[str] | None = None,
    **overrides: Unpack[SpecFields],
) -> Scores:
    """Score one JSON value against another.

    Parameters
    ----------
    pred, gold
        JSON values as Python gives them. A gold that is the JSON text of an object or a list is read, and
        against an object or a list a text with JSON in it is read as a completion, as `reward` and `evaluate`
        do; where that JSON is broken, nothing was predicted.
    spec
        A spec or the name of a preset.
    source_text
        Text of the document, such as an OCR engine gave, or its lines: counts what is ``ungrounded``.
    **overrides
        Spec fields to change.

    Raises
    ------
    SpecError
        If the spec is not usable.
    GoldError, PredictionError
        If a value is no JSON value or nests deeper than the spec allows.

    Examples
    --------
    >>> report = {"Name": "Li Wei", "Indicators": [{"Item Name": "K", "Result": "5.6"}]}
    >>> read = {"Name": "Li Wei", "Indicators": [{"Item Name": "K", "Result": "56"}]}
    >>> scores = score(read, report, "strict")
    >>> scores.correct, scores.wrong, round(scores.f1, 3)
    (2, 1, 0.667)
    >>> scores.fields["Indicators[].Result"].f1
    0.0
    """
    chosen = resolve(spec, **overrides)
    if source_text is None and (prepared := prepare_at_once(gold, pred, chosen)) is not None:
        counted = rows_of(pred, prepared)
        if counted is not None:
            return Scores.of_rows(*counted, chosen)
    gold = gold_value(gold, chosen)
    pred = predicted_value(pred, gold, chosen)
    return scores_of(count(pred, gold, chosen, source_of(source_text)), chosen)


def scores_of(counted: Counted, spec: Spec) -> Scores:
    """Return the scores of what `count` or `count_prepared` counted."""
    whole, fields, limited = counted
    return Scores(whole, {name: Scores(Counts(*x)) for name, x in fields.items()}, spec.signature, limited)


def count(pred: Any, gold: Any, spec: Spec, source: Source | None = None) -> Counted:
    """Count two plain JSON values: the whole, each field, and whether the work bound ran out."""
    if spec.reading == "smr-r1":
        return *count_tallied(pred, gold), False
    return count_prepared(pred, prepare(gold, spec), source)


def count_prepared(pred: Any, prepared: Prepared, source: Source | None = None) -> Counted:
    """Count a plain JSON value against a prepared gold, as `count` does."""
    unit = prepared.spec.fields.unit
    if source is None and (counted := rows_of(pred, prepared)) is not None:
        rows, limited = counted
        fields = {name: numbers_of_row(row, unit) for name, row in rows.items()}
        return whole_of(rows, unit), fields, limited
    found, limited = tally_of(pred, prepared, source, by_field=True)
    rows = {name: row_of(row) for name, row in found.rows.items()}
    nowhere = {name: row.ungrounded for name, row in found.rows.items()}
    fields = {name: numbers_of_row(row, unit, nowhere[name]) for name, row in rows.items()}
    return whole_of(rows, unit, sum(nowhere.values())), fields, limited


def count_tallied(pred: Any, gold: Any) -> tuple[Counts, dict[str, Numbers]]:
    """Count as the preset ``smr-r1`` does: the whole, and each member."""
    total, members = tally(pred, gold)
    return _tallied(total), {name: _tallied(t).numbers for name, t in members.items()}


def _tallied(t: Tally) -> Counts:
    return Counts(correct=t.matched, n_pred=t.n_pred, n_gold=t.n_gold)


def whole_of(rows: dict[str, Row], unit: float, ungrounded: int = 0) -> Counts:
    """Return the counts of all fields together."""
    if not rows:
        return Counts()
    return Counts(*numbers_of_row(map(sum, zip(*rows.values(), strict=True)), unit, ungrounded))


def numbers_of_row(row: Iterable[int], unit: float, ungrounded: int = 0) -> Numbers:
    """Write a row whose units weigh so much, with what its columns lack, as the numbers of a `Counts`."""
    (correct, wrong, missing, filled, field, item, misplaced, critical, wrong_critical,
     correct_units, wrong_units, missing_units, invented_units, charged, similar, blank) = row  # fmt: skip
    return (
        correct,
        wrong,
        correct + wrong + filled + field + item,
        correct + missing + wrong,
        filled,
        field,
        item,
        misplaced,
        ungrounded,
        critical,
        wrong_critical,
        blank,
        similar * unit / CREDIT,
        charged * unit / COST_PARTS,
        correct_units * unit,
        (correct_units + wrong_units + invented_units) * unit,
        (correct_units + wrong_units + missing_units) * unit,
    )
