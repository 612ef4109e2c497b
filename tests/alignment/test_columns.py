"""Trees of any shape weighed all at once, against the same weighed pair by pair."""

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
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from medvie_reward import Rule, Spec, align, reward
from medvie_reward.alignment import _list_table as list_table
from medvie_reward.alignment._assignment import Work
from medvie_reward.alignment._blocks import best_of_blocks
from medvie_reward.alignment._columns import Column
from medvie_reward.alignment._gold_tree import GoldList
from medvie_reward.alignment._matching import Matcher

COSTS: dict[str, Any] = {"filled_blank_cost": 0.25, "invented_field_cost": 0.25, "invented_item_cost": 0.25}
ALL_ALIGN = {
    "clinical": Spec.preset("clinical"),
    "strict": Spec(),
    "weighed": Spec(
        text="guess",
        critical_cost=0.25,
        rules=(
            Rule("L.t", weight=2.0, critical=True),
            Rule("L.r.a", weight=3.0, critical=True),
            Rule("**.b", weight=0.5),
            Rule("L.a", weight=0.0),
        ),
        **COSTS,
    ),
    "fbeta": Spec(
        matching="fbeta", beta=1.7, critical_cost=10.0, rules=(Rule("**.a", critical=True),), **COSTS
    ),
}
MODES = {
    "index below": Spec(rules=(Rule("L.t", lists="index"), Rule("L.r.a", lists="index"))),
    "key below": Spec(rules=(Rule("L.r", lists="key:a"), Rule("L.o.t", lists="key:a"))),
    "index around": Spec(lists="index", rules=(Rule("L", lists="align"),)),
    "key around": Spec(lists="key:a", rules=(Rule("L", lists="align"),)),
}
OTHERS = {
    "paper": Spec.preset("paper"),
    "by kind": Spec(filled_blank_cost=0.1, invented_field_cost=0.5, invented_item_cost=0.25),
    "index": Spec(lists="index"),
    "key": Spec(lists="key:a"),
}
SPECS = {**ALL_ALIGN, **MODES, **OTHERS}

scalars = st.sampled_from(("0", "1", "2", " 1 ", "", None, 0, 1, 1.0, True, "a", "A"))
texts = st.lists(scalars, max_size=4)
rows = st.lists(st.dictionaries(st.sampled_from("abc"), scalars, max_size=3), max_size=3)
plain = st.one_of(scalars, texts, rows)
odd = st.recursive(
    plain,
    lambda x: st.one_of(st.lists(x, max_size=3), st.dictionaries(st.sampled_from("abtr"), x)),
    max_leaves=6,
)
flat: dict[Any, Any] = {"a": scalars, "b": scalars, "t": texts, "r": rows}
usual = st.fixed_dictionaries(
    flat, optional={"o": st.fixed_dictionaries(flat), "s": st.lists(rows, max_size=2)}
)
strange = st.fixed_dictionaries({}, optional={key: st.one_of(plain, odd) for key in "abtros"})
trees = st.one_of(usual, strange, strange, odd)
lists = st.one_of(st.lists(usual, max_size=5), st.lists(trees, max_size=6))


@contextmanager
def at_once(cost: int, part: int, cells: int) -> Iterator[None]:
    """Weigh at once what costs so much, but one by one what costs less in a place."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(list_table, "_FEW_TREES", cost)
        patch.setattr(list_table, "_FEW_PARTS", part)
        patch.setattr(list_table, "_FEW_CELLS", cells)
        yield


@pytest.mark.parametrize("name", SPECS)
@examples(100)
@given(pred=lists, gold=lists, copies=st.integers(0, 3), part=st.sampled_from((0, 6)))
def test_lists_of_trees_score_as_pair_by_pair(
    name: str, pred: list[Any], gold: list[Any], copies: int, part: int
) -> None:
    """Reward and leaves are the same, paths and ties included, whichever way items are weighed."""
    pred = pred + pred[:1] * copies + gold[1:3]
    with at_once(1 << 30, 0, 900):
        expected = outcome({"L": pred}, {"L": gold}, SPECS[name])
    with at_once(1, part, 0 if copies else 900):
        assert expected == outcome({"L": pred}, {"L": gold}, SPECS[name])


def prepared(gold: list[Any], pred: list[Any], spec: Spec) -> tuple[Matcher, GoldList, Column, Work]:
    """Prepare the gold list under ``L``, its items as a column, and a work bound."""
    matcher, node = list_node(gold, spec)
    column = Column(node.inner, spec.lists, spec.fields, matcher.worth)
    for name, value in enumerate(gold):
        column.add(name, value)
    return matcher, node, column, work_of(pred, spec, matcher)


@pytest.mark.parametrize("name", ALL_ALIGN | MODES)
@examples(200)
@example(pred=[{"b": ["1", "0"]}], gold=[[[{"b": "0"}]]])
@given(pred=st.lists(trees, min_size=1, max_size=5), gold=st.lists(trees, min_size=1, max_size=5))
def test_trees_weigh_the_same(name: str, pred: list[Any], gold: list[Any]) -> None:
    """Every weight that is given is what the matcher gives for that pair alone."""
    spec = SPECS[name]
    matcher, node, column, work = prepared(gold, pred, spec)
    expected = [[matcher.weigh(p, item, work) for item in matcher.items_of(node)] for p in pred]
    found = column.weigh(pred, range(len(gold)), work)
    assert found is not None
    assert name in MODES or found.unknown is None
    known = np.ones((len(pred), len(gold)), dtype=bool) if found.unknown is None else ~found.unknown
    base = matcher.worth.base
    for a, b in np.argwhere(known).tolist():
        assert expected[a][b] == int(found.correct[a, b]) * base + int(found.rest[a, b])


def test_only_lists_of_another_mode_are_not_weighed() -> None:
    """And only in pairs that both have something in the list's place."""
    spec = Spec(rules=(Rule("L.t", lists="index"),))
    gold = [{"t": ["1"], "a": "1"}, {"a": "1"}, {"t": "1"}]
    pred: list[Any] = [{"t": "1", "a": "1"}, {"a": "1"}, {"t": ["1", "2"]}, {"t": []}]
    _, _, column, work = prepared(gold, pred, spec)
    found = column.weigh(pred, range(3), work)
    assert found is not None
    expected = [[True, False, False], [False] * 3, [True, False, True], [False] * 3]
    assert found.unknown is not None
    assert expected == found.unknown.tolist()


