"""An agreement of two annotations -> tables that people read."""

from __future__ import annotations

from typing import IO, Final

from rich.console import Console
from rich.table import Table

from medvie_reward.reports._terminal import NARROW, make_table, number, open_console, rate
from medvie_reward.statistics import Agreement, FieldAgreement, Interval

_NAMED: Final = 3


def print_agreement(
    agreement: Agreement, file: IO[str], max_fields: int = 40, max_documents: int = 10
) -> None:
    """Print an agreement, worst fields and documents first, the signature last.

    Parameters
    ----------
    agreement
        What to print.
    file
        Where to.
    max_fields, max_documents
        How many to name; how many are left out is said.
    """
    with open_console(file) as console:
        n = len(agreement.documents)
        # Apart from its table, which may be too narrow for it.
        title = f"{n:,} document{'s' * (n != 1)}: A is {agreement.a}, B is {agreement.b}"
        console.print(title, style="bold", soft_wrap=True)
        console.print(_whole(agreement))
        console.print(_fields(agreement, max_fields, console.width))
        _say_hidden(console, len(agreement.fields) - max_fields, "field")
        differ = [document for document in agreement.documents if document.fields]
        if differ:
            table = make_table("\nDocuments that differ most", "document", ["A", "B", "equal", "F1"])
            table.add_column("leaves without an equal", overflow="fold")
            for d in differ[:max_documents]:
                named = ", ".join(f"{name} {n}" for name, n in list(d.fields.items())[:_NAMED])
                more = ", …" if len(d.fields) > _NAMED else ""
                table.add_row(d.id, number(d.a), number(d.b), number(d.equal), rate(d.f1), named + more)
            console.print(table)
            _say_hidden(console, len(differ) - max_documents, "document")
        for line in _notes(agreement):
            console.print(line, soft_wrap=True)
        console.print()
        console.print(agreement.signature, soft_wrap=True, style="dim")


def _whole(agreement: Agreement) -> Table:
    table = make_table("", "", ["A", "B", "equal", "F1"])
    counts = [number(x) for x in (agreement.n_a, agreement.n_b, agreement.equal)]
    table.add_row("all leaves", *counts, _interval(agreement.micro))
    table.add_row("mean of documents", "", "", "", _interval(agreement.macro))
    return table


def _fields(agreement: Agreement, most: int, width: int) -> Table:
    wide = width >= NARROW
    columns = ["docs", "A", "B", "equal", "F1"] if wide else ["A", "B", "equal", "F1"]
    if any(field.alpha for field in agreement.fields):
        columns += ["alpha", "units", "values"] if wide else ["alpha"]
    table = make_table("\nPer field, worst first", "field", columns)
    for field in agreement.fields[:most]:
        counts = [number(x) for x in (field.documents, field.a, field.b, field.equal)]
        cells = [*counts[not wide :], _interval(field.f1) if wide else rate(field.f1.value)]
        table.add_row(field.field, *cells, *_alpha(field, wide)[: len(columns) - len(cells)])
    return table


def _alpha(field: FieldAgreement, wide: bool) -> list[str]:
    alpha = field.alpha
    if alpha is None:
        return ["", "", ""]
    shown = "undefined"
    if alpha.interval is not None:
        shown = _interval(alpha.interval) if wide else rate(alpha.interval.value)
    return [shown, number(alpha.units), number(len(alpha.values))]


def _notes(agreement: Agreement) -> list[str]:
    lines = ["", "Brackets: confidence interval. F1: 2 equal / (A + B)."]
    if any(field.alpha for field in agreement.fields):
        lines.append(
            "Alpha: Krippendorff's, nominal, for fields with few values; a unit is a document, or a pair of "
            "rows that belong together; blank is a value. Undefined where only one value was given."
        )
    if agreement.skipped_a or agreement.skipped_b:
        lines.append(
            f"Left out: {agreement.skipped_a:,} documents that only A has, {agreement.skipped_b:,} only B."
        )
    if agreement.limited:
        lines.append(
            f"Limited: {agreement.limited:,} documents reached the spec's max_pairs: pairs may not be best."
        )
    return lines


def _say_hidden(console: Console, hidden: int, what: str) -> None:
    if hidden > 0:
        console.print(f"… and {hidden:,} more {what}{'s' * (hidden != 1)}")


def _interval(found: Interval) -> str:
    return f"{found.value:.4f} [{found.low:.4f}, {found.high:.4f}]"
