"""Tree edit distance and nTED accuracy against recorded scores, hand counts and the textbook algorithm."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import zss
from helpers import golden
from helpers.profiles import examples
from helpers.strategies import disturb
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from medvie_reward.errors import GoldError, PredictionError
from medvie_reward.metrics import _tree_savings as tree_savings
from medvie_reward.metrics._edit_distance import bounded_accuracy, ted_accuracy, tree_edit_distance

CASES = golden.read("donut_nted")
# Both sides are empty in these; Donut divides 0 by 0 there and records 0.
BOTH_EMPTY = ("edge-00", "edge-04", "edge-22", "edge-42")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_recorded(case: dict[str, Any]) -> None:
    """The score that Donut's evaluator gave, to the last bit; 1 instead of 0/0 where both sides are empty."""
    expected = 1.0 if case["id"] in BOTH_EMPTY else case["score"]
    assert ted_accuracy(case["pred"], case["gold"]) == expected


def test_recorded_table_is_whole() -> None:
    """The table has the cases it should, none of them an error and most neither 0 nor 1."""
    assert len(CASES) == 160
    assert sum(0 < case["score"] < 1 for case in CASES) > 100


# One line per way in which Donut reads JSON: prediction, gold, distance.
READINGS: list[tuple[Any, Any, int]] = [
    ({"a": None, "b": "", "c": 0, "d": 0.0, "e": False, "f": [], "g": {}}, {}, 0),
    ({"a": {"b": [{"c": ""}]}}, {}, 0),
    ({"a": True}, {"a": "True"}, 0),
    ({"a": 1.0}, {"a": "1"}, 2),
    ({"a": " x\n"}, {"a": "x"}, 0),
    ({"a": "x  y"}, {"a": "x y"}, 1),
    ({"a": "  "}, {}, 1),
    ({"a": "  "}, {"a": [" "]}, 1),
    ({"a": ["x"]}, {"a": "x"}, 0),
    ({"a": [{"b": "x"}]}, {"a": {"b": "x"}}, 0),
    ({"a": [{}, {"b": "x"}, {"b": None}]}, {"a": {"b": "x"}}, 0),
    ({"a": [0, 0.0, "", "x"]}, {"a": ["0", "0.0", "x"]}, 0),
    ({"a": [True, None, {"b": "x"}, ["y"], "z"]}, {"a": "z"}, 0),
    ({"a": [["x"], ["y"]]}, {}, 0),
    ({"bb": "x", "a": "y", "B": "z"}, {"B": "z", "a": "y", "bb": "x"}, 0),
    ({"a": ["x", "y"]}, {"a": ["y", "x"]}, 2),
    ({"a": "x"}, {"b": "x"}, 1),
    ({"a": "kitten"}, {"a": "sitting"}, 3),
    ({"a": "kitten"}, {}, 7),
    ({"a": "<leaf>x"}, {"a": "x"}, 0),
    ({"a": "<le<leaf>af>"}, {"a": ["<leaf>", "<leaf>"]}, 6),
    ({"<leaf>": "x"}, {}, 1),
    ({"ab<leaf>": "x"}, {"b": "x"}, 3),
    ({"a": {"<subtree>": "x"}}, {"a": {"b": "x"}}, 1),
    ("x", {}, 1),
    (["x", {"a": "y"}], "x", 0),
    ([{"a": "x"}], {"a": "x"}, 1),
    (None, [], 0),
    ({"a": "x", "b": "x", "c": "y"}, {"a": "x", "c": "y"}, 2),
    ({"a": [{"n": "1"}, {"n": "2"}, {"n": "3"}]}, {"a": [{"n": "1"}, {"n": "3"}]}, 3),
    ({"a": 10**5000}, {"a": hex(10**5000)}, 0),
    ({"a": "\ud800x"}, {"a": "\ud800y"}, 1),
]  # fmt: skip


@pytest.mark.parametrize(("pred", "gold", "expected"), READINGS)
def test_readings(pred: Any, gold: Any, expected: int) -> None:
    """Each rule by which JSON becomes a tree, its distance counted by hand."""
    distance = tree_edit_distance(pred, gold)
    assert (distance, type(distance)) == (expected, int)


@pytest.mark.parametrize(
    ("pred", "gold", "expected"),
    [
        ({}, {}, 1.0),
        (None, {"a": ["", []]}, 1.0),
        ({"a": "x"}, {}, 0.0),
        ({}, {"a": "x"}, 0.0),
        ({"<leaf>": " "}, {"<leaf><leaf>": " "}, 1.0),
        ({"a": "x"}, {"<leaf>": " "}, 0.0),
        ({"a": "x"}, {"a": "x"}, 1.0),
        ({"a": "xxx"}, {"a": "x"}, 0.0),
        ({"a": "xy"}, {"a": "x"}, 0.5),
        ({"a": ["xyz", "xyz"]}, {"a": "xyz"}, 1 - 3 / 4),
    ],
)
def test_accuracy(pred: Any, gold: Any, expected: float) -> None:
    """Both empty 1, one empty 0, else one less the distance over the cost of the gold, not below 0."""
    assert ted_accuracy(pred, gold) == expected


