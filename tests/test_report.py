"""The printed tables, on a screen and in a file."""

from __future__ import annotations

import re
from io import StringIO

import pytest

from medvie_reward import evaluate
from medvie_reward.report import print_evaluation


class Screen(StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


GOLD = {"Indicators": [{"Reference Range": "1-2"}], **{f"f{n}": "x" for n in range(5)}}
PRED = {"Indicators": [{"Reference Range": "1-3"}], **{f"f{n}": "y" for n in range(5)}}


@pytest.mark.parametrize(("columns", "heads"), [("80", "miss.  hall."), ("120", "missing  halluc.")])
def test_names_stay_readable_on_any_screen(columns: str, heads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A narrow screen gets fewer columns, not folded names."""
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    print_evaluation(evaluate([PRED], [GOLD]), screen)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert heads in shown
    assert "Indicators[].Reference Range" in shown


def test_what_is_left_out_is_said() -> None:
    """With fewer fields shown than there are, the number of the others is printed."""
    file = StringIO()
    print_evaluation(evaluate([PRED], [GOLD]), file, max_fields=4)
    lines = file.getvalue().splitlines()
    assert "… and 2 more fields" in lines
    assert all(line == line.rstrip() for line in lines)


def test_odd_names_are_printed_as_they_are() -> None:
    """Names that look like markup are no markup."""
    file = StringIO()
    print_evaluation(evaluate([{"[bold]a": "x"}], [{"[bold]a": "y"}], by=["[red]"]), file, by="[/]")
    assert '["[bold]a"]' in file.getvalue()
    assert "[red]" in file.getvalue()
    assert "Per [/], worst first" in file.getvalue()


def test_unmatched_and_limited_are_said() -> None:
    """Golds without a prediction and documents past the work bound have a line."""
    import dataclasses

    gold = [[{"a": [str(i)]}] for i in range(30)]
    pred = [[{"a": [str(i + 1), "x"]}] for i in range(30)]
    evaluation = dataclasses.replace(evaluate([pred], [gold], max_pairs=10), missing=2, extra=3)
    file = StringIO()
    print_evaluation(evaluation, file)
    assert "2 golds without a prediction, 3 predictions without a gold" in file.getvalue()
    assert "1 documents reached the spec's max_pairs" in file.getvalue()
