"""A file of predictions or gold documents -> its rows, their ids and the value in each.

A file is read twice: once to check and index every row, once to score. So nothing is scored before
everything is known to be readable, and memory holds an offset and an id per row, never the rows.
"""

from __future__ import annotations

import warnings
from array import array
from dataclasses import replace
from typing import Any

from medvie_reward.corpus._formats import (
    Source,
    are_alike,
    is_keyed_by_id,
    open_source,
    rows_of_log,
    split_by_key,
)
from medvie_reward.corpus._place import Place
from medvie_reward.corpus._row_choice import WHOLE, choose, find, sure_name
from medvie_reward.corpus._row_index import SAMPLE, RowIndex
from medvie_reward.corpus._row_reader import VALUES, Row, RowReader, read_row, texts_alone
from medvie_reward.corpus._row_shapes import GOLD_KEYS, PRED_KEYS, Side
from medvie_reward.corpus._row_values import samples_in
from medvie_reward.errors import InputWarning


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
            index = RowIndex(source, id_key)
            self._offsets = index.offsets
            sample = index.sample
            # Nothing that came twice in it may be lost.
            whole = source.kind != "document" or key == WHOLE or index.flawed
            log = None if whole else rows_of_log(source, sample[0])
            if log is not None:
                source.lines.close()
                return self._open(log)
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

    def _check(self, index: RowIndex) -> None:
        """Refuse gold documents that break the rules of JSON; warn of samples of which one counts."""
        if self.reader.side is GOLD_KEYS:
            for n in index.flawed:
                self.reader.value(self.row(n), self.place(n))
        elif self.key is not None and (n := self._samples(index.sample[0])) > 1:
            warn(
                f"{self.name}: rows hold several samples ({n} in the first one): the first of each is scored"
            )

    def _refuse_mixture(self, index: RowIndex) -> None:
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
        found = self.reader.found(row, self.place(0))
        texts = type(found) is list and self.key not in VALUES and texts_alone(found)
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
        sample = [self.row(n).value for n in range(min(len(self), SAMPLE))]
        made.reader = RowReader(side, choose(sample, side, key, self.place(0), True), self.id_key)
        return made


def warn(message: str) -> None:
    """Warn of input that may not be what was meant, once for each message."""
    warnings.warn(message, InputWarning, stacklevel=2)
