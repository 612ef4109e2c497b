"""Delimited texts as bags of parts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.comparators.sets import set_form
from medvie_reward.errors import SpecError

FORM = set_form()

SAME = [
    ("诊断A；诊断B", "诊断B; 诊断A"),
    ("高血压；糖尿病", "糖尿病；高血压"),
    ("高血压；糖尿病", "高血压、糖尿病"),
    ("高血压；糖尿病", "高血压\n糖尿病"),
    ("高血压；糖尿病", "糖尿病\r\n高血压"),
    ("高血压；糖尿病", "高血压，糖尿病"),
    ("高血压，糖尿病", "糖尿病, 高血压"),
    ("高血压；糖尿病", "高血压；糖尿病；"),
    ("高血压；糖尿病", "；高血压；；糖尿病"),
    ("高血压；糖尿病", "高血压；\n糖尿病"),
    ("高血压；糖尿病", "高血压|糖尿病"),
    ("高血压；糖尿病", "1.高血压 2.糖尿病"),
    ("高血压；糖尿病", "1.高血压；2.糖尿病"),
    ("高血压；糖尿病", "1. 高血压\n2. 糖尿病"),
    ("高血压；糖尿病", "1、高血压 2、糖尿病"),
    ("高血压；糖尿病", "1、高血压；2、糖尿病。"),
    ("高血压；糖尿病", "(1)高血压 (2)糖尿病"),
    ("高血压；糖尿病", "（1）高血压；（2）糖尿病"),
    ("高血压；糖尿病", "①高血压②糖尿病"),
    ("高血压；糖尿病", "①高血压；②糖尿病"),
    ("高血压；糖尿病", "1) 高血压 2) 糖尿病"),
    ("1.高血压 2.糖尿病", "1.糖尿病 2.高血压"),
    ("１．高血压 ２．糖尿病", "1.高血压 2.糖尿病"),
    ("Hypertension; Diabetes", "diabetes; hypertension"),
    ("Hypertension, Diabetes", "Diabetes; Hypertension"),
    ("Hypertension,Diabetes", "Diabetes, Hypertension"),
    ("1. Hypertension 2. Diabetes", "Hypertension; Diabetes"),
    ("aspirin 100 mg; metformin 500 mg", "Metformin 500 mg; Aspirin 100 mg"),
    ("WBC 3.5；PLT 1,234", "PLT 1,234; WBC 3.5"),
    ("A；A；B", "A；B；A"),
    ("Ａ；Ｂ", "B; A"),
    ("a  b；c", "c；a b"),
    ("高血压", " 高血压 "),
    ("高血压", "高血压；"),
    ("；", ";"),
    ("发热、咳嗽", "咳嗽、发热；"),
    ("；发热、咳嗽", "发热、咳嗽"),
    ("1,234", "１，２３４"),
    ("1.脂肪肝（轻度） 2.胆囊结石", "1.脂肪肝（轻度）2.胆囊结石"),
    ("1.窦性心律 2.偶发室性早搏 3.ST-T轻度改变", "1.窦性心律2.偶发室性早搏3.ST-T轻度改变"),
    ("高血压3级，极高危；糖尿病", "糖尿病；高血压3级，极高危"),
    ("1.高血压3级，极高危 2.糖尿病", "糖尿病；高血压3级，极高危"),
]

DIFFERENT = [
    ("1.血钾2.5", "1.血钾；5"),
    ("高血压；糖尿病", "高血压"),
    ("高血压；糖尿病", "高血压；糖尿病；冠心病"),
    ("高血压；糖尿病", "高血压；冠心病"),
    ("高血压；糖尿病", "高血压糖尿病"),
    ("高血压；糖尿病", "高血压 糖尿病"),
    ("A；A；B", "A；B"),
    ("A；A；B", "A；B；B"),
    ("高血压3级；糖尿病", "高血压2级；糖尿病"),
    ("高血压，3级；糖尿病，2型", "高血压，2型；糖尿病，3级"),
    ("头孢、发热；青霉素、咳嗽", "头孢、咳嗽；青霉素、发热"),
    ("1,234", "1,432"),
    ("1,234", "234,1"),
    ("1,234", "1；234"),
    ("3.5", "5.3"),
    ("3.5", "3；5"),
    ("mmol/L", "L/mmol"),
    ("2024/3/5", "5/3/2024"),
    ("120/80", "80/120"),
    ("1.5 2.5", "2.5 1.5"),
    ("1.5 mg 2.5 mg", "5 mg；5 mg"),
    ("1.高血压 3.糖尿病", "高血压；糖尿病"),
    ("2.高血压 1.糖尿病", "高血压；糖尿病"),
    ("1.高血压 (2)糖尿病", "高血压；糖尿病"),
    ("1.高血压", "高血压"),
    ("1.高血压 2.糖尿病", "高血压 糖尿病"),
    ("维生素B1；维生素B2", "维生素B2；维生素B12"),
    ("IgA 2.5, IgG 10", "IgA 10, IgG 2.5"),
    ("L4/5椎间盘突出", "L5/4椎间盘突出"),
    ("阴性；阳性", "阴性；阴性"),
    ("A-B", "B-A"),
    ("A B；C", "A；B C"),
    ("left knee; right hip", "right knee; left hip"),
    ("；", "、"),
    ("①高血压", "高血压"),
    ("无", "；"),
    ("2 tablets, 3 days", "3 tablets, 2 days"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_same(a: str, b: str) -> None:
    """One bag of parts has one form, in whatever order and with whatever marks between."""
    assert FORM(a) == FORM(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different(a: str, b: str) -> None:
    """Another part, another count or another grouping stays apart."""
    assert FORM(a) != FORM(b)


PIECES = st.sampled_from(["高血压", "糖尿病 2型", "IgA 3.5", "1,234", "mmol/L", "2024/3/5", "-", "A", ".5"])
ODD = st.text() | st.lists(st.sampled_from([*";；|、，,\n .()（）①②12a病", "1.", "2."])).map("".join)


@given(parts=st.lists(PIECES, min_size=1, max_size=6), data=st.data())
def test_any_order(parts: list[str], data: st.DataObject) -> None:
    """The order of the parts is nothing, and neither is which delimiter stands between them."""
    other = data.draw(st.permutations(parts))
    forms = {FORM(mark.join(items)) for mark in ("；", "; ", "|", "\n", ";\n") for items in (parts, other)}
    assert len(forms) == 1


@given(parts=st.lists(PIECES.filter(lambda part: part[0] not in ".12"), min_size=2, max_size=6))
def test_numbers(parts: list[str]) -> None:
    """Numbers that count the parts are nothing."""
    for style in ("{}.{}", "{}、{}", "{}) {}", "({}){}"):
        text = " ".join(style.format(i, part) for i, part in enumerate(parts, 1))
        assert FORM("；".join(parts)) == FORM(text)


@given(parts=st.lists(PIECES, min_size=1, max_size=6), at=st.integers(0, 5))
def test_bag(parts: list[str], at: int) -> None:
    """A part more or less is another bag."""
    assert FORM("；".join(parts)) != FORM("；".join([*parts, parts[at % len(parts)]]))


@pytest.mark.parametrize(
    "text", ["；" * 100_000, "1." * 50_000, "1.a 2.b " * 20_000, "①" * 50_000, "\ud800；\ud800"]
)
def test_hostile(text: str) -> None:
    """Long and broken texts have a form, and spaces around change nothing."""
    assert FORM(text) == FORM(f"{text} ")
    assert FORM(text) != ""


def test_delimiters() -> None:
    """Only the given delimiters part a text, each in both widths, the first that occurs alone."""
    form = set_form("/;")
    assert form("a/b") == form("b／a")
    assert form("a；b") == form("b;a")
    assert form("a;b/c") == form("c/a;b")
    assert form("a;b/c") != form("b;a/c")
    assert form("a、b") != form("b、a")


@pytest.mark.parametrize("delimiters", ["", None, 3, [";"]])
def test_bad_delimiters(delimiters: Any) -> None:
    """Delimiters that are none say what was expected."""
    with pytest.raises(SpecError, match="delimiters: expected a text of one character or more"):
        set_form(delimiters)
