"""Standard streams as a command finds them: of any encoding, closed, full, or left by their reader."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.live import environment

NAME = "姓名"
GOLD = {"gold": {NAME: "李", "é": "1", "\U0001f600": "ë↑"}}
PRED = {"prediction": {NAME: "王", "é": "1"}}
PROGRAM = f"{sys.executable} -m medvie_reward"

PRINTING = [
    "score p.jsonl g.jsonl",
    "score p.jsonl g.jsonl --json -",
    "score p.jsonl g.jsonl --markdown -",
    "score p.jsonl g.jsonl --csv -",
    "explain g.jsonl",
    "explain g.jsonl --json -",
    "compare a=p.jsonl b=q.jsonl --gold g.jsonl",
    "compare a=p.jsonl b=q.jsonl --gold g.jsonl --json -",
    "agreement g.jsonl g.jsonl",
    "agreement g.jsonl g.jsonl --json -",
    "sensitivity a=p.jsonl b=q.jsonl --gold g.jsonl --draws 5 --noise none --sizes 2",
    "sensitivity a=p.jsonl b=q.jsonl --gold g.jsonl --draws 5 --noise none --sizes 2 --json -",
    "select g.jsonl -k 1 -o chosen.jsonl",
    "select g.jsonl -k 1 -o chosen.jsonl --json -",
    "audit g.jsonl --only identity --only blanks-as-null",
    "audit g.jsonl --only identity --json -",
    "score --help",
    "completion bash",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, row in (("g", GOLD), ("p", PRED), ("q", {"prediction": GOLD["gold"]})):
        text = json.dumps(row, ensure_ascii=False) + "\n"
        (tmp_path / f"{name}.jsonl").write_text(text * 3, encoding="utf-8")
    return tmp_path


def shell(folder: Path, command: str, **settings: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line of bash in which `medvie` is this package's command."""
    line = command.replace("medvie", PROGRAM, 1)
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env={**environment(), **settings}, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    ("encoding", "command"),
    [*(("ascii", command) for command in PRINTING), *(("cp1252", command) for command in PRINTING[:3]),
     *(("gbk", command) for command in PRINTING[3:6])],
)  # fmt: skip
def test_any_encoding(folder: Path, encoding: str, command: str) -> None:
    """What the encoding lacks is escaped; JSON is the same JSON to a reader of UTF-8."""
    done = shell(folder, f"medvie {command}", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    if command.endswith("--json -"):
        plain = shell(folder, f"medvie {command}", PYTHONIOENCODING="utf-8")
        assert json.loads(done.stdout.decode("utf-8")) == json.loads(plain.stdout.decode("utf-8"))
    else:
        assert done.stdout.decode(encoding)


def test_a_name_that_the_encoding_lacks(folder: Path) -> None:
    """It is written as its escape in JSON, and as itself where the encoding has it."""
    for encoding, shown in (("ascii", r"\u59d3\u540d"), ("cp1252", r"\u59d3\u540d"), ("gbk", NAME)):
        done = shell(folder, "medvie explain g.jsonl", PYTHONIOENCODING=encoding)
        assert shown in done.stdout.decode(encoding)


def test_the_locale_c(folder: Path) -> None:
    """A locale without an encoding, as containers have it, is no error."""
    settings = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = shell(folder, "medvie explain g.jsonl", **settings)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u59d3\u540d" in done.stdout


def test_an_encoding_with_its_own_errors_is_kept(folder: Path) -> None:
    """Who asks Python for question marks gets them."""
    done = shell(folder, "medvie explain g.jsonl", PYTHONIOENCODING="ascii:replace")
    assert b"\n??" in done.stdout


def test_an_error_in_any_encoding(folder: Path) -> None:
    """A message with a name that the encoding lacks is still a message."""
    done = shell(folder, f"medvie score p.jsonl {NAME}.jsonl", PYTHONIOENCODING="ascii:strict")
    assert done.returncode == 2
    assert done.stderr.startswith(rb"medvie: error: \u59d3\u540d.jsonl: cannot be read")


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("medvie score p.jsonl g.jsonl --json o.json >&-", 0, ""),
        ("medvie score p.jsonl g.jsonl --json o.json >&- 2>&- <&-", 0, ""),
        ("medvie score p.jsonl g.jsonl --json o.json 2>&- >out", 0, ""),
        ("medvie score p.jsonl g.jsonl --json o.json <&- >out", 0, ""),
        ("medvie score p.jsonl g.jsonl --json - >&-", 2, "--json -: standard output is closed"),
        ("medvie compare p.jsonl b=p.jsonl --gold g.jsonl --json - >&-", 2, "--json -: standard output is"),
        ("medvie score - g.jsonl <&-", 2, "PREDS -: standard input is closed: expected a file"),
        ("medvie compare p.jsonl b=- --gold g.jsonl <&-", 2, "PREDS -: standard input is closed"),
        ("medvie compare p.jsonl b=q.jsonl --gold - <&-", 2, "--gold -: standard input is closed"),
        ("medvie explain - <&-", 2, "GOLD -: standard input is closed: expected a file"),
        ("medvie score none g.jsonl 2>&-", 2, ""),
        ("medvie score none g.jsonl >&-", 2, "none: cannot be read"),
        ("medvie --help >&-", 0, ""),
        ("medvie --version >&- 2>&-", 0, ""),
        ("medvie score 2>&-", 2, ""),
        ("medvie nothing >&- 2>&- <&-", 2, ""),
    ],
)  # fmt: skip
def test_closed_streams(folder: Path, command: str, code: int, said: str) -> None:
    """No traceback: what is asked for is done where it can be, and is a named error where it cannot."""
    done = shell(folder, command)
    assert done.returncode == code
    assert b"Traceback" not in done.stdout + done.stderr
    assert said in done.stderr.decode()
    assert bool(said) == bool(done.stderr)
    if "o.json" in command:
        assert json.loads((folder / "o.json").read_bytes())["n"] == 3


