"""A JSON value -> checked plain values, leaves and the order of values.

A *leaf* is a scalar at a path. It is *empty* where it is null, "" or whitespace only; an empty leaf is no
field. ``0`` and ``false`` are values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final

import orjson

from medvie_reward._core.paths import ROOT, Place, json_path

SCALARS: Final = frozenset({str, int, float, bool, type(None)})
"""The types of JSON's scalars."""
_PLAIN: Final = SCALARS | {dict, list}
# Levels of nesting that are checked at once where any are allowed; and what an object may wrap another.
_MOST_LEVELS: Final = 200
_MOST_STEPS: Final = 16
_LONGEST_PATH: Final = 200
EXACT_FLOAT: Final = 2.0**53
"""Above this a float no longer holds every integer, so its shortest text is kept as it is."""
_LONG_INTEGER: Final = 2_000
ANY: Final = "$any"
"""The only member of a gold object that stands for one leaf with several accepted values."""


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


def accepted_values(value: dict[str, Any]) -> list[Any] | None:
    """Return the values that a gold leaf accepts, if an object stands for such a leaf, else ``None``."""
    accepted = value.get(ANY) if len(value) == 1 else None
    return accepted if isinstance(accepted, list) else None


def first_accepted(value: Any) -> Any:
    """Return a gold document with the first accepted value that is not empty in place of each `ANY`."""
    if isinstance(value, dict):
        if (accepted := accepted_values(value)) is not None:
            return next((x for x in accepted if not is_empty(x)), None)
        return {name: first_accepted(x) for name, x in value.items()}
    return [first_accepted(x) for x in value] if isinstance(value, list) else value


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


def plain(
    value: Any,
    error: type[Exception],
    max_depth: int | None,
    what: str,
    *,
    tuples: bool = False,
    strict: bool = True,
) -> Any:
    """Return a value built only of dict, list, str, int, float, bool and None.

    Parameters
    ----------
    value
        What should be a JSON value. Other mappings and sequences, dates, decimals, models, dataclasses and
        values of NumPy, pandas and Arrow are copied into plain ones; see `python_values`.
    error
        The error class to raise.
    max_depth
        Deepest nesting allowed, in containers; ``None`` for any.
    what
        Name of the value for the message, such as ``gold``.
    tuples
        Whether tuples stay as they are, and are no lists.
    strict
        Whether numbers must be finite and texts must be Unicode, as in JSON text.

    Raises
    ------
    Exception
        An ``error`` that gives the JSON path and what was expected there.
    """
    if _is_plain(value, _MOST_LEVELS if max_depth is None else max_depth, tuples, strict):
        return value
    return _Reader(error, max_depth, what, tuples, strict).read(value)


def _is_plain(value: Any, max_depth: int, tuples: bool, strict: bool) -> bool:
    """Check at C speed what is nearly always so; what fails here is walked again to name the place."""
    if strict:
        # It refuses lone surrogates and names that are no str, in less time than it takes to list them.
        try:
            orjson.dumps(value)
        except TypeError:
            return False
    allowed = _PLAIN | {tuple} if tuples else _PLAIN
    level: list[Any] = [value]
    for depth in range(max_depth + 1):
        kinds = set(map(type, level))
        if not kinds <= allowed or (depth == max_depth and (dict in kinds or list in kinds)):
            return False
        if strict and float in kinds and not all(map(math.isfinite, (x for x in level if type(x) is float))):
            return False
        objects = [x for x in level if type(x) is dict] if dict in kinds else []
        lists: list[Any] = [x for x in level if type(x) is list] if list in kinds else []
        if tuple in kinds:
            lists += [x for x in level if type(x) is tuple]
        if not strict and not set(map(type, chain.from_iterable(objects))) <= {str}:
            return False
        level = list(chain(chain.from_iterable(map(dict.values, objects)), chain.from_iterable(lists)))
        if not level:
            return True
    return False


