"""SROIE receipts (ICDAR 2019, Task 3): key files and box files -> four fields and lines of text.

A key file holds one JSON object of ``company``, ``date``, ``address`` and ``total``, some of which may be
absent. A box file has a line ``x1,y1,x2,y2,x3,y3,x4,y4,text`` per line of the page; the text may have commas.
Both are called ``<id>.txt`` and lie in folders of their own, so they are told apart by what they hold.
"""

from __future__ import annotations

import re
from typing import Final

import orjson

from medvie_reward.datasets._annotated import texts
from medvie_reward.errors import GoldError

FIELDS: Final = ("company", "date", "address", "total")

_BOX: Final = re.compile(r"\s*-?\d+(?:\s*,\s*-?\d+){7}\s*,(.*)", re.DOTALL)


def decoded(data: bytes) -> str:
    """Decode a file: UTF-8, or Latin-1 where it is none, in which some box files are written."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_key(text: str) -> bool:
    """Check whether a file is a key file and not a box file."""
    return text.lstrip()[:1] == "{"


def read_key(text: str) -> dict[str, str]:
    """Read a key file.

    Raises
    ------
    GoldError
        If it is not one JSON object of strings with some of the four fields.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise GoldError(f"expected a JSON object of {', '.join(FIELDS)}: {error}") from None
    return texts(value, FIELDS, "$")


def read_boxes(text: str) -> str:
    """Read a box file; gives its texts, a line each.

    Raises
    ------
    GoldError
        If a line has no eight numbers before its text; it gives the line.
    """
    lines = []
    for n, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        found = _BOX.fullmatch(line.rstrip("\r"))
        if found is None:
            raise GoldError(f"line {n}: expected x1,y1,x2,y2,x3,y3,x4,y4,text, got {line[:60]!r}")
        lines.append(found[1])
    return "\n".join(lines)
