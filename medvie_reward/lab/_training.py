"""Group-relative policy optimization (GRPO) of a simulated reader, with the real reward.

The advantage is (reward - mean) / standard deviation in a group, one update a batch (so there is no ratio to
clip), Adam on the reader's logits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from medvie_reward.errors import ArgumentError
from medvie_reward.lab._outlines import is_blank, keep_fields
from medvie_reward.lab._pages import MISREAD, Page, sigmoid
from medvie_reward.lab._policy import Layout, draw
from medvie_reward.lab._yardstick import MEASURED, as_completion, measures_of
from medvie_reward.metrics import Gold, reward_group
from medvie_reward.spec import Spec

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

KEYS: Final = ("all", "random")
RECORDED: Final = (*MEASURED, "precision", "recall", "reward", "spread", "even", "written", "shift", "swap")
"""What is recorded of a run: what is measured on the documents held out; of the rollouts since the last
record the mean matching reward, its standard deviation in a group, the share of groups without any, and the
leaves written since the start; and the probabilities of slips."""

_MOMENTS: Final = (0.9, 0.99)
_TINY: Final = 1e-8
_BOUND: Final = 9.0
FEWEST: Final = 4
"""The fewest documents that can be trained on."""
_LAST: Final = 4


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How the simulated reader is trained.

    Attributes
    ----------
    steps, prompts, rollouts
        Updates, documents per update, answers per document.
    rate, skill_rate
        Learning rate, and the part of it with which reading itself improves.
    every
        Steps from one record to the next.
    held_out
        Share of the documents that are kept to measure on.
    samples
        Answers per document held out; four times as many at the start and at the end.
    keys
        ``all``, or ``random``: queries that ask for some fields, drawn anew for each prompt.
    noise
        Share of the values of the documents to train on that are made wrong.
    """

    steps: int = 110
    prompts: int = 6
    rollouts: int = 8
    rate: float = 0.05
    skill_rate: float = 0.3
    every: int = 10
    held_out: float = 0.3
    samples: int = 2
    keys: str = "all"
    noise: float = 0.0


@dataclass
class History:
    """What was recorded of a run.

    Attributes
    ----------
    steps
        Steps at which there is a record.
    records
        By the names of `RECORDED`, a value a record.
    theta
        The parameters at the end.
    """

    steps: list[int] = field(default_factory=list)
    records: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in RECORDED})
    theta: Any = None


def train(
    pages: Sequence[Page],
    layout: Layout,
    theta: Floats,
    spec: Spec,
    yardstick: Spec,
    schedule: Schedule | None = None,
    *,
    seed: int = 0,
) -> History:
    """Train a reader and record what becomes of it.

    Parameters
    ----------
    pages
        The documents; some of them are held out, drawn by the seed.
    layout, theta
        The reader before training.
    spec
        The reward.
    yardstick
        What is measured by; see `yardstick_of`.
    schedule
        How to train.
    seed
        Of the documents held out and of all draws.

    Raises
    ------
    ArgumentError
        If there are fewer than four documents.
    """
    if len(pages) < FEWEST:
        raise ArgumentError(f"golds: expected at least {FEWEST} documents to train on, got {len(pages)}")
    return _Run(pages, layout, theta, spec, yardstick, schedule or Schedule(), seed).train()


