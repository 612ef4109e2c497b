"""Checks of what users give, that hold for any object: its repr may fail, its numbers may be of any size."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, Final

_SHOWN: Final = 80


def shown(value: Any, most: int = _SHOWN) -> str:
    """Write a value for an error message: the start of its repr, its type where it has none."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  # an object of a user's class, or an integer that Python does not write
        text = f"<{type(value).__name__}>"
    return text[:most].encode("utf-8", "backslashreplace").decode()


def is_one_of(value: Any, words: Collection[str]) -> bool:
    """Check whether a value is one of some words."""
    return type(value) is str and value in words


def is_number(value: Any, low: float, high: float) -> bool:
    """Check whether a value is a finite number in a range; true and false are none."""
    if type(value) is int:
        return low <= value <= high and (high < math.inf or abs(value) < 2**1000)
    return type(value) is float and math.isfinite(value) and low <= value <= high


def is_integer(value: Any, low: int, high: int) -> bool:
    """Check whether a value is an integer in a range; true and false are none."""
    return type(value) is int and low <= value <= high
