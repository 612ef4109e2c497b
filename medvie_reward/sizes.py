"""How deep and how large a JSON value is, measured level by level at C speed."""

from __future__ import annotations

from itertools import chain
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
    level: list[Any] = [value]
    depth = members = leaves = 0
    rounded = False
    while True:
        kinds = set(map(type, level))
        if float in kinds and any(abs(x) >= _ROUNDED for x in level if type(x) is float):
            rounded = True
        leaves += len(level)
        if type(None) in kinds:
            leaves -= level.count(None)
        if str in kinds:
            texts = level if len(kinds) == 1 else [x for x in level if type(x) is str]
            leaves -= list(map(str.strip, texts)).count("")
        if dict not in kinds and list not in kinds:
            return Sizes(depth, members, leaves, rounded)
        depth += 1
        objects = [x for x in level if type(x) is dict]
        leaves -= len(objects)
        members += sum(map(len, objects))
        inner = list(chain.from_iterable(map(dict.values, objects)))
        if list in kinds:
            lists = [x for x in level if type(x) is list]
            leaves -= len(lists)
            inner.extend(chain.from_iterable(lists))
        if depth > max_depth:
            return Sizes(depth, members, leaves, rounded)
        level = inner
