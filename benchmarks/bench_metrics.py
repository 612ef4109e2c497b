"""Published metrics that need no spec, from decoded values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from groups import SIZES, pairs
from rounds import Benchmark, document, first, measure

from medvie_reward import anls_star, ted_accuracy, tree_edit_distance

ROUNDS = {5: 20, 20: 10, 100: 5, 500: 1}


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("metric", [anls_star, ted_accuracy, tree_edit_distance])
def test_metric(benchmark: Benchmark, metric: Callable[[Any, Any], float], rows: int) -> None:
    """Score one prediction; `anls_star` takes the gold first."""
    doc = first(document(rows))

    def make() -> Callable[[], object]:
        ((pred, gold),) = pairs(doc)
        return (lambda: metric(gold, pred)) if metric is anls_star else (lambda: metric(pred, gold))

    measure(benchmark, make, ROUNDS[rows])
