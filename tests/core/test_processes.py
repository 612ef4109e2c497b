"""Work in processes: in order, with the errors of the work, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.live import PROC, children_of, environment, session_of, wait_until

from medvie_reward._core.processes import in_processes
from medvie_reward.errors import InputError, WorkerError


def double(chunk: list[int]) -> list[int]:
    return [2 * n for n in chunk]


def double_slowly(chunk: list[int]) -> list[int]:
    time.sleep(0.02 * (chunk[0] % 3))
    return double(chunk)


def refuse_from_5(chunk: list[int]) -> list[int]:
    if chunk[-1] >= 5:
        raise InputError("not a number that we take", "numbers", chunk[-1])
    time.sleep(0.05)
    return chunk


def refuse_with_a_function(chunk: list[int]) -> Any:
    return lambda: chunk


def end_at_3(chunk: list[int]) -> list[int]:
    if 3 in chunk:
        os.kill(os.getpid(), signal.SIGKILL)
    return chunk


def leave_at_3(chunk: list[int]) -> list[int]:
    if 3 in chunk:
        os._exit(7)
    return chunk


def big(chunk: list[bytes]) -> list[bytes]:
    return [bytes(reversed(x)) for x in chunk]


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 3, None])
@pytest.mark.parametrize("n", [0, 1, 7, 100])
def test_results_are_in_order(workers: int, size: int | None, n: int) -> None:
    """All results come, in the order of the items, whoever is done first."""
    found = [x for part in in_processes(iter(range(n)), double_slowly, workers, size) for x in part]
    assert found == [2 * x for x in range(n)]


def test_chunks_larger_than_a_pipe_holds() -> None:
    """Neither side waits for the other when what goes to and fro fills the pipes."""
    items = [bytes([n]) * 300_000 + b"\0" for n in range(12)]
    found = [x for part in in_processes(iter(items), big, 2, 2) for x in part]
    assert found == [bytes(reversed(x)) for x in items]


def test_an_error_comes_in_its_turn() -> None:
    """What the work raises is raised here, behind the results before it, with all that it says."""
    found: list[int] = []
    with pytest.raises(InputError) as caught:
        found.extend(x for part in in_processes(iter(range(20)), refuse_from_5, 2, 1) for x in part)
    assert found == [0, 1, 2, 3, 4]
    assert (caught.value.file, caught.value.line) == ("numbers", 5)


def test_a_result_that_does_not_pickle() -> None:
    """It is a named error."""
    with pytest.raises(WorkerError, match="a worker's result cannot be sent: "):
        list(in_processes(iter(range(3)), refuse_with_a_function, 1))


@pytest.mark.parametrize(
    ("work", "how"), [(end_at_3, r"was killed \(SIGKILL\)"), (leave_at_3, r"ended \(exit code 7\)")]
)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_ends(work: Any, how: str, workers: int) -> None:
    """A worker that ends before its work is done is a named error, and the others end too."""
    with pytest.raises(WorkerError, match=f"^a worker process {how} before its work was done"):
        list(in_processes(iter(range(100)), work, workers, 1))
    assert children_of(os.getpid()) == []


def test_items_that_raise() -> None:
    """An error of the items ends the workers."""

    def items() -> Iterator[int]:
        yield from range(70)
        raise ValueError("no more")

    with pytest.raises(ValueError, match=r"^no more$"):
        list(in_processes(items(), double, 2))
    assert children_of(os.getpid()) == []


def test_left_in_the_middle() -> None:
    """Who takes no more results leaves no worker behind."""
    results = in_processes(iter(range(10_000)), double, 2, 1)
    assert next(results) == [0]
    results.close()  # type: ignore[attr-defined]
    assert children_of(os.getpid()) == []


PARENT = """\
import sys, time
from medvie_reward._core.processes import in_processes
from {module} import work

if __name__ == "__main__":
    import multiprocessing
    multiprocessing.set_start_method({method!r})
    for n, _ in enumerate(in_processes(iter(range(10 ** 9)), work, 2, 1)):
        if n == 4:
            print("working", flush=True)
"""
WORK = """\
import time
def work(chunk):
    end = time.monotonic() + {seconds}
    while time.monotonic() < end:
        pass
    return chunk
"""


@pytest.mark.skipif(not PROC.is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_their_parent(tmp_path: Path, method: str, ending: signal.Signals) -> None:
    """They end when the parent is killed, also in the middle of a long chunk."""
    (tmp_path / "busy.py").write_text(WORK.format(seconds=0.05))
    (tmp_path / "parent.py").write_text(PARENT.format(module="busy", method=method))
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py")],
        stdout=subprocess.PIPE,
        env=environment(tmp_path),
        start_new_session=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"working\n"
    assert len(session_of(parent.pid)) >= 3
    parent.send_signal(ending)
    parent.wait()
    assert wait_until(lambda: session_of(parent.pid) == [])
    parent.stdout.close()
