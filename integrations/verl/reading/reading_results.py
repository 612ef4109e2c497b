"""Score what run.sh left behind: numbers, a picture, a check.

    python reading_results.py WORK --numbers docs/verl_reading.json      score a work folder, write its numbers
    python reading_results.py --read docs/verl_reading.json [--out docs/images/verl_reading.png]
                                                                        print them, draw them

With ``--check``, exit 1 unless for every seed the held-out F1 rose by ``--margin``, with an interval above 0 where the
margin is, and falls to half of that or less once pages are exchanged. Every number is computed anew from texts
by the package itself: `medvie_reward.reward` for rollouts, `medvie_reward.compare` for held-out answers.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from curve import smooth
from reading_held_out import OTHERS, OWN
from run_files import Run, read_run, rescore, spec_of
from training_rows import TrainingRow, read_rows

from medvie_reward import Resampling, Spec, compare, evaluate

LABEL: Final = "Indicators[].Item Name"
VALUE: Final = "Indicators[].Result"
PACKAGES: Final = ("medvie-reward", "verl", "torch", "transformers", "ray", "numpy")
COLOURS: Final = ("#1b6ca8", "#c8553d", "#4f772d", "#6c4ab6", "#8a6d1d")

Answers = dict[tuple[str, str], tuple[list[int], list[str]]]
"""By pages and decoding: the rows that were answered, and the texts."""


def read_answers(path: Path) -> Answers:
    """Read what reading_held_out.py wrote."""
    made: Answers = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        rows, texts = made.setdefault((one["pages"], one["decoding"]), ([], []))
        rows.append(one["row"])
        texts.append(one["text"])
    return made


def measure(
    rows: Sequence[int], texts: Sequence[str], held_out: Sequence[TrainingRow], spec: Spec
) -> dict[str, float]:
    """Score held-out answers.

    Returns
    -------
    dict
        ``f1``, ``precision``, ``recall``: means over answers; ``label``, ``value``: share of gold labels and of gold
        values that are right; ``readable``: share of answers that parse.
    """
    golds = [json.loads(held_out[n].ground_truth) for n in rows]
    made = evaluate(texts, golds, spec)
    fields = made.micro.fields
    numbers = {
        "f1": made.macro.f1, "precision": made.macro.precision, "recall": made.macro.recall,
        "label": fields[LABEL].recall, "value": fields[VALUE].recall, "readable": made.parse_rate,
    }  # fmt: skip
    return {key: round(value, 4) for key, value in numbers.items()}


def measure_state(
    answers: Answers, held_out: Sequence[TrainingRow], spec: Spec
) -> dict[str, dict[str, float]]:
    """Score all answers of one model: by pages and decoding, as in ``own sampled``."""
    return {" ".join(key): measure(*found, held_out, spec) for key, found in sorted(answers.items())}


def difference(
    before: Answers, after: Answers, key: tuple[str, str], held_out: Sequence[TrainingRow], spec: Spec
) -> list[float]:
    """Give the difference in mean F1 with its 95 % interval over pages, as low, value, high."""
    rows, texts = before[key]
    golds = [json.loads(held_out[n].ground_truth) for n in rows]
    found = compare(texts, after[key][1], golds, spec, clusters=rows, resampling=Resampling(resamples=2000))
    made = found.versus[0].figures["macro_f1"].paired.difference
    return [round(made.low, 4), round(made.value, 4), round(made.high, 4)]


def curve_of(run: Run) -> dict[str, list[float]]:
    """Average reward, F1 and the like over each step's rollouts."""
    keys = ("score", "f1", "precision", "recall", "hallucination_rate", "omission_rate", "answer_chars")
    made: dict[str, list[float]] = {key: [] for key in keys}
    for step in sorted(run.rollouts):
        numbers = [rescore(run, sample).as_dict() for sample in run.rollouts[step]]
        for key in keys:
            made[key].append(round(statistics.fmean(float(one[key]) for one in numbers), 4))
    return made


