"""Throughput of `medvie-score` on files, start of the processes included."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from corpus import command, write_corpus
from rounds import SEED, Benchmark

DOCUMENTS = 1000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write documents of 20 rows."""
    made = tmp_path_factory.mktemp("corpus")
    write_corpus(made, DOCUMENTS, rows=20, seed=SEED)
    return made


@pytest.mark.parametrize("workers", [1, 2])
def test_score_1000_documents(benchmark: Benchmark, folder: Path, workers: int) -> None:
    """Score 1,000 documents of 20 rows."""

    def run() -> None:
        subprocess.run(command(folder, workers), check=True, stdout=subprocess.DEVNULL)

    benchmark.pedantic(run, rounds=3)
