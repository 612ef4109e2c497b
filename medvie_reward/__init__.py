"""Row-correct rewards and scores for models that read documents into JSON.

The reward is that of "Efficient Medical VIE via Reinforcement Learning" (arXiv 2506.13363), Eq. 5-6,
with list items aligned one to one, so that values swapped between rows are seen.
"""

from __future__ import annotations

from medvie_reward._version import __version__
from medvie_reward.alignment import Alignment, Leaf, align
from medvie_reward.anls import anls_star
from medvie_reward.completion import STATUSES, Completion, parse_completion
from medvie_reward.corpus import Evaluation, evaluate
from medvie_reward.decoder import ABSENT
from medvie_reward.edit_distance import ted_accuracy, tree_edit_distance
from medvie_reward.errors import GoldError, InputError, MedvieError, PredictionError, SpecError
from medvie_reward.metrics import Counts, Scores, score
from medvie_reward.rewards import Gold, Reward, reward, reward_group
from medvie_reward.rules import Rule
from medvie_reward.spec import Spec

__all__ = [
    "ABSENT",
    "STATUSES",
    "Alignment",
    "Completion",
    "Counts",
    "Evaluation",
    "Gold",
    "GoldError",
    "InputError",
    "Leaf",
    "MedvieError",
    "PredictionError",
    "Reward",
    "Rule",
    "Scores",
    "Spec",
    "SpecError",
    "__version__",
    "align",
    "anls_star",
    "evaluate",
    "parse_completion",
    "reward",
    "reward_group",
    "score",
    "ted_accuracy",
    "tree_edit_distance",
]
