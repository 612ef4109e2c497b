"""How long scoring takes, in multiples of what `orjson.loads` needs for the texts of prediction and gold.

Prints a Markdown table. Reports have one list of rows, or another of the shapes (``--shape``). One gold is
scored with the eight rollouts of a group. A figure is the least over the repeats, then the median over the
documents. Baseline and scorer are timed in one process, document by document, on objects made afresh for
every repeat, with the garbage collector off.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from statistics import median
from typing import Final

from groups import ROLLOUTS, SHAPES, Group, aligning, group, loading, rewarding, scoring
from tables import made_with, markdown
from timing import least

PRESETS: Final = ("clinical", "strict", "paper")
DOCS: Final = {5: 40, 20: 30, 100: 15, 500: 6}
"""Documents per number of rows; more where the median is noisier."""
CALLS: Final = (("reward_group", rewarding), ("score", scoring), ("align", aligning))


def measure(sizes: Iterable[int], repeats: int, seed: int, shape: str) -> list[list[str]]:
    """Time the calls of this package; one line per size and preset."""
    lines: list[list[str]] = []
    for rows in sizes:
        rng = Random(seed)
        docs = [group(rng, rows, shape) for _ in range(DOCS.get(rows, 6))]
        for preset in PRESETS:
            best = [_best_times(doc, preset, repeats) for doc in docs]
            base = median(times[0] for times in best)
            line = [str(rows), preset, f"{base * 1e6:,.1f}"]
            for at in range(1, len(CALLS) + 1):
                line.append(f"{median(times[at] for times in best) * 1e6:,.1f}")
                line.append(f"{median(times[at] / times[0] for times in best):.2f}")
            lines.append(line)
    return lines


def _best_times(doc: Group, preset: str, repeats: int) -> list[float]:
    """Give seconds per rollout of the baseline and of each call."""
    calls: list[Callable[[], Callable[[], object]]] = [partial(loading, doc)]
    calls += [partial(make, doc, preset) for _, make in CALLS]
    return [least(make, repeats) / ROLLOUTS for make in calls]


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rows", type=int, nargs="+", default=list(DOCS), help="sizes (default: %(default)s)"
    )
    parser.add_argument("--repeats", type=int, default=9, help="per document (default: %(default)s)")
    parser.add_argument(
        "--shape", choices=SHAPES, default=SHAPES[0], help="of the reports (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=2025, help="of the generator (default: %(default)s)")
    args = parser.parse_args(argv)
    if args.repeats < 1 or min(args.rows) < 1:
        parser.error("expected at least 1 repeat and 1 row")
    return args


def main() -> int:
    """Run it."""
    args = arguments()
    print(made_with(args.seed))
    print(
        f"Per rollout; {ROLLOUTS} rollouts a gold, least of {args.repeats} repeats, median over documents; "
        f"shape {args.shape}.\n"
    )
    head = ["rows", "preset", "orjson.loads, both texts (µs)"]
    for name, _ in CALLS:
        head += [f"{name} (µs)", "ratio"]
    print(markdown(head, measure(args.rows, args.repeats, args.seed, args.shape)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
