"""A file or folder in any format -> one JSON text a line, and what each row is called and numbered.

JSONL is read where it lies. Everything else is written into a temporary file of that form, row by row, so
that one row at a time is in memory and all that reads rows need not know of formats.
"""

from __future__ import annotations

import json
import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from medvie_reward._core.files import STDIN, without_bom
from medvie_reward._core.names import first_names
from medvie_reward.corpus import _arrow, _tables
from medvie_reward.corpus._json_text import items_of, values_of
from medvie_reward.corpus._opening import PACKED, open_bytes, reading, suffix_of
from medvie_reward.corpus._place import Place
from medvie_reward.corpus._writing import dump
from medvie_reward.errors import InputError, InputWarning

JSON_SUFFIXES: Final = (".json", ".jsonl", ".ndjson")
_TEXT_SUFFIXES: Final = (".txt", ".md")
_PAGES: Final = (".json", ".png", ".jpg", ".jpeg", ".pdf", ".tif", ".tiff", ".webp")
_DOCUMENTS: Final = (".json", *_TEXT_SUFFIXES)
# A line that is longer is read as a whole only once it is known to be the only one.
_HEAD: Final = 1 << 20
_LARGEST: Final = 1 << 30
LONGEST_LINE: Final = 1 << 28
MOST_VALUES: Final = 2_000_000
"""Values that one row may hold: a bound on memory, far beyond any document."""


class Source(NamedTuple):
    """The rows of a file or folder.

    Attributes
    ----------
    name
        What it is called.
    lines
        One JSON text a line.
    kind
        ``lines`` (a JSONL file as it is), ``rows``, ``document`` (one JSON object in all) or ``folder``.
    ids
        What the rows are called, where the source itself says so.
    files
        For a folder the file of each row.
    """

    name: str
    lines: IO[bytes]
    kind: str = "lines"
    ids: list[str] | None = None
    files: list[str] | None = None

    def place(self, row: int) -> Place:
        """Return the place of a row, counted from 0."""
        if self.files is not None:
            return Place(self.files[row])
        if self.kind == "rows":
            return Place(self.name, row=row + 1)
        return Place(self.name, row + 1)


def open_source(name: str, completions: bool = False) -> Source:
    """Open a file or folder; the format is known by what is in it, and by how its name ends.

    Parameters
    ----------
    name
        The file or folder, ``-`` for standard input.
    completions
        Whether a file of a folder that is no JSON is the text of a completion.

    Raises
    ------
    InputError
        If it cannot be read, or is in no format that is known.
    """
    if name != STDIN and Path(name).is_dir():
        return _open_folder(name, completions)
    file = open_bytes(name)
    try:
        source = _read(file, name)
    except BaseException:
        file.close()
        raise
    if source.lines is not file:
        file.close()
    return source


def _read(file: IO[bytes], name: str) -> Source:
    with reading(name):
        head = file.read(8)
        file.seek(0)
        suffix = suffix_of(name)
        if head.startswith((_arrow.PARQUET, _arrow.ARROW)) or suffix in _arrow.SUFFIXES:
            return Source(name, _spool(_texts(_arrow.read_arrow(file, name))), "rows")
        if head.startswith(b"PK\x03\x04"):
            raise InputError(
                "is a zip archive or a spreadsheet: expected JSON, JSONL, CSV, parquet or a folder; export a "
                "spreadsheet as CSV, unpack an archive",
                name,
            )
        first, single = _first_line(file)
        try:
            text = first.decode()
        except UnicodeDecodeError:
            return Source(name, file)  # reading its lines says where
        if suffix in _tables.SUFFIXES or (
            suffix not in JSON_SUFFIXES and not _is_json(text) and _tables.looks_like_table(text)
        ):
            return Source(name, _spool(_texts(_tables.read_table(file, name))), "rows")
        begin = text.lstrip()[:1]
        if begin not in ("{", "["):
            return Source(name, file)
        if not single and (len(first) >= _HEAD or _is_json(text)):
            return Source(name, file)
        return _read_whole(file, name, text, single)


