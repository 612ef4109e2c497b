"""The tables as GitHub Markdown: the numbers that are printed, names as they are."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from medvie_reward import evaluate
from medvie_reward.reports._evaluation_report import print_evaluation
from medvie_reward.reports._markdown import escape, markdown_report

E = evaluate(
    [{"a|b": "x", "_c_": "1"}, {"a|b": "x"}], [{"a|b": "y", "_c_": "1"}, {"a|b": "x"}],
    by=["line\nbreak", "<b>*bold*</b>"],
)  # fmt: skip


def test_every_number_that_is_printed_is_there() -> None:
    """Tables, what is said below them, and the signature."""
    made = markdown_report(E, by="kind|of", max_fields=1)
    lines = made.splitlines()
    assert lines[0] == "**2 documents**"
    assert lines[2:6] == [
        "|  | precision | recall | F1 |",
        "|---|---:|---:|---:|",
        "| micro (all leaves) | 0.6667 | 0.6667 | 0.6667 |",
        "| macro (mean of documents) | 0.7500 | 0.7500 | 0.7500 |",
    ]
    assert "**Per kind\\|of, worst first**" in lines
    assert any(line.startswith("| line<br>break | 1 |") for line in lines)
    assert any(line.startswith("| \\<b\\>\\*bold\\*\\</b\\> | 1 |") for line in lines)
    assert "- … and 1 more field" in lines
    assert lines[-3:] == ["```", E.signature, "```"]
    screen = StringIO()
    print_evaluation(E, screen, by="kind|of", max_fields=1)
    shown = re.findall(r"\b\d\.\d{4}\b", screen.getvalue())
    assert len(shown) > 10
    assert shown == re.findall(r"\b\d\.\d{4}\b", made)


def rendered(text: str) -> str:
    """Show a cell as a GitHub-like renderer does: its text, line breaks as such."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    html = parser.render(f"| x |\n|---|\n| {escape(text)} |\n")
    cells: list[str] = re.findall(r"<td>(.*?)</td>", html, re.DOTALL)
    assert len(cells) == 1
    assert re.findall(r"<(?!br>)", cells[0]) == []
    for sign, name in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        cells[0] = cells[0].replace("<br>", "\n").replace(sign, name)
    return cells[0]


@pytest.mark.parametrize(
    "text",
    ["a|b", r"a\|b", r"\\", "`code|`", "**x**", "_x_", "a_b_c", "[a](b)", "[](b)", "![i](j)", "<script>",
     "&amp;", "Indicators[].Result", "~~x~~", "x[][1]", "a\nb", "__", "*", "[a]: b"],
)  # fmt: skip
def test_names_are_shown_as_they_are(text: str) -> None:
    """What looks like Markdown or HTML is no Markdown and no HTML."""
    assert text == rendered(text)


@given(st.text("ab|\\`*_[]()<>&~!:# -", min_size=1, max_size=12).map(str.strip).filter(bool))
def test_any_name_is_shown_as_it_is(text: str) -> None:
    """The same for any mixture of signs."""
    assert " ".join(text.split(" ")) == rendered(text)


def test_plain_names_stay_readable() -> None:
    """Names of fields are left alone."""
    assert escape("Indicators[].Result_Status") == "Indicators[].Result_Status"
