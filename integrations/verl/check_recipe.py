"""Compose every recipe against the installed verl's own configuration tree; exit 1 where a key is not verl's.

    python integrations/verl/check_recipe.py [OVERRIDES …]

With files of overrides (one a line), those are composed too. Composing alone would accept a misspelt key in a file,
so every key is looked up in verl's tree, and the parts that verl turns into dataclasses are really made.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir, initialize_config_module
from omegaconf import DictConfig, OmegaConf
from verl.utils.config import omega_conf_to_dataclass
from verl.workers.engine.fsdp.transformer_impl import FSDPEngine
from verl.workers.engine_workers import ActorRolloutRefWorker

CONFIG = Path(__file__).parent / "config"
# Free dictionaries, whose keys verl does not name.
FREE = (
    "reward.custom_reward_function.reward_kwargs",
    "actor_rollout_ref.model.override_config",
    "ray_kwargs.ray_init",
    "actor_rollout_ref.actor.fsdp_config.mixed_precision",
    "actor_rollout_ref.ref.fsdp_config.mixed_precision",
)
# What medvie_reward.integrations.verl_recipe changes.
CHANGED = (
    (ActorRolloutRefWorker, "init_model"),
    (FSDPEngine, "_build_module"),
    (FSDPEngine, "_build_lr_scheduler"),
)
# What the paper states (section 4.3), and where it stands.
PAPER: dict[str, Any] = {
    "algorithm.adv_estimator": "grpo",
    "actor_rollout_ref.rollout.n": 8,
    "actor_rollout_ref.actor.loss_agg_mode": "token-mean",
    "actor_rollout_ref.actor.kl_loss_coef": 0.04,
    "actor_rollout_ref.actor.use_kl_loss": True,
    "actor_rollout_ref.actor.optim.optimizer": "AdamW",
    "actor_rollout_ref.actor.freeze_vision_tower": True,
    "reward.custom_reward_function.path": "pkg://medvie_reward.integrations.verl",
}


def leaves(node: Any, path: str = "") -> dict[str, Any]:
    """List the values of a configuration by dotted path."""
    if isinstance(node, dict) and node:
        return {
            key: x
            for name, value in node.items()
            for key, x in leaves(value, f"{path}.{name}".lstrip(".")).items()
        }
    return {path: node}


def tree(config: DictConfig) -> dict[str, Any]:
    """List a composed configuration by dotted path, references unresolved."""
    return leaves(OmegaConf.to_container(config, resolve=False))


def known(path: str, of_verl: dict[str, Any]) -> bool:
    """Tell whether a path is verl's, or in a free dictionary."""
    return path in of_verl or any(path.startswith(free + ".") for free in FREE)


def check(name: str, of_verl: dict[str, Any], overrides: list[str]) -> list[str]:
    """Compose one recipe; lists what is wrong with it."""
    with initialize_config_dir(str(CONFIG), version_base=None):
        config = compose(name, overrides=overrides)
    found = tree(config)
    faults = [f"{name}: {path} is no key of this verl" for path in found if not known(path, of_verl)]
    for path, value in PAPER.items():
        if not overrides and found[path] != value:
            faults.append(f"{name}: {path} is {found[path]!r}, the paper has {value!r}")
    if (
        not overrides
        and found["actor_rollout_ref.actor.clip_ratio_high"]
        <= found["actor_rollout_ref.actor.clip_ratio_low"]
    ):
        faults.append(f"{name}: clip-higher needs clip_ratio_high above clip_ratio_low")
    config.actor_rollout_ref.actor.optim.total_training_steps = 10
    # The model and the rollout look for files and engines that a machine without GPUs need not have.
    for part in ("actor_rollout_ref.actor", "algorithm"):
        omega_conf_to_dataclass(OmegaConf.select(config, part))
    return faults


def main() -> int:
    """Check all recipes; returns the exit code."""
    with initialize_config_module(config_module="verl.trainer.config", version_base=None):
        of_verl = tree(compose("ppo_trainer"))
    faults = []
    names = sorted(file.stem for file in CONFIG.glob("paper*.yaml"))
    for name in names:
        faults += check(name, of_verl, [])
    for file in sys.argv[1:]:
        lines = [line.split("#")[0].strip() for line in Path(file).read_text(encoding="utf-8").splitlines()]
        faults += check("paper", of_verl, [line for line in lines if line])
    for owner, method in CHANGED:
        if not inspect.isfunction(getattr(owner, method, None)):
            faults.append(f"verl_recipe changes {owner.__name__}.{method}, which this verl does not have")
    for fault in faults:
        print(f"FAILED {fault}", file=sys.stderr)
    print(
        f"{len(names)} recipes ({', '.join(names)}) and {len(sys.argv) - 1} files of overrides: {len(faults)} faults"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
