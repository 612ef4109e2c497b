"""Per-document sufficient statistics; every corpus metric is a function of their sums.

A metric is a pure function of column sums, vectorised over any leading axes, so that ten thousand resamples
of a corpus are one matrix product. The metrics are those of `Evaluation`: micro ones are computed from
counts added over documents, macro ones are means of the documents' own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medvie_reward.completions import ANSWERED
from medvie_reward.corpus._evaluation import Document
from medvie_reward.metrics import Numbers

Rows = NDArray[np.float64]
"""Shape (documents, columns): additive counts."""

Figure = Callable[[NDArray[Any]], NDArray[Any]]
"""Column sums of shape (…, columns) -> the figure, of shape (…)."""

COLUMNS: Final = (
    "documents", "correct", "pred", "gold", "n_pred", "n_gold", "hallucinated", "missing", "precision",
    "recall", "f1", "matching", "parsed", "well_formed", "texts", "ted", "anls",
)  # fmt: skip
"""What `document_rows` has in its columns.

``correct``, ``pred`` and ``gold`` are weights of leaves; ``n_pred``, ``n_gold``, ``hallucinated`` and
``missing`` numbers of leaves; ``texts`` documents that came as a completion.
"""

FIELD_COLUMNS: Final = ("correct", "pred", "gold")
"""What `FieldRows` has per field."""

_AT: Final = {name: n for n, name in enumerate(COLUMNS)}


def document_rows(documents: Sequence[Document]) -> Rows:
    """Write documents' rows as an array of shape (documents, columns); see `COLUMNS`."""
    rows = np.zeros((len(documents), len(COLUMNS)))
    for n, document in enumerate(documents):
        c, published = document.counts, document.published
        rows[n] = (
            1, c.weight_correct + c.similar, c.weight_pred, c.weight_gold, c.n_pred, c.n_gold, c.hallucinated,
            c.missing, document.precision, document.recall, document.f1, document.matching,
            document.status in ANSWERED, bool(document.format_ok), document.format_ok is not None,
            published.ted or 0.0, published.anls or 0.0,
        )  # fmt: skip
    return rows


def divide_rates(correct: Any, pred: Any, gold: Any) -> tuple[Any, Any, Any]:
    """Divide precision, recall and F1 out of arrays of counts of one shape, as `metrics.rates` does."""
    both, neither = (pred > 0) & (gold > 0), (pred <= 0) & (gold <= 0)
    empty = np.where(neither, 1.0, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            np.where(both, correct / pred, empty),
            np.where(both, correct / gold, empty),
            np.where(both, correct / ((pred + gold) / 2), empty),
        )


def _micro(which: int) -> Figure:
    at = [_AT[name] for name in FIELD_COLUMNS]
    return lambda sums: divide_rates(*(sums[..., n] for n in at))[which]


def _share(part: str, whole: str) -> Figure:
    """Return one column divided by another; 0 where there is nothing to divide by."""
    a, b = _AT[part], _AT[whole]

    def figure(sums: NDArray[Any]) -> NDArray[Any]:
        out: NDArray[Any] = np.zeros(sums.shape[:-1])
        np.divide(sums[..., a], sums[..., b], out=out, where=sums[..., b] > 0)
        return out

    return figure


FIGURES: Final[Mapping[str, Figure]] = {
    "micro_precision": _micro(0),
    "micro_recall": _micro(1),
    "micro_f1": _micro(2),
    "macro_precision": _share("precision", "documents"),
    "macro_recall": _share("recall", "documents"),
    "macro_f1": _share("f1", "documents"),
    "macro_matching": _share("matching", "documents"),
    "ted": _share("ted", "documents"),
    "anls": _share("anls", "documents"),
    "hallucination_rate": _share("hallucinated", "n_pred"),
    "omission_rate": _share("missing", "n_gold"),
    "parse_rate": _share("parsed", "documents"),
    "format_rate": _share("well_formed", "texts"),
}
"""Every figure of a corpus by name, over the columns of `document_rows`."""

TITLES: Final = {
    "micro_precision": "micro P",
    "micro_recall": "micro R",
    "micro_f1": "micro F1",
    "macro_precision": "macro P",
    "macro_recall": "macro R",
    "macro_f1": "macro F1",
    "macro_matching": "matching",
    "ted": "nTED acc.",
    "anls": "ANLS*",
    "hallucination_rate": "halluc.",
    "omission_rate": "omitted",
    "parse_rate": "parsed",
    "format_rate": "format",
}
"""How figures are named in tables."""

LOWER_IS_BETTER: Final = ("hallucination_rate", "omission_rate")


def asked_figures(metrics: Iterable[str], rows: Rows) -> dict[str, Figure]:
    """Return the figures that some metrics asked for stand for, of ``f1``, ``ted`` and ``anls``.

    The rate of well-formed completions is one only where some document came as a text.
    """
    asked = tuple(metrics)
    names = [name for name in FIGURES if name in asked or ("f1" in asked and name not in ("ted", "anls"))]
    if not rows[:, _AT["texts"]].any():
        names = [name for name in names if name != "format_rate"]
    return {name: FIGURES[name] for name in names}


def field_figure(sums: NDArray[Any]) -> NDArray[Any]:
    """Return the F1 of a field from sums of its columns, shape (…, 3); see `FIELD_COLUMNS`."""
    found: NDArray[Any] = divide_rates(sums[..., 0], sums[..., 1], sums[..., 2])[2]
    return found


def field_at(start: int) -> Figure:
    """Return the F1 of the field whose columns begin at a place of a wider table."""
    return lambda sums: field_figure(sums[..., start : start + len(FIELD_COLUMNS)])


class FieldRows:
    """Takes documents' counts per field, one after the other, and gives an array per field.

    A field that a document lacks has zeros there: it neither helps nor hurts that field.
    """

    def __init__(self) -> None:
        self._seen: dict[str, list[tuple[int, float, float, float]]] = {}
        self._documents = 0

    def add(self, fields: Mapping[str, Numbers]) -> None:
        """Take one document's counts per field, each as `Counts.numbers`."""
        for name, numbers in fields.items():
            similar, _, correct, pred, gold = numbers[-5:]
            self._seen.setdefault(name, []).append((self._documents, correct + similar, pred, gold))
        self._documents += 1

    def arrays(self) -> dict[str, Rows]:
        """Return field -> array of shape (documents, 3); see `FIELD_COLUMNS`."""
        made: dict[str, Rows] = {}
        for name, seen in self._seen.items():
            table = np.array(seen)
            made[name] = np.zeros((self._documents, len(FIELD_COLUMNS)))
            made[name][table[:, 0].astype(np.intp)] = table[:, 1:]
        return made
