"""Outcomes, kinds, fields and paths, on cases counted by hand."""

from __future__ import annotations

import random
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import documents, shuffled, trees
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Alignment, GoldError, PredictionError, Spec, SpecError, align

GOLD = {
    "Name": "王伟",
    "Age": "",
    "Indicators": [
        {"Item Name": "K", "Result": "5.6", "Unit": "mmol/L"},
        {"Item Name": "Na", "Result": "140", "Unit": "mmol/L"},
        {"Item Name": "WBC", "Result": "9.1", "Unit": ""},
    ],
    "Others": ["x", "y"],
}
PRED = {
    "Name": "王佛",
    "Age": "45",
    "Indicators": [
        {"Item Name": "Na", "Result": "14.0", "Unit": "mmol/L", "Note": "n"},
        {"Item Name": "WBC", "Result": "9.1", "Unit": "10^9/L"},
        {"Item Name": "GLU", "Result": "7.0", "Flag": "H"},
        {"Item Name": "CRP"},
    ],
    "Others": "y",
    "Hospital": {"City": "A"},
}

Row = tuple[str, str, str | None, str | None, str | None]


def rows(alignment: Alignment) -> set[Row]:
    return {(x.field, x.outcome, x.kind, x.gold_path, x.pred_path) for x in alignment}


def test_align_by_hand() -> None:
    """Rows pair so that most leaves are correct; every leaf has its outcome, kind and both paths."""
    name, result, unit = (f"Indicators[].{x}" for x in ("Item Name", "Result", "Unit"))
    assert rows(align(PRED, GOLD, "strict")) == {
        ("Name", "wrong", None, "Name", "Name"),
        ("Age", "hallucinated", "filled_blank", "Age", "Age"),
        # Na is right in name and unit, and its decimal point moved.
        (name, "correct", None, "Indicators[1].Item Name", "Indicators[0].Item Name"),
        (result, "wrong", None, "Indicators[1].Result", "Indicators[0].Result"),
        (unit, "correct", None, "Indicators[1].Unit", "Indicators[0].Unit"),
        ("Indicators[].Note", "hallucinated", "invented_field", None, "Indicators[0].Note"),
        (name, "correct", None, "Indicators[2].Item Name", "Indicators[1].Item Name"),
        (result, "correct", None, "Indicators[2].Result", "Indicators[1].Result"),
        (unit, "hallucinated", "filled_blank", "Indicators[2].Unit", "Indicators[1].Unit"),
        # Of the two rows left, GLU shares two fields with K and CRP only one.
        (name, "wrong", None, "Indicators[0].Item Name", "Indicators[2].Item Name"),
        (result, "wrong", None, "Indicators[0].Result", "Indicators[2].Result"),
        (unit, "missing", None, "Indicators[0].Unit", None),
        ("Indicators[].Flag", "hallucinated", "invented_field", None, "Indicators[2].Flag"),
        (name, "hallucinated", "invented_item", None, "Indicators[3].Item Name"),
        # A lone text is a list of one.
        ("Others[]", "correct", None, "Others[1]", "Others"),
        ("Others[]", "missing", None, "Others[0]", None),
        ("Hospital.City", "hallucinated", "invented_field", None, "Hospital.City"),
    }


def outcomes(pred: Any, gold: Any, **spec: Any) -> list[tuple[str, str, str]]:
    return sorted((x.field, x.outcome, x.kind or "") for x in align(pred, gold, "strict", **spec))


