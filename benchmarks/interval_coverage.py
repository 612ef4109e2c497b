"""How often confidence intervals hold the truth, and how often paired tests find a difference.

Prints Markdown tables. Many corpora are drawn from a population whose figures are known, and an interval is
made from each. Documents are over-dispersed as reports are: they have from 5 leaves to some hundred, each has
a difficulty of its own that two systems share, and long ones are harder. In a second population each system
gives no answer at all for one document in 33. The same seed gives the same tables.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from tables import made_with, markdown

from medvie_reward.statistics import (
    INTERVAL_METHODS,
    Resampling,
    Statistic,
    compare_paired,
    figures,
    interval_of,
    leave_out,
    resample,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

K: Final = 6
"""Columns per system: correct, predicted, gold and hallucinated leaves, the document's F1, one."""
ANSWERED: Final = {"all documents answered": 1.0, "one document in 33 without an answer": 32 / 33}
BETTER: Final = 0.02
_POPULATION: Final = 4_000_000
_BLOCKS: Final = 40


def micro_f1(sums: Floats) -> Any:
    """Twice the correct by predicted and gold; every document has gold leaves."""
    return 2 * sums[..., 0] / (sums[..., 1] + sums[..., 2])


def macro_f1(sums: Floats) -> Any:
    """Mean of the documents' own F1."""
    return sums[..., 4] / sums[..., 5]


def hallucinations(sums: Floats) -> Any:
    """Hallucinated leaves per gold leaf: rare, and skewed."""
    return sums[..., 3] / sums[..., 2]


def gain(sums: Floats) -> Any:
    """Micro F1 of system b minus that of a, from rows of both."""
    return micro_f1(sums[..., K:]) - micro_f1(sums[..., :K])


FIGURES: Final[dict[str, Statistic]] = {
    "micro F1": micro_f1,
    "macro F1": macro_f1,
    "hallucinated / gold": hallucinations,
    "micro F1, b - a": gain,
}


def corpus(rng: np.random.Generator, n: int, answered: float, better: float) -> Floats:
    """Draw the rows of n documents by two systems.

    Parameters
    ----------
    rng
        Where chance comes from.
    n
        Number of documents.
    answered
        Share of documents with an answer, in each system apart from the other.
    better
        How much likelier a leaf is right by system b.

    Returns
    -------
    numpy.ndarray
        Shape (n, 2 * K), the columns of system a before those of b.
    """
    # A head of 5 leaves, and a table of 4 columns that has about 10 rows, but often 2 or 30.
    leaves = 5 + 4 * rng.negative_binomial(1.5, 0.13, n)
    mean = 0.92 - 0.12 * np.minimum(leaves, 200) / 200
    easy = rng.beta(8 * mean, 8 * (1 - mean))
    systems = []
    for more in (0.0, better):
        answers = rng.random(n) < answered
        # A share of what is wrong becomes right, so that a probability stays one.
        right = np.minimum(easy + more * (1 - easy) / (1 - mean), 1)
        correct = rng.binomial(leaves, right) * answers
        lost = rng.binomial(leaves - correct, 0.4)
        invented = rng.poisson(0.02 * leaves * rng.gamma(0.5, 2.0, n)) * answers
        predicted = (leaves - lost) * answers + invented
        systems += [correct, predicted, leaves, invented, 2 * correct / (predicted + leaves), np.ones(n)]
    return np.stack(systems, axis=1).astype(np.float64)


def truth(seed: int, answered: float, better: float) -> dict[str, float]:
    """Give the figures of a population so large that its own error does not matter."""
    rng = np.random.default_rng(seed)
    size = _POPULATION // _BLOCKS
    sums = np.sum([corpus(rng, size, answered, better).sum(axis=0) for _ in range(_BLOCKS)], axis=0)
    return {name: float(figure(sums)) for name, figure in FIGURES.items()}


