"""From decoded values: aligning under each way to pair lists, and scoring under each preset."""

from __future__ import annotations

from functools import partial

import pytest
from groups import SIZES, aligning, scoring
from rounds import ROUNDS, Benchmark, document, first, measure

pytestmark = pytest.mark.parametrize("rows", SIZES)


@pytest.mark.parametrize("lists", ["align", "bag", "index", "key:Item Name"])
@pytest.mark.parametrize("preset", ["clinical", "strict"])
def test_align(benchmark: Benchmark, preset: str, lists: str, rows: int) -> None:
    """List every leaf of a prediction with its outcome."""
    measure(benchmark, partial(aligning, first(document(rows)), preset, lists=lists), ROUNDS[rows])


@pytest.mark.parametrize("preset", ["clinical", "strict", "paper", "donut", "smr-r1"])
def test_score(benchmark: Benchmark, preset: str, rows: int) -> None:
    """Count leaves per field and divide."""
    measure(benchmark, partial(scoring, first(document(rows)), preset), ROUNDS[rows])
