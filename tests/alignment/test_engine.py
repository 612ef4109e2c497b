"""Which engine does the alignment, and who says so. Each choice is made in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from medvie_reward import evaluate
from medvie_reward.alignment import ENGINE

SHOW = "from medvie_reward.alignment import _engine; print(_engine.ENGINE, _engine.kernel is None)"
NO_KERNEL = "import sys; sys.modules['medvie_reward.alignment._kernel'] = None; "
PAIR = "[{'a': [{'b': '1'}, {'b': '2'}]}], [{'a': [{'b': '2'}, {'b': '3'}]}]"


def run(program: str, asked: str | None) -> subprocess.CompletedProcess[str]:
    """Run a program with ``MEDVIE_KERNEL`` set, or without it."""
    settings = {name: value for name, value in os.environ.items() if name != "MEDVIE_KERNEL"}
    if asked is not None:
        settings["MEDVIE_KERNEL"] = asked
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=False)


def test_textbook_when_asked_for() -> None:
    """0 takes the textbook, whatever is installed."""
    assert run(SHOW, "0").stdout == "textbook True\n"


@pytest.mark.parametrize("asked", [None, ""])
def test_textbook_where_there_is_no_kernel(asked: str | None) -> None:
    """Nothing asked for, nothing installed: the textbook."""
    assert run(NO_KERNEL + SHOW, asked).stdout == "textbook True\n"


def test_a_missing_kernel_that_was_asked_for() -> None:
    """1 is never the textbook in silence."""
    done = run(NO_KERNEL + SHOW, "1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "MEDVIE_KERNEL=1 asks for the compiled kernel, which cannot be imported" in done.stderr


def test_a_value_that_is_neither() -> None:
    """What cannot be meant is an error that says what can."""
    assert "ArgumentError: MEDVIE_KERNEL: expected 0 or 1, got 'no'" in run(SHOW, "no").stderr


def test_the_kernel_is_taken_where_it_is() -> None:
    """Where it can be imported it is used, asked for or not."""
    there = run("import medvie_reward.alignment._kernel", None).returncode == 0
    wanted = "kernel False\n" if there else "textbook True\n"
    assert run(SHOW, None).stdout == wanted
    assert (run(SHOW, "1").stdout == wanted) is there


def test_json_and_text_say_which() -> None:
    """The JSON of an evaluation and what is printed of it; the signature does not."""
    show = (
        f"import json; from medvie_reward import evaluate; e = evaluate({PAIR}); "
        "print(json.dumps([e.to_dict(), e.signature, str(e)]))"
    )
    made, signature, text = json.loads(run(show, "0").stdout)
    assert made["engine"] == "textbook"
    assert "\nEngine    textbook: the same numbers as the compiled kernel, slower\n" in text
    here = evaluate([{"a": [{"b": "1"}, {"b": "2"}]}], [{"a": [{"b": "2"}, {"b": "3"}]}])
    assert here.signature == signature
    assert here.to_dict() == {**made, "engine": ENGINE}


def test_importing_the_package_loads_no_engine() -> None:
    """The choice is made when something is aligned."""
    show = "import sys, medvie_reward; print([name for name in sys.modules if 'alignment' in name])"
    assert run(show, None).stdout == "[]\n"
