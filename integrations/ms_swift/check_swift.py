"""Let ms-swift's GRPO make real steps on a CPU with our reward, and compare what it logs with what we give.

    python check_swift.py [--steps 3] [--out FOLDER]

`swift rlhf` runs as a user starts it, on a parquet file as ``medvie prepare`` writes it, with ``plugin.py`` and a tiny
Qwen2 that is made on the spot; nothing is fetched. Whole completions, right ones and wrong ones, are among the
model's tokens, and its weights are drawn so that it mostly writes those. Fails unless all steps were made, every
logged reward and component is what `medvie_reward.reward` gives for the logged completion, and the rewards were
not all alike.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import torch
from transformers import GenerationConfig

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from integrations.trl.check_run import (  # noqa: E402
    GOLDS,
    GROUP,
    completions,
    make_model,
    make_tokenizer,
    write_rows,
)
from medvie_reward import reward  # noqa: E402

PARTS: Final = {"": "score", "_f1": "f1", "_format": "format", "_hallucination_rate": "hallucination_rate"}
"""What the plugin's rewards are called behind ``medvie``, and what they give."""
_BAD: Final = "_bad_gold"
_STRENGTH: Final = 1.0


def save_model(folder: Path) -> None:
    """Write a tiny model that mostly writes whole completions, and its tokenizer."""
    tokenizer = make_tokenizer()
    model, _ = make_model(tokenizer, vision=False)
    wanted = tokenizer.convert_tokens_to_ids(completions())
    with torch.no_grad():
        # One direction that is strong after every token, and to which only the wanted ones answer.
        model.model.embed_tokens.weight[:, 0] = 4.0
        model.lm_head.weight[:, 0] = 0.0
        model.lm_head.weight[wanted, 0] = _STRENGTH
        # Else two of the completions would nearly always follow each other.
        model.lm_head.weight[tokenizer.eos_token_id, 0] = 1.3 * _STRENGTH
    model.generation_config = GenerationConfig(
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, do_sample=True
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def train(folder: Path, steps: int) -> int:
    """Run ``swift rlhf`` for some steps; gives its exit code."""
    save_model(folder / "model")
    write_rows(folder / "train.parquet", vision=False)
    names = [f"medvie{name}" for name in (*PARTS, _BAD)]
    options = {
        "rlhf_type": "grpo", "model": folder / "model", "model_type": "qwen2", "template": "qwen",
        "use_hf": "true", "tuner_type": "full", "torch_dtype": "float32", "dataset": folder / "train.parquet",
        "columns": '{"prompt": "messages"}', "split_dataset_ratio": 0, "load_from_cache_file": "false",
        "external_plugins": ROOT / "integrations" / "ms_swift" / "plugin.py",
        "num_generations": GROUP, "per_device_train_batch_size": 2 * GROUP, "max_completion_length": 2,
        "max_steps": steps, "learning_rate": 1e-3, "logging_steps": 1, "log_completions": "true",
        "report_to": "none", "save_strategy": "no", "gradient_checkpointing": "false", "seed": 1,
        "dataset_num_proc": 1, "dataloader_num_workers": 0, "temperature": 1.0, "top_k": -1, "top_p": 1.0,
        "output_dir": folder / "swift", "add_version": "false", "bf16": "false",
    }  # fmt: skip
    command = [str(Path(sys.executable).parent / "swift"), "rlhf"]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    command += ["--reward_funcs", *names, "--reward_weights", "1", *("0" for _ in names[1:])]
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "MODELSCOPE_OFFLINE": "1"}
    environment = {**os.environ, **offline, "MODELSCOPE_CACHE": str(folder / "cache")}
    return subprocess.run(command, env=environment, check=False).returncode


def compare(folder: Path, steps: int) -> list[str]:
    """List where ms-swift's logs differ from our reward."""
    files = list((folder / "swift").rglob("completions.jsonl"))
    if len(files) != 1:
        return [f"expected one file of completions, found {len(files)}"]
    logged: dict[tuple[int, str, str], dict[str, Any]] = {}
    for line in files[0].read_text(encoding="utf-8").splitlines():
        table = json.loads(line)
        for n in range(len(table["completion"])):
            row = {name: cells[n] for name, cells in table.items() if isinstance(cells, list)}
            logged[n, text_of(row["prompt"]), row["completion"]] = row
    faults: list[str] = []
    scores: set[float] = set()
    for (_, prompt, completion), row in logged.items():
        number = int(prompt.split("report ")[1].split(".")[0])
        text = completion.removesuffix("<|im_end|>")
        ours = reward(text, GOLDS[number]).as_dict()
        scores.add(round(float(ours["score"]), 6))
        for name, key in PARTS.items():
            column = next(
                (x for x in row if x.lower() in (f"medvie{name}", f"medvie{name or 'reward'}")), None
            )
            if column is None:
                return [f"expected a column of medvie{name}, found {', '.join(row)}"]
            if not math.isclose(row[column], float(ours[key]), abs_tol=1e-5):
                faults.append(f"{text!r}: {column} {row[column]} logged, {ours[key]} ours")
    print(f"{len(logged)} logged completions, {len(scores)} different rewards: {sorted(scores)}")
    if len(logged) < GROUP * steps:
        faults.append(f"expected at least {GROUP * steps} different completions, found {len(logged)}")
    if len(scores) < 3:
        faults.append(f"expected rewards that differ, found {sorted(scores)}")
    return faults


def text_of(prompt: Any) -> str:
    """Give the text of a logged prompt."""
    return prompt if isinstance(prompt, str) else json.dumps(prompt)


def main() -> int:
    """Train, compare, and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=3, help="how many (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="folder to keep (default: a temporary one)")
    options = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.out or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        code = train(folder, options.steps)
        faults = [f"swift rlhf ended with {code}"] if code else compare(folder, options.steps)
    for fault in faults:
        print(f"error: {fault}")
    print(f"{options.steps} steps in {time.perf_counter() - start:.1f} s: {'failed' if faults else 'ok'}")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
