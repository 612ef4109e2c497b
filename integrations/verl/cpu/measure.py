"""Write the numbers of one run of compare.sh as CSV: a line per step, and one per validation.

    python measure.py RUN_FOLDER --arm NAME --seed N --out FILE

Every number but the arm's own reward is computed anew from the texts that verl dumped, with one yardstick for all
arms: `strict` with the schema of the row. protocol.md says what the columns are.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from run_files import Run, read_run, rescore, row_of, spec_of

from medvie_reward import Gold, Reward, Spec
from medvie_reward.integrations.samples import is_at_floor

COLUMNS: Final = (
    "arm", "seed", "phase", "step", "samples", "reward", "f1", "precision", "recall", "length", "hallucinated",
    "wrong_critical", "omitted", "readable", "well_formed", "floor", "swapped",
)  # fmt: skip
"""``phase`` is ``train`` or ``held_out``; ``swapped`` is empty where no sample has two rows or more."""
_PLACES: Final = 4


class Measured(NamedTuple):
    """What is known of a sample.

    Attributes
    ----------
    own, common
        Its reward under the arm, and under the yardstick.
    at_floor
        Whether what precision earned under the arm is used up; see `samples.Scorer.measure`.
    swapped
        Whether its results stand in each other's rows; ``None`` where it could not be.
    """

    own: Reward
    common: Reward
    at_floor: bool
    swapped: bool | None


def measured(run: Run, sample: dict[str, Any]) -> Measured:
    """Reward a sample anew under the arm and under the yardstick.

    Raises
    ------
    LookupError
        If the data has no such row.
    """
    row = row_of(run, sample)
    gold = Gold(row.ground_truth, _yardstick(row.extra["schema"]))
    own = rescore(run, sample)
    at_floor = is_at_floor(own, spec_of(run, row))
    return Measured(own, gold.reward(sample["output"]), at_floor, _is_swapped(gold, sample["output"]))


@lru_cache(maxsize=4096)
def _yardstick(schema: str) -> Spec:
    return Spec.from_json_schema(json.loads(schema), "strict") if schema else Spec.preset("strict")


def _is_swapped(gold: Gold, output: str) -> bool | None:
    """Check whether an answer has the gold's results, each in a row that is not its own.

    ``None`` where the gold has no two results that differ, or the answer has none of its tables.
    """
    answer = gold.parse(output).answer
    rows, found = gold.value.get("Indicators"), answer.get("Indicators") if isinstance(answer, dict) else None
    if not rows or not isinstance(found, list):
        return None
    pairs = [(row.get("Item Name"), row.get("Result")) for row in rows]
    if len({result for _, result in pairs}) < 2 or not all(name and result for name, result in pairs):
        return None
    read = [(row.get("Item Name"), row.get("Result")) for row in found if isinstance(row, dict)]
    same_results = sorted(str(result) for _, result in read) == sorted(str(result) for _, result in pairs)
    return same_results and not set(read) & set(pairs)


def summed(made: Sequence[Measured]) -> dict[str, float | str]:
    """Sum up samples into one line of the table."""
    own, common = [one.own for one in made], [one.common for one in made]
    swapped = [one.swapped for one in made if one.swapped is not None]
    read = [one for one in made if one.own.parsed]

    def mean(values: Sequence[float]) -> float:
        return statistics.fmean(values) if values else 0.0

    def share(part: str, whole: str) -> float:
        total = sum(getattr(one, whole) for one in common)
        return sum(getattr(one, part) for one in common) / total if total else 0.0

    numbers: dict[str, float | str] = {
        "reward": mean([one.score for one in own]),
        "f1": mean([one.f1 for one in common]),
        "precision": mean([one.precision for one in common]),
        "recall": mean([one.recall for one in common]),
        "length": share("n_pred", "n_gold"),
        "hallucinated": share("hallucinated", "n_pred"),
        "wrong_critical": share("wrong_critical", "critical"),
        "omitted": share("missing", "n_gold"),
        "readable": mean([one.parsed for one in own]),
        "well_formed": mean([one.format for one in common]),
        "floor": mean([one.at_floor for one in read]),
        "swapped": mean(swapped) if swapped else "",
    }
    return {
        "samples": len(made),
        **{name: x if isinstance(x, str) else round(x, _PLACES) for name, x in numbers.items()},
    }


def table(run: Run, arm: str, seed: int) -> list[dict[str, Any]]:
    """Give the lines of a run: of every step, then of every validation."""
    lines = []
    for phase, dumps in (("train", run.rollouts), ("held_out", run.validations)):
        for step in sorted(dumps):
            made = summed([measured(run, sample) for sample in dumps[step]])
            lines.append({"arm": arm, "seed": seed, "phase": phase, "step": step, **made})
    return lines


def write(lines: Sequence[dict[str, Any]], path: Path) -> None:
    """Write lines as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def main() -> None:
    """Write the table of one run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="what run.sh made of an arm")
    parser.add_argument("--arm", required=True, help="name of the arm")
    parser.add_argument("--seed", type=int, required=True, help="seed of the run")
    parser.add_argument("--out", type=Path, required=True, help="CSV to write")
    options = parser.parse_args()
    lines = table(read_run(options.folder), options.arm, options.seed)
    write(lines, options.out)
    for line in lines[-2:]:
        print(", ".join(f"{name} {line[name]}" for name in COLUMNS))


if __name__ == "__main__":
    main()
