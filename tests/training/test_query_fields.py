"""Forms: read from schemas and golds, cut to keys, and golds cut with them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from helpers.form_values import forms, golds
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import reward, training
from medvie_reward._core.json_values import json_leaves
from medvie_reward._core.paths import field_text
from medvie_reward.errors import GoldError, SpecError
from medvie_reward.spec._schema_rules import SCHEMAS, load_schema
from medvie_reward.training._form_reader import form_of_schema
from medvie_reward.training._query_fields import (
    QueryField,
    check_gold,
    cut_gold,
    filled_keys,
    form_of_gold,
    leaf_paths,
    merge,
    with_keys,
)

TEXT = {"type": "string"}
AB = {"properties": {"a": TEXT, "x.y": TEXT}}
PERSON = {"properties": {"n": TEXT, "child": {"$ref": "#/$defs/p"}}}


def values(tree: Any) -> Counter[tuple[str, str]]:
    """Count the leaves of a tree that are not empty, by field."""
    return Counter((field_text(at), repr(raw)) for _, _, at, raw in json_leaves(tree, str.strip))


@given(st.data())
def test_a_cut_gold_has_the_leaves_of_its_keys_and_no_others(data: st.DataObject) -> None:
    """Every value of a kept key stays at its field, every other is gone, and every kept key is named."""
    form = data.draw(forms())
    gold = data.draw(golds(form))
    keys = data.draw(st.sets(st.sampled_from(list(leaf_paths(form))), min_size=1))
    cut = cut_gold(with_keys(form, keys), gold)
    assert values(cut) == Counter({leaf: n for leaf, n in values(gold).items() if leaf[0] in keys})
    assert set(leaf_paths(merge(with_keys(form, keys), form_of_gold(cut)))) == keys
    assert (
        len(cut) == len(gold) if form.lists else set(cut) == {x.name for x in with_keys(form, keys).members}
    )


@given(st.data())
def test_a_cut_gold_is_its_own_best_answer(data: st.DataObject) -> None:
    """Its answer earns the whole reward, whatever is blank in it."""
    form = data.draw(forms())
    keys = data.draw(st.sets(st.sampled_from(list(leaf_paths(form))), min_size=1))
    cut = json.dumps(cut_gold(with_keys(form, keys), data.draw(golds(form))), ensure_ascii=False)
    assert reward(f"<think></think><answer>{cut}</answer>", cut).score == 2.0


@given(st.data())
def test_filled_keys_are_those_with_a_value(data: st.DataObject) -> None:
    """The keys that a gold fills are the fields of its leaves."""
    form = data.draw(forms())
    gold = data.draw(golds(form))
    check_gold(form, gold)
    assert filled_keys(form, gold) == {field for field, _ in values(gold)}


@given(st.data())
def test_a_form_of_golds_describes_them(data: st.DataObject) -> None:
    """The union of two golds' forms has the leaves of both, and neither is wrong by it."""
    form = data.draw(forms())
    one, other = data.draw(golds(form)), data.draw(golds(form))
    union = merge(form_of_gold(one), form_of_gold(other))
    for gold in (one, other):
        check_gold(union, gold)
        assert filled_keys(union, gold) == filled_keys(form, gold)


@pytest.mark.parametrize(
    ("gold", "expected"),
    [
        ({}, {"a": "", "t": [], "o": {"x": "", "y": []}}),
        ({"a": None, "t": None, "o": ""}, {"a": "", "t": [], "o": {"x": "", "y": []}}),
        (
            {"t": [{}, None, {"n": "K"}]},
            {"a": "", "t": [{"n": ""}, {"n": ""}, {"n": "K"}], "o": {"x": "", "y": []}},
        ),
        ({"a": 0, "o": {"y": ["u"]}}, {"a": 0, "t": [], "o": {"x": "", "y": ["u"]}}),
    ],
)  # fmt: skip
def test_what_a_gold_lacks_is_blank(gold: Any, expected: Any) -> None:
    """An absent text is the empty string, an absent table the empty list; objects have all their members."""
    form = form_of_gold({"a": "1", "t": [{"n": "K"}], "o": {"x": "1", "y": ["u"]}})
    assert cut_gold(form, gold) == expected


@pytest.mark.parametrize(
    ("schema", "keys"),
    [
        ({"properties": {"a": TEXT, "b": True, "c": False}}, ["a", "b"]),
        ({"type": "array", "items": {"properties": {"a": TEXT}}}, ["[].a"]),
        ({"properties": {"m": {"type": "array", "items": {"type": "array", "items": TEXT}}}}, ["m[][]"]),
        ({"properties": {"o": {"type": "object"}, "n": {"type": ["null", "number"]}}}, ["o", "n"]),
        ({"properties": {"t": {"anyOf": [{"type": "null"}, {"items": AB}]}}}, ["t[].a", 't[]["x.y"]']),
        ({"allOf": [{"properties": {"a": TEXT}}, {"properties": {"b": TEXT}}]}, ["a", "b"]),
        ({"properties": {"p": {"$ref": "#/$defs/p"}}, "$defs": {"p": PERSON}}, ["p.n"]),
        ({"properties": {"a": TEXT, "below": {"type": "array", "items": {"$ref": "#"}}}}, ["a"]),
    ],
)  # fmt: skip
def test_schemas_give_keys(schema: dict[str, Any], keys: list[str]) -> None:
    """References, alternatives and lists are followed; a schema inside itself is left out."""
    assert list(leaf_paths(form_of_schema(schema))) == keys


