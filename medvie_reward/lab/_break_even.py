"""From which accuracy on a field pays under a spec, at the answers that the model gives today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from medvie_reward.lab._closed_form import Stakes, stakes_of
from medvie_reward.lab._groups import ReadGroup
from medvie_reward.metrics import Counts, Gold, Scores, matching_of
from medvie_reward.spec import Spec


class BreakEven(NamedTuple):
    """A field, how well it is read, and how well it must be read to be worth writing.

    Attributes
    ----------
    field
        The field.
    accuracy
        Share of its answered leaves that are right, by the yardstick; ``None`` where none was answered.
    answered
        How many leaves that is.
    pays_above
        The accuracy from which on one more leaf of it pays, all else as it is.
    """

    field: str
    accuracy: float | None
    answered: int
    pays_above: float

    @property
    def below(self) -> bool:
        """Whether the field is read worse than it pays."""
        return self.accuracy is not None and self.accuracy < self.pays_above


def break_evens(
    groups: Sequence[ReadGroup], scored: Sequence[Sequence[Scores]], spec: Spec, fields: Iterable[str]
) -> list[BreakEven]:
    """Return the break-even of some fields.

    Parameters
    ----------
    groups
        The groups.
    scored
        What ``spec`` says of the answers of each.
    spec
        The reward.
    fields
        The fields.
    """
    found = []
    for name in fields:
        total = Stakes(0.0, 0.0, 0.0)
        right = answered = 0
        for one, mine in zip(groups, scored, strict=True):
            for measured in one.scores:
                if name in measured.fields:
                    counts = measured.fields[name].counts
                    right, answered = (
                        right + int(counts.correct),
                        answered + int(counts.correct) + counts.wrong,
                    )
            for scores in mine:
                total = total.plus(field_stakes(scores, name, spec))
        accuracy = right / answered if answered else None
        found.append(BreakEven(name, accuracy, answered, total.break_even))
    return found


def field_stakes(scores: Scores, name: str, spec: Spec) -> Stakes:
    """Return what is at stake with each of the gold's leaves of a field, all else as it is; their sum."""
    total = Stakes(0.0, 0.0, 0.0)
    if name not in scores.fields:
        return total
    whole, mine = scores.counts, scores.fields[name].counts
    if not mine.n_gold:
        return total
    weight, critical = mine.weight_gold / mine.n_gold, bool(mine.critical)
    if not weight:
        return total
    shorter = replace(whole, n_pred=whole.n_pred - 1, weight_pred=max(0.0, whole.weight_pred - weight))
    if mine.correct:
        left = max(0.0, whole.weight_correct - weight)
        rest = replace(shorter, correct=whole.correct - 1, weight_correct=left)
        total = total.plus(stakes_of(spec, rest, weight=weight, critical=critical), mine.correct)
    if mine.wrong:
        rest = replace(shorter, wrong=whole.wrong - 1, wrong_critical=whole.wrong_critical - critical)
        total = total.plus(stakes_of(spec, rest, weight=weight, critical=critical), mine.wrong)
    if mine.missing:
        total = total.plus(stakes_of(spec, whole, weight=weight, critical=critical), mine.missing)
    return total


def at_floor(counts: Counts, spec: Spec) -> bool:
    """Check whether one more hallucinated leaf that costs something would cost nothing here."""
    dearer = replace(counts, charged=counts.charged + 1.0)
    return bool(counts.n_pred) and matching_of(spec, dearer) == matching_of(spec, counts)


def floor_share(groups: Sequence[ReadGroup], scored: Sequence[Sequence[Scores]], spec: Spec) -> float:
    """Return the share of answers in which hallucination costs nothing, of those with something right."""
    flags = [at_floor(x.counts, spec) for mine in scored for x in mine if x.counts.correct]
    return sum(flags) / len(flags) if flags else 0.0


def score_groups(groups: Sequence[ReadGroup], spec: Spec) -> list[list[Scores]]:
    """Return what a spec says of the answers of some groups."""
    made = []
    for one in groups:
        gold = Gold(one.group.gold, spec)
        made.append([gold.score(answer) for answer in one.answers])
    return made
