"""The reward for EasyR1: ``worker.reward.reward_function=integrations/easyr1/reward_fn.py:compute_score``.

The function is the package's; ``REWARD_TYPE`` tells EasyR1 to call it with batches.
"""

from medvie_reward.integrations.easyr1 import REWARD_NAME, REWARD_TYPE, compute_score

__all__ = ["REWARD_NAME", "REWARD_TYPE", "compute_score"]
