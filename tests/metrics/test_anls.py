"""ANLS* against recorded scores, published cases, the slow definition and the published package itself."""

from __future__ import annotations

import copy
import json
import warnings
from collections import OrderedDict
from collections.abc import Callable
from random import Random
from types import MappingProxyType
from typing import Any

import munkres
import pytest
from anls_star import anls_score
from helpers import anls_reference, golden
from helpers.profiles import examples
from helpers.strategies import disturb, trees
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.errors import GoldError, PredictionError
from medvie_reward.metrics import _anls as anls
from medvie_reward.metrics._anls import anls_star, bounded_anls

CASES = golden.read("anls_star")
# `sum` compensates rounding from Python 3.12 on: scores recorded on 3.11 may differ there in the last bits.
ROUNDING = 1e-12


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_recorded(case: dict[str, Any]) -> None:
    """The score that the published package gave."""
    assert anls_star(case["pred"], case["gold"]) == pytest.approx(case["score"], rel=0, abs=ROUNDING)


def test_recorded_table_is_whole() -> None:
    """The table has the cases it should, none of them an error and most neither 0 nor 1."""
    assert len(CASES) == 205
    assert sum(0 < case["score"] < 1 for case in CASES) > 100


NESTED_GOLD = {
    "a": "Hello",
    "b": [{"l1": "aa", "l2": "b"}, {"l1": "c", "l2": "d"}, {"l1": "e", "l2": "f"}],
    "c": "Test",
    "second_order": {
        "name": "Fluffy",
        "age": "3",
        "items": [{"id": "1", "value": "12.3"}, {"id": "2", "value": "13.4"}],
    },
}
NESTED_PRED = {
    "a": "Helloo",
    "b": [{"l1": "a", "l2": "q"}, {"l1": "c", "l2": "d"}],
    "second_order": {
        "name": "Fluffy",
        "age": "31",
        "items": [{"id": "1", "value": "12.1"}, {"id": "3", "value": "13.4"}],
    },
}
HOSPITAL = ["st. louis children's hospital", "st. louis childrens hospital", "st. louis children hospital"]

