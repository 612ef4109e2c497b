"""A gold document as a list of slots, and answers made of some of them.

A slot is a place for one scalar, blank or not. Slots inside the outermost lists belong to rows: a row is read
or left out as a whole. What is nested deeper belongs to its row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from medvie_reward._core.json_values import first_accepted
from medvie_reward._core.paths import member_path

Steps = tuple[Any, ...]
"""Names of members and positions in lists on the way to a value."""

_COMMON: Final = 0.2
"""Columns that this share of the rows of a list fill are what its rows usually have."""


class Slot(NamedTuple):
    """A place for one scalar.

    Attributes
    ----------
    field
        Its field, such as ``Indicators[].Result``.
    steps
        The way to it: from the root, or from its row.
    row
        Which of the outline's rows it belongs to; -1 outside lists.
    value
        What the document has there.
    blank
        Whether that is blank.
    """

    field: str
    steps: Steps
    row: int
    value: Any
    blank: bool


class Row(NamedTuple):
    """A row: the list that it stands in, and whether the document really has it.

    Attributes
    ----------
    place
        The way to its list.
    real
        False for something on a page that only looks like a row.
    """

    place: Steps
    real: bool


@dataclass(frozen=True)
class Outline:
    """A gold document as slots.

    Attributes
    ----------
    value
        The document, with long lists cut.
    slots, rows
        Its slots and rows in the order of writing.
    order
        Slots outside lists and rows in the order of writing: ``(True, row)`` or ``(False, slot)``.
    """

    value: Any
    slots: tuple[Slot, ...]
    rows: tuple[Row, ...]
    order: tuple[tuple[bool, int], ...]


def is_blank(value: Any) -> bool:
    """Check whether a scalar is blank."""
    return value is None or (isinstance(value, str) and not value.strip())


def keep_fields(value: Any, fields: frozenset[str], field: str = "") -> Any:
    """Return a document with only the leaves of some fields; ``None`` where nothing is left.

    Objects, rows and lists that lose everything are left out.
    """
    if isinstance(value, dict):
        kept = {name: keep_fields(x, fields, member_path(field, name)) for name, x in value.items()}
        return {name: x for name, x in kept.items() if x is not None} or None
    if isinstance(value, list):
        items = [keep_fields(x, fields, f"{field}[]") for x in value]
        return [x for x in items if x is not None] or None
    return value if (field or "$") in fields else None


def map_lists(value: Any, change: Any) -> Any:
    """Return a document with every outermost list replaced by what a function makes of it."""
    if isinstance(value, list):
        return change(value)
    if isinstance(value, dict):
        return {name: map_lists(x, change) for name, x in value.items()}
    return value


def cut_rows(value: Any, most: int) -> Any:
    """Return a document with no more than so many rows in each of its outermost lists."""
    return map_lists(value, lambda rows: rows[:most])


# -- outlines ------------------------------------------------------------------------------------------


def usual_columns(golds: Iterable[Any]) -> dict[Steps, tuple[Steps, ...]]:
    """Return which columns the rows of each list usually fill, by the way to the list."""
    filled: dict[Steps, Counter[Steps]] = {}
    rows: Counter[Steps] = Counter()
    for gold in golds:
        for place, items in _lists(gold, ()):
            rows[place] += len(items)
            counts = filled.setdefault(place, Counter())
            for item in items:
                counts.update(dict.fromkeys((steps for steps, x in _leaves(item, ()) if not is_blank(x)), 1))
    return {
        place: tuple(steps for steps, n in counts.items() if n >= _COMMON * rows[place])
        for place, counts in filled.items()
    }


def outline(
    gold: Any,
    columns: Mapping[Steps, Sequence[Steps]] | None = None,
    ghosts: Mapping[Steps, int] | None = None,
) -> Outline:
    """Return the outline of a document.

    Parameters
    ----------
    gold
        The document. A leaf that accepts several values is taken as the first of them.
    columns
        What `usual_columns` found, for lists that are empty here.
    ghosts
        How many rows that the page only seems to have follow each list, by the way to the list.
    """
    gold = first_accepted(gold)
    made = _Builder(columns or {}, ghosts or {})
    made.read(gold, (), "")
    return Outline(gold, tuple(made.slots), tuple(made.rows), tuple(made.order))


class _Builder:
    def __init__(self, columns: Mapping[Steps, Sequence[Steps]], ghosts: Mapping[Steps, int]) -> None:
        self.columns, self.ghosts = columns, ghosts
        self.slots: list[Slot] = []
        self.rows: list[Row] = []
        self.order: list[tuple[bool, int]] = []

    def read(self, value: Any, steps: Steps, field: str) -> None:
        if isinstance(value, dict):
            for name, x in value.items():
                self.read(x, (*steps, name), member_path(field, name))
        elif isinstance(value, list):
            self._read_rows(value, steps, f"{field}[]")
        else:
            self.order.append((False, len(self.slots)))
            self.slots.append(Slot(field or "$", steps, -1, value, is_blank(value)))

    def _read_rows(self, rows: list[Any], place: Steps, field: str) -> None:
        used: dict[Steps, None] = {}
        for item in rows:
            self._row(place, True)
            for steps, x in _leaves(item, ()):
                blank = is_blank(x)
                self.slots.append(Slot(_field(field, steps), steps, len(self.rows) - 1, x, blank))
                if not blank:
                    used[steps] = None
        for n in range(self.ghosts.get(place, 0)):
            self._row(place, False)
            for steps in used or self.columns.get(place, ()):
                name = _field(field, steps)
                self.slots.append(Slot(name, steps, len(self.rows) - 1, f"no row {name} {n}", False))

    def _row(self, place: Steps, real: bool) -> None:
        self.order.append((True, len(self.rows)))
        self.rows.append(Row(place, real))


def _lists(value: Any, steps: Steps) -> Iterable[tuple[Steps, list[Any]]]:
    if isinstance(value, list):
        yield steps, value
    elif isinstance(value, dict):
        for name, x in value.items():
            yield from _lists(x, (*steps, name))


def _leaves(value: Any, steps: Steps) -> Iterable[tuple[Steps, Any]]:
    if isinstance(value, dict):
        for name, x in value.items():
            yield from _leaves(x, (*steps, name))
    elif isinstance(value, list):
        for n, x in enumerate(value):
            yield from _leaves(x, (*steps, n))
    else:
        yield steps, value


def _field(field: str, steps: Steps) -> str:
    for step in steps:
        field = f"{field}[]" if isinstance(step, int) else member_path(field, step)
    return field


# -- answers -------------------------------------------------------------------------------------------


def put(whole: dict[Any, Any], steps: Steps, value: Any) -> None:
    """Put a value into nested objects; a list is an object of positions until `listed`."""
    for step in steps[:-1]:
        whole = whole.setdefault(step, {})
    whole[steps[-1]] = value


def listed(value: Any) -> Any:
    """Return nested objects with those whose members are positions as lists."""
    if not isinstance(value, dict):
        return value
    if value and all(type(step) is int for step in value):
        return [listed(value[step]) for step in sorted(value)]
    return {step: listed(x) for step, x in value.items()}


def answer_of(top: Mapping[Steps, Any], rows: Mapping[Steps, Sequence[Mapping[Steps, Any]]]) -> Any:
    """Return the answer with these values outside lists and these rows.

    Parameters
    ----------
    top
        The way to a scalar -> its value.
    rows
        The way to a list -> its rows, each by the way from the row to a scalar.
    """
    lists = {place: [_item(row) for row in made] for place, made in rows.items() if made}
    if () in lists:  # the document is a list
        return lists[()]
    whole: dict[Any, Any] = {}
    for steps, value in (*top.items(), *lists.items()):
        put(whole, steps, value)
    return whole


def _item(row: Mapping[Steps, Any]) -> Any:
    if () in row:  # a list of scalars
        return row[()]
    if all(len(steps) == 1 and type(steps[0]) is str for steps in row):
        return {steps[0]: value for steps, value in row.items()}
    whole: dict[Any, Any] = {}
    for steps, value in row.items():
        put(whole, steps, value)
    return listed(whole)
