"""Rules find their fields by path; a wrong rule is an error that says where."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from medvie_reward import Rule, Spec, SpecError
from medvie_reward.spec._rules import fits, pattern_of

FITS = [
    ("", (), True),
    ("$", (), True),
    ("", ("a",), False),
    ("a", ("a",), True),
    ("Indicators[].Result", ("Indicators", "Result"), True),
    ("Indicators.Result", ("Indicators", "Result"), True),
    ("Indicators[].Item Name", ("Indicators", "Item Name"), True),
    ("指标[].结果", ("指标", "结果"), True),
    ("*.Result", ("Indicators", "Result"), True),
    ("*.Result", ("Result",), False),
    ("*.Result", ("a", "b", "Result"), False),
    ("**.Result", ("Result",), True),
    ("**.Result", ("a", "b", "Result"), True),
    ("**.Result", ("a", "b", "Results"), False),
    ("a.**.d", ("a", "d"), True),
    ("a.**.d", ("a", "b", "c", "d"), True),
    ("a.**.a", ("a",), False),
    ("**", (), True),
    ("**", ("a", "b"), True),
    ("a.*", ("a", "b"), True),
    ("a.*", ("a",), False),
    ('["a.b"][].c', ("a.b", "c"), True),
    ('["*"]', ("*",), True),
    ('["*"]', ("a",), False),
    ("[][]", (), True),
]


@pytest.mark.parametrize(("path", "names", "expected"), FITS)
def test_paths(path: str, names: tuple[str, ...], expected: bool) -> None:
    """List marks do not count, * is one name, ** any number, quoted names are taken as they are."""
    assert fits(pattern_of(path), names) is expected


@pytest.mark.parametrize("path", ["a..b", ".a", "a.", "a[0]", "a[", '["a', "**.a.**", '["\\x"]'])
def test_bad_paths(path: str) -> None:
    """A path that is none is an error that shows it."""
    with pytest.raises(SpecError, match=r"rule path .*expected"):
        Rule(path)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"comparator": "numbr"}, "no comparator 'numbr': expected one of unicode, strip"),
    ({"comparator": "text", "options": {"digits": "kept"}}, "'text' has no option 'digits'"),
    ({"comparator": "number", "options": {"digit": "kept"}}, "digit"),
    ({"comparator": "number", "options": {"digits": "some"}}, "'free' or 'kept'"),
    ({"comparator": "date", "options": {"order": "ydm"}}, "order"),
    ({"options": {"digits": "kept"}}, "expected a comparator that has it"),
    ({"weight": -1}, "0 to 10 in steps of 0.25"),
    ({"weight": 0.3}, "0 to 10 in steps of 0.25"),
    ({"weight": "2"}, "0 to 10 in steps of 0.25"),
    ({"weight": float("nan")}, "0 to 10 in steps of 0.25"),
    ({"critical": 1}, "True or False"),
    ({"critical": True, "weight": 0}, "a weight above 0"),
    ({"lists": "bag"}, "'align', 'index', 'key:<member>' or None"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_bad_rules(change: dict[str, Any], message: str) -> None:
    """A rule that cannot be used is an error that names its path and what was expected."""
    with pytest.raises(SpecError) as caught:
        Rule("a.b", **change)
    assert message in str(caught.value)
    assert "rule 'a.b'" in str(caught.value)


FROM_DICT: list[tuple[Any, str]] = [
    (3, "expected an object with path, comparator"),
    ({"comparator": "text"}, "expected a member 'path' - at $[4]"),
    ({"path": "a", "wieght": 2}, "no member 'wieght': expected some of path"),
    ({"path": "a", "options": [1]}, "options: expected an object - at $[4]"),
    ({"path": 3}, "path: expected a string, got 3 - at $[4]"),
    ({"path": "a", "weight": 99}, "rule 'a': weight: expected 0 to 10 in steps of 0.25, got 99 - at $[4]"),
]


@pytest.mark.parametrize(("value", "message"), FROM_DICT)
def test_rules_from_json(value: Any, message: str) -> None:
    """A rule read from a file says where in it something is wrong."""
    with pytest.raises(SpecError) as caught:
        Rule.from_dict(value, "$[4]")
    assert message in str(caught.value)


def test_rule_from_json() -> None:
    """Members are the parameters; options become hashable and come back when the rule is used."""
    rule = Rule.from_dict(
        {"path": "s", "comparator": "enum", "options": {"synonyms": {"a": ["A1", "A2"]}}, "weight": 2}
    )
    assert rule == Rule("s", "enum", {"synonyms": {"a": ("A1", "A2")}}, weight=2.0, why="not compared")
    assert hash(rule) == hash(rule)
    form = Spec(rules=(rule,)).fields.member(Spec(rules=(rule,)).fields.root, "s").form
    assert form("a2") == form("A1") != form("b")


def test_first_rule_wins() -> None:
    """The first rule whose path fits is the field's; rules given later come first with with_rules."""
    spec = Spec(rules=(Rule("a", weight=2), Rule("**", "text", weight=3)))
    fields = spec.fields
    assert [fields.find(names).weight for names in ((), ("a",), ("b",), ("a", "a"))] == [3, 2, 3, 3]
    more = spec.with_rules([Rule("a", weight=0.5)])
    assert more.fields.find(("a",)).weight == 0.5
    assert more.signature != spec.signature


