"""``medvie compare``: what it prints and writes, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from medvie_reward.cli._main import main
from medvie_reward.corpus._slices import BOUNDS

CAPTURE = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "lab_reports"
GOLD = str(EXAMPLES / "gold.jsonl")
PLAIN, ROWS = str(EXAMPLES / "ocr_plain.jsonl"), str(EXAMPLES / "ocr_rows.jsonl")
QUICK = ["--resamples", "500"]


def compare(capsys: CAPTURE, *arguments: str) -> str:
    assert main(["compare", *arguments, *QUICK]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def refuse(capsys: CAPTURE, *arguments: str) -> str:
    assert main(["compare", *arguments, *QUICK]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def write(path: Path, *rows: Any) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_tables(capsys: CAPTURE) -> None:
    """Systems side by side, differences, fields, slices, documents, the signature last."""
    out = compare(capsys, PLAIN, f"rows={ROWS}", "--gold", GOLD, "--by", "report_type", "--fields", "3")
    lines = out.splitlines()
    assert lines[0] == "40 documents"
    assert lines[1].split() == ["ocr_plain", "rows"]
    titles = [line for line in lines if line.startswith("rows compared with ocr_plain")]
    assert titles == [
        "rows compared with ocr_plain",
        "rows compared with ocr_plain: F1 per field, largest difference first, few last",
        "rows compared with ocr_plain: micro F1 per report_type",
        "rows compared with ocr_plain: documents that differ most",
    ]
    assert "… and 18 more fields" in lines
    assert [line.split()[0] for line in lines if line.startswith("blood test")] == ["blood"]
    assert "few: fewer than 20 documents; read such a row as a hint." in lines
    assert lines[-1].startswith("medvie|name:clinical|")
    assert lines[-1].endswith(
        "|bootstrap:expanded|resamples:500|confidence:0.95|seed:20250613"
        "|test:approximate-randomisation|adjusted:holm|slices:report_type"
    )


def test_docs_show_what_the_command_prints(capsys: CAPTURE, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's command gives the page's output, line by line; of the signature its own part."""
    page = (ROOT / "docs" / "comparing.md").read_text(encoding="utf-8")
    shown = re.search(r"```sh\nmedvie (compare examples.*?)\n```.*?```\n(.*?)\n```", page, re.DOTALL)
    assert shown is not None
    monkeypatch.chdir(ROOT)
    assert main(shown[1].split()) == 0
    printed = capsys.readouterr().out.splitlines()
    head, tail = shown[2].splitlines()[-1].split("…")
    assert printed[:-1] == shown[2].splitlines()[:-1]
    assert printed[-1].startswith(head)
    assert printed[-1].endswith(tail)


def test_docs_name_the_bounds_of_slices() -> None:
    """The table of slices has the bounds that hold."""
    page = (ROOT / "docs" / "comparing.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(rows|length|fields)` \|.*\| ([\d, ]+) \|$", page, re.MULTILINE)
    assert {name: ", ".join(map(str, bounds)) for name, bounds in BOUNDS.items()} == dict(shown)


def test_json_is_what_is_printed(capsys: CAPTURE, tmp_path: Path) -> None:
    """The file holds the same as ``--json -`` prints, and the figures that `medvie score` gives."""
    file = tmp_path / "contest.json"
    compare(capsys, PLAIN, ROWS, "--gold", GOLD, "--json", str(file))
    printed = json.loads(compare(capsys, PLAIN, ROWS, "--gold", GOLD, "--json", "-"))
    assert json.loads(file.read_bytes()) == printed
    assert main(["score", ROWS, GOLD, "--json", "-"]) == 0
    score = json.loads(capsys.readouterr().out)
    assert printed["systems"]["ocr_rows"]["micro_f1"]["value"] == pytest.approx(score["micro"]["f1"])
    fields = printed["versus"]["ocr_rows"]["fields"]
    assert {name: x["other"] for name, x in fields.items()} == pytest.approx(
        {name: score["fields"][name]["f1"] for name in fields}
    )


def test_other_workers_give_the_same_bytes(capsys: CAPTURE) -> None:
    """Processes change nothing."""
    arguments = (PLAIN, ROWS, "--gold", GOLD, "--by", "rows", "--cluster", "language")
    assert compare(capsys, *arguments) == compare(capsys, *arguments, "--workers", "2")


@pytest.mark.parametrize(
    "change", [["--seed", "1"], ["--confidence", "0.9"], ["--interval-method", "bca"],
               ["--cluster", "language"], ["--by", "rows"], ["--preset", "strict"], ["--metrics", "f1,ted"]],
)  # fmt: skip
def test_every_choice_is_in_the_signature(capsys: CAPTURE, change: list[str]) -> None:
    """One choice changed, another signature."""
    plain = compare(capsys, PLAIN, ROWS, "--gold", GOLD).splitlines()[-1]
    assert compare(capsys, PLAIN, ROWS, "--gold", GOLD, *change).splitlines()[-1] != plain


