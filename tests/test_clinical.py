"""The preset clinical and the reward's costs: what the formula says, counted by hand."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import pairs
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Reward, Rule, Spec, evaluate, reward, score

ROOT = Path(__file__).parents[1]
GOLD: dict[str, Any] = {
    "Name": "Li Wei",
    "Age": "45",
    "Department": "",
    "Indicators": [
        {"Item Name": "K", "Result": "4.10", "Unit": "mmol/L", "Reference Range": "3.5-5.3",
         "Abnormal Mark": ""},
        {"Item Name": "Na", "Result": "140", "Unit": "mmol/L", "Reference Range": "137-147",
         "Abnormal Mark": "↑"},
    ],
}  # fmt: skip


def of(pred: Any, gold: Any, spec: Spec | str = "clinical", **changes: Any) -> Reward:
    return reward(f"<think></think><answer>{json.dumps(pred)}</answer>", gold, spec, **changes)


def test_spellings_of_one_report_are_one() -> None:
    """Full width, units, ranges, marks, trailing zeros, sex and dates in other spellings cost nothing."""
    gold = {
        **GOLD, "Gender": "男", "Examination Time": "2024-03-05 08:30", "Diagnosis": "高血压；糖尿病",
    }  # fmt: skip
    pred = {
        "Name": "li wei",
        "Age": "45岁",
        "Gender": "Male",
        "Examination Time": "2024年3月5日 8:30",
        "Diagnosis": "糖尿病; 高血压",
        "Indicators": [
            {"Item Name": "Na", "Result": 140, "Unit": "mmol/l", "Reference Range": "137～147",
             "Abnormal Mark": "H"},
            {"Item Name": "Ｋ", "Result": "4.1", "Unit": "mmol / L", "Reference Range": "3.5 - 5.3"},
        ],
    }  # fmt: skip
    r = of(pred, gold)
    assert (r.score, r.wrong, r.missing, r.hallucinated) == (2.0, 0, 0, 0)
    assert of(pred, gold, "strict").f1 < 0.5


def test_a_wrong_character_in_a_value_is_wrong() -> None:
    """A lost decimal point, another unit, another bound, another direction."""
    row = GOLD["Indicators"][1]
    for key, value in [
        ("Result", "14.0"),
        ("Result", "<140"),
        ("Unit", "mmol/dL"),
        ("Reference Range", "137-174"),
        ("Abnormal Mark", "↓"),
        ("Abnormal Mark", "↑↑"),
    ]:
        pred = {**GOLD, "Indicators": [GOLD["Indicators"][0], {**row, key: value}]}
        assert of(pred, GOLD).wrong == 1


def test_the_schema_s_english_and_chinese_rules_are_one() -> None:
    """A report in the other language's keys has the same rules."""
    rules = Spec.preset("clinical").rules
    english, chinese = rules[: len(rules) // 2], rules[len(rules) // 2 :]
    assert [(r.comparator, r.weight, r.critical) for r in english] == [
        (r.comparator, r.weight, r.critical) for r in chinese
    ]
    assert {"Indicators[].Result", "指标[].结果"} <= {r.path for r in rules if r.critical}


def test_names_decide_which_rows_pair() -> None:
    """With results swapped between two rows, the heavier names pair and the results show as swapped."""
    rows = [{"Item Name": "K", "Result": "4.1"}, {"Item Name": "Na", "Result": "140"}]
    swapped = [{"Item Name": "K", "Result": "140"}, {"Item Name": "Na", "Result": "4.1"}]
    s = score({"Indicators": swapped}, {"Indicators": rows})
    assert {name: f.wrong for name, f in s.fields.items()} == {
        "Indicators[].Item Name": 0,
        "Indicators[].Result": 2,
    }
    assert (s.counts.misplaced, s.counts.wrong_critical, s.counts.critical) == (2, 2, 2)


COSTS: dict[str, Any] = {"filled_blank_cost": 0.1, "invented_field_cost": 0.2, "invented_item_cost": 0.4}
KINDS = {
    # One right leaf of two; then one leaf of each kind.
    "blank": {"a": "x", "c": "new"},
    "field": {"a": "x", "d": "new"},
    "item": {"a": "x", "L": ["u", "new"]},
}
TWO = {"a": "x", "b": "y", "c": "", "L": ["u"]}


@pytest.mark.parametrize(
    ("pred", "precision", "recall", "charge"),
    [(KINDS["blank"], 1 / 2, 1 / 3, 0.1 / 2), (KINDS["field"], 1 / 2, 1 / 3, 0.2 / 2),
     (KINDS["item"], 2 / 3, 2 / 3, 0.4 / 3)],
)  # fmt: skip
def test_every_kind_has_its_cost(pred: Any, precision: float, recall: float, charge: float) -> None:
    """The cost of a hallucinated leaf over |S_p| comes off."""
    r = of(pred, TWO, "strict", alpha=0.3, **COSTS)
    assert r.matching == pytest.approx(0.3 * precision + 0.7 * recall - charge, abs=1e-15)
    assert (r.precision, r.recall) == (precision, recall)


def test_critical_fields() -> None:
    """Wrong critical fields over critical fields, times their cost; a missing one costs nothing besides."""
    spec = Spec(rules=(Rule("L.r", critical=True),), critical_cost=0.5)
    gold = {"L": [{"n": "K", "r": "1"}, {"n": "Na", "r": "2"}]}
    wrong, missing = ({"L": [{"n": "K", "r": "1"}, {"n": "Na", "r": r}]} for r in ("9", ""))
    assert of(wrong, gold, spec).matching == 0.5 * 3 / 4 + 0.5 * 3 / 4 - 0.5 * 1 / 2
    assert of(missing, gold, spec).matching == 0.5 * 1 + 0.5 * 3 / 4
    r = of(wrong, gold, spec)
    assert (r.critical, r.wrong_critical) == (2, 1)
    assert of(gold, gold, spec).matching == 1.0


def test_weights() -> None:
    """Every leaf counts with its weight in precision and recall; a weight of 0 not at all."""
    spec = Spec(rules=(Rule("a", weight=3), Rule("b", weight=0.5), Rule("z", weight=0)))
    r = of({"a": "x", "b": "no", "c": "z", "z": "?"}, {"a": "x", "b": "y", "d": "w"}, spec)
    assert (r.precision, r.recall) == (3 / 4.5, 3 / 4.5)
    assert (r.correct, r.wrong, r.missing, r.hallucinated, r.n_pred, r.n_gold) == (1, 1, 1, 2, 4, 3)


def test_fbeta() -> None:
    """F-beta by hand (van Rijsbergen): 5/8 and 20/... of one right leaf of four, gold two."""
    pred, gold = {"a": "x", "b": "1", "c": "2", "d": "3"}, {"a": "x", "e": "y"}
    assert of(pred, gold, "strict", matching="fbeta", beta=2).matching == pytest.approx(5 * 1 / (4 * 2 + 4))
    assert of(pred, gold, "strict", matching="fbeta", beta=0.5).matching == pytest.approx(1.25 / (0.5 + 4))
    assert of(pred, gold, "strict", matching="fbeta", beta=1).matching == 2 / 6
    charged = of(pred, gold, "strict", matching="fbeta", beta=2, invented_field_cost=0.1).matching
    assert charged == pytest.approx(5 * (1 - 0.3) / 12)


def test_floor() -> None:
    """What precision earned is all that can be lost, unless the floor is lower."""
    pred, gold = {"a": "x", **{f"k{n}": "new" for n in range(9)}}, {"a": "x"}
    costs: dict[str, Any] = {"invented_field_cost": 1.0}
    assert of(pred, gold, "strict", **costs).matching == 0.5
    assert of(pred, gold, "strict", **costs, floor=-0.3).matching == pytest.approx(0.2)
    assert of(pred, gold, "strict", **costs, floor=-10).matching == pytest.approx(0.05 + 0.5 - 0.9)
    assert of({"z": "new"}, gold, "strict", **costs, floor=-10).score == 1 - 1
    assert reward("nothing", gold, "strict", **costs, floor=-10).score == 0.0


@examples(300)
@given(pair=pairs(), alpha=st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_without_costs_and_weights_it_is_the_paper(pair: tuple[Any, Any], alpha: float) -> None:
    """With costs at 0, equal weights and the paper's list mode and texts, clinical is paper to the bit."""
    pred, gold = pair
    bare = Spec.preset("clinical").replace(
        rules=(), text="strip", both_empty=0.0, lists="bag",
        filled_blank_cost=0, invented_field_cost=0, invented_item_cost=0, matching="precision_recall",
    )  # fmt: skip
    assert of(pred, gold, bare, alpha=alpha) == of(pred, gold, "paper", alpha=alpha)
    aligned = bare.replace(lists="align")
    assert of(pred, gold, aligned) == of(pred, gold, "paper", lists="align")


def test_evaluate_agrees_with_reward() -> None:
    """A document's matching part in a corpus is that of its reward."""
    pred = {"Name": "Li Wei", "Age": "54", "Department": "lab", "Indicators": GOLD["Indicators"][:1]}
    e = evaluate([pred], [GOLD])
    r = of(pred, GOLD)
    (document,) = e.documents
    assert (document.matching, document.precision, document.recall, document.f1) == (
        r.matching, r.precision, r.recall, r.f1,
    )  # fmt: skip
    assert document.counts.charged == 0.25


def test_source_text() -> None:
    """Wrong and hallucinated values that are nowhere in the page's text are counted and marked."""
    gold = {"total": "31.00", "date": "2024-03-05", "shop": "ABC"}
    text = ["ABC TRADING", "TOTAL: 31.00", "5 March 2024", "CASH 50.00"]
    pred = {"total": "50", "date": "2024-03-06", "shop": "ABC", "phone": "5551234"}
    r = of(pred, gold, source_text=text)
    assert (r.wrong, r.invented_field, r.ungrounded) == (2, 1, 2)
    assert of(pred, gold).ungrounded == 0
    s = score(pred, gold, source_text="\n".join(text))
    assert {name: f.counts.ungrounded for name, f in s.fields.items() if f.wrong or f.hallucinated} == {
        "total": 0,
        "date": 1,
        "phone": 1,
    }
    e = evaluate([pred, gold], [gold, gold], source_texts=[text, None])
    assert (e.sources, e.micro.counts.ungrounded) == (1, 2)


REPORTS = [
    row["gold"]
    for row in map(json.loads, (ROOT / "examples/lab_reports/gold.jsonl").read_text("utf-8").splitlines())
    if any(isinstance(value, list) and len(value) >= 5 for value in row["gold"].values())
]


def dumped(gold: dict[str, Any], rows: int) -> dict[str, Any]:
    """Make an answer of some rows, every cell of which holds all values of its column, and no more."""
    (name,) = (key for key, value in gold.items() if isinstance(value, list) and len(value) >= 5)
    columns = list(dict.fromkeys(key for row in gold[name] for key in row))
    row = {column: [one.get(column, "") for one in gold[name]] for column in columns}
    return {name: [row] * min(rows, len(gold[name]))}


@pytest.mark.parametrize(
    "cheap",
    [
        lambda gold: dict([next(x for x in gold.items() if isinstance(x[1], str) and x[1])]),
        lambda gold: dumped(gold, 1),
        lambda gold: dumped(gold, 1_000),
        lambda gold: {},
    ],
    ids=["one field", "columns in one row", "columns in every row", "nothing"],
)
def test_what_is_cheap_earns_little(cheap: Any) -> None:
    """One sure field, or all values of a column in each cell, earns under a twentieth of the whole."""
    assert len(REPORTS) == 23
    earned = [of(cheap(gold), gold).matching for gold in REPORTS]
    assert 0 <= statistics.fmean(earned) < 0.05
    assert [of(gold, gold).matching for gold in REPORTS] == [1.0] * len(REPORTS)
