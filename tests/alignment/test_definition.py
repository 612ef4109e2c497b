"""The rules of the definition, each on a case counted by hand, and each shown to matter."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import SCALARS, pairs, shuffled, specs
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Gold, GoldError, Rule, Spec, align, reward, score
from medvie_reward._core.json_values import is_empty
from medvie_reward.alignment import _compiled
from medvie_reward.alignment import _definition as definition
from medvie_reward.alignment._prices import Prices
from medvie_reward.spec import ListMode

Found = list[tuple[str, str, Any, Any]]
"""Field, outcome or kind, gold value, predicted value."""


def leaves(pred: Any, gold: Any, spec: Spec) -> Found:
    found = align(pred, gold, spec)
    return sorted(((x.field, x.kind or x.outcome, x.gold, x.pred) for x in found), key=repr)


EVEN = Spec(filled_blank_cost=0.25, invented_field_cost=0.25, invented_item_cost=0.25)
GRADED = Spec(rules=(Rule("**", "narrative"),), narrative="graded")
CRITICAL = EVEN.replace(critical_cost=1.0, rules=(Rule("**.c", critical=True),))

CASES: dict[str, tuple[Any, Any, Spec, Found]] = {
    "several accepted values": (
        {"a": "K+"}, {"a": {"$any": ["K", "K+", " "]}}, Spec(),
        [("a", "correct", "K", "K+")],
    ),
    "none of the accepted values": (
        {"a": "Na"}, {"a": {"$any": ["", "K", "K+"]}}, Spec(),
        [("a", "wrong", "K", "Na")],
    ),
    "several values for one": (
        {"a": ["5", "6"]}, {"a": "5"}, Spec(),
        # One of them stands for the gold value, as wrong: the first by what it holds.
        [("a", "wrong", "5", "6"), ("a[]", "invented_item", None, "5")],
    ),
    "one value in a list": (
        {"a": ["", "5"]}, {"a": "5"}, Spec(),
        [("a", "correct", "5", "5")],
    ),
    "a list for a set": (
        {"a": ["x", "y"]}, {"a": "x"}, Spec(rules=(Rule("a", "set"),)),
        [("a", "correct", "x", "x"), ("a[]", "invented_item", None, "y")],
    ),
    "equal items first": (
        # The first row is as right as the second and has a leaf more; equal rows pair all the same.
        [{"k": "1", "v": "m"}, {"k": "1"}], [{"k": "1"}], Spec(),
        [("[].k", "correct", "1", "1"), ("[].k", "invented_item", None, "1"),
         ("[].v", "invented_item", None, "m")],
    ),
    "the largest credit": (
        [{"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}], [{"a": "1", "b": "3", "c": "5"}], Spec(),
        [("[].a", "correct", "1", "1"), ("[].a", "invented_item", None, "1"),
         ("[].b", "correct", "3", "3"), ("[].b", "invented_item", None, "2"), ("[].c", "wrong", "5", "4")],
    ),
    "of equal credit, the most pairs of leaves": (
        [{"a": "1", "x": "2"}, {"a": "1", "b": "3"}], [{"a": "1", "b": "4"}], Spec(),
        [("[].a", "correct", "1", "1"), ("[].a", "invented_item", None, "1"),
         ("[].b", "wrong", "4", "3"), ("[].x", "invented_item", None, "2")],
    ),
    "of equal credit, the critical leaf": (
        [{"a": "1", "c": "17"}, {"a": "7", "c": "2"}], [{"a": "1", "c": "2"}], CRITICAL,
        [("[].a", "invented_item", None, "1"), ("[].a", "wrong", "1", "7"), ("[].c", "correct", "2", "2"),
         ("[].c", "invented_item", None, "17")],
    ),
    "a pair worth nothing is none": (
        [{"x": "1"}], [{"a": "1"}], Spec(),
        [("[].a", "missing", "1", None), ("[].x", "invented_item", None, "1")],
    ),
    "credit pairs items": (
        [{"t": "abcdefgh"}, {"t": "abcdxxgh"}], [{"t": "abcdefzz"}], GRADED,
        [("[].t", "invented_item", None, "abcdxxgh"), ("[].t", "wrong", "abcdefzz", "abcdefgh")],
    ),
    "credit pairs scalars": (
        ["zzzzzzzz", "abcdefgh"], ["abcdefzz"], GRADED,
        [("[]", "invented_item", None, "zzzzzzzz"), ("[]", "wrong", "abcdefzz", "abcdefgh")],
    ),
    "scalars that are left over fill blanks": (
        {"c": ["A", "x", "y", "z"]}, {"c": ["A", "B", "", None]},
        Spec(filled_blank_cost=0, invented_item_cost=1),
        [("c[]", "correct", "A", "A"), ("c[]", "filled_blank", "", "z"), ("c[]", "filled_blank", None, "y"),
         ("c[]", "wrong", "B", "x")],
    ),
    "a lone object stands for an item": (
        {"L": {"a": "1"}}, {"L": [[{"a": "2"}], {"a": "1", "b": "3"}]}, Spec(),
        [("L[].a", "correct", "1", "1"), ("L[].b", "missing", "3", None), ("L[][].a", "missing", "2", None)],
    ),
    "by position": (
        {"L": ["1", "2"]}, {"L": ["2", "1", "3"]}, Spec(lists="index"),
        [("L[]", "missing", "3", None), ("L[]", "wrong", "1", "2"), ("L[]", "wrong", "2", "1")],
    ),
    "by position inside rows": (
        [{"k": "1", "L": ["a", "b"]}], [{"k": "1", "L": ["b", "a"]}], Spec(rules=(Rule("L", lists="index"),)),
        [("[].L[]", "wrong", "a", "b"), ("[].L[]", "wrong", "b", "a"), ("[].k", "correct", "1", "1")],
    ),
    "by a member": (
        [{"k": "1", "a": "x", "b": "y"}], [{"k": "2", "a": "x", "b": "y"}, {"k": "1", "a": "p", "b": "q"}],
        Spec(lists="key:k"),
        [("[].a", "missing", "x", None), ("[].a", "wrong", "p", "x"), ("[].b", "missing", "y", None),
         ("[].b", "wrong", "q", "y"), ("[].k", "correct", "1", "1"), ("[].k", "missing", "2", None)],
    ),
    "an empty gold value is filled": (
        {"a": {"b": "1"}, "c": ["2"], "d": "3"}, {"a": "", "c": [], "d": {}}, Spec(),
        [("a.b", "filled_blank", None, "1"), ("c[]", "filled_blank", None, "2"),
         ("d", "filled_blank", None, "3")],
    ),
    "an object is no scalar": (
        {"a": {"b": "1"}}, {"a": "1"}, Spec(),
        [("a", "missing", "1", None), ("a.b", "invented_field", None, "1")],
    ),
    "kinds that cost differently": (
        # As a partner of the first gold row the item costs .1 for its second leaf, alone 1 for both.
        [{"x": "1", "y": "2"}], [{"a": "1"}], Spec(invented_field_cost=0.125, invented_item_cost=1),
        [("[].a", "missing", "1", None), ("[].x", "invented_field", None, "1"),
         ("[].y", "invented_field", None, "2")],
    ),
    "too much work": (
        [{"a": "1", "b": "2"}, {"a": "3", "b": "5"}], [{"a": "1", "b": "8"}, {"a": "3", "b": "6"}],
        Spec(max_work=0),
        # In the order of what the rows hold, which here is not the best.
        [("[].a", "wrong", "1", "3"), ("[].a", "wrong", "3", "1"), ("[].b", "wrong", "6", "2"),
         ("[].b", "wrong", "8", "5")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    pred, gold, spec, expected = CASES[name]
    assert leaves(pred, gold, spec) == expected
    # What is counted without listing the leaves is the same.
    counted = score(pred, gold, spec)
    whats = [what for _, what, _, _ in expected]
    assert counted.correct == whats.count("correct")
    assert counted.wrong == whats.count("wrong")
    assert counted.missing == whats.count("missing")
    kinds = ("filled_blank", "invented_field", "invented_item")
    assert [getattr(counted.counts, kind) for kind in kinds] == [whats.count(kind) for kind in kinds]


def patched(cls: Any, name: str, make: Callable[[Any], Any]) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(cls, name, make(getattr(cls, name)))


def _free_prices(change: Callable[[Any], None]) -> Callable[[pytest.MonkeyPatch], None]:
    made = Prices.__init__

    def init(self: Prices, *args: Any) -> None:
        made(self, *args)
        change(self)

    return lambda patch: patch.setattr(Prices, "__init__", init)


def _set(**values: int | bool) -> Callable[[Any], None]:
    def change(prices: Any) -> None:
        for name, value in values.items():
            setattr(prices, name, value)

    return change


FLIPS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "only the first accepted value counts": patched(
        definition, "encode_several", lambda f: lambda accepted, field: str(f(accepted, field))
    ),
    "one of several values may be right": patched(definition.Aligner, "rivals", lambda f: lambda *a: []),
    "equal items wait": patched(
        definition, "pair_equal",
        lambda f: lambda preds, golds: (
            [], [i for i, x in enumerate(preds) if definition.key_of(x.kid)],
            [j for j, x in enumerate(golds) if definition.key_of(x.kid)],
        ),
    ),
    "items pair as they stand": patched(
        definition, "assign",
        lambda f: lambda table: [
            (n, n) for n in range(min(len(table), len(table[0]))) if table[n][n] > 0
        ],
    ),
    "paired leaves do not count": patched(
        definition.Aligner, "useful",
        lambda f: lambda self, pred, gold: f(self, pred, gold) // self.prices.base * self.prices.base,
    ),
    "critical leaves are like others": _free_prices(_set(critical=0)),
    "worthless pairs stand": patched(
        definition.Aligner, "useful", lambda f: lambda self, pred, gold: max(1, f(self, pred, gold))
    ),
    "credit does not count": patched(
        definition.Aligner, "credit",
        lambda f: lambda self, pred, gold, field: 1000 * (f(self, pred, gold, field) == 1000),
    ),
    "blanks stay blank": patched(
        definition, "pair_leftover", lambda f: lambda preds, golds, pairs: (f(preds, golds, pairs)[0], [])
    ),
    "left-over scalars stay alone": patched(
        definition, "pair_leftover", lambda f: lambda preds, golds, pairs: ([], [])
    ),
    "a lone value stands for the outermost items only": patched(
        definition, "spread", lambda f: lambda node, at: definition.items_of(node, at)[:1]
    ),
    "positions do not count": patched(
        definition.Aligner, "mode", lambda f: lambda self, field: ListMode("align")
    ),
    "nothing joins": patched(definition.Aligner, "joined", lambda f: lambda self, pred, gold, member: False),
    "an empty gold value is no blank": patched(definition, "is_blank", lambda f: lambda gold: False),
    "kinds cost the same": _free_prices(_set(by_kind=False, invented_field=0, filled_blank=0)),
    "any work will do": patched(definition.Aligner, "too_much", lambda f: lambda self, preds, golds: False),
}  # fmt: skip


@pytest.mark.parametrize("name", FLIPS)
def test_every_rule_matters(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is turned round changes some case."""
    monkeypatch.setattr(_compiled, "prepare", lambda *_: None)  # the textbook decides
    FLIPS[name](monkeypatch)
    changed = []
    for pred, gold, spec, expected in CASES.values():
        try:
            changed.append(leaves(pred, gold, spec) != expected)
        except (AttributeError, ValueError, IndexError):  # what the rule keeps apart
            changed.append(True)
    assert any(changed)


