"""Families of odd characters and numbers: look-alikes, invisible characters, numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from medvie_reward._core.json_values import is_empty
from medvie_reward.audits._case import Attack, Case, Trial, as_text, dump, inside, instead
from medvie_reward.audits._documents import decoy, filled, on_leaves
from medvie_reward.audits._relations import LESS, NO_MORE, NOTHING, less_by

# Cyrillic and Greek letters that look like Latin ones.
_LOOKS_LIKE: Final = str.maketrans(
    "aceopxyABCEHKMOPTXI",
    "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425\u0399",
)
_DIGITS: Final = str.maketrans("01", "Ol")
_RAISED: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
_POWER: Final = re.compile(r"\^")
_HIDDEN: Final = "\u200b"
_RTL: Final = "\u202e"
_END: Final = "\u202c"


def _texts(case: Case, change: Callable[[str], str], share: float = 0.1) -> Iterable[Trial]:
    """Change the texts of a document, where a share of its leaves changes by that."""
    changed = sum(isinstance(value, str) and change(value) != value for _, value in case.leaves)
    if not changed or changed < share * len(case.leaves):
        return []
    return instead(case, on_leaves(case.gold, lambda x: change(x) if isinstance(x, str) else x))


def _names(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {change(name): _names(member, change) for name, member in value.items()}
    return [_names(item, change) for item in value] if isinstance(value, list) else value


def _renamed(case: Case, change: Callable[[str], str]) -> Iterable[Trial]:
    """Change the names of all members, where most leaves have another path by that."""
    changed = sum(
        any(isinstance(part, str) and change(part) != part for part in path) for path, _ in case.leaves
    )
    return instead(case, _names(case.gold, change)) if changed * 2 > len(case.leaves) else []


def _shadowed(value: Any) -> Any:
    """Write each member again, under a name that looks the same, with another value."""
    if isinstance(value, dict):
        made: dict[str, Any] = {}
        for name, member in value.items():
            made[name] = _shadowed(member)
            if not isinstance(member, (dict, list)) and not is_empty(member):
                made[f"{name}{_HIDDEN}"] = decoy(member)
        return made
    return [_shadowed(item) for item in value] if isinstance(value, list) else value


def _numbers(case: Case, token: str) -> str:
    """Write the document with a token of JSON, or of what is none, for every value that has a digit."""
    mark = "\ue000"
    made = on_leaves(case.gold, lambda x: mark if any(sign.isdigit() for sign in str(x)) else x)
    return dump(made).replace(dump(mark), token)


def _marked(case: Case, escape: str) -> str:
    """Write the document with an escape of JSON at the end of every value."""
    mark = "\ue000"
    return dump(on_leaves(case.gold, lambda x: f"{x}{mark}")).replace(mark, escape)


def _tokens(case: Case, *tokens: str) -> Iterable[Trial]:
    hits = sum(any(sign.isdigit() for sign in str(value)) for _, value in case.leaves)
    return inside(case, *(_numbers(case, token) for token in tokens)) if hits * 10 >= len(case.leaves) else []


CHARACTERS: Final = (
    Attack(
        "letters-of-another-script",
        "look-alikes",
        "Latin letters of values written with Cyrillic and Greek ones.",
        less_by(0.05),
        lambda c: _texts(c, lambda x: x.translate(_LOOKS_LIKE)),
        "Latin letters in a tenth of the values",
    ),
    Attack(
        "names-of-another-script",
        "look-alikes",
        "Latin letters of members' names written with Cyrillic ones.",
        less_by(0.05),
        lambda c: _renamed(c, lambda x: x.translate(_LOOKS_LIKE)),
        "Latin names",
    ),
    Attack(
        "letters-for-digits",
        "look-alikes",
        "O for 0 and l for 1.",
        less_by(0.05),
        lambda c: _texts(c, lambda x: x.translate(_DIGITS)),
        "0 or 1 in a tenth of the values",
    ),
    Attack(
        "powers-flattened",
        "look-alikes",
        "10^9 written as 109, and raised digits as plain ones.",
        LESS,
        lambda c: _texts(c, lambda x: _POWER.sub("", x.translate(_RAISED)), 0),
        "a power",
    ),
    Attack(
        "zero-width-alone",
        "invisible",
        "Zero-width characters for every value.",
        NOTHING,
        lambda c: instead(c, *(filled(c.gold, sign) for sign in (_HIDDEN, "\u2060\ufeff", "\u00ad\u200d"))),
    ),
    Attack(
        "zero-width-within",
        "invisible",
        "A zero-width space in every value.",
        NO_MORE,
        lambda c: instead(c, on_leaves(c.gold, lambda x: f"{str(x)[:1]}{_HIDDEN}{str(x)[1:]}")),
    ),
    Attack(
        "names-shadowed",
        "invisible",
        "Every member again with a zero-width space in its name, and another value.",
        NO_MORE,
        lambda c: instead(c, _shadowed(c.gold)),
    ),
    Attack(
        "values-turned",
        "invisible",
        "Every text reversed, within marks that show it the right way.",
        less_by(0.20),
        lambda c: _texts(c, lambda x: f"{_RTL}{x[::-1]}{_END}" if x != x[::-1] else x, 0.5),
        "texts of more than a character",
    ),
    Attack(
        "marks-around",
        "invisible",
        "A byte order mark and bidi marks around the completion.",
        NO_MORE,
        lambda c: as_text(
            f"\ufeff{c.text(c.gold)}", f"\u200f{c.text(c.gold)}{_RTL}", c.wrap(f"\ufeff{c.json}\u200e")
        ),
    ),
    Attack(
        "control-characters",
        "invisible",
        "Control characters and lone surrogates in every value.",
        NO_MORE,
        lambda c: inside(c, *(_marked(c, mark) for mark in (r"\u0000", r"\ud800", r"\u001b[31m"))),
    ),
    Attack(
        "huge-digits",
        "numbers",
        "Six thousand digits, as a text and as a number, for every number.",
        less_by(0.05),
        lambda c: _tokens(c, f'"{"7" * 6000}"', "7" * 6000, f"0.{'0' * 6000}1"),
        "digits in a tenth of the values",
    ),
    Attack(
        "huge-exponents",
        "numbers",
        "1e999, -1e999 and 1e-999999999 for every number.",
        less_by(0.05),
        lambda c: _tokens(c, "1e999", "-1e999", "1e-999999999", '"1e999999999"'),
        "digits in a tenth of the values",
    ),
    Attack(
        "not-finite",
        "numbers",
        "NaN and Infinity for every number.",
        less_by(0.05),
        lambda c: _tokens(c, "NaN", "Infinity", "-Infinity", '"NaN"', '"inf"'),
        "digits in a tenth of the values",
    ),
    Attack(
        "odd-numbers",
        "numbers",
        "-0, 0x10, 1_000 and true for every number.",
        less_by(0.05),
        lambda c: _tokens(c, "-0", "0x10", "1_000", "true", '"0"', '"-0.0"'),
        "digits in a tenth of the values",
    ),
)
