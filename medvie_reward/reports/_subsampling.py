"""Print the effect of sample size and annotation noise as tables."""

from __future__ import annotations

from typing import IO

from medvie_reward._core.names import counted
from medvie_reward._core.tables import Table
from medvie_reward.corpus import TITLES
from medvie_reward.reports._tables import (
    NARROW,
    engine_line,
    make_table,
    number,
    open_console,
    print_lines,
    print_table,
    print_title,
    rate,
)
from medvie_reward.statistics import LEVEL, POWER, Robustness, Subsamples


def print_ablation(
    subsamples: Subsamples, robustness: Robustness, figure: str, signature: str, file: IO[str]
) -> None:
    """Print both, the signature last.

    Parameters
    ----------
    subsamples
        The effect of sample size.
    robustness
        The effect of annotation noise; nothing is printed of it without noise.
    figure
        Name of the metric, of `medvie_reward.corpus.FIGURES`.
    signature
        Every choice behind the numbers.
    file
        Where to.
    """
    with open_console(file) as console:
        n = subsamples.documents
        console.print(counted(n, "document"), style="bold")
        table = make_table("", "", [TITLES[figure]])
        for name, value in subsamples.figures.items():
            table.add_row(name, rate(value))
        print_table(console, table)
        print_title(console, "Pairs of systems: documents needed to distinguish them")
        print_table(console, _pairs(subsamples))
        print_title(console, "Samples of n documents: mean, standard deviation, 95% range")
        print_table(console, _sizes(subsamples, console.width))
        print_title(console, "Samples of n documents, per pair: same order / distinguished")
        print_table(console, _pairs_at(subsamples))
        if robustness.noisy:
            print_title(console, f"Annotation noise: {TITLES[figure]} and its change, rank correlations")
            print_table(console, _noise(robustness, console.width))
        print_lines(console, _notes(bool(robustness.noisy)), signature)


def _pair_name(names: tuple[str, str]) -> str:
    return f"{names[1]} compared with {names[0]}"


def _pairs(subsamples: Subsamples) -> Table:
    table = make_table("", "pair", ["difference", "sd", "needed"])
    for names, pair in subsamples.pairs.items():
        needed = "no number" if pair.needed is None else number(pair.needed)
        table.add_row(_pair_name(names), f"{pair.difference:+.4f}", rate(pair.sd), needed)
    return table


def _sizes(subsamples: Subsamples, width: int) -> Table:
    table = make_table("", "n", [*subsamples.figures, "same ranking", "tau"])
    for size in subsamples.sizes:
        cells = []
        for spread in size.spreads.values():
            ends = "" if width < NARROW else f" [{spread.low:.4f}, {spread.high:.4f}]"
            cells.append(f"{spread.mean:.4f} ±{spread.sd:.4f}{ends}")
        table.add_row(number(size.n), *cells, rate(size.same_ranking), f"{size.tau:+.4f}")
    return table


def _pairs_at(subsamples: Subsamples) -> Table:
    table = make_table("", "pair", [f"n = {size.n:,}" for size in subsamples.sizes])
    for names in subsamples.pairs:
        cells = [
            f"{pair.right:.3f} / {pair.apart:.3f}"
            for pair in (size.pairs[names] for size in subsamples.sizes)
        ]
        table.add_row(_pair_name(names), *cells)
    return table


def _noise(robustness: Robustness, width: int) -> Table:
    names = list(robustness.figures)
    columns = ["rate", "changed", *names, "tau"]
    if width >= NARROW:
        columns += [f"rewards {name}" for name in names]
    table = make_table("", "noise", columns)
    for found in robustness.noisy:
        cells = [f"{found.rate:.4g}", rate(found.changed)]
        cells += [
            f"{value:.4f} {value - robustness.figures[name]:+.4f}" for name, value in found.figures.items()
        ]
        cells.append(f"{found.tau:+.4f}")
        if width >= NARROW:
            cells += ["–" if tau is None else f"{tau:+.4f}" for tau in found.rewards.values()]
        table.add_row(found.kind.replace("_", " "), *cells)
    return table


def _notes(noisy: bool) -> list[str]:
    lines = [
        "",
        f"Needed: documents with which a paired test at {LEVEL:g} finds a true difference as large with "
        f"probability {POWER:g}. sd: of the documents' influence on the difference.",
        "Same order: share of samples that order the two as all documents do. Distinguished: share in which "
        "a paired test also does.",
        "Tau: Kendall's tau-a to the ranking of the systems by all documents.",
    ]
    if noisy:
        lines.append(
            "Rewards: Kendall's tau-b over documents of the reward's matching part, before and after "
            "the noise. Changed: share of gold leaves."
        )
    return [*lines, engine_line(), ""]
