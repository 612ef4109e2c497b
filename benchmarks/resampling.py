"""How long resampling takes beside a plain loop, and how much memory; prints a Markdown table.

The plain loop draws one resample at a time, gathers its rows and adds them up; so does that for swaps. Both
give the same sums. All times are processor time of all threads, so that one core would need about as long.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from tables import made_with, markdown

from medvie_reward.statistics import (
    INTERVAL_METHODS,
    Resampling,
    Statistic,
    compare_many,
    intervals,
    resample,
    swap,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

COLUMNS: Final = 16


class Unequal(Exception):
    """The plain loop gave other sums."""


def loop_resample(rows: Floats, how: Resampling) -> Floats:
    """Gather and add up, a resample at a time."""
    rng = np.random.default_rng(how.seed)
    return np.array([rows[rng.integers(0, len(rows), len(rows))].sum(axis=0) for _ in range(how.resamples)])


def loop_swap(a: Floats, b: Floats, how: Resampling) -> tuple[Floats, Floats]:
    """Choose and add up, a swap at a time; the draws are made in one go, so that they are the same."""
    drawn = np.random.default_rng(how.seed).integers(2, size=(how.resamples, len(a)), dtype=bool)
    left = [np.where(swapped[:, None], b, a).sum(axis=0) for swapped in drawn]
    right = [np.where(swapped[:, None], a, b).sum(axis=0) for swapped in drawn]
    return np.array(left), np.array(right)


def share(i: int, sums: Floats) -> Any:
    """Twice a column by the sum of the last two."""
    return 2 * sums[..., i] / (sums[..., -2] + sums[..., -1])


def seconds(run: Callable[[], Any]) -> tuple[float, Any]:
    """Give the processor time that a call takes, and what it gives."""
    begun = time.process_time()
    made = run()
    return time.process_time() - begun, made


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--resamples", type=int, default=10_000, help="(default: 10,000)")
    parser.add_argument("--statistics", type=int, default=6, help="(default: 6)")
    parser.add_argument("--seed", type=int, default=2025)
    args = parser.parse_args(argv)
    how = Resampling(args.resamples, seed=args.seed)
    statistics: dict[str, Statistic] = {str(i): partial(share, i % COLUMNS) for i in range(args.statistics)}
    print(made_with(args.seed, "numpy", "scipy"))
    print(f"{args.resamples:,} resamples, {COLUMNS} columns, {args.statistics} statistics.\n")
    # The first call imports scipy.
    intervals(np.ones((2, COLUMNS)), statistics, how.replace(resamples=2))
    lines = []
    for n in sorted(args.documents):
        rng = np.random.default_rng([args.seed, n])
        a, b = (rng.integers(1, 50, (n, COLUMNS)).astype(np.float64) for _ in range(2))
        calls: dict[str, Callable[[], Any]] = {
            **{
                f"`intervals`, {m}": partial(intervals, a, statistics, how.replace(method=m))
                for m in INTERVAL_METHODS
            },
            "`compare_many`": partial(compare_many, a, b, statistics, how),
        }
        took = {name: seconds(call)[0] for name, call in calls.items()}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        for name, fast, slow in (
            ("sums of resamples", partial(resample, a, how), partial(loop_resample, a, how)),
            ("sums of swaps", partial(swap, a, b, how), partial(loop_swap, a, b, how)),
        ):
            took[name], found = seconds(fast)
            took[f"{name}, loop"], expected = seconds(slow)
            if not np.array_equal(found, expected):
                raise Unequal(f"{name} of {n} documents")
        for name, time_taken in took.items():
            plain = took.get(f"{name}, loop")
            ratio = "-" if plain is None else f"{plain / time_taken:.1f}"
            memory = f"{peak:.0f}" if name == "`compare_many`" else "-"
            lines.append([f"{n:,}", name, f"{time_taken:.2f}", ratio, memory])
    head = ["documents", "step", "seconds", "loop takes times as long", "peak memory of all so far (MiB)"]
    print(markdown(head, lines))


if __name__ == "__main__":
    main()
