"""Add the errors that annotators make: typos, dropped rows, values exchanged between rows.

How much a score or a ranking changes at a given rate shows how clean annotations have to be.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from typing import Any, Final

from medvie_reward._core.json_values import json_leaves, scalar_text
from medvie_reward._core.validate import is_share, require, shown
from medvie_reward.errors import ArgumentError

NOISE_KINDS: Final = ("typos", "dropped_rows", "swapped_values")
"""What `add_noise` can add."""


def add_noise(gold: Any, kind: str, rate: float, rng: random.Random) -> Any:
    """Copy a gold document with noise added.

    ``typos``: each leaf that is not empty gets, with probability ``rate``, one edit of one character that is
    no space: another one of its class in its place, one inserted after it, or it deleted (never the only
    one). A number with a typo becomes a text. ``dropped_rows``: each item of each list is left out with
    probability ``rate``. ``swapped_values``: each cell (a scalar member of an object in a list, not empty)
    is, with probability ``rate / 2``, exchanged with that of another row of its list whose text differs, so
    that about ``rate`` of the cells change: less where the rate is high, since cells may change twice, and
    none in a column of one value.

    With equal states of ``rng``, the typos and the drops at a lower rate are among those at a higher one, so
    that a higher rate adds noise and changes none of a lower rate.

    Parameters
    ----------
    gold
        A plain JSON value; left as it is.
    kind
        One of `NOISE_KINDS`.
    rate
        0 to 1.
    rng
        Where all chance comes from.

    Raises
    ------
    ArgumentError
        If the kind or the rate is not one of these.
    """
    check_noise(kind, rate)
    if kind == "typos":
        return _mistype(gold, rate, rng, _letters(gold))
    return _drop(gold, rate, rng) if kind == "dropped_rows" else _swap(gold, rate, rng)


def check_noise(kind: str = NOISE_KINDS[0], rate: float = 0.0) -> None:
    """Check a kind and a rate of noise.

    Raises
    ------
    ArgumentError
        If the kind or the rate is not one of these.
    """
    if kind not in NOISE_KINDS:
        raise ArgumentError(f"no noise {shown(kind)}: expected one of {', '.join(NOISE_KINDS)}")
    require(is_share(rate), "rate of noise", "a number from 0 to 1", rate)


def count_changes(before: Any, after: Any) -> int:
    """Count the leaves of a gold that noise of one kind changed or dropped; places, also blank ones."""
    one, other = list(_cells(before)), list(_cells(after))
    if len(one) != len(other):
        return len(_texts(before)) - len(_texts(after))
    return sum(a != b for a, b in zip(one, other, strict=True))


def _texts(value: Any) -> list[str]:
    return [text for _, text, _, _ in json_leaves(value, str.strip)]


def _cells(value: Any) -> Iterator[str]:
    if type(value) is dict or type(value) is list:
        for x in value.values() if type(value) is dict else value:
            yield from _cells(x)
    else:
        yield scalar_text(value)


# -- typos ---------------------------------------------------------------------------------------------


def _letters(gold: Any) -> dict[str, list[str]]:
    """Return class -> the characters that a typo may bring in: those of the document, and the Latin ones."""
    found = {char for text in _texts(gold) for char in text if not char.isspace()}
    made: dict[str, set[str]] = {}
    for char in found | set(string.digits) | set(string.ascii_letters) | set(".-"):
        made.setdefault(_class(char), set()).add(char)
    return {name: sorted(chars) for name, chars in made.items()}


def _class(char: str) -> str:
    if char.isdigit():
        return "digit"
    if char.isalpha():
        return "upper" if char.isupper() else "lower" if char.islower() else "letter"
    return "sign"


def _mistype(value: Any, rate: float, rng: random.Random, letters: dict[str, list[str]]) -> Any:
    if type(value) is dict:
        return {key: _mistype(x, rate, rng, letters) for key, x in value.items()}
    if type(value) is list:
        return [_mistype(x, rate, rng, letters) for x in value]
    text = scalar_text(value)
    places = [n for n, char in enumerate(text) if not char.isspace()]
    if not places:
        return value
    # Drawn for every leaf, so that another rate meets the same draws.
    chance, where, how, which = (rng.random() for _ in range(4))
    if chance >= rate:
        return value
    at = places[int(where * len(places))]
    others = [char for char in letters[_class(text[at])] if char != text[at]]
    # A document's only character of its class (one Chinese character, say) has none that could replace it.
    new = others[int(which * len(others))] if others else text[at] * 2
    edits = (new, text[at] + (others[int(which * len(others))] if others else text[at]), "")
    kind = int(how * (3 if len(places) > 1 else 2))
    return text[:at] + edits[kind] + text[at + 1 :]


# -- rows ----------------------------------------------------------------------------------------------


def _drop(value: Any, rate: float, rng: random.Random) -> Any:
    if type(value) is dict:
        return {key: _drop(x, rate, rng) for key, x in value.items()}
    if type(value) is list:
        # Inner lists first: also those of rows that go draw, so that another rate meets the same draws.
        return [item for item in [_drop(x, rate, rng) for x in value] if rng.random() >= rate]
    return value


def _swap(value: Any, rate: float, rng: random.Random) -> Any:
    if type(value) is dict:
        return {key: _swap(x, rate, rng) for key, x in value.items()}
    if type(value) is not list:
        return value
    items = [_swap(x, rate, rng) for x in value]
    rows = [item for item in items if type(item) is dict]
    for key in dict.fromkeys(key for row in rows for key in row):
        column = [row for row in rows if key in row and type(row[key]) not in (dict, list)]
        for row in column:
            text = scalar_text(row[key])
            if not text.strip() or rng.random() >= rate / 2:
                continue
            others = [other for other in column if scalar_text(other[key]) != text]
            if others:
                other = rng.choice(others)
                row[key], other[key] = other[key], row[key]
    return items
