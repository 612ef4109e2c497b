"""What the tables of all commands share: where they are printed, how they look, how numbers are written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import IO, TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table as RichTable

from medvie_reward._core.names import counted
from medvie_reward._core.tables import Table
from medvie_reward.alignment import ENGINE

if TYPE_CHECKING:
    from medvie_reward.statistics import Interval

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


def make_table(title: str, first: str, columns: Sequence[str], texts: Sequence[int] = (0,)) -> Table:
    """Build an empty table: a column of names, then columns of numbers, but for those in ``texts``."""
    return Table(title, (first, *columns), frozenset(texts))


def print_table(console: Console, table: Table) -> None:
    """Print a table."""
    made = RichTable(
        title=table.title or None, title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    for n, name in enumerate(table.columns):
        if n in table.texts:
            made.add_column(name, overflow="fold")
        else:
            made.add_column(name, justify="right", no_wrap=True)
    for row in table.rows:
        made.add_row(*row)
    console.print(made)


def print_title(console: Console, title: str) -> None:
    """Print the title of a table that may be too narrow for it."""
    console.print(f"\n{title}", style="bold", soft_wrap=True)


def engine_line() -> str:
    """Say what did the alignment."""
    return f"Engine: {ENGINE}."


def print_lines(console: Console, lines: Iterable[str], signature: str) -> None:
    """Print the lines below the tables and, last of all, the signature."""
    for line in lines:
        console.print(line, soft_wrap=True)
    console.print(signature, soft_wrap=True, style="dim")


def hidden(n: int, what: str) -> list[str]:
    """Return the line that says how many rows are left out; nothing if none are."""
    return [f"… and {counted(n, f'more {what}')}"] if n > 0 else []


def print_hidden(console: Console, n: int, what: str) -> None:
    """Print how many rows are left out, if any are."""
    for line in hidden(n, what):
        console.print(line)


def number(x: Any) -> str:
    """Write a count."""
    return f"{x:,}" if isinstance(x, int) else f"{x:,.2f}"


def rate(x: float) -> str:
    """Write a share."""
    return f"{x:.4f}"


def bounds(found: Interval) -> str:
    """Write the ends of an interval."""
    return f"[{found.low:.4f}, {found.high:.4f}]"


def interval(found: Interval) -> str:
    """Write a value and its interval."""
    return f"{found.value:.4f} {bounds(found)}"


def signed_interval(found: Interval) -> str:
    """Write a difference and its interval."""
    return f"{found.value:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"
