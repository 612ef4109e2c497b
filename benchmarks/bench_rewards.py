"""From the text of a completion: decoding alone, finding the answer, the reward, a group of eight rewards."""

from __future__ import annotations

from functools import partial

import pytest
from groups import SIZES, loading, parsing, rewarding
from rounds import ROUNDS, Benchmark, document, first, measure

PRESETS = ("clinical", "strict", "paper", "donut", "smr-r1")

pytestmark = pytest.mark.parametrize("rows", SIZES)


def test_loads(benchmark: Benchmark, rows: int) -> None:
    """Decode prediction and gold with `orjson.loads`: the unit of the tables in README.md."""
    measure(benchmark, partial(loading, first(document(rows))), ROUNDS[rows])


def test_parse_completion(benchmark: Benchmark, rows: int) -> None:
    """Find and decode the answer of one completion."""
    measure(benchmark, partial(parsing, first(document(rows))), ROUNDS[rows])


@pytest.mark.parametrize("preset", PRESETS)
def test_reward(benchmark: Benchmark, preset: str, rows: int) -> None:
    """Reward one completion against the text of its gold."""
    measure(benchmark, partial(rewarding, first(document(rows)), preset), ROUNDS[rows])


@pytest.mark.parametrize("preset", PRESETS)
def test_reward_group_of_8(benchmark: Benchmark, preset: str, rows: int) -> None:
    """Reward the eight completions of a group; the time is that of all eight."""
    measure(benchmark, partial(rewarding, document(rows), preset), ROUNDS[rows])
