"""Quantities -> number and unit, each in its own normal form.

A quantity is read like a number, or like a range where it is one (``1-2 片``, ``5–10 mg``). Nothing is
converted: ``1 g`` is not ``1000 mg``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from medvie_reward.comparators.number import (
    check_digits,
    plain_value,
    quantity_text,
    read_quantity,
    value_text,
)
from medvie_reward.comparators.spans import read_span
from medvie_reward.comparators.text import folded_text


def quantity_form(digits: str = "free") -> Callable[[str], str]:
    """Return a function that normalizes quantities.

    Parameters
    ----------
    digits
        ``free`` or ``kept``, as for `medvie_reward.comparators.number.number_form`.

    Raises
    ------
    SpecError
        If ``digits`` is neither.
    """
    check_digits(digits)
    return partial(_quantity_text, kept=digits == "kept")


def _quantity_text(text: str, kept: bool) -> str:
    """Write a quantity in its normal form; other texts are folded."""
    if not kept and (plain := plain_value(text)) is not None:
        return f"\x00q:{plain}"
    span = read_span(text)
    if span is not None:
        low, high = span
        return f"\x00q:{value_text(low, kept)}~{quantity_text(high, kept)}"
    quantity = read_quantity(text)
    return folded_text(text) if quantity is None else f"\x00q:{quantity_text(quantity, kept)}"
