"""Let TRL's GRPOTrainer make real steps on a CPU with our reward, and compare what it logs with what we give.

    python check_run.py [--steps 3] [--vision] [--out FOLDER]

A tiny random Qwen2 (Qwen2.5-VL with ``--vision``) is made on the spot; nothing is fetched. Among its tokens are
whole completions, right ones and wrong ones, and it may sample only those: so even a random model earns rewards
that differ. Fails unless all steps were made, every logged reward and component is what `medvie_reward.reward`
gives for the logged completions, and the rewards were not all alike.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import tempfile
import time
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from PIL import Image
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import GenerationConfig, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM
from trl import GRPOConfig, GRPOTrainer

from medvie_reward import reward
from medvie_reward.integrations.trl import reward_fn, to_dataset

SPECIAL: Final = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>",
    "<|video_pad|>",
)  # fmt: skip
TEMPLATE: Final = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}"
    "<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
GOLDS: Final[tuple[dict[str, Any], ...]] = tuple(
    {"Name": name, "Gender": "", "Indicators": [{"Item Name": "K", "Result": result}]}
    for name, result in (("Ann Lee", "3.4"), ("Bo Chen", "4.1"), ("Carl Ott", "5.60"), ("Dana Roy", "6.2"))
)
GROUP: Final = 8
"""Completions per prompt."""
COMPONENTS: Final = ("score", "format", "f1", "matching", "hallucinated", "no_answer", "bad_gold")
REWARD: Final = reward_fn.__name__


def completions() -> list[str]:
    """List what the model may write: right and half-right answers to every gold, and what is no answer."""
    made = ["the report has", "[" * 40, "<think>", "</answer>"]
    for gold in GOLDS:
        for answer in (gold, {**gold, "Gender": "F"}, {"Name": gold["Name"]}):
            text = json.dumps(answer)
            made += [f"<think>rows</think><answer>{text}</answer>", f"<answer>{text}</answer>"]
    return made


def make_tokenizer() -> PreTrainedTokenizerFast:
    """Make a tokenizer of single bytes, special tokens and whole completions."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE(vocab={char: n for n, char in enumerate(alphabet)}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in SPECIAL])
    made.add_tokens([AddedToken(text, normalized=False) for text in completions()])
    return PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|im_end|>", pad_token="<|endoftext|>", padding_side="left",
        chat_template=TEMPLATE, additional_special_tokens=list(SPECIAL[1:]),
    )  # fmt: skip


def make_model(tokenizer: PreTrainedTokenizerFast, vision: bool) -> tuple[Any, Any]:
    """Make a tiny random model and what reads its inputs."""
    ids = {text: tokenizer.convert_tokens_to_ids(text) for text in SPECIAL}
    common = {
        "vocab_size": len(tokenizer), "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 4096,
        "eos_token_id": ids["<|im_end|>"], "pad_token_id": ids["<|endoftext|>"], "bos_token_id": None,
    }  # fmt: skip
    torch.manual_seed(0)
    model: Any
    reader: Any
    if vision:
        from transformers import (
            Qwen2_5_VLConfig,
            Qwen2_5_VLForConditionalGeneration,
            Qwen2_5_VLProcessor,
            Qwen2VLImageProcessor,
            Qwen2VLVideoProcessor,
        )

        rope = {"rope_type": "default", "mrope_section": [4, 6, 6], "rope_theta": 1e6}
        model = Qwen2_5_VLForConditionalGeneration(
            Qwen2_5_VLConfig(
                text_config={**common, "model_type": "qwen2_5_vl_text", "rope_parameters": rope},
                vision_config={
                    "depth": 2, "hidden_size": 64, "intermediate_size": 128, "num_heads": 4, "out_hidden_size": 64,
                    "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2, "window_size": 112,
                    "fullatt_block_indexes": [1], "in_channels": 3,
                },
                image_token_id=ids["<|image_pad|>"], video_token_id=ids["<|video_pad|>"],
                vision_start_token_id=ids["<|vision_start|>"], vision_end_token_id=ids["<|vision_end|>"],
            )
        )  # fmt: skip
        reader = Qwen2_5_VLProcessor(
            image_processor=Qwen2VLImageProcessor(min_pixels=56 * 56, max_pixels=112 * 112),
            tokenizer=tokenizer,
            video_processor=Qwen2VLVideoProcessor(),
            chat_template=TEMPLATE,
        )
    else:
        model, reader = Qwen2ForCausalLM(Qwen2Config(**common)), tokenizer
    model.generation_config = GenerationConfig(
        eos_token_id=ids["<|im_end|>"], pad_token_id=ids["<|endoftext|>"], do_sample=True
    )
    return model, reader


