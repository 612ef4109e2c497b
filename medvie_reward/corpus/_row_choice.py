"""Where the value of a file's rows is: under a member, at a path, or the row itself.

What members are called decides, and where names alone do not (a document may have a ``label`` of its own),
what they hold. What stays open is an error that names the flag to settle it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from medvie_reward._core.names import first_names
from medvie_reward.completions import is_conversation
from medvie_reward.corpus._place import Place
from medvie_reward.corpus._row_shapes import (
    BESIDE,
    GOLD_KEYS,
    PRED_KEYS,
    PROMPTS,
    SHAPES,
    SURE,
    Shape,
    Side,
)
from medvie_reward.corpus._row_values import completion_of, looks_like_answer

WHOLE: Final = "."
"""The key that means the row itself."""

Path = tuple[str | int, ...]


_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Choice(NamedTuple):
    """Where the value of a row is.

    Attributes
    ----------
    key
        What the member is called in messages; ``None`` where the row is the value.
    paths
        Where to look, first to last.
    shape
        The tool's rows that these are, if they are known.
    """

    key: str | None
    paths: tuple[Path, ...] = ()
    shape: Shape | None = None


def parse_path(key: str) -> Path:
    """Read ``a.b[0].c``; a member may have that name as a whole, so the name itself is looked for first."""
    return tuple(name or int(place) for name, place in _STEP.findall(key))


MISSING: Final = object()
"""What `find` returns where there is nothing."""


def find(row: Any, key: str, path: Path) -> Any:
    """Return what a row has at a path, or `MISSING`."""
    if type(row) is dict and key in row:
        return row[key]
    for step in path:
        if isinstance(step, str):
            if not isinstance(row, dict) or step not in row:
                return MISSING
        elif not isinstance(row, list) or step >= len(row):
            return MISSING
        row = row[step]
    return row if path else MISSING


def sure_name(row: Any, side: Side) -> str | None:
    """Return the member of a row that surely holds the value of a side."""
    names = (*side.names, *side.others)
    return next((x for x in row if x in SURE and x in names), None) if isinstance(row, dict) else None


def choose(rows: Sequence[Any], side: Side, key: str | None, at: Place, only: bool = False) -> Choice:
    """Choose where the value of the rows of a file is.

    Parameters
    ----------
    rows
        Some rows from the beginning of the file; the first decides, the others tell what members hold.
    side
        What is looked for.
    key
        What the user said; a path, or `WHOLE`.
    at
        Where the first row stands, for messages.
    only
        Whether the file is to hold both sides, so that no row can be the value itself.

    Raises
    ------
    InputError
        If the rows look like wrappers and it is open which member holds the value.
    """
    if key is not None:
        return Choice(None) if key == WHOLE else Choice(key, (parse_path(key),))
    first = rows[0]
    if type(first) is not dict or (side is PRED_KEYS and "role" in first and is_conversation(first)):
        return Choice(None)
    for shape in SHAPES:
        paths = shape.pred if side is PRED_KEYS else shape.gold
        if paths and all(name in first for name in shape.needs) and _fits(shape, first):
            return Choice(" or ".join(paths), tuple(map(parse_path, paths)), shape)
    for names in (side.names, side.others):
        lower = {name.lower(): name for name in first if isinstance(name, str) and name.lower() in SURE}
        found = [name if name in first else lower[name] for name in names if name in first or name in lower]
        if len(found) > 1:
            holding = [name for name in found if _is_document(first[name]) or _holds_text(first[name])]
            found = holding if len(holding) == 1 else found
        if len(found) > 1 and _beside(first, found):
            raise at.error(
                f"has {' and '.join(map(repr, sorted(found)))}: which one holds the {side.noun}? "
                f"Name it with {side.flag}"
            )
        for name in found:
            if _is_wrapper(rows, name, side, at):
                return Choice(name, ((name,),))
    _refuse_unknown(rows, side, at, only)
    return Choice(None)


def _fits(shape: Shape, row: dict[str, Any]) -> bool:
    """Check what names alone do not tell."""
    if shape.tool == "OpenAI responses API":
        return bool(row["object"] == "response")
    if shape.tool == "Anthropic message":
        return bool(row["type"] == "message")
    if shape.tool == "OpenAI batch":
        return type(row["response"]) is dict or row["response"] is None
    if shape.tool == "Gemini batch":
        return type(row["response"]) is dict and "candidates" in row["response"]
    if shape.tool == "verl data":
        return type(row["reward_model"]) is dict
    if shape.tool in ("OpenAI chat completion", "Gemini", "vLLM"):
        found = row[shape.needs[0]]
        listed = type(found) is list and bool(found) and type(found[0]) is dict
        return listed and (shape.tool != "vLLM" or type(found[0].get("text")) is str)
    return True


def _beside(row: dict[str, Any], names: Sequence[str]) -> bool:
    """Check whether all other members are such as come with a value in a wrapper."""
    return all(name in names or name.lower() in BESIDE for name in row)


def _is_wrapper(rows: Sequence[Any], name: str, side: Side, at: Place) -> bool:
    """Distinguish a member that holds the value from a field of a document that has the same name."""
    first = rows[0]
    values = [row[name] for row in rows if type(row) is dict and name in row]
    if name.lower() in SURE or any(map(_holds_text, values)):
        return True
    if side is PRED_KEYS and not first.keys().isdisjoint(PROMPTS):
        return True
    if _beside(first, [name]):
        # A document of one field, or a wrapper: only a value that can be a document makes a wrapper of it.
        return side is PRED_KEYS or name in side.names or any(type(x) in (dict, list) for x in values)
    if any(_is_document(x) for x in values):
        others = [x for x in first if x != name and x.lower() not in BESIDE]
        raise at.error(
            f"has {name!r}, which may hold the {side.noun} or be a part of it, "
            f"next to {first_names(others)}: "
            f"expected {side.flag} {name}, or {side.flag} {WHOLE} where the row itself is the {side.noun}"
        )
    return False


def _is_document(value: Any) -> bool:
    return type(value) is dict or (type(value) is list and bool(value) and type(value[0]) is dict)


def _holds_text(value: Any) -> bool:
    """Check whether a value is a text that a document can be read from, or messages or samples of such."""
    if type(value) is str:
        return looks_like_answer(value)
    return is_conversation(value) or completion_of(value) is not value


def _refuse_unknown(rows: Sequence[Any], side: Side, at: Place, only: bool) -> None:
    """Raise where rows are no documents, but wrappers of something unknown or of the other side."""
    first = rows[0]
    other = GOLD_KEYS if side is PRED_KEYS else PRED_KEYS
    members = first_names(list(first))
    known = [x for x in (*other.names, *other.others) if x in first]
    swapped = "" if only else "are the two files swapped? Else "
    tool = next((x.tool for x in SHAPES if all(y in first for y in x.needs) and _fits(x, first)), None)
    for name in known:
        values = [row[name] for row in rows if type(row) is dict and name in row]
        beside = _beside(first, [name])
        documents = any(_is_document(x) for x in values)
        if name in SURE or any(map(_holds_text, values)) or (beside and documents):
            raise at.error(
                f"has {name!r}, which holds a {other.noun}, and no {side.noun} (expected {side}; the row has "
                f"{members}): {swapped}name the member with {side.flag}"
            )
    likely = [x for x in first if any(_holds_text(row.get(x)) for row in rows if type(row) is dict)]
    if tool is not None or likely or only or (_beside(first, []) and not first.keys().isdisjoint(PROMPTS)):
        rows_of = f"looks like rows of {tool}" if tool else f"has the members {members}"
        try_it = f" {likely[0]}" if len(likely) == 1 else ""
        raise at.error(
            f"{rows_of}, of which none is known to hold the {side.noun} (expected {side}): name it with "
            f"{side.flag}{try_it}, or write {side.flag} {WHOLE} where the row itself is the {side.noun}"
        )
