"""Schemas as people have them: in wrappers, as classes, inside themselves; and what is no schema."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import pickle
import typing
from typing import Any, Literal, Optional

import pytest

from medvie_reward import Spec, SpecError, score
from medvie_reward.integrations.samples import Scorer
from medvie_reward.spec import Rule, explain, rules_of, unmatched_rules
from medvie_reward.training import form_of_schema
from medvie_reward.training._query_fields import leaf_paths

NUMBER = {"type": "object", "properties": {"n": {"type": "number"}}}
NAMED = {"name": "x", "strict": True, "schema": NUMBER}
TOOL = {"type": "function", "function": {"name": "f", "description": "d", "parameters": NUMBER}}

WRAPPED: list[Any] = [
    NAMED,
    {"type": "json_schema", "json_schema": NAMED},
    {"type": "json_schema", **NAMED},
    {"response_format": {"type": "json_schema", "json_schema": NAMED}},
    {"text": {"format": {"type": "json_schema", **NAMED}}},
    {"model": "m", "messages": [{"role": "user", "content": "x"}], "response_format": {"json_schema": NAMED}},
    TOOL,
    {"type": "function", "name": "f", "strict": True, "parameters": NUMBER},
    {"name": "f", "parameters": NUMBER},
    {"tools": [TOOL], "tool_choice": "auto"},
    {"name": "f", "description": "d", "input_schema": NUMBER},
    {"name": "f", "inputSchema": NUMBER},
    {"toolSpec": {"name": "f", "inputSchema": {"json": NUMBER}}},
    {"output_format": {"type": "json_schema", "schema": NUMBER}},
    {"generationConfig": {"responseMimeType": "application/json", "responseJsonSchema": NUMBER}},
    {"guided_json": NUMBER},
    {"schema": {"$ref": "#/$defs/a", "$defs": {"a": NUMBER}}},
]


@pytest.mark.parametrize("schema", WRAPPED)
def test_wrappers(schema: Any) -> None:
    """What an API puts around a schema is taken off, for rules, for queries and in hooks."""
    assert [(rule.path, rule.comparator) for rule in rules_of(schema)] == [("n", "number")]
    assert list(leaf_paths(form_of_schema(schema))) == ["n"]
    assert Scorer(schema=schema).measure('{"n": "1e3"}', '{"n": 1000}')["acc"] == 1.0


NONE: list[tuple[Any, str, str]] = [
    ({"Name": "Li", "Rows": [{"a": 1}]}, "looks like a document or a template (Name, Rows)", "$"),
    ({"Name": "", "Age": None}, "looks like a document or a template", "$"),
    (
        {"name": "x", "schema": {"Name": "", "Rows": []}},
        "looks like a document or a template (Name, Rows)",
        "$.schema",
    ),
    ({"type": "invoice", "total": 5}, "looks like a document or a template", "$"),
    ({"n": {"type": "number"}, "m": {"type": "string"}}, "under 'properties'", "$"),
    ({"schema": {"type": "string"}, "Name": {"type": "string"}}, "under 'properties'", "$"),
    ({"type": "json_schema"}, "expected a JSON Schema", "$"),
    (
        {"name": "f", "inputSchema": NUMBER, "outputSchema": NUMBER},
        "several ($.inputSchema, $.outputSchema)",
        "$",
    ),
    ({"type": "OBJECT", "properties": {"n": {"type": "NUMBER"}}}, "one of array, boolean", "$.type"),
    (
        {"name": "x", "schema": {"properties": {"n": {"type": "nmber"}}}},
        "got 'nmber'",
        "$.schema.properties.n.type",
    ),
    (
        {"function": {"parameters": {"$ref": "#/$defs/a"}}},
        "a reference to a schema",
        "$.function.parameters.$ref",
    ),
    (int, "got the class int", "$"),
]


@pytest.mark.parametrize(("schema", "words", "at"), NONE)
def test_what_is_no_schema(schema: Any, words: str, at: str) -> None:
    """A document, a template and members alone are named errors with the path, never a spec without rules."""
    with pytest.raises(SpecError) as caught:
        Spec.from_json_schema(schema)
    assert words in str(caught.value)
    assert str(caught.value).endswith(f" - at {at}")


class Kind(enum.Enum):
    """Two kinds."""

    CASH = "cash"
    CARD = "card"


@dataclasses.dataclass
class Item:
    """A row that may hold rows."""

    name: str
    price: decimal.Decimal
    parts: list[Item] = dataclasses.field(default_factory=list)


class Paper(typing.TypedDict, total=False):
    """A document."""

    number: int
    day: Optional[datetime.date]  # noqa: UP045
    items: list[Item]
    kind: Kind
    way: Literal["a", "b"]
    more: dict[str, float]
    pair: tuple[int, str]
    anything: Any


class Model:
    """What Pydantic's models have."""

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        """Return a schema with places of its own."""
        return {"$defs": {"Q": NUMBER}, "type": "object", "properties": {"q": {"$ref": "#/$defs/Q"}}}


