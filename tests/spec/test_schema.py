"""JSON Schemas to field rules: which rule a field gets, and what is said of a wrong schema."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from medvie_reward.errors import SpecError
from medvie_reward.spec._rules import Rule, fits
from medvie_reward.spec._schema_rules import SCHEMAS, load_schema, rules_of

DATA = Path(__file__).parents[3] / "shared" / "data"
DRAFT_7 = {"$schema": "http://json-schema.org/draft-07/schema#"}


def a(schema: Any, **beside: Any) -> dict[str, Any]:
    """Make the schema of an object whose member ``a`` is what is given."""
    return {"type": "object", "properties": {"a": schema}, **beside}


def shown(schema: Any) -> list[tuple[str, str | None]]:
    return [
        (rule.path, rule.comparator if rule.like is None else f"as {rule.like}") for rule in rules_of(schema)
    ]


def listed(rules: tuple[Rule, ...]) -> list[list[Any]]:
    return [rule.as_list() for rule in rules]


def first(rules: tuple[Rule, ...], names: tuple[str, ...]) -> Rule | None:
    return next((rule for rule in rules if fits(rule.pattern, names)), None)


# -- types -----------------------------------------------------------------------------------------------

ONE_FIELD = [
    ({"type": "string"}, None, "type string"),
    ({"type": "string", "format": "email"}, None, "type string"),
    ({"type": "string", "format": "uri"}, None, "type string"),
    ({"type": "string", "description": "the date in YYYY-MM-DD format"}, None, "type string"),
    ({"type": "string", "pattern": "^[0-9]+$", "maxLength": 3}, None, "type string"),
    ({"type": "string", "format": "date"}, "date", "format date"),
    ({"type": "string", "format": "date-time"}, "datetime", "format date-time"),
    ({"type": "string", "format": "time"}, "time", "format time"),
    ({"format": "date"}, "date", "format date"),
    ({"type": "number"}, "number", "type number"),
    ({"type": "number", "format": "date"}, "number", "type number"),
    ({"type": "integer"}, "number", "type number"),
    ({"type": ["integer", "number"]}, "number", "type number"),
    ({"type": "boolean"}, "boolean", "type boolean"),
    ({"enum": ["a", "b"]}, "enum", "enum"),
    ({"type": "string", "enum": ["a", ""]}, "enum", "enum"),
    ({"const": "a"}, "enum", "enum"),
    ({"type": "string", "format": "date", "enum": ["2020-01-01"]}, "enum", "enum"),
    ({"enum": ["Na", "NA"]}, "unicode", "enum of values alike as text"),
    ({"enum": [1, 2.5, None]}, "number", "type number"),
    ({"enum": [True]}, "boolean", "type boolean"),
    ({"enum": [1, "b"]}, None, "several types"),
    ({"type": "string", "enum": [1, "b"]}, "enum", "enum"),
    # null is no kind
    ({"type": ["string", "null"]}, None, "type string"),
    ({"type": ["number", "null"]}, "number", "type number"),
    ({"type": ["string", "null"], "format": "date"}, "date", "format date"),
    ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, "boolean", "type boolean"),
    ({"oneOf": [{"type": "null"}, {"format": "date-time"}]}, "datetime", "format date-time"),
    ({"enum": ["a", None]}, "enum", "enum"),
    # alternatives
    ({"type": ["string", "number"]}, None, "several types"),
    ({"anyOf": [{"type": "string"}, {"type": "boolean"}]}, None, "several types"),
    ({"anyOf": [{"type": "string"}, {"format": "date"}]}, None, "several types"),
    ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "number", "type number"),
    (
        {"anyOf": [{"type": "string", "minLength": 1}, {"type": "string", "maxLength": 0}]},
        None,
        "type string",
    ),
    ({"oneOf": [{"const": "a"}, {"const": "b"}]}, "enum", "enum"),
    ({"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, "enum", "enum"),
    ({"anyOf": [{"type": "number"}, {}]}, None, "several types"),
    ({"type": "number", "anyOf": [{"minimum": 3}, {"maximum": 1}]}, "number", "type number"),
    ({"anyOf": [{"type": "string"}, {"type": "object"}]}, None, "type string"),
    # what holds together
    ({"allOf": [{"type": "string"}, {"format": "date"}]}, "date", "format date"),
    ({"type": "string", "allOf": [{"enum": ["a"]}]}, "enum", "enum"),
    ({"allOf": [{"type": ["string", "number"]}, {"type": ["number", "boolean"]}]}, "number", "type number"),
    ({"type": ["string", "number"], "not": {"type": "string"}}, None, "several types"),
    ({"type": "string", "if": {"type": "number"}}, None, "type string"),
    # nothing said
    ({}, None, "no type"),
    (True, None, "no type"),
    ({"description": "a number"}, None, "no type"),
    ({"not": {"type": "object"}}, None, "no type"),
]


@pytest.mark.parametrize(("schema", "comparator", "why"), ONE_FIELD)
def test_comparator(schema: Any, comparator: str | None, why: str) -> None:
    """Types and formats choose the comparator, the same for a member and for a list's items."""
    one = rules_of(a(schema))
    assert [(rule.path, rule.comparator, rule.why) for rule in one] == [("a", comparator, f"schema: {why}")]
    many = rules_of(a({"type": "array", "items": schema}))
    assert [(rule.path, rule.comparator, rule.why) for rule in many] == [
        ("a[]", comparator, f"schema: {why}")
    ]


