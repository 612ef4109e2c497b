"""Slips in golds: as many as stated, of the kind stated, in a copy."""

from __future__ import annotations

import copy
import math
import random
from typing import Any

import pytest
from helpers.strategies import documents
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from medvie_reward import InputError
from medvie_reward._core.json_values import json_leaves, scalar_text
from medvie_reward.statistics._annotation_noise import NOISE_KINDS, add_noise, count_changes

ROWS = [{"n": f"name {k}", "r": f"{k}.5", "u": "mmol/L"} for k in range(1000)]
rates = st.floats(0, 1)
kinds = st.sampled_from(NOISE_KINDS)
seeds = st.integers(0, 2**32)


def noisy(gold: Any, kind: str, rate: float, seed: int) -> Any:
    return add_noise(gold, kind, rate, random.Random(seed))


def cells(value: Any, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Any]:
    """Give path -> scalar, blank ones too."""
    if isinstance(value, dict):
        return {k: v for key, x in value.items() for k, v in cells(x, (*path, key)).items()}
    if isinstance(value, list):
        return {k: v for n, x in enumerate(value) for k, v in cells(x, (*path, n)).items()}
    return {path: value}


@given(documents, kinds, rates, seeds)
def test_gold_stays_as_it_is(gold: Any, kind: str, rate: float, seed: int) -> None:
    """Noise is in a copy, rate 0 is the identity, one state of chance gives one result."""
    before = copy.deepcopy(gold)
    made = noisy(gold, kind, rate, seed)
    assert repr(before) == repr(gold)
    assert repr(made) == repr(noisy(gold, kind, rate, seed))
    assert repr(before) == repr(noisy(gold, kind, 0.0, seed))


@given(documents, seeds)
def test_a_typo_is_one_edit(gold: Any, seed: int) -> None:
    """At rate 1 every leaf is one edit away, none becomes empty, and nothing else changes."""
    before, after = cells(gold), cells(noisy(gold, "typos", 1.0, seed))
    assert list(before) == list(after)
    for path, value in before.items():
        text = scalar_text(value)
        if text.strip():
            assert Levenshtein.distance(text, scalar_text(after[path])) == 1
            assert scalar_text(after[path]).strip()
        else:
            assert repr(value) == repr(after[path])


@given(documents, rates, seeds)
def test_dropped_rows_leave_the_others(gold: Any, rate: float, seed: int) -> None:
    """What is left of a list are its items in their order, less what was dropped inside them."""

    def check(before: Any, after: Any) -> None:
        if isinstance(before, dict):
            assert isinstance(after, dict)
            assert list(before) == list(after)
            for key in before:
                check(before[key], after[key])
        elif isinstance(before, list):
            assert isinstance(after, list)
            rest = iter(before)
            for item in after:
                assert any(fits(other, item) for other in rest)
        else:
            assert repr(before) == repr(after)

    def fits(before: Any, after: Any) -> bool:
        try:
            check(before, after)
        except AssertionError:
            return False
        return type(before) is type(after)

    check(gold, noisy(gold, "dropped_rows", rate, seed))


@given(
    st.lists(st.dictionaries(st.sampled_from("nru"), st.sampled_from(["a", "b", "c", "", None, 1]))),
    rates,
    seeds,
)
def test_swapped_values_stay_in_their_column(rows: list[dict[str, Any]], rate: float, seed: int) -> None:
    """Each column holds the same values, in rows with the same members."""
    after = noisy({"L": rows}, "swapped_values", rate, seed)["L"]
    assert [list(row) for row in rows] == [list(row) for row in after]
    for key in "nru":
        one, other = ([repr(row[key]) for row in table if key in row] for table in (rows, after))
        assert sorted(one) == sorted(other)


