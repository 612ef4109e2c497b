"""A JSON value -> checked plain values, paths, leaves and sizes.

A *leaf* is a scalar at a path. It is *empty* where it is null, "" or whitespace only; an empty leaf is no
field. ``0`` and ``false`` are values.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

SCALARS: Final = frozenset({str, int, float, bool, type(None)})
"""The types of JSON's scalars."""
_PLAIN: Final = SCALARS | {dict, list}

Place = tuple[Any, ...]
"""A place in a tree, as (the place above it, the step from there): cheap to make on the way down."""

ROOT: Final[Place] = ()

# Names that need no quotes in a path: no syntax of paths in them, no whitespace but inner spaces.
_BARE: Final = re.compile(r"[^\s.\[\]\"\\]+( [^\s.\[\]\"\\]+)*")


EXACT_FLOAT: Final = 2.0**53
"""Above this a float no longer holds every integer, so its shortest text is kept as it is."""
_LONG_INTEGER: Final = 2_000


def scalar_text(value: Any) -> str:
    """Write a JSON scalar as text: ``null`` is empty, ``193.0`` and ``193`` are one number.

    Parameters
    ----------
    value
        A JSON scalar: str, int, float, bool or None.
    """
    if value.__class__ is str:
        return value
    if value is None:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, float):
        if value.is_integer() and abs(value) <= EXACT_FLOAT:
            return str(int(value))
    elif value.bit_length() > _LONG_INTEGER:
        return hex(value)  # Python refuses to write such an integer in decimal
    return repr(value)


# -- paths ---------------------------------------------------------------------------------------------


def member_path(path: str, key: str) -> str:
    """Append an object member to a path: ``a`` + ``b`` gives ``a.b``; odd names are quoted."""
    if _BARE.fullmatch(key) is None:
        return f"{path}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{path}.{key}" if path else key


def item_path(path: str, index: int) -> str:
    """Append a list item to a path: ``a`` + 3 gives ``a[3]``."""
    return f"{path}[{index}]"


def path_text(place: Place) -> str:
    """Write a place with its positions: ``((((), "a"), 3), "b")`` gives ``a[3].b``; the root is ``$``."""
    text = ""
    for step in _steps(place):
        text = item_path(text, step) if isinstance(step, int) else member_path(text, step)
    return text or "$"


def field_text(place: Place) -> str:
    """Write the field of a place, positions left out: ``((((), "a"), 3), "b")`` gives ``a[].b``."""
    text = ""
    for step in _steps(place):
        text = f"{text}[]" if isinstance(step, int) else member_path(text, step)
    return text or "$"


def shape(place: Place) -> tuple[str | int, ...]:
    """Return the steps to a place with all positions 0: the same for all leaves of one field."""
    return tuple(0 if type(step) is int else step for step in _steps(place))


def _steps(place: Place) -> list[str | int]:
    steps: list[str | int] = []
    while place:
        place, step = place
        steps.append(step)
    steps.reverse()
    return steps


# -- order ---------------------------------------------------------------------------------------------


def order_key(value: Any, form: Callable[[str], str], known: dict[int, str], blanks: bool = False) -> str:
    """Write a value so that equal texts mean equal values, whatever the order of members and items.

    The keys serve to tell equal items and to put items into an order that does not depend on where they
    stand.

    Parameters
    ----------
    value
        A plain JSON value.
    form
        The normal form of texts.
    known
        Keys of containers, by identity; filled as containers are met.
    blanks
        Whether empty leaves count. If not, they are left out, and the key of an empty value is empty.
    """
    if type(value) is not dict and type(value) is not list:
        text = form(scalar_text(value))
        return repr(text) if text or blanks else ""
    key = known.get(id(value))
    if key is None:
        parts = []
        if type(value) is dict:
            for name, x in value.items():
                if x.__class__ is str:
                    # The commonest case by far, so it takes no call of its own.
                    if (text := form(x)) or blanks:
                        parts.append(f"{name!r}:{text!r}")
                elif inner := order_key(x, form, known, blanks):
                    parts.append(f"{name!r}:{inner}")
            key = "{" + ",".join(sorted(parts)) + "}" if parts or blanks else ""
        else:
            for x in value:
                if inner := order_key(x, form, known, blanks):
                    parts.append(inner)
            key = "[" + ",".join(sorted(parts)) + "]" if parts or blanks else ""
        known[id(value)] = key
    return key


# -- checks --------------------------------------------------------------------------------------------