def coverage(
    n: int, corpora: int, how: Resampling, answered: float, true: dict[str, float]
) -> dict[str, dict[str, float]]:
    """Give the share of intervals that hold the truth, by method and figure."""
    rng = np.random.default_rng([how.seed, n])
    held = {method: dict.fromkeys(FIGURES, 0) for method in INTERVAL_METHODS}
    for number in range(corpora):
        rows = corpus(rng, n, answered, BETTER)
        total = rows.sum(axis=0)
        # As `intervals` does, but with the same resamples for all methods.
        sums = resample(rows, how.replace(seed=how.seed + number))
        for name, statistic in FIGURES.items():
            value = float(statistic(total))
            resampled = figures(name, statistic, sums)
            for method in INTERVAL_METHODS:
                chosen = how.replace(method=method)
                left_out = leave_out(name, statistic, total, rows, chosen)
                made = interval_of(value, resampled, left_out, chosen)
                held[method][name] += made.low <= true[name] <= made.high
    return {method: {name: k / corpora for name, k in by.items()} for method, by in held.items()}


def findings(n: int, corpora: int, how: Resampling, answered: float, better: float) -> tuple[float, float]:
    """Give the share of corpora with p <= 1 - confidence in micro F1, and the mean of what is detectable."""
    rng = np.random.default_rng([how.seed, n, 1])
    found, detectable = 0, 0.0
    for number in range(corpora):
        rows = corpus(rng, n, answered, better)
        made = compare_paired(rows[:, :K], rows[:, K:], micro_f1, how.replace(seed=how.seed + number))
        found += made.p_value <= 1 - how.confidence
        detectable += made.detectable
    return found / corpora, detectable / corpora


def better_by(difference: float, seed: int, answered: float) -> float:
    """Give the advantage of system b that makes such a true difference in micro F1, by one secant step."""
    slope = truth(seed, answered, BETTER)["micro F1, b - a"] / BETTER
    return difference / slope


def main(argv: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, nargs="+", default=[20, 50, 100, 200, 1000])
    parser.add_argument("--corpora", type=int, default=4000, help="per number of documents (default: 4000)")
    parser.add_argument("--resamples", type=int, default=2000, help="(default: 2000)")
    parser.add_argument("--seed", type=int, default=2025)
    args = parser.parse_args(argv)
    how = Resampling(args.resamples, seed=args.seed)
    error = sqrt(0.95 * 0.05 / args.corpora)
    print(made_with(args.seed, "numpy", "scipy"))
    print(
        f"{args.corpora:,} corpora each, {args.resamples:,} resamples, confidence {how.confidence}. "
        f"Standard error of a share of 95%: {error:.2%}."
    )
    for kind, answered in ANSWERED.items():
        true = truth(args.seed, answered, BETTER)
        print(f"\nIntervals that hold the truth, {kind}:\n")
        lines = [["", "truth", *(f"{true[name]:.4f}" for name in FIGURES)]]
        for n in args.documents:
            for method, by in coverage(n, args.corpora, how, answered, true).items():
                lines.append([f"{n:,}", method, *(f"{100 * by[name]:.1f}" for name in FIGURES)])
        print(markdown(["documents", "method", *(f"{name} (%)" for name in FIGURES)], lines), flush=True)
    for kind, answered in ANSWERED.items():
        print(f"\nTests of micro F1 with p <= {1 - how.confidence:.2f}, {kind}:\n")
        lines = []
        for n in args.documents:
            equal, detectable = findings(n, args.corpora, how, answered, 0.0)
            better = better_by(detectable, args.seed, answered)
            there = truth(args.seed, answered, better)["micro F1, b - a"]
            power, claimed = findings(n, args.corpora, how, answered, better)
            lines.append(
                [f"{n:,}", f"{100 * equal:.1f}", f"{there:.4f}", f"{claimed:.4f}", f"{100 * power:.1f}"]
            )
        head = ["documents", "no difference (%)", "a difference of", "mean of `detectable`", "found (%)"]
        print(markdown(head, lines), flush=True)


if __name__ == "__main__":
    main()
