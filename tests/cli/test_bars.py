"""Exit code 1: a score below ``--fail-under``, or one that lost more than ``--max-drop``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medvie_reward.cli import main, main_score

CAPTURE = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write ten documents of ten leaves: ``right`` has 9 of 10 right, ``worse`` 89 of 100."""
    monkeypatch.chdir(tmp_path)
    gold = {f"k{n}": f"v{n}" for n in range(10)}
    for name, wrong in (("gold", [0] * 10), ("right", [1] * 10), ("worse", [1] * 9 + [2])):
        rows = [
            {
                "gold" if name == "gold" else "pred": {
                    key: "no" if k < n else value for k, (key, value) in enumerate(gold.items())
                }
            }
            for n in wrong
        ]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def run(capsys: CAPTURE, name: str, *arguments: str) -> tuple[int, str]:
    code = main_score([f"{name}.jsonl", "gold.jsonl", *arguments])
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["0.9"], 0, ""),
        (["0.90000001"], 1, "medvie-score: micro_f1 0.9000 is below --fail-under 0.9\n"),
        (["0.95"], 1, "medvie-score: micro_f1 0.9000 is below --fail-under 0.95\n"),
        (["1"], 1, "medvie-score: micro_f1 0.9000 is below --fail-under 1\n"),
        (["0"], 0, ""),
        (["0.95", "--fail-metric", "parse_rate"], 0, ""),
        (["0.95", "--fail-metric", "macro_recall"], 1, "macro_recall 0.9000 is below --fail-under 0.95\n"),
        (["0.95", "--metrics", "anls", "--fail-metric", "anls"], 1, "anls 0.9"),
    ],
)
def test_a_floor(folder: Path, options: list[str], code: int, said: str, capsys: CAPTURE) -> None:
    """A score that equals the floor is not below it; the line names metric, score and floor."""
    found, err = run(capsys, "right", "--fail-under", *options)
    assert found == code
    assert said in err
    assert err.count("\n") == code


def test_results_are_there_all_the_same(folder: Path, capsys: CAPTURE) -> None:
    """What failed is printed and written in full."""
    assert main_score(["right.jsonl", "gold.jsonl", "--json", "o.json", "-o", "o.txt"]) == 0
    first = (folder / "o.json").read_bytes(), (folder / "o.txt").read_bytes()
    arguments = ["--fail-under", "1", "--json", "o.json", "-o", "o.txt"]
    assert main(["score", "right.jsonl", "gold.jsonl", *arguments]) == 1
    assert ((folder / "o.json").read_bytes(), (folder / "o.txt").read_bytes()) == first
    assert capsys.readouterr().err == "medvie: micro_f1 0.9000 is below --fail-under 1\n"
    assert main_score(["right.jsonl", "gold.jsonl", "--json", "-", "--fail-under", "1"]) == 1
    assert json.loads(capsys.readouterr().out)["micro"]["f1"] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--max-drop", "0.01"], 0), (["--max-drop", "0.0099"], 1), ([], 1), (["--max-drop", "1"], 0),
        (["--max-drop", "0.01", "--fail-metric", "macro_f1"], 0), (["--fail-metric", "parse_rate"], 0),
        (["--fail-under", "0.895"], 1), (["--max-drop", "0.01", "--fail-under", "0.895"], 1),
        (["--max-drop", "0.01", "--fail-under", "0.89"], 0), (["--max-drop", "0.01", "--workers", "2"], 0),
    ],
)  # fmt: skip
def test_a_baseline(folder: Path, options: list[str], code: int, capsys: CAPTURE) -> None:
    """From 0.90 to 0.89 is a drop of 0.01, and not of more."""
    assert run(capsys, "right", "--json", "b.json") == (0, "")
    found, err = run(capsys, "worse", "--baseline", "b.json", *options)
    assert (found, bool(err)) == (code, bool(code))
    assert run(capsys, "right", "--baseline", "b.json") == (0, "")


