"""Print an evaluation as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING

from medvie_reward._core.names import counted
from medvie_reward._core.tables import Table
from medvie_reward.corpus import TITLES, Evaluation
from medvie_reward.reports._summary import summary_lines, worst_first
from medvie_reward.reports._tables import (
    NARROW,
    WIDE,
    bounds,
    hidden,
    make_table,
    number,
    open_console,
    print_lines,
    print_table,
    rate,
)
from medvie_reward.spec import FieldRule

if TYPE_CHECKING:
    from medvie_reward.statistics import Interval, Uncertainty


def print_evaluation(
    evaluation: Evaluation,
    file: IO[str],
    by: str | None = None,
    max_fields: int = 40,
    uncertainty: Uncertainty | None = None,
) -> None:
    """Print an evaluation: overall, per field (worst first), per group, rates, and the signature last.

    What is made of leaves, fields among it, is printed only where F1 was asked for.

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
    uncertainty
        Confidence intervals to print too.
    """
    with open_console(file) as console:
        for part in evaluation_parts(evaluation, by, max_fields, console.width, uncertainty):
            if isinstance(part, str):
                console.print(part, soft_wrap=True)
            else:
                print_table(console, part)
        console.print(signature_of(evaluation, uncertainty), soft_wrap=True, style="dim")


def evaluation_parts(
    evaluation: Evaluation,
    by: str | None,
    max_fields: int,
    width: int,
    uncertainty: Uncertainty | None = None,
) -> Iterator[Table | str]:
    """Return the tables of an evaluation and the lines below them, as `print_evaluation` prints them.

    Parameters
    ----------
    evaluation, by, max_fields, uncertainty
        As of `print_evaluation`.
    width
        Characters that a line holds.
    """
    yield _overall(evaluation)
    if uncertainty is not None:
        yield _intervals(uncertainty)
    if "f1" in evaluation.metrics:
        yield _fields(evaluation, max_fields, width, uncertainty)
        yield from hidden(len(evaluation.micro.fields) - max_fields, "field")
    if evaluation.groups:
        yield _groups(evaluation, by or "group", width, uncertainty)
    yield ""
    yield from (f"{label:<9} {text}" for label, text in summary_lines(evaluation))
    yield ""


def signature_of(evaluation: Evaluation, uncertainty: Uncertainty | None = None) -> str:
    """Return every choice behind what is printed."""
    drawn = "" if uncertainty is None else f"|{uncertainty.signature}"
    return f"{evaluation.signature}{drawn}"


def print_rules(rules: Sequence[FieldRule], signature: str, file: IO[str]) -> None:
    """Print which rule each field has, in the order in which fields appear, and the signature last."""
    with open_console(file) as console:
        # A narrow screen gets what tells most, so that names stay readable.
        names = ["field", "comparator", "weight", "critical", "rows", "leaves", "example", "why"]
        shown = names[:4] if console.width < NARROW else names
        texts = [n for n, name in enumerate(shown) if name not in ("weight", "leaves")]
        table = make_table("", shown[0], shown[1:], texts)
        for rule in rules:
            options = ", ".join(f"{name}={_option(value)}" for name, value in rule.options.items())
            cells = [
                rule.field,
                f"{rule.comparator}({options})" if options else rule.comparator,
                f"{rule.weight:g}",
                "yes" if rule.critical else "",
                rule.lists,
                number(rule.n),
                rule.example,
                rule.why,
            ]
            table.add_row(*cells[: len(shown)])
        print_table(console, table)
        print_lines(console, [""], signature)


def _option(value: object) -> str:
    """Write an option of a comparator, synonym sets by their names alone."""
    if isinstance(value, tuple):
        return "|".join(str(x[0]) if isinstance(x, tuple) and x else str(x) for x in value)
    return str(value)


def _overall(evaluation: Evaluation) -> Table:
    micro, macro, published = evaluation.micro, evaluation.macro, evaluation.published.asked()
    f1 = ("precision", "recall", "F1") if "f1" in evaluation.metrics else ()
    table = make_table(counted(evaluation.n, "document"), "", (*f1, *(TITLES[name] for name in published)))
    means = [*published.values()]
    if f1:
        table.add_row("micro (all leaves)", *map(rate, (micro.precision, micro.recall, micro.f1)))
        means = [macro.precision, macro.recall, macro.f1, *means]
    table.add_row("macro (mean of documents)", *map(rate, means))
    return table


def _intervals(uncertainty: Uncertainty) -> Table:
    """Build the table of figures with their intervals."""
    table = make_table("\nConfidence intervals", "", ("value", "low", "high"))
    for name, found in uncertainty.figures.items():
        table.add_row(TITLES[name], *map(rate, found))
    return table


def _bounds(found: Mapping[str, Interval] | None, name: str) -> list[str]:
    """Write an interval for a cell of its own, where there are any."""
    return [] if found is None else [bounds(found[name]) if name in found else ""]


def _fields(evaluation: Evaluation, most: int, width: int, uncertainty: Uncertainty | None) -> Table:
    """Build the table of fields; a narrower screen gets what tells most, so that names stay readable."""
    micro = evaluation.micro
    columns = {
        "gold": "n_gold", "pred": "n_pred", "correct": "correct", "wrong": "wrong", "missing": "missing",
        "halluc.": "hallucinated",
    }  # fmt: skip
    rates = ("precision", "recall", "F1")
    if width < NARROW:
        columns = {"gold": "n_gold", "wrong": "wrong", "miss.": "missing", "hall.": "hallucinated"}
        rates = ("P", "R", "F1")
    elif width >= WIDE:
        columns |= {"filled": "filled_blank", "inv.field": "invented_field", "inv.item": "invented_item"}
        columns |= {"misplaced": "misplaced"}
        columns |= {"ungrounded": "ungrounded"} if evaluation.sources else {}
    found = None if uncertainty is None else uncertainty.fields
    interval = () if found is None else ("F1 interval",)
    table = make_table("\nPer field, worst first", "field", (*columns, *rates, *interval))
    for name, s in worst_first(micro)[:most]:
        figures = s.to_dict()
        table.add_row(
            name,
            *(number(figures[column]) for column in columns.values()),
            *map(rate, (s.precision, s.recall, s.f1)),
            *_bounds(found, name),
        )
    return table


def _groups(evaluation: Evaluation, by: str, width: int, uncertainty: Uncertainty | None) -> Table:
    """Build the table of groups, by micro F1 or, without it, by the first metric asked for."""
    with_f1, published = "f1" in evaluation.metrics, list(evaluation.published.asked())
    columns = ["gold", "precision", "recall", "F1", "macro F1"] if with_f1 else []
    if published and width < NARROW:
        columns = [name for name in columns if name in ("F1", "macro F1")]
    shown = [*columns, *(TITLES[name] for name in published)]
    leading, title = ("micro_f1", "F1") if with_f1 else (published[0], TITLES[published[0]])
    found = None if uncertainty is None else {g: x[leading] for g, x in uncertainty.groups.items()}
    interval = () if found is None else (f"{title} interval",)
    table = make_table(f"\nPer {by}, worst first", by, ("documents", *shown, *interval))
    rows = []
    for name, group in evaluation.groups.items():
        s = group.micro
        cells = {
            "gold": number(s.n_gold),
            "precision": rate(s.precision),
            "recall": rate(s.recall),
            "F1": rate(s.f1),
            "macro F1": rate(group.macro.f1),
            **{TITLES[metric]: rate(x) for metric, x in group.published.asked().items()},
        }
        rank = s.f1 if with_f1 else group.published.asked()[published[0]]
        row = [number(group.n), *(cells[column] for column in shown), *_bounds(found, name)]
        rows.append((rank, name, row))
    for _, name, row in sorted(rows):
        table.add_row(name, *row)
    return table
