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
from medvie_reward.corpus._documents import Document
from medvie_reward.corpus._field_rows import FIELD_COLUMNS
from medvie_reward.metrics import rate_arrays, share_arrays

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


def _micro(which: int) -> Figure:
    at = [_AT[name] for name in FIELD_COLUMNS]
    return lambda sums: rate_arrays(*(sums[..., n] for n in at))[which]


def _share(part: str, whole: str) -> Figure:
    """Return one column divided by another; 0 where there is nothing to divide by."""
    a, b = _AT[part], _AT[whole]
    return lambda sums: share_arrays(sums[..., a], sums[..., b])


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


def asked_figures(metrics: Iterable[str], rows: Rows) -> dict[str, Figure]:
    """Return the figures behind the metrics that were asked for, of ``f1``, ``ted`` and ``anls``.

    The rate of well-formed completions is one only where some document came as a text.
    """
    asked = tuple(metrics)
    names = [name for name in FIGURES if name in asked or ("f1" in asked and name not in ("ted", "anls"))]
    if not rows[:, _AT["texts"]].any():
        names = [name for name in names if name != "format_rate"]
    return {name: FIGURES[name] for name in names}


def field_figure(sums: NDArray[Any]) -> NDArray[Any]:
    """Return the F1 of a field from sums of its columns, shape (…, 3); see `FIELD_COLUMNS`."""
    found: NDArray[Any] = rate_arrays(sums[..., 0], sums[..., 1], sums[..., 2])[2]
    return found


def field_at(start: int) -> Figure:
    """Return the F1 of the field whose columns begin at a place of a wider table."""
    return lambda sums: field_figure(sums[..., start : start + len(FIELD_COLUMNS)])
