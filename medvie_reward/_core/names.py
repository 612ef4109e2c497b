"""Lists of names and counted nouns in messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_MOST: Final = 5


def first_names(names: Sequence[str]) -> str:
    """Return the first five names, quoted and separated by commas, with an ellipsis if there are more."""
    return first_few([repr(name) for name in names[: _MOST + 1]])


def first_few(texts: Sequence[str]) -> str:
    """Return the first five strings as they are, separated by commas, with an ellipsis if there are more."""
    return ", ".join(texts[:_MOST]) + ", …" * (len(texts) > _MOST)


def plural(names: Sequence[str]) -> str:
    """Return ``s`` if there is more than one name, else nothing."""
    return "s" * (len(names) > 1)


def counted(n: int, noun: str, many: str = "") -> str:
    """Return a number with its noun: ``1 row``, ``2,000 rows``; ``many`` is a plural without an ``s``."""
    return f"{n:,} {noun if n == 1 else many or noun + 's'}"
