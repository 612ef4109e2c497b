"""Reference ranges -> their bounds, in the order they are printed, and their unit.

- Bounds go by value (``3.90-6.10`` is ``3.9-6.1``). Any dash or tilde, ``to``, ``至`` or ``到`` parts them,
  and a second dash is a minus only behind a negative bound (``-5--2``).
- Brackets around a range mean nothing, ``[3.9, 6.1]`` is a range too; ``(3.9, 6.1)``, which leaves its ends
  out, is not.
- A unit, or a power of ten, behind the range is that of both bounds. With a unit is not without.
- One bound (``<5.2``) is read as a number; ``<5.2``, ``≤5.2`` and ``0-5.2`` are three things.
- Numbers with leading zeros make no range, so that dates and telephone numbers stay texts. Words are texts:
  ``阴性`` is not ``Negative`` here.
"""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators.number import (
    NUMERAL,
    Quantity,
    number_form,
    plain_value,
    quantity_text,
    read_quantity,
    value_text,
)
from medvie_reward.comparators.text import folded_marks

_LONGEST: Final = 100
_BARE: Final = r"((?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,9})?)"
_COMMON: Final = re.compile(rf"{_BARE} ?(?:[-~～–—－至]|--) ?{_BARE}")
# No range is without one of these.
_PARTED: Final = re.compile("[-~～〜∼∽˜‐-―−－﹣﹘⁃─至到]|to", re.IGNORECASE)
_LOW: Final = re.compile(rf"[+-]? ?{NUMERAL}", re.ASCII)
# A dash may be followed by a plus, but by a minus only where a tilde or a word would be.
_BETWEEN: Final = re.compile(
    r" ?(?:(~|\bto\b|to(?=[ \d])|至|到) ?(?=[+-]? ?\.?\d)|(?<!\^)(-{1,2}) ?(?=\+?\.?\d))", re.IGNORECASE
)
_BRACKETED: Final = re.compile(r"(?:\(([^()]*)\)|\[([^\[\]]*)\]) ?(.*)", re.DOTALL)
_BRACKETED_BOUND: Final = re.compile(r"[(\[（［【] ?([<>≤≥＜＞][^()\[\]]{1,40})[)\]）］】]")
_LISTED: Final = re.compile(rf"([+-]?{NUMERAL}) ?[,;] ?([+-]?{NUMERAL})", re.ASCII)
_ZEROS: Final = re.compile(r"[+-]? ?0\d")
_DASHES: Final = re.compile("[—―─]{2}")
_number_text: Final = number_form()


def range_text(text: str) -> str:
    """Write a reference range in its normal form; other texts are folded."""
    common = _COMMON.fullmatch(text)
    if common is not None:
        return f"\x00r:{plain_value(common[1])}~{plain_value(common[2])}"
    span = read_span(text)
    if span is not None:
        low, high = span
        return f"\x00r:{value_text(low, kept=False)}~{quantity_text(high, kept=False)}"
    single = _BRACKETED_BOUND.fullmatch(text.strip())
    return _number_text(text if single is None else single[1])


def read_span(text: str) -> tuple[Quantity, Quantity] | None:
    """Read both bounds of a range, the unit at the upper one; ``None`` for what is no range."""
    text = text.strip()
    if len(text) > _LONGEST or not (_PARTED.search(text) or text[:1] in "[［【"):
        return None
    shown = folded_marks(text if text.isascii() else _DASHES.sub("~", text))
    bracketed = _BRACKETED.fullmatch(shown)
    if bracketed is not None:
        shown = _without_brackets(*bracketed.groups(""))
    start = _LOW.match(shown)
    if start is None or _ZEROS.match(shown):
        return None
    between = _BETWEEN.search(shown, start.end())
    if between is None:
        return None
    at = between.end()
    if between[2] and shown[0] == "-":
        # Behind a negative bound a second dash is a minus.
        at = between.start(2) + 1
    low = read_quantity(shown[: between.start()])
    high = read_quantity(shown[at:])
    if low is None or high is None or low.bound or high.bound or _ZEROS.match(shown, at):
        return None
    if low.currency not in ("", high.currency):
        return None
    if low.power is None and not low.unit:
        return low._replace(power=high.power, unit=high.unit), high
    return (low, high) if low.unit in ("", high.unit) else None


def _without_brackets(inside: str, listed: str, behind: str) -> str:
    """Take the brackets from around a range, which only square ones may list."""
    pair = _LISTED.fullmatch(listed)
    if pair is not None and read_quantity(listed) is None:
        listed = f"{pair[1]}~{pair[2]}"
    return f"{inside or listed} {behind}".rstrip()
