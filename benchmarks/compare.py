"""Time this package beside other scorers, on the same reports in the same run.

Prints two Markdown tables, the times and the ratios that matter, and draws a picture where asked for one.
Ours is the whole reward from the text of a completion, its share of a group of eight; the others score
values that were decoded before. Every scorer is timed beside the decoding of both texts, in a process of its
own (our rewards and the naive bag in one), and is given up on after a minute.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

import orjson
from groups import ROLLOUTS, SIZES, Group, group, loading, rewarding
from naive import bagging, bagging_texts
from plot import draw
from rivals import RIVALS, MissingRival, Rival, Scorer
from tables import made_with, markdown
from timing import GaveUp, answers_of, least

from medvie_reward import anls_star, ted_accuracy

DOCS: Final = 5
"""Documents per number of rows; a scorer begins no further one after a minute."""
PATIENCE: Final = 60.0
"""Seconds that a scorer gets for a document."""
REPEATS: Final = {5: 80, 20: 20}
"""Calls per document by number of rows, 9 where not given; short ones are noisier."""

STRICT, CLINICAL, BAG, BAG_TEXTS = "ours: strict", "ours: clinical", "naive bag", "naive bag, from the text"
GROUPED: Final[dict[str, Callable[[Group], Callable[[], object]]]] = {
    STRICT: partial(rewarding, preset="strict"),
    CLINICAL: partial(rewarding, preset="clinical"),
    BAG_TEXTS: bagging_texts,
    BAG: bagging,
}
"""Timed together, on all rollouts of a group."""
METRICS: Final[dict[str, Scorer]] = {
    "ours: ANLS*": lambda pred, gold: anls_star(pred, gold),
    "ours: nTED": ted_accuracy,
}
"""Published metrics as this package computes them; timed as the other scorers are."""

Times = dict[str, dict[int, list[tuple[float, float]]]]
"""Seconds of a scorer and of the decoding: by its title, number of rows, document. No document: gave up."""


def time_grouped(pipe: Connection, rows: int, seed: int) -> None:
    """Send what all of `GROUPED` take per rollout, and the decoding, document by document."""
    pipe.send("ready")
    rng = Random(seed)
    repeats = REPEATS.get(rows, 9)
    for _ in range(DOCS):
        doc = group(rng, rows)
        base = least(partial(loading, doc), repeats) / ROLLOUTS
        spent = [least(partial(make, doc), repeats) / ROLLOUTS for make in GROUPED.values()]
        pipe.send([(seconds, base) for seconds in spent])


def time_scorer(pipe: Connection, title: str, rows: int, seed: int) -> None:
    """Send what a scorer takes for the first rollout, and the decoding of one, document by document."""
    with contextlib.redirect_stdout(sys.stderr):  # one of them prints warnings into the table
        scorer = METRICS.get(title) or next(rival for rival in RIVALS if rival.title == title).scorer()
        pipe.send("ready")
        rng = Random(seed)
        for _ in range(DOCS):
            pipe.send(_times(scorer, group(rng, rows), REPEATS.get(rows, 9)))


def _times(scorer: Scorer, doc: Group, repeats: int) -> tuple[float, float]:
    def scoring_once() -> Callable[[], object]:
        return partial(scorer, orjson.loads(doc.answers[0]), orjson.loads(doc.gold))

    spent = least(scoring_once, 1)
    if spent < 1:
        spent = min(spent, least(scoring_once, 3 if spent > 0.02 else repeats))
    return spent, least(partial(loading, doc), repeats) / ROLLOUTS


def measure_grouped(sizes: Iterable[int], seed: int) -> Times:
    """Time this package's rewards and the naive bag."""
    times: Times = {title: {} for title in GROUPED}
    for rows in sizes:
        per_document = list(answers_of(time_grouped, (rows, seed), PATIENCE, DOCS))
        for title, column in zip(GROUPED, zip(*per_document, strict=True), strict=True):
            times[title][rows] = list(column)
    return times


def measure_scorer(title: str, sizes: Iterable[int], seed: int) -> dict[int, list[tuple[float, float]]]:
    """Time another scorer; from the size on at which it takes too long, there are no documents."""
    times: dict[int, list[tuple[float, float]]] = {}
    hopeless = False
    for rows in sizes:
        times[rows] = []
        if hopeless:
            continue
        begun = time.monotonic()
        try:
            for answer in answers_of(time_scorer, (title, rows, seed), PATIENCE, DOCS):
                times[rows].append(answer)
                if time.monotonic() - begun > PATIENCE:
                    break
        except GaveUp:
            hopeless = not times[rows]  # and more so with more rows
    return times


