"""A schema against the metaschema of its draft, each place looked at by itself.

jsonschema takes about 0.4 ms for each property, however alike they are. A schema is valid where each schema
in it is valid without what is below, so places that look alike are checked once.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any, Final

from medvie_reward.spec._schema_types import ARRAY_KEYWORDS, OBJECT_KEYWORDS

VALIDATORS: Final = {
    "draft/2020-12": "Draft202012Validator",
    "draft/2019-09": "Draft201909Validator",
    "draft-07": "Draft7Validator",
    "draft-06": "Draft6Validator",
}
"""The drafts that are understood, and jsonschema's names for them."""

# Schemas stand under these keywords, and under the names in the maps.
MAPS: Final = {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"}
NESTED: Final = MAPS.union(
    OBJECT_KEYWORDS,
    ARRAY_KEYWORDS,
    ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "contains", "propertyNames"),
)


def metaschema_error(schema: Any, draft: str) -> Any:
    """Return jsonschema's best error on a schema, ``None`` where the metaschema allows it."""
    jsonschema = import_module("jsonschema")  # takes 0.1 s, and shipped schemas do without
    validator = getattr(jsonschema, VALIDATORS[draft])
    meta = validator(validator.META_SCHEMA)
    seen: set[str] = set()
    waiting = [schema]
    while waiting:
        here = waiting.pop()
        shallow = _without_inner(here, waiting) if isinstance(here, dict) else here
        look = (
            json.dumps({x: _look(x, y) for x, y in shallow.items()}) if isinstance(here, dict) else repr(here)
        )
        if look in seen:
            continue
        seen.add(look)
        if not meta.is_valid(shallow):
            # The whole is read again for the message, which gives the path from the top.
            return jsonschema.exceptions.best_match(meta.iter_errors(schema))
    return None


def _without_inner(schema: dict[str, Any], inner: list[Any]) -> dict[str, Any]:
    """Copy a schema without the schemas below it, which are added to a list."""
    made: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in MAPS and isinstance(value, dict):
            made[keyword] = {name: x for name, x in value.items() if not isinstance(x, (dict, bool))}
            inner += [x for x in value.values() if isinstance(x, dict)]
        elif keyword in NESTED and isinstance(value, dict):
            made[keyword] = True
            inner.append(value)
        elif keyword in NESTED and isinstance(value, list):
            made[keyword] = [True if isinstance(x, dict) else x for x in value]
            inner += [x for x in value if isinstance(x, dict)]
        else:
            made[keyword] = value
    return made


def _look(keyword: str, value: Any) -> Any:
    """Return what a metaschema looks at in a keyword's value: no words of a text, no size of a number."""
    if isinstance(value, bool) or keyword == "type" or (keyword.startswith("$") and keyword != "$ref"):
        return value  # of a reference a metaschema only wants that it is a text
    if isinstance(value, str):
        return ""
    if isinstance(value, (int, float)):
        return [type(value).__name__, value > 0, value < 0, value % 1 == 0]
    if isinstance(value, list) and set(map(type, value)) == {str}:
        return ["texts", len(value) == len(set(value))]
    return value
