"""Which rule every field has, and why: for presets, schemas, rules and list modes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import documents, specs
from hypothesis import given

from medvie_reward import GoldError, Rule, Spec, score
from medvie_reward._core.json_values import is_empty, json_leaves
from medvie_reward._core.paths import field_text
from medvie_reward.comparators import COMPARATORS
from medvie_reward.spec._explain import FieldRule, explain, unmatched_rules
from medvie_reward.spec._presets import PRESETS

GOLD = {
    "Name": "Li Wei",
    "Gender": "",
    "Indicators": [
        {"Item Name": "K", "Result": "4.10", "Abnormal Mark": None},
        {"Item Name": "Na", "Result": 140, "Abnormal Mark": "↑"},
    ],
    "Diagnosis": "高血压；糖尿病",
    "Ward": "7B",
    "total": 31.0,
}


def by_name(golds: list[Any], spec: Spec | str) -> dict[str, FieldRule]:
    found = explain(golds, Spec.preset(spec) if isinstance(spec, str) else spec)
    assert len({rule.field for rule in found}) == len(found)
    return {rule.field: rule for rule in found}


def test_every_column_under_clinical() -> None:
    """Known fields have the schema's rules, others are guessed; fields stand in the gold's order."""
    stated = "schema: x-medvie-comparator"
    assert explain([GOLD], Spec.preset("clinical")) == [
        FieldRule("Name", "text", {}, 1.0, False, "", stated, 1, "Li Wei"),
        FieldRule("Gender", "sex", {}, 1.0, False, "", stated, 0, ""),
        FieldRule("Indicators[].Item Name", "text", {}, 2.5, False, "align", stated, 2, "K"),
        FieldRule("Indicators[].Result", "result", {}, 2.0, True, "align", stated, 2, "4.10"),
        FieldRule("Indicators[].Abnormal Mark", "flag", {}, 1.0, False, "align", stated, 1, "↑"),
        FieldRule("Diagnosis", "set", {}, 1.0, False, "", stated, 1, "高血压；糖尿病"),
        FieldRule(
            "Ward", "guess", {}, 1.0, False, "", "no rule: guessed, the only one looks like quantity", 1, "7B"
        ),
        FieldRule("total", "money", {}, 1.0, False, "", "by its name: total", 1, "31"),
    ]


def test_a_leaf_that_accepts_several_values() -> None:
    """It is one field, and a rule for it fits; where lists are bags no object stands for a leaf."""
    gold = {"Name": {"$any": ["Li Wei", "Lee"]}, "L": [{"a": {"$any": ["1"]}}]}
    spec = Spec(rules=(Rule("Name", "text"), Rule("L[].a", "number")))
    found = explain([gold], spec)
    assert [(x.field, x.comparator, x.n, x.example) for x in found] == [
        ("Name", "text", 2, "Li Wei"),
        ("L[].a", "number", 1, "1"),
    ]
    assert unmatched_rules(spec, [gold]) == []
    assert list(by_name([gold], "paper")) == ["Name.$any[]", "L[].a.$any[]"]


@pytest.mark.parametrize(
    ("preset", "comparator", "lists"),
    [
        ("strict", "unicode", "align"),
        ("paper", "strip", "bag"),
        ("donut", "strip", "bag"),
        ("smr-r1", "strip", "bag"),
    ],
)
def test_presets_without_rules(preset: str, comparator: str, lists: str) -> None:
    """Without rules every field has the preset's own comparator, and nothing is guessed."""
    rules = by_name([GOLD], preset)
    assert {rule.comparator for rule in rules.values()} == {comparator}
    assert {rule.why for rule in rules.values()} == {"no rule: the spec's own"}
    assert {rule.weight for rule in rules.values()} == {1.0}
    assert not any(rule.critical for rule in rules.values())
    assert {name: rule.lists for name, rule in rules.items() if "[]" in name} == dict.fromkeys(
        ("Indicators[].Item Name", "Indicators[].Result", "Indicators[].Abnormal Mark"), lists
    )
    assert rules["Name"].lists == ""


