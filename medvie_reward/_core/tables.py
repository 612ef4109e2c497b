"""A table of texts, apart from where it is shown: a terminal, Markdown or HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from medvie_reward._core.names import counted


@dataclass
class Table:
    """A title, names of columns, and rows of texts.

    Attributes
    ----------
    title
        What stands above it; may be empty.
    columns
        Names of the columns.
    texts
        Positions of the columns that hold names and other texts; all others hold numbers.
    rows
        As many texts each as there are columns.
    """

    title: str
    columns: tuple[str, ...]
    texts: frozenset[int] = frozenset({0})
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add_row(self, *cells: str) -> None:
        """Add a row; cells that are left out at its end are empty.

        Raises
        ------
        ValueError
            If there are more cells than columns.
        """
        left = len(self.columns) - len(cells)
        if left < 0:
            raise ValueError(f"expected {counted(len(self.columns), 'cell')}, got {len(cells):,}")
        self.rows.append((*cells, *[""] * left))

    def to_html(self) -> str:
        """Return an HTML table without styles of its own, in which every text stays text."""
        caption = f"<caption>{escape(self.title.strip())}</caption>" if self.title.strip() else ""
        head = "".join(
            f'<th scope="col"{self._align(n)}>{escape(name)}</th>' for n, name in enumerate(self.columns)
        )
        body = "".join(
            "<tr>"
            + "".join(f"<td{self._align(n)}>{escape(cell)}</td>" for n, cell in enumerate(row))
            + "</tr>"
            for row in self.rows
        )
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _align(self, column: int) -> str:
        return "" if column in self.texts else ' align="right"'


def html_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], texts: Iterable[int] = (0,)
) -> str:
    """Return a table of any values as HTML; floats have four decimals."""
    table = Table(title, tuple(columns), frozenset(texts))
    for row in rows:
        table.add_row(*(f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in row))
    return table.to_html()
