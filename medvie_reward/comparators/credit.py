"""What a value that is not equal earns: by how similar a text is, or by how near a number is.

A credit is a whole number of thousandths, below 1,000: only equal values earn all. It is symmetric.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from medvie_reward._core.validate import is_number, shown
from medvie_reward.errors import SpecError

Credit = Callable[[str, str], int]
"""Two different normal forms -> what one earns for the other, in thousandths below 1,000."""

OPTIONS: Final = ("similarity", "abs_tol", "rel_tol")
"""What `credit_of` takes."""

_MOST: Final = 999
# Similarity takes time with the square of the length, and nobody means a page by a field.
_LONGEST: Final = 2_000
_LONGEST_NUMBER: Final = 60
# The forms of numbers, quantities and amounts: a mark of the kind, a bound, the number, and the unit.
_NUMBER: Final = re.compile(r"(\x00?[nq]?:?[<>≤≥~]?)(-?[0-9]+(?:\.[0-9]+)?)(?![0-9.])(.*)", re.DOTALL)


def credit_of(options: Mapping[str, Any]) -> Credit:
    """Return what gives the credit of two different normal forms.

    Parameters
    ----------
    options
        Some of ``similarity`` (a text earns 1 - Levenshtein distance / longer length where that is at least
        this, above 0 to 1), ``abs_tol`` and ``rel_tol`` (a number earns 0.999 where it is at most this far
        away, or at most this share of the larger one; bound and unit must be equal).

    Raises
    ------
    SpecError
        If there is no option, an unknown one, or one is not a number in its range.
    """
    if not options:
        raise SpecError(f"expected some of {', '.join(OPTIONS)}, got none")
    for name, value in options.items():
        if name not in OPTIONS:
            raise SpecError(f"no option {shown(name)}: expected some of {', '.join(OPTIONS)}")
        most = 1.0 if name == "similarity" else float("inf")
        if not is_number(value, 0.0, most) or not value:
            raise SpecError(
                f"{name}: expected a number above 0{' to 1' if most == 1 else ''}, got {shown(value)}"
            )
    least = options.get("similarity")
    near = [Fraction(str(options[name])) if name in options else None for name in ("abs_tol", "rel_tol")]

    def credit(a: str, b: str) -> int:
        if within(a, b, *near):
            return _MOST
        return 0 if least is None else similar(a, b, least)

    return credit


def similar(a: str, b: str, least: float = 0.5) -> int:
    """Return the similarity of two different texts in thousandths; 0 below a share, or if they are long."""
    from rapidfuzz.distance import Levenshtein

    if max(len(a), len(b)) > _LONGEST:
        return 0
    found = float(Levenshtein.normalized_similarity(a, b))
    return min(_MOST, int(found * 1_000)) if found >= least else 0


def within(a: str, b: str, absolute: Fraction | None, relative: Fraction | None) -> bool:
    """Check whether two normal forms are numbers with one bound and unit, and within a tolerance."""
    if absolute is None and relative is None:
        return False
    x, y = _NUMBER.fullmatch(a), _NUMBER.fullmatch(b)
    if x is None or y is None or (x[1], x[3]) != (y[1], y[3]):
        return False
    if max(len(x[2]), len(y[2])) > _LONGEST_NUMBER:
        return False
    p, q = Fraction(Decimal(x[2])), Fraction(Decimal(y[2]))
    apart = abs(p - q)
    if absolute is not None and apart <= absolute:
        return True
    return relative is not None and apart <= relative * max(abs(p), abs(q))
