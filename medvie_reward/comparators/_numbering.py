"""Numbers that number a thing and count nothing, by the word behind them: ``5.10版``, ``2.0 release``."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from medvie_reward.comparators._vocabulary import table
from medvie_reward.comparators.text import folded_text

_LONGEST: Final = 40


def numbers_a_thing(text: str) -> bool:
    """Check whether a text is a number with decimals and a word that tells one thing from others."""
    if len(text) > _LONGEST or ("." not in text and "．" not in text):
        return False
    return _numbering().fullmatch(folded_text(text)) is not None


@cache
def _numbering() -> re.Pattern[str]:
    words = [word.strip() for row in table("numbering") for word in row["spellings"].split("|")]
    return re.compile(rf"\d+(?:\.\d+)+ ?(?:{'|'.join(sorted(words, key=len, reverse=True))})\.?", re.ASCII)
