"""Teach a small Qwen2.5-VL to read pages, and stop where it reads a given share of the values.

    python reading_warm_start.py --model FOLDER --rows train.parquet validation.parquet [--goal 0.4] [--seed 0]

Plain supervised training on pages made anew for every batch, never on a page of the given rows; the query is
theirs. At every step the model's own probability of writing each value right is known from the loss: the product of
the probabilities of its digits and of the end behind them. Training stops at the first step where the mean of that
over the last five batches reaches the goal. The weights are written over, ``warm_start.json`` beside them lists the
lessons of the model and what came out. Exit code 1 if the goal was not reached in ``--steps``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import statistics
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from reading_model import chat, load
from reading_pages import SIZES, Rows, Size, draw, gold_of, rows_of, stream
from training_rows import TrainingRow, completion_of, read_rows

WINDOW: Final = 5
"""Batches under the mean that ends training: some 240 values of full pages."""

_IGNORED: Final = -100


class Measure(NamedTuple):
    """What a batch says of the model.

    Attributes
    ----------
    loss
        Mean over the tokens of the answers.
    label, value
        Mean probability of writing a label, and a value, right.
    """

    loss: float
    label: float
    value: float


class Lesson:
    """Batches of pages with their answers.

    Parameters
    ----------
    rows
        Whose query is asked of every page; their own pages are left out.
    size
        Of the pages.
    processor
        The model's, with its tokenizer.
    seed
        Of the pages.
    """

    def __init__(self, rows: list[TrainingRow], size: Size, processor: Any, seed: int) -> None:
        self.processor, self.size = processor, size
        self.tokenizer = processor.tokenizer
        self.end: int = self.tokenizer.eos_token_id
        self.pages: Iterator[Rows] = stream(
            size, seed, {rows_of(json.loads(row.ground_truth)) for row in rows}
        )
        blank = [draw((), size)]
        text = chat(rows[0], self.tokenizer)
        self.prompt: list[int] = processor(text=[text], images=blank)["input_ids"][0]

    def draw(self, count: int) -> tuple[list[Rows], dict[str, Any]]:
        """Draw pages and the batch that the model takes: ids with labels on the answers, and patches."""
        import torch

        pages = list(itertools.islice(self.pages, count))
        answers = [[*self.tokenizer(completion_of(gold_of(page)))["input_ids"], self.end] for page in pages]
        start, width = len(self.prompt), len(self.prompt) + max(map(len, answers))
        ids = torch.full((count, width), self.tokenizer.pad_token_id)
        labels, mask = torch.full((count, width), _IGNORED), torch.zeros((count, width), dtype=torch.long)
        for row, answer in enumerate(answers):
            stop = start + len(answer)
            ids[row, :stop] = torch.tensor(self.prompt + answer)
            labels[row, start:stop] = torch.tensor(answer)
            mask[row, :stop] = 1
        images = [draw(page, self.size) for page in pages]
        seen = self.processor.image_processor(images=images, return_tensors="pt")
        return pages, {
            "input_ids": ids, "labels": labels, "attention_mask": mask, **seen,
            "mm_token_type_ids": (ids == self.processor.image_token_id).long(),
        }  # fmt: skip

    def measure(self, pages: list[Rows], batch: dict[str, Any], made: Any) -> Measure:
        """Read off the model's output how likely it writes labels and values right."""
        import torch

        ids = batch["input_ids"]
        with torch.no_grad():
            log_p = torch.log_softmax(made.logits[:, :-1].float(), -1)
            log_p = log_p.gather(-1, ids[:, 1:, None]).squeeze(-1)
        labels, values = [], []
        for row, page in enumerate(pages):
            at = len(self.prompt)
            for label, value in page:
                at = _find(ids[row].tolist(), self._ids(label), at)
                labels.append(math.exp(log_p[row, at - 1].item()))
                signs = self._ids(value)
                at = _find(ids[row].tolist(), signs, at)
                values.append(math.exp(log_p[row, at - 1 : at + len(signs)].sum().item()))
        return Measure(float(made.loss), statistics.fmean(labels), statistics.fmean(values))

    def _ids(self, text: str) -> list[int]:
        made: list[int] = self.tokenizer(text)["input_ids"]
        return made


