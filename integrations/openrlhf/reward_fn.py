"""The reward for OpenRLHF: ``--reward.remote_url integrations/openrlhf/reward_fn.py``; the package's function."""

from medvie_reward.integrations.openrlhf import reward_func

__all__ = ["reward_func"]
