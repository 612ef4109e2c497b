"""What is wrong with a text that should have been JSON, and where."""

from __future__ import annotations

import json
from typing import Any

import orjson

from medvie_reward._core.json_values import plain
from medvie_reward._core.paths import ROOT, Place, json_path


class _Twice:
    """Stands where a member was given twice."""


def fault_of_text(
    text: str, error: type[Exception], max_depth: int, what: str, status: str, detail: str = ""
) -> Exception:
    """Return the error for a text that is no JSON, or more than JSON: NaN, a member twice, too deep.

    Parameters
    ----------
    text
        The text.
    error
        The error class.
    max_depth
        Deepest nesting allowed, in containers.
    what
        Name of the value for the message, such as ``gold``.
    status, detail
        What `decode` said of it.

    Returns
    -------
    Exception
        An ``error`` that gives the JSON path, or line and column where the text is no JSON.
    """
    start = f"{what}: expected JSON text"
    try:
        value = json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        return error(f"{start}: {status}: expected at most the spec's max_depth of nested containers")
    except ValueError as bad:
        return error(f"{start}: {_syntax_error(text) or bad}")
    twice = _place_of_twice(value)
    if twice is not None:
        return error(f"{start}: {status}: got the member {twice[-1]!r} twice - at {json_path(twice)}")
    try:
        plain(value, error, max_depth, f"{start}: {status}")
    except error as found:
        return found
    return error(f"{start}: {detail or status}")


def _syntax_error(text: str) -> str:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return str(error)
    return ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        known: set[str] = set()
        for name, _ in pairs:
            if name in known:
                made[name] = _Twice()
            known.add(name)
    return made


def _place_of_twice(value: Any) -> Place | None:
    waiting: list[tuple[Any, Place]] = [(value, ROOT)]
    while waiting:
        x, place = waiting.pop()
        if type(x) is _Twice:
            return place
        if type(x) is dict:
            waiting.extend([(inner, (place, name)) for name, inner in reversed(x.items())])
        elif type(x) is list:
            waiting.extend([(inner, (place, n)) for n, inner in reversed(list(enumerate(x)))])
    return None
