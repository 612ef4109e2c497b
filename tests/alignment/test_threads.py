"""Threads that share a gold document: what it works out when first needed is the same for all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from medvie_reward import Gold


@pytest.fixture
def eager_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def page(seed: int) -> dict[str, Any]:
    """Panels whose sections hold rows, notes and scalars, all of them much alike."""
    draw = Random(seed)

    def digit() -> str:
        return str(draw.randrange(4))

    return {
        "panels": [
            {
                "name": digit(),
                "notes": [digit() for _ in range(3)],
                "rows": [{"k": digit(), "v": digit()} for _ in range(3)],
                "parts": [{"n": digit(), "rows": [{"k": digit(), "m": [digit()]}]} for _ in range(2)],
            }
            for _ in range(24)
        ]
    }


@pytest.mark.usefixtures("eager_switches")
@pytest.mark.parametrize("seed", range(6))
def test_threads_share_a_gold_document(seed: int) -> None:
    """Eight threads that begin at once give what one gives."""
    gold = page(seed)
    predictions = [page(100 + seed + n) for n in range(8)]
    expected = [Gold(gold).score(pred).to_dict() for pred in predictions]
    shared = Gold(gold)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda pred: shared.score(pred).to_dict(), predictions))
    assert found == expected
