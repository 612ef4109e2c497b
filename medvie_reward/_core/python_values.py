"""A Python object -> its JSON value, one level deep.

People hand over what their tools give: Pydantic models, dataclasses, cells of a table, dates and decimals.
None of these libraries is imported here; their types are known by what they offer.

=====================================================  ====================================================
``datetime``, ``date``, ``time``                       text, as ISO 8601 writes it
pandas' ``Timestamp``, NumPy's ``datetime64``          the same; at midnight without a time zone the date
                                                       alone, since these have no type for a date
``NaT``, ``pandas.NA``, a masked value                 null
``Decimal``                                            a number; its text where a float would lose digits
``float32``, ``float16``                               the float with the shortest text that reads back as it
``Enum``                                               its value
``UUID``, pandas' ``Period``                           text
Pydantic models                                        what ``model_dump(mode="json", by_alias=True)`` gives
dataclasses, ``attrs``, ``msgspec`` structs            an object of their fields
arrays, series, Arrow's lists                          a list
a series with names, Arrow's and NumPy's structs       an object
=====================================================  ====================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID

_NULLS: Final = frozenset({"NaTType", "NAType", "MaskedConstant"})
_SHORT_FLOATS: Final = frozenset({"float16", "float32"})
_ARROW_SHORT_FLOATS: Final = frozenset({"float", "halffloat"})
_BYTES: Final = (bytes, bytearray, memoryview)


class NoValue(Exception):
    """An object that has no JSON value; the message names its type."""


def step_in(value: Any) -> Any:
    """Return the JSON value of an object: a JSON scalar, a list or tuple, or a mapping, whatever these hold.

    Parameters
    ----------
    value
        Any object but None and those of the types str, int, float, bool, list and dict.

    Raises
    ------
    NoValue
        If it has no JSON value.
    """
    kind = type(value)
    if isinstance(value, _BYTES):
        raise NoValue(kind.__name__)
    if kind.__name__ in _NULLS and _is_of(kind, "pandas", "numpy"):
        return None
    if isinstance(value, Enum):  # before str and int, which it may be too
        return value.value
    if _is_of(kind, "numpy"):
        return _of_numpy(value)
    if _is_of(kind, "pyarrow"):
        return _of_arrow(value)
    for base in (str, int, float):
        if isinstance(value, base):
            return base(value)
    if isinstance(value, Decimal):
        return _of_decimal(value)
    if isinstance(value, (date, time)):
        return _date_alone(value) if _is_of(kind, "pandas") else value.isoformat()
    if isinstance(value, UUID) or kind.__name__ == "Period":
        return str(value)
    return _of_container(value)


def _is_of(kind: type, *packages: str) -> bool:
    return kind.__module__.partition(".")[0] in packages


# -- scalars -------------------------------------------------------------------------------------------


def _of_decimal(value: Decimal) -> int | float | str:
    if not value.is_finite():
        return float("nan") if value.is_nan() else float(value)
    if value.as_tuple().exponent == 0:
        return int(value)
    rounded = float(value)
    return rounded if Decimal(repr(rounded)) == value else str(value)


def _date_alone(value: Any) -> str:
    """Write a time stamp of a library that has no type for dates: at midnight it is a date."""
    text: str = value.isoformat()
    return text[:10] if text[10:] == "T00:00:00" else text


def shortest(value: Any) -> float:
    """Return the float with the shortest text that reads back as a number of NumPy's shorter floats."""
    import numpy as np

    return float(np.format_float_scientific(value, unique=True))


# -- arrays and tables ---------------------------------------------------------------------------------


def _of_numpy(value: Any) -> Any:
    import numpy as np

    if isinstance(value, np.ndarray):
        return list(value) if value.ndim else value[()]
    if isinstance(value, (np.float16, np.float32)):
        return shortest(value)
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else _of_datetime64(str(value))
    if isinstance(value, np.timedelta64):  # an integer to NumPy
        if np.isnat(value):
            return None
        raise NoValue(type(value).__name__)
    if isinstance(value, np.void) and value.dtype.names:
        return {name: value[name] for name in value.dtype.names}
    for base, plain in ((np.bool_, bool), (np.integer, int), (np.floating, float), (np.str_, str)):
        if isinstance(value, base):
            return plain(value)
    raise NoValue(type(value).__name__)


