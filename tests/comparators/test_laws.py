"""The laws that every comparator obeys; a comparator that is registered later is tested without being named.

A comparator writes a string in a normal form, and strings with equal forms match.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, Final

import pytest
from helpers.profiles import examples
from hypothesis import assume, given
from hypothesis import strategies as st

from medvie_reward import Rule, score
from medvie_reward.comparators import COMPARATORS, form_of
from medvie_reward.errors import SpecError

OPTIONS: Final[dict[str, list[dict[str, Any]]]] = {
    "number": [{}, {"digits": "kept"}],
    "quantity": [{}, {"digits": "kept"}],
    "enum": [{"synonyms": (("male", ("m", "男")), ("female", ("f", "女")))}],
    "date": [{}, {"order": "dmy"}],
    "datetime": [{}, {"order": "mdy"}],
    "set": [{}, {"delimiters": "/;"}, {"delimiters": " ]^-\\"}, {"delimiters": "."}],
}
"""Options to test a comparator with; every other one is tested without any."""

CASES: Final = [(name, options) for name in COMPARATORS for options in OPTIONS.get(name, [{}])]
PLAIN: Final = ("unicode", "strip", "text", "narrative")
"""Comparators of strings, which read no type of value."""

every = pytest.mark.parametrize(
    ("name", "options"), CASES, ids=[f"{name}{'+' * bool(options)}" for name, options in CASES]
)

# Pieces of values of all types, so that any comparator has something to read in what is joined of them.
PIECES: Final = (
    "0", "1", "5", "10", "12", "007", "5.60", "1,000", "1e5", "10²", "１２", "٤", "一", "½",
    "−", "-", "+", "±", "++", "<", "≤", "~", " to ", "至", "/", "/L", " ", "  ", "\t", "\u3000",
    ".", ",", ";", "；", "、", ":", "(", ")", "[", "]", "%", "°", "×10⁹/L",
    "mg", "mmol/L", "µg", "μg", "kg", "岁", "y", "months",
    "2024-03-05", "05/03/2024", "2024年3月5日", "March 5, 2024", "12:30", "下午3点",
    "阴性", "阳性", "negative", "trace", "↑", "H", "男", "female", "yes", "否",
    "a", "B", "é", "e\u0301", "ß", "ﬁ", "肝", "\x00", "\x00n:5", "\ud800", "①", "1.", "2)", "“", "’", "\n",
)  # fmt: skip
texts = st.text(st.characters(codec="utf-8"), max_size=12) | st.lists(
    st.sampled_from(PIECES), max_size=8
).map("".join)

HOSTILE: Final = (
    "9", "4岁", "4 y ", "1-", "1 / ", "+", "(", "a-", "阴性", "；", "1.", "1.a 2.b ", "①", "mg/", "2024-",
    "mar", "二", "1st of ", "2024年 3 ", " ", "\u3000", "\ud800", "\x00", "e\u0301", "1e9", ".", "\n", ":",
    "((((g))))", "m9", "×10", "1,", "1 ", "g/", "至1",
)  # fmt: skip
"""Pieces that are repeated to make long strings."""

# A gold document with a lone surrogate is refused.
unicode_texts = texts.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))

ODD: Final = (
    "\ud8005", "\x00u:g", "5." + "0" * 190, "1e" + "9" * 100, "10^" + "9" * 5_000, "m" + "9" * 5_000,
    "0" * 80, "-" * 79 + "1", "(" * 79 + "1", ":" * 79 + "1", "\ud800；\ud800",
)  # fmt: skip


def test_options_are_of_comparators() -> None:
    """No comparator is misspelt above; one that needs options is added there."""
    assert set(OPTIONS) <= set(COMPARATORS)
    needing = []
    for name in COMPARATORS:
        try:
            form_of(name, {})
        except SpecError:
            needing.append(name)
    assert set(needing) <= set(OPTIONS)


@every
@examples(300)
@given(text=texts)
def test_empty_if_and_only_if_blank(name: str, options: dict[str, Any], text: str) -> None:
    """Nothing raises, and a comparator never decides whether there is a field."""
    assert (form_of(name, options)(text) == "") == (text.strip() == "")


@every
@examples(200)
@given(text=texts)
def test_outer_whitespace_does_not_count(name: str, options: dict[str, Any], text: str) -> None:
    """Whitespace around a value is no part of it."""
    form = form_of(name, options)
    assert form(f" {text}\n") == form(text)


@every
@examples(200)
@given(text=texts)
def test_no_form_imitates_another(name: str, options: dict[str, Any], text: str) -> None:
    """A form of strings alone is idempotent. A value of a type has a tag, and no string imitates it."""
    form = form_of(name, options)
    written = form(text)
    if name in PLAIN:
        assert form(written) == written
    elif written.startswith("\x00"):
        assert form(written) != written
    else:
        again = form(written)
        assert again == written or again.startswith("\x00")


def matches(a: str, b: str, name: str, options: dict[str, Any]) -> bool:
    """Tell whether two values of one field match, as a score counts them."""
    rule = Rule("f", name, tuple(options.items()))
    return score({"f": a}, {"f": b}, "strict", rules=(rule,)).correct == 1


@every
@examples(60)
@given(data=st.data())
def test_matching_is_an_equivalence(name: str, options: dict[str, Any], data: st.DataObject) -> None:
    """Reflexive, symmetric and transitive, whichever side is the gold."""
    first = data.draw(unicode_texts.filter(str.strip))
    near = st.sampled_from([first, first.upper(), first.lower(), f" {first}", first.replace(" ", "")])
    a, b, c = first, *(data.draw(near | unicode_texts) for _ in "bc")
    assume(b.strip() and c.strip())
    assert matches(a, a, name, options)
    assert matches(a, b, name, options) == matches(b, a, name, options)
    if matches(a, b, name, options) and matches(b, c, name, options):
        assert matches(a, c, name, options)


@every
def test_long_strings(name: str, options: dict[str, Any]) -> None:
    """A string of 100,000 characters is read, and its form is not many times as long."""
    form = form_of(name, options)
    for piece in HOSTILE:
        for text in (piece * (100_000 // len(piece)), f"5 {piece * 60}", piece * 150):
            written = form(text)
            assert ((written == ""), piece) == ((text.strip() == ""), piece)
            assert len(written) <= 20 * len(text) + 100, piece
    for text in ODD:
        assert form(text) != "", text


def steps(call: Callable[[], Any]) -> int:
    """Count the lines of Python that a call runs."""
    n = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal n
        n += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return n


@every
def test_work_is_linear(name: str, options: dict[str, Any]) -> None:
    """A string four times as long takes at most about four times the steps."""
    form = form_of(name, options)
    for piece in HOSTILE:
        short, long = (steps(partial(form, piece * n)) for n in (500, 2_000))
        assert long <= 5 * short + 200, piece
