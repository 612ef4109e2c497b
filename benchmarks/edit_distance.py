"""How long the tree edit distance takes, against `zss`, which Donut's evaluator calls, with the same costs.

Prints a Markdown table. Both run in one process on the same reports and predictions; a figure is the least
over the repeats, then the median over the documents. `zss` gets its trees made beforehand and Levenshtein
distances from rapidfuzz, so that the algorithms are compared; ours reads the JSON values in the time shown.
Every pair of distances is checked to be equal.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from random import Random
from statistics import median
from typing import Any, Final

from rapidfuzz.distance import Levenshtein
from reports import perturb, report

from medvie_reward.edit_distance import tree_edit_distance
from medvie_reward.errors import InputError
from medvie_reward.tree_classes import Classes, label_cost

DOCS: Final = {5: 10, 20: 5, 100: 3, 500: 2}
"""Documents per number of rows; more where the median is noisier."""
ZSS_SIZES: Final = (5, 20)
"""Numbers of rows that `zss` gets; 100 would take it minutes."""


def zss_tree(value: Any) -> Any:
    """Make the tree of a JSON value in nodes of `zss`."""
    from zss import Node

    classes = Classes()

    def node(tree: int) -> Any:
        made = Node(classes.label(classes.labels[tree]))
        for kid in classes.kids[tree]:
            made.addkid(node(kid))
        return made

    return node(classes.read(value, InputError, "value"))


def node_cost(node: Any) -> int:
    """Give the cost of inserting or removing a node."""
    return label_cost(node.label)


def relabel_cost(a: Any, b: Any) -> int:
    """Give the cost of relabelling a node."""
    if a.label[1] and b.label[1]:
        return Levenshtein.distance(a.label[0], b.label[0])
    if a.label[1] or b.label[1]:
        return label_cost(a.label) + label_cost(b.label)
    return int(a.label != b.label)


def zss_distance(a: Any, b: Any) -> int:
    """Give the distance of two trees as `zss` finds it."""
    import zss

    return int(zss.distance(a, b, zss.Node.get_children, node_cost, node_cost, relabel_cost))


def least(run: Callable[[], int], repeats: int) -> tuple[float, int]:
    """Give the least seconds of processor time over the repeats, and what the call gives."""
    spent, result = float("inf"), 0
    for _ in range(repeats):
        begun = time.thread_time()
        result = run()
        spent = min(spent, time.thread_time() - begun)
    return spent, result


def measure(rows: int, seed: int, repeats: int) -> list[str]:
    """Time documents of so many rows; one line of the table.

    Raises
    ------
    RuntimeError
        If the two give different distances.
    """
    rng = Random(seed)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(DOCS.get(rows, 2)):
        gold = report(rng, rows)
        pred = perturb(rng, gold)
        spent, distance = least(lambda p=pred, g=gold: tree_edit_distance(p, g), repeats)  # type: ignore[misc]
        ours.append(spent)
        if rows in ZSS_SIZES:
            trees = zss_tree(pred), zss_tree(gold)
            spent, other = least(lambda pair=trees: zss_distance(*pair), 1)  # type: ignore[misc]
            theirs.append(spent)
            if other != distance:
                raise RuntimeError(f"{rows} rows: zss gives {other}, this package {distance}")
    line = [str(rows), f"{median(ours) * 1e3:,.1f}"]
    if not theirs:
        return [*line, "-", "-"]
    ratio = median(slow / fast for slow, fast in zip(theirs, ours, strict=True))
    return [*line, f"{median(theirs) * 1e3:,.0f}", f"{ratio:,.0f}"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--sizes", default="5,20,100,500", help="numbers of rows, by commas")
    parser.add_argument("--repeats", type=int, default=3, help="calls of ours per document, the least counts")
    parser.add_argument("--seed", type=int, default=2025)
    options = parser.parse_args()
    versions = ", ".join(f"{name} {version(name)}" for name in ("medvie-reward", "zss", "numpy", "rapidfuzz"))
    python, machine = platform.python_version(), platform.machine()
    print(f"{versions}, Python {python}, {machine}, seed {options.seed}.\n")
    print("| N | ours, ms | zss, ms | ratio |")
    print("|---|---|---|---|")
    for size in options.sizes.split(","):
        print(f"| {' | '.join(measure(int(size), options.seed, options.repeats))} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
