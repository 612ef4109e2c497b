"""The headline scores of an HTML report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from medvie_reward.corpus import METRIC, Evaluation

Span = tuple[float, float, float]
"""A value and the ends of its interval; `medvie_reward.statistics._bootstrap.Interval` is one."""

HEADLINES: Final = (
    "micro_f1", "micro_precision", "micro_recall", "macro_f1", "macro_precision", "macro_recall", "ted",
    "anls", "parse_rate", "format_rate", "hallucination_rate", "omission_rate",
)  # fmt: skip
"""Names of the headline scores, which intervals can be given for."""


class Tile(NamedTuple):
    """A headline score.

    Attributes
    ----------
    name
        What it is called.
    value
        The score; ``None`` where there is none to give.
    low, high
        The ends of its interval, or ``None``.
    note
        What it says, in a few words.
    lead
        Whether it stands out.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    note: str
    lead: bool = False


def tiles_of(evaluation: Evaluation, spans: Mapping[str, Span]) -> list[Tile]:
    """Return the headline scores; a published metric only where it was asked for.

    Parameters
    ----------
    evaluation
        The scores.
    spans
        Names of scores, some of `HEADLINES` -> (value, low, high).
    """
    tiles = []
    for name in HEADLINES:
        value = value_of(evaluation, name)
        if value is None and name in ("ted", "anls"):
            continue  # not asked for
        metric = METRIC[name]
        _, low, high = spans.get(name, (None, None, None))
        tiles.append(Tile(metric.label, value, low, high, metric.note, name.endswith("_f1")))
    return tiles


def value_of(evaluation: Evaluation, name: str) -> float | None:
    """Return a headline score of an evaluation by its name; ``None`` if it has none."""
    part, _, rest = name.partition("_")
    if part in ("micro", "macro"):
        return float(getattr(getattr(evaluation, part), rest))
    holder = evaluation.micro if name in ("hallucination_rate", "omission_rate") else evaluation
    value: float | None = getattr(holder, name)
    return value
