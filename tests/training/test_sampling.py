"""Draws of keys, weights, and the split: laws, and the stated distributions."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Any

import pytest
from helpers.form_values import forms
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward._core.seeds import seed_of
from medvie_reward.errors import InputError
from medvie_reward.training._form_reader import form_of_schema
from medvie_reward.training._query_fields import QueryField, form_of_gold, leaf_paths
from medvie_reward.training._sampling import STRATEGIES, draw_keys, field_weights, held_out

FLAT = form_of_gold({"a": "", "b": "", "c": ""})
TABLE = form_of_gold({"t": [{"n": "", "r": "", "u": ""}]})
DRAWS = 6_000


def shares(form: QueryField, strategy: str, **options: Any) -> dict[tuple[str, ...], float]:
    """Draw with many seeds; gives how often each set of keys came."""
    counts = Counter(draw_keys(form, seed, strategy, **options) for seed in range(DRAWS))
    return {keys: count / DRAWS for keys, count in counts.items()}


@given(forms(), st.integers(0, 2**63 - 1), st.sampled_from(STRATEGIES), st.booleans())
def test_a_draw_is_some_of_the_keys_in_order(
    form: QueryField, seed: int, strategy: str, keep_names: bool
) -> None:
    """Never none, never one twice, in the form's order, and the same for the same seed."""
    keys = draw_keys(form, seed, strategy, keep_names=keep_names)
    assert keys
    assert [key for key in leaf_paths(form) if key in set(keys)] == list(keys)
    assert draw_keys(form, seed, strategy, keep_names=keep_names) == keys
    if strategy == "all":
        assert keys == tuple(leaf_paths(form))


def test_a_known_draw_stays_as_it_is() -> None:
    """A row written by one version can be drawn again by another."""
    form = form_of_gold({"a": "", "t": [{"n": "", "r": "", "u": ""}], "b": ""})
    assert [draw_keys(form, seed) for seed in range(4)] == KNOWN
    assert seed_of(0, "en-blood-01", 0, 0) == 408314849405959319


KNOWN = [
    ("a", "t[].n", "t[].u", "b"),
    ("b",),
    ("a", "t[].n", "t[].r", "t[].u", "b"),
    ("t[].n", "t[].r"),
]


def test_random_draws_every_size_alike_and_every_subset_of_a_size_alike() -> None:
    """With three keys: 1/9 for each single one, 1/9 for each pair, 1/3 for all."""
    found = shares(FLAT, "random")
    expected = {keys: 1 / 9 for size in (1, 2) for keys in combinations("abc", size)} | {
        ("a", "b", "c"): 1 / 3
    }
    assert found.keys() == expected.keys()
    assert {keys: pytest.approx(share, abs=0.02) for keys, share in expected.items()} == found


def test_rows_keep_their_names() -> None:
    """The name of a table's rows comes on top of what was drawn; on request it is drawn like the others."""
    kept = {
        ("t[].n",): 1 / 9, ("t[].n", "t[].r"): 2 / 9, ("t[].n", "t[].u"): 2 / 9,
        ("t[].n", "t[].r", "t[].u"): 4 / 9,
    }  # fmt: skip
    assert {keys: pytest.approx(share, abs=0.02) for keys, share in kept.items()} == shares(TABLE, "random")
    dropped = shares(TABLE, "random", keep_names=False)
    assert dropped[("t[].u",)] == pytest.approx(1 / 9, abs=0.02)


def test_the_schema_may_say_which_member_names_the_rows() -> None:
    """``x-medvie-key`` wins over the first member."""
    text = {"type": "string"}
    table = {"type": "array", "x-medvie-key": "n", "items": {"properties": {"r": text, "n": text}}}
    form = form_of_schema({"properties": {"t": table}})
    assert {draw_keys(form, seed) for seed in range(50)} == {("t[].n",), ("t[].r", "t[].n")}


def test_difficulty_draws_in_proportion_to_weights() -> None:
    """Of the draws of one key, weights 6:3:1 give shares 6:3:1; a pair follows without replacement."""
    found = shares(FLAT, "difficulty", weights=dict(zip("abc", (0.6, 0.3, 0.1), strict=True)))
    singles = {keys: share * 3 for keys, share in found.items() if len(keys) == 1}
    pairs = {keys: share * 3 for keys, share in found.items() if len(keys) == 2}
    assert singles == {
        ("a",): pytest.approx(0.6, abs=0.05),
        ("b",): pytest.approx(0.3, abs=0.05),
        ("c",): pytest.approx(0.1, abs=0.05),
    }
    assert pairs[("a", "b")] == pytest.approx(0.6 * 0.3 / 0.4 + 0.3 * 0.6 / 0.7, abs=0.05)


