"""The worst that a policy can write; `python benchmarks/worst.py` prints what came of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from groups import fresh
from rounds import SEED, Benchmark, measure
from worst import PRESETS, WORST, worst_texts

import medvie_reward


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("title", WORST)
def test_worst(benchmark: Benchmark, title: str, preset: str) -> None:
    """Reward one completion against the text of its gold."""
    gold, completion = worst_texts(title, SEED)

    def make() -> Callable[[], object]:
        texts = fresh(completion), fresh(gold)
        return lambda: medvie_reward.reward(*texts, preset)

    measure(benchmark, make, 2)
