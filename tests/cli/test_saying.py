"""What people say of their values on the command line: steps, functions, words that mean blank, names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

GOLD = {"id": "a", "gold": {"Doctor": "Li", "Country": "China", "Note": "N/A", "Item Name": "K"}}
PRED = {"id": "a", "prediction": {"doctor": "Dr. Li", "country": "Chile", "note": "无", "item_name": "K"}}
RULES: list[dict[str, Any]] = [
    {"path": "Doctor", "comparator": "text", "normalize": [{"strip_prefix": ["Dr.", "Prof."]}]},
    {"path": "Country", "normal_form": "house_rules:initial"},
    {"path": "Note", "absent": ["N/A", "无"]},
]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the files of a small project."""
    monkeypatch.chdir(tmp_path)
    Path("house_rules.py").write_text("def initial(text):\n    return text[0].lower()\n")
    for name, value in (("gold.jsonl", GOLD), ("preds.jsonl", PRED), ("rules.json", RULES)):
        Path(name).write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does, without the folder of the tests on the way."""
    command = [sys.executable, "-P", "-m", "medvie_reward", *arguments] if sys.version_info >= (3, 11) else [
        sys.executable, "-m", "medvie_reward", *arguments,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})


@pytest.mark.parametrize("workers", ["1", "2"])
def test_rules_file(workers: str) -> None:
    """Steps, a function beside the file, and words that mean blank; in other processes too."""
    done = run("score", "preds.jsonl", "gold.jsonl", "--rules", "rules.json", "--set", "keys=loose",
               "--workers", workers, "--json", "-")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["micro"]["f1"] == 1.0
    assert found["micro"]["agreed_blank"] == 1


def test_what_is_blank_is_shown() -> None:
    """The table says how many leaves both sides leave blank."""
    done = run("score", "preds.jsonl", "gold.jsonl", "--set", "absent=N/A,无", "--set", "keys=case")
    assert "Blank     1 blank on both sides, in no score" in done.stdout
    assert "|absent:N/A,无|keys:case|" in done.stdout


def test_aliases_are_set_as_json() -> None:
    """A field that holds lists is set as JSON."""
    aliases = '{"Item Name": ["item_name"], "Doctor": ["doctor"]}'
    done = run("score", "preds.jsonl", "gold.jsonl", "--set", f"key_aliases={aliases}", "--json", "-")
    assert json.loads(done.stdout)["fields"]["Item Name"]["f1"] == 1.0
    assert (
        "spec field 'key_aliases'"
        in run("score", "preds.jsonl", "gold.jsonl", "--set", "key_aliases=[").stderr
    )


@pytest.mark.parametrize("verb", [["score", "preds.jsonl", "gold.jsonl"], ["explain", "gold.jsonl"]])
def test_rules_that_fit_nothing_are_said(verb: list[str]) -> None:
    """One line names the paths of rules that fit no field."""
    Path("more.json").write_text(
        json.dumps([{"path": "Docter", "weight": 2}, {"path": "Doctor", "weight": 2}])
    )
    done = run(*verb, "--rules", "more.json")
    assert done.returncode == 0
    assert "1 of 2 rules fits no field with a value in the gold documents: Docter" in done.stderr
    assert "fit" not in run(*verb).stderr


def test_functions_that_are_not_there() -> None:
    """The error names the file, the place in it and the function."""
    Path("rules.json").write_text(json.dumps([{"path": "a", "normal_form": "house_rules:nothing"}]))
    done = run("score", "preds.jsonl", "gold.jsonl", "--rules", "rules.json")
    assert done.returncode == 2
    assert "rules.json: rule 'a': normal_form 'house_rules:nothing': AttributeError" in done.stderr
    assert "at $[0]" in done.stderr


def test_a_schema_of_other_documents_is_said() -> None:
    """A schema of which no document has a field is said; optional fields that are not there are not."""
    for names, said in ((["x", "y"], "2 of 2 rules fit no field"), (["Doctor", "y"], "")):
        schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
        Path("schema.json").write_text(json.dumps(schema))
        done = run("score", "preds.jsonl", "gold.jsonl", "--schema", "schema.json")
        assert done.returncode == 0
        assert said in done.stderr
        assert bool(said) == ("rules fit" in done.stderr)