def _find(ids: list[int], wanted: list[int], start: int) -> int:
    """Find where some tokens begin, from a place on."""
    return next(n for n in range(start, len(ids)) if ids[n : n + len(wanted)] == wanted)


def teach(model: Any, lesson: Lesson, steps: int, batch: int, rate: float, goal: float) -> dict[str, Any]:
    """Train the model in place until it reads a share of the values.

    Parameters
    ----------
    model, lesson
        Who learns, and what.
    steps
        Where the learning rate would have fallen to a twentieth by half a cosine; the most steps there are.
    batch
        Pages a step.
    rate
        The highest learning rate, reached after 100 steps.
    goal
        Share of values at which training stops.

    Returns
    -------
    dict
        ``reached``, ``step``, the last means of ``label`` and ``value``, ``curve``: a measure every 50 steps.
    """
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda n: min(1.0, (n + 1) / 100) * (0.05 + 0.475 * (1 + math.cos(math.pi * min(1.0, n / steps)))),
    )
    last: deque[Measure] = deque(maxlen=WINDOW)
    curve: list[dict[str, float]] = []
    model.train()
    for step in range(1, steps + 1):
        pages, tensors = lesson.draw(batch)
        made = model(**tensors)
        made.loss.backward()
        last.append(lesson.measure(pages, tensors, made))
        means = Measure(*(round(statistics.fmean(part), 4) for part in zip(*last, strict=True)))
        reached = len(last) == WINDOW and means.value >= goal
        if reached or step % 50 == 0 or step == steps:
            curve.append({"step": step, **means._asdict()})
            print(
                f"step {step}: loss {means.loss:.3f}, label {means.label:.3f}, value {means.value:.3f}",
                flush=True,
            )
        if reached or step == steps:
            return {"reached": reached, "step": step, **means._asdict(), "curve": curve}
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    raise ValueError(f"steps: expected at least 1, got {steps}")


def main() -> int:
    """Train and write the model; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="folder of the model, written over")
    parser.add_argument(
        "--rows", type=Path, nargs="+", required=True, help="parquet files: their query, without their pages"
    )
    parser.add_argument(
        "--size", choices=sorted(SIZES), default="full", help="of a page (default: %(default)s)"
    )
    parser.add_argument(
        "--goal", type=float, default=0.4, help="share of values to stop at (default: %(default)s)"
    )
    parser.add_argument("--steps", type=int, default=1600, help="at most (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=16, help="pages a step (default: %(default)s)")
    parser.add_argument(
        "--rate", type=float, default=2e-3, help="highest learning rate (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the pages (default: %(default)s)")
    options = parser.parse_args()

    import torch

    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    start, used = time.perf_counter(), time.process_time()
    model, processor = load(options.model)
    rows = [row for path in options.rows for row in read_rows(path)]
    lesson = Lesson(rows, SIZES[options.size], processor, options.seed + 1)
    made = teach(model, lesson, options.steps, options.batch, options.rate, options.goal)
    model.save_pretrained(options.model)
    made["size"] = options.size
    made["seconds"] = round(time.perf_counter() - start)
    made["processor_seconds"] = round(time.process_time() - used)
    record = options.model / "warm_start.json"
    lessons = json.loads(record.read_text(encoding="utf-8")) if record.exists() else []
    record.write_text(json.dumps([*lessons, made], indent=1) + "\n", encoding="utf-8")
    print(
        f"{options.size} pages: {made['step']} steps of {options.batch}, {made['seconds']} s "
        f"({made['processor_seconds']} s of processor time); probability of a right value {made['value']:.3f}"
    )
    if not made["reached"]:
        print(
            f"FAILED expected values read with probability {options.goal}, got {made['value']}",
            file=sys.stderr,
        )
    return 0 if made["reached"] else 1


if __name__ == "__main__":
    sys.exit(main())
