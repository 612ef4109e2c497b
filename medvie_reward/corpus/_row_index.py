"""What the first reading of a file finds: where each row begins, the ids, and some rows to judge by."""

from __future__ import annotations

from array import array
from functools import partial
from typing import Any, Final

import orjson

from medvie_reward._core.files import without_bom
from medvie_reward.corpus._formats import LONGEST_LINE, MOST_VALUES, Source
from medvie_reward.corpus._opening import reading
from medvie_reward.corpus._row_choice import MISSING, Choice, find, parse_path
from medvie_reward.corpus._row_reader import ROW_DEPTH, read_row
from medvie_reward.corpus._row_shapes import ID_KEYS, SURE
from medvie_reward.errors import InputError

SAMPLE: Final = 20
"""So many rows tell what the members of all of them hold."""


class RowIndex:
    """What the first reading of a file finds."""

    def __init__(self, source: Source, id_key: str) -> None:
        self._source, self._asked = source, id_key
        path = parse_path(id_key)
        self._path = path if len(path) > 1 else ()
        self.offsets = array("q")
        self.sample: list[Any] = []
        self.flawed: list[int] = []
        self.wrappers: list[int] = []
        self.found: dict[str, list[str]] = {}
        self._read()

    def _read(self) -> None:
        offset, number, blank = 0, 0, 0
        lines = self._source.lines
        lines.seek(0)
        with reading(self._source.name):
            for line in iter(partial(lines.readline, LONGEST_LINE), b""):
                number += 1
                text = without_bom(line) if number == 1 else line
                if text.isspace() or not text:
                    blank = blank or number
                elif blank:
                    raise InputError("empty line: expected one JSON value per line", self._source.name, blank)
                else:
                    self._add(text, offset + len(line) - len(text))
                offset += len(line)
        if not self.offsets:
            raise InputError("the file is empty: expected one JSON value per line", self._source.name)

    def _add(self, text: bytes, offset: int) -> None:
        n = len(self.offsets)
        if len(text) > MOST_VALUES and (
            len(text) >= LONGEST_LINE or text.count(b",") + text.count(b"[") + text.count(b"{") > MOST_VALUES
        ):
            raise self._source.place(n).error(
                f"is longer than {LONGEST_LINE >> 20} MB or holds more than {MOST_VALUES:,} values: expected "
                "one document per line"
            )
        value = _glance(text, self._asked)
        if value is MISSING:
            row = read_row(text, self._source.place(n))
            value = row.value
            if row.flawed:
                self.flawed.append(n)
        self.offsets.append(offset)
        if n < SAMPLE:
            self.sample.append(value)
        if len(self.wrappers) < SAMPLE and isinstance(value, dict) and not SURE.isdisjoint(value):
            self.wrappers.append(n)
        if n == 0 and isinstance(value, dict):
            self.found = {name: [] for name in dict.fromkeys((self._asked, *ID_KEYS)) if name in value}
            if self._path and find(value, self._asked, self._path) is not MISSING:
                self.found[self._asked] = []
        if self.found or (isinstance(value, dict) and self._id(value, self._asked) is not None):
            self._keep_ids(value if isinstance(value, dict) else {}, n)

    def _keep_ids(self, row: dict[str, Any], n: int) -> None:
        asked = self._asked
        if asked not in self.found and (found := self._id(row, asked)) is not None:
            raise self._source.place(n).error(
                f"has the id {found!r} in {asked!r} while rows before it have none: "
                "expected an id in every row or in none"
            )
        gone = []
        for name, ids in self.found.items():
            found = self._id(row, name)
            if found.__class__ is str:
                ids.append(found)
            elif found.__class__ is int:
                ids.append(str(found))
            elif name == asked and found is not None:
                raise self._source.place(n).error(
                    f"expected a string or an integer as id in {name!r}, got {type(found).__name__}"
                )
            elif name == asked and ids:
                raise self._source.place(n).error(
                    f"has no id in {name!r} while rows before it have one: "
                    "expected an id in every row or in none"
                )
            else:
                gone.append(name)
        for name in gone:
            del self.found[name]

    def _id(self, row: dict[str, Any], name: str) -> Any:
        """Return what a row has in a member, or at the path that was asked for."""
        found = row.get(name)
        if found is None and self._path and name == self._asked:
            found = find(row, name, self._path)
            return None if found is MISSING else found
        return found

    def unique(self) -> dict[str, list[str]]:
        """Return the members that may hold ids: each row has one of its own."""
        return {name: ids for name, ids in self.found.items() if len({*ids}) == len(ids)}

    def ids(self, choice: Choice) -> tuple[list[str], str | None]:
        """Return the rows' ids and the member that holds them; none where nothing is sure to be an id."""
        if self._source.ids is not None:
            return self._source.ids, None
        own = choice.shape.id if choice.shape is not None and self._asked == "id" else ""
        # What is called ``id`` names an answer of an API then: an id only if the other file has it too.
        for name in () if own is None else (own, self._asked):
            if name and name in self.found:
                return self.found[name], name
        return [], self._asked


def _glance(text: bytes, id_key: str) -> Any:
    """Read one row as `read_row` does, except that some flaws stay unseen; `MISSING` where it cannot.

    What this leaves out of its checks for speed changes values only; scoring reads the row again in full.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return MISSING
    # orjson writes an integer past 64 bits as a float.
    rounded = type(value) is dict and type(value.get(id_key)) is float
    return MISSING if rounded or _may_nest_deep(text, value) else value


def _may_nest_deep(text: bytes, value: Any) -> bool:
    """Check cheaply that a line nests no deeper than a row may; True proves nothing."""
    if type(value) is dict and not {dict, list} & set(map(type, value.values())):
        return False
    return text.count(b"{") + text.count(b"[") > ROW_DEPTH
