"""Let a model answer held-out rows, with their own pages and with each other's, and write down what it says.

    python reading_held_out.py --model FOLDER --rows validation.parquet --out answers.jsonl
        [--checkpoint global_step_N] [--samples 4] [--seed 0]

FOLDER holds the model before GRPO; with ``--checkpoint``, a folder of verl's, its weights are taken from there. One
line per answer: ``row`` (its place in the file), ``pages`` (``own`` or ``others``), ``decoding`` (``sampled`` at
temperature 1, or ``greedy``) and ``text``. The others' pages are those of rows with as many lines in their table,
each one of another row: whoever answers without looking answers the same as before.
"""

from __future__ import annotations

import argparse
import io
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from check_frozen import read_weights
from reading_model import chat, load
from training_rows import TrainingRow, read_rows

OWN: Final = "own"
OTHERS: Final = "others"
_BATCH: Final = 64


def exchanged(rows: Sequence[TrainingRow], seed: int) -> list[int]:
    """Say for each row whose page it gets: another row's with as many lines, each page once.

    A row that has no such other keeps its page.
    """
    groups: dict[int, list[int]] = {}
    for n, row in enumerate(rows):
        groups.setdefault(len(json.loads(row.ground_truth)["Indicators"]), []).append(n)
    rng, made = random.Random(seed), list(range(len(rows)))
    for group in groups.values():
        rng.shuffle(group)
        for n, other in zip(group, group[1:] + group[:1], strict=True):
            made[n] = other
    return made


class Reader:
    """A model that answers rows."""

    def __init__(self, folder: Path, checkpoint: Path | None, length: int) -> None:
        self.model, self.processor = load(folder)
        if checkpoint is not None:
            self.model.load_state_dict(read_weights(folder, checkpoint)[1])
        self.model.eval()
        self.length = length

    def answer(self, rows: Sequence[TrainingRow], images: Sequence[bytes], greedy: bool) -> Iterator[str]:
        """Answer rows, each with an image; all prompts must be equally long."""
        import torch
        from PIL import Image

        config = self.model.config
        how = (
            {"do_sample": False}
            if greedy
            else {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0}
        )
        never = [config.image_token_id, config.video_token_id, config.vision_start_token_id]
        for start in range(0, len(rows), _BATCH):
            part = slice(start, start + _BATCH)
            pages = [Image.open(io.BytesIO(one)).convert("RGB") for one in images[part]]
            seen = self.processor(
                text=[chat(row, self.processor.tokenizer) for row in rows[part]],
                images=pages,
                return_tensors="pt",
            )
            with torch.no_grad():
                made = self.model.generate(
                    **seen, max_new_tokens=self.length, suppress_tokens=never, **how,
                )  # fmt: skip
            width = seen["input_ids"].shape[1]
            yield from self.processor.batch_decode(made[:, width:], skip_special_tokens=True)


def main() -> None:
    """Write the answers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="folder of the model before training")
    parser.add_argument(
        "--checkpoint", type=Path, help="verl's folder global_step_N with the weights to take"
    )
    parser.add_argument("--rows", type=Path, required=True, help="parquet of held-out rows")
    parser.add_argument("--out", type=Path, required=True, help="JSONL to write")
    parser.add_argument(
        "--samples", type=int, default=4, help="sampled answers a row, on its own page (default: %(default)s)"
    )
    parser.add_argument("--length", type=int, default=64, help="tokens of an answer (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of samples and exchange (default: %(default)s)")
    options = parser.parse_args()

    import torch

    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    rows = read_rows(options.rows)
    reader = Reader(options.model, options.checkpoint, options.length)
    of = exchanged(rows, options.seed)
    lines = []
    own, others = [row.images[0] for row in rows], [rows[n].images[0] for n in of]
    for pages, images, decoding, times in (
        (OWN, own, "greedy", 1),
        (OWN, own, "sampled", options.samples),
        (OTHERS, others, "sampled", 1),
    ):
        answers = reader.answer(rows * times, images * times, decoding == "greedy")
        for n, text in enumerate(answers):
            line = {"row": n % len(rows), "pages": pages, "decoding": decoding, "text": text}
            lines.append(json.dumps(line) + "\n")
    options.out.write_text("".join(lines), encoding="utf-8")
    print(f"{len(lines)} answers in {options.out}")


if __name__ == "__main__":
    main()
