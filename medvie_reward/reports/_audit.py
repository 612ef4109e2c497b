"""Show an audit of a reward: as a table for the terminal, in Markdown, in one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from itertools import groupby
from typing import IO, Final

from medvie_reward._core.names import counted
from medvie_reward._core.tables import Table
from medvie_reward._version import __version__
from medvie_reward.audits import Audit, Verdict
from medvie_reward.reports._html import FOLDER, digest, environment
from medvie_reward.reports._markdown import escape, table_lines
from medvie_reward.reports._tables import (
    NARROW,
    make_table,
    open_console,
    print_lines,
    print_table,
)

_COLUMNS: Final = ("family", "honest", "attacked", "verdict", "rule, and what was found")
_NARROW_COLUMNS: Final = _COLUMNS[:-1]


def print_audit(audit: Audit, file: IO[str]) -> None:
    """Print an audit: what failed in full, then one line an attack.

    Parameters
    ----------
    audit
        What to print.
    file
        Where to.
    """
    with open_console(file) as console:
        console.print(_title(audit), style="bold", soft_wrap=True)
        for line in [*_scale(audit), ""]:
            console.print(line, soft_wrap=True)
        print_table(console, _table(audit.verdicts, console.width >= NARROW))
        for verdict in audit.failures:
            console.print(f"\nFAIL {verdict.family}/{verdict.attack}", style="bold", soft_wrap=True)
            for line in _details(verdict):
                console.print(f"  {line}", soft_wrap=True)
        print_lines(console, ["", *_notes(audit)], audit.spec or audit.reward)


def audit_text(audit: Audit) -> str:
    """Return what ``medvie audit`` prints."""
    file = StringIO()
    print_audit(audit, file)
    return file.getvalue().rstrip("\n")


def audit_markdown(audit: Audit) -> str:
    """Write an audit as GitHub Markdown: the table, what failed, how it was counted."""
    lines = [f"**{escape(_title(audit))}**", "", *(f"{escape(line)}" for line in _scale(audit)), ""]
    lines += table_lines(_table(audit.verdicts, True))
    for verdict in audit.failures:
        lines += ["", f"**FAIL {verdict.family}/{verdict.attack}**", ""]
        lines += [f"- {escape(line)}" for line in _details(verdict)]
    lines += ["", *(f"- {escape(line)}" for line in _notes(audit))]
    return "\n".join(lines) + "\n"


def audit_html(audit: Audit) -> str:
    """Write an audit as one HTML file without scripts, which loads nothing."""
    from markupsafe import Markup

    style = FOLDER.joinpath("report.css").read_text(encoding="utf-8")
    made: str = (
        environment()
        .get_template("audit.html.j2")
        .render(
            policy=f"default-src 'none'; style-src '{digest(style)}'; base-uri 'none'; form-action 'none'",
            style=Markup(style),
            version=__version__,
            title=_title(audit),
            audit=audit,
            counts=audit.counts,
            scale=_scale(audit),
            notes=_notes(audit),
            details=[(verdict, _details(verdict)) for verdict in audit.failures],
            families=[(name, list(found)) for name, found in groupby(audit.verdicts, lambda one: one.family)],
            found=_found,
        )
    )
    return made


def _title(audit: Audit) -> str:
    counts = ", ".join(f"{n} {kind}" for kind, n in audit.counts.items() if n or kind != "not applicable")
    return f"Audit of {audit.reward} on {counted(audit.documents, 'document')}: {counts}"


def _scale(audit: Audit) -> list[str]:
    how = (
        f"Called as {audit.signature}, gold documents as {audit.gold_as}, completions in the form "
        f"{audit.form}; {audit.calls:,} calls."
    )
    if audit.useless is None or audit.gold is None:
        return [how, "No gold document earns more than a well-formed answer without a right value."]
    return [
        how,
        f"Range: a well-formed answer without a right value earns {audit.useless:.4f}, the gold document "
        f"{audit.gold:.4f} (means).",
    ]


def _table(verdicts: Sequence[Verdict], wide: bool) -> Table:
    columns = _COLUMNS if wide else _NARROW_COLUMNS
    table = make_table("", "attack", columns, texts=(0, 1, 4, 5))
    for one in verdicts:
        table.add_row(
            *(one.attack, one.family, one.honest, one.attacked, one.verdict, _found(one))[: len(columns) + 1]
        )
    return table


def _found(verdict: Verdict) -> str:
    """Return the rule, or why it does not apply."""
    return verdict.reason if verdict.verdict == "not applicable" else verdict.rule


def _details(verdict: Verdict) -> list[str]:
    lines = [verdict.says, f"Rule: {verdict.rule}."]
    if verdict.share is not None and verdict.honest_share is not None:
        lines.append(
            f"Mean of {counted(verdict.documents, 'document')}: honest {verdict.honest}, "
            f"attacked {verdict.attacked} ({verdict.honest_share:.3f} and {verdict.share:.3f} of the range)."
        )
    if verdict.reason:
        lines.append(f"Found: {verdict.reason}.")
    if verdict.worst_honest is not None and verdict.worst_attacked is not None:
        lines.append(
            f"Worst: {verdict.worst}, honest {verdict.worst_honest:.4f}, "
            f"attacked {verdict.worst_attacked:.4f}."
        )
    elif verdict.worst:
        lines.append(f"Worst: {verdict.worst}.")
    if verdict.completion:
        lines.append(f"Completion: {verdict.completion}")
    return lines


def _notes(audit: Audit) -> list[str]:
    return [
        "Rewards are means over documents. A rule is about shares of a document's range, from an answer "
        "without a right value (0) to the gold document (1); it fails where the mean over the documents "
        "breaks it.",
        "Honest: the gold document, or what the attack is compared with. Attacked: the worst of the attack's "
        "completions. In the families time, faults and state: processor times, and calls out of all.",
    ]
