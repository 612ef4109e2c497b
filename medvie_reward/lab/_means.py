"""Means over documents with confidence intervals, all from the same resamples of documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from medvie_reward.statistics import Interval, Resampling, intervals

if TYPE_CHECKING:
    import numpy.typing as npt

HOW: Final = Resampling(resamples=2000)


def mean_intervals(columns: npt.NDArray[np.float64]) -> list[Interval]:
    """Return the mean of each column over documents, which are rows, with an interval."""
    n, k = columns.shape
    rows = np.concatenate([columns, np.ones((n, 1))], axis=1)
    found = intervals(rows, {str(c): _mean(c) for c in range(k)}, HOW)
    return [found[str(c)] for c in range(k)]


def _mean(column: int) -> Callable[[Any], Any]:
    return lambda sums: sums[..., column] / sums[..., -1]