@dataclasses.dataclass
class Holder:
    """A dataclass that holds a model."""

    model: Model
    flag: bool | None


CLASSES: list[tuple[type, list[tuple[str, str | None]]]] = [
    (Item, [("name", None), ("price", "number"), ("parts[].name", None), ("parts[].price", "number")]),
    (Model, [("q.n", "number")]),
    (Holder, [("model.q.n", "number"), ("flag", "boolean")]),
]


@pytest.mark.parametrize(("given", "expected"), CLASSES)
def test_classes(given: type, expected: list[tuple[str, str | None]]) -> None:
    """A class is taken as the schema that its types say."""
    assert [(rule.path, rule.comparator) for rule in rules_of(given) if rule.like is None] == expected


def test_typed_dict() -> None:
    """Each member of a TypedDict has the rule of its type."""
    spec = Spec.from_json_schema(Paper, "strict")
    pred = {
        "number": "7.0",
        "day": "5 March 2024",
        "kind": "CASH",
        "items": [{"price": "1e1", "parts": [{"price": "2.0"}]}],
    }
    gold = {
        "number": 7,
        "day": "2024-03-05",
        "kind": "cash",
        "items": [{"price": 10, "parts": [{"price": 2}]}],
    }
    assert score(pred, gold, spec).f1 == 1.0
    assert score({"more": {"x": "1.0"}, "pair": ["1"]}, {"more": {"x": 1}, "pair": [1]}, spec).correct == 2
    assert pickle.loads(pickle.dumps(spec)) == spec


def test_classes_that_cannot_be_read() -> None:
    """A type that JSON does not have is named with its place; an object is not its class."""

    @dataclasses.dataclass
    class Odd:
        """A class with a type that JSON does not have."""

        rows: list[complex]

    with pytest.raises(SpecError, match=r"a type that JSON has, got complex - at Odd\.rows\[\]"):
        rules_of(Odd)
    with pytest.raises(SpecError, match="expected the class Item, got an object of it"):
        rules_of(Item("a", decimal.Decimal(1)))  # type: ignore[arg-type]


def test_pydantic() -> None:
    """Pydantic's own models, with a model inside itself and a decimal."""
    pydantic = pytest.importorskip("pydantic")
    line = pydantic.create_model("Line", price=(decimal.Decimal, ...), day=(Optional[datetime.date], None))  # noqa: UP045
    model = pydantic.create_model("Model", lines=(list[line], ...), total=(decimal.Decimal, ...))  # type: ignore[valid-type]
    found = {rule.path: rule.comparator for rule in rules_of(model)}
    assert found == {"lines[].price": "number", "lines[].day": "date", "total": "number"}


NODE = {"$defs": {"N": {"type": "object", "properties": {
    "v": {"type": "number"}, "k": {"type": "array", "items": {"$ref": "#/$defs/N"}}}}}}  # fmt: skip
