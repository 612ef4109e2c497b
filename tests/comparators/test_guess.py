"""Values by what they look like: equal where the spelling alone differs, apart where a guess is needed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Rule, Spec, score
from medvie_reward.comparators import FORMS
from medvie_reward.comparators.guess import guess_kind, guess_text
from medvie_reward.comparators.text import folded_text

KINDS = [
    ("5.6", "number"),
    ("5.60", "number"),
    ("-12", "number"),
    ("0", "number"),
    ("193", "number"),
    ("20240305", "number"),
    ("13812345678", "number"),
    ("2024", "number"),
    ("007", "text"),
    ("00.5", "text"),
    ("1E5", "text"),
    ("1.2e3", "text"),
    ("A007", "text"),
    ("No.0071", "text"),
    ("12345X", "quantity"),
    ("2024-03-05", "date"),
    ("2024/3/5", "date"),
    ("2024年3月5日", "date"),
    ("5 Mar 2024", "date"),
    ("二〇二四年三月五日", "text"),
    ("2024-03-05 08:30", "date"),
    ("2024年3月5日 8时30分", "date"),
    ("13/04/2024", "date"),
    ("03/04/2024", "date"),
    ("3/4/2024", "date"),
    ("2024-02-30", "text"),
    ("2024-03", "date"),
    ("2024/3", "text"),
    ("2024年12月", "date"),
    ("Mar 2024", "date"),
    ("03/04/24", "date"),
    ("3.4.24", "text"),
    ("10x20 cm", "size"),
    ("113/03/05", "text"),
    ("08:30", "time"),
    ("8:30", "time"),
    ("08:30:15", "time"),
    ("下午3:20", "time"),
    ("1:80", "text"),
    ("3.9-6.1", "range"),
    ("3.9～6.1", "range"),
    ("3.9至6.1", "range"),
    ("3.9-6.1 mmol/L", "range"),
    ("<5.2", "quantity"),
    ("≥60", "quantity"),
    ("5.6 mmol/L", "quantity"),
    ("5.6×10^9/L", "quantity"),
    ("45%", "quantity"),
    ("$1,234.50", "quantity"),
    ("12岁", "quantity"),
    ("120/80", "text"),
    ("120/80 mmHg", "quantity"),
    ("010-12345678", "text"),
    ("138-1234-5678", "text"),
    ("2+", "text"),
    ("++", "text"),
    ("阴性", "text"),
    ("H", "text"),
    ("↑", "text"),
    ("true", "text"),
    ("HbA1c", "text"),
    ("CA19-9", "text"),
    ("L2-L3椎间盘突出", "text"),
    ("Hello, 5 World", "text"),
    ("", "text"),
    ("\ud800", "text"),
    ("9" * 5_000 + "x", "text"),
]
SAME = [
    ("5 cal", "5.0 CAL"),
    ("5 Boxes", "5 boxes"),
    ("5.6", "5.60"),
    ("5", "5.0"),
    ("0", "0.00"),
    ("-0", "0"),
    ("193", "193.000"),
    ("1,234", "1234"),
    ("1,234.50", "1234.5"),
    ("５.６", "5.6"),
    ("1２3", "123"),
    (" 5.6 ", "5.6"),
    (".5", "0.5"),
    ("-5", "−5"),
    ("1E5", "1e5"),
    ("2024-03-05", "2024/3/5"),
    ("2024-03-05", "2024.03.05"),
    ("2024-03-05", "2024年3月5日"),
    ("2024-03-05", "２０２４年３月５日"),
    ("2024-03-05", "5 Mar 2024"),
    ("2024-03-05", "March 5, 2024"),
    ("13/04/2024", "2024-04-13"),
    ("04/04/2024", "2024-04-04"),
    ("2024-03-05 08:30", "2024年3月5日 8:30"),
    ("2024-03-05 08:30", "2024/03/05T08:30"),
    ("2024-03-05 08:30", "2024年3月5日8时30分"),
    ("08:30", "8:30"),
    ("15:20", "3:20 pm"),
    ("15:20", "下午3:20"),
    ("3.9-6.1", "3.90～6.10"),
    ("3.9-6.1", "3.9 - 6.1"),
    ("3.9-6.1", "3.9 to 6.1"),
    ("3.9-6.1", "3.9至6.1"),
    ("3.9-6.1", "（3.9—6.1）"),
    ("3.9-6.1 mmol/L", "3.9～6.1mmol/l"),
    ("<5.2", "＜5.20"),
    ("≥60", ">= 60"),
    ("5.6 mmol/L", "5.60mmol/l"),
    ("5.6 umol/L", "5.6μmol/L"),
    ("5.6×10^9/L", "5.6 ×10⁹/L"),
    ("45%", "45.0 ％"),
    ("$1,234.50", "$1234.5"),
    ("RM 31.00", "RM31"),
    ("12岁", "12 岁"),
    ("5.60 ↑", "5.6↑"),
    ("03/04/2024", "０３/０４/２０２４"),
    ("2024-03", "2024－03"),
    ("03/04/2024", "3-4-2024"),
    ("03/04/2024", "3.4.2024"),
    ("3/4/24", "03/04/24"),
    ("03/04/2024 8:30 AM", "3/4/2024 08:30"),
    ("2024-03", "2024年3月"),
    ("March 2024", "2024年03月"),
    ("12A", "12a"),
    ("12A", "12 A"),
    ("2.00X", "2,00x"),
    ("100 RM", "RM 100"),
    ("100 kr", "kr 100"),
    ("1,200V", "1200 v"),
    ("3XL", "3xl"),
    ("220V", "220v"),
    ("64GB", "64 gb"),
    ("11010119900307451X", "11010119900307451x"),
    ("1.234.567", "1234567"),
    ("10×20 cm", "10 x 20 cm"),
    ("2.5cm×1.80cm", "2.5*1.8 cm"),
    ("2 x 5", "2 × 5"),
    ("CAD 12.50", "12.5 CAD"),
    ("Positive", "POSITIVE"),
    ("阴性", "阴性。"),
    ("Ｈ", "h"),
    ("HbA1c", "HBA1C"),
    ("高血压，糖尿病", "高血压,糖尿病"),
]
DIFFERENT = [
    ("5.10版", "5.1版"),
    ("5.0 edition", "5 edition"),
    ("5 cal", "5 Cal"),
    ("5.0 Cal", "5.0 kcal"),
    ("03/04/2024", "4/3/2024"),
    ("03/04/2024", "2024-03-04"),
    ("03/04/24", "04/03/24"),
    ("03/04/24", "03/04/2024"),
    ("3.4.24", "03.04.24"),
    ("2024-03", "2024-3"),
    ("2024-03", "2024-03-01"),
    ("5g", "5G"),
    ("5 mg", "5 Mg"),
    ("5 mm", "5 Mm"),
    ("5M", "5m"),
    ("5S", "5s"),
    ("5MS", "5ms"),
    ("24h", "24H"),
    ("012A", "12A"),
    ("12A", "12B"),
    ("2B", "28"),
    ("10x20", "20x10"),
    ("10x20", "1020"),
    ("10x20 cm", "10x20 mm"),
    ("10x20x30", "10x20"),
    ("10 cm x 20", "10 x 20 cm"),
    ("5.6", "56"),
    ("5.6", "5.61"),
    ("5.6", "-5.6"),
    ("1,234", "1.234"),
    ("1 234", "1234"),
    ("12345678901234567", "12345678901234568"),
    ("007", "7"),
    ("007", "07"),
    ("00.5", "0.5"),
    ("1E5", "100000"),
    ("12E34", "12e35"),
    ("1.2e3", "1200"),
    ("0138", "138"),
    ("13812345678", "138-1234-5678"),
    ("010-12345678", "10-12345678"),
    ("110101199003074518", "11010119900307451X"),
    ("20240305", "2024-03-05"),
    ("2024-03-05", "2024-05-03"),
    ("2024-03-05", "2024-03"),
    ("2024-03-05", "2024-03-05 00:00"),
    ("2024-03-05 08:30", "2024-03-05 08:30:00"),
    ("03/04/2024", "2024-03-04"),
    ("03/04/2024", "2024-04-03"),
    ("03/04/24", "2024-04-03"),
    ("2024-03", "2024/3"),
    ("2024-03", "2024-03-01"),
    ("2024年", "2024"),
    ("2024-02-30", "2024-03-01"),
    ("08:30", "08:30:00"),
    ("08:30", "20:30"),
    ("8:30", "830"),
    ("1:80", "1:160"),
    ("1:8", "1:08"),
    ("3.9-6.1", "3.9-6.2"),
    ("3.9-6.1", "6.1-3.9"),
    ("3.9-6.1", "3.9-6.1 mmol/L"),
    ("3-5", "35"),
    ("<5.2", "≤5.2"),
    ("<5.2", "5.2"),
    ("<5.2", "0-5.2"),
    ("5.6 mmol/L", "5.6"),
    ("5.6 mmol/L", "5.6 μmol/L"),
    ("10 mg", "10 Mg"),
    ("1 g", "1000 mg"),
    ("45%", "45"),
    ("45%", "0.45"),
    ("5.6×10^9/L", "5.6×109/L"),
    ("$5", "€5"),
    ("5.6 ↑", "5.6"),
    ("5.6H", "5.6L"),
    ("120/80", "120-80"),
    ("1/2", "0.5"),
    ("½", "0.5"),
    ("10²", "102"),
    ("①", "1"),
    ("٥", "5"),
    ("五", "5"),
    ("II", "2"),
    ("O", "0"),
    ("2+", "2"),
    ("2+", "++"),
    ("+", "阳性"),
    ("H", "high"),
    ("H", "↑"),
    ("偏高", "高"),
    ("阴性", "negative"),
    ("阴性", "-"),
    ("阴性", "阳性"),
    ("未检出", "not detected"),
    ("男", "male"),
    ("是", "yes"),
    ("true", "1"),
    ("true", "yes"),
    ("无", "N/A"),
    ("Jan", "January"),
    ("CA19-9", "CA19-8"),
    ("高血压；糖尿病", "糖尿病；高血压"),
]

# Full width, codes and grades; found by trying, and put right since.
KINDS += [
    ("1,234", "number"),
    ("５.６", "number"),
    (" 5.6 ", "number"),
    ("００７", "text"),
    ("2024年3月", "date"),
    ("8：30", "time"),
    ("+1", "text"),
]
SAME += [
    (".05", "0.05"),
    ("<.05", "<0.05"),
    ("007", "００７"),
    ("100", "１00"),
    ("8:30", "8：30"),
]
DIFFERENT += [
    ("００７", "7"),
    ("１Ｅ５", "100000"),
    ("+1", "1"),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_kinds(text: str, kind: str) -> None:
    """What a text looks like, codes and what has two readings being texts."""
    assert guess_kind(text) == kind


@pytest.mark.parametrize(("a", "b"), SAME)
def test_same(a: str, b: str) -> None:
    """Two spellings of one value have one form."""
    assert guess_text(a) == guess_text(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different(a: str, b: str) -> None:
    """Another value, and a word that only means the same, have another form."""
    assert guess_text(a) != guess_text(b)


TAGS = {
    "number": "\x00n:", "quantity": "\x00n:", "range": "\x00r:", "date": "\x00d:", "time": "\x00t:",
    "size": "\x00z:",
}  # fmt: skip


@pytest.mark.parametrize(("a", "b"), [SAME[0], SAME[-1], DIFFERENT[0]])
def test_pairs_match_in_every_field_and_either_way(a: str, b: str) -> None:
    """The spec's comparator is this very function, whatever the field and whichever side is the gold."""
    spec = Spec(text="guess", rules=(Rule("z", "text"),))
    expected = int(guess_text(a) == guess_text(b))
    for name in ("x", "Result", "日期"):
        assert score({name: a}, {name: b}, spec).correct == expected
        assert score({name: b}, {name: a}, spec).correct == expected


