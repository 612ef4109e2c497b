"""Specs compared by training one simulated reader under each of them: bands over seeds, and a ranking.

The reader is a plain model and its steps are not a trainer's steps. What it says is which spec comes out
above which; its numbers are no forecast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from medvie_reward._core.processes import in_processes
from medvie_reward.errors import ArgumentError
from medvie_reward.lab._pages import SPREAD, Page, fields_of, make_pages
from medvie_reward.lab._policy import Layout, Start, start_like
from medvie_reward.lab._training import FEWEST, RECORDED, History, Schedule, train
from medvie_reward.lab._yardstick import yardstick_of
from medvie_reward.spec import Spec

if TYPE_CHECKING:
    from medvie_reward.lab._habits import Habits

LABEL: Final = "a ranking of specs under one simulated reader, not a forecast of numbers"
"""What bands are called wherever they are shown."""


class Band(NamedTuple):
    """A number over seeds."""

    low: float
    mean: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The simulated reader before training.

    Attributes
    ----------
    accuracy
        Share of the documents' values that it reads right.
    spread
        How far accuracies are apart: standard deviation of their logits.
    start
        What it does else.
    habits
        How a model that was looked at reads and writes; takes the place of the others.
    most_rows
        Rows that a list has at most; the rest of a document is cut.
    """

    accuracy: float = 0.5
    spread: float = SPREAD
    start: Start = field(default_factory=Start)
    habits: Habits | None = None
    most_rows: int = 5


@dataclass(frozen=True)
class Simulation:
    """Runs of one simulated reader under some specs.

    Attributes
    ----------
    runs
        By spec, a history a seed; all with records at the same steps.
    seeds
        The seeds; those of one number have the same documents, the same reader and the same start.
    schedule, reader
        How it was trained, and from where.
    """

    runs: dict[str, list[History]]
    seeds: tuple[int, ...]
    schedule: Schedule
    reader: Reader

    @property
    def steps(self) -> list[int]:
        """Steps at which there are records."""
        return next(iter(self.runs.values()))[0].steps

    def bands(self, spec: str, name: str) -> list[Band]:
        """Return what became of a number of `RECORDED` under a spec, a band a record."""
        values = np.array([run.records[name] for run in self.runs[spec]])
        return [Band(float(x.min()), float(x.mean()), float(x.max())) for x in values.T]

    def final(self, spec: str, name: str) -> Band:
        """Return the last of `bands`."""
        return self.bands(spec, name)[-1]

    @property
    def ranking(self) -> list[str]:
        """The specs, highest mean F1 at the end first."""
        return sorted(self.runs, key=lambda spec: -self.final(spec, "f1").mean)

    def behind(self, spec: str) -> Band:
        """Return how much less F1 a spec has at the end than the first of the ranking, seed by seed."""
        best = self.runs[self.ranking[0]]
        gaps = [
            one.records["f1"][-1] - other.records["f1"][-1]
            for one, other in zip(best, self.runs[spec], strict=True)
        ]
        return Band(min(gaps), sum(gaps) / len(gaps), max(gaps))

    def told_apart(self, spec: str) -> bool:
        """Check whether a spec has less F1 at the end than the first of the ranking, whatever the seed."""
        return len(self.seeds) > 1 and self.behind(spec).low > 0

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "label": LABEL,
            "seeds": list(self.seeds),
            "schedule": asdict(self.schedule),
            "steps": self.steps,
            "ranking": self.ranking,
            "specs": {
                spec: {
                    "final": {name: self.final(spec, name)._asdict() for name in RECORDED},
                    "behind": self.behind(spec)._asdict(),
                    "told_apart": self.told_apart(spec),
                    "bands": {
                        name: {
                            end: [_finite(getattr(band, end)) for band in self.bands(spec, name)]
                            for end in Band._fields
                        }
                        for name in RECORDED
                    },
                }
                for spec in self.ranking
            },
        }


def _finite(x: float) -> float | None:
    return x if np.isfinite(x) else None


def simulate(
    golds: Sequence[Any],
    specs: Mapping[str, Spec],
    reader: Reader | None = None,
    schedule: Schedule | None = None,
    *,
    seeds: Sequence[int] = (0, 1, 2),
    yardstick: Spec | None = None,
    critical: frozenset[str] = frozenset(),
    workers: int = 1,
    on_run: Callable[[int], object] | None = None,
) -> Simulation:
    """Train a simulated reader under each spec, once for each seed.

    Parameters
    ----------
    golds
        The documents.
    specs
        The rewards, by name.
    reader, schedule
        Where to start from, and how to train.
    seeds
        Seeds of the reader, the documents held out and all draws.
    yardstick
        What all are measured by; `yardstick_of` ``clinical`` if not given.
    critical
        Critical fields: the column that may slip is the first of them.
    workers
        Number of processes; it changes no number.
    on_run
        Called with 1 after each run.

    Raises
    ------
    ArgumentError
        If there are too few documents or no specs.
    """
    if len(golds) < FEWEST:
        raise ArgumentError(f"golds: expected at least {FEWEST} documents to simulate with, got {len(golds)}")
    if not specs or not seeds:
        raise ArgumentError("specs and seeds: expected at least one each")
    reader, schedule = reader or Reader(), schedule or Schedule()
    measured = yardstick_of() if yardstick is None else yardstick
    tasks = [(spec, seed) for seed in seeds for spec in specs.values()]
    work = partial(
        _train, golds=golds, reader=reader, schedule=schedule, yardstick=measured, critical=critical
    )
    runs: Iterator[History]
    if workers == 1:
        runs = (work([task])[0] for task in tasks)
    else:
        runs = (run for chunk in in_processes(iter(tasks), work, workers, size=1) for run in chunk)
    found: dict[str, list[History]] = {name: [] for name in specs}
    for (name, _), run in zip([(name, seed) for seed in seeds for name in specs], runs, strict=True):
        found[name].append(run)
        if on_run is not None:
            on_run(1)
    return Simulation(found, tuple(seeds), schedule, reader)


def _train(
    tasks: list[tuple[Spec, int]],
    golds: Sequence[Any],
    reader: Reader,
    schedule: Schedule,
    yardstick: Spec,
    critical: frozenset[str],
) -> list[History]:
    fields = fields_of(golds)
    layout = Layout(fields)
    made = []
    for spec, seed in tasks:
        pages, start = pages_of(golds, fields, reader, seed, critical)
        made.append(train(pages, layout, layout.start(start), spec, yardstick, schedule, seed=seed))
    return made


def pages_of(
    golds: Sequence[Any], fields: Sequence[str], reader: Reader, seed: int, critical: frozenset[str]
) -> tuple[list[Page], Start]:
    """Return the pages of some documents as a reader sees them, and its start."""
    habits = reader.habits
    accuracy = float(reader.accuracy) if habits is None else habits.accuracies(fields)
    pages = make_pages(
        golds,
        fields,
        accuracy,
        seed=seed,
        spread=reader.spread,
        most_rows=reader.most_rows,
        critical=critical,
    )
    if habits is None:
        return pages, reader.start
    start, more = start_like(pages, fields, habits.written, habits.filled, habits.invented, habits.formed)
    return [replace(page, evidence=page.evidence + more * page.blank) for page in pages], start