def test_a_table_weighs_the_mean_of_its_columns() -> None:
    """Many columns do not make a table likelier."""
    form = form_of_gold({"a": "", "t": [{"n": "", "r": ""}]})
    found = shares(form, "difficulty", weights={"a": 0.5, "t[].n": 0.1, "t[].r": 0.9})
    alone = found[("a",)]
    assert alone == pytest.approx(1 / 4, abs=0.02)


@pytest.mark.parametrize(
    ("rate", "f1", "expected"),
    [(1, None, 0.1), (0, None, 0.1), (0.25, None, 0.775), (1, 0.0, 0.55), (0, 0.0, 0.55), (0.5, 1.0, 0.325)],
)  # fmt: skip
def test_weights(rate: float, f1: float | None, expected: float) -> None:
    """Rare fields weigh more, fields that no gold fills do not; bad scores weigh more."""
    assert field_weights({"a": rate}, None if f1 is None else {"a": f1}) == {"a": pytest.approx(expected)}


def test_fields_without_a_score_go_by_their_rarity() -> None:
    """A score of another field changes nothing."""
    assert field_weights({"a": 0.25}, {"b": 0.0}) == field_weights({"a": 0.25})


@pytest.mark.parametrize("weight", [0.0, -1.0, float("inf"), float("nan")])
def test_weights_are_positive(weight: float) -> None:
    """A weight of nothing, or without bounds, is an error."""
    with pytest.raises(InputError, match="weight of 'a': expected a positive number"):
        draw_keys(FLAT, 0, "difficulty", weights={"a": weight})


def test_an_unknown_strategy_is_an_error() -> None:
    """The error names those that there are."""
    with pytest.raises(InputError, match="expected one of all, random, difficulty"):
        draw_keys(FLAT, 0, "some")


# -- the split -----------------------------------------------------------------------------------------

PAGES = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=3), min_size=1, max_size=12)


@given(PAGES, st.floats(0.01, 0.99), st.integers(0, 99))
def test_no_page_is_on_both_sides(pages: list[list[str]], share: float, seed: int) -> None:
    """Documents that share a page, directly or through others, stay together; both sides have some."""
    pages.append([])  # so that there are two groups at least
    ids = [f"d{n}" for n in range(len(pages))]
    held = held_out(ids, pages, share, seed)
    sides: dict[bool, set[str]] = {True: set(), False: set()}
    for found, side in zip(pages, held, strict=True):
        sides[side].update(found)
    assert not sides[True] & sides[False]
    assert set(held) == {True, False}
    order = sorted(range(len(ids)), reverse=True)
    again = held_out([ids[n] for n in order], [pages[n] for n in order], share, seed)
    assert again == [held[n] for n in order]


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.1, 10), (0.001, 1), (0.5, 50), (0.999, 99)])
def test_the_share_that_is_held_out(share: float, expected: int) -> None:
    """The share is met, but for one document at least on each side."""
    assert sum(held_out([f"d{n}" for n in range(100)], [()] * 100, share, 0)) == expected


def test_one_group_cannot_be_split() -> None:
    """Two documents of one page are one group."""
    with pytest.raises(InputError, match="at least two documents with different pages, or a share of 0"):
        held_out(["a", "b"], [("p",), ("p",)], 0.5, 0)


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_the_share_has_a_range(share: float) -> None:
    """All documents held out is no split."""
    with pytest.raises(InputError, match="expected a share from 0 to below 1"):
        held_out(["a", "b"], [(), ()], share, 0)


def test_seeds_depend_on_every_part() -> None:
    """Another document, number or attempt has another seed; it fits a signed 64-bit column."""
    found = {seed_of(*parts) for parts in ((0, "a", 0), (0, "a", 1), (0, "b", 0), (1, "a", 0), (0, "a0"))}
    assert len(found) == 5
    assert all(0 <= seed < 2**63 for seed in found)
