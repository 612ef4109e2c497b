"""Quotas: exact numbers, and named errors where they cannot be met."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.errors import InputError
from medvie_reward.selection._quotas import split_quota

SIZES = {"ct": 5, "lab": 10, "ecg": 5}


@pytest.mark.parametrize(
    ("k", "rule", "quotas"),
    [
        (4, "proportional", {"ct": 1, "lab": 2, "ecg": 1}),
        (5, "proportional", {"ct": 1, "lab": 3, "ecg": 1}),
        (3, "proportional", {"ct": 1, "lab": 1, "ecg": 1}),
        (1, "proportional", {"ct": 0, "lab": 1, "ecg": 0}),
        (20, "proportional", {"ct": 5, "lab": 10, "ecg": 5}),
        (6, "equal", {"ct": 2, "lab": 2, "ecg": 2}),
        (8, "equal", {"ct": 3, "lab": 3, "ecg": 2}),
        (4, "equal", {"ct": 1, "lab": 2, "ecg": 1}),
        (3, {"lab": 2, "ecg": 1}, {"ct": 0, "lab": 2, "ecg": 1}),
    ],
)
def test_split(k: int, rule: Any, quotas: dict[str, int]) -> None:
    """Remainders go to the largest fraction, or to the larger strata; ties by order."""
    assert split_quota(SIZES, k, rule) == quotas


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8), st.data())
def test_proportional_law(sizes: list[int], data: st.DataObject) -> None:
    """Proportional quotas add up to k, fit their strata, and are off by less than one."""
    named = {str(n): size for n, size in enumerate(sizes)}
    k = data.draw(st.integers(1, sum(sizes)))
    quotas = split_quota(named, k, "proportional")
    assert sum(quotas.values()) == k
    assert all(0 <= quotas[name] <= size for name, size in named.items())
    assert all(abs(quotas[name] - k * size / sum(sizes)) < 1 for name, size in named.items())


@pytest.mark.parametrize(
    ("k", "rule", "message"),
    [
        (21, "proportional", "21 picks out of 20 documents: expected 1 to 20"),
        (0, "equal", "0 picks out of 20 documents"),
        (18, "equal", "quota of 6 for 'ct', which has 5 documents: expected at most 5; give numbers"),
        (6, {"ct": 6}, "quota of 6 for 'ct', which has 5 documents: expected at most 5$"),
        (6, {"ct": 5}, "quotas add up to 5: expected 6"),
        (6, {"mri": 6}, "quota for 'mri': expected one of 'ct', 'lab', 'ecg'"),
        (6, {"ct": -1, "lab": 7}, "quota for 'ct': expected an integer of at least 0, got -1"),
        (6, {"ct": 1.0, "lab": 5}, "got 1.0"),
        (6, "some", "no quota rule 'some': expected proportional, equal or numbers"),
    ],
)
def test_misuse(k: int, rule: Any, message: str) -> None:
    """What cannot be met says what was expected."""
    with pytest.raises(InputError, match=message):
        split_quota(SIZES, k, rule)
