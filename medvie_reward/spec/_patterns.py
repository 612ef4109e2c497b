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
    factor, degree = _cost(parser.parse(pattern), pattern)
    longest = int((_WORK / factor) ** (1 / (degree + 1)))  # a search begins at each character
    if longest < _SHORTEST:
        raise SpecError(
            f"regex {pattern!r}: expected fewer repeats and alternatives; they may take too long together"
        )
    return min(longest, _LONGEST)


def _cost(items: Iterable[Any], pattern: str) -> Cost:
    """Bound the ways in which a sequence can match from one start."""
    factor, degree = 1.0, 0
    for name, value in items:
        more, by = _cost_of(str(name), value, pattern)
        factor, degree = factor * more, degree + by
    return factor, degree


def _cost_of(name: str, value: Any, pattern: str) -> Cost:
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = value
        factor, degree = _cost(inner, pattern)
        if (factor, degree) == (1.0, 0):
            open_ended = most - least > _LONGEST
            return (1.0, 1) if open_ended else (most - least + 1.0, 0)
        if most <= 1:
            return factor + 1, degree
        if least == most and most <= 16:
            return factor**most, degree * int(most)
        raise SpecError(
            f"regex {pattern!r}: expected no repeat or alternatives inside a repeat, whose time has no bound"
        )
    if name == "SUBPATTERN":
        return _cost(value[-1], pattern)
    if name == "ATOMIC_GROUP":
        return _cost(value, pattern)
    if name == "BRANCH":
        costs = [_cost(branch, pattern) for branch in value[1]]
        return sum(factor for factor, _ in costs), max(degree for _, degree in costs)
    if name in ("ASSERT", "ASSERT_NOT"):
        return _cost(value[1], pattern)
    if name == "GROUPREF_EXISTS":
        raise SpecError(f"regex {pattern!r}: expected no condition on a group")
    return (1.0, 1) if name == "GROUPREF" else (1.0, 0)
