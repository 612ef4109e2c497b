"""Whether our F1 puts systems in the order that another scorer puts them in.

Reads a JSONL file with a row per document and system: ``id``, ``model``, ``gold``, ``pred`` and
``their_score``, what the other scorer said of that prediction. Prints the mean of ``their_score`` beside our
macro and micro F1 under each preset, Kendall's tau between the orders, and for every two systems that ours
puts the other way round, the paired difference and its interval.
"""

from __future__ import annotations

import argparse
import json
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from tables import made_with, markdown

from medvie_reward import Evaluation, evaluate
from medvie_reward.corpus import FIGURES, document_rows
from medvie_reward.statistics import Resampling, compare_paired

PRESETS = ("clinical", "strict", "paper", "donut")
COMPARED = ("macro_f1", "micro_f1")


class Inversion(NamedTuple):
    """Two systems, the better one by the other scorer second, and what we say of them."""

    worse: str
    better: str
    theirs: float
    ours: float
    low: float
    high: float


def read(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Give system -> its rows, in the order of ids."""
    systems: dict[str, list[dict[str, Any]]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            systems.setdefault(row["model"], []).append(row)
    return {name: sorted(rows, key=lambda row: str(row["id"])) for name, rows in systems.items()}


def their_means(systems: dict[str, list[dict[str, Any]]]) -> dict[str, float]:
    """Give system -> mean of the other scorer's scores, from the worst to the best."""
    means = {name: sum(row["their_score"] for row in rows) / len(rows) for name, rows in systems.items()}
    return dict(sorted(means.items(), key=lambda item: item[1]))


def score_systems(systems: dict[str, list[dict[str, Any]]], preset: str) -> dict[str, Evaluation]:
    """Score every system."""
    return {
        name: evaluate([row["pred"] for row in rows], [row["gold"] for row in rows], preset)
        for name, rows in systems.items()
    }


def correlate(theirs: dict[str, float], ours: dict[str, float]) -> float:
    """Give Kendall's tau-b between two orders of systems."""
    from scipy.stats import kendalltau

    return float(kendalltau(list(theirs.values()), [ours[name] for name in theirs]).statistic)


def find_inversions(
    theirs: dict[str, float], ours: dict[str, Evaluation], figure: str, how: Resampling
) -> list[Inversion]:
    """Give the pairs of systems that a figure of ours puts the other way round."""
    found = []
    for worse, better in combinations(theirs, 2):
        rows = [document_rows(ours[name].documents) for name in (worse, better)]
        paired = compare_paired(rows[0], rows[1], FIGURES[figure], how)
        if paired.difference.value < 0:
            found.append(Inversion(worse, better, theirs[better] - theirs[worse], *paired.difference))
    return found


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="JSONL: id, model, gold, pred, their_score")
    parser.add_argument("--resamples", type=int, default=10_000, help="default: %(default)s")
    args = parser.parse_args()
    how = Resampling(resamples=args.resamples)
    systems = read(args.file)
    theirs = their_means(systems)
    columns: dict[str, dict[str, float]] = {}
    inversions: list[list[str]] = []
    for preset in PRESETS:
        ours = score_systems(systems, preset)
        for figure in COMPARED:
            name = f"{preset}, {figure[:5]}"
            columns[name] = {
                system: float(FIGURES[figure](document_rows(e.documents).sum(axis=0)))
                for system, e in ours.items()
            }
            inversions += [
                [name, x.worse, x.better, f"{x.theirs:+.4f}", f"{x.ours:+.4f} [{x.low:+.4f}, {x.high:+.4f}]"]
                for x in find_inversions(theirs, ours, figure, how)
            ]
    print(made_with(how.seed), f"{sum(map(len, systems.values()))} predictions.\n")
    lines = [[name, f"{x:.4f}", *(f"{c[name]:.4f}" for c in columns.values())] for name, x in theirs.items()]
    lines.append(["Kendall's tau", "", *(f"{correlate(theirs, c):.3f}" for c in columns.values())])
    print(markdown(["system", "theirs", *columns], lines))
    print("\nThe other way round by ours, second minus first:\n")
    print(markdown(["F1", "first", "second", "theirs", "ours"], inversions))


if __name__ == "__main__":
    main()