def test_a_gold_without_a_prediction(capsys: CAPTURE, tmp_path: Path) -> None:
    """It is an error, or counts as no answer."""
    gold = write(tmp_path / "gold.jsonl", {"id": "1", "gold": {"a": "x"}}, {"id": "2", "gold": {"a": "y"}})
    one = write(tmp_path / "one.jsonl", {"id": "1", "pred": {"a": "x"}})
    two = write(tmp_path / "two.jsonl", {"id": "1", "pred": {"a": "x"}}, {"id": "2", "pred": {"a": "y"}})
    assert "1 gold document without a prediction" in refuse(capsys, one, two, "--gold", gold)
    made = json.loads(compare(capsys, one, two, "--gold", gold, "--missing", "zero", "--json", "-"))
    assert made["versus"]["two"]["figures"]["macro_f1"]["first"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([PLAIN], "expected predictions of at least two systems"),
        ([PLAIN, PLAIN], "two systems are named 'ocr_plain': expected NAME=FILE with different names"),
        (["=x.jsonl", PLAIN], "'=x.jsonl': expected a file, or NAME=FILE"),
        ([PLAIN, "none.jsonl"], "none.jsonl: cannot be read: No such file or directory"),
        ([PLAIN, ROWS, "--by", "nothing"], "gold.jsonl: --by nothing: expected rows, length, fields"),
        (
            [PLAIN, ROWS, "--cluster", "patient"],
            "gold.jsonl:1: has no member 'patient', which --cluster names",
        ),
        ([PLAIN, ROWS, "--confidence", "1"], "confidence: expected a number above 0 and below 1, got 1.0"),
        ([PLAIN, ROWS, "--json", "none/x.json"], "none/x.json: cannot be written: No such file or directory"),
    ],
)
def test_what_is_refused(
    capsys: CAPTURE, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], reason: str
) -> None:
    """The message says what was expected."""
    monkeypatch.chdir(tmp_path)
    assert reason in refuse(capsys, *arguments, "--gold", GOLD)


def test_no_file_after_an_error(capsys: CAPTURE, tmp_path: Path) -> None:
    """A bad gold in the last line leaves nothing behind."""
    gold = write(tmp_path / "gold.jsonl", {"gold": {"a": "x"}}, {"gold": 3})
    preds = [write(tmp_path / name, {"pred": {}}, {"pred": {}}) for name in ("a.jsonl", "b.jsonl")]
    message = refuse(capsys, *preds, "--gold", gold, "--json", str(tmp_path / "out.json"))
    assert "gold.jsonl:2: gold: expected an object or a list, got int" in message
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl", "gold.jsonl"]


def test_what_a_system_lacks_is_left_out_for_all(tmp_path: Path, capsys: CAPTURE) -> None:
    """With ``--missing skip`` every system is scored on the golds that all of them read, slices too."""
    rows = {name: [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
            for name, file in (("plain", PLAIN), ("rows", ROWS), ("gold", GOLD))}  # fmt: skip
    ids = [row["id"] for row in rows["gold"]]

    def write(name: str, kept: list[str]) -> str:
        lines = [json.dumps(row) + "\n" for row in rows[name] if row["id"] in kept]
        (tmp_path / f"{name}{len(kept)}.jsonl").write_text("".join(lines), "utf-8")
        return str(tmp_path / f"{name}{len(kept)}.jsonl")

    both = ids[3:-2]
    options = ["--by", "language", "--resamples", "50", "--json", "-"]
    part = [f"a={write('plain', ids[3:])}", f"b={write('rows', ids[:-2])}"]
    whole = [f"a={write('plain', both)}", f"b={write('rows', both)}"]
    found = json.loads(compare(capsys, *part, "--gold", GOLD, "--missing", "skip", *options))
    assert found == json.loads(compare(capsys, *whole, "--gold", write("gold", both), *options))
    assert main(["compare", *part, "--gold", GOLD]) == 2
    none = [f"a={write('plain', ids[:1])}", f"b={write('rows', ids[-4:])}"]
    for verb in ("compare", "sensitivity"):
        assert main([verb, *none, "--gold", GOLD, "--missing", "skip"]) == 2
        assert "no gold document with a prediction of every system" in capsys.readouterr().err
    ablated = []
    for systems, gold in ((part, GOLD), (whole, write("gold", both))):
        skip = ["--missing", "skip", "--draws", "20", "--rates", "5", "--json", "-"]
        assert main(["sensitivity", *systems, "--gold", gold, *skip]) == 0
        ablated.append(json.loads(capsys.readouterr().out))
    assert ablated[0] == ablated[1]