def test_schema() -> None:
    """A schema's types, formats, enums and keywords show with the reason that they give."""
    schema = {
        "type": "object",
        "properties": {
            "n": {"type": "number", "x-medvie-weight": 0.5},
            "d": {"type": "string", "format": "date"},
            "s": {"enum": ["a", "b"]},
            "t": {"type": ["string", "number"]},
            "c": {"type": "string", "x-medvie-comparator": "number", "x-medvie-options": {"digits": "kept"}},
            "rows": {
                "type": "array",
                "x-medvie-key": "n",
                "items": {"properties": {"n": {"type": "string", "x-medvie-critical": True}}},
            },
        },
    }
    gold = {"n": 1, "d": "2024-03-05", "s": "a", "t": "x", "c": "5.60", "rows": [{"n": "K", "o": "H"}]}
    rules = by_name([gold], Spec.from_json_schema(schema))
    assert {name: (rule.comparator, rule.why) for name, rule in rules.items()} == {
        "n": ("number", "schema: type number"),
        "d": ("date", "schema: format date"),
        "s": ("enum", "schema: enum"),
        "t": ("guess", "schema: several types: guessed, the only one looks like text"),
        "c": ("number", "schema: x-medvie-comparator"),
        "rows[].n": ("guess", "schema: type string: guessed, the only one looks like text"),
        "rows[].o": ("guess", "no rule: guessed, the only one looks like text"),
    }
    assert rules["n"].weight == 0.5
    assert rules["c"].options == {"digits": "kept"}
    assert rules["s"].options == {"synonyms": (("a", ()), ("b", ()))}
    assert {name for name, rule in rules.items() if rule.critical} == {"rows[].n"}
    assert {rules[name].lists for name in ("rows[].n", "rows[].o")} == {"key:n"}


def test_rules() -> None:
    """A rule shows by its path, or by the reason it was given; the first that fits is the field's."""
    spec = Spec.preset("clinical").with_rules(
        [
            Rule("total", "number", {"digits": "kept"}, weight=3, critical=True),
            Rule("Name", "strip", why="the ward's wish"),
            Rule("W*", "unicode"),
            Rule("*", weight=0.25),
        ]
    )
    rules = by_name([GOLD], spec)
    assert rules["total"] == FieldRule(
        "total", "number", {"digits": "kept"}, 3.0, True, "", "rule total", 1, "31"
    )
    assert rules["Name"].why == "the ward's wish"
    assert rules["Name"].comparator == "strip"
    # A star is a whole name, so W* is a field of that name; and a rule without a comparator guesses.
    assert rules["Ward"].why == "rule *: guessed, the only one looks like quantity"
    assert (rules["Ward"].comparator, rules["Ward"].weight) == ("guess", 0.25)
    assert (rules["Diagnosis"].comparator, rules["Diagnosis"].why) == (
        "set",
        "rule *; by its name: diagnosis",
    )
    named = by_name([GOLD], spec.replace(field_names=False))
    assert (named["Diagnosis"].comparator, rules["total"].why) == ("guess", "rule total")
    assert rules["Indicators[].Result"].comparator == "result"
    assert by_name([GOLD], Spec(rules=(Rule("*", weight=2),)))["Ward"].why == "rule *: the spec's own"


LOOKS = [
    (["1", 2, "3.50"], "guessed, all 3 look like number"),
    (["2024-03-05", "2024年3月6日"], "guessed, all 2 look like date"),
    (["08:30", "9:15"], "guessed, all 2 look like time"),
    (["3-5", "3.9～6.1 mmol/L"], "guessed, all 2 look like range"),
    (["5 mg", "<0.5"], "guessed, all 2 look like quantity"),
    (["007", "1E5", "2024/3", "阴性", "true"], "guessed, all 5 look like text"),
    ([True, False], "guessed, all 2 look like text"),
    (["a", "1", "b", "8:30", "c", "2"], "guessed, 3 look like text, 2 look like number, 1 look like time"),
    (["", None, "  ", [], {}], "guessed, no values"),
    ([" ", "5"], "guessed, the only one looks like number"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "why"), LOOKS)