# What the tests of anls_star 1.0.1 score, the cases of its paper among them: gold, prediction, score.
PUBLISHED: list[tuple[Any, Any, float]] = [
    ("Test Hello ", " Test    Hello\n\n", 1.0),
    ("TeSt HeLlO", "tEsT hElLO", 1.0),
    (("500",), "$500", 3 / 4),
    (("0.123",), 0.123, 1.0),
    ({"a": ([], ["a", "b", "c"], ["d", "e", "f"])}, {"a": []}, 1.0),
    ({"a": (["a", "b", "c"], ["d", "e", "f"], [])}, {"a": []}, 1.0),
    ([], [], 1.0),
    ({}, {}, 1.0),
    (["a", "b", "c"], ["what", "is", "deepopinion"], 0.0),
    (["one", "two", "three"], ["one", "to", "three"], (2 + 2 / 3) / 3),
    (["one", "two", "three"], ["one", "to"], (1 + 2 / 3) / 3),
    (["one", "two", "three"], ["one", "to", "three", "four"], (2 + 2 / 3) / 4),
    (["one", "two", "three"], ["three", "one", "two"], 1.0),
    (None, None, 1.0),
    (None, [], 1.0),
    (None, {}, 1.0),
    (None, "", 1.0),
    (None, False, 0.0),
    (None, 0, 0.0),
    (None, "How are you?", 0.0),
    (None, ["x"], 0.0),
    ({"a": "b"}, None, 0.0),
    ({"a": {"b": ("c", "e")}}, {"a": {"b": "e"}}, 1.0),
    ({"a": {"b": ("c", "e")}}, {"a": {"b": "c"}}, 1.0),
    ({"a": ("b", "t"), "c": "d"}, {"a": "t", "c": "d"}, 1.0),
    ({"a": "b", "c": "d"}, {"a": "b", "c": "e"}, 1 / 2),
    ({"a": "b", "c": "d"}, {"a": "b", "e": "d"}, 1 / 3),
    (
        {"k1": 1, "k2": "mock", "line_items": [{"a": "b", "c": "d"}, {"e": "f"}]},
        {"k1": 1, "k2": "kcom", "line_items": [{"e": "f"}, {"a": "y", "c": "d"}]},
        3 / 5,
    ),
    ({"a": ["a", "b", "c"]}, {"a": ["b", "c"]}, 2 / 3),
    ({"a": ["a", "b", "c"]}, {"a": "b"}, 0.0),
    ({"a": ("David Peer", "Peer David")}, {"a": "David Peer"}, 1.0),
    ({"a": "b"}, {"a": "b", "c": "d"}, 1 / 2),
    ({"a": "b"}, {"a": "b", "c": "d", "e": "f", "g": "h"}, 1 / 4),
    ({"a": "b", "c": "d", "e": "f", "g": "h"}, {"a": "b", "c": "d"}, 1 / 2),
    ({"a": "b", "c": "d", "e": "f", "g": "h"}, {"a": "b"}, 1 / 4),
    (HOSPITAL, "St. Louis Children's Hospital", 1.0),
    (
        {"jurisdiction": None, "party": None, "effective_date": None, "term": None},
        {"jurisdiction": "California", "party": "Ray_M._Dolby"},
        1 / 2,
    ),
    ({"name": "david", "company": None}, {"name": "david"}, 1.0),
    ("Hello World", "Hello World", 1.0),
    ("Hello World", "Hello Wrold", 9 / 11),
    ("Hello World", "How are you?", 0.0),
    (("Hello", "World"), "Hello", 1.0),
    (("Hello", "World"), "Wolrd", 3 / 5),
    ("Hello World", ["Hello", "World"], 0.0),
    (["Hello", "World"], ["World", "Hello"], 1.0),
    (["Hello", "World"], ["Hello"], 1 / 2),
    ({"a": "Hello", "b": "World"}, {"b": "World", "a": "Hello"}, 1.0),
    ({"a": "Hello", "b": "World"}, {"a": "Hello"}, 1 / 2),
    ({"a": "Hello", "b": "World"}, {"b": "World", "a": "Hello", "c": "Great"}, 2 / 3),
    ({"a": "Hello", "b": ["w", "r", "l", "d"]}, {"a": "Hello", "b": ["w", "r", "d"]}, 4 / 5),
    (["Hello", "World"], "World", 1.0),
    (0.2, 0.199999, 0.0),
    ("31.12.2023", "31. Dec 2023", 7 / 12),
    ("Yesterday", "Last Week", 0.0),
    ("Yesterday", None, 0.0),
    ({}, {"string": "", "dict": {}, "list": [], "none": None, "bool": False}, 0.0),
    ({"a": None}, {}, 1.0),
    # 5/6; 1/2 + 0 and 1 + 1, two leaves missing; 0; 1 + 1/2; 1 + 3/4 and 0 + 1: over 14 leaves.
    (NESTED_GOLD, NESTED_PRED, (5 / 6 + 5 / 2 + 3 / 2 + 11 / 4) / 14),
]


@pytest.mark.parametrize(("gold", "pred", "expected"), PUBLISHED)
def test_published(gold: Any, pred: Any, expected: float) -> None:
    """The cases that the published package tests itself with."""
    assert anls_star(pred, gold) == pytest.approx(expected, rel=0, abs=ROUNDING)


# What neither table shows: gold, prediction, score.
BY_HAND: list[tuple[Any, Any, float]] = [
    ("ab", "ax", 1 / 2),  # one half counts
    ("abc", "axx", 0.0),
    ("abcde", "abxyz", 0.0),
    ("a" * 100, "a" * 50, 1 / 2),
    ("a" * 101, "a" * 50, 0.0),
    ("", "", 1.0),
    ("", " ", 1.0),
    ("", None, 0.0),
    ("", "x", 0.0),
    ("İ", "i̇", 1.0),  # lower case, one letter to two
    ("ß", "ss", 0.0),  # not case folding
    ("a\u3000b", "a b", 1.0),
    ("é", "e\u0301", 0.0),  # not normalised
    (1, True, 0.0),
    (1.0, 1, 0.0),
    (1, "1", 1.0),
    (True, "TRUE", 1.0),
    (1e22, "1E+22", 1.0),
    ({"a": "x"}, {"a": {"b": "x", "c": "y"}}, 0.0),
    ({"a": "x", "b": "y"}, {"a": {"b": "x", "c": "y"}, "b": "y"}, 1 / 3),  # the larger size counts
    ({"a": ["x", "y", "z"], "b": "y"}, {"a": "x", "b": "y"}, 1 / 4),
    ({"a": [], "b": "y"}, {"b": "y"}, 1 / 2),
    ({"a": None, "b": "y"}, {"a": [], "b": "y"}, 1.0),
    ({"a": None, "b": "y"}, {"a": ["p", "q"], "b": "y"}, 1 / 3),
    ({"b": "y"}, {"a": None, "b": "y"}, 1 / 2),  # a null that was not asked for counts
    ([None], [None], 1.0),
    ([None], [""], 1.0),
    ([[], {}], [[], {}], 1.0),
    ([["a", "b"], ["c"]], [["c"], ["b", "a"]], 1.0),
    ([("x", "y"), "z"], ["z", "y"], 1.0),
    (("x", None), "", 1.0),
    ((("x", "y"), "z"), "y", 1.0),
    ({"a": ("x", ["p", "q"])}, {"a": ["p"]}, 1 / 2),
    ([], "x", 0.0),
    ([], "", 0.0),
    (["x", 1], "x", 0.0),  # not strings only: no alternatives
    ("x", [], 0.0),
    ({"a": 10**5000}, {"a": 10**5000}, 1.0),
    ({"a": 10**5000}, {"a": "x"}, 0.0),
]


