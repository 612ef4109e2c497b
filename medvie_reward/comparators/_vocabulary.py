"""The words that comparators know: tables in the folder ``vocabulary``, read when first asked for.

A table has a header, then a row for each meaning. Spellings of one meaning are parted by ``|``; the last
column names where they come from. Rows that begin with ``#`` are for people.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a table, each by the names of its columns."""
    text = files(__package__).joinpath("vocabulary", f"{name}.csv").read_text(encoding="utf-8")
    header, *rows = (line.split(",") for line in text.splitlines() if line and line[0] != "#")
    return tuple(dict(zip(header, row, strict=True)) for row in rows)


def spellings(name: str, of: str, by: str) -> dict[str, tuple[str, ...]]:
    """Return the spellings in one column of a table, gathered by another."""
    gathered: dict[str, list[str]] = {}
    for row in table(name):
        gathered.setdefault(row[by], []).extend(word.strip() for word in row[of].split("|"))
    return {meaning: tuple(words) for meaning, words in gathered.items()}
