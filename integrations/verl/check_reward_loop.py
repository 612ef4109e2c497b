"""Send completions through verl's own reward loop on Ray, by all three ways in, and check every score.

    python integrations/verl/check_reward_loop.py            # exit 0: all scores are ours; 1: what differs
    python integrations/verl/check_reward_loop.py --time     # also the share of the reward in verl's own time

The completions are what an OCR engine read from the forty example pages, written as a model's answer, well formed
and not, beside garbage. Needs verl (``requirements.txt``), no GPU and no network.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import ray
import torch
from hydra import compose, initialize_config_module
from tensordict import TensorDict
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from verl.experimental.reward_loop import RewardLoopManager
from verl.experimental.reward_loop.reward_loop import migrate_legacy_reward_impl
from verl.protocol import DataProto

from medvie_reward.integrations.verl import reward_fn

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples" / "lab_reports"
WAYS = {
    "package": ["reward.custom_reward_function.path=pkg://medvie_reward.integrations.verl",
                "reward.custom_reward_function.name=reward_fn"],
    "file": [f"reward.custom_reward_function.path={HERE / 'reward_fn.py'}"],
    "manager": ["reward.reward_manager.name=medvie"],
}  # fmt: skip
WEIGHT = 0.25
GARBAGE = (
    "",
    "I cannot read this page.",
    "[" * 20_000,
    "<think>",
    '<answer>{"Name": </answer>',
    "<answer>null</answer>",
)


def main() -> int:
    """Run the check; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--time", action="store_true", help="measure our share of verl's time per sample")
    parser.add_argument("--workers", type=int, default=2, help="reward workers (default: %(default)s)")
    parser.add_argument(
        "--samples", type=int, default=1024, help="completions for --time (default: %(default)s)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1")
        tokenizer = save_tokenizer(folder)
        faults = check(folder, tokenizer, options.workers)
        if options.time:
            measure(folder, tokenizer, options.workers, options.samples)
    for fault in faults:
        print(f"FAILED {fault}", file=sys.stderr)
    return 1 if faults else 0


