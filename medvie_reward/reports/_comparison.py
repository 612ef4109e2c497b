"""Systems compared -> tables that people read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from rich.console import Console
from rich.table import Table

from medvie_reward.corpus import TITLES
from medvie_reward.reports._terminal import NARROW, make_table, number, open_console, rate
from medvie_reward.statistics import FEW, Contest, Difference, DocumentDifference, Interval, Versus

# Figures that a narrow screen does without.
_SECOND = ("macro_precision", "macro_recall", "macro_matching", "omission_rate", "parse_rate", "format_rate")


def print_contest(contest: Contest, file: IO[str], max_fields: int = 20, max_documents: int = 10) -> None:
    """Print systems compared, the signature last.

    Parameters
    ----------
    contest
        What to print.
    file
        Where to.
    max_fields, max_documents
        How many fields and documents to name per system; the largest differences come first, fields of few
        documents last, and how many are left out is said.
    """
    with open_console(file) as console:
        console.print(_systems(contest, console.width))
        for versus in contest.versus:
            _print_versus(console, contest, versus, max_fields, max_documents)
        for line in _notes(contest):
            console.print(line, soft_wrap=True)
        console.print()
        console.print(contest.signature, soft_wrap=True, style="dim")


def _systems(contest: Contest, width: int) -> Table:
    """Build the table of systems: a figure a row, a system a column."""
    n = contest.documents
    table = make_table(f"{n:,} document{'s' * (n != 1)}", "", contest.names)
    for figure in contest.figures[contest.names[0]]:
        if width < NARROW and figure in _SECOND:
            continue
        cells = [_interval(contest.figures[contest.names[0]][figure])]
        for versus in contest.versus:
            found = contest.figures[versus.name][figure]
            cells.append(f"{_interval(found)}{versus.figures[figure].mark:<3}")
        table.add_row(TITLES[figure], *cells)
    return table


def _print_versus(
    console: Console, contest: Contest, versus: Versus, max_fields: int, max_documents: int
) -> None:
    head = f"{versus.name} beside {contest.names[0]}"
    shown = versus.figures
    if console.width < NARROW:
        shown = {name: x for name, x in shown.items() if name not in _SECOND}
    width = console.width
    _print_title(console, head)
    rows = [(TITLES[name], difference) for name, difference in shown.items()]
    console.print(_differences("figure", rows, contest, versus, width))
    fields = sorted(versus.fields.items(), key=_by_difference)
    if fields:
        _print_title(console, f"{head}: F1 per field, largest difference first, few last")
        console.print(_differences("field", fields[:max_fields], contest, versus, width, sized=True))
        _say_hidden(console, len(fields) - max_fields, "field")
    for name, parts in versus.slices.items():
        _print_title(console, f"{head}: {TITLES[contest.figure]} per {name}")
        console.print(_differences(name, parts.items(), contest, versus, width, sized=True))
    differ = [document for document in versus.documents if document.difference]
    if differ:
        _print_title(console, f"{head}: documents that differ most")
        console.print(_documents(differ[:max_documents], contest, versus))
        _say_hidden(console, len(differ) - max_documents, "document")


def _by_difference(item: tuple[str, Difference]) -> tuple[bool, float, str]:
    """Order fields: a large difference that few documents make says little, so it comes last."""
    name, d = item
    return d.few, -abs(d.paired.difference.value), name


def _print_title(console: Console, title: str) -> None:
    # Apart from its table, which may be too narrow for it.
    console.print(f"\n{title}", style="bold", soft_wrap=True)


def _differences(
    first: str,
    rows: Iterable[tuple[str, Difference]],
    contest: Contest,
    versus: Versus,
    width: int,
    sized: bool = False,
) -> Table:
    narrow = width < NARROW
    columns = ["difference", "p", "", "won/tied/lost"]
    if not narrow:
        columns = [contest.names[0], versus.name, *columns, "effect", "detectable"]
    table = make_table("", first, ["docs", *columns] if sized else columns)
    for name, d in rows:
        paired = d.paired
        decided = "/".join(number(n) for n in (paired.wins, paired.ties, paired.losses))
        cells = [_signed(paired.difference), _p(d.adjusted), f"{d.mark:<3}", decided]
        if not narrow:
            ends = [rate(d.first), rate(d.other)]
            cells = [*ends, *cells, f"{paired.effect:+.2f}", rate(paired.detectable)]
        if sized:
            cells.insert(0, f"{'few ' * d.few}{number(d.documents)}")
        table.add_row(name, *cells)
    return table


def _documents(documents: list[DocumentDifference], contest: Contest, versus: Versus) -> Table:
    table = make_table("", "document", [contest.names[0], versus.name, "difference"])
    for document in documents:
        table.add_row(document.id, rate(document.first), rate(document.other), f"{document.difference:+.4f}")
    return table


def _say_hidden(console: Console, hidden: int, what: str) -> None:
    if hidden > 0:
        console.print(f"… and {hidden:,} more {what}{'s' * (hidden != 1)}")


def _notes(contest: Contest) -> list[str]:
    few = any(
        d.few
        for versus in contest.versus
        for parts in (versus.fields, *versus.slices.values())
        for d in parts.values()
    )
    lines = [
        "",
        "Brackets: confidence interval. p: approximate randomisation, adjusted by Holm. *** p < 0.001, "
        "** p < 0.01, * p < 0.05.",
        "Won, tied, lost: documents. Effect: Cohen's d_z over documents. Detectable: the smallest true "
        "difference found with probability 0.8.",
    ]
    return lines + ([f"few: fewer than {FEW} documents; read such a row as a hint."] if few else [])


def _interval(found: Interval) -> str:
    return f"{found.value:.4f} [{found.low:.4f}, {found.high:.4f}]"


def _signed(found: Interval) -> str:
    return f"{found.value:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"


def _p(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"
