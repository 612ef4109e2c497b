"""Files of what can be selected: rows, embeddings, schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medvie_reward.corpus import GOLD_KEYS, RowFile
from medvie_reward.errors import InputError
from medvie_reward.selection._candidates import read_candidates, read_embeddings, schema_fields
from medvie_reward.spec._schema_rules import load_schema


def opened(path: Path, rows: list[Any]) -> RowFile:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return RowFile(str(path), GOLD_KEYS)


def test_rows(tmp_path: Path) -> None:
    """Golds, report types and strata are read in the file's order."""
    rows = [
        {"id": "a", "report_type": "ct", "site": 3, "gold": {"x": "1"}},
        {"id": "b", "report_type": "lab", "site": True, "gold": {"y": "1"}},
    ]
    with opened(tmp_path / "g.jsonl", rows) as golds:
        made = read_candidates(golds, by="site")
    assert [(x.kind, x.filled) for x in made.profiles] == [("ct", {"x": 1.0}), ("lab", {"y": 1.0})]
    assert made.strata == ["3", "True"]


def test_a_leaf_that_accepts_several_values_is_the_first_of_them(tmp_path: Path) -> None:
    rows = [{"gold": {"x": {"$any": ["", "1", "one"]}}}, {"gold": {"x": "1"}}]
    with opened(tmp_path / "g.jsonl", rows) as golds:
        several, one = read_candidates(golds).profiles
    assert several == one


def test_bare_golds(tmp_path: Path) -> None:
    """A row that is the gold itself has no report type, whatever its members are called."""
    with opened(tmp_path / "g.jsonl", [{"report_type": "ct", "x": "1"}]) as golds:
        made = read_candidates(golds)
    assert (made.profiles[0].kind, set(made.profiles[0].filled)) == (None, {"report_type", "x"})


def test_golds_written_as_text(tmp_path: Path) -> None:
    """A gold that is JSON text has the profile of its value, and not that of one long string."""
    rows = [{"gold": '{"x": "1", "L": [{"n": "a"}]}'}, {"gold": {"x": "1", "L": [{"n": "a"}]}}]
    with opened(tmp_path / "g.jsonl", rows) as golds:
        one, other = read_candidates(golds).profiles
    assert one == other


@pytest.mark.parametrize(
    ("rows", "by", "message"),
    [
        ([{"gold": "{"}], None, ":1: gold: expected JSON text: unexpected end of data"),
        ([{"gold": 1, "report_type": "ct"}, {"gold": 1}], None, r":2: has no member 'report_type' while"),
        ([{"gold": 1}, {"gold": 1, "report_type": "ct"}], None, r":2: has a member 'report_type' while"),
        (
            [{"gold": 1, "report_type": None}],
            None,
            r":1: expected a string or a number - at \$.report_type, got",
        ),
        ([{"gold": 1, "site": "a"}, {"gold": 1}], "site", r":2: expected a string or a number - at \$.site"),
        ([{"gold": 1, "site": []}], "site", r":1: expected a string or a number - at \$.site, got list"),
        ([{"gold": 1}, {"pred": 1}], None, r":2: expected an object with the member 'gold'"),
    ],
)
def test_bad_rows(tmp_path: Path, rows: list[Any], by: str | None, message: str) -> None:
    """A row that does not fit is named by file and line."""
    with opened(tmp_path / "g.jsonl", rows) as golds, pytest.raises(InputError, match=rf"g\.jsonl{message}"):
        read_candidates(golds, by=by)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 4)), "has 2 rows: expected 3, one per document in the file's order"),
        (np.zeros(3), r"expected the shape \(documents, dimensions\), got \(3,\)"),
        (np.zeros((3, 0)), "expected the shape"),
        (np.array([[1.0], [2.0], [np.nan]]), "got nan in row 3, column 1"),
        (np.array([[1.0, np.inf]] * 3), "got inf in row 1, column 2"),
        (np.array([[1e39]] * 3), "range of float32, got 1e\\+39 in row 1"),
        (np.array([[1j]] * 3), "expected real numbers, got complex128"),
        (np.array([["a"]] * 3), "expected real numbers, got <U1"),
        (np.array([[{}]] * 3, dtype=object), "expected a .npy file of numbers"),
    ],
)
def test_bad_embeddings(tmp_path: Path, array: Any, message: str) -> None:
    """Embeddings of another shape, or that are no finite numbers, are named."""
    np.save(tmp_path / "e.npy", array)
    with pytest.raises(InputError, match=rf"e\.npy: .*{message}"):
        read_embeddings(str(tmp_path / "e.npy"), 3)


def test_other_files(tmp_path: Path) -> None:
    """What is no .npy file at all is an error, not a guess."""
    np.savez(tmp_path / "e.npz", a=np.zeros((3, 1)))
    (tmp_path / "text.npy").write_text("1 2 3", encoding="utf-8")
    (tmp_path / "empty.npy").write_bytes(b"")
    for name, message in (
        ("e.npz", "got a .npz archive"),
        ("text.npy", "expected a .npy file"),
        ("empty.npy", "expected a .npy file"),
        ("none.npy", "cannot be read"),
    ):
        with pytest.raises(InputError, match=message):
            read_embeddings(str(tmp_path / name), 3)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "int8", "uint32"])
def test_good_embeddings(tmp_path: Path, kind: str) -> None:
    """All real types are taken."""
    np.save(tmp_path / "e.npy", np.arange(6).reshape(3, 2).astype(kind))
    assert read_embeddings(str(tmp_path / "e.npy"), 3).tolist() == [[0, 1], [2, 3], [4, 5]]


def test_schema_fields() -> None:
    """Leaf fields are listed, open names are not."""
    fields = schema_fields(load_schema("medical_report.en"))
    assert len(fields) == 21
    assert {"Name", "Indicators[].Result"} < set(fields)
    assert schema_fields({"properties": {"a": {"additionalProperties": {"type": "string"}}}}) == ()
