"""A prepared gold document: its methods give what the functions give."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from helpers.strategies import pairs, specs
from hypothesis import given

from medvie_reward import (
    Gold,
    GoldError,
    PredictionError,
    Spec,
    SpecError,
    align,
    anls_star,
    evaluate,
    reward,
    score,
)

GOLD = {
    "Name": "Li",
    "Indicators": [{"Item Name": "K", "Result": "5.6"}, {"Item Name": "Na", "Result": "140"}],
}
PRED = {
    "Name": "Li",
    "Indicators": [{"Item Name": "Na", "Result": "5.60"}, {"Item Name": "K", "Result": "140"}],
}
SPECS = ("clinical", "strict", "paper", "donut", "smr-r1")


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("pred", [PRED, GOLD, {}, {"Name": None, "x": [1, [2]]}])
def test_methods_give_what_the_functions_give(spec: str, pred: Any) -> None:
    """One gold document prepared once, asked twice: the results of `reward`, `score` and `align`."""
    gold = Gold(GOLD, spec, source_text="Li K 5.6 Na 140")
    for _ in range(2):
        assert gold.score(pred) == score(pred, GOLD, spec, source_text="Li K 5.6 Na 140")
        text = "<answer>{}</answer>"
        assert gold.reward(text) == reward(text, GOLD, spec, source_text="Li K 5.6 Na 140")
        if spec != "smr-r1":
            assert gold.align(pred) == align(pred, GOLD, spec, source_text="Li K 5.6 Na 140")


def test_no_alignment_for_smr_r1() -> None:
    """`Gold.align` refuses what `align` refuses."""
    with pytest.raises(SpecError, match="has no alignment"):
        Gold(GOLD, "smr-r1").align(PRED)


@pytest.mark.parametrize("method", ["score", "align"])
def test_bad_predictions(method: str) -> None:
    """What is no JSON value is a named error."""
    with pytest.raises(PredictionError):
        getattr(Gold(GOLD), method)({"a": object()})


@given(pairs(), specs())
def test_methods_on_any_values(pair: tuple[Any, Any], spec: Spec) -> None:
    """The methods and the functions agree on generated values and specs."""
    pred, value = pair
    if isinstance(value, dict):
        gold = Gold(value, spec)
        assert gold.score(pred) == score(pred, value, spec)
        assert gold.align(pred) == align(pred, value, spec)
        assert gold.score(pred) == score(pred, value, spec)


def test_short_reprs() -> None:
    """A result fits on a line."""
    assert repr(score(PRED, GOLD, "strict")) == (
        "Scores(precision=0.6000, recall=0.6000, f1=0.6000, n_pred=5, n_gold=5)"
    )
    assert repr(Gold(GOLD, "strict")) == "Gold(5 leaves, spec=Spec.preset('strict'))"
    found = repr(evaluate([PRED], [GOLD], "strict"))
    assert found == "Evaluation(n=1, micro_f1=0.6000, macro_f1=0.6000, signature='medvie|name:strict')"


def test_predictions_come_first() -> None:
    """`anls_star` takes prediction, then gold, by position and by keyword."""
    assert anls_star("x", ["x", "y"]) == 1.0
    assert anls_star(["x", "y"], "x") == anls_star(gold="x", pred=["x", "y"]) == 0.0


def test_a_gold_document_pickles_and_copies() -> None:
    """It goes to another process with its spec and source text, and gives the same rewards there."""
    gold = Gold({"a": "1", "b": {"$any": ["2", "two"]}}, "strict", source_text="1 or 3", alpha=0.25)
    text = '<think></think><answer>{"a": "3", "b": "two", "c": "9"}</answer>'
    expected = gold.reward(text)
    assert (expected.correct, expected.wrong, expected.ungrounded) == (1, 1, 1)
    for other in (pickle.loads(pickle.dumps(gold)), copy.deepcopy(gold), copy.copy(gold)):
        assert other.reward(text) == expected
        assert other.spec == gold.spec


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        ({"a": {"$any": [["x"]]}}, r"got a list - at \$\.a$"),
        ({"L": [{"b c": {"$any": ["1", {"x": 1}]}}]}, r"got an object - at \$\.L\[\]\.b c$"),
        ([{"$any": ["1", []]}], r"got a list - at \$\[\]$"),
        ({"$any": [{}]}, r"got an object - at \$$"),
    ],
)
@pytest.mark.parametrize("spec", ["clinical", "strict"])
def test_accepted_values_are_scalars(gold: Any, said: str, spec: str) -> None:
    """Every function says where a gold accepts something else; in a prediction it is what it is."""
    for call in (reward, score, align):
        with pytest.raises(GoldError, match=rf"gold: expected scalars in \$any, {said}"):
            call("{}" if call is reward else {}, gold, spec)
    assert score(gold, {"a": "x"}, spec).correct == 0
