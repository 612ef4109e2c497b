"""What every spec of a lab is measured by: one row-correct F1, in which each field counts alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from medvie_reward.completions import ABSENT, Completion
from medvie_reward.metrics import Gold, Reward, reward_group
from medvie_reward.spec import COSTS, Spec

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

MEASURED: Final = ("f1", "length", "hallucinated", "wrong_critical")
"""What is measured of every answer; see `Measures`."""


class Measures(NamedTuple):
    """What the answers to one document are, an entry an answer.

    Attributes
    ----------
    f1
        Row-correct F1.
    length
        Leaves written, per leaf of the gold.
    hallucinated
        Hallucinated leaves, per leaf of the gold.
    wrong_critical
        Share of the gold's critical leaves that are wrong; 0 where it has none.
    """

    f1: Floats
    length: Floats
    hallucinated: Floats
    wrong_critical: Floats


def yardstick_of(spec: Spec | str = "clinical") -> Spec:
    """Return a spec that compares values as this one does, with equal weights, paired rows and no costs."""
    base = Spec.preset(spec) if isinstance(spec, str) else spec
    rules = tuple(replace(rule, weight=1.0) if rule.weight else rule for rule in base.rules)
    changes: dict[str, Any] = dict.fromkeys(COSTS, 0.0)
    lists = "align" if base.lists == "bag" else base.lists
    return base.replace(rules=rules, matching="f1", lists=lists, floor=0.0, **changes)


def measure(answers: Sequence[Any], gold: Gold) -> Measures:
    """Measure answers, JSON values or `ABSENT`, against a document prepared for the yardstick."""
    return measures_of(reward_group([as_completion(answer) for answer in answers], gold))


def as_completion(answer: Any) -> Completion:
    """Return an answer as a completion that needs no reading."""
    return Completion(ABSENT, None, "empty") if answer is ABSENT else Completion.from_answer(answer)


def measures_of(rewards: Sequence[Reward]) -> Measures:
    """Return what the yardstick's rewards say."""
    leaves = np.array([max(1, r.n_gold) for r in rewards], dtype=float)
    critical = np.array([max(1, r.critical) for r in rewards], dtype=float)
    return Measures(
        np.array([r.f1 for r in rewards], dtype=float),
        np.array([r.n_pred for r in rewards], dtype=float) / leaves,
        np.array([r.hallucinated for r in rewards], dtype=float) / leaves,
        np.array([r.wrong_critical for r in rewards], dtype=float) / critical,
    )