STRUCTURE = [
    (a({"type": "object", "properties": {"b": {"type": "number"}}}), [("a.b", "number")]),
    (a({"properties": {"b": {"type": "number"}}}), [("a.b", "number")]),
    (a({"type": "array", "items": {"properties": {"b": {"type": "number"}}}}), [("a[].b", "number")]),
    (a({"items": {"type": "array", "items": {"properties": {"b": True}}}}), [("a[][].b", None)]),
    (a({"type": "array"}), [("a[]", None)]),
    (a({"type": "object"}), []),
    (a({"type": "null"}), []),
    (a({"const": None}), []),
    (a({"enum": ["", " "]}), []),
    (a(False), []),
    (a({"type": "string", "enum": [1]}), []),
    ({}, [("$", None)]),
    (True, [("$", None)]),
    (False, []),
    ({"type": "string"}, [("$", None)]),
    ({"type": "array", "items": {"type": "number"}}, [("[]", "number")]),
    ({"type": "array", "items": {"properties": {"b": {"type": "number"}}}}, [("[].b", "number")]),
    # tuples
    (a({"type": "array", "prefixItems": [{"type": "number"}, {"type": "integer"}]}), [("a[]", "number")]),
    (a({"prefixItems": [{"type": "number"}, {"type": "string"}], "items": False}), [("a[]", None)]),
    (a({"prefixItems": [{"type": "number"}], "items": {"type": "string"}}), [("a[]", None)]),
    ({**DRAFT_7, **a({"items": [{"type": "number"}], "additionalItems": {"type": "number"}})},
     [("a[]", "number")]),
    ({**DRAFT_7, **a({"items": [{"properties": {"b": True}}, {"properties": {"c": True}}]})},
     [("a[].b", None), ("a[].c", None)]),
    # a lone value counts as a list of one
    (a({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}), [("a[]", None)]),
    (a({"anyOf": [{"properties": {"b": {"type": "string"}}},
                  {"items": {"properties": {"b": {"type": "number"}, "c": {"type": "boolean"}}}}]}),
     [("a[].b", None), ("a[].c", "boolean")]),
    (a({"anyOf": [{"type": "number"}, {"properties": {"b": {"type": "string"}}}]}),
     [("a", "number"), ("a.b", None)]),
    # open names
    (a(True, additionalProperties=False), [("a", None)]),
    (a(True, additionalProperties=True), [("a", None)]),
    ({"additionalProperties": {"type": "number"}}, [("*", "number")]),
    (a({"additionalProperties": {"type": "number"}}), [("a.*", "number")]),
    ({"additionalProperties": {"type": "number"}, "properties": {"b": {"type": "string"}}},
     [("b", None), ("*", "number")]),
    ({"additionalProperties": {"items": {"type": "number"}}}, [("*[]", "number")]),
    ({"unevaluatedProperties": {"type": "number"}}, [("*", "number")]),
    ({"patternProperties": {"^x": {"type": "number"}}}, [("*", "number")]),
    ({"patternProperties": {"^x": {"type": "number"}, "^y": {"type": "integer"}}}, [("*", "number")]),
    ({"patternProperties": {"^x": {"type": "number"}}, "additionalProperties": {"type": "string"}},
     [("*", None)]),
    ({"patternProperties": {"^x": {"type": "number"}}, "additionalProperties": False}, [("*", "number")]),
    ({"additionalProperties": {"properties": {"x": {"type": "number"}}}, "properties": {"b": {}}},
     [("b", None), ("b.**", None), ("*.x", "number")]),
    ({"properties": {"b": {"additionalProperties": {"type": "string"}}},
      "additionalProperties": {"properties": {"x": {"type": "number"}}}},
     [("b.*", None), ("b.**", None), ("*.x", "number")]),
    # odd names
    ({"properties": {"*": True, "**": True, "$": True, "***": True}},
     [('["*"]', None), ('["**"]', None), ('["$"]', None), ("***", None)]),
    ({"properties": {"x.y": True, "": True, " z": True, "q\"": True, "p[]": True,
                     "Item Name": True, "姓名": True}},
     [('["x.y"]', None), ('[""]', None), ('[" z"]', None), ('["q\\""]', None), ('["p[]"]', None),
      ("Item Name", None), ("姓名", None)]),
    (a({"properties": {"*": True, "$ref": {"type": "string"}, "type": {"type": "number"}}}),
     [('a["*"]', None), ("a.$ref", None), ("a.type", "number")]),
    # what holds together, and what is alternative
    ({"allOf": [a({"type": "string"}), a({"format": "date"})]}, [("a", "date")]),
    ({"allOf": [a({"type": "string"})], "properties": {"b": {"type": "number"}}},
     [("b", "number"), ("a", None)]),
    (a({"allOf": [{"items": {"type": "string"}}, {"items": {"format": "date"}}]}), [("a[]", "date")]),
    (a({"allOf": [{"items": {"properties": {"b": {"type": "string"}}}}], "items": {"properties": {"b": {}}}}),
     [("a[].b", None)]),
    ({"anyOf": [a({"type": "string"}), a({"type": "number"})]}, [("a", None)]),
    ({"oneOf": [a({"const": "x"}), a({"const": "y"})]}, [("a", "enum")]),
    ({"oneOf": [a({"const": "x"}), a({"const": "y"})], **a({"type": "string"})}, [("a", "enum")]),
    ({"anyOf": [a({"type": "string"}), {"type": "null"}], **a({"format": "date"})}, [("a", "date")]),
    ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}], **a({"type": "string"})}, [("a", None)]),
    ({**a({"type": "number"}), "if": a({"const": 1}), "then": {"properties": {"b": {"type": "string"}}},
      "else": {"properties": {"b": {"type": "number"}, "c": True}}},
     [("a", "number"), ("b", None), ("c", None)]),
    ({**a(True), "dependentSchemas": {"a": {"properties": {"b": {"type": "string"}}}}},
     [("a", None), ("b", None)]),
    ({**DRAFT_7, **a(True), "dependencies": {"a": {"properties": {"b": {"type": "string"}}}, "b": ["a"]}},
     [("a", None), ("b", None)]),
    ({**a({"type": "string"}), "not": {"properties": {"b": True}}, "propertyNames": {"maxLength": 3}},
     [("a", None)]),
    (a({"type": "array", "items": {"type": "string"}, "contains": {"const": "x"}}), [("a[]", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "expected"), STRUCTURE)
def test_structure(schema: Any, expected: list[tuple[str, str | None]]) -> None:
    """One rule per leaf, declared names before open ones."""
    assert shown(schema) == expected


def test_open_names_do_not_reach_below_declared_ones() -> None:
    """What is not described below a declared name is not judged by the rules of the names left open."""
    rules = rules_of(
        {
            "properties": {"b": {"additionalProperties": {"type": "string"}}, "c": {"type": "object"}},
            "additionalProperties": {"properties": {"x": {"properties": {"y": {"type": "number"}}}}},
        }
    )
    found = {
        ".".join(names): rule and rule.comparator
        for names in (("b", "x"), ("b", "x", "y"), ("c", "x", "y"), ("d", "x", "y"), ("d", "x"))
        for rule in [first(rules, names)]
    }
    assert found == {"b.x": None, "b.x.y": None, "c.x.y": None, "d.x.y": "number", "d.x": None}


# -- references ------------------------------------------------------------------------------------------

NUMBER = {"type": "number"}
NODE = {
    "properties": {"name": {"type": "string"}, "kids": {"type": "array", "items": {"$ref": "#/$defs/node"}}}
}
REFERENCES = [
    (a({"$ref": "#/$defs/n"}, **{"$defs": {"n": NUMBER}}), [("a", "number")]),
    (a({"$ref": "#/definitions/n"}, definitions={"n": NUMBER}), [("a", "number")]),
    ({**DRAFT_7, **a({"$ref": "#/definitions/n"}, definitions={"n": NUMBER})}, [("a", "number")]),
    (a({"$ref": "#/components/schemas/n"}, components={"schemas": {"n": NUMBER}}), [("a", "number")]),
    (a({"$ref": "#/x/1"}, x=[{"type": "string"}, NUMBER]), [("a", "number")]),
    (a({"$ref": "#/$defs/n~1m~0%20o"}, **{"$defs": {"n/m~ o": NUMBER}}), [("a", "number")]),
    (a({"$ref": "#/$defs/~01"}, **{"$defs": {"~1": NUMBER}}), [("a", "number")]),
    (a({"$ref": "#n"}, **{"$defs": {"x": {**NUMBER, "$anchor": "n"}}}), [("a", "number")]),
    (a({"$ref": "#n"}, **{"$defs": {"x": {**NUMBER, "$dynamicAnchor": "n"}}}), [("a", "number")]),
    ({**DRAFT_7, **a({"$ref": "#n"}, definitions={"x": {**NUMBER, "$id": "#n"}})}, [("a", "number")]),
    (a({"$ref": "https://x.org/s#/$defs/n"}, **{"$id": "https://x.org/s", "$defs": {"n": NUMBER}}),
     [("a", "number")]),
    (a({"$ref": "#/$defs/n"}, **{"$defs": {"n": True}}), [("a", None)]),
    (a({"$ref": "#/$defs/n"}, **{"$defs": {"n": {"$ref": "#/$defs/m"}, "m": NUMBER}}), [("a", "number")]),
    ({"$ref": "#/$defs/o", "$defs": {"o": a(NUMBER)}}, [("a", "number")]),
    ({**DRAFT_7, "$ref": "#/definitions/o", "definitions": {"o": a(NUMBER)}}, [("a", "number")]),
    # siblings: 2020-12 adds them, draft-07 passes them over
    (a({"$ref": "#/$defs/n", "format": "date"}, **{"$defs": {"n": {"type": "string"}}}), [("a", "date")]),
    ({**DRAFT_7, **a({"$ref": "#/definitions/n", "format": "date"}, definitions={"n": {"type": "string"}})},
     [("a", None)]),
    ({**DRAFT_7, **a({"$ref": "#/definitions/n", "properties": {"b": True}}, definitions={"n": a(True)})},
     [("a.a", None)]),
    # a nested $id begins another schema, which is fine as long as no reference counts from there
    (a({"$id": "/properties/a", "type": "number"}), [("a", "number")]),
    # cycles
    ({"$ref": "#/$defs/node", "$defs": {"node": NODE}},
     [("name", None), ("kids[].name", None), ("kids[].kids", "as kids")]),
    (a({"$ref": "#/$defs/node"}, **{"$defs": {"node": NODE}}),
     [("a.name", None), ("a.kids[].name", None), ("a.kids[].kids", "as a.kids")]),
    (a({"anyOf": [{"type": "string"}, {"$ref": "#"}]}), [("a", None), ("a.a", "as a")]),
    (a({"anyOf": [NUMBER, {"type": "array", "items": {"$ref": "#/properties/a"}}]}), [("a[][]", "number")]),
    ({"$ref": "#"}, []),
    (a({"$ref": "#/$defs/x"}, **{"$defs": {"x": {"$ref": "#/$defs/y"}, "y": {"$ref": "#/$defs/x"}}}), []),
    (a({"$ref": "#/$defs/p"}, **{"$defs": {"p": {"properties": {"q": {"$ref": "#/$defs/q"}, "n": NUMBER}},
                                          "q": {"properties": {"p": {"$ref": "#/$defs/p"}, "m": NUMBER}}}}),
     [("a.q.p", "as a"), ("a.q.m", "number"), ("a.n", "number")]),
    (a(NUMBER, additionalProperties={"$ref": "#"}), [("a", "number"), ("a.**", None), ("*", "as $")]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "expected"), REFERENCES)
def test_references(schema: Any, expected: list[tuple[str, str | None]]) -> None:
    """References inside the schema are followed, and one rule stands for a schema inside itself."""
    assert shown(schema) == expected


# -- keywords of ours ------------------------------------------------------------------------------------


def item(**keywords: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"properties": {"Name": {"type": "string"}}}, **keywords}


