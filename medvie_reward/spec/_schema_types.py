"""What a JSON Schema says of a value's type -> the kinds of value it allows, and their comparator.

Kinds are sets: what two schemas both hold for is their meet, what alternatives allow is their union.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from medvie_reward.comparators.text import folded_text

Kind = tuple[str, Any]
"""``enum`` with its values, ``array`` with the kinds of its items; another comparator's name, ``any`` or
``object`` with ()."""

Kinds = frozenset[Kind]

ANY: Final[Kinds] = frozenset({("any", ())})
NONE: Final[Kinds] = frozenset()

OBJECT_KEYWORDS: Final = ("properties", "patternProperties", "additionalProperties", "unevaluatedProperties")
ARRAY_KEYWORDS: Final = ("prefixItems", "items", "additionalItems", "unevaluatedItems")

_FORMATS: Final = {"date": "date", "date-time": "datetime", "time": "time"}
_TEXTS: Final = {"text", "numeral", *_FORMATS.values()}
_PATTERN: Final = 200


def stated(schema: dict[str, Any]) -> Kinds:
    """Return the kinds that one schema's own type, format, enum and const allow."""
    types, form = schema.get("type"), schema.get("format")
    if types is None:
        types = _implied(schema)
    names = [types] if isinstance(types, str) else types
    kinds = frozenset(_kind(name, form) for name in names if name != "null") if names else ANY
    if ("text", ()) in kinds and _is_numeral(schema.get("pattern")):
        kinds = kinds - {("text", ())} | {("numeral", ())}
    for values in (schema.get("enum"), [schema["const"]] if "const" in schema else None):
        if values is not None:
            kinds = meet(kinds, union(kind for value in values for kind in _kinds_of(value)))
    return kinds


def _implied(schema: dict[str, Any]) -> list[str]:
    """Return the type that a schema without one must mean to describe."""
    if not schema.keys().isdisjoint(OBJECT_KEYWORDS):
        return ["object"]
    if not schema.keys().isdisjoint(ARRAY_KEYWORDS):
        return ["array"]
    return ["string"] if schema.get("format") in _FORMATS else []


def _is_numeral(pattern: Any) -> bool:
    """Check whether a pattern lets through numbers and nothing else, as Pydantic's for decimals does."""
    if not isinstance(pattern, str) or len(pattern) > _PATTERN:
        return False
    try:
        lets = re.compile(pattern).search
    except (re.error, RecursionError):
        return False
    return all(map(lets, ("0", "7", "12"))) and not any(map(lets, ("", "a", "1a", "a1", "1-2", "1 2", "1/2")))


def _kind(name: str, form: str | None) -> Kind:
    if name == "string":
        return _FORMATS.get(form or "", "text"), ()
    return ("array", ANY) if name == "array" else ("number" if name == "integer" else name, ())


def _kinds_of(value: Any) -> Iterator[Kind]:
    """Return the kind of an enum's value; none for an empty one, since an empty leaf is no field."""
    if isinstance(value, str):
        if value.strip():
            yield "enum", (value,)
    elif value is not None:
        yield _kind({bool: "boolean", list: "array", dict: "object"}.get(type(value), "number"), None)


def union(kinds: Iterable[Kind]) -> Kinds:
    """Put kinds together, all enums in one and all arrays in one."""
    found = list(kinds)
    made = {kind for kind in found if kind[0] not in ("enum", "array")}
    if values := {value for name, values in found if name == "enum" for value in values}:
        made.add(("enum", tuple(sorted(values))))
    if items := [inner for name, inner in found if name == "array"]:
        made.add(("array", union(chain.from_iterable(items))))
    return frozenset(made)


def meet(a: Kinds, b: Kinds) -> Kinds:
    """Return the kinds that both allow."""
    return union(kind for x in a for y in b if (kind := _both(x, y)) is not None)


def _both(x: Kind, y: Kind) -> Kind | None:
    if x == y or _covers(y[0], x[0]):
        return x
    if _covers(x[0], y[0]):
        return y
    if x[0] == y[0] == "array":
        return "array", meet(x[1], y[1])
    shared = tuple(set(x[1]) & set(y[1])) if x[0] == y[0] == "enum" else ()
    return ("enum", shared) if shared else None


def _covers(wide: str, kind: str) -> bool:
    return wide == "any" or (wide == "text" and kind in _TEXTS) or (wide in _TEXTS and kind == "enum")


def with_items(kinds: Kinds, items: Kinds) -> Kinds:
    """Narrow what the arrays among kinds hold."""
    return union(("array", meet(inner, items)) if name == "array" else (name, inner) for name, inner in kinds)


def leaves(kinds: Kinds) -> Kinds:
    """Return the kinds of a field's leaves: lone values and the items of arrays, without objects."""
    inner = (leaves(of) for name, of in kinds if name == "array")
    return union(chain((kind for kind in kinds if kind[0] not in ("array", "object")), *inner))


def comparator_for(kinds: Kinds) -> tuple[str | None, str]:
    """Choose the comparator of a field from the kinds of its leaves, and say why.

    An enum beside plain text is an enum with open ends; one that tells apart what is alike as text is exact.
    No comparator where kinds differ or none is stated, and none for plain strings: reports hold everything as
    strings, so that says nothing of what the value is.
    """
    names = {name for name, _ in kinds}
    if "numeral" in names:
        # A number that may be written as a text of digits is a number; such a text alone is a text.
        kinds = union(
            ("number" if "number" in names else "text", of) if x == "numeral" else (x, of) for x, of in kinds
        )
        names = {name for name, _ in kinds}
    if "enum" in names and names <= {"enum", "text"}:
        values = [value for name, values in kinds if name == "enum" for value in values]
        alike = len(set(map(folded_text, values))) < len(values)
        return ("unicode", "schema: enum of values alike as text") if alike else ("enum", "schema: enum")
    if len(names) != 1 or "any" in names:
        return None, "schema: several types" if len(names) > 1 else "schema: no type"
    (name,) = names
    form = next((form for form, kind in _FORMATS.items() if kind == name), None)
    if name == "text":
        return None, "schema: type string"
    return name, f"schema: format {form}" if form else f"schema: type {name}"