def test_rules_are_in_the_signature_whatever_they_say() -> None:
    """Flipping anything of a rule that can change a number changes the signature; its origin does not."""
    base = Rule("a", "number", {"digits": "free"}, weight=2)
    others = [
        Rule("b", "number", {"digits": "free"}, weight=2),
        Rule("a", "quantity", {"digits": "free"}, weight=2),
        Rule("a", "number", {"digits": "kept"}, weight=2),
        Rule("a", "number", {"digits": "free"}, weight=3),
        Rule("a", "number", {"digits": "free"}, weight=2, critical=True),
        Rule("a", "number", {"digits": "free"}, weight=2, lists="index"),
    ]
    signatures = {Spec(rules=(rule,)).signature for rule in (base, *others)}
    assert len(signatures) == 1 + len(others)
    told = Rule("a", "number", {"digits": "free"}, weight=2, why="somebody said so")
    assert Spec(rules=(told,)).signature == Spec(rules=(base,)).signature
    assert Spec(rules=(base, told)).signature != Spec(rules=(base,)).signature


class _Rude:
    """An object that fails wherever it is looked at."""

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no eq")


_LOOP: list[Any] = []
_LOOP.append(_LOOP)
ODD: list[Any] = [
    None,
    True,
    10**5000,
    float("nan"),
    "\ud800",
    b"x",
    [1],
    {"a": 1},
    {1: 2},
    object(),
    _Rude(),
    _LOOP,
    int,
]


@pytest.mark.parametrize("n", range(len(ODD)))
def test_odd_arguments_are_named_errors(n: int) -> None:
    """Whatever a rule, a spec or a schema is given is taken or a `SpecError`, and never fails later."""
    odd = ODD[n]
    calls: list[Any] = [
        lambda: Spec().with_rules(odd),
        lambda: Spec().with_rules([odd]),
        lambda: Spec.preset(odd),
        lambda: Spec.from_json_schema(odd),
        lambda: Rule("a", normalize=[odd]),
        lambda: Rule("a", normalize=[{"regex": {"pattern": odd}}]),
    ]
    calls += [lambda name=name: Spec(**{name: odd}) for name in (x.name for x in dataclasses.fields(Spec))]
    for comparator in (None, "number", "enum", "set", "date"):
        for name in (x.name for x in dataclasses.fields(Rule)):
            calls.append(lambda c=comparator, name=name: Rule(**{"path": "a", "comparator": c, name: odd}))
        calls.append(lambda c=comparator: Rule("a", c, {"digits": odd}))
        calls.append(lambda c=comparator: Rule("a", c, {"synonyms": odd}))
    for call in calls:
        try:
            made = call()
        except SpecError:
            continue
        spec = made if isinstance(made, Spec) else Spec().with_rules([made])
        assert spec.signature.startswith("medvie|")


PATHS = [
    ("$.a", "a"), ("$.a[*].b", "a[].b"), ("$..b", "**.b"), ('$["a b"].c', '["a b"].c'), ("$.*", "*"),
    ("$[*].a", "[].a"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "same"), PATHS)
def test_paths_from_the_root(path: str, same: str) -> None:
    """A path may begin at the root, as in JSONPath."""
    assert pattern_of(path) == pattern_of(same)


@pytest.mark.parametrize(
    "path", ["  a", "a ", "a . b", "$.", "$. a", "$[0].a", "$...a", "\ud800", '["\\ud800"]']
)
def test_paths_that_would_fit_nothing(path: str) -> None:
    """Spaces outside a name, positions and lone surrogates are errors; a name with spaces is quoted."""
    with pytest.raises(SpecError, match="rule path"):
        Rule(path)
    assert pattern_of('["  a"]') == ("  a",)