def _first_line(file: IO[bytes]) -> tuple[bytes, bool]:
    """Return the first line that is not blank, cut where it is very long, and whether it is the only one."""
    line = b""
    while not line.strip():
        line = without_bom(file.readline(_HEAD))
        if not line:
            break
    rest = line
    while rest and not rest.endswith(b"\n"):
        rest = file.readline(_HEAD)
    single = not any(x.strip() for x in iter(lambda: file.readline(_HEAD), b""))
    file.seek(0)
    return line, single


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read_whole(file: IO[bytes], name: str, first: str, single: bool) -> Source:
    """Read a file that is one JSON value, or several of them over several lines each."""
    data = without_bom(file.read(_LARGEST + 1))
    file.seek(0)
    if len(data) > _LARGEST:
        raise InputError("is one JSON value of over 1 GB: expected one value per line", name)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return Source(name, file)
    del data
    if first.lstrip()[:1] == "[":
        return _read_array(file, name, text, single)
    try:
        if text.count(",") > MOST_VALUES and single:
            return Source(name, file)  # which is refused line by line
        texts = list(values_of(text))
    except (json.JSONDecodeError, RecursionError) as error:
        return _not_whole(file, name, text, single, error)
    if len(texts) == 1:
        return Source(name, _spool(texts), "document")
    return Source(name, _spool(texts), "rows")


def _read_array(file: IO[bytes], name: str, text: str, single: bool) -> Source:
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    count, odd, known, messages = 0, False, True, single
    try:
        for item in items_of(text):
            count += 1
            odd = odd or item.text[:1] not in ("{", '"', "[")
            if odd and single:
                break
            if odd:
                raise InputError(
                    f"is an array: expected documents or completions in it, got {item.text[:40]}",
                    name,
                    row=count,
                )
            known = count == 1 and item.text[:1] == "{" and _may_be_wrapper(item.text)
            messages = messages and '"role"' in item.text and _is_message(item.text)
            spool.write(_one_line(item.text))
    except (json.JSONDecodeError, RecursionError) as error:
        spool.close()
        return _not_whole(file, name, text, single, error)
    except BaseException:
        spool.close()
        raise
    # One row that is a list of one object, of values or of messages is a row that is a list.
    if odd or messages or not count or (single and count == 1 and not known):
        spool.close()
        return Source(name, file)
    spool.seek(0)
    return Source(name, spool, "rows")


def _is_message(text: str) -> bool:
    found = json.loads(text)
    return type(found) is dict and {"role", "content"} <= found.keys()


def _may_be_wrapper(text: str) -> bool:
    from medvie_reward.corpus._row_shapes import GOLD_KEYS, ID_KEYS, PRED_KEYS

    found = json.loads(text)
    return not found.keys().isdisjoint((*PRED_KEYS.names, *GOLD_KEYS.names, *ID_KEYS))


def _not_whole(file: IO[bytes], name: str, text: str, single: bool, error: Exception) -> Source:
    """Return where JSON over several lines breaks off; a file of one line has its own message."""
    if single or not isinstance(error, json.JSONDecodeError):
        return Source(name, file)
    ends = error.pos >= len(text.rstrip())
    what = "ends inside its JSON value" if ends else f"not JSON ({error.msg} in column {error.colno})"
    line = text.rstrip().count("\n") + 1 if ends else error.lineno
    raise InputError(f"{what}: expected one JSON value, or one per line", name, line)


# -- rows in an object ---------------------------------------------------------------------------------

# Members by which the logs of tools are known that are one object, and where in it the rows are.
_LOGS: Final = (
    (("eval", "samples"), ("samples",)),  # Inspect
    (("evalId", "results"), ("results", "results")),  # promptfoo
)


def rows_of_log(source: Source, value: dict[str, Any]) -> Source | None:
    """Return the rows of a file that is one object, where that is the log of a tool; else ``None``."""
    for members, steps in _LOGS:
        if not all(member in value for member in members):
            continue
        rows: Any = value
        for step in steps:
            rows = rows.get(step) if type(rows) is dict else None
        if type(rows) is list and rows and all(type(row) is dict for row in rows):
            return Source(source.name, _spool(map(dump_row, rows)), "rows")
    return None


# -- documents by name ---------------------------------------------------------------------------------


def split_by_key(source: Source) -> Source | None:
    """Return the members of a file that is one object as rows that are called by their names.

    ``None`` is returned where some member is no document or completion.
    """
    source.lines.seek(0)
    items = list(items_of(source.lines.read().decode()))
    source.lines.seek(0)
    if not items or any(item.text[:1] not in ("{", '"', "[") for item in items):
        return None
    ids = [item.key or "" for item in items]
    return Source(source.name, _spool(item.text for item in items), "rows", ids)


