"""How long ANLS* takes, beside the published package ``anls_star`` on the same documents in the same run.

Prints a Markdown table. A figure is the least over the repeats, then the median over the documents; both
sides score values that were decoded before, document by document in one process, with the garbage collector
off. A score that is not the package's to the last bit ends the run.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import json
import platform
import sys
from collections.abc import Callable
from random import Random
from statistics import median
from typing import Any, Final

from reports import perturb, report
from rivals import RIVALS, MissingRival, Scorer
from tables import markdown
from timing import clock

import medvie_reward
from medvie_reward.metrics import anls_star

DOCS: Final = {5: 20, 20: 10, 100: 3, 500: 3}
"""Documents per number of rows."""
MOST_ROWS: Final = 100
"""The package takes minutes above so many rows, and is left out there."""
REPEATS: Final = 5


class Unequal(Exception):
    """A score differs from the package's."""


def documents(rows: int, seed: int) -> list[tuple[str, str]]:
    """Make golds and predictions of so many rows, as JSON texts."""
    rng = Random(seed)
    golds = [report(rng, rows) for _ in range(DOCS[rows])]
    return [(json.dumps(gold), json.dumps(perturb(rng, gold))) for gold in golds]


def once(score: Callable[[Any, Any], float], texts: tuple[str, str]) -> tuple[float, float]:
    """Give the seconds that one call takes, on objects made afresh, and the score."""
    gold, pred = map(json.loads, texts)
    found: list[float] = []
    return clock(lambda: found.append(score(gold, pred))), found[0]


def measure(rows: int, package: Scorer, seed: int) -> list[str]:
    """Time both on documents of so many rows: milliseconds, and how many times as long the package takes.

    Raises
    ------
    Unequal
        If the scores differ.
    """

    def published(gold: Any, pred: Any) -> float:
        return package(pred, gold)

    ours, theirs = [], []
    for texts in documents(rows, seed):
        seconds, mine = min(once(anls_star, texts) for _ in range(REPEATS))
        ours.append(seconds)
        if rows <= MOST_ROWS:
            seconds, other = min(once(published, texts) for _ in range(REPEATS if rows <= 20 else 1))
            theirs.append(seconds)
            if mine != other:
                raise Unequal(f"{rows} rows: ours {mine!r}, the package's {other!r}")
    cells = [str(rows), f"{1000 * median(ours):,.2f}"]
    if not theirs:
        return [*cells, "-", "-"]
    ratios = [other / mine for mine, other in zip(ours, theirs, strict=True)]
    return [*cells, f"{1000 * median(theirs):,.1f}", f"{median(ratios):,.0f}"]


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rows", type=int, nargs="+", choices=DOCS, default=list(DOCS), help="sizes (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=2025, help="of the generator (default: %(default)s)")
    return parser.parse_args(argv)


def main() -> int:
    """Run it."""
    args = arguments()
    rival = next(rival for rival in RIVALS if rival.name == "anls")
    try:
        package = rival.scorer()
    except MissingRival as error:
        print(f"anls: {error}", file=sys.stderr)
        return 1
    munkres = importlib.metadata.version("munkres")
    versions = f"medvie-reward {medvie_reward.__version__}, {rival.installed()}, munkres {munkres}"
    print(f"{versions}, Python {platform.python_version()}, {platform.machine()}, seed {args.seed}.\n")
    gc.disable()
    try:
        lines = [measure(rows, package, args.seed) for rows in args.rows]
    except Unequal as error:
        print(f"anls: {error}", file=sys.stderr)
        return 1
    print(markdown(["rows", "ours (ms)", "anls_star (ms)", "ratio"], lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
