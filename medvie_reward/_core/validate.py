"""Checks of what users give, that hold for any object: its repr may fail, its numbers may be of any size."""

from __future__ import annotations

import math
from collections.abc import Collection
from numbers import Integral, Real
from typing import Any, Final

from medvie_reward.errors import ArgumentError

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


def is_whole(value: Any, low: int) -> bool:
    """Check whether a value is an integer of at least so much, of Python or of numpy; true is none."""
    return type(value) is not bool and isinstance(value, Integral) and int(value) >= low


def is_share(value: Any) -> bool:
    """Check whether a value is a number from 0 to 1, of Python or of numpy; nan and true are none."""
    return type(value) is not bool and isinstance(value, Real) and 0 <= float(value) <= 1


def require(ok: bool, name: str, expected: str, value: Any) -> None:
    """Check an argument.

    Raises
    ------
    ArgumentError
        If it is not as expected; it says which argument, what was expected, and the value.
    """
    if not ok:
        raise ArgumentError(f"{name}: expected {expected}, got {shown(value)}")


def require_one_of(name: str, value: Any, words: Collection[str | None]) -> None:
    """Check that an argument is one of some words, as `require` does."""
    known = type(value) in (str, type(None)) and value in words
    require(known, name, f"one of {', '.join(map(str, words))}", value)
