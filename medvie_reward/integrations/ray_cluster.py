"""A Ray cluster in place of processes: lines go out in chunks, rows come back in order.

The same tally as everywhere adds the rows up, so that the output is the same bytes. Ray repeats what a dead
worker had begun; a chunk counts once, when it is whole.
"""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import socket
from collections import deque
from collections.abc import Generator, Iterator
from importlib import import_module
from itertools import islice
from typing import Any, Final

from medvie_reward._version import __version__
from medvie_reward.corpus import Lines, Scored, ScoringOptions, Spread, score_chunk
from medvie_reward.errors import ClusterError, InputError, MedvieError

_CHUNK: Final = 256
_RETRIES: Final = 3
_PATIENCE: Final = 10.0
"""Seconds that a cluster gets to answer at all."""


def check_installed() -> Any:
    """Return the module ``ray``.

    Raises
    ------
    InputError
        If it is not there; it says how to install it.
    """
    try:
        return import_module("ray")
    except ImportError as error:
        raise InputError(f'needs Ray: pip install "medvie-reward[ray]" ({error})') from None


@contextlib.contextmanager
def cluster(address: str | None = None, workers: int | None = None) -> Iterator[Spread]:
    """Join or start Ray; gives what `medvie_reward.corpus._files.score_files` takes as ``spread``.

    A Ray that was initialised before is used and left as it is. One that is initialised here is left at the
    end, and stopped if it was started here.

    Parameters
    ----------
    address
        ``host:port`` or ``ray://host:port``, ``auto`` (the Ray of this machine, or ``RAY_ADDRESS``), or
        ``local`` (a new one). ``None``: the Ray of this machine if there is one, else a new one.
    workers
        How many chunks are scored at a time; all processors of the cluster where not given. A Ray that is
        started here gets so many processors.

    Raises
    ------
    InputError
        If Ray is not installed, or a row is not what it should be.
    ClusterError
        If there is no such cluster, it has another version of this package, or it gave up.
    """
    ray = check_installed()
    ours = not ray.is_initialized()
    begun: list[Generator[Scored, None, None]] = []

    def spread(lines: Iterator[Lines], task: ScoringOptions) -> Iterator[Scored]:
        begun.append(_score(ray, lines, task, slots))
        return begun[-1]

    try:
        if ours:
            _start(ray, address, workers)
        slots = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        yield spread
    finally:
        # Before Ray is left: a call to Ray after that would start another one.
        for scoring in begun:
            scoring.close()
        if ours:
            ray.shutdown()


def _start(ray: Any, address: str | None, workers: int | None) -> None:
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address != "local":
            _reach(address or "")
            with contextlib.suppress(*((ConnectionError,) if address is None else ())):
                ray.init(address=address or "auto", **quiet)
                return
        with _no_usage_report():
            ray.init(address="local", num_cpus=workers, include_dashboard=False, **quiet)
    except (OSError, RuntimeError, ValueError) as error:
        where = f"join Ray at {address}" if address not in (None, "local") else "start Ray"
        raise ClusterError(f"cannot {where}: {_first_line(error)}") from None


def _reach(address: str) -> None:
    """Knock at ``host:port``: Ray itself would go on trying for many minutes."""
    host, found, port = address.removeprefix("ray://").rpartition(":")
    if found:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()


@contextlib.contextmanager
def _no_usage_report() -> Iterator[None]:
    """Keep the processes that are started meanwhile from reporting to Ray's makers, unless asked to."""
    name = "RAY_USAGE_STATS_ENABLED"
    before = os.environ.get(name)
    os.environ[name] = before or "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]


def _score(
    ray: Any, lines: Iterator[Lines], task: ScoringOptions, slots: int
) -> Generator[Scored, None, None]:
    """Score chunks on the cluster, in order: so many at a time, and four times as many waiting or done."""
    remote = ray.remote(_score_remote).options(max_retries=_RETRIES)
    shared = ray.put((task, __version__))
    waiting: deque[Any] = deque()
    running: set[Any] = set()
    try:
        while True:
            while (
                len(running) < slots and len(waiting) < 4 * slots and (chunk := list(islice(lines, _CHUNK)))
            ):
                waiting.append(remote.remote(chunk, shared))
                running.add(waiting[-1])
            if not waiting:
                return
            if running:
                done, _ = ray.wait([*running], num_returns=1)
                running.difference_update(done)
            while waiting and waiting[0] not in running:
                yield from ray.get(waiting.popleft())
    except ray.exceptions.RayError as error:
        raise named(error) from None
    finally:
        for ref in running:
            # Ray refuses where the owner is lost too; that must not hide why scoring ends.
            with contextlib.suppress(TypeError, ValueError, ray.exceptions.RayError):
                ray.cancel(ref)


def _score_remote(chunk: list[Lines], shared: tuple[ScoringOptions, str]) -> list[Scored]:
    task, version = shared
    check_version(version)
    return score_chunk(chunk, task)


def check_version(version: str) -> None:
    """Check on a node that it has the package of the driver: other versions may score otherwise.

    Raises
    ------
    ClusterError
        If it has not.
    """
    if version != __version__:
        raise ClusterError(
            f"{platform.node()} has medvie-reward {__version__} and the driver has {version}: "
            "expected the same version on every node"
        )


def named(error: BaseException) -> MedvieError:
    """Return the named error that a worker raised; whatever else went wrong is told in one line."""
    seen: BaseException | None = error
    while seen is not None:
        cause = getattr(seen, "cause", None) or seen.__cause__
        if isinstance(cause, InputError):
            return cause
        if isinstance(cause, MedvieError):
            # Ray Data adds advice to the message of an error that it passes on.
            return type(cause)(_first_line(cause))
        seen = cause if isinstance(cause, BaseException) else None
    return ClusterError(f"Ray gave up: {type(error).__name__}: {_first_line(error)}")


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