@pytest.mark.parametrize(("gold", "pred", "expected"), BY_HAND)
def test_by_hand(gold: Any, pred: Any, expected: float) -> None:
    """One case per rule, counted by hand."""
    assert anls_star(pred, gold) == pytest.approx(expected, rel=0, abs=ROUNDING)


# Several pairings have the greatest sum of means here, and their numbers of leaves differ.
TIES: list[tuple[Any, Any, float]] = [
    ([{}, "ab", {}, "abc", {"s": False, "q": "abcd"}], [{"q": 0}, {}, None, "ab"], 1 / 5),
    (
        [
            {"p": "1", "q": 1, "s": 1},
            {"r": 0},
            {"r": "abc"},
            {"p": None, "r": "b"},
            {"p": "abc", "r": "xyz"},
            {},
        ],
        [{}, {"r": 0}, {"p": "abcd"}, {}, {"r": "xyz"}],
        3 / 10,
    ),
]


@pytest.mark.parametrize(("gold", "pred", "expected"), TIES)
def test_ties(gold: Any, pred: Any, expected: float) -> None:
    """Where pairings tie, the score is that of the pairing that munkres 3.0.0 takes."""
    assert anls_star(pred, gold) == pytest.approx(expected, rel=0, abs=ROUNDING)


# -- laws ----------------------------------------------------------------------------------------------

TEXTS: tuple[Any, ...] = (
    "a", "ab", "abc", "abcd", "Ab C", "a  b c", " x", "xyz", "abxy", "é", "hello world", "hallo wrld", "",
    "1", "true", None, 0, 1, 1.0, True, False,
)  # fmt: skip
scalars = st.sampled_from(TEXTS)
json_values = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def _grow(tuples: bool) -> Callable[[st.SearchStrategy[Any]], st.SearchStrategy[Any]]:
    def grow(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        made = st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from("pqrs"), inner, max_size=4)
        return made | st.lists(inner, min_size=1, max_size=3).map(tuple) if tuples else made

    return grow


golds = st.recursive(scalars, _grow(True), max_leaves=20)
preds = st.recursive(scalars, _grow(False), max_leaves=20)


def choose(gold: Any, rng: Random) -> Any:
    """Take one of the alternatives at every tuple."""
    if isinstance(gold, tuple):
        return choose(rng.choice(gold), rng)
    if isinstance(gold, list):
        return [choose(x, rng) for x in gold]
    return {key: choose(x, rng) for key, x in gold.items()} if isinstance(gold, dict) else gold


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """Draw a gold, and another tree or what the gold asks for with some things changed."""
    gold = draw(golds)
    if draw(st.integers(0, 2)) == 0:
        return gold, draw(preds)
    rng = draw(st.randoms(use_true_random=False))
    return gold, disturb(copy.deepcopy(choose(gold, rng)), rng)


@examples(1500)
@given(pair=pairs())
def test_equals_the_slow_definition(pair: tuple[Any, Any]) -> None:
    """Columns of predictions give what comparing pair by pair gives, to the last bit."""
    gold, pred = pair
    if gold == [] and isinstance(pred, str):
        assert anls_star(pred, gold) == 0.0
    else:
        assert anls_star(pred, gold) == anls_reference.score(gold, pred)


@examples(300)
@given(value=json_values, pred=json_values)
def test_any_prediction_is_scored(value: Any, pred: Any) -> None:
    """Whatever the prediction, the score is between 0 and 1, and 1 for the gold itself."""
    assert 0.0 <= anls_star(pred, value) <= 1.0
    assert anls_star(copy.deepcopy(value), value) == pytest.approx(1.0, rel=0, abs=ROUNDING)


@given(value=st.booleans() | st.text() | st.integers() | st.floats(allow_nan=False))
def test_scalars_are_their_text(value: Any) -> None:
    """A scalar is as good as its text, alone or among alternatives."""
    assert anls_star(str(value), value) == anls_star(value, str(value)) == anls_star(value, (value,)) == 1.0


