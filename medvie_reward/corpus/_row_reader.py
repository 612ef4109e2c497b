"""One row of a file, and the value in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import orjson

from medvie_reward._core.names import first_names
from medvie_reward.completions import ABSENT, Completion, decode_utf8
from medvie_reward.corpus._json_text import Repeated, decode_leniently, flaw_of
from medvie_reward.corpus._place import Place
from medvie_reward.corpus._row_choice import MISSING, Choice, find
from medvie_reward.corpus._row_shapes import GOLD_KEYS, PRED_KEYS, Side
from medvie_reward.corpus._row_values import completion_of, gold_of, has_failed
from medvie_reward.errors import InputError

ROW_DEPTH: Final = 129
"""Nesting allowed in a row: one container for the row itself around what the spec allows at most."""
VALUES: Final = (None, "prediction", "pred")
"""Lists of texts in these are a value, in others they are samples."""


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
        found = self.found(row.value, at)
        gold = self.side is GOLD_KEYS
        if not gold:
            if found is None:
                return None
            found = completion_of(found)
            if type(found) is list and self.choice.key not in VALUES and texts_alone(found):
                found = found[0]
        else:
            found = gold_of(found)
        flaw = flaw_of(found, ROW_DEPTH - 1) if row.flawed else None
        if flaw is None:
            return found
        if not gold:
            return Completion(ABSENT, None, flaw.status)
        raise at.error(f"gold: {flaw.reason} - at {flaw.path}")

    def found(self, row: Any, at: Place) -> Any:
        """Return what a row has where its value is, as it is there."""
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


def texts_alone(value: list[Any]) -> bool:
    """Check whether a list holds texts and nothing else."""
    return bool(value) and all(type(x) is str for x in value)


def read_row(text: bytes, at: Place) -> Row:
    """Read one row, which may hold what no JSON text may have.

    Raises
    ------
    InputError
        If it is no JSON value in UTF-8.
    """
    try:
        decoded = decode_utf8(text, ROW_DEPTH)
    except UnicodeDecodeError as error:
        raise at.error(f"not UTF-8: {error.reason} at byte {error.start}") from None
    if decoded.status in ("ok", "not_an_object"):
        return Row(decoded.value)
    try:
        return Row(decode_leniently(text.decode()), True)
    except RecursionError:
        raise at.error(
            f"nests deeper than {ROW_DEPTH} containers: expected one JSON value per line"
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
    flaw = flaw_of(row.value, ROW_DEPTH) if row.flawed else None
    if flaw is not None:
        raise InputError(f"{flaw.reason} - at {flaw.path}", file, line)
    return row.value
