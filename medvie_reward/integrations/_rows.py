"""What a row of training data holds, in whatever type its table keeps it -> texts that distinguish rows.

Tables keep a gold as JSON text, as bytes, as nested values of Arrow or NumPy, or as a list that holds one
JSON text; what else belongs to a row comes as an object, as its JSON text or in an array of one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np
import orjson

from medvie_reward._core.json_values import plain
from medvie_reward.errors import GoldError, MedvieError, SpecError

_BLANK: Final[Mapping[Any, Any]] = {}
_OPENED: Final = 256
_PROMPTS: Final = ("prompt", "raw_prompt")
_MOST_WRAPPERS: Final = 4
UNREAD: Final = object()
"""Name of the member that holds an ``extra_info`` which could not be read."""


def gold_text(value: Any) -> str | None:
    """Return a gold as JSON text; a list or an array that holds one JSON text is that text.

    Raises
    ------
    GoldError
        If it is no JSON value, or holds several JSON texts.
    """
    return value if value is None or type(value) is str else _text(value, GoldError, "gold")


def inner_gold(text: str | None) -> str | None:
    """Return the JSON text that a JSON text of a list holds as its only item; else the text itself.

    Raises
    ------
    GoldError
        If it holds several JSON texts.
    """
    if text is None or not text.lstrip().startswith("[") or '"' not in text[:_OPENED]:
        return text
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    found = _unwrapped(value)
    return text if found is value else found


def field_text(extra: Mapping[str, Any], name: str) -> str | None:
    """Return a member of what holds for a row as text: a text as it is, other values as JSON.

    Raises
    ------
    SpecError
        If it is no JSON value.
    """
    value = extra.get(name)
    if value is None or type(value) is str:
        return value
    return _text(value, SpecError, name)


def lines_text(extra: Mapping[str, Any], name: str) -> str | None:
    """Return a text, or the lines of one, as text.

    Raises
    ------
    SpecError
        If it is neither.
    """
    text = field_text(extra, name)
    if text is None or isinstance(extra[name], (str, bytes)):
        return text
    lines = orjson.loads(text)
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise SpecError(f"{name}: expected a text or a list of texts, got {type(extra[name]).__name__}")
    return "\n".join(lines)


def _text(value: Any, error: type[MedvieError], what: str) -> str | None:
    if isinstance(value, float) and math.isnan(value):  # a blank cell of a table
        return None
    if error is GoldError:
        value = _unwrapped(value)
    if isinstance(value, bytes):
        return _decoded(value, error, what)
    value = plain(value, error, None, what)
    if value is None or isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer past 64 bits, or very deep
        try:
            return json.dumps(value)
        except RecursionError:
            raise error(f"{what}: expected fewer nested containers - at $") from None


def _decoded(value: bytes, error: type[MedvieError], what: str) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as bad:
        raise error(f"{what}: expected UTF-8 text: {bad}") from None


def _unwrapped(value: Any) -> Any:
    """Return the JSON text in a list or an array that holds nothing else; what is no such list as it is."""
    inner = value
    for _ in range(_MOST_WRAPPERS):
        if hasattr(inner, "tolist"):
            inner = inner.tolist()
        if isinstance(inner, (str, bytes)):
            return inner if _is_json_text(inner) else value
        if not isinstance(inner, (list, tuple)) or not inner:
            return value
        if len(inner) > 1:
            if all(map(_is_json_text, inner)):
                raise GoldError(f"gold: expected one document, got a list of {len(inner)} JSON texts - at $")
            return value
        inner = inner[0]
    return value


def _is_json_text(value: Any) -> bool:
    """Check whether a value is the JSON text of an object or a list."""
    if not isinstance(value, (str, bytes)) or value.strip()[:1] not in ("{", "[", b"{", b"["):
        return False
    try:
        orjson.loads(value)
    except orjson.JSONDecodeError:
        return False
    return True


# -- what else holds for a row -------------------------------------------------------------------------


def extra_of(extra_info: Any) -> Mapping[Any, Any]:
    """Return what holds for a row as an object.

    Parameters
    ----------
    extra_info
        An object, its JSON text (also as bytes), a list or an array that holds one of these, or pairs of
        names and values, as Arrow's maps give them. What is empty holds nothing.

    Raises
    ------
    SpecError
        If it is none of these.
    """
    if type(extra_info) is dict:
        return extra_of(extra_info[UNREAD]) if UNREAD in extra_info else extra_info
    if extra_info is None:
        return _BLANK
    found = _opened(extra_info)
    if isinstance(found, Mapping):
        return found
    raise SpecError(f"extra_info: expected an object or its JSON text, got {_described(extra_info)}")


def _opened(value: Any, left: int = _MOST_WRAPPERS) -> Any:
    if isinstance(value, (bytes, bytearray)):
        value = bytes(value).decode(errors="replace")
    if isinstance(value, str):
        return _opened_text(str(value)) if value.strip() else _BLANK
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return _BLANK
    if isinstance(value, Mapping):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    elif not isinstance(value, (list, tuple)):
        value = plain(value, SpecError, None, "extra_info")
    if not isinstance(value, (list, tuple)):
        return _opened(value, left - 1) if left and isinstance(value, (str, bytes, dict)) else None
    if not value:
        return _BLANK
    if all(isinstance(x, (list, tuple)) and len(x) == 2 and isinstance(x[0], str) for x in value):
        return dict(value)
    return _opened(value[0], left - 1) if len(value) == 1 and left else None


@lru_cache(_OPENED)
def _opened_text(text: str) -> Any:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise SpecError(f"extra_info: expected an object or its JSON text: {error}") from None
    return _BLANK if value is None else _opened(value)


def _described(value: Any) -> str:
    text = value.strip()[:40] if isinstance(value, str) else ""
    return repr(text) if text else type(value).__name__


def prompt_of(extra: Mapping[str, Any]) -> Any:
    """Return the prompt, where what holds for a row has it; ``None`` where not."""
    return next((extra[name] for name in _PROMPTS if extra.get(name) is not None), None)


def sample_name(extra_info: Any) -> str:
    """Name a sample in the log."""
    try:
        extra = extra_of(extra_info)
    except SpecError:
        return "?"
    return (
        " ".join(f"{key}={extra[key]}" for key in ("index", "id", "split") if extra.get(key) is not None)
        or "?"
    )
