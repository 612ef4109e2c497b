"""Bootstrap confidence intervals of figures that are made of column sums; knows numbers, no JSON.

An array ``rows`` of shape (documents, k) has what each document adds to k sums, and a `Statistic` makes a
figure of the sums: micro F1 is ``2 * correct / (predicted + gold)``, a mean over documents is the sum of a
column divided by the sum of a column of ones. ``docs/statistics.md`` says what the intervals mean, and how
often they held the truth in simulations.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from medvie_reward.errors import ArgumentError
from medvie_reward.statistics._rank import TIE
from medvie_reward.statistics._resampling import (
    Resampling,
    check_rows,
    resample,
    sum_clusters,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from medvie_reward.statistics._resampling import Floats

Statistic = Callable[["npt.NDArray[np.float64]"], Any]
"""Sums of shape (..., k) -> figures of shape (...).

It has to be total: a finite figure for every document alone, for the sum of any documents, each once or more
often, and for the sum of all but one. So it says itself what 0/0 is. Differences of figures below 1e-12
count as rounding.
"""

_TINY: Final = 1e-300


class Interval(NamedTuple):
    """A figure and its confidence interval.

    Attributes
    ----------
    value
        The figure of all documents.
    low, high
        Ends of the interval; ``low <= high``. It need not hold ``value``, and is the value alone where
        there is one document (or cluster), whose standard deviation is unknown.
    """

    value: float
    low: float
    high: float


def intervals(
    rows: npt.ArrayLike,
    statistics: Mapping[str, Statistic],
    how: Resampling,
    clusters: Sequence[Hashable] | None = None,
) -> dict[str, Interval]:
    """Return a confidence interval for every statistic, all from the same resamples.

    Parameters
    ----------
    rows
        Shape (documents, k), finite.
    statistics
        By name.
    how
        Number of resamples, confidence, seed, method.
    clusters
        A label per document, such as the patient: documents with equal labels are drawn together (Davison &
        Hinkley 1997, section 3.8). ``None`` where documents are independent.

    Returns
    -------
    dict
        By name, in the order of ``statistics``.

    Raises
    ------
    ArgumentError
        If there are no documents, a number is not finite, a statistic is not total or clusters do
        not fit.
    """
    made = check_rows(rows)
    units = sum_clusters(made, clusters)
    total = made.sum(axis=0)
    sums = resample(units, how)
    found = {}
    for name, statistic in statistics.items():
        value = figures(name, statistic, total[None])[0]
        left_out = leave_out(name, statistic, total, units, how)
        found[name] = interval_of(value, figures(name, statistic, sums), left_out, how)
    return found


def leave_out(name: str, statistic: Statistic, total: Floats, units: Floats, how: Resampling) -> Floats:
    """Return the leave-one-out values of a statistic (empty if the method does not use them).

    Parameters
    ----------
    name, statistic
        The statistic and what an error calls it.
    total
        Shape (k,).
    units
        Shape (n, k).
    how
        The method says whether they are needed.

    Returns
    -------
    numpy.ndarray
        Shape (n,); (0,) for ``percentile`` and for one unit.
    """
    # The figure of no document at all is not asked for.
    if how.method == "percentile" or len(units) == 1:
        return np.empty(0)
    return figures(name, statistic, total - units)


def figures(name: str, statistic: Statistic, sums: Floats) -> Floats:
    """Apply a statistic to sums of shape (m, k).

    Raises
    ------
    ArgumentError
        If it gives another shape than (m,) or a figure that is not finite.
    """
    made: Floats = np.asarray(statistic(sums), dtype=np.float64)
    if made.shape != sums.shape[:-1]:
        raise ArgumentError(
            f"statistic {name!r}: expected figures of shape {sums.shape[:-1]} for sums of shape "
            f"{sums.shape}, got shape {made.shape}"
        )
    if not np.isfinite(made).all():
        place = int(np.argmin(np.isfinite(made)))
        raise ArgumentError(
            f"statistic {name!r}: expected a finite figure for any sums of rows, got {made[place]} "
            f"for {sums[place].tolist()}"
        )
    return made


def slack(*values: float) -> float:
    """Return the difference up to which two of such figures are the same but for rounding."""
    return TIE * max(1.0, *map(abs, values))


def interval_of(value: float, resampled: Floats, left_out: Floats, how: Resampling) -> Interval:
    r"""Build an interval of the figures of resamples.

    ``percentile``: the quantiles :math:`(1 \mp c)/2` of the resampled figures (Efron & Tibshirani 1993, eq.
    13.5), interpolated linearly, as in `scipy.stats.bootstrap`.

    ``expanded``: the quantiles :math:`\Phi(\mp \sqrt{n/(n-1)}\; t_{(1+c)/2,\,\nu})`, the expanded percentile
    interval (Hesterberg 2015). Percentile intervals are too narrow where documents are few or some count for
    much: the variance of a resample has n where an unbiased one has n - 1, and is an estimate itself. Its own
    spread gives the degrees of freedom (Satterthwaite 1946), at most n - 1:

    .. math:: \nu = \frac{2n}{k - (n-3)/(n-1)}, \qquad k = \frac{n \sum d^4}{(\sum d^2)^2}

    where :math:`d` is the mean of the figures ``left_out`` minus each of them and k their kurtosis, which
    makes :math:`\nu = n - 1` where it is 3, as of normal numbers. The default, as it came closest to the
    nominal coverage in simulations; ``docs/statistics.md`` has the table.

    ``bca``: quantiles at other levels, corrected for bias and acceleration (Efron 1987; Efron & Tibshirani
    1993, eq. 14.9 to 14.15):

    .. math:: \alpha_i = \Phi\left(z_0 + \frac{z_0 + z_i}{1 - a (z_0 + z_i)}\right)

    with :math:`z_0` from the share of resampled figures below the value, equal ones counted as half, and
    :math:`a = \sum d^3 / 6 (\sum d^2)^{3/2}`. As in `scipy.stats.bootstrap`, but for two cases where that
    gives nan: :math:`a` is 0 where all figures left out are equal; and where all resampled figures lie on one
    side of the value, so that :math:`z_0` is infinite, the interval is the percentile interval.

    Parameters
    ----------
    value
        The figure of all documents.
    resampled
        Shape (resamples,).
    left_out
        Shape (n,), figures of all documents (or clusters) but one, see `leave_out`. Where there are none, the
        interval is the percentile interval.
    how
        Confidence and method.
    """
    # Sums of fractions differ in their last bits by the order of adding; what equals the value is the value.
    close = np.where(abs(resampled - value) <= slack(value), value, resampled)
    tail = (1 - how.confidence) / 2
    levels = (tail, 1 - tail)
    if left_out.size and how.method == "expanded":
        levels = _expanded(tail, left_out)
    elif left_out.size and how.method == "bca":
        below = float(np.mean(close < value) + np.mean(close <= value)) / 2
        if 0 < below < 1:
            levels = _corrected(levels, below, _acceleration(left_out))
    low, high = np.quantile(close, levels)
    return Interval(float(value), float(low), float(high))


def _deviations(left_out: Floats) -> Floats:
    """Return the mean minus each, divided by the largest of these; 0 where they are rounding."""
    # Only the shape of the deviations matters; scaled, their powers do not vanish.
    d: Floats = left_out.mean() - left_out
    largest = abs(d).max()
    return d / largest if largest > slack(left_out[0]) else np.zeros_like(d)


def _expanded(tail: float, left_out: Floats) -> tuple[float, float]:
    from scipy.special import ndtr, stdtrit

    d, n = _deviations(left_out), len(left_out)
    freedom = float(n - 1)
    if d.any():
        kurtosis = n * (d**4).sum() / (d**2).sum() ** 2
        freedom = min(freedom, 2 * n / (kurtosis - (n - 3) / (n - 1)))
    z = sqrt(n / (n - 1)) * stdtrit(freedom, tail)
    return float(ndtr(z)), float(ndtr(-z))


def _acceleration(left_out: Floats) -> float:
    d = _deviations(left_out)
    return float((d**3).sum() / (6 * (d**2).sum() ** 1.5)) if d.any() else 0.0


def _corrected(levels: tuple[float, float], below: float, acceleration: float) -> tuple[float, float]:
    from scipy.special import ndtr, ndtri

    bias = ndtri(below)
    low, high = (bias + ndtri(level) for level in levels)
    # Past its pole the fraction would change sign; the level there is the limit, 0 or 1.
    first, last = (bias + z / max(1 - acceleration * z, _TINY) for z in (low, high))
    return float(ndtr(first)), float(ndtr(last))
