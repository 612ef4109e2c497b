"""Pages of a report: rows of paired items, lists, columns, and where misplaced values belong."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import pairs
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import STATUSES, Spec, align
from medvie_reward._core.json_values import scalar_text
from medvie_reward.corpus import score_document
from medvie_reward.reports._document_views import (
    OUTCOMES,
    REASONS,
    Block,
    PageRow,
    list_blocks,
    outcome_of,
    page_of,
)

GOLD: dict[str, Any] = {
    "Name": "Li",
    "L": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": "140", "u": "mmol/L"}, {"n": "Cl", "r": "99"}],
    "Tags": ["a", "b"],
}
PRED: dict[str, Any] = {
    "Name": "Wu",
    "L": [{"n": "Na", "r": "4.1", "u": "mmol/L", "x": "1"}, {"n": "K", "r": "140"}, {"n": "zz", "q": "9"}],
    "Tags": ["b"],
    "New": "y",
}


def blocks(pred: Any, gold: Any, spec: str = "strict", **overrides: Any) -> list[Block]:
    return list_blocks(align(pred, gold, spec, **overrides).leaves)


def test_rows_by_hand() -> None:
    """Paired items share a row, unpaired ones have one each, and rows stand in the gold's order."""
    rest, listed, tags = blocks(PRED, GOLD, "strict", lists="key:n")
    assert (rest.name, listed.name, tags.name) == ("", "L[]", "Tags[]")
    assert [(row.gold, row.pred) for row in rest.rows] == [("", "")]
    assert [name for _, name in rest.rows[0].leaves] == ["Name", "New"]
    assert listed.columns == ("n", "r", "u", "x", "q")
    assert [(row.gold_at, row.pred_at, [name for _, name in row.leaves]) for row in listed.rows] == [
        ("[0]", "[1]", ["n", "r"]),
        ("[1]", "[0]", ["n", "r", "u", "x"]),
        ("[2]", "[2]", ["n", "r", "q"]),
    ]
    assert [(row.gold_at, row.pred_at) for row in tags.rows] == [("[0]", ""), ("[1]", "[0]")]
    assert not any(block.pooled for block in (rest, listed, tags))


def test_an_item_without_a_partner_stands_last() -> None:
    """An invented item has a row of its own, behind the gold's."""
    (block,) = blocks({"L": [{"n": "x"}, {"n": "K"}]}, {"L": [{"n": "K"}]})
    assert block.rows == (
        PageRow("L[0]", "L[1]", "[0]", "[1]", ((0, "n"),)),
        PageRow(None, "L[0]", "", "[0]", ((1, "n"),)),
    )


def test_nested_lists_have_blocks_of_their_own() -> None:
    """Rows of inner lists are named by all their positions."""
    gold = {"S": [{"t": "a", "R": [{"x": "1"}, {"x": "2"}]}]}
    outer, inner = blocks(gold, gold)
    assert (outer.name, inner.name) == ("S[]", "S[].R[]")
    assert [row.gold_at for row in inner.rows] == ["[0][0]", "[0][1]"]


def test_brackets_in_names_are_no_positions() -> None:
    """A name that looks like a position stays a name."""
    (block,) = blocks({"a[3].b": {"c": "1"}}, {"a[3].b": {"c": "1"}})
    assert block == Block("", ('["a[3].b"].c',), (PageRow("", "", "", "", ((0, '["a[3].b"].c'),)),), False)


def test_a_list_as_the_document() -> None:
    """The items of a document that is a list are rows."""
    (block,) = blocks([{"a": "1"}, {"a": "2"}], [{"a": "1"}, {"a": "3"}])
    assert (block.name, [row.gold for row in block.rows]) == ("[]", ["[0]", "[1]"])


