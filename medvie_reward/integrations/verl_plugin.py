"""verl's entry point ``verl.plugins``: ``reward.reward_manager.name=medvie`` works with no path at all.

verl loads this module when it is imported itself; nothing else does.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from verl.experimental.reward_loop.reward_manager import register
from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager

from medvie_reward.integrations.samples import scorer_of
from medvie_reward.integrations.verl import reward_fn


@register("medvie")
class MedvieRewardManager(NaiveRewardManager):  # type: ignore[misc]
    """verl's own manager, with our reward where the configuration names no function.

    ``reward_kwargs`` hold either way. They are checked when a worker starts, not at the first rollout.
    """

    def __init__(self, config: Any, tokenizer: Any, compute_score: Any, *args: Any, **kwargs: Any) -> None:
        function = config.reward.get("custom_reward_function") or {}
        if not function.get("path"):
            settings = dict(function.get("reward_kwargs") or {})
            scorer_of(settings)
            compute_score = partial(reward_fn, **settings)
        super().__init__(config, tokenizer, compute_score, *args, **kwargs)