def plain(value: Any, error: type[Exception], max_depth: int, what: str) -> Any:
    """Return a value built only of dict, list, str, int, float, bool and None.

    Parameters
    ----------
    value
        What should be a JSON value; mappings and sequences of other types are copied into plain ones.
    error
        The error class to raise.
    max_depth
        Deepest nesting allowed, in containers.
    what
        Name of the value for the message, such as ``gold``.

    Raises
    ------
    Exception
        An ``error`` that gives the JSON path and what was expected there.
    """
    if _is_plain(value, max_depth):
        return value
    return _plain(value, error, max_depth, what, "$")


def _is_plain(value: Any, max_depth: int) -> bool:
    """Check at C speed what is nearly always so; what fails here is walked again to name the place."""
    level: list[Any] = [value]
    for depth in range(max_depth + 1):
        kinds = set(map(type, level))
        if not kinds <= _PLAIN or (depth == max_depth and (dict in kinds or list in kinds)):
            return False
        if float in kinds and not all(map(math.isfinite, (x for x in level if type(x) is float))):
            return False
        objects = [x for x in level if type(x) is dict] if dict in kinds else []
        lists = [x for x in level if type(x) is list] if list in kinds else []
        if not set(map(type, chain.from_iterable(objects))) <= {str}:
            return False
        level = list(chain(chain.from_iterable(map(dict.values, objects)), chain.from_iterable(lists)))
        if not level:
            return True
    return False


def _plain(value: Any, error: type[Exception], depth: int, what: str, path: str) -> Any:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is float:
        if not math.isfinite(value):
            raise error(f"{what}: expected a finite number, got {value!r} - at {path}")
        return value
    if isinstance(value, (list, tuple)):
        _check_depth(depth, error, what, path)
        items = [_plain(x, error, depth - 1, what, f"{path}[{i}]") for i, x in enumerate(value)]
        return value if kind is list and all(map(_same, items, value)) else items
    if isinstance(value, Mapping):
        _check_depth(depth, error, what, path)
        made: dict[str, Any] = {}
        for key, x in value.items():
            if type(key) is not str:
                raise error(f"{what}: expected a member name of type str, got {key!r} - at {path}")
            made[key] = _plain(x, error, depth - 1, what, member_path(path, key))
        return value if kind is dict and all(map(_same, made.values(), value.values())) else made
    if isinstance(value, str):
        return str(value)
    raise error(f"{what}: expected a JSON value, got {kind.__name__} - at {path}")


def _check_depth(depth: int, error: type[Exception], what: str, path: str) -> None:
    if depth <= 0:
        short = path if len(path) <= 60 else path[:57] + "..."
        raise error(f"{what}: expected at most the spec's max_depth of nested containers - at {short}")


def _same(a: object, b: object) -> bool:
    return a is b


# -- sizes ---------------------------------------------------------------------------------------------


def is_empty(value: Any) -> bool:
    """Check whether a value holds no field: null, "", whitespace, [], {}."""
    if type(value) is str:
        return not value or value.isspace()
    return value is None or value == [] or value == {}


# -- Donut's reading -----------------------------------------------------------------------------------


def donut_leaves(value: Any) -> Iterator[tuple[str, str, Place, Any]]:
    """Return the fields that Donut's evaluator sees (Kim et al. 2021, arXiv 2111.15664).

    Null, "", 0, false, [] and {} are dropped wherever a member holds them; a list keeps its objects if
    it has nothing else, otherwise its non-empty strings and numbers; member names are joined by dots,
    and a text of whitespace only stays as an empty value.

    Yields
    ------
    tuple
        Donut's key, its value, the place, and the raw value.
    """
    yield from _donut(value, "", ROOT)


def _donut(value: Any, key: str, at: Place) -> Iterator[tuple[str, str, Place, Any]]:
    if not value:
        return
    if type(value) is dict:
        for name, child in value.items():
            yield from _donut(child, f"{key}.{name}" if key else name, (at, name))
    elif type(value) is list:
        objects = all(type(item) is dict for item in value)
        for i, item in enumerate(value):
            if objects:
                yield from _donut(item, key, (at, i))
            elif type(item) in (str, int, float) and (text := str(item).strip()):
                yield key, text, (at, i), item
    else:
        yield key, str(value).strip(), at, value


def json_leaves(value: Any, form: Callable[[str], str]) -> Iterator[tuple[tuple[str, ...], str, Place, Any]]:
    """Return every leaf that is not empty: its member names, its normal form, its place and its raw value."""
    yield from _json(value, form, (), ROOT)


def _json(
    value: Any, form: Callable[[str], str], names: tuple[str, ...], at: Place
) -> Iterator[tuple[tuple[str, ...], str, Place, Any]]:
    if type(value) is dict:
        for key, x in value.items():
            yield from _json(x, form, (*names, key), (at, key))
    elif type(value) is list:
        for i, x in enumerate(value):
            yield from _json(x, form, names, (at, i))
    elif text := form(scalar_text(value)):
        yield names, text, at, value
