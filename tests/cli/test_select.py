"""The verb as a user meets it: rows unchanged and in order, tables, reports, no partial file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medvie_reward.cli._main import main
from medvie_reward.cli._select import add_select_arguments, run_select
from medvie_reward.errors import InputError
from medvie_reward.selection import _coverage_plot as coverage_plot

EXAMPLES = Path(__file__).parents[2] / "examples" / "lab_reports" / "gold.jsonl"


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_select_arguments(parser)
    options = parser.parse_args(arguments)
    assert options.run is run_select
    return int(options.run(options))


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    """Rows whose very text must survive: spacing, escapes, members of all kinds."""
    lines = [
        '{"id": "a",  "report_type": "ct", "gold": {"x": "\\u809d"}, "page": 1.50}',
        '{"id":"b","report_type":"ct","gold":{"x":"1","y":"22 ab"},"page":[ ]}',
        '{"gold": {"L": [{"r": "5"}, {"r": ""}]}, "report_type": "lab", "id": "c"}',
        '{"id": "d", "report_type": "lab", "gold": {"L": [{"r": "6"}], "z": "word"}}',
        '{"id": "d2", "report_type": "lab", "gold": {"L": [{"r": "6"}], "z": "word"}}  ',
    ]
    path = tmp_path / "pool.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_rows_unchanged(pool: Path, tmp_path: Path) -> None:
    """Chosen rows are the very lines, in the order of the ids file; the repeat comes last."""
    out, ids = tmp_path / "out.jsonl", tmp_path / "ids.txt"
    assert run(str(pool), "-k", "5", "--out", str(out), "--ids", str(ids)) == 0
    written = out.read_text(encoding="utf-8").split("\n")
    named = ids.read_text(encoding="utf-8").splitlines()
    assert written.pop() == ""
    assert sorted(written) == sorted(line.rstrip() for line in pool.read_text(encoding="utf-8").split("\n"))
    assert [json.loads(line)["id"] for line in written] == named
    assert named[-1] == "d2"


def test_prefix(tmp_path: Path) -> None:
    """The first rows of a larger selection are the smaller one; two runs write the same bytes."""
    texts = []
    for n, k in enumerate((10, 10, 4)):
        out = tmp_path / f"{n}.jsonl"
        run(str(EXAMPLES), "-k", str(k), "--method", "kcentre", "--out", str(out))
        texts.append(out.read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    assert texts[0].splitlines()[:4] == texts[2].splitlines()


def test_table(pool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table says what was chosen, what it covers, and what of the schema nobody fills."""
    schema = tmp_path / "schema.json"
    schema.write_text('{"properties": {"x": {"type": "string"}, "w": {"type": "string"}}}', encoding="utf-8")
    run(
        str(pool), "-k", "4", "--out", str(tmp_path / "o"), "--schema", str(schema), "--by", "report_type",
        "--weights", "type=2,lists=0", "--baselines", "3",
    )  # fmt: skip
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "4 of 5 documents, kcentre, weights: type 2, fields 1, text 1"
    assert lines[1] == "1 exact repeat, taken only after all others"
    assert " ".join(lines[3].split()) == "all chosen random, mean (min to max of 3)"
    assert lines[6].split()[:4] == ["report", "types", "2", "2"]
    assert lines[7].split()[:3] == ["fields", "4", "4"]
    assert lines[-3:] == ["quotas: ct 2, lab 2", "", "fields of the schema that no document fills: w"]


def test_report(pool: Path, tmp_path: Path) -> None:
    """The report has every choice and every number as JSON."""
    report = tmp_path / "r.json"
    run(
        str(pool), "--out", str(tmp_path / "o"), "--report", str(report), "--method", "kcentre",
        "--by", "report_type", "--quota", '{"lab": 2}', "--random", "2", "--seed", "7",
    )  # fmt: skip
    made = json.loads(report.read_text(encoding="utf-8"))
    assert (made["method"], made["by"], made["quotas"]) == ("kcentre", "report_type", {"ct": 0, "lab": 2})
    assert (made["n"], made["k"], made["distinct"], made["seeds"]) == (5, 2, 4, [7, 8])
    assert set(made["picks"]) == {"c", "d"}
    assert made["kinds_chosen"] == {"lab": 2, "ct": 0}
    assert made["chosen"]["fields"] == 2
    assert len(made["largest"]) == len(made["largest_mean"]) == 2


def test_embeddings(pool: Path, tmp_path: Path) -> None:
    """Embeddings alone choose where they alone have a weight."""
    np.save(tmp_path / "e.npy", np.array([[0.0], [1.0], [2.0], [10.0], [-30.0]], np.float32))
    ids = tmp_path / "ids"
    run(
        str(pool), "-k", "3", "--out", str(tmp_path / "o"), "--ids", str(ids), "--embeddings",
        str(tmp_path / "e.npy"), "--weights", "type=0,fields=0,lists=0,text=0",
    )  # fmt: skip
    assert ids.read_text(encoding="utf-8").split() == ["a", "d2", "d"]