def write_rows(path: Path, vision: bool) -> None:
    """Write training rows as ``medvie prepare`` does."""
    rows = []
    for n, gold in enumerate(GOLDS):
        images = []
        if vision:
            file = path.parent / f"{n}.png"
            Image.new("RGB", (112, 84), (40 * n, 200 - 40 * n, 90)).save(file)
            images = [{"bytes": file.read_bytes(), "path": None}]
        rows.append(
            {
                "data_source": "medvie/blood test",
                "prompt": [
                    {"role": "user", "content": "<image>\n" * len(images) + f"Read report {n}." + " Now." * n}
                ],
                "images": images,
                "ability": "document_extraction",
                "reward_model": {"style": "rule", "ground_truth": json.dumps(gold)},
                "extra_info": {
                    "index": n,
                    "split": "train",
                    "id": f"r{n}",
                    "schema": "",
                    "source_text": "",
                    "spec": "",
                },
            }
        )
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    table = pa.Table.from_pylist(rows)
    if not vision:
        table = table.set_column(
            table.column_names.index("images"), "images", pa.array([[]] * len(rows), pa.list_(image))
        )
    pq.write_table(table, path)


def train(folder: Path, steps: int, vision: bool) -> GRPOTrainer:
    """Train for some steps."""
    write_rows(folder / "train.parquet", vision)
    tokenizer = make_tokenizer()
    model, reader = make_model(tokenizer, vision)
    allowed = set(tokenizer.convert_tokens_to_ids(completions())) | {tokenizer.eos_token_id}
    settings = GRPOConfig(
        output_dir=str(folder / "trl"), use_cpu=True, bf16=False, report_to=[], save_strategy="no", seed=1,
        max_steps=steps, logging_steps=1, log_completions=True, learning_rate=1e-3, gradient_checkpointing=False,
        per_device_train_batch_size=2 * GROUP, num_generations=GROUP, max_completion_length=2, top_k=0,
        disable_tqdm=True, num_completions_to_print=0,
        generation_kwargs={
            "suppress_tokens": sorted(set(range(len(tokenizer))) - allowed),
            # Else two of the completions would nearly always follow each other.
            "sequence_bias": [[[tokenizer.eos_token_id], 2.5]],
        },
    )  # fmt: skip
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=reward_fn,
        args=settings,
        train_dataset=to_dataset(pq.read_table(folder / "train.parquet").to_pylist()),
        processing_class=reader,
    )
    trainer.train()
    return trainer


def text_of(messages: Any) -> str:
    """Give the text of a logged prompt or completion."""
    if isinstance(messages, str):
        return messages
    content = messages[-1]["content"]
    return content if isinstance(content, str) else "".join(part.get("text") or "" for part in content)


def compare(trainer: GRPOTrainer, folder: Path, steps: int) -> list[str]:
    """List where TRL's logs differ from our reward."""
    logs = [entry for entry in trainer.state.log_history if f"rewards/{REWARD}/mean" in entry]
    files = sorted((folder / "trl" / "completions").glob("*.parquet"))
    if trainer.state.global_step != steps or len(logs) != steps or len(files) != steps:
        return [
            f"expected {steps} steps, found {trainer.state.global_step} made, {len(logs)} logged, {len(files)} "
            "files of completions"
        ]
    faults, seen = [], set()
    for step, (entry, file) in enumerate(zip(logs, files, strict=True), 1):
        rows = pq.read_table(file).to_pylist()
        if len(rows) != 2 * GROUP:
            faults.append(f"step {step}: expected {2 * GROUP} completions, found {len(rows)}")
        found = []
        for row in rows:
            number = int(text_of(row["prompt"]).split("report ")[1].split(".")[0])
            one = reward(text_of(row["completion"]), GOLDS[number])
            found.append({**one.as_dict(), "no_answer": one.status == "no_answer", "bad_gold": 0})
            seen.add(round(one.score, 6))
            if not math.isclose(row[REWARD], one.score, abs_tol=1e-5):
                faults.append(
                    f"step {step}: {text_of(row['completion'])!r}: {row[REWARD]} logged, {one.score} ours"
                )
        ours = {key: sum(one[key] for one in found) / len(found) for key in COMPONENTS}
        logged = {key: entry.get(f"{REWARD}/{key}", math.nan) for key in COMPONENTS}
        pairs = [(f"rewards/{REWARD}/mean", entry[f"rewards/{REWARD}/mean"], ours["score"])]
        pairs += [(f"{REWARD}/{key}", logged[key], ours[key]) for key in COMPONENTS]
        for name, theirs, mine in pairs:
            if not math.isclose(theirs, mine, abs_tol=1e-5):
                faults.append(f"step {step}: {name}: {theirs} logged, {mine} ours")
        print(
            f"step {step}: reward {entry['reward']:.4f} (ours {ours['score']:.4f}), std {entry['reward_std']:.4f}, "
            f"f1 {ours['f1']:.4f}, format {ours['format']:.4f}, hallucinated {ours['hallucinated']:.4f}, "
            f"loss {entry['loss']:.5f}, grad_norm {entry['grad_norm']:.5f}"
        )
    if len(seen) < 3:
        faults.append(f"expected rewards that differ, found {sorted(seen)}")
    return faults


def main() -> int:
    """Train, compare, and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=3, help="how many (default: %(default)s)")
    parser.add_argument("--vision", action="store_true", help="Qwen2.5-VL with images in place of Qwen2")
    parser.add_argument("--out", type=Path, help="folder to keep (default: a temporary one)")
    options = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.out or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        trainer = train(folder, options.steps, options.vision)
        faults = compare(trainer, folder, options.steps)
    for fault in faults:
        print(f"error: {fault}")
    print(f"{options.steps} steps in {time.perf_counter() - start:.1f} s: {'failed' if faults else 'ok'}")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
