"""The tables of docs/lab.md are those that the script prints from the stored runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="needs the benchmarks")
def test_the_page_shows_the_tables_of_the_stored_runs() -> None:
    script = [sys.executable, "benchmarks/lab.py", "print"]
    printed = subprocess.run(script, cwd=ROOT, capture_output=True, check=True, encoding="utf-8").stdout
    page = (ROOT / "docs" / "lab.md").read_text(encoding="utf-8")
    tables = printed.strip().split("\n\n")
    assert len(tables) == 5
    for table in tables:
        assert table.strip() in page
