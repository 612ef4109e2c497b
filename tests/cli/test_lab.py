"""``medvie lab``: what it prints and writes, and what it refuses."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from medvie_reward.cli._lab_specs import read_specs
from medvie_reward.cli._main import main
from medvie_reward.errors import InputError
from medvie_reward.spec import Spec

CAPTURE = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "lab_reports"
MIX = "clinical+matching=precision_recall+critical_cost=0.25"
GOLD, ROLLOUTS = str(EXAMPLES / "gold.jsonl"), str(EXAMPLES / "rollouts.jsonl")


def test_verdicts_and_tables(capsys: CAPTURE) -> None:
    """A verdict with its reasons for each spec, then drift, break-even and signal; the signature last."""
    assert main(["lab", ROLLOUTS, GOLD, "--specs", f"{MIX},clinical+matching=f1+critical_cost=0"]) == 0
    out = capsys.readouterr()
    assert out.err == ""
    lines = out.out.splitlines()
    assert re.fullmatch(r"40 documents, 160 rollouts, F1 0\.\d{3} \[0\.\d{3}, 0\.\d{3}\]", lines[1])
    assert lines[3].startswith(f"{MIX}: likely to collapse. ")
    assert lines[5] == "clinical+matching=f1+critical_cost=0: nothing found."
    assert "Where the first update pushes: drift, with its standard error" in lines
    fields = [line.split()[0] for line in lines if line.startswith("Indicators[]")]
    assert fields == ["Indicators[].Result", "Indicators[].Critical"]
    assert lines[-1].startswith("F1: medvie|name:clinical|lists:align|")


def test_details(capsys: CAPTURE) -> None:
    assert main(["lab", ROLLOUTS, GOLD, "--specs", "strict", "--details"]) == 0
    out = capsys.readouterr().out
    assert "strict: answers changed by rule, r_matching and F1 against unchanged ones" in out
    assert re.search(r"every row twice +-0\.\d{4}", out)
    assert "strict: answers cut to the fields that are read most surely" in out


def test_page_and_json(tmp_path: Path, capsys: CAPTURE) -> None:
    """One page without a script, and the same numbers as JSON; the simulation reads like the rollouts."""
    page, made = tmp_path / "lab.html", tmp_path / "lab.json"
    quick = ["--simulate", "--seeds", "2", "--steps", "2", "--html", str(page), "--json", str(made)]
    assert main(["lab", ROLLOUTS, GOLD, "--specs", f"{MIX},strict", *quick]) == 0
    printed = capsys.readouterr().out
    found = json.loads(made.read_text(encoding="utf-8"))
    assert list(found["specs"]) == [MIX, "strict"]
    assert found["specs"][MIX]["text"] in printed
    assert found["simulation"]["seeds"] == [0, 1]
    assert "a ranking of specs under one simulated reader, not a forecast of numbers" in printed
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "default-src 'none'; style-src 'sha256-" in unescape(html)
    assert f"{MIX}: likely to collapse" in html
    assert "not a forecast of numbers" in html
    assert html.count("<polyline") == 2 * 4 + 2 * 2


def test_a_name_stays_text_in_the_page(tmp_path: Path) -> None:
    spec = tmp_path / "<b>&.json"
    spec.write_text('{"preset": "strict"}', encoding="utf-8")
    page = tmp_path / "lab.html"
    assert main(["lab", ROLLOUTS, GOLD, "--specs", str(spec), "--html", str(page)]) == 0
    html = page.read_text(encoding="utf-8")
    assert "<b>&" not in html
    assert "&lt;b&gt;&amp;" in html


def test_a_stated_accuracy_in_place_of_rollouts(capsys: CAPTURE) -> None:
    assert main(["lab", GOLD, "--accuracy", "0.3", "--specs", "strict", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["source"], found["documents"], found["completions"]) == ("simulated", 40, 320)
    assert found["simulation"] is None
    assert found["habits"]["accuracy"] == pytest.approx(0.32, abs=0.03)


def test_the_first_documents_alone(capsys: CAPTURE) -> None:
    assert main(["lab", ROLLOUTS, GOLD, "--specs", "strict", "--limit", "6", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["documents"], found["completions"]) == (6, 24)


def test_a_trainers_dump_alone(tmp_path: Path, capsys: CAPTURE) -> None:
    golds = [json.loads(line)["gold"] for line in Path(GOLD).read_text(encoding="utf-8").splitlines()]
    texts = [
        json.loads(line)["completions"] for line in Path(ROLLOUTS).read_text(encoding="utf-8").splitlines()
    ]
    rows = [
        {"input": "q", "output": text, "gts": json.dumps(gold), "score": 0.0, "step": 1}
        for gold, mine in zip(golds, texts, strict=True)
        for text in mine
    ]
    dump = tmp_path / "1.jsonl"
    dump.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert main(["lab", ROLLOUTS, GOLD, "--specs", "strict", "--json", "-"]) == 0
    expected = json.loads(capsys.readouterr().out)["specs"]["strict"]
    assert main(["lab", str(dump), "--step", "1", "--specs", "strict", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["specs"]["strict"]["matching"] == expected["matching"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([ROLLOUTS, GOLD, GOLD], "expected rollouts and gold documents, got 3 files"),
        ([ROLLOUTS, GOLD, "--accuracy", "0.3"], "--accuracy takes the place of rollouts"),
        ([GOLD, "--accuracy", "1"], "--accuracy: expected a share above 0 and below 1"),
        ([GOLD, "--accuracy", "x"], "expected a number from 0 to 1, got 'x'"),
        ([ROLLOUTS, GOLD, "--seeds", "2"], "--seeds requires --simulate"),
        ([ROLLOUTS, GOLD, "--steps", "2"], "--steps requires --simulate"),
        ([GOLD, "--accuracy", "0.3", "--step", "1"], "--step is about rollouts"),
        ([ROLLOUTS, GOLD, "--step", "1"], "--step 1: no row has it; there are no steps"),
        (
            [ROLLOUTS, GOLD, "--specs", "clinicl"],
            "--specs: expected a preset (clinical, strict, paper, donut, smr-r1)",
        ),
        ([ROLLOUTS, GOLD, "--yardstick", "x"], "--yardstick: expected a preset"),
        ([ROLLOUTS], "expected"),
    ],
)
def test_what_is_refused(arguments: list[str], message: str, capsys: CAPTURE) -> None:
    assert code_of(["lab", *arguments]) == 2
    assert message in capsys.readouterr().err


def code_of(arguments: list[str]) -> int:
    """Return the exit code, also where the parser ends the program."""
    try:
        return main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


def test_gold_documents_alone(capsys: CAPTURE) -> None:
    """The message about missing predictions says what they need."""
    assert main(["lab", GOLD]) == 2
    assert capsys.readouterr().err.endswith("; gold documents alone need --accuracy\n")


def test_specs_by_name(tmp_path: Path) -> None:
    """A preset, a preset with changes, and a file with a schema beside it and rules."""
    (tmp_path / "schema.json").write_text('{"type": "object", "properties": {"n": {"type": "number"}}}')
    rules = [{"path": "n", "comparator": "number", "weight": 2}]
    made = {"preset": "strict", "matching": "f1", "schema": "schema.json", "rules": rules}
    (tmp_path / "mine.json").write_text(json.dumps(made))
    found = read_specs(f"clinical, clinical+matching=f1+critical_cost=0,{tmp_path}/mine.json")
    assert list(found) == ["clinical", "clinical+matching=f1+critical_cost=0", "mine"]
    assert found["clinical+matching=f1+critical_cost=0"] == Spec.preset("clinical").replace(
        matching="f1", critical_cost=0.0
    )
    assert (found["mine"].matching, found["mine"].rules[0].weight) == ("f1", 2.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clinical,clinical", "--specs: two are called 'clinical'"),
        ("clinical+matchng=f1", "--specs: no spec field 'matchng'.*did you mean matching"),
        ("clinical+alpha=2", "--specs clinical.alpha=2: spec field 'alpha': expected a finite number"),
        ("FOLDER/none.json", "none.json"),
        ("FOLDER/list.json", "list.json: expected an object of spec fields"),
        ("FOLDER/field.json", "field.json: no spec field 'alfa'"),
        ("FOLDER/rules.json", r"rules.json: expected a list of rules - at \$.rules"),
    ],
)
def test_specs_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "field.json").write_text('{"alfa": 1}')
    (tmp_path / "rules.json").write_text('{"rules": 1}')
    with pytest.raises(InputError, match=message):
        read_specs(text.replace("FOLDER", str(tmp_path)))
