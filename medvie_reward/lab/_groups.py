"""Rollouts by document, read once: answers, what the yardstick measures of them, habits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from medvie_reward.completions import ABSENT
from medvie_reward.errors import ArgumentError
from medvie_reward.lab._habits import Habits
from medvie_reward.lab._outlines import outline
from medvie_reward.lab._yardstick import Measures, measure
from medvie_reward.metrics import Gold, Scores
from medvie_reward.spec import Spec

FOLDS: Final = 5
"""Parts of the documents: what is chosen for one is chosen on the others."""
FEWEST_DOCUMENTS: Final = 4
"""The fewest documents that anything can be said of."""


@dataclass(frozen=True)
class Group:
    """The rollouts for one document.

    Attributes
    ----------
    name
        The document's id, or its number.
    gold
        The document.
    completions
        What the model wrote: texts, messages or `Completion` objects.
    """

    name: str
    gold: Any
    completions: tuple[Any, ...]

    def with_more(self, completions: Iterable[Any]) -> Group:
        """Return this group with more completions."""
        return replace(self, completions=(*self.completions, *completions))


@dataclass(frozen=True)
class ReadGroup:
    """A group whose completions were read.

    Attributes
    ----------
    group
        The group.
    answers
        The answers of those completions that have one.
    at
        Which completions these are.
    scores, measures
        What the yardstick says of the answers.
    fold
        The document's fold.
    """

    group: Group
    answers: tuple[Any, ...]
    at: tuple[int, ...]
    scores: tuple[Scores, ...]
    measures: Measures
    fold: int


def read_groups(groups: Sequence[Group], yardstick: Spec) -> list[ReadGroup]:
    """Read the completions of some groups.

    Raises
    ------
    ArgumentError
        If there are too few documents, or none of the completions has an answer.
    """
    if len(groups) < FEWEST_DOCUMENTS:
        raise ArgumentError(
            f"rollouts: expected those of at least {FEWEST_DOCUMENTS} documents, got {len(groups)}"
        )
    order = np.random.default_rng(0).permutation(len(groups))
    folds = {int(k): n % min(FOLDS, len(groups)) for n, k in enumerate(order)}
    made = [_read(group, yardstick, folds[n]) for n, group in enumerate(groups)]
    if not any(one.answers for one in made):
        raise ArgumentError("rollouts: none of them has an answer that can be read")
    return made


def _read(group: Group, yardstick: Spec, fold: int) -> ReadGroup:
    gold = Gold(group.gold, yardstick)
    read = [gold.parse(x) if not hasattr(x, "format_ok") else x for x in group.completions]
    at = tuple(n for n, one in enumerate(read) if one.answer is not ABSENT)
    answers = tuple(read[n].answer for n in at)
    return ReadGroup(
        group, answers, at, tuple(gold.score(answer) for answer in answers), measure(answers, gold), fold
    )


def habits_of(groups: Sequence[ReadGroup], spec: Spec) -> Habits:
    """Return how the model reads and writes; ``spec`` says what a well-formed completion is."""
    made = Habits()
    row_leaves = rows = 0
    for one in groups:
        made.add(one.scores)
        shape = outline(one.group.gold)
        made.blanks += sum(slot.blank for slot in shape.slots) * len(one.answers)
        row_leaves += sum(slot.row >= 0 and not slot.blank for slot in shape.slots)
        rows += len(shape.rows)
        gold = Gold(one.group.gold, spec)
        made.answers += len(one.group.completions)
        made.formed_answers += sum(
            bool((x if hasattr(x, "format_ok") else gold.parse(x)).format_ok) for x in one.group.completions
        )
    made.row_leaves = row_leaves / max(1, rows)
    return made


def habits_outside(groups: Sequence[ReadGroup]) -> list[Habits]:
    """Return for each fold how the model reads the documents of all other folds."""
    made = []
    for fold in range(max(one.fold for one in groups) + 1):
        habits = Habits()
        for one in groups:
            if one.fold != fold:
                habits.add(one.scores)
        made.append(habits)
    return made


def critical_fields(golds: Sequence[Any], specs: Sequence[Spec]) -> frozenset[str]:
    """Return the fields of some documents that are critical under one of some specs."""
    found: set[str] = set()
    for spec in specs:
        if spec.reading == "smr-r1":
            continue
        for gold in golds:
            scores = Gold(gold, spec).score({})
            found |= {name for name, one in scores.fields.items() if one.counts.critical}
    return frozenset(found)
