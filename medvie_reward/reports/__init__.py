"""Show results to people.

In: an evaluation, a comparison or another result. Out: tables for the terminal, Markdown, or one HTML file
that shows every document next to its page image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.reports._agreement import print_agreement
    from medvie_reward.reports._audit import audit_html, audit_markdown, audit_text, print_audit
    from medvie_reward.reports._comparison import comparison_text, print_comparison, print_contest
    from medvie_reward.reports._document_views import page_of
    from medvie_reward.reports._evaluation_report import print_evaluation, print_rules
    from medvie_reward.reports._evaluations import (
        evaluation_html,
        evaluation_report,
        evaluation_text,
        spans_of,
    )
    from medvie_reward.reports._html import render_archive, render_html
    from medvie_reward.reports._lab import print_lab
    from medvie_reward.reports._lab_page import render_lab
    from medvie_reward.reports._markdown import markdown_report
    from medvie_reward.reports._packing import Archive
    from medvie_reward.reports._page_images import PageImages, find_images
    from medvie_reward.reports._subsampling import print_ablation
    from medvie_reward.reports._summary import summary_lines
    from medvie_reward.reports._tiles import HEADLINES
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _agreement="print_agreement",
        _audit="audit_html audit_markdown audit_text print_audit",
        _comparison="comparison_text print_comparison print_contest",
        _document_views="page_of",
        _evaluation_report="print_evaluation print_rules",
        _evaluations="evaluation_html evaluation_report evaluation_text spans_of",
        _html="render_archive render_html",
        _lab="print_lab",
        _lab_page="render_lab",
        _markdown="markdown_report",
        _packing="Archive",
        _page_images="PageImages find_images",
        _subsampling="print_ablation",
        _summary="summary_lines",
        _tiles="HEADLINES",
    )

__all__ = [
    "HEADLINES",
    "Archive",
    "PageImages",
    "audit_html",
    "audit_markdown",
    "audit_text",
    "comparison_text",
    "evaluation_html",
    "evaluation_report",
    "evaluation_text",
    "find_images",
    "markdown_report",
    "page_of",
    "print_ablation",
    "print_agreement",
    "print_audit",
    "print_comparison",
    "print_contest",
    "print_evaluation",
    "print_lab",
    "print_rules",
    "render_archive",
    "render_html",
    "render_lab",
    "spans_of",
    "summary_lines",
]
