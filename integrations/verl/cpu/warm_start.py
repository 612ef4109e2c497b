"""Teach a tiny model to answer in the asked form, with mistakes left in, so that GRPO has something to lift.

    python warm_start.py --model FOLDER --rows train.parquet [--steps 600] [--seed 0]

The model learns, by plain supervised training, completions of which a part is wrong on purpose: a value of
another page, a blank filled in, a field that nobody asked for, a row that is not there or one left out, a think
part or a closing tag forgotten. What it then samples is mostly readable and often wrong. The weights are written over.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from training_rows import TrainingRow, completion_of, read_rows

WRONG_VALUE: Final = 0.2
FILLED_BLANK: Final = 0.4
INVENTED_FIELD: Final = 0.15
INVENTED_ROW: Final = 0.2
LEFT_OUT_ROW: Final = 0.15
BROKEN_FORM: Final = 0.15
"""Shares of the mistakes: of a value, a blank, a text field not asked for, and (the last three) a completion."""

_IGNORED: Final = -100


class Lender:
    """What the golds of all pages hold, to take wrong values from."""

    def __init__(self, golds: list[dict[str, Any]], rng: random.Random, slip: float = 0.0) -> None:
        self.rng = rng
        self.slip = slip
        self.values: dict[str, list[str]] = {}
        self.rows: list[dict[str, str]] = []
        for gold in golds:
            for key, value in gold.items():
                if isinstance(value, str):
                    self.values.setdefault(key, []).extend([value] if value else [])
                else:
                    self.rows += value
        self.fullest = [row for row in self.rows if len(row) == max(map(len, self.rows))]

    def row(self, like: Mapping[str, str]) -> dict[str, str]:
        """Lend a row with the members of another one."""
        found = self.rng.choice(self.fullest)
        return {key: found[key] for key in like}

    def spoil(self, gold: dict[str, Any]) -> str:
        """Write a completion for a gold with mistakes drawn by lot."""
        rng, answer = self.rng, copy.deepcopy(gold)
        for key, values in self.values.items():
            rate = INVENTED_FIELD if key not in answer else WRONG_VALUE if answer[key] else FILLED_BLANK
            if rng.random() < rate:
                answer[key] = rng.choice(values)
        rows = answer.get("Indicators")
        if rows:
            for row in rows:
                if rng.random() < WRONG_VALUE:
                    row.update(Result=self.row(row)["Result"]) if "Result" in row else row.update(
                        self.row(row)
                    )
            if len(rows) > 1 and rng.random() < LEFT_OUT_ROW:
                rows.pop(rng.randrange(len(rows)))
            if rng.random() < INVENTED_ROW:
                rows.append(self.row(rows[0]))
            if self.slip and rng.random() < self.slip and all("Result" in row for row in rows):
                results = [row["Result"] for row in rows]
                for row, result in zip(rows, results[1:] + results[:1], strict=True):
                    row["Result"] = result
        text = completion_of(answer)
        if rng.random() < BROKEN_FORM:
            cut = rng.choice(("think", "end", "short"))
            if cut == "think":
                return text[text.index("<answer>") :]
            return text.removesuffix("</answer>") if cut == "end" else text[:-20]
        return text


class Examples:
    """Prompts as token ids, and completions drawn anew for every batch."""

    def __init__(self, rows: list[TrainingRow], tokenizer: Any, seed: int, slip: float = 0.0) -> None:
        self.rng = random.Random(seed)
        self.tokenizer = tokenizer
        self.golds = [json.loads(row.ground_truth) for row in rows]
        self.lender = Lender(self.golds, self.rng, slip)
        self.prompts = [self._prompt(row) for row in rows]

    def _prompt(self, row: TrainingRow) -> list[int]:
        made: list[int] = self.tokenizer.apply_chat_template(row.prompt, add_generation_prompt=True)[
            "input_ids"
        ]
        return made

    def draw(self, count: int, mistakes: bool = True) -> dict[str, Any]:
        """Draw a batch: padded ids with labels on the completions."""
        import torch

        chosen = [self.rng.randrange(len(self.prompts)) for _ in range(count)]
        pairs = []
        for n in chosen:
            text = self.lender.spoil(self.golds[n]) if mistakes else completion_of(self.golds[n])
            pairs.append((self.prompts[n], [*self.tokenizer(text)["input_ids"], self.tokenizer.eos_token_id]))
        width = max(len(prompt) + len(answer) for prompt, answer in pairs)
        ids = torch.full((count, width), self.tokenizer.pad_token_id)
        labels, mask = torch.full((count, width), _IGNORED), torch.zeros((count, width), dtype=torch.long)
        for row, (prompt, answer) in enumerate(pairs):
            end = len(prompt) + len(answer)
            ids[row, :end] = torch.tensor(prompt + answer)
            labels[row, len(prompt) : end] = torch.tensor(answer)
            mask[row, :end] = 1
        return {"input_ids": ids, "labels": labels, "attention_mask": mask}


def load(folder: Path) -> tuple[Any, Any]:
    """Load model and tokenizer."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa")
    return model, AutoTokenizer.from_pretrained(folder)


def teach(model: Any, examples: Examples, steps: int, batch: int, rate: float) -> float:
    """Train the model in place; returns the mean loss of the last tenth of the steps."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    model.train()
    losses: list[float] = []
    for step in range(steps):
        # Reading is learned first, from right answers; the mistakes come after.
        loss = model(**examples.draw(batch, mistakes=step >= 2 * steps // 3)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if step % 100 == 99:
            print(f"step {step + 1}: loss {sum(losses[-50:]) / 50:.3f}", flush=True)
    last = losses[-max(1, steps // 10) :]
    return sum(last) / len(last)


def main() -> None:
    """Train and write the model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="folder of the model, written over")
    parser.add_argument("--rows", type=Path, required=True, help="parquet of training rows")
    parser.add_argument("--steps", type=int, default=600, help="training steps (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=16, help="completions per step (default: %(default)s)")
    parser.add_argument(
        "--rate", type=float, default=5e-3, help="highest learning rate (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the completions (default: %(default)s)")
    parser.add_argument(
        "--slip",
        type=float,
        default=0.0,
        help="share of the tables whose results stand one row too high (default: %(default)s)",
    )
    options = parser.parse_args()

    import torch

    torch.manual_seed(options.seed)
    start = time.perf_counter()
    model, tokenizer = load(options.model)
    examples = Examples(read_rows(options.rows), tokenizer, options.seed, options.slip)
    loss = teach(model, examples, options.steps, options.batch, options.rate)
    model.save_pretrained(options.model)
    print(f"warm start: {options.steps} steps, {time.perf_counter() - start:.0f} s, loss {loss:.3f}")


if __name__ == "__main__":
    main()
