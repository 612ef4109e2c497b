"""Rounds of a benchmark, each on objects of its own."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

from groups import Group, group

SEED: Final = 2025
ROUNDS: Final = {5: 100, 20: 60, 100: 30, 500: 10}
"""Rounds per number of rows."""

Benchmark = Any
"""The fixture of pytest-benchmark, which is not installed where types are checked."""


def document(rows: int) -> Group:
    """Make the group that all suites share for so many rows."""
    return group(Random(SEED), rows)


def first(doc: Group) -> Group:
    """Give the group with its first rollout only."""
    return Group(doc.gold, doc.answers[:1], doc.completions[:1])


def measure(benchmark: Benchmark, make: Callable[[], Callable[[], object]], rounds: int) -> None:
    """Time a call, made afresh before every round and outside its time."""

    def setup() -> tuple[tuple[Callable[[], object]], dict[str, Any]]:
        return (make(),), {}

    benchmark.pedantic(lambda run: run(), setup=setup, rounds=rounds, warmup_rounds=1)
