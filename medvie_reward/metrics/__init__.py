"""From counted outcomes to scores and rewards.

In: an alignment's counts. Out: precision, recall, F1 (`Scores`), the reward of a completion (`Reward`), and
the published metrics ANLS* and nTED. This is the only room in which counts are divided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.metrics._anls import anls_star
    from medvie_reward.metrics._edit_distance import ted_accuracy, tree_edit_distance
    from medvie_reward.metrics._published import METRICS, Published, compare_published, known_metrics, sign
    from medvie_reward.metrics._rates import rate_arrays, share_arrays
    from medvie_reward.metrics._reward import (
        Gold,
        Reward,
        longest_answer,
        matching_of,
        read_gold,
        reward,
        reward_group,
    )
    from medvie_reward.metrics._scores import COUNTS_AT, Counts, Numbers, Scores, count, count_prepared, score
    from medvie_reward.metrics._tree_classes import Classes, label_cost
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _anls="anls_star",
        _edit_distance="ted_accuracy tree_edit_distance",
        _published="METRICS Published compare_published known_metrics sign",
        _rates="rate_arrays share_arrays",
        _reward="Gold Reward longest_answer matching_of read_gold reward reward_group",
        _scores="COUNTS_AT Counts Numbers Scores count count_prepared score",
        _tree_classes="Classes label_cost",
    )

__all__ = [
    "COUNTS_AT",
    "METRICS",
    "Classes",
    "Counts",
    "Gold",
    "Numbers",
    "Published",
    "Reward",
    "Scores",
    "anls_star",
    "compare_published",
    "count",
    "count_prepared",
    "known_metrics",
    "label_cost",
    "longest_answer",
    "matching_of",
    "rate_arrays",
    "read_gold",
    "reward",
    "reward_group",
    "score",
    "share_arrays",
    "sign",
    "ted_accuracy",
    "tree_edit_distance",
]
