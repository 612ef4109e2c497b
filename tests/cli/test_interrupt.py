"""Commands that are ended from outside: a message, an exit code, no traceback, no file, no process left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.live import PROC, children_of, environment, session_of, wait_until

pytestmark = pytest.mark.skipif(not PROC.is_dir(), reason="looks for processes in /proc")

PROGRAM = "import sys; from medvie_reward.cli import main; sys.exit(main())"
ENDINGS = {
    signal.SIGINT: (130, "medvie: interrupted; no file was written"),
    signal.SIGTERM: (143, "medvie: ended by SIGTERM; no file was written"),
    signal.SIGHUP: (129, "medvie: ended by SIGHUP; no file was written"),
}


@pytest.fixture(scope="session")
def long_work(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Documents that take a minute to score."""
    folder = tmp_path_factory.mktemp("long")
    for name, shift in (("pred", 1), ("gold", 0)):
        row = {name: {"L": [{"n": str(k + shift)} for k in range(300)]}}
        lines = (json.dumps({"id": n, **row}) + "\n" for n in range(3000))
        (folder / f"{name}.jsonl").write_text("".join(lines))
    return str(folder / "pred.jsonl"), str(folder / "gold.jsonl")


def start(program: str, *arguments: str, folder: Path, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], cwd=folder, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), **options,
    )  # fmt: skip


def begun(process: subprocess.Popen[str], folder: Path, workers: int) -> bool:
    """Check whether the outputs are open and the workers are there."""
    assert process.poll() is None, process.communicate()
    # One worker is this process itself.
    return bool(list(folder.glob("*.part"))) and len(children_of(process.pid)) >= (workers > 1) * workers


VERBS: list[Callable[[str, str, int], list[str]]] = [
    lambda preds, golds, n: ["score", preds, golds, "--json", "o.json", "--errors", "e", "--workers", str(n)],
    lambda preds, golds, n: ["score", preds, golds, "-o", "o.txt", "--workers", str(n)],
    lambda preds, golds, n: ["compare", preds, f"b={preds}", "--gold", golds, "--json", "o.json",
                             "--workers", str(n)],
    lambda preds, golds, n: ["sensitivity", preds, f"b={preds}", "--gold", golds, "--json", "o.json",
                             "--workers", str(n)],
]  # fmt: skip


@pytest.mark.parametrize("verb", VERBS, ids=["score", "tables", "compare", "sensitivity"])
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("number", "group"), [(signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGTERM, False)]
)
def test_ended_in_the_middle(
    long_work: tuple[str, str], tmp_path: Path, verb: Any, workers: int, number: signal.Signals, group: bool
) -> None:
    """Whether the signal goes to all processes, as Ctrl-C does, or to the first alone, as kill does."""
    process = start(PROGRAM, *verb(*long_work, workers), folder=tmp_path)
    assert wait_until(lambda: begun(process, tmp_path, workers))
    (os.killpg if group else os.kill)(process.pid, number)
    printed, said = process.communicate()
    assert (process.returncode, said.strip()) == ENDINGS[number]
    assert printed == ""
    assert list(tmp_path.iterdir()) == []
    assert wait_until(lambda: session_of(process.pid) == [])


def test_hangup(long_work: tuple[str, str], tmp_path: Path) -> None:
    """A terminal that is closed ends a command, unless nohup started it."""
    arguments = VERBS[0](*long_work, 2)
    for ignored in (False, True):
        # Said in both cases: whoever runs the tests may have started them with nohup.
        how = "SIG_IGN" if ignored else "SIG_DFL"
        program = f"import signal; signal.signal(1, signal.{how})\n{PROGRAM}"
        process = start(program, *arguments, folder=tmp_path)
        assert wait_until(lambda process=process: begun(process, tmp_path, 2))  # type: ignore[misc]
        os.killpg(process.pid, signal.SIGHUP)
        if ignored:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1)
            assert len(children_of(process.pid)) == 2
            process.send_signal(signal.SIGTERM)
        process.communicate()
        assert process.returncode == ENDINGS[signal.SIGTERM if ignored else signal.SIGHUP][0]


