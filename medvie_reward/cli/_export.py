"""What ``medvie-score`` writes besides tables and JSON: ``--csv`` and ``--markdown``."""

from __future__ import annotations

import argparse
import contextlib
from typing import TYPE_CHECKING, Final

from medvie_reward.cli._parser import OutputFile

if TYPE_CHECKING:
    from medvie_reward.corpus import Evaluation, NewFile
    from medvie_reward.statistics import Uncertainty

_KINDS: Final = ("csv", "markdown")


def add_export_arguments(out: argparse._ArgumentGroup) -> None:
    """Add ``--csv`` and ``--markdown``."""
    out.add_argument(
        "--csv",
        action=OutputFile,
        metavar="FILE",
        help="write a row per document as CSV; - prints it instead of tables",
    )
    out.add_argument(
        "--markdown",
        action=OutputFile,
        metavar="FILE",
        help="write the tables as GitHub Markdown; - prints it instead of tables",
    )


def open_exports(options: argparse.Namespace, stack: contextlib.ExitStack) -> dict[str, NewFile]:
    """Open the files that were asked for."""
    from medvie_reward.corpus import NewFile

    named = {kind: getattr(options, kind) for kind in _KINDS}
    return {
        kind: stack.enter_context(NewFile(name)) for kind, name in named.items() if name not in (None, "-")
    }


def write_exports(
    files: dict[str, NewFile],
    evaluation: Evaluation,
    uncertainty: Uncertainty | None,
    options: argparse.Namespace,
) -> None:
    """Write each file."""
    for kind, file in files.items():
        file.write_text(_export(kind, evaluation, uncertainty, options))


def printed_export(
    evaluation: Evaluation, uncertainty: Uncertainty | None, options: argparse.Namespace
) -> str | None:
    """Return what is printed instead of tables, where one of them is asked for."""
    for kind in _KINDS:
        if getattr(options, kind) == "-":
            return _export(kind, evaluation, uncertainty, options)
    return None


def _export(
    kind: str, evaluation: Evaluation, uncertainty: Uncertainty | None, options: argparse.Namespace
) -> str:
    if kind == "csv":
        from medvie_reward.corpus import document_records, write_csv

        return write_csv(document_records(evaluation))
    from medvie_reward.reports import markdown_report

    return markdown_report(evaluation, options.by, options.fields, uncertainty)
