"""The reward class for ms-swift; it is the package's."""

from medvie_reward.integrations.ms_swift import MedvieReward, make_orm

__all__ = ["MedvieReward", "make_orm"]
