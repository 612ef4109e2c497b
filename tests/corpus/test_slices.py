"""Slices: bounds by hand, members, fields that are filled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import InputError
from medvie_reward.cli._main import main_score
from medvie_reward.corpus._slices import check_slice, order_parts, slice_of

REPORT: dict[str, Any] = {
    "Name": "Li Wei",
    "Diagnosis": " ",
    "Indicators": [{"Item Name": "K", "Result": 5.6}, {"Item Name": "Na", "Result": None}],
}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("rows", "1–5"),
        ("length", "0–100"),
        ("fields", "0–5"),
        ("has:Name", "with"),
        ("has:Diagnosis", "without"),
        ("has:Indicators[].Result", "with"),
        ("has:Result", "without"),
        ("report_type", "CT"),
        ("year", "2024"),
        ("nothing", "(none)"),
    ],
)
def test_parts_of_a_report(name: str, part: str) -> None:
    """2 rows, 12 characters, 3 fields of which Result is filled once."""
    assert slice_of(name, REPORT, {"report_type": "CT", "year": 2024, "gold": REPORT}) == part


def test_a_gold_that_is_text() -> None:
    """JSON text is read; what is none has no size, since scoring refuses it."""
    assert slice_of("rows", json.dumps(REPORT), None) == slice_of("rows", REPORT, None) == "1–5"
    assert slice_of("has:Name", json.dumps(REPORT), None) == "with"
    assert slice_of("rows", "no JSON", None) == "0"


def test_score_by_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--by`` takes sizes too; a row member of that name comes first."""
    gold, pred = tmp_path / "gold.jsonl", tmp_path / "pred.jsonl"
    golds = [{"gold": {"L": ["x"] * n}} for n in (0, 3, 7)]
    gold.write_text("".join(json.dumps(row) + "\n" for row in golds), encoding="utf-8")
    pred.write_text("".join(json.dumps({"pred": row["gold"]}) + "\n" for row in golds), encoding="utf-8")
    assert main_score([str(pred), str(gold), "--by", "rows", "--json", "-"]) == 0
    made = json.loads(capsys.readouterr().out)["by"]
    assert {name: group["n"] for name, group in made.items()} == {"0": 1, "1–5": 1, "6–10": 1}
    gold.write_text("".join(json.dumps({**row, "rows": "many"}) + "\n" for row in golds), encoding="utf-8")
    assert main_score([str(pred), str(gold), "--by", "rows", "--json", "-"]) == 0
    assert list(json.loads(capsys.readouterr().out)["by"]) == ["many"]


@pytest.mark.parametrize(
    ("n", "part"),
    [(0, "0"), (1, "1–5"), (5, "1–5"), (6, "6–10"), (20, "11–20"), (50, "21–50"), (51, "51+"), (999, "51+")],
)
def test_rows_at_the_bounds(n: int, part: str) -> None:
    """Bounds belong to the part below; items of inner lists count too."""
    assert slice_of("rows", {"a": [[]] * (n // 2), "b": {"c": [1] * (n - n // 2)}}, None) == part
    assert slice_of("rows", [["x"] * (n - 1)] if n else [], None) == part


@pytest.mark.parametrize(
    ("length", "part"), [(0, "0–100"), (100, "0–100"), (101, "101–250"), (2000, "1001–2000"), (2001, "2001+")]
)
def test_length_at_the_bounds(length: int, part: str) -> None:
    """White space around values is no length."""
    assert slice_of("length", {"a": f"  {'x' * length} "}, None) == part


def test_order() -> None:
    """Sizes go upwards, names by the alphabet, golds without the member come last."""
    assert order_parts("rows", {"51+", "6–10", "0", "11–20"}) == ["0", "6–10", "11–20", "51+"]
    assert order_parts("kind", {"b", "(none)", "a", "é"}) == ["a", "b", "é", "(none)"]


def test_a_member_that_no_row_has() -> None:
    """That is a mistake in the flag; one row that has it is enough."""
    check_slice("kind", ["(none)", "a"], "gold.jsonl")
    with pytest.raises(
        InputError, match=r"gold.jsonl: --by kind: expected rows, length, fields, has:FIELD, or"
    ):
        check_slice("kind", ["(none)", "(none)"], "gold.jsonl")
