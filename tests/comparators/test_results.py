"""Columns that hold more than one type: results (numbers, then grades) and statuses (grades, then marks)."""

from __future__ import annotations

import re

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.comparators.quantity import quantity_form
from medvie_reward.comparators.results import result_text, status_text
from medvie_reward.comparators.words import flag_text, ordinal_text

RESULT_SAME = [
    ("5.6", "5.60"),
    ("193", "193.0"),
    ("５.６", "5.6"),
    ("1,234", "1234"),
    ("1.2E3", "1200"),
    ("1.2×10^3", "1200"),
    ("5.6 mmol/L", "5.60mmol/l"),
    ("5.6×10^9/L", "5.6×10⁹/L"),
    ("<0.5", "＜0.50"),
    ("≥60", ">=60"),
    ("45%", "45 ％"),
    ("5.60 ↑", "5.6↑"),
    ("5.6 H", "5.60H"),
    ("0-2", "0～2"),
    ("3-5/HPF", "3～5 /hpf"),
    ("3-5/HP", "3-5 个/HP"),
    ("阴性", "negative"),
    ("阴性", "阴性。"),
    ("阴性", "（-）"),
    ("阴性", "-"),
    ("阴性(-)", "NEGATIVE"),
    ("Neg.", "阴性"),
    ("阴", "－"),
    ("阳性", "Positive"),
    ("阳性", "阳性(+)"),
    ("阳性（+）", "(+)"),
    ("Positive", "阳性+"),
    ("1+", "＋"),
    ("++", "2+"),
    ("阳性(++)", "2+"),
    ("+++", "3＋"),
    ("++++", "4+"),
    ("±", "弱阳性"),
    ("±", "+/-"),
    ("强阳性", "Strongly positive"),
    ("未检出", "Not Detected"),
    ("ND", "未检出"),
    ("检出", "detected"),
    ("Non-reactive", "非反应性"),
    ("Trace", "微量"),
    ("正常", "Normal"),
    ("1:80", "1：80"),
    ("黄色", " 黄色 "),
    ("O型", "Ｏ型"),
    ("Yellow", "YELLOW"),
    ("GRAM NEGATIVE BACILLI", "Gram negative bacilli"),
    # Bounds in words.
    ("≥60", ">/=60"),
    ("> OR = 60", "≥60"),
    ("at least 5.0", "≥5"),
    ("不低于60", "≥60"),
    ("不超过40.0", "≤40"),
    ("less than 0.5", "＜0.50"),
    ("Greater than or equal to 500", ">=500"),
    # Blood groups.
    ("O型", "O"),
    ("O型血", "“O”型"),
    ("(AB)", "AB型"),
    ("Type B", "b型"),
    ("血型：A", "A型"),
    ("O型,RH(+)", "O型 Rh阳性"),
    ("A+", "A Pos"),
    ("A型 Rh(D)阳性", "A Rh D POSITIVE"),
    ("B型+Rh阴性", "B Neg"),
    ("O Rh(D) Negative", "O-"),
    ("Rh阳性", "RH(+)"),
    ("RhD阴性", "Rh(D) negative"),
    # Susceptibility.
    ("敏感(S)", "S"),
    ("Susceptible", "敏感"),
    ("耐药", "R"),
    ("Intermediate", "I"),
    ("中介", "中介(I)"),
    ("SDD", "剂量依赖性敏感"),
    # Grades with more.
    ("++/HP", "2+/HPF"),
    ("25(+1)", "25(1+)"),
    ("25(+)", "25(1+)"),
    ("10(+-)", "10(±)"),
    ("上皮细胞++", "上皮细胞 2+"),
    ("草酸钙结晶+", "草酸钙结晶1+"),
    ("尿蛋白:+++", "尿蛋白：3+"),
    ("Protein ++", "protein 2+"),
    ("1+ (A)", "1+ A"),
    ("Positive A", "POSITIVE (A)"),
    ("阴性 N", "Negative (N)"),
    # Sizes and measures in a text.
    ("2.5×1.8cm", "2.5*1.8 cm"),
    ("2.5 x 1.8 cm", "2.50cm×1.80cm"),
    ("3X2x1 mm", "3×2×1mm"),
    ("大小约2.5×1.8cm", "大小约2.5 * 1.8 cm"),
    ("肋下1.0cm", "肋下 1 厘米"),
    ("5.6 x 10(9)/L", "5.6×10^9/L"),
    ("检到", "检出"),
]
RESULT_DIFFERENT = [
    ("5.6", "56"),
    ("5.6", "5.61"),
    ("5.6", "-5.6"),
    ("5.6", "5.6 mmol/L"),
    ("5.6", "5.6 ↑"),
    ("5.6", "5.6H"),
    ("5.6", "*5.6"),
    ("5.6", "5.6-"),
    ("10", "1O"),
    ("5.6 mmol/L", "5.6 μmol/L"),
    ("5.6×10^9/L", "5.6×109/L"),
    ("10^5", "105"),
    ("<0.5", "0.5"),
    ("<0.5", "≤0.5"),
    ("<0.5", ">0.5"),
    ("1,234", "1.234"),
    ("3-5", "35"),
    ("3-5", "5-3"),
    ("3-5", "3-5/HPF"),
    ("1:80", "1:160"),
    ("1:80", "180"),
    ("0", "-"),
    ("0", "阴性"),
    ("0", "未检出"),
    ("1", "1+"),
    ("1", "+"),
    ("2", "2+"),
    ("2+", "3+"),
    ("阴性", "阳性"),
    ("阴性", "弱阳性"),
    ("阴性", "未检出"),
    ("阴性", "正常"),
    ("阴性", "非反应性"),
    ("阳性", "2+"),
    ("阳性", "检出"),
    ("阳性", "弱阳性"),
    ("阳性", "强阳性"),
    ("反应性", "非反应性"),
    ("检出", "未检出"),
    ("±", "微量"),
    ("-", "--"),
    ("阳性", "可疑阳性"),
    ("Gram negative bacilli", "negative"),
    ("阴性", "革兰阴性杆菌"),
    ("阳性", "阴性，建议复查"),
    ("H", "high"),
    ("高", "↑"),
    ("A", "AB"),
    ("黄色", "淡黄色"),
    ("少许", "少量"),
    ("O型", "0型"),
    ("阳性", "1+"),
    ("阳性", "+"),
    ("阳性(+)", "阳性(1+)"),
    ("≥60", "≤60"),
    ("> OR = 60", ">60"),
    ("不超过40", "超过40"),
    ("不低于60", "低于60"),
    ("AB型", "A型"),
    ("A+", "A-"),
    ("A+", "A"),
    ("A+", "AB+"),
    ("A", "1+ (A)"),
    ("A Pos", "Positive A"),
    ("Rh阳性", "Rh阴性"),
    ("Rh阳性", "阳性"),
    ("O型 Rh阳性", "O型"),
    ("B+", "8+"),
    ("S", "R"),
    ("S", "5"),
    ("I", "1"),
    ("敏感", "不敏感"),
    ("S", "SDD"),
    ("I", "Susceptible, increased exposure"),
    ("敏感", "敏感(R)"),
    ("++/HP", "2+/LP"),
    ("++/HP", "+++/HP"),
    ("25(+1)", "25(2+)"),
    ("25(+)", "25"),
    ("25(+)", "25(±)"),
    ("上皮细胞++", "上皮细胞+"),
    ("上皮细胞++", "白细胞++"),
    ("Na+", "Na1+"),
    ("CD4+", "CD4 1+"),
    ("1+ A", "1+"),
    ("1+ A", "1+ H"),
    ("2.5×1.8cm", "1.8×2.5cm"),
    ("2.5×1.8cm", "2.5×1.8mm"),
    ("2.5×1.8cm", "25×18cm"),
    ("2.5×1.8cm", "2.51.8cm"),
    ("2.5cm×18mm", "2.5×18mm"),
    ("2×10^5", "2×105"),
    ("10x20", "1020"),
    ("肋下1.0cm", "肋下10cm"),
    ("肋下1.0cm", "肋下1.0mm"),
    ("v1.10", "v1.1"),
]
STATUS_SAME = [
    ("偏高", "High"),
    ("偏高", "H"),
    ("高", "↑"),
    ("升高", "HIGH"),
    ("偏低", "low"),
    ("低", "L"),
    ("↓", "降低"),
    ("↑↑", "HH"),
    ("H↑", "偏高"),
    ("正常", "Normal"),
    ("正常", "NORMAL"),
    ("异常", "Abnormal"),
    ("危急值", "Critical"),
    ("危急", "critical value"),
    ("阳性", "positive"),
    ("阳性", "+"),
    ("阳性", "(+)"),
    ("Final", "最终报告"),
    ("Canceled", "已取消"),
    ("Critical high", "HH"),
    ("阴性", "Negative"),
    ("阴性", "(-)"),
    ("弱阳性", "Weakly positive"),
    ("未检出", "not detected"),
    ("反应性", "Reactive"),
    ("临界", "Borderline"),
    ("Final", "FINAL"),
    ("已审核", "已审核。"),
    ("N/A", "无"),
]
STATUS_DIFFERENT = [
    ("偏高", "偏低"),
    ("↑", "↓"),
    ("H", "HH"),
    ("L", "LL"),
    ("H", "L"),
    ("H", "H↓"),
    ("偏高", "正常"),
    ("偏高", "异常"),
    ("偏高", "危急值"),
    ("偏高", "阳性"),
    ("正常", "异常"),
    ("正常", "阴性"),
    ("正常", "不正常"),
    ("N", "无"),
    ("阳性", "阴性"),
    ("阳性", "++"),
    ("反应性", "阳性"),
    ("Reactive", "Non-reactive"),
    ("检出", "未检出"),
    ("Final", "Preliminary"),
    ("已审核", "未审核"),
    ("Corrected", "Final"),
    ("阳性", "1+"),
    ("已取消", "最终"),
    ("危急高", "偏高"),
    ("5.6", "5.60"),
    ("1", "1+"),
    ("H", "5.6H"),
    ("Highest", "High"),
]

