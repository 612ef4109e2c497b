"""The reward by a file's path; the function is the package's, so that it pickles."""

from medvie_reward.integrations.verl import compute_score, reward_fn

__all__ = ["compute_score", "reward_fn"]
