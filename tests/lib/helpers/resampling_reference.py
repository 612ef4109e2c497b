"""Resampling written out: loop, gather, sum. And documents to try it on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from medvie_reward.statistics._bootstrap import Statistic
from medvie_reward.statistics._resampling import Resampling

Floats = npt.NDArray[np.float64]

CORRECT, PREDICTED, GOLD, OWN, ONE = range(5)


def micro_f1(sums: Floats) -> Any:
    """Twice the correct by predicted and gold."""
    return 2 * sums[..., CORRECT] / (sums[..., PREDICTED] + sums[..., GOLD])


def macro_f1(sums: Floats) -> Any:
    """Mean of a column: its sum by the sum of a column of ones."""
    return sums[..., OWN] / sums[..., ONE]


def recall(sums: Floats) -> Any:
    """Correct by gold."""
    return sums[..., CORRECT] / sums[..., GOLD]


FIGURES: dict[str, Statistic] = {"micro F1": micro_f1, "macro F1": macro_f1, "recall": recall}


def corpus(seed: int, n: int, quality: float = 0.85) -> Floats:
    """Draw over-dispersed documents: their numbers of leaves and their shares of correct ones vary."""
    rng = np.random.default_rng(seed)
    gold = 5 + 4 * rng.negative_binomial(1.5, 0.13, n)
    correct = rng.binomial(gold, rng.beta(8 * quality, 8 * (1 - quality), n))
    predicted = gold - rng.binomial(gold - correct, 0.4) + rng.poisson(0.02 * gold)
    own = 2 * correct / (predicted + gold)
    return np.stack([correct, predicted, gold, own, np.ones(n)], axis=1)


def resample_slowly(rows: Floats, how: Resampling) -> Floats:
    """Draw documents one resample after the other and add up their rows."""
    drawn = np.random.default_rng(how.seed).integers(0, len(rows), (how.resamples, len(rows)))
    return np.array([sum(rows[n] for n in numbers) for numbers in drawn])


def swap_slowly(a: Floats, b: Floats, how: Resampling) -> tuple[Floats, Floats]:
    """Swap the rows of the documents whose draw is true, and add up."""
    drawn = np.random.default_rng(how.seed).integers(2, size=(how.resamples, len(a)), dtype=bool)
    left, right = [], []
    for swapped in drawn:
        left.append(sum(b[n] if x else a[n] for n, x in enumerate(swapped)))
        right.append(sum(a[n] if x else b[n] for n, x in enumerate(swapped)))
    return np.array(left), np.array(right)