# What grades and marks both say, in all spellings.
STATUS_SAME += [
    ("N", "Normal"),
    ("N", "正常"),
    ("正常范围", "正常"),
    ("Within normal limits", "Normal"),
    ("A", "Abnormal"),
    ("*", "异常"),
]


@pytest.mark.parametrize(("a", "b"), RESULT_SAME)
def test_same_result(a: str, b: str) -> None:
    """Two spellings of one result have one form."""
    assert result_text(a) == result_text(b)


@pytest.mark.parametrize(("a", "b"), RESULT_DIFFERENT)
def test_different_result(a: str, b: str) -> None:
    """Another value, unit, bound or grade is another form, and a number is never a grade."""
    assert result_text(a) != result_text(b)


@pytest.mark.parametrize(("a", "b"), STATUS_SAME)
def test_same_status(a: str, b: str) -> None:
    """Two spellings of one status have one form."""
    assert status_text(a) == status_text(b)


@pytest.mark.parametrize(("a", "b"), STATUS_DIFFERENT)
def test_different_status(a: str, b: str) -> None:
    """Another grade or mark is another form, and a grade is never a mark."""
    assert status_text(a) != status_text(b)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("5.60", "\x00q:5.6"),
        ("+1", "\x00o:1+"),
        ("1+", "\x00o:1+"),
        ("-1", "\x00q:-1"),
        ("-", "\x00o:negative"),
        ("3-5", "\x00q:3~5"),
        ("阴性", "\x00o:negative"),
        ("H", "h"),
        ("1:80", "1:80"),
        ("", ""),
    ],
)
def test_numbers_come_before_grades(text: str, written: str) -> None:
    """A number is a number, but for +1 to +4, which are what test strips say."""
    assert result_text(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("正常", "\x00f:normal"),
        ("-", "\x00o:negative"),
        ("--", "\x00f:none"),
        ("偏高", "\x00f:high"),
        ("H", "\x00f:high"),
        ("5.60", "5.60"),
        (" \n", ""),
    ],
)
def test_grades_come_before_marks(text: str, written: str) -> None:
    """A dash, which is both a negative result and no mark, is the former; numbers stay texts."""
    assert status_text(text) == written


