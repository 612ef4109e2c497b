"""Closed vocabularies: which spellings say the same, and which only look so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.comparators.text import folded_text
from medvie_reward.comparators.words import boolean_text, enum_form, flag_text, ordinal_text, sex_text
from medvie_reward.errors import SpecError

FORMS: dict[str, Callable[[str], str]] = {
    "flag": flag_text,
    "ordinal": ordinal_text,
    "sex": sex_text,
    "boolean": boolean_text,
}

SAME = [
    # Marks of a lab row: one grade each.
    ("flag", "↑", "H"),
    ("flag", "↑", "h"),
    ("flag", "↑", "High"),
    ("flag", "H", "HIGH"),
    ("flag", "↑", "偏高"),
    ("flag", "高", "H"),
    ("flag", "升高", "elevated"),
    ("flag", "⬆", "↑"),
    ("flag", "⬆\ufe0f", "↑"),
    ("flag", "(↑)", "↑"),
    ("flag", "（↑）", "↑"),
    ("flag", "[H]", "H"),
    ("flag", "【H】", "H"),
    ("flag", "H↑", "↑"),
    ("flag", "↑H", "H"),
    ("flag", "↑ 偏高", "H"),
    ("flag", "H (偏高)", "High"),
    ("flag", "Ｈ", "H"),
    ("flag", " H ", "H"),
    ("flag", "增高", "above normal"),
    ("flag", "↑↑", "HH"),
    ("flag", "↑ ↑", "↑↑"),
    ("flag", "⬆⬆", "HH"),
    ("flag", "HH ↑↑", "↑↑"),
    ("flag", "Critical high", "HH"),
    ("flag", "Above upper panic limits", "HH"),
    ("flag", "危急高", "↑↑"),
    ("flag", "Above high normal", "H"),
    ("flag", "高于参考值", "H"),
    ("flag", "very high", "极高"),
    ("flag", "AA", "Critical abnormal"),
    ("flag", "阳性", "(+)"),
    ("flag", "POS", "阳性(+)"),
    ("flag", "Neg", "(-)"),
    ("flag", "2+", "++"),
    ("flag", "↓", "L"),
    ("flag", "↓", "low"),
    ("flag", "偏低", "L"),
    ("flag", "低", "降低"),
    ("flag", "减低", "↓"),
    ("flag", "L↓", "↓"),
    ("flag", "(L)", "⬇"),
    ("flag", "↓↓", "LL"),
    ("flag", "Critical low", "LL"),
    ("flag", "below lower panic limits", "↓↓"),
    ("flag", "Below low normal", "L"),
    ("flag", "very low", "极低"),
    ("flag", "N", "正常"),
    ("flag", "Normal", "within normal limits"),
    ("flag", "WNL", "正常"),
    ("flag", "正常(N)", "N"),
    ("flag", "-", "—"),
    ("flag", "--", "-"),
    ("flag", "——", "无"),
    ("flag", "/", "-"),
    ("flag", "none", "无"),
    ("flag", "N/A", "n/a"),
    ("flag", "N/A", "/"),
    ("flag", "*", "异常"),
    ("flag", "A", "abnormal"),
    ("flag", "＊", "*"),
    ("flag", "異常", "异常"),
    ("flag", "危急", "critical"),
    ("flag", "危急值", "Critical value"),
    ("flag", "危急值", "危急"),
    ("flag", "3级", " 3级"),
    # Qualitative results.
    ("ordinal", "阴性", "阴性(-)"),
    ("ordinal", "阴性", "阴性（－）"),
    ("ordinal", "阴性", "阴性（—）"),
    ("ordinal", "阴性", "negative"),
    ("ordinal", "Neg", "NEG."),
    ("ordinal", "阴性", "Neg"),
    ("ordinal", "(-)", "(−)"),
    ("ordinal", "(-)", "-"),
    ("ordinal", "阴性", "(-)"),
    ("ordinal", "阴", "阴性"),
    ("ordinal", "陰性", "阴性"),
    ("ordinal", "阴 性", "阴性"),
    ("ordinal", "Negative (-)", "阴性"),
    ("ordinal", "Negative(阴性)", "阴性"),
    ("ordinal", "阴性 -", "阴性(-)"),
    ("ordinal", "[-]", "-"),
    ("ordinal", "弱阳性", "弱阳性(±)"),
    ("ordinal", "弱阳性", "±"),
    ("ordinal", "±", "+/-"),
    ("ordinal", "±", "(+-)"),
    ("ordinal", "（±）", "+-"),
    ("ordinal", "弱阳性", "weakly positive"),
    ("ordinal", "Weak Positive", "弱阳"),
    ("ordinal", "阳性", "阳性(+)"),
    ("ordinal", "阳性", "positive"),
    ("ordinal", "POS", "Positive"),
    ("ordinal", "阳性", "阳性+"),
    ("ordinal", "Positive", "阳性(+)"),
    ("ordinal", "阳性", "(+)"),
    ("ordinal", "阳性（＋）", "(+)"),
    ("ordinal", "(1+)", "+"),
    ("ordinal", "陽性", "阳性"),
    ("ordinal", "+", "1+"),
    ("ordinal", "+1", "1+"),
    ("ordinal", "阳性(1+)", "+"),
    ("ordinal", "2+", "++"),
    ("ordinal", "2+", "(++)"),
    ("ordinal", "2+", "阳性(2+)"),
    ("ordinal", "阳性(++)", "2+"),
    ("ordinal", "阳性++", "++"),
    ("ordinal", "Positive 2+", "2+"),
    ("ordinal", "++(2+)", "2+"),
    ("ordinal", "2 +", "2+"),
    ("ordinal", "3+", "+++"),
    ("ordinal", "阳性（+++）", "3+"),
    ("ordinal", "＋＋＋", "+++"),
    ("ordinal", "4+", "++++"),
    ("ordinal", "强阳性", "strongly positive"),
    ("ordinal", "強陽性", "强阳性"),
    ("ordinal", "微量", "trace"),
    ("ordinal", "Tr", "Trace"),
    ("ordinal", "未检出", "not detected"),
    ("ordinal", "未检出", "ND"),
    ("ordinal", "N.D.", "ND"),
    ("ordinal", "未检测到", "未检出"),
    ("ordinal", "Not Detected", "Not-detected"),
    ("ordinal", "检出", "Detected"),
    ("ordinal", "反应性", "Reactive"),
    ("ordinal", "有反应性", "reactive"),
    ("ordinal", "非反应性", "Non-Reactive"),
    ("ordinal", "nonreactive", "non reactive"),
    ("ordinal", "无反应性", "非反应性"),
    ("ordinal", "正常", "Normal"),
    ("ordinal", "未见", "none seen"),
    ("ordinal", "未查见", "未见"),
    ("ordinal", "可疑", "equivocal"),
    ("ordinal", "灰区", "grey zone"),
    ("ordinal", "gray zone", "grey-zone"),
    ("ordinal", "不确定", "indeterminate"),
    ("ordinal", "黄色", "黄色 "),
    # Sex.
    ("sex", "男", "男性"),
    ("sex", "男", "M"),
    ("sex", "m", "Male"),
    ("sex", "男", "male"),
    ("sex", "男士", "男"),
    ("sex", "男(M)", "M"),
    ("sex", "Male (男)", "男"),
    ("sex", "Ｍ", "男"),
    ("sex", "♂", "男"),
    ("sex", "女", "F"),
    ("sex", "女", "female"),
    ("sex", "女性", "Female"),
    ("sex", "FEMALE", "f"),
    ("sex", "女 / F", "女"),
    ("sex", "未知", "unknown"),
    ("sex", "U", "不详"),
    ("sex", "其他", "other"),
    # Yes and no.
    ("boolean", "true", "True"),
    ("boolean", "true", "是"),
    ("boolean", "yes", "Y"),
    ("boolean", "1", "true"),
    ("boolean", "0", "False"),
    ("boolean", "１", "是"),
    ("boolean", "√", "✓"),
    ("boolean", "✔", "yes"),
    ("boolean", "是(Yes)", "是"),
    ("boolean", "false", "FALSE"),
    ("boolean", "false", "否"),
    ("boolean", "No", "N"),
    ("boolean", "×", "✗"),
    ("boolean", "无", "無"),
    ("boolean", "有", "有 "),
    ("flag", "高值", "H"),
    ("flag", "低值", "偏低"),
    ("sex", "woman", "女"),
    ("sex", "Man", "M"),
]

DIFFERENT = [
    ("flag", "高值", "低值"),
    ("flag", "高值", "危急高值"),
    ("sex", "woman", "man"),
    ("flag", "↑", "↓"),
    ("flag", "↑", "↑↑"),
    ("flag", "H", "L"),
    ("flag", "H", "HH"),
    ("flag", "↓", "↓↓"),
    ("flag", "L", "LL"),
    ("flag", "HH", "LL"),
    ("flag", "↑↑", "↑↑↑"),
    ("flag", "高", "低"),
    ("flag", "偏高", "偏低"),
    ("flag", "升高", "降低"),
    ("flag", "H", "N"),
    ("flag", "正常", "异常"),
    ("flag", "normal", "abnormal"),
    ("flag", "A", "H"),
    ("flag", "*", "↑"),
    ("flag", "*", "-"),
    ("flag", "*", "**"),
    ("flag", "N", "-"),
    ("flag", "正常", "无"),
    ("flag", "N", "N/A"),
    ("flag", "-", "↓"),
    ("flag", "/", "L"),
    ("flag", "HL", "H"),
    ("flag", "H/L", "H"),
    ("flag", "H↓", "H"),
    ("flag", "↑↓", "↑"),
    ("flag", "HH↑", "H"),
    ("flag", "HH↑", "HH"),
    ("flag", "H*", "H"),
    ("flag", "危急", "H"),
    ("flag", "危急", "异常"),
    ("flag", "critical high", "critical"),
    ("flag", "critical high", "critical low"),
    ("flag", "critical high", "very high"),
    ("flag", "HH", "very high"),
    ("flag", "HH", "AA"),
    ("flag", "H", "Above upper panic limits"),
    ("flag", "critical high", "H"),
    ("flag", "阳性", "阴性"),
    ("flag", "阳性", "H"),
    ("flag", "阳性", "1+"),
    ("flag", "(-)", "-"),
    ("flag", "(+)", "++"),
    ("flag", "Abnormal", "Above high normal"),
    ("flag", "S", "R"),
    ("flag", "▲", "▼"),
    ("flag", "→", "↑"),
    ("flag", "1", "I"),
    ("flag", "5.6↑", "↑"),
    ("flag", "个", "↑"),
    ("flag", "不高", "高"),
    ("ordinal", "阴性", "阳性"),
    ("ordinal", "negative", "positive"),
    ("ordinal", "-", "+"),
    ("ordinal", "(-)", "(+)"),
    ("ordinal", "阴性(-)", "阳性(+)"),
    ("ordinal", "阴性(+)", "阴性"),
    ("ordinal", "阴性(+)", "+"),
    ("ordinal", "阳性(-)", "-"),
    ("ordinal", "±", "+"),
    ("ordinal", "±", "-"),
    ("ordinal", "弱阳性", "阳性"),
    ("ordinal", "弱阳性", "阴性"),
    ("ordinal", "+/-", "+"),
    ("ordinal", "weakly positive", "positive"),
    ("ordinal", "强阳性", "阳性"),
    ("ordinal", "强阳性", "弱阳性"),
    ("ordinal", "强阳性", "+++"),
    ("ordinal", "阳性", "++"),
    ("ordinal", "阳性", "1+"),
    ("ordinal", "阳性(+)", "阳性(1+)"),
    ("ordinal", "Positive", "+"),
    ("ordinal", "阳性(+)", "弱阳性(+)"),
    ("ordinal", "+", "++"),
    ("ordinal", "++", "+++"),
    ("ordinal", "+++", "++++"),
    ("ordinal", "4+", "5+"),
    ("ordinal", "1+", "2+"),
    ("ordinal", "2+", "3+"),
    ("ordinal", "2+", "2"),
    ("ordinal", "2+", "2-"),
    ("ordinal", "2+", "+++"),
    ("ordinal", "阳性(2+)", "阳性(3+)"),
    ("ordinal", "阳性(++)", "阳性"),
    ("ordinal", "微量", "±"),
    ("ordinal", "trace", "negative"),
    ("ordinal", "trace", "1+"),
    ("ordinal", "未检出", "检出"),
    ("ordinal", "not detected", "detected"),
    ("ordinal", "未检出", "阴性"),
    ("ordinal", "ND", "negative"),
    ("ordinal", "ND", "NR"),
    ("ordinal", "non-reactive", "reactive"),
    ("ordinal", "非反应性", "反应性"),
    ("ordinal", "非反应性", "阴性"),
    ("ordinal", "reactive", "positive"),
    ("ordinal", "正常", "阴性"),
    ("ordinal", "正常", "异常"),
    ("ordinal", "未见", "0"),
    ("ordinal", "未见", "未检出"),
    ("ordinal", "未见", "可见"),
    ("ordinal", "可疑", "±"),
    ("ordinal", "可疑", "阳性"),
    ("ordinal", "灰区", "indeterminate"),
    ("ordinal", "equivocal", "indeterminate"),
    ("ordinal", "-", "--"),
    ("ordinal", "1", "1+"),
    ("ordinal", "-1", "1+"),
    ("ordinal", "1:80", "1:160"),
    ("ordinal", "黄色", "淡黄色"),
    ("ordinal", "A+", "+"),
    ("ordinal", "阴", "阳"),
    ("ordinal", "非阴性", "阴性"),
    ("sex", "男", "女"),
    ("sex", "M", "F"),
    ("sex", "male", "female"),
    ("sex", "Male", "Man?"),
    ("sex", "男/女", "男"),
    ("sex", "M/F", "F"),
    ("sex", "未知", "其他"),
    ("sex", "U", "M"),
    ("sex", "1", "男"),
    ("sex", "O", "other"),
    ("sex", "0", "未知"),
    ("sex", "□男 ☑女", "女"),
    ("boolean", "true", "false"),
    ("boolean", "是", "否"),
    ("boolean", "yes", "no"),
    ("boolean", "√", "×"),
    ("boolean", "1", "0"),
    ("boolean", "1", "false"),
    ("boolean", "10", "1"),
    ("boolean", "01", "1"),
    ("boolean", "有", "无"),
    ("boolean", "有", "是"),
    ("boolean", "无", "否"),
    ("boolean", "不是", "是"),
    ("boolean", "是/否", "是"),
    ("boolean", "N", "N/A"),
]

SPELLED = [("high", ["↑", "H", "偏高"]), ("low", ["↓", "L"]), ("房颤", ["心房颤动", "AF"])]


@pytest.mark.parametrize(("name", "a", "b"), SAME)
def test_same(name: str, a: str, b: str) -> None:
    """Two spellings of one word have one form."""
    assert FORMS[name](a) == FORMS[name](b)


@pytest.mark.parametrize(("name", "a", "b"), DIFFERENT)
def test_different(name: str, a: str, b: str) -> None:
    """Words that say something else stay apart."""
    assert FORMS[name](a) != FORMS[name](b)


# One word of each grade.
GRADES = {
    "flag": "↑|↑↑|极高|↓|↓↓|极低|正常|无|异常|危急|阳性|阴性|2+",
    "ordinal": "阴性|弱阳性|阳性|1+|2+|3+|4+|强阳性|微量|未检出|检出|反应性|弱反应性|非反应性|正常|异常|未见"
    "|未找到|可疑|灰区|不确定|临界",
    "sex": "男|女|未知|其他",
    "boolean": "是|否|有|无",
}
ODD = st.text() | st.lists(
    st.sampled_from([*"↑↓HLNa*-/+±() （）123阴阳性弱男女是否未检出无.", "neg", "non", "pos"]), max_size=8
).map("".join)


@pytest.mark.parametrize("name", FORMS)
def test_grades(name: str) -> None:
    """Every grade has a form of its own, which is no text."""
    words = GRADES[name].split("|")
    forms = {FORMS[name](word) for word in words}
    assert len(words) == len(forms)
    assert {"\x00"} == {form[0] for form in forms}


@pytest.mark.parametrize("name", FORMS)
@given(text=ODD)
def test_laws(name: str, text: str) -> None:
    """No text raises, only a blank one is empty, and texts that fold alike say the same."""
    form = FORMS[name]
    assert (form(text) == "") == (text.strip() == "")
    for other in (text.upper(), text.title(), f" {text}\n", folded_text(text)):
        if folded_text(other) == folded_text(text):
            assert form(other) == form(text)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    "text", ["+" * 100_000, "(" * 100_000, "阴性" * 50_000, "a-" * 50_000, "\ud800", "\x00", "²+"]
)
def test_hostile(name: str, text: str) -> None:
    """What is no word of the vocabulary has the form of its text."""
    assert folded_text(text) == FORMS[name](text)


@pytest.mark.parametrize("word", ["阴性", "阳性", "positive", "neg", "未检出", "trace"])
@pytest.mark.parametrize("sign", ["-", "+", "±", "++", "3+"])
def test_word_and_sign(word: str, sign: str) -> None:
    """A sign beside a word is read only where it does not contradict the word."""
    agrees = (word in ("阴性", "neg") and sign == "-") or (word in ("阳性", "positive") and sign[-1] == "+")
    # A mere plus beside "positive" only says it again.
    said = word if sign == "+" else sign
    expected = ordinal_text(said) if agrees else folded_text(f"{word}({sign})")
    assert expected == ordinal_text(f"{word}({sign})")


@pytest.mark.parametrize("synonyms", [SPELLED, tuple((a, tuple(b)) for a, b in SPELLED), dict(SPELLED)])
def test_enum(synonyms: Any) -> None:
    """The spellings of one name are one, in a mapping or in pairs; anything else is its text."""
    form = enum_form(synonyms)
    for name, spellings in SPELLED:
        for spelling in spellings:
            assert form(name) == form(spelling) == form(f" {spelling.lower()} ")
    assert len({form(name) for name, _ in SPELLED}) == len(SPELLED)
    assert form("高血压") == "高血压"
    assert form("Ｈ") == form("high")
    assert form(" \t") == ""


@given(text=st.text())
def test_enum_without_names(text: str) -> None:
    """Without names every text is its folded text."""
    assert folded_text(text) == enum_form({})(text)


@pytest.mark.parametrize(
    ("synonyms", "expected"),
    [
        ({"a": ["x"], "b": ["Ｘ"]}, "expected 'Ｘ' under one name, got it under 'a' and 'b'"),
        ({"a": ["b"], "b": []}, "expected 'b' under one name, got it under 'a' and 'b'"),
        ([("a", ["x"]), ("A", ["y"])], "expected 'A' under one name, got it under 'a' and 'A'"),
        ({"a": [" "]}, "synonyms of 'a': expected spellings that are not blank, got ' '"),
        ({"": ["x"]}, "synonyms of '': expected spellings that are not blank, got ''"),
        ({"a": "x"}, "synonyms of 'a': expected a list of strings, got 'x'"),
        ({"a": [1]}, "synonyms of 'a': expected a list of strings"),
        ({"a": None}, "synonyms of 'a': expected a list of strings, got None"),
        ({1: ["x"]}, "expected a name and a list of its spellings"),
        (["ab"], "expected a name and a list of its spellings, got 'ab'"),
        ([("a",)], "expected a name and a list of its spellings"),
        ("ab", "expected names with lists of spellings, got 'ab'"),
        (None, "expected names with lists of spellings, got None"),
    ],
)
def test_bad_enum(synonyms: Any, expected: str) -> None:
    """Synonyms that cannot be used say what was expected."""
    with pytest.raises(SpecError, match=re.escape(expected)):
        enum_form(synonyms)
