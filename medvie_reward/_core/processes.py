"""Work in processes of this machine, chunk by chunk, with results in order.

A worker ends with its parent, however the parent ends, and a worker that is killed is a named error. The
pools of the standard library promise neither: their workers share a queue, so that one that is killed can
leave it locked, and they outlive a parent that is killed. Here each worker has a pipe of its own. It ends
when the pipe closes, and the parent sees at once when a worker has gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from medvie_reward.errors import WorkerError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK: Final = 64
# Chunks that a worker holds: the one it works on and the next, so that it never waits for the parent.
_HELD: Final = 2
# How often a worker looks whether its parent is still there, in seconds, besides reading from the pipe.
_LOOK: Final = 1.0
# Signals that end a program unless it does something about them.
_ENDING: Final = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
# How long a signal sent to all processes at once may take from a worker to its parent, in seconds.
_SIGNAL: Final = 0.2


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

    Raises
    ------
    WorkerError
        If a process ends before its work is done. What ``work`` raises is raised here too.
    """
    chunks = iter(lambda: list(islice(items, size or _CHUNK)), [])
    pool: _Pool[Item, Result] = _Pool(work)
    try:
        pool.start(workers)
        under_way: deque[_Pending[Result]] = deque()  # in the order of the chunks
        more = True
        while True:
            while more and len(under_way) <= 2 * workers and (worker := pool.free()) is not None:
                chunk = next(chunks, None)
                if chunk is None:
                    more = False
                else:
                    under_way.append(worker.take(chunk))
            if not under_way:
                break
            if under_way[0].known:
                yield under_way.popleft().take()
            else:
                pool.wait()
        pool.dismiss()
    finally:
        pool.stop()


class _Pending(Generic[Result]):
    """Where the result of a chunk will be, or the error that its work raised."""

    __slots__ = ("error", "known", "result")

    def __init__(self) -> None:
        self.known = False
        self.result: Result
        self.error: Exception | None = None

    def take(self) -> Result:
        """Return the result, or raise the error."""
        if self.error is not None:
            raise self.error
        return self.result


class _Worker(Generic[Item, Result]):
    """A process, as its parent sees it."""

    def __init__(self, process: BaseProcess, pipe: Connection) -> None:
        self.process = process
        self.pipe = pipe
        self.promised: deque[_Pending[Result]] = deque()

    def take(self, chunk: list[Item]) -> _Pending[Result]:
        """Send a chunk, and return the place of its result."""
        try:
            self.pipe.send(chunk)
        except OSError:
            raise self.death() from None
        self.promised.append(_Pending())
        return self.promised[-1]

    def receive(self) -> None:
        """Put one result into its place."""
        try:
            done, found = self.pipe.recv()
        except (EOFError, OSError):  # the latter in the middle of a result
            raise self.death() from None
        place = self.promised.popleft()
        if done:
            place.result = found
        else:
            place.error = found
        place.known = True

    def death(self) -> WorkerError:
        """Say how the process ended."""
        # Where a signal went to all processes, the parent's own ends the run before this error can.
        time.sleep(_SIGNAL)
        self.process.join(1)
        code = self.process.exitcode or 0
        names = {int(one): one.name for one in signal.Signals}
        how = f"was killed ({names.get(-code, -code)})" if code < 0 else f"ended (exit code {code})"
        return WorkerError(
            f"a worker process {how} before its work was done, perhaps for want of memory: "
            "expected more memory, or fewer --workers"
        )


class _Pool(Generic[Item, Result]):
    """Some workers, which end with this process."""

    def __init__(self, work: Callable[[list[Item]], Result]) -> None:
        self._work = work
        self._workers: list[_Worker[Item, Result]] = []
        self._idle = False

    def start(self, n: int) -> None:
        """Start the workers."""
        import multiprocessing

        context = multiprocessing.get_context()
        # Workers ignore Ctrl-C, which reaches the whole process group: only the parent answers it. Until they
        # have come to say so, the signal waits.
        with _interrupts_wait():
            for _ in range(n):
                ours, theirs = context.Pipe()
                # A forked worker holds copies of the other pipes' ends, which would keep them open.
                inherited = [worker.pipe for worker in self._workers] + [ours]
                forked = context.get_start_method() == "fork"
                process = context.Process(
                    target=_serve, args=(theirs, self._work, inherited if forked else ()), daemon=True
                )
                try:
                    process.start()
                except OSError as error:
                    raise WorkerError(f"cannot start a worker process: {error.strerror or error}") from None
                finally:
                    theirs.close()
                self._workers.append(_Worker(process, ours))

    def free(self) -> _Worker[Item, Result] | None:
        """Return the worker with the least to do, where one has room."""
        worker = min(self._workers, key=lambda worker: len(worker.promised))
        return worker if len(worker.promised) < _HELD else None

    def wait(self) -> None:
        """Wait for results, and put them into their places."""
        from multiprocessing.connection import wait

        pipes: dict[Any, _Worker[Item, Result]] = {worker.pipe: worker for worker in self._workers}
        # A process that has ended is seen even where something else still holds its end of the pipe.
        ends: dict[Any, _Worker[Item, Result]] = {worker.process.sentinel: worker for worker in self._workers}
        ready = wait([*pipes, *ends])
        for one in ready:
            if one in pipes:
                pipes[one].receive()
            elif not ends[one].pipe.poll():
                raise ends[one].death()

    def dismiss(self) -> None:
        """Let the workers go, now that their work is done."""
        for worker in self._workers:
            with contextlib.suppress(OSError):
                worker.pipe.send(None)
        self._idle = True

    def stop(self) -> None:
        """End all workers: at once, where they were not dismissed."""
        for worker in self._workers:
            if not self._idle:
                worker.process.kill()
        for worker in self._workers:
            worker.pipe.close()
            worker.process.join()


@contextlib.contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Hold Ctrl-C back, in this thread and the processes that it starts."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(
    pipe: Connection, work: Callable[[list[Item]], Result], inherited: Sequence[Connection] = ()
) -> None:
    """Work in a worker until there is no more."""
    import gc
    import queue

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for one in _ENDING - {signal.SIGINT}:
        if signal.getsignal(one) is not signal.SIG_IGN:  # what nohup ignores stays ignored
            signal.signal(one, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    for other in inherited:
        other.close()
    gc.freeze()  # what was there before the work is not looked through for garbage again and again
    chunks: queue.SimpleQueue[list[Item] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, chunks, os.getppid()), daemon=True).start()
    while (chunk := chunks.get()) is not None:
        try:
            answer: tuple[bool, Any] = True, work(chunk)
        except Exception as error:  # noqa: BLE001 - the parent raises it
            answer = False, error
        try:
            pipe.send(answer)
        except OSError:
            os._exit(1)
        except Exception as error:  # noqa: BLE001 - something that does not pickle
            pipe.send((False, WorkerError(f"a worker's result cannot be sent: {error}")))


def _listen(pipe: Connection, chunks: Any, parent: int) -> None:
    """Take in chunks, and end this process when its parent has gone, whatever it is doing."""
    try:
        while True:
            while not pipe.poll(_LOOK):
                if os.getppid() != parent:
                    os._exit(1)
            chunk = pipe.recv()
            chunks.put(chunk)
            if chunk is None:
                return
    except (EOFError, OSError):
        os._exit(1)