PARTS = st.sampled_from(
    [
        *"0123456789５.,，:：-−~+±<≤%/()（）*↑↓ HLNA",
        "阴性",
        "阳性",
        "偏高",
        "正常",
        "未检出",
        "mmol/L",
        "10^9",
        "\x00q:",
    ]
)
texts = st.text() | st.lists(PARTS, max_size=8).map("".join)
_quantity_text = quantity_form()
# What one of the comparators reads that a result is made of; the rest has rules and tables of its own.
known = st.sampled_from(
    [
        text
        for pair in (*RESULT_SAME, *STATUS_SAME)
        for text in pair
        if any(form(text).startswith("\x00") for form in (_quantity_text, ordinal_text, flag_text))
    ]
)


@examples(500)
@given(a=texts | known, b=texts | known)
def test_nothing_else_matches(a: str, b: str) -> None:
    """Results match as quantities or as grades, statuses as grades or as marks, and in no other way."""
    for form, first, second in (
        (result_text, _quantity_text, ordinal_text),
        (status_text, ordinal_text, flag_text),
    ):
        if form is result_text and re.search("[+＋]", a + b):
            continue  # test strips and grades inside a text have rules of their own
        if form(a) == form(b):
            assert first(a) == first(b) or second(a) == second(b)


# A word behind a number that names one thing of several, so that its zeros mean something.
NUMBERED = ["版", "节", " edition", " Release", "号", "期", "型", "级", " rev.", " beta"]


@pytest.mark.parametrize("word", NUMBERED)
def test_numbers_that_number_a_thing_keep_their_zeros(word: str) -> None:
    """Version 5.10 is neither version 5.1 nor 51, in any spelling of the word."""
    assert len({result_text(number + word) for number in ("5", "5.0", "5.1", "5.10", "5.100")}) == 5
    assert result_text(f"5.10{word.upper()}") == result_text(f"5.10 {word.strip().lower()}")


@pytest.mark.parametrize("word", ["次", "片", " tablets", " pcs", "mm", "人"])
def test_numbers_that_count_do_not(word: str) -> None:
    """Zeros behind a number of things say nothing."""
    assert result_text(f"5.0{word}") == result_text(f"5{word}")
