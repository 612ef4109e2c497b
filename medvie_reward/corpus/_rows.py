"""A file of predictions or gold documents -> its rows, their ids and the value in each.

A file is read twice: once to check and index every row, once to score. So nothing is scored before
everything is known to be readable, and memory holds an offset and an id per row, never the rows.
"""

from __future__ import annotations

import warnings
from array import array
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, NamedTuple

import orjson

from medvie_reward._core.files import without_bom
from medvie_reward._core.names import first_names
from medvie_reward.completions import ABSENT, Completion, decode_utf8
from medvie_reward.corpus._formats import (
    LONGEST_LINE,
    MOST_VALUES,
    Source,
    are_alike,
    is_keyed_by_id,
    open_source,
    split_by_key,
)
from medvie_reward.corpus._json_text import Repeated, decode_leniently, flaw_of
from medvie_reward.corpus._opening import reading
from medvie_reward.corpus._place import Place
from medvie_reward.corpus._row_shapes import (
    GOLD_KEYS,
    ID_KEYS,
    MISSING,
    PRED_KEYS,
    SURE,
    Choice,
    Side,
    choose,
    completion_of,
    find,
    gold_of,
    has_failed,
    parse_path,
    samples_in,
    sure_name,
)
from medvie_reward.errors import InputError, InputWarning

# Nesting allowed in a row: one container for the row itself around what the spec allows at most.
_ROW_DEPTH: Final = 129
# So many rows tell what the members of all of them hold.
_SAMPLE: Final = 20
# Lists of texts in these are a value, in others they are samples.
_VALUES: Final = (None, "prediction", "pred")


class Row(NamedTuple):
    """A row and whether it may hold what no JSON text may have; see `flaw_of`."""

    value: Any
    flawed: bool = False


@dataclass(frozen=True)
class RowReader:
    """How the value is taken out of the rows of a file.

    Attributes
    ----------
    side
        Whether it holds predictions or gold documents.
    choice
        Where the value is.
    id_key
        The member with the id, which is no part of a row that is the value itself.
    source_key
        The member with the page's text, likewise.
    """

    side: Side
    choice: Choice
    id_key: str | None = "id"
    source_key: str | None = None

    def value(self, row: Row, at: Place) -> Any:
        """Take the value out of a row.

        Returns
        -------
        object
            A JSON value, a text, or for a prediction that breaks the rules of JSON a `Completion` with the
            reason.

        Raises
        ------
        InputError
            If the row lacks the member that holds the value, or a gold document breaks the rules of JSON.
        """
        found = self._found(row.value, at)
        gold = self.side is GOLD_KEYS
        if not gold:
            if found is None:
                return None
            found = completion_of(found)
            if type(found) is list and self.choice.key not in _VALUES and _texts_alone(found):
                found = found[0]
        else:
            found = gold_of(found)
        flaw = flaw_of(found, _ROW_DEPTH - 1) if row.flawed else None
        if flaw is None:
            return found
        if not gold:
            return Completion(ABSENT, None, flaw.status)
        raise at.error(f"gold: {flaw.reason} - at {flaw.path}")

    def _found(self, row: Any, at: Place) -> Any:
        choice = self.choice
        if choice.key is not None:
            for path in choice.paths:
                found = find(row, choice.key, path)
                if found is not MISSING:
                    return found
            if choice.shape is not None and self.side is PRED_KEYS and has_failed(row):
                return None
            has = f"; the row has {first_names(list(row))}" if type(row) is dict else ""
            raise at.error(f"expected an object with the member {choice.key!r}{has}")
        if isinstance(row, dict) and (self.id_key in row or self.source_key in row):
            kept = {name: x for name, x in row.items() if name not in (self.id_key, self.source_key)}
            if isinstance(row, Repeated) and row.member in kept:
                made = Repeated(kept)
                made.member = row.member
                return made
            return kept
        return row


def _texts_alone(value: list[Any]) -> bool:
    return bool(value) and all(type(x) is str for x in value)


def read_row(text: bytes, at: Place) -> Row:
    """Read one row, which may hold what no JSON text may have.

    Raises
    ------
    InputError
        If it is no JSON value in UTF-8.
    """
    try:
        decoded = decode_utf8(text, _ROW_DEPTH)
    except UnicodeDecodeError as error:
        raise at.error(f"not UTF-8: {error.reason} at byte {error.start}") from None
    if decoded.status in ("ok", "not_an_object"):
        return Row(decoded.value)
    try:
        return Row(decode_leniently(text.decode()), True)
    except RecursionError:
        raise at.error(
            f"nests deeper than {_ROW_DEPTH} containers: expected one JSON value per line"
        ) from None
    except ValueError:
        reason = "the line ends inside its JSON value" if decoded.status == "truncated" else "not JSON"
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        reason += f" ({error})"
    raise at.error(f"{reason}: expected one JSON value per line")


def read_line(text: bytes, file: str, line: int) -> Any:
    """Read one line as one JSON value that keeps all rules of JSON.

    Raises
    ------
    InputError
        If it is something else; it names the file, the line and the JSON path.
    """
    row = read_row(text, Place(file, line))
    flaw = flaw_of(row.value, _ROW_DEPTH) if row.flawed else None
    if flaw is not None:
        raise InputError(f"{flaw.reason} - at {flaw.path}", file, line)
    return row.value


