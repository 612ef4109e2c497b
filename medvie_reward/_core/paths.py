"""The places of values as text: ``Indicators[3].Result`` is a path, ``Indicators[].Result`` its field.

Names are joined by dots, ``[3]`` is a position in a list and ``[]`` (in rules also ``[*]``) any position. A
name with a dot, a bracket, a quote or odd whitespace is written as JSON in brackets: ``["a.b"]``.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

Place = tuple[Any, ...]
"""A place in a tree, as (the place above it, the step from there): cheap to make on the way down."""

ROOT: Final[Place] = ()

# Names that need no quotes in a path: no syntax of paths in them, no whitespace but inner spaces.
_BARE: Final = re.compile(r"[^\s.\[\]\"\\]+( [^\s.\[\]\"\\]+)*")

# One step of a path: a quoted name, a bare name with the dot before it, or a position or list mark. A quoted
# name is one step whatever it holds, so that no bracket in it reads as a position.
_STEP: Final = re.compile(r'\[("(?:[^"\\]|\\.)*")\]|(?:^|\.)([^.\[\]"\\]+)|\[(\d+|\*?)\]')


# -- written -------------------------------------------------------------------------------------------


def member_path(path: str, key: str) -> str:
    """Append an object member to a path: ``a`` + ``b`` gives ``a.b``; odd names are quoted."""
    if _BARE.fullmatch(key) is None:
        return f"{path}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{path}.{key}" if path else key


def item_path(path: str, index: int) -> str:
    """Append a list item to a path: ``a`` + 3 gives ``a[3]``."""
    return f"{path}[{index}]"


def path_text(place: Place) -> str:
    """Write a place with its positions: ``((((), "a"), 3), "b")`` gives ``a[3].b``; the root is ``$``."""
    text = ""
    for step in _steps(place):
        text = item_path(text, step) if isinstance(step, int) else member_path(text, step)
    return text or "$"


def json_path(place: Place) -> str:
    """Write a place as errors name it: ``((((), "a"), 3), "b")`` gives ``$.a[3].b``."""
    path = path_text(place)
    return path if not place else f"${path}" if path[0] == "[" else f"$.{path}"


def field_text(place: Place) -> str:
    """Write the field of a place, positions left out: ``((((), "a"), 3), "b")`` gives ``a[].b``."""
    text = ""
    for step in _steps(place):
        text = f"{text}[]" if isinstance(step, int) else member_path(text, step)
    return text or "$"


def shape(place: Place) -> tuple[str | int, ...]:
    """Return the steps to a place with all positions 0: the same for all leaves of one field."""
    return tuple(0 if type(step) is int else step for step in _steps(place))


def _steps(place: Place) -> list[str | int]:
    steps: list[str | int] = []
    while place:
        place, step = place
        steps.append(step)
    steps.reverse()
    return steps


# -- read ----------------------------------------------------------------------------------------------


def match_step(path: str, at: int) -> re.Match[str] | None:
    """Match the step of a path that begins at a character; ``None`` if none does.

    Its groups are a quoted name with its quotes, a bare name, and what stands in the brackets of a list mark;
    two of them are ``None``.
    """
    return _STEP.match(path, at)


def list_prefixes(path: str) -> list[str]:
    """Return a path up to each position or list mark: ``a[3].b[0].c`` gives ``a[3]`` and ``a[3].b[0]``."""
    return [path[: step.end()] for step in _STEP.finditer(path) if step[3] is not None]


def innermost_row(path: str) -> str:
    """Return the path of the innermost row, or of the innermost list of a field; empty outside lists."""
    prefixes = list_prefixes(path)
    return prefixes[-1] if prefixes else ""


def without_positions(path: str) -> str:
    """Return the field of a path: ``a[3].b`` gives ``a[].b``."""
    return _STEP.sub(lambda step: step[0] if step[3] is None else "[]", path)


def positions(path: str) -> str:
    """Return the positions alone: ``a[3].b[0].c`` gives ``[3][0]``."""
    return "".join(step[0] for step in _STEP.finditer(path) if step[3] is not None)
