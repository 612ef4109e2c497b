"""Two values compared by a comparator's name, without a spec and documents."""

from __future__ import annotations

import doctest
from typing import Any, Final

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import ArgumentError, Rule, Spec, SpecError, comparators, score
from medvie_reward.comparators import COMPARATORS, equal, normalize

OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "enum": {"synonyms": {"male": ["m", "男"]}},
    "date": {"order": "dmy"},
}
WORDS: Final = (
    "5.60", "5.6", "56", "< 5", "H", "↑", "阴性", "negative", "m", "male", "男", "03/04/2024", "2024-04-03",
    "$5", "3.5-5.1", "mg/dL", "mg/dl", "4 y", "4岁", "5 USD", "a; b", "b; a", "yes", "是", "12:30",
)  # fmt: skip
values = (
    st.sampled_from(WORDS) | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
)


@pytest.mark.parametrize(
    ("a", "b", "comparator", "options", "expected"),
    [
        ("5.60", 5.6, "number", {}, True),
        ("5.60", 56, "number", {}, False),
        ("5.60", 5.6, "number", {"digits": "kept"}, False),
        ("5.60", "5.6", "strip", {}, False),
        ("03/04/2024", "2024-04-03", "date", {"order": "dmy"}, True),
        ("03/04/2024", "2024-04-03", "date", {"order": "mdy"}, False),
        ("m", "男", "enum", OPTIONS["enum"], True),
        ("阴性", "Negative", "result", {}, True),
        (True, "yes", "boolean", {}, True),
        (None, " ", "text", {}, True),
        (None, "0", "number", {}, False),
        (193.0, "193", "unicode", {}, True),
    ],
)
def test_equal(a: Any, b: Any, comparator: str, options: dict[str, Any], expected: bool) -> None:
    """Values are equal as the comparator says, either way round."""
    assert equal(a, b, comparator, **options) is expected
    assert equal(b, a, comparator, **options) is expected


@pytest.mark.parametrize("comparator", COMPARATORS)
@examples(60)
@given(a=values, b=values)
def test_equal_as_scored(comparator: str, a: Any, b: Any) -> None:
    """Two values are equal if and only if a field with that rule is scored as correct."""
    options = OPTIONS.get(comparator, {})
    spec = Spec(rules=(Rule("x", comparator, options),))
    scored = score({"x": a}, {"x": b}, spec)
    assert equal(a, b, comparator, **options) is (scored.counts.correct == 1)
    assert equal(a, b, comparator, **options) is (
        normalize(a, comparator, **options) == normalize(b, comparator, **options)
    )


@pytest.mark.parametrize(
    ("value", "comparator", "options", "error", "message"),
    [
        ("5", "nmber", {}, SpecError, "no comparator 'nmber': expected one of unicode, "),
        ("5", "text", {"digits": "kept"}, SpecError, "comparator 'text' has no option 'digits'"),
        ("5", "number", {"digit": "kept"}, SpecError, "comparator 'number': expected the option digits"),
        ("5", "number", {"digits": "some"}, SpecError, "some"),
        (["5"], "number", {}, ArgumentError, "value: expected text, a number, true, false or null, got list"),
        ({"x": 5}, "text", {}, ArgumentError, "value: expected .*, got dict"),
        (b"5", "text", {}, ArgumentError, "value: expected .*, got bytes"),
    ],
)
def test_misuse(
    value: Any, comparator: str, options: dict[str, Any], error: type[ValueError], message: str
) -> None:
    """What cannot be compared is an error that says what was expected."""
    with pytest.raises(error, match=message):
        normalize(value, comparator, **options)
    with pytest.raises(error, match=message):
        equal(value, "5", comparator, **options)
    if error is ArgumentError:
        with pytest.raises(error, match=message):
            equal("5", value, comparator, **options)


def test_docstrings() -> None:
    """The examples in the docstrings are right."""
    found = doctest.testmod(comparators)
    assert (found.failed, found.attempted) == (0, 3)