KEYWORDS = [
    ({"type": "string", "x-medvie-comparator": "unit"}, Rule("a", "unit")),
    ({"x-medvie-comparator": "unit"}, Rule("a", "unit")),
    ({"type": ["number", "string"], "x-medvie-comparator": "result"}, Rule("a", "result")),
    ({"enum": ["x"], "x-medvie-comparator": "text"}, Rule("a", "text")),
    ({"type": "number", "x-medvie-weight": 2}, Rule("a", "number", weight=2.0)),
    ({"type": "number", "x-medvie-weight": 0}, Rule("a", "number", weight=0.0)),
    ({"type": "number", "x-medvie-critical": True}, Rule("a", "number", critical=True)),
    ({"type": "number", "x-medvie-critical": False}, Rule("a", "number")),
    ({"type": "number", "x-medvie-description": "what it is"}, Rule("a", "number")),
    ({"type": "number", "x-medvie-options": {}}, Rule("a", "number")),
    ({"x-medvie-comparator": "set", "x-medvie-options": {"delimiters": "/"}},
     Rule("a", "set", {"delimiters": "/"})),
    ({"x-medvie-weight": 0.5}, Rule("a", weight=0.5)),
    ({"type": "array", "items": {"type": "string"}, "x-medvie-weight": 2},
     Rule("a[]", None, weight=2.0, several=True)),
    ({"type": "array", "items": {"type": "string", "x-medvie-weight": 2}},
     Rule("a[]", None, weight=2.0, several=True)),
    ({"type": "array", "items": {"type": "string"}, "x-medvie-list": "index"},
     Rule("a[]", None, lists="index", several=True)),
    ({"type": "array", "x-medvie-list": "align"}, Rule("a[]", lists="align", several=True)),
    ({"type": ["array", "null"], "items": {"type": "string"}, "x-medvie-list": "index"},
     Rule("a[]", None, lists="index", several=True)),
    (item(**{"x-medvie-list": "index"}), Rule("a[]", lists="index")),
    (item(**{"x-medvie-list": "key:Name"}), Rule("a[]", lists="key:Name")),
    (item(**{"x-medvie-key": "Name"}), Rule("a[]", lists="key:Name")),
    (item(**{"x-medvie-key": "Name", "x-medvie-list": "key:Name"}), Rule("a[]", lists="key:Name")),
    ({"type": "array", "items": {"additionalProperties": {"type": "string"}, "properties": {"b": True}},
      "x-medvie-key": "Name"}, Rule("a[]", lists="key:Name")),
    ({"type": "array", "x-medvie-list": "index", "items": item(**{"x-medvie-list": "index"})},
     Rule("a[][]", lists="index")),
    # the outermost counts
    ({"x-medvie-weight": 2, "allOf": [{"type": "string", "x-medvie-weight": 3}]},
     Rule("a", None, weight=2.0)),
    ({"allOf": [{"x-medvie-weight": 2}, {"x-medvie-weight": 2, "type": "string"}]},
     Rule("a", None, weight=2.0)),
    ({"anyOf": [{"type": "string", "x-medvie-weight": 2}, {"type": "null"}]}, Rule("a", None, weight=2.0)),
    ({"type": "array", "x-medvie-weight": 2, "items": {"type": "string", "x-medvie-weight": 3}},
     Rule("a[]", None, weight=2.0, several=True)),
    ({"$ref": "#/$defs/r", "x-medvie-weight": 2}, Rule("a", "range", weight=2.0, critical=True)),
    ({"$ref": "#/$defs/r", "x-medvie-comparator": "text", "x-medvie-critical": False},
     Rule("a", "text", weight=4.0)),
]  # fmt: skip
RANGE = {"type": "string", "x-medvie-comparator": "range", "x-medvie-weight": 4, "x-medvie-critical": True}


