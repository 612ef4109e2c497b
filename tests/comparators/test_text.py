"""Normal forms of text: what is equal, and what only looks so."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.comparators import FORMS
from medvie_reward.comparators.text import folded_marks, folded_text, normalized

SAME = [
    ("unicode", "阴性 (-)", " 阴性  (-)\n"),
    ("unicode", "é", "e\u0301"),
    ("unicode", "\u212b", "Å"),
    ("unicode", "a\u00a0b", "a b"),
    ("strip", "x", "\tx \u3000"),
    ("text", "Ca²⁺", "Ca2+"),
    ("text", "游离Mg²⁺", "游离Mg2+"),
    ("text", "Fe³⁺", "Fe^3+"),
    ("text", "Na⁺", "Na+"),
    ("text", "HCO₃⁻", "HCO3-"),
]
DIFFERENT = [
    ("unicode", "10²", "102"),
    ("unicode", "10⁹/L", "109/L"),
    ("unicode", "５.６", "5.6"),
    ("unicode", "≥5", ">5"),
    ("unicode", "5.6", "56"),
    ("unicode", "5.6", "5.60"),
    ("unicode", "Na", "NA"),
    ("unicode", "未见异常", "未见 异常"),
    ("strip", "a  b", "a b"),
    ("text", "Ca²⁺", "Ca+"),
    ("text", "Ca²⁺", "Ca2-"),
    ("text", "Fe²⁺", "Fe³⁺"),
    ("text", "10²⁺", "102+"),
    ("text", "x²", "x2"),
    ("text", "x^2", "x2"),
    ("text", "m²+", "m2+"),
    ("text", "x^2-y", "x2-y"),
    ("text", "e⁻³", "e-3"),
    ("text", "e^-3", "e-3"),
    ("strip", "é", "e\u0301"),
]

FOLDED_SAME = [
    ("Glucose", "GLUCOSE"),
    ("未见异常", "未见 异常"),
    ("未见异常", "未见\n异常"),
    ("检查 ：正常", "检查:正常"),
    ("检查：正常", "检查: 正常"),
    ("阴性（-）", "阴性 (-)"),
    ("阴性（－）", "阴性(−)"),
    ("【备注】空腹", "[备注] 空腹"),
    ("“空腹”", '"空腹"'),
    ("「空腹」", '"空腹"'),
    ("patient’s", "patient's"),
    ("红细胞、白细胞", "红细胞，白细胞"),
    ("红细胞，白细胞", "红细胞, 白细胞"),
    ("发热；咳嗽", "发热; 咳嗽"),
    ("ＷＢＣ", "wbc"),
    ("５.６", "5.6"),
    ("10⁹/L", "10^9/L"),
    ("10²", "10^2"),
    ("10⁻³", "10^-3"),
    ("H₂O", "H2O"),
    ("PaO₂", "PaO2"),
    ("HbA₁c", "HbA1c"),
    ("维生素B₁₂", "维生素B12"),
    ("Ca(OH)₂", "Ca(OH)2"),
    ("CD4⁺", "CD4+"),
    ("β－HCG", "β-hCG"),
    ("B—型", "B-型"),
    ("3〜5", "3～5"),
    ("3~5", "3∼5"),
    ("soft\u00adhyphen", "softhyphen"),
    ("\ufeff阴性", "阴性"),
    ("阴\u200b性", "阴性"),
    ("\u200e12\u200f", "12"),
    ("ﬁbrosis", "fibrosis"),
    ("ﾍﾓｸﾞﾛﾋﾞﾝ", "ヘモグロビン"),
    ("5㎎", "5mg"),
    ("50㎡", "50m²"),
    ("3㎜", "3mm"),
    ("5 µg", "5 μg"),
    ("\u212b", "Å"),
    ("300 \u212a", "300 K"),
    ("36.5℃", "36.5°C"),
    ("36.5 ℃", "36.5℃"),
    ("CT 检查", "CT检查"),
    ("12 岁", "12岁"),
    ("5 %", "5%"),
    (">= 5", "≥5"),
    ("≦5", "<=5"),
    ("＜ 0.5", "<0.5"),
    ("3 - 5", "3-5"),
    ("Dr. Smith", "DR.SMITH"),
    ("Smith , John", "Smith,John"),
    ("Ⅱ型糖尿病", "II型糖尿病"),
    ("½片", "1/2片"),
    ("1½", "1 1/2"),
    ("阴性。", "阴性"),
    ("未见明显异常.", "未见明显异常"),
    ("No growth after 5 days.", "No growth after 5 days"),
    ("5.6 ↑", "5.6↑"),
    ("10:30", "10∶30"),
    ("⼼电图", "心电图"),
    ("a\tb\n c", "A B C"),
    ("wait…", "wait..."),
    ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
    ("STRASSE", "Straße"),
    ("e\u0301cole", "École"),
    ("№5", "No. 5"),
    ("〈0.5", "<0.5"),
    ("SO₄²⁻", "SO4^2-"),
    ("肝、胆、胰、脾未见异常。", "肝，胆，胰，脾未见异常"),
    ("WBC：5.6×10⁹/L", "WBC: 5.6×10^9/L"),
    ("左肺 下叶", "左肺下叶"),
    ("CT平扫+增强", "CT平扫 + 增强"),
    ("“阳性”", '"阳性"'),
    ("Anti-HCV", "anti–HCV"),
    ("α-地中海贫血", "Α-地中海贫血"),
    ("Ｔ４", "T4"),
    ("HBsAg(+)", "HBsAg （＋）"),
    ("Crohn’s disease", "Crohn's Disease"),
    ("5～6个", "5~6个"),
    ("维生素B₁₂缺乏", "维生素B12缺乏"),
    ("正常 。", "正常"),
    ("Ⅲ度", "III度"),
    ("抗 Ro-52", "抗Ro-52"),
    ("α1-球蛋白", "α1–球蛋白"),
    ("γ‐GT", "γ-GT"),
    ("25-(OH)D₃", "25-(OH)D3"),
    ("CO₂CP", "CO2CP"),
    ("≥3 mm", "≥ 3 mm"),
]
FOLDED_DIFFERENT = [
    ("10²", "102"),
    ("10⁹/L", "109/L"),
    ("10²³", "10²3"),
    ("1₂", "12"),
    ("10₂3", "1023"),
    ("①", "1"),
    ("①5", "15"),
    ("1½", "11/2"),
    ("½1", "1/21"),
    ("½", "1"),
    ("≥5", ">5"),
    ("≤5", "<5"),
    ("≥5", "5"),
    ("±", "+"),
    ("±", "+-"),
    ("5×3", "5 3"),
    ("5×3", "53"),
    ("1 2", "12"),
    ("ab c", "a bc"),
    ("no growth", "nogrowth"),
    ("5.6", "56"),
    ("5.6", "5.60"),
    ("5. 6", "5.6"),
    ("5 .6", "5.6"),
    ("1, 234", "1,234"),
    ("1 , 234", "1,234"),
    ("3 -5", "3-5"),
    ("5.", "5"),
    ("5。", "5"),
    ("5.6.", "5.6"),
    ("no.", "no"),
    ("wait...", "wait.."),
    ("阴性", "阳性"),
    ("未见异常", "可见异常"),
    ("阴性(-)", "阴性(+)"),
    ("阴性(-)", "阴性"),
    ("++", "+"),
    ("--", "-"),
    ("左肺", "右肺"),
    ("C-反应蛋白", "C反应蛋白"),
    ("一", "-"),
    ("ー", "-"),
    ("O", "0"),
    ("l", "1"),
    ("1O", "10"),
    ("Ⅱ", "Ⅲ"),
    ("Ⅱ", "11"),
    ("°", "0"),
    ("5′", "5″"),
    ("《说明》", "<说明>"),
    ("a,b", "a.b"),
    ("a;b", "a:b"),
    ("a/b", "a|b"),
    ("x²", "x2"),
    ("ß", "β"),
    ("μg", "mg"),
    ("١", "1"),
    ("m²", "m³"),
    ("↑", "↓"),
    ("5.6 ↑", "5.6"),
    ("5.6*", "5.6"),
    ("-5", "5"),
    ("+5", "5"),
    ("45%", "45"),
    ("未见异常", "未见异常?"),
    ("null", "none"),
    ("\u200b", "x"),
    ("血糖 5.6", "血糖 56"),
    ("左侧", "右侧"),
    ("未见", "可见"),
    ("10^9", "109"),
    ("CD4+", "CD4-"),
    ("HBsAg(+)", "HBsAg(-)"),
    ("HBsAg(+)", "HBsAg(±)"),
    ("1.5cm", "15cm"),
    ("1.5 cm", "1, 5 cm"),
    ("3×4cm", "34cm"),
    ("3-4级", "34级"),
    ("T1", "T2"),
    ("Ⅰ级", "Ⅱ级"),
    ("2022-01-01", "20220101"),
    ("A、B", "AB"),
    ("①②", "12"),
    ("p53", "p 53"),
    ("2 3", "23"),
    ("½", "12"),
    ("x10", "×10"),
    ("B₁", "B₂"),
]

ODD = "1２²₂½①.,。，、-−–+/ \u00a0\u200b\ufeff\x00aÅßﬁ㎎阴性：（^*×\u0345İΐ"
ANY = st.text() | st.text(st.sampled_from(ODD)) | st.text(st.characters())
# Every plane that has characters with a mapping of their own.
CODES = [*range(0x33480), *range(0xE0000, 0xE01F0)]
LONG = ["x" * 100_000, " a" * 50_000, "¹" * 100_000]


# Marks of five classes, two that are made of others, two that are letters until their width is folded;
# letters that bear some, and signs that bear none.
MARKS = "\u0301\u0327\u0323\u0345\u0344\u0f73\u0334\uff9e\uff9f"
LETTERS = "aé\u01ed\u1100─，\u212b\uff76\u304b\u00a8"


@examples(100)
@given(
    crowds=st.lists(
        st.text(MARKS, min_size=20, max_size=200).map(lambda marks: marks * 2)
        | st.text(LETTERS, min_size=1, max_size=8),
        min_size=3,
        max_size=12,
    ),
    form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
)
def test_normal_forms_are_those_of_unicode(
    crowds: list[str], form: Literal["NFC", "NFD", "NFKC", "NFKD"]
) -> None:
    """Putting crowds of marks in order beforehand changes no normal form."""
    text = "".join(crowds)
    assert unicodedata.normalize(form, text) == normalized(form, text)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_every_mark_is_ordered(form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    """No mark of Unicode is left out of a crowd, alone or behind a mark of a high and of a low class."""
    for code in CODES:
        sign = chr(code)
        if unicodedata.combining(sign) or unicodedata.combining(unicodedata.normalize(form, sign)[0]):
            text = "a" + "\u0345\u0334" * 20 + sign * 240 + "\u0334" + sign
            assert unicodedata.normalize(form, text) == normalized(form, text), hex(code)


@pytest.mark.parametrize("marks", ["\u0301\u0327", "\u0344\u0323", "\u0f73"])
def test_crowds_of_marks(marks: str) -> None:
    """A hundred thousand marks on one letter, which take `unicodedata` alone a minute, have a form."""
    text = "e" + marks * (100_000 // len(marks))
    apart = "".join(unicodedata.normalize("NFD", mark) for mark in text[1:])
    turned = "e" + "".join(sorted(apart, key=unicodedata.combining))
    for name in ("unicode", "text", "guess"):
        assert FORMS[name](text) == FORMS[name](turned) != ""


@pytest.mark.parametrize(("form", "a", "b"), SAME)
def test_same(form: str, a: str, b: str) -> None:
    """Two spellings of one text have one form."""
    assert FORMS[form](a) == FORMS[form](b)


@pytest.mark.parametrize(("form", "a", "b"), DIFFERENT)
def test_different(form: str, a: str, b: str) -> None:
    """What means something else stays apart."""
    assert FORMS[form](a) != FORMS[form](b)


@pytest.mark.parametrize(("a", "b"), FOLDED_SAME)
def test_folded_same(a: str, b: str) -> None:
    """Two spellings of one text fold to one form."""
    assert folded_text(a) == folded_text(b)


@pytest.mark.parametrize(("a", "b"), FOLDED_DIFFERENT)
def test_folded_different(a: str, b: str) -> None:
    """Folding never makes two meanings one."""
    assert folded_text(a) != folded_text(b)


@examples(500)
@given(text=ANY)
def test_folded_laws(text: str) -> None:
    """The form is empty where the text is, folding again changes nothing, and no form starts with a tag."""
    form = folded_text(text)
    assert (form == "") == (text.strip() == "")
    assert folded_text(form) == form
    assert not form.startswith("\x00")
    assert folded_text(folded_marks(text)) == form


def test_every_character_folds_once() -> None:
    """The laws hold for each character there is, alone and between two letters."""
    for code in CODES:
        for text in (chr(code), f"a{chr(code)}b"):
            form = folded_text(text)
            assert (form == "") == (text.strip() == "")
            assert folded_text(form) == form


def test_figures_are_never_joined() -> None:
    """Two figures with anything between them that is no figure, and that prints, are no number."""
    nothing = folded_text("\u200b")
    for char in map(chr, CODES):
        if not char.isdecimal() and folded_text(char) != nothing:
            assert not folded_text(f"1{char}2").isdecimal()


@pytest.mark.parametrize("text", ["\ud800", "a\ud800 b", "\x00", "\x00n:5", *LONG])
def test_folds_anything(text: str) -> None:
    """Odd and long texts fold to something that is not empty."""
    assert folded_text(text)


def test_only_dropped_characters() -> None:
    """Texts that print nothing, but are not white space, equal each other and nothing else."""
    assert folded_text("\u200b") == folded_text("\ufeff\u00ad ") == folded_text("\x00")
    assert folded_text("\u200b") not in ("", " ", "\x00")


@pytest.mark.parametrize("text", ["Ａ" * 300, " a" * 200, "中文 " * 100 + "x.", "\u200b" * 251])
def test_long_texts_are_folded_once(text: str) -> None:
    """What is kept of a long text that was folded is what folding gives, and only the last are kept."""
    fresh = folded_text(text)
    for other in ("b " * 200, "ｃ" * 300, "D" * 251 + " e"):
        folded_text(other)
        folded_marks(other)
    assert folded_text(text) == fresh == folded_text(folded_text(text))
    assert folded_marks(text).lower() == fresh
