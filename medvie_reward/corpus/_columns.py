"""What Python holds documents in (lists, Series, data frames, mappings by id) -> one value a document."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from medvie_reward._core.names import first_names
from medvie_reward.completions import is_conversation
from medvie_reward.corpus._place import Place
from medvie_reward.corpus._row_shapes import GOLD_KEYS, PRED_KEYS, Side, choose
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
    if hasattr(given, "columns") and hasattr(given, "shape"):
        return _frame_rows(given, what)
    if hasattr(given, "dtype") and hasattr(given, "to_list"):
        return [None if _is_missing(x) else x for x in given.to_list()]
    return given  # type: ignore[no-any-return]


def matched(preds: Any, golds: Any) -> tuple[list[Any], list[Any], list[str]] | None:
    """Return both sides and their ids where both are objects keyed by id.

    Raises
    ------
    ArgumentError
        If they have not the same ids.
    """
    if not (isinstance(preds, Mapping) and isinstance(golds, Mapping)):
        return None
    missing = [str(name) for name in golds if name not in preds]
    extra = [str(name) for name in preds if name not in golds]
    if missing or extra:
        raise ArgumentError(
            f"expected predictions and gold documents with the same ids: "
            f"without a prediction {first_names(missing)}; "
            f"without a gold {first_names(extra)}"
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
