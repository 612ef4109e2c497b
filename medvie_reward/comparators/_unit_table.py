"""The symbols and words of units of measurement, from the table ``units``."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from medvie_reward.comparators._vocabulary import spellings, table

_PREFIXES: Final = {
    ".": ("", ("",), ("",)),
    "k": ("k", ("k", "K"), ("千",)),
    "M": ("M", ("M",), ()),
    "d": ("d", ("d",), ("分",)),
    "c": ("c", ("c",), ("厘",)),
    "m": ("m", ("m",), ("毫",)),
    "μ": ("μ", ("μ", "u", "mc", "Mc", "MC"), ("微",)),
    "n": ("n", ("n",), ("纳", "奈")),
    "p": ("p", ("p",), ("皮",)),
    "f": ("f", ("f",), ("飞", "飛")),
}
# Units that are also printed in capitals, and those of them that capitals alone do not explain.
_PRINTED: Final = (
    "g gm L mL dL uL fL pL mg ug ng pg kg mmol umol nmol pmol fmol mcmol U IU uIU uU mEq mOsm mm cm m h"
    " mcg mcL"
)
EITHER: Final = frozenset(("G", "L", "ML", "U", "IU", "M", "H", "KG"))


class UnitTable(NamedTuple):
    """What is known of units.

    Attributes
    ----------
    symbols
        Unit of each symbol, by case, and of each Chinese name.
    words
        Unit of each word, in small letters.
    capitals
        Unit of each symbol that is printed in capitals.
    qualifiers
        Words that say of what the unit before them is one, in small letters, and how they are written.
    whole
        Words that say so of a unit as a whole; nothing for those that say nothing.
    powers
        Power of ten of each word for a large number, in small letters.
    phrase
        Finds units of several words or signs.
    phrases
        The unit of each of them, in small letters.
    """

    symbols: dict[str, str]
    words: dict[str, str]
    capitals: dict[str, str]
    qualifiers: dict[str, str]
    whole: dict[str, str]
    powers: dict[str, int]
    phrase: re.Pattern[str]
    phrases: dict[str, str]


@cache
def units() -> UnitTable:
    """Return what is known of units."""
    symbols: dict[str, str] = {}
    for row in table("units"):
        if row["kind"] not in ("symbol", "name"):
            continue
        for prefix in row["prefixes"]:
            short, marks, chinese = _PREFIXES[prefix]
            for spelling in row["spellings"].split("|"):
                for mark in marks if row["kind"] == "symbol" else chinese:
                    symbols[mark + spelling] = short + row["unit"]
    # Odd capitals in the base make no other unit.
    for short, marks, _ in map(_PREFIXES.__getitem__, "mμnp"):
        odd = (mark + mole for mark in marks for mole in ("Mol", "moL", "MOL"))
        symbols.update(dict.fromkeys(odd, f"{short}mol"))
    phrases = _by_spelling("phrase")
    longest_first = "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))
    return UnitTable(
        symbols=symbols,
        words=_by_spelling("word"),
        capitals={name.upper(): symbols[name] for name in _PRINTED.split()},
        qualifiers=_by_spelling("qualifier"),
        whole=_by_spelling("whole") | _by_spelling("dropped"),
        powers={word: int(power) for word, power in _by_spelling("power").items()},
        phrase=re.compile(rf"(?<![^\W\d_])(?:{longest_first})(?![^\W\d_])", re.IGNORECASE),
        phrases=phrases,
    )


def _by_spelling(kind: str) -> dict[str, str]:
    return {
        spelling: unit
        for unit, words in spellings("units", of="spellings", by="unit", kind=kind).items()
        for spelling in words
    }