# -- laws ----------------------------------------------------------------------------------------------


def matching(pred: Any, gold: Any, spec: Spec) -> float:
    return reward(f"<think></think><answer>{json.dumps(pred)}</answer>", gold, spec).matching


@examples(400)
@given(spec=specs(("align", "bag")), pair=pairs(), rng=st.randoms(use_true_random=False))
def test_order_changes_no_count(spec: Spec, pair: tuple[Any, Any], rng: Any) -> None:
    """The order of members and items, on either side, changes no count, kind or flag, with any costs."""
    pred, gold = pair
    if any(rule.lists == "index" for rule in spec.rules):
        return  # there the position of an item is all that counts
    counted = score(pred, gold, spec)
    other = score(shuffled(pred, rng), shuffled(gold, rng), spec)
    assert other.counts == counted.counts
    assert {name: x.counts for name, x in other.fields.items()} == {
        name: x.counts for name, x in counted.fields.items()
    }


def holes(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the places of scalars that are members of objects."""
    if isinstance(value, dict):
        own = [(*at, name) for name, x in value.items() if not isinstance(x, (dict, list))]
        return own + [place for name, x in value.items() for place in holes(x, (*at, name))]
    if isinstance(value, list):
        return [place for n, x in enumerate(value) for place in holes(x, (*at, n))]
    return []


def put(value: Any, place: tuple[Any, ...], x: Any) -> Any:
    made = copy.deepcopy(value)
    here = made
    for step in place[:-1]:
        here = here[step]
    here[place[-1]] = x
    return made


@examples(400)
@given(
    spec=specs(("align",)),
    pair=pairs(),
    others=st.lists(
        st.sampled_from([x for x in SCALARS if str(x).strip() and x is not None]), min_size=1, max_size=4
    ),
    data=st.data(),
)
def test_hedging_earns_no_more_than_a_guess(
    spec: Spec, pair: tuple[Any, Any], others: list[Any], data: st.DataObject
) -> None:
    """Candidates for one gold value earn at most what one wrong value in its place earns."""
    _, gold = pair
    places = holes(gold)
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    value = gold
    for step in place:
        value = value[step]
    listed = put(gold, place, [value, *others])
    wrong = put(gold, place, "not that")
    if is_empty(value) or any(rule.comparator == "set" for rule in spec.rules):
        return
    assert matching(listed, gold, spec) <= matching(wrong, gold, spec) + 1e-12


def test_an_added_leaf_never_raises_the_reward_where_blanks_cost_less() -> None:
    """Left-over texts fill blanks whatever the costs, so that a leaf elsewhere changes no pair."""
    spec = Spec(filled_blank_cost=0, invented_item_cost=1)
    gold = {"c": ["A", "B", "", None]}
    for read in (["A", "x", "y"], ["x"], ["A", "B", "x", "y", "z"]):
        assert matching({"c": read, "zz": "z"}, gold, spec) <= matching({"c": read}, gold, spec)


def test_kinds_do_not_depend_on_the_order_of_members() -> None:
    gold = {"Indicators": [{"Item Name": "n0", "Result": "0"}]}
    one, more = {"Item Name": "n0", "Result": "0"}, {"Item Name": "n0", "Result": "0", "v": "m"}
    turned = dict(reversed(one.items()))
    for rows in ([one, more], [turned, more], [more, one], [more, turned]):
        counts = score({"Indicators": rows}, gold, "strict").counts
        assert (counts.invented_field, counts.invented_item) == (0, 3)


@pytest.mark.parametrize(("odd", "kind"), [({"b": "1"}, "an object"), ([], "a list")])
def test_accepted_values_are_scalars(odd: Any, kind: str) -> None:
    """A gold document that accepts anything else is a named error, and no row of a training fails by it."""
    gold = {"L": [{"a": {"$any": ["x", odd]}}]}
    message = f"gold: expected scalars in \\$any, got {kind} - at \\$.L\\[\\].a"
    with pytest.raises(GoldError, match=message):
        score({"L": [{"a": "x"}]}, gold)
    with pytest.raises(GoldError, match=message):
        Gold(gold)
