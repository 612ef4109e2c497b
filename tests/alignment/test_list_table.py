"""Lists of lists weighed all at once, against the same weighed pair by pair."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import numpy as np
import pytest
from helpers.list_nodes import asked_of_matcher, list_node, outcome, work_of
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Rule, Spec, align, reward
from medvie_reward.alignment import _list_table as list_table
from medvie_reward.alignment import _matching as matching
from medvie_reward.alignment._assignment import Work
from medvie_reward.alignment._gold_tree import GoldList
from medvie_reward.alignment._list_table import PairTable
from medvie_reward.alignment._matching import Matcher
from medvie_reward.alignment._overlaps import Overlaps
from medvie_reward.alignment._row_lists import RowLists
from medvie_reward.alignment._text_lists import TextLists
from medvie_reward.alignment._worth import Worth

COSTS: dict[str, Any] = {"filled_blank_cost": 0.25, "invented_field_cost": 0.25, "invented_item_cost": 0.25}
WEIGHED = Spec(
    text="guess",
    critical_cost=0.25,
    rules=(
        Rule("L", weight=2.0, critical=True),
        Rule("L.a", weight=3.0, critical=True),
        Rule("L.b", weight=0.5),
        Rule("L.c", weight=0.0),
    ),
    **COSTS,
)
FBETA = Spec(matching="fbeta", beta=1.7, critical_cost=10.0, rules=(Rule("L", critical=True),), **COSTS)
ALL_AT_ONCE = {"clinical": Spec.preset("clinical"), "strict": Spec(), "weighed": WEIGHED, "fbeta": FBETA}
SPECS = {
    **ALL_AT_ONCE,
    "paper": Spec.preset("paper"),
    "by kind": Spec(filled_blank_cost=0.1, invented_field_cost=0.5, invented_item_cost=0.25),
    "index": Spec(lists="index"),
    "key": Spec(lists="key:a"),
    "inner key": Spec(rules=(Rule("L", lists="key:a"),)),
}

scalars = st.sampled_from(("0", "1", "2", "3", " 1 ", "", None, 0, 1, 1.0, True, False, "a", "A"))
texts = st.lists(scalars, max_size=5)
flat_rows = st.lists(st.dictionaries(st.sampled_from("abc"), scalars, max_size=3), max_size=3)
odd_rows = st.lists(
    st.dictionaries(st.sampled_from("abz"), st.one_of(scalars, texts, st.fixed_dictionaries({"q": scalars}))),
    max_size=3,
)
mixed = st.lists(st.one_of(scalars, st.dictionaries(st.sampled_from("ab"), scalars)), max_size=3)
items = st.one_of(texts, texts, flat_rows, flat_rows, odd_rows, mixed, scalars, st.lists(texts, max_size=3))
lists = st.one_of(st.lists(texts, max_size=8), st.lists(flat_rows, max_size=6), st.lists(items, max_size=6))


@contextmanager
def at_once(least: int, cells: int) -> Iterator[None]:
    """Weigh all at once from so many pairs on, and solve as arrays from so many cells on."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((matching, "FEW_ROWS"), (list_table, "FEW_ROWS"), (list_table, "_FEW_TEXTS")):
            patch.setattr(module, name, least)
        patch.setattr(list_table, "_FEW_CELLS", cells)
        yield


@pytest.mark.parametrize("name", SPECS)
@examples(300)
@given(pred=lists, gold=lists, copies=st.integers(0, 3), tail=st.booleans())
def test_lists_of_lists_score_as_pair_by_pair(
    name: str, pred: list[Any], gold: list[Any], copies: int, tail: bool
) -> None:
    """Reward and leaves are the same, paths and ties included, whichever way items are weighed."""
    pred = pred + pred[:1] * copies + (gold[1:] if tail else [])
    if tail:
        pred, gold = [pred, [["1"]]], [gold, [["1", "2"]]]
    with at_once(1 << 30, 0):
        expected = outcome({"L": pred}, {"L": gold}, SPECS[name])
    with at_once(1, 0 if copies else 900):
        assert outcome({"L": pred}, {"L": gold}, SPECS[name]) == expected


