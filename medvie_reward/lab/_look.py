"""Rollouts x specs -> a `Lab`: for each spec a verdict and all that it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from medvie_reward.completions import Completion
from medvie_reward.errors import ArgumentError
from medvie_reward.lab._break_even import BreakEven, break_evens, floor_share, score_groups
from medvie_reward.lab._closed_form import best_prefix
from medvie_reward.lab._edits import Outcome, edit_all, judge_edits, knowledge_outside, sure_fields
from medvie_reward.lab._groups import Group, ReadGroup, critical_fields, habits_of, read_groups
from medvie_reward.lab._habits import Habits
from medvie_reward.lab._outlines import outline
from medvie_reward.lab._pages import fields_of
from medvie_reward.lab._policy import Layout, draw
from medvie_reward.lab._push import Push, pushes
from medvie_reward.lab._signal import Signal, signal_of
from medvie_reward.lab._simulation import Reader, Simulation, pages_of
from medvie_reward.lab._trap import Trap, cut_all, find_trap
from medvie_reward.lab._verdict import Verdict, judge
from medvie_reward.lab._yardstick import yardstick_of
from medvie_reward.metrics import Gold, Reward
from medvie_reward.spec import Spec
from medvie_reward.statistics import Interval

_LEAVES: Final = 40
"""Leaves of the document that the closed form is computed for, at most."""


@dataclass(frozen=True)
class SpecLook:
    """What was found about one spec.

    Attributes
    ----------
    name, spec
        The spec.
    verdict
        What it will probably make of the model.
    reward, matching
        Mean reward and mean r_matching of all completions.
    trap, edits, pushes, break_evens, signal
        See there.
    floor
        Share of the answers with something right in which hallucination costs nothing more.
    best_share
        Share of the leaves of a typical document that it is best to write, by closed form.
    """

    name: str
    spec: Spec
    verdict: Verdict
    reward: float
    matching: float
    trap: Trap
    edits: tuple[Outcome, ...]
    pushes: tuple[Push, ...]
    break_evens: tuple[BreakEven, ...]
    signal: Signal
    floor: float
    best_share: float

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        trap = self.trap
        return {
            "signature": self.spec.signature,
            "verdict": self.verdict.code,
            "text": self.verdict.text(self.name),
            "reasons": [reason._asdict() for reason in self.verdict.reasons],
            "reward": self.reward,
            "matching": self.matching,
            "trap": {
                "shown": trap.shown,
                "gain": trap.gain._asdict(),
                "f1": trap.f1._asdict(),
                "kept": trap.kept,
                "best": trap.best,
                "points": [point._asdict() for point in trap.points],
            },
            "edits": [
                {
                    "edit": edit.edit,
                    "reward": edit.reward._asdict(),
                    "f1": edit.f1._asdict(),
                    "pays": edit.pays,
                    "free": edit.free,
                }
                for edit in self.edits
            ],
            "push": {
                push.name: {
                    "drift": push.drift,
                    "error": push.error if np.isfinite(push.error) else None,
                    "groups": push.groups,
                    "clear": push.clear,
                }
                for push in self.pushes
            },
            "break_even": [
                {**one._asdict(), "pays_above": one.pays_above if np.isfinite(one.pays_above) else None,
                 "below": one.below}
                for one in self.break_evens
            ],
            "signal": self.signal._asdict(),
            "floor": self.floor,
            "best_share": self.best_share,
        }  # fmt: skip


@dataclass(frozen=True)
class Lab:
    """What was found about some specs.

    Attributes
    ----------
    looks
        One for each spec.
    documents, completions
        How many were looked at.
    f1
        Mean F1 of the answers, with an interval by document.
    habits
        How the model reads and writes.
    source
        Whether the answers are a model's or a simulated reader's: ``rollouts`` or ``simulated``.
    yardstick
        What F1 is measured by.
    simulation
        Simulated training, where it was asked for.
    """

    looks: tuple[SpecLook, ...]
    documents: int
    completions: int
    f1: Interval
    habits: Habits
    source: str
    yardstick: Spec
    simulation: Simulation | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "source": self.source,
            "documents": self.documents,
            "completions": self.completions,
            "yardstick": self.yardstick.signature,
            "f1": self.f1._asdict(),
            "habits": self.habits.to_dict(),
            "specs": {look.name: look.to_dict() for look in self.looks},
            "simulation": None if self.simulation is None else self.simulation.to_dict(),
        }


def look(
    groups: Sequence[Group],
    specs: Mapping[str, Spec],
    *,
    yardstick: Spec | None = None,
    source: str = "rollouts",
) -> Lab:
    """Say what some rewards will probably make of the model that wrote these rollouts.

    Parameters
    ----------
    groups
        The rollouts by document.
    specs
        The rewards, by name.
    yardstick
        What F1 is measured by; `yardstick_of` ``clinical`` if not given.
    source
        What `Lab.source` is to be.

    Raises
    ------
    ArgumentError
        If there are too few documents, no specs, or no answer that can be read.
    """
    if not specs:
        raise ArgumentError("specs: expected at least one")
    measured = yardstick_of() if yardstick is None else yardstick
    read = read_groups(groups, measured)
    golds = [one.group.gold for one in read]
    critical = critical_fields(golds, [measured, *specs.values()])
    known = knowledge_outside(read, critical)
    if not all(one.fields for one in known):
        raise ArgumentError("rollouts: expected answers to at least 5 leaves of some field, got fewer")
    answered = [one for one in read if one.answers]
    edited = edit_all(answered, known, measured)
    cuts = cut_all(answered, known, measured)
    habits = habits_of(read, next(iter(specs.values())))
    names = [name for name in sure_fields(habits) if name in critical]
    looks = []
    for name, spec in specs.items():
        rewards = [_rewards(one.group, spec) for one in read]
        of_answered = [mine for one, mine in zip(read, rewards, strict=True) if one.answers]
        scored = score_groups(answered, spec)
        trap, edits = find_trap(answered, cuts, spec), judge_edits(answered, edited, spec)
        pushed, pays = pushes(answered, of_answered), break_evens(answered, scored, spec, names)
        signal, floor = signal_of(spec, rewards), floor_share(answered, scored, spec)
        best = _best_share(golds, habits, spec, critical)
        every = [r for mine in rewards for r in mine]
        looks.append(
            SpecLook(
                name=name, spec=spec,
                verdict=judge(trap, edits, pushed, pays, signal, floor, best, known[0].alone),
                reward=float(np.mean([r.score for r in every])),
                matching=float(np.mean([r.matching for r in every])),
                trap=trap, edits=tuple(edits), pushes=tuple(pushed), break_evens=tuple(pays),
                signal=signal, floor=floor, best_share=best,
            )
        )  # fmt: skip
    completions = sum(len(one.group.completions) for one in read)
    return Lab(tuple(looks), len(read), completions, _mean_f1(read), habits, source, measured)


def _rewards(group: Group, spec: Spec) -> list[Reward]:
    gold = Gold(group.gold, spec)
    return [gold.reward(x) for x in group.completions]


def _mean_f1(read: Sequence[ReadGroup]) -> Interval:
    from medvie_reward.lab._means import mean_intervals

    means = [[float(one.measures.f1.sum()) / max(1, len(one.group.completions))] for one in read]
    return mean_intervals(np.array(means))[0]


def _best_share(golds: Sequence[Any], habits: Habits, spec: Spec, critical: frozenset[str]) -> float:
    """Return the best share of a typical document's leaves, each as sure as its field."""
    documents = sorted(([s.field for s in outline(gold).slots if not s.blank] for gold in golds), key=len)
    fields = documents[len(documents) // 2]
    if not fields:
        return 1.0
    fields = [fields[int(k)] for k in np.linspace(0, len(fields) - 1, min(len(fields), _LEAVES))]
    best = best_prefix(
        spec,
        [habits.accuracy(name) for name in fields],
        len(fields),
        critical=[name in critical for name in fields],
    )
    return best / len(fields)


def simulated_groups(
    golds: Sequence[Any],
    reader: Reader,
    *,
    rollouts: int = 8,
    seed: int = 0,
    critical: frozenset[str] = frozenset(),
) -> list[Group]:
    """Return rollouts of a simulated reader, for documents that no model has read yet.

    Parameters
    ----------
    golds
        The documents; their lists are cut as the reader says.
    reader
        The reader.
    rollouts
        Answers per document.
    seed
        Of all draws.
    critical
        Critical fields; see `simulate`.
    """
    fields = fields_of(golds)
    layout = Layout(fields)
    pages, start = pages_of(golds, fields, reader, seed, critical)
    theta, rng = layout.start(start), np.random.default_rng([seed, 6])
    made = []
    for n, page in enumerate(pages):
        drawn = draw(page, layout, theta, rollouts, rng, slopes=False)
        completions = tuple(
            Completion(answer, bool(formed), "ok")
            for answer, formed in zip(drawn.answers, drawn.formed, strict=True)
        )
        made.append(Group(str(n + 1), page.gold, completions))
    return made