def test_no_file_gets_the_number_of_a_closed_stream(folder: Path) -> None:
    """What is printed goes nowhere, and not into the files that are open meanwhile."""
    done = shell(folder, "medvie score p.jsonl g.jsonl --errors e.jsonl --csv c.csv <&- >&- 2>&-")
    assert done.returncode == 0
    rows = [json.loads(line) for line in (folder / "e.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["outcome"] for row in rows] == ["wrong", "missing"] * 3
    assert (folder / "c.csv").read_text().startswith("id,group,")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("medvie score p.jsonl g.jsonl > /dev/full", "standard output"),
        ("medvie explain g.jsonl > /dev/full", "standard output"),
        ("medvie --help > /dev/full", "standard output"),
        ("medvie completion zsh > /dev/full", "standard output"),
        *((f"medvie score p.jsonl g.jsonl {flag} /dev/full > out", "/dev/full")
          for flag in ("--json", "--csv", "--markdown", "--errors", "--html", "-o")),
        ("medvie compare p.jsonl b=q.jsonl --gold g.jsonl --json /dev/full > out", "/dev/full"),
        ("medvie agreement g.jsonl g.jsonl --json /dev/full > out", "/dev/full"),
        ("medvie explain g.jsonl --json /dev/full > out", "/dev/full"),
        ("medvie select g.jsonl -k 1 --out /dev/full > out", "/dev/full"),
    ],
)  # fmt: skip
def test_a_full_disk(folder: Path, command: str, named: str) -> None:
    """The message names what could not be written; no part of a file stays."""
    done = shell(folder, command)
    assert done.returncode == 2
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"medvie: error: {named}: ")
    assert "No space left on device" in lines[0]
    assert {x.name for x in folder.iterdir()} <= {"p.jsonl", "q.jsonl", "g.jsonl", "out"}


@pytest.mark.parametrize(
    "command",
    [*PRINTING[:2], "explain g.jsonl", "completion zsh", "--help", "score p.jsonl g.jsonl --fail-under 1"],
)
def test_a_reader_that_goes_away(folder: Path, command: str) -> None:
    """A pipe that nobody reads is exit code 141 and not a word."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "medvie_reward", *command.split()],
            cwd=folder, env=environment(), stdout=writing, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