# -- the textbook algorithm ----------------------------------------------------------------------------


def normal(value: Any) -> Any:
    """Read a JSON value as Donut does: names with lists, lists of objects or of texts."""
    if not value:
        return {}
    if isinstance(value, dict):
        members = {key: normal(value[key]) for key in sorted(value, key=lambda key: (len(key), key))}
        return {key: x if isinstance(x, list) else [x] for key, x in members.items() if x}
    if not isinstance(value, list):
        return [str(value).strip()]
    if all(isinstance(item, dict) for item in value):
        return [x for x in map(normal, value) if x]
    return [str(x).strip() for x in value if type(x) in (str, int, float) and str(x).strip()]


def node(data: Any, label: str = "<root>") -> zss.Node:
    """Make the tree of a value read so."""
    made = zss.Node(label)
    if isinstance(data, str):
        return made
    for name, child in data.items() if isinstance(data, dict) else ((None, item) for item in data):
        made.addkid(node(child, name or ("<subtree>" if isinstance(child, dict) else f"<leaf>{child}")))
    return made


def cost(of: zss.Node) -> int:
    """Give the cost of inserting a node."""
    return len(of.label.replace("<leaf>", "")) if "<leaf>" in of.label else 1


def relabel(a: zss.Node, b: zss.Node) -> int:
    """Give the cost of relabelling a node."""
    texts = ("<leaf>" in a.label) + ("<leaf>" in b.label)
    if texts == 0:
        return int(a.label != b.label)
    if texts == 1:
        return cost(a) + cost(b)
    return Levenshtein.distance(a.label.replace("<leaf>", ""), b.label.replace("<leaf>", ""))


def textbook(pred: Any, gold: Any) -> int:
    """Give the distance as `zss` finds it, cell by cell."""
    pred_node, gold_node = node(normal(pred)), node(normal(gold))
    return int(zss.distance(pred_node, gold_node, zss.Node.get_children, cost, cost, relabel))


def whole(value: Any) -> int:
    """Give the cost of all nodes below the root."""

    def total(of: zss.Node) -> int:
        return cost(of) + sum(map(total, of.children))

    return total(node(normal(value))) - 1


