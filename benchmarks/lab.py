"""Simulated training for the page on the lab: run it, print its numbers, draw its pictures.

    python benchmarks/lab.py run      # some minutes; what docs/lab_runs.json has is not run again
    python benchmarks/lab.py print    # the tables of docs/lab.md
    python benchmarks/lab.py draw     # docs/images/lab_*.png

All seeds are fixed. Grids are small and said in the captions: pictures show which way things go.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from medvie_reward.lab import VERDICTS, Reader, Schedule, Start, look, simulate, simulated_groups
from medvie_reward.spec import Spec

ROOT: Final = Path(__file__).parents[1]
STORED: Final = ROOT / "docs" / "lab_runs.json"
IMAGES: Final = ROOT / "docs" / "images"
SEEDS: Final = (0, 1)
RESULT: Final = frozenset({"Indicators[].Result"})
STRICT: Final = Spec.preset("strict")
MIX: Final = Spec.preset("clinical").replace(matching="precision_recall", critical_cost=0.25)
F1: Final = STRICT.replace(matching="f1")
KEPT: Final = (
    "f1", "precision", "recall", "length", "hallucinated", "wrong_critical", "reward", "written", "shift",
)  # fmt: skip
FIGURE_2: Final = {
    "alpha = 1": STRICT.replace(alpha=1.0),
    "alpha = 0.5": STRICT,
    "alpha = 0": STRICT.replace(alpha=0.0),
    "F1": F1,
}
ALPHAS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
COSTS: Final = (0.0, 0.1, 0.25, 0.5)
NOISE: Final = (0.0, 0.2)
RULES: Final = {
    "strict": STRICT,
    "critical cost": MIX,
    "F1, costs .25": MIX.replace(matching="f1", critical_cost=0.0),
    "F1": F1,
}
CHECKED: Final = {**RULES, "alpha = 1": STRICT.replace(alpha=1.0), "alpha = 0": STRICT.replace(alpha=0.0)}


def read_golds() -> list[Any]:
    """Return the forty shipped gold documents."""
    lines = (ROOT / "examples" / "lab_reports" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["gold"] for line in lines]


def with_cost(alpha: float, cost: float) -> Spec:
    """Return (P, R) weighed by alpha, with one cost for all kinds of hallucination."""
    return STRICT.replace(
        alpha=alpha, filled_blank_cost=cost, invented_field_cost=cost, invented_item_cost=cost
    )


# -- run -----------------------------------------------------------------------------------------------


Run = Callable[[list[Any]], Any]


def experiments() -> dict[str, Run]:
    """Return the experiments by name."""
    slips = Reader(accuracy=0.7, start=Start(shift=0.8, swap=0.6))
    lists = {"align": STRICT, "bag": STRICT.replace(lists="bag")}
    ends = Schedule(every=110)
    plane = {f"{alpha} {cost}": with_cost(alpha, cost) for alpha in ALPHAS for cost in COSTS}
    made: dict[str, Run] = {}
    for accuracy in (0.3, 0.7):
        made[f"figure 2, {accuracy}"] = partial(runs, specs=FIGURE_2, reader=Reader(accuracy=accuracy))
    made["lists"] = partial(runs, specs=lists, reader=slips, critical=RESULT)
    for accuracy in (0.2, 0.3, 0.5):
        made[f"verdicts, {accuracy}"] = partial(verdicts, accuracy=accuracy)
    for keys in ("all", "random"):
        specs = {"F1": F1, "critical cost": MIX}
        made[f"keys, {keys}"] = partial(
            runs, specs=specs, reader=Reader(accuracy=0.5), schedule=Schedule(keys=keys)
        )
    for noise in NOISE:
        made[f"noise, {noise}"] = partial(
            runs, specs=RULES, reader=Reader(accuracy=0.7), schedule=replace(ends, noise=noise)
        )
    made["plane"] = partial(runs, specs=plane, reader=Reader(accuracy=0.5), schedule=ends, seeds=(0,))
    return made


def run_all() -> None:
    """Run what is not stored yet, and store it."""
    golds = read_golds()
    stored = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    for name, run in experiments().items():
        if name not in stored:
            stored[name] = run(golds)
            STORED.write_text(json.dumps(stored) + "\n", encoding="utf-8")
            print(name, flush=True)


def runs(
    golds: list[Any],
    specs: dict[str, Spec],
    reader: Reader,
    *,
    schedule: Schedule | None = None,
    seeds: tuple[int, ...] = SEEDS,
    critical: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Return what was recorded of each spec, a list a seed."""
    found = simulate(golds, specs, reader, schedule, seeds=seeds, critical=critical)
    return {
        "steps": found.steps,
        "runs": {
            spec: {name: [[none(x) for x in one.records[name]] for one in mine] for name in KEPT}
            for spec, mine in found.runs.items()
        },
    }


