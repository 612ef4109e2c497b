"""Rankings of a few things: the order of each pair, and how far two rankings agree."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

TIE: Final = 1e-12
"""Scores that differ by no more are equal but for rounding."""


def pair_orders(values: NDArray[Any], tie: float = 0.0) -> NDArray[np.int64]:
    """Return the order of each pair of values along the last axis: 1, 0 or -1; shape (…, pairs).

    Parameters
    ----------
    values
        Shape (…, things).
    tie
        Values that differ by no more are equal.
    """
    places = list(combinations(range(values.shape[-1]), 2))
    if not places:
        return np.zeros((*values.shape[:-1], 0), np.int64)
    gap = np.stack([values[..., b] - values[..., a] for a, b in places], axis=-1)
    return np.where(np.abs(gap) <= tie, 0, np.sign(gap)).astype(np.int64)


def tau_a(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Return Kendall's tau-a: pairs in the same order minus pairs in the opposite order, of all pairs.

    Pairs that are equal in either count as neither. It is 1.0 without any pairs.

    Parameters
    ----------
    one, other
        Orders of pairs, as `pair_orders` returns them; if one has more axes, the mean is taken over them.
    """
    products = one * other
    return float(products.mean()) if products.size else 1.0


def tau_b(one: NDArray[Any], other: NDArray[Any]) -> float | None:
    """Return Kendall's tau-b of two series (Kendall 1945), ``None`` if all values of one are equal."""
    from scipy.stats import kendalltau

    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(kendalltau(one, other).statistic)