CASES: list[tuple[Any, Any, str, list[tuple[str, str, str]]]] = [
    # prediction, gold, lists, expected
    ({}, {}, "align", []),
    ({"a": " "}, {"a": None}, "align", []),
    ({"a": 0}, {"a": "0"}, "align", [("a", "correct", "")]),
    ({"a": False}, {"a": ""}, "align", [("a", "hallucinated", "filled_blank")]),
    ({"a": 193}, {"a": 193.0}, "align", [("a", "correct", "")]),
    ({"a": 193.0}, {"a": "193.00"}, "align", [("a", "wrong", "")]),
    ({"a": "x"}, {"a": []}, "align", [("a", "hallucinated", "filled_blank")]),
    ({"a": [{"b": 1}]}, {"a": []}, "align", [("a[].b", "hallucinated", "filled_blank")]),
    ({"a": {"b": 1}}, {"a": ""}, "align", [("a.b", "hallucinated", "filled_blank")]),
    ({"a": {"b": 1}}, {"a": "x"}, "align", [("a", "missing", ""), ("a.b", "hallucinated", "invented_field")]),
    ({"a": "x"}, {"a": {"b": 1}}, "align", [("a", "hallucinated", "invented_field"), ("a.b", "missing", "")]),
    ({"a": {"b": 1}}, {"a": [{"b": 1}]}, "align", [("a[].b", "correct", "")]),
    ({"a": [{"b": 1}]}, {"a": {"b": 1}}, "align", [("a.b", "correct", "")]),
    ({"a": [[1]]}, {"a": 1}, "align", [("a", "correct", "")]),
    ([{"b": 1}], {"b": 1}, "align", [("b", "correct", "")]),
    # A lone pair that is worth nothing is none.
    ([{"a": "x"}], [{"a": "", "b": {"c": "z"}}], "align",
     [("[].a", "hallucinated", "invented_item"), ("[].b.c", "missing", "")]),
    ([{"a": "x"}], [{"a": "y", "b": {"c": "z"}}], "align",
     [("[].a", "wrong", ""), ("[].b.c", "missing", "")]),
    # The same values in the same order, under other names.
    ([{"b": "x", "a": "y"}], [{"a": "x", "b": "y"}], "align", [("[].a", "wrong", ""), ("[].b", "wrong", "")]),
    ([{"c": "x"}], [{"a": "x"}], "align",
     [("[].a", "missing", ""), ("[].c", "hallucinated", "invented_item")]),
    ([{"b": "x", "a": ""}], [{"a": "", "b": "x"}], "align", [("[].b", "correct", "")]),
    (["x", "x"], ["x"], "align", [("[]", "correct", ""), ("[]", "hallucinated", "invented_item")]),
    (["x", "z"], ["y", "x"], "align", [("[]", "correct", ""), ("[]", "wrong", "")]),
    (["x", "z"], ["y", "x"], "index", [("[]", "wrong", ""), ("[]", "wrong", "")]),
    (["", "x"], ["x"], "align", [("[]", "correct", "")]),
    (["", "x"], ["x"], "index", [("[]", "hallucinated", "invented_item"), ("[]", "missing", "")]),
    (["x"], [""], "index", [("[]", "hallucinated", "filled_blank")]),
    ([["a", "b"], ["c"]], [["c"], ["b", "a"]], "align", [("[][]", "correct", "")] * 3),
    (
        [{"n": "K", "r": 1}, {"n": "Na", "r": 2}],
        [{"n": "K", "r": 2}, {"n": "Na", "r": 1}],
        "bag",
        [("[].n", "correct", "")] * 2 + [("[].r", "correct", "")] * 2,
    ),
    (
        # By result the rows pair crosswise; by the member n each stays with its own.
        [{"n": "K", "r": 1, "u": "x"}, {"n": "Na", "r": 2, "u": "y"}],
        [{"n": "K", "r": 2, "u": "y"}, {"n": "Na", "r": 1, "u": "x"}],
        "key:n",
        [("[].n", "correct", "")] * 2 + [("[].r", "wrong", "")] * 2 + [("[].u", "wrong", "")] * 2,
    ),
    ({"a": "x", "b": "y"}, {"a": "y"}, "bag", [("a", "wrong", ""), ("b", "hallucinated", "invented_field")]),
    ({"a": ["x", "y"]}, {"a": ["", "z"]}, "bag",
     [("a[]", "hallucinated", "filled_blank"), ("a[]", "wrong", "")]),
    ({"l": [{"a": 1}, {"a": 1}]}, {"l": [{"a": 1}]}, "bag",
     [("l[].a", "correct", ""), ("l[].a", "hallucinated", "invented_item")]),
    ({"l": [{"a": 1}]}, {"l": []}, "bag", [("l[].a", "hallucinated", "filled_blank")]),
]  # fmt: skip


