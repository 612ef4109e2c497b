"""Steps before a comparator: what each does, that none makes a field blank, and bounds on time."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Rule, Spec, SpecError, score
from medvie_reward.spec._normalizers import read_steps, steps_form, steps_json

STEPS: list[tuple[Any, str, str]] = [
    ({"strip_prefix": "Dr."}, "dr. Li", "Li"),
    ({"strip_prefix": ["Dr", "Dr."]}, "Dr. Li", "Li"),
    ({"strip_prefix": "Pro"}, "Professor", "Professor"),
    ({"strip_prefix": "第"}, "第12", "12"),
    ({"strip_suffix": ["mg", "kg"]}, "5 kg", "5"),
    ({"strip_suffix": "g"}, "5 kg", "5 kg"),
    ({"strip_suffix": "mg"}, "mg", "mg"),
    ("strip_brackets", "Glucose (GLU)", "Glucose"),
    ("strip_brackets", "白细胞计数（WBC）", "白细胞计数"),
    ("strip_brackets", "[LAB] Glucose", "Glucose"),
    ("strip_brackets", "a (b (c))", "a"),
    ("strip_brackets", "(all of it)", "(all of it)"),
    ("strip_brackets", "a (b) c", "a (b) c"),
    ({"strip_brackets": ["GLU"]}, "Glucose (glu)", "Glucose"),
    ({"strip_brackets": ["GLU"]}, "Glucose (urine)", "Glucose (urine)"),
    ("casefold", "STRASSE", "strasse"),
    ("fold_width", "ＡＢ１", "AB1"),
    ("digits_only", "+86 138-0013", "861380013"),
    ("digits_only", "none", "none"),
    ({"regex": {"pattern": r"^No\.?\s*(\d+)$", "replace": r"\1"}}, "No. 12", "12"),
    ({"regex": {"pattern": r"\s*\(.*\)$"}}, "K (serum)", "K"),
    ({"synonyms": {"CN": ["China", "中国"]}}, "china", "CN"),
    ({"synonyms": {"CN": ["China", "中国"]}}, "Chile", "Chile"),
    ([{"strip_prefix": "ID:"}, "digits_only"], "ID: A-7", "7"),
    (["casefold", {"regex": {"pattern": "^x"}}], "Xy", "y"),
]


@pytest.mark.parametrize(("steps", "text", "expected"), STEPS)
def test_steps(steps: Any, text: str, expected: str) -> None:
    """Each step by itself, and steps in their order."""
    form = steps_form(read_steps(steps))
    assert form is not None
    assert form(text) == expected


@pytest.mark.parametrize("steps", [steps for steps, _, _ in STEPS])
def test_steps_read_back(steps: Any) -> None:
    """Steps as a rules file has them, and frozen ones, are the same steps."""
    read = read_steps(steps)
    assert read_steps(steps_json(read)) == read == read_steps(read)


@examples(300)
@given(st.text(max_size=30), st.sampled_from([steps for steps, _, _ in STEPS]))
def test_a_field_stays_a_field(text: str, steps: Any) -> None:
    """No step makes a text blank that was not."""
    form = steps_form(read_steps(steps))
    assert form is not None
    assert bool(form(text).strip()) == bool(text.strip())


BAD: list[tuple[Any, str]] = [
    (5, "normalize: expected a list of steps"),
    (["lower"], "normalize[0]: no step 'lower': expected one of casefold"),
    (["casefold", {"strip_prefix": " "}], "normalize[1], strip_prefix: expected a text or a list of texts"),
    (["strip_prefix"], "expected what it takes"),
    ([{"casefold": 1}], "expected its name alone"),
    ([{"strip_prefix": "a", "strip_suffix": "b"}], "an object of one name"),
    ([{"regex": "a"}], "pattern"),
    ([{"regex": {"pattern": "("}}], "unterminated subpattern"),
    ([{"regex": {"pattern": "a", "replace": r"\1"}}], "invalid group reference"),
    ([{"regex": {"pattern": "(a+)+$"}}], "no repeat or alternatives inside a repeat"),
    ([{"regex": {"pattern": "(a|ab)*$"}}], "no repeat or alternatives inside a repeat"),
    ([{"regex": {"pattern": "(?:a?b?)*$"}}], "no repeat or alternatives inside a repeat"),
    ([{"regex": {"pattern": "a*a*a*a*a*$"}}], "fewer repeats"),
    ([{"regex": {"pattern": "a?" * 30 + "a" * 30}}], "fewer repeats"),
    ([{"regex": {"pattern": "(?=(a+)+$)b"}}], "no repeat or alternatives inside a repeat"),
    ([{"regex": {"pattern": "a" * 501}}], "at most 500 characters"),
    ([{"synonyms": {"a": ["x"], "b": ["X"]}}], "under one spelling"),
    ([{"synonyms": {"a": "x"}}], "a list of texts"),
]


@pytest.mark.parametrize(("steps", "message"), BAD)
def test_bad_steps(steps: Any, message: str) -> None:
    """A step that cannot be taken is an error that names the rule and the step."""
    with pytest.raises(SpecError) as caught:
        Rule("a", normalize=steps)
    assert str(caught.value).startswith("rule 'a': normalize")
    assert message in str(caught.value)


def test_long_texts_are_left_as_they_are() -> None:
    """An expression is tried on texts only as long as its time is bounded."""
    form = steps_form(read_steps({"regex": {"pattern": ".*a.*b.*$", "replace": "!"}}))
    assert form is not None
    assert form("a" * 20 + "b") == "!"
    assert form("a" * 50_000) == "a" * 50_000


def test_steps_hold_in_lists_and_change_the_signature() -> None:
    """A step holds for values in rows and lone lists, before the comparator, and is in the signature."""
    rules = [Rule("rows[].n", "number", normalize={"strip_suffix": "mg"}), Rule("tags", normalize="casefold")]
    spec = Spec.preset("strict").with_rules(rules)
    gold = {"rows": [{"n": "5.0 mg"}, {"n": "7"}], "tags": ["A", "b"]}
    assert score({"rows": [{"n": "7 mg"}, {"n": "5"}], "tags": ["B", "a"]}, gold, spec).f1 == 1.0
    plain = Spec.preset("strict").with_rules([Rule("rows[].n", "number"), Rule("tags")])
    assert len({spec.signature, plain.signature, Spec.preset("strict").signature}) == 3