def save_tokenizer(folder: str) -> PreTrainedTokenizerFast:
    """Make a tokenizer of single bytes, so that no hub is needed, and save it with a model's configuration."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE(vocab={x: n for n, x in enumerate(["<|end|>", *alphabet])}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<|end|>", pad_token="<|end|>")
    tokenizer.save_pretrained(folder)
    (Path(folder) / "config.json").write_text(
        json.dumps({"model_type": "qwen2", "vocab_size": len(tokenizer)})
    )
    return tokenizer


def samples() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """List completions with their gold and extra_info."""
    golds = {row["id"]: row for row in map(json.loads, (EXAMPLES / "gold.jsonl").open(encoding="utf-8"))}
    made = []
    for file in ("ocr_rows.jsonl", "ocr_plain.jsonl"):
        for n, row in enumerate(map(json.loads, (EXAMPLES / file).open(encoding="utf-8"))):
            gold = golds[row["id"]]
            answer = json.dumps(row["prediction"], ensure_ascii=False)
            texts = (
                f"<think>the table</think><answer>{answer}</answer>",
                f"```json\n{answer}\n```",
                answer[: len(answer) // 2],
            )
            extra = {"index": n, "source_text": row["source_text"] if n % 2 else "", "schema": "", "spec": ""}
            made.append((texts[n % 3], gold["gold"], extra))
    for n, text in enumerate(GARBAGE):
        made.append((text, made[n][1], {**made[n][2], "index": 900 + n}))
    return made


def batch_of(
    tokenizer: PreTrainedTokenizerFast, rows: list[tuple[str, dict[str, Any], dict[str, Any]]]
) -> DataProto:
    """Write samples as verl's batch after generation."""
    ids = [
        [*tokenizer(text, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
        for text, _, _ in rows
    ]
    n, width, pad = len(rows), max(map(len, ids)), tokenizer.pad_token_id
    responses, mask = torch.full((n, width), pad), torch.zeros(n, width, dtype=torch.long)
    for row, found in enumerate(ids):
        responses[row, : len(found)] = torch.tensor(found)
        mask[row, : len(found)] = 1
    prompts, seen = torch.full((n, 4), pad), torch.ones(n, 4, dtype=torch.long)
    tensors = {
        "prompts": prompts, "responses": responses, "input_ids": torch.cat([prompts, responses], 1),
        "attention_mask": torch.cat([seen, mask], 1), "response_mask": mask,
    }  # fmt: skip
    columns: dict[str, list[Any]] = {
        "data_source": ["medvie"] * n,
        "reward_model": [
            {"style": "rule", "ground_truth": json.dumps(gold, ensure_ascii=False)} for _, gold, _ in rows
        ],
        "extra_info": [dict(extra) for _, _, extra in rows],
        "raw_prompt": [[{"role": "user", "content": "read"}] for _ in rows],
    }
    arrays = {name: np.fromiter(values, dtype=object, count=n) for name, values in columns.items()}
    return DataProto(batch=TensorDict(tensors, batch_size=n), non_tensor_batch=arrays)


@contextlib.contextmanager
def reward_loop(folder: str, workers: int, overrides: list[str]) -> Iterator[RewardLoopManager]:
    """Start verl's reward loop as main_ppo does, on a Ray of its own: its workers have fixed names."""
    base = [f"actor_rollout_ref.model.path={folder}", f"reward.num_workers={workers}"]
    with initialize_config_module(config_module="verl.trainer.config", version_base=None):
        config = compose("ppo_trainer", overrides=base + overrides)
    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    try:
        yield RewardLoopManager(migrate_legacy_reward_impl(config))
    finally:
        ray.shutdown()


def check(folder: str, tokenizer: PreTrainedTokenizerFast, workers: int) -> list[str]:
    """Compare what verl gives with what the hook gives for the same texts."""
    rows, faults = samples(), []
    expected = [
        reward_fn("medvie", text, json.dumps(gold, ensure_ascii=False), dict(extra), format_weight=WEIGHT)
        for text, gold, extra in rows
    ]
    for way, overrides in WAYS.items():
        overrides = [*overrides, f"+reward.custom_reward_function.reward_kwargs.format_weight={WEIGHT}"]
        with reward_loop(folder, workers, overrides) as manager:
            found = manager.compute_rm_score(batch_of(tokenizer, rows))
        scores = found.batch["rm_scores"].sum(1).tolist()
        ends = (found.batch["rm_scores"] != 0).sum(1).max().item()
        different = 0
        for n, one in enumerate(expected):
            same = abs(scores[n] - one["score"]) < 1e-6 and all(
                found.non_tensor_batch[key][n] == value for key, value in one.items() if key != "microseconds"
            )
            if not same:
                different += 1
                faults.append(f"{way}: sample {n}: verl has {scores[n]}, the reward is {one['score']}")
        if ends > 1:
            faults.append(f"{way}: a reward stands at more than one token")
        print(
            f"{way:8} {len(rows)} completions, {different} different; mean rm_score {statistics.mean(scores):.4f}, "
            f"{sum(not one['parsed'] for one in expected)} without an answer"
        )
    return faults


def measure(folder: str, tokenizer: PreTrainedTokenizerFast, workers: int, n: int) -> None:
    """Print verl's own time per sample, with a reward that does nothing, and ours.

    Rollouts come one by one in training (an agent loop asks as soon as a rollout is done), and as one batch
    where rewards are computed apart; both ways are timed, the best of three each.
    """
    known = [row for row in samples() if len(row[0]) < 20_000]
    rows = [known[k % len(known)] for k in range(n)]
    nothing = Path(folder) / "nothing.py"
    nothing.write_text(
        "def compute_score(data_source, solution_str, ground_truth, extra_info=None):\n    return 0.0\n"
    )
    ways = {"nothing": [f"reward.custom_reward_function.path={nothing}"], "medvie": WAYS["package"]}
    spent: dict[tuple[str, str], float] = {}
    for name, overrides in ways.items():
        with reward_loop(folder, workers, overrides) as manager:
            manager.compute_rm_score(batch_of(tokenizer, rows[:64]))
            for _ in range(3):
                batch = batch_of(tokenizer, rows)
                start = time.perf_counter()
                found = manager.compute_rm_score(batch)
                keep_least(spent, (name, "batch"), start, n)
                busy = manager.reward_loop_workers
                singles = [batch[k : k + 1] for k in range(n)]
                start = time.perf_counter()
                ray.get([busy[k % len(busy)].compute_score.remote(one) for k, one in enumerate(singles)])
                keep_least(spent, (name, "one by one"), start, n)
    ours = statistics.median(found.non_tensor_batch["microseconds"].tolist())
    for way in ("one by one", "batch"):
        without, with_ours = spent["nothing", way], spent["medvie", way]
        print(
            f"{way:10} {n} completions, {workers} workers: verl {without:.0f} µs per sample with a reward that does "
            f"nothing, {with_ours:.0f} µs with ours: {with_ours / without - 1:+.1%}"
        )
    print(
        f"a call of the reward takes {ours:.0f} µs (median, on the clock of a thread that waits for others)"
    )


def keep_least(spent: dict[tuple[str, str], float], key: tuple[str, str], start: float, n: int) -> None:
    """Keep the least time per sample, in µs."""
    spent[key] = min(spent.get(key, float("inf")), (time.perf_counter() - start) / n * 1e6)


if __name__ == "__main__":
    raise SystemExit(main())
