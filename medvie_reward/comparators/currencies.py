"""Currencies: what is written for each, and which of them a sign may mean.

The table is ``currencies.csv`` beside this module: the codes of ISO 4217 in use, their signs and words, and
the signs that several currencies share (``$``, ``¥``, ``kr``, ``Rs``). In a normal form a currency stands
last, behind `MARK`, so that an amount can be told from what it is counted in.

Whether a currency that one of two values lacks tells them apart is not for a normal form to say, since
$5 = 5 and 5 = €5 would make $5 = €5. `settled_in` and `settled_among` say it beside the amounts of one gold
document.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Set
from functools import lru_cache
from importlib import resources
from typing import Final, NamedTuple

MARK: Final = " \x01"
"""What parts an amount from its currency in a normal form; it stands in no text's form."""


class Currencies(NamedTuple):
    """The table of currencies.

    Attributes
    ----------
    written
        A sign, word or code -> its currency.
    words
        Codes that are also words or units in capitals (``CUP``, ``PEN``): read only where money is expected.
    shared
        A sign that several currencies share -> those currencies.
    """

    written: dict[str, str]
    words: frozenset[str]
    shared: dict[str, frozenset[str]]


@lru_cache(maxsize=1)
def currency_table() -> Currencies:
    """Return the shipped table."""
    written: dict[str, str] = {}
    words: set[str] = set()
    shared: dict[str, frozenset[str]] = {}
    text = resources.files(__package__).joinpath("currencies.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        currency = row["currency"]
        written.update(dict.fromkeys((currency, *row["signs"].split()), currency))
        if row["word"]:
            words.add(currency)
        if row["may be"]:
            shared[currency] = frozenset(row["may be"].split())
    return Currencies(written, frozenset(words), shared)


def read_currency(text: str, expected: bool = False) -> str | None:
    """Return the currency that a text names, as its code or as a sign that several share.

    Parameters
    ----------
    text
        What stands before or behind an amount.
    expected
        Whether the field is one of money, where codes are read in any case, and those that are also words.
    """
    table = currency_table()
    currency = table.written.get(text)
    if expected:
        return currency or table.written.get(text.upper())
    return None if text in table.words else currency


def agree(a: str, b: str) -> bool:
    """Check whether two currencies do not contradict each other: ``$`` and CAD do not, USD and CAD do."""
    shared = currency_table().shared
    return a == b or a in shared.get(b, ()) or b in shared.get(a, ())


def closer(a: str, b: str) -> str | None:
    """Return the more exact of two ways to name one currency; nothing where they contradict each other."""
    if not agree(a, b):
        return None
    return b if a in currency_table().shared else a


def parted(form: str) -> tuple[str, str]:
    """Split a normal form into the amount and its currency, which may be empty."""
    amount, _, currency = form.partition(MARK)
    return amount, currency


def settled_in(gold: str, amount: str, currency: str) -> str:
    """Write an amount where the gold names one currency for all amounts, or for none.

    Parameters
    ----------
    gold
        The gold's currency.
    amount, currency
        The two parts of a value's normal form, on either side; the currency may be empty.

    Returns
    -------
    str
        The amount alone, so that a currency that one side lacks tells nothing apart; with its currency where
        that contradicts the gold's.
    """
    return amount if not currency or agree(gold, currency) else f"{amount}{MARK}{currency}"


def settled_among(amounts: Mapping[str, Set[str]], amount: str, currency: str) -> str:
    """Write an amount where the gold names currencies for some amounts, or more than one.

    Parameters
    ----------
    amounts
        The gold's amounts, each with the currencies it has there (empty for none).
    amount, currency
        As for `settled_in`.

    Returns
    -------
    str
        As `settled_in` by the currency that the gold has beside this amount. Where it has it in currencies
        that contradict each other, those stay apart, and an amount that names none is taken for the first.
    """
    beside = amounts.get(amount, frozenset())
    named = sorted(filter(None, beside))
    if all(agree(a, b) for a in named for b in named):
        fits = not currency or all(agree(currency, a) for a in named)
        return amount if fits else f"{amount}{MARK}{currency}"
    if currency in beside:
        near: str | None = currency
    else:
        near = next((a for a in named if not currency or agree(currency, a)), None)
    if near is None:
        near = "" if "" in beside else currency
    return f"{amount}{MARK}{near}" if near else amount
