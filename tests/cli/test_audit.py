"""``medvie audit``: arguments, tables, files, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medvie_reward.audits import ATTACKS
from medvie_reward.cli import main

CAPTURE = pytest.CaptureFixture[str]
GOLD = {"Name": "Li", "Rows": [{"n": "Na", "r": "1.5"}, {"n": "K", "r": "2.5"}, {"n": "Cl", "r": "99"}]}
SOUND = ["--set", "matching=f1", "--set", "critical_cost=0"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = [{"id": "a", "gold": GOLD}, {"id": "b", "gold": {**GOLD, "Name": "Wu"}}]
    (tmp_path / "g.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "their_rewards.py").write_text(
        "from helpers.planted import bag, sound\n\n\ndef three(a, b, c):\n    return 0.0\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_spec(folder: Path, capsys: CAPTURE) -> None:
    """A table with the signature below it; exit code 0 where nothing fails."""
    assert main(["audit", "g.jsonl", *SOUND, "--only", "rows", "--only", "order/items-reversed"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Audit of spec clinical on 2 documents: 4 pass, 0 FAIL, 3 not applicable"
    assert lines[1].startswith("Called as spec, gold documents as text, completions in the form think; ")
    assert lines[-1].startswith("medvie|name:clinical|")


def test_a_function(folder: Path, capsys: CAPTURE) -> None:
    """Exit code 1, and what failed in full."""
    arguments = ["audit", "g.jsonl", "--reward", "their_rewards:bag", "--form", "think", "--only", "rows"]
    assert main(arguments) == 1
    out = capsys.readouterr().out
    assert "FAIL rows/column-one-row-down\n" in out
    assert out.splitlines()[-1] == "their_rewards:bag"
    assert (
        main(["audit", "g.jsonl", "--reward", "their_rewards:sound", "--only", "rows", "-o", "out.txt"]) == 0
    )
    assert capsys.readouterr().out == ""
    assert (folder / "out.txt").read_text().startswith("Audit of their_rewards:sound on 2 documents: ")


def test_files(folder: Path, capsys: CAPTURE) -> None:
    """JSON, Markdown and HTML; - prints instead of the table."""
    arguments = ["audit", "g.jsonl", *SOUND, "--only", "identity", "--limit", "1"]
    files = ["--json", "a.json", "--markdown", "a.md", "--html", "a.html"]
    assert main([*arguments, *files]) == 0
    assert capsys.readouterr().out.startswith("Audit of spec clinical on 1 document: ")
    made = json.loads((folder / "a.json").read_text())
    assert (made["documents"], made["passed"], len(made["verdicts"])) == (1, True, 5)
    assert main([*arguments, "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out) == made
    assert main([*arguments, "--markdown", "-"]) == 0
    assert capsys.readouterr().out == (folder / "a.md").read_text()
    assert (folder / "a.html").read_text().startswith("<!doctype html>")


def test_list(capsys: CAPTURE) -> None:
    """One line an attack, with its rule."""
    assert main(["audit", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(ATTACKS)
    assert (
        "short/one-field: One right member of the document, alone. Rule: attacked ≤ 0.10 of the range."
        in lines
    )


def test_the_shipped_reports(capsys: CAPTURE) -> None:
    """Without a file, those of the package."""
    assert main(["audit", *SOUND, "--only", "members-reversed", "--limit", "3"]) == 0
    assert "on 3 documents: 1 pass, 0 FAIL\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "rwos"], "only: there is no family or attack 'rwos'"),
        (["--range", "1"], "--range: expected LOW,HIGH, two numbers with the smaller one first, got '1'"),
        (["--range", "2,1"], "--range: expected LOW,HIGH"),
        (["--range", "a,b"], "--range: expected numbers with commas between, got 'a,b'"),
        (["--reward", "their_rewards"], "--reward: expected MODULE:FUNCTION, got 'their_rewards'"),
        (["--reward", "their_rewards:three"], "has the parameters (a, b, c): expected verl's"),
        (
            ["--reward", "their_rewards:bag", "--preset", "strict"],
            "--preset belongs to a spec: expected it without",
        ),
        (
            ["--reward", "their_rewards:bag", "--set", "alpha=1"],
            "--set belongs to a spec: expected it without",
        ),
        (["--form", "xml"], "argument --form: expected one of think"),
    ],
)
def test_usage_errors(folder: Path, arguments: list[str], said: str, capsys: CAPTURE) -> None:
    """One line, exit code 2, and no file."""
    try:
        code = main(["audit", "g.jsonl", "--json", "a.json", *arguments])
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert said in capsys.readouterr().err
    assert not (folder / "a.json").exists()
