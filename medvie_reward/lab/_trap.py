"""The trap curve: what answers earn when they are cut to the fields that are read most surely.

Where the reward is highest with few fields, a model that is trained by it is drawn to leave out the others: a
trap. For each document the order of the fields and the best number of them are chosen on other documents;
chosen on the same ones, they show traps that are not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from medvie_reward.lab._edits import MOST_ANSWERS, Knowledge, mean_rewards
from medvie_reward.lab._groups import ReadGroup
from medvie_reward.lab._means import mean_intervals
from medvie_reward.lab._outlines import keep_fields
from medvie_reward.spec import Spec
from medvie_reward.statistics import Interval

PARTS: Final = (0.125, 0.25, 0.375, 0.5, 0.75)
"""Shares of the fields that answers are cut to, besides one field and all."""


class Point(NamedTuple):
    """A point of the curve.

    Attributes
    ----------
    fields
        How many fields are kept, on average over folds.
    length
        Leaves that are left, as a share of those written.
    reward
        Mean r_matching.
    f1
        Mean F1.
    """

    fields: float
    length: float
    reward: float
    f1: float


@dataclass(frozen=True)
class Trap:
    """The curve of one spec.

    Attributes
    ----------
    points
        From one field to the whole answer.
    best
        Position of the point with the highest reward.
    gain, f1
        What cutting to the best number of fields changes in r_matching and F1, the number chosen on other
        documents, with intervals by document.
    kept
        Share of the leaves that such answers keep.
    """

    points: tuple[Point, ...]
    best: int
    gain: Interval
    f1: Interval
    kept: float

    @property
    def shown(self) -> bool:
        """Whether it is sure that leaving out fields pays, and that it lowers F1."""
        return self.gain.low > 0 and self.f1.high < 0


@dataclass(frozen=True)
class Cuts:
    """The answers of some documents cut to more and more fields.

    Attributes
    ----------
    answers
        By document, then by point.
    fields
        Mean number of fields by point.
    f1, lengths
        Mean F1 and mean number of leaves, shape (documents, points).
    """

    answers: list[list[list[Any]]]
    fields: list[float]
    f1: Any
    lengths: Any


def cut_all(groups: Sequence[ReadGroup], known: Sequence[Knowledge], yardstick: Spec) -> Cuts:
    """Cut the answers of some documents, which have some."""
    sizes = [_sizes(len(one.fields)) for one in known]
    made: list[list[list[Any]]] = []
    for one in groups:
        mine, answers = known[one.fold], one.answers[:MOST_ANSWERS]
        cuts = [frozenset(mine.fields[:k]) for k in sizes[one.fold]]
        made.append([[keep_fields(answer, cut) or {} for answer in answers] for cut in cuts])
        made[-1].append(list(answers))
    from medvie_reward.completions import Completion

    lengths = [[np.mean([Completion.from_answer(x).leaves for x in cut]) for cut in cuts] for cuts in made]
    return Cuts(
        made,
        [*(float(x) for x in np.mean(sizes, axis=0)), float(np.mean([len(one.fields) for one in known]))],
        mean_rewards(groups, made, yardstick),
        np.array(lengths, dtype=float),
    )


def _sizes(n: int) -> list[int]:
    return [1, *(max(1, round(part * n)) for part in PARTS)]


def find_trap(groups: Sequence[ReadGroup], cuts: Cuts, spec: Spec) -> Trap:
    """Return the trap curve of a spec."""
    rewards = mean_rewards(groups, cuts.answers, spec)
    folds = np.array([one.fold for one in groups])
    best = np.array([int(rewards[folds != fold].mean(0).argmax()) for fold in folds])
    rows = np.arange(len(groups))
    gain, f1 = mean_intervals(
        np.stack([rewards[rows, best] - rewards[:, -1], cuts.f1[rows, best] - cuts.f1[:, -1]], axis=1)
    )
    lengths = cuts.lengths.sum(0)
    points = tuple(
        Point(*map(float, x))
        for x in zip(
            cuts.fields, lengths / max(1.0, lengths[-1]), rewards.mean(0), cuts.f1.mean(0), strict=True
        )
    )
    kept = float(cuts.lengths[rows, best].sum() / max(1.0, lengths[-1]))
    return Trap(points, int(rewards.mean(0).argmax()), gain, f1, kept)
