"""A clock for calls on fresh objects, and child processes that can be given up on."""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

START_PATIENCE: Final = 120.0
"""Seconds that a child process gets for its imports."""


def clock(run: Callable[[], object]) -> float:
    """Give the seconds of processor time that one call takes on this thread."""
    begun = time.thread_time()
    run()
    return time.thread_time() - begun


def least(make: Callable[[], Callable[[], object]], repeats: int) -> float:
    """Give the least seconds of so many calls, each on objects of its own, with the collector off."""
    gc.collect()
    gc.disable()
    try:
        return min(clock(make()) for _ in range(repeats))
    finally:
        gc.enable()


class GaveUp(Exception):
    """A child process did not answer in time."""


def answers_of(
    target: Callable[..., None], args: tuple[Any, ...], patience: float, count: int
) -> Iterator[Any]:
    """Run a function in a process of its own and give its answers as they come.

    Parameters
    ----------
    target
        Called with a pipe and the arguments; it sends "ready" and then its answers.
    args
        Its further arguments.
    patience
        Seconds that each answer may take.
    count
        How many answers are taken. Whoever has enough takes no more; the process is ended then.

    Raises
    ------
    GaveUp
        If an answer took longer.
    RuntimeError
        If the function broke off.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=target, args=(there, *args), daemon=True)
    child.start()
    there.close()
    try:
        for taken in range(1 + count):
            if not here.poll(patience if taken else START_PATIENCE):
                raise GaveUp
            answer = here.recv()
            if taken:
                yield answer
    except EOFError:
        raise RuntimeError(f"{target.__name__}{args} broke off, see the traceback above") from None
    finally:
        child.terminate()
        child.join()
        here.close()
