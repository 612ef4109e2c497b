"""How deep and how large a JSON value is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

_ROUNDED: Final = 2.0**63


class Sizes(NamedTuple):
    """Measures of one JSON value.

    Attributes
    ----------
    depth
        Nesting in containers; one more than the limit where it is deeper than that.
    members
        Members of all objects.
    leaves
        Scalars that are not empty (null, "" or white space only).
    rounded
        Whether some float may be a whole number past 64 bits that the parser rounded.
    """

    depth: int
    members: int
    leaves: int
    rounded: bool


def measure(value: Any, max_depth: int) -> Sizes:
    """Measure a plain JSON value, not going deeper than ``max_depth`` containers."""
    depth = members = leaves = 0
    rounded = False
    level: list[Any] = [[value]]
    while level:
        inner: list[Any] = []
        for container in level:
            values: Iterable[Any] = container
            if container.__class__ is dict:
                members += len(container)
                values = container.values()
            for x in values:
                kind = x.__class__
                if kind is str:
                    if x and not x.isspace():
                        leaves += 1
                elif kind is dict or kind is list:
                    inner.append(x)
                elif x is not None:
                    leaves += 1
                    if kind is float and not -_ROUNDED < x < _ROUNDED:
                        rounded = True
        if not inner:
            break
        depth += 1
        if depth > max_depth:
            break
        level = inner
    return Sizes(depth, members, leaves, rounded)