def measure(rivals: Sequence[Rival], sizes: Sequence[int], seed: int) -> Times:
    """Time everything."""
    times = measure_grouped(sizes, seed)
    for title in (*METRICS, *(rival.title for rival in rivals)):
        print(f"compare: {title}", file=sys.stderr)
        times[title] = measure_scorer(title, sizes, seed)
    return times


def milliseconds(times: Times, title: str, rows: int) -> float:
    """Give the median over the documents."""
    return median(spent for spent, _ in times[title][rows]) * 1e3


def ratio(times: Times, one: str, other: str, rows: int) -> float:
    """Give how many times as long one takes as the other: median over the documents that both scored.

    Each is taken as a multiple of the decoding that was timed beside it, so that a machine that was slower
    for one process than for the other does not show.
    """
    both = zip(times[one][rows], times[other][rows], strict=False)
    return median((a / base_a) / (b / base_b) for (a, base_a), (b, base_b) in both)


def time_lines(times: Times, versions: dict[str, str], sizes: Iterable[int]) -> list[list[str]]:
    """Give the table of times: milliseconds and the multiple of the decoding, per size."""
    lines: list[list[str]] = []
    for title, by_rows in times.items():
        line = [title, versions.get(title, "-")]
        for rows in sizes:
            if not by_rows[rows]:
                line += [f"> {PATIENCE:g} s", "-"]
                continue
            line.append(f"{milliseconds(times, title, rows):,.2f}")
            line.append(f"{median(spent / base for spent, base in by_rows[rows]):,.1f}")
        lines.append(line)
    return lines


def ratio_lines(times: Times, row_pairing: Sequence[str], sizes: Sequence[int]) -> list[list[str]]:
    """Give the table of ratios; `row_pairing` are the titles of scorers that pair rows one to one."""
    lines: list[list[str]] = []
    for ours in (STRICT, CLINICAL):
        for other in (BAG_TEXTS, BAG):
            cells = [f"{ratio(times, ours, other, rows):.2f}" for rows in sizes]
            lines.append([f"{ours} / {other}", *cells])
    if row_pairing:
        for ours in (STRICT, CLINICAL):
            cells = [_against_best(times, ours, row_pairing, rows) for rows in sizes]
            lines.append([f"{ours} / fastest other that pairs rows", *cells])
    return lines


def _against_best(times: Times, ours: str, titles: Sequence[str], rows: int) -> str:
    found = [(ratio(times, ours, title, rows), title) for title in titles if times[title][rows]]
    if not found:
        return "-"
    largest, title = max(found)
    return f"{largest:.4f} ({title})"


def choose(names: Sequence[str]) -> list[Rival]:
    """Find rivals by name and see that each can be imported.

    Raises
    ------
    MissingRival
        If one cannot.
    """
    chosen = [rival for rival in RIVALS if rival.name in names]
    for rival in chosen:
        rival.scorer()
    return chosen


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    names = [rival.name for rival in RIVALS]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", metavar="NAME,...", default=",".join(names), help="other scorers (default: %(default)s)"
    )
    parser.add_argument("--rows", type=int, nargs="+", default=list(SIZES), help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=2025, help="of the generator (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="also write the seconds, which plot.py draws")
    parser.add_argument("--plot", metavar="FILE", help="also draw the times (extra `plot`)")
    args = parser.parse_args(argv)
    args.only = args.only.split(",") if args.only else []
    unknown = sorted(set(args.only) - set(names))
    if unknown:
        parser.error(f"--only: no scorer {unknown[0]!r}: expected some of {', '.join(names)}")
    if min(args.rows) < 1:
        parser.error("expected at least 1 row")
    return args


def main() -> int:
    """Run it."""
    args = arguments()
    try:
        rivals = choose(args.only)
    except MissingRival as error:
        print(f"compare: {error}", file=sys.stderr)
        return 1
    times = measure(rivals, args.rows, args.seed)
    versions = {rival.title: rival.installed() for rival in rivals}
    head = ["scorer", "version"]
    for rows in args.rows:
        head += [f"{rows} rows (ms)", "× loads"]
    print(made_with(args.seed))
    print(f"Per prediction; median over up to {DOCS} documents. × loads: multiple of `orjson.loads`.\n")
    print(markdown(head, time_lines(times, versions, args.rows)))
    print()
    row_pairing = [rival.title for rival in rivals if rival.pairs_rows]
    head = ["ratio", *(f"{rows} rows" for rows in args.rows)]
    print(markdown(head, ratio_lines(times, row_pairing, args.rows)))
    drawn: dict[str, Any] = {
        title: [[rows, milliseconds(times, title, rows)] for rows in args.rows if times[title][rows]]
        for title in times
    }
    if args.json:
        Path(args.json).write_text(json.dumps(drawn, indent=1, ensure_ascii=False), encoding="utf-8")
    if args.plot:
        draw(drawn, args.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
