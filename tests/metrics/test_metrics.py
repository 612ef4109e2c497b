"""Counts and the scores divided out of them."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import pairs
from hypothesis import given

from medvie_reward import Counts, Scores, align, score

# arXiv 2506.13363, Table 6: two non-empty leaves predicted, one of them right, three in the gold.
TABLE_6: tuple[dict[str, Any], dict[str, Any]] = (
    {"Name": "Li", "Age": "54", "Diagnosis": "", "Indicators": []},
    {"Name": "Li", "Age": "45", "Diagnosis": "anemia", "Indicators": []},
)


@pytest.mark.parametrize("spec", ["paper", "strict", "donut"])
def test_table_6(spec: str) -> None:
    """The paper's case: P 0.5, R 0.333, F1 0.4."""
    s = score(*TABLE_6, spec)
    assert (s.precision, s.recall, s.f1) == (1 / 2, 1 / 3, 2 / 5)
    assert (s.correct, s.wrong, s.missing, s.hallucinated) == (1, 1, 1, 0)


def test_figures_by_hand() -> None:
    """Every figure of one comparison, counted by hand."""
    pred, gold = {"a": "x", "b": "q", "c": "new", "e": "n"}, {"a": "x", "b": "y", "c": "", "d": "z", "f": "w"}
    s = score(pred, gold, "strict")
    assert s.as_dict() == {
        "precision": 0.25,
        "recall": 0.25,
        "f1": 0.25,
        "correct": 1,
        "wrong": 1,
        "missing": 2,
        "hallucinated": 2,
        "filled_blank": 1,
        "invented_field": 1,
        "invented_item": 0,
        "misplaced": 0,
        "ungrounded": 0,
        "n_pred": 4,
        "n_gold": 4,
        "critical": 0,
        "wrong_critical": 0,
        "agreed_blank": 0,
        "hallucination_rate": 0.5,
        "omission_rate": 0.5,
    }


EMPTY: list[tuple[Any, Any, tuple[float, float, float]]] = [
    ({}, {}, (1, 1, 1)),
    ({"a": ""}, {"a": None, "b": []}, (1, 1, 1)),
    ({}, {"a": "x"}, (0, 0, 0)),
    ({"a": "x"}, {}, (0, 0, 0)),
    (None, {}, (1, 1, 1)),
    (0, [], (0, 0, 0)),
]


@pytest.mark.parametrize(("pred", "gold", "expected"), EMPTY)
@pytest.mark.parametrize("spec", ["strict", "paper", "donut", "smr-r1"])
def test_empty_sides(pred: Any, gold: Any, expected: tuple[float, float, float], spec: str) -> None:
    """Both sides empty score 1, one side empty 0: nothing was asked and nothing said, or one of them was."""
    if pred == 0 and pred is not None and spec in ("donut", "smr-r1"):
        expected = (1, 1, 1)  # Donut drops 0; to smr-r1 only an object holds fields
    s = score(pred, gold, spec)
    assert (s.precision, s.recall, s.f1) == expected


def test_fields() -> None:
    """Each field has the same figures; the fields add up to the whole."""
    gold = {"l": [{"n": "K", "r": "1"}, {"n": "Na", "r": "2"}], "x": "y"}
    pred = {"l": [{"n": "K", "r": "2"}, {"n": "Na"}], "x": "y", "z": "?"}
    s = score(pred, gold, "strict")
    assert {name: (f.correct, f.wrong, f.missing, f.hallucinated) for name, f in s.fields.items()} == {
        "l[].n": (2, 0, 0, 0),
        "l[].r": (0, 1, 1, 0),
        "x": (1, 0, 0, 0),
        "z": (0, 0, 0, 1),
    }
    assert s.fields["l[].r"].recall == 0.0
    assert s.fields["l[].n"].f1 == 1.0
    assert s.signature.startswith("medvie|name:strict|lists:align|")


@examples(200)
@given(pair=pairs())
def test_counts_add(pair: tuple[Any, Any]) -> None:
    """The whole is the sum of its fields, and outcomes partition each side."""
    for spec in ("strict", "paper", "donut"):
        s = score(*pair, spec)
        assert sum((f.counts for f in s.fields.values()), Counts()) == s.counts
        assert s.correct + s.wrong + s.missing == s.n_gold
        assert s.correct + s.wrong + s.hallucinated == s.n_pred
        kinds = s.counts.filled_blank + s.counts.invented_field + s.counts.invented_item
        assert kinds == s.hallucinated
        assert s.counts.misplaced <= s.wrong + s.hallucinated
        if spec != "donut":
            assert s.counts.misplaced == sum(leaf.misplaced for leaf in align(*pair, spec))


def test_misplaced_by_hand() -> None:
    """Swapped results are wrong and misplaced; a value that the gold has nowhere is wrong only."""
    gold = {"L": [{"n": "K", "s": "3-5", "r": "4.1"}, {"n": "Na", "s": "130-150", "r": "140"}], "Age": "45"}
    pred = {"L": [{"n": "K", "s": "3-5", "r": "140"}, {"n": "Na", "s": "130-150", "r": "4.1"}], "Age": "54"}
    s = score(pred, gold, "strict")
    assert (s.wrong, s.counts.misplaced) == (3, 2)
    assert s.fields["L[].r"].counts.misplaced == 2
    # The value of a leaf that is right elsewhere is not misplaced here.
    assert score({"a": "x", "b": "x"}, {"a": "x", "b": "y"}).counts.misplaced == 0
    assert score({"c": "y"}, {"b": "y"}, "paper").counts.misplaced == 1


def test_two_documents_count_as_their_sum() -> None:
    """Counts of two documents add to counts of both; the division comes after."""
    a, b = score({"a": "x"}, {"a": "x"}).counts, score({"a": "x"}, {"a": "y", "b": "z"}).counts
    assert a + b == Counts(correct=1, wrong=1, n_pred=2, n_gold=3)
    assert Scores(a + b).f1 == 2 / 5
