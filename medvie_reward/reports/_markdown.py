"""The tables of an evaluation as GitHub Markdown, to be pasted into a pull request or a README."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from medvie_reward._core.tables import Table
from medvie_reward.corpus import Evaluation
from medvie_reward.reports._evaluation_report import evaluation_parts, signature_of
from medvie_reward.reports._tables import WIDE
from medvie_reward.statistics import Uncertainty

# What Markdown or HTML would read as more than itself, wherever it stands: a backslash before it is enough.
# List marks and underscores within words mean nothing, and names with them stay readable.
_SPECIAL: Final = re.compile(r"[\\`*<>&|~$]|(?<![^\W_])_|_(?![^\W_])|\[(?!\](?![(\[:]))|\](?=[(\[:])")


def markdown_report(
    evaluation: Evaluation,
    by: str | None = None,
    max_fields: int = 40,
    uncertainty: Uncertainty | None = None,
) -> str:
    """Write what `medvie-score` prints as GitHub Markdown: tables, the sentences below them, the signature.

    Parameters
    ----------
    evaluation
        What to write.
    by
        Name of the row member that the groups are values of.
    max_fields
        How many fields to show; how many are left out is said.
    uncertainty
        Confidence intervals to write too.
    """
    blocks: list[str] = []
    lines: list[str] = []
    for part in evaluation_parts(evaluation, by, max_fields, WIDE, uncertainty):
        if isinstance(part, Table):
            blocks.append("\n".join(table_lines(part)))
        elif part:
            lines.append(f"- {escape(' '.join(part.split()))}")
    signature = f"```\n{signature_of(evaluation, uncertainty)}\n```"
    return "\n\n".join([*blocks, "\n".join(lines), signature]) + "\n"


def escape(text: str) -> str:
    r"""Write a text so that GitHub shows it as it is, in a cell of a table too.

    Signs of Markdown get a backslash, line breaks become ``<br>``.
    """
    return "<br>".join(_SPECIAL.sub(r"\\\g<0>", line) for line in text.splitlines())


def table_lines(table: Table) -> Iterator[str]:
    """Write a table, its title above it."""
    title = table.title.strip()
    if title:
        yield f"**{escape(title)}**"
        yield ""
    yield _row(table.columns)
    yield "|" + "|".join("---" if n in table.texts else "---:" for n in range(len(table.columns))) + "|"
    yield from map(_row, table.rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(escape, cells)) + " |"
