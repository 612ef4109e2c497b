"""Numbers as grounding reads them, on a page and in a value.

Whether a value is on the page is decided alike for every preset, so what is read here changes with no rule of
`medvie_reward.comparators`. It is narrower: few currencies stand before an amount, no number has two dots,
and a power of ten belongs to a unit where it is written as one.
"""

from __future__ import annotations

import re
from typing import Final

from medvie_reward.comparators import number
from medvie_reward.comparators.number import Quantity
from medvie_reward.comparators.text import folded_marks

_SIGNS: Final = "USD US$ HKD HK$ EUR € GBP £ CNY RMB JPY MYR RM IDR Rp Rp. INR ₹ Rs Rs. KRW ₩ SGD S$ $ ¥"
_BEFORE: Final = frozenset(_SIGNS.split())
_BOUND: Final = re.compile(r"[\s<>≤≥=+-]|小于等于|大于等于|小于|大于|less than|greater than", re.IGNORECASE)
_DOTTED: Final = re.compile(r"(?<![\d.,'])\d{1,3}(?:\.\d{3}){2,}(?![\d.,])", re.ASCII)
_FIRST: Final = re.compile(r"\.?\d", re.ASCII)
_UNIT: Final = re.compile(r"^.*?\d[\d.,']*(?:[eE][+-]?\d{1,6}(?!\d))? ?(?=\D|10)", re.ASCII | re.DOTALL)
_POWER: Final = re.compile(r"(?:[x×X*·] ?)?\^?10(?:(?:\^|\*\*?|[eE])[+-]?\d{1,3}(?!\d)|的\d+次方)", re.ASCII)
_WORD: Final = re.compile(
    r"(?:([kK]|thous(?:and)?)|(M|mill(?:ion)?))/(?:(?:[uμU]|mc|MC)[lL]$|mm\^?3$)", re.ASCII | re.IGNORECASE
)
# Exponents of symbols, and how many of a thing or how long a unit counts.
_COUNTED: Final = re.compile(
    r"(?<=[^\W\d_])(?:(?:\^|\*\*)[+-]?[1-9]\d?(?!\d)|(?:[23]|-[123])(?![\d.]))"
    r"|1\.73(?!\.)|(?<=/)\d+(?:\.\d+)?(?!\.)"
)
_HAS_FIGURE: Final = re.compile(r"\d", re.ASCII).search


def read_number(text: str) -> str | None:
    """Return the exact value of a bare number as a decimal text, ``None`` for anything else."""
    value = number.read_number(text)
    return value if value is None or text.count(".") < 2 or _DOTTED.search(text) is None else None


def read_quantity(text: str) -> Quantity | None:
    """Read a number and what is next to it; ``None`` where there is more or less than that."""
    quantity = number.read_quantity(text)
    if quantity is None:
        return None
    shown = folded_marks(text.strip())
    if _DOTTED.search(shown) is not None:
        return None
    quantity = quantity._replace(open=False)
    if quantity.currency:
        return quantity if _has_known_currency(shown) else None
    if not quantity.power and _HAS_FIGURE(quantity.unit) is None:
        return quantity
    return _with_written_power(quantity, shown)


def _has_known_currency(shown: str) -> bool:
    """Check whether a currency stands behind an amount, or one of few before it and nothing behind."""
    first = _FIRST.search(shown)
    before = "" if first is None else _BOUND.sub("", shown[: first.start()])
    return not before or (before in _BEFORE and (shown[-1].isdecimal() or shown[-1] == "."))


def _with_written_power(quantity: Quantity, shown: str) -> Quantity | None:
    """Take the power of ten of a unit where it is written as one; nothing where other figures stand there."""
    unit = _UNIT.sub("", shown, count=1)
    power = _POWER.match(unit)
    if power is not None:
        unit = unit[power.end() :]
    if _HAS_FIGURE(_COUNTED.sub("", unit)) is not None:
        return None
    if power is None and quantity.power and _WORD.match(unit) is None:
        return quantity._replace(power=0)
    return quantity
