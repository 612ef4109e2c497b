"""Print an agreement of two annotations as tables."""

from __future__ import annotations

from typing import IO, Final

from medvie_reward._core.names import counted
from medvie_reward._core.tables import Table
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
    rate,
)
from medvie_reward.statistics import Agreement, FieldAgreement

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
        title = f"{counted(len(agreement.documents), 'document')}: A is {agreement.a}, B is {agreement.b}"
        # Apart from its table, which may be too narrow for it.
        console.print(title, style="bold", soft_wrap=True)
        print_table(console, _whole(agreement))
        print_table(console, _fields(agreement, max_fields, console.width))
        print_hidden(console, len(agreement.fields) - max_fields, "field")
        differ = [document for document in agreement.documents if document.fields]
        if differ:
            columns = ["A", "B", "equal", "F1", "leaves without an equal"]
            table = make_table("\nDocuments that differ most", "document", columns, texts=(0, len(columns)))
            for d in differ[:max_documents]:
                named = ", ".join(f"{name} {n}" for name, n in list(d.fields.items())[:_NAMED])
                more = ", …" if len(d.fields) > _NAMED else ""
                table.add_row(d.id, number(d.a), number(d.b), number(d.equal), rate(d.f1), named + more)
            print_table(console, table)
            print_hidden(console, len(differ) - max_documents, "document")
        print_lines(console, [*_notes(agreement), engine_line(), ""], agreement.signature)


def _whole(agreement: Agreement) -> Table:
    table = make_table("", "", ["A", "B", "equal", "F1"])
    counts = [number(x) for x in (agreement.n_a, agreement.n_b, agreement.equal)]
    table.add_row("all leaves", *counts, interval(agreement.micro))
    table.add_row("mean of documents", "", "", "", interval(agreement.macro))
    return table


def _fields(agreement: Agreement, most: int, width: int) -> Table:
    wide = width >= NARROW
    columns = ["docs", "A", "B", "equal", "F1"] if wide else ["A", "B", "equal", "F1"]
    if any(field.alpha for field in agreement.fields):
        columns += ["alpha", "units", "values"] if wide else ["alpha"]
    table = make_table("\nPer field, worst first", "field", columns)
    for field in agreement.fields[:most]:
        counts = [number(x) for x in (field.documents, field.a, field.b, field.equal)]
        cells = [*counts[not wide :], interval(field.f1) if wide else rate(field.f1.value)]
        table.add_row(field.field, *cells, *_alpha(field, wide)[: len(columns) - len(cells)])
    return table


def _alpha(field: FieldAgreement, wide: bool) -> list[str]:
    alpha = field.alpha
    if alpha is None:
        return ["", "", ""]
    shown = "undefined"
    if alpha.interval is not None:
        shown = interval(alpha.interval) if wide else rate(alpha.interval.value)
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
            f"Left out: {counted(agreement.skipped_a, 'document')} that only A has, "
            f"{agreement.skipped_b:,} only B."
        )
    if agreement.limited:
        lines.append(
            f"Limited: {counted(agreement.limited, 'document')} reached the spec's max_work: "
            "pairs may not be best."
        )
    return lines
