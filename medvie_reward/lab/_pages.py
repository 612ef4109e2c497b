"""Gold documents as a simulated reader sees them: how hard each value is, what evidence there is for it.

Nothing of this is measured from images. It is a plain model: values of one field, and values on one page, are
alike in how hard they are, and a blank shows less evidence than a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from medvie_reward._core.json_values import first_accepted
from medvie_reward.errors import ArgumentError
from medvie_reward.lab._outlines import Outline, Steps, cut_rows, outline, usual_columns

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Places = npt.NDArray[np.int64]
    Truths = npt.NDArray[np.bool_]

SPREAD: Final = 1.3
"""Standard deviation of the logits of accuracies."""
MISREAD: Final = "§misread 9"
"""What the simulated reader writes where it reads wrong: equal to nothing in any document."""

_FIELD, _PAGE, _SLOT = 0.8, 0.5, 0.9
_EASY: Final = 1.3
_EASY_FIELDS: Final = 2
_GHOSTS: Final = 1.5
_STEPS: Final = 60
_BOUND: Final = 12.0


@dataclass(frozen=True)
class Page:
    """A gold document with what a simulated reader sees of it; arrays have one entry a slot or a row.

    Attributes
    ----------
    outline
        The document.
    gold
        What is rewarded against: the document, or a copy with errors.
    field
        Number of the slot's field.
    row
        Number of the slot's row, -1 outside lists.
    blank, real
        Whether the slot is blank, and whether the document really has it.
    evidence, row_evidence
        What the reader sees of a slot and of a row before it decides to write it.
    logit
        Of the probability that it reads the slot right.
    turn, row_turn
        When the slot and the row are written.
    turns
        How many turns there are.
    rows_at
        Whether a turn is a row's.
    shifted
        The column that may slip by a row: the way to its list, and from a row to its value; ``None`` where
        there is none.
    """

    outline: Outline
    gold: Any
    field: Places
    row: Places
    blank: Truths
    real: Truths
    evidence: Floats
    row_evidence: Floats
    logit: Floats
    turn: Places
    row_turn: Places
    turns: int
    rows_at: Truths
    shifted: tuple[Steps, Steps] | None

    @property
    def readable(self) -> Truths:
        """Slots with a value of the document."""
        return ~self.blank & self.real


def sigmoid(x: Any) -> Any:
    """Return the logistic function of an array."""
    return 1.0 / (1.0 + np.exp(-x))


def logit_of(mean: float, shifts: Floats) -> float:
    """Return the logit at which the mean of ``sigmoid(logit + shifts)`` is ``mean``."""
    low, high = -_BOUND, _BOUND
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if sigmoid(middle + shifts).mean() < mean else (low, middle)
    return (low + high) / 2


def fields_of(golds: Sequence[Any]) -> tuple[str, ...]:
    """Return the fields of some documents, in the order in which they are met."""
    return tuple(dict.fromkeys(slot.field for gold in golds for slot in outline(gold).slots))


def make_pages(
    golds: Sequence[Any],
    fields: Sequence[str],
    accuracy: float | Mapping[str, float],
    *,
    seed: int,
    spread: float = SPREAD,
    most_rows: int = 5,
    critical: frozenset[str] = frozenset(),
) -> list[Page]:
    """Return the pages of some documents.

    Parameters
    ----------
    golds
        The documents.
    fields
        All their fields; see `fields_of`.
    accuracy
        Share of the documents' values that the reader reads right, over all, or of each field; then the
        first two fields outside lists are easier than others.
    seed
        Of all random numbers.
    spread
        How far accuracies are apart: standard deviation of their logits.
    most_rows
        Rows that a list has at most; the rest is cut.
    critical
        Critical fields; the column that may slip is the first of them in a list.

    Raises
    ------
    ArgumentError
        If no document has any value.
    """
    rng = np.random.default_rng([seed, 1])
    number = {field: n for n, field in enumerate(fields)}
    cut = [cut_rows(first_accepted(gold), most_rows) for gold in golds]
    columns = usual_columns(cut)
    hard = rng.normal(size=len(fields)) * _FIELD
    easy = [n for field, n in number.items() if "[]" not in field][:_EASY_FIELDS]
    hard[easy] = _EASY
    if not isinstance(accuracy, float):
        hard[:] = 0.0  # what is measured is put in their place
    blank_field = rng.normal(size=len(fields)) * 0.6
    pages = [_page(gold, number, columns, hard, blank_field, spread, critical, rng) for gold in cut]
    return [
        replace(page, logit=page.logit + shift)
        for page, shift in zip(pages, _levels(pages, fields, accuracy), strict=True)
    ]


def _levels(
    pages: Sequence[Page], fields: Sequence[str], accuracy: float | Mapping[str, float]
) -> list[Floats]:
    """Return what to add to the logits of each page so that the mean accuracies are as they should be."""
    field = np.concatenate([page.field for page in pages])
    logits = np.concatenate([page.logit for page in pages])
    readable = np.concatenate([page.readable for page in pages])
    if not readable.any():
        raise ArgumentError("golds: expected documents with some value, got blank ones only")
    level = np.zeros(len(fields))
    if isinstance(accuracy, float):
        level[:] = logit_of(accuracy, logits[readable])
    else:
        for n, name in enumerate(fields):
            mine = logits[readable & (field == n)]
            if len(mine):
                level[n] = logit_of(accuracy[name], mine)
    return [level[page.field] for page in pages]


def _page(
    gold: Any,
    number: Mapping[str, int],
    columns: Mapping[Steps, Sequence[Steps]],
    hard: Floats,
    blank_field: Floats,
    spread: float,
    critical: frozenset[str],
    rng: np.random.Generator,
) -> Page:
    ghosts = {place: int(rng.poisson(_GHOSTS / max(1, len(columns)))) for place in columns}
    made = outline(gold, columns, ghosts)
    slots, rows = made.slots, made.rows
    field = np.array([number[slot.field] for slot in slots], dtype=np.int64)
    row = np.array([slot.row for slot in slots], dtype=np.int64)
    blank = np.array([slot.blank for slot in slots], dtype=bool)
    real_row = np.array([x.real for x in rows], dtype=bool)
    real = np.array([slot.row < 0 or rows[slot.row].real for slot in slots], dtype=bool)
    n = len(slots)
    z = (hard[field] + rng.normal() * _PAGE + rng.normal(size=n) * _SLOT) / SPREAD
    noise = 0.6 * rng.normal(size=n)
    evidence = np.where(blank, -1.5 + blank_field[field] + noise, 0.8 + 0.6 * z + noise)
    row_evidence = np.where(real_row, 1.2, -1.0) + 0.7 * rng.normal(size=len(rows))
    row_turn = np.array([t for t, (is_row, _) in enumerate(made.order) if is_row], dtype=np.int64)
    turn = np.zeros(n, dtype=np.int64)
    for t, (is_row, k) in enumerate(made.order):
        if not is_row:
            turn[k] = t
    turn[row >= 0] = row_turn[row[row >= 0]]
    rows_at = np.array([is_row for is_row, _ in made.order], dtype=bool)
    return Page(
        made, gold, field, row, blank, real, evidence, row_evidence, spread * z, turn, row_turn,
        len(made.order), rows_at, _slipping(made, critical),
    )  # fmt: skip


def _slipping(made: Outline, critical: frozenset[str]) -> tuple[Steps, Steps] | None:
    """Choose the column that may slip: the first critical one, else that with the most different values."""
    values: dict[tuple[Steps, Steps], set[str]] = {}
    for slot in made.slots:
        if slot.row >= 0 and made.rows[slot.row].real and slot.steps and not slot.blank:
            column = made.rows[slot.row].place, slot.steps
            if slot.field in critical:
                return column
            values.setdefault(column, set()).add(str(slot.value))
    return max(values, key=lambda column: len(values[column]), default=None)
