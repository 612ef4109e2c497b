"""GRPO on Qwen2.5-VL with TRL and our reward: ``accelerate launch train.py --train train.parquet --out FOLDER``.

The numbers are those of arXiv 2506.13363, section 4.3, for 32 processes: 8 completions per prompt, KL coefficient
0.04, DAPO's upper clip and token-level loss, learning rate 1e-6 falling linearly to 0, vision tower frozen. The
paper does not say how long a completion may be, nor how many steps it made.
"""

from __future__ import annotations

import argparse

import pyarrow.parquet as pq
from transformers import AutoModelForImageTextToText, AutoProcessor
from trl import GRPOConfig, GRPOTrainer

from medvie_reward.integrations.trl import make_reward_fn, to_dataset


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", required=True, help="parquet file that `medvie prepare` wrote")
    parser.add_argument("--out", required=True, help="folder for checkpoints")
    parser.add_argument(
        "--model", default="Qwen/Qwen2.5-VL-7B-Instruct", help="name or folder (default: %(default)s)"
    )
    parser.add_argument("--preset", default="clinical", help="of the reward (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=-1, help="how many (default: three epochs)")
    parser.add_argument(
        "--max-completion-length", type=int, default=2048, help="tokens (default: %(default)s)"
    )
    parser.add_argument("--cpu", action="store_true", help="for a try with a tiny model")
    options = parser.parse_args()
    model = AutoModelForImageTextToText.from_pretrained(
        options.model, dtype="float32" if options.cpu else "bfloat16"
    )
    model.model.visual.requires_grad_(False)
    settings = GRPOConfig(
        output_dir=options.out,
        max_steps=options.steps,
        num_generations=8,
        per_device_train_batch_size=8,
        max_completion_length=options.max_completion_length,
        beta=0.04,
        epsilon=0.2,
        epsilon_high=0.28,
        loss_type="dapo",
        learning_rate=1e-6,
        lr_scheduler_type="linear",
        logging_steps=1,
        report_to=[],
        use_cpu=options.cpu,
        bf16=not options.cpu,
    )
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=make_reward_fn(options.preset),
        args=settings,
        train_dataset=to_dataset(pq.read_table(options.train).to_pylist()),
        processing_class=AutoProcessor.from_pretrained(options.model, padding_side="left"),
    )
    trainer.train()
    trainer.save_model()


if __name__ == "__main__":
    main()