@pytest.mark.parametrize(("schema", "expected"), KEYWORDS)
@pytest.mark.parametrize("draft", [{}, DRAFT_7])
def test_keywords(schema: Any, expected: Rule, draft: dict[str, str]) -> None:
    """Keywords of ours refine the rule of the field, beside a $ref too and in either draft."""
    rule = rules_of({**draft, **a(schema, **{"$defs": {"r": RANGE}})})[0]
    assert rule.as_list() == expected.as_list()


def test_members_of_a_reference_are_refined() -> None:
    """Members beside a $ref add to those behind it."""
    schema = {
        "$ref": "#/$defs/base",
        "properties": {"Name": {"x-medvie-weight": 2}},
        "$defs": {"base": {"properties": {"Name": {"type": "string", "x-medvie-weight": 3}, "Age": NUMBER}}},
    }
    found = [(rule.path, rule.comparator, rule.weight) for rule in rules_of(schema)]
    assert found == [("Name", None, 2.0), ("Age", "number", 1.0)]


WHY = [
    ({"type": "string", "x-medvie-comparator": "unit"}, "schema: x-medvie-comparator"),
    ({"type": "string", "x-medvie-synonyms": {"x": ["y"]}}, "schema: x-medvie-synonyms"),
    (item(**{"x-medvie-list": "index"}), "schema: x-medvie-list"),
    (item(**{"x-medvie-key": "Name"}), "schema: x-medvie-list"),
]


