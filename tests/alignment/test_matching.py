"""The fast matching against the slow, obvious one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers import reference
from helpers.profiles import examples
from helpers.strategies import flat_lists, pairs
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Spec, align, reward, score

MODES = ("align", "bag", "index", "key:n")


def fast(pred: Any, gold: Any, lists: str) -> tuple[int, int, int, int]:
    r = reward(json.dumps(pred), gold, Spec(lists=lists, format="json"))
    return int(r.correct), r.wrong, r.n_pred, r.n_gold


def listed(pred: Any, gold: Any, lists: str) -> tuple[int, int, int, int]:
    s = score(pred, gold, Spec(lists=lists))
    return int(s.correct), s.wrong, s.n_pred, s.n_gold


@pytest.mark.parametrize("lists", MODES)
@examples(1500)
@given(pair=pairs())
def test_reward_and_score_equal_brute_force(pair: tuple[Any, Any], lists: str) -> None:
    """On any small tree, both ways to count give what trying every assignment gives."""
    pred, gold = pair
    expected = reference.counts(pred, gold, lists)
    assert fast(pred, gold, lists) == expected
    assert listed(pred, gold, lists) == expected


@pytest.mark.parametrize("lists", MODES)
@examples(1000)
@given(pred=flat_lists, gold=flat_lists)
def test_rows_equal_brute_force(pred: Any, gold: Any, lists: str) -> None:
    """Lists of flat objects take the bit-set path; it loses nothing."""
    expected = reference.counts({"L": pred}, {"L": gold}, lists)
    assert fast({"L": pred}, {"L": gold}, lists) == expected
    assert listed({"L": pred}, {"L": gold}, lists) == expected


@examples(300)
@given(pair=pairs())
def test_leaves_are_all_there_once(pair: tuple[Any, Any]) -> None:
    """Every leaf of either side is in the alignment once, and its paths lead to its values."""
    pred, gold = pair
    for lists in MODES:
        found = align(pred, gold, Spec(lists=lists))
        gold_paths = [leaf.gold_path for leaf in found if leaf.outcome != "hallucinated"]
        pred_paths = [leaf.pred_path for leaf in found if leaf.outcome != "missing"]
        assert len(gold_paths) == len(set(gold_paths)) == len(reference.leaves(gold))
        assert len(pred_paths) == len(set(pred_paths)) == len(reference.leaves(pred))
        for leaf in found:
            assert (leaf.kind is not None) == (leaf.outcome == "hallucinated")
            same = reference.text_of(leaf.gold) == reference.text_of(leaf.pred)
            assert same == (leaf.outcome == "correct")


@examples(200)
@given(
    pred=st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"), max_size=3), max_size=12),
    gold=st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"), max_size=3), max_size=12),
)
def test_longer_rows_equal_a_full_assignment(pred: Any, gold: Any) -> None:
    """With no reduction at all, scipy on the full table of weights finds the same optimum."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    expected = (0, 0)
    if pred and gold:
        big = 1000
        table = [[reference.best(p, g, "align") for g in gold] for p in pred]
        weights = np.array([[c * big + k for c, k in row] for row in table])
        total = int(weights[linear_sum_assignment(weights, maximize=True)].sum())
        expected = divmod(total, big)
    correct, wrong, _, _ = fast({"L": pred}, {"L": gold}, "align")
    assert (correct, correct + wrong) == expected
