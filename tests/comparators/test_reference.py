"""Columns of reference ranges: ranges, bounds in words, words, and texts with ranges in them."""

from __future__ import annotations

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.comparators.reference import reference_text

# All spellings of a row are one.
SAME = [
    [
        "3.9-6.1",
        "3.90～6.10",
        "3.9..6.1",
        "3.9…6.1",
        "between 3.9 and 6.1",
        "From 3.9 to 6.1",
        "介于3.9与6.1之间",
    ],
    ["-3-3", "(-3)-(+3)", "（-3）～（+3）", "-3.0~+3.0"],
    ["≥60", ">=60", "> OR = 60", ">/=60", "> or equal to 60", "at least 60", "不低于60", "＞＝60", "≥ 60.0"],
    ["≤5 mg/dL", "< OR = 5.0 mg/dL", "not more than 5 mg/dl", "不超过5mg/dL"],
    ["<0.5", "less than 0.50", "低于0.5", "小于0.5"],
    [">60 mL/min/1.73m2", "> 60 mL/min/{1.73_m2}", "大于60 ml/min/1.73 m²"],
    ["阴性", "Negative", "NEG", "阴性(-)", "（－）", "-", "阴性(neg)"],
    ["阳性", "Positive", "(+)", "阳性（+）"],
    ["未检出", "Not detected", "ND"],
    ["正常", "Normal"],
    ["Non-Reactive", "Non Reactive", "非反应性"],
    ["Ⅰ~Ⅱ", "I-II", "Ⅰ-Ⅱ", "Ⅰ至Ⅱ"],
    ["0-偶见", "0～偶见"],
    ["男:4.0-5.5;女:3.5-5.0", "男：4.0～5.5 女：3.5～5.0", "男4-5.5，女3.5-5", "M: 4.0 - 5.5; F: 3.5 - 5.0"],
    ["男:120-160g/L 女:110-150g/L", "男性:120～160 g/l; 女性:110～150 g/l", "(男)120-160g/L (女)110-150g/L"],
    ["Male: 13.5 - 17.5 g/dL", "male 13.5-17.5g/dl", "男 13.5～17.5 g/dL"],
    ["成人:4-10", "成人：4.0～10.0", "Adults: 4 to 10"],
    ["成人:4-10×10^9/L", "成人 4～10 ×10⁹/L"],
    ["Negative: <0.9; Positive: ≥1.1", "阴性：＜0.90，阳性：>=1.1", "Negative < 0.9, positive > or = 1.1"],
    ["18-60岁：3.5-5.5", "18～60岁 3.5～5.5"],
    ["男: > OR = 13", "男≥13.0"],
    ["<1:40", "＜1：40"],
    ["见备注", "见备注。"],
]
# The spellings of a row are all different.
DIFFERENT = [
    ["3.9-6.1", "6.1-3.9", "3.9,6.1", "3.9-61", "39-61", "3.9-6.1 mmol/L", "<6.1", "3.9.6.1"],
    ["-3-3", "3-3", "(3)-(3)x", "-3--3"],
    ["≥60", ">60", "≤60", "<60", "60"],
    ["不低于60", "低于60", "不超过60", "超过60"],
    ["阴性", "阳性", "未检出", "正常", "非反应性", "弱阳性", "1+"],
    ["Ⅰ~Ⅱ", "Ⅰ~Ⅲ", "Ⅱ~Ⅰ", "I II"],
    ["++~+++", "+~+++", "++", "++~++++"],
    [
        "男:4.0-5.5;女:3.5-5.0",
        "男:3.5-5.0;女:4.0-5.5",
        "女:4.0-5.5;男:3.5-5.0",
        "男:4.0-5.5;女:3.5-50",
        "男:4.0-5.5;女:3.5",
        "男:4.0,5.5;女:3.5,5.0",
        "男:4.0-5.5 g/L;女:3.5-5.0 g/L",
        "成人:4.0-5.5;儿童:3.5-5.0",
    ],
    ["男:4-5.5", "女:4-5.5", "4-5.5", "男:4-5.5 g/L", "男:4-5.5 g/dL", "男:≤5.5", "男:<5.5", "男:5.5"],
    ["成人 <1:40", "成人 <1:80", "成人 <140", "成人 1:40"],
    ["成人 3 5-7", "成人 35-7", "成人 3-5 7"],
    ["010-5 室", "10-5 室"],
    ["138-1234-5678 转", "138-12345678 转"],
    ["18-60岁:3.5-5.5", "18-60:3.5-5.5", "18-60月:3.5-5.5"],
    ["≤l0/μl", "≤10/μl"],
    ["成人 4-10×10^9/L", "成人 4-10×10^12/L", "成人 4-10"],
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda row: row[0])
def test_same(spellings: list[str]) -> None:
    """Spellings of one reference have one form."""
    assert len(set(map(reference_text, spellings))) == 1


@pytest.mark.parametrize("texts", DIFFERENT, ids=lambda row: row[0])
def test_different(texts: list[str]) -> None:
    """Another bound, order, unit, group or word is another form."""
    assert len(texts) == len(set(map(reference_text, texts)))


PARTS = st.sampled_from(
    [*"0159", *".,:;-~<≥%^/ ()+", "男", "女", "成人", "to", "mg/L", "10^9", "> or =", "阴性"]
)


@examples(500)
@given(text=st.text() | st.lists(PARTS, max_size=14).map("".join))
def test_laws(text: str) -> None:
    """The form is empty where the text is, and white space around never matters."""
    form = reference_text(text)
    assert (form == "") == (text.strip() == "")
    assert reference_text(f" {text}\n") == form


@pytest.mark.parametrize(
    "text", ["\ud800", "\x00", "9" * 100_000, "男1-" * 130, "-" * 399, "(" * 399, "男 1-2 " + "mg/" * 120]
)
def test_reads_anything(text: str) -> None:
    """Odd and long texts have a form that is not empty."""
    assert reference_text(text)
