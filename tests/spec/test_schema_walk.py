"""The keywords under which a schema describes a value: rules and query fields follow the same ones."""

from __future__ import annotations

from typing import Any

import pytest

from medvie_reward.errors import SpecError
from medvie_reward.spec import SchemaTree, inner_schemas, rules_of
from medvie_reward.training import form_of_schema
from medvie_reward.training._query_fields import leaf_paths

A: dict[str, Any] = {"properties": {"a": {"type": "number"}}}
B: dict[str, Any] = {"properties": {"b": {"type": "number"}}}
DRAFT_07 = "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize(
    ("schema", "fields"),
    [
        (A, ["a"]),
        ({"$ref": "#/$defs/x", "$defs": {"x": A}}, ["a"]),
        ({"allOf": [A, B]}, ["a", "b"]),
        ({"anyOf": [A, B]}, ["a", "b"]),
        ({"oneOf": [A, B]}, ["a", "b"]),
        ({"then": A, "else": B}, ["a", "b"]),
        ({"dependentSchemas": {"c": A, "d": True}}, ["a"]),
        ({"$schema": DRAFT_07, "dependencies": {"c": A, "d": ["e"]}}, ["a"]),
        ({"type": "array", "items": A}, ["[].a"]),
        ({"type": "array", "prefixItems": [A], "items": B}, ["[].a", "[].b"]),
        ({"$schema": DRAFT_07, "type": "array", "items": [A], "additionalItems": B}, ["[].a", "[].b"]),
        ({"type": "array", "items": A, "unevaluatedItems": False}, ["[].a"]),
        ({"type": "array", "prefixItems": [A], "unevaluatedItems": B}, ["[].a", "[].b"]),
        ({**A, "if": B, "not": B, "contains": B, "propertyNames": B}, ["a"]),
    ],
)
def test_rules_and_query_fields_follow_the_same_keywords(schema: dict[str, Any], fields: list[str]) -> None:
    """A field that one of them finds under a keyword is found by the other."""
    typed = {"type": "object", **schema}
    assert [rule.path for rule in rules_of(typed)] == fields
    assert list(leaf_paths(form_of_schema(typed))) == fields


def test_steps() -> None:
    """A reference comes first, list items last; what only tests a value is no step."""
    schema = {
        "items": [A, True], "additionalItems": B, "then": A, "else": True, "not": A, "oneOf": [B],
        "anyOf": [A], "allOf": [A, B], "$ref": "#/definitions/x", "definitions": {"x": B},
        "dependencies": {"a": ["b"], "c": B},
    }  # fmt: skip
    tree = SchemaTree.read(schema, check=False)
    assert list(inner_schemas(tree, tree.root)) == [
        ("ref", [B]),
        ("all", [A, B]),
        ("either", [A]),
        ("either", [B]),
        ("more", [A, B]),
        ("items", [A, True, B]),
    ]
    assert list(inner_schemas(tree, tree.root["definitions"]["x"])) == []


def test_a_schema_without_end_to_it() -> None:
    """A schema that nests too deeply is named as such by both."""
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(600):
        deep = {"type": "object", "properties": {"a": deep}}
    for read in (rules_of, form_of_schema):
        with pytest.raises(SpecError, match="schema: nested too deeply"):
            read(deep)
