"""CSV and TSV -> rows; a name with dots is a path, a number in it a list position."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import IO, Any, Final

from medvie_reward._core.names import counted, first_names
from medvie_reward.corpus._row_choice import Path, parse_path
from medvie_reward.errors import InputError

SUFFIXES: Final = (".csv", ".tsv", ".tab")
_DELIMITERS: Final = ",\t;"
# A cell may hold a whole completion; Python's own bound is 131,072 characters.
_LONGEST_CELL: Final = 1 << 26


def looks_like_table(head: str) -> bool:
    """Check whether a first line is one of names of columns, not JSON."""
    return head.lstrip()[:1] not in ("{", "[") and any(mark in head for mark in _DELIMITERS)


def read_table(file: IO[bytes], name: str) -> Iterator[dict[str, Any]]:
    """Read the rows of a table; every value is a text, and empty cells are left out.

    Parameters
    ----------
    file
        The table, in UTF-8. Commas, tabs or semicolons part its cells, whichever the first line has most of.
    name
        Its name, for messages.

    Raises
    ------
    InputError
        If a row has not as many cells as there are names, a name comes twice or contradicts another one, or
        it is not UTF-8.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        head = text.readline()
        text.seek(0)
        delimiter = max(_DELIMITERS, key=head.count)
        rows = csv.reader(text, delimiter=delimiter, strict=True)
        names = next(rows, [])
        # Data frames and R write the numbers of their rows into a first column without a name.
        numbered = len(names) > 1 and not names[0].strip()
        paths = _paths(names[numbered:], name)
        for n, cells in enumerate(rows, start=1):
            if not cells:
                continue
            if len(cells) != len(names):
                raise InputError(f"expected {counted(len(names), 'cell')}, got {len(cells):,}", name, row=n)
            if numbered and not cells[0].isdecimal():
                what = f"the first one has none and holds {cells[0]!r}"
                raise InputError(f"expected a name for every column: {what}", name, row=n)
            cells = cells[numbered:]
            yield nest([(path, cell) for path, cell in zip(paths, cells, strict=True) if cell])
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: {error.reason} at byte {error.start}", name) from None
    except csv.Error as error:
        raise InputError(f"not a table: {error}", name, rows.line_num) from None
    finally:
        text.detach()


def _paths(names: Sequence[str], file: str) -> list[Path]:
    if odd := [name for n, name in enumerate(names) if name in names[:n] or not name.strip()]:
        raise InputError(f"expected a name for every column, each once: {first_names(odd)}", file, 1)
    paths = [parse_path(name) for name in names]
    if not all(paths):
        raise InputError("expected names such as a.b or rows[0].name for the columns", file, 1)
    for name, path in zip(names, paths, strict=True):
        if any(path != other and path == other[: len(path)] for other in paths):
            raise InputError(f"column {name!r}: expected no other columns that are members of it", file, 1)
    return _with_positions(paths)


def _with_positions(paths: list[Path]) -> list[Path]:
    """Take numbers between dots as positions where the columns of a list begin with 0 and leave none out."""
    members: dict[Path, set[str | int]] = {}
    for path in paths:
        for n, step in enumerate(path):
            members.setdefault(path[:n], set()).add(step)
    lists = {
        before for before, steps in members.items() if before and steps == {str(n) for n in range(len(steps))}
    }
    return [tuple(int(x) if path[:n] in lists else x for n, x in enumerate(path)) for path in paths]


def nest(cells: Sequence[tuple[Path, Any]]) -> dict[str, Any]:
    """Build nested objects and lists of values at paths; a position without a value is null."""
    root: dict[str | int, Any] = {}
    for path, value in cells:
        at = root
        for step in path[:-1]:
            at = at.setdefault(step, {})
        at[path[-1]] = value
    made: dict[str, Any] = _listed(root)
    return made


def _listed(value: Any) -> Any:
    """Turn objects that are keyed by numbers alone into lists."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(x) for name, x in value.items()}
    if inner and all(isinstance(name, int) for name in inner):
        return [inner.get(n) for n in range(max(inner) + 1)]
    return {str(name): x for name, x in inner.items()}


def rows_from_columns(columns: Sequence[tuple[str, Sequence[Any]]], file: str) -> Iterator[dict[str, Any]]:
    """Build rows of columns with names as in `read_table`; ``None`` is left out."""
    paths = _paths([name for name, _ in columns], file)
    for cells in zip_longest(*(values for _, values in columns)):
        yield nest([(path, cell) for path, cell in zip(paths, cells, strict=True) if cell is not None])
