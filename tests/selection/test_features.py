"""Documents as numbers: what a profile keeps, and that groups weigh alike."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from medvie_reward.errors import InputError
from medvie_reward.selection._features import Profile, features_of, profile

LAB = {
    "Name": "Li",
    "Age": "",
    "L": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": " "}],
    "tags": ["a", None, "b"],
}


@pytest.mark.parametrize(
    ("gold", "filled", "sizes"),
    [
        (LAB, {"Name": 1.0, "L[].n": 1.0, "L[].r": 0.5, "tags[]": 2 / 3}, {"L[]": 2, "tags[]": 3}),
        ({"L": [{"a": "1"}, {}, {"b": 0}]}, {"L[].a": 1 / 3, "L[].b": 1 / 3}, {"L[]": 3}),
        ({"o": {"x": False, "y": None}}, {"o.x": 1.0}, {}),
        ({"m": [[1, 2], [""]]}, {"m[][]": 2 / 3}, {"m[]": 2, "m[][]": 3}),
        ([{"a": 1}, {"a": 2}], {"[].a": 1.0}, {"[]": 2}),
        ({"a.b": "x"}, {'["a.b"]': 1.0}, {}),
        ({"L": []}, {}, {"L[]": 0}),
        ("text", {"$": 1.0}, {}),
        ({}, {}, {}),
    ],
)
def test_profile(gold: Any, filled: dict[str, float], sizes: dict[str, int]) -> None:
    """A field has the share of rows that fill it; a list has its length; empty leaves are no fields."""
    made = profile(gold)
    assert made.filled == pytest.approx(filled)
    assert made.sizes == sizes
    assert made.items == sum(sizes.values())


def test_text_shape() -> None:
    """Lengths are logs; shares of the classes add up to 1."""
    shape = profile({"a": "12肝", "b": "Bé я.\t"}).text
    assert shape == pytest.approx(
        [
            math.log1p(9),
            math.log1p(2),
            math.log1p(4.5),
            math.log1p(6),
            2 / 9,
            1 / 9,
            2 / 9,
            1 / 9,
            2 / 9,
            1 / 9,
        ]
    )
    assert profile({}).text == (0.0,) * 10


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ({"x": 1, "y": [1, 2]}, {"y": [1, 2], "x": 1}, True),
        ({"y": [1, 2]}, {"y": [2, 1]}, False),
        ({"x": ""}, {}, False),
        ({"x": 2**70}, {"x": 2**70}, True),
        ({"x": 2**70}, {"x": 2**70 + 1}, False),
        ({"x": "\ud800"}, {"x": "\ud800"}, True),
    ],
)
def test_digest(a: Any, b: Any, same: bool) -> None:
    """Only the order of members makes no difference."""
    assert (profile(a).digest == profile(b).digest) is same


def _pool() -> list[Profile]:
    golds = [
        {"a": "x" * i, **({"b": "1"} if i % 3 else {}), "L": [{"r": "5"}] * (i % 5)} for i in range(1, 31)
    ]
    return [profile(gold, f"t{i % 4}") for i, gold in enumerate(golds)]


def test_groups_weigh_alike() -> None:
    """Each group has a mean squared distance of twice its weight, whatever its columns' number and unit."""
    embeddings = np.random.default_rng(0).normal(1e4, 50, (30, 7))
    made = features_of(_pool(), embeddings, {"lists": 4})
    at = 0
    for name, width in made.widths.items():
        block = made.matrix[:, at : at + width].astype(float)
        at += width
        apart = ((block[:, None] - block[None]) ** 2).sum(-1).mean()
        assert apart == pytest.approx(8 if name == "lists" else 2, rel=1e-3)
    assert made.widths == {"type": 4, "fields": 3, "lists": 1, "text": 10, "embeddings": 7}
    assert at == made.matrix.shape[1]


def test_what_all_share_has_no_columns() -> None:
    """Documents that agree in a group differ in nothing there; a weight of 0 leaves a group out."""
    made = features_of([profile({"a": "1"}, "t"), profile({"a": "22"}, "t")], weights={"text": 0})
    assert made.widths == {"type": 0, "fields": 0, "lists": 0}
    assert made.matrix.shape == (2, 0)


@pytest.mark.parametrize(
    ("weights", "embeddings", "message"),
    [
        ({"shape": 1}, None, "no feature group 'shape': expected some of type, fields"),
        ({"text": -1}, None, "weight of text: expected a finite number of at least 0, got -1"),
        ({"text": math.nan}, None, "weight of text: expected a finite"),
        ({"text": True}, None, "weight of text: expected a finite"),
        ({"embeddings": 1}, None, "weight of embeddings: no document has one"),
        ({"type": 1}, None, "weight of type: no document has a report type"),
        ({"fields": 0, "lists": 0, "text": 0}, None, "all weights are 0"),
        (
            {},
            np.zeros((2, 3)),
            r"embeddings of shape \(2, 3\): expected a row of numbers for each of 1 document",
        ),
    ],
)
def test_misuse(weights: dict[str, float], embeddings: Any, message: str) -> None:
    """Weights and embeddings that do not fit are named."""
    with pytest.raises(InputError, match=message):
        features_of([profile({"a": 1})], embeddings, weights)


def test_too_many_columns() -> None:
    """Values used as member names are an error that says how to go on."""
    wide = profile({str(n): 1 for n in range(4_097)})
    with pytest.raises(InputError, match=r"'fields' has 4,097 columns: .* fields=0 leaves"):
        features_of([wide])
    assert features_of([wide, profile({})], weights={"fields": 0}).widths["text"] == 10