@pytest.mark.parametrize(("pred", "gold", "lists", "expected"), CASES, ids=range(len(CASES)))
def test_outcomes(pred: Any, gold: Any, lists: str, expected: list[tuple[str, str, str]]) -> None:
    """One small case per rule."""
    assert outcomes(pred, gold, lists=lists) == sorted(expected)


def test_values_and_signature_come_along() -> None:
    """A leaf carries the raw values of both sides; the alignment carries its signature."""
    found = align({"a": 1.0}, {"a": "2"}, "strict", alpha=0.25)
    (leaf,) = found
    assert (leaf.gold, leaf.pred) == ("2", 1.0)
    assert found.signature == Spec(alpha=0.25).signature
    assert len(found) == 1


@examples(300)
@given(pred=documents, gold=documents, rng=st.randoms(use_true_random=False))
def test_order_changes_no_field(pred: Any, gold: Any, rng: random.Random) -> None:
    """Shuffling members and items changes no field's outcome, even where several pairings tie."""
    for lists in ("align", "bag", "key:n"):
        expected = outcomes(pred, gold, lists=lists)
        a, b = shuffled(pred, rng), shuffled(gold, rng)
        assert outcomes(a, b, lists=lists) == expected
        assert sum(x.misplaced for x in align(a, b, "strict", lists=lists)) == sum(
            x.misplaced for x in align(pred, gold, "strict", lists=lists)
        )


TIES: list[tuple[list[Any], list[Any]]] = [
    # One gold row and two predicted rows that are each right in one of two leaves; then the other way round.
    ([{"n": "K", "r": "9"}, {"n": "X", "r": "1"}], [{"n": "K", "r": "1"}]),
    ([{"n": "K", "r": "1"}], [{"n": "K", "r": "9"}, {"n": "X", "r": "1"}]),
    ([[{"n": "K"}, {"r": "9"}], [{"n": "X"}, {"r": "1"}]], [[{"n": "K"}, {"r": "1"}]]),
    ([{"n": "K", "r": ["9"]}, {"n": "X", "r": ["1"]}], [{"n": "K", "r": ["1"]}]),
]


@pytest.mark.parametrize(("pred", "gold"), TIES)
def test_ties_do_not_hang_on_order(pred: list[Any], gold: list[Any]) -> None:
    """Of equally good pairings the same one is taken, wherever the items stand."""
    expected = outcomes(pred, gold)
    assert outcomes(pred[::-1], gold) == outcomes(pred, gold[::-1]) == expected
    # A lone value that meets a list chooses the same way.
    assert outcomes(pred[::-1], gold[0]) == outcomes(pred, gold[0])
    assert outcomes(pred[0], gold[::-1]) == outcomes(pred[0], gold)


@examples(200)
@given(value=trees)
def test_identity_is_all_correct(value: Any) -> None:
    """A tree against itself has correct leaves only, in every mode."""
    for lists in ("align", "bag", "index", "key:n"):
        assert {x.outcome for x in align(value, value, lists=lists)} <= {"correct"}


def test_errors() -> None:
    """What cannot be aligned is an error that says where and what was expected."""
    with pytest.raises(GoldError, match=r"gold: expected a JSON value, got object - at \$\.?a"):
        align({}, {"a": object()})
    with pytest.raises(PredictionError, match=r"prediction: expected a finite number"):
        align([float("inf")], [])
    with pytest.raises(SpecError, match="smr-r1"):
        align({}, {}, "smr-r1")


def test_limited_is_said_and_safe() -> None:
    """Past the work bound the pairing is still one to one, and never better than the best."""
    gold = [[{"a": str(i), "b": [str(i % 7)]}] for i in range(30)]
    pred = [[{"a": str(i + 1), "b": [str(i % 5)]}] for i in range(30)]
    best, bounded = align(pred, gold, "strict"), align(pred, gold, "strict", max_work=10)
    assert (best.limited, bounded.limited) == (False, True)
    right = [sum(x.outcome == "correct" for x in found) for found in (best, bounded)]
    assert right[1] <= right[0]
    assert sum(x.outcome != "hallucinated" for x in bounded) == 60
