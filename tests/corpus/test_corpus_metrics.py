"""Figures from column sums are those of the evaluation; fields add up to the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Scores, evaluate
from medvie_reward.corpus import EvaluationBuilder, score_document
from medvie_reward.corpus._corpus_metrics import (
    COLUMNS,
    FIGURES,
    asked_figures,
    document_rows,
    field_figure,
)
from medvie_reward.corpus._field_rows import FieldRows
from medvie_reward.corpus._metric_titles import TITLES
from medvie_reward.metrics._rates import rate_arrays, rates
from medvie_reward.spec._spec import resolve

GOLDS: list[Any] = [
    {
        "Name": "Li Wei",
        "Indicators": [{"Item Name": "K", "Result": "5.6"}, {"Item Name": "Na", "Result": "140"}],
    },
    {"Name": "Ann", "Indicators": []},
    {"Name": "", "Indicators": []},
    {"Name": "Bo", "Age": "40", "Diagnosis": "fine"},
]
PREDS: list[Any] = [
    '<think>x</think><answer>{"Name": "Li Wei", "Indicators": [{"Item Name": "K", "Result": "56"}]}</answer>',
    {"Name": "Ann", "Age": "7"},
    {},
    "no answer at all",
]


@pytest.mark.parametrize("preset", ["clinical", "strict", "paper", "donut", "smr-r1"])
def test_every_figure_is_the_evaluations(preset: str) -> None:
    """Micro and macro figures, rates and published metrics come out of the sums as `evaluate` gives them."""
    e = evaluate(PREDS, GOLDS, preset, metrics="f1,ted,anls")
    sums = document_rows(e.documents).sum(axis=0)
    expected = {
        "micro_precision": e.micro.precision,
        "micro_recall": e.micro.recall,
        "micro_f1": e.micro.f1,
        **{f"macro_{name}": x for name, x in e.macro.as_dict().items()},
        "ted": e.ted,
        "anls": e.anls,
        "hallucination_rate": e.micro.hallucination_rate,
        "omission_rate": e.micro.omission_rate,
        "parse_rate": e.parse_rate,
        "format_rate": e.format_rate,
    }
    assert expected == pytest.approx(
        {name: float(figure(sums)) for name, figure in FIGURES.items()}, abs=1e-14
    )
    assert list(expected) == list(FIGURES) == list(TITLES)


def test_columns_by_hand() -> None:
    """One document, counted by hand: 3 of 5 gold leaves are there, one of them wrong."""
    e = evaluate(PREDS[:1], GOLDS[:1], "strict")
    row = dict(zip(COLUMNS, document_rows(e.documents)[0].tolist(), strict=True))
    expected = {
        "documents": 1, "correct": 2, "pred": 3, "gold": 5, "n_pred": 3, "n_gold": 5, "hallucinated": 0,
        "missing": 2, "precision": 2 / 3, "recall": 2 / 5, "f1": 0.5, "matching": 0.5 * 2 / 3 + 0.5 * 2 / 5,
        "parsed": 1, "well_formed": 1, "texts": 1, "ted": 0, "anls": 0,
    }  # fmt: skip
    assert expected == pytest.approx(row, abs=1e-15)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20))
def test_rates_one_by_one(counts: list[tuple[int, int, int]]) -> None:
    """Arrays are divided as single counts are, empty sides among them."""
    table = np.array(counts, dtype=float)
    found = np.array(rate_arrays(table[:, 0], table[:, 1], table[:, 2])).T
    assert [rates(*row) for row in counts] == [tuple(row) for row in found.tolist()]


def test_fields_add_up_to_the_evaluations() -> None:
    """The column sums of a field's array give the F1 that the evaluation has for it."""
    spec = resolve("clinical")
    tally, fields = EvaluationBuilder(spec), FieldRows()
    for n, (pred, gold) in enumerate(zip(PREDS, GOLDS, strict=True)):
        scored = score_document(pred, gold, spec, str(n))
        tally.add(scored)
        fields.add(scored.fields)
    arrays, micro = fields.arrays(), tally.evaluation().micro
    assert dict.fromkeys(micro.fields, (4, 3)) == {name: rows.shape for name, rows in arrays.items()}
    f1 = {name: float(field_figure(rows.sum(axis=0))) for name, rows in arrays.items()}
    assert {name: scores.f1 for name, scores in micro.fields.items()} == pytest.approx(f1, abs=1e-14)
    assert Scores(micro.counts).f1 == pytest.approx(
        float(field_figure(np.sum([rows.sum(axis=0) for rows in arrays.values()], axis=0))),
        abs=1e-14,
    )


def test_asked_figures() -> None:
    """Only what was asked for, and a rate of well-formed completions only where some came as text."""
    e = evaluate(PREDS, GOLDS)
    rows = document_rows(e.documents)
    assert list(asked_figures(("ted",), rows)) == ["ted"]
    assert [name for name in FIGURES if name not in ("ted", "anls")] == list(asked_figures(("f1",), rows))
    answers = document_rows(evaluate(PREDS[1:3], GOLDS[1:3]).documents)
    assert "format_rate" not in asked_figures(("f1", "anls"), answers)
