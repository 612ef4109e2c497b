"""How long the worst takes that a policy can write: one `reward` against the text of its gold.

Prints a Markdown table, milliseconds by the wall clock and what came of it. Each case runs in a process of
its own, which is given up on after a minute.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from random import Random
from typing import Any, Final

from groups import dump, fresh
from reports import LIST_KEY, Report, report, row, typo, wrap
from tables import made_with, markdown
from timing import GaveUp, answers_of

import medvie_reward
from medvie_reward.spec import SpecFields

PRESETS: Final = ("clinical", "strict", "paper")
PATIENCE: Final = 60.0
"""Seconds that a case gets for its three calls."""
UNLIMITED: Final = 2**31


def _low_row(rng: Random) -> dict[str, str]:
    return {
        "Item Name": rng.choice(("钾", "钠", "氯", "钙", "ALT", "AST", "ALB", "TP")),
        "Result": str(rng.randrange(1, 20)),
        "Unit": rng.choice(("g/L", "U/L", "mmol/L")),
        "Reference Range": f"{rng.randrange(1, 9)}-{rng.randrange(9, 19)}",
        "Abnormal Mark": rng.choice(("", "↑", "↓")),
        "Result Status": rng.choice(("", "正常", "偏高", "偏低")),
    }


def _low_rows(rng: Random, gold: Report, in_pred: int) -> tuple[Any, Any]:
    gold = {**gold, LIST_KEY: [_low_row(rng) for _ in range(500)]}
    return gold, {**gold, LIST_KEY: [_low_row(rng) for _ in range(in_pred)]}


def _near_rows(rng: Random, gold: Report) -> tuple[Any, Any]:
    rows = []
    for _ in range(10):
        for gold_row in gold[LIST_KEY]:
            key = rng.choice([key for key, text in gold_row.items() if text])
            rows.append({**gold_row, key: typo(rng, gold_row[key])})
    return gold, {**gold, LIST_KEY: rows}


def _table(rng: Random, gold: Report, cell: Callable[[], Any]) -> tuple[Any, Any]:
    def table() -> list[list[Any]]:
        return [[cell() for _ in range(10)] for _ in range(500)]

    return {**gold, LIST_KEY: table()}, {**gold, LIST_KEY: table()}


def _panel(rng: Random) -> dict[str, Any]:
    return {
        "Panel": f"P{rng.randrange(20)}",
        "Time": f"2024-0{rng.randrange(1, 9)}-1{rng.randrange(9)}",
        "Tests": [_low_row(rng) for _ in range(4)],
        "Notes": [rng.choice("abcdefgh") for _ in range(2)],
    }


def _panels(rng: Random, gold: Report, n: int) -> tuple[Any, Any]:
    return {**gold, LIST_KEY: [_panel(rng) for _ in range(n)]}, {
        **gold, LIST_KEY: [_panel(rng) for _ in range(n)]
    }  # fmt: skip


WorstCase = Callable[[Random, Report], tuple[Any, Any]]
"""Gives gold and prediction; a prediction that is a text is the answer as it stands."""

WORST: Final[dict[str, WorstCase]] = {
    "5,000 invented rows against 500": lambda rng, g: (g, {**g, LIST_KEY: [row(rng) for _ in range(5000)]}),
    "5,000 rows, each a gold row with one typing error": _near_rows,
    "5,000 times the first gold row": lambda rng, g: (g, {**g, LIST_KEY: g[LIST_KEY][:1] * 5000}),
    "500 low-cardinality rows against 500": lambda rng, g: _low_rows(rng, g, 500),
    "3,900 low-cardinality rows against 500": lambda rng, g: _low_rows(rng, g, 3900),
    "5,000 low-cardinality rows against 500": lambda rng, g: _low_rows(rng, g, 5000),
    "list of lists 500 x 10 of digits": lambda rng, g: _table(rng, g, lambda: str(rng.randrange(10))),
    "list of lists 500 x 10 of rows": lambda rng, g: _table(rng, g, lambda: _low_row(rng)),
    "100 objects of 4 rows and 2 notes each": lambda rng, g: _panels(rng, g, 100),
    "500 objects of 4 rows and 2 notes each": lambda rng, g: _panels(rng, g, 500),
    "one string of 1 MB": lambda rng, g: (g, {**g, "Diagnosis": "ab 12" * 200_000}),
    "100,000 top-level keys": lambda rng, g: (g, {f"key {i}": "x" for i in range(100_000)}),
    "objects nested 10,000 deep": lambda rng, g: (g, '{"a":' * 10_000 + "1" + "}" * 10_000),
    "1 MB of opening brackets": lambda rng, g: (g, "[" * 1_000_000),
    "1 MB of bracket pairs": lambda rng, g: (g, "[" + "[]," * 333_000 + "[]]"),
    "1 MB of opening braces, each a new start": lambda rng, g: (g, '{"a" ' * 200_000),
    "1 MB of <answer> tags": lambda rng, g: (g, "<answer>" * 125_000),
    "1 MB of <think> tags": lambda rng, g: (g, "<think>" * 143_000),
    "1 MB of code fences": lambda rng, g: (g, "```json\n" * 125_000),
}
SMALL_GOLD: Final = frozenset(title for title in WORST if title.startswith(("1 MB", "objects", "one string")))
"""Cases whose cost does not come from the gold; their golds have 8 rows instead of 500."""


def worst_texts(title: str, seed: int) -> tuple[str, str]:
    """Make the text of the gold and the completion of a worst case."""
    rng = Random(seed)
    gold, pred = WORST[title](rng, report(rng, 8 if title in SMALL_GOLD else 500))
    return dump(gold), wrap(pred if isinstance(pred, str) else dump(pred))


def time_worst(pipe: Connection, title: str, seed: int, preset: str, limits: SpecFields) -> None:
    """Send the seconds by the wall clock that one reward takes, and what came of it.

    The least of three calls: the first one imports numpy and scipy where it needs them.
    """
    gold, text = worst_texts(title, seed)
    pipe.send("ready")
    gc.disable()
    spent = float("inf")
    for _ in range(3):
        completion_text, gold_text = fresh(text), fresh(gold)
        spec = medvie_reward.Spec.preset(preset).replace(**limits)
        begun = time.perf_counter()
        reward = medvie_reward.reward(completion_text, gold_text, spec)
        spent = min(spent, time.perf_counter() - begun)
        gc.collect()
    pipe.send((spent, reward.status + (", limited" if reward.limited else "")))


def measure_worst(seed: int) -> list[list[str]]:
    """Time the worst cases under each preset, with its limits and with the limit on size lifted."""
    lines: list[list[str]] = []
    for title in WORST:
        gold, text = worst_texts(title, seed)
        for preset in PRESETS:
            line = [title, f"{len(gold) / 1e6:.2f}", f"{len(text) / 1e6:.2f}", preset]
            for limits in (SpecFields(), SpecFields(max_chars=UNLIMITED)):
                line += _worst_cells(title, seed, preset, limits)
            lines.append(line)
    return lines


def _worst_cells(title: str, seed: int, preset: str, limits: SpecFields) -> list[str]:
    try:
        ((spent, status),) = answers_of(time_worst, (title, seed, preset, limits), PATIENCE, 1)
    except GaveUp:
        return [f"> {PATIENCE:g} s", "gave up"]
    return [f"{spent * 1e3:,.1f}", status]


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=2025, help="of the generator (default: %(default)s)")
    args = parser.parse_args()
    print(made_with(args.seed))
    print("One `reward` of a completion against its gold's text, reading the gold included; least of 3.\n")
    head = ["completion", "gold (M chars)", "completion (M chars)", "preset", "ms", "status"]
    head += ["ms, size limit lifted", "status, size limit lifted"]
    print(markdown(head, measure_worst(args.seed)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
