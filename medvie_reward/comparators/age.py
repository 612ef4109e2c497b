"""Ages with their units; nothing is converted, so 18 months are not 1 year 6 months."""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators.text import folded_text

_LONGEST: Final = 60
# Large units first, since amounts are read in that order. 日 is left out: 6月15日 is a date.
_UNITS: Final = {
    "y": "岁 周岁 歲 year years yr yrs y yo y/o y.o",
    "m": "月 个月 個月 月龄 month months mo mos mth mths m",
    "w": "周 週 周龄 week weeks wk wks w",
    "d": "天 日龄 day days d",
    "h": "小时 小時 个小时 时 時 hour hours hr hrs h",
    "n": "分钟 分鐘 分 minute minutes min mins",
}
_RANKS: Final = "".join(_UNITS)
_NAMES: Final = {name: unit for unit, names in _UNITS.items() for name in names.split()}

_AMOUNT: Final = r"([0-9]{1,3})(?:\.([0-9]{1,2}))?"
# The longest name is tried first, or 周岁 would be weeks.
_WRITTEN: Final = "|".join(map(re.escape, sorted(_NAMES, key=len, reverse=True)))
_PIECE: Final = re.compile(rf"{_AMOUNT}[ -]?({_WRITTEN})\.?(?![a-z])")
_BETWEEN: Final = re.compile(r" ?(?:, ?|and |零)?")
_AFTER: Final = re.compile(r"[ -]?old| of age|大")
# 58 year(s)
_PLURAL: Final = re.compile(r"(?<=[a-z])\(s\)")
_PLAIN: Final = re.compile(r"([1-9][0-9]{0,2})岁?")
_BARE: Final = re.compile(_AMOUNT)


def age_text(text: str) -> str:
    """Write an age as numbers with units; a number without a unit is years.

    Nominal ages (虚岁), ranges and approximate ages stay text.
    """
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        return f"\x00a:{plain[1]}y"
    folded = folded_text(text)
    if len(folded) > _LONGEST:
        return folded
    bare = _BARE.fullmatch(folded)
    if bare is not None:
        return f"\x00a:{_amount(bare[1], bare[2])}y"
    return _compound(_PLURAL.sub("s ", folded).rstrip()) or folded


def _compound(folded: str) -> str | None:
    """Read amounts from large units to small ones, each unit once; only a lone one may have decimals."""
    written: list[str] = []
    last = -1
    at = 0
    while piece := _PIECE.match(folded, at):
        whole, decimals, name = piece.groups()
        rank = _RANKS.index(_NAMES[name])
        if rank <= last or (written and (decimals or "." in written[0])):
            return None
        written.append(_amount(whole, decimals) + _RANKS[rank])
        last = rank
        if piece.end() == len(folded) or _AFTER.fullmatch(folded, piece.end()):
            return "\x00a:" + "".join(written)
        between = _BETWEEN.match(folded, piece.end())
        at = between.end() if between else len(folded)
    return None


def _amount(whole: str, decimals: str | None) -> str:
    tail = (decimals or "").rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{tail}" if tail else "")
