"""A JSON Schema -> the form that it describes, with the descriptions of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from medvie_reward.errors import SpecError
from medvie_reward.spec import PREFIX, ListMode, Schema, SchemaTree
from medvie_reward.training._query_fields import QueryField, merge

_SCALARS: Final = frozenset(("string", "number", "integer", "boolean"))
_COMBINED: Final = ("allOf", "anyOf", "oneOf")
_MOST_FIELDS: Final = 5_000


def form_of_schema(schema: Schema) -> QueryField:
    """Read the form of a JSON Schema: the members that it names, in its order.

    Alternatives are read together: a field has what any of them names. A schema inside itself is left out
    where it comes again.

    Raises
    ------
    SpecError
        If the schema is wrong or names no member.
    """
    tree = SchemaTree.read(schema, check=True)
    form = _SchemaReader(tree).field("", [tree.root], frozenset({id(tree.root)}))
    if form is None or not form.members:
        raise SpecError("schema: expected an object, or a list of objects, with properties - at $")
    return form


class _SchemaReader:
    """Reads the fields of a schema, and counts them."""

    def __init__(self, tree: SchemaTree) -> None:
        self._tree = tree
        self._met = 0

    def field(self, name: str, schemas: Sequence[Any], seen: frozenset[int]) -> QueryField | None:
        """Return the field that several schemas describe, or nothing where none of them allows a value."""
        self._met += 1
        if self._met > _MOST_FIELDS:
            raise SpecError(f"schema: expected at most {_MOST_FIELDS} fields")
        parts: list[dict[str, Any]] = []
        for schema in schemas:
            seen = self._read(schema, parts, seen)
        if not parts:
            return None
        kinds = {kind for part in parts for kind in _kinds(part)}
        described = next((part["description"] for part in parts if part.get("description")), "")
        field = QueryField(name, " ".join(described.split()), scalar=bool(kinds & _SCALARS) or not kinds)
        if "object" in kinds:
            field = self._object(field, parts, seen)
        if "array" in kinds:
            return self._list(field, parts, seen)
        return field if field.members or field.open or field.scalar else None

    def _object(self, field: QueryField, parts: list[dict[str, Any]], seen: frozenset[int]) -> QueryField:
        declared: dict[str, list[Any]] = {}
        for part in parts:
            for name, schema in part.get("properties", {}).items():
                declared.setdefault(name, []).append(schema)
        members = [self.field(name, schemas, seen) for name, schemas in declared.items()]
        found = tuple(member for member in members if member is not None)
        return replace(field, members=found, open=not declared)

    def _list(
        self, field: QueryField, parts: list[dict[str, Any]], seen: frozenset[int]
    ) -> QueryField | None:
        items: list[Any] = []
        label = ""
        for part in parts:
            for keyword in ("prefixItems", "items"):
                value = part.get(keyword, [])
                items += value if isinstance(value, list) else [value]
            mode = ListMode.parse(part.get(PREFIX + "list"))
            label = label or part.get(PREFIX + "key", "") or (mode and mode.member) or ""
        item = self.field(field.name, items, seen) if items else QueryField(field.name, scalar=True)
        if item is None:
            return None
        item = replace(item, lists=item.lists + 1, label=label or item.label)
        return replace(merge(field, item), description=field.description or item.description)

    def _read(self, schema: Any, parts: list[dict[str, Any]], seen: frozenset[int]) -> frozenset[int]:
        """Add a schema and what it is put together from; gives the references that were followed."""
        if schema is False:
            return seen
        schema = {} if schema is True else schema
        target = self._tree.target(schema) if "$ref" in schema else None
        if target is not None and id(target) in seen:
            return seen
        parts.append(schema)
        if target is not None:
            seen = self._read(target, parts, seen | {id(target)})
        inner = [one for keyword in _COMBINED for one in schema.get(keyword, ())]
        inner += [schema[keyword] for keyword in ("then", "else") if keyword in schema]
        inner += schema.get("dependentSchemas", {}).values()
        for one in inner:
            seen = self._read(one, parts, seen)
        return seen


def _kinds(schema: dict[str, Any]) -> Iterator[str]:
    """Return the types that a schema states or must mean."""
    stated = schema.get("type")
    if stated is not None:
        yield from [stated] if isinstance(stated, str) else stated
    elif "properties" in schema:
        yield "object"
    elif "items" in schema or "prefixItems" in schema:
        yield "array"
    else:
        values = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
        yield from ("string" for value in values if value is not None)