@given(items=st.lists(st.text(), min_size=10, max_size=10), rng=st.randoms(use_true_random=False))
def test_order_of_items(items: list[str], rng: Random) -> None:
    """The order of items is nothing; each of ten that is missing takes a tenth."""
    mixed = rng.sample(items, 10)
    assert anls_star(mixed, items) == pytest.approx(1.0, rel=0, abs=ROUNDING)
    assert anls_star(mixed[:-1], items) == pytest.approx(0.9, rel=0, abs=ROUNDING)


@given(value=st.dictionaries(st.text(), st.text(min_size=1), min_size=1))
def test_members_of_one_side_only(value: dict[str, str]) -> None:
    """A member that is missing and one that is invented each take their share."""
    less = dict(list(value.items())[1:])
    expected = pytest.approx(len(less) / len(value), rel=0, abs=ROUNDING)
    assert anls_star(value, less) == expected
    assert anls_star(less, value) == expected


# -- the package ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published() -> Any:
    """Give the published function, with the munkres that ties are taken from."""
    if not munkres.native_status()["available"]:
        pytest.skip("munkres has no C kernel here, and ties fall otherwise")
    return anls_score


def _published_score(published: Any, gold: Any, pred: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where it takes a list of strings as alternatives
        return float(published(gold, pred))


@examples(1500)
@given(pair=pairs())
def test_equals_the_package(pair: tuple[Any, Any], published: Any) -> None:
    """The published package gives the same, to the last bit."""
    gold, pred = pair
    if gold == [] and isinstance(pred, str):
        with pytest.raises(ValueError, match="at least 1 valid"):
            _published_score(published, gold, pred)
    else:
        assert anls_star(pred, gold) == _published_score(published, gold, pred)


@examples(300)
@given(gold=json_values, pred=json_values)
def test_equals_the_package_on_any_text(gold: Any, pred: Any, published: Any) -> None:
    """So it does for texts of any characters."""
    if not (gold == [] and isinstance(pred, str)):
        assert anls_star(pred, gold) == _published_score(published, gold, pred)


@pytest.mark.parametrize(("rows", "items"), [(4, 3), (9, 4), (25, 1)])
def test_equals_the_package_on_rows(rows: int, items: int, published: Any) -> None:
    """So it does for lists of rows that hold lists, disturbed."""
    rng = Random(rows)
    words = [text for text in TEXTS if isinstance(text, str)]
    gold = {
        "rows": [
            {
                "name": rng.choice(words) + rng.choice(words),
                "value": rng.choice(TEXTS),
                "notes": [rng.choice(words) for _ in range(items)],
            }
            for _ in range(rows)
        ]
    }
    for _ in range(10):
        pred = disturb(copy.deepcopy(gold), rng)
        assert anls_star(pred, gold) == _published_score(published, gold, pred)


# -- misuse --------------------------------------------------------------------------------------------

BAD_GOLDS: list[tuple[Any, str]] = [
    ((), r"at least one alternative, got an empty tuple - at \$"),
    ({"a": [1, ()]}, r"got an empty tuple - at \$\.a\[1\]"),
    ({"a": {1, 2}}, r"expected a JSON value, got set - at \$\.a$"),
    (b"x", "got bytes"),
    ({"a": ("x", object())}, r"got object - at \$\.a\[1\]"),
    ({1: {2: 1j}}, r"got complex - at \$\.1\.2$"),
    ({"a": {None: 1}}, r"expected a member name of type str or int, got None - at \$\.a$"),
]


@pytest.mark.parametrize(("gold", "message"), BAD_GOLDS)
def test_bad_golds(gold: Any, message: str) -> None:
    """What the published package raises ValueError for is a `GoldError`, one of those, and says where."""
    with pytest.raises(GoldError, match=message) as caught:
        anls_star("x", gold)
    assert isinstance(caught.value, ValueError)


BAD_PREDICTIONS: list[tuple[Any, str]] = [
    (("x",), r"expected a JSON value, got tuple - at \$"),
    ({"a": [["x"], [("x",)]]}, r"got tuple - at \$\.a\[1\]\[0\]"),
    ({"a": {1}}, r"got set - at \$\.a"),
]


@pytest.mark.parametrize(("pred", "message"), BAD_PREDICTIONS)
def test_predictions_that_are_no_json(pred: Any, message: str) -> None:
    """A prediction that no JSON text could have given is misuse."""
    with pytest.raises(PredictionError, match=message):
        anls_star(pred, {"a": "x"})


def test_kinds_of_containers() -> None:
    """Subclasses of dict, list and str are taken as what they are."""

    class Text(str):
        __slots__ = ()

    assert anls_star(OrderedDict(a="x", b="y"), OrderedDict(a=Text("x"))) == 0.5
    assert anls_star(MappingProxyType({"a": "x"}), {"a": ("y", Text("x"))}) == 1.0


def nested(depth: int, leaf: Any = "x") -> Any:
    value = leaf
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def test_depth() -> None:
    """Golds nest to 128 containers, predictions to 1,024, which is as deep as JSON is read."""
    assert anls_star(nested(128), nested(128)) == 1.0
    assert anls_star(nested(1024), nested(128)) == 0.0
    assert anls_star(nested(1024, "y"), nested(3)) == 0.0
    with pytest.raises(GoldError, match=r"at most 128 containers in one another - at "):
        anls_star("x", nested(129))
    with pytest.raises(PredictionError, match="at most 1024 containers in one another"):
        anls_star(nested(1025), "x")


# -- the bound on work ---------------------------------------------------------------------------------

# Beyond the bound: gold, prediction, score.
BOUNDED: list[tuple[Any, Any, float]] = [
    (["a", "b", "c"], ["c", "b", "a"], 1.0),  # items that read alike are found wherever they stand
    (["a", {"p": ["x", 1], "q": "y"}], [{"q": "Y", "p": ["1", "x"]}, "A "], 1.0),
    (["abcd", "wxyz"], ["wxyq", "abce"], 0.0),  # others keep their order
    (["abcd", "wxyz", "b"], ["b", "abce", "wxyq"], (3 / 4 + 3 / 4 + 1) / 3),
    (["abcd"], ["x", "abcd", "abcd"], 1 / 3),
    (["a", "b"], [], 0.0),
    ([("x", "y"), "z"], ["z", "y"], 1.0),
    ([["a", ["abcd"]], "b"], ["b", [["abce"], "a"]], (1 + 3 / 4 + 1) / 3),
]


@pytest.mark.parametrize(("gold", "pred", "expected"), BOUNDED)
def test_beyond_the_bound(gold: Any, pred: Any, expected: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Items are paired that read alike, then the others in their order."""
    monkeypatch.setattr(anls, "_MAX_WORK", 100)
    score, limited = bounded_anls(gold, pred)
    assert score == pytest.approx(expected, rel=0, abs=ROUNDING)
    assert limited


def test_within_the_bound_nothing_is_flagged() -> None:
    """The same documents with the bound that holds."""
    assert [bounded_anls(gold, pred)[1] for gold, pred, _ in BOUNDED] == [False] * len(BOUNDED)


def test_texts_beyond_the_bound() -> None:
    """Two texts that are too long to compare are equal or not."""
    text = "ab" * 400_000
    assert anls_star(text + "c", text) == 0.0
    assert anls_star({"a": text, "b": "abce"}, {"a": text, "b": "abcd"}) == (1 + 3 / 4) / 2


@examples(300)
@given(gold=trees, pred=trees, work=st.integers(0, 2000))
def test_any_bound(gold: Any, pred: Any, work: int) -> None:
    """Whatever is left of the bound, every prediction is scored, and the gold itself in full."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anls, "_MAX_WORK", work)
        assert 0.0 <= anls_star(pred, gold) <= 1.0
        assert anls_star(copy.deepcopy(gold), gold) == pytest.approx(1.0, rel=0, abs=ROUNDING)


def _rows(count: int, other: str = "") -> list[dict[str, str]]:
    return [{"Item Name": f"{other}{i}", "Result": str(i * 7 % 100), "Unit": "g/L"} for i in range(count)]


# What a policy could write: gold, prediction, score.
LARGE: dict[str, tuple[Any, Any, float]] = {
    "invented items": (_rows(500), _rows(500) + _rows(9_500, "x"), 1 / 20),
    "one item over and over": (_rows(500), [{"Unit": "g/L"}] * 10_000, 500 / (500 * 3 + 9_500)),
    "members": ({"a": "x"}, {"a": "x", **{str(i): "y" for i in range(99_999)}}, 1e-5),
    "a text": ({"a": "x", "b": "y"}, {"a": "x" * 1_000_000, "b": "y"}, 0.5),
    "lone surrogates": ({"a": "\ud800bc"}, json.loads('{"a": "\\ud800bd"}'), 2 / 3),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_predictions(name: str) -> None:
    """Scored, whatever the size."""
    gold, pred, expected = LARGE[name]
    assert anls_star(pred, gold) == pytest.approx(expected, rel=0, abs=ROUNDING)
