"""Answers changed by rule: what a model could do to be paid more, and what that does to F1.

The rules know nothing of the document's gold; which fields are read most surely they know from others.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from medvie_reward.lab._groups import ReadGroup, habits_outside
from medvie_reward.lab._habits import Habits
from medvie_reward.lab._means import mean_intervals
from medvie_reward.lab._outlines import is_blank, keep_fields, map_lists
from medvie_reward.lab._yardstick import as_completion
from medvie_reward.metrics import Gold, reward_group
from medvie_reward.spec import Spec
from medvie_reward.statistics import Interval

MOST_ANSWERS: Final = 4
"""Answers per document that are edited."""
LEAST_LEAVES: Final = 5
"""A field of which fewer leaves were answered is not among the sure ones."""
FREE: Final = 0.001
"""What costs less than this costs nothing."""
LEAST_GAIN: Final = 0.005
"""What gains less than this does not pay."""

_FILLER: Final = "made up"


@dataclass(frozen=True)
class Knowledge:
    """What an edit may know: from other documents only.

    Attributes
    ----------
    fields
        Fields, the surest first.
    critical
        Critical fields.
    columns
        Names of columns by list, as answers to other documents have them.
    """

    fields: tuple[str, ...]
    critical: frozenset[str]

    @property
    def alone(self) -> str:
        """The surest field, one outside lists if there is any."""
        return next((name for name in self.fields if "[]" not in name), self.fields[0])


def sure_fields(habits: Habits) -> tuple[str, ...]:
    """Return the fields of which enough was answered, the surest first."""
    rate = {
        name: (habits.right[name] + 0.5) / (n + 1) for name, n in habits.paired.items() if n >= LEAST_LEAVES
    }
    return tuple(sorted(rate, key=lambda name: (-rate[name], name)))


def knowledge_outside(groups: Sequence[ReadGroup], critical: frozenset[str]) -> list[Knowledge]:
    """Return for each fold what is known from the others; no fields where too little was answered."""
    return [Knowledge(sure_fields(habits), critical) for habits in habits_outside(groups)]


Edit = Callable[[Any, Knowledge], Any]
"""Answer -> edited answer."""


def _cut(answer: Any, fields: Sequence[str]) -> Any:
    kept = keep_fields(answer, frozenset(fields))
    return ([] if isinstance(answer, list) else {}) if kept is None else kept


def _filled(rows: list[Any]) -> list[Any]:
    columns = dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row)
    return [
        {name: _FILLER if is_blank(row.get(name)) else row[name] for name in columns}
        if isinstance(row, dict)
        else row
        for row in rows
    ]


def _slipped(answer: Any, known: Knowledge) -> Any:
    def slip(rows: list[Any]) -> list[Any]:
        names = {name.rpartition("[].")[2] for name in known.critical if "[]" in name}
        rows = copy.deepcopy(rows)
        objects = [row for row in rows if isinstance(row, dict)]
        for name in names:
            having = [row for row in objects if name in row]
            values = [row[name] for row in having]
            for row, value in zip(having, [*values[-1:], *values[:-1]], strict=True):
                row[name] = value
        return rows

    return map_lists(answer, slip)


def _longer(rows: list[Any]) -> list[Any]:
    objects = [row for row in rows if isinstance(row, dict)]
    return [*rows, dict.fromkeys(objects[0], f"{_FILLER} row")] if objects else rows


EDITS: Final[dict[str, Edit]] = {
    "surest field alone": lambda answer, known: _cut(answer, [known.alone]),
    "surest quarter of fields": lambda answer, known: _cut(
        answer, known.fields[: max(1, len(known.fields) // 4)]
    ),
    "surest half of fields": lambda answer, known: _cut(
        answer, known.fields[: max(1, len(known.fields) // 2)]
    ),
    "without critical fields": lambda answer, known: _cut(
        answer, [x for x in known.fields if x not in known.critical]
    ),
    "first half of the rows": lambda answer, known: map_lists(
        answer, lambda rows: rows[: (len(rows) + 1) // 2]
    ),
    "blanks of rows filled": lambda answer, known: map_lists(answer, _filled),
    "one row more, made up": lambda answer, known: map_lists(answer, _longer),
    "every row twice": lambda answer, known: map_lists(
        answer, lambda rows: [x for x in rows for _ in (0, 1)]
    ),
    "critical values one row down": _slipped,
}
"""What is tried, by name."""
SHORTER: Final = tuple(EDITS)[:5]
"""Edits that leave something out."""
LONGER: Final = tuple(EDITS)[5:8]
"""Edits that add something."""
SLIPPED: Final = tuple(EDITS)[8]
"""The edit that moves values to other rows."""


class Outcome(NamedTuple):
    """What an edit changes: mean r_matching and mean F1, with intervals by document.

    Attributes
    ----------
    edit
        Its name.
    reward, f1
        Edited minus as it was.
    """

    edit: str
    reward: Interval
    f1: Interval

    @property
    def pays(self) -> bool:
        """Whether the reward surely rises, and by a little at least, while F1 surely falls."""
        return self.reward.low > 0 and self.reward.value > LEAST_GAIN and self.f1.high < 0

    @property
    def free(self) -> bool:
        """Whether the reward does not fall while F1 surely falls."""
        return not self.pays and self.reward.low > -FREE and self.f1.high < -FREE


@dataclass(frozen=True)
class Edited:
    """Edited answers of some documents, and what the yardstick says of them.

    Attributes
    ----------
    answers
        By document, then by edit; the first edit is none.
    f1
        Mean F1, shape (documents, edits).
    names
        The edits.
    """

    answers: list[list[list[Any]]]
    f1: Any
    names: tuple[str, ...]


def edit_all(groups: Sequence[ReadGroup], known: Sequence[Knowledge], yardstick: Spec) -> Edited:
    """Edit the answers of those documents that have any."""
    made: list[list[list[Any]]] = []
    for one in groups:
        mine, answers = known[one.fold], list(one.answers[:MOST_ANSWERS])
        made.append([answers, *([edit(answer, mine) for answer in answers] for edit in EDITS.values())])
    return Edited(made, mean_rewards(groups, made, yardstick), tuple(EDITS))


def mean_rewards(groups: Sequence[ReadGroup], answers: Sequence[Sequence[Sequence[Any]]], spec: Spec) -> Any:
    """Return the mean r_matching of some versions of each document's answers, shape (documents, versions)."""
    means = []
    for one, versions in zip(groups, answers, strict=True):
        gold = Gold(one.group.gold, spec)
        means.append(
            [
                np.mean([r.matching for r in reward_group([as_completion(x) for x in version], gold)])
                for version in versions
            ]
        )
    return np.array(means, dtype=float)


def judge_edits(groups: Sequence[ReadGroup], edited: Edited, spec: Spec) -> list[Outcome]:
    """Return what each edit changes under a spec."""
    rewards = mean_rewards(groups, edited.answers, spec)
    found = mean_intervals(
        np.concatenate([rewards[:, 1:] - rewards[:, :1], edited.f1[:, 1:] - edited.f1[:, :1]], axis=1)
    )
    n = len(edited.names)
    return [Outcome(name, found[k], found[n + k]) for k, name in enumerate(edited.names)]
