"""Confidence intervals of all scores of an evaluation: of the corpus, of fields, of groups."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from medvie_reward._core.names import counted
from medvie_reward.corpus import FIELD_COLUMNS, Evaluation, Rows, asked_figures, document_rows, field_at
from medvie_reward.errors import ArgumentError
from medvie_reward.statistics._bootstrap import Interval, intervals
from medvie_reward.statistics._resampling import Resampling


class Uncertainty(NamedTuple):
    """Confidence intervals of an evaluation.

    Attributes
    ----------
    figures
        Name of a metric, see `medvie_reward.corpus.FIGURES` -> value and interval.
    fields
        Field -> F1 and its interval.
    groups
        Group -> metric -> value and interval, of the group's documents alone.
    signature
        What the intervals were made with.
    """

    figures: dict[str, Interval]
    fields: dict[str, Interval]
    groups: dict[str, dict[str, Interval]]
    signature: str

    def __repr__(self) -> str:
        shown = ", ".join(f"{name} [{x.low:.4f}, {x.high:.4f}]" for name, x in self.figures.items())
        of = f"{counted(len(self.fields), 'field')}, {counted(len(self.groups), 'group')}"
        return f"Uncertainty({shown}; {of})"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "signature": self.signature,
            "figures": _dicts(self.figures),
            "fields": _dicts(self.fields),
            "by": {name: _dicts(found) for name, found in self.groups.items()},
        }

    def as_dict(self) -> dict[str, Any]:
        """Return what `to_dict` does; the name in version 0.1.0."""
        return self.to_dict()


def measure_uncertainty(
    evaluation: Evaluation,
    how: Resampling,
    *,
    fields: Mapping[str, Rows] | None = None,
    clusters: Sequence[Hashable] | None = None,
) -> Uncertainty:
    """Return confidence intervals of an evaluation by resampling its documents.

    Parameters
    ----------
    evaluation
        The evaluation.
    how
        Number of resamples, confidence, seed, method.
    fields
        Field -> array of shape (documents, 3), see `medvie_reward.corpus.FieldRows`; without it
        fields have no intervals.
    clusters
        A label per document: those with equal labels are drawn together.

    Raises
    ------
    ArgumentError
        If there is not one cluster per document, or ``how`` cannot be done.
    """
    documents = evaluation.documents
    if clusters is not None and len(clusters) != len(documents):
        raise ArgumentError(
            f"{counted(len(clusters), 'cluster')}: "
            f"expected one for each of {counted(len(documents), 'document')}"
        )
    rows = document_rows(documents)
    figures = asked_figures(evaluation.metrics, rows)
    columns = {} if fields is None else dict(fields)
    # In one table, so that metrics and fields share their resamples. A field may be named like a metric.
    table = np.hstack([rows, *columns.values()])
    asked = {f"figure {name}": figure for name, figure in figures.items()}
    for n, name in enumerate(columns):
        asked[f"field {name}"] = field_at(rows.shape[1] + n * len(FIELD_COLUMNS))
    found = intervals(table, asked, how, clusters)
    groups = {}
    for group in evaluation.groups:
        at = [n for n, document in enumerate(documents) if document.group == group]
        inside = None if clusters is None else [clusters[n] for n in at]
        groups[group] = intervals(rows[at], figures, how, inside)
    drawn = [] if clusters is None else [f"clusters:{len(set(clusters))}"]
    return Uncertainty(
        {name: found[f"figure {name}"] for name in figures},
        {name: found[f"field {name}"] for name in columns},
        groups,
        "|".join([how.signature, *drawn]),
    )


def _dicts(found: Mapping[str, Interval]) -> dict[str, dict[str, float]]:
    return {name: interval._asdict() for name, interval in found.items()}
