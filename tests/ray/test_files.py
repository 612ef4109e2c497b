"""`medvie-score --ray`: the same bytes as without, also when a worker or a node dies."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from medvie_reward.cli._main import main_score
from medvie_reward.corpus._rows import RowFile
from medvie_reward.integrations import ray_cluster

ray: Any = pytest.importorskip("ray")
pytestmark = pytest.mark.filterwarnings("default")
USAGE = "RAY_USAGE_STATS_ENABLED"
CAPTURE = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def nothing_is_left(ray_processes: Callable[[], set[int]]) -> Iterator[None]:
    """Check that what a test starts, it stops."""
    before = ray_processes()
    yield
    assert not ray.is_initialized()
    assert before == ray_processes()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the corpus is many chunks."""
    monkeypatch.setattr(ray_cluster, "_CHUNK", 32)


@pytest.fixture
def two_nodes() -> Iterator[Any]:
    """Give a cluster of two nodes with a processor each."""
    cluster = import_module("ray.cluster_utils").Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    try:
        cluster.add_node(num_cpus=1)
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


class Deadly(bytes):
    """A line that kills the process that first unpickles it, and is a plain line ever after."""

    trigger = ""

    def __reduce__(self) -> tuple[Any, tuple[str, bytes]]:
        return kill_once, (self.trigger, bytes(self))


def kill_once(trigger: str, line: bytes) -> bytes:
    try:
        os.close(os.open(trigger, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return line
    with open(trigger, "w") as file:
        file.write(str(os.getpid()))
    os.kill(os.getpid(), signal.SIGKILL)
    return line


@pytest.fixture
def deadly_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let the worker that is given gold 300 first die by SIGKILL; gives the file that then holds its pid."""
    trigger, read = tmp_path / "killed", RowFile.line
    monkeypatch.setattr(Deadly, "trigger", str(trigger))

    def line(self: RowFile, row: int) -> bytes:
        found = read(self, row)
        return Deadly(found) if row == 300 and "gold" in self.name else found

    # Workers cannot import this file, so what is in it travels by value.
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    monkeypatch.setattr(RowFile, "line", line)
    return trigger


@pytest.mark.usefixtures("small_chunks")
def test_started_here(files: Any, capsys: CAPTURE) -> None:
    """A Ray of its own gives the same table, figures and errors; so does any number of workers."""
    local, environment = files.run("local", capsys), dict(os.environ)
    assert local == files.run("ray", capsys, "--ray", "local", "--workers", "2")
    assert environment.get(USAGE) == os.environ.get(USAGE)
    assert local[0] != files.run("ted", capsys, "--ray=local", "--workers=1", "--metrics=ted,f1")[0]


@pytest.mark.usefixtures("small_chunks")
def test_a_worker_dies(files: Any, capsys: CAPTURE, deadly_line: Path, two_nodes: Any) -> None:
    """On two nodes, a worker killed in the middle of the run costs nothing and counts nothing twice."""
    local = files.run("local", capsys)
    assert not deadly_line.exists()
    assert local == files.run("ray", capsys, "--ray", two_nodes.address, warned=True)
    killed = int(deadly_line.read_text())
    assert killed != os.getpid()
    assert not Path(f"/proc/{killed}").exists()


@pytest.mark.usefixtures("small_chunks")
def test_a_node_dies(files: Any, capsys: CAPTURE, two_nodes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that goes away in the middle of the run is made up for by the other."""
    local = files.run("local", capsys)
    two_nodes.add_node(num_cpus=1)  # the driver may sit on any of them, and keeps its own
    read = RowFile.line
    lost: list[bool] = []

    def line(self: RowFile, row: int) -> bytes:
        if row == 300 and "gold" in self.name and not lost:
            mine = ray.get_runtime_context().get_node_id()
            other = next(node for node in two_nodes.worker_nodes if node.node_id != mine)
            two_nodes.remove_node(other, allow_graceful=False)
            lost.append(True)
        return read(self, row)

    monkeypatch.setattr(RowFile, "line", line)
    assert local == files.run("ray", capsys, "--ray", two_nodes.address, warned=True)
    assert lost


@pytest.mark.usefixtures("small_chunks")
def test_the_ray_of_the_caller(files: Any, capsys: CAPTURE) -> None:
    """A Ray that the caller had initialised is used and stays; a bad gold is the same error as locally."""
    local = files.run("local", capsys)
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=40)
    try:
        assert local == files.run("ray", capsys, "--ray")
        assert ray.is_initialized()

        lines = Path(files.golds).read_text(encoding="utf-8").splitlines(keepends=True)
        lines[411] = '{"id": 411, "lab": "lab 0", "gold": 3}\n'
        Path(files.golds).write_text("".join(lines), encoding="utf-8")
        messages = []
        for options in (["--workers", "2"], ["--ray"]):
            out = files.folder / "none.json"
            assert main_score([files.preds, files.golds, "--json", str(out), "--quiet", *options]) == 2
            messages.append(capsys.readouterr().err)
            assert not out.exists()
        assert messages[0] == messages[1]
        assert f"{files.golds}:412: gold: expected an object or a list, got int" in messages[1]
        assert ray.is_initialized()
    finally:
        ray.shutdown()


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_the_disk_is_full(files: Any, capsys: CAPTURE) -> None:
    """An error on this side, in the middle of the run, is told as it is and leaves no Ray behind."""
    assert main_score([files.preds, files.golds, "--ray", "local", "--errors", "/dev/full"]) == 2
    assert "No space left on device" in capsys.readouterr().err


def test_no_such_cluster(files: Any, capsys: CAPTURE, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address where there is none is a usage error."""
    monkeypatch.setenv("RAY_ADDRESS", "")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = f"127.0.0.1:{taken.getsockname()[1]}"
        assert main_score([files.preds, files.golds, "--ray", nowhere]) == 2
    assert f"error: cannot join Ray at {nowhere}: " in capsys.readouterr().err
