"""The printed tables, on a screen and in a file."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import pytest

from medvie_reward import Evaluation, evaluate
from medvie_reward.reports._evaluation_report import print_evaluation


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
    evaluation = dataclasses.replace(evaluate([pred], [gold], max_work=10), missing=2, extra=3)
    file = StringIO()
    print_evaluation(evaluation, file)
    assert "2 gold documents without a prediction, 3 predictions without a gold document" in file.getvalue()
    assert "1 document reached the spec's max_work" in file.getvalue()


def shown(evaluation: Evaluation, file: StringIO) -> list[str]:
    """Print an evaluation with its groups and give the lines, without what colours a screen."""
    print_evaluation(evaluation, file, by="kind")
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue()).splitlines()]


def test_published_metrics_have_columns() -> None:
    """The published metrics stand beside F1, means of documents in the macro row, and per group."""
    e = evaluate([{"a": "x"}, {"a": "x"}], [{"a": "x"}, {"a": "y"}], by=["p", "q"], metrics="anls,ted,f1")
    lines = shown(e, StringIO())
    assert lines[1].split() == ["precision", "recall", "F1", "nTED", "acc.", "ANLS*"]
    assert lines[2].split()[-3:] == ["0.5000"] * 3
    # TED: the text is relabelled for 1 of 2.
    assert lines[3].split()[-5:] == ["0.5000", "0.5000", "0.5000", "0.7500", "0.5000"]
    at = lines.index("Per kind, worst first")
    assert lines[at + 1].split()[-4:] == ["F1", "nTED", "acc.", "ANLS*"]
    assert [line.split() for line in lines[at + 2 : at + 4]] == [
        ["q", "1", "1", "0.0000", "0.0000", "0.0000", "0.0000", "0.5000", "0.0000"],
        ["p", "1", "1", *["1.0000"] * 6],
    ]
    assert lines[-1].endswith("|ted:donut-1.0.9|anls:anls_star-1.0.1")


def test_without_f1_only_what_was_asked_for_is_printed() -> None:
    """Without F1 there are no tables of leaves and fields; groups are worst first by the first metric."""
    golds, groups = [{"a": "x"}, {"a": "y"}, {"a": "z"}], ["p", "q", None]
    e = evaluate([{"a": "x"}, {"a": "x"}, "nothing"], golds, by=groups, metrics=["ted"])
    *lines, signature = shown(replace(e, engine="kernel"), StringIO())
    assert [line.split() for line in lines if line] == [
        ["3", "documents"],
        ["nTED", "acc."],
        ["macro", "(mean", "of", "documents)", "0.5000"],
        ["Per", "kind,", "worst", "first"],
        ["kind", "documents", "nTED", "acc."],
        ["q", "1", "0.5000"],
        ["p", "1", "1.0000"],
        ["Answers", "0.6667", "found", "(2", "ok,", "1", "no_answer)"],
        ["Format", "0.0000", "of", "completions", "well", "formed"],
        ["Engine", "kernel"],
    ]
    assert signature.endswith("|ted:donut-1.0.9")


def test_groups_with_published_metrics_fit_a_narrow_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a narrow screen a group's row keeps F1, what was asked for beside it, and its name in one line."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    name = "physical examination"
    lines = shown(evaluate([PRED], [GOLD], by=[name], metrics="f1,ted,anls"), Screen())
    at = lines.index("Per kind, worst first")
    assert lines[at + 1].split() == ["kind", "documents", "F1", "macro", "F1", "nTED", "acc.", "ANLS*"]
    assert lines[at + 2].startswith(name)
    assert len(lines[at + 2]) <= 80