def _is_unicode(text: str) -> bool:
    """Check that a text has no lone surrogate, which no file and no JSON text can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_CLOSE: Final = object()


class _Reader:
    """Reads one value part by part, and names the place of what JSON cannot say."""

    def __init__(
        self, error: type[Exception], max_depth: int | None, what: str, tuples: bool, strict: bool
    ) -> None:
        self._error = error
        self._max_depth = max_depth
        self._what = what
        self._tuples = tuples
        self._strict = strict

    def read(self, value: Any) -> Any:
        """Return the plain value. It is walked without recursion, since it may be of any depth."""
        whole: list[Any] = [None]
        waiting: list[tuple[Any, Any, Any, Place]] = [(value, whole, 0, ROOT)]
        opened: dict[int, Any] = {}
        while waiting:
            value, into, at, place = waiting.pop()
            if into is _CLOSE:
                del opened[at]
                if type(value) is tuple:
                    inner, holder, key = value
                    holder[key] = tuple(inner)
                continue
            made = self._step(value, place)
            kind = type(made)
            if kind in SCALARS:
                into[at] = self._scalar(made, place)
                continue
            if id(value) in opened:
                raise self._fault(
                    f"expected a value that ends, got a {type(value).__name__} that holds itself", place
                )
            if len(opened) == self._max_depth:
                raise self._fault("expected at most the spec's max_depth of nested containers", place)
            opened[id(value)] = value
            parts = self._named(made, place) if kind is dict else dict(enumerate(made))
            held: Any = dict.fromkeys(parts) if kind is dict else [None] * len(parts)
            into[at] = held
            keep = (held, into, at) if kind is tuple and self._tuples else None
            waiting.append((keep, _CLOSE, id(value), place))
            waiting.extend([(x, held, step, (place, step)) for step, x in reversed(parts.items())])
        return whole[0]

    def _step(self, value: Any, place: Place) -> Any:
        """Return the JSON value of an object of any type: a scalar, or a container of the exact type."""
        made = value
        for _ in range(_MOST_STEPS):
            kind = type(made)
            if kind in _PLAIN or kind is tuple:
                return made
            from medvie_reward._core.python_values import NoValue, step_in

            try:
                made = step_in(made)
            except NoValue as error:
                raise self._fault(f"expected a JSON value, got {error}", place) from None
        raise self._fault(f"expected a JSON value, got {type(value).__name__}", place)

    def _scalar(self, value: Any, place: Place) -> Any:
        if self._strict:
            if type(value) is float and not math.isfinite(value):
                raise self._fault(f"expected a finite number, got {value!r}", place)
            if type(value) is str and not _is_unicode(value):
                raise self._fault(f"expected Unicode text, got a lone surrogate in {value[:60]!a}", place)
        return value

    def _named(self, value: dict[Any, Any], place: Place) -> dict[Any, Any]:
        """Return an object under names that are texts."""
        if set(map(type, value)) <= {str} and (not self._strict or _is_unicode("".join(value))):
            return value
        from medvie_reward._core.python_values import member_name

        named: dict[str, Any] = {}
        for key, x in value.items():
            name = key if type(key) is str else member_name(key)
            if name is None:
                raise self._fault(f"expected a member name of type str or int, got {key!r}", place)
            if name in named:
                raise self._fault(f"expected each member once, got {name!r} twice", place)
            if self._strict and not _is_unicode(name):
                raise self._fault(f"expected Unicode text, got a lone surrogate in the name {name!a}", place)
            named[name] = x
        return named

    def _fault(self, reason: str, place: Place) -> Exception:
        path = json_path(place)
        short = path if len(path) <= _LONGEST_PATH else path[: _LONGEST_PATH - 3] + "..."
        return self._error(f"{self._what}: {reason} - at {short}")


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
            elif type(item) in (str, int, float) and (text := _donut_text(item)):
                yield key, text, (at, i), item
    else:
        yield key, _donut_text(value), at, value


def _donut_text(value: Any) -> str:
    if type(value) is int and value.bit_length() > _LONG_INTEGER:
        return hex(value)  # Python refuses to write such an integer in decimal
    return str(value).strip()


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
