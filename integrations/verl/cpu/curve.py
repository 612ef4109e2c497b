"""Draw the learning curve of text runs of several seeds, and write its numbers.

    for seed in 0 1 2; do WORK=/tmp/grpo SEED=$seed STEPS=60 WARM_STEPS=1500 run.sh; done
    python curve.py /tmp/grpo --out docs/images/verl_cpu_grpo.png --numbers docs/verl_cpu_grpo.json

Every number is computed anew from the texts that verl dumped, by the package's own `medvie_reward.reward`.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from run_files import Run, read_run, rescore

KEYS: Final = ("score", "format", "f1", "hallucinated", "missing", "wrong")
PACKAGES: Final = ("medvie-reward", "verl", "torch", "transformers", "ray", "numpy")
COMMANDS: Final = (
    "for seed in 0 1 2; do WORK=/tmp/grpo SEED=$seed STEPS={steps} WARM_STEPS={warm} integrations/verl/cpu/run.sh; done",
    "python integrations/verl/cpu/curve.py /tmp/grpo --out docs/images/verl_cpu_grpo.png "
    "--numbers docs/verl_cpu_grpo.json",
)
COLOURS: Final = ("#1b6ca8", "#c8553d", "#4f772d", "#6c4ab6", "#8a6d1d")
SMOOTH: Final = 5
"""Steps under the running mean of the thick lines."""


def means(run: Run, samples: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Average the parts of the reward over samples."""
    made = [rescore(run, sample).as_dict() for sample in samples]
    return {key: round(statistics.fmean(float(one[key]) for one in made), 4) for key in KEYS}


def numbers_of(run: Run) -> dict[str, Any]:
    """Give the curve of one run, its held-out numbers before and after, and its time.

    Returns
    -------
    dict
        ``train``: per key a list with one mean per step; ``validation``: means by step; ``first_third`` and
        ``last_third``: mean reward of those steps; ``seconds_per_step``: the median.
    """
    steps = [means(run, run.rollouts[step]) for step in sorted(run.rollouts)]
    train = {key: [step[key] for step in steps] for key in KEYS}
    third = max(1, len(steps) // 3)
    seconds = [run.metrics[step]["timing_s/step"] for step in range(1, run.steps + 1)]
    return {
        "steps": run.steps,
        "warm_steps": int(run.config["actor_rollout_ref"]["model"]["path"].rpartition("-")[2]),
        "rollouts_per_step": len(run.rollouts[1]),
        "first_third": round(statistics.fmean(train["score"][:third]), 4),
        "last_third": round(statistics.fmean(train["score"][-third:]), 4),
        "validation": {str(step): means(run, found) for step, found in sorted(run.validations.items())},
        "seconds_per_step": round(statistics.median(seconds), 2),
        "train": train,
    }


def smooth(values: Sequence[float]) -> list[float]:
    """Take the running mean over the last steps."""
    return [statistics.fmean(values[max(0, n - SMOOTH + 1) : n + 1]) for n in range(len(values))]


def draw(runs: dict[int, dict[str, Any]], path: Path) -> None:
    """Draw reward, F1 and hallucinated fields of all seeds by step."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    panels = (
        ("score", "mean reward (0 to 2)"), ("f1", "field F1"),
        ("hallucinated", "hallucinated fields per answer"),
    )  # fmt: skip
    figure, axes = pyplot.subplots(1, len(panels), figsize=(11, 3.4), layout="constrained")
    for axis, (key, title) in zip(axes, panels, strict=True):
        for colour, (seed, run) in zip(COLOURS, sorted(runs.items()), strict=False):
            values = run["train"][key]
            steps = range(1, len(values) + 1)
            axis.plot(steps, values, color=colour, alpha=0.25, linewidth=1)
            axis.plot(steps, smooth(values), color=colour, linewidth=1.8, label=f"seed {seed}")
            held = {int(step): found[key] for step, found in run["validation"].items()}
            axis.plot(
                list(held), list(held.values()), linestyle="none", marker="D", markersize=5,
                markerfacecolor="white", markeredgecolor=colour,
            )  # fmt: skip
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("GRPO step")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].plot(
        [], [], linestyle="none", marker="D", markerfacecolor="white", color="grey", label="held out"
    )
    axes[0].legend(frameon=False, fontsize=8, loc="lower right")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)


def main() -> None:
    """Write picture and numbers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path, help="work folder of run.sh, with run-text-SEED in it")
    parser.add_argument("--out", type=Path, required=True, help="PNG to write")
    parser.add_argument("--numbers", type=Path, required=True, help="JSON to write")
    options = parser.parse_args()
    folders = sorted(options.work.glob("run-text-*"))
    if not folders:
        parser.error(f"{options.work}: expected folders run-text-SEED")
    runs = {int(folder.name.rpartition("-")[2]): numbers_of(read_run(folder)) for folder in folders}
    settings = {(run["steps"], run["warm_steps"]) for run in runs.values()}
    if len(settings) > 1:
        parser.error(f"{options.work}: expected runs of one kind, got (steps, warm start) {sorted(settings)}")
    steps, warm = settings.pop()
    made = {
        "commands": [line.replace("{steps}", str(steps)).replace("{warm}", str(warm)) for line in COMMANDS],
        "versions": {name: version(name) for name in PACKAGES} | {"python": platform.python_version()},
        "seeds": {str(seed): run for seed, run in sorted(runs.items())},
    }
    options.numbers.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    draw(runs, options.out)
    for seed, run in sorted(runs.items()):
        print(
            f"seed {seed}: mean reward {run['first_third']} -> {run['last_third']}, {run['seconds_per_step']} s a step"
        )
        for step, found in run["validation"].items():
            print(f"  held out, step {step}: {found}")


if __name__ == "__main__":
    main()