def is_keyed_by_id(value: dict[str, Any]) -> bool:
    """Check whether an object holds documents by their ids, and is no document itself.

    It is where all its members are objects that are alike, or texts with JSON in them, and their names look
    like ids or there are many.
    """
    from medvie_reward.corpus._row_shapes import is_wrapper_name

    inner = list(value.values())
    if not inner or any(map(is_wrapper_name, value)):
        return False
    named = all(re.search(r"\d|\.\w+$", name) for name in value) or len(inner) > 20
    if len(inner) == 1:
        named = next(iter(value)).lower().endswith(_PAGES)
    if all(type(x) is str for x in inner):
        return named and all("{" in x for x in inner)
    if not named or not all(type(x) is dict and x for x in inner):
        return False
    return _shared(inner[0], inner) >= 0.5


def are_alike(value: dict[str, Any]) -> bool:
    """Check whether all members of an object are objects with much the same members: documents, or parts."""
    from medvie_reward.corpus._row_shapes import is_wrapper_name

    inner = list(value.values())
    if len(inner) < 2 or any(map(is_wrapper_name, value)) or not all(type(x) is dict and x for x in inner):
        return False
    return _shared(inner[0], inner[1:]) >= 0.5


def _shared(first: dict[str, Any], others: list[dict[str, Any]]) -> float:
    return sum(len(x.keys() & first.keys()) / len(x.keys() | first.keys()) for x in others) / len(others)


def _open_folder(name: str, completions: bool) -> Source:
    folder = Path(name)
    if _arrow.is_saved_dataset(folder):
        return Source(name, _spool(_texts(_arrow.read_saved_dataset(folder))), "rows")
    found: dict[str, Path] = {}
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", name) from None
    for path in paths:
        inner = path.with_suffix("") if path.suffix in PACKED else path
        if path.is_file() and inner.suffix.lower() in _DOCUMENTS:
            other = found.setdefault(inner.stem, path)
            if other != path:
                raise InputError(f"holds {other.name} and {path.name}: expected one file a document", name)
    if inner_folders := [
        path.name
        for path in paths
        if path.is_dir() and any(suffix_of(x.name) in _DOCUMENTS for x in path.iterdir())
    ]:
        said = f"{name} holds folders with documents, which are not read: {first_names(inner_folders)}"
        warnings.warn(said, InputWarning, stacklevel=2)
    if not found:
        known = (*JSON_SUFFIXES, *_tables.SUFFIXES, *_arrow.SUFFIXES)
        rows = [path for path in paths if suffix_of(path.name) in known]
        hint = f"; name a file in it, such as {rows[0]}" if rows else ""
        raise InputError(
            f"is a directory without documents: expected one .json or .txt file a document{hint}", name
        )
    files = [str(path) for path in found.values()]
    return Source(name, _spool(_document(file, completions) for file in files), "folder", list(found), files)


def _document(file: str, completions: bool) -> str:
    """Read a file that holds one document, or the text of one completion."""
    with open_bytes(file) as opened, reading(file):
        data = without_bom(opened.read(LONGEST_LINE + 1))
    if len(data) > LONGEST_LINE:
        raise InputError("is longer than 256 MB", file)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: {error.reason} at byte {error.start}", file) from None
    if suffix_of(file) in _TEXT_SUFFIXES:
        return dump(text).decode()
    try:
        found = list(values_of(text))
    except (json.JSONDecodeError, RecursionError) as error:
        if completions:
            return dump(text).decode()
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise InputError(f"expected one JSON value: {error}", file, line) from None
    if len(found) != 1:
        raise InputError(f"expected one JSON value, got {len(found)}", file)
    return found[0]


# -- temporary files -----------------------------------------------------------------------------------


def _texts(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    return (dump_row(row) for row in rows)


def dump_row(row: Any) -> str:
    """Write a row of a table; NaN and infinity, which JSON lacks, as Python's own JSON has them."""
    return json.dumps(row, ensure_ascii=False)


def _one_line(text: str) -> bytes:
    # Between the values of a JSON text a line's end is a space; inside of strings there is none.
    return text.replace("\n", " ").encode() + b"\n"


def _spool(texts: Iterable[str]) -> IO[bytes]:
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        for text in texts:
            spool.write(_one_line(text))
        spool.seek(0)
    except BaseException:
        spool.close()
        raise
    return spool