def none(x: float) -> float | None:
    """Return a rounded number, ``None`` for what is none."""
    return round(x, 4) if np.isfinite(x) else None


def verdicts(golds: list[Any], accuracy: float) -> list[dict[str, Any]]:
    """Return what the lab says before training and how training ends, on seeds that it was not made on."""
    made = []
    for seed in (11, 12):
        reader = Reader(accuracy=accuracy)
        lab = look(simulated_groups(golds, reader, seed=seed), CHECKED)
        found = simulate(golds, CHECKED, reader, Schedule(every=110), seeds=[seed])
        for one in lab.looks:
            ends = {name: none(found.final(one.name, name).mean) for name in ("f1", "length", "hallucinated")}
            made.append({"spec": one.name, "seed": seed, "verdict": one.verdict.code, **ends})
    return made


# -- print ---------------------------------------------------------------------------------------------


def mean(stored: Any, name: str, spec: str, record: str, at: int = -1) -> float:
    """Return the mean over seeds of a number at a record."""
    return float(np.mean([run[at] for run in stored[name]["runs"][spec][record]]))


def print_all(stored: Any) -> None:
    """Print the tables of the page, all at the end of training."""
    table("read right at the start", "spec", "r_matching", "F1", "leaves / gold", "hallucinated / gold")
    for accuracy in (0.3, 0.7):
        for spec in FIGURE_2:
            found = f"figure 2, {accuracy}", spec
            numbers = (mean(stored, *found, x) for x in ("reward", "f1", "length", "hallucinated"))
            row(f"{accuracy:.0%}", spec, *(f"{x:.2f}" for x in numbers))
    table("reward", "keys asked", "F1", "precision", "leaves / gold", "thousand leaves written")
    for spec in ("F1", "critical cost"):
        for keys in ("all", "random"):
            found = f"keys, {keys}", spec
            numbers = (mean(stored, *found, x) for x in ("f1", "precision", "length"))
            row(spec, keys, *(f"{x:.2f}" for x in numbers), f"{mean(stored, *found, 'written') / 1000:.0f}")
    table("lists", "slips, before", "slips", "critical leaves wrong", "F1", "r_matching")
    for spec in ("align", "bag"):
        numbers = (mean(stored, "lists", spec, x) for x in ("shift", "wrong_critical", "f1", "reward"))
        before = mean(stored, "lists", spec, "shift", 0)
        row(spec, *(f"{x:.2f}" for x in (before, *numbers)))
    table("reward", "F1, clean golds", "F1, a fifth of their values wrong", "lost")
    for spec in RULES:
        clean, noisy = (mean(stored, f"noise, {noise}", spec, "f1") for noise in NOISE)
        row(spec, f"{clean:.3f}", f"{noisy:.3f}", f"{clean - noisy:.3f}")
    table("verdict", "runs", "under half of the leaves", "over 1.5 times", "F1 .05 or more below the best")
    rows = [x for accuracy in (0.2, 0.3, 0.5) for x in with_best(stored[f"verdicts, {accuracy}"])]
    for verdict, title in VERDICTS.items():
        mine = [x for x in rows if x["verdict"] == verdict]
        if mine:
            row(title, len(mine), *(sum(map(test, mine)) for test in (is_short, is_long, is_worse)))


def table(*columns: str) -> None:
    """Print the head of a table in Markdown."""
    print()
    row(*columns)
    row(*("---" for _ in columns))


def row(*cells: object) -> None:
    """Print a row of a table in Markdown."""
    print(f"| {' | '.join(map(str, cells))} |")


def with_best(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with the best F1 of their seed."""
    best = {seed: max(x["f1"] for x in rows if x["seed"] == seed) for seed in {x["seed"] for x in rows}}
    return [{**x, "best": best[x["seed"]]} for x in rows]


def is_short(row: dict[str, Any]) -> bool:
    """Check whether a run ended with fewer than half of the leaves."""
    return bool(row["length"] < 0.5)


def is_long(row: dict[str, Any]) -> bool:
    """Check whether a run ended with more than one and a half times the leaves."""
    return bool(row["length"] > 1.5)


def is_worse(row: dict[str, Any]) -> bool:
    """Check whether a run ended clearly below the best of its seed."""
    return bool(row["best"] - row["f1"] >= 0.05)


# -- draw ----------------------------------------------------------------------------------------------


COLORS: Final = ("#d55e00", "#e69f00", "#7a7f87", "#0072b2")


def draw_all(stored: Any) -> None:
    """Draw all pictures."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    style: Any = {"font.size": 9, "axes.grid": True, "grid.alpha": 0.25, "axes.spines.top": False,
             "axes.spines.right": False, "svg.hashsalt": "medvie", "axes.titlesize": 9.5}  # fmt: skip
    pictures: dict[str, tuple[tuple[float, float], Callable[[Any, Any], None]]] = {
        "figure2": ((11, 5.6), _figure_2), "keys": ((9, 3.4), _keys), "lists": ((9, 3.2), _lists),
        "noise": ((5.5, 3.4), _noise), "plane": ((9, 3.4), _plane),
    }  # fmt: skip
    with matplotlib.rc_context(style):
        for name, (size, draw) in pictures.items():
            figure = Figure(figsize=size, layout="constrained")
            draw(figure, stored)
            figure.savefig(IMAGES / f"lab_{name}.png", dpi=110, metadata={"Software": None})


