"""Numbers that count nothing: versions, sections, seats, telephones, accounts, codes -> their characters.

Zeros, signs, dots and dashes all mean something there (version 1.10 is not 1.1), so an identifier is a folded
text. Only a blank between a letter and a figure is typesetting: ``12 A`` is ``12A``, and ``12 34`` is not
``1234``.
"""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators.text import folded_text

_LOOSE: Final = re.compile(r"(?<=\d) (?=[a-z])|(?<=[a-z]) (?=\d)", re.ASCII)


def identifier_text(text: str) -> str:
    """Write an identifier without case, width and blanks between letters and figures."""
    folded = folded_text(text)
    return _LOOSE.sub("", folded) if " " in folded else folded
