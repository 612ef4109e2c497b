"""Work in processes of this machine, chunk by chunk, with results in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK: Final = 64


def in_processes(
    items: Iterator[Item], work: Callable[[list[Item]], Result], workers: int, size: int | None = None
) -> Iterator[Result]:
    """Return what comes of chunks of items, in order, with only so many chunks under way.

    Parameters
    ----------
    items
        The items; taken as there is room for them.
    work
        What is done with a chunk; it must pickle.
    workers
        Number of processes.
    size
        Items per chunk, 64 if not given; fewer for slow items.
    """
    from collections import deque
    from concurrent.futures import Future, ProcessPoolExecutor

    with ProcessPoolExecutor(workers, initializer=_begin) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            while True:
                chunk = list(islice(items, size or _CHUNK))
                if chunk:
                    waiting.append(pool.submit(work, chunk))
                if not waiting:
                    return
                if not chunk or len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _begin() -> None:
    """Prepare a worker."""
    import gc
    import signal

    # Ctrl-C reaches the whole process group; only the parent answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # what was there before the work is not looked through for garbage again and again
