"""Lines of two files, and what the local run makes of them; Ray itself is started by each test file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from medvie_reward.cli._main import main_score

N = 700
CAPTURE = pytest.CaptureFixture[str]


class Files(NamedTuple):
    """A corpus on disk and how to score it."""

    preds: str
    golds: str
    folder: Path

    def run(self, name: str, capsys: CAPTURE, *options: str, warned: bool = False) -> tuple[bytes, ...]:
        """Give the table, the file of all figures and the file of errors; Ray may warn of what has died."""
        out, errors = self.folder / f"{name}.json", self.folder / f"{name}.jsonl"
        arguments = [self.preds, self.golds, "--by", "lab", "--json", str(out), "--errors", str(errors)]
        code = main_score([*arguments, "--quiet", *options])
        printed = capsys.readouterr()
        assert code == 0
        assert warned or printed.err == ""
        return printed.out.encode(), out.read_bytes(), errors.read_bytes()


def documents(n: int, seed: int = 0) -> Iterator[tuple[Any, dict[str, Any], str]]:
    """Give predictions (completions, broken ones, none), golds and groups."""
    rng = Random(seed)
    for k in range(n):
        rows = [{"Item Name": f"X{rng.randrange(9)}", "Result": str(rng.randrange(5))} for _ in range(k % 6)]
        gold = {"Name": f"N{rng.randrange(3)}", "Indicators": rows}
        read = [{**row, "Result": str(rng.randrange(5))} if rng.random() < 0.3 else row for row in rows]
        text = (
            f"<think></think><answer>{json.dumps({**gold, 'Indicators': read[: rng.randrange(7)]})}</answer>"
        )
        yield rng.choice([text, text, text, text[: k % 90], None]), gold, f"lab {k % 3}"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Write a corpus, joined by id in shuffled order."""
    golds, preds = [], []
    for k, (pred, gold, lab) in enumerate(documents(N)):
        golds.append(json.dumps({"id": k, "gold": gold, "lab": lab}) + "\n")
        preds.append(json.dumps({"id": k, "completion": pred}) + "\n")
    Random(1).shuffle(preds)
    names = tmp_path / "preds.jsonl", tmp_path / "gold.jsonl"
    for name, lines in zip(names, (preds, golds), strict=True):
        name.write_text("".join(lines), encoding="utf-8")
    return Files(str(names[0]), str(names[1]), tmp_path)


@pytest.fixture
def ray_processes() -> Callable[[], set[int]]:
    """Give the process ids of the Ray daemons that run on this machine."""

    def look() -> set[int]:
        found = set()
        for entry in Path("/proc").iterdir():
            try:
                program = os.path.basename((entry / "cmdline").read_bytes().split(b"\0")[0])
            except (OSError, NotADirectoryError):
                continue
            if entry.name.isdigit() and program in (b"raylet", b"gcs_server"):
                found.add(int(entry.name))
        return found

    return look
