"""Who notices? Scripted predictions, each with one kind of mistake, scored by this package and by others.

Prints a Markdown table of mean scores over seeded synthetic reports.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any, Final

from reports import LIST_KEY, Report, report, row
from rivals import RIVALS, MissingRival, Scorer

import medvie_reward

OURS: Final = ("clinical", "strict", "paper", "donut")
DECIMAL: Final = re.compile(r"(\d)\.(\d)")
TINY: Final = 0.0005
"""Half of the last printed digit."""


@dataclass(frozen=True)
class Case:
    """A kind of prediction: what it is called, what a scorer should give it, and how it is made."""

    title: str
    expected: str
    make: Callable[[Random, Report], Report]

    def noticed(self, mean: float) -> bool:
        """Judge a mean score against what is expected, to the digits that are printed."""
        if self.expected == "1":
            return mean > 1 - TINY
        if self.expected == "0":
            return mean < TINY
        return mean <= 1 - TINY


def with_rows(gold: Report, rows: list[Any]) -> Report:
    """Copy a report with other indicator rows."""
    return {**gold, LIST_KEY: rows}


def map_leaves(value: Any, change: Callable[[str], Any]) -> Any:
    """Copy a JSON value with every text changed."""
    if isinstance(value, dict):
        return {key: map_leaves(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [map_leaves(inner, change) for inner in value]
    return change(value)


def shuffled(rng: Random, gold: Report) -> Report:
    """Put the rows into another order."""
    rows = list(gold[LIST_KEY])
    while rows == gold[LIST_KEY]:
        rng.shuffle(rows)
    return with_rows(gold, rows)


def rotated(rng: Random, gold: Report) -> Report:
    """Give every row the result of the row below it."""
    rows = gold[LIST_KEY]
    results = [r["Result"] for r in rows]
    return with_rows(gold, [{**r, "Result": x} for r, x in zip(rows, results[1:] + results[:1], strict=True)])


def no_decimal_points(rng: Random, gold: Report) -> Report:
    """Read 5.6 as 56 in every result."""
    return with_rows(gold, [{**r, "Result": DECIMAL.sub(r"\1\2", r["Result"])} for r in gold[LIST_KEY]])


def invented_rows(rng: Random, gold: Report) -> Report:
    """Add as many invented rows as there are."""
    return with_rows(gold, gold[LIST_KEY] + [row(rng) for _ in gold[LIST_KEY]])


def half_the_rows(rng: Random, gold: Report) -> Report:
    """Leave the second half of the rows out."""
    return with_rows(gold, gold[LIST_KEY][: len(gold[LIST_KEY]) // 2])


def extra_keys(rng: Random, gold: Report) -> Report:
    """Add twenty members that the report does not have."""
    return {**gold, **{f"Extra {i}": f"invented {rng.randrange(1000)}" for i in range(20)}}


def nulls(rng: Random, gold: Report) -> Report:
    """Write every blank as null."""
    changed: Report = map_leaves(gold, lambda text: text or None)
    return changed


def emptied(rng: Random, gold: Report) -> Report:
    """Empty every value."""
    changed: Report = map_leaves(gold, lambda text: "")
    return changed


def doubled(rng: Random, gold: Report) -> Report:
    """Write every row twice."""
    return with_rows(gold, [r for r in gold[LIST_KEY] for _ in range(2)])


def filled(rng: Random, gold: Report) -> Report:
    """Fill every blank with something plausible."""
    changed: Report = map_leaves(gold, lambda text: text or rng.choice(("正常", "无", "N/A", "Normal")))
    return changed


CASES: Final = (
    Case("the gold itself", "1", lambda rng, gold: gold),
    Case("rows shuffled", "1", shuffled),
    Case('"" written as null', "1", nulls),
    Case("Result column rotated by one row", "below 1", rotated),
    Case("decimal points of results lost", "below 1", no_decimal_points),
    Case("every row + as many invented rows", "below 1", invented_rows),
    Case("every row twice", "below 1", doubled),
    Case("half the rows", "below 1", half_the_rows),
    Case("20 extra keys", "below 1", extra_keys),
    Case("every blank filled", "below 1", filled),
    Case("every value empty", "0", emptied),
)


def our_scorer(preset: str) -> Scorer:
    """Give the F1 of this package under a preset."""
    return lambda pred, gold: medvie_reward.score(pred, gold, preset).f1


def our_reward(pred: Report, gold: Report) -> float:
    """Give the matching part of the reward, from 0 to 1, under the default preset."""
    return medvie_reward.reward(medvie_reward.Completion.from_answer(pred), gold).matching


def choose(only: Iterable[str] | None) -> tuple[dict[str, Scorer], list[str]]:
    """Load the scorers that were asked for, all but the slow tree distance where none was named.

    Returns
    -------
    tuple
        Scorers by column title, and the versions behind them.

    Raises
    ------
    MissingRival
        If one is not installed.
    """
    wanted = set(only) if only is not None else {"ours"} | {r.name for r in RIVALS} - {"donut-nted"}
    scorers: dict[str, Scorer] = {}
    versions: list[str] = []
    if "ours" in wanted:
        scorers["ours: clinical reward"] = our_reward
        scorers.update({f"ours: {preset}": our_scorer(preset) for preset in OURS})
        versions.append(f"medvie-reward {medvie_reward.__version__}")
    for rival in RIVALS:
        if rival.name in wanted:
            scorers[rival.title] = rival.scorer()
            versions.append(rival.installed())
    return scorers, list(dict.fromkeys(versions))


def measure(scorers: dict[str, Scorer], docs: int, rows: int, seed: int) -> dict[str, dict[str, float]]:
    """Give the mean score of every scorer for every kind of prediction."""
    rng = Random(seed)
    golds = [report(rng, rows) for _ in range(docs)]
    table: dict[str, dict[str, float]] = {}
    for case in CASES:
        pairs = [(case.make(rng, gold), gold) for gold in golds]
        table[case.title] = {
            title: fmean(scorer(pred, gold) for pred, gold in pairs) for title, scorer in scorers.items()
        }
    return table


def markdown(table: dict[str, dict[str, float]], titles: list[str]) -> str:
    """Write the table; a bold figure is one that does not meet what is expected."""
    lines = ["| prediction | should be | " + " | ".join(titles) + " |", "|---|---|" + "---|" * len(titles)]
    for case in CASES:
        means = table[case.title]
        cells = [f"{means[t]:.3f}" if case.noticed(means[t]) else f"**{means[t]:.3f}**" for t in titles]
        lines.append(f"| {case.title} | {case.expected} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    names = ["ours", *(rival.name for rival in RIVALS)]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only",
        metavar="NAME,...",
        help=f"scorers to run, of: {', '.join(names)} (default: all but donut-nted, which is slow)",
    )
    parser.add_argument("--docs", type=int, default=30, help="reports (default: %(default)s)")
    parser.add_argument(
        "--rows", type=int, default=8, help="rows per report, at least 2 (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=2025, help="of the generator (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write the unrounded means here")
    args = parser.parse_args(argv)
    args.only = args.only.split(",") if args.only else None
    unknown = sorted(set(args.only or ()) - set(names))
    if unknown:
        parser.error(f"--only: no scorer {unknown[0]!r}: expected some of {', '.join(names)}")
    if args.docs < 1 or args.rows < 2:
        parser.error("expected at least 1 report of at least 2 rows")
    return args


def main() -> int:
    """Run it."""
    args = arguments()
    try:
        scorers, versions = choose(args.only)
    except MissingRival as error:
        print(f"noticed: {error}", file=sys.stderr)
        return 1
    table = measure(scorers, args.docs, args.rows, args.seed)
    print(f"Mean score over {args.docs} synthetic reports of {args.rows} rows, seed {args.seed}.")
    print("Bold: a mistake that went unnoticed, or a harmless difference that cost something.")
    print(f"Versions: {', '.join(versions)}.\n")
    print(markdown(table, list(scorers)))
    if args.json:
        settings = {"docs": args.docs, "rows": args.rows, "seed": args.seed, "versions": versions}
        text = json.dumps({**settings, "means": table}, ensure_ascii=False, indent=2)
        args.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
