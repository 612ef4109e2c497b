"""A Python class -> a JSON Schema: Pydantic models say it, dataclasses and TypedDicts are read."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import sys
import types
import typing
from collections.abc import Mapping, Sequence, Set
from importlib import import_module
from typing import Any, Final

from medvie_reward.errors import SpecError

_SCALARS: Final[dict[Any, dict[str, Any]]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    decimal.Decimal: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    datetime.date: {"type": "string", "format": "date"},
    datetime.datetime: {"type": "string", "format": "date-time"},
    datetime.time: {"type": "string", "format": "time"},
    Any: {},
    object: {},
}
_UNIONS: Final = (typing.Union, getattr(types, "UnionType", typing.Union))


def schema_of_class(given: type) -> dict[str, Any]:
    """Return the JSON Schema of a class.

    Raises
    ------
    SpecError
        If it is no Pydantic model, dataclass or TypedDict, or has a field of a type that JSON does not have.
    """
    return _Classes().document(given)


class _Classes:
    """The classes met on the way; each is described once, so that a class may hold itself."""

    def __init__(self) -> None:
        self._names: dict[Any, str] = {}
        self._defs: dict[str, Any] = {}

    def document(self, given: type) -> dict[str, Any]:
        if not _is_described(given):
            kinds = "a Pydantic model, a dataclass or a TypedDict"
            raise SpecError(f"schema: expected {kinds}, got the class {given.__name__} - at $")
        found = self._class(given, given.__name__)
        return {**found, "$defs": self._defs} if self._defs else found

    def _class(self, given: type, at: str) -> dict[str, Any]:
        if given not in self._names:
            name = given.__name__
            while name in self._defs:
                name += "_"
            self._names[given] = name
            self._defs[name] = {}
            self._defs[name] = self._pydantic(given) if _is_pydantic(given) else self._members(given, at)
        return {"$ref": f"#/$defs/{self._names[given]}"}

    def _pydantic(self, given: Any) -> dict[str, Any]:
        try:
            schema = _schema_of_model(given)
        except Exception as error:
            raise SpecError(f"schema: {given.__name__} gives no JSON Schema: {error}") from error
        return dict(_moved(schema, f"#/$defs/{self._names[given]}"))

    def _members(self, given: type, at: str) -> dict[str, Any]:
        try:
            known = {one.__name__: one for one in self._names}
            hints = typing.get_type_hints(given, localns=known, include_extras=True)
        except Exception as error:
            raise SpecError(f"schema: the types of {at} cannot be read: {error}") from error
        names = list(hints)
        if dataclasses.is_dataclass(given):
            names = [field.name for field in dataclasses.fields(given)]
        members = {name: self._type(hints[name], f"{at}.{name}") for name in names}
        return {"type": "object", "properties": members}

    def _type(self, hint: Any, at: str) -> dict[str, Any]:
        if isinstance(hint, (str, typing.ForwardRef)):
            raise SpecError(f"schema: expected a type that can be read, got {hint!r} - at {at}")
        if (supertype := getattr(hint, "__supertype__", None)) is not None:
            return self._type(supertype, at)
        try:
            if hint in _SCALARS:
                return dict(_SCALARS[hint])
        except TypeError:
            pass
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            more = next((x for x in inner[1:] if isinstance(x, Mapping)), {})
            return {**self._type(inner[0], at), **more}
        if getattr(origin, "_name", "") in (
            "Required",
            "NotRequired",
            "ReadOnly",
        ):
            return self._type(inner[0], at)
        if origin is typing.Literal:
            return {"enum": list(inner)}
        if origin in _UNIONS:
            return {"anyOf": [self._type(x, at) for x in inner]}
        return self._container(hint, origin or hint, inner, at)

    def _container(self, hint: Any, kind: Any, inner: tuple[Any, ...], at: str) -> dict[str, Any]:
        if not isinstance(kind, type):
            raise SpecError(f"schema: expected a type that JSON has, got {hint!r} - at {at}")
        if _is_described(kind):
            return self._class(kind, at)
        if issubclass(kind, enum.Enum):
            return {"enum": [member.value for member in kind]}
        if issubclass(kind, Mapping):
            return {"type": "object", **({"additionalProperties": self._type(inner[1], at)} if inner else {})}
        if issubclass(kind, tuple) and inner and inner[-1] is not Ellipsis:
            return {"type": "array", "prefixItems": [self._type(x, f"{at}[]") for x in inner]}
        if issubclass(kind, (Sequence, Set)) and not issubclass(kind, (str, bytes)):
            return {"type": "array", **({"items": self._type(inner[0], f"{at}[]")} if inner else {})}
        for base, schema in _SCALARS.items():
            if isinstance(base, type) and base is not object and issubclass(kind, base):
                return dict(schema)
        raise SpecError(f"schema: expected a type that JSON has, got {kind.__name__} - at {at}")


def _schema_of_model(given: Any) -> Any:
    """Let a model write its schema; a decimal, which may come as a text too, is a number."""
    if not hasattr(given, "model_json_schema"):
        return given.schema()
    pydantic = sys.modules.get("pydantic")
    if pydantic is None or not issubclass(given, pydantic.BaseModel):
        return given.model_json_schema()
    base: Any = import_module("pydantic.json_schema").GenerateJsonSchema
    writer = type("Decimals", (base,), {"decimal_schema": lambda *_: {"type": "number"}})
    return given.model_json_schema(schema_generator=writer)


def _is_pydantic(given: type) -> bool:
    return callable(getattr(given, "model_json_schema", None)) or hasattr(given, "__get_validators__")


def _is_described(given: type) -> bool:
    """Check whether a class says which members its objects have."""
    return _is_pydantic(given) or dataclasses.is_dataclass(given) or typing.is_typeddict(given)


def _moved(schema: Any, base: str) -> Any:
    """Copy a schema that goes below another one, with its references to its own places."""
    if isinstance(schema, Mapping):
        made = {key: _moved(x, base) for key, x in schema.items()}
        ref = made.get("$ref")
        if isinstance(ref, str) and ref.startswith("#"):
            made["$ref"] = base + ref[1:]
        return made
    return [_moved(x, base) for x in schema] if isinstance(schema, (list, tuple)) else schema
