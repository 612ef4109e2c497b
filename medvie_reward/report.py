"""An evaluation -> tables that people read."""

from __future__ import annotations

from io import StringIO
from typing import IO, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from medvie_reward.alignment import KINDS
from medvie_reward.corpus import Evaluation
from medvie_reward.metrics import Scores

# Where output goes to a file or a pipe there is no width to fit, and cutting names would lose them.
_UNBOUND = 240
_NARROW = 100


def print_evaluation(
    evaluation: Evaluation, file: IO[str], by: str | None = None, max_fields: int = 40
) -> None:
    """Print an evaluation: overall, per field (worst first), per group, rates, and the signature last.

    Parameters
    ----------
    evaluation
        What to print.
    file
        Where to.
    by
        Name of the row member that the groups are values of.
    max_fields
        How many fields to show; how many are left out is said.
    """
    terminal = file.isatty()
    console = Console(
        file=file if terminal else StringIO(), highlight=False, width=None if terminal else _UNBOUND
    )
    console.print(_overall(evaluation))
    console.print(_fields(evaluation.micro, max_fields, narrow=console.width < _NARROW))
    hidden = len(evaluation.micro.fields) - max_fields
    if hidden > 0:
        console.print(f"… and {hidden:,} more field{'s' * (hidden != 1)}")
    if evaluation.groups:
        console.print(_groups(evaluation, by or "group"))
    for line in _lines(evaluation):
        console.print(escape(line), soft_wrap=True)
    console.print(escape(evaluation.signature), soft_wrap=True, style="dim")
    if isinstance(console.file, StringIO):
        # Columns are padded to their width, which only a screen needs.
        file.writelines(line.rstrip() + "\n" for line in console.file.getvalue().splitlines())


def _table(title: str, first: str, columns: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column(first, overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _overall(evaluation: Evaluation) -> Table:
    n = len(evaluation.documents)
    table = _table(f"{n:,} document{'s' * (n != 1)}", "", ("precision", "recall", "F1"))
    micro, macro = evaluation.micro, evaluation.macro
    table.add_row("micro (all leaves)", *map(_rate, (micro.precision, micro.recall, micro.f1)))
    table.add_row("macro (mean of documents)", *map(_rate, (macro.precision, macro.recall, macro.f1)))
    return table


def _fields(micro: Scores, most: int, narrow: bool) -> Table:
    """Make the table of fields; a narrow screen gets what tells most, so that names stay readable."""
    counts: tuple[str, ...] = ("gold", "pred", "correct", "wrong", "missing", "halluc.")
    rates = ("precision", "recall", "F1")
    if narrow:
        counts, rates = ("gold", "wrong", "miss.", "hall."), ("P", "R", "F1")
    table = _table("\nPer field, worst first", "field", counts + rates)
    worst = sorted(micro.fields.items(), key=lambda item: (item[1].f1, -item[1].n_gold, item[0]))
    for name, s in worst[:most]:
        figures: tuple[float, ...] = (s.n_gold, s.n_pred, s.correct, s.wrong, s.missing, s.hallucinated)
        if narrow:
            figures = (s.n_gold, s.wrong, s.missing, s.hallucinated)
        table.add_row(escape(name), *map(_number, figures), *map(_rate, (s.precision, s.recall, s.f1)))
    return table


def _groups(evaluation: Evaluation, by: str) -> Table:
    names = ("documents", "gold", "precision", "recall", "F1", "macro F1")
    table = _table(f"\nPer {escape(by)}, worst first", escape(by), names)
    for name, group in sorted(evaluation.groups.items(), key=lambda item: (item[1].micro.f1, item[0])):
        s = group.micro
        figures = (s.precision, s.recall, s.f1, group.macro.f1)
        counts = (_number(len(group.documents)), _number(s.n_gold))
        table.add_row(escape(name), *counts, *map(_rate, figures))
    return table


def _lines(evaluation: Evaluation) -> list[str]:
    s = evaluation.micro
    kinds = ", ".join(f"{_number(getattr(s.counts, kind))} {kind}" for kind in KINDS)
    lines = [
        "",
        f"Leaves    {_number(s.n_gold)} gold, {_number(s.n_pred)} predicted: "
        f"{_number(s.correct)} correct, {_number(s.wrong)} wrong, {_number(s.missing)} missing, "
        f"{_number(s.hallucinated)} hallucinated ({kinds})",
        f"Misplaced {_number(s.counts.misplaced)} of the wrong and hallucinated hold a value "
        "that the gold has elsewhere",
        f"Rates     {_rate(s.hallucination_rate)} of predicted leaves hallucinated, "
        f"{_rate(s.omission_rate)} of gold leaves omitted",
        f"Answers   {_rate(evaluation.parse_rate)} found ("
        + ", ".join(f"{k:,} {status}" for status, k in evaluation.statuses.items())
        + ")",
    ]
    if evaluation.format_rate is not None:
        lines.append(f"Format    {_rate(evaluation.format_rate)} of completions well formed")
    if evaluation.missing or evaluation.extra:
        lines.append(
            f"Unmatched {evaluation.missing:,} golds without a prediction, "
            f"{evaluation.extra:,} predictions without a gold (left out)"
        )
    limited = sum(document.limited for document in evaluation.documents)
    if limited:
        lines.append(
            f"Limited   {limited:,} documents reached the spec's max_pairs: their pairs may not be best"
        )
    lines.append("")
    return lines


def _number(x: Any) -> str:
    return f"{x:,}" if isinstance(x, int) else f"{x:,.2f}"


def _rate(x: float) -> str:
    return f"{x:.4f}"
