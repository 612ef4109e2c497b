"""What values that are not equal earn."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Rule, Spec, SpecError, align, explain, reward, score
from medvie_reward.comparators import form_of, normalize
from medvie_reward.comparators.credit import credit_of

NEAR: list[tuple[str, str, str, dict[str, float], int]] = [
    # comparator, one value, the other, options, thousandths
    ("number", "5.60", "5.65", {"abs_tol": 0.05}, 999),
    ("number", "5.60", "5.66", {"abs_tol": 0.05}, 0),
    ("number", "0.3", "0.1", {"abs_tol": 0.2}, 999),  # exact: in binary 0.3 - 0.1 is above 0.2
    ("number", "-1", "1", {"abs_tol": 2}, 999),
    ("number", "1,234.5", "1235", {"rel_tol": 0.001}, 999),
    ("number", "100", "101.1", {"rel_tol": 0.01}, 0),
    ("number", "<5", "<5.01", {"abs_tol": 0.1}, 999),
    ("number", "<5", "5.01", {"abs_tol": 0.1}, 0),
    ("number", "50%", "50.1", {"abs_tol": 1}, 0),
    ("number", "50%", "50.1 %", {"abs_tol": 1}, 999),
    ("number", "5.6", "about 5.6", {"abs_tol": 1}, 0),
    ("quantity", "5.6 mg/L", "5.61 mg/L", {"abs_tol": 0.1}, 999),
    ("quantity", "5.6 mg/L", "5.61 g/L", {"abs_tol": 0.1}, 0),
    ("money", "$5.50", "5.51 USD", {"abs_tol": 0.01}, 0),
    ("money", "$5.50", "$5.51", {"abs_tol": 0.01}, 999),
    ("guess", "10.5", "10.51", {"rel_tol": 0.01}, 999),
    ("guess", "2024-03-05", "2024-03-06", {"abs_tol": 1}, 0),
    ("text", "abcd", "abcx", {"similarity": 0.75}, 750),
    ("text", "abcd", "abxx", {"similarity": 0.75}, 0),
    ("text", "abc", "", {"similarity": 0.1}, 0),
    ("text", "x" * 1999 + "y", "x" * 2000, {"similarity": 0.5}, 999),
    ("text", "x" * 2000 + "y", "x" * 2001, {"similarity": 0.5}, 0),
    ("number", "5.6", "5.7", {"similarity": 0.5, "abs_tol": 0.2}, 999),
]


@pytest.mark.parametrize(("comparator", "a", "b", "options", "expected"), NEAR)
def test_credit(comparator: str, a: str, b: str, options: dict[str, float], expected: int) -> None:
    credit = credit_of(options)
    forms = normalize(a, comparator), normalize(b, comparator)
    assert forms[0] != forms[1]
    assert credit(*forms) == credit(*reversed(forms)) == expected


@examples(300)
@given(st.text(max_size=12), st.text(max_size=12), st.sampled_from(["guess", "number", "text", "quantity"]))
def test_credit_is_symmetric_and_below_all(a: str, b: str, comparator: str) -> None:
    credit = credit_of({"similarity": 0.01, "abs_tol": 2.0, "rel_tol": 0.5})
    form = form_of(comparator, {})
    x, y = form(a), form(b)
    assert 0 <= credit(x, y) == credit(y, x) <= 999


def test_credit_in_scores_rewards_and_leaves() -> None:
    """A near number is a wrong leaf that earns 0.999, in scores and the reward, in rows too."""
    spec = Spec(matching="f1", rules=(Rule("**.v", "number", credit={"abs_tol": 0.1}),))
    gold = {"L": [{"k": "a", "v": "5.6"}, {"k": "b", "v": "7"}]}
    pred = {"L": [{"k": "b", "v": "7.5"}, {"k": "a", "v": "5.65"}]}
    s = score(pred, gold, spec)
    assert (s.correct, s.wrong, s.counts.similar) == (2, 2, 0.999)
    assert s.f1 == (2 + 0.999) / 4
    assert reward(f"<think></think><answer>{pred}</answer>".replace("'", '"'), gold, spec).matching == s.f1
    assert [x.credit for x in align(pred, gold, spec) if x.field == "L[].v"] == [0.999, 0.0]


def test_credit_pairs_rows() -> None:
    """Rows whose values are near each other pair, though no leaf is equal."""
    gold, pred = [{"v": "1"}, {"v": "5"}], [{"v": "5.01"}, {"v": "1.01"}]
    spec = Spec(rules=(Rule("v", "number", credit={"rel_tol": 0.02}),))
    assert {(x.gold, x.pred) for x in align(pred, gold, spec)} == {("1", "1.01"), ("5", "5.01")}


def test_credit_is_named() -> None:
    """In the signature, in what explains a field, and in a schema."""
    plain, graded = Rule("v", "number"), Rule("v", "number", credit={"rel_tol": 0.02})
    assert Spec(rules=(plain,)).signature != Spec(rules=(graded,)).signature
    found = explain([{"v": "1"}], Spec(rules=(graded,)))
    assert found[0].why == "rule v; credit: rel_tol 0.02"
    schema = {"type": "object", "properties": {"v": {"type": "number", "x-medvie-credit": {"rel_tol": 0.02}}}}
    assert score({"v": "1.01"}, {"v": "1"}, Spec.from_json_schema(schema)).counts.similar == 0.999
    assert Rule.from_dict({"path": "v", "credit": {"rel_tol": 0.02}}) == Rule("v", credit={"rel_tol": 0.02})


BAD: list[tuple[Any, str]] = [
    ({}, "expected some of similarity, abs_tol, rel_tol, got none"),
    ({"tolerance": 1}, "no option 'tolerance'"),
    ({"abs_tol": 0}, "abs_tol: expected a number above 0, got 0"),
    ({"abs_tol": "1"}, "abs_tol: expected a number above 0, got '1'"),
    ({"similarity": 1.5}, "similarity: expected a number above 0 to 1, got 1.5"),
    (7, "expected an object"),
]


@pytest.mark.parametrize(("credit", "message"), BAD)
def test_bad_credit(credit: Any, message: str) -> None:
    with pytest.raises(SpecError, match="rule 'v': ") as error:
        Rule("v", credit=credit)
    assert message in str(error.value)


@pytest.mark.parametrize("scalar", ["x", "y"])
def test_a_schema_that_says_array_allows_several(scalar: str) -> None:
    """Where the schema has a list, a list may stand for a lone gold value; elsewhere it may not."""
    for kind, correct in ((["string", "array"], 1), ("string", 0)):
        schema = {"type": "object", "properties": {"a": {"type": kind, "items": {"type": "string"}}}}
        if kind == "string":
            del schema["properties"]["a"]["items"]  # type: ignore[index]
        spec = Spec.from_json_schema(schema, "strict")
        assert score({"a": ["x", "y"]}, {"a": scalar}, spec).correct == correct
