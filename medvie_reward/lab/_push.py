"""Where the first update pushes a policy: Price's equation on groups of rollouts.

The drift of a property X of answers is the mean over groups of the covariance of X with the advantage: what
answers that are above their group have more of, there will be more of. Answers that cannot be read are left
out, so that what the form alone pays is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from medvie_reward.lab._groups import ReadGroup
from medvie_reward.lab._training import advantages
from medvie_reward.lab._yardstick import MEASURED
from medvie_reward.metrics import Reward

ERRORS: Final = 2.0
"""Standard errors from 0 from which on a drift is clear."""


class Push(NamedTuple):
    """The drift of a property of answers.

    Attributes
    ----------
    name
        The property; see `Measures`.
    drift
        Mean over groups of the covariance with the advantage.
    error
        Its standard error; ``nan`` for a single group.
    groups
        Groups with at least two answers.
    """

    name: str
    drift: float
    error: float
    groups: int

    @property
    def clear(self) -> bool:
        """Whether 0 is outside; else there are too few rollouts to say."""
        return bool(abs(self.drift) > ERRORS * self.error)


def pushes(groups: Sequence[ReadGroup], rewards: Sequence[Sequence[Reward]]) -> list[Push]:
    """Return the drift of all that is measured.

    Parameters
    ----------
    groups
        The groups.
    rewards
        The rewards of the completions of each.
    """
    drifts: dict[str, list[float]] = {name: [] for name in MEASURED}
    for one, mine in zip(groups, rewards, strict=True):
        if len(one.answers) < 2:
            continue
        advantage = advantages(np.array([mine[n].matching for n in one.at]))
        for name, x in zip(MEASURED, one.measures, strict=True):
            drifts[name].append(float(np.mean(advantage * (x - x.mean()))))
    return [_push(name, np.array(values)) for name, values in drifts.items()]


def _push(name: str, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Push:
    n = len(values)
    error = float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    return Push(name, float(values.mean()) if n else 0.0, error, n)