@pytest.mark.parametrize("name", SCHEMAS)
def test_shipped_schemas_are_read_whole(name: str) -> None:
    """Twenty-one leaves with a description each, rows of the table named by their first member."""
    form = form_of_schema(load_schema(name))
    table = form.members[7]
    assert len(list(leaf_paths(form))) == 21
    assert (table.lists, len(table.members)) == (1, 9)
    assert all(field.description for field in (*form.members, *table.members))


def test_the_nearest_description_counts() -> None:
    """A list's own description goes before its items'; white space is folded."""
    form = form_of_schema(
        {"properties": {"t": {"type": "array", "description": "Rows\n  of it.", "x-medvie-key": "b",
                              "items": {"description": "A row.", "properties": {"a": TEXT, "b": TEXT}}}}}
    )  # fmt: skip
    assert (form.members[0].description, form.members[0].label) == ("Rows of it.", "b")


@pytest.mark.parametrize(
    "schema", [{}, {"type": "object"}, {"type": "string"}, {"type": "array", "items": TEXT}]
)
def test_a_schema_must_name_members(schema: dict[str, Any]) -> None:
    """A schema without members has nothing to ask for."""
    with pytest.raises(SpecError, match=r"expected an object, or a list of objects, with properties - at \$"):
        form_of_schema(schema)


@pytest.mark.parametrize(
    ("gold", "reason"),
    [
        ({"b": "1"}, "expected one of the fields a, t - at b"),
        ({"t": [{"n": "K", "m": "1"}]}, r"expected one of the fields n - at t\[0\]\.m"),
        ({"a": ["1"]}, "expected a value, got a list - at a"),
        ({"a": {"x": "1"}}, "expected a value, got an object - at a"),
        ({"t": "none"}, "expected a list, got 'none' - at t"),
        ({"t": ["none"]}, r"expected an object, got 'none' - at t\[0\]"),
        ([{"a": "1"}], r"expected an object, got a list - at \$"),
    ],
)
def test_a_gold_that_does_not_fit_says_where(gold: Any, reason: str) -> None:
    """What the schema does not describe is named with its path."""
    form = form_of_schema({"properties": {"a": TEXT, "t": {"items": {"properties": {"n": TEXT}}}}})
    with pytest.raises(GoldError, match=reason):
        check_gold(form, gold)


def test_an_open_object_is_kept_as_a_whole() -> None:
    """An object whose members nobody named has one key."""
    form = form_of_schema({"properties": {"o": {"type": "object"}, "a": TEXT}})
    gold = {"o": {"x": {"y": "1"}}, "a": ""}
    check_gold(form, gold)
    assert filled_keys(form, gold) == {"o"}
    assert cut_gold(with_keys(form, {"o"}), gold) == {"o": {"x": {"y": "1"}}}
    assert cut_gold(form, {}) == {"o": {}, "a": ""}


def test_fields_merge_in_the_order_they_come() -> None:
    """The first gold's order counts, new members come last, and a blank table takes the other's rows."""
    one = form_of_gold({"t": [], "a": ""})
    other = form_of_gold({"c": "1", "a": "2", "t": [{"n": 1}]})
    assert list(leaf_paths(merge(one, other))) == ["t[].n", "a", "c"]
    assert merge(one, other).members[0] == QueryField("t", lists=1, members=(QueryField("n", scalar=True),))


def test_the_old_name_is_kept() -> None:
    """`Field` of an earlier version is the same class, which is told apart from a spec's by its new name."""
    assert training.Field is training.QueryField is QueryField
    assert QueryField.__name__ == "QueryField"


def test_a_leaf_that_accepts_several_values_is_a_leaf() -> None:
    """A query asks for its field as for any other, and the ground truth keeps all accepted values."""
    gold = {"a": {"$any": ["", "x", "y"]}, "L": [{"b": {"$any": ["1"]}, "c": {"$any": [""]}}]}
    form = form_of_gold(gold)
    assert form == form_of_gold({"a": "x", "L": [{"b": "1", "c": ""}]})
    check_gold(form, gold)
    assert filled_keys(form, gold) == {"a", "L[].b"}
    assert cut_gold(form, gold) == {"a": {"$any": ["", "x", "y"]}, "L": [{"b": {"$any": ["1"]}, "c": ""}]}
    with pytest.raises(GoldError, match="gold: expected an object, got 'x' - at a"):
        check_gold(form_of_gold({"a": {"n": "x"}, "L": []}), gold)
