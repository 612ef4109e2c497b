"""Row-correct rewards and scores for models that read documents into JSON.

The reward is that of "Efficient Medical VIE via Reinforcement Learning" (arXiv 2506.13363), Eq. 5-6,
with list items aligned one to one, so that values swapped between rows are seen.

PYTEST_DONT_REWRITE: pytest, whose plugin is in here, need not complain where the package came before it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names
from medvie_reward._core.moved import MovedFinder
from medvie_reward._version import __version__

if TYPE_CHECKING:
    from medvie_reward.alignment import Alignment, Leaf, align
    from medvie_reward.audits import Audit, audit
    from medvie_reward.completions import ABSENT, STATUSES, Completion, parse_completion
    from medvie_reward.corpus import Evaluation, evaluate, evaluate_files
    from medvie_reward.errors import (
        ArgumentError,
        ClusterError,
        GoldError,
        InputError,
        InputWarning,
        MedvieError,
        PredictionError,
        SpecError,
        WorkerError,
    )
    from medvie_reward.metrics import (
        Counts,
        Gold,
        Reward,
        Scores,
        anls_star,
        reward,
        reward_group,
        score,
        ted_accuracy,
        tree_edit_distance,
    )
    from medvie_reward.spec import Rule, Spec, explain
    from medvie_reward.statistics import Comparison, Resampling, compare
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        alignment="Alignment Leaf align",
        audits="Audit audit",
        completions="ABSENT STATUSES Completion parse_completion",
        corpus="Evaluation evaluate evaluate_files",
        errors=(
            "ArgumentError ClusterError GoldError InputError InputWarning MedvieError PredictionError "
            "SpecError WorkerError"
        ),
        metrics=(
            "Counts Gold Reward Scores anls_star reward reward_group score ted_accuracy tree_edit_distance"
        ),
        spec="Rule Spec explain",
        statistics="Comparison Resampling compare",
    )

sys.meta_path.append(MovedFinder())

__all__ = [
    "ABSENT",
    "STATUSES",
    "Alignment",
    "ArgumentError",
    "Audit",
    "ClusterError",
    "Comparison",
    "Completion",
    "Counts",
    "Evaluation",
    "Gold",
    "GoldError",
    "InputError",
    "InputWarning",
    "Leaf",
    "MedvieError",
    "PredictionError",
    "Resampling",
    "Reward",
    "Rule",
    "Scores",
    "Spec",
    "SpecError",
    "WorkerError",
    "__version__",
    "align",
    "anls_star",
    "audit",
    "compare",
    "evaluate",
    "evaluate_files",
    "explain",
    "parse_completion",
    "reward",
    "reward_group",
    "score",
    "ted_accuracy",
    "tree_edit_distance",
]
