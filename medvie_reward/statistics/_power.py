r"""How many documents distinguish two systems, and which difference a sample of documents can show.

The linearised difference of two figures says it. Document i has the influence value
:math:`u_i = (N - 1)(d - d_{-i})`, with d the difference of the figures and :math:`d_{-i}` that without
document i (the jackknife's; Davison & Hinkley 1997, section 2.7.3). The difference from n documents then has
the standard error :math:`\sigma_u / \sqrt n`; a two-sided test at level a finds it with probability p from

.. math:: n = \left( (z_{1 - a/2} + z_p) \, \sigma_u / |d| \right)^2

documents on (Lachin 1981, "Introduction to sample size determination and power analysis for clinical
trials", with one standard deviation under both hypotheses; the test's other tail is neglected).
"""

from __future__ import annotations

from math import ceil, isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medvie_reward.corpus import Figure, Rows
from medvie_reward.statistics._rank import TIE

LEVEL: Final = 0.05
"""Level of the test that distinguishes two systems."""

POWER: Final = 0.8
"""Probability with which a true difference is found, by enough documents or large enough."""


def influence_values(rows: Rows, figure: Figure) -> NDArray[np.float64]:
    """Return each document's influence on a figure, ``(N - 1) (f - f without it)``; shape (documents,)."""
    total = rows.sum(axis=0)
    made: NDArray[np.float64] = (len(rows) - 1) * (figure(total) - figure(total - rows))
    return made


def needed_documents(difference: float, sd: float, level: float = LEVEL, power: float = POWER) -> int | None:
    """Return how many documents show a difference; see the top of this module.

    Parameters
    ----------
    difference
        The true difference of two figures.
    sd
        Standard deviation of the documents' influence values of it.
    level, power
        Of the two-sided test.

    Returns
    -------
    int or None
        At least 2; ``None`` where there is no difference, so that no number is enough.
    """
    if abs(difference) <= TIE:
        return None
    n = ((quantile(1 - level / 2) + quantile(power)) * sd / abs(difference)) ** 2
    return max(2, ceil(n - TIE)) if isfinite(n) else None


def detectable_difference(standard_error: float, confidence: float) -> float:
    """Return the minimum detectable difference (Cohen 1988, section 2.4, for known variance).

    Parameters
    ----------
    standard_error
        Standard error of the difference.
    confidence
        One minus the level of the two-sided test.
    """
    return (quantile((1 + confidence) / 2) + quantile(POWER)) * standard_error


def quantile(level: float) -> float:
    """Return a quantile of the standard normal distribution."""
    from scipy.special import ndtri

    return float(ndtri(level))
