"""Gold documents -> which part of a corpus each belongs to: by a row member, by size, by what is there.

Sizes are cut at fixed bounds, not at quantiles of the corpus, so that a part means the same in every corpus.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any, Final

from medvie_reward._core.json_values import json_leaves
from medvie_reward._core.paths import field_text
from medvie_reward.completions import ABSENT, decode
from medvie_reward.corpus._place import Place
from medvie_reward.corpus._rows import RowFile
from medvie_reward.errors import InputError

BOUNDS: Final = {
    "rows": (0, 5, 10, 20, 50),
    "length": (100, 250, 500, 1000, 2000),
    "fields": (5, 10, 15, 20, 30),
}
"""Largest value of each part but the last.

``rows``: items of all lists of the gold; ``length``: characters of all its values; ``fields``: different
fields that it fills.
"""

HAS: Final = "has:"
"""Begins the name of a slice by whether a field is filled: ``has:Diagnosis``."""

MAX_DEPTH: Final = 1024
"""Nesting that is looked into; a spec allows less."""

OTHERS: Final = "(none)"
"""The part of gold documents without the row member that a slice is named after."""


def slice_of(name: str, gold: Any, row: Any) -> str:
    """Return the part of a slice that a gold document belongs to.

    Parameters
    ----------
    name
        ``rows``, ``length``, ``fields``, ``has:FIELD``, or a member of the gold's row. A member that has one
        of these names is not reached; rename it.
    gold
        The gold as it stands in its row: a value, or its JSON text.
    row
        The line of the file that it stands in.
    """
    if isinstance(gold, str):
        found = decode(gold, MAX_DEPTH).value
        gold = None if found is ABSENT else found  # scoring says what is wrong with it
    if name.startswith(HAS):
        return "with" if name.removeprefix(HAS) in _fields(gold) else "without"
    if name == "rows":
        return _bin(name, _items(gold))
    if name == "length":
        return _bin(name, sum(len(text) for _, text, _, _ in json_leaves(gold, str.strip)))
    if name == "fields":
        return _bin(name, len(_fields(gold)))
    found = _member(name, (row,))
    return OTHERS if found is None else found


def group_of(name: str, gold: Any, rows: Iterable[Any]) -> str | None:
    """Return the part of a slice that a document belongs to, as `slice_of`; ``None`` where there is none.

    Parameters
    ----------
    name
        As for `slice_of`, but a member of this name is looked for first.
    gold
        The gold as it stands in its row.
    rows
        The gold's row, and the prediction's: the first one with the member counts.
    """
    found = _member(name, rows)
    if found is None and is_size(name):
        return slice_of(name, gold, None)
    return found


def _member(name: str, rows: Iterable[Any]) -> str | None:
    for row in rows:
        if isinstance(row, dict) and name in row:
            value = row[name]
            if value is None:
                return OTHERS
            return value if isinstance(value, str) else str(value)
    return None


def is_size(name: str) -> bool:
    """Check whether a slice is made from the gold itself, not from a member of its row."""
    return name in BOUNDS or name.startswith(HAS)


def check_slice(name: str, labels: list[str], file: str) -> None:
    """Raise where no gold has what a slice is named after.

    Raises
    ------
    InputError
        It says which names there are besides members.
    """
    if set(labels) == {OTHERS}:
        kinds = ", ".join((*BOUNDS, f"{HAS}FIELD"))
        raise InputError(f"--by {name}: expected {kinds}, or a member that some gold row has", file)


def label_golds(
    golds: RowFile, names: Iterable[str], cluster: str | None = None
) -> tuple[dict[str, list[str]], list[str] | None]:
    """Return slice -> the part of each gold document of a file, and their clusters where asked for.

    Parameters
    ----------
    golds
        The file.
    names
        The slices; see `slice_of`.
    cluster
        The row member that names a gold's cluster.

    Raises
    ------
    InputError
        If no gold has what a slice is named after, or one has no cluster.
    """
    made: dict[str, list[str]] = {name: [] for name in names}
    clusters: list[str] = []
    for n in range(len(golds) if made or cluster is not None else 0):
        row = golds.row(n)
        gold = golds.reader.value(row, golds.place(n))
        for name, labels in made.items():
            labels.append(slice_of(name, gold, row.value))
        if cluster is not None:
            clusters.append(_cluster(cluster, row.value, golds.place(n)))
    for name, labels in made.items():
        check_slice(name, labels, golds.name)
    return made, None if cluster is None else clusters


def _cluster(key: str, row: Any, at: Place) -> str:
    found = row.get(key) if isinstance(row, dict) else None
    if found is None:
        raise at.error(f"has no member {key!r}, which --cluster names")
    return str(found)


def order_parts(name: str, parts: set[str]) -> list[str]:
    """Return the parts of a slice in the order in which they are shown: sizes upwards, all else by name."""
    if name in BOUNDS:
        known = [_bin(name, n) for n in (*BOUNDS[name], BOUNDS[name][-1] + 1)]
        return [part for part in known if part in parts]
    return sorted(parts, key=lambda part: (part == OTHERS, part))


def _bin(name: str, n: int) -> str:
    bounds = BOUNDS[name]
    at = bisect_left(bounds, n)
    if at == len(bounds):
        return f"{bounds[-1] + 1}+"
    low = bounds[at - 1] + 1 if at else 0
    return f"{low}–{bounds[at]}" if low < bounds[at] else str(low)


def _fields(gold: Any) -> set[str]:
    """Return the names of the fields that a gold fills."""
    return {field_text(at) for _, _, at, _ in json_leaves(gold, str.strip)}


def _items(gold: Any) -> int:
    n = 0
    waiting = [gold]
    while waiting:
        value = waiting.pop()
        if type(value) is dict:
            waiting.extend(value.values())
        elif type(value) is list:
            n += len(value)
            waiting.extend(value)
    return n
