"""A JSON Schema -> the form that it describes, with the descriptions of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any, Final

from medvie_reward.errors import SpecError
from medvie_reward.spec import PREFIX, ListMode, Schema, SchemaTree, inner_schemas
from medvie_reward.training._query_fields import QueryField, merge

_SCALARS: Final = frozenset(("string", "number", "integer", "boolean"))
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
    try:
        tree = SchemaTree.read(schema, check=True)
        form = _SchemaReader(tree).field("", [tree.root], frozenset({id(tree.root)}))
    except RecursionError:
        raise SpecError("schema: nested too deeply") from None
    if form is None or not form.members:
        raise SpecError("schema: expected an object, or a list of objects, with properties - at $")
    return form


@dataclass(frozen=True)
class _Parts:
    """What describes one field: schemas, and those of its list items."""

    schemas: list[dict[str, Any]] = dataclass_field(default_factory=list)
    items: list[Any] = dataclass_field(default_factory=list)


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
        parts = _Parts()
        for schema in schemas:
            seen = self._read(schema, parts, seen)
        if not parts.schemas:
            return None
        kinds = {kind for part in parts.schemas for kind in _kinds(part)}
        described = next((part["description"] for part in parts.schemas if part.get("description")), "")
        field = QueryField(name, " ".join(described.split()), scalar=bool(kinds & _SCALARS) or not kinds)
        if "object" in kinds:
            field = self._object(field, parts.schemas, seen)
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

    def _list(self, field: QueryField, parts: _Parts, seen: frozenset[int]) -> QueryField | None:
        label = ""
        for part in parts.schemas:
            mode = ListMode.parse(part.get(PREFIX + "list"))
            label = label or part.get(PREFIX + "key", "") or (mode and mode.member) or ""
        item = QueryField(field.name, scalar=True)
        if parts.items:
            described = self.field(field.name, parts.items, seen)
            if described is None:
                return None
            item = described
        item = replace(item, lists=item.lists + 1, label=label or item.label)
        return replace(merge(field, item), description=field.description or item.description)

    def _read(self, schema: Any, parts: _Parts, seen: frozenset[int]) -> frozenset[int]:
        """Add a schema and what it is put together from; gives the references that were followed."""
        if schema is False:
            return seen
        schema = {} if schema is True else schema
        inner = list(inner_schemas(self._tree, schema))
        if any(role == "ref" and id(schemas[0]) in seen for role, schemas in inner):
            return seen
        parts.schemas.append(schema)
        # Without items of its own a list holds what it likes, whatever may not come after them.
        own = "items" in schema or "prefixItems" in schema
        items = [one for role, schemas in inner if role == "items" for one in schemas]
        parts.items.extend(one for one in items if own or one is not False)
        for role, schemas in inner:
            for one in schemas if role != "items" else ():
                seen = self._read(one, parts, seen | {id(one)} if role == "ref" else seen)
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
