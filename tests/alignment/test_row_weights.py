"""Rows weighed key by key, all pairs at once: the numbers of one pair at a time."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.list_nodes import list_node
from helpers.profiles import examples
from helpers.strategies import KEYS, flat_objects, scalars, specs
from hypothesis import assume, example, given
from hypothesis import strategies as st

from medvie_reward import Rule, Spec
from medvie_reward.alignment import _assignment as assignment
from medvie_reward.alignment._assignment import Scale, Work, assign_sets
from medvie_reward.alignment._row_table import RowTable
from medvie_reward.alignment._row_weights import KeyColumn, weigh_columns

golds = st.lists(flat_objects, min_size=1, max_size=5)
# A list may stand for a value: then a row has several leaves under one key.
predictions = st.lists(
    st.dictionaries(st.sampled_from((*KEYS, "x")), scalars | st.lists(scalars, max_size=2)),
    min_size=1,
    max_size=5,
)
align = specs(lists=("align", "key:n"))


def table_of(gold: list[dict[str, Any]], spec: Spec) -> RowTable:
    rows = list_node(gold, spec)[1]
    assume(rows.rows is not None)  # a rule may want them by position
    assert rows.rows is not None
    return rows.rows


def two_leaves(mask: int, table: RowTable) -> bool:
    """Tell whether a row has more than one leaf under some key."""
    return any(
        (mask & span & ~table.keys).bit_count() > table.fields[key].units for key, span in table.spans.items()
    )


@examples(1000)
@example(
    spec=Spec(rules=(Rule("L.n", weight=2, critical=True),), lists="key:n"),
    gold=[{"n": "a", "r": "b"}, {"n": "c"}],
    pred=[{"n": "a", "r": "c"}, {"n": "b", "r": "b"}],
    cost=5,
)
@example(spec=Spec(), gold=[{"n": "a"}, {"n": "b"}], pred=[{"n": ["a", "b"]}], cost=0)
@given(spec=align, gold=golds, pred=predictions, cost=st.sampled_from([0, 3, 1 << 40, 1 << 62]))
def test_equal_to_pair_by_pair(
    spec: Spec, gold: list[dict[str, Any]], pred: list[dict[str, Any]], cost: int
) -> None:
    """Correct units, the rest and what joins are those of each pair; two leaves under a key are refused."""
    table = table_of(gold, spec)
    read, _ = table.read_all(pred, range(len(pred)))
    p, g, scale, work = list(read.values()), table.masks, table.scale, Work(0, lambda: cost)
    found = weigh_columns(p, g, scale.columns, cost if table.critical else 0, table.join)
    large = sum(column.share for column in scale.columns) + (
        cost * len(scale.columns) if table.critical else 0
    ) >= (1 << 62)
    if large or any(two_leaves(mask, table) for mask in p):
        assert found is None
        return
    assert found is not None
    correct, rest, joined = found
    weights = [
        [c * scale.base + r for c, r in zip(*line, strict=True)]
        for line in zip(correct.tolist(), rest.tolist(), strict=True)
    ]
    assert weights == [[scale.weigh(x, y, work) for y in g] for x in p]
    expected = [[int(x & y & table.join > 0) for y in g] for x in p] if table.join else None
    assert (None if joined is None else joined.tolist()) == expected


def test_many_cells_are_weighed_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too much for one turn comes out the same in several."""
    columns = [KeyColumn(0b1101, 1, 1, True), KeyColumn(0b110010, 1, 4, False)]
    rows = [0b0101, 0b1001, 0b010010, 0b110, 0b010111, 0b100011]
    whole = weigh_columns(rows, rows[:2], columns, 7, 0b1100)
    monkeypatch.setattr("medvie_reward.alignment._row_weights._CELLS", 8)
    turns = weigh_columns(rows, rows[:2], columns, 7, 0b1100)
    assert whole is not None
    assert turns is not None
    assert [x.tolist() for x in turns] == [x.tolist() for x in whole]


@examples(500)
@given(spec=align, gold=golds, pred=predictions)
def test_the_same_pairs_either_way(
    spec: Spec, gold: list[dict[str, Any]], pred: list[dict[str, Any]]
) -> None:
    """The solver gets the same table whichever way it was laid out, so it gives the same pairs."""
    table = table_of(gold, spec)
    p = list(table.read_all(pred, range(len(pred)))[0].values())
    by_column = table.scale
    by_bit = Scale([column.share for column in by_column.columns], by_column.base, by_column.critical_leaves)
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "_FEW_CELLS", 0)
        patch.setattr(assignment, "_FEW_CELLS_OF_ROWS", 0)
        for scale in (by_column, by_bit):
            found.append(assign_sets(p, table.masks, scale, Work(10**6, lambda: 3), table.join))
    assert found[0] == found[1]