@pytest.mark.parametrize("verb", VERBS, ids=["score", "tables", "compare", "sensitivity"])
def test_a_killed_worker(long_work: tuple[str, str], tmp_path: Path, verb: Any) -> None:
    """What an out-of-memory killer does is exit code 2, one line, no file, no other process left."""
    process = start(PROGRAM, *verb(*long_work, 2), folder=tmp_path)
    assert wait_until(lambda: begun(process, tmp_path, 2))
    os.kill(children_of(process.pid)[0], signal.SIGKILL)
    printed, said = process.communicate()
    assert process.returncode == 2
    assert said.startswith("medvie: error: a worker process was killed (SIGKILL) before its work was done")
    assert said.count("\n") == 1
    assert printed == ""
    assert list(tmp_path.iterdir()) == []
    assert session_of(process.pid) == []


def test_a_killed_parent(long_work: tuple[str, str], tmp_path: Path) -> None:
    """Workers end with a parent that nothing could warn."""
    process = start(PROGRAM, *VERBS[0](*long_work, 2), folder=tmp_path)
    assert wait_until(lambda: begun(process, tmp_path, 2))
    process.kill()
    process.communicate()
    assert wait_until(lambda: session_of(process.pid) == [])


AT_START = """\
import os, signal, sys
class Finder:
    def find_spec(self, name, path, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize(
    "name",
    ["medvie_reward.cli._entry", "argparse", "medvie_reward.cli._score", "medvie_reward.spec", "orjson",
     "medvie_reward.corpus", "medvie_reward.reports", "numpy"],
)  # fmt: skip
def test_while_modules_are_read(name: str, tmp_path: Path) -> None:
    """Ctrl-C before the work has begun is answered too, whatever is being imported."""
    (tmp_path / "g.jsonl").write_text('{"a": "1"}\n')
    program = AT_START.format(name=name) + PROGRAM
    arguments = ["score", "g.jsonl", "g.jsonl", "--intervals", "--json", "o.json"]
    process = start(program, *arguments, folder=tmp_path)
    _, said = process.communicate()
    code, message = ENDINGS[signal.SIGINT]
    if name == "medvie_reward.reports":  # which is read to print, when the file has its name already
        message = "medvie: interrupted; written before: o.json"
        assert json.loads((tmp_path / "o.json").read_text())["n"] == 1
    assert (process.returncode, said.strip()) == (code, message)
    assert ("o.json" in os.listdir(tmp_path)) == (name == "medvie_reward.reports")
    assert not list(tmp_path.glob("*.part"))


WHILE_STARTING = """\
import os, signal, time
from multiprocessing.process import BaseProcess
start, started = BaseProcess.start, []
def start_one(self):
    start(self)
    started.append(self)
    if len(started) == {n}:
        os.killpg(0, signal.SIGINT)
        time.sleep(.05)
BaseProcess.start = start_one
"""


@pytest.mark.parametrize("n", [1, 2, 3])
def test_while_workers_start(long_work: tuple[str, str], tmp_path: Path, n: int) -> None:
    """Ctrl-C between the first worker and the last reaches every process, and only the first answers."""
    process = start(WHILE_STARTING.format(n=n) + PROGRAM, *VERBS[0](*long_work, 3), folder=tmp_path)
    printed, said = process.communicate()
    assert (process.returncode, said.strip()) == ENDINGS[signal.SIGINT]
    assert printed == ""
    assert list(tmp_path.iterdir()) == []
    assert session_of(process.pid) == []


def test_in_the_script_that_calls(tmp_path: Path) -> None:
    """Between the lines of the script that pip writes, Ctrl-C is answered as well."""
    script = tmp_path / "medvie-score"
    script.write_text(
        "import os, signal\nfrom medvie_reward.cli import main_score\nos.kill(os.getpid(), signal.SIGINT)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, env=environment(), check=False
    )
    assert (done.returncode, done.stderr.strip()) == (
        130,
        "medvie-score: interrupted; no file was written",
    )