def test_quota_file(pool: Path, tmp_path: Path) -> None:
    """Numbers may stand in a file; -k may be left out."""
    (tmp_path / "q.json").write_text('{"ct": 1, "lab": 2}', encoding="utf-8")
    out = tmp_path / "o"
    run(str(pool), "--out", str(out), "--by", "report_type", "--quota", str(tmp_path / "q.json"))
    kinds = [json.loads(line)["report_type"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert sorted(kinds) == ["ct", "lab", "lab"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-k", "2", "--method", "facility"], "method 'facility' was removed: use kcentre"),
        (["-k", "2", "--method", "random"], "no method 'random': expected kcentre"),
        (["-k", "6"], "6 picks out of 5 documents: expected 1 to 5"),
        ([], "expected -k, the number of documents"),
        (
            ["-k", "2", "--weights", "text"],
            "--weights: expected GROUP=NUMBER once for each group, got 'text'",
        ),
        (["-k", "2", "--weights", "text=1,text=2"], "once for each group, got 'text=2'"),
        (["-k", "2", "--weights", "text=x"], "got 'text=x'"),
        (["-k", "2", "--weights", "text=nan"], "weight of text: expected a finite number"),
        (["-k", "2", "--weights", "image=1"], "no feature group 'image'"),
        (["-k", "2", "--quota", "equal"], "expected --by KEY beside it"),
        (
            ["-k", "2", "--by", "site"],
            r"pool\.jsonl:1: expected a string or a number - at \$.site, got nothing",
        ),
        (
            ["-k", "4", "--by", "report_type", "--quota", '{"ct": 3, "lab": 1}'],
            "quota of 3 for 'ct', which has 2",
        ),
        (["-k", "3", "--by", "report_type", "--quota", '{"ct": 2}'], "quotas add up to 2: expected 3"),
        (
            ["-k", "2", "--by", "report_type", "--quota", '{"ct": "2"}'],
            "--quota: expected an object of integers",
        ),
        (["-k", "2", "--by", "report_type", "--quota", "{bad"], "--quota:1: "),
        (["-k", "2", "--by", "report_type", "--quota", "even"], "even: "),
        (["-k", "2", "--embeddings", "none.npy"], "none.npy: cannot be read"),
        (["-k", "2", "--schema", "none.json"], "none.json: "),
        (["-k", "2", "--plot", "p.gif"], "p.gif: expected a name that ends in"),
        (["-k", "2", "--id-key", "name", "--ids", "ids"], "has no ids in 'name': expected them"),
    ],
)
def test_errors_leave_nothing(
    pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    """Whatever is wrong, the message names it and no file is left."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        run(str(pool), "--out", "o", "--report", "r", *arguments)
    assert [x.name for x in tmp_path.iterdir()] == ["pool.jsonl"]


@pytest.mark.parametrize(
    ("flag", "name", "message"),
    [
        ("--out", "pool.jsonl", "--out would overwrite"),
        ("--ids-out", "o", "o: --out and --ids-out name one file: expected different names"),
        ("--json", "./o", "./o: --out and --json name one file: expected different names"),
        ("--json", "r.json.gz", "expected a name without .gz"),
    ],
)
def test_names(
    pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: str, name: str, message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """No file is written over one that is read, nor two into one."""
    monkeypatch.chdir(tmp_path)
    before = pool.read_bytes()
    assert main(["select", "pool.jsonl", "-k", "1", "--out", "o", flag, name]) == 2
    assert message in capsys.readouterr().err
    assert pool.read_bytes() == before
    assert [x.name for x in tmp_path.iterdir()] == ["pool.jsonl"]


def test_id_of_two_lines(tmp_path: Path) -> None:
    """An id that would break the file of ids is an error."""
    rows: list[Any] = [{"id": "a\nb", "gold": {"x": "1"}}]
    (tmp_path / "p").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with pytest.raises(InputError, match=r"p:1: the id 'a.nb' is no line of text"):
        run(str(tmp_path / "p"), "-k", "1", "--out", str(tmp_path / "o"), "--ids", str(tmp_path / "i"))
    assert [x.name for x in tmp_path.iterdir()] == ["p"]


def test_plot_without_matplotlib(pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plot without matplotlib fails before any work, and says what to install."""
    monkeypatch.setattr(coverage_plot, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install "medvie-reward\[plot\]"'):
        run(str(pool), "-k", "1", "--out", str(tmp_path / "o"), "--plot", str(tmp_path / "p.png"))
    assert [x.name for x in tmp_path.iterdir()] == ["pool.jsonl"]


def test_help_needs_no_work(capsys: pytest.CaptureFixture[str]) -> None:
    """Usage errors are argparse's."""
    with pytest.raises(SystemExit):
        run("pool.jsonl", "-k", "0", "--out", "o")
    assert "expected an integer of at least 1" in capsys.readouterr().err
