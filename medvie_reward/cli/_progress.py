"""How far a command is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from medvie_reward.cli._streams import say

Item = TypeVar("Item")
Advance = Callable[[int], None]

# Shorter work is done before a bar can be read.
_FEWEST: Final = 200
# Seconds between two lines where standard error is no terminal.
_EVERY: Final = 5.0


@contextlib.contextmanager
def progress(options: argparse.Namespace, what: str, total: int | None) -> Iterator[Advance]:
    """Show on standard error how far the work is.

    Without ``--progress`` or ``--no-progress``, a bar is shown on a terminal, for work of some size.

    Parameters
    ----------
    options
        The command's options.
    what
        What is done, as one word.
    total
        Number of steps, where it is known.

    Yields
    ------
    callable
        Takes the number of steps that were done since the last call.
    """
    terminal = sys.stderr.isatty()
    wanted: bool | None = getattr(options, "progress", None)
    if wanted is None:
        wanted = terminal and (total is None or total >= _FEWEST)
    if getattr(options, "quiet", False) or not wanted:
        yield lambda n: None
    elif terminal:
        with _bar(what, total) as advance:
            yield advance
    else:
        with _lines(f"{getattr(options, 'program', 'medvie')}: {what}", total) as advance:
            yield advance


def each(items: Iterable[Item], advance: Advance) -> Iterator[Item]:
    """Yield items, one step each."""
    for item in items:
        yield item
        advance(1)


@contextlib.contextmanager
def _bar(what: str, total: int | None) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda n: bar.advance(task, n)


@contextlib.contextmanager
def _lines(what: str, total: int | None) -> Iterator[Advance]:
    done, last = 0, time.monotonic()
    of = "" if total is None else f" of {total:,}"

    def advance(n: int) -> None:
        nonlocal done, last
        done += n
        if time.monotonic() - last >= _EVERY:
            last = time.monotonic()
            say(f"{what} {done:,}{of}")

    yield advance
    say(f"{what} {done:,}{of}, done")
