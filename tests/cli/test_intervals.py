"""``medvie-score --intervals``: tables, JSON, report, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medvie_reward.cli._main import main_score
from medvie_reward.statistics._resampling import Resampling

CAPTURE = pytest.CaptureFixture[str]
EXAMPLES = Path(__file__).parents[2] / "examples" / "lab_reports"
FILES = [str(EXAMPLES / "ocr_rows.jsonl"), str(EXAMPLES / "gold.jsonl")]
QUICK = ["--intervals", "--resamples", "300"]


def run(capsys: CAPTURE, *arguments: str) -> str:
    assert main_score([*FILES, *arguments]) == 0
    return capsys.readouterr().out


def test_everything_else_stays(capsys: CAPTURE) -> None:
    """Intervals are added to tables and JSON; no figure changes."""
    plain = json.loads(run(capsys, "--by", "language", "--json", "-"))
    made: dict[str, Any] = json.loads(run(capsys, "--by", "language", "--json", "-", *QUICK))
    found = made.pop("intervals")
    assert made == plain
    assert found["signature"] == Resampling(resamples=300).signature
    assert found["figures"]["micro_f1"]["value"] == pytest.approx(plain["micro"]["f1"])
    assert {name: x["value"] for name, x in found["fields"].items()} == pytest.approx(
        {name: x["f1"] for name, x in plain["fields"].items()}
    )
    assert list(found["by"]) == ["en", "zh"]
    lines = run(capsys, "--by", "language", *QUICK).splitlines()
    assert "Confidence intervals" in lines
    assert [line.split()[-2:] for line in lines if line.startswith(("field ", "language "))] == [
        ["F1", "interval"], ["F1", "interval"],
    ]  # fmt: skip
    assert lines[-1].endswith(f"|{found['signature']}")


def test_limit_and_clusters_and_workers(capsys: CAPTURE) -> None:
    """Clusters follow the documents that are scored; processes change nothing."""
    arguments = (*QUICK, "--cluster", "language", "--limit", "30", "--json", "-")
    one = run(capsys, *arguments)
    assert json.loads(one)["intervals"]["signature"].endswith("|clusters:2")
    assert one == run(capsys, *arguments, "--workers", "2")


def test_skipped_golds_have_no_cluster(capsys: CAPTURE, tmp_path: Path) -> None:
    """Where golds without a prediction are left out, the others keep their own cluster."""
    gold, pred = tmp_path / "gold.jsonl", tmp_path / "pred.jsonl"
    names = [("1", "x"), ("2", "y"), ("3", "y"), ("4", "z")]
    gold.write_text("".join(json.dumps({"id": i, "who": w, "gold": {"a": i}}) + "\n" for i, w in names))
    pred.write_text("".join(json.dumps({"id": i, "pred": {"a": i}}) + "\n" for i in ("2", "3", "4")))
    arguments = [str(pred), str(gold), "--missing", "skip", "--cluster", "who", "--json", "-", *QUICK]
    assert main_score(arguments) == 0
    assert json.loads(capsys.readouterr().out)["intervals"]["signature"].endswith("|clusters:2")


def test_report_has_the_intervals(capsys: CAPTURE, tmp_path: Path) -> None:
    """The HTML report shows the same intervals, and what they were made with."""
    page, figures = tmp_path / "report.html", tmp_path / "figures.json"
    run(capsys, *QUICK, "--html", str(page), "--images", "none", "--json", str(figures))
    found = json.loads(figures.read_bytes())["intervals"]
    html = page.read_text(encoding="utf-8")
    assert found["signature"] in html
    for interval in (found["figures"]["micro_f1"], found["fields"]["Diagnosis"]):
        assert f"{interval['low']:.4f} – {interval['high']:.4f}" in html


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--seed", "3"], "--seed requires --intervals"),
        (["--cluster", "language"], "--cluster requires --intervals"),
        (["--intervals", "--confidence", "2"], "confidence: expected a number above 0 and below 1, got 2.0"),
        (["--intervals", "--cluster", "patient"], "has no member 'patient', which --cluster names"),
    ],
)
def test_what_is_refused(capsys: CAPTURE, arguments: list[str], reason: str) -> None:
    """The message says what was expected."""
    assert main_score([*FILES, *arguments]) == 2
    assert reason in capsys.readouterr().err
