"""Sizes -> their lengths in the order they are printed, and their unit: ``10×20 cm`` is ``10 x 20cm``.

A cross, an ``x`` or an asterisk stands between two or three numbers. A unit behind the last is that of all,
and so are equal units behind each. ``10x20`` is neither ``20x10`` nor ``1020``.
"""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators.number import plain_value
from medvie_reward.comparators.text import folded_marks
from medvie_reward.comparators.unit import unit_text

_LONGEST: Final = 60
_LENGTH: Final = r"((?:[1-9]\d{0,5}|0(?=\.))(?:\.\d{1,4})?)"
_UNIT: Final = r" ?([^\W\d_]{1,6}|[\"'″])?"
_CROSS: Final = r" ?[xX×*✕✖] ?"
_SIZE: Final = re.compile(rf"{_LENGTH}{_UNIT}{_CROSS}{_LENGTH}{_UNIT}(?:{_CROSS}{_LENGTH}{_UNIT})?")


def read_size(text: str) -> str | None:
    """Return the lengths and the unit of a size in one spelling, ``None`` for anything else."""
    if len(text) > _LONGEST:
        return None
    found = _SIZE.fullmatch(folded_marks(text))
    if found is None:
        return None
    lengths = [length for length in found.groups()[::2] if length]
    units = found.groups()[1::2][: len(lengths)]
    if any(units[:-1]) and len(set(units)) > 1:
        return None
    written = "x".join(plain_value(length) or length for length in lengths)
    unit = unit_text(units[-1] or "").replace("\x00u:", "")
    return f"{written} {unit}" if unit else written
