"""Values of fields that are known by their names alone: their type is likely, and not certain.

So each is read as that type where it looks like it, and otherwise as `medvie_reward.comparators.guess` would.
"""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators.dates import datetime_form, time_text
from medvie_reward.comparators.guess import guess_kind, guess_text, in_any_case
from medvie_reward.comparators.results import result_text
from medvie_reward.comparators.text import folded_text
from medvie_reward.comparators.unit import read_unit, unit_text

_datetime_text: Final = datetime_form()
# Figures that begin with 0 or have an e between them may be a code.
_CODE: Final = re.compile(r"\D{0,3}(?:0\d|[\d.]+[eE]\d)", re.ASCII)


def moment_text(text: str) -> str:
    """Write a date, a time, or both; a number stays text, so that 8.30 is not 8.3."""
    written = _datetime_text(text)
    if written[:1] == "\x00":
        return written
    written = time_text(text)
    if written[:1] == "\x00":
        return written
    return folded_text(text) if guess_kind(text) == "number" else guess_text(text)


def value_text(text: str) -> str:
    """Write a value: what it looks like, else a result such as 阴性 or 2+."""
    if guess_kind(text) != "text" or _CODE.match(text):
        return guess_text(text)
    return result_text(text)


def measure_text(text: str) -> str:
    """Write a unit of measure: a unit as `unit_text` does, and a word of trade (PCS, ea) in any case."""
    word = text.strip()
    if not word.isalpha() or not word.isascii():
        return unit_text(text)
    if len(word) < 3 and (letters := in_any_case(word)) is not None:
        return f"\x00u:{letters}"
    read = (read_unit(spelling) for spelling in (word, word.lower(), word.upper()))
    known = len(word) < 2 or any(unit is not None and unit[2] for unit in read)
    return unit_text(text) if known else folded_text(text)
