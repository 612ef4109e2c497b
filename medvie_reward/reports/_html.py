"""Write an evaluation and its documents as one HTML file that needs nothing else, not even a network.

Every text of a document, a field or a group stays text: the template escapes it, the script writes it as
text only, and a content security policy lets nothing run but the script of the report itself.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from medvie_reward._core.names import counted
from medvie_reward._version import __version__
from medvie_reward.corpus import Evaluation
from medvie_reward.errors import ArgumentError
from medvie_reward.metrics import Counts, Scores
from medvie_reward.reports._document_views import OUTCOMES, PARSED, REASONS, Page
from medvie_reward.reports._packing import Archive, safe_json
from medvie_reward.reports._plots import Cell, heat_map, histogram, outcome_bar, px, unit
from medvie_reward.reports._summary import summary_lines, worst_first
from medvie_reward.reports._tiles import HEADLINES, Span, tiles_of

# A larger heat map is unreadable; the page says how much is left out.
_MOST_FIELDS: Final = 40
_MOST_GROUPS: Final = 24
_SHOWN_ELSEWHERE: Final = ("Format", "Rates", "Engine")
FOLDER: Final = Path(__file__).parent / "templates"
"""Where the templates of reports are."""


def render_html(
    evaluation: Evaluation,
    pages: Iterable[Page],
    *,
    intervals: Mapping[str, Span] | None = None,
    field_intervals: Mapping[str, Span] | None = None,
    interval_note: str = "interval",
    title: str = "medvie-score report",
    by: str | None = None,
) -> str:
    """Write a report.

    Parameters
    ----------
    evaluation
        The scores.
    pages
        One page per document of it, in its order; they are read one after the other.
    intervals
        Names of headline scores, some of `HEADLINES` -> (value, low, high).
    field_intervals
        Names of fields -> (value, low, high) of their F1.
    interval_note
        What an interval is, such as ``95 % bootstrap interval``.
    title
        The heading.
    by
        What the groups are values of.

    Raises
    ------
    ArgumentError
        If there are not as many pages as documents, an interval has no score, or an image is none.
    """
    archive = Archive()
    for page in pages:
        archive.add(page)
    return render_archive(
        evaluation,
        archive,
        intervals=intervals,
        field_intervals=field_intervals,
        interval_note=interval_note,
        title=title,
        by=by,
    )


def render_archive(
    evaluation: Evaluation,
    archive: Archive,
    *,
    intervals: Mapping[str, Span] | None = None,
    field_intervals: Mapping[str, Span] | None = None,
    interval_note: str = "interval",
    title: str = "medvie-score report",
    by: str | None = None,
) -> str:
    """Write a report of pages that were put into an archive; parameters as those of `render_html`."""
    n = len(evaluation.documents)
    if len(archive.documents) != n:
        raise ArgumentError(
            f"report: expected a page for each of {counted(n, 'document')}, got {len(archive.documents)}"
        )
    spans, field_spans = intervals or {}, field_intervals or {}
    _check_names(spans, HEADLINES, "intervals")
    _check_names(field_spans, evaluation.micro.fields, "field_intervals")
    archive.close()
    templates = environment()
    from markupsafe import Markup

    style, script = (
        FOLDER.joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "report.js")
    )
    files = " 'self' file:" if archive.linked else ""
    policy = (
        f"default-src 'none'; img-src data:{files}; style-src '{digest(style)}'; "
        f"script-src '{digest(script)}'; base-uri 'none'; form-action 'none'"
    )
    fields, groups = _heat_axes(evaluation)
    made: str = templates.get_template("report.html.j2").render(
        policy=policy,
        style=Markup(style),
        script=Markup(script),
        title=title,
        version=__version__,
        n=n,
        preset=_preset(evaluation.signature),
        by=by or "group",
        evaluation=evaluation,
        tiles=tiles_of(evaluation, spans),
        interval_note=interval_note,
        has_intervals=bool(spans or field_spans),
        lines=[line for line in summary_lines(evaluation, leaves=True) if line[0] not in _SHOWN_ELSEWHERE],
        mix=outcome_bar(_mix(evaluation.micro.counts), width=560, numbers=True),
        shares=_shares(evaluation.micro.counts),
        outcomes=OUTCOMES,
        rows=[
            _field_row(name, scores, field_spans.get(name)) for name, scores in worst_first(evaluation.micro)
        ],
        heat=heat_map(fields, groups, _cells(evaluation)) if groups else None,
        left_out=(len(evaluation.micro.fields) - len(fields), len(evaluation.groups) - len(groups)),
        histogram=histogram([document.f1 for document in evaluation.documents]),
        index=Markup(archive.index()),
        words=Markup(safe_json({"reasons": REASONS, "parsed": PARSED, "by": by or "group"})),
        chunks=archive.chunks,
        images=[(f"{n}-{k}", image) for (n, k), image in archive.images.items()],
    )
    return made


def environment() -> Any:
    """Return the templates of reports; what they insert is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"px": px, "unit": unit}
    return made


def digest(text: str) -> str:
    """Return the hash that lets a browser run exactly this text (Content Security Policy Level 2, 4.2.5)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _check_names(given: Mapping[str, Span], known: Iterable[str], what: str) -> None:
    names = set(known)
    for name in given:
        if name not in names:
            shown = ", ".join(list(known)[:12])
            raise ArgumentError(f"{what}: there is no score named {name!r}: expected some of {shown}")


def _preset(signature: str) -> str:
    parts = dict(part.partition(":")[::2] for part in signature.split("|"))
    return parts.get("name", "")


def _mix(counts: Counts) -> dict[str, float]:
    return {name: getattr(counts, name) for name in OUTCOMES}


def _shares(counts: Counts) -> list[tuple[str, float, float]]:
    mix = _mix(counts)
    total = sum(mix.values()) or 1
    return [(name, n, n / total) for name, n in mix.items()]


def _field_row(name: str, scores: Scores, span: Span | None) -> dict[str, Any]:
    _, low, high = span or (None, None, None)
    return {
        "name": name,
        "scores": scores,
        "low": low,
        "high": high,
        "mix": outcome_bar(_mix(scores.counts), width=160),
    }


def _heat_axes(evaluation: Evaluation) -> tuple[list[str], list[str]]:
    """Choose what the heat map shows: the worst fields and the largest groups."""
    if not evaluation.groups:
        return [], []
    largest = sorted(evaluation.groups, key=lambda name: (-len(evaluation.groups[name].documents), name))
    shown = set(largest[:_MOST_GROUPS])
    fields = [name for name, _ in worst_first(evaluation.micro)[:_MOST_FIELDS]]
    return fields, [name for name in evaluation.groups if name in shown]


def _cells(evaluation: Evaluation) -> dict[tuple[str, str], Cell]:
    return {
        (field, group): Cell(scores.f1, scores.n_gold + scores.n_pred)
        for group, part in evaluation.groups.items()
        for field, scores in part.micro.fields.items()
    }