def line(axes: Any, found: Any, spec: str, record: str, **how: Any) -> None:
    """Draw the mean over seeds, and the band of the seeds."""
    ys = np.array(found["runs"][spec][record], dtype=float)
    (drawn,) = axes.plot(found["steps"], ys.mean(0), **how)
    axes.fill_between(found["steps"], ys.min(0), ys.max(0), color=drawn.get_color(), alpha=0.15, lw=0)


def _figure_2(figure: Any, stored: Any) -> None:
    names = {"length": "leaves written / leaves of the gold", "reward": "r_matching in training",
             "f1": "F1, documents held out"}  # fmt: skip
    for accuracy, part in zip((0.3, 0.7), figure.subplots(2, 3, sharex=True), strict=True):
        part[0].set_ylabel(f"{accuracy:.0%} read right at the start")
        for axes, (record, title) in zip(part, names.items(), strict=True):
            for spec, color in zip(FIGURE_2, COLORS, strict=True):
                line(axes, stored[f"figure 2, {accuracy}"], spec, record, color=color, label=spec)
            axes.set(title=title, ylim=(0, None))
    for axes in figure.axes[3:]:
        axes.set_xlabel("step")
    figure.axes[0].legend(frameon=False)


def _lists(figure: Any, stored: Any) -> None:
    names = {"shift": "probability that results slip by a row", "wrong_critical": "critical leaves wrong",
             "reward": "r_matching in training"}  # fmt: skip
    for axes, (record, title) in zip(figure.subplots(1, 3), names.items(), strict=True):
        for spec, color in (("align", COLORS[3]), ("bag", COLORS[0])):
            line(axes, stored["lists"], spec, record, color=color, label=spec)
        axes.set(title=title, xlabel="step", ylim=(0, None))
    figure.axes[0].legend(frameon=False)


def _keys(figure: Any, stored: Any) -> None:
    left, right = figure.subplots(1, 2, sharey=True)
    for spec, color in (("F1", COLORS[3]), ("critical cost", COLORS[0])):
        for keys, dashes in (("all", "-"), ("random", "--")):
            found = stored[f"keys, {keys}"]
            line(left, found, spec, "f1", color=color, ls=dashes, label=f"{spec}, {keys} keys")
            written = np.mean(found["runs"][spec]["written"], axis=0) / 1000
            right.plot(written, np.mean(found["runs"][spec]["f1"], axis=0), color=color, ls=dashes)
    left.set(xlabel="step", ylabel="F1, all keys asked")
    right.set(xlabel="thousand leaves written")
    left.legend(frameon=False)


def _noise(figure: Any, stored: Any) -> None:
    axes = figure.subplots()
    for spec, color in zip(RULES, (COLORS[1], COLORS[0], "#009e73", COLORS[3]), strict=True):
        axes.plot(
            NOISE, [mean(stored, f"noise, {x}", spec, "f1") for x in NOISE], "o-", color=color, label=spec
        )
    axes.set(
        xlabel="share of wrong values in the golds trained on", ylabel="F1 on clean documents", xticks=NOISE
    )
    axes.legend(frameon=False)


def _plane(figure: Any, stored: Any) -> None:
    names = {"f1": "F1 at the end", "length": "leaves / gold", "hallucinated": "hallucinated / gold"}
    for axes, (record, title) in zip(figure.subplots(1, 3), names.items(), strict=True):
        grid = np.array([[mean(stored, "plane", f"{a} {c}", record) for c in COSTS] for a in ALPHAS])
        axes.imshow(grid, cmap="viridis", aspect="auto")
        for (i, j), x in np.ndenumerate(grid):
            bright = (x - grid.min()) / (np.ptp(grid) or 1) > 0.6
            axes.text(j, i, f"{x:.2f}", ha="center", va="center", color="black" if bright else "white")
        axes.set(title=title, xlabel="cost of a hallucinated leaf")
        axes.set_xticks(range(len(COSTS)), [f"{x:g}" for x in COSTS])
        axes.set_yticks(range(len(ALPHAS)), [f"{x:g}" for x in ALPHAS])
        axes.grid(False)
    figure.axes[0].set_ylabel("alpha")


def main() -> None:
    """Run, print or draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("run", "print", "draw"))
    what = parser.parse_args().what
    if what == "run":
        run_all()
        return
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    (print_all if what == "print" else draw_all)(stored)


if __name__ == "__main__":
    main()
