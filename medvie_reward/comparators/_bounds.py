"""Bounds in words, such as ``> OR = 60`` and ``不低于60``, written as signs."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from medvie_reward.comparators._vocabulary import spellings

# No bound in words is without one of these.
_MAYBE: Final = re.compile(
    "than|or|equal|least|most|up|above|below|over|under|[=＝大小高低超多少]", re.IGNORECASE
)
_WIDE: Final = str.maketrans("＞＜＝／", "><=/")


@cache
def _bounds() -> tuple[re.Pattern[str], dict[str, str]]:
    signs = {
        spelling: sign
        for sign, words in spellings("bounds", of="spellings", by="sign").items()
        for spelling in words
    }
    longest_first = sorted(signs, key=len, reverse=True)
    words = "|".join(re.escape(word).replace(r"\ ", " *") for word in longest_first)
    found = re.compile(rf"(?<![a-z不])({words}) *(?=[+-]?\.?[0-9０-９])", re.IGNORECASE)
    return found, {spelling.replace(" ", ""): sign for spelling, sign in signs.items()}


def with_bounds(text: str) -> str:
    """Write the bounds in words in front of the numbers of a text as signs."""
    if _MAYBE.search(text) is None:
        return text
    found, signs = _bounds()
    return found.sub(lambda bound: signs[bound[1].lower().replace(" ", "")], text.translate(_WIDE))
