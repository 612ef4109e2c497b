"""Lists of names in messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_MOST: Final = 5


def first_names(names: Sequence[str]) -> str:
    """Return the first five names, quoted and separated by commas, with an ellipsis if there are more."""
    return ", ".join(map(repr, names[:_MOST])) + ", …" * (len(names) > _MOST)


def plural(names: Sequence[str]) -> str:
    """Return ``s`` if there is more than one name, else nothing."""
    return "s" * (len(names) > 1)
