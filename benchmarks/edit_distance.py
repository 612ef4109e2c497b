"""How long the tree edit distance takes, against `zss`, which Donut's evaluator calls, with the same costs.

Prints a Markdown table. Both run in one process on the same reports and predictions; a figure is the least
over the repeats, then the median over the documents. `zss` gets its trees made beforehand and Levenshtein
distances from rapidfuzz, so that the algorithms are compared; ours reads the JSON values in the time shown.
Every pair of distances is checked to be equal.
"""

from __future__ import annotations

import argparse
from functools import partial
from random import Random
from statistics import median
from typing import Any, Final

from rapidfuzz.distance import Levenshtein
from reports import perturb, report
from tables import made_with, markdown
from timing import clock, least

from medvie_reward.errors import InputError
from medvie_reward.metrics import Classes, label_cost, tree_edit_distance

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
        run = partial(tree_edit_distance, pred, gold)
        ours.append(least(lambda run=run: run, repeats))  # type: ignore[misc]
        if rows in ZSS_SIZES:
            found: list[int] = []
            trees = zss_tree(pred), zss_tree(gold)
            theirs.append(clock(lambda trees=trees, found=found: found.append(zss_distance(*trees))))  # type: ignore[misc]
            if found[0] != run():
                raise RuntimeError(f"{rows} rows: zss gives {found[0]}, this package {run()}")
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
    lines = [measure(int(size), options.seed, options.repeats) for size in options.sizes.split(",")]
    print(f"{made_with(options.seed, 'zss', 'numpy', 'rapidfuzz')}\n")
    print(markdown(["N", "ours, ms", "zss, ms", "ratio"], lines))


if __name__ == "__main__":
    main()
