"""Registers the reward with ms-swift: ``--external_plugins integrations/ms_swift/plugin.py --reward_funcs medvie``.

``medvie_f1`` and the others give one component each, to be logged with a weight of 0. Other settings are one more
line here: ``orms["medvie_strict"] = make_orm("MedvieStrict", spec="strict")``.
"""

from swift.rewards.orm import orms

from medvie_reward.integrations.ms_swift import MedvieReward, make_orm

orms["medvie"] = MedvieReward
for _key in ("f1", "format", "hallucination_rate", "bad_gold"):
    orms[f"medvie_{_key}"] = make_orm(f"Medvie_{_key}", key=_key)
