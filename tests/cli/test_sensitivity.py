"""``medvie sensitivity``: what it prints and writes, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from medvie_reward.cli._main import main

CAPTURE = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "lab_reports"
GOLD = str(EXAMPLES / "gold.jsonl")
PLAIN, ROWS = str(EXAMPLES / "ocr_plain.jsonl"), str(EXAMPLES / "ocr_rows.jsonl")
QUICK = ["--draws", "50", "--rates", "5"]


def ablate(capsys: CAPTURE, *arguments: str, gold: str = GOLD) -> str:
    assert main(["sensitivity", *arguments, "--gold", gold, *QUICK]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def write(path: Path, *rows: Any) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_docs_show_what_the_command_prints(capsys: CAPTURE, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's command gives the page's output, line by line; of the signature its own part."""
    page = (ROOT / "docs" / "ablation.md").read_text(encoding="utf-8")
    shown = re.search(r"```sh\nmedvie (sensitivity examples.*?)\n```.*?```\n(.*?)\n```", page, re.DOTALL)
    assert shown is not None
    monkeypatch.chdir(ROOT)
    assert main(shown[1].split()) == 0
    printed = capsys.readouterr().out.splitlines()
    head, tail = shown[2].splitlines()[-1].split("…")
    assert printed[:-1] == shown[2].splitlines()[:-1]
    assert printed[-1].startswith(head)
    assert printed[-1].endswith(tail)


def test_tables(capsys: CAPTURE) -> None:
    """Figures, pairs, sets, slips; all documents are the size where none of the usual ones fits."""
    lines = ablate(capsys, PLAIN, f"rows={ROWS}", "--noise", "typos").splitlines()
    assert lines[0] == "40 documents"
    assert [line.split() for line in lines[2:4]] == [["ocr_plain", "0.6871"], ["rows", "0.9330"]]
    at = lines.index("Samples of n documents: mean, standard deviation, 95% range")
    assert re.match(r"40  0\.6\d{3} ±0\.0\d{3} \[", lines[at + 2])
    assert "rows compared with ocr_plain  1.000 / 1.000" in lines
    at = lines.index("Annotation noise: micro F1 and its change, rank correlations")
    assert lines[at + 2].startswith("typos  0.05   0.05")
    assert lines[at + 3] == ""
    assert lines[-1].endswith(
        "|figure:micro_f1|subsampling:with-replacement|sizes:40|draws:50|seed:20250613"
        "|noise:typos|rates:0.05|noise-seed:20250613"
    )


def test_json_is_what_is_printed(capsys: CAPTURE, tmp_path: Path) -> None:
    """The file holds the same as ``--json -`` prints, by one process or two."""
    file = tmp_path / "out.json"
    ablate(capsys, PLAIN, ROWS, "--json", str(file))
    printed = json.loads(ablate(capsys, PLAIN, ROWS, "--json", "-", "--workers", "2"))
    assert json.loads(file.read_bytes()) == printed
    assert printed["pairs"][0]["systems"] == ["ocr_plain", "ocr_rows"]
    assert printed["pairs"][0]["needed"] == 8
    assert [(found["kind"], found["rate"]) for found in printed["noise"]] == [
        ("typos", 0.05), ("dropped_rows", 0.05), ("swapped_values", 0.05)
    ]  # fmt: skip
    assert set(printed["noise"][0]["rewards"]) == {"ocr_plain", "ocr_rows"}


@pytest.mark.parametrize("figure", ["macro_f1", "ted", "anls", "hallucination_rate"])
def test_figures_are_those_of_score(figure: str, capsys: CAPTURE) -> None:
    """Any figure of a corpus can be looked at."""
    printed = json.loads(ablate(capsys, PLAIN, ROWS, "--figure", figure, "--noise", "none", "--json", "-"))
    assert main(["score", ROWS, GOLD, "--metrics", "f1,ted,anls", "--json", "-"]) == 0
    score = json.loads(capsys.readouterr().out)
    expected = {"macro_f1": score["macro"]["f1"], "hallucination_rate": score["micro"]["hallucination_rate"]}
    assert printed["figures"]["ocr_rows"] == pytest.approx(expected.get(figure, score.get(figure)))
    assert printed["noise"] == []
    assert ("|ted:" in printed["signature"]) is (figure == "ted")


def test_without_noise_nothing_is_said_of_it(capsys: CAPTURE) -> None:
    """No table, no note, no part of the signature."""
    out = ablate(capsys, PLAIN, ROWS, "--noise", "none", "--preset", "smr-r1")
    assert "noise" not in out


@pytest.mark.parametrize(
    "changed", [["--seed", "1"], ["--draws", "60"], ["--sizes", "20"], ["--rates", "7"], ["--noise", "typos"],
                ["--figure", "macro_f1"], ["--preset", "strict"]],
)  # fmt: skip
def test_every_choice_is_in_the_signature(capsys: CAPTURE, changed: list[str]) -> None:
    """One choice changed, another signature."""
    signatures = set()
    for more in ([], changed):
        assert main(["sensitivity", PLAIN, ROWS, "--gold", GOLD, *QUICK, *more]) == 0
        signatures.add(capsys.readouterr().out.splitlines()[-1])
    assert len(signatures) == 2


