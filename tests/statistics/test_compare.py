"""`compare`, `Evaluation.intervals` and the reports of an evaluation in Python are those of the commands."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import (
    InputError,
    Resampling,
    Rule,
    Spec,
    align,
    compare,
    evaluate,
    evaluate_files,
    parse_completion,
    score,
)
from medvie_reward.cli import main
from medvie_reward.statistics import Comparison, compare_evaluations

QUICK = Resampling(resamples=300, seed=7)
GOLDS: list[Any] = [
    {"Name": "a", "Age": "1", "L": [{"n": "K", "r": "5.6"}, {"n": "Na", "r": "140"}]},
    {"Name": "b", "Age": "2", "L": []},
    {"Name": "c", "L": [{"n": "K", "r": "4"}]},
    {"Name": "d"},
]
RIGHT: list[Any] = [*GOLDS[:3], '<answer>{"Name": "d"}</answer>']
HALF: list[Any] = [
    {"Name": "a", "L": [{"n": "K", "r": "56"}]},
    {"Name": "b"},
    None,
    {"Name": "x", "Sex": "f"},
]


def rows(file: Path, values: list[Any]) -> str:
    file.write_text("".join(json.dumps({"id": str(n + 1), "pred": x}) + "\n" for n, x in enumerate(values)))
    return str(file)


def files(folder: Path) -> list[str]:
    golds = folder / "gold.jsonl"
    golds.write_text("".join(json.dumps({"id": str(n + 1), "gold": x}) + "\n" for n, x in enumerate(GOLDS)))
    return [rows(folder / "half.jsonl", HALF), rows(folder / "right.jsonl", RIGHT), str(golds)]


def test_compare_is_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same numbers, per field and per slice too, as ``medvie compare --json``, and the same tables."""
    half, right, golds = files(tmp_path)
    out = tmp_path / "out.json"
    asked = ["--slice", "rows", "--slice", "has:Age", "--resamples", "300", "--seed", "7", "--json", str(out)]
    arguments = ["compare", f"A={half}", f"B={right}", "--gold", golds, *asked]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    found = compare(HALF, RIGHT, GOLDS, slices=("rows", "has:Age"), resampling=QUICK)
    assert isinstance(found, Comparison)
    assert json.loads(out.read_text()) == found.to_dict()
    assert found.to_dict() == found.as_dict()
    assert f"{found}\n" == printed


def test_evaluations_are_compared_as_their_predictions() -> None:
    """Evaluations at hand give the comparison that their predictions give; labels may be given."""
    labels = {"site": ["x", "x", "y", "y"]}
    systems = {name: evaluate(preds, GOLDS) for name, preds in (("A", HALF), ("B", RIGHT))}
    expected = compare(HALF, RIGHT, GOLDS, slices=labels, clusters=[1, 1, 2, 3], resampling=QUICK)
    assert expected == compare_evaluations(systems, QUICK, slices=labels, clusters=[1, 1, 2, 3])
    assert list(expected.versus[0].slices["site"]) == ["x", "y"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slices": ["report_type"]}, "slice 'report_type': expected rows, length, fields, has:FIELD"),
        ({"slices": {"site": ["x"]}}, "slice 'site': expected a label for each of 4 documents, got 1"),
        ({"names": ("A", "A")}, "two systems are named 'A'"),
        ({"metrics": "bleu"}, "unknown metric 'bleu'"),
    ],
)
def test_misuse_of_compare(options: dict[str, Any], message: str) -> None:
    """A slice that cannot be made, equal names and unknown metrics are named."""
    with pytest.raises(InputError, match=message):
        compare(HALF, RIGHT, GOLDS, **options)


def test_intervals_are_the_command(tmp_path: Path) -> None:
    """Corpus, fields and groups have the intervals that ``medvie-score --intervals`` prints as JSON."""
    half, _, golds = files(tmp_path)
    out = tmp_path / "out.json"
    asked = ["--by", "rows", "--intervals", "--resamples", "300", "--seed", "7", "--json", str(out)]
    assert main(["score", half, golds, *asked]) == 0
    found = evaluate(HALF, GOLDS, by=["2–5", "0", "1–5", "0"])
    shown = json.loads(out.read_text())["intervals"]
    ours = found.intervals(QUICK).to_dict()
    assert {name: shown[name] for name in ("signature", "figures", "fields")} == {
        name: ours[name] for name in ("signature", "figures", "fields")
    }
    assert found.intervals(QUICK, clusters=[1, 1, 2, 2]).signature == f"{QUICK.signature}|clusters:2"


def test_html_report_of_an_evaluation(tmp_path: Path) -> None:
    """The file shows every document with its completion and image, and intervals if given."""
    evaluation = evaluate(RIGHT, GOLDS, leaves=True)
    file = tmp_path / "report.html"
    evaluation.to_html(file, intervals=evaluation.intervals(QUICK), images=["a.png", "b.png", (), "d.png"])
    text = file.read_text(encoding="utf-8")
    assert QUICK.signature in text
    assert evaluation.details is not None
    assert evaluation.details.completions[3] == RIGHT[3]
    assert json.loads(evaluation.details.completions[0] or "") == RIGHT[0]
    assert "img-src data: &#39;self&#39; file:" in text or "img-src data: 'self' file:" in text