@pytest.mark.parametrize(("schema", "expected"), WHY)
def test_why(schema: Any, expected: str) -> None:
    """A rule says where it comes from."""
    assert rules_of(a(schema))[0].why == expected


SETS = [
    ({"enum": ["b", "a", "", None]}, {"a": [], "b": []}),
    ({"const": "a"}, {"a": []}),
    ({"enum": ["M", "F"], "x-medvie-synonyms": {"M": ["male", "男"]}}, {"M": ["male", "男"], "F": []}),
    ({"type": "string", "x-medvie-synonyms": {"M": ["male"]}}, {"M": ["male"]}),
    (
        {"anyOf": [{"enum": ["M"]}, {"type": "string"}], "x-medvie-synonyms": {"X": ["x y"]}},
        {"M": [], "X": ["x y"]},
    ),
    ({"oneOf": [{"const": "a"}, {"const": "b"}]}, {"a": [], "b": []}),
    ({"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}, {"b": []}),
    ({"enum": ["a"], "x-medvie-comparator": "enum"}, {"a": []}),
]


@pytest.mark.parametrize(("schema", "expected"), SETS)
def test_enum(schema: Any, expected: dict[str, list[str]]) -> None:
    """Each value of an enum is a set of its own spellings."""
    assert rules_of(a(schema)) == (Rule("a", "enum", {"synonyms": expected}, why=rules_of(a(schema))[0].why),)


# -- errors ----------------------------------------------------------------------------------------------

ERRORS = [
    ("x", "$", "expected an object, got 'x'"),
    ([{"type": "string"}], "$", "expected an object"),
    (None, "$", "expected an object, got None"),
    (a({"type": "strin"}), "$.properties.a.type", "expected one of array, boolean, integer, null"),
    (a({"type": ["string", "strin"]}), "$.properties.a.type[1]", "expected one of array"),
    ({**DRAFT_7, **a({"type": "strin"})}, "$.properties.a.type", "expected one of array"),
    ({"properties": {"Item Name": {"type": 5}}}, "$.properties.Item Name.type", "got 5"),
    ({"properties": {"a.b": {"type": 5}}}, '$.properties["a.b"].type', "got 5"),
    ({"properties": [1]}, "$.properties", "expected type object, got [1]"),
    (a({"enum": "x"}), "$.properties.a.enum", "expected type array"),
    (a("string"), "$.properties.a", "expected type object or boolean, got 'string'"),
    (a({"items": [{"type": "string"}]}), "$.properties.a.items", "expected type object or boolean"),
    (a({"anyOf": []}), "$.properties.a.anyOf", "minItems"),
    (a({"$ref": "#/x"}, x={"type": "strin"}), "$.x.type", "expected one of array"),
    ({"$schema": "https://example.org/mine"}, "$.$schema", "draft/2020-12"),
    ({"$schema": "http://json-schema.org/draft-03/schema#"}, "$.$schema", "draft-07"),
    ({"$schema": 7}, "$.$schema", "draft-07"),
    ({**DRAFT_7, **a({"prefixItems": [5]})}, "$.properties.a.prefixItems[0]", "a schema, got 5"),
    ({**DRAFT_7, "$defs": []}, "$.$defs", "an object of schemas, got []"),
    # keywords of ours
    (a({"x-medvie-wieght": 2}), "$.properties.a.x-medvie-wieght", "x-medvie-weight, x-medvie-critical"),
    ({"$defs": {"unused": {"x-medvie-": 2}}}, "$.$defs.unused.x-medvie-", "one of the keywords"),
    (a({"x-medvie": {"weight": 2}}), "$.properties.a.x-medvie", "one of the keywords"),
    (a({"x-medvie_weight": 2}), "$.properties.a.x-medvie_weight", "one of the keywords"),
    (a({"not": {"x-medvie-foo": 2}}), "$.properties.a.not.x-medvie-foo", "one of the keywords"),
    (a({"anyOf": [True, {"x-medvie-foo": 2}]}), "$.properties.a.anyOf[1].x-medvie-foo",
     "one of the keywords"),
    (a({"x-medvie-weight": 0.3}), "$.properties.a.x-medvie-weight", "0 to 10 in steps of 0.25, got 0.3"),
    (a({"x-medvie-weight": -1}), "$.properties.a.x-medvie-weight", "0 to 10"),
    (a({"x-medvie-weight": 11}), "$.properties.a.x-medvie-weight", "0 to 10"),
    (a({"x-medvie-weight": "2"}), "$.properties.a.x-medvie-weight", "got '2'"),
    (a({"x-medvie-weight": True}), "$.properties.a.x-medvie-weight", "got True"),
    (a({"x-medvie-critical": "yes"}), "$.properties.a.x-medvie-critical", "true or false"),
    (a({"x-medvie-critical": True, "x-medvie-weight": 0}), "$.properties.a.x-medvie-critical",
     "weight above 0"),
    (a({"x-medvie-comparator": "fuzzy"}), "$.properties.a.x-medvie-comparator", "strip"),
    (a({"x-medvie-comparator": 3}), "$.properties.a.x-medvie-comparator", "strip"),
    (a({"x-medvie-options": 3}), "$.properties.a.x-medvie-options", "an object"),
    (a({"x-medvie-options": {"q": 1}, "type": "string"}), "$.properties.a.x-medvie-options", "'q'"),
    (a({"x-medvie-options": {"q": 1}}), "$.properties.a.x-medvie-options", "'q'"),
    (a({"x-medvie-comparator": "strip", "x-medvie-options": {"q": 1}}),
     "$.properties.a.x-medvie-options", "'q'"),
    (a({"x-medvie-comparator": "set", "x-medvie-options": {"delimiters": ""}}),
     "$.properties.a.x-medvie-options", "delimiters"),
    (a({"x-medvie-description": 3}), "$.properties.a.x-medvie-description", "a string"),
    (a({"x-medvie-synonyms": ["x"]}), "$.properties.a.x-medvie-synonyms", "an object of lists of strings"),
    (a({"x-medvie-synonyms": {"x": "y"}}), "$.properties.a.x-medvie-synonyms",
     "an object of lists of strings"),
    (a({"x-medvie-synonyms": {"x": [1]}}), "$.properties.a.x-medvie-synonyms",
     "an object of lists of strings"),
    (a({"enum": ["M"], "x-medvie-synonyms": {"m": ["x"]}}), "$.properties.a.x-medvie-synonyms.m",
     "the enum (M)"),
    (a({"enum": ["M", "m"], "x-medvie-synonyms": {"M": ["x"]}}), "$.properties.a.x-medvie-synonyms", "'m'"),
    (a({"x-medvie-synonyms": {"M": ["x"], "F": ["X"]}}), "$.properties.a.x-medvie-synonyms", "'F'"),
    (a({"x-medvie-synonyms": {"M": [" "]}}), "$.properties.a.x-medvie-synonyms", "not blank"),
    (a({"x-medvie-comparator": "enum"}), "$.properties.a.x-medvie-comparator", "synonyms"),
    (a({"type": "number", "x-medvie-synonyms": {"m": ["x"]}}), "$.properties.a.x-medvie-synonyms", "number"),
    (a({"x-medvie-comparator": "text", "x-medvie-synonyms": {"m": ["x"]}}),
     "$.properties.a.x-medvie-synonyms", "comparator text"),
    (a({"type": "object", "x-medvie-weight": 2}), "$.properties.a.x-medvie-weight", "no leaf"),
    (a(item(**{"x-medvie-critical": True})), "$.properties.a.x-medvie-critical", "no leaf"),
    (a(item(**{"x-medvie-list": "bag"})), "$.properties.a.x-medvie-list",
     "'align', 'index' or 'key:<member>'"),
    (a(item(**{"x-medvie-list": "key:"})), "$.properties.a.x-medvie-list",
     "'align', 'index' or 'key:<member>'"),
    (a(item(**{"x-medvie-key": ""})), "$.properties.a.x-medvie-key", "the name of a member"),
    (a(item(**{"x-medvie-key": "Nam"})), "$.properties.a.x-medvie-key", "items (Name), got 'Nam'"),
    (a(item(**{"x-medvie-list": "key:Nam"})), "$.properties.a.x-medvie-list", "items (Name), got 'Nam'"),
    (a({"type": "string", "x-medvie-list": "align"}), "$.properties.a.x-medvie-list", "a list, got 'string'"),
    (a({"x-medvie-key": "Name"}), "$.properties.a.x-medvie-key", "a list, got 'no type'"),
    (a({"items": {"type": "string", "x-medvie-list": "align"}}), "$.properties.a.items.x-medvie-list",
     "a list"),
    (a(item(**{"x-medvie-list": "index", "x-medvie-key": "Name"})), "$.properties.a.x-medvie-key", "'index'"),
    (a({"items": item(**{"x-medvie-list": "index"}), "x-medvie-list": "align"}),
     "$.properties.a.items.x-medvie-list", "'align'"),
    (a({"allOf": [{"x-medvie-weight": 2}, {"x-medvie-weight": 3}]}),
     "$.properties.a.allOf[1].x-medvie-weight", "the x-medvie-weight of $.properties.a.allOf[0]"),
    (a({"anyOf": [{"x-medvie-comparator": "text"}, {"x-medvie-comparator": "number"}]}),
     "$.properties.a.anyOf[1].x-medvie-comparator", "'text'"),
    # references
    (a({"$ref": "#/$defs/x"}), "$.properties.a.$ref", "a reference to a schema"),
    (a({"$ref": "#/$defs/x/0"}, **{"$defs": {"x": True}}), "$.properties.a.$ref", "a reference to a schema"),
    (a({"$ref": "#/title"}, title="t"), "$.properties.a.$ref", "a reference to a schema"),
    (a({"$ref": "#/x/-1"}, x=[True]), "$.properties.a.$ref", "a reference to a schema"),
    (a({"$ref": "#x"}, **{"$defs": {"y": {"$anchor": "y"}}}), "$.properties.a.$ref", "anchors here (y)"),
    (a({"$ref": "#y"}, **{"$defs": {"x": {"$id": "x.json", "items": {"$anchor": "y"}}}}),
     "$.properties.a.$ref", "anchors here (none)"),
    (a({"$ref": "other.json"}), "$.properties.a.$ref", "inside this schema"),
    (a({"$ref": "https://example.org/s.json#/$defs/x"}), "$.properties.a.$ref", "inside this schema"),
    (a({"$ref": ""}), "$.properties.a.$ref", "inside this schema"),
    (a({"$dynamicRef": "#x"}), "$.properties.a.$dynamicRef", "$ref"),
    (a({"$id": "other.json", "items": {"$ref": "#/$defs/x"}}), "$.properties.a.items.$ref", "no $id"),
    ({**DRAFT_7, **a({"$ref": "#/definitions/n", "x-medvie-foo": 1}, definitions={"n": True})},
     "$.properties.a.x-medvie-foo", "one of the keywords"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "at", "words"), ERRORS)
def test_errors(schema: Any, at: str, words: str) -> None:
    """A wrong schema is an error that gives the JSON path and what was expected."""
    with pytest.raises(SpecError) as caught:
        rules_of(schema)
    message = str(caught.value)
    assert message.startswith("schema: ")
    assert message.endswith(f" - at {at}")
    assert words in message


@pytest.mark.parametrize(
    "schema",
    [a({"minimum": float("nan")}), a({1, 2}), a({"default": object()}), {"properties": {"\ud800": True}}],
)
def test_no_json(schema: Any) -> None:
    """What JSON cannot hold is an error."""
    with pytest.raises(SpecError, match="schema: expected nothing but JSON values"):
        rules_of(schema)


def test_nested_without_end() -> None:
    """Nesting past what Python can walk is an error like others."""
    schema: dict[str, Any] = {}
    for _ in range(100_000):
        schema = {"items": schema}
    with pytest.raises(SpecError, match="nested too deeply"):
        rules_of(schema)


def test_work_is_bounded() -> None:
    """A schema that unfolds to far more fields than anyone has is an error and not a wait."""
    doubling = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)}
    with pytest.raises(SpecError, match="at most 100000 places"):
        rules_of({"$ref": "#/$defs/d0", "$defs": {**doubling, "d40": {"type": "string"}}})


