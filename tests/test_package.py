"""The package as a whole: names, version, what importing it costs."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from ast import literal_eval
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

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


def python_of(page: str) -> list[str]:
    """Return the Python blocks of a page."""
    return re.findall(r"```python\n(.*?)```", page, re.DOTALL)


def shown_as(value: Any) -> Any:
    """Round a number as the README prints it."""
    return round(value, 3) if isinstance(value, float) else value


def test_readme_code_runs() -> None:
    """Every expression in the README's Python has the value that its comment begins with."""
    names: dict[str, Any] = {}
    checked = 0
    blocks = python_of(README)
    for block in blocks:
        for line in block.splitlines():
            code, _, comment = line.partition("  # ")
            if not comment:
                exec(code, names)
                continue
            expected = literal_eval(comment.partition(": ")[0])
            value = eval(code.strip(), names)
            assert (code, shown_as(value)) == (code, expected)
            checked += 1
    assert (len(blocks), checked) == (2, 9)


def test_reference_code_runs() -> None:
    """The Python of the reference's first page gives what its comments say."""
    (code,) = python_of((ROOT / "docs" / "reference" / "index.md").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    exec(code, names)
    r, s = names["r"], names["s"]
    assert (round(r.score, 3), r.format, round(r.precision, 3), r.recall) == (1.692, 1.0, 0.692, 9 / 13)
    assert (s.f1, s.missing, s.fields["Indicators[].Result"].missing) == (0.4, 3, 1)


def test_readme_names_the_two_commands() -> None:
    """`.ci/run` finds exactly two commands; the README is short."""
    commands = re.findall(r"^pip install \"?\..*$", README, re.MULTILINE)
    files = "examples/lab_reports/ocr_rows.jsonl examples/lab_reports/gold.jsonl"
    assert commands == [
        f"pip install . && medvie-score {files} --html report.html",
        'pip install ".[test]" && pytest -n auto',
    ]
    assert len(README.splitlines()) <= 150


def test_readme_commands_exist() -> None:
    """Every command in the README's list is one of `medvie`, and the options after it are its own."""
    listed = re.findall(r"^medvie (\w+) (.*)$", README, re.MULTILINE)
    assert len(listed) == 6
    for command, rest in listed:
        run = [sys.executable, "-m", "medvie_reward", command, "--help"]
        out = subprocess.run(run, capture_output=True, text=True, check=True).stdout
        for option in re.findall(r"(?<!\w)--?\w[\w-]*", rest.split("  ")[0]):
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", out), (command, option)


def cells_of(line: str) -> list[str]:
    """Return the cells of one line of a Markdown table."""
    return [cell.strip() for cell in line.strip("|").split(" | ")]


def readme_metrics() -> dict[str, dict[str, str]]:
    """Return the README's table of metrics: its cells by metric and prediction."""
    table = re.search(r"^\| metric \|.*\n\|[-|]+\n((?:\|.*\n)+)", README, re.MULTILINE)
    assert table is not None
    head = cells_of(table[0].splitlines()[0])[1:]
    lines = [cells_of(line) for line in table[1].splitlines()]
    return {first: dict(zip(head, rest, strict=True)) for first, *rest in lines}


@pytest.mark.skipif(not (ROOT / "CONTRIBUTING.md").exists(), reason="no checkout")
def test_contributing_finds_what_it_names() -> None:
    """Modules, folders and functions of the two tables are where they say."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \|$", page, re.MULTILINE)
    questions = [row.split(" | ") for row in rows if re.match(r"(Where|Which|What)\b.*\?", row)]
    rooms = [row.split(" | ") for row in rows if re.match(r"`\w+` \| ", row)]
    assert len(questions) > 12
    assert {room for (room, *_) in rooms} >= {"`cli`", "`spec`", "`corpus`", "`metrics`", "`_core`"}
    package = ROOT / "medvie_reward"
    modules = {(room.strip("`"), name) for room, _, look in rooms for name in re.findall(r"`(\w+)`", look)}
    assert sorted(x for x in modules if not (package / x[0] / f"{x[1]}.py").exists()) == []
    for _, answer in questions:
        file = None
        for name in re.findall(r"`([\w./]+)`", answer):
            if "/" in name:
                file = next((path for path in (package / name, ROOT / name) if path.exists()), None)
                assert file is not None, name
            elif file is not None:
                assert f"def {name}(" in file.read_text(encoding="utf-8"), name


def test_readme_picture_shows_the_table() -> None:
    """The picture, its description and the table have the same four scores."""
    row = "Result column rotated by one row"
    columns = {
        "Donut F1": "Donut F1", "stickler": "stickler score", "ANLS*": "ANLS*",
        "medvie-reward": "ours: clinical",
    }  # fmt: skip
    scores = {label: readme_metrics()[column][row].strip("*") for label, column in columns.items()}
    picture = (ROOT / "docs" / "images" / "swapped_rows.svg").read_text(encoding="utf-8")
    found = [element.text or "" for element in ElementTree.fromstring(picture)]
    assert ", ".join(f"{label} {score}" for label, score in scores.items()) in found
    assert [text for text in found[4:] if text] == [text for pair in scores.items() for text in pair]
    assert ", ".join(f"{label}: {score}" for label, score in scores.items()) in README


@pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="needs the benchmarks")
def test_readme_numbers_are_those_of_the_benchmarks(tmp_path: Path) -> None:
    """The table is a part of the benchmarks' table, and the picture is drawn from that."""
    benchmarks = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    lines = [cells_of(line) for line in benchmarks.splitlines() if line.startswith("|")]
    head = next(line for line in lines if line[0] == "prediction")
    full = {line[0]: dict(zip(head, line, strict=True)) for line in lines if len(line) == len(head)}
    for metric, cells in readme_metrics().items():
        assert cells == {prediction: full[prediction][metric] for prediction in cells}
    drawn = tmp_path / "swapped_rows.svg"
    script = ROOT / "benchmarks" / "swapped_picture.py"
    subprocess.run([sys.executable, str(script), str(drawn)], check=True)
    assert drawn.read_bytes() == (ROOT / "docs" / "images" / "swapped_rows.svg").read_bytes()


def test_readme_links_exist() -> None:
    """Every link is relative and leads to a file, or to a section, that exists."""
    targets = re.findall(r"\]\(([^)]+)\)", README)
    assert targets
    packed = {"LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
    for target in targets:
        name, _, section = target.partition("#")
        page = ROOT / (name or "README.md")
        if not (ROOT / "benchmarks").is_dir() and (name in packed or name.startswith("benchmarks/")):
            continue  # the tests also run on a copy without these
        assert page.is_file(), target
        if section:
            titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
            assert section in {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
