"""The shipped example: whole, made by its scripts, small, and scored as the README says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import compose
import pytest
import simulate_rollouts

from medvie_reward import evaluate

FOLDER = Path(__file__).parents[1] / "examples" / "lab_reports"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


GOLD = {row["id"]: row for row in rows("gold.jsonl")}


def test_gold_is_what_the_script_composes() -> None:
    """Every gold comes out of the seeded script again, and its page is there."""
    for name, row in GOLD.items():
        made = compose.make_report(name)
        assert (name, row["gold"]) == (name, made["gold"])
        assert (FOLDER / row["image"]).read_bytes().startswith(b"\x89PNG"), name


def test_there_are_forty_of_many_kinds() -> None:
    """Forty reports in two languages and many kinds, each with every key of the schema in order."""
    assert list(GOLD) == compose.report_ids()
    assert len(GOLD) == 40
    assert {row["language"] for row in GOLD.values()} == {"en", "zh"}
    assert len({row["report_type"] for row in GOLD.values()}) >= 10
    for row in GOLD.values():
        assert tuple(row["gold"]) == compose.TOP_KEYS
        assert all(tuple(item) == compose.INDICATOR_KEYS for item in row["gold"]["Indicators"])


@pytest.mark.parametrize("name", ["ocr_rows.jsonl", "ocr_plain.jsonl"])
def test_predictions_are_whole(name: str) -> None:
    """One prediction per report, with the text that the engine read."""
    predictions = rows(name)
    assert {row["id"] for row in predictions} == GOLD.keys()
    assert all(row["source_text"].strip() for row in predictions)
    assert all(tuple(row["prediction"]) == compose.TOP_KEYS for row in predictions)


def test_the_better_reader_scores_better() -> None:
    """Reading tables by columns beats reading them as text; neither is perfect, neither is nothing."""
    f1 = {}
    for name in ("ocr_rows.jsonl", "ocr_plain.jsonl"):
        predictions = {row["id"]: row["prediction"] for row in rows(name)}
        f1[name] = evaluate([predictions[x] for x in GOLD], [GOLD[x]["gold"] for x in GOLD]).micro.f1
    assert 0.3 < f1["ocr_plain.jsonl"] < f1["ocr_rows.jsonl"] < 1


def test_it_stays_small() -> None:
    """All of it together is under 5 MB."""
    assert (
        sum(path.stat().st_size for path in FOLDER.rglob("*") if "__pycache__" not in path.parts) < 5_000_000
    )


def test_rollouts_are_what_the_script_draws() -> None:
    """The answers of the simulated reader come out of their seed again, four to each report."""
    made = simulate_rollouts.rollout_rows()
    assert made == rows("rollouts.jsonl")
    counted = [
        (row["id"], len(completions)) for row in made if isinstance(completions := row["completions"], list)
    ]
    assert counted == [(name, 4) for name in GOLD]
