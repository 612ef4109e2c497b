"""What the tables of all verbs share: where they are printed, how they look, how numbers are written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import IO, Any, Final

from rich.console import Console
from rich.table import Table

# Where output goes to a file or a pipe there is no width to fit, and cutting names would lose them.
_UNBOUND: Final = 240
NARROW: Final = 100
"""Below this width tables leave out columns."""
WIDE: Final = 160
"""From this width on they have all there are."""


@contextlib.contextmanager
def open_console(file: IO[str]) -> Iterator[Console]:
    """Return a console that writes to a file, without padding where that is no terminal."""
    terminal = file.isatty()
    buffer = StringIO()
    # Names and values are printed as they are: they are no markup.
    console = Console(
        file=file if terminal else buffer,
        highlight=False,
        markup=False,
        emoji=False,
        width=None if terminal else _UNBOUND,
    )
    yield console
    if not terminal:
        # Columns are padded to their width, which only a screen needs.
        file.writelines(line.rstrip() + "\n" for line in buffer.getvalue().split("\n")[:-1])


def make_table(title: str, first: str, columns: Sequence[str]) -> Table:
    """Build an empty table: a column of names, then columns of figures."""
    table = Table(title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column(first, overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def number(x: Any) -> str:
    """Write a count."""
    return f"{x:,}" if isinstance(x, int) else f"{x:,.2f}"


def rate(x: float) -> str:
    """Write a share."""
    return f"{x:.4f}"
