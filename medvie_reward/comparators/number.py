"""Numbers -> their value, with the bound sign and the unit next to it.

A value is kept as its decimal digits and an exponent, so nothing is ever rounded. What is read:

- a sign (``+5`` is ``5``), ASCII or full-width digits, a decimal point; leading zeros count for nothing;
- digits grouped in threes by commas, apostrophes, no-break or thin spaces, Indian grouping (``1,00,000``),
  and ``1.234,56`` and ``1.234.567``, which can be nothing else. A lone comma that groups nothing is a
  decimal one: ``1,5`` is 1.5 and ``1,234`` is 1234. A plain space groups nothing, since two cells may have
  run together;
- ``1.2e3``, ``1.2×10³``, ``1.2*10^3``;
- ``<``, ``≤``, ``>``, ``≥`` in front, also as ``<=``, ``小于``, ``less than``; they are part of the value;
- a unit behind, by `medvie_reward.comparators.unit`, or a currency before or behind, by
  `medvie_reward.comparators.currencies`; ``%`` is a unit. Beside a currency ``1.000`` may be a thousand, so
  its zeros stay and it is neither 1 nor 1000;
- anything else behind that holds no digit, such as a flag: ``5.6 ↑`` is ``5.60↑`` but not ``5.6``.

Anything more (``*5.6``, ``±5.6``, ``5.6-``) is no number but a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from medvie_reward.comparators.currencies import MARK, closer, read_currency
from medvie_reward.comparators.text import folded_marks, folded_text
from medvie_reward.comparators.unit import has_symbol, read_unit
from medvie_reward.errors import SpecError

_LONGEST: Final = 200
# Values with more places than this are written with an exponent.
_PLACES: Final = 60

NUMERAL: Final = (
    r"(?:[1-9]\d{0,2}(?:,\d{3})+(?![\d,])(?:\.\d*)?"
    r"|[1-9]\d?(?:,\d\d)+,\d{3}(?![\d,])(?:\.\d*)?"
    r"|[1-9]\d{0,2}(?:'\d{3})+(?![\d'])(?:[.,]\d+)?"
    r"|[1-9]\d{0,2}(?:\.\d{3})+,\d+(?![\d.,])"
    r"|[1-9]\d{0,2}(?:\.\d{3}){2,}(?![\d.,])"
    r"|\d+,\d+(?![\d.,])"
    r"|\d+(?:\.\d*)?"
    r"|\.\d+)"
    r"(?:[eE][+-]?\d{1,6}(?!\d))?"
)
"""A number without its sign, in ASCII."""

# The commonest spelling, which needs no more than its last zeros taken off while it is short.
_SHORT: Final = 40
_PLAIN: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_BOUNDS: Final = {
    "小于等于": "≤",
    "大于等于": "≥",
    "小于": "<",
    "大于": ">",
    "less than": "<",
    "greater than": ">",
    "<=": "≤",
    ">=": "≥",
}
_LETTER: Final = r"(?:[A-Z]|[^\x00-\x7f])"
# Bound, sign, currency, sign, numeral, and what is behind.
_QUANTITY: Final = re.compile(
    rf"({'|'.join(_BOUNDS)}|[<>] ?=|[<>≤≥])? ?([+-] ?)?"
    rf"({_LETTER}{{0,3}}[$]|{_LETTER}{{1,8}}\.?|S/\.?)? ?([+-] ?)?({NUMERAL})(.*)",
    re.ASCII | re.DOTALL | re.IGNORECASE,
)
_GROUPS: Final = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d\d)+,\d{3}", re.ASCII)
# Marks that group digits and do nothing else, and Chinese ones that part numbers.
_GROUPED: Final = re.compile("(?<=[0-9０-９])[，'’\u00a0\u2007\u2009\u202f](?=[0-9０-９])")
_LISTED: Final = re.compile("[0-9０-９][、。､｡]")
_FIGURE: Final = re.compile("[0-9０-９]")
_FLAG: Final = re.compile(r"[^\d.,:;/+\-~^=<>≤≥±×·_'\"&|]\D{0,19}", re.DOTALL)
# A food calorie is a thousand, and M is no m.
_BY_CASE: Final = re.compile("Cal|Mkat")
_ARROW: Final = re.compile("(?<![↑↓ ]) ?([↑↓]+)$")
# A dot before three digits may part thousands, and where there is money it often does.
_MAYBE_GROUPED: Final = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
# The mark that decimals stand behind -> numerals written with it, and the other marks, which group.
_SIGNS: Final = {
    sign: re.compile(
        rf"(?<![\d.,'])(?:\d{{1,3}}(?:[{other}' \u00a0\u2009\u202f]\d{{3}})+|\d+)(?:\{sign}\d+)?"
        r"(?!\d|[.,']\d)"
    )
    for sign, other in ((".", ","), (",", "."))
}


class Quantity(NamedTuple):
    """A number as it was read, with what is next to it.

    Attributes
    ----------
    bound
        ``<``, ``≤``, ``>``, ``≥`` or nothing.
    negative
        Whether there is a minus.
    digits, exponent
        The printed digits without leading zeros, and the power of ten that they count.
    power
        Power of ten in front of the unit, ``None`` where there is nothing behind the number.
    unit
        Normal form of the unit, or of what else is there.
    currency
        The currency beside it, or nothing.
    open
        Whether a dot in it may as well part thousands, so that zeros behind it mean something.
    """

    bound: str
    negative: bool
    digits: str
    exponent: int
    power: int | None
    unit: str
    currency: str = ""
    open: bool = False


def number_form(
    digits: str = "free", decimals: int | None = None, decimal_sign: str | None = None
) -> Callable[[str], str]:
    """Return a function that normalizes numbers, with or without a bound sign and a unit.

    Parameters
    ----------
    digits
        ``free``: 5.60 is 5.6. ``kept``: the significant digits count as printed, 5.60 is not 5.6 and 1.2e3 is
        not 1200.
    decimals
        Round to so many decimals, halves away from zero: with 2 decimals 59146.8699 is 59146.87.
    decimal_sign
        The mark in front of decimals, ``.`` or ``,``, where documents use only one; the other one groups.
        With ``,`` 1.234 is 1234. JSON numbers are read so too: meant for documents that hold them as text.

    Raises
    ------
    SpecError
        If an option has another value, or ``decimals`` stands beside ``kept``.
    """
    check_digits(digits)
    check_decimals(decimals, decimal_sign)
    if decimals is not None and digits == "kept":
        raise SpecError("option 'decimals': expected none together with digits 'kept', which rounds nothing")
    if decimals is None and decimal_sign is None:
        return partial(_number_text, kept=digits == "kept")
    return partial(_ruled_text, kept=digits == "kept", decimals=decimals, sign=decimal_sign)


def check_decimals(decimals: object, decimal_sign: object) -> None:
    """Raise a `SpecError` if an option for decimals is not one that exists."""
    if decimals is not None and not (type(decimals) is int and 0 <= decimals <= _PLACES):
        raise SpecError(f"option 'decimals': expected an integer 0 to {_PLACES}, got {decimals!r}")
    if decimal_sign not in (None, ".", ","):
        raise SpecError(f"option 'decimal_sign': expected '.' or ',', got {decimal_sign!r}")


def check_digits(digits: str) -> None:
    """Raise a `SpecError` if an option for digits is not one that exists."""
    if digits not in ("free", "kept"):
        raise SpecError(f"option 'digits': expected 'free' or 'kept', got {digits!r}")


def _number_text(text: str, kept: bool) -> str:
    """Write a number in its normal form; other texts are folded."""
    if not kept and (plain := plain_value(text)) is not None:
        return f"\x00n:{plain}"
    quantity = read_quantity(text)
    if quantity is None:
        return folded_text(text)
    return f"\x00n:{quantity_text(quantity, kept)}"


def _ruled_text(text: str, kept: bool, decimals: int | None, sign: str | None) -> str:
    """Write a number that is read with options; other texts are folded."""
    shown = text if sign is None or len(text) > _LONGEST else with_point(text, sign)
    quantity = read_quantity(shown)
    if quantity is None:
        return folded_text(text)
    if sign is not None:
        quantity = quantity._replace(open=False)
    return f"\x00n:{quantity_text(quantity if decimals is None else rounded(quantity, decimals), kept)}"


def with_point(text: str, sign: str) -> str:
    """Write the numerals of a text, whose decimals stand behind a known mark, ungrouped and with a point.

    A comma where it groups nothing makes no number where the mark is a point, so it is doubled.
    """
    other = "," if sign == "." else "."

    def plain(found: re.Match[str]) -> str:
        return re.sub(rf"[{other}' \u00a0\u2009\u202f]", "", found[0]).replace(sign, ".")

    shown = text if text.isascii() else folded_marks(_GROUPED.sub("'", text))
    written = _SIGNS[sign].sub(plain, shown)
    return written if sign == "," else written.replace(",", ",,")


def rounded(quantity: Quantity, decimals: int) -> Quantity:
    """Round a quantity to some decimals, halves away from zero."""
    exponent = quantity.exponent + (quantity.power or 0)
    extra = -decimals - exponent
    if extra <= 0:
        return quantity._replace(open=False)
    cut = quantity.digits.zfill(extra + 1)
    digits = str(int(cut[:-extra]) + (cut[-extra] >= "5"))
    power = None if quantity.power is None else 0
    negative = quantity.negative and digits != "0"
    return quantity._replace(negative=negative, digits=digits, exponent=-decimals, power=power, open=False)


def read_number(text: str) -> str | None:
    """Return the exact value of a bare number as a decimal text, ``None`` for anything else.

    Equal values give equal texts. Values with more than 60 places are given as digits, ``e`` and an exponent.
    """
    plain = plain_value(text)
    if plain is not None:
        return plain
    quantity = read_quantity(text)
    if quantity is None or quantity.bound or quantity.unit or quantity.currency:
        return None
    return value_text(quantity, kept=False)


def is_plain(text: str) -> bool:
    """Check whether a text is a number that nobody would take for a code.

    That is ASCII digits, maybe with a minus and decimals, without a leading zero: not ``007``, ``1e5``.
    """
    return _PLAIN.fullmatch(text) is not None


def plain_value(text: str) -> str | None:
    """Return the value of a short plain number as `read_number` does, ``None`` for anything else."""
    if len(text) >= _SHORT or not _PLAIN.fullmatch(text):
        return None
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def read_quantity(text: str, money: bool = False) -> Quantity | None:
    """Read a number and what is next to it; ``None`` where there is more or less than that.

    Parameters
    ----------
    text
        A text.
    money
        Whether it should be an amount of money.
    """
    text = text.strip()
    if len(text) > _LONGEST or not _FIGURE.search(text):
        return None
    if text.isascii() and text.isprintable():
        shown = text
    elif _LISTED.search(text):
        return None
    else:
        shown = folded_marks(_GROUPED.sub("'", text))
    found = _QUANTITY.match(shown)
    if found is None:
        return None
    bound, before, sign, after, numeral, rest = found.groups("")
    if before and after:
        return None
    rest = rest.strip()
    unit = currency = ""
    power: int | None = None
    if sign:
        currency = read_currency(sign, money) or ""
        if not currency:
            return None
    if rest and (behind_it := read_currency(rest, money)) is not None:
        both = closer(currency or behind_it, behind_it)
        if both is None:
            return None
        currency = both
    elif rest:
        if sign:
            return None
        if rest[0] == "^" and numeral == "10":
            numeral = "1"
            rest = f"10{rest}"
        behind = _behind(rest)
        if behind is None:
            return None
        power, unit = behind
    digits, exponent = _digits(numeral)
    if bound:
        bound = _BOUNDS.get(bound.lower().replace(" =", "="), bound)
    is_open = bool(money or currency) and not unit and _MAYBE_GROUPED.fullmatch(numeral) is not None
    negative = "-" in before + after and digits != "0"
    return Quantity(bound, negative, digits, exponent, power, unit, currency, is_open)


def _behind(rest: str) -> tuple[int, str] | None:
    """Read what stands behind a number: a unit with its power of ten, a flag, or an arrow behind either."""
    if rest[-1] in "↑↓" and (found := _ARROW.search(rest)) is not None:
        behind = _behind(rest[: found.start()]) if found.start() else (0, "")
        return None if behind is None else (behind[0], f"{behind[1]} {found[1]}".lstrip())
    read = read_unit(rest)
    if read is not None:
        power, unit, known = read
        if rest[0].isdecimal() and not power:
            return None
        # A whole word that is no unit means the same in any case, unless it is one in small letters alone.
        if known or len(rest) < 3 or not rest.isalpha() or _BY_CASE.fullmatch(rest) is not None:
            return power, unit
        return power, unit.casefold()
    if not _FLAG.fullmatch(rest):
        return None
    return 0, folded_marks(rest) if has_symbol(rest) else folded_text(rest)


def _digits(numeral: str) -> tuple[str, int]:
    """Return the digits of a numeral and the power of ten that they count."""
    if numeral.isdecimal():
        return numeral.lstrip("0") or "0", 0
    mantissa, _, exponent = numeral.lower().partition("e")
    whole, _, places = mantissa.partition(".")
    if "." in places:
        whole, places = mantissa.replace(".", ""), ""
        if "," in whole:
            whole, _, places = whole.partition(",")
    elif "," in mantissa or "'" in mantissa:
        whole, places = _ungrouped(mantissa)
    return f"{whole}{places}".lstrip("0") or "0", int(exponent or 0) - len(places)


def _ungrouped(mantissa: str) -> tuple[str, str]:
    """Return the digits before and after the decimal mark of a numeral with commas or apostrophes."""
    whole, _, places = mantissa.partition(".")
    if "'" in mantissa:
        # Apostrophes group, so a comma is the decimal mark.
        whole, _, places = mantissa.replace("'", "").replace(",", ".").partition(".")
    elif "," in places:
        # 1.234,56
        whole, _, places = mantissa.replace(".", "").partition(",")
    elif not _GROUPS.fullmatch(whole):
        whole, _, places = whole.partition(",")
    return whole.replace(",", ""), places


def quantity_text(quantity: Quantity, kept: bool) -> str:
    """Write a quantity in its normal form."""
    value = value_text(quantity, kept)
    written = f"{quantity.bound}{value} {quantity.unit}" if quantity.unit else f"{quantity.bound}{value}"
    return f"{written}{MARK}{quantity.currency}" if quantity.currency else written


def value_text(quantity: Quantity, kept: bool) -> str:
    """Write the value of a quantity without its bound and unit, any power of ten multiplied in."""
    digits = quantity.digits
    exponent = quantity.exponent + (quantity.power or 0)
    sign = "-" if quantity.negative else ""
    if kept:
        return f"{sign}{digits}e{exponent}"
    if quantity.open:
        return f"{sign}{digits[:-3]}.{digits[-3:]}"
    if digits == "0":
        return "0"
    short = digits.rstrip("0")
    exponent += len(digits) - len(short)
    if abs(exponent) > _PLACES:
        return f"{sign}{short}e{exponent}"
    if exponent >= 0:
        return f"{sign}{short}{'0' * exponent}"
    short = short.zfill(1 - exponent)
    return f"{sign}{short[:exponent]}.{short[exponent:]}"
