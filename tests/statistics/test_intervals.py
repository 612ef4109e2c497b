"""Intervals of an evaluation: those of its figures one by one, and in the tables."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest

from medvie_reward import Evaluation, InputError
from medvie_reward.corpus import EvaluationBuilder, score_document
from medvie_reward.corpus._corpus_metrics import FIGURES, Rows, document_rows, field_figure
from medvie_reward.corpus._field_rows import FieldRows
from medvie_reward.reports._evaluation_report import print_evaluation
from medvie_reward.spec._spec import resolve
from medvie_reward.statistics._bootstrap import intervals
from medvie_reward.statistics._intervals import measure_uncertainty
from medvie_reward.statistics._resampling import Resampling

QUICK = Resampling(resamples=400)
GOLDS: list[Any] = [
    {"Name": "a", "Age": "1"},
    {"Name": "b", "Age": "2"},
    {"Name": "c"},
    {"Name": "d", "Sex": "f"},
]
PREDS: list[Any] = [{"Name": "a", "Age": "9"}, {"Name": "b"}, {"Name": "c"}, None]


def evaluated(metrics: str = "f1") -> tuple[Evaluation, dict[str, Rows]]:
    spec = resolve("strict")
    tally, fields = EvaluationBuilder(spec, tuple(metrics.split(","))), FieldRows()
    for n, (pred, gold) in enumerate(zip(PREDS, GOLDS, strict=True)):
        scored = score_document(pred, gold, spec, str(n), "ab"[n % 2], metrics=tally.metrics)
        tally.add(scored)
        fields.add(scored.fields)
    return tally.evaluation(), fields.arrays()


def test_every_interval_is_that_of_its_rows() -> None:
    """Figures, fields and groups: each as if its rows had been drawn alone, from the same seed."""
    evaluation, fields = evaluated("f1,ted,anls")
    found = measure_uncertainty(evaluation, QUICK, fields=fields)
    rows = document_rows(evaluation.documents)
    figures = {name: x for name, x in FIGURES.items() if name != "format_rate"}
    assert found.figures == intervals(rows, figures, QUICK)
    assert found.fields == {
        name: intervals(table, {"f1": field_figure}, QUICK)["f1"] for name, table in fields.items()
    }
    assert found.groups == {
        "a": intervals(rows[::2], figures, QUICK),
        "b": intervals(rows[1::2], figures, QUICK),
    }
    assert found.signature == QUICK.signature


def test_values_are_the_evaluations() -> None:
    """An interval's value is the figure that is printed beside it."""
    evaluation, fields = evaluated()
    found = measure_uncertainty(evaluation, QUICK, fields=fields)
    assert found.figures["micro_f1"].value == pytest.approx(evaluation.micro.f1)
    assert found.figures["macro_matching"].value == pytest.approx(evaluation.macro.matching)
    assert {name: x.value for name, x in found.fields.items()} == pytest.approx(
        {name: scores.f1 for name, scores in evaluation.micro.fields.items()}
    )
    assert found.groups["b"]["macro_f1"].value == pytest.approx(evaluation.groups["b"].macro.f1)


def test_clusters() -> None:
    """Whole clusters are drawn, inside groups too; one label per document is wanted."""
    evaluation, fields = evaluated()
    together = measure_uncertainty(evaluation, QUICK, fields=fields, clusters=list("xxyy"))
    rows = document_rows(evaluation.documents)
    assert together.figures["micro_f1"] == intervals(rows, FIGURES, QUICK, list("xxyy"))["micro_f1"]
    assert together.groups["a"]["micro_f1"] == intervals(rows[::2], FIGURES, QUICK, list("xy"))["micro_f1"]
    assert together.signature == f"{QUICK.signature}|clusters:2"
    with pytest.raises(InputError, match="3 clusters: expected one for each of 4 documents"):
        measure_uncertainty(evaluation, QUICK, clusters=list("abc"))


@pytest.mark.parametrize(("metrics", "title"), [("f1", "F1 interval"), ("ted", "nTED acc. interval")])
def test_printed(metrics: str, title: str) -> None:
    """A table of figures, a column of fields and of groups, and how it was drawn in the signature."""
    evaluation, fields = evaluated(metrics)
    found = measure_uncertainty(evaluation, QUICK, fields=fields)
    out = StringIO()
    print_evaluation(evaluation, out, uncertainty=found)
    lines = out.getvalue().splitlines()
    leading = next(iter(found.figures)) if metrics == "ted" else "micro_f1"
    low, high = found.groups["a"][leading][1:]
    assert [line.endswith(f"[{low:.4f}, {high:.4f}]") for line in lines if line.startswith("a ")] == [True]
    assert [line.split()[-1] for line in lines if title in line] == ["interval"] * (1 + (metrics == "f1"))
    assert "Confidence intervals" in lines
    assert lines[-1] == f"{evaluation.signature}|{QUICK.signature}"


def test_as_dict() -> None:
    """Plain numbers under the names that the evaluation has."""
    evaluation, fields = evaluated()
    found = measure_uncertainty(evaluation, QUICK, fields=fields)
    made = found.as_dict()
    assert made["figures"]["micro_f1"] == found.figures["micro_f1"]._asdict()
    assert list(made["fields"]) == list(fields)
    assert list(made["by"]) == ["a", "b"]
