"""Amounts of money -> the amount and its currency, or the amount alone.

An amount is read like a number (`medvie_reward.comparators.number`), and besides:

- any code of ISO 4217 in any case, also those that are words (``cup``), before or behind;
- a plain space groups digits where decimals follow (``1 234,56``);
- a dash in place of decimals is none (``12.-``, ``12,-``);
- brackets around it and a minus behind it are minus signs, as in books: ``(12.50)`` and ``12.50-``.

``1.000`` may be one or a thousand, so it is neither ``1`` nor ``1000`` unless ``decimal_sign`` says which.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from medvie_reward.comparators.number import (
    Quantity,
    check_decimals,
    quantity_text,
    read_quantity,
    rounded,
    with_point,
)
from medvie_reward.comparators.text import folded_marks, folded_text
from medvie_reward.errors import SpecError

_LONGEST: Final = 60
_CURRENCIES: Final = ("kept", "ignored")
_BRACKETED: Final = re.compile(r"([^()\d]{0,6})\(([^()]+)\)([^()\d]{0,6})")
_BEHIND: Final = re.compile(r"([^-]*\d) ?-([^-\d]{0,6})")
# Behind the mark of decimals, as prices are printed.
_NO_DECIMALS: Final = re.compile(r"(?<=\d)([.,]) ?-{1,2}(?![\d-])", re.ASCII)
_SPACED: Final = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?=[.,]\d{2}(?![\d.,]))", re.ASCII)


def money_form(
    currency: str = "kept", decimals: int | None = None, decimal_sign: str | None = None
) -> Callable[[str], str]:
    """Return a function that normalizes amounts of money; other texts are folded.

    Parameters
    ----------
    currency
        ``kept``: the currency is part of the value. ``ignored``: the amount alone is compared.
    decimals, decimal_sign
        As for `medvie_reward.comparators.number.number_form`.

    Raises
    ------
    SpecError
        If an option has another value.
    """
    if currency not in _CURRENCIES:
        raise SpecError(f"option 'currency': expected 'kept' or 'ignored', got {currency!r}")
    check_decimals(decimals, decimal_sign)
    return partial(_money_text, kept=currency == "kept", decimals=decimals, sign=decimal_sign)


def _money_text(text: str, kept: bool, decimals: int | None, sign: str | None) -> str:
    quantity = _read(text, sign)
    if quantity is None:
        return folded_text(text)
    if sign is not None:
        quantity = quantity._replace(open=False)
    if decimals is not None:
        quantity = rounded(quantity, decimals)
    return f"\x00n:{quantity_text(quantity if kept else quantity._replace(currency=''), kept=False)}"


def _read(text: str, sign: str | None) -> Quantity | None:
    """Read an amount; nothing where there is more or less than that."""
    shown = folded_marks(text) if len(text) <= _LONGEST and not text.isascii() else text.strip()
    if len(shown) > _LONGEST:
        return None
    shown = _NO_DECIMALS.sub(r"\g<1>00", shown)
    minus = _BRACKETED.fullmatch(shown)
    if minus is not None:
        shown = f"{minus[1]}{minus[2]}{minus[3]}"
    elif (minus := _BEHIND.fullmatch(shown)) is not None:
        shown = f"{minus[1]}{minus[2]}"
    shown = _SPACED.sub(lambda found: found[0].replace(" ", ""), shown)
    quantity = read_quantity(shown if sign is None else with_point(shown, sign), money=True)
    if quantity is None or minus is None:
        return quantity
    if quantity.negative or quantity.bound or quantity.unit:
        return None
    return quantity._replace(negative=quantity.digits != "0")
