"""Krippendorff's alpha: the published example, the definition written out, and which units there are."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Rule, Spec, align
from medvie_reward.statistics._krippendorff import Units, alpha_at, closed_forms, unit_rows, units_of


def alpha_of(units: list[Units]) -> float:
    rows, values = unit_rows(units)
    return float(alpha_at(0, 1 + len(values))(rows.sum(axis=0)))


def by_definition(pairs: list[tuple[str, str]]) -> float:
    """Observed and expected disagreement, pair by pair of values, as the definition says."""
    values = [value for pair in pairs for value in pair]
    observed = sum(a != b for a, b in pairs) / len(pairs)
    expected = sum(a != b for a, b in permutations(values, 2)) / (len(values) * (len(values) - 1))
    return 1 - observed / expected if expected else 1.0


def test_the_published_example() -> None:
    """Krippendorff 2011, section B: two observers, twelve units, five values; alpha is 0.692."""
    pairs = Counter(zip("aabbdcccedda", "babbbccceddd", strict=True))
    assert alpha_of([pairs]) == pytest.approx(0.692, abs=5e-4)
    rows, values = unit_rows([pairs])
    assert values == list("abcde")
    assert rows.tolist() == [[3, 4, 6, 6, 6, 2]]


@given(st.lists(st.lists(st.tuples(*[st.sampled_from("ab c")] * 2), max_size=5), min_size=1, max_size=6))
def test_alpha_is_its_definition(documents: list[list[tuple[str, str]]]) -> None:
    """Sums over documents give what all pairs of values give; A and B are exchangeable."""
    pairs = [pair for document in documents for pair in document]
    found = alpha_of([Counter(document) for document in documents])
    assert (by_definition(pairs) if pairs else 1.0) == pytest.approx(found)
    assert found == pytest.approx(alpha_of([Counter((b, a) for a, b in document) for document in documents]))
    assert found <= 1


def test_alpha_of_many_sums() -> None:
    """A figure takes sums of any shape, within a wider table."""
    sums = np.array([[[9, 0, 4, 4], [9, 2, 2, 2]], [[9, 1, 3, 1], [9, 0, 8, 0]]], dtype=float)
    assert alpha_at(1, 4)(sums).tolist() == [[1.0, 1 - 3 * 4 / 8], [1 - 3 * 2 / 6, 1.0]]


RULES = (Rule("Sex", "sex"), Rule("**.Mark", "flag"), Rule("**.Tags", "boolean"))
CLINICAL = Spec.preset("strict").with_rules(RULES)


def units(a: Any, b: Any, spec: Spec = CLINICAL) -> dict[str, Units]:
    leaves = align(a, b, spec).leaves
    return units_of(leaves, closed_forms(dict.fromkeys(leaf.field for leaf in leaves), spec))


def test_units_by_hand() -> None:
    """A row blank on both sides is a unit, a row of one annotator is none, a blank beside a value is."""
    a = {
        "Sex": "M",
        "L": [{"n": "K", "Mark": "↑"}, {"n": "Na", "Mark": ""}, {"n": "Cl"}, {"n": "x", "Mark": "H"}],
    }
    b = {"Sex": "female", "L": [{"n": "Cl"}, {"n": "Na", "Mark": "L"}, {"n": "K", "Mark": "H"}]}
    found = units(a, b)
    forms = closed_forms(["Sex", "L[].Mark"], CLINICAL)
    male, female = forms["Sex"]("M"), forms["Sex"]("female")
    high, low = forms["L[].Mark"]("H"), forms["L[].Mark"]("L")
    assert found == {
        "Sex": Counter({(male, female): 1}),
        "L[].Mark": Counter({(high, high): 1, ("", low): 1, ("", ""): 1}),
    }


def test_units_of_a_document_without_the_field() -> None:
    """Outside lists every document is a unit: both left it blank."""
    forms = closed_forms(["Sex"], CLINICAL)
    assert units_of(align({"a": "1"}, {"a": "1"}, CLINICAL).leaves, forms) == {"Sex": Counter({("", ""): 1})}


def test_units_in_nested_lists_and_lists_of_values() -> None:
    """The innermost row is the unit; of a list of values each pair of values is one."""
    a = {
        "P": [
            {"n": "1", "L": [{"n": "K", "Mark": "H"}, {"n": "Na"}], "Tags": ["x", "y"]},
            {"n": "2", "L": []},
        ]
    }
    b = {
        "P": [
            {"n": "2", "L": []},
            {"n": "1", "L": [{"n": "Na"}, {"n": "K", "Mark": "L"}], "Tags": ["y", "x"]},
        ]
    }
    found = units(a, b)
    assert sorted(found["P[].L[].Mark"].values()) == [1, 1]
    assert ("", "") in found["P[].L[].Mark"]
    assert sum(found["P[].Tags[]"].values()) == 2
    assert all(x == y for x, y in found["P[].Tags[]"])


def test_names_with_brackets() -> None:
    """A name that looks like a position is a name."""
    spec = Spec.preset("strict").with_rules([Rule("**", "flag")])
    a, b = ({"[0]": [{"a[1]": "x", "n": "1"}, {"a[1]": mark, "n": "2"}]} for mark in ("y", "z"))
    found = units(a, b, spec)
    assert [sorted(counter.values()) for counter in found.values()] == [[1, 1], [1, 1]]
    assert list(found) == ['["[0]"][]["a[1]"]', '["[0]"][].n']


def test_which_fields_are_closed() -> None:
    """By the spec's rule, by the clinical preset's, or by name; with bags nothing inside lists."""
    names = ["Gender", "Indicators[].Abnormal Mark", "Name", "Kind"]
    strict = Spec.preset("strict")
    assert list(closed_forms(names, strict)) == names[:2]
    assert list(closed_forms(names, strict, ["Kind"])) == [*names[:2], "Kind"]
    assert list(closed_forms(names, strict.with_rules([Rule("Name", "boolean")]))) == names[:3]
    assert list(closed_forms([*names, "*", "$"], strict.replace(lists="bag"))) == names[:1]
    assert closed_forms(["Gender"], strict)["Gender"]("Male") != closed_forms(["Gender"], strict)["Gender"](
        "M"
    )
    clinical = closed_forms(["Gender"], Spec.preset("clinical"))["Gender"]
    assert clinical("Male") == clinical("M")
