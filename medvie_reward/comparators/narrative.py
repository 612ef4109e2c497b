"""Long free text, graded by similarity where a spec asks for it."""

from __future__ import annotations

from typing import Final

_LEAST: Final = 0.5


def similarity(a: str, b: str) -> float:
    """Return what a wrong text earns: 1 - Levenshtein distance / longer length, 0 below one half.

    Never to be used for values, units or ranges: one wrong character there is a wrong result.
    """
    from rapidfuzz.distance import Levenshtein

    found = float(Levenshtein.normalized_similarity(a, b))
    return found if found >= _LEAST else 0.0