def test_what_values_look_like(values: list[Any], why: str) -> None:
    """A guessed field says what its values look like, the commonest kind first, blanks left out."""
    rules = by_name([{"x": value} for value in values], Spec(text="guess"))
    assert rules["x"].why == f"no rule: {why}"
    assert rules["x"].n == sum(not is_empty(value) for value in values)


NESTED = {"L": [{"n": "a", "M": [{"k": "b"}]}], "P": ["c"], "s": "d", "D": {"E": [["e"]]}}
MODES: list[tuple[str, tuple[Rule, ...], dict[str, str]]] = [
    ("align", (), {"L[].n": "align", "L[].M[].k": "align", "P[]": "align", "s": "", "D.E[][]": "align"}),
    ("index", (), {"L[].n": "index", "L[].M[].k": "index", "P[]": "index", "s": "", "D.E[][]": "index"}),
    ("key:n", (), {"L[].n": "key:n", "L[].M[].k": "key:n", "P[]": "key:n", "s": "", "D.E[][]": "key:n"}),
    ("bag", (), {"L[].n": "bag", "L[].M[].k": "bag", "P[]": "bag", "s": "", "D.E[][]": "bag"}),
    # The innermost list counts, and a rule of the list itself, not of what is in it.
    (
        "align",
        (Rule("L", lists="index"), Rule("L[].M", lists="key:k"), Rule("P", lists="align")),
        {"L[].n": "index", "L[].M[].k": "key:k", "P[]": "align", "s": "", "D.E[][]": "align"},
    ),
    (
        "index",
        (Rule("L[].n", lists="key:n"), Rule("**.E", lists="align")),
        {"L[].n": "index", "L[].M[].k": "index", "P[]": "index", "s": "", "D.E[][]": "align"},
    ),
    # Pooled leaves have no rows, whatever rules say.
    (
        "bag",
        (Rule("L", lists="index"), Rule("**", lists="align")),
        {"L[].n": "bag", "L[].M[].k": "bag", "P[]": "bag", "s": "", "D.E[][]": "bag"},
    ),
]


@pytest.mark.parametrize(("lists", "rules", "modes"), MODES, ids=range(len(MODES)))
def test_list_modes(lists: str, rules: tuple[Rule, ...], modes: dict[str, str]) -> None:
    """A field in a list shows how the items of the innermost list around it pair; others show nothing."""
    found = by_name([NESTED], Spec(lists=lists, rules=rules))
    assert {name: rule.lists for name, rule in found.items()} == modes


def test_fields_of_many_golds() -> None:
    """Fields come in the order in which any gold has them first; the example is the first value there."""
    golds = [{"b": ""}, {"a": [{"x": None}], "b": "2"}, {"a": [{"x": "1"}, {"x": "3"}], "c": "4"}, {"b": "5"}]
    found = explain(iter(golds), Spec())
    assert [(rule.field, rule.n, rule.example) for rule in found] == [
        ("b", 2, "2"),
        ("a[].x", 2, "1"),
        ("c", 1, "4"),
    ]


def test_values_alone_and_in_lists() -> None:
    """A lone value is another field than the items of a list there, and both have the path's rule."""
    rules = by_name([{"a": "1"}, {"a": ["2", "3"]}], Spec(rules=(Rule("a[]", "number", weight=2),)))
    assert {name: (rule.n, rule.comparator, rule.weight, rule.lists) for name, rule in rules.items()} == {
        "a": (1, "number", 2.0, ""),
        "a[]": (2, "number", 2.0, "align"),
    }


