"""Flat records, CSV and frames: nothing lost, nothing that a reader refuses."""

from __future__ import annotations

import builtins
import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import InputError, align, evaluate
from medvie_reward.corpus._exports import (
    document_records,
    leaf_records,
    to_frame,
    write_csv,
)
from medvie_reward.corpus._tracking import flat_metrics

GOLDS: list[Any] = [
    {"Name": "Li", "L": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": "140"}]},
    {"Name": "Wu", "L": []},
    {"Name": "An"},
]
PREDS: list[Any] = [
    {"Name": "Li", "L": [{"n": "K", "r": "41"}]},
    '<think>t</think><answer>{"Name": "Wu", "Age": "7"}</answer>',
    "no answer",
]
EVALUATION = evaluate(PREDS, GOLDS, "strict", ids=["a", "b", "c"], by=["lab", "ct", None], metrics="f1,ted")


def test_document_records_by_hand() -> None:
    """Three documents: counts by hand, null where there is nothing, the same names everywhere."""
    records = document_records(EVALUATION)
    wanted = ("id", "group", "status", "format_ok", "limited", "correct", "wrong", "missing", "hallucinated",
              "invented_field", "n_pred", "n_gold", "precision")  # fmt: skip
    assert [tuple(record[name] for name in wanted) for record in records] == [
        ("a", "lab", "ok", None, False, 2, 1, 2, 0, 0, 3, 5, 2 / 3),
        ("b", "ct", "ok", True, False, 1, 0, 0, 1, 1, 2, 1, 0.5),
        ("c", None, "no_answer", False, False, 0, 0, 1, 0, 0, 0, 1, 0.0),
    ]
    assert len({tuple(record) for record in records}) == 1
    assert "ted" in records[0]
    assert "anls" not in records[0]
    assert not any(isinstance(value, (dict, list, tuple)) for record in records for value in record.values())


def test_sums_alone_have_no_records() -> None:
    """An evaluation that kept sums alone says why it gives no records; its metrics need none."""
    import dataclasses

    sums = dataclasses.replace(EVALUATION, documents=())
    assert flat_metrics(EVALUATION) == flat_metrics(sums)
    with pytest.raises(InputError, match="this evaluation kept only totals; evaluate without Ray"):
        document_records(sums)


def test_leaf_records_by_hand() -> None:
    """One record per leaf; values are texts, null on the side that lacks the leaf."""
    records = leaf_records("d", align({"a": 1.0, "c": True}, {"a": 1, "b": "x"}, "strict"))
    wanted = ("id", "field", "outcome", "kind", "gold_path", "pred_path", "gold", "pred")
    assert [tuple(record[name] for name in wanted) for record in records] == [
        ("d", "a", "correct", None, "a", "a", "1", "1"),
        ("d", "b", "missing", None, "b", None, "x", None),
        ("d", "c", "hallucinated", "invented_field", None, "c", None, "true"),
    ]


# -- CSV -----------------------------------------------------------------------------------------------


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


# Python 3.10 reads no NUL from CSV, and a lone surrogate is in no file.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
cells = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts.filter(bool))


@given(st.lists(st.fixed_dictionaries({"a": cells, "b,\r\n": cells}), min_size=1))
def test_csv_is_read_back(records: list[dict[str, Any]]) -> None:
    """Any value comes back from `csv.reader`: text as it was, formulas too, numbers to the last bit."""
    found = read_csv(write_csv(records))
    assert len(records) == len(found)
    for record, row in zip(records, found, strict=True):
        for name, value in record.items():
            if value is None:
                assert row[name] == ""
            elif isinstance(value, bool):
                assert row[name] == str(value).lower()
            else:
                assert type(value)(row[name]) == value


def test_csv_by_hand() -> None:
    """The form of RFC 4180: names first, quotes where needed, CRLF after every line."""
    records: list[dict[str, Any]] = [
        {"id": 'a"b', "x": None, "y": True},
        {"id": "=1+1\n", "x": 0.1, "y": False},
    ]
    assert write_csv(records) == 'id,x,y\r\n"a""b",,true\r\n"=1+1\n",0.1,false\r\n'
    assert write_csv([]) == ""


