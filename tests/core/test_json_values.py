"""Plain values and Donut's reading."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest

from medvie_reward._core.json_values import donut_leaves, is_empty, plain, scalar_text
from medvie_reward._core.paths import path_text
from medvie_reward._core.sizes import count_leaves, measure
from medvie_reward.errors import GoldError

SCALARS: list[tuple[Any, str]] = [
    ("x", "x"),
    (None, ""),
    (True, "true"),
    (False, "false"),
    (0, "0"),
    (-0.0, "0"),
    (193.0, "193"),
    (5.6, "5.6"),
    (1e300, "1e+300"),
    (2**53, "9007199254740992"),
    (2.0**53, "9007199254740992"),
    (10**30, "1" + "0" * 30),
    (16**5000, "0x1" + "0" * 5000),
]


@pytest.mark.parametrize(("value", "text"), SCALARS, ids=range(len(SCALARS)))
def test_scalar_text(value: Any, text: str) -> None:
    """A number stands for its shortest text, whole floats for the integer."""
    assert scalar_text(value) == text


@pytest.mark.parametrize("value", ["", " \t\n", "\u3000", None, [], {}])
def test_empty(value: Any) -> None:
    """Blank texts, null and empty containers are empty."""
    assert is_empty(value)


@pytest.mark.parametrize("value", [0, False, 0.0, "0", "-", [""], {"a": None}])
def test_not_empty(value: Any) -> None:
    """Zero and false are values; a container of blanks is not itself blank."""
    assert not is_empty(value)


CYCLE: dict[str, Any] = {"a": []}
CYCLE["a"].append(CYCLE["a"])
BAD: list[tuple[Any, str]] = [
    ({"a": {1, 2}}, "gold: expected a JSON value, got set - at $.a"),
    ({"xs": [1, float("nan")]}, "gold: expected a finite number, got nan - at $.xs[1]"),
    ({"a": {None: "x"}}, "gold: expected a member name of type str or int, got None - at $.a"),
    ({"a": {2.5: "x"}}, "gold: expected a member name of type str or int, got 2.5 - at $.a"),
    ({"a": {2: "x", "2": "y"}}, "gold: expected each member once, got '2' twice - at $.a"),
    ({"a": [[[1]]]}, "gold: expected at most the spec's max_depth of nested containers - at $.a[0][0]"),
    ({"a": [[[]]]}, "gold: expected at most the spec's max_depth of nested containers - at $.a[0][0]"),
    (b"bytes", "gold: expected a JSON value, got bytes - at $"),
    ({"a": [bytearray(b"x")]}, "gold: expected a JSON value, got bytearray - at $.a[0]"),
    ([{"a b": "\udc80"}], "gold: expected Unicode text, got a lone surrogate in '\\udc80' - at $[0].a b"),
    ({"\ud800": 1}, "gold: expected Unicode text, got a lone surrogate in the name '\\ud800' - at $"),
    (CYCLE, "gold: expected a value that ends, got a list that holds itself - at $.a[0]"),
]


@pytest.mark.parametrize(("value", "message"), BAD)
def test_plain_names_the_place(value: Any, message: str) -> None:
    """What no JSON text could give is an error with the JSON path."""
    with pytest.raises(GoldError) as caught:
        plain(value, GoldError, 3, "gold")
    assert str(caught.value) == message


def test_plain_copies_only_what_it_must() -> None:
    """Plain values come back as they are, other mappings and sequences as plain copies."""
    value = {"a": [1, {"b": None}]}
    assert plain(value, GoldError, 9, "gold") is value
    made = plain(OrderedDict(a=(1, OrderedDict(b="x"))), GoldError, 9, "gold")
    assert made == {"a": [1, {"b": "x"}]}
    assert [type(made), type(made["a"]), type(made["a"][1])] == [dict, list, dict]


def test_measure() -> None:
    """Depth, members, texts and rounded numbers of a small tree, and its leaves, counted by hand."""
    value = {"a": " ", "b": [{"c": 0, "d": None}, [], "x"], "e": False}
    assert (measure(value, 9), count_leaves(value)) == ((3, 5, 2, False), 3)
    assert (measure("x", 9), count_leaves("x")) == ((0, 0, 1, False), 1)
    assert measure([1e300], 9).rounded
    assert measure([[[[]]]], 2).depth == 3


def test_donut_leaves() -> None:
    """Donut drops 0, false and lists in lists, keeps white space, and joins names by dots."""
    value = {
        "a": 0,
        "b": False,
        "c": " ",
        "d": {"e": ["x", 0, True, None, {"f": 1}]},
        "g": [{"h": "1"}, {"h": ""}],
        "i": [["x"]],
        "": {"j": 2.0},
    }
    assert [(key, text, path_text(at)) for key, text, at, _ in donut_leaves(value)] == [
        ("c", "", "c"),
        ("d.e", "x", "d.e[0]"),
        ("d.e", "0", "d.e[1]"),
        ("g.h", "1", "g[0].h"),
        ("j", "2.0", '[""].j'),
    ]


def test_donut_reads_integers_of_any_length() -> None:
    """An integer that Python writes in hexadecimal only is a value like others."""
    leaves = donut_leaves({"a": [16**5000], "b": 16**5000})
    assert [text for _, text, _, _ in leaves] == ["0x1" + "0" * 5000] * 2