names = st.sampled_from(("a", "b", "bb", "<leaf>", "c<leaf>", "<subtree>", "<root>"))
scalars = st.sampled_from(("x", "xy", "yx", "kitten", "sitting", " ", "<leaf>x", "", None, 0, 1, 1.0, True))
rows = st.lists(st.dictionaries(names, scalars, max_size=4), max_size=6)
trees = st.dictionaries(
    names,
    st.recursive(
        scalars | rows,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """Draw a gold, and the gold disturbed or another tree."""
    gold = draw(trees)
    if draw(st.booleans()):
        return draw(trees), gold
    return disturb(copy.deepcopy(gold), draw(st.randoms(use_true_random=False))), gold


@examples(700)
@given(pair=pairs())
def test_equals_textbook(pair: tuple[Any, Any]) -> None:
    """On any tree the distance is what the textbook algorithm gives."""
    assert tree_edit_distance(*pair) == textbook(*pair)


@examples(200)
@given(pair=pairs(), batch=st.sampled_from((1, 30, 100)))
def test_batches_change_nothing(pair: tuple[Any, Any], batch: int) -> None:
    """Key-roots worked on one by one or a few at a time give the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree_savings, "_BATCH", batch)
        assert tree_edit_distance(*pair) == textbook(*pair)


@examples(200)
@given(pred=rows, gold=rows)
def test_rows_equal_textbook(pred: Any, gold: Any) -> None:
    """Lists of flat objects, many of them of one shape, give the textbook distance."""
    assert tree_edit_distance({"l": pred}, {"l": gold}) == textbook({"l": pred}, {"l": gold})


@examples(200)
@given(pair=pairs())
def test_accuracy_follows_from_distance(pair: tuple[Any, Any]) -> None:
    """The accuracy is what the textbook distance makes of it, twice the gold's size or more included."""
    pred, gold = pair
    size = whole(gold)
    expected = max(0, 1 - textbook(pred, gold) / size) if size else float(whole(pred) == 0)
    assert ted_accuracy(pred, gold) == expected


@given(a=trees, b=trees, c=trees)
def test_distance_is_a_metric(a: Any, b: Any, c: Any) -> None:
    """The distance is symmetric, 0 to itself, and no detour is shorter."""
    assert tree_edit_distance(a, a) == 0
    assert tree_edit_distance(a, b) == tree_edit_distance(b, a)
    assert tree_edit_distance(a, c) <= tree_edit_distance(a, b) + tree_edit_distance(b, c)


# -- sizes ---------------------------------------------------------------------------------------------


def nested(depth: int, text: str) -> Any:
    """Nest objects."""
    value: Any = text
    for _ in range(depth):
        value = {"a": value}
    return value


def spine(depth: int, text: str, bottom: str = "") -> Any:
    """Nest objects of which each has a text besides, with a text of its own in the innermost."""
    value: Any = bottom or text
    for i in range(depth):
        value = {"a": f"{text}{i}", "b": value}
    return value


@pytest.mark.parametrize(
    ("pred", "gold", "expected"),
    [
        (nested(1_000, "x"), nested(1_000, "y"), 1),
        (nested(1_000, "x"), nested(990, "x"), 20),
        (nested(20_000, "x"), nested(20_000, "xy"), 1),
        (spine(30, "x"), spine(30, "y"), 31),
        ({f"k{i}": "x" for i in range(700)}, {f"l{i}": "x" for i in range(700)}, 700),
        ({"l": [{"n": str(i)} for i in range(400)]}, {"m": [{"n": str(i)} for i in range(0, 400, 2)]}, 946),
        ({"a": "x" * 100_000}, {"b": "x" * 100_000 + "y"}, 2),
    ],
    ids=("deep", "deeper", "very deep", "spine", "names", "rows", "long text"),
)
def test_large(pred: Any, gold: Any, expected: int) -> None:
    """Trees of any depth and many batches, where the cheapest script is plain to see."""
    assert tree_edit_distance(pred, gold) == expected


# Both sides' nodes: of a spine 600 deep 599 <subtree>, 1,200 names, digits of 0..599 and 601 letters.
PAST_THE_BOUND: list[tuple[Any, Any, int]] = [
    ({f"k{i}": "x" for i in range(6_000)}, {f"l{i}": "y" for i in range(6_000)}, 24_000),
    (spine(600, "x"), spine(600, "y"), 2 * (599 + 1_200 + 1_690 + 601)),
    ({"a": "x" * 400_000}, {"b": "y" * 400_000}, 800_002),
    ({"c": "y"}, spine(1_100, "x", "z" * 1_000_000), 2 + 1_099 + 2_200 + 3_290 + 1_100 + 1_000_000),
]


@pytest.mark.parametrize(
    ("pred", "gold", "expected"), PAST_THE_BOUND, ids=("pairs", "work", "characters", "offsets")
)
def test_past_the_bound(pred: Any, gold: Any, expected: int) -> None:
    """Past the bound all that differs is removed and inserted; what begins or ends alike is still kept."""
    assert tree_edit_distance(pred, gold) == expected
    assert tree_edit_distance({**pred, "last one": "same"}, {**gold, "last one": "same"}) == expected
    assert bounded_accuracy(pred, gold) == (0.0, True)


@pytest.mark.parametrize(
    "pred",
    [
        {f"key {i}": "x" for i in range(100_000)},
        {"rows": [{"n": f"{i}", "r": f"{-i}"} for i in range(10_000)]},
        {"a": "ab 12" * 200_000},
        [[[]] * 100_000],
    ],
    ids=("keys", "rows", "text", "lists"),
)
def test_what_a_policy_may_write(pred: Any) -> None:
    """Predictions far larger than the gold, or of nothing that Donut reads, score exactly 0."""
    assert ted_accuracy(pred, {"rows": [{"n": "1", "r": "2"}], "a": "b"}) == 0.0


# -- misuse --------------------------------------------------------------------------------------------

CYCLE: dict[str, Any] = {"a": ["x", {}]}
CYCLE["a"][1]["b"] = CYCLE


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"a": {"b": [{"c": {1}}]}}, "{}: expected a JSON value, got set - at $.a.b[0].c"),
        (b"1", "{}: expected a JSON value, got bytes - at $"),
        ({"a": {None: "x"}}, "{}: expected a member name of type str or int, got None - at $.a"),
        (CYCLE, "{}: expected a value that ends, got a dict that holds itself - at $.a[1].b"),
    ],
)
def test_misuse(bad: Any, message: str) -> None:
    """What no JSON text could have given is named with its place, on either side and in either function."""
    for function in (tree_edit_distance, ted_accuracy):
        with pytest.raises(GoldError) as gold_error:
            function({}, bad)
        assert str(gold_error.value) == message.format("gold")
        with pytest.raises(PredictionError) as pred_error:
            function(bad, {})
        assert str(pred_error.value) == message.format("prediction")
