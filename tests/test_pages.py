"""Pages of the documentation that show commands and Python: all of it is run, and prints what they show."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.pages import ROOT, Block, blocks_of, is_shown, run_page

# Page, blocks that run, and the commands that install something, which run in fresh environments elsewhere.
PAGES = [
    ("index.md", 1, []),
    ("explanation.md", 10, []),
    ("schema.md", 9, []),
    ("files.md", 9, []),
    ("ci.md", 7, []),
    ("cli.md", 2, []),
    ("completions.md", 8, []),
    ("audit.md", 3, []),
    ("lab.md", 3, []),
    ("tutorial.md", 13, ["python3 -m venv venv && . venv/bin/activate && pip install .\n"]),
]


@pytest.mark.parametrize(("name", "number", "installs"), PAGES, ids=[page[0] for page in PAGES])
def test_page_prints_what_it_shows(name: str, number: int, installs: list[str], tmp_path: Path) -> None:
    """Every command and every line of Python, in order; none is skipped."""
    # Commands look for a file of defaults in all folders above, where other programs may have left one.
    (tmp_path / "medvie.toml").touch()
    work = tmp_path / "work"
    work.mkdir()
    found: list[str] = []
    ran = 0
    for block, printed in run_page(name, work, found):
        assert is_shown(printed, block.printed), f"{block.text}\nprints\n{printed}"
        ran += 1
    assert (number, installs) == (ran, found)


def test_blocks() -> None:
    """A block knows its title and its output; an output of nothing is an error."""
    page = 'a\n```sh\nx\n```\nb\n```text\ny\n```\n```json title="z.json"\n{}\n```\n'
    assert blocks_of(page) == [Block("sh", None, "x\n", "y\n"), Block("json", "z.json", "{}\n")]
    output = "```text\ny\n```\n"
    for wrong in (output, f"```json\n{{}}\n```\n{output}", f"```sh\nx\n```\n{output}{output}"):
        with pytest.raises(ValueError, match="output of nothing"):
            blocks_of(wrong)


@pytest.mark.parametrize(
    ("printed", "shown", "expected"),
    [
        ("a\nb\n", "a\nb\n", True), ("a\nb\n", "a\n", False), ("a\nb\nc\n", "a\n…\n", True),
        ("a\nb\nc\n", "a\n…\nc\n", True), ("a\nc\n", "a\n…\nc\n", True), ("a\nb\n", "a\n…\nc\n", False),
        ("a b c\n", "a … c\n", True), ("a b\nc\n", "a … c\n", False), ("a.b\n", "a.b\n", True),
        ("axb\n", "a.b\n", False), ("", "", True), ("a\n", "", False),
    ],
)  # fmt: skip
def test_is_shown(printed: str, shown: str, expected: bool) -> None:
    """Ellipses stand for lines or parts of a line; all else is to the letter."""
    assert expected == is_shown(printed, shown)


def test_a_page_that_shows_something_else_fails(tmp_path: Path) -> None:
    """Commands and Python do run: a page with wrong output is told from one with the right one."""
    (tmp_path / "docs").mkdir()
    python = "```python\nx = 2\nprint(x)\n```\n```text\n2\n```\n"
    blocks = f"{python}```sh\necho $((1 + 1)); false\n```\n```text\n3\n```\n"
    page = tmp_path / "docs" / "page.md"
    page.write_text(blocks)
    work = tmp_path / "work"
    work.mkdir()
    found = [
        (block.printed, printed, is_shown(printed, block.printed))
        for block, printed in run_page(str(page), work, [])
    ]
    assert found == [("2\n", "2\n", True), ("3\n", "2\n", False)]
    assert (work / "examples").resolve() == (ROOT / "examples").resolve()
