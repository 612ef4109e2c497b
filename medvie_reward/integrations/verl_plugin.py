"""verl's entry point ``verl.plugins``: ``reward.reward_manager.name=medvie`` works with no path at all.

verl loads this module when it is imported itself; nothing else does.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from verl.experimental.reward_loop.reward_manager import register
from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager

from medvie_reward.integrations.samples import scorer_of
from medvie_reward.integrations.verl import reward_fn

# So many tokens of a prompt's end are enough to see an open think tag.
_PROMPT_END: Final = 16


@register("medvie")
class MedvieRewardManager(NaiveRewardManager):  # type: ignore[misc]
    """verl's own manager, with our reward where the configuration names no function.

    ``reward_kwargs`` hold either way. They are checked when a worker starts, not at the first rollout. Our
    reward is told how the prompt ends: some chat templates open the think part.
    """

    def __init__(self, config: Any, tokenizer: Any, compute_score: Any, *args: Any, **kwargs: Any) -> None:
        function = config.reward.get("custom_reward_function") or {}
        if not function.get("path"):
            settings = dict(function.get("reward_kwargs") or {})
            scorer_of(settings)
            compute_score = partial(reward_fn, **settings)
        self._ours = not function.get("path")
        super().__init__(config, tokenizer, compute_score, *args, **kwargs)

    async def run_single(self, data: Any) -> dict[str, Any]:
        """Reward one rollout, as verl does."""
        if self._ours:
            self._tell_prompt(data[-1:][0])
        made: dict[str, Any] = await super().run_single(data)
        return made

    def _tell_prompt(self, item: Any) -> None:
        """Put the end of the prompt where our reward looks for it; verl writes there itself."""
        extra = item.non_tensor_batch.get("extra_info")
        if isinstance(extra, dict) and "prompt" not in extra and "prompts" in item.batch.keys():  # noqa: SIM118
            tokens = item.batch["prompts"][-_PROMPT_END:]
            extra["prompt"] = self.tokenizer.decode(tokens, skip_special_tokens=False)