def _of_datetime64(text: str) -> str:
    day, t, clock = text.partition("T")
    clock = clock.rstrip("0").rstrip(".") if "." in clock else clock
    return day if clock in ("", "00", "00:00", "00:00:00") else f"{day}{t}{clock}"


def _of_arrow(value: Any) -> Any:
    if hasattr(value, "as_py"):
        if not value.is_valid:
            return None
        if isinstance(value, Mapping) or hasattr(value, "keys"):
            return {key: value[key] for key in value}
        if hasattr(value, "values"):  # a list
            return list(value.values)
        made = value.as_py()
        if str(value.type) in _ARROW_SHORT_FLOATS:
            import numpy as np

            made = shortest(np.float32(made) if str(value.type) == "float" else np.float16(made))
        return made
    if hasattr(value, "to_pylist") and not hasattr(value, "columns"):
        return list(value)
    raise NoValue(type(value).__name__)


# -- containers ----------------------------------------------------------------------------------------


def _of_container(value: Any) -> Any:
    if isinstance(value, type):
        raise NoValue(f"the class {value.__name__}")
    if callable(getattr(value, "model_dump", None)):
        return _dumped(value, lambda: value.model_dump(mode="json", by_alias=True))
    if hasattr(value, "__fields__") and callable(getattr(value, "json", None)):  # Pydantic 1
        return _dumped(value, lambda: json.loads(value.json(by_alias=True)))
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    kind = type(value)
    if (names := getattr(kind, "__struct_fields__", None)) is not None:  # msgspec
        written = getattr(kind, "__struct_encode_fields__", names)
        return {to: getattr(value, name) for name, to in zip(names, written, strict=True)}
    if (own := getattr(kind, "__attrs_attrs__", None)) is not None:
        return {field.name: getattr(value, field.name) for field in own}
    if isinstance(value, Mapping):
        return dict(value.items())
    if isinstance(value, Sequence):
        return list(value)
    return _of_series(value)


def _dumped(value: Any, dump: Any) -> Any:
    try:
        return dump()
    except Exception as error:  # noqa: BLE001 - serializers are the user's own code
        raise NoValue(f"{type(value).__name__}, which cannot be written ({error})") from None


def _of_series(value: Any) -> Any:
    """Read columns and tensors of other libraries; a pandas series with names is an object."""
    kind = type(value)
    if hasattr(value, "columns"):
        raise NoValue(kind.__name__)
    if _is_of(kind, "pandas", "polars") and hasattr(value, "dtype"):
        items = _short(list(value), str(value.dtype))
        index = list(getattr(value, "index", ()))
        if not index or not all(isinstance(name, str) for name in index):
            return items
        if len(set(index)) < len(index):
            raise NoValue(f"{kind.__name__} whose names repeat")
        return dict(zip(index, items, strict=True))
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        return _of_tensor(value)
    raise NoValue(kind.__name__)


def _short(items: list[Any], dtype: str) -> list[Any]:
    """Make numbers of a column the short floats again that they are there."""
    if dtype.lower() not in _SHORT_FLOATS:
        return items
    import numpy as np

    return [getattr(np, dtype.lower())(x) if isinstance(x, float) else x for x in items]


def _of_tensor(value: Any) -> Any:
    if str(value.dtype).rpartition(".")[2] in _SHORT_FLOATS and hasattr(value, "numpy"):
        try:
            return value.numpy()
        except (TypeError, RuntimeError):  # a type that NumPy lacks, or memory that is not at hand
            pass
    return value.tolist()


def member_name(key: Any) -> str | None:
    """Return the text of a member's name that is no str: an integer's, a date's; None where it has none.

    JSON's own names are texts; Python's `json` writes integers as such, too.
    """
    if key is None or isinstance(key, (bool, float)):
        return None
    try:
        made = key if type(key) is int else step_in(key)
    except NoValue:
        return None
    if isinstance(made, int) and not isinstance(made, bool):
        return str(made)
    return made if type(made) is str else None
