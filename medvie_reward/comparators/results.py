"""What stands in the columns of a laboratory table that hold more than one type of value."""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators.quantity import quantity_form
from medvie_reward.comparators.words import flag_text, ordinal_text

_quantity_text: Final = quantity_form()
# Test strips: +1 is the grade 1+, not the number 1.
_STRIP: Final = re.compile(r"[+＋]([1-4１-４])")
# What marks say as well as grades, in more spellings.
_BOTH: Final = ("\x00o:normal", "\x00o:abnormal")


def result_text(text: str) -> str:
    """Write a result: a number or a quantity, else a grade such as 阴性 or 2+, else a text."""
    strip = _STRIP.fullmatch(text.strip())
    if strip is not None:
        return ordinal_text(f"{strip[1]}+")
    written = _quantity_text(text)
    return written if written[:1] == "\x00" else ordinal_text(text)


def status_text(text: str) -> str:
    """Write what is said of a result: a grade such as 阳性, else a mark such as 偏高, else a text."""
    written = ordinal_text(text)
    return written if written[:1] == "\x00" and written not in _BOTH else flag_text(text)
