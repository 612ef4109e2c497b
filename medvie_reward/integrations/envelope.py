"""One text per row that holds its gold and what else there is to know, for trainers that hand on no more.

``{"medvie": {"ground_truth": ..., "schema": ..., "source_text": ..., "spec": ...}}``. A text that is no
envelope is the gold itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson

_ENVELOPE: Final = "medvie"
_OPENING: Final = re.compile(r'\s*\{\s*"medvie"\s*:')
_EXTRAS: Final = ("schema", "source_text", "spec", "index", "id", "split")
_OPENED: Final = 256


def envelope_of(ground_truth: str, extra_info: Mapping[str, Any] | None = None) -> str:
    """Write a gold and what holds for its row as one text."""
    extra = extra_info or {}
    held = {key: extra[key] for key in _EXTRAS if extra.get(key) not in (None, "")}
    return orjson.dumps({_ENVELOPE: {"ground_truth": ground_truth, **held}}).decode()


def open_envelope(ground_truth: Any) -> tuple[Any, Mapping[str, Any]]:
    """Return the gold and what holds for its row; what is no envelope is the gold."""
    if isinstance(ground_truth, str):
        text = str(ground_truth)  # numpy's, too
        return _open_text(text) if _OPENING.match(text) else (text, {})
    if (
        isinstance(ground_truth, (list, tuple))
        and len(ground_truth) == 1
        and isinstance(ground_truth[0], str)
    ):
        return open_envelope(ground_truth[0])
    return _open(ground_truth)


@lru_cache(_OPENED)
def _open_text(text: str) -> tuple[Any, Mapping[str, Any]]:
    try:
        gold, extra = _open(orjson.loads(text))
    except orjson.JSONDecodeError:
        return text, {}
    return (gold, extra) if extra else (text, {})


def _open(value: Any) -> tuple[Any, Mapping[str, Any]]:
    if isinstance(value, Mapping) and len(value) == 1:
        held = value.get(_ENVELOPE)
        if isinstance(held, Mapping) and "ground_truth" in held:
            return held["ground_truth"], held
    return value, {}


def images_of(row: Mapping[str, Any]) -> list[Any]:
    """Return the images of a training row: bytes where it has them, else paths."""
    return [
        image["path"] if image.get("bytes") is None else image["bytes"] for image in row.get("images") or ()
    ]
