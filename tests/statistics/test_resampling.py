"""Sums of resamples and swaps: equal to loops, whatever the blocks; what cannot be done is a named error."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from helpers.resampling_reference import resample_slowly, swap_slowly

from medvie_reward.errors import InputError
from medvie_reward.statistics import _resampling as resampling
from medvie_reward.statistics._resampling import (
    INTERVAL_METHODS,
    Resampling,
    check_rows,
    resample,
    sum_clusters,
    swap,
)


def whole(seed: int, n: int) -> resampling.Floats:
    return np.random.default_rng(seed).integers(0, 9, (n, 3)).astype(np.float64)


@pytest.mark.parametrize("n", [1, 2, 7, 31, 64])
@pytest.mark.parametrize("resamples", [2, 33, 100])
def test_same_as_loops(n: int, resamples: int) -> None:
    """Sums of resamples and swaps are those that loops give, to the last bit for integers."""
    how, a, b = Resampling(resamples, seed=n), whole(1, n), whole(2, n)
    assert resample_slowly(a, how).tolist() == resample(a, how).tolist()
    expected = [x.tolist() for x in swap_slowly(a, b, how)]
    assert expected == [x.tolist() for x in swap(a, b, how)]


def test_fractions_are_near() -> None:
    """Sums of fractions are those that loops give but for rounding."""
    how, a, b = Resampling(50), whole(1, 20) / 7, whole(2, 20) / 7
    np.testing.assert_allclose(resample(a, how), resample_slowly(a, how), rtol=1e-13)
    np.testing.assert_allclose(swap(a, b, how), swap_slowly(a, b, how), rtol=1e-13)


@pytest.mark.parametrize("cells", [1, 10, 37 * 3, 37 * 40, 37 * 64])
def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    """However many draws are made at once, they are the same."""
    how, a, b = Resampling(100), whole(1, 37), whole(2, 37)
    expected = resample(a, how), *swap(a, b, how)
    monkeypatch.setattr(resampling, "_CELLS", cells)
    for one, other in zip(expected, (resample(a, how), *swap(a, b, how)), strict=True):
        assert one.tolist() == other.tolist()


@pytest.mark.parametrize(
    ("field", "value"), [("resamples", 99), ("confidence", 0.9), ("seed", 1), ("method", "bca")]
)
def test_signature_has_every_field(field: str, value: Any) -> None:
    """Another value of a field is another signature, and the cases name every field."""
    assert [one.name for one in fields(Resampling)] == ["resamples", "confidence", "seed", "method"]
    assert Resampling().replace(**{field: value}).signature != Resampling().signature


def test_signature() -> None:
    """The signature reads as documented."""
    expected = "bootstrap:percentile|resamples:10000|confidence:0.95|seed:20250613"
    assert expected == Resampling(method="percentile").signature
    assert len({Resampling(method=method).signature for method in INTERVAL_METHODS}) == len(INTERVAL_METHODS)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"resamples": 1}, "resamples: expected an integer of at least 2, got 1"),
        ({"resamples": 10.0}, "resamples: .* got 10.0"),
        ({"resamples": True}, "resamples: .* got True"),
        ({"confidence": 1.0}, "confidence: expected a number above 0 and below 1, got 1.0"),
        ({"confidence": 0.0}, "confidence"),
        ({"confidence": float("nan")}, "confidence: .* got nan"),
        ({"confidence": 95}, "confidence: .* got 95"),
        ({"confidence": "0.95"}, "confidence: .* got '0.95'"),
        ({"seed": -1}, "seed: expected an integer of at least 0, got -1"),
        ({"seed": True}, "seed: .* got True"),
        ({"seed": None}, "seed: .* got None"),
        ({"method": "BCa"}, "no method 'BCa': expected one of expanded, percentile, bca"),
    ],
)
def test_what_cannot_be_done(wrong: dict[str, Any], message: str) -> None:
    """A resampling with a field out of its range cannot be made; the error names it and what was expected."""
    with pytest.raises(InputError, match=message):
        Resampling(**wrong)
    with pytest.raises(InputError, match=message):
        Resampling().replace(**wrong)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], r"a: expected a row .* got shape \(0,\)"),
        ([[]], r"got shape \(1, 0\)"),
        (np.zeros((0, 3)), r"got shape \(0, 3\)"),
        ([1.0, 2.0], r"got shape \(2,\)"),
        ([[1.0, 2.0], [3.0, float("nan")]], r"a: expected finite numbers, got \[3.0, nan\] in row 1"),
        ([[float("inf")]], "in row 0"),
        ([[1], [2, 3]], "a: expected numbers"),
        ([["one"]], "a: expected numbers"),
    ],
)
def test_rows_that_are_none(rows: Any, message: str) -> None:
    """What is not a finite row per document is an error that says what it is."""
    with pytest.raises(InputError, match=message):
        check_rows(rows, "a")


def test_clusters() -> None:
    """Rows of one cluster are added up, in the order in which clusters first occur."""
    rows = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]])
    expected = [[4.0, 40.0], [6.0, 60.0]]
    assert expected == sum_clusters(rows, ["x", ("y", 1), "x", ("y", 1)]).tolist()
    assert rows.tolist() == sum_clusters(rows, range(4, 0, -1)).tolist()
    assert sum_clusters(rows, None) is rows
    with pytest.raises(InputError, match="3 clusters: expected one for each of 4 documents"):
        sum_clusters(rows, "abc")