TREE = {
    "type": "object",
    "properties": {"v": {"type": "number"}, "k": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
}
RECURSIVE: list[Any] = [
    {"$ref": "#/$defs/N", **NODE},
    {"allOf": [{"$ref": "#/$defs/N"}], **NODE},
    {
        "type": "object",
        "properties": {"v": {"type": "number"}, "k": {"type": "array", "items": {"$ref": "#"}}},
    },
    TREE,
    {
        "type": "object",
        "properties": {"v": {"type": "number"}, "k": {"allOf": [{"$ref": "#"}, {"title": "k"}]}},
    },
    {"type": "object", "properties": {"v": {"type": "number"}}, "additionalProperties": {"$ref": "#"}},
    {"type": "object", "properties": {"v": {"type": "number"}}, "patternProperties": {"^k": {"$ref": "#"}}},
]


def nested(value: Any, depth: int) -> Any:
    return {"v": value} if not depth else {"v": value, "k": [nested(value, depth - 1)]}


@pytest.mark.parametrize("schema", RECURSIVE)
def test_a_schema_inside_itself_holds_at_every_depth(schema: Any) -> None:
    """Through lists, allOf, anyOf and open names; and `explain` says so."""
    spec = Spec.from_json_schema(schema, "strict")
    for depth in (0, 1, 2, 30):
        assert score(nested("1e3", depth), nested(1000, depth), spec).correct == depth + 1
    assert {row.comparator for row in explain([nested(1, 5)], spec)} == {"number"}
    assert len(spec.rules) < 8


def test_schemas_inside_each_other() -> None:
    """Members of one name are told apart by what they are members of."""
    schema = {
        "$ref": "#/$defs/A",
        "$defs": {
            "A": {"properties": {"x": {"type": "number"}, "b": {"$ref": "#/$defs/B"}}},
            "B": {"properties": {"x": {"type": "string", "format": "date"}, "a": {"$ref": "#/$defs/A"}}},
        },
    }
    fields = Spec.from_json_schema(schema).fields
    paths = [("x",), ("b", "x"), ("b", "a", "x"), ("b", "a", "b", "x"), ("b", "a", "b", "a", "x")]
    assert [fields.find(path).comparator for path in paths] == ["number", "date", "number", "date", "number"]
    assert fields.find(("b", "a", "y")).comparator is None


def test_many_schemas_inside_each_other() -> None:
    """Where each of many holds all of them, each is written down once."""
    names = [f"S{n}" for n in range(12)]
    parts = {name: {"$ref": f"#/$defs/{name}"} for name in names}
    defs = {name: {"properties": {"x": {"type": "number"}, **parts}} for name in names}
    spec = Spec.from_json_schema({"$ref": "#/$defs/S0", "$defs": defs})
    assert len(spec.rules) < 12 * 14 + 20
    assert spec.fields.find(("S3", "S1", "S7", "S7", "S0", "x")).comparator == "number"


def test_like_by_hand() -> None:
    """A rule can say that a field is as another, and earlier rules come first."""
    rules = [Rule("k.k.v", "text"), Rule("k.v", "number"), Rule("k.k", like="k")]
    fields = Spec.preset("strict").with_rules(rules).fields
    assert [fields.find(x).comparator for x in [("k", "v"), ("k", "k", "v"), ("k", "k", "k", "v")]] == [
        "number", "text", "text",
    ]  # fmt: skip


@pytest.mark.parametrize("rules", [[("a", "b"), ("b", "a")], [("a", "a.b")]])
def test_circles(rules: list[tuple[str, str]]) -> None:
    """Rules that lead in a circle are an error."""
    spec = Spec.preset("strict").with_rules([Rule(path, like=like) for path, like in rules])
    with pytest.raises(SpecError, match="got a circle"):
        score({}, {"a": "x"}, spec)


PATTERN = r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"
UNIONS: list[tuple[Any, str | None]] = [
    ({"anyOf": [{"type": "number"}, {"type": "string", "pattern": PATTERN}]}, "number"),
    ({"anyOf": [{"type": "number"}, {"type": "string", "pattern": PATTERN}, {"type": "null"}]}, "number"),
    ({"type": ["number", "string"], "pattern": r"^-?\d+(\.\d+)?$"}, "number"),
    ({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\d+$"}]}, "number"),
    ({"anyOf": [{"type": "number"}, {"type": "string"}]}, None),
    ({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\d+ (kg|g)$"}]}, None),
    ({"type": "string", "pattern": PATTERN}, None),
    ({"anyOf": [{"type": "number"}, {"type": "string", "pattern": "("}]}, None),
]


@pytest.mark.parametrize(("schema", "expected"), UNIONS)
def test_a_number_that_may_be_a_text(schema: Any, expected: str | None) -> None:
    """A union of a number and a text that can hold nothing but numbers is a number."""
    (rule,) = rules_of({"properties": {"a": schema}})
    assert rule.comparator == expected


def test_keywords() -> None:
    """Words, other names and steps in a schema, on leaves, lists and objects."""
    schema = {
        "properties": {
            "Weight": {
                "type": "number",
                "x-medvie-normalize": [{"strip_suffix": "net"}],
                "x-medvie-absent": ["-"],
            },
            "Lines": {
                "type": "array",
                "x-medvie-aliases": ["rows"],
                "items": {"properties": {"Code": {"type": "string", "x-medvie-aliases": ["id", "no"]}}},
            },
        }
    }
    spec = Spec.from_json_schema(schema, "strict")
    gold = {"Weight": "5", "Lines": [{"Code": "A"}, {"Code": "B"}]}
    assert score({"Weight": "5.0 net", "rows": [{"id": "B"}, {"no": "A"}]}, gold, spec).f1 == 1.0
    assert score({"Weight": "-"}, {"Weight": ""}, spec).hallucinated == 0


BAD_KEYWORDS: list[tuple[dict[str, Any], str, str]] = [
    ({"x-medvie-absent": "N/A"}, "a list of words", "$.properties.a.x-medvie-absent"),
    ({"x-medvie-aliases": [""]}, "a list of other names", "$.properties.a.x-medvie-aliases"),
    ({"x-medvie-normalize": ["lower"]}, "no step 'lower'", "$.properties.a.x-medvie-normalize"),
]


@pytest.mark.parametrize(("more", "words", "at"), BAD_KEYWORDS)
def test_bad_keywords(more: dict[str, Any], words: str, at: str) -> None:
    """A keyword that cannot be used is an error with its path."""
    with pytest.raises(SpecError) as caught:
        rules_of({"properties": {"a": {"type": "string", **more}}})
    assert words in str(caught.value)
    assert str(caught.value).endswith(f" - at {at}")


def test_rules_that_fit_no_gold() -> None:
    """Misspelled paths and fields of another schema are listed; a preset's own rules are not."""
    golds = [{"Rows": [{"Amount": "1"}]}, {"Total": None}]
    spec = Spec.preset("clinical").with_rules(
        [
            Rule("Rows[].Amount"),
            Rule("Rows[].Amuont"),
            Rule("**.Total"),
            Rule("**.Tota"),
            Rule("Rows", lists="index"),
        ]
    )
    assert unmatched_rules(spec, golds) == ["Rows[].Amuont", "**.Tota"]
    assert unmatched_rules(Spec.preset("clinical"), golds) == []
    assert unmatched_rules(Spec.from_json_schema(TREE), [{"v": 1, "k": {"v": 1}}]) == []
    assert unmatched_rules(Spec.from_json_schema(NUMBER), golds) == ["n"]
    loose = Spec.preset("strict").replace(keys="loose").with_rules([Rule("rows[].AMOUNT")])
    assert unmatched_rules(loose, golds) == []
