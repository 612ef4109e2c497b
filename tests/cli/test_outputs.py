"""Where commands write: never over what they read, never two in one place, as the file was before."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from medvie_reward.cli import main

CAPTURE = pytest.CaptureFixture[str]

# A verb with its inputs, and the options that name a file to write.
VERBS: list[tuple[str, tuple[str, ...]]] = [
    ("score p.jsonl g.jsonl", ("--json", "--csv", "--markdown", "--errors", "--html", "-o")),
    ("score p.jsonl g.jsonl --schema s.json", ("--json",)),
    ("score p.jsonl g.jsonl --rules r.json", ("--csv",)),
    ("score p.jsonl g.jsonl --baseline b.json", ("--json",)),
    ("explain g.jsonl", ("--json", "-o")),
    ("compare p.jsonl b=g.jsonl --gold g.jsonl", ("--json", "-o")),
    ("sensitivity p.jsonl b=g.jsonl --gold g.jsonl", ("--json", "--out")),
    ("agreement p.jsonl g.jsonl", ("--json", "-o")),
    ("select g.jsonl -k 1 --schema s.json", ("--out", "-o")),
    ("select g.jsonl -k 1 --out o", ("--json", "--ids-out", "--plot")),
    ("convert funsd g.jsonl", ("--out", "-o")),
]
CASES = [
    (verb, flag, name)
    for verb, flags in VERBS
    for flag in flags
    for name in ("p.jsonl", "g.jsonl", "s.json", "r.json", "b.json")
    if name in verb
]
NAMES: dict[str, Callable[[Path], Path]] = {
    "itself": lambda path: path,
    "a path through what is not there": lambda path: path.parent / "gone" / ".." / path.name,
    "a path through a file": lambda path: path / ".." / path.name,
    "a longer path": lambda path: path.parent / ".." / path.parent.name / path.name,
    "a symbolic link": lambda path: _linked(path, os.symlink),
    "a hard link": lambda path: _linked(path, os.link),
}


def _linked(path: Path, link: Callable[[Path, Path], None]) -> Path:
    made = path.with_name(f"link{path.suffix}")
    link(path, made)
    return made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = {"p": {"id": 1, "prediction": {"a": "1"}}, "g": {"id": 1, "gold": {"a": "2"}}}
    for name, row in rows.items():
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n")
    (tmp_path / "s.json").write_text('{"type": "object", "properties": {"a": {"type": "string"}}}')
    (tmp_path / "r.json").write_text("[]")
    (tmp_path / "b.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(("verb", "flag", "name"), CASES)
@pytest.mark.parametrize("kind", NAMES)
def test_no_output_is_an_input(
    folder: Path, verb: str, flag: str, name: str, kind: str, capsys: CAPTURE
) -> None:
    """By whatever name, in every verb: exit code 2 before any work, and every file as it was."""
    given = NAMES[kind](folder / name)
    before = contents(folder)
    assert main([*verb.split(), flag, str(given)]) == 2
    said = capsys.readouterr()
    shown = "--out" if flag == "-o" else flag
    assert (
        said.err
        == f"medvie: error: {given}: {shown} would overwrite the input {name}: expected another file\n"
    )
    assert said.out == ""
    assert contents(folder) == before


def test_files_that_data_writes(folder: Path, capsys: CAPTURE) -> None:
    """The two files of a folder are outputs too."""
    (folder / "train.parquet").write_bytes(b"x")
    for flag in ("--scores", "--ids"):
        assert main(["prepare", "g.jsonl", "--out", ".", flag, "train.parquet"]) == 2
        assert "train.parquet: --out would overwrite the input train.parquet" in capsys.readouterr().err


def test_a_folder_that_is_read(folder: Path, capsys: CAPTURE) -> None:
    """A file in a folder of inputs is not overwritten."""
    (folder / "set").mkdir()
    (folder / "set" / "a.json").write_text("{}")
    assert main(["convert", "funsd", "set", "--out", "set/a.json"]) == 2
    assert "set/a.json: --out would overwrite the input set" in capsys.readouterr().err
    assert (folder / "set" / "a.json").read_text() == "{}"


@pytest.mark.parametrize(
    ("verb", "first", "second"),
    [
        ("score p.jsonl g.jsonl", "--json", "--csv"),
        ("score p.jsonl g.jsonl", "--errors", "--out"),
        ("compare p.jsonl b=p.jsonl --gold g.jsonl", "--json", "--out"),
        ("select g.jsonl -k 1", "--out", "--json"),
    ],
)
def test_two_outputs_in_one_file(folder: Path, verb: str, first: str, second: str, capsys: CAPTURE) -> None:
    """Also where the names differ; nothing is written."""
    before = contents(folder)
    assert main([*verb.split(), first, "o", second, "./o"]) == 2
    said = capsys.readouterr().err
    assert {first, second} == {word for word in said.split() if word.startswith("--")}
    assert said.endswith("name one file: expected different names\n")
    assert contents(folder) == before
    (folder / "a").write_text("")
    os.link(folder / "a", folder / "b")
    assert main([*verb.split(), first, "a", second, "b"]) == 2


@pytest.mark.parametrize("flag", ["--json", "--csv", "--markdown", "--errors", "--html", "--out"])
def test_an_empty_name(folder: Path, flag: str, capsys: CAPTURE) -> None:
    """It names no file: a usage error."""
    with pytest.raises(SystemExit) as caught:
        main(["score", "p.jsonl", "g.jsonl", flag, ""])
    assert caught.value.code == 2
    assert "expected the name of a file, got an empty text" in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["--errors", "--html"])
def test_what_cannot_be_printed(folder: Path, flag: str, capsys: CAPTURE) -> None:
    """A file is not called -."""
    with pytest.raises(SystemExit):
        main(["score", "p.jsonl", "g.jsonl", flag, "-"])
    assert "cannot be printed: expected the name of a file, got -" in capsys.readouterr().err
    assert not (folder / "-").exists()


@pytest.mark.parametrize("end", [".gz", ".zst", ".bz2", ".xz"])
def test_no_compression_is_promised(folder: Path, end: str, capsys: CAPTURE) -> None:
    """What is written is plain, and is not called otherwise."""
    assert main(["score", "p.jsonl", "g.jsonl", "--json", f"o.json{end}"]) == 2
    assert f"expected a name without {end}" in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["--json", "--csv", "--markdown", "--errors", "--html", "--out"])
def test_what_is_replaced_keeps_mode_and_link(folder: Path, flag: str, capsys: CAPTURE) -> None:
    """A private result stays private, and a link still leads to the result."""
    (folder / "results").mkdir()
    real = folder / "results" / "r.txt"
    real.write_text("before")
    real.chmod(0o600)
    (folder / "r.txt").symlink_to(real)
    assert main(["score", "p.jsonl", "g.jsonl", flag, "r.txt"]) == 0
    assert (folder / "r.txt").is_symlink()
    assert real.read_text() != "before"
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert os.listdir(folder / "results") == ["r.txt"]


@pytest.mark.parametrize("verb", ["score p.jsonl g.jsonl", "explain g.jsonl", "agreement g.jsonl g.jsonl",
                                  "compare p.jsonl b=p.jsonl --gold g.jsonl"])  # fmt: skip
def test_out_takes_what_would_be_printed(folder: Path, verb: str, capsys: CAPTURE) -> None:
    """Tables and JSON alike; nothing is printed then."""
    for more in ([], ["--json", "-"]):
        assert main([*verb.split(), *more]) == 0
        printed = capsys.readouterr()
        assert main([*verb.split(), *more, "-o", "out"]) == 0
        assert capsys.readouterr() == ("", printed.err)
        assert (folder / "out").read_text(encoding="utf-8") == printed.out


def test_out_of_a_failed_command(folder: Path, capsys: CAPTURE) -> None:
    """It stays as it was."""
    (folder / "out").write_text("before")
    assert main(["score", "p.jsonl", "none", "-o", "out"]) == 2
    assert (folder / "out").read_text() == "before"
