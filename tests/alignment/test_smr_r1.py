"""The authors' earlier evaluator: equal on every recorded case, values above 1 included."""

from __future__ import annotations

from typing import Any

import pytest
from helpers import golden

from medvie_reward import Spec, reward, score

CASES = golden.read("smr_r1")
ROW = {"项目名称": "a", "结果": "1"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_recorded(case: dict[str, Any]) -> None:
    """The score that the published code gave, to the last bit."""
    assert reward(case["completion"], case["gold"], "smr-r1").score == case["score"]


def test_recorded_table_is_whole() -> None:
    """The table has the cases it should, one above 1 among them."""
    assert len(CASES) == 155
    assert max(case["score"] for case in CASES) == 5 / 3


BY_HAND: list[tuple[Any, Any, float]] = [
    ({"姓名": "x", "其他": "y"}, {"姓名": "x", "其他": "z"}, 1.0),
    ({"姓名": " x\n"}, {"姓名": "x"}, 1.0),
    ({"姓名": "x", "年龄": " "}, {"姓名": "x"}, (1 / 2 + 1) / 2),
    ({"指标": [ROW, ROW, ROW]}, {"指标": [ROW]}, 1.0),
    ({"指标": [ROW]}, {"指标": [ROW, ROW, ROW]}, (3 + 1) / 2),
    ({"指标": []}, {"指标": []}, 1.0),
    ({"指标": []}, {"指标": [ROW]}, 0.0),
    ({"指标": [{"项目名称": "a", "结果": "2"}]}, {"指标": [ROW]}, 0.5),
]


@pytest.mark.parametrize(("pred", "gold", "expected"), BY_HAND)
def test_by_hand(pred: Any, gold: Any, expected: float) -> None:
    """One case per rule of the description, counted by hand."""
    spec = Spec.preset("smr-r1").replace(answer="lenient", format="json")
    import json

    r = reward(json.dumps(pred), gold, spec)
    assert r.score == expected
    assert score(pred, gold, "smr-r1").precision == r.precision


def test_fields_are_members() -> None:
    """Each member is a field, a row list counts its rows."""
    s = score({"姓名": "x", "指标": [ROW]}, {"姓名": "y", "指标": [ROW, {"项目名称": "b"}]}, "smr-r1")
    assert {name: (f.correct, f.n_pred, f.n_gold) for name, f in s.fields.items()} == {
        "姓名": (0.0, 1, 1),
        "指标": (1.0, 1, 2),
    }