def test_pooled_leaves_are_said_to_be_pooled() -> None:
    """Where values are pooled by path, a gold row's predictions may come from several rows."""
    gold = {"L": [{"n": "K", "r": "1"}, {"n": "Na", "r": "2"}]}
    pred = {"L": [{"n": "K", "r": "2"}, {"n": "Na", "r": "1"}]}
    (block,) = blocks(pred, gold, "paper")
    assert block.pooled
    assert [(row.gold_at, row.pred_at) for row in block.rows] == [("[0]", ""), ("[1]", "")]
    assert not blocks(gold, gold, "paper")[0].pooled


@examples(150)
@given(pair=pairs(), preset=st.sampled_from(("strict", "paper", "clinical")))
def test_every_leaf_stands_in_one_row(pair: tuple[Any, Any], preset: str) -> None:
    """No leaf is lost or shown twice, every name has its column, and gold rows are in the gold's order."""
    leaves = align(*pair, preset).leaves
    found = list_blocks(leaves)
    shown = [n for block in found for row in block.rows for n, _ in row.leaves]
    assert sorted(shown) == list(range(len(leaves)))
    for block in found:
        assert sorted(set(block.columns)) == sorted({name for row in block.rows for _, name in row.leaves})
        assert len(set(block.columns)) == len(block.columns)
        for row in block.rows:
            for n, name in row.leaves:
                path = leaves[n].gold_path
                if path is not None:
                    assert row.gold is not None
                    assert path in (row.gold + name, f"{row.gold}.{name}")


def test_misplaced_values_are_linked() -> None:
    """Swapped results point at each other's gold leaf; a value read into another field at that field."""
    gold = {"Name": "Li", "Doctor": "Wu", "L": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": "140"}]}
    pred = {"Name": "Wu", "L": [{"n": "K", "r": "140"}, {"n": "Na", "r": "4.1"}]}
    spec = Spec.preset("strict").replace(lists="key:n")
    page = page_of(score_document(pred, gold, spec, "d", leaves=True), spec)
    paths = {page.leaves[a].pred_path: page.leaves[b].gold_path for a, b in page.links}
    assert paths == {"L[0].r": "L[1].r", "L[1].r": "L[0].r", "Name": "Doctor"}


def test_the_same_field_is_linked_before_others() -> None:
    """Of several gold leaves with the value, one of the leaf's own field is taken."""
    gold = {"Other": "7", "L": [{"n": "K", "r": "5"}, {"n": "Na", "r": "7"}]}
    pred = {"L": [{"n": "K", "r": "7"}, {"n": "Na", "r": "6"}]}
    spec = Spec.preset("strict").replace(lists="key:n")
    page = page_of(score_document(pred, gold, spec, "d", leaves=True), spec)
    assert [(page.leaves[a].pred_path, page.leaves[b].gold_path) for a, b in page.links] == [
        ("L[0].r", "L[1].r")
    ]


@examples(150)
@given(pair=pairs(), preset=st.sampled_from(("strict", "clinical")))
def test_links_lead_to_what_was_not_got_right(pair: tuple[Any, Any], preset: str) -> None:
    """A link goes from a misplaced leaf to another, wrong or missing, gold leaf of equal value."""
    spec = Spec.preset(preset)
    page = page_of(score_document(*pair, spec, "d", leaves=True), spec)
    for a, b in page.links:
        source, target = page.leaves[a], page.leaves[b]
        assert source.misplaced
        assert a != b
        assert target.outcome in ("wrong", "missing")
        form = spec.fields.form
        assert form(scalar_text(source.pred)) == form(scalar_text(target.gold))


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_its_reason(status: str) -> None:
    """What can be wrong with a completion can be said."""
    assert REASONS[status].endswith(".")


def test_outcomes_name_the_kind() -> None:
    """A hallucinated leaf is shown by its kind."""
    leaves = align(PRED, GOLD, "strict", lists="key:n").leaves
    assert {outcome_of(leaf) for leaf in leaves} <= set(OUTCOMES)
    assert {outcome_of(leaf) for leaf in leaves if leaf.outcome == "hallucinated"} == {"invented_field"}