# -- laws ------------------------------------------------------------------------------------------------

SCALARS: dict[str | None, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "enum": {"enum": ["x", "y"]},
    None: {},
}


def named(rule: Rule) -> str | None:
    """Name the kind of value that a rule was made for; a plain string has no comparator of its own."""
    return "text" if rule.why == "schema: type string" else rule.comparator


NAMES = st.text(alphabet='ab.*$[" 姓', max_size=3)
Leaves = dict[tuple[str, ...], Any]


def wrapped(schema: dict[str, Any], way: str, defs: dict[str, Any]) -> dict[str, Any]:
    """Say the same in another way."""
    if way == "ref":
        name = f"d{len(defs)}"
        defs[name] = schema
        return {"$ref": f"#/$defs/{name}"}
    if way in ("anyOf", "oneOf"):
        return {way: [schema, {"type": "null"}]}
    if way == "allOf":
        return {"allOf": [schema, {"title": "t"}]}
    return schema


@st.composite
def described(draw: st.DrawFn, defs: dict[str, Any], depth: int = 3) -> tuple[dict[str, Any], Leaves]:
    """Draw a schema and, told on its own, its leaves and what compares them; ``?`` is a name left open."""
    way = draw(st.sampled_from(["plain", "ref", "anyOf", "oneOf", "allOf"]))
    shape = draw(st.sampled_from(["scalar", "array", "object"])) if depth else "scalar"
    if shape == "scalar":
        comparator = draw(st.sampled_from(list(SCALARS)))
        way = way if comparator else "plain"
        return wrapped(SCALARS[comparator], way, defs), {(): comparator}
    if shape == "array":
        inner, leaves = draw(described(defs, depth - 1))
        return wrapped({"type": "array", "items": inner}, way, defs), leaves
    members = {
        name: draw(described(defs, depth - 1)) for name in draw(st.lists(NAMES, unique=True, max_size=3))
    }
    if draw(st.booleans()):
        members["?"] = draw(described(defs, depth - 1))
    told: dict[str, Any] = {name: inner for name, (inner, _) in members.items()}
    rest = {"additionalProperties": told.pop("?")} if "?" in told else {}
    found = {(name, *below): x for name, (_, leaves) in members.items() for below, x in leaves.items()}
    return wrapped({"type": "object", "properties": told, **rest}, way, defs), found


