"""Choose a diverse subset of documents.

In: gold documents or embeddings. Out: the selected documents and a report on what they cover compared with
random subsets of the same size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.selection._candidates import read_candidates, read_embeddings, schema_fields
    from medvie_reward.selection._coverage import COVERAGE_SCORES, Coverage, cover
    from medvie_reward.selection._coverage_plot import check_plot, plot_coverage
    from medvie_reward.selection._features import Profile, profile
    from medvie_reward.selection._selection import METHODS, Selection, check_method, select
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _candidates="read_candidates read_embeddings schema_fields",
        _coverage="Coverage COVERAGE_SCORES cover",
        _coverage_plot="check_plot plot_coverage",
        _features="Profile profile",
        _selection="METHODS Selection check_method select",
    )

__all__ = [
    "COVERAGE_SCORES",
    "METHODS",
    "Coverage",
    "Profile",
    "Selection",
    "check_method",
    "check_plot",
    "cover",
    "plot_coverage",
    "profile",
    "read_candidates",
    "read_embeddings",
    "schema_fields",
    "select",
]
