"""How much there is to learn from: the spread of rewards in groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from medvie_reward.metrics import Reward
from medvie_reward.spec import Spec

_TINY: Final = 1e-9


class Signal(NamedTuple):
    """The spread of rewards in groups.

    Attributes
    ----------
    spread
        Mean standard deviation of r_matching in a group.
    even
        Share of groups in which all rewards are equal: they teach nothing.
    even_matching
        Share of groups in which all of r_matching is equal.
    formed
        Share of completions that are well formed.
    format_share
        Share of the variance in groups that is the form's alone.
    read
        Share of completions with an answer.
    """

    spread: float
    even: float
    even_matching: float
    formed: float
    format_share: float
    read: float


def signal_of(spec: Spec, rewards: Sequence[Sequence[Reward]]) -> Signal:
    """Return the spread of the rewards of some groups; a group of a single answer does not count."""
    every = [r for group in rewards for r in group]
    rewards = [group for group in rewards if len(group) > 1]
    formed, read = float(np.mean([r.format for r in every])), float(np.mean([r.parsed for r in every]))
    if not rewards:
        return Signal(0.0, 0.0, 0.0, formed, 0.0, read)
    matching = [np.array([r.matching for r in group]) for group in rewards]
    form = [spec.format_weight * np.array([r.format for r in group]) for group in rewards]
    total = [np.array([r.score for r in group]) for group in rewards]
    variance = float(np.mean([x.var() for x in total]))
    return Signal(
        spread=float(np.mean([x.std() for x in matching])),
        even=float(np.mean([x.std() < _TINY for x in total])),
        even_matching=float(np.mean([x.std() < _TINY for x in matching])),
        formed=formed,
        format_share=float(np.mean([x.var() for x in form])) / variance if variance > _TINY**2 else 0.0,
        read=read,
    )
