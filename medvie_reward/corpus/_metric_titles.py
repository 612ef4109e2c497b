"""Every metric of a corpus: its name, how tables and reports call it, and which way is better."""

from __future__ import annotations

from typing import Final, NamedTuple


class Metric(NamedTuple):
    """How a metric is shown.

    Attributes
    ----------
    name
        Its name in JSON, exports and the Python interface.
    title
        Its name in tables, which have little room.
    label
        Its name in a report.
    note
        What it means, in a few words.
    lower_is_better
        Whether it counts errors.
    """

    name: str
    title: str
    label: str
    note: str
    lower_is_better: bool = False


_DOCUMENTS: Final = "mean of documents"

METRICS_SHOWN: Final = tuple(
    Metric(*row)
    for row in (
        ("micro_precision", "micro P", "Micro precision", "of predicted leaves correct"),
        ("micro_recall", "micro R", "Micro recall", "of gold leaves correct"),
        ("micro_f1", "micro F1", "Micro F1", "all leaves together"),
        ("macro_precision", "macro P", "Macro precision", _DOCUMENTS),
        ("macro_recall", "macro R", "Macro recall", _DOCUMENTS),
        ("macro_f1", "macro F1", "Macro F1", _DOCUMENTS),
        ("macro_matching", "matching", "Matching part", _DOCUMENTS),
        ("ted", "nTED acc.", "nTED accuracy", _DOCUMENTS),
        ("anls", "ANLS*", "ANLS*", _DOCUMENTS),
        ("hallucination_rate", "halluc.", "Hallucination rate", "of predicted leaves; less is better", True),
        ("omission_rate", "omitted", "Omission rate", "of gold leaves missing; less is better", True),
        ("parse_rate", "parsed", "Parse rate", "of documents with an answer"),
        ("format_rate", "format", "Format rate", "of completions well formed"),
    )
)
"""In the order of tables."""

METRIC: Final = {metric.name: metric for metric in METRICS_SHOWN}
TITLES: Final = {metric.name: metric.title for metric in METRICS_SHOWN}
"""Name of a metric -> its name in tables."""
