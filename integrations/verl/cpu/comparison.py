"""Tables and picture of the runs that compare.sh made: what each reward made of one warm start.

    python comparison.py docs/verl_cpu_comparison.csv --plot docs/images/verl_cpu_comparison.png
    python comparison.py /tmp/compare/results/*.csv --out docs/verl_cpu_comparison.csv

Reads what measure.py wrote, prints the tables of docs/which_reward.md, and applies the first rule of protocol.md.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from curve import smooth
from measure import COLUMNS, write

SHOWN: Final = (
    "reward", "f1", "precision", "recall", "length", "hallucinated", "wrong_critical", "omitted", "readable", "floor",
    "swapped",
)  # fmt: skip
ARMS: Final = ("mix", "f1", "f1_critical", "precision", "recall", "slip_align", "slip_bag")
"""The order of the tables."""
LEAST_LENGTH: Final = 0.5
"""Under this share of the gold's leaves a run has collapsed."""
COLOURS: Final = ("#c8553d", "#1b6ca8", "#4f772d", "#6c4ab6", "#8a6d1d", "#2a9d8f", "#7f7f7f")
STYLES: Final = ("-", "--", ":", "-.")


class Run(NamedTuple):
    """The lines of one run.

    Attributes
    ----------
    arm, seed
        What it is.
    steps
        A line of numbers for each step of training.
    held_out
        A line of numbers by step of validation.
    """

    arm: str
    seed: int
    steps: list[dict[str, float]]
    held_out: dict[int, dict[str, float]]

    @property
    def start(self) -> dict[str, float]:
        """The held-out numbers before training."""
        return self.held_out[min(self.held_out)]

    @property
    def end(self) -> dict[str, float]:
        """The held-out numbers after it."""
        return self.held_out[max(self.held_out)]

    @property
    def collapsed(self) -> bool:
        """Whether the run writes too little at its end, or finds less than it did at its start."""
        return self.end["length"] < LEAST_LENGTH or self.end["recall"] < self.start["recall"]


def read(paths: Iterable[Path]) -> tuple[list[dict[str, Any]], list[Run]]:
    """Read the lines of some files, and the runs that they are of, in the order of the tables.

    Raises
    ------
    ValueError
        If a file has other columns, or a run no validation.
    """
    lines: list[dict[str, Any]] = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ValueError(f"{path}: expected the columns {', '.join(COLUMNS)}")
            lines += reader
    lines.sort(
        key=lambda line: (ARMS.index(line["arm"]), int(line["seed"]), line["phase"], int(line["step"]))
    )
    runs: dict[tuple[str, int], Run] = {}
    for line in lines:
        key = line["arm"], int(line["seed"])
        run = runs.setdefault(key, Run(*key, [], {}))
        numbers = {name: float(line[name]) for name in SHOWN if line[name]}
        if line["phase"] == "held_out":
            run.held_out[int(line["step"])] = numbers
        else:
            run.steps.append(numbers)
    for run in runs.values():
        if len(run.held_out) < 2:
            raise ValueError(
                f"{run.arm} of seed {run.seed}: expected two validations, got {len(run.held_out)}"
            )
    return lines, list(runs.values())


def held_out_table(runs: Sequence[Run]) -> list[str]:
    """Write the held-out numbers as lines of Markdown: the start of each seed, then the end of each run."""
    lines = [f"| seed | arm | {' | '.join(SHOWN)} | collapsed |", "|---" * (len(SHOWN) + 3) + "|"]
    for slips in (False, True):
        chosen = [run for run in runs if run.arm.startswith("slip") is slips]
        for seed in sorted({run.seed for run in chosen}):
            of_seed = [run for run in chosen if run.seed == seed]
            # Reward and floor are the arm's own, so the start has as many of them as there are arms.
            start = {name: x for name, x in of_seed[0].start.items() if name not in ("reward", "floor")}
            lines.append(f"| {seed} | start{', slips' if slips else ''} | {_cells(start)} | |")
            lines += [
                f"| {seed} | {run.arm} | {_cells(run.end)} | {'yes' if run.collapsed else 'no'} |"
                for run in of_seed
            ]
    return lines


def means_table(runs: Sequence[Run]) -> list[str]:
    """Write the means over seeds of the ends of each arm's runs as lines of Markdown."""
    lines = [f"| arm | seeds | {' | '.join(SHOWN)} | collapsed |", "|---" * (len(SHOWN) + 3) + "|"]
    for arm in ARMS:
        ends = [run.end for run in runs if run.arm == arm]
        if ends:
            shared = [name for name in SHOWN if all(name in end for end in ends)]
            means = {name: sum(end[name] for end in ends) / len(ends) for name in shared}
            collapsed = sum(run.collapsed for run in runs if run.arm == arm)
            lines.append(f"| {arm} | {len(ends)} | {_cells(means)} | {collapsed} of {len(ends)} |")
    return lines


def _cells(numbers: dict[str, float]) -> str:
    return " | ".join(f"{numbers[name]:.3f}" if name in numbers else "" for name in SHOWN)


def draw(runs: Sequence[Run], path: Path) -> None:
    """Draw the curves of all runs by step, a colour for each arm, a kind of line for each seed."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    panels = (
        ("reward", "the arm's own reward (0 to 2)"), ("f1", "F1"), ("precision", "precision"), ("recall", "recall"),
        ("length", "leaves written / gold's"), ("hallucinated", "made up / written"),
        ("wrong_critical", "wrong results / gold's"), ("swapped", "swapped tables"),
    )  # fmt: skip
    figure, axes = pyplot.subplots(2, 4, figsize=(15, 6.4), layout="constrained")
    seeds = sorted({run.seed for run in runs})
    for axis, (key, title) in zip(axes.flat, panels, strict=True):
        for run in runs:
            if key == "swapped" and not run.arm.startswith("slip"):
                continue
            colour = COLOURS[ARMS.index(run.arm)]
            known = [(n, step[key]) for n, step in enumerate(run.steps, 1) if key in step]
            axis.plot(
                [n for n, _ in known], smooth([x for _, x in known]), color=colour, linewidth=1.6,
                linestyle=STYLES[seeds.index(run.seed) % len(STYLES)], label=f"{run.arm}, seed {run.seed}",
            )  # fmt: skip
            axis.plot(
                max(run.held_out), run.end.get(key, 0.0), linestyle="none", marker="D", markersize=5,
                markerfacecolor="white", markeredgecolor=colour,
            )  # fmt: skip
        axis.set_visible(bool(axis.lines))  # no run with slips, no swapped tables
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("GRPO step")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False, fontsize=9)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def main() -> None:
    """Print the tables; write what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", help="CSV of measure.py")
    parser.add_argument("--out", type=Path, help="CSV to write all lines to")
    parser.add_argument("--plot", type=Path, help="picture to draw")
    options = parser.parse_args()
    try:
        lines, runs = read(options.files)
    except ValueError as error:
        parser.error(str(error))
    if options.out:
        write(lines, options.out)
    if options.plot:
        draw(runs, options.plot)
    print("\n".join([*held_out_table(runs), "", *means_table(runs)]))


if __name__ == "__main__":
    main()
