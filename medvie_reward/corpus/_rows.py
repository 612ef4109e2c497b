"""JSONL files -> rows that belong together; whatever is wrong with a file gets its name and line.

A file is read twice: once to check and index every line, once to score. So nothing is scored before
everything is known to be readable, and memory holds an offset and an id per line, never the lines.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import orjson

from medvie_reward._core.files import without_bom
from medvie_reward._core.names import first_names
from medvie_reward.completions import ABSENT, decode_utf8
from medvie_reward.errors import InputError

PRED_KEYS: Final = ("completion", "response", "output", "prediction", "pred")
GOLD_KEYS: Final = ("gold", "ground_truth", "answer", "label", "reference")
# Nesting allowed in a row: one container for the row itself around what the spec allows at most.
_ROW_DEPTH: Final = 129
# Some lines fit into it, and reading one out of turn costs little more than the line.
_BUFFER: Final = 1 << 16


class RowFile:
    """A JSONL file, checked and indexed line by line.

    Parameters
    ----------
    name
        Path of a plain or gzip (``.gz``) file, or ``-`` for standard input.
    keys
        Members that may hold the value, first row decides; without any, a row is the value itself.
    key
        The member that holds the value; overrides ``keys``.
    id_key
        The member that holds a row's id.

    Raises
    ------
    InputError
        If the file cannot be read, is empty, or a line is not one JSON value in UTF-8.
    """

    def __init__(self, name: str, keys: Sequence[str], key: str | None = None, id_key: str = "id") -> None:
        self.name = name
        self.id_key = id_key
        self.ids: list[str] = []
        self._offsets = array("q")
        self._file = _open(name)
        try:
            first = self._index()
            self._refuse_array(first, keys)
            self.key = self._choose_key(first, keys, key)
        except BaseException:
            self._file.close()
            raise

    def __len__(self) -> int:
        return len(self._offsets)

    def __enter__(self) -> RowFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def has_ids(self) -> bool:
        """Whether every row has an id."""
        return len(self.ids) == len(self._offsets)

    def line(self, row: int) -> bytes:
        """Return the bytes of a row, counted from 0."""
        self._file.seek(self._offsets[row])
        return self._file.readline()

    def _index(self) -> Any:
        first: Any = None
        offset, number, blank = 0, 0, 0
        try:
            for line in self._file:
                number += 1
                text = without_bom(line) if number == 1 else line
                if text.isspace() or not text:
                    blank = blank or number
                elif blank:
                    raise InputError("empty line: expected one JSON value per line", self.name, blank)
                else:
                    value = _glance(text, self.id_key, self.name, number)
                    if not self._offsets:
                        first = value
                    self._offsets.append(offset + len(line) - len(text))
                    self._keep_id(value, number)
                offset += len(line)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InputError(f"not a whole gzip file: {error}", self.name) from None
        if not self._offsets:
            raise InputError("the file is empty: expected one JSON value per line", self.name)
        return first

    def _keep_id(self, value: Any, number: int) -> None:
        found = value.get(self.id_key) if type(value) is dict else None
        if type(found) in (str, int):
            if len(self.ids) != number - 1:
                raise InputError(
                    f"has the id {found!r} in {self.id_key!r} while rows before it have none: "
                    "expected an id in every row or in none",
                    self.name,
                    number,
                )
            self.ids.append(str(found))
        elif found is not None:
            raise InputError(
                f"expected a string or an integer as id in {self.id_key!r}, got {type(found).__name__}",
                self.name,
                number,
            )
        elif self.ids:
            raise InputError(
                f"has no id in {self.id_key!r} while rows before it have one: "
                "expected an id in every row or in none",
                self.name,
                number,
            )

    def _refuse_array(self, first: Any, keys: Sequence[str]) -> None:
        """Tell a file that is one array of rows from a file of one row that is a list."""
        if len(self) > 1 or type(first) is not list or not first or set(map(type, first)) != {dict}:
            return
        known = {self.id_key, *keys}
        if len(first) > 1 or not known.isdisjoint(first[0]):
            raise InputError(
                f"is one JSON array of {len(first)} objects: expected one JSON value per line "
                "(jq -c '.[]' FILE), or an object around a row that is a list",
                self.name,
                1,
            )

    def _choose_key(self, first: Any, keys: Sequence[str], key: str | None) -> str | None:
        if key is not None:
            return key
        found = [name for name in keys if name in first] if type(first) is dict else []
        if len(found) > 1:
            raise InputError(
                f"has {' and '.join(map(repr, found))}: which one holds the value? Name it with "
                "--pred-key or --gold-key",
                self.name,
                1,
            )
        return found[0] if found else None


def value_of(
    row: Any, key: str | None, id_key: str, file: str, line: int, source_key: str | None = None
) -> Any:
    """Take the value out of a row; what joins a row and the page's text are no part of it.

    Raises
    ------
    InputError
        If the row lacks the member that holds the value.
    """
    if key is not None:
        if type(row) is not dict or key not in row:
            raise InputError(f"expected an object with the member {key!r}", file, line)
        return row[key]
    if type(row) is dict and (id_key in row or source_key in row):
        return {name: x for name, x in row.items() if name not in (id_key, source_key)}
    return row


def _glance(text: bytes, id_key: str, file: str, line: int) -> Any:
    """Read one line as `read_line` does, except that integers past 64 bits may be rounded.

    What this leaves out of its checks for speed changes values only; scoring reads the line again in full.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return read_line(text, file, line)
    # orjson writes an integer past 64 bits as a float.
    rounded = type(value) is dict and type(value.get(id_key)) is float
    return read_line(text, file, line) if rounded or _may_nest_deep(text, value) else value


