"""Check what a run of verl left behind; exit 1 and say why if it is not what it has to be.

    python check_run.py FOLDER [--margin 0.1]

All steps and validations are done, no reward raised, no sample is missing, every sample has the score that our
``reward`` gives for its text, and every number that verl logged for a validation sample is the reward's own.
With ``--margin``, the mean reward of the last third of the steps is that much above the first third's.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from pathlib import Path
from typing import Any, Final

from run_files import Run, read_run, rescore
from training_rows import read_rows

from medvie_reward.integrations.samples import KEYS

# What verl, and our hook, write when a reward or a rollout fails and the run goes on all the same.
TROUBLE: Final = (
    "Error in _run_prompt",
    "the reward failed",
    "it counts as 0",
    "Error processing one of the samples",
)
FAULTS: Final = ("failed", "bad_gold", "bad_spec")
NEAR: Final = 1e-6
"""verl keeps scores in single precision. Compared so that NaN is never near."""


def check_steps(run: Run) -> list[str]:
    """Look for steps, samples and validations that are missing."""
    config, steps = run.config, run.steps
    expected = config["data"]["train_batch_size"] * config["actor_rollout_ref"]["rollout"]["n"]
    faults = []
    for step in range(1, steps + 1):
        found = len(run.rollouts.get(step, ()))
        if found != expected:
            faults.append(f"step {step}: expected {expected} rollouts, got {found}")
        for key in ("critic/score/mean", "actor/pg_loss", "actor/grad_norm"):
            value = run.metrics.get(step, {}).get(key, math.nan)
            if not math.isfinite(value):
                faults.append(f"step {step}: expected a number as {key}, got {value}")
    samples = len(read_rows(Path(config["data"]["val_files"])))
    samples *= config["actor_rollout_ref"]["rollout"]["val_kwargs"]["n"]
    for step in (0, steps):
        found = len(run.validations.get(step, ()))
        if found != samples:
            faults.append(f"validation at step {step}: expected {samples} samples, got {found}")
        logged = [key for key in run.metrics.get(step, {}) if key.startswith("val-core/")]
        if not logged:
            faults.append(f"validation at step {step}: expected metrics val-core/…, got none")
    return faults


def check_scores(run: Run) -> list[str]:
    """Reward every dumped sample anew and compare."""
    faults = []
    for step, samples in sorted(run.rollouts.items()):
        for n, sample in enumerate(samples):
            expected = rescore(run, sample).score
            if not abs(sample["score"] - expected) <= NEAR:
                faults.append(f"step {step}, rollout {n}: score {sample['score']}, the reward is {expected}")
    for step, samples in sorted(run.validations.items()):
        for n, sample in enumerate(samples):
            where = f"validation at step {step}, sample {n}"
            missing = [key for key in KEYS if key not in sample]
            if missing:
                faults.append(f"{where}: expected the keys {', '.join(missing)}")
            faults += [f"{where}: {key} is {sample[key]}" for key in FAULTS if sample.get(key)]
            for key, value in rescore(run, sample).as_dict().items():
                if not abs(sample.get(key, math.inf) - value) <= NEAR:
                    faults.append(f"{where}: {key} {sample.get(key)}, the reward has {value}")
    return faults


def check_log(text: str) -> list[str]:
    """Look for what fails without stopping a run."""
    return [f"log: {line.strip()[:300]}" for line in text.splitlines() if any(x in line for x in TROUBLE)]


def thirds(run: Run) -> tuple[float, float]:
    """Give the mean reward of the first and of the last third of the steps."""
    means = [mean_of(run.rollouts[step], "score") for step in sorted(run.rollouts)]
    third = max(1, len(means) // 3)
    return statistics.mean(means[:third]), statistics.mean(means[-third:])


def mean_of(samples: list[dict[str, Any]], key: str) -> float:
    """Average a number over samples."""
    return statistics.fmean(float(sample[key]) for sample in samples)


def summarise(run: Run) -> list[str]:
    """Say in a few lines what came out."""
    first, last = thirds(run)
    seconds = [run.metrics[step]["timing_s/step"] for step in range(1, run.steps + 1)]
    count = sum(map(len, run.rollouts.values()))
    lines = [
        f"{run.steps} steps, {count} rollouts, median {statistics.median(seconds):.1f} s a step; "
        f"mean reward {first:.3f} in the first third, {last:.3f} in the last"
    ]
    for step, samples in sorted(run.validations.items()):
        shown = ("score", "f1", "format", "hallucinated", "missing", "wrong")
        numbers = ", ".join(f"{key} {mean_of(samples, key):.3f}" for key in shown)
        lines.append(f"validation at step {step}, {len(samples)} samples: {numbers}")
    return lines


def main() -> int:
    """Run the checks; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="what run.sh made: log.txt, metrics.jsonl, dumps")
    parser.add_argument("--margin", type=float, help="by how much the mean reward must have risen")
    options = parser.parse_args()
    try:
        run = read_run(options.folder)
    except FileNotFoundError as error:
        print(f"FAILED {error}", file=sys.stderr)
        return 1
    faults = check_log((options.folder / "log.txt").read_text(encoding="utf-8", errors="replace"))
    faults += check_steps(run)
    try:
        faults += check_scores(run)
    except LookupError as error:
        faults.append(str(error))
    if not faults:
        print("\n".join(summarise(run)))
        first, last = thirds(run)
        if options.margin is not None and last - first < options.margin:
            faults.append(
                f"mean reward rose by {last - first:.3f} from the first to the last third of the steps, "
                f"expected {options.margin}"
            )
    for fault in faults[:20]:
        print(f"FAILED {fault}", file=sys.stderr)
    if len(faults) > 20:
        print(f"FAILED … and {len(faults) - 20} more", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
