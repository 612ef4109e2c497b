"""One step down a JSON Schema: the schemas in a schema that describe the same value, or its list items.

Whatever reads a schema goes down by this step alone, so that rules and query fields follow the same keywords.
What the steps mean together is for each of them to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from medvie_reward.spec._schema_document import SchemaTree
from medvie_reward.spec._schema_types import ARRAY_KEYWORDS

_ALTERNATIVES: Final = ("anyOf", "oneOf")
_CONDITIONAL: Final = ("then", "else")
_DEPENDENT: Final = ("dependentSchemas", "dependencies")
_HOLDING: Final = frozenset(
    ("$ref", "allOf", *_ALTERNATIVES, *_CONDITIONAL, *_DEPENDENT, *ARRAY_KEYWORDS),
)


class Inner(NamedTuple):
    """Schemas in a schema.

    Attributes
    ----------
    role
        What they say of a value: ``ref`` and ``all`` (each of them holds), ``either`` (one of them holds),
        ``more`` (each may hold, and does not say what there is) or ``items`` (one holds for each list item).
    schemas
        The schemas; what a ``$ref`` means in its place.
    """

    role: Literal["ref", "all", "either", "more", "items"]
    schemas: list[Any]


def inner_schemas(tree: SchemaTree, schema: dict[str, Any]) -> Iterator[Inner]:
    """Return the schemas that a schema is put together from, a ``$ref`` first and list items last.

    Raises
    ------
    SpecError
        If a ``$ref`` means nothing in this schema.
    """
    if schema.keys().isdisjoint(_HOLDING):
        return
    if "$ref" in schema:
        yield Inner("ref", [tree.target(schema)])
    if "allOf" in schema:
        yield Inner("all", schema["allOf"])
    for keyword in _ALTERNATIVES:
        if keyword in schema:
            yield Inner("either", schema[keyword])
    more = [schema.get(keyword) for keyword in _CONDITIONAL]
    for keyword in _DEPENDENT:
        more += schema.get(keyword, {}).values()
    if more := [one for one in more if isinstance(one, dict)]:
        yield Inner("more", more)
    stands = [schema[keyword] for keyword in ARRAY_KEYWORDS if keyword in schema]
    if items := [one for held in stands for one in (held if isinstance(held, list) else [held])]:
        yield Inner("items", items)