def full_rows(rng: Random) -> list[list[dict[str, str]]]:
    return [[{key: rng.choice("0123") for key in "abc"} for _ in range(4)] for _ in range(4)]


def test_rows_that_are_joined_are_weighed_pair_by_pair() -> None:
    """A joining member comes before weight, so that lists of rows can be worth less than their best."""
    rng = Random(7)
    for _ in range(100):
        pred, gold = full_rows(rng), full_rows(rng)
        for spec in (SPECS["key"], SPECS["inner key"]):
            with at_once(1 << 30, 0):
                expected = outcome({"L": pred}, {"L": gold}, spec)
            with at_once(1, 900):
                assert outcome({"L": pred}, {"L": gold}, spec) == expected


def prepared(gold: Any, pred: Any, spec: Spec) -> tuple[Matcher, GoldList, Worth, Work]:
    """Prepare the gold list under ``L`` and its items, and a work bound."""
    matcher, node = list_node(gold, spec)
    matcher.items_of(node)
    return matcher, node, matcher.worth, work_of(pred, spec, matcher)


@pytest.mark.parametrize("name", ALL_AT_ONCE)
@examples(300)
@given(
    pred=st.lists(st.one_of(texts, scalars), min_size=1, max_size=6),
    gold=st.lists(texts.filter(bool), min_size=1, max_size=6),
)
def test_lists_of_scalars_weigh_the_same(name: str, pred: list[Any], gold: list[Any]) -> None:
    """Every weight is what the matcher gives for that pair alone."""
    spec = ALL_AT_ONCE[name]
    matcher, node, worth, work = prepared(gold, pred, spec)
    expected = [[matcher.weigh(p, item, work) for item in matcher.items_of(node)] for p in pred]
    texts_of = {j: item.texts for j, item in enumerate(node.items or []) if isinstance(item, GoldList)}
    table = TextLists(
        {j: x for j, x in texts_of.items() if x is not None}, spec.fields.items(node.inner), worth
    )
    found = table.weigh(pred, range(len(gold)), work)
    assert found is not None
    assert expected == [
        [c * worth.base + r for c, r in zip(*line, strict=True)]
        for line in zip(found[0].tolist(), found[1].tolist(), strict=True)
    ]


@pytest.mark.parametrize("name", ALL_AT_ONCE)
@examples(300)
@given(
    pred=st.lists(st.one_of(odd_rows.filter(bool), flat_rows.filter(bool)), min_size=1, max_size=5),
    gold=st.lists(flat_rows.filter(bool), min_size=1, max_size=5),
)
def test_lists_of_rows_weigh_the_same(name: str, pred: list[Any], gold: list[Any]) -> None:
    """Every weight is what the matcher gives for that pair alone, rows that are not flat included."""
    spec = ALL_AT_ONCE[name]
    matcher, node, worth, work = prepared(gold, pred, spec)
    expected = [[matcher.weigh(p, item, work) for item in matcher.items_of(node)] for p in pred]
    table = RowLists(dict(enumerate(gold)), spec.fields.items(node.inner), spec.fields, worth)
    found = table.weigh(pred, range(len(gold)), work)
    assert found is not None
    assert expected == [
        [c * worth.base + r for c, r in zip(*line, strict=True)]
        for line in zip(found[0].tolist(), found[1].tolist(), strict=True)
    ]


