"""Bounds hold for all items, and pairs called sure are in every best assignment."""

from __future__ import annotations

import json
import random
from itertools import combinations, permutations
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import SCALARS, disturb, specs, trees
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Rule, Spec, reward, score
from medvie_reward.alignment import _matching as matching
from medvie_reward.alignment._assignment import Work
from medvie_reward.alignment._gold_tree import GoldList, GoldObject
from medvie_reward.alignment._matching import Matcher
from medvie_reward.alignment._sure_pairs import Shared, SurePairs


def shared_of(gold: list[Any], spec: Spec) -> tuple[Shared, Matcher, GoldList]:
    matcher = Matcher({"L": gold}, spec)
    assert isinstance(matcher.root, GoldObject)
    node = matcher.root.members["L"]
    assert isinstance(node, GoldList)
    return Shared(gold, node.inner, spec.fields), matcher, node


def test_bounds_by_hand() -> None:
    """Leaves as multisets, by names and normal form, each with its weight; blanks count for nothing."""
    spec = Spec(rules=(Rule("L.r", weight=2),))
    gold = [{"n": "a", "r": ["1", "1"]}, [{"n": "b"}, {"r": "1", "n": ""}], "x", {}]
    shared, _, _ = shared_of(gold, spec)
    assert shared.leaves == 3 + 3 + 1
    found = [
        shared.bounds(x) for x in ({"n": " a", "r": 1}, [{"r": "1"}] * 3, ["x", "x"], {"n": None, "z": "a"})
    ]
    assert found == [[1 + 2, 2, 0, 0], [2 + 2, 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]


@examples(400)
@given(
    spec=specs(("align", "index")),
    gold=st.lists(trees, min_size=1, max_size=3),
    rng=st.randoms(use_true_random=False),
    other=trees,
)
def test_no_pair_has_more_right_than_its_bound(
    spec: Spec, gold: list[Any], rng: random.Random, other: Any
) -> None:
    """Whatever the shapes of both items, and however often bounds were asked for."""
    shared, matcher, node = shared_of(gold, spec)
    for pred in (other, disturb(gold[0], rng), gold[-1], other):
        bounds = shared.bounds(pred)
        for j, item in enumerate(matcher.items_of(node)):
            weight = matcher.weigh(pred, item, Work(10**6, lambda: 0))
            assert weight // matcher.worth.base <= bounds[j]


@examples(500)
@given(
    rows=st.integers(1, 4),
    columns=st.integers(1, 4),
    rng=st.randoms(use_true_random=False),
    high=st.sampled_from([3, 12]),
)
def test_sure_pairs_are_in_every_best_assignment(
    rows: int, columns: int, rng: random.Random, high: int
) -> None:
    """By trying all assignments; bounds above the truth, and a rest below one unit."""
    base = 1000
    right = [[rng.randrange(high) + (high if i == j else 0) for j in range(columns)] for i in range(rows)]
    worth = [[x * base + rng.randrange(base) for x in line] for line in right]
    sure = SurePairs([[x + rng.randrange(3) for x in line] for line in right])
    asked = []
    for i, j in sure.candidates():
        sure.weighed((i, j), right[i][j])
        asked.append((i, j))
    every = [
        set(zip(chosen, partners, strict=True))
        for n in range(min(rows, columns) + 1)
        for chosen in combinations(range(rows), n)
        for partners in permutations(range(columns), n)
    ]
    best = max(sum(worth[i][j] for i, j in pairs) for pairs in every)
    optima = [pairs for pairs in every if sum(worth[i][j] for i, j in pairs) == best]
    assert all(set(sure.pairs) <= pairs for pairs in optima)
    assert len(asked) == len(set(asked))
    assert sure.all == (len(sure.pairs) == min(rows, columns))
    assert not sure.all or [set(sure.pairs)] == optima


def test_hope_and_what_is_left_of_it() -> None:
    """Bounds that promise much are looked into; those that do not are not; truth decides."""
    assert SurePairs([[9, 1], [1, 9]]).hopeful()
    assert not SurePairs([[9, 5], [5, 9]]).hopeful()
    sure = SurePairs([[9, 1], [1, 9], [0, 0]])
    asked = iter(sure.candidates())
    assert next(asked) == (0, 0)
    sure.weighed((0, 0), 3)
    assert next(asked) == (1, 1)
    sure.weighed((1, 1), 4)
    # Three are enough against no and one elsewhere only once the second pair is decided.
    assert list(asked) == []
    assert (sure.all, sure.pairs) == (True, [(1, 1), (0, 0)])


panels = st.lists(
    st.fixed_dictionaries(
        {"t": st.sampled_from(SCALARS)},
        optional={
            "L": st.lists(
                st.dictionaries(st.sampled_from("nrux"), st.sampled_from("abcdef"), max_size=4), max_size=5
            )
        },
    ),
    min_size=3,
    max_size=5,
)


@pytest.mark.parametrize("preset", ["clinical", "strict"])
@examples(300)
@given(gold=panels, rng=st.randoms(use_true_random=False), other=panels)
def test_they_change_no_number(preset: str, gold: list[Any], rng: random.Random, other: list[Any]) -> None:
    """Panels of rows, with bounds wherever they can be and without any."""
    preds = [disturb(gold, rng), other, [*disturb(gold, rng), other[0]]]
    texts = [f"<think></think><answer>{json.dumps({'P': pred})}</answer>" for pred in preds]
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for fewest in (1, 10**9):
            patch.setattr(matching, "_FEWEST_BOUND", fewest)
            patch.setattr(matching, "_LEAVES_BOUND", 0)
            rewards = [reward(text, {"P": gold}, preset) for text in texts]
            scores = [score({"P": pred}, {"P": gold}, preset) for pred in preds]
            found.append((rewards, [(s.counts, dict(s.fields)) for s in scores]))
    assert found[0] == found[1]
