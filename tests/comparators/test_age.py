"""Ages: the number with its unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.comparators.age import age_text
from medvie_reward.comparators.text import folded_text

SAME = [
    ("45岁", "45"),
    ("45岁", "45 years"),
    ("45岁", "45 y"),
    ("45岁", "45Y"),
    ("45岁", "45 yrs old"),
    ("45岁", "45周岁"),
    ("45岁", "45-year-old"),
    ("45岁", "45 years old"),
    ("45岁", "45 Years Old"),
    ("45岁", "45 years of age"),
    ("45岁", "45 岁"),
    ("45岁", "４５岁"),
    ("45岁", "45歲"),
    ("45岁", "45yo"),
    ("45岁", "45 y/o"),
    ("45岁", "45 y.o."),
    ("45岁", "45yrs"),
    ("45岁", "045Y"),
    ("45", "45.0"),
    ("1 year", "1岁"),
    ("1.5岁", "1.5 years"),
    ("6月", "6个月"),
    ("6个月", "6 months"),
    ("6个月", "6 mo"),
    ("6个月", "6m"),
    ("6个月", "6-month-old"),
    ("6个月", "6月龄"),
    ("6个月", "6个月大"),
    ("6个月", "006M"),
    ("3天", "3 days"),
    ("3天", "3d"),
    ("3天", "3日龄"),
    ("3天", "3 days old"),
    ("3周", "3 weeks"),
    ("3周", "3w"),
    ("3周", "3 wks"),
    ("5小时", "5 hours"),
    ("5小时", "5h"),
    ("1岁6个月", "1 year 6 months"),
    ("1岁6个月", "1y6m"),
    ("1岁6个月", "1 yr, 6 mo"),
    ("1岁6个月", "1 year and 6 months"),
    ("1岁6个月", "1岁6月"),
    ("1岁零6个月", "1岁6个月"),
    ("1岁6个月", "1 year 6 months old"),
    ("3月15天", "3 months 15 days"),
    ("45岁", "45 Year(s)"),
    ("6个月", "6 month(s)"),
    ("3 day(s) old", "3天"),
    ("30分", "30分钟"),
    ("5时30分", "5 hours 30 minutes"),
    ("成人", " 成人"),
]

DIFFERENT = [
    ("45岁", "54岁"),
    ("45岁", "46"),
    ("45岁", "4.5岁"),
    ("45岁", "45月"),
    ("45岁", "45天"),
    ("6月", "6"),
    ("6个月", "6岁"),
    ("30分", "30"),
    ("30分", "30天"),
    ("5时30分", "5岁30分"),
    ("45 Year(x)", "45"),
    ("6 months", "6 years"),
    ("6m", "6y"),
    ("6天", "6周"),
    ("6 days", "6 weeks"),
    ("6小时", "6天"),
    ("6小时", "6分钟"),
    ("6周", "6周岁"),
    ("6w", "6 years"),
    ("1岁6个月", "18个月"),
    ("1岁6个月", "1岁"),
    ("1岁6个月", "1.6岁"),
    ("1岁6个月", "1岁6天"),
    ("1岁6个月", "1岁9个月"),
    ("1岁6个月", "6个月1岁"),
    ("1.5岁", "1岁6个月"),
    ("1.5岁", "15岁"),
    ("12个月", "1岁"),
    ("7天", "1周"),
    ("24小时", "1天"),
    ("1岁0个月", "1岁"),
    ("45虚岁", "45岁"),
    ("约45岁", "45岁"),
    (">45岁", "45岁"),
    ("45+", "45"),
    ("45-50", "45"),
    ("-45", "45"),
    ("1979", "45"),
    ("1979", "1979岁"),
    ("四五", "45"),
    ("45²", "45"),
    ("45岁半", "45岁"),
    ("45岁男", "45岁"),
    ("45 kg", "45"),
    ("孕39周", "39周"),
    ("1岁1岁", "1岁"),
    ("4 5岁", "45岁"),
    ("成人", "儿童"),
    ("不详", "0岁"),
    ("0岁", "0天"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_same(a: str, b: str) -> None:
    """Two spellings of one age have one form."""
    assert age_text(a) == age_text(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different(a: str, b: str) -> None:
    """Another number, unit or precision stays apart."""
    assert age_text(a) != age_text(b)


ODD = st.text() | st.lists(st.sampled_from([*"0123456789. ,-y岁月天大零", "years", " old", "周岁"])).map(
    "".join
)


@given(text=ODD)
def test_laws(text: str) -> None:
    """No text raises, only a blank one is empty, and texts that fold alike are one age."""
    assert (age_text(text) == "") == (text.strip() == "")
    for other in (text.upper(), f" {text}\n", folded_text(text)):
        if folded_text(other) == folded_text(text):
            assert age_text(other) == age_text(text)


@given(number=st.integers(0, 999), other=st.integers(0, 999), units=st.permutations("ymwdh"))
def test_apart(number: int, other: int, units: list[str]) -> None:
    """A number or unit of an age is never lost."""
    assert age_text(f"{number}{units[0]}") != age_text(f"{number}{units[1]}")
    assert (age_text(f"{number}岁") == age_text(f"{other} years")) == (number == other)


@pytest.mark.parametrize(
    "text", ["4" * 100_000, "4岁" * 50_000, "4 y " * 50_000, "\ud800", "\x00", "٤٥岁", "4²岁"]
)
def test_hostile(text: str) -> None:
    """What is no age has the form of its text."""
    assert folded_text(text) == age_text(text)
