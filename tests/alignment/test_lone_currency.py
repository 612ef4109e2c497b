"""A currency that only one side names tells nothing apart; two that contradict each other never match."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Spec, align, comparators, reward, score
from medvie_reward.comparators.currencies import agree
from medvie_reward.metrics import Gold

SCHEMA = {"type": "object", "properties": {"x": {"type": "number"}}}

# Two values, whether they are equal under a field of any kind.
PAIRS = [
    ("$1,319.86", 1319.86, True),
    ("$1,319.86", "1319.86", True),
    ("RM 9.00", "9", True),
    ("100 USD", "$100", True),
    ("¥100", "100元", True),
    ("CHF 1'234.50", "1234.5", True),
    ("$5", "€5", False),
    ("100 USD", "100 CAD", False),
    ("$5", "6", False),
    ("-$5", "5", False),
    ("5%", "5", False),
    ("5 mg", "5", False),
    ("2 PEN", "2", None),
]


@pytest.mark.parametrize(("a", "b", "equal"), PAIRS)
def test_pairs(a: Any, b: Any, equal: bool | None) -> None:
    """Both ways round, at the top, in rows and in bags, where the field has a name, a schema or neither."""
    typed = Spec.from_json_schema(SCHEMA)
    clinical = Spec.preset("clinical")
    for gold, pred in ((a, b), (b, a)):
        for key, spec in (("x", clinical), ("total", clinical), ("x", typed)):
            # A code that is also a word is a currency where money is expected.
            expected = key == "total" if equal is None else equal
            for lists in ("align", "bag", "index"):
                found = score({"y": "z", key: pred}, {"y": "z", key: gold}, spec.replace(lists=lists))
                assert (found.f1 == 1.0) == expected
        expected = False if equal is None else equal
        rows: list[Any] = [[{"k": n, "x": value} for n in range(3)] for value in (pred, gold)]
        assert (score(rows[0], rows[1]).f1 == 1.0) == expected
        assert (score({"l": [[pred], [1]]}, {"l": [[1], [gold]]}).f1 == 1.0) == expected


@pytest.mark.parametrize("name", ["strict", "paper", "donut"])
def test_only_where_a_spec_says_so(name: str) -> None:
    """Other presets keep currencies apart, and so does this one where the choice is switched off."""
    assert score({"x": "$5"}, {"x": "5"}, name).f1 == 0.0
    clinical = Spec.preset("clinical")
    off = clinical.replace(lone_currency=False)
    assert "|lone_currency:yes|" in clinical.signature
    assert off.signature != clinical.signature
    assert score({"x": "$5"}, {"x": "5"}, off).f1 == 0.0


def test_one_gold_among_others() -> None:
    """A gold that names no currency takes any, whatever golds of the same spec came before it."""
    for _ in range(2):
        assert score({"x": "€5"}, {"x": "5"}).f1 == 1.0
        assert score({"x": "€5"}, {"x": "$5"}).f1 == 0.0
        assert score({"x": "$5"}, {"x": 5}).f1 == 1.0
        assert score([{"x": "€5"}, {"x": "$6"}], [{"x": 5}, {"x": "$6"}]).f1 == 1.0
        assert score([{"x": "5"}, {"x": "6"}], [{"x": "€5"}, {"x": "$6"}]).f1 == 1.0
        assert score([{"x": "$5"}, {"x": "6"}], [{"x": "€5"}, {"x": "$6"}]).f1 == 0.5


def test_first_gold_of_a_spec() -> None:
    """The first gold that names a currency is read as every later one is."""
    for lists in ("align", "bag"):
        spec = Spec.preset("clinical").replace(max_work=99_999, lists=lists)
        assert [score({"x": "5"}, {"x": "CAD 5"}, spec).f1 for _ in range(2)] == [1.0, 1.0]
        other = Spec.preset("clinical").replace(max_work=99_998, lists=lists)
        assert [score({"x": "€5"}, {"x": "CAD 5"}, other).f1 for _ in range(2)] == [0.0, 0.0]


CURRENCIES = st.sampled_from(["", "$", "€", "USD ", "CAD ", "£"])
AMOUNTS = st.builds("{}{}".format, CURRENCIES, st.sampled_from(["5", "5.00", "6", "1,000"]))


@given(a=AMOUNTS, b=AMOUNTS)
def test_lone_values_are_symmetric(a: str, b: str) -> None:
    """Lone values match where amounts are equal and currencies agree, whichever is the gold."""
    codes = {"$": "$", "€": "EUR", "U": "USD", "C": "CAD", "£": "GBP"}
    x, y = codes.get(a[0]), codes.get(b[0])
    same = [text.lstrip("$€£USDCA ").replace(",", "").removesuffix(".00") for text in (a, b)]
    expected = same[0] == same[1] and (x is None or y is None or agree(x, y))
    for gold, pred in ((a, b), (b, a)):
        assert (score({"v": {"x": pred}}, {"v": {"x": gold}}).f1 == 1.0) == expected
    assert score({"x": a}, {"x": a}).f1 == 1.0


ROWS = st.lists(st.fixed_dictionaries({"n": st.sampled_from("ab"), "x": AMOUNTS}), max_size=4)


@given(gold=ROWS, pred=ROWS)
def test_all_ways_to_score_agree(gold: list[Any], pred: list[Any]) -> None:
    """Reward, score and alignment count the same leaves, with a prepared gold too; a gold matches itself."""
    found = score({"l": pred}, {"l": gold})
    leaves = align({"l": pred}, {"l": gold}).leaves
    right = sum(leaf.outcome == "correct" for leaf in leaves)
    assert right == found.correct
    rewarded = reward(json.dumps({"l": pred}), Gold({"l": gold}))
    assert rewarded.f1 == found.f1
    assert score({"l": gold}, {"l": gold}).correct == 2 * len(gold)


def test_forms_that_start_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where few texts are remembered, golds are still read as if all were."""
    monkeypatch.setattr(comparators, "_KNOWN", 3)
    spec = Spec.preset("clinical").replace(max_work=99_997)
    for n in range(20):
        gold = [{"x": f"${n}"}, {"x": f"{n + 1} kg"}, {"y": f"€{n}"}, {"y": f"{n + 2}"}, {"z": n}]
        pred = [{"x": f"{n}"}, {"x": f"{n + 1}kg"}, {"y": f"{n}"}, {"y": f"{n + 2} GBP"}, {"z": f"CAD {n}"}]
        assert score(pred, gold, spec.replace(lists="index")).f1 == 1.0
        assert score({"x": f"€{n}"}, {"x": f"${n}"}, spec).f1 == 0.0
