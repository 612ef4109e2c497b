"""Pages, exchange and judge of the run that reads images; ``integrations/verl/reading`` makes real ones."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import reading_held_out
import reading_pages
import reading_results
import training_rows
from reading_pages import SIZES, Rows, Size
from training_rows import TrainingRow

from medvie_reward import Spec
from medvie_reward.cli._main import main

PAGE: Rows = (("K", "4.1"), ("Na", "141"))
RISE = "seed 1: expected the held-out F1 to rise by 0.05, got "
HALF = "seed 1: expected at most half of F1 0.8 with exchanged pages, got "


def row(page: Rows) -> TrainingRow:
    """Make a training row for a page, without its image."""
    gold = json.dumps(reading_pages.gold_of(page))
    return TrainingRow([{"role": "user", "content": "<image>\nRead this."}], [b""], gold, {"schema": ""})


def answer(page: Rows) -> str:
    """Write the completion that is right for a page."""
    return training_rows.completion_of(reading_pages.gold_of(page))


def results(before: float, after: float, low: float, blind: float) -> dict[str, Any]:
    """Make results of one seed."""
    return {
        "start": {"own sampled": {"f1": before}},
        "seeds": {
            "1": {
                "held_out": {"own sampled": {"f1": after}, "others sampled": {"f1": blind}},
                "f1_difference": {"own sampled": [low, round(after - before, 4), 0.3]},
            }
        },
    }


@pytest.mark.parametrize("name", sorted(SIZES))
def test_pages_hold_what_their_size_says(name: str) -> None:
    """Rows and forms of values are those of the size, no label comes twice, and no two pages are alike."""
    size = SIZES[name]
    pages = reading_pages.compose_distinct(200, size, seed=3)
    assert len(set(pages)) == 200
    assert {len(page) for page in pages} == set(size.rows)
    assert all(len({label for label, _ in page}) == len(page) for page in pages)
    forms = {
        "".join("9" if sign.isdigit() else sign for sign in value) for page in pages for _, value in page
    }
    assert forms == set(size.values)
    assert pages[:50] == reading_pages.compose_distinct(50, size, seed=3)


def test_a_stream_leaves_pages_out() -> None:
    """The warm start never sees a page of the data: where all but one are left out, that one comes again."""
    size = Size((1,), ("9",))
    every = set(reading_pages.compose_distinct(80, size, seed=0))
    left = random.Random(1).choice(sorted(every))
    stream = reading_pages.stream(size, 0, every - {left})
    assert [next(stream) for _ in range(3)] == [left] * 3


def test_a_page_is_drawn_on_the_grid() -> None:
    """Each character fills one cell; a changed digit changes its cell and nothing else."""
    size = SIZES["full"]
    one, other = reading_pages.draw(PAGE, size), reading_pages.draw((("K", "4.1"), ("Na", "147")), size)
    assert one.size == other.size == (112, 112)
    left = reading_pages.COLUMN + 2 * reading_pages.PATCH
    cell = (left, reading_pages.LEADING, left + reading_pages.PATCH, 2 * reading_pages.LEADING)
    assert one.crop(cell).tobytes() != other.crop(cell).tobytes()
    for image in (one, other):
        image.paste((255, 255, 255), cell)
    assert one.tobytes() == other.tobytes()


def test_pages_become_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``medvie prepare`` takes the pages: one image a row, the gold of the page, the same query for all."""
    size = SIZES["full"]
    reading_pages.write(tmp_path, size, 12, seed=5)
    pages, schema = tmp_path / "pages.jsonl", str(tmp_path / "page.schema.json")
    command = ["data", str(pages), "--schema", schema, "--sample", "all", "--validation", "0.25"]
    assert main([*command, "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    rows = [
        one
        for name in ("train", "validation")
        for one in training_rows.read_rows(tmp_path / f"{name}.parquet")
    ]
    found = sorted(reading_pages.rows_of(json.loads(one.ground_truth)) for one in rows)
    assert found == sorted(reading_pages.compose_distinct(12, size, seed=5))
    assert len({one.prompt[0]["content"] for one in rows}) == 1
    assert {len(one.images) for one in rows} == {1}


def test_exchanged_pages_are_others_with_as_many_rows() -> None:
    """Each page is used once, for another row of its kind; who has no such row keeps the page."""
    pages = reading_pages.compose_distinct(30, Size((2, 3), ("9.9",)), seed=1)
    rows = [row(page) for page in pages] + [row((("K", "1"),))]
    made = reading_held_out.exchanged(rows, seed=0)
    assert sorted(made) == list(range(31))
    assert [n for n in range(31) if made[n] == n] == [30]
    assert all(len(pages[n]) == len(pages[made[n]]) for n in range(30))


def test_held_out_answers_are_measured_by_field() -> None:
    """A wrong value of four, and an answer that is none."""
    spec = Spec.from_json_schema(reading_pages.SCHEMA, "clinical", matching="f1", critical_cost=0)
    wrong = answer((("K", "4.1"), ("Na", "147")))
    made = reading_results.measure([0, 0], [answer(PAGE), wrong], [row(PAGE)], spec)
    expected = {
        "f1": 0.875,
        "precision": 0.875,
        "recall": 0.875,
        "label": 1.0,
        "value": 0.75,
        "readable": 1.0,
    }
    assert made == expected
    made = reading_results.measure([0, 0], [answer(PAGE), "<answer>"], [row(PAGE)], spec)
    assert made == {"f1": 0.5, "precision": 0.5, "recall": 0.5, "label": 0.5, "value": 0.5, "readable": 0.5}


def test_the_difference_is_paired_by_page() -> None:
    """All values wrong before and right after, on every page: half of the leaves, without spread."""
    spec = Spec.from_json_schema(reading_pages.SCHEMA, "clinical", matching="f1", critical_cost=0)
    pages = reading_pages.compose_distinct(5, SIZES["full"], seed=2)
    rows, numbers = [row(page) for page in pages], list(range(5))
    wrong = [answer(tuple((label, "x") for label, _ in page)) for page in pages]
    key = ("own", "sampled")
    before, after = {key: (numbers, wrong)}, {key: (numbers, [answer(page) for page in pages])}
    assert reading_results.difference(before, after, key, rows, spec) == [0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("made", "faults"),
    [
        (results(0.7, 0.8, 0.05, 0.2), []),
        (
            results(0.7, 0.72, 0.01, 0.2),
            [RISE + "0.7 -> 0.72"],
        ),
        (results(0.7, 0.8, -0.01, 0.2), [RISE + "0.7 -> 0.8"]),
        (
            results(0.7, 0.8, 0.05, 0.5),
            ["seed 1: expected at most half of F1 0.8 with exchanged pages, got 0.5"],
        ),
    ],
)
def test_the_check_of_a_run(made: dict[str, Any], faults: list[str]) -> None:
    """A rise that is too small or not sure, and answers that hang on no page, are faults."""
    found = reading_results.check(made, 0.05)
    assert [line.partition(" (")[0] for line in found] == faults


def test_the_check_of_a_short_run() -> None:
    """A margin of 0 asks that F1 does not fall, and for no interval."""
    assert reading_results.check(results(0.7, 0.71, -0.02, 0.2), 0.0) == []
    assert len(reading_results.check(results(0.7, 0.69, -0.04, 0.2), 0.0)) == 1


def test_the_readme_shows_the_stored_numbers() -> None:
    """The table of the README is what the command prints from the stored results."""
    root = Path(__file__).parents[2]
    stored = json.loads((root / "docs" / "verl_reading.json").read_text(encoding="utf-8"))
    page = (root / "integrations" / "verl" / "reading" / "README.md").read_text(encoding="utf-8")
    assert "\n".join(reading_results.table(stored)) in page