def test_the_line_of_a_drop(folder: Path, capsys: CAPTURE) -> None:
    """It has both scores, the drop and the bar; an improvement is no drop."""
    run(capsys, "right", "--json", "b.json")
    assert run(capsys, "worse", "--baseline", "b.json", "--max-drop", "0.005")[1] == (
        "medvie-score: micro_f1 fell from 0.9000 in b.json to 0.8900: 0.0100 is more than --max-drop 0.005\n"
    )
    run(capsys, "worse", "--json", "b.json")
    assert run(capsys, "right", "--baseline", "b.json") == (0, "")


def test_other_documents_are_noted(folder: Path, capsys: CAPTURE) -> None:
    """A baseline of another number of documents still counts, with a note."""
    run(capsys, "right", "--json", "b.json")
    assert run(capsys, "right", "--baseline", "b.json", "--limit", "4") == (
        0,
        "medvie-score: note: b.json is of 10 documents, these are 4\n",
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--preset", "strict"], "has another signature than this run (name: clinical then, strict now;"),
        (["--set", "critical_cost=0.25"], "(critical_cost: 0.0 then, 0.25 now): expected a baseline"),
        (["--metrics", "f1,ted"], "(ted: nothing then, donut-1.0.9 now)"),
    ],
)  # fmt: skip
def test_another_signature(folder: Path, options: list[str], said: str, capsys: CAPTURE) -> None:
    """Scores of two signatures are not compared: exit code 2, and what differs."""
    run(capsys, "right", "--json", "b.json")
    code, err = run(capsys, "right", "--baseline", "b.json", "--json", "o.json", *options)
    assert code == 2
    assert err.startswith("medvie-score: error: b.json: ")
    assert said in err
    assert not (folder / "o.json").exists()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("[]", "expected what `medvie score --json` wrote"),
        ('{"n": 3}', "expected what `medvie score --json` wrote"),
        ("not", "expected one JSON value"),
        (None, "No such file or directory"),
    ],
)
def test_no_baseline(folder: Path, made: str | None, said: str, capsys: CAPTURE) -> None:
    """A file that is no earlier result is named."""
    if made is not None:
        (folder / "b.json").write_text(made)
    code, err = run(capsys, "right", "--baseline", "b.json")
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("medvie-score: error: b.json: ")
    assert said in err


def test_a_baseline_without_the_metric(folder: Path, capsys: CAPTURE) -> None:
    """Which an answer given as JSON does not have is a rate of well-formed completions."""
    run(capsys, "right", "--json", "b.json")
    code, err = run(capsys, "right", "--baseline", "b.json", "--fail-metric", "format_rate")
    assert (code, err) == (
        2,
        "medvie-score: error: b.json: has no format_rate: expected a baseline that has it\n",
    )
    code, err = run(capsys, "right", "--fail-under", "1", "--fail-metric", "format_rate")
    assert (code, "no document has it" in err) == (2, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--max-drop", "0.1"], "--max-drop requires --baseline"),
        (["--fail-metric", "ted"], "--fail-metric requires --fail-under or --baseline"),
        (["--fail-under", "0.1", "--fail-metric", "ted"], "it is not computed: expected --metrics f1,ted"),
    ],
)
def test_options_that_go_together(folder: Path, options: list[str], said: str, capsys: CAPTURE) -> None:
    """One without the other is an input error."""
    code, err = run(capsys, "right", *options)
    assert (code, said in err) == (2, True)


def test_every_metric_has_a_value(folder: Path, capsys: CAPTURE) -> None:
    """Every metric that may be asked for has a value in the JSON output."""
    from medvie_reward.cli._bars import _PLACES, _value

    row: dict[str, Any] = {"pred": '<think>t</think><answer>{"k0": "v0"}</answer>'}
    (folder / "text.jsonl").write_text((json.dumps(row) + "\n") * 10)
    code, _ = run(capsys, "text", "--metrics", "f1,ted,anls", "--json", "t.json")
    made = json.loads((folder / "t.json").read_text())
    assert code == 0
    assert all(0 < (_value(made, name) or 0) <= 1 for name in _PLACES)
