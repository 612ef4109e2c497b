"""``docs/empty.md``: every line of its tables, computed anew."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import (
    GoldError,
    MedvieError,
    PredictionError,
    anls_star,
    evaluate,
    parse_completion,
    reward,
    score,
    ted_accuracy,
)

PAGE = (Path(__file__).parents[1] / "docs" / "empty.md").read_text(encoding="utf-8")
PRESETS = ("clinical", "strict", "paper", "donut", "smr-r1")
EMPTY_ANSWER = "<think></think><answer>{}</answer>"


def tables(first: str) -> list[list[str]]:
    """Give the cells of all lines of the tables whose first column has this title."""
    lines: list[list[str]] = []
    heads = False
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if not cells:
            heads = False
        elif heads:
            lines.append(cells)
        elif cells[0] == first:
            heads = True
    return [cells for cells in lines if not cells[0].startswith("---")]


PAIRS = tables("gold")
COMPLETIONS = tables("completion")
GOLDS = tables("gold, as text")


def code(cell: str) -> str:
    """Give what stands in a cell between backticks."""
    found = re.fullmatch("`(.*)`", cell)
    assert found is not None, cell
    return found[1]


def number(x: float) -> str:
    """Write a number as the page does: three decimals, without zeros at the end."""
    return f"{x:.3f}".rstrip("0").rstrip(".")


def outcome(call: Callable[[], float]) -> str:
    """Write a call's number, or the name of the error it raises."""
    try:
        return number(call())
    except MedvieError as error:
        return f"`{type(error).__name__}`"


def test_all_tables_are_read() -> None:
    """No line of a table escapes the tests below, and presets stand in the order in which they are read."""
    lines = [line for line in PAGE.splitlines() if line.startswith(("| `", "| ("))]
    assert len(lines) == len(PAIRS) + len(COMPLETIONS) + len(GOLDS)
    assert (len(PAIRS), len(COMPLETIONS), len(GOLDS)) == (87, 16, 10)
    assert len({tuple(cells[:2]) for cells in PAIRS}) == len(PAIRS)
    heads = re.findall(r"^\| (?:gold|completion) \|.*?\| (clinical .*? smr-r1) \|", PAGE, re.MULTILINE)
    assert set(heads) == {" | ".join(PRESETS)}
    assert len(heads) == 7


@pytest.mark.parametrize("cells", PAIRS, ids=lambda cells: " ".join(cells[:2]))
def test_gold_and_prediction(cells: list[str]) -> None:
    """F1, r_matching where it is another number, nTED accuracy and ANLS*."""
    gold = json.loads(code(cells[0]))
    read = parse_completion(f"<think></think><answer>{code(cells[1])}</answer>")
    found = []
    for preset in PRESETS:
        f1 = number(score(read.answer, gold, preset).f1)
        matching = number(reward(read, gold, preset).matching)
        found.append(f1 if f1 == matching else f"{f1} / {matching}")
    assert cells[2:] == [
        *found,
        number(ted_accuracy(read.answer, gold)),
        number(anls_star(read.answer, gold)),
    ]


@pytest.mark.parametrize("cells", COMPLETIONS, ids=lambda cells: cells[0])
def test_completion(cells: list[str]) -> None:
    """Status, the reward against an empty gold, and the three metrics of the document."""
    text: str | None = "" if cells[0] == "(empty)" else code(cells[0])
    text = None if text == "None" else text
    assert code(cells[1]) == parse_completion(text).status
    assert cells[2:7] == [number(reward(text, {}, preset).score) for preset in PRESETS]
    found = evaluate([text], [{}], metrics="f1,ted,anls")
    assert found.ted is not None
    assert found.anls is not None
    assert cells[7:] == [number(found.macro.f1), number(found.ted), number(found.anls)]


@pytest.mark.parametrize("cells", GOLDS, ids=lambda cells: cells[0])
def test_gold(cells: list[str]) -> None:
    """What is no object or list raises, except in `score`."""
    text = code(cells[0])
    assert cells[1] == outcome(lambda: reward(EMPTY_ANSWER, text).score)
    assert cells[2] == outcome(lambda: evaluate([{}], [text]).macro.f1)
    try:
        value = json.loads(text)
    except ValueError:
        assert cells[3] == "(no JSON)"
    else:
        assert cells[3] == outcome(lambda: score({}, value).f1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_python_values_that_json_lacks(value: float) -> None:
    """The page's sentence about NaN as a Python value."""
    with pytest.raises(PredictionError):
        score({"a": value}, {"a": 1})
    with pytest.raises(GoldError):
        score({"a": 1}, {"a": value})


@pytest.mark.parametrize(("lists", "expected"), [("align", 1.0), ("bag", 1.0), ("index", 0.0)])
def test_blank_items_move_others_by_position_only(lists: str, expected: float) -> None:
    """The page's sentence about list items without a value."""
    values: tuple[Any, Any] = ({"a": ["", "x"]}, {"a": ["x"]})
    assert expected == score(*values, lists=lists).f1


def test_both_empty_is_a_choice() -> None:
    """The page's sentence about ``both_empty``."""
    assert reward(EMPTY_ANSWER, {}, "paper", both_empty=1.0).matching == 1.0
