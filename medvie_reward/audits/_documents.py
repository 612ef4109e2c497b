"""Documents as values, and copies of them with something changed. Nothing here changes what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias
from zlib import crc32

from medvie_reward._core.json_values import is_empty

Path: TypeAlias = "tuple[str | int, ...]"
Change: TypeAlias = Callable[[Path, Any], Any]

_UNLIKE: Final = ("Quokka", "Zephyrine", "Vexillary", "Jabiru", "Wombat", "Kyanite", "Oxbow", "Fjordic")


def scalars_of(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Give every scalar with its path, blank ones too."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from scalars_of(member, (*path, name))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from scalars_of(item, (*path, n))
    else:
        yield path, value


def leaves_of(value: Any) -> list[tuple[Path, Any]]:
    """Give every scalar that is not blank, with its path."""
    return [(path, scalar) for path, scalar in scalars_of(value) if not is_empty(scalar)]


def mapped(value: Any, change: Change, path: Path = ()) -> Any:
    """Copy a value with every scalar changed."""
    if isinstance(value, dict):
        return {name: mapped(member, change, (*path, name)) for name, member in value.items()}
    if isinstance(value, list):
        return [mapped(item, change, (*path, n)) for n, item in enumerate(value)]
    return change(path, value)


def on_leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """Copy a value with every scalar changed that is not blank."""
    return mapped(value, lambda _, scalar: scalar if is_empty(scalar) else change(scalar))


def filled(value: Any, new: Any) -> Any:
    """Copy a value with the same scalar everywhere."""
    return mapped(value, lambda _, __: new)


def replaced(value: Any, path: Path, new: Any) -> Any:
    """Copy a value with another one at a path."""
    if not path:
        return new
    made = value.copy()
    made[path[0]] = replaced(value[path[0]], path[1:], new)
    return made


def without(value: Any, paths: set[Path], path: Path = ()) -> Any:
    """Copy a value without what is at some paths."""
    if isinstance(value, dict):
        return {
            name: without(member, paths, (*path, name))
            for name, member in value.items()
            if (*path, name) not in paths
        }
    if isinstance(value, list):
        return [without(item, paths, (*path, n)) for n, item in enumerate(value) if (*path, n) not in paths]
    return value


def only(value: Any, paths: set[Path]) -> Any:
    """Copy a value with no scalars but those at some paths; what is empty then is left out."""
    made = without(value, {path for path, _ in scalars_of(value) if path not in paths})
    return _pruned(made)


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: kept for name, member in value.items() if not is_empty(kept := _pruned(member))}
    if isinstance(value, list):
        return [kept for item in value if not is_empty(kept := _pruned(item))]
    return value


def reordered(
    value: Any,
    members: Callable[[list[Any]], list[Any]] | None = None,
    items: Callable[[list[Any]], list[Any]] | None = None,
) -> Any:
    """Copy a value with the members of every object, or the items of every list, in another order."""
    if isinstance(value, dict):
        pairs = [(name, reordered(member, members, items)) for name, member in value.items()]
        return dict(members(pairs) if members else pairs)
    if isinstance(value, list):
        inner = [reordered(item, members, items) for item in value]
        return items(inner) if items else inner
    return value


def tables_of(value: Any, path: Path = ()) -> list[tuple[Path, list[dict[str, Any]]]]:
    """Give every list of two or more objects, with its path."""
    found: list[tuple[Path, list[dict[str, Any]]]] = []
    if isinstance(value, dict):
        for name, member in value.items():
            found += tables_of(member, (*path, name))
    elif isinstance(value, list):
        if len(value) > 1 and all(isinstance(item, dict) for item in value):
            found.append((path, value))
        for n, item in enumerate(value):
            found += tables_of(item, (*path, n))
    return found


def columns_of(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Give the columns of a table whose cells are scalars and not all blank, as the rows name them."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    return {
        name: cells
        for name, cells in columns.items()
        if not any(isinstance(cell, (dict, list)) for cell in cells) and not all(map(is_empty, cells))
    }


def varied(rows: list[dict[str, Any]]) -> list[str]:
    """Name the columns with different values in them, the most different ones first."""
    columns = columns_of(rows)
    kinds = {
        name: len({str(cell) for cell in cells if not is_empty(cell)}) for name, cells in columns.items()
    }
    return sorted((name for name, n in kinds.items() if n > 1), key=lambda name: -kinds[name])


def with_column(rows: list[dict[str, Any]], name: str, cells: list[Any]) -> list[dict[str, Any]]:
    """Copy a table with other cells in one column; rows that lack it get none."""
    return [{**row, name: cell} if name in row else row for row, cell in zip(rows, cells, strict=True)]


def decoyed(value: Any, n: int = 0) -> Any:
    """Copy a value with every scalar wrong that is not blank."""
    return on_leaves(value, lambda scalar: decoy(scalar, n))


def decoy(value: Any, n: int = 0) -> Any:
    """Return a value of the same kind that is not this one; another ``n`` gives another one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        made = value + 7919 * (n + 1)
        return made if made != value else -value  # past 2^53, where adding does nothing
    text = str(value)
    if any("0" <= sign <= "9" for sign in text):
        # Digits stay digits, so that the value looks like the right one.
        step = (5, 3, 7, 1, 9, 2, 4, 6, 8)[n % 9]
        return "".join(str((int(sign) + step) % 10) if "0" <= sign <= "9" else sign for sign in text)
    return f"{_UNLIKE[(crc32(text.encode('utf-8', 'replace')) + n) % len(_UNLIKE)]} {n + 1}"