@given(st.data())
def test_one_rule_per_leaf(data: st.DataObject) -> None:
    """However a schema is put, each leaf has one rule, and the first that fits it is that one."""
    defs: dict[str, Any] = {}
    schema, leaves = data.draw(described(defs))
    rules = rules_of({**schema, "$defs": defs})
    made = [rule for rule in rules if not rule.path.endswith(".**")]
    assert len(made) == len(leaves)
    firsts = {names: first(rules, names) for names in leaves}
    assert {names: "no rule" if rule is None else named(rule) for names, rule in firsts.items()} == leaves


VALUES = {"text": "s", "number": 7, "boolean": True}
TYPED = st.recursive(
    st.sampled_from([{}, True, False, {"enum": ["s", 7]}, {"const": True}, {"type": "object"}])
    | st.lists(st.sampled_from(["string", "number", "boolean", "null"]), min_size=1, unique=True).map(
        lambda types: {"type": types}
    ),
    lambda inner: st.dictionaries(
        st.sampled_from(["anyOf", "allOf"]), st.lists(inner, min_size=1, max_size=3), min_size=1
    ),
    max_leaves=8,
)


@given(TYPED)
def test_kinds_are_those_that_validate(schema: Any) -> None:
    """The comparator is that of the one kind of value that a validator lets pass; none where more do."""
    validator = jsonschema.Draft202012Validator(schema)
    passed = [name for name, value in VALUES.items() if validator.is_valid(value)]
    found = [(kind := named(rule)) and kind.replace("enum", "text") for rule in rules_of(a(schema))]
    assert found == (passed if len(passed) < 2 else [None])


