"""A value by what it looks like, for fields that have no rule.

The form depends on the text alone and not on the field, so it is the same relation whichever side is the
gold. It is cautious: what may be a code (``007``, ``1E5``), a month (``2024-03``) or a grade stays text, and
no word means the same as another word. A number that somebody prints as ``5.60`` is the number 5.6, since a
JSON number cannot say more.
"""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators.dates import datetime_form, time_text
from medvie_reward.comparators.number import is_plain, number_form
from medvie_reward.comparators.spans import range_text
from medvie_reward.comparators.text import folded_text

_DIGIT: Final = re.compile("[0-9０-９]")
# Codes: figures that begin with 0, and figures with an e between them.
_CODE: Final = re.compile(r"[^0-9]{0,3}0[0-9]|[0-9.]+[eE][0-9]")
_LONGEST: Final = 80
_DATE: Final = len("\x00d:2024-03-05")
_RANGE: Final = "\x00r:"

_datetime_text: Final = datetime_form()
_number_text: Final = number_form()


def guess_text(text: str) -> str:
    """Write a text in the form of what it looks like; see the top of this module."""
    return _guess(text)[1]


def guess_kind(text: str) -> str:
    """Name what a text looks like: ``number``, ``date``, ``time``, ``range``, ``quantity`` or ``text``."""
    return _guess(text)[0]


def _guess(text: str) -> tuple[str, str]:
    if is_plain(text):
        return "number", _number_text(text)
    if len(text) > _LONGEST or _DIGIT.search(text) is None:
        return "text", folded_text(text)
    moment = _datetime_text(text)
    if moment[0] == "\x00" and len(moment) >= _DATE:
        return "date", moment
    if _CODE.match(text.strip()) is None:
        written = range_text(text)
        if written[0] == "\x00":
            return ("range" if written.startswith(_RANGE) else "quantity"), written
    if ":" in text and (written := time_text(text))[0] == "\x00":
        return "time", written
    return "text", folded_text(text)
