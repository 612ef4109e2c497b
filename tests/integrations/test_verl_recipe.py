"""What the recipe adds to verl, without verl."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from medvie_reward.integrations.verl_recipe import freeze_vision_tower, install, linear_decay

DECAY = [
    (0, 0, 10, 1.0),
    (5, 0, 10, 0.5),
    (9, 0, 10, 0.1),
    (10, 0, 10, 0.0),
    (12, 0, 10, 0.0),
    (0, 2, 10, 0.5),
    (1, 2, 10, 1.0),
    (2, 2, 10, 1.0),
    (6, 2, 10, 0.5),
    (0, 0, 0, 0.0),
]


@pytest.mark.parametrize(("step", "warmup", "total", "expected"), DECAY)
def test_the_learning_rate_falls_linearly_to_zero(
    step: int, warmup: int, total: int, expected: float
) -> None:
    """Full at the end of the warm-up, 0 at the last step and after it."""
    assert linear_decay(step, warmup, total) == expected


class Parameter:
    """A parameter as far as freezing looks at it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.requires_grad = True

    def requires_grad_(self, value: bool) -> None:
        self.requires_grad = value

    def numel(self) -> int:
        return self.size


def tower(*parameters: Parameter) -> Any:
    return SimpleNamespace(parameters=lambda: iter(parameters))


def test_only_the_vision_tower_is_frozen() -> None:
    """Qwen2.5-VL has its tower inside `model`; older classes have it at the top; a text model has none."""
    sight, sense = Parameter(6), Parameter(4)
    nested = SimpleNamespace(model=SimpleNamespace(visual=tower(sight), language_model=tower(sense)))
    assert freeze_vision_tower(nested) == 6
    assert (sight.requires_grad, sense.requires_grad) == (False, True)
    flat = SimpleNamespace(visual=tower(Parameter(5)))
    assert freeze_vision_tower(flat) == 5
    assert freeze_vision_tower(SimpleNamespace(model=SimpleNamespace())) == 0


def test_the_tower_is_frozen_where_the_configuration_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines made by a worker follow its actor's setting, also after one that failed; others freeze none."""

    class Engine:
        def _build_module(self) -> Any:
            return SimpleNamespace(visual=tower(Parameter(6)))

        def _build_lr_scheduler(self, optimizer: Any) -> Any:
            return optimizer

    class Worker:
        def __init__(self, freeze: bool) -> None:
            self.config = SimpleNamespace(actor=SimpleNamespace(freeze_vision_tower=freeze))

        def init_model(self, fail: bool = False) -> bool:
            if fail:
                raise ValueError("no model")
            return trained(Engine())

    def trained(engine: Engine) -> bool:
        return bool(next(engine._build_module().visual.parameters()).requires_grad)

    Worker.init_model.mark = "kept"  # type: ignore[attr-defined]
    for name, owner in {
        "verl.workers.engine.fsdp.transformer_impl": ("FSDPEngine", Engine),
        "verl.workers.engine_workers": ("ActorRolloutRefWorker", Worker),
    }.items():
        module = ModuleType(name)
        setattr(module, *owner)
        monkeypatch.setitem(sys.modules, name, module)
    for name in ("verl", "verl.workers", "verl.workers.engine", "verl.workers.engine.fsdp"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    install()
    install()  # a second import of the same modules changes nothing
    assert [Worker(freeze).init_model() for freeze in (True, False)] == [False, True]
    with pytest.raises(ValueError, match="no model"):
        Worker(True).init_model(fail=True)
    assert trained(Engine())
    assert Worker.init_model.mark == "kept"  # type: ignore[attr-defined]
    assert Engine()._build_lr_scheduler.__name__ == "build_linear"