def test_records_that_differ() -> None:
    """A record with other names is refused, with its place and the names."""
    with pytest.raises(
        InputError, match=r"record 2: expected the names of the first one, differs in \['b'\]"
    ):
        write_csv([{"a": 1}, {"a": 1, "b": 2}])


# -- frames --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_frames_keep_types(engine: str) -> None:
    """Integers stay integers, null stays null, values are those of the records."""
    records = document_records(EVALUATION)
    frame = to_frame(records, engine)
    assert list(records[0]) == list(frame.columns)
    types = {
        name: str(frame[name].dtype) for name in ("id", "group", "format_ok", "limited", "correct", "f1")
    }
    assert types == {
        "pandas": {"id": "string", "group": "string", "format_ok": "boolean", "limited": "bool",
                   "correct": "int64", "f1": "float64"},
        "polars": {"id": "String", "group": "String", "format_ok": "Boolean", "limited": "Boolean",
                   "correct": "Int64", "f1": "Float64"},
    }[engine]  # fmt: skip
    for name in records[0]:
        # pandas has nulls of its own, which equal nothing.
        found = [None if str(x) in ("<NA>", "nan") else x for x in frame[name].to_list()]
        assert [record[name] for record in records] == found


@pytest.mark.parametrize("engine", ["pandas", "polars"])
@pytest.mark.parametrize("preset", ["smr-r1", "donut", "clinical"])
def test_frames_of_every_preset(engine: str, preset: str) -> None:
    """Presets that count fractions have columns of floats; leaves and empty lists have frames too."""
    records = document_records(evaluate(PREDS, GOLDS, preset))
    frame = to_frame(records, engine)
    assert [record["missing"] for record in records] == frame["missing"].to_list()
    assert len(to_frame(leaf_records("x", align(PREDS[0], GOLDS[0])), engine)) == 5
    assert len(to_frame([], engine)) == 0


@pytest.mark.parametrize(
    ("values", "pandas", "polars"),
    [
        ([1, None], "Int64", "Int64"),
        ([1, 2.5], "float64", "Float64"),
        ([1, 2.5, None], "Float64", "Float64"),
        ([None], "string", "String"),
    ],
)
def test_types_of_columns(values: list[Any], pandas: str, polars: str) -> None:
    """Null makes a nullable type, a float among integers a column of floats."""
    records = [{"x": value} for value in values]
    assert (pandas, polars) == tuple(str(to_frame(records, e)["x"].dtype) for e in ("pandas", "polars"))


def test_what_makes_no_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mixed columns, unknown engines, engines that are not there: each says what was expected."""
    with pytest.raises(
        InputError, match="column 'x': expected texts, numbers or truth values alone, got int, str"
    ):
        to_frame([{"x": 1}, {"x": "1"}])
    with pytest.raises(InputError, match="engine: expected one of pandas, polars, got 'spark'"):
        to_frame([], "spark")
    real = builtins.__import__

    def absent(name: str, *rest: Any) -> Any:
        if name in ("pandas", "polars"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    for engine in ("pandas", "polars"):
        with pytest.raises(InputError, match=rf'needs {engine}: pip install "medvie-reward\[frames\]"'):
            to_frame([], engine)


def test_methods_of_an_evaluation() -> None:
    """`Evaluation` has its own exports: the rows and numbers of the functions."""
    found = evaluate([{"a": "x"}, {"a": "y"}], [{"a": "x"}, {"a": "x"}])
    assert found.to_csv() == write_csv(document_records(found))
    assert found.to_pandas().to_dict("records") == to_frame(document_records(found)).to_dict("records")
    assert found.to_polars().to_dicts() == to_frame(document_records(found), "polars").to_dicts()
    assert found.to_metrics("val") == flat_metrics(found, "val")
