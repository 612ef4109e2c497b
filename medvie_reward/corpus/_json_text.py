"""The text of one JSON value -> the texts of the values in it; and rows that break the rules of JSON.

A row is never read and written again on its way to be scored: whatever is wrong with it (a member that comes
twice, a number that is none) is still there to be seen.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Generator, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, Final, NamedTuple

from medvie_reward._core.paths import member_path

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Item(NamedTuple):
    """A value in a list, an object or a text of several values: its name, where it has one, and its text."""

    key: str | None
    text: str


def items_of(text: str) -> Iterator[Item]:
    """Split the text of a list, of an object, or of several values one after the other, into values.

    Raises
    ------
    json.JSONDecodeError
        If it is none of these.
    """
    decoder = json.JSONDecoder()
    at = _after(text, 0)
    if text[at : at + 1] == "[":
        at = yield from _inside(text, at, "]", decoder)
    elif text[at : at + 1] == "{":
        at = yield from _inside(text, at, "}", decoder)
    if at < len(text):
        raise json.JSONDecodeError("Extra data", text, at)


def values_of(text: str) -> Iterator[str]:
    """Split a text of several values, one after the other, into their texts; raises as `items_of` does."""
    decoder = json.JSONDecoder()
    at = _after(text, 0)
    while at < len(text):
        _, end = decoder.raw_decode(text, at)
        yield text[at:end]
        at = _after(text, end)


def _inside(text: str, at: int, closing: str, decoder: json.JSONDecoder) -> Generator[Item, None, int]:
    at = _after(text, at + 1)
    if text[at : at + 1] == closing:
        return _after(text, at + 1)
    while True:
        key = None
        if closing == "}":
            if text[at : at + 1] != '"':
                raise json.JSONDecodeError("Expecting property name enclosed in double quotes", text, at)
            key, at = scanstring(text, at + 1)
            at = _after(text, at)
            if text[at : at + 1] != ":":
                raise json.JSONDecodeError("Expecting ':' delimiter", text, at)
            at = _after(text, at + 1)
        _, end = decoder.raw_decode(text, at)
        yield Item(key, text[at:end])
        at = _after(text, end)
        mark = text[at : at + 1]
        at = _after(text, at + 1)
        if mark == closing:
            return at
        if mark != ",":
            raise json.JSONDecodeError("Expecting ',' delimiter", text, end)


def _after(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


# -- rows that break the rules -------------------------------------------------------------------------


class Repeated(dict[str, Any]):
    """An object in which a member came twice; ``member`` names it."""

    member: str = ""


class Flaw(NamedTuple):
    """What is wrong in a value: the status that a prediction has by it, what was expected, and where."""

    status: str
    reason: str
    path: str


def decode_leniently(text: str) -> Any:
    """Decode JSON text, with NaN and Infinity as floats and members that come twice as `Repeated`.

    Raises
    ------
    json.JSONDecodeError, RecursionError
        If it is something else, or nests too deep.
    """

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        seen: set[str] = set()
        odd = Repeated(made)
        odd.member = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        return odd

    def integer(digits: str) -> int | str:
        # Python refuses to turn thousands of digits into an int; as text they still compare exactly.
        return int(digits) if len(digits) <= 600 else digits

    return json.loads(text, object_pairs_hook=members, parse_int=integer)


def flaw_of(value: Any, max_depth: int) -> Flaw | None:
    """Find the first thing in a value that no JSON text may have."""
    level: list[tuple[str, int, Any]] = [("$", 1, value)]
    while level:
        path, depth, x = level.pop()
        if isinstance(x, (dict, list)) and depth > max_depth:
            short = path if len(path) <= 60 else path[:57] + "..."
            return Flaw("too_deep", f"nests deeper than {max_depth} containers", short)
        if isinstance(x, dict):
            if isinstance(x, Repeated):
                return Flaw(
                    "duplicate_member", f"has the member {x.member!r} twice", member_path(path, x.member)
                )
            level.extend((member_path(path, name), depth + 1, y) for name, y in reversed(x.items()))
            odd = next((name for name in x if _LONE_SURROGATE.search(name)), None)
            if odd is not None:
                return Flaw("bad_unicode", "has a lone surrogate in a member's name", path)
        elif type(x) is list:
            level.extend((f"{path}[{n}]", depth + 1, x[n]) for n in range(len(x) - 1, -1, -1))
        elif type(x) is float and not math.isfinite(x):
            shown = "NaN" if x != x else f"{'-' * (x < 0)}Infinity or a number past the range of a float"
            return Flaw("not_finite", f"expected a finite number, got {shown}", path)
        elif type(x) is str and not x.isascii() and _LONE_SURROGATE.search(x):
            return Flaw("bad_unicode", "has a lone surrogate in a string", path)
    return None
