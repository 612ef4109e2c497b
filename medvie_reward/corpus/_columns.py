"""What Python holds documents in (lists, Series, data frames, mappings by id) -> one value a document."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from medvie_reward._core.names import first_names
from medvie_reward.completions import is_conversation
from medvie_reward.corpus._place import Place
from medvie_reward.corpus._row_choice import choose
from medvie_reward.corpus._row_shapes import GOLD_KEYS, ID_KEYS, PRED_KEYS, Side
from medvie_reward.corpus._tables import rows_from_columns
from medvie_reward.errors import ArgumentError, InputError


def values_of_column(given: Any, what: str) -> Iterable[Any]:
    """Return the values of a column: of a data frame its rows as documents, of a Series its values.

    Parameters
    ----------
    given
        What was given for one side.
    what
        What it should be, for messages.

    Raises
    ------
    ArgumentError
        If it is a text, a path or one object, which is no collection of documents.
    """
    if isinstance(given, (str, bytes, os.PathLike)):
        raise ArgumentError(f"{what}: expected a list of them, got a text; evaluate_files reads files")
    if isinstance(given, Mapping):
        raise ArgumentError(f"{what}: expected a list of them, or both sides as objects keyed by id")
    if hasattr(given, "to_pylist"):
        return given.to_pylist()  # type: ignore[no-any-return]
    if hasattr(given, "columns") and hasattr(given, "shape"):
        return _frame_rows(given, what)
    if hasattr(given, "dtype") and hasattr(given, "to_list"):
        return [None if _is_missing(x) else x for x in given.to_list()]
    if not isinstance(given, Iterable) and not hasattr(given, "__getitem__"):
        raise InputError(f"{what}: expected a list of them, got {type(given).__name__}")
    return given  # type: ignore[no-any-return]


def order_doubts(preds: Any, golds: Any) -> list[str]:
    """Return a sentence where both sides name their rows by the same values in another order.

    Those are the index of a data frame or Series, and a member such as ``id`` in all documents of two lists
    or data frames.
    """
    found = [(f"the index of {type(golds).__name__}", _index_of(preds), _index_of(golds))]
    for name in ID_KEYS:
        found.append((f"the member {name!r}", _member_of(preds, name), _member_of(golds, name)))
    for what, a, b in found:
        if a and b and a != b and len({*a}) == len(a) and {*a} == {*b}:
            return [
                f"{what} has the same values on both sides, in another order, and documents are compared in "
                "the order in which they are given: sort one side, or give both as objects keyed by id"
            ]
    return []


def _index_of(given: Any) -> list[str]:
    """Return the names in a pandas index; none for one that only counts."""
    index = getattr(given, "index", None)
    if index is None or callable(index) or type(index).__name__ == "RangeIndex":
        return []
    return [str(x) for x in index]


def _member_of(given: Any, name: str) -> list[str]:
    """Return the texts or integers that a member of all rows holds; none where some row has no such value."""
    if hasattr(given, "columns") and hasattr(given, "shape"):
        values = given[name].to_list() if list(given.columns).count(name) == 1 else []
    elif type(given) is list and given and type(given[0]) is dict and name in given[0]:
        values = [x.get(name) if type(x) is dict else None for x in given]
    else:
        return []
    return [str(x) for x in values] if all(type(x) in (str, int) for x in values) else []


def matched(preds: Any, golds: Any) -> tuple[list[Any], list[Any], list[str]] | None:
    """Return both sides and their ids where both are objects keyed by id.

    Raises
    ------
    ArgumentError
        If they have not the same ids.
    """
    if not (isinstance(preds, Mapping) and isinstance(golds, Mapping)):
        return None
    if all(type(name) in (str, int) for side in (preds, golds) for name in side):  # 1 and "1" are one id
        by_name = {str(name): x for name, x in preds.items()}, {str(name): x for name, x in golds.items()}
        if (len(by_name[0]), len(by_name[1])) == (len(preds), len(golds)):
            preds, golds = by_name
    missing = [str(name) for name in golds if name not in preds]
    extra = [str(name) for name in preds if name not in golds]
    if missing or extra:
        raise ArgumentError(
            f"expected predictions and gold documents with the same ids: "
            f"without a prediction {first_names(missing)}; "
            f"without a gold document {first_names(extra)}"
        )
    return [preds[name] for name in golds], list(golds.values()), [str(name) for name in golds]


def wrapped(pred: Any, gold: Any) -> list[str]:
    """Return sentences on the first prediction and gold where one looks like a row around a document."""
    made = []
    for value, other, side in ((pred, gold, PRED_KEYS), (gold, pred, GOLD_KEYS)):
        key = _key_of(value, side)
        if key is not None and not (isinstance(other, dict) and key in other):
            made.append(
                f"the first {side.noun} is an object with {key!r}, which looks like a row around it: "
                f"expected row[{key!r}], or evaluate_files"
            )
    return made


def _key_of(value: Any, side: Side) -> str | None:
    if type(value) is not dict or is_conversation(value) or not all(type(x) is str for x in value):
        return None
    try:
        return choose([value], side, None, Place("")).key
    except InputError:
        return None


def _frame_rows(frame: Any, what: str) -> Iterator[dict[str, Any]]:
    columns = []
    for name in frame.columns:
        column = frame[name]
        if getattr(column, "ndim", 1) != 1:
            raise ArgumentError(f"{what}: expected every column name once, got {name!r} twice")
        columns.append((str(name), [None if _is_missing(x) else x for x in column.to_list()]))
    return rows_from_columns(columns, what)


def _is_missing(value: Any) -> bool:
    """Check whether a value means a missing one: NaN, NaT, pandas.NA."""
    if value is None or isinstance(value, (str, int, list, dict)):
        return value is None
    if isinstance(value, float):
        return value != value
    return type(value).__name__ in ("NAType", "NaTType")
