"""Write rollouts.jsonl: four answers to each of the forty reports by a simulated weak reader, for `medvie lab`.

Run it in the root of the repository. It draws the same answers on every machine with the same numpy.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from medvie_reward.lab import Reader, simulated_groups

HERE = Path(__file__).parent
ACCURACY = 0.3
ROLLOUTS = 4
SEED = 1


def rollout_rows() -> list[dict[str, Any]]:
    """Return a row a report: its id, and the texts of the answers."""
    lines = (HERE / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    golds = [row["gold"] for row in rows]
    groups = simulated_groups(golds, Reader(accuracy=ACCURACY, most_rows=99), rollouts=ROLLOUTS, seed=SEED)
    made = []
    for row, group in zip(rows, groups, strict=True):
        texts = []
        for completion in group.completions:
            answer = json.dumps(completion.answer, ensure_ascii=False, separators=(",", ":"))
            think = "<think>The report, row by row.</think>" if completion.format_ok else ""
            texts.append(f"{think}<answer>{answer}</answer>")
        made.append({"id": row["id"], "completions": texts})
    return made


if __name__ == "__main__":
    made = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rollout_rows())
    (HERE / "rollouts.jsonl").write_text(made, encoding="utf-8")
