"""What the paper's run needs and verl 0.9.1 cannot be told; ``VERL_USE_EXTERNAL_MODULES`` names this module.

verl's ``actor.freeze_vision_tower`` is read by nothing, and its FSDP schedules are constant and cosine.
When verl imports this module, FSDP engines freeze the vision tower where ``actor.freeze_vision_tower`` is
true (arXiv 2506.13363, Figure 1), and a ``cosine`` schedule falls linearly to 0 instead (section 4.3). Three
methods change; the check of the recipe fails where verl no longer has them.
"""

from __future__ import annotations

import functools
import sys
from contextvars import ContextVar
from typing import Any, Final

# An engine is not told the actor's settings; its worker, which makes it, is.
_FREEZE: Final = ContextVar("freeze_vision_tower", default=False)
_LINEAR: Final = "cosine"  # the only decaying word that verl's configuration accepts


def freeze_vision_tower(model: Any) -> int:
    """Freeze the parameters of a model's vision tower, its projector among them.

    Returns
    -------
    int
        The number of parameters frozen; 0 where the model has no vision tower.
    """
    inner = getattr(model, "model", model)
    tower = getattr(inner, "visual", None) or getattr(model, "visual", None)
    if tower is None:
        return 0
    for parameter in tower.parameters():
        parameter.requires_grad_(False)
    return sum(parameter.numel() for parameter in tower.parameters())


def linear_decay(step: int, warmup: int, total: int) -> float:
    """Return the share of the learning rate at a step: up in the warm-up, then linear to 0 at ``total``."""
    if step < warmup:
        return (step + 1) / warmup
    return max(0.0, (total - step) / max(1, total - warmup))


def install() -> None:
    """Change verl's FSDP engine, and the worker that makes it.

    Raises
    ------
    AttributeError
        If this verl has no such classes or methods.
    """
    from verl.workers.engine.fsdp.transformer_impl import FSDPEngine
    from verl.workers.engine_workers import ActorRolloutRefWorker

    if getattr(FSDPEngine, "_medvie_recipe", False):
        return
    init_model = ActorRolloutRefWorker.init_model
    build_module, build_lr_scheduler = FSDPEngine._build_module, FSDPEngine._build_lr_scheduler

    @functools.wraps(init_model)  # verl reads what its decorators left on the method
    def init_told(self: Any, *args: Any, **kwargs: Any) -> Any:
        token = _FREEZE.set(bool(self.config.actor.freeze_vision_tower))
        try:
            return init_model(self, *args, **kwargs)
        finally:
            _FREEZE.reset(token)

    def build_frozen(self: Any) -> Any:
        module = build_module(self)
        if _FREEZE.get():
            freeze_vision_tower(module)
        return module

    def build_linear(self: Any, optimizer: Any) -> Any:
        settings = self.optimizer_config
        if settings.lr_scheduler_type != _LINEAR:
            return build_lr_scheduler(self, optimizer)
        from torch.optim.lr_scheduler import LambdaLR

        total = settings.total_training_steps
        warmup = settings.lr_warmup_steps
        if warmup <= 0:
            warmup = int(settings.lr_warmup_steps_ratio * total)
        return LambdaLR(optimizer, lambda step: linear_decay(step, warmup, total))

    ActorRolloutRefWorker.init_model = init_told
    FSDPEngine._build_module = build_frozen
    FSDPEngine._build_lr_scheduler = build_linear
    FSDPEngine._medvie_recipe = True


if "verl" in sys.modules:  # verl imports the modules it is told of; anyone else only reads the functions
    install()
