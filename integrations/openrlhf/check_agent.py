"""Let OpenRLHF's own agent call our reward, and its own generator turn the outcome into what it trains on.

    python check_agent.py

Its modules ``utils/agent.py`` and ``trainer/ppo_utils/samples_generator.py`` are loaded as they are installed; what
they import besides (Ray, vLLM, and logging by way of DeepSpeed) needs GPUs and is stood in for, as its own tests
do. Nothing is fetched. Fails unless every reward, score and logged component of every response is what
`medvie_reward.reward` gives: bare golds and envelopes, whole and shortened prompts, end tokens, no answer.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import sys
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final
from unittest.mock import MagicMock

import torch

from medvie_reward import reward
from medvie_reward.integrations.envelope import envelope_of

HERE: Final = Path(__file__).resolve().parent
GOLD: Final = {"Name": "Ann Lee", "Gender": "", "Indicators": [{"Item Name": "K", "Result": "3.4"}]}
PROMPT: Final = "<|im_start|>user\nRead report 7, all of it, line by line.<|im_end|>\n<|im_start|>assistant\n"
ANSWERS: Final = (
    json.dumps(GOLD), json.dumps({**GOLD, "Gender": "F"}), json.dumps({"Name": "Ann Lee"}), "{}", "[1", "no answer",
)  # fmt: skip
_LONGEST: Final = 4_096


def load(path: str) -> ModuleType:
    """Load one of OpenRLHF's modules by its file, without the packages around it."""
    file = Path(str(distribution("openrlhf").locate_file(f"openrlhf/{path}")))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


def stand_in() -> None:
    """Put modules in the place of what needs GPUs."""
    stubs: dict[str, Any] = {
        "openrlhf.utils.logging_utils": SimpleNamespace(init_logger=logging.getLogger),
        "openrlhf.trainer.ray.vllm_engine": MagicMock(),
        "ray": MagicMock(),
        "vllm": MagicMock(),
    }
    stubs["openrlhf.trainer.ppo_utils.experience"] = SimpleNamespace(Experience=SimpleNamespace)
    sys.modules.update(stubs)


class Tokenizer:
    """One token per character."""

    def __call__(self, text: str, **_: Any) -> dict[str, torch.Tensor]:
        """Give the tokens of a text."""
        return {"input_ids": torch.tensor([[ord(sign) for sign in text]])}

    def decode(self, tokens: list[int], **_: Any) -> str:
        """Give the text of some tokens."""
        return "".join(map(chr, tokens))


class Engine:
    """Answers every prompt with one text."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def generate(self, tokens: list[int], params: Any, **_: Any) -> Any:
        """Give the text as vLLM gives it."""
        written = SimpleNamespace(
            token_ids=[ord(sign) for sign in self.text], text=self.text, finish_reason="stop", logprobs=None
        )
        return SimpleNamespace(outputs=[written])


def run(agent: ModuleType, samples: ModuleType, label: str, response: str, most: int | None) -> Any:
    """Let OpenRLHF make one response, and read its outcome."""
    executor = agent.SingleTurnAgentExecutor(str(HERE / "reward_fn.py"))
    params = SimpleNamespace(max_tokens=None if most is None else _LONGEST - most, logprobs=None)
    outcome = asyncio.run(executor.execute(PROMPT, label, params, _LONGEST, Tokenizer(), Engine(response)))
    generator = samples.SamplesGenerator.__new__(samples.SamplesGenerator)
    return outcome, generator._process_response_into_experience(outcome, max_len=_LONGEST)


def main() -> int:
    """Run all, compare, and tell."""
    logging.disable(logging.WARNING)  # that a prompt is too long, which is wanted here
    stand_in()
    agent, samples = load("utils/agent.py"), load("trainer/ppo_utils/samples_generator.py")
    gold = json.dumps(GOLD)
    envelope = envelope_of(gold, {"index": 3, "spec": "strict"})
    faults: list[str] = []
    seen: list[float] = []
    for label, spec in ((gold, "clinical"), (envelope, "strict")):
        # All of the prompt, or its last 60 characters, which is what a prompt that is too long loses.
        for most in (None, 60):
            for answer in ANSWERS:
                for form in ("<think>rows</think><answer>{}</answer>", "{}"):
                    text = form.replace("{}", answer, 1)
                    ours = reward(text, GOLD, spec)
                    outcome, experience = run(agent, samples, label, f"{text}<|im_end|>", most)
                    if outcome["reward"] is None:
                        faults.append(f"{text!r}: no reward")
                        continue
                    logged = {key: float(x) for key, x in outcome["extra_logs"].items()}
                    pairs = {
                        "reward": (outcome["reward"], ours.score), "scores": (outcome["scores"], ours.score),
                        "rewards to train on": (experience.rewards, ours.score),
                        "scores to filter by": (experience.scores, ours.score),
                        "f1": (logged["medvie/f1"], ours.f1), "format": (logged["medvie/format"], ours.format),
                        "no_prompt": (logged["medvie/no_prompt"], 0), "bad_gold": (logged["medvie/bad_gold"], 0),
                    }  # fmt: skip
                    seen.append(ours.score)
                    for name, (theirs, mine) in pairs.items():
                        if abs(float(theirs) - float(mine)) > 1e-6:
                            faults.append(f"{text!r}: {name} {float(theirs)}, {float(mine)} ours")
    for fault in faults:
        print(f"error: {fault}")
    print(f"{len(seen)} responses, {len(set(seen))} different rewards: {'failed' if faults else 'ok'}")
    return 1 if faults or len(set(seen)) < 4 else 0


if __name__ == "__main__":
    raise SystemExit(main())
