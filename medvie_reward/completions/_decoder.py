"""Decode a JSON string exactly, or return the status that explains the failure.

orjson is used when its result is exact. When it is not (integers past 64 bits, repeated members) or orjson
fails, Python's own parser decides, and the failure gets a status.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection
from itertools import chain
from typing import Any, Final, NamedTuple

import orjson

from medvie_reward._core.sizes import ROUNDED, measure


class _Absent:
    """The one value that means a missing answer (``None`` is JSON's null)."""

    _instance: _Absent | None = None

    def __new__(cls) -> _Absent:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


class Decoded(NamedTuple):
    """A value or `ABSENT`, the status that goes with it, and what exactly is wrong where that is known."""

    value: Any
    status: str
    detail: str = ""


_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def decode(text: str, max_depth: int) -> Decoded:
    """Decode one JSON text.

    Parameters
    ----------
    text
        The text; whitespace around it is allowed.
    max_depth
        Deepest nesting allowed, in containers.

    Returns
    -------
    Decoded
        With one of the statuses ``ok``, ``not_an_object``, ``duplicate_member``, ``bad_json``, ``truncated``,
        ``not_finite``, ``bad_unicode`` and ``too_deep``.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _decode_slowly(text, max_depth)
    return _if_exact(value, text, max_depth) or _decode_slowly(text, max_depth)


def decode_utf8(text: bytes, max_depth: int) -> Decoded:
    """Decode one JSON text in UTF-8, as `decode` does.

    Raises
    ------
    UnicodeDecodeError
        If it is not UTF-8.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return decode(text.decode(), max_depth)
    # What is counted in it are ASCII characters, single bytes in UTF-8; so it need not be decoded for that.
    return _if_exact(value, text.decode("latin-1"), max_depth) or _decode_slowly(text.decode(), max_depth)


def _if_exact(value: Any, text: str, max_depth: int) -> Decoded | None:
    """Return what orjson read if that is surely all of the text, or too deep."""
    if _surely_whole(text, value, max_depth):
        return Decoded(value, "ok")
    sizes = measure(value, max_depth)
    if sizes.depth > max_depth:
        return Decoded(ABSENT, "too_deep")
    # orjson rounds integers past 64 bits to a float and silently keeps the last of two equal members.
    if sizes.rounded or _may_repeat_members(text, sizes.members, sizes.texts):
        return None
    return Decoded(value, _status(value))


def _status(value: Any) -> str:
    return "ok" if type(value) is dict else "not_an_object"


# An object, one in it, a list in that, a row in the list, and an empty object in the row.
_ROW_LEVELS: Final = 5
# An object that wraps another one has few members besides.
_WRAPPED: Final = 4


def _surely_whole(text: str, value: Any, max_depth: int) -> bool:
    """Prove that orjson kept all of a text, mostly without looking at its values; False proves nothing.

    Made for an object of scalars and of lists of rows, and for a small object around such objects. Outside
    strings there is one colon for every member that was written, so colons that members and strings kept
    account for leave none for a member that was dropped, or for an object that was not looked into. An
    opening bracket that no such list accounts for may be a list inside a row. Without either, nothing nests
    deeper than an empty object in a row. What is left is that a number was rounded: there is none where
    quotes tell that all values are texts.
    Characters are looked for one at a time: that is many times faster than looking for two.
    """
    if value.__class__ is not dict or max_depth < _ROW_LEVELS:
        return False
    kept: Collection[Any] = value.values()
    inner = [x for x in kept if x.__class__ is dict] if len(value) <= _WRAPPED else []
    if inner:
        kept = [*kept, *chain.from_iterable(map(dict.values, inner))]
    lists = [x for x in kept if x.__class__ is list]
    at = -1
    for _ in lists:
        at = text.find("[", at + 1)
    if text.find("[", at + 1) >= 0:
        return False
    rows = lists[0] if len(lists) == 1 else list(chain.from_iterable(lists))
    if rows and set(map(type, rows)) != {dict}:
        return False
    members = len(kept) + sum(map(len, rows))
    colons = text.count(":") - members
    escapes = "\\" in text  # an escaped colon would be one more in a kept string than the text shows
    if colons:
        strings = "".join([x for x in kept if x.__class__ is str])
        if escapes or colons != strings.count(":"):
            return False
    if not escapes and text.count('"') == 2 * (2 * members - len(lists) - len(inner)):
        return True
    values = chain(kept, chain.from_iterable(map(dict.values, rows)))
    large = [x for x in values if x.__class__ is float and not -ROUNDED < x < ROUNDED]
    return not large


def _may_repeat_members(text: str, members: int, texts: int) -> bool:
    """Check cheaply that no object names a member twice; True means that only the slow path can tell.

    Every name and every string stands between two quotes of its own, so as many quotes as the kept ones need
    prove that none was dropped. Escaped quotes are others, and so easily counted only where no backslash is
    itself escaped. There a second proof is left: where no whitespace stands before a colon, every member was
    written as one ``":"`` after its quote; a quote and colon inside a string only raise that count.
    """
    quotes = text.count('"') - 2 * (members + texts)
    if "\\" not in text:
        return quotes != 0
    if "\\\\" not in text:
        return quotes != text.count('\\"')
    if text.count('":') != members or " :" in text or "\n:" in text:
        return True
    return ("\t" in text and "\t:" in text) or ("\r" in text and "\r:" in text)


class _NotFiniteError(Exception):
    """A number that no finite 64-bit float holds."""


def _decode_slowly(text: str, max_depth: int) -> Decoded:
    """Decode exactly, member by member, and name what is wrong where that fails."""
    if nests_deeper(text, max_depth):  # asked before Python's parser recurses
        return Decoded(ABSENT, "too_deep")
    if _LONE_SURROGATE.search(text) is not None:
        return Decoded(ABSENT, "bad_unicode")
    repeated = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        made = dict(pairs)
        repeated = repeated or len(made) != len(pairs)
        return made

    def number(digits: str) -> float:
        x = float(digits)
        if not math.isfinite(x):
            raise _NotFiniteError
        return x

    def integer(digits: str) -> int | str:
        # Python refuses to turn thousands of digits into an int; as text they still compare exactly.
        return int(digits) if len(digits) <= 600 else digits

    def constant(_: str) -> float:
        raise _NotFiniteError

    try:
        value = json.loads(
            text,
            object_pairs_hook=members,
            parse_float=number,
            parse_int=integer,
            parse_constant=constant,
        )
    except _NotFiniteError:
        return Decoded(ABSENT, "not_finite")
    except json.JSONDecodeError as error:
        status = "truncated" if _ends_inside(text, error.pos) else "bad_json"
        return Decoded(ABSENT, status, _explained(error))
    if _has_lone_surrogate(value):
        return Decoded(ABSENT, "bad_unicode")
    return Decoded(value, "duplicate_member" if repeated else _status(value))


def _explained(error: json.JSONDecodeError) -> str:
    """Say what a syntax error is, and where in the JSON it stands."""
    mark = error.doc[error.pos : error.pos + 1]
    reason = error.msg[:1].lower() + error.msg[1:]
    if error.msg.startswith("Invalid control character") and mark:
        reason = f"a raw {_CONTROLS.get(mark, 'control character')} (U+{ord(mark):04X}) inside a string"
        reason += f", where JSON has {json.dumps(mark)[1:-1]}"
    elif mark == "\\" and error.msg.startswith("Expecting"):  # outside of a string
        reason = ESCAPED
    return f"line {error.lineno}, column {error.colno}: {reason}"


ESCAPED: Final = "its quotes are escaped: the text is JSON inside a JSON string"
"""What is wrong with JSON that was written as a JSON string without the quotes around it."""

_CONTROLS: Final = {"\n": "line break", "\r": "carriage return", "\t": "tab"}


def _ends_inside(text: str, error_at: int) -> bool:
    """Tell a text that ends inside its JSON from one with a syntax error before its end."""
    depth, last = 0, None
    for token in _TOKEN.finditer(text):
        last = token
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
    if last is not None and last[0][0] == '"' and not _closed(last[0]):
        return last.start() <= error_at
    rest = text[error_at:].strip()
    # A number, word or colon cut short is an error at its start: "tru", "-", "1.".
    return depth > 0 and re.fullmatch(r"[-+.\w]*", rest) is not None


def _closed(string: str) -> bool:
    body = string[1:-1]
    return len(string) > 1 and string[-1] == '"' and (len(body) - len(body.rstrip("\\"))) % 2 == 0


def _has_lone_surrogate(value: Any) -> bool:
    level: list[Any] = [value]
    while level:
        x = level.pop()
        if type(x) is str:
            if not x.isascii() and _LONE_SURROGATE.search(x) is not None:
                return True
        elif type(x) is dict:
            level.extend(x)
            level.extend(x.values())
        elif type(x) is list:
            level.extend(x)
    return False


def closing(text: str, start: int, max_depth: int) -> tuple[str, int]:
    """Find where the container that begins at ``start`` ends.

    Returns
    -------
    tuple of str and int
        An empty string and its end; else the status that this is, and how far the search went.
    """
    open_ones: list[str] = []
    for token in _TOKEN.finditer(text, start):
        mark = token[0]
        if mark in ("{", "["):
            open_ones.append("}" if mark == "{" else "]")
            if len(open_ones) > max_depth:
                return "too_deep", token.end()
        elif mark in ("}", "]"):
            if open_ones.pop() != mark:
                return "bad_json", token.end()
            if not open_ones:
                return "", token.end()
    return "truncated", len(text)


def nests_deeper(text: str, max_depth: int) -> bool:
    """Check whether brackets outside strings ever nest deeper than ``max_depth``."""
    # As many containers as brackets that open: most texts are settled by that alone.
    if text.count("{") + text.count("[") <= max_depth:
        return False
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("{", "["):
            depth += 1
            if depth > max_depth:
                return True
        elif token[0] in ("}", "]"):
            depth -= 1
    return False
