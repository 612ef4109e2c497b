"""The reports of an `Evaluation` that holds all they need: text, a table for notebooks, one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import StringIO
from typing import Any

from medvie_reward._core.names import counted
from medvie_reward.corpus import Evaluation, Scored
from medvie_reward.errors import ArgumentError
from medvie_reward.reports._document_views import page_of
from medvie_reward.reports._evaluation_report import evaluation_parts, print_evaluation, signature_of
from medvie_reward.reports._html import render_html
from medvie_reward.reports._tables import NARROW
from medvie_reward.reports._tiles import HEADLINES
from medvie_reward.statistics import Uncertainty

_NOTEBOOK_FIELDS = 20


def evaluation_text(evaluation: Evaluation) -> str:
    """Return what ``medvie-score`` prints of an evaluation."""
    file = StringIO()
    print_evaluation(evaluation, file)
    return file.getvalue().rstrip("\n")


def evaluation_html(evaluation: Evaluation) -> str:
    """Return the tables of an evaluation for a notebook."""
    parts = [
        f"<div>{escape(part)}</div>" if isinstance(part, str) else part.to_html()
        for part in evaluation_parts(evaluation, None, _NOTEBOOK_FIELDS, NARROW)
        if part
    ]
    return "".join([*parts, f"<code>{escape(signature_of(evaluation))}</code>"])


def evaluation_report(
    evaluation: Evaluation,
    *,
    intervals: Uncertainty | None = None,
    images: Sequence[str | Sequence[str]] | None = None,
    title: str = "medvie-score report",
    by: str | None = None,
) -> str:
    """Return the HTML report of an evaluation that kept its leaves; see `Evaluation.to_html`.

    Raises
    ------
    ArgumentError
        If it did not keep them, or there are not as many images as documents.
    """
    details = evaluation.details
    if details is None or not details.with_leaves:
        raise ArgumentError(
            "this evaluation kept no leaves, which a report shows: "
            "use evaluate(..., leaves=True), or evaluate_files with leaves=True"
        )
    n = len(evaluation.documents)
    if images is not None and len(images) != n:
        raise ArgumentError(f"images: expected those of each of {counted(n, 'document')}, got {len(images)}")
    pages = (
        page_of(
            Scored(document, {}, list(leaves)),
            details.spec,
            completion=completion,
            images=() if images is None else _images(images[k]),
        )
        for k, (document, leaves, completion) in enumerate(
            zip(evaluation.documents, details.leaves, details.completions, strict=True)
        )
    )
    return render_html(evaluation, pages, title=title, by=by, **spans_of(intervals))


def _images(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def spans_of(uncertainty: Uncertainty | None) -> dict[str, Any]:
    """Return the arguments of `render_html` that show intervals."""
    if uncertainty is None:
        return {}
    return {
        "intervals": {name: found for name, found in uncertainty.figures.items() if name in HEADLINES},
        "field_intervals": uncertainty.fields,
        "interval_note": f"confidence intervals ({uncertainty.signature})",
    }
