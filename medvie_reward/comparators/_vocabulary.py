"""The words that comparators know: tables in the folder ``vocabulary``, read when first asked for.

A table has a header, then a row for each meaning. Spellings of one meaning are parted by ``|``; the last
column names where they come from. Rows that begin with ``#`` are for people.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a table, each by the names of its columns."""
    text = files(__package__).joinpath("vocabulary", f"{name}.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(line for line in text.splitlines() if line[:1] not in ("", "#"))
    return tuple(dict(zip(header, row, strict=True)) for row in rows)


def spellings(name: str, of: str, by: str, **where: str) -> dict[str, tuple[str, ...]]:
    """Return the spellings in one column of a table, gathered by another.

    Parameters
    ----------
    name
        The table.
    of, by
        The column of spellings, and that of what they mean.
    **where
        What rows have to hold in other columns.
    """
    gathered: dict[str, list[str]] = {}
    for row in table(name):
        if all(row[column] == value for column, value in where.items()):
            gathered.setdefault(row[by], []).extend(word.strip() for word in row[of].split("|"))
    return {meaning: tuple(words) for meaning, words in gathered.items()}
