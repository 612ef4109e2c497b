"""Processes of this machine, as tests of commands look at them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PROC = Path("/proc")


def _stats() -> Iterator[tuple[int, str, int, int]]:
    """Give id, state, parent and session of every process."""
    for file in PROC.glob("[0-9]*/stat"):
        try:
            fields = file.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        yield int(file.parent.name), fields[0], int(fields[1]), int(fields[3])


def children_of(parent: int) -> list[int]:
    """Return the living children of a process."""
    return [pid for pid, state, of, _ in _stats() if of == parent and state != "Z"]


def session_of(leader: int) -> list[int]:
    """Return the living processes of a session."""
    return [pid for pid, state, _, session in _stats() if session == leader and state != "Z"]


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait for something to become true, and return whether it did."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def environment(*folders: Path) -> dict[str, str]:
    """Return this environment with some folders first where Python looks for modules."""
    paths = [*map(str, folders), os.environ.get("PYTHONPATH", str(Path(__file__).parents[2]))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
