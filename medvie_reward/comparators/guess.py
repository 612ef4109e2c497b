"""A value by what it looks like, for fields that have no rule.

The form depends on the text alone and not on the field, so it is the same relation whichever side is the
gold. It is cautious: what may be a code (``007``, ``1E5``, ``2024/3``) or a grade stays text, and no word
means the same as another word. A number that somebody prints as ``5.60`` is the number 5.6, since a JSON
number cannot say more. One or two letters behind a number go by case only where it tells units apart: ``12A``
is ``12a``, ``64GB`` is ``64gb``, and ``5g`` is not ``5G``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from medvie_reward.comparators._numbering import numbers_a_thing
from medvie_reward.comparators.currencies import read_currency
from medvie_reward.comparators.dates import datetime_form, time_text
from medvie_reward.comparators.number import is_plain, number_form
from medvie_reward.comparators.sizes import read_size
from medvie_reward.comparators.spans import range_text
from medvie_reward.comparators.text import folded_text
from medvie_reward.comparators.unit import read_unit

_DIGIT: Final = re.compile("[0-9]")
# Codes and grades: figures that begin with 0, figures with an e between them, a plus in front.
_CODE: Final = re.compile(r"[^0-9]{0,3}(?<![.,])0[0-9]|[^0-9]{0,3}[0-9.]+[eE][0-9]|\+")
_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LONGEST: Final = 80
_DATE: Final = len("\x00d:2024-03-05")
# Dates of two figures a year, and months, that are hardly anything else.
_SHORT_DATE: Final = re.compile(
    r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}|[0-9]{4}-[0-9]{2}|[0-9]{4} ?年.*月.*|.*[A-Za-z].*"
)
_LETTERED: Final = re.compile(r"([0-9][0-9.,']*) ?([A-Za-z]{1,2})")
# Letters that are one unit in small and another in capitals, a mark of a result, or a prefix.
_BY_CASE: Final = frozenset("gsmh")
_PREFIXES: Final = tuple("mnpMNP")
_RANGE: Final = "\x00r:"

_datetime_text: Final = datetime_form()
_number_text: Final = number_form()


def guess_text(text: str) -> str:
    """Write a text in the form of what it looks like; see the top of this module."""
    return _guess(text)[1]


def guess_kind(text: str) -> str:
    """Name what a text looks like.

    That is ``number``, ``date``, ``time``, ``range``, ``quantity``, ``size`` or ``text``.
    """
    return _guess(text)[0]


def _guess(text: str) -> tuple[str, str]:
    if is_plain(text):
        return "number", _number_text(text)
    shown = text.strip()
    if len(shown) > _LONGEST:
        return "text", folded_text(text)
    if not text.isascii():
        shown = shown.translate(_NARROW)
    if _DIGIT.search(shown) is None:
        return "text", folded_text(text)
    if is_plain(shown):
        return "number", _number_text(shown)
    written = _datetime_text(shown)
    if written[0] == "\x00":
        # A month or a year alone may be something else.
        sure = len(written) >= _DATE or _SHORT_DATE.fullmatch(shown) is not None
        return ("date", written) if sure else ("text", folded_text(text))
    if ":" in shown and (written := time_text(shown))[0] == "\x00":
        return "time", written
    if (size := read_size(shown)) is not None:
        return "size", f"\x00z:{size}"
    if numbers_a_thing(shown):
        return "text", folded_text(text)
    if (lettered := _LETTERED.fullmatch(shown)) is not None and (letters := in_any_case(lettered[2])):
        shown = f"{lettered[1]} {letters}"
    if _CODE.match(shown) is None and (written := range_text(shown))[0] == "\x00":
        if written.startswith(_RANGE):
            return "range", written
        return ("number" if is_plain(written[len(_RANGE) :]) else "quantity"), written
    return "text", folded_text(text)


@lru_cache(maxsize=4_096)
def in_any_case(letters: str) -> str | None:
    """Return one spelling of letters behind a number whose case tells nothing, else nothing."""
    one_case = letters.islower() or letters.isupper()
    if not one_case or read_currency(letters) is not None:
        return None
    if letters.lower() in _BY_CASE or (len(letters) > 1 and letters.startswith(_PREFIXES)):
        return None
    read = (read_unit(letters.lower()), read_unit(letters.upper()))
    units = {unit[1] for unit in read if unit is not None and unit[2]}
    if len(units) > 1:
        return None
    return units.pop() if units else letters.lower()
