"""Regular expressions of rules, with a bound on their time.

Python's engine tries again wherever a repeat may end elsewhere. How often is read off the parsed expression:
the work on a text of n characters is at most ``factor * n ** degree``. An expression whose work has no such
bound, such as ``(a+)+``, is refused, and one with a bound is used only on texts short enough for it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Final

from medvie_reward.errors import SpecError

# The parser of Python's own expressions has another name from 3.11 on.
parser: Any = import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

_WORK: Final = 2_000_000
_LONGEST: Final = 1_000
_SHORTEST: Final = 32
_EXPRESSION: Final = 500  # characters

_REPEATS: Final = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_SIGNS: Final = ("LITERAL", "NOT_LITERAL", "IN", "ANY")
_STARTS: Final = ("AT_BEGINNING", "AT_BEGINNING_STRING")
_NOTHING: Final[frozenset[str]] = frozenset()
# Signs by which places are told apart, those of Latin 1; a place that names others may be any.
_KNOWN: Final = 256
_ALL: Final = frozenset(map(chr, range(_KNOWN)))
_CATEGORIES: Final[dict[str, Callable[[str], bool]]] = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_WORD": lambda sign: sign.isalnum() or sign == "_",
}

Cost = tuple[float, int]
"""A factor and a degree: the work on n characters is at most ``factor * n ** degree``."""


def replace_pattern(pattern: str, replacement: str) -> Callable[[str], str]:
    """Return a function that replaces every match; a text too long for the expression stays as it is.

    Raises
    ------
    SpecError
        If the expression or the replacement is wrong, or the work may grow without a useful bound.
    """
    if len(pattern) > _EXPRESSION:
        raise SpecError(f"regex: expected at most {_EXPRESSION} characters, got {len(pattern)}")
    try:
        compiled = re.compile(pattern)
        longest = _longest_text(pattern)
        compiled.sub(replacement, "")
        parser.parse_template(replacement, compiled)
    except (re.error, IndexError, OverflowError, RecursionError) as error:
        raise SpecError(f"regex {pattern!r} -> {replacement!r}: {error}") from None

    def replaced(text: str) -> str:
        return compiled.sub(replacement, text) if len(text) <= longest else text

    return replaced


def _longest_text(pattern: str) -> int:
    """Return the length of the longest text on which an expression is tried."""
    parsed = parser.parse(pattern)
    factor, degree = _cost(parsed, _NOTHING, pattern)
    first = parsed[0] if len(parsed) else None
    anchored = first is not None and str(first[0]) == "AT" and str(first[1]) in _STARTS
    # A search begins at each character, and each way may read the text once.
    longest = int((_WORK / factor) ** (1 / (degree + (1 if anchored else 2))))
    if longest < _SHORTEST:
        raise SpecError(
            f"regex {pattern!r}: expected fewer repeats and alternatives; they may take too long together"
        )
    return min(longest, _LONGEST)


def _cost(items: Any, after: frozenset[str], pattern: str) -> Cost:
    """Bound the ways in which a sequence can match from one start; ``after`` are signs that may follow it."""
    factor, degree = 1.0, 0
    listed = list(items)
    follow = after
    for name, value in reversed(listed):
        more, by = _cost_of(str(name), value, follow, pattern)
        factor, degree = factor * more, degree + by
        signs, empty = _first(str(name), value)
        follow = signs | follow if empty else signs
    return factor, degree


def _cost_of(name: str, value: Any, after: frozenset[str], pattern: str) -> Cost:
    if name in _REPEATS:
        least, most, inner = value
        signs, _ = _first_of(inner)
        factor, degree = _cost(inner, signs | after, pattern)
        if (factor, degree) == (1.0, 0):
            if len(inner) == 1 and str(inner[0][0]) in _SIGNS and signs.isdisjoint(after):
                # It can end in one place only: to try the others fails at once.
                return (1.0, 0)
            return (1.0, 1) if most - least > _LONGEST else (most - least + 1.0, 0)
        if most <= 1:
            return factor + 1, degree
        if least == most and most <= 16:
            return factor**most, degree * int(most)
        raise SpecError(
            f"regex {pattern!r}: expected no repeat or alternatives inside a repeat, whose time has no bound"
        )
    if name == "SUBPATTERN":
        return _cost(value[-1], after, pattern)
    if name == "ATOMIC_GROUP":
        return _cost(value, after, pattern)
    if name == "BRANCH":
        costs = [_cost(branch, after, pattern) for branch in value[1]]
        return sum(factor for factor, _ in costs), max(degree for _, degree in costs)
    if name in ("ASSERT", "ASSERT_NOT"):
        return _cost(value[1], _ALL, pattern)
    if name == "GROUPREF_EXISTS":
        raise SpecError(f"regex {pattern!r}: expected no condition on a group")
    return (1.0, 1) if name == "GROUPREF" else (1.0, 0)


def _first_of(items: Any) -> tuple[frozenset[str], bool]:
    """Return the signs that a sequence may begin with, and whether it may be empty."""
    found = _NOTHING
    for name, value in items:
        signs, empty = _first(str(name), value)
        found |= signs
        if not empty:
            return found, False
    return found, True


def _first(name: str, value: Any) -> tuple[frozenset[str], bool]:
    if name in _SIGNS:
        return _signs(name, value), False
    if name in _REPEATS:
        signs, empty = _first_of(value[2])
        return signs, empty or value[0] == 0
    if name == "SUBPATTERN":
        return _first_of(value[-1])
    if name == "BRANCH":
        found = [_first_of(branch) for branch in value[1]]
        return frozenset().union(*(signs for signs, _ in found)), any(empty for _, empty in found)
    return (_NOTHING, True) if name == "AT" else (_ALL, True)


def _signs(name: str, value: Any) -> frozenset[str]:
    """Return which of some sample signs, in any case, one place of an expression matches."""
    if name == "ANY":
        return _ALL
    if name == "LITERAL":
        return _cased({chr(value)}) if value < _KNOWN else _ALL
    if name == "NOT_LITERAL":
        return _ALL
    found: set[str] = set()
    for kind, what in value:
        beyond = str(kind) in ("LITERAL", "RANGE") and (what if type(what) is int else what[1]) >= _KNOWN
        if str(kind) == "NEGATE" or beyond:
            return _ALL
        if str(kind) == "LITERAL":
            found.add(chr(what))
        elif str(kind) == "RANGE":
            found.update(sign for sign in _ALL if what[0] <= ord(sign) <= what[1])
        elif str(kind) == "CATEGORY" and (test := _CATEGORIES.get(str(what))) is not None:
            found.update(filter(test, _ALL))
        else:
            return _ALL
    return _cased(found)


def _cased(signs: Iterable[str]) -> frozenset[str]:
    return frozenset(x for sign in signs for x in (sign, *sign.lower(), *sign.upper()))
