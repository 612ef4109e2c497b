"""Judged pairs of spellings that nobody here wrote, each in a whole document; skipped without them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from medvie_reward import score
from medvie_reward.spec import load_schema

PAIRS: Final = Path(__file__).parents[3] / "shared" / "values" / "pairs.jsonl"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not PAIRS.is_file(), reason="no shared data folder")]

ROWS: Final = 7
"""Where the list of rows stands among the keys of the paper's schema."""


def keys(language: str) -> tuple[list[str], list[str]]:
    """Return the keys of a report and of a row, in the order of the schema."""
    top = load_schema(f"medical_report.{language}")["properties"]
    rows = list(top)[ROWS]
    return list(top), list(top[rows]["items"]["properties"])


ENGLISH: Final = keys("en")


def document(field: str, value: Any, language: str) -> dict[str, Any]:
    """Return a whole report with a value in one field, under English or Chinese keys."""
    top, row = keys(language)
    report: dict[str, Any] = {key: f"value {n}" for n, key in enumerate(top)}
    cells = dict.fromkeys(row, "") | {row[0]: "glucose"}
    report[top[ROWS]] = [cells]
    if field in ENGLISH[1]:
        cells[row[ENGLISH[1].index(field)]] = value
    else:
        report[top[ENGLISH[0].index(field)]] = value
    return report


def paper_pairs(expected: str) -> Iterator[tuple[str, Any, Any]]:
    """Return the pairs under keys of the paper's schema that are judged equal or different."""
    with PAIRS.open(encoding="utf-8") as lines:
        for pair in map(json.loads, lines):
            if pair["expected"] == expected and not pair["field"].startswith("own:"):
                yield pair["field"], pair["a"], pair["b"]


def agree(field: str, a: Any, b: Any) -> set[bool]:
    """Return whether two spellings match, both ways round, under English and Chinese keys."""
    return {
        score(document(field, x, language), document(field, y, language)).f1 == 1.0
        for (x, y), language in product(((a, b), (b, a)), ("en", "zh"))
    }


def test_different_under_the_papers_keys() -> None:
    """Every pair that is judged different is kept apart."""
    assert [pair for pair in paper_pairs("different") if agree(*pair) != {False}] == []


def test_equal_under_the_papers_keys() -> None:
    """Of the pairs that are judged equal at least 95 % are seen as equal."""
    found = list(paper_pairs("equal"))
    missed = [pair for pair in found if agree(*pair) != {True}]
    assert len(missed) <= 0.05 * len(found), missed
