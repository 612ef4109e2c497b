"""How long choosing a diverse subset takes, how much memory, and what it covers beside random picks.

Prints Markdown tables. The documents are profiles made by a seeded generator: report types, fields, lists
and texts with long tails, some repeats. Embeddings lie in clusters of unequal size and most of their spread
in few directions, or, under ``--flat``, are independent normal numbers. Each method runs in a process of its
own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import resource
import sys
import time
from multiprocessing.connection import Connection
from random import Random
from typing import TYPE_CHECKING, Any, Final

import medvie_reward
from medvie_reward.selection import COVERAGE_SCORES, METHODS, Coverage, Profile, cover, profile, select

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_CLUSTERS: Final = 200
_TYPES: Final = 14
_FIELDS: Final = 60
_LABELS: Final = {
    "largest_distance": "largest distance to a chosen one",
    "mean_distance": "mean distance to a chosen one",
    "report_types": "report types",
    "fields": "fields",
    "rare_fields": "fields in under 1% of documents",
    "fewest_items": "fewest list items",
    "most_items": "most list items",
}


def documents(n: int, seed: int) -> list[Profile]:
    """Make profiles of synthetic documents; about one in fifty repeats another."""
    random = Random(seed)
    made: list[Profile] = []
    for _ in range(n):
        if made and random.random() < 0.02:
            made.append(random.choice(made))
            continue
        kind = min(int(random.expovariate(0.5)), _TYPES - 1)
        gold: dict[str, Any] = {
            f"field {i}": "ab 12 肝" * random.randint(1, 9)
            for i in range(_FIELDS)
            if random.random() < 0.9 / (1 + i % 20 + 3 * ((i + kind) % 7)) ** 1.5
        }
        gold["rows"] = [
            {"name": "钾", "result": str(random.random())}
            for _ in range(min(int(random.paretovariate(1)), 200))
        ]
        made.append(profile(gold, f"type {kind}"))
    return made


def embeddings(n: int, dimensions: int, seed: int, flat: bool) -> npt.NDArray[np.float32]:
    """Make embeddings of shape (n, dimensions)."""
    import numpy as np

    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((n, dimensions), dtype=np.float32)
    if flat:
        return noise
    scale = (1 / np.sqrt(1 + np.arange(dimensions))).astype(np.float32)
    centres = rng.standard_normal((_CLUSTERS, dimensions), dtype=np.float32) * scale
    noise *= 0.5 * scale
    noise += centres[rng.zipf(1.5, n) % _CLUSTERS]
    return noise


def measure(options: argparse.Namespace, method: str, answer: Connection) -> None:
    """Choose once; sends seconds by the wall, seconds of all cores, peak memory in MiB, and the coverage."""
    profiles = documents(options.documents, options.seed)
    vectors = embeddings(options.documents, options.dimensions, options.seed, options.flat)
    wall, cores = time.perf_counter(), time.process_time()
    selection = select(profiles, options.picks, method, embeddings=vectors)
    took = time.perf_counter() - wall, time.process_time() - cores
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    wall = time.perf_counter()
    coverage = cover(profiles, selection.features.matrix, selection.picks, draws=options.random)
    answer.send((*took, peak, time.perf_counter() - wall, coverage))


def print_tables(results: dict[str, tuple[float, float, float, float, Coverage]], options: Any) -> None:
    """Print time and memory, then coverage."""
    print("| method | choosing (s) | all cores (s) | peak memory (MiB) | measuring coverage (s) |")
    print("|---|---|---|---|---|")
    for method, (wall, cores, peak, covering, _) in results.items():
        print(f"| {method} | {wall:.1f} | {cores:.1f} | {peak:,.0f} | {covering:.1f} |")
    covered = {method: result[-1] for method, result in results.items()}
    first = next(iter(covered.values()))
    print(f"\n| | all | {' | '.join(covered)} | random: mean (min to max of {options.random}) |")
    print("|---|---|" + "---|" * (len(covered) + 1))
    for name in COVERAGE_SCORES:
        band = first.random[name]
        distance = name.endswith("distance")
        form = ".3f" if distance else "g"
        cells = ["" if distance else format(first.whole[name], form)]
        cells += [format(coverage.chosen[name], form) for coverage in covered.values()]
        mean = format(band.mean, ".3f" if distance else ".1f")
        cells.append(f"{mean} ({format(band.low, form)} to {format(band.high, form)})")
        print(f"| {_LABELS[name]} | {' | '.join(cells)} |")


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description="Time, memory and coverage of medvie select.")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--dimensions", type=int, default=500, help="of the embeddings")
    parser.add_argument("--picks", type=int, default=500)
    parser.add_argument("--random", type=int, default=20, help="random picks to compare with")
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument("--flat", action="store_true", help="embeddings without any structure")
    options = parser.parse_args()
    print(
        f"medvie-reward {medvie_reward.__version__}, {platform.machine()}, {os.cpu_count()} cores, "
        f"seed {options.seed}."
    )
    print(
        f"{options.picks:,} of {options.documents:,} documents, embeddings of {options.dimensions} numbers"
        f"{', flat' if options.flat else ''}.\n"
    )
    context = multiprocessing.get_context("spawn")
    results = {}
    for method in METHODS:
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=measure, args=(options, method, theirs))
        child.start()
        theirs.close()
        results[method] = ours.recv()
        child.join()
    print_tables(results, options)


if __name__ == "__main__":
    main()
