"""How a model reads and writes, measured from its answers: shares by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from medvie_reward.metrics import Scores

_PULL = 2.0
"""How many leaves of the overall accuracy each field's own accuracy is mixed with."""


@dataclass
class Habits:
    """Sums over answers; see `watch`.

    Attributes
    ----------
    gold, paired, right, written_leaves
        By field: leaves of the documents, those of them that were answered, those answered right, and leaves
        that were written at all.
    answers, formed_answers
        Answers, and those in the form asked for.
    blanks, filled_blanks, invented_items
        Blanks of the documents, those that were filled, and leaves in rows that were made up.
    """

    gold: Counter[str] = field(default_factory=Counter)
    paired: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    written_leaves: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    formed_answers: int = 0
    blanks: int = 0
    filled_blanks: int = 0
    invented_items: int = 0
    row_leaves: float = 1.0

    def add(self, scores: Iterable[Scores]) -> None:
        """Add what some answers' scores say of single fields."""
        for one in scores:
            for name, found in one.fields.items():
                counts = found.counts
                self.gold[name] += counts.n_gold
                self.paired[name] += int(counts.correct) + counts.wrong
                self.right[name] += int(counts.correct)
                self.written_leaves[name] += counts.n_pred
                self.filled_blanks += counts.filled_blank
                self.invented_items += counts.invented_item

    @property
    def overall(self) -> float:
        """Share of answered leaves that are right, over all fields."""
        return sum(self.right.values()) / max(1, sum(self.paired.values()))

    def accuracy(self, name: str) -> float:
        """Return the share of a field's answered leaves that are right, mixed with a little of `overall`."""
        return (self.right[name] + _PULL * self.overall) / (self.paired[name] + _PULL)

    def accuracies(self, fields: Sequence[str]) -> dict[str, float]:
        """Return `accuracy` of each field."""
        return {name: self.accuracy(name) for name in fields}

    @property
    def written(self) -> dict[str, float]:
        """Share of each field's gold leaves that were answered."""
        return {name: self.paired[name] / n for name, n in self.gold.items() if n}

    @property
    def filled(self) -> float:
        """Share of blanks that were filled."""
        return self.filled_blanks / max(1, self.blanks)

    @property
    def invented(self) -> float:
        """Rows that were made up, per answer."""
        return self.invented_items / max(1.0, self.row_leaves) / max(1, self.answers)

    @property
    def formed(self) -> float:
        """Share of answers in the form asked for."""
        return self.formed_answers / max(1, self.answers)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "answers": self.answers,
            "accuracy": self.overall,
            "formed": self.formed,
            "filled": self.filled,
            "invented": self.invented,
            "fields": {
                name: {
                    "gold": n,
                    "answered": self.paired[name],
                    "right": self.right[name],
                    "accuracy": self.right[name] / self.paired[name] if self.paired[name] else None,
                }
                for name, n in self.gold.items()
            },
        }
