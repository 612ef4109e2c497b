"""Choosing documents: repeats come last, quotas are met, prefixes hold, coverage is counted right."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.errors import InputError
from medvie_reward.selection._coverage import COVERAGE_SCORES, Band, Coverage, cover
from medvie_reward.selection._features import Profile, profile
from medvie_reward.selection._selection import select

GOLDS = st.dictionaries(
    st.sampled_from("abcd"),
    st.one_of(st.text("x1肝", max_size=3), st.lists(st.just("y"), max_size=3)),
    max_size=3,
)
POOLS = st.lists(st.builds(profile, GOLDS, st.sampled_from(["lab", "ct"])), min_size=1, max_size=14)


def spread(n: int) -> list[Profile]:
    """Documents of which no two have equal features."""
    return [profile({"a": "x" * (2**i), "L": ["1"] * i}, f"t{i % 3}") for i in range(n)]


def keys(profiles: list[Profile]) -> list[Any]:
    """Give what makes two documents exact repeats."""
    return [(x.digest, x.kind) for x in profiles]


@given(profiles=POOLS, data=st.data())
def test_laws(profiles: list[Profile], data: st.DataObject) -> None:
    """Picks are distinct, exactly k, a prefix of more picks; no repeat comes before a distinct document."""
    n = len(profiles)
    k = data.draw(st.integers(1, n))
    whole = select(profiles, n)
    assert sorted(whole.picks) == list(range(n))
    assert select(profiles, k).picks == whole.picks[:k]
    found = keys(profiles)
    assert whole.distinct == len(set(found))
    assert len({found[pick] for pick in whole.picks[: whole.distinct]}) == whole.distinct


@given(profiles=POOLS, data=st.data())
def test_quotas(profiles: list[Profile], data: st.DataObject) -> None:
    """Every stratum has its quota exactly, and repeats of its own only when its distinct ones are in."""
    strata = [data.draw(st.sampled_from("pq")) for _ in profiles]
    k = data.draw(st.integers(1, len(profiles)))
    made = select(profiles, k, strata=strata)
    assert len(set(made.picks)) == k
    assert +Counter(strata[pick] for pick in made.picks) == +Counter(made.quotas)
    for name, quota in made.quotas.items():
        found = [key for key, stratum in zip(keys(profiles), strata, strict=True) if stratum == name]
        taken = {keys(profiles)[pick] for pick in made.picks if strata[pick] == name}
        assert len(taken) == min(quota, len(set(found)))


@given(profiles=POOLS, data=st.data())
def test_repeats_change_nothing(profiles: list[Profile], data: st.DataObject) -> None:
    """Exact repeats behind the documents change no pick among them, however many there are."""
    first = list(dict(zip(reversed(keys(profiles)), reversed(profiles), strict=True)).values())
    more = first + data.draw(st.lists(st.sampled_from(first), max_size=20))
    assert select(more, len(first)).picks == select(first, len(first)).picks


def test_who_comes_last() -> None:
    """Equal features but other values come after all else, exact repeats after those."""
    golds = [{"a": "x"}, {"a": "x"}, {"a": "y"}, {"b": "long text"}, {"a": "x"}]
    picks = select([profile(gold) for gold in golds], 5).picks
    assert set(picks[:2]) == {0, 3}
    assert picks[2:] == (2, 1, 4)


def test_embeddings_tell_repeats_apart() -> None:
    """Equal golds with other images are no repeats; the embeddings choose between them."""
    profiles = [profile({"a": "x"})] * 4
    images = np.array([[0.0], [0.0], [9.0], [1.0]])
    made = select(profiles, 4, embeddings=images)
    assert made.distinct == 3
    assert set(made.picks[:3]) == {0, 2, 3}
    assert made.picks[3] == 1
    assert made.features.matrix[0] == made.features.matrix[1]


def test_first_picks() -> None:
    """K-centre starts at the document nearest to the mean and goes to the one farthest from it."""
    images = np.array([[-4.0], [0.5], [1.0], [9.0]])
    profiles = [profile({"a": "x"})] * 4
    assert select(profiles, 3, embeddings=images).picks == (2, 3, 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 4}, "4 picks out of 3 documents: expected 1 to 3"),
        ({"k": 1, "method": "random"}, "no method 'random': expected kcentre"),
        ({"k": 1, "method": "facility"}, "method 'facility' was removed: use kcentre"),
        ({"k": 1, "strata": ["a"]}, "1 stratum: expected one for each of 3 documents"),
        ({"k": 2, "strata": ["a", "b", "b"], "quota": {"a": 2}}, "quota of 2 for 'a', which has 1"),
        ({"k": 1, "embeddings": np.zeros((2, 2))}, "embeddings of shape"),
    ],
)
def test_misuse(options: dict[str, Any], message: str) -> None:
    """What does not fit is named."""
    with pytest.raises(InputError, match=message):
        select(spread(3), **options)


# -- coverage ------------------------------------------------------------------------------------------


def covered(**options: Any) -> Coverage:
    profiles = [
        profile({"a": "1", "L": ["1", "2"]}, "lab"),
        profile({"a": "1"}, "ct"),
        profile({"b": "1", "L": []}, "ct"),
    ]
    return cover(profiles, np.array([[0, 0], [3, 4], [0, 1]], np.float32), [0, 2], **options)


def test_figures() -> None:
    """Distances, types, fields and list items are counted as they are."""
    made = covered(draws=3)
    assert made.chosen == pytest.approx(
        {
            "largest_distance": 18**0.5,
            "mean_distance": 18**0.5 / 3,
            "report_types": 2,
            "fields": 3,
            "rare_fields": 0,
            "fewest_items": 0,
            "most_items": 2,
        }
    )
    assert made.largest == pytest.approx((5, 18**0.5))
    assert (made.kinds, made.kinds_chosen) == ({"ct": 2, "lab": 1}, {"ct": 1, "lab": 1})
    assert (made.fields, made.fields_chosen) == ({"a": 2, "L[]": 1, "b": 1}, {"a": 1, "L[]": 1, "b": 1})
    assert made.whole["fields"] == 3
    assert made.seeds == (0, 1, 2)
    assert tuple(made.random) == COVERAGE_SCORES


def test_rare_fields() -> None:
    """A field is rare in under one of a hundred documents."""
    golds = [{"a": "1"}] * 198 + [{"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "1"}]
    profiles = [profile(gold) for gold in golds]
    made = cover(profiles, np.zeros((200, 1), np.float32), [0, 198], draws=1)
    assert (made.whole["rare_fields"], made.chosen["rare_fields"], made.chosen["fields"]) == (1, 1, 3)


def test_schema() -> None:
    """Fields of the schema that nobody fills are named; list marks make no difference."""
    assert covered(schema=("a", "L", "b[]", "c", "L[].x")).unfilled == ("c", "L[].x")


def test_random_picks_keep_quotas() -> None:
    """With quotas, random picks have them too, so that only the choice within them differs."""
    made = covered(strata=["x", "y", "z"], quotas={"x": 1, "y": 0, "z": 1})
    same = pytest.approx(18**0.5)
    assert made.random["largest_distance"].as_dict() == {"mean": same, "low": same, "high": same}
    assert made.random["fields"] == Band(3, 3, 3)


def test_seed() -> None:
    """The same seed gives the same random picks, another one others."""
    profiles = spread(12)
    matrix = np.arange(12, dtype=np.float32)[:, None] ** 2
    made = [cover(profiles, matrix, [0, 1, 2], seed=seed).as_dict() for seed in (0, 0, 500)]
    assert made[0] == made[1]
    assert made[0]["random"] != made[2]["random"]


def test_all_chosen() -> None:
    """With everything chosen, nothing is left to cover."""
    profiles = spread(9)
    made = select(profiles, 9)
    whole = cover(profiles, made.features.matrix, made.picks, draws=2)
    assert whole.chosen == whole.whole
    assert whole.largest[-1] == 0


@pytest.mark.parametrize(("picks", "draws"), [([], 1), ([0], 0)])
def test_nothing_to_measure(picks: list[int], draws: int) -> None:
    """No picks and no draws are an error."""
    with pytest.raises(InputError, match="expected at least 1 of both"):
        cover(spread(2), np.zeros((2, 1), np.float32), picks, draws=draws)