def test_it_is_the_comparator_of_that_name() -> None:
    """``guess`` in a rule or a spec means this form."""
    assert FORMS["guess"] is guess_text


laws = examples(500)
PARTS = st.sampled_from(
    [
        *"0123456789０７²①½٣.,，。:：'’-−~～/ +±<≤≥=%‰$¥^*×xeEhHT\u00a0\u200b",
        *("2024", "03", "00", "10^9", "mmol/L", "mg", "to", "Mar", "(", "）", "[", "阴性"),
        *("至", "年", "月", "日", "时", "分", "下午"),
    ]
)
texts = st.text() | st.lists(PARTS, max_size=12).map("".join)


@laws
@given(text=texts)
def test_laws(text: str) -> None:
    """Empty where the text is blank and nowhere else; white space around it never matters; tags are kinds."""
    form, kind = guess_text(text), guess_kind(text)
    assert (form == "") == (text.strip() == "")
    assert guess_text(f" {text}\n") == form
    assert guess_text(text) == form
    assert form == folded_text(text) if kind == "text" else form.startswith(TAGS[kind])


@laws
@given(text=st.text(st.characters(exclude_characters="0123456789０１２３４５６７８９")))
def test_without_a_digit_it_is_text(text: str) -> None:
    """No word, mark or sign means more than its text: vocabularies are for fields that are known."""
    assert (guess_kind(text), guess_text(text)) == ("text", folded_text(text))


@laws
@given(
    a=st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6),
    b=st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-9, max_value=9),
)
def test_numbers_go_by_value(a: Decimal, b: Decimal) -> None:
    """Plain numbers match exactly where they are one value, however many zeros are printed."""
    for x, y in ((a, b), (b, b.normalize()), (a, a.quantize(Decimal("0.00001")))):
        assert (guess_text(f"{x:f}") == guess_text(f"{y:f}")) == (x == y)
    assert guess_kind(f"{a:f}") == "number"


@laws
@given(
    text=st.from_regex(r"0[0-9]{1,12}", fullmatch=True), other=st.from_regex(r"0?[0-9]{1,12}", fullmatch=True)
)
def test_leading_zeros_count(text: str, other: str) -> None:
    """A code matches itself alone."""
    assert (guess_text(text) == guess_text(other)) == (text == other)


@pytest.mark.parametrize(("written", "text"), [("\x00n:5", "5"), ("\x00d:2024-03-05", "2024-03-05")])
def test_no_text_imitates_a_form(written: str, text: str) -> None:
    """A text that looks like the form of another one is not it."""
    assert guess_text(text) == written != guess_text(written)
