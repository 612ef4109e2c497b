"""Break-even and best lengths: hand-checked numbers, and brute force with the real reward."""

from __future__ import annotations

from itertools import combinations, product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.completions import Completion
from medvie_reward.errors import ArgumentError
from medvie_reward.lab import Stakes, best_prefix, prefix_rewards, stakes_of
from medvie_reward.metrics import Counts, Gold, reward_group
from medvie_reward.spec import Rule, Spec

HALF = Spec.preset("strict")
F1 = HALF.replace(matching="f1")
COSTS = {"filled_blank_cost": 0.25, "invented_field_cost": 0.25, "invented_item_cost": 0.25}


@pytest.mark.parametrize(
    ("spec", "rest", "expected"),
    [
        # One right leaf of five. P and R: without .6, right .7, wrong .35; F1: 1/3, 4/7, 2/7.
        (HALF, Counts(correct=1, n_pred=1, n_gold=5), (0.6, 0.7, 0.35)),
        (F1, Counts(correct=1, n_pred=1, n_gold=5), (1 / 3, 4 / 7, 2 / 7)),
        # Nothing written yet: the first leaf pays whatever its accuracy.
        (HALF, Counts(n_gold=5), (0.0, 0.6, 0.0)),
        # Precision alone: every leaf after a right one only loses.
        (HALF.replace(alpha=1.0), Counts(correct=1, n_pred=1, n_gold=5), (1.0, 1.0, 0.5)),
        # Recall alone: a wrong leaf is free.
        (HALF.replace(alpha=0.0), Counts(correct=1, n_pred=1, n_gold=5), (0.2, 0.4, 0.2)),
    ],
)
def test_stakes(spec: Spec, rest: Counts, expected: tuple[float, float, float]) -> None:
    assert stakes_of(spec, rest) == pytest.approx(expected)


def test_a_critical_leaf_pays_from_a_higher_accuracy_on() -> None:
    """Eight rows, half of all that is written right: a wrong result loses a share of the cost, too."""
    rest = Counts(correct=20, n_pred=40, n_gold=48, critical=8)
    for cost, expected in ((0.0, 0.270), (0.25, 0.693)):
        spec = HALF.replace(critical_cost=cost)
        found = stakes_of(spec, rest, critical=True).break_even
        loss = 0.5 * 20 * (1 / 40 - 1 / 41) + cost / 8
        gain = 0.5 / 41 + 0.5 / 48 + cost / 8
        assert found == pytest.approx(loss / gain)
        assert found == pytest.approx(expected, abs=0.001)


def test_where_the_floor_cuts_a_wrong_leaf_costs_nothing() -> None:
    rest = Counts(correct=1, wrong=7, n_pred=8, n_gold=20, critical=4, wrong_critical=4)
    found = stakes_of(HALF.replace(critical_cost=1.0), rest)
    assert (found.without, found.wrong) == (0.025, 0.025)
    assert found.break_even == 0.0
    assert Stakes(0.5, 0.5, 0.5).break_even == float("inf")


@given(
    st.sampled_from([HALF, F1, HALF.replace(alpha=0.25), HALF.replace(matching="fbeta", beta=2.0)]),
    st.sampled_from([0.0, 0.25, 1.0]),
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=4),
    st.integers(0, 2),
)
def test_prefixes_are_what_brute_force_with_the_real_reward_gives(
    base: Spec, cost: float, leaves: list[tuple[float, bool]], more: int
) -> None:
    """Every pattern of right and wrong values, as a document, with its probability."""
    rules = tuple(Rule(f"f{n}", critical=flag) for n, (_, flag) in enumerate(leaves))
    spec = base.replace(rules=rules, critical_cost=cost, **COSTS)  # type: ignore[arg-type]
    gold = {f"f{n}": f"value {n}" for n in range(len(leaves) + more)}
    prepared = Gold(gold, spec)
    expected = []
    for k in range(1, len(leaves) + 1):
        total = 0.0
        for pattern in product((True, False), repeat=k):
            chance = prod(q if right else 1 - q for right, (q, _) in zip(pattern, leaves, strict=False))
            answer = {f"f{n}": f"value {n}" if right else "misread" for n, right in enumerate(pattern)}
            total += chance * reward_group([Completion.from_answer(answer)], prepared)[0].matching
        expected.append(total)
    accuracies, critical = [q for q, _ in leaves], [flag for _, flag in leaves]
    found = prefix_rewards(spec, accuracies, len(gold), critical=critical)
    assert found == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=7), st.sampled_from([HALF, F1]))
def test_the_best_answer_is_a_prefix_of_the_surest(accuracies: list[float], spec: Spec) -> None:
    """No other choice of leaves earns more than the best prefix."""
    n = len(accuracies)
    best = best_prefix(spec, accuracies, n)
    earned = max(prefix_rewards(spec, sorted(accuracies, reverse=True), n))
    others = [
        prefix_rewards(spec, [accuracies[i] for i in chosen], n)[-1]
        for k in range(1, n + 1)
        for chosen in combinations(range(n), k)
    ]
    assert earned == pytest.approx(max(others))
    assert prefix_rewards(spec, sorted(accuracies, reverse=True), n)[best - 1] == pytest.approx(earned)


def test_one_sure_field_is_the_best_answer_under_precision_and_recall_and_never_under_f1() -> None:
    """Forty leaves, one read with 95 %, the others with 20 %."""
    accuracies = [0.95, *[0.2] * 39]
    assert best_prefix(HALF, accuracies, 40) == 1
    assert best_prefix(HALF.replace(alpha=1.0), accuracies, 40) == 1
    assert best_prefix(HALF.replace(alpha=0.0), accuracies, 40) == 40
    assert best_prefix(F1, accuracies, 40) == 40


def test_critical_leaves_that_are_read_badly_are_left_out() -> None:
    accuracies, critical = [0.9] * 6 + [0.3] * 4, [False] * 6 + [True] * 4
    assert best_prefix(F1, accuracies, 10, critical=critical) == 6
    assert best_prefix(F1.replace(critical_cost=0.0), [0.9] * 6 + [0.6] * 4, 10, critical=critical) == 10
    assert best_prefix(F1.replace(critical_cost=1.0), [0.9] * 6 + [0.6] * 4, 10, critical=critical) == 6


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ArgumentError, match="accuracies: expected at most 1"):
        prefix_rewards(HALF, [0.1, 0.2], 1)
    with pytest.raises(ArgumentError, match="numbers from 0 to 1"):
        prefix_rewards(HALF, [1.5], 1)
