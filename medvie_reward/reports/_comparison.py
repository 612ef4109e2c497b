"""Print a comparison of systems as tables."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO
from typing import IO

from rich.console import Console

from medvie_reward._core.names import counted
from medvie_reward._core.tables import Table
from medvie_reward.corpus import TITLES
from medvie_reward.reports._tables import (
    NARROW,
    engine_line,
    interval,
    make_table,
    number,
    open_console,
    print_hidden,
    print_lines,
    print_table,
    print_title,
    rate,
    signed_interval,
)
from medvie_reward.statistics import FEW, Comparison, Difference, DocumentDifference, Versus

# Metrics that a narrow screen leaves out.
_SECOND = ("macro_precision", "macro_recall", "macro_matching", "omission_rate", "parse_rate", "format_rate")


def print_comparison(
    comparison: Comparison, file: IO[str], max_fields: int = 20, max_documents: int = 10
) -> None:
    """Print systems compared, the signature last.

    Parameters
    ----------
    comparison
        What to print.
    file
        Where to.
    max_fields, max_documents
        How many fields and documents to name per system; the largest differences come first, fields of few
        documents last, and how many are left out is said.
    """
    with open_console(file) as console:
        print_table(console, _systems(comparison, console.width))
        for versus in comparison.versus:
            _print_versus(console, comparison, versus, max_fields, max_documents)
        print_lines(console, [*_notes(comparison), engine_line(), ""], comparison.signature)


def comparison_text(comparison: Comparison) -> str:
    """Return what ``medvie compare`` prints."""
    file = StringIO()
    print_comparison(comparison, file)
    return file.getvalue().rstrip("\n")


def _systems(comparison: Comparison, width: int) -> Table:
    """Build the table of systems: a metric a row, a system a column."""
    table = make_table(counted(comparison.documents, "document"), "", comparison.names)
    for figure in comparison.figures[comparison.names[0]]:
        if width < NARROW and figure in _SECOND:
            continue
        cells = [interval(comparison.figures[comparison.names[0]][figure])]
        for versus in comparison.versus:
            found = comparison.figures[versus.name][figure]
            cells.append(f"{interval(found)}{versus.figures[figure].mark:<3}")
        table.add_row(TITLES[figure], *cells)
    return table


def _print_versus(
    console: Console, comparison: Comparison, versus: Versus, max_fields: int, max_documents: int
) -> None:
    head = f"{versus.name} compared with {comparison.names[0]}"
    shown = versus.figures
    if console.width < NARROW:
        shown = {name: x for name, x in shown.items() if name not in _SECOND}
    width = console.width
    print_title(console, head)
    rows = [(TITLES[name], difference) for name, difference in shown.items()]
    print_table(console, _differences("metric", rows, comparison, versus, width))
    fields = sorted(versus.fields.items(), key=_by_difference)
    if fields:
        print_title(console, f"{head}: F1 per field, largest difference first, few last")
        print_table(
            console, _differences("field", fields[:max_fields], comparison, versus, width, sized=True)
        )
        print_hidden(console, len(fields) - max_fields, "field")
    for name, parts in versus.slices.items():
        print_title(console, f"{head}: {TITLES[comparison.figure]} per {name}")
        print_table(console, _differences(name, parts.items(), comparison, versus, width, sized=True))
    differ = [document for document in versus.documents if document.difference]
    if differ:
        print_title(console, f"{head}: documents that differ most")
        print_table(console, _documents(differ[:max_documents], comparison, versus))
        print_hidden(console, len(differ) - max_documents, "document")


def _by_difference(item: tuple[str, Difference]) -> tuple[bool, float, str]:
    """Order fields: a large difference that few documents make says little, so it comes last."""
    name, d = item
    return d.few, -abs(d.paired.difference.value), name


def _differences(
    first: str,
    rows: Iterable[tuple[str, Difference]],
    comparison: Comparison,
    versus: Versus,
    width: int,
    sized: bool = False,
) -> Table:
    narrow = width < NARROW
    columns = ["difference", "p", "", "won/tied/lost"]
    if not narrow:
        columns = [comparison.names[0], versus.name, *columns, "effect", "detectable"]
    table = make_table("", first, ["docs", *columns] if sized else columns)
    for name, d in rows:
        paired = d.paired
        decided = "/".join(number(n) for n in (paired.wins, paired.ties, paired.losses))
        cells = [signed_interval(paired.difference), _p(d.adjusted), f"{d.mark:<3}", decided]
        if not narrow:
            ends = [rate(d.first), rate(d.other)]
            cells = [*ends, *cells, f"{paired.effect:+.2f}", rate(paired.detectable)]
        if sized:
            cells.insert(0, f"{'few ' * d.few}{number(d.documents)}")
        table.add_row(name, *cells)
    return table


def _documents(documents: list[DocumentDifference], comparison: Comparison, versus: Versus) -> Table:
    table = make_table("", "document", [comparison.names[0], versus.name, "difference"])
    for document in documents:
        table.add_row(document.id, rate(document.first), rate(document.other), f"{document.difference:+.4f}")
    return table


def _notes(comparison: Comparison) -> list[str]:
    few = any(
        d.few
        for versus in comparison.versus
        for parts in (versus.fields, *versus.slices.values())
        for d in parts.values()
    )
    lines = [
        "",
        "Brackets: confidence interval. p: approximate randomization, Holm-adjusted. *** p < 0.001, "
        "** p < 0.01, * p < 0.05.",
        "Won, tied, lost: documents. Effect: Cohen's d_z over documents. Detectable: the smallest true "
        "difference found with probability 0.8.",
    ]
    return lines + ([f"few: fewer than {FEW} documents; read such a row as a hint."] if few else [])


def _p(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


print_contest = print_comparison
"""The name of `print_comparison` in version 0.1.0."""
