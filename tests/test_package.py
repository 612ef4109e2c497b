"""The package as a whole: names, version, what importing it costs."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import medvie_reward
from medvie_reward.cli._main import main_score
from medvie_reward.metrics import _reward as rewards
from medvie_reward.metrics import _scores as metrics

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def loaded(program: str) -> set[str]:
    """Run a program in a fresh interpreter and give the modules it has loaded."""
    shown = f"import sys, json; {program}; print(json.dumps(sorted(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True).stdout
    return set(json.loads(out.splitlines()[-1]))


def test_import_is_light() -> None:
    """Importing the package imports none of the heavy libraries, scoring by hashing neither."""
    heavy = {"numpy", "scipy", "jsonschema", "rapidfuzz", "rich", "json_repair", "argparse", "jinja2"}
    assert not loaded("import medvie_reward") & heavy
    assert not loaded("import medvie_reward as m; m.score({'a': [{'b': 1}]}, {'a': [{'b': 1}]})") & heavy


def test_help_is_light() -> None:
    """The command's help needs neither tables nor numbers."""
    program = "from medvie_reward import cli\ntry: cli.main_score(['--help'])\nexcept SystemExit: pass"
    assert not loaded(f"exec({program!r})") & {"numpy", "scipy", "jsonschema", "rich", "jinja2"}


def test_public_names() -> None:
    """Every public name is there and documented."""
    assert medvie_reward.__version__ == version("medvie-reward")
    for name in medvie_reward.__all__:
        assert getattr(medvie_reward, name) is not None
    for name in ("score", "align", "parse_completion", "reward", "reward_group", "evaluate", "Spec"):
        assert getattr(medvie_reward, name).__doc__


def test_examples_in_docstrings() -> None:
    """What the docstrings show is what comes out."""
    results = [doctest.testmod(module) for module in (metrics, rewards)]
    assert [result.failed for result in results] == [0, 0]
    assert all(result.attempted for result in results)


def test_readme_shows_what_the_first_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """Every line of the README's sample output is printed by the README's command."""
    command = re.search(r"medvie-score (\S+) (\S+)", README)
    assert command is not None
    assert main_score([str(ROOT / name) for name in command.groups()]) == 0
    printed = capsys.readouterr().out.splitlines()
    shown = re.search(r"```\n(40 documents\n.*?)```", README, re.DOTALL)
    assert shown is not None
    assert set(shown[1].splitlines()) - {"…"} <= set(printed)


def test_readme_code_runs() -> None:
    """The Python of the README gives what its comments say."""
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code[1], names)
    r, s = names["r"], names["s"]
    assert (round(r.score, 3), r.format, round(r.precision, 3), r.recall) == (1.442, 1.0, 0.692, 9 / 13)
    assert (s.f1, s.missing, s.fields["Indicators[].Result"].missing) == (0.4, 3, 1)