WORDS = """a type properties items prefixItems anyOf allOf $ref $defs format enum const then
    additionalProperties patternProperties $id $anchor dependentSchemas dependencies x-medvie-weight
    x-medvie-list x-medvie-key x-medvie-comparator x-medvie-synonyms x-medvie-options"""
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.sampled_from(["string", "date", "#", "#/$defs/a", "x", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS.split()), inner, max_size=4)
    ),
    max_leaves=12,
)


@example({"prefixItems": {"$id": None}}, DRAFT_7)
@example({"prefixItems": {"$ref": None}}, DRAFT_7)
@given(JSON, st.sampled_from([{}, DRAFT_7]))
def test_nothing_but_spec_errors(schema: Any, draft: dict[str, str]) -> None:
    """Whatever is handed in gives rules or a SpecError."""
    schema = {**draft, **schema} if isinstance(schema, dict) else schema
    before = copy.deepcopy(schema)
    try:
        rules = rules_of(schema)
    except SpecError:
        rules = None
    assert rules is None or rules_of(schema, check=False) == rules
    assert schema == before


def test_any_mapping() -> None:
    """A schema may be a mapping of any type, and is not changed."""
    schema = {**DRAFT_7, **a({"$ref": "#/definitions/n", "type": "string"}, definitions={"n": NUMBER})}
    before = copy.deepcopy(schema)
    assert shown(MappingProxyType(schema)) == [("a", "number")]
    assert schema == before


# -- shipped schemas -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_shipped_schemas_are_valid(name: str) -> None:
    """Shipped schemas hold against their metaschema, and a report of empty values against them."""
    schema = load_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    lists = {key for key, inner in schema["properties"].items() if inner["type"] == "array"}
    blank = {key: [] if key in lists else "" for key in schema["properties"]}
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(blank)) == []


def test_shipped_schemas_are_parallel() -> None:
    """English and Chinese schemas name the keys of the paper's Appendix A, with the same rules."""
    english, chinese = (rules_of(load_schema(name), check=False) for name in SCHEMAS)
    keys = {
        "Name": "姓名", "Gender": "性别", "Age": "年龄", "Examination Time": "检查时间", "Department": "科室",
        "Examination Name": "检查名称", "Examination Site": "检查部位", "Indicators": "指标",
        "Examination Description": "检查描述", "Diagnosis": "诊断", "Treatment Recommendations": "处理建议",
        "Sample Collection Time": "样本采集时间", "Others": "其他", "Item Name": "项目名称", "Result": "结果",
        "Unit": "单位",
        "Reference Range": "参考范围", "Abnormal Mark": "异常标记", "Detection Method": "检测方法",
        "Result Status": "结果状态", "Clinical Indication": "临床提示", "Critical Value": "是否为危急值",
    }  # fmt: skip
    translated = [
        [re.sub(r"[^.\[\]]+", lambda key: keys[key[0]], path), *rest] for path, *rest in listed(english)
    ]
    assert translated == listed(chinese)
    assert len(english) == 21


def test_shipped_rules() -> None:
    """Weights, critical fields and the list mode of the shipped schema are what its makers decided."""
    rules = rules_of(load_schema("medical_report.en"))
    assert {rule.path: rule.weight for rule in rules if rule.weight != 1} == {
        "Indicators[].Item Name": 2.5,
        "Indicators[].Result": 2.0,
        "Indicators[].Detection Method": 0.5,
        "Indicators[].Clinical Indication": 0.5,
        "Others": 0.5,
    }
    critical = [rule.path for rule in rules if rule.critical]
    assert critical == ["Indicators[].Result", "Indicators[].Critical Value"]
    # A spec's own list mode holds, so that --lists has its say.
    assert {rule.path: rule.lists for rule in rules if rule.lists} == {}


def test_no_such_schema() -> None:
    """An unknown name is an error that lists those there are."""
    with pytest.raises(SpecError, match=r"'x': expected one of medical_report\.en, medical_report\.zh"):
        load_schema("x")


def test_shipped_rules_do_without_jsonschema() -> None:
    """Only a check loads jsonschema, which is slow to load."""
    program = (
        "import sys; from medvie_reward.spec._schema_rules import load_schema, rules_of; "
        "rules_of(load_schema('medical_report.en'), check=False); print('jsonschema' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.shared
@pytest.mark.skipif(not DATA.is_dir(), reason="no shared data folder")
def test_real_schemas() -> None:
    """Every schema that others wrote gives rules, and they fit every leaf of its gold."""
    with (DATA / "docubench_schemas.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert len(rows) == 25
    for row in rows:
        rules = rules_of(row["schema"])
        assert rules
        lost = {names for names in leaf_names(row["gold"]) if first(rules, names) is None}
        assert lost == set()


def leaf_names(value: Any, names: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    if isinstance(value, dict):
        return {found for key, x in value.items() for found in leaf_names(x, (*names, key))}
    if isinstance(value, list):
        return {found for x in value for found in leaf_names(x, names)}
    return set() if value is None else {names}
