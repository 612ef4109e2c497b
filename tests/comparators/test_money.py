"""Amounts of money: spellings of one amount, and amounts that only look alike."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.comparators.currencies import (
    agree,
    closer,
    currency_table,
    parted,
    read_currency,
    settled_among,
    settled_in,
)
from medvie_reward.comparators.money import money_form
from medvie_reward.comparators.number import number_form
from medvie_reward.errors import SpecError

money = money_form()

SAME = [
    ("CHF 12.-", "CHF 12.00"),
    ("12,- €", "12 EUR"),
    ("12.—", "12"),
    ("1.250,-", "1250"),
    ("1,250.--", "1250"),
    ("$1,319.86", "$1319.86"),
    ("$.05", "$0.05"),
    ("1.5 eur", "EUR 1,5"),
    ("(12.50)", "-12.5"),
    ("($12.50)", "-$12.50"),
    ("$(12.50)", "$-12.5"),
    ("12.50-", "-12.50"),
    ("12.50- €", "€ -12.50"),
    ("1 234,56 €", "€1.234,56"),
    ("Kč 1 234,50", "1234.50 CZK"),
    ("Rp 50.000", "IDR 50.000"),
    ("2 CUP", "CUP 2"),
    ("12,34 лв.", "BGN 12.34"),
    ("CNY 100", "100元"),
    ("NT$100", "100 新台币"),
    ("100.00", "100"),
    ("1.234.567", "1,234,567"),
    ("10 %", "10%"),
    ("(0.00)", "0"),
    ("free", "FREE"),
]
DIFFERENT = [
    ("12.-", "12.5"),
    ("12.-", "-12"),
    ("12-", "12.-"),
    ("1.250,-", "1.250"),
    ("1.000", "1"),
    ("1.000", "1000"),
    ("45.500", "45.5"),
    ("$1,000", "$1.000"),
    ("Rp 50.000", "Rp 50"),
    ("€1.000", "€1"),
    ("$100", "€100"),
    ("100 USD", "100 CAD"),
    ("kr 100", "100 EUR"),
    ("-$50", "$50"),
    ("(50)", "50"),
    ("5%", "5"),
    ("1,23", "123"),
    ("12 34", "1234"),
    ("12 345", "12345"),
    ("12,345.67", "12.345,76"),
    ("RM 9.00", "RM 90.0"),
    ("$5 EUR", "$5"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_same(a: str, b: str) -> None:
    """Two spellings of one amount have one form."""
    assert money(a) == money(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different(a: str, b: str) -> None:
    """Another amount, another currency, and a dot that may part thousands stay apart."""
    assert money(a) != money(b)


@pytest.mark.parametrize(
    ("options", "a", "b", "equal"),
    [
        ({"currency": "ignored"}, "$5", "5.00", True),
        ({"currency": "ignored"}, "$5", "€5", True),
        ({"currency": "ignored"}, "$5", "-$5", False),
        ({"decimals": 2}, "59146.869999999995", "59,146.87", True),
        ({"decimals": 0}, "2.5", "3", True),
        ({"decimals": 0}, "-2.5", "-3", True),
        ({"decimals": 1}, "-0.04", "0", True),
        ({"decimals": 2}, "1.005", "1.00", False),
        ({"decimal_sign": ","}, "1.234", "1234", True),
        ({"decimal_sign": ","}, "1.234,50 €", "1 234,5 €", True),
        ({"decimal_sign": ","}, "1,500", "1.5", True),
        ({"decimal_sign": ","}, "1,5", "15", False),
        ({"decimal_sign": "."}, "1.000", "1", True),
        ({"decimal_sign": "."}, "1,234", "1234", True),
        ({"decimal_sign": "."}, "1,5", "1.5", False),
        ({"decimal_sign": "."}, "1,5", "15", False),
    ],
)
def test_options(options: dict[str, Any], a: str, b: str, equal: bool) -> None:
    """The amount alone, rounded, and with a known mark in front of decimals; numbers too."""
    form = money_form(**options)
    assert (form(a) == form(b)) == equal
    if "currency" not in options:
        form = number_form(**options)
        assert (form(a) == form(b)) == equal


@pytest.mark.parametrize(
    "options",
    [
        {"currency": "none"},
        {"decimals": -1},
        {"decimals": True},
        {"decimals": 2.0},
        {"decimal_sign": ";"},
    ],
)
def test_bad_options(options: dict[str, Any]) -> None:
    """An option that has another value is named."""
    with pytest.raises(SpecError, match=f"option '{next(iter(options))}': expected"):
        money_form(**options)


@given(amount=st.decimals(-(10**9), 10**9, places=4), decimals=st.integers(0, 5))
def test_rounding(amount: Decimal, decimals: int) -> None:
    """Rounded numbers are those of decimal arithmetic, halves away from zero."""
    expected = amount.quantize(Decimal(1).scaleb(-decimals), "ROUND_HALF_UP")
    assert number_form(decimals=decimals)(str(amount)) == number_form()(f"{expected:f}")


@given(
    text=st.text() | st.from_regex(r"[$€£(]{0,2} ?-?[0-9.,\' ]{1,9}(?: ?(?:USD|kr|元)|\)|-)?", fullmatch=True)
)
def test_laws(text: str) -> None:
    """No text raises, and only a blank one is empty."""
    assert (money(text) == "") == (text.strip() == "")


def test_currencies() -> None:
    """Signs that several currencies share agree with each of these, and with nothing else."""
    assert agree("$", "CAD")
    assert agree("¥", "CNY")
    assert not agree("$", "EUR")
    assert not agree("USD", "CAD")
    assert closer("$", "CAD") == closer("CAD", "$") == "CAD"
    assert closer("USD", "CAD") is None
    assert read_currency("PEN") is None
    assert read_currency("PEN", expected=True) == "PEN"
    assert read_currency("usd") is None
    assert read_currency("usd", expected=True) == "USD"
    assert read_currency("mg", expected=True) is None
    table = currency_table()
    assert set().union(*table.shared.values()) <= set(table.written.values())


def test_settled() -> None:
    """A currency goes where it agrees with what stands beside the amount, and stays where it does not."""
    assert settled_in("$", "5", "") == settled_in("$", "5", "CAD") == "5"
    assert settled_in("$", "5", "EUR") == "5 \x01EUR"
    some = {"5": {"$"}, "6": {""}, "7": {"USD", "EUR"}, "8": {"USD", "EUR", ""}}
    expected = {
        ("5", ""): "5",
        ("5", "USD"): "5",
        ("5", "EUR"): "5 \x01EUR",
        ("6", ""): "6",
        ("6", "EUR"): "6",
        ("7", "USD"): "7 \x01USD",
        ("7", "$"): "7 \x01USD",
        ("7", ""): "7 \x01EUR",
        ("7", "GBP"): "7 \x01GBP",
        ("8", ""): "8",
        ("8", "GBP"): "8",
        ("9", "GBP"): "9",
    }
    assert {key: settled_among(some, *key) for key in expected} == expected
    assert parted("\x00n:5 \x01USD") == ("\x00n:5", "USD")