def test_rows_whose_sums_could_be_rounded_are_left_to_pair_by_pair() -> None:
    """The bound has not run out then."""
    spec = WEIGHED.replace(matching="fbeta", beta=100.0)
    gold = [[{"a": str(n), "b": str(k)} for n in range(30)] for k in range(8)]
    pred = [[{"a": str(n), "b": str(k + 1)} for n in range(30)] for k in range(8)]
    _, node, worth, work = prepared(gold, pred, spec)
    table = RowLists(dict(enumerate(gold)), spec.fields.items(node.inner), spec.fields, worth)
    assert table.weigh(pred, range(len(gold)), work) is None
    assert not work.limited
    assert work.left == 10**9


@examples(200)
@given(
    left=st.lists(st.sets(st.integers(0, 30)), min_size=1, max_size=40),
    right=st.lists(st.sets(st.integers(0, 30)), min_size=1, max_size=40),
)
def test_overlaps_sum_what_sets_share(left: list[set[int]], right: list[set[int]]) -> None:
    """Frequent leaves and rare ones alike, and any stretch of the left side."""
    values = [float(7**n % 1009) for n in range(31)]
    expected = [[sum(values[x] for x in p & g) for g in right] for p in left]
    found = Overlaps([sorted(p) for p in left], [sorted(g) for g in right], values)
    assert expected == found.sums(0, len(left)).tolist()
    assert expected[1:] == found.sums(1, len(left)).tolist()


def test_only_what_is_no_list_of_scalars_or_rows_waits() -> None:
    """Scalars and rows are worth nothing to each other, so no such pair waits either."""
    gold: list[Any] = [["1", "2"], [{"a": "1"}], [["1"], "2"]]
    pred: list[Any] = [["2"], [{"a": "2"}], [["2"]], "1", {"a": "1"}]
    matcher, node, worth, work = prepared(gold, pred, Spec())
    table = PairTable([json.dumps(x) for x in pred], len(gold))
    with at_once(1, 900):
        node.lists(matcher.fields, worth).weigh(table, pred, range(len(gold)), work)
    assert [(a, list(columns)) for a, columns, _ in table.waiting] == [
        (0, [2]), (1, [2]), (2, [0, 1, 2]), (3, [2]), (4, [2])
    ]  # fmt: skip


def digits(rng: Random, n: int) -> list[list[str]]:
    return [[str(rng.randrange(10)) for _ in range(10)] for _ in range(n)]


def test_a_large_table_of_scalars_is_solved() -> None:
    """With the default bound, and by the same weights as numpy's own count of what lists share."""
    from scipy.optimize import linear_sum_assignment

    rng = Random(3)
    gold, pred = digits(rng, 300), digits(rng, 300)
    counts = [np.array([[row.count(str(d)) for d in range(10)] for row in side]) for side in (pred, gold)]
    shared = np.minimum(counts[0][:, None], counts[1][None]).sum(axis=2)
    expected = int(shared[linear_sum_assignment(shared, maximize=True)].sum())
    found = reward(json.dumps(pred), gold, Spec())
    assert (expected, 3000, False) == (found.correct, found.n_gold, found.limited)


def test_a_bound_that_is_too_small_is_said_and_never_better() -> None:
    """Rows past the bound pair in a fixed order, whether or not the rows were read before it ran out."""
    rng = Random(4)
    sides = [[[{"a": x, "b": x + y} for x, y in zip(a, b, strict=True)] for a, b in zip(
        digits(rng, 20), digits(rng, 20), strict=True)] for _ in range(2)]  # fmt: skip
    best = reward(json.dumps(sides[0]), sides[1], Spec())
    assert not best.limited
    for most in (0, 30, 500, 900, 930, 1000):
        found = reward(json.dumps(sides[0]), sides[1], Spec(max_work=most))
        assert found.limited
        assert found.correct <= best.correct


def test_what_is_weighed_at_once_is_not_weighed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of lists of scalars asks the matcher for no pair."""
    asked = asked_of_matcher(monkeypatch, lambda _: True)
    rng = Random(5)
    gold, pred = digits(rng, 20), digits(rng, 20)
    assert align(pred, gold, Spec()).leaves != ()
    assert asked == []