class RowFile:
    """A file of predictions or gold documents, checked and indexed row by row.

    Parameters
    ----------
    name
        A file or a folder in any format that is known, or ``-`` for standard input.
    side
        `PRED_KEYS` or `GOLD_KEYS`.
    key
        The member that holds the value: a name, a path such as ``a.b[0]``, or ``.`` for the row itself.
        By default it is looked for, and the first row decides.
    id_key
        The member that holds a row's id. Where it is ``id`` and no row has it, others are looked for.
    both
        Whether the file holds predictions and gold documents side by side.

    Raises
    ------
    InputError
        If the file cannot be read, is empty, a row is no JSON value in UTF-8, or it is open what its
        members mean.
    """

    def __init__(
        self, name: str, side: Side, key: str | None = None, id_key: str = "id", both: bool = False
    ) -> None:
        self.name = name
        self._asked = side, key, id_key, both
        self._open(open_source(name, side is PRED_KEYS))

    def _open(self, source: Source) -> None:
        side, key, id_key, both = self._asked
        self._source = source
        self._offsets = array("q")
        self._document: dict[str, Any] | None = None
        try:
            index = _Index(source, id_key)
            self._offsets = index.offsets
            sample = index.sample
            if source.kind == "document" and key is None and is_keyed_by_id(sample[0]):
                split = split_by_key(source)
                if split is not None:
                    source.lines.close()
                    return self._open(split)
            self._document = sample[0] if source.kind == "document" else None
            choice = choose(sample, side, key, self.place(0), both)
            if key is None and choice.key is None:
                self._refuse_mixture(index)
            self.id_asked = id_key
            self.ids, self.id_key = index.ids(choice)
            self.candidates = {} if self.ids else index.unique()
            self.reader = RowReader(side, choice, self.id_key)
            self._check(index)
        except BaseException:
            source.lines.close()
            raise
        return None

    def _check(self, index: _Index) -> None:
        """Refuse gold documents that break the rules of JSON; warn of samples of which one counts."""
        if self.reader.side is GOLD_KEYS:
            for n in index.flawed:
                self.reader.value(self.row(n), self.place(n))
        elif self.key is not None and (n := self._samples(index.sample[0])) > 1:
            warn(
                f"{self.name}: rows hold several samples ({n} in the first one): the first of each is scored"
            )

    def _refuse_mixture(self, index: _Index) -> None:
        """Refuse rows with a value in a member after a first row that is the value itself."""
        for n in index.wrappers:
            name = sure_name(self.row(n).value, self._asked[0])
            if name is not None and sure_name(index.sample[0], self._asked[0]) is None:
                flag = self._asked[0].flag
                raise self.place(n).error(
                    f"has {name!r}, which the first row lacks: expected it in every row, or {flag} . where "
                    "the rows are the values themselves"
                )

    def _samples(self, row: Any) -> int:
        """Count the samples in a row."""
        for path in self.reader.choice.paths:
            before = path[: path.index(0)] if 0 in path else ()
            if before and type(listed := find(row, "", before)) is list:
                return len(listed)
        found = self.reader._found(row, self.place(0))
        texts = type(found) is list and self.key not in _VALUES and _texts_alone(found)
        return len(found) if texts else samples_in(found)

    def __len__(self) -> int:
        return len(self._offsets)

    def __enter__(self) -> RowFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._source.lines.close()

    @property
    def key(self) -> str | None:
        """The member that holds the value; ``None`` where a row is the value."""
        return self.reader.choice.key

    @property
    def has_ids(self) -> bool:
        """Whether every row has an id."""
        return len(self.ids) == len(self._offsets)

    def line(self, row: int) -> bytes:
        """Return the bytes of a row, counted from 0."""
        self._source.lines.seek(self._offsets[row])
        return self._source.lines.readline()

    def place(self, row: int) -> Place:
        """Return where a row, counted from 0, stands; it makes errors that say so."""
        return self._source.place(row)

    def row(self, row: int) -> Row:
        """Read a row, counted from 0; see `read_row`."""
        return read_row(self.line(row), self.place(row))

    def value(self, row: int) -> Any:
        """Read the value of a row, counted from 0; see `RowReader.value`."""
        return self.reader.value(self.row(row), self.place(row))

    def adopt(self, name: str) -> None:
        """Take a member of `candidates` as the id; it is no part of a row that is the value itself then."""
        self.ids, self.id_key = self.candidates[name], name
        self.reader = replace(self.reader, id_key=name)

    def parts(self) -> set[str]:
        """Return the members of a file that is one object, where all of them could be documents."""
        document = self._document if self.key is None else None
        return {*document} if document is not None and are_alike(document) else set()

    def split(self, ids: set[str]) -> bool:
        """Read a file that is one object as documents by their ids, if its members are called like these."""
        if self._document is None or not self._document or not self._document.keys() <= ids:
            return False
        split = split_by_key(self._source)
        if split is None:
            return False
        self._source.lines.close()
        self._open(split)
        return True

    def other(self, side: Side, key: str | None) -> RowFile:
        """Return a view of the same rows that takes the other side's value out of them."""
        made = object.__new__(RowFile)
        made.__dict__.update(self.__dict__)
        sample = [self.row(n).value for n in range(min(len(self), _SAMPLE))]
        made.reader = RowReader(side, choose(sample, side, key, self.place(0), True), self.id_key)
        return made


class _Index:
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
        if n < _SAMPLE:
            self.sample.append(value)
        if len(self.wrappers) < _SAMPLE and isinstance(value, dict) and not SURE.isdisjoint(value):
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
    return text.count(b"{") + text.count(b"[") > _ROW_DEPTH


def warn(message: str) -> None:
    """Warn of input that may not be what was meant, once for each message."""
    warnings.warn(message, InputWarning, stacklevel=2)
