"""Documents as slots, and answers made of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import score
from medvie_reward.lab._outlines import (
    answer_of,
    cut_rows,
    keep_fields,
    map_lists,
    outline,
    usual_columns,
)

REPORT: dict[str, Any] = {
    "Name": "Li",
    "Patient": {"Age": "5", "Note": ""},
    "Rows": [{"Item": "K", "Result": "5.6", "Flags": ["H", "!"]}, {"Item": "Na", "Result": ""}],
    "Others": None,
}


def rebuilt(value: Any, blanks: bool = False) -> Any:
    """Return the answer of all slots of a document."""
    shape = outline(value)
    top = {slot.steps: slot.value for slot in shape.slots if slot.row < 0 and (blanks or not slot.blank)}
    rows: dict[Any, list[dict[Any, Any]]] = {}
    for n, row in enumerate(shape.rows):
        mine = {s.steps: s.value for s in shape.slots if s.row == n and (blanks or not s.blank)}
        if mine:
            rows.setdefault(row.place, []).append(mine)
    return answer_of(top, rows)


def test_slots_and_rows_in_the_order_of_writing() -> None:
    shape = outline(REPORT)
    assert [(slot.field, slot.row, slot.blank) for slot in shape.slots] == [
        ("Name", -1, False), ("Patient.Age", -1, False), ("Patient.Note", -1, True),
        ("Rows[].Item", 0, False), ("Rows[].Result", 0, False), ("Rows[].Flags[]", 0, False),
        ("Rows[].Flags[]", 0, False), ("Rows[].Item", 1, False), ("Rows[].Result", 1, True),
        ("Others", -1, True),
    ]  # fmt: skip
    assert [row.place for row in shape.rows] == [("Rows",), ("Rows",)]
    assert shape.order == (
        (False, 0), (False, 1), (False, 2), (True, 0), (True, 1), (False, 9),
    )  # fmt: skip


def test_ghost_rows_have_the_columns_that_the_list_fills() -> None:
    columns = usual_columns([REPORT, {"Rows": []}])
    assert columns == {("Rows",): (("Item",), ("Result",), ("Flags", 0), ("Flags", 1))}
    shape = outline({"Rows": []}, columns, {("Rows",): 1})
    assert [slot.field for slot in shape.slots] == [
        "Rows[].Item", "Rows[].Result", "Rows[].Flags[]", "Rows[].Flags[]",
    ]  # fmt: skip
    assert [row.real for row in shape.rows] == [False]


@pytest.mark.parametrize(
    "value",
    [
        REPORT,
        [{"a": "1"}, {"a": "2", "b": {"c": "3"}}],
        {"tags": ["x", "y"]},
        {"a": {"rows": [[["1"]]]}},
        {"m": [["1"], ["2", "3"]]},
        {},
    ],
)
def test_all_slots_make_the_document(value: Any) -> None:
    assert rebuilt(value, blanks=True) == value


TEXTS = st.sampled_from(["", "5.6", "Li Wei", "K", "7"])
ROWS = st.lists(st.dictionaries(st.sampled_from(["a", "b"]), TEXTS, min_size=1), max_size=3)
DOCUMENTS = st.fixed_dictionaries(
    {"x": TEXTS, "y": st.dictionaries(st.sampled_from(["p", "q"]), TEXTS), "rows": ROWS}
)


@given(DOCUMENTS)
def test_an_answer_of_all_values_is_all_right(value: Any) -> None:
    found = score(rebuilt(value), value, "strict")
    assert (found.f1, found.counts.wrong) == (1.0, 0)


def test_keep_fields() -> None:
    kept = keep_fields(REPORT, frozenset({"Name", "Rows[].Result", "Patient.Note"}))
    assert kept == {"Name": "Li", "Patient": {"Note": ""}, "Rows": [{"Result": "5.6"}, {"Result": ""}]}
    assert keep_fields(REPORT, frozenset({"Rows[].Unit"})) is None
    assert keep_fields([{"a": "1"}], frozenset({"[].a"})) == [{"a": "1"}]
    assert keep_fields(["x"], frozenset({"[]"})) == ["x"]


@given(DOCUMENTS)
def test_all_fields_keep_all(value: Any) -> None:
    fields = frozenset(slot.field for slot in outline(value).slots)
    assert score(keep_fields(value, fields) or {}, value, "strict").f1 == 1.0


def test_outermost_lists_are_cut_and_changed() -> None:
    value = {"a": [1, 2, 3], "b": {"c": [[1, 2], [3]]}}
    assert cut_rows(value, 1) == {"a": [1], "b": {"c": [[1, 2]]}}
    assert map_lists(value, len) == {"a": 3, "b": {"c": 2}}


def test_a_leaf_that_accepts_several_values_is_the_first_of_them() -> None:
    several = {**REPORT, "Name": {"$any": ["", "Li", "Lee"]}}
    assert outline(several) == outline(REPORT)
