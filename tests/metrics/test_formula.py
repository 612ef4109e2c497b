"""The reward's formula by hand: every term, every branch, on both sides of its bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from medvie_reward import Counts, Rule, Scores, Spec, reward, score
from medvie_reward.metrics._rates import share, share_arrays
from medvie_reward.metrics._reward import matching_of, matching_part

FBETA = {"matching": "fbeta", "beta": 2.0}


@pytest.mark.parametrize(
    ("options", "counted", "expected"),
    [
        # 3 of 4 predicted and of 6 gold leaves are right: P = 3/4, R = 1/2, F1 = 6/10, F2 = 15/28.
        ({"alpha": 0.3}, (3, 4, 6, 0, 0), 0.3 * 0.75 + 0.7 * 0.5),
        ({"alpha": 1.0}, (3, 4, 6, 0, 0), 0.75),
        ({"alpha": 0.0}, (3, 4, 6, 0, 0), 0.5),
        ({"matching": "f1"}, (3, 4, 6, 0, 0), 0.6),
        ({"matching": "fbeta", "beta": 1.0}, (3, 4, 6, 0, 0), 0.6),
        (FBETA, (3, 4, 6, 0, 0), 15 / 28),
        # What hallucinated leaves cost is divided as precision is, and takes from precision alone.
        ({"alpha": 0.5}, (3, 4, 6, 0.5, 0), 0.375 - 0.125 + 0.25),
        ({"alpha": 0.5}, (3, 4, 6, 8, 0), 0.25),
        ({"alpha": 0.5, "floor": -1.0}, (3, 4, 6, 2, 0), 0.375 - 0.5 + 0.25),
        ({"alpha": 0.5, "floor": -1.0}, (3, 4, 6, 80, 0), -1.0 + 0.25),
        ({"matching": "f1"}, (3, 4, 6, 1, 0), 0.6 - 0.2),
        (FBETA, (3, 4, 6, 1, 0), 15 / 28 - 5 / 28),
        (FBETA, (3, 4, 6, 4, 0), 0.0),
        # The share of wrong critical leaves, times its cost.
        ({"alpha": 0.5, "critical_cost": 0.25}, (3, 4, 6, 0, 0.5), 0.375 - 0.125 + 0.25),
        ({"matching": "f1", "critical_cost": 0.25}, (3, 4, 6, 0, 1), 0.6 - 0.25),
        # Empty sides.
        ({"both_empty": 0.25}, (0, 0, 0, 0, 0), 0.25),
        ({"alpha": 0.5}, (0, 0, 6, 0, 0), 0.0),
        ({"alpha": 0.5, "floor": -1.0, "critical_cost": 0.5}, (0, 0, 6, 0, 1), -0.5),
        ({"alpha": 0.5, "floor": -9.0}, (0, 4, 0, 2, 0), -0.5),
        ({"matching": "f1"}, (0, 4, 0, 0, 0), 0.0),
        (FBETA, (0, 0, 6, 0, 0), 0.0),
        ({**FBETA, "floor": -9.0}, (0, 4, 0, 1, 0), -5 / 4),
    ],
)  # fmt: skip
def test_matching_part(options: dict[str, Any], counted: tuple[float, ...], expected: float) -> None:
    """Correct, predicted, gold, charged, share of wrong critical leaves -> r_matching."""
    assert matching_part(Spec(**options), *counted) == pytest.approx(expected, abs=1e-15)


def test_critical_leaves_cost_their_share() -> None:
    """One of four critical leaves is wrong: a quarter of the cost, in a reward and over counts."""
    gold = {name: name for name in "abcd"}
    spec = Spec(rules=(Rule("*", "text", critical=True),), critical_cost=0.4)
    found = reward(f"<think></think><answer>{gold | {'a': 'x'}}</answer>".replace("'", '"'), gold, spec)
    assert (found.wrong_critical, found.critical) == (1, 4)
    assert found.matching == pytest.approx(0.75 / 2 - 0.4 / 4 + 0.75 / 2)
    assert matching_of(spec, score(gold, gold, spec).counts) == 1.0
    counts = score(gold | {"a": "x"}, gold, spec).counts
    assert matching_of(spec, counts) == pytest.approx(found.matching)


def test_similar_narratives_earn_their_share() -> None:
    """What similar texts earn is added to the correct weight, not taken from it."""
    counts = Counts(correct=1, n_pred=2, n_gold=4, similar=0.5)
    scores = Scores(counts)
    assert (scores.precision, scores.recall, scores.f1) == (0.75, 0.375, 0.5)
    assert matching_of(Spec(), counts) == pytest.approx(0.5 * 0.75 + 0.5 * 0.375)


def test_leaves_weigh_one_unless_weights_are_given() -> None:
    """Weights that are all missing are the numbers of leaves; weights of 0 are weights."""
    plain = Counts(correct=1, n_pred=2, n_gold=3)
    assert (plain.weight_correct, plain.weight_pred, plain.weight_gold) == (1.0, 2.0, 3.0)
    weighed = Counts(correct=1, n_pred=2, n_gold=3, weight_correct=0.0, weight_pred=0.0, weight_gold=0.0)
    assert (weighed.weight_correct, weighed.weight_pred, weighed.weight_gold) == (0.0, 0.0, 0.0)
    empty = Counts()
    assert (empty.weight_correct, empty.weight_pred, empty.weight_gold) == (0.0, 0.0, 0.0)


def test_costs_are_charged_by_weight() -> None:
    """An invented leaf of weight 2 at a cost of 0.5 takes one leaf's worth."""
    spec = Spec(rules=(Rule("b", "text", weight=2),), invented_field_cost=0.5)
    assert score({"a": "1", "b": "2"}, {"a": "1"}, spec).counts.charged == pytest.approx(1.0)
    light = Spec(rules=(Rule("b", "text", weight=0.25),), invented_field_cost=0.5)
    assert score({"a": "1", "b": "2"}, {"a": "1"}, light).counts.charged == pytest.approx(0.125)


@pytest.mark.parametrize(("floor", "expected"), [(0.0, 0.0), (-1.0, -1.0), (-4.0, -2.5)])
def test_a_repair_costs_down_to_the_floor(floor: float, expected: float) -> None:
    """A repaired answer that is right earns 1 less its cost, but never less than the floor, or 0."""
    pytest.importorskip("json_repair")
    spec = Spec(repair=True, repair_cost=3.5, floor=floor, format_weight=0.0)
    found = reward('<think></think><answer>{"a": "1",}</answer>', {"a": "1"}, spec)
    assert (found.status, found.score) == ("repaired", expected)


def test_shares() -> None:
    """A share of nothing is 0, of one and of many alike."""
    assert (share(1, 4), share(0, 0), share(3, 0)) == (0.25, 0.0, 0.0)
    assert share_arrays(np.array([1.0, 0.0, 3.0]), np.array([4.0, 0.0, 0.0])).tolist() == [0.25, 0.0, 0.0]


def test_counts_cannot_be_changed() -> None:
    """Counts and scores are values."""
    for made in (Counts(), Scores(Counts())):
        with pytest.raises(AttributeError):
            made.correct = 2  # type: ignore[misc]


def test_no_answer_is_not_limited() -> None:
    """Without an answer nothing was searched, and nothing is earned: not precision either."""
    found = reward("no JSON here", {}, "clinical")
    assert (found.limited, found.precision, found.recall, found.f1, found.format) == (False, 0, 0, 0, 0)
