"""The table of docs/fields.md that says what counts as equal: every row holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Final

import pytest

from medvie_reward.comparators import form_of

PAGE: Final = Path(__file__).parents[2] / "docs" / "fields.md"
HEADING: Final = "### What counts as equal, and what never does"


def rows() -> list[tuple[str, str, str]]:
    """Return the comparator and both cells of each row."""
    section = PAGE.read_text(encoding="utf-8").partition(HEADING)[2].partition("\n\n**")[0]
    found = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", section, re.MULTILINE)
    assert len(found) > 20
    return found


def spellings(cell: str, sign: str) -> Iterator[list[str]]:
    """Return the spellings of a cell, those that a sign joins together."""
    joined = rf"`[^`]+`(?: {sign} `[^`]+`)+"
    groups = re.findall(joined, cell)
    assert "; ".join(groups) == cell
    for group in groups:
        yield re.findall("`([^`]+)`", group)


@pytest.mark.parametrize(("comparator", "same", "different"), rows())
def test_row(comparator: str, same: str, different: str) -> None:
    """What a row calls one has one form, and what it keeps apart has two."""
    form = form_of(comparator, {})
    for group in spellings(same, "="):
        assert len(set(map(form, group))) == 1, group
    for pair in spellings(different, "≠"):
        for a, b in permutations(pair, 2):
            assert form(a) != form(b)
