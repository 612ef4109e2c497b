"""The reward for TRL; the function is the package's."""

from medvie_reward.integrations.trl import make_reward_fn, reward_fn

__all__ = ["make_reward_fn", "reward_fn"]
