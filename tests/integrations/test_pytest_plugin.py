"""The pytest plugin: what passes, what a failure shows, and what it costs other test suites."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import GoldError, SpecError
from medvie_reward.integrations.pytest_plugin import assert_extraction

pytest_plugins = "pytester"

GOLD = {"Name": "Li Wei", "Date": "2024-05-01", "L": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": "140"}]}
PLUGIN = "medvie_reward.integrations.pytest_plugin"


def lines_of(pred: Any, gold: Any = GOLD, *arguments: Any, **options: Any) -> list[str]:
    with pytest.raises(AssertionError) as caught:
        assert_extraction(pred, gold, *arguments, **options)
    return str(caught.value).splitlines()


def test_what_passes() -> None:
    """Equal values in any spelling, as JSON, as text or as a completion; the scores come back."""
    assert assert_extraction(GOLD, GOLD).f1 == 1.0
    assert assert_extraction({**GOLD, "Date": "1 May 2024", "Name": "li wei"}, GOLD).f1 == 1.0
    text = '<think>t</think><answer>{"Name": "Li Wei"}</answer>'
    assert assert_extraction(text, '{"Name": "Li Wei"}').correct == 1
    assert assert_extraction({"a": "1", "b": "2"}, {"a": "1", "b": "3"}, "strict", min_f1=0.5).wrong == 1


def test_the_diff() -> None:
    """Every wrong leaf has a line: outcome, path, predicted value, gold value; the signature is last."""
    pred = {"Name": "Li", "L": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": "14"}], "Extra": 1}
    first, *table, signature = lines_of(pred, GOLD, "strict")
    assert first == "F1 0.5000 is below 1: 3 correct, 2 wrong, 1 missing, 1 hallucinated"
    assert table == [
        "                path    predicted  gold",
        "wrong           Name    'Li'       'Li Wei'",
        "missing         Date               '2024-05-01'",
        "wrong           L[1].r  '14'       '140'",
        "invented_field  Extra   1",
    ]
    assert signature.startswith("medvie|name:strict|")


def test_marks_and_places() -> None:
    """A value in the wrong row has both paths and a mark; so has one that the page does not hold."""
    swapped = {**GOLD, "L": [{"n": "K", "r": "140"}, {"n": "Na", "r": "4.1"}]}
    assert [" ".join(line.split()) for line in lines_of(swapped)[2:-1]] == [
        "wrong, misplaced L[1].n (gold: L[0].n) 'Na' 'K'",
        "wrong, misplaced L[0].n (gold: L[1].n) 'K' 'Na'",
    ]
    found = lines_of({"a": "8"}, {"a": "7"}, source_text="a: 7")
    assert " ".join(found[2].split()) == "wrong, ungrounded a '8' '7'"


def test_long_differences_are_cut() -> None:
    """Forty leaves and sixty characters of a value are shown."""
    gold = {f"k{n:02}": "x" * 100 for n in range(45)}
    found = lines_of({}, gold, "strict")
    assert len(found) == 1 + 1 + 40 + 1 + 1
    assert found[2].endswith("missing  k00              '" + "x" * 58 + "…")
    assert found[-2] == "… and 5 more"


def test_no_answer() -> None:
    """A completion without an answer fails with the reason."""
    assert lines_of("I cannot") == ["no answer in the completion (no_answer): 'I cannot'"]


@pytest.mark.parametrize("preset", ["paper", "donut", "smr-r1"])
def test_every_preset(preset: str) -> None:
    """Presets that pool or tally have a failure too."""
    first, *_, signature = lines_of({"Name": "x"}, {"Name": "y"}, preset)
    assert first.startswith("F1 0.0000 is below 1: 0 correct")
    assert f"|name:{preset}|" in signature


@pytest.mark.parametrize("least", [-0.1, 1.1, 90, float("nan"), "0.9", True, None])
def test_bad_bars(least: Any) -> None:
    """A bar outside 0 to 1 is a named error."""
    with pytest.raises(SpecError, match=r"^min_f1: expected a number from 0 to 1, got "):
        assert_extraction(GOLD, GOLD, min_f1=least)


def test_bad_gold_and_spec() -> None:
    """They are errors of the test, not failures of the extraction."""
    with pytest.raises(GoldError):
        assert_extraction({}, 3)
    with pytest.raises(SpecError, match="no preset 'best'"):
        assert_extraction({}, {}, "best")


def test_fixture(pytester: pytest.Pytester) -> None:
    """The fixture is the function, and its failure shows the diff and no line of this package."""
    pytester.makepyfile(
        """
        from medvie_reward.integrations.pytest_plugin import assert_extraction as function

        def test_right(assert_extraction):
            assert assert_extraction is function
            assert_extraction({"a": "1"}, {"a": "1"})

        def test_wrong(assert_extraction):
            assert_extraction({"a": "1"}, {"a": "2"}, spec="strict", min_f1=0.5)
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:medvie", "-p", PLUGIN)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["E*AssertionError: F1 0.0000 is below 0.5: *", "E*wrong  a     '1'*'2'"])
    result.stdout.no_fnmatch_line("*pytest_plugin.py:*")


def test_it_costs_other_suites_nothing(tmp_path: Path) -> None:
    """Loading it imports neither numbers nor rooms of this package."""
    (tmp_path / "test_other.py").write_text(
        "import sys\n"
        "def test_nothing():\n"
        "    loaded = {x for x in sys.modules if x.partition('.')[0] in ('medvie_reward', 'numpy', 'rich')}\n"
        "    assert loaded == {'medvie_reward', 'medvie_reward._version', 'medvie_reward._core',\n"
        "        'medvie_reward._core.lazy', 'medvie_reward._core.moved', 'medvie_reward.integrations',\n"
        "        'medvie_reward.integrations.pytest_plugin'}\n"
    )
    root = str(Path(__file__).parents[2])
    program = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:medvie",
        "-p",
        PLUGIN,
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        program,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": os.environ.get("PYTHONPATH", root),
        },
    )
    assert done.returncode == 0, done.stdout
