"""The manager that verl loads by its entry point, over a stand-in for verl's own."""

from __future__ import annotations

import asyncio
import importlib
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from helpers.hooks import RIGHT, wrapped

from medvie_reward import SpecError

NAME = "verl.experimental.reward_loop.reward_manager"
PREFILLED = wrapped(RIGHT).removeprefix("<think>")


class Naive:
    """Does what verl's naive manager does with one rollout."""

    def __init__(self, config: Any, tokenizer: Any, compute_score: Any) -> None:
        self.tokenizer = tokenizer
        self.compute_score = compute_score

    async def run_single(self, data: Any) -> dict[str, Any]:
        item = data[-1:][0]
        extra = item.non_tensor_batch.get("extra_info", {})
        extra["num_turns"] = None
        made: dict[str, Any] = self.compute_score(
            data_source="d", solution_str=PREFILLED, ground_truth=RIGHT, extra_info=extra
        )
        return made


class Tokenizer:
    """Writes tokens, which are words here, one after another."""

    def decode(self, tokens: list[str], skip_special_tokens: bool) -> str:
        assert not skip_special_tokens
        return "".join(tokens)


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import the plugin with stand-ins where verl's modules are."""
    for name in ("verl", "verl.experimental", "verl.experimental.reward_loop", NAME, f"{NAME}.naive"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(sys.modules[NAME], "register", lambda name: lambda kind: kind, raising=False)
    monkeypatch.setattr(sys.modules[f"{NAME}.naive"], "NaiveRewardManager", Naive, raising=False)
    monkeypatch.delitem(sys.modules, "medvie_reward.integrations.verl_plugin", raising=False)
    return importlib.import_module("medvie_reward.integrations.verl_plugin").MedvieRewardManager


def config(**function: Any) -> Any:
    return SimpleNamespace(reward={"custom_reward_function": function})


def rollout(tokens: list[str], **extra: Any) -> list[Any]:
    return [SimpleNamespace(batch={"prompts": tokens}, non_tensor_batch={"extra_info": extra})]


@pytest.mark.parametrize(
    ("prompt", "score"), [(["read", "<|im_start|>", "<think>", "\n"], 2.0), (["<think>", "</think>"], 1.0)]
)
def test_the_prompt_is_seen(manager: Any, prompt: list[str], score: float) -> None:
    """A chat template that opens the think part is found out by itself."""
    made = manager(config(), Tokenizer(), None)
    assert asyncio.run(made.run_single(rollout(prompt)))["score"] == score
    assert asyncio.run(made.run_single(rollout(prompt, prompt="<think>")))["score"] == 2.0
    assert asyncio.run(made.run_single([SimpleNamespace(batch={}, non_tensor_batch={})]))["format"] == 0.0


def test_settings_and_functions_of_the_configuration(manager: Any) -> None:
    """Settings are checked at the start; a function that the configuration names is used as it is."""
    made = manager(config(reward_kwargs={"prefilled": True}), Tokenizer(), None)
    assert asyncio.run(made.run_single(rollout(["read"])))["score"] == 2.0
    with pytest.raises(SpecError):
        manager(config(reward_kwargs={"aplha": 1}), Tokenizer(), None)
    own = manager(config(path="file.py"), Tokenizer(), lambda **called: called["extra_info"])
    assert asyncio.run(own.run_single(rollout(["<think>"]))) == {"num_turns": None}
