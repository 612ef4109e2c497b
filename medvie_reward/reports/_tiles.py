"""An evaluation -> the headline scores of a report, and what no picture shows, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from medvie_reward.corpus import Evaluation

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
    micro, macro = evaluation.micro, evaluation.macro
    invented, omitted = "of predicted leaves; less is better", "of gold leaves missing; less is better"
    listed: list[tuple[str, str, float | None, str]] = [
        ("micro_f1", "Micro F1", micro.f1, "all leaves together"),
        ("micro_precision", "Micro precision", micro.precision, "of predicted leaves correct"),
        ("micro_recall", "Micro recall", micro.recall, "of gold leaves correct"),
        ("macro_f1", "Macro F1", macro.f1, "mean of documents"),
        ("macro_precision", "Macro precision", macro.precision, "mean of documents"),
        ("macro_recall", "Macro recall", macro.recall, "mean of documents"),
        ("ted", "nTED accuracy", evaluation.ted, "mean of documents"),
        ("anls", "ANLS*", evaluation.anls, "mean of documents"),
        ("parse_rate", "Parse rate", evaluation.parse_rate, "of documents with an answer"),
        ("format_rate", "Format rate", evaluation.format_rate, "of completions well formed"),
        ("hallucination_rate", "Hallucination rate", micro.hallucination_rate, invented),
        ("omission_rate", "Omission rate", micro.omission_rate, omitted),
    ]  # fmt: skip
    tiles = []
    for key, name, value, note in listed:
        if value is None and key in ("ted", "anls"):
            continue  # not asked for
        _, low, high = spans.get(key, (None, None, None))
        tiles.append(Tile(name, value, low, high, note, key.endswith("_f1")))
    return tiles


def lines_of(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Describe in words what no picture shows."""
    s, n = evaluation.micro, len(evaluation.documents)
    lines = [
        ("Leaves", f"{s.n_gold:,} in the gold, {s.n_pred:,} predicted"),
        ("Answers", ", ".join(f"{k:,} {status}" for status, k in evaluation.statuses.items())),
        (
            "Misplaced",
            f"{s.counts.misplaced:,} of the wrong and hallucinated hold a value that the gold has elsewhere",
        ),
    ]
    if evaluation.sources:
        lines.append(
            (
                "Ungrounded",
                f"{s.counts.ungrounded:,} of them hold a value that is nowhere in the source text",
            )
        )
    if s.counts.critical:
        lines.append(
            ("Critical", f"{s.counts.wrong_critical:,} of {s.counts.critical:,} critical gold leaves wrong")
        )
    if evaluation.missing or evaluation.extra:
        lines.append(
            (
                "Unmatched",
                f"{evaluation.missing:,} golds without a prediction, "
                f"{evaluation.extra:,} predictions without a gold (left out)",
            )
        )
    limited = sum(document.limited for document in evaluation.documents)
    if limited:
        lines.append(
            ("Limited", f"{limited:,} of {n:,} documents reached max_pairs: their pairs may not be best")
        )
    return lines