@pytest.mark.parametrize("workers", [1, 2])
def test_evaluations_of_files_keep_the_same(workers: int, tmp_path: Path) -> None:
    """An evaluation of files is compared, drawn and reported as one of the same documents in memory."""
    half, right, golds = files(tmp_path)
    systems = {
        name: evaluate_files(file, golds, leaves=True, workers=workers)
        for name, file in (("A", half), ("B", right))
    }
    expected = compare(HALF, RIGHT, GOLDS, resampling=QUICK)
    assert compare_evaluations(systems, QUICK) == expected
    in_memory = evaluate(RIGHT, GOLDS, leaves=True, ids="1234")
    assert systems["B"].intervals(QUICK) == in_memory.intervals(QUICK)
    assert systems["B"].to_csv("leaf") == in_memory.to_csv("leaf")
    assert systems["B"].details is not None
    assert in_memory.details is not None
    assert systems["B"].details.completions == in_memory.details.completions


def test_completions_of_any_form_are_kept() -> None:
    """Bytes, messages, values of Python and parsed completions are kept as text."""
    preds: list[Any] = [
        b'{"a": 1}', [{"role": "assistant", "content": '{"a": 1}'}], {"a": Decimal("1.5")},
        parse_completion('x {"a": 1}'), parse_completion("x"), None,
    ]  # fmt: skip
    found = evaluate(preds, [{"a": 1}] * len(preds), leaves=True).details
    assert found is not None
    assert found.completions == [
        '{"a": 1}', '{"a": 1}', '{\n  "a": 1.5\n}', '{\n  "a": 1\n}', None, None,
    ]  # fmt: skip


def test_report_needs_leaves(tmp_path: Path) -> None:
    """Without leaves nothing is written, and the error says how to get them; so for rows of leaves."""
    evaluation = evaluate(HALF, GOLDS)
    file = tmp_path / "report.html"
    with pytest.raises(InputError, match=r"evaluate\(\.\.\., leaves=True\)"):
        evaluation.to_html(file)
    assert not file.exists()
    with pytest.raises(InputError, match=r"evaluate\(\.\.\., leaves=True\)"):
        evaluation.to_csv("leaf")
    with pytest.raises(InputError, match="level: expected one of document, field, leaf, got 'row'"):
        evaluation.to_csv("row")
    with pytest.raises(InputError, match="images: expected those of each of 4 documents, got 1"):
        evaluate(HALF, GOLDS, leaves=True).to_html(file, images=["a.png"])


def test_levels() -> None:
    """A row per document, per field and per leaf, each the numbers that the parts have."""
    evaluation = evaluate(HALF, GOLDS, leaves=True)
    assert evaluation.to_csv() == evaluation.to_csv("document")
    fields = evaluation.to_pandas("field").set_index("field")
    assert {name: s.f1 for name, s in evaluation.micro.fields.items()} == dict(fields["f1"])
    leaves = evaluation.to_polars("leaf")
    expected = [leaf for pred, gold in zip(HALF, GOLDS, strict=True) for leaf in align(pred or {}, gold)]
    assert [leaf.field for leaf in expected] == leaves["field"].to_list()
    assert [leaf.outcome for leaf in expected] == leaves["outcome"].to_list()


def test_markdown_and_text_are_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``to_markdown`` and ``str`` give what ``medvie-score`` prints."""
    half, _, golds = files(tmp_path)
    evaluation = evaluate(HALF, GOLDS)
    assert main(["score", half, golds, "--join", "line", "--markdown", "-"]) == 0
    assert capsys.readouterr().out == evaluation.to_markdown()
    assert main(["score", half, golds, "--join", "line"]) == 0
    assert capsys.readouterr().out.rstrip("\n") == str(evaluation)


def test_notebook_tables_hold_text_only() -> None:
    """Names of fields stay text in the tables for notebooks, and the numbers are those of the object."""
    evil = {"<b>Name</b>": "x", "Age": "1"}
    evaluation = evaluate([{"Age": "1"}], [evil])
    shown = evaluation._repr_html_()
    assert "&lt;b&gt;Name&lt;/b&gt;" in shown
    assert "<b>" not in shown
    assert f"{evaluation.micro.f1:.4f}" in shown
    assert shown.count("<table>") == shown.count("</table>") == 2
    assert "<b>" not in score({"Age": "1"}, evil)._repr_html_()
    assert "<b>" not in align({"Age": "1"}, evil)._repr_html_()
    spec = Spec(rules=(Rule("<b>Name</b>", "text", weight=2),))
    assert "<td>&lt;b&gt;Name&lt;/b&gt;</td><td>text</td>" in spec._repr_html_()


def test_short_reprs() -> None:
    """Results of any size are written in one short line."""
    evaluation = evaluate(HALF, GOLDS)
    assert repr(align(HALF[0], GOLDS[0])) == "Alignment(2 correct, 3 missing, 1 wrong)"
    assert repr(align({}, {})) == "Alignment(no leaves)"
    assert repr(compare(HALF, RIGHT, GOLDS, resampling=QUICK)) == (
        f"Comparison(4 documents, micro_f1: A={evaluation.micro.f1:.4f}, B=1.0000)"
    )
    found = evaluation.intervals(QUICK)
    low, high = found.figures["micro_f1"].low, found.figures["micro_f1"].high
    assert f"micro_f1 [{low:.4f}, {high:.4f}]" in repr(found)


def test_evaluations_are_equal_whatever_they_keep() -> None:
    """Details are no part of what an evaluation says."""
    assert evaluate(HALF, GOLDS) == evaluate(HALF, GOLDS, leaves=True)
    assert "details" not in repr(evaluate(HALF, GOLDS))


def test_the_python_of_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    """The Python of docs/comparing.md prints what the page shows."""
    text = (Path(__file__).parents[2] / "docs" / "comparing.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
    assert found is not None
    exec(found[1], {})
    assert capsys.readouterr().out == found[2]