def _may_nest_deep(text: bytes, value: Any) -> bool:
    """Check cheaply that a line nests no deeper than a row may; True proves nothing."""
    if type(value) is dict and not {dict, list} & set(map(type, value.values())):
        return False
    return text.count(b"{") + text.count(b"[") > _ROW_DEPTH


def read_line(text: bytes, file: str, line: int) -> Any:
    """Read one line.

    Raises
    ------
    InputError
        If it is not one JSON value in UTF-8.
    """
    try:
        decoded = decode_utf8(text, _ROW_DEPTH)
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: {error.reason} at byte {error.start}", file, line) from None
    if decoded.value is not ABSENT:
        return decoded.value
    reason = {
        "truncated": "the line ends inside its JSON value",
        "too_deep": f"nests deeper than {_ROW_DEPTH} containers",
        "not_finite": "has NaN, Infinity or a number past the range of a float",
        "bad_unicode": "has a lone surrogate in a string",
    }.get(decoded.status, "not JSON")
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        reason += f" ({error})"
    if line == 1 and text.lstrip()[:1] in (b"[", b"{") and decoded.status == "truncated":
        reason += "; a JSON document over several lines? One value per line is expected (jq -c '.[]' FILE)"
    raise InputError(f"{reason}: expected one JSON value per line", file, line)


def _open(name: str) -> IO[bytes]:
    """Open a file for reading twice; what cannot be rewound is first copied to a temporary file."""
    try:
        if name != "-":
            path = Path(name)
            if path.is_dir():
                raise InputError("is a directory: expected a JSONL file", name)
            if path.suffix != ".gz" and path.is_file():
                return path.open("rb", buffering=_BUFFER)
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        try:
            if name == "-":
                shutil.copyfileobj(sys.stdin.buffer, spool)
            else:
                opened = gzip.open(name, "rb") if name.endswith(".gz") else open(name, "rb")  # noqa: SIM115
                with opened as source:
                    shutil.copyfileobj(source, spool)
            spool.seek(0)
        except BaseException:
            spool.close()
            raise
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"not a whole gzip file: {error}", name) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", name) from None
    return spool


# -- which rows belong together ------------------------------------------------------------------------


class Pair(NamedTuple):
    """Positions of a gold row and of its prediction, counted from 0; no prediction is ``None``."""

    gold: int
    pred: int | None


@dataclass(frozen=True)
class Join:
    """Which rows belong together.

    Attributes
    ----------
    how
        ``id`` or ``line``.
    pairs
        In the gold file's order.
    missing, extra
        Golds without a prediction, predictions without a gold.
    """

    how: str
    pairs: list[Pair]
    missing: int = 0
    extra: int = 0


def join(preds: RowFile, golds: RowFile, how: str = "auto", on_missing: str = "error") -> Join:
    """Join two files.

    Parameters
    ----------
    preds, golds
        The files.
    how
        ``id``, ``line``, or ``auto``: by id where both files have ids, else by line.
    on_missing
        ``error``, ``zero`` (a gold without a prediction counts as one without an answer) or ``skip``; under
        the last two, predictions without a gold are left out and counted.

    Raises
    ------
    InputError
        If ids repeat, or rows have no partner and that is an error.
    """
    if how == "id" or (how == "auto" and preds.has_ids and golds.has_ids):
        return _join_by_id(preds, golds, on_missing)
    if len(preds) != len(golds):
        why = "" if how == "line" else " (joined by line, since not every row of both has an id)"
        raise InputError(
            f"{preds.name} has {len(preds)} rows and {golds.name} has {len(golds)}: "
            f"expected as many predictions as golds{why}"
        )
    return Join("line", [Pair(n, n) for n in range(len(golds))])


def _join_by_id(preds: RowFile, golds: RowFile, on_missing: str) -> Join:
    for file in (preds, golds):
        if not file.has_ids:
            raise InputError(f"has no ids in {file.id_key!r}: expected them, to join by id", file.name)
    places = _places(preds)
    wanted = _places(golds)
    missing = [name for name in wanted if name not in places]
    extra = [name for name in places if name not in wanted]
    if on_missing == "error" and (missing or extra):
        parts = []
        if missing:
            parts.append(f"{len(missing)} golds without a prediction ({first_names(missing)})")
        if extra:
            parts.append(f"{len(extra)} predictions without a gold ({first_names(extra)})")
        raise InputError(
            f"{preds.name} and {golds.name} do not match: {'; '.join(parts)}; "
            "expected the same ids in both, or --missing zero or --missing skip"
        )
    pairs = [Pair(n, places.get(name)) for name, n in wanted.items()]
    if on_missing == "skip":
        pairs = [pair for pair in pairs if pair.pred is not None]
        if not pairs:
            raise InputError(f"{preds.name} and {golds.name} have no id in common: nothing to score")
    return Join("id", pairs, len(missing), len(extra))


def _places(file: RowFile) -> dict[str, int]:
    places: dict[str, int] = {}
    for n, name in enumerate(file.ids):
        if places.setdefault(name, n) != n:
            raise InputError(
                f"repeats the id {name!r} of line {places[name] + 1}: expected every id once, or --join line",
                file.name,
                n + 1,
            )
    return places
