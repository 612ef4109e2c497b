"""Fields under rules: weights in whole units, names with list marks, grading outside lists only."""

from __future__ import annotations

import pickle

import pytest

from medvie_reward import Rule, Spec, score
from medvie_reward.comparators import KnownForms
from medvie_reward.comparators.text import folded_text
from medvie_reward.spec._fields import Fields


@pytest.mark.parametrize(
    ("weights", "unit", "units"),
    [((), 1.0, (1,)), ((2.0,), 1.0, (1, 2)), ((0.5,), 0.5, (1, 2)), ((0.75, 2.5), 0.25, (3, 4, 10)),
     ((0.0,), 1.0, (0, 1)), ((1.0, 3.0), 1.0, (1, 3))],
)  # fmt: skip
def test_units(weights: tuple[float, ...], unit: float, units: tuple[int, ...]) -> None:
    """One unit is the largest weight that all weights, and 1, are whole multiples of."""
    fields = Fields(tuple(Rule(f"f{n}", weight=w) for n, w in enumerate(weights)), "unicode", False)
    assert (fields.unit, fields.units) == (unit, units)


def test_names_and_rules() -> None:
    """List marks are in a field's name and not in the names that rules are found by."""
    fields = Spec(rules=(Rule("L.n", weight=2),)).fields
    rows = fields.items(fields.member(fields.root, "L"))
    name = fields.member(rows, "n")
    assert (rows.name, name.name, name.names, name.units, name.listed) == (
        "L[]",
        "L[].n",
        ("L", "n"),
        2,
        True,
    )
    assert fields.member(rows, "n") is name
    assert fields.member(rows, "a.b").name == 'L[]["a.b"]'


def test_narratives_are_graded_inside_lists_too() -> None:
    """A similar text earns its similarity wherever it stands; it stays a wrong leaf."""
    spec = Spec(rules=(Rule("**.t", "narrative"),), narrative="graded")
    gold, pred = (
        {"t": "abcdefghij", "L": [{"t": "abcdefghij"}]},
        {"t": "abcdefghiX", "L": [{"t": "abcdefghiX"}]},
    )
    s = score(pred, gold, spec)
    assert (s.counts.similar, s.precision, s.recall) == (1.8, 0.9, 0.9)
    assert (s.correct, s.wrong) == (0, 2)
    assert s.fields["t"].precision == 0.9
    assert score(pred, gold, spec, narrative="exact").precision == 0.0
    assert score({"t": "zzz"}, {"t": "abc"}, spec).counts.similar == 0.0


@pytest.mark.parametrize("lists", ["align", "bag"])
def test_similarity_earns_less_than_being_right(lists: str) -> None:
    """A graded narrative never earns as much as the right one, and one half is the least that counts."""
    spec = Spec(rules=(Rule("t", "narrative"),), narrative="graded", lists=lists)
    found = [score({"t": text}, {"t": "abcd"}, spec).f1 for text in ("abcd", "abcx", "abxx", "axxx", "")]
    assert found == [1.0, 0.75, 0.5, 0.0, 0.0]


def test_a_used_spec_pickles() -> None:
    """What a spec remembers of fields it met stays behind when it goes to another process."""
    spec = Spec.preset("clinical")
    score({"a": "1"}, {"a": "1.0"}, spec)
    copied = pickle.loads(pickle.dumps(spec))
    assert copied == spec
    assert copied.signature == spec.signature
    assert score({"a": "1"}, {"a": "1.0"}, copied).f1 == 1.0


def test_memories_are_bounded() -> None:
    """Names and texts that predictions make up are forgotten again, and nothing changes by that."""
    spec = Spec(rules=(Rule("**.k7", weight=2),))
    fields = spec.fields
    for n in range(10_000):
        fields.member(fields.root, f"k{n}")
    assert len(fields.root.members) <= 5_000
    assert fields.member(fields.root, "k7").units == 2
    forms = KnownForms(folded_text)
    for n in range(40_000):
        assert forms[f"Text {n}"] == f"text {n}"
    assert len(forms) <= 20_000
    assert forms["A" * 1_000] == "a" * 1_000
    assert "A" * 1_000 not in forms