@pytest.mark.parametrize(
    ("gold", "field", "example"),
    [
        ({"x": "a" * 24}, "x", "a" * 24),
        ({"x": "a" * 25}, "x", "a" * 23 + "…"),
        ({"x": "检" * 100}, "x", "检" * 23 + "…"),
        ({"x": True}, "x", "true"),
        ({"x": 0}, "x", "0"),
        ({"x": 5.60}, "x", "5.6"),
        ({"a.b": {"": "y"}}, '["a.b"][""]', "y"),
        (["y"], "[]", "y"),
        ([{"k": "y"}], "[].k", "y"),
        ("y", "$", "y"),
    ],
)
def test_names_and_examples(gold: Any, field: str, example: str) -> None:
    """Names are written as everywhere else; a long example is cut, with a mark that says so."""
    (rule,) = explain([gold], Spec())
    assert (rule.field, rule.example, rule.n) == (field, example, 1)


@pytest.mark.parametrize("gold", [{}, [], {"a": {}}, {"a": []}, {"a": [{}, []]}])
def test_no_fields(gold: Any) -> None:
    """What has no scalar has no field."""
    assert [rule for rule in explain([gold], Spec()) if rule.n] == []
    assert explain([], Spec()) == []


def test_more_fields_than_are_remembered() -> None:
    """A field that is forgotten and met again is one field still."""
    gold = {f"k{n}": "x" for n in range(5_000)}
    found = explain([gold, {"L": [gold]}, gold], Spec())
    assert [rule.field for rule in found] == [*gold, *(f"L[].{name}" for name in gold)]
    assert [rule.n for rule in found] == [2] * 5_000 + [1] * 5_000


BAD: list[tuple[Any, dict[str, Any], str]] = [
    ({"a": [float("nan")]}, {}, "gold: expected a finite number, got nan - at $.a[0]"),
    ({"a": object()}, {}, "gold: expected a JSON value, got object - at $.a"),
    ({"a": [["x"]]}, {"max_depth": 2}, "gold: expected at most the spec's max_depth of nested containers"),
]


@pytest.mark.parametrize(("gold", "changes", "message"), BAD)
def test_bad_golds(gold: Any, changes: dict[str, Any], message: str) -> None:
    """What is no gold is an error that says where, also behind good ones."""
    with pytest.raises(GoldError) as caught:
        explain([{"a": "x"}, gold], Spec(**changes))
    assert message in str(caught.value)


def test_deepest_gold() -> None:
    """The deepest gold that is allowed is explained without a deep stack."""
    gold: Any = "x"
    for _ in range(127):
        gold = [gold]
    (rule,) = explain([{"a": gold}], Spec())
    assert rule.field == "a" + "[]" * 127


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_shown_is_what_counts(preset: str) -> None:
    """Weights and criticality shown are those that the score counts by."""
    spec = Spec.preset(preset)
    rules = by_name([GOLD], spec)
    counts = score(GOLD, GOLD, spec).counts
    if preset != "smr-r1":
        assert counts.weight_gold == sum(rule.n * rule.weight for rule in rules.values())
        assert counts.critical == sum(rule.n for rule in rules.values() if rule.critical)


@examples(200)
@given(spec=specs(), gold=documents)
def test_laws(spec: Spec, gold: Any) -> None:
    """Every leaf is in the field of its place, and every field has what the spec says of it."""
    found = explain([gold, gold], spec)
    leaves = Counter(field_text(at) for _, _, at, _ in json_leaves(gold, str.strip))
    assert Counter({rule.field: rule.n for rule in found if rule.n}) == leaves + leaves
    assert len({rule.field for rule in found}) == len(found)
    for rule in found:
        assert rule.comparator in COMPARATORS
        assert ("guessed" in rule.why) == (rule.comparator == "guess")
        assert (rule.lists == "") == ("[]" not in rule.field)
    counts = score(gold, gold, spec).counts
    assert counts.weight_gold == sum(rule.n * rule.weight for rule in found) / 2
    assert counts.critical == sum(rule.n for rule in found if rule.critical) / 2
