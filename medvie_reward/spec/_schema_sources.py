"""What people have as a schema -> the JSON Schema in it, and where it stands.

That is a JSON Schema, what an API of structured output or of tools wraps around one, or a class: a Pydantic
model, a dataclass or a TypedDict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from medvie_reward._core.paths import member_path
from medvie_reward._core.validate import shown
from medvie_reward.errors import SpecError
from medvie_reward.spec._metaschema import NESTED

# Under these names APIs keep a schema, or another object that holds one.
_WRAPPERS: Final = frozenset(
    (
        "schema", "json_schema", "jsonSchema", "parameters", "input_schema", "inputSchema", "output_schema",
        "outputSchema", "function", "response_format", "responseFormat", "response_schema", "responseSchema",
        "response_json_schema", "responseJsonSchema", "output_format", "outputFormat", "output_config",
        "format", "text", "text_format", "structured_outputs", "guided_json", "json", "generationConfig",
        "generation_config", "config", "toolSpec", "extra_body", "format_schema", "parametersJsonSchema",
    )
)  # fmt: skip
# Keywords that say what a value is; a schema has one of them or says nothing at all.
_TELLING: Final = NESTED | {"type", "enum", "const", "$ref", "$dynamicRef", "$recursiveRef", "pattern"}
_SILENT: Final = frozenset(
    ("title", "description", "default", "examples", "$schema", "$id", "$anchor", "$comment", "$vocabulary",
     "deprecated", "readOnly", "writeOnly", "definitions", "$defs", "id", "nullable",
        "required", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains",
        "minProperties", "maxProperties", "dependentRequired", "contentEncoding", "contentMediaType",
        "contentSchema", "format")
)  # fmt: skip
_TYPES: Final = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
_LEVELS: Final = 6

Schema = Mapping[str, Any] | bool | type
"""What is taken as a schema."""


def find_schema(source: Any) -> tuple[dict[str, Any] | bool, str]:
    """Return the JSON Schema that was given, as a copy of plain values, and its JSON path.

    Raises
    ------
    SpecError
        If there is none; the message gives the JSON path.
    """
    given = source
    if isinstance(source, type):
        given = import_module("medvie_reward.spec._type_schemas").schema_of_class(source)
    if isinstance(given, (str, bytes)) or not (isinstance(given, (Mapping, bool, list, tuple))):
        name = type(given).__name__
        if hasattr(type(given), "model_json_schema") or hasattr(type(given), "__dataclass_fields__"):
            raise SpecError(f"schema: expected the class {name}, got an object of it - at $")
        raise SpecError(f"schema: expected an object, got {shown(given)} - at $")
    # Plain values, and no schema in it the same object as another.
    try:
        text = json.dumps(given, default=dict, allow_nan=False, ensure_ascii=False)
        root = json.loads(text.encode())
    except RecursionError:
        raise SpecError("schema: nested too deeply") from None
    except (TypeError, ValueError) as error:
        raise SpecError(f"schema: expected nothing but JSON values: {error}") from None
    return _unwrapped(root, "$")


def _unwrapped(root: Any, at: str) -> tuple[dict[str, Any] | bool, str]:
    for _ in range(_LEVELS):
        if isinstance(root, bool):
            return root, at
        if not isinstance(root, dict):
            raise SpecError(f"schema: expected an object, got {shown(root)} - at {at}")
        if not root or _is_schema(root):
            return root, at
        tools = root.get("tools")
        if isinstance(tools, list) and len(tools) == 1:
            root, at = tools[0], f"{member_path(at, 'tools')}[0]"
            continue
        held = [name for name, x in root.items() if name in _WRAPPERS and isinstance(x, dict)]
        others = [x for name, x in root.items() if name not in held and isinstance(x, dict)]
        if not held or any(map(_is_schema, others)):
            raise SpecError(_no_schema(root, at))
        if len(held) > 1:
            places = ", ".join(member_path(at, name) for name in held)
            raise SpecError(f"schema: expected one schema, got several ({places}): give one - at {at}")
        root, at = root[held[0]], member_path(at, held[0])
    raise SpecError(f"schema: expected a schema, got objects in objects - at {at}")


def _is_schema(value: dict[str, Any]) -> bool:
    """Check whether an object says what a value is, as a schema does."""
    kind = value.get("type")
    if isinstance(kind, str) and kind.lower() in ("function", "json_schema", "custom", "json", "tool"):
        return False
    if any(_tells(name, x) for name, x in value.items()):
        return True
    known = {name for name in value if name in _SILENT or name == "type" or name.startswith("x-")}
    return known == value.keys() and not isinstance(value.get("format"), dict)


def _tells(name: str, value: Any) -> bool:
    """Check whether a member is a keyword of a schema with what a schema has there."""
    if name.startswith("x-medvie-"):
        return True
    if name == "type":
        kinds = value if isinstance(value, list) else [value]
        return all(isinstance(x, str) and x.lower() in _TYPES for x in kinds)
    if name in ("pattern", "$ref"):
        return isinstance(value, str)
    if name == "enum":
        return isinstance(value, list)
    if name == "items":
        return isinstance(value, (dict, bool, list))
    return name in _TELLING


def _no_schema(root: dict[str, Any], at: str) -> str:
    names = ", ".join(list(root)[:5]) + (", …" if len(root) > 5 else "")
    if all(isinstance(x, dict) and _is_schema(x) for x in root.values()):
        return (
            "schema: expected 'type': 'object' with these members under 'properties', got them alone "
            f"({names}) - at {at}"
        )
    return (
        "schema: expected a JSON Schema, with type, properties or other keywords, got an object that looks "
        f"like a document or a template ({names}) - at {at}"
    )
