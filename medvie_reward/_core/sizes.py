"""How deep and how large a JSON value is."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

ROUNDED: Final = 2.0**63
"""A float from here on may be an integer past 64 bits that orjson rounded."""


class Sizes(NamedTuple):
    """Measures of one JSON value.

    Attributes
    ----------
    depth
        Nesting in containers; one more than the limit where it is deeper than that.
    members
        Members of all objects.
    texts
        Values that are strings, names of members not counted.
    rounded
        Whether some float may be an integer past 64 bits that the parser rounded.
    """

    depth: int
    members: int
    texts: int
    rounded: bool


def measure(value: Any, max_depth: int) -> Sizes:
    """Measure a plain JSON value, not going deeper than ``max_depth`` containers."""
    depth = members = texts = 0
    rounded = False
    values = [value]
    while True:
        # Strings are nearly all there is, so they are counted without being looked at one by one.
        others = [x for x in values if x.__class__ is not str]
        texts += len(values) - len(others)
        values = []
        nested = False
        for x in others:
            kind = x.__class__
            if kind is dict:
                nested = True
                members += len(x)
                values += x.values()
            elif kind is list:
                nested = True
                values += x
            elif kind is float and not -ROUNDED < x < ROUNDED:
                rounded = True
        if not nested or depth == max_depth:
            break
        depth += 1
    return Sizes(depth + nested, members, texts, rounded)


def count_leaves(value: Any) -> int:
    """Count the scalars of a plain JSON value that are not empty (null, "" or whitespace only)."""
    leaves = 0
    level: list[Any] = [value]
    while level:
        x = level.pop()
        if x.__class__ is dict:
            level.extend(x.values())
        elif x.__class__ is list:
            level.extend(x)
        elif x.__class__ is str:
            leaves += bool(x) and not x.isspace()
        else:
            leaves += x is not None
    return leaves