def score_work(work: Path) -> dict[str, Any]:
    """Score a work folder of run.sh.

    Raises
    ------
    FileNotFoundError
        If it has no run, or one without answers.
    """
    folders = sorted(work.glob("run-*"))
    if not folders:
        raise FileNotFoundError(f"{work}: expected folders run-SEED")
    held_out = read_rows(work / "pages-full" / "validation.parquet")
    before = read_answers(work / "model" / "held_out.jsonl")
    runs: dict[str, Any] = {}
    start: dict[str, Any] = {}
    signature = ""
    for folder in folders:
        run = read_run(folder)
        spec = spec_of(run, held_out[0])
        after = read_answers(folder / "held_out.jsonl")
        start, signature = start or measure_state(before, held_out, spec), spec.signature
        curve = curve_of(run)
        third = max(1, run.steps // 3)
        runs[folder.name.rpartition("-")[2]] = {
            "steps": run.steps,
            "rollouts_per_step": len(run.rollouts[1]),
            "learning_rate": run.config["actor_rollout_ref"]["actor"]["optim"]["lr"],
            "seconds_per_step": round(
                statistics.median(run.metrics[n]["timing_s/step"] for n in range(1, run.steps + 1)), 1
            ),
            "first_third": round(statistics.fmean(curve["score"][:third]), 4),
            "last_third": round(statistics.fmean(curve["score"][-third:]), 4),
            "held_out": measure_state(after, held_out, spec),
            "f1_difference": {
                " ".join(key): difference(before, after, key, held_out, spec)
                for key in sorted(before)
                if key[0] == OWN
            },
            "train": curve,
        }
    warm = json.loads((work / "model" / "warm_start.json").read_text(encoding="utf-8"))
    return {
        "spec": signature,
        "held_out_pages": len(held_out),
        "versions": {name: version(name) for name in PACKAGES} | {"python": platform.python_version()},
        "warm_start": warm,
        "start": start,
        "seeds": runs,
    }


def check(results: Mapping[str, Any], margin: float) -> list[str]:
    """Say where a run did not do what it has to."""
    faults = []
    before = results["start"][f"{OWN} sampled"]["f1"]
    for seed, run in results["seeds"].items():
        low, value, _ = run["f1_difference"][f"{OWN} sampled"]
        after, blind = (run["held_out"][f"{pages} sampled"]["f1"] for pages in (OWN, OTHERS))
        if value < margin or low <= 0 < margin:
            faults.append(
                f"seed {seed}: expected the held-out F1 to rise by {margin}, got {before} -> {after} "
                f"({value:+}, interval from {low:+})"
            )
        if blind > after / 2:
            faults.append(
                f"seed {seed}: expected at most half of F1 {after} with exchanged pages, got {blind}"
            )
    return faults


def table(results: Mapping[str, Any]) -> list[str]:
    """Write the numbers as a Markdown table."""
    last = results["warm_start"][-1]
    steps = " and ".join(f"{one['step']} steps on {one['size']} pages" for one in results["warm_start"])
    lines = [
        f"Warm start: {steps}; probability of writing a label right {last['label']:.3f}, a value "
        f"{last['value']:.3f}. {results['held_out_pages']} held-out pages.",
        "",
        "| seed | reward in training | F1, sampled | difference | labels | values | F1, greedy | values, greedy "
        "| F1 on exchanged pages |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    start = results["start"]
    first = [start[key] for key in ("own sampled", "own greedy", "others sampled")]
    for seed, run in results["seeds"].items():
        then = [run["held_out"][key] for key in ("own sampled", "own greedy", "others sampled")]
        low, value, high = run["f1_difference"]["own sampled"]
        cells = [
            seed, f"{run['first_third']:.3f} → {run['last_third']:.3f}", _arrow(first[0], then[0], "f1"),
            f"{value:+.3f} [{low:+.3f}, {high:+.3f}]", _arrow(first[0], then[0], "label"),
            _arrow(first[0], then[0], "value"), _arrow(first[1], then[1], "f1"),
            _arrow(first[1], then[1], "value"), _arrow(first[2], then[2], "f1"),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _arrow(before: Mapping[str, float], after: Mapping[str, float], key: str) -> str:
    return f"{before[key]:.3f} → {after[key]:.3f}"


def draw(results: Mapping[str, Any], path: Path) -> None:
    """Draw reward and F1 in training, and held-out F1 before and after."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
    for axis, (key, title) in zip(
        axes, (("score", "mean reward in training (0 to 2)"), ("f1", "mean F1 in training")), strict=False
    ):
        for colour, (seed, run) in zip(COLOURS, results["seeds"].items(), strict=False):
            values = run["train"][key]
            steps = range(1, len(values) + 1)
            axis.plot(steps, values, color=colour, alpha=0.25, linewidth=1)
            axis.plot(steps, smooth(values), color=colour, linewidth=1.8, label=f"seed {seed}")
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("GRPO step")
    axes[0].legend(frameon=False, fontsize=8, loc="lower right")
    kinds = (
        ("own sampled", "sampled", "o"),
        ("own greedy", "greedy", "s"),
        ("others sampled", "exchanged pages", "x"),
    )
    for colour, run in zip(COLOURS, results["seeds"].values(), strict=False):
        for n, (key, _, marker) in enumerate(kinds):
            pair = [results["start"][key]["f1"], run["held_out"][key]["f1"]]
            axes[2].plot([2 * n, 2 * n + 1], pair, color=colour, marker=marker, markersize=5, linewidth=1.2)
    axes[2].set_xticks([2 * n + 0.5 for n in range(len(kinds))], [name for _, name, _ in kinds], fontsize=9)
    axes[2].set_title("held-out F1, before → after", fontsize=10)
    for axis in axes:
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)


def main() -> int:
    """Write, print and check; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path, nargs="?", help="work folder of run.sh")
    parser.add_argument("--numbers", type=Path, help="JSON to write")
    parser.add_argument("--read", type=Path, help="JSON to read instead of a work folder")
    parser.add_argument("--out", type=Path, help="PNG to write")
    parser.add_argument("--check", action="store_true", help="exit 1 unless F1 rose, on pages that were seen")
    parser.add_argument(
        "--margin", type=float, default=0.05, help="by how much F1 must rise (default: %(default)s)"
    )
    options = parser.parse_args()
    if (options.work is None) == (options.read is None):
        parser.error("expected either a work folder or --read")
    if options.read is not None:
        results = json.loads(options.read.read_text(encoding="utf-8"))
    else:
        try:
            results = score_work(options.work)
        except FileNotFoundError as error:
            print(f"FAILED {error}", file=sys.stderr)
            return 1
    if options.numbers is not None:
        options.numbers.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.out is not None:
        draw(results, options.out)
    print("\n".join(table(results)))
    faults = check(results, options.margin) if options.check else []
    for fault in faults:
        print(f"FAILED {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
