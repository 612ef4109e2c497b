"""Compare two systems on the same documents: difference, interval, paired test."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from math import copysign, inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from medvie_reward.errors import ArgumentError
from medvie_reward.statistics._bootstrap import Interval, Statistic, figures, interval_of, leave_out, slack
from medvie_reward.statistics._power import detectable_difference
from medvie_reward.statistics._resampling import (
    Resampling,
    check_rows,
    resample,
    sum_clusters,
    swap,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from medvie_reward.statistics._resampling import Floats


class PairedTest(NamedTuple):
    """System b compared with system a.

    Attributes
    ----------
    difference
        Score of b minus score of a, and its bootstrap interval; documents are drawn for both at once.
    p_value
        Two-sided, by approximate randomization: how often a difference at least as large comes up when each
        document's (or cluster's) two rows are swapped at random. Above 0, at most 1.
    wins, ties, losses
        Documents whose own score by b is above, equal to and below that by a. Scores are equal within
        1e-12, or within that share of the corpus' figure where it is above 1.
    effect
        Cohen's d_z: the mean over documents of b's own figure minus a's, divided by the standard deviation of
        these differences (with n - 1). 0.0 where all of them are 0; infinite where they are all equal
        otherwise, as with one document. Each document counts as one, whatever its size or cluster.
    detectable
        The smallest true difference that a test at level 1 - confidence finds with probability 0.8, with so
        many such documents: ``(z(1 - alpha/2) + z(0.8)) * standard error``, the latter that of the resampled
        differences. Infinite with one document (or cluster).
    """

    difference: Interval
    p_value: float
    wins: int
    ties: int
    losses: int
    effect: float
    detectable: float


def compare_paired(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    statistic: Statistic,
    how: Resampling,
    clusters: Sequence[Hashable] | None = None,
) -> PairedTest:
    """Compare two systems by one statistic; see `compare_many`."""
    return compare_many(a, b, {"statistic": statistic}, how, clusters)["statistic"]


def compare_many(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    statistics: Mapping[str, Statistic],
    how: Resampling,
    clusters: Sequence[Hashable] | None = None,
) -> dict[str, PairedTest]:
    """Compare two systems by several statistics, all with the same resamples and the same swaps.

    The p-value is ``(c + 1) / (R + 1)``, with c the number of R swaps whose absolute difference is at least
    the observed one (Noreen 1989; Riezler & Maxwell 2005, figure 1). sacrebleu's ``paired-ar`` counts only
    those above it, so that there a system compared with itself has the least p-value there is. p-values of
    several statistics or systems are not adjusted; see `adjust_holm`.

    Parameters
    ----------
    a, b
        Shape (documents, k) each: the same documents in the same order.
    statistics
        By name.
    how
        Number of resamples and swaps, confidence, seed, method.
    clusters
        A label per document: documents with equal labels are drawn and swapped together.

    Returns
    -------
    dict
        By name, in the order of ``statistics``.

    Raises
    ------
    ArgumentError
        If the systems' rows differ in shape, or as for `medvie_reward.statistics._bootstrap.intervals`.
    """
    rows_a, rows_b = check_rows(a, "a"), check_rows(b, "b")
    if rows_a.shape != rows_b.shape:
        raise ArgumentError(
            f"a and b: expected rows of the same documents, got shapes {rows_a.shape} and {rows_b.shape}"
        )
    k = rows_a.shape[1]
    both = np.hstack([rows_a, rows_b])
    units = sum_clusters(both, clusters)
    total = both.sum(axis=0)
    sums = resample(units, how)
    swapped = np.hstack(swap(units[:, :k], units[:, k:], how))
    found = {}
    for name, statistic in statistics.items():
        gain = _gain_of(name, statistic, k)
        tie = slack(*(float(figures(name, statistic, x[None])[0]) for x in (total[:k], total[k:])))
        resampled = gain(sums)
        left_out = leave_out(name, gain, total, units, how)
        difference = interval_of(gain(total[None])[0], resampled, left_out, how)
        chance = abs(gain(swapped))
        own = gain(both)
        found[name] = PairedTest(
            difference,
            (int((chance >= abs(difference.value) - tie).sum()) + 1) / (how.resamples + 1),
            *_decide(own, tie),
            _effect(own),
            detectable_difference(float(resampled.std(ddof=1)), how.confidence) if len(units) > 1 else inf,
        )
    return found


def _gain_of(name: str, statistic: Statistic, k: int) -> Callable[[Floats], Floats]:
    """Build a statistic of k sums one of 2k: its figure of the latter k minus that of the first."""

    def gain(sums: Floats) -> Floats:
        return figures(name, statistic, sums[..., k:]) - figures(name, statistic, sums[..., :k])

    return gain


def _decide(own: Floats, tie: float) -> tuple[int, int, int]:
    wins, losses = int((own > tie).sum()), int((own < -tie).sum())
    return wins, len(own) - wins - losses, losses


def _effect(own: Floats) -> float:
    mean = float(own.mean())
    if abs(own).max() <= slack(0.0):
        return 0.0
    if np.ptp(own) <= slack(mean):
        return copysign(inf, mean)
    return mean / float(own.std(ddof=1))


def adjust_holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for their number, so that the chance of any false finding stays below the level.

    Holm 1979: the i-th smallest of m is multiplied by ``m - i + 1``, then raised to the one before it
    where it is below that, and cut at 1.

    Parameters
    ----------
    p_values
        From 0 to 1, in any order.

    Returns
    -------
    list
        In the order given.

    Raises
    ------
    ArgumentError
        If a value is not from 0 to 1.
    """
    for p in p_values:
        if not 0 <= p <= 1:
            raise ArgumentError(f"p-values: expected numbers from 0 to 1, got {p!r}")
    adjusted = [0.0] * len(p_values)
    least = 0.0
    for place, n in enumerate(sorted(range(len(p_values)), key=lambda n: p_values[n])):
        least = max(least, min(1.0, (len(p_values) - place) * p_values[n]))
        adjusted[n] = least
    return adjusted