@given(documents, st.sampled_from(NOISE_KINDS[:2]), st.tuples(rates, rates).map(sorted), seeds)
def test_higher_rates_add_slips(gold: Any, kind: str, pair: list[float], seed: int) -> None:
    """What a lower rate changed is changed in the same way at a higher one."""
    low, high = (noisy(gold, kind, rate, seed) for rate in pair)
    assert count_changes(gold, low) <= count_changes(gold, high)
    if kind == "typos":
        before, some, more = cells(gold), cells(low), cells(high)
        assert all(
            repr(more[path]) == repr(some[path]) for path in before if repr(some[path]) != repr(before[path])
        )


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5])
def test_as_many_as_stated(rate: float) -> None:
    """Of 3,000 leaves and 1,000 rows, within four standard deviations of the rate; the seed is fixed."""
    gold = {"L": ROWS}
    leaves = 3000
    changed = count_changes(gold, noisy(gold, "typos", rate, 1))
    assert abs(changed - leaves * rate) < 4 * math.sqrt(leaves * rate * (1 - rate))
    dropped = 1000 - len(noisy(gold, "dropped_rows", rate, 1)["L"])
    assert abs(dropped - 1000 * rate) < 4 * math.sqrt(1000 * rate * (1 - rate))
    assert count_changes(gold, noisy(gold, "dropped_rows", rate, 1)) == 3 * dropped


def test_swaps_as_many_as_stated() -> None:
    """Of 2,000 cells that can be exchanged about 5% are; a column of equal values has none."""
    gold = {"L": ROWS}
    made = [noisy(gold, "swapped_values", 0.05, seed) for seed in range(10)]
    # Ten times 50 exchanges expected, of two cells each, hardly any twice.
    assert abs(sum(count_changes(gold, after) for after in made) - 1000) < 4 * 2 * math.sqrt(500)
    after = made[0]
    assert [row["u"] for row in after["L"]] == ["mmol/L"] * 1000
    assert noisy({"L": ROWS[:1], "a": "x"}, "swapped_values", 1.0, 1) == {"L": ROWS[:1], "a": "x"}


def test_typos_keep_to_the_document_s_characters() -> None:
    """A digit becomes another digit, a Chinese character another one of the document."""
    texts = [text for seed in range(200) for text in noisy(["123", "白细胞"], "typos", 1.0, seed)]
    assert {char for text in texts for char in text} <= set("0123456789白细胞")
    alone = {noisy(["白"], "typos", 1.0, seed)[0] for seed in range(20)}
    assert alone == {"白白"}


def test_rate_one_drops_all() -> None:
    """Nothing is left of any list."""
    assert noisy({"a": "x", "L": [{"M": [1]}], "E": []}, "dropped_rows", 1.0, 0) == {
        "a": "x",
        "L": [],
        "E": [],
    }
    assert count_changes({"L": ["", "x"]}, {"L": ["x"]}) == 0


@given(documents, kinds, rates, seeds)
def test_changes_are_counted(gold: Any, kind: str, rate: float, seed: int) -> None:
    """The count is between none and all places, and none where nothing changed."""
    after = noisy(gold, kind, rate, seed)
    changed = count_changes(gold, after)
    assert 0 <= changed <= len(cells(gold))
    if kind != "dropped_rows":
        assert (changed == 0) == ({p: scalar_text(x) for p, x in cells(gold).items()} == {
            p: scalar_text(x) for p, x in cells(after).items()
        })  # fmt: skip
    else:
        assert changed == sum(1 for _ in json_leaves(gold, str.strip)) - sum(
            1 for _ in json_leaves(after, str.strip)
        )


def test_what_is_no_noise() -> None:
    """Unknown kinds and rates past their range say what was expected."""
    with pytest.raises(
        InputError, match="no noise 'blots': expected one of typos, dropped_rows, swapped_values"
    ):
        noisy({}, "blots", 0.1, 0)
    for rate in (-0.1, 1.1, math.nan):
        with pytest.raises(InputError, match="rate of noise: expected a number from 0 to 1"):
            noisy({}, "typos", rate, 0)
