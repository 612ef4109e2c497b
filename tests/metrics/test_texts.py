"""Texts given where values are expected: one rule for all that compares."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Gold, GoldError, align, evaluate, parse_completion, reward, score

GOLD: dict[str, Any] = {"Name": "Li Wei", "Indicators": [{"Item Name": "K", "Result": "5.6"}]}
TEXT = json.dumps(GOLD)
READ: list[Any] = [
    TEXT,
    TEXT.encode(),
    f"<think>x</think><answer>{TEXT}</answer>",
    f"The result is {TEXT}.",
    [{"role": "assistant", "content": TEXT}],
    parse_completion(TEXT),
    GOLD,
]


@pytest.mark.parametrize("pred", READ)
@pytest.mark.parametrize("gold", [GOLD, TEXT, TEXT.encode(), f"\ufeff {TEXT}\n"])
def test_texts_are_read(pred: Any, gold: Any) -> None:
    """A prediction and a gold may each be a value or its text, for every function."""
    assert score(pred, gold).f1 == 1.0
    assert {leaf.outcome for leaf in align(pred, gold)} == {"correct"}
    assert evaluate([pred], [GOLD]).micro.f1 == 1.0
    prepared = Gold(GOLD)
    assert prepared.score(pred).f1 == 1.0
    assert {leaf.outcome for leaf in prepared.align(pred)} == {"correct"}


BROKEN = ['{"Name": ', "{'Name': 'Li Wei'}", '{"Name": NaN}', f"{TEXT}{TEXT}", parse_completion("nothing")]


@pytest.mark.parametrize("pred", BROKEN)
def test_broken_json_predicts_nothing(pred: Any) -> None:
    """As in an evaluation, every gold leaf is missing then."""
    found, expected = score(pred, GOLD), evaluate([pred], [GOLD]).micro
    assert found.as_dict() == expected.as_dict()
    assert (found.f1, found.n_pred, found.missing) == (0.0, 0, 3)
    assert {leaf.outcome for leaf in align(pred, GOLD)} == {"missing"}


@pytest.mark.parametrize(
    ("pred", "gold", "f1"),
    [
        ("x", ["x"], 1.0),
        ("x", "x", 1.0),
        ("5", ["5"], 1.0),
        ("x", {"a": "x"}, 0.0),
        ('{"a": 1}', "x", 0.0),
        (TEXT, "Li Wei", 0.0),
        (None, GOLD, 0.0),
    ],
)
def test_texts_without_json_are_values(pred: Any, gold: Any, f1: float) -> None:
    """A text is itself the value where it holds no JSON or is compared with a scalar."""
    assert score(pred, gold, "strict").f1 == f1


@pytest.mark.parametrize("gold", ['{"Name": ', '{"a": NaN}', "[1, 2", b'{"a": "\xff"}', b"\xff"])
def test_broken_gold_texts(gold: Any) -> None:
    """A gold that begins as JSON and is none is an error that says so."""
    for function in (score, align):
        with pytest.raises(GoldError, match=r"gold: expected (JSON|UTF-8) text: "):
            function(GOLD, gold)


values = st.dictionaries(
    st.sampled_from("abc"), st.sampled_from(["x", "1", "", None, 2, ["x"], {"a": "y"}]), max_size=3
)


@pytest.mark.filterwarnings("ignore:predictions and gold documents have no field in common")
@given(values, values)
def test_text_and_value_score_alike(pred: dict[str, Any], gold: dict[str, Any]) -> None:
    """A document and its text get one score from score, align, reward and evaluate."""
    text = json.dumps(pred)
    found = score(text, json.dumps(gold))
    assert found == score(pred, gold)
    assert align(text, gold) == align(pred, gold)
    assert evaluate([text], [gold]).micro.f1 == found.f1
    assert reward(text, gold).f1 == found.f1