def test_order_of_the_file_does_not_matter(capsys: CAPTURE, tmp_path: Path) -> None:
    """Slips go by id: a gold file turned round gives the same figures under noise."""
    turned = tmp_path / "gold.jsonl"
    turned.write_text("".join(reversed(Path(GOLD).read_text("utf-8").splitlines(keepends=True))), "utf-8")
    one, other = (json.loads(ablate(capsys, PLAIN, ROWS, "--json", "-", gold=g)) for g in (GOLD, str(turned)))
    for a, b in zip(one["noise"], other["noise"], strict=True):
        assert a["figures"] == pytest.approx(b["figures"])


def test_missing_predictions(capsys: CAPTURE, tmp_path: Path) -> None:
    """A gold without a prediction is an error, or no answer; golds without ids are named by line."""
    gold = write(tmp_path / "gold.jsonl", *({"id": n, "gold": {"a": "x"}} for n in "123"))
    one = write(tmp_path / "one.jsonl", {"id": "1", "pred": {"a": "x"}})
    two = write(tmp_path / "two.jsonl", *({"id": n, "pred": {"a": "x"}} for n in "123"))
    assert main(["sensitivity", one, two, "--gold", gold, *QUICK]) == 2
    assert "2 gold documents without a prediction" in capsys.readouterr().err
    printed = json.loads(
        ablate(capsys, one, two, "--missing", "zero", "--json", "-", "--figure", "macro_f1", gold=gold)
    )
    assert printed["figures"] == pytest.approx({"one": 1 / 3, "two": 1.0})
    lines = [write(tmp_path / f"{name}.jsonl", {"a": "x"}, {"a": "y"}) for name in ("g", "p", "q")]
    assert json.loads(ablate(capsys, *lines[1:], "--json", "-", gold=lines[0]))["pairs"][0]["needed"] is None
    assert "no number" in ablate(capsys, *lines[1:], gold=lines[0])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([PLAIN], "expected predictions of at least two systems"),
        ([PLAIN, PLAIN], "two systems are named 'ocr_plain'"),
        ([PLAIN, "none.jsonl"], "none.jsonl: cannot be read"),
        ([PLAIN, ROWS, "--figure", "f1"], "--figure: expected one of micro_precision"),
        ([PLAIN, ROWS, "--sizes", "50"], "sizes: expected integers from 2 to 40"),
        ([PLAIN, ROWS, "--sizes", "5,x"], "--sizes: expected numbers with commas between, got '5,x'"),
        ([PLAIN, ROWS, "--rates", "1;2"], "--rates: expected numbers with commas between, got '1;2'"),
        ([PLAIN, ROWS, "--rates", "101"], "--rates: expected per cents from 0 to 100, got 101"),
        ([PLAIN, ROWS, "--rates", "nan"], "--rates: expected per cents from 0 to 100, got nan"),
        ([PLAIN, ROWS, "--noise", "blots"], "--noise: expected some of typos, dropped_rows"),
        ([PLAIN, ROWS, "--draws", "1"], "at least 2 draws"),
        ([PLAIN, ROWS, "--pred-key", "nothing"], "expected an object with the member 'nothing'"),
        ([PLAIN, ROWS, "--json", "none/x.json"], "none/x.json: cannot be written"),
    ],
)  # fmt: skip
def test_what_is_refused(
    capsys: CAPTURE, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], reason: str
) -> None:
    """Exit code 2, one line that says what was expected, no file."""
    monkeypatch.chdir(tmp_path)
    assert (
        main(
            ["sensitivity", "--draws", "50", "--rates", "5", "--json", "out.json", *arguments, "--gold", GOLD]
        )
        == 2
    )
    captured = capsys.readouterr()
    assert captured.out == ""
    assert reason in captured.err
    assert captured.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_bad_gold_is_named(capsys: CAPTURE, tmp_path: Path) -> None:
    """With its file and line; nothing is written."""
    gold = write(tmp_path / "gold.jsonl", {"gold": {"a": "x"}}, {"gold": 3})
    preds = [write(tmp_path / name, {"pred": {}}, {"pred": {}}) for name in ("a.jsonl", "b.jsonl")]
    assert main(["sensitivity", *preds, "--gold", gold, "--json", str(tmp_path / "out.json")]) == 2
    assert "gold.jsonl:2: gold: expected an object or a list, got int" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl", "gold.jsonl"]


def test_narrow_screens_have_fewer_columns(capsys: CAPTURE, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal of 80 columns, ranges and correlations of rewards are left out."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    import sys

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    out = re.sub(r"\x1b\[[0-9;]*m", "", ablate(capsys, PLAIN, ROWS))
    assert "rewards ocr_rows" not in out
    assert "± " not in out
    assert max(len(line.rstrip()) for line in out.splitlines() if line.startswith(("40", "typos"))) <= 80
