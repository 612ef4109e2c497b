"""What can be computed without answers: when one more leaf pays, and how many leaves it is best to write.

The arithmetic is that of the reward itself. A leaf that is written makes the answer longer whether it is
right or not, and right with some probability only; so it pays from an accuracy on, its break-even.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from medvie_reward.errors import ArgumentError
from medvie_reward.metrics import Counts, matching_of
from medvie_reward.spec import Spec


class Stakes(NamedTuple):
    """What r_matching is without a leaf, with it right, and with it wrong; stakes of many leaves add up."""

    without: float
    right: float
    wrong: float

    @property
    def break_even(self) -> float:
        """The probability of being right from which on writing the leaf pays: 0 always, above 1 never.

        It is ``inf`` where being right changes nothing.
        """
        gain = self.right - self.wrong
        return max(0.0, self.without - self.wrong) / gain if gain > 0 else float("inf")

    def plus(self, other: Stakes, times: float = 1.0) -> Stakes:
        """Return the sum of these stakes and others, which count so many times."""
        return Stakes(*(a + times * b for a, b in zip(self, other, strict=True)))


def stakes_of(spec: Spec, rest: Counts, *, weight: float = 1.0, critical: bool = False) -> Stakes:
    """Return what is at stake with one more leaf.

    Parameters
    ----------
    spec
        The reward.
    rest
        The answer without the leaf. The gold document has the leaf, so it is among its ``n_gold`` and, where
        it is critical, its ``critical`` leaves.
    weight
        What the leaf weighs.
    critical
        Whether a wrong value costs the spec's ``critical_cost``.

    Examples
    --------
    >>> one_right = Counts(correct=1, n_pred=1, n_gold=5)
    >>> half = Spec.preset("strict")
    >>> round(stakes_of(half, one_right).break_even, 2)
    0.71
    >>> round(stakes_of(half.replace(matching="f1"), one_right).break_even, 2)
    0.17
    """
    longer = replace(rest, n_pred=rest.n_pred + 1, weight_pred=rest.weight_pred + weight)
    right = replace(longer, correct=rest.correct + 1, weight_correct=rest.weight_correct + weight)
    wrong = replace(longer, wrong=rest.wrong + 1, wrong_critical=rest.wrong_critical + critical)
    return Stakes(*(matching_of(spec, counts) for counts in (rest, right, wrong)))


def prefix_rewards(
    spec: Spec, accuracies: Sequence[float], n_gold: int, *, critical: Sequence[bool] | None = None
) -> list[float]:
    """Return the expected r_matching of an answer of only the first leaf, of the first two, and so on.

    The expectation is exact: leaves of weight 1 are right independently of each other, none is hallucinated.

    Parameters
    ----------
    spec
        The reward.
    accuracies
        Probability that each leaf is right; in the order of writing, so usually falling.
    n_gold
        Leaves of the gold document.
    critical
        Which of the leaves are critical; those of the gold document are all among them.

    Raises
    ------
    ArgumentError
        If there are more leaves than the gold document has, or an accuracy is no probability.

    Examples
    --------
    >>> [round(x, 3) for x in prefix_rewards(Spec.preset("strict"), [0.9, 0.5, 0.1], 3)]
    [0.6, 0.583, 0.5]
    """
    flags = list(critical) if critical is not None else [False] * len(accuracies)
    if len(accuracies) > n_gold or len(flags) != len(accuracies):
        raise ArgumentError(
            f"accuracies: expected at most {n_gold}, and as many as in critical, got {len(accuracies)}"
        )
    if not all(0 <= q <= 1 for q in accuracies):
        raise ArgumentError(f"accuracies: expected numbers from 0 to 1, got {list(accuracies)}")
    n_critical = sum(flags)
    chances = {(0, 0): 1.0}  # leaves right, critical leaves wrong -> probability
    found = []
    for k, (q, flag) in enumerate(zip(accuracies, flags, strict=True), 1):
        after: dict[tuple[int, int], float] = {}
        for (right, bad), p in chances.items():
            for state, chance in (((right + 1, bad), q), ((right, bad + flag), 1 - q)):
                after[state] = after.get(state, 0.0) + p * chance
        chances = {state: p for state, p in after.items() if p > 0}
        found.append(
            sum(
                p * matching_of(spec, _counts(right, bad, k, n_gold, n_critical))
                for (right, bad), p in chances.items()
            )
        )
    return found


def _counts(right: int, bad: int, written: int, n_gold: int, n_critical: int) -> Counts:
    return Counts(
        correct=right,
        wrong=written - right,
        n_pred=written,
        n_gold=n_gold,
        critical=n_critical,
        wrong_critical=bad,
    )


def best_prefix(
    spec: Spec, accuracies: Sequence[float], n_gold: int, *, critical: Sequence[bool] | None = None
) -> int:
    """Return how many leaves it is best to write, the surest first; the fewest of equally good numbers.

    Parameters and errors are those of `prefix_rewards`, in any order.
    """
    flags = list(critical) if critical is not None else [False] * len(accuracies)
    order = sorted(range(len(accuracies)), key=lambda n: -accuracies[n])
    rewards = prefix_rewards(spec, [accuracies[n] for n in order], n_gold, critical=[flags[n] for n in order])
    return max(range(len(rewards)), key=lambda k: (rewards[k], -k)) + 1 if rewards else 0
