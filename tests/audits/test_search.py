"""The search for completions that earn more and are worse, as the script of the benchmarks runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from helpers.live import environment

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "reward_search.py"


def run(*arguments: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        capture_output=True, text=True, env=environment(), check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


@pytest.mark.skipif(not SCRIPT.is_file(), reason="needs the benchmarks")
def test_it_finds_what_is_known_to_pay() -> None:
    """The mean of precision and recall pays for saying next to nothing; a seed always finds the same."""
    arguments = ("--preset", "strict", "--calls", "1200", "--shown", "1")
    code, lines = run(*arguments)
    assert code == 1
    assert lines[-2].startswith("finds (reward higher, strict F1 lower by 0.05 or more): ")
    assert '"document": "' in lines[-1]
    assert run(*arguments) == (code, lines)


@pytest.mark.skipif(not SCRIPT.is_file(), reason="needs the benchmarks")
def test_nothing_beats_f1_by_its_own_measure() -> None:
    """Where the reward is the yardstick, nothing earns more and is worse."""
    code, lines = run("--preset", "strict", "--set", "matching=f1", "--calls", "600")
    assert code == 0
    assert "finds (reward higher, strict F1 lower by 0.05 or more): 0" in lines[-1]
