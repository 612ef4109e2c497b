"""The commands as a user meets them: tables, files, exit codes; no traceback, no partial file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from medvie_reward.cli._main import main, main_score

EXAMPLES = Path(__file__).parents[2] / "examples" / "lab_reports"
GOLD = [
    {
        "id": "a",
        "kind": "lab",
        "gold": {"Name": "Li", "L": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": "140"}]},
    },
    {"id": "b", "kind": "ct", "gold": {"Name": "Wu", "L": []}},
]
PRED = [
    {"id": "b", "pred": '<think>t</think><answer>{"Name": "Wu"}</answer>'},
    {"id": "a", "pred": {"Name": "Li", "L": [{"n": "K", "r": "140"}, {"n": "Na", "r": "4.1"}]}},
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    return write(tmp_path / "pred.jsonl", PRED), write(tmp_path / "gold.jsonl", GOLD)


def write(path: Path, rows: list[Any]) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def command(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    program = "import sys; from medvie_reward.cli._main import main_score; sys.exit(main_score())"
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.PIPE, **options,
    )  # fmt: skip


def test_table(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The table has the overall scores, fields worst first, rates, and the signature as its last line."""
    assert main_score([*files]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2 documents"
    assert lines[2].split() == ["micro", "(all", "leaves)", "0.6667", "0.6667", "0.6667"]
    fields = [line.split()[0] for line in lines[lines.index("Per field, worst first") + 2 :][:3]]
    assert fields == ["L[].n", "L[].r", "Name"]
    assert any(
        re.match(r"Leaves +6 gold, 6 predicted: 4 correct, 2 wrong, 0 missing", line) for line in lines
    )
    assert any(re.match(r"Answers +1.0000 found \(2 ok\)", line) for line in lines)
    assert any(re.match(r"Format +1.0000 of completions well formed", line) for line in lines)
    assert lines[-1].startswith("medvie|name:clinical|lists:align|")


def test_medvie_score_is_the_same(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """``medvie score`` and ``medvie-score`` print the same."""
    assert main_score([*files]) == main(["score", *files]) == 0
    out = capsys.readouterr().out
    assert out[: len(out) // 2] == out[len(out) // 2 :]


@pytest.mark.parametrize(
    ("options", "f1"),
    [([], 4 / 6), (["--preset", "paper"], 1.0), (["--preset", "donut"], 1.0), (["--lists", "key:n"], 4 / 6),
     (["--lists", "bag", "--alpha", "0.2"], 1.0), (["--limit", "1"], 3 / 5), (["--workers", "2"], 4 / 6),
     (["--join", "line"], 0.0)],
)  # fmt: skip
def test_options(
    files: tuple[str, str], options: list[str], f1: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """Options change what they say; --json - prints everything as JSON and nothing else."""
    assert main_score([*files, "--json", "-", *options]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["micro"]["f1"] == f1
    if "--alpha" in options:
        assert "|alpha:0.2|" in printed["signature"]


def test_json_and_errors(files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The files hold every document and every leaf that is not correct."""
    out, errors = tmp_path / "out.json", tmp_path / "errors.jsonl"
    assert main_score([*files, "--json", str(out), "--errors", str(errors), "--by", "kind"]) == 0
    printed = json.loads(out.read_text())
    assert [d["id"] for d in printed["documents"]] == ["a", "b"]
    assert {name: group["micro"]["f1"] for name, group in printed["by"].items()} == {"ct": 1.0, "lab": 3 / 5}
    assert [json.loads(line) for line in errors.read_text().splitlines()] == [
        {"id": "a", "field": field, "outcome": "wrong", "kind": None, "gold_path": g, "pred_path": p,
         "gold": gold, "pred": pred, "misplaced": True, "ungrounded": False, "critical": False,
         "credit": 0.0}
        for field, g, p, gold, pred in (
            ("L[].n", "L[0].n", "L[1].n", "K", "Na"),
            ("L[].n", "L[1].n", "L[0].n", "Na", "K"),
        )
    ]  # fmt: skip
    assert "Per kind, worst first" in capsys.readouterr().out


def test_workers_change_nothing(tmp_path: Path) -> None:
    """Any number of processes gives the same bytes in every output."""
    outputs = []
    for workers in ("1", "3"):
        out, errors = tmp_path / f"{workers}.json", tmp_path / f"{workers}.jsonl"
        arguments = [str(EXAMPLES / "ocr_rows.jsonl"), str(EXAMPLES / "gold.jsonl"), "--by", "report_type"]
        assert (
            main_score([*arguments, "--workers", workers, "--json", str(out), "--errors", str(errors)]) == 0
        )
        outputs.append((out.read_bytes(), errors.read_bytes()))
    assert outputs[0] == outputs[1]


def test_sums_of_many_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that are added up where they are scored give the same bytes, however they are dealt out."""
    monkeypatch.setattr("medvie_reward._core.processes._CHUNK", 7)
    outputs = []
    for workers in ("1", "2"):
        out = tmp_path / f"{workers}.json"
        arguments = [str(EXAMPLES / "ocr_rows.jsonl"), str(EXAMPLES / "gold.jsonl"), "--by", "report_type"]
        assert main_score([*arguments, "--workers", workers, "--json", str(out)]) == 0
        outputs.append(out.read_bytes())
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("output", ["-", None])
def test_published_metrics_by_any_number_of_workers(
    output: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tables and JSON with every metric are the same bytes for one process and two, in any order of names."""
    files = [str(EXAMPLES / "ocr_rows.jsonl"), str(EXAMPLES / "gold.jsonl"), "--by", "report_type"]
    out = ["--json", output] if output else []
    printed = []
    for workers, names in (("1", "f1,ted,anls"), ("2", "f1,ted,anls"), ("1", "anls,ted,f1,ted")):
        assert main_score([*files, *out, "--workers", workers, "--metrics", names]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] == printed[2]
    assert "|ted:donut-1.0.9|anls:anls_star-1.0.1" in printed[0]


def test_published_metrics_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON has the means, those of groups and each document's own; a missing prediction counts as 0.0."""
    golds = [*GOLD, {"id": "c", "kind": "ct", "gold": {"Name": "Li"}}]
    files = write(tmp_path / "p.jsonl", PRED), write(tmp_path / "g.jsonl", golds)
    options = ["--by", "kind", "--missing", "zero", "--metrics", "ted,anls", "--json", "-"]
    assert main_score([*files, *options]) == 0
    printed = json.loads(capsys.readouterr().out)
    # a: two results of 3 characters swapped, of names, objects and texts that cost 19, and of 5 leaves.
    # b: an empty list left out is nothing to Donut and one of two leaves to ANLS*.
    ted, anls = {"a": 1 - 6 / 19, "b": 1.0, "c": 0.0}, {"a": 3 / 5, "b": 1 / 2, "c": 0.0}
    assert {d["id"]: d["ted"] for d in printed["documents"]} == pytest.approx(ted)
    assert {d["id"]: d["anls"] for d in printed["documents"]} == pytest.approx(anls)
    assert (printed["ted"], printed["anls"]) == pytest.approx((sum(ted.values()) / 3, sum(anls.values()) / 3))
    assert {name: group["anls"] for name, group in printed["by"].items()} == pytest.approx(
        {"ct": 1 / 4, "lab": 3 / 5}
    )
    assert list(printed["by"]["ct"])[:5] == ["signature", "n", "micro", "macro", "ted"]


@pytest.mark.parametrize("verb", ["medvie-score", "medvie score"])
def test_unknown_metric(verb: str, files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown metric is a usage error that lists the choices."""
    run, first = (main_score, []) if verb == "medvie-score" else (main, ["score"])
    with pytest.raises(SystemExit) as caught:
        run([*first, *files, "--metrics", "f1,bleu"])
    assert caught.value.code == 2
    assert (
        f"{verb}: error: argument --metrics: unknown metric 'bleu': expected some of f1, ted, anls"
        in capsys.readouterr().err
    )


ROWS: list[tuple[list[Any], list[Any], list[str], float]] = [
    ([{"a": 1}], [{"a": 1}], [], 1.0),
    ([{"id": 1, "a": 1}, {"id": 2, "a": 2}], [{"id": 2, "a": 2}, {"id": 1, "a": 1}], [], 1.0),
    (['```json\n{"a": 1}\n```'], [{"a": 1}], [], 1.0),
    ([{"completion": '{"a": 1}'}], [{"ground_truth": '{"a": 1}'}], [], 1.0),
    ([{"mine": {"a": 1}}], [{"theirs": {"a": 1}}], ["--pred-key", "mine", "--gold-key", "theirs"], 1.0),
    ([{"uid": "x", "pred": {"a": 1}}], [{"uid": "x", "gold": {"a": 1}}], ["--id-key", "uid"], 1.0),
    ([{"id": 1, "pred": None}], [{"id": 1, "gold": {"a": 1}}], [], 0.0),
    (
        [{"id": 1, "pred": {"a": 1}}],
        [{"id": n, "gold": {"a": 1}} for n in (1, 2)],
        ["--missing", "zero"],
        2 / 3,
    ),
    (
        [{"id": 1, "pred": {"a": 1}}],
        [{"id": n, "gold": {"a": 1}} for n in (1, 2)],
        ["--missing", "skip"],
        1.0,
    ),
]


@pytest.mark.parametrize(("preds", "golds", "options", "f1"), ROWS, ids=range(len(ROWS)))
def test_rows(
    preds: list[Any], golds: list[Any], options: list[str], f1: float, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Rows may be wrapped in all the usual ways."""
    files = write(tmp_path / "p.jsonl", preds), write(tmp_path / "g.jsonl", golds)
    assert main_score([*files, "--json", "-", *options]) == 0
    assert json.loads(capsys.readouterr().out)["micro"]["f1"] == pytest.approx(f1)


BAD: list[tuple[list[Any], list[Any], list[str], str]] = [
    (PRED, GOLD[:1], [], "1 prediction without a gold document ('b')"),
    ([{"pred": {}}], [{"gold": 3}], [], "g.jsonl:1: gold: expected an object or a list, got int"),
    ([{"pred": {}}], [{"gold": "{"}], [], "g.jsonl:1: gold: expected JSON text"),
    ([{"pred": {}}, {"output": {}}], [{}, {}], [], "p.jsonl:2: expected an object with the member 'pred'"),
    ([{"pred": {}}], [{"gold": {}}], ["--by", "kind"], "neither gold nor prediction has the member 'kind'"),
    (PRED, GOLD, ["--alpha", "7"], "spec field 'alpha': expected a finite number from 0 to 1, got 7.0"),
    (PRED, GOLD, ["--lists", "sorted"], "spec field 'lists': expected 'align'"),
    (PRED, GOLD, ["--preset", "donut", "--lists", "align"], "expected 'bag' with reading 'donut'"),
    (PRED, GOLD, ["--preset", "smr-r1", "--errors", "e.jsonl"], "--errors looks at aligned leaves"),
    (PRED, GOLD, ["--json", "none/out.json"], "none/out.json: cannot be written"),
]


@pytest.mark.parametrize(("preds", "golds", "options", "message"), BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("workers", ["1", "2"])
def test_bad_input(
    preds: list[Any], golds: list[Any], options: list[str], message: str, workers: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Exit code 2, one line that says where and what was expected, and no file left behind."""
    monkeypatch.chdir(tmp_path)
    files = write(Path("p.jsonl"), preds), write(Path("g.jsonl"), golds)
    out = [] if "--json" in options else ["--json", "out.json"]
    errors = [] if "--errors" in options or "smr-r1" in options else ["--errors", "errors.jsonl"]
    assert main_score([*files, *options, *out, *errors, "--workers", workers]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("medvie-score: error: ")
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert sorted(os.listdir()) == ["g.jsonl", "p.jsonl"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["x", "y", "z"],
        ["x", "y", "--workers", "0"],
        ["x", "y", "--preset", "best"],
        ["x", "y", "--limit", "q"],
    ],
)
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A usage error exits with 2 and shows the usage."""
    with pytest.raises(SystemExit) as caught:
        main_score(arguments)
    assert caught.value.code == 2
    assert "usage: medvie-score" in capsys.readouterr().err


def test_standard_input_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard input cannot be both files."""
    assert main_score(["-", "-"]) == 2
    assert "standard input can be read once only" in capsys.readouterr().err


def test_standard_input(files: tuple[str, str]) -> None:
    """Predictions may come through a pipe."""
    process = command("-", files[1], "--json", "-")
    out, _ = process.communicate(Path(files[0]).read_bytes())
    assert process.returncode == 0
    assert json.loads(out)["micro"]["f1"] == 4 / 6


def test_closed_pipe(files: tuple[str, str]) -> None:
    """A reader that goes away (| head) gets no traceback."""
    process = command(*files)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait() == 141
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.stdin is not None
    process.stdin.close()


def test_help_names_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """The help says what a row may be and what the exit codes mean."""
    with pytest.raises(SystemExit) as caught:
        main_score(["--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    assert "exit codes: 0 scored, 2 a usage or input error" in printed
    assert "completion, response, output, prediction or pred" in printed


def test_csv_and_markdown(files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both files hold what `-` prints; a row per document, with the numbers of the JSON output."""
    import csv

    made = {}
    for kind in ("csv", "markdown"):
        file = tmp_path / f"out.{kind}"
        assert main_score([*files, "--by", "kind", f"--{kind}", str(file)]) == 0
        assert capsys.readouterr().out.startswith("2 documents\n")
        assert main_score([*files, "--by", "kind", f"--{kind}", "-"]) == 0
        made[kind] = capsys.readouterr().out
        assert file.read_bytes().decode() == made[kind]
    rows = list(csv.DictReader(made["csv"].splitlines()))
    assert [(row["id"], row["group"], row["f1"], row["wrong"]) for row in rows] == [
        ("a", "lab", "0.6", "2"),
        ("b", "ct", "1.0", "0"),
    ]
    assert "**Per kind, worst first**" in made["markdown"]


@pytest.mark.parametrize("kind", ["csv", "markdown"])
def test_exports_of_smr_r1(files: tuple[str, str], kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The preset without an alignment has them too."""
    assert main_score([*files, "--preset", "smr-r1", f"--{kind}", "-"]) == 0
    assert capsys.readouterr().out.startswith({"csv": "id,group,", "markdown": "**2 documents**"}[kind])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--csv", "-", "--json", "-"],
            "--json and --csv cannot both be printed: expected - for one of them",
        ),
        (["--csv", "x", "--markdown", "./x"], "./x: --csv and --markdown name one file: expected different"),
        (["--json", "x", "--errors", "x"], "x: --json and --errors name one file: expected different names"),
        (["--csv", "none/x.csv"], "none/x.csv: cannot be written"),
    ],
)
def test_outputs_in_one_place(
    files: tuple[str, str], options: list[str], message: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Two outputs in one place are refused, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert main_score([*files, *options]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert sorted(os.listdir()) == ["gold.jsonl", "pred.jsonl"]


def test_csv_to_the_null_device(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A device may be named twice: nothing is replaced there."""
    assert main_score([*files, "--csv", os.devnull, "--markdown", os.devnull]) == 0
    assert capsys.readouterr().out.startswith("2 documents\n")