def test_sums_that_could_be_rounded_are_left_to_pair_by_pair() -> None:
    """The bound has not run out then, wherever in the tree it is."""
    spec = ALL_ALIGN["fbeta"].replace(beta=100.0, rules=(Rule("**", critical=True),))
    shapes: tuple[Any, ...] = (
        lambda n: {"t": [f"{n} {k}" for k in range(90)]},
        lambda n: {"r": [{"a": f"{n} {k}"} for k in range(90)]},
        lambda n: {"s": [[f"{n} {k}"] for k in range(90)] + ["1"]},
    )
    for shape in shapes:
        gold, pred = [shape(n) for n in range(20)], [shape(n + 1) for n in range(20)]
        _, _, column, work = prepared(gold, pred, spec)
        assert column.weigh(pred, range(20), work) is None
        assert not work.limited


def test_a_bound_that_is_too_small_is_said() -> None:
    """Wherever it runs out, nothing is better than with one that is large enough."""
    rng = Random(4)
    gold, pred = panels(rng, 30), panels(rng, 30)
    best = reward(json.dumps(pred), gold, Spec())
    assert not best.limited
    for most in (0, 50, 100, 200, 300):
        found = reward(json.dumps(pred), gold, Spec(max_work=most))
        assert found.limited
        assert found.correct <= best.correct


def panels(rng: Random, n: int) -> list[Any]:
    return [
        {
            "P": str(rng.randrange(9)),
            "r": [{key: str(rng.randrange(9)) for key in "ab"} for _ in range(4)],
            "t": [str(rng.randrange(9)) for _ in range(3)],
            "s": [[{"a": str(rng.randrange(9)), "t": [str(rng.randrange(9))]}], ["1"]],
        }
        for _ in range(n)
    ]


def test_what_is_weighed_at_once_is_not_weighed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of nested objects asks the matcher only for the pairs inside those that were paired."""
    asked = asked_of_matcher(monkeypatch, lambda node: isinstance(node.raw, dict) and "P" in node.raw)
    rng = Random(5)
    gold, pred = panels(rng, 20), panels(rng, 20)
    assert align(pred, gold, Spec()).leaves != ()
    assert asked == []


def test_gold_trees_that_are_taken_later_are_weighed_too() -> None:
    """A mixed list meets gold values that other predictions never had to look into."""
    spec = Spec()
    gold = [{"x": [{"r": [{"a": "1"}]}, "1"]}, {"x": {"r": [{"a": "1"}, {"a": "2"}]}}]
    matcher, node, column, work = prepared(gold, [], spec)
    for pred in ({"x": [{"r": [{"a": "1"}]}]}, {"x": [{"r": [{"a": "2"}, {"a": "1"}]}, ["1"]]}):
        expected = [matcher.weigh(pred, item, work) for item in matcher.items_of(node)]
        found = column.weigh([pred], range(2), work)
        base = matcher.worth.base
        assert found is not None
        assert expected == [
            c * base + r for c, r in zip(found.correct[0].tolist(), found.rest[0].tolist(), strict=True)
        ]


@examples(200)
@given(
    left=st.lists(st.integers(1, 6), min_size=1, max_size=12),
    right=st.lists(st.integers(1, 12), min_size=1, max_size=12),
    seed=st.integers(0, 1000),
)
def test_blocks_are_solved_as_the_solver_does(left: list[int], right: list[int], seed: int) -> None:
    """With the solver and without it, whichever side is longer."""
    table = np.random.default_rng(seed).integers(0, 9, (sum(left), sum(right))).astype(float)
    for some, sizes, others in ((table, left, right), (table.T, right, left)):
        found = best_of_blocks(some, sizes, others)
        for i, lines in enumerate(np.split(some, np.cumsum(sizes)[:-1])):
            for j, block in enumerate(np.split(lines, np.cumsum(others)[:-1], axis=1)):
                assert block[linear_sum_assignment(block, maximize=True)].sum() == found[i, j]


@pytest.mark.parametrize(("a", "b"), [(1, 4), (2, 2), (2, 9), (4, 4), (7, 3), (9, 2), (10, 10)])
def test_many_blocks_of_one_size_are_solved_as_the_solver_does(a: int, b: int) -> None:
    """So many that they are taken in several goes."""
    table = np.random.default_rng(a).integers(0, 99, (70 * a, 70 * b)).astype(float)
    expected = [
        [
            block[linear_sum_assignment(block, maximize=True)].sum()
            for block in np.split(lines, 70, axis=1)
        ]
        for lines in np.split(table, 70)
    ]  # fmt: skip
    assert expected == best_of_blocks(table, [a] * 70, [b] * 70).tolist()
