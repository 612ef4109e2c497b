"""Pooled leaves: equal to Donut's published evaluator, blind to swapped rows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers import golden

from medvie_reward import reward, score

CASES = golden.read("donut_f1")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_donut_f1(case: dict[str, Any]) -> None:
    """JSONParseEvaluator.cal_f1 to the last bit; 1.0 where it divides by zero."""
    assert case.get("error", "ZeroDivisionError") == "ZeroDivisionError"
    expected = case.get("score", 1.0)
    assert score(case["pred"], case["gold"], "donut").f1 == expected
    if isinstance(case["gold"], (dict, list)):
        assert reward(json.dumps(case["pred"]), case["gold"], "donut").score == expected


def test_golden_tables_are_whole() -> None:
    """The table has the cases it should, errors among them."""
    assert len(CASES) == 230
    assert sum("error" in case for case in CASES) == 4


# Donut's evaluator written out by hand for cases that the table does not have.
DONUT: list[tuple[Any, Any, float]] = [
    ({"a": {"b": "x"}}, {"a.b": "x"}, 1.0),
    ({"": {"b": "x"}}, {"b": "x"}, 1.0),
    ({"a": " "}, {"a": "\n"}, 1.0),
    ({"a": [True, "x"]}, {"a": ["x"]}, 1.0),
    ({"a": [{"b": "1"}, "x"]}, {"a": ["x"]}, 1.0),
    ({"a": 5.0}, {"a": "5.0"}, 1.0),
    ("x", ["x"], 1.0),
    ({"a": "x", "b": 0}, {"a": "x", "b": False}, 1.0),
]


@pytest.mark.parametrize(("pred", "gold", "expected"), DONUT)
def test_donut_oddities(pred: Any, gold: Any, expected: float) -> None:
    """Joined names, dropped zeros, mixed lists and white space are read as Donut reads them."""
    assert score(pred, gold, "donut").f1 == expected


def test_bags_do_not_see_swapped_rows() -> None:
    """Two results change places: the bag presets give 1.0, strict does not."""
    gold = {"l": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": "140"}, {"n": "Cl", "r": "101"}]}
    pred = {"l": [{"n": "K", "r": "140"}, {"n": "Na", "r": "4.1"}, {"n": "Cl", "r": "101"}]}
    assert [score(pred, gold, spec).f1 for spec in ("paper", "donut", "strict")] == [1.0, 1.0, 4 / 6]