class _Run:
    def __init__(
        self,
        pages: Sequence[Page],
        layout: Layout,
        theta: Floats,
        spec: Spec,
        yardstick: Spec,
        schedule: Schedule,
        seed: int,
    ) -> None:
        self.layout, self.theta, self.spec, self.schedule, self.seed = (
            layout,
            theta.copy(),
            spec,
            schedule,
            seed,
        )
        order = np.random.default_rng([seed, 2]).permutation(len(pages))
        held = max(1, round(schedule.held_out * len(pages)))
        self.held = [(pages[k], Gold(pages[k].gold, yardstick)) for k in order[:held]]
        self.pages = [pages[k] for k in order[held:]]
        if schedule.noise:
            rng = np.random.default_rng([seed, 3])
            self.pages = [
                replace(page, gold=with_errors(page.gold, schedule.noise, rng)) for page in self.pages
            ]
        self.golds = [Gold(page.gold, spec) for page in self.pages]
        self.rng = np.random.default_rng([seed, 4])
        self.history = History()
        self.since: dict[str, list[float]] = {"reward": [], "spread": [], "even": []}
        self.written = 0.0

    def train(self) -> History:
        schedule, layout = self.schedule, self.layout
        rate = np.full(layout.size, schedule.rate)
        rate[layout.skill] *= schedule.skill_rate
        first, second = np.zeros(layout.size), np.zeros(layout.size)
        for step in range(1, schedule.steps + 1):
            if (step - 1) % schedule.every == 0:
                self._record(step - 1)
            slope = self._slope()
            first = _MOMENTS[0] * first + (1 - _MOMENTS[0]) * slope
            second = _MOMENTS[1] * second + (1 - _MOMENTS[1]) * slope**2
            up = first / (1 - _MOMENTS[0] ** step)
            down = np.sqrt(second / (1 - _MOMENTS[1] ** step)) + _TINY
            self.theta = np.clip(self.theta + rate * up / down, -_BOUND, _BOUND)
        self._record(schedule.steps)
        self.history.theta = self.theta
        return self.history

    def _slope(self) -> Floats:
        schedule = self.schedule
        slope = np.zeros(self.layout.size)
        chosen = self.rng.choice(len(self.pages), min(schedule.prompts, len(self.pages)), replace=False)
        for k in chosen.tolist():
            page, gold, asked = self.pages[k], self.golds[k], None
            if schedule.keys == "random":
                asked = draw_fields(self.layout.fields, self.rng)
                gold = Gold(keep_fields(page.gold, asked) or {}, self.spec)
            drawn = draw(page, self.layout, self.theta, schedule.rollouts, self.rng, asked=asked)
            rewards = reward_group([as_completion(answer) for answer in drawn.answers], gold)
            matching = np.array([reward.matching for reward in rewards])
            slope += advantages(matching + self.spec.format_weight * drawn.formed) @ drawn.slopes
            self.since["reward"].append(float(matching.mean()))
            self.since["spread"].append(float(matching.std()))
            self.since["even"].append(float(matching.std() < _TINY))
            self.written += sum(reward.n_pred for reward in rewards)
        return slope / (len(chosen) * schedule.rollouts)

    def _record(self, step: int) -> None:
        ends = step in (0, self.schedule.steps)
        samples = self.schedule.samples * (_LAST if ends else 1)
        rng = np.random.default_rng([self.seed, 5, step])
        means: list[list[float]] = []
        for page, gold in self.held:
            drawn = draw(page, self.layout, self.theta, samples, rng, slopes=False)
            found = measure_all(drawn.answers, gold)
            means.append([float(x.mean()) for x in found])
        self.history.steps.append(step)
        records = self.history.records
        for name, value in zip(
            (*MEASURED, "precision", "recall"), np.mean(means, axis=0).tolist(), strict=True
        ):
            records[name].append(value)
        for name, values in self.since.items():
            records[name].append(float(np.mean(values)) if values else float("nan"))
            values.clear()
        records["written"].append(self.written)
        for name in ("shift", "swap"):
            records[name].append(float(sigmoid(self.theta[self.layout.at[name]])))


def measure_all(answers: Sequence[Any], gold: Gold) -> list[Floats]:
    """Return what `measure` does, then precision and recall."""
    rewards = reward_group([as_completion(answer) for answer in answers], gold)
    return [
        *measures_of(rewards),
        np.array([r.precision for r in rewards]),
        np.array([r.recall for r in rewards]),
    ]


def advantages(rewards: Floats) -> Floats:
    """Return (reward - mean) / standard deviation of a group; 0 where all are alike."""
    spread = rewards.std()
    return np.asarray((rewards - rewards.mean()) / spread if spread > _TINY else np.zeros(len(rewards)))


def draw_fields(fields: Sequence[str], rng: np.random.Generator) -> frozenset[str]:
    """Draw fields to ask for: some members of the documents, of a list some of its columns."""
    members: dict[str, list[str]] = {}
    for name in fields:
        members.setdefault(name.split("[]")[0], []).append(name)
    names = list(members)
    asked: set[str] = set()
    for k in rng.choice(len(names), rng.integers(1, len(names) + 1), replace=False).tolist():
        columns = members[names[k]]
        chosen = rng.choice(len(columns), rng.integers(1, len(columns) + 1), replace=False)
        asked |= {columns[0], *(columns[c] for c in chosen.tolist())}  # the first names the row
    return frozenset(asked)


def with_errors(gold: Any, share: float, rng: np.random.Generator) -> Any:
    """Return a copy of a document with wrong values: half misread, a quarter blank, a quarter of another row.

    Parameters
    ----------
    gold
        The document.
    share
        Share of its values that are made wrong.
    rng
        Where random numbers come from.
    """

    def spoil(value: Any, others: Sequence[Any]) -> Any:
        if isinstance(value, dict):
            return {
                name: spoil(x, [y[name] for y in others if isinstance(y, dict) and name in y])
                for name, x in value.items()
            }
        if isinstance(value, list):
            return [spoil(x, [y for y in value if y is not x]) for x in value]
        if is_blank(value) or rng.random() >= share:
            return value
        kind = rng.random()
        other = [x for x in others if not isinstance(x, (dict, list)) and not is_blank(x)]
        if kind < 0.25:
            return ""
        return other[rng.integers(len(other))] if kind < 0.5 and other else MISREAD

    return spoil(gold, ())
