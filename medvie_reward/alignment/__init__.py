"""Pair a prediction with the gold document, leaf by leaf.

In: two JSON values and a spec. Out: every leaf with its partner and its outcome (correct, wrong, missing,
hallucinated). Rows are paired here; nothing is divided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.alignment._alignment import (
        Alignment,
        Leaf,
        Prepared,
        align,
        align_prepared,
        leaves_of,
        prepare,
        prepare_at_once,
        rows_of,
        source_of,
        tally_of,
    )
    from medvie_reward.alignment._compiled import reward_of_text, reward_terms
    from medvie_reward.alignment._engine import ENGINE
    from medvie_reward.alignment._grounding import Source
    from medvie_reward.alignment._outcomes import COLUMNS, Outcomes, Row, row_of
    from medvie_reward.alignment._prices import CREDIT
    from medvie_reward.alignment._smr_r1 import Tally, tally
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _alignment=(
            "Alignment Leaf Prepared align align_prepared leaves_of prepare prepare_at_once rows_of "
            "source_of tally_of"
        ),
        _compiled="reward_of_text reward_terms",
        _engine="ENGINE",
        _grounding="Source",
        _outcomes="COLUMNS Outcomes Row row_of",
        _prices="CREDIT",
        _smr_r1="Tally tally",
    )

__all__ = [
    "COLUMNS",
    "CREDIT",
    "ENGINE",
    "Alignment",
    "Leaf",
    "Outcomes",
    "Prepared",
    "Row",
    "Source",
    "Tally",
    "align",
    "align_prepared",
    "leaves_of",
    "prepare",
    "prepare_at_once",
    "reward_of_text",
    "reward_terms",
    "row_of",
    "rows_of",
    "source_of",
    "tally",
    "tally_of",
]
