"""Numbers: equal values, and figures that only look alike."""

from __future__ import annotations

from decimal import Decimal

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.comparators.number import is_plain, number_form, read_number
from medvie_reward.errors import SpecError

SAME = [
    ("5.6", "5.60"),
    ("5", "5.0"),
    ("5", "5."),
    (".5", "0.5"),
    ("007", "7"),
    ("0", "0.00"),
    ("-0", "0"),
    ("+5", "5"),
    ("＋5", "5"),
    ("-5", "−5"),
    ("-5", "－5"),
    ("-5", "–5"),
    ("- 5", "-5"),
    ("５.６", "5.6"),
    ("５．６", "5.6"),
    ("５６", "56"),
    (" 5.6 ", "5.6"),
    ("\u200b5.6", "5.6"),
    ("1,234", "1234"),
    ("1,234,567.8", "1234567.8"),
    ("1，234", "1234"),
    ("１，２３４", "1234"),
    ("1\u00a0234\u00a0567", "1234567"),
    ("1\u2009234\u2009567", "1,234,567"),
    ("1\u202f234,5", "1234.5"),
    ("1'234", "1234"),
    ("1’234’567", "1234567"),
    ("1,00,000", "100000"),
    ("1.234,56", "1234.56"),
    ("9.500,00", "9500"),
    ("1.234.567", "1234567"),
    ("1.234.567,5", "1234567.5"),
    ("CAD 12.50", "12.5 CAD"),
    ("CHF 1'234.50", "1234.50 CHF"),
    ("R$ 1.234,56", "R$1234.56"),
    ("฿150.00", "150 THB"),
    ("VND 50.000", "50.000 ₫"),
    ("kr-127,54", "-127,54 kr"),
    ("S$12.50", "SGD 12.5"),
    ("$100 USD", "US$100"),
    ("¥100元", "CNY 100"),
    ("1,5", "1.5"),
    ("0,123", "0.123"),
    ("12,34", "12.34"),
    ("1234,567", "1234.567"),
    ("1.2e3", "1200"),
    ("1.2E+03", "1.2e3"),
    ("1.2×10^3", "1.2e3"),
    ("1.2x10³", "1200"),
    ("1.2X10^3", "1200"),
    ("1.2*10^3", "1.20×10³"),
    ("1.2 × 10^3", "1200"),
    ("1.5×10⁻³", "0.0015"),
    ("2E-2", "0.02"),
    ("10^9", "1e9"),
    ("<0.5", "＜0.5"),
    ("<0.5", "< 0.5"),
    ("<0.50", "<0.5"),
    ("<.5", "<0.5"),
    ("≤0.5", "<=0.5"),
    ("≥60", ">=60"),
    ("≧60", "> = 60"),
    (">1,000", ">1000"),
    ("小于0.5", "<0.5"),
    ("less than 0.5", "< 0.5"),
    ("大于等于60", "≥60"),
    ("45%", "45％"),
    ("45 %", "45.0%"),
    ("5.6 mmol/L", "5.6mmol/L"),
    ("5.6 mmol/L", "5.60 mmol/l"),
    ("5.6 umol/L", "5.6μmol/L"),
    ("5.6 ×10^9/L", "5.6×10⁹/L"),
    ("5.6 10^9/L", "5.6*10^9/L"),
    ("<0.5 mg/dL", "< 0.50mg/dl"),
    ("12岁", "12 岁"),
    ("12岁", "12 years"),
    ("36.5℃", "36.5 °C"),
    ("$1,234.50", "$1234.5"),
    ("¥100", "￥100.00"),
    ("RM 31.00", "RM31"),
    ("RM 31.00", "MYR 31"),
    ("€5", "5 €"),
    ("5 EUR", "€5.00"),
    ("-$5", "$-5"),
    ("US$5", "USD 5"),
    ("100元", "100.00 元"),
    ("5.6H", "5.6 H"),
    ("阴性", "阴性。"),
    ("5.60 ↑", "5.6↑"),
    ("5.6 mmol/l ↑", "5.60mmol/L↑"),
    ("5.6 HIGH", "5.60 High"),
    ("26 Jan 2018", "26 JAN 2018"),
    ("1E+3", "1,000"),
    ("12,345,678", "12345678"),
    ("0.050", "0.05"),
    ("-3.25", "﹣3.25"),
    ("≥ 90", "≥90"),
    (">＝90", "≥90"),
    ("5.6mmol/L", "5.6 mmol/l"),
    ("1.005", "1.0050"),
    ("100%", "100 ％"),
    ("＜0.01", "<.01"),
    ("3.5E-5", "0.000035"),
    ("￥1,200.00", "¥1200"),
    ("RMB 50", "50元"),
    ("2×10⁴", "20000"),
    ("12.0↑", "12 ↑"),
    ("1,000 U/L", "1000U/L"),
]
DIFFERENT = [
    ("Rp 50.000", "Rp 50"),
    ("Rp 50.000", "Rp 50000"),
    ("€1.000", "€1"),
    ("$100", "€100"),
    ("CAD 12.50", "AUD 12.50"),
    ("HK$100", "US$100"),
    ("$100 EUR", "$100"),
    ("2 CUP", "2"),
    ("1.234.56", "123456"),
    ("1.234.567.8", "1234567.8"),
    ("5.6", "56"),
    ("5.6", "0.56"),
    ("5.6", "5.61"),
    ("5.6", "5.06"),
    ("5.6", "-5.6"),
    ("5.6", "5.6 ↑"),
    ("5.6", "5.6↓"),
    ("5.6", "5.6H"),
    ("5.6", "5.6 H"),
    ("5.6", "*5.6"),
    ("5.6", "5.6*"),
    ("5.6", "5.6 L"),
    ("5.6 ↑", "5.6 ↓"),
    ("5.6", "5,6,"),
    ("5.6", "5..6"),
    ("5.6", "5. 6"),
    ("5.6", "5。6"),
    ("5.6", "5·6"),
    ("5.6", "5:6"),
    ("5.6", "5-6"),
    ("5.6", "±5.6"),
    ("5.6", "~5.6"),
    ("5.6", "(5.6)"),
    ("10", "1O"),
    ("10", "l0"),
    ("10", "100"),
    ("10", "1 0"),
    ("12", "1 2"),
    ("12", "1₂"),
    ("102", "10²"),
    ("10", "①0"),
    ("5", "٥"),
    ("5", "五"),
    ("1,5", "15"),
    ("1,5", "1，5"),
    ("1、234", "1234"),
    ("1,234", "1.234"),
    ("1,2345", "12345"),
    ("12,34,5", "12345"),
    ("1,23", "123"),
    ("0,123", "123"),
    ("1 234", "1234"),
    ("1 234", "234"),
    ("1,234,56", "123456"),
    ("1'23", "123"),
    ("1_000", "1000"),
    ("1.2e3", "1.2"),
    ("1.2e3", "1.2e4"),
    ("1.2×10^3", "1.2×103"),
    ("1.2×10^3", "1.2×10^-3"),
    ("1.2×10³", "1.2103"),
    ("1e400", "1e401"),
    ("1e-400", "0"),
    ("0.1", "0.10000000000000000555"),
    ("12345678901234567", "12345678901234568"),
    ("<0.5", "0.5"),
    ("<0.5", ">0.5"),
    ("<0.5", "≤0.5"),
    ("≥60", ">60"),
    ("≥60", "60"),
    (">60", "60"),
    ("<0.5", "<0.05"),
    ("<5", "<-5"),
    ("45%", "45"),
    ("45%", "0.45"),
    ("45%", "45‰"),
    ("5.6 mmol/L", "5.6"),
    ("5.6 mmol/L", "5.6 μmol/L"),
    ("5.6 mmol/L", "56 mmol/L"),
    ("5.6 mg", "5.6 Mg"),
    ("5.6×10^9/L", "5.6×109/L"),
    ("5.6×10^9/L", "5.6×10^12/L"),
    ("5.6×10^9/L", "5.6/L"),
    ("1000 mL", "1 L"),
    ("$5", "€5"),
    ("$5", "5"),
    ("¥5", "$5"),
    ("RM 5", "5"),
    ("RM 5", "Rp 5"),
    ("$5", "$-5"),
    ("1/2", "12"),
    ("1/2", "0.5"),
    ("120/80", "12080"),
    ("2024-03-05", "20240305"),
    ("1:40", "140"),
    ("1.2.3", "1.23"),
    ("nan", "inf"),
    ("阴性", "阳性"),
    ("未检出", "0"),
    ("5.6 mmol/L ↑", "5.6 Mmol/L ↑"),
    ("2020年5月6日", "2020年6月5日"),
    ("10 YR 4/2", "10 YR 2/4"),
    ("10YR 3/1", "10 YR 3"),
    ("1 X 6.00", "6.00 X 1"),
    ("40%-50%", "40/50%"),
    ("0.6-", "0.6"),
    ("5.6+", "5.6"),
    ("++", "+2"),
    ("pH 7.4", "7.4"),
    ("5.60", "56.0"),
    ("0.5", ".05"),
    ("5,600", "5.600"),
    ("1.0", "1.O"),
    ("1000", "1 000"),
    ("<5", "< 50"),
    ("5%", "5‰"),
    ("3+", "3"),
    ("2+", "3+"),
    ("+", "++"),
    ("5.6H", "5.6L"),
    ("阴性", "-"),
    ("1:80", "1:160"),
    ("1.5e2", "15"),
    ("6.0×10^6", "6.0×10^5"),
    ("10^5", "105"),
    ("1e5", "15"),
    ("12-15", "1215"),
    ("3 / 4", "34"),
    ("II", "2"),
    ("O", "0"),
    ("0", "-"),
    ("0", "00:00"),
    ("9.8", "8.9"),
    ("5.6", "5.6 5.6"),
    ("1.2.2020", "1.22020"),
    ("20 mg", "20 ug"),
    ("$100", "100 $ USD"),
]
KEPT_SAME = [
    ("5.60", "5.60"),
    ("5.60", "５.６０"),
    ("5.6", "05.6"),
    (".50", "0.50"),
    ("5.", "5"),
    ("1.20e3", "1.20×10^3"),
    ("1,200", "1200"),
    ("<0.50 mg/dL", "< 0.50mg/dl"),
]
KEPT_DIFFERENT = [
    ("5.60", "5.6"),
    ("5.0", "5"),
    ("0.00", "0"),
    ("1.2e3", "1.20e3"),
    ("1.2e3", "1200"),
    ("<0.50", "<0.5"),
    ("5.60 mmol/L", "5.6 mmol/L"),
    ("-5.0", "-5"),
]
free = number_form()
kept = number_form("kept")


@pytest.mark.parametrize(("a", "b"), SAME)
def test_same(a: str, b: str) -> None:
    """Two spellings of one value have one form."""
    assert free(a) == free(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different(a: str, b: str) -> None:
    """Another value, bound or unit is another form."""
    assert free(a) != free(b)


@pytest.mark.parametrize(("a", "b"), KEPT_SAME)
def test_kept_same(a: str, b: str) -> None:
    """With digits kept, spellings of the same digits are still equal."""
    assert kept(a) == kept(b)


@pytest.mark.parametrize(("a", "b"), KEPT_DIFFERENT)
def test_kept_different(a: str, b: str) -> None:
    """With digits kept, a digit more or less is a difference."""
    assert kept(a) != kept(b)


def test_unknown_digits() -> None:
    """An option that does not exist is refused by name."""
    with pytest.raises(SpecError, match=r"'free' or 'kept'.*'2'"):
        number_form("2")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5.60", "5.6"),
        ("-0", "0"),
        ("1,234.50", "1234.5"),
        ("1.2×10³", "1200"),
        ("1e-3", "0.001"),
        ("1e400", "1e400"),
        ("-12.50e399", "-125e398"),
        ("<5", None),
        ("5%", None),
        ("5 mg", None),
        ("$5", None),
        ("x", None),
        ("", None),
        ("1e9999999", None),
        ("9" * 300, None),
    ],
)
def test_read_number(text: str, number: str | None) -> None:
    """A bare number is given as an exact decimal text; anything else as nothing."""
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("0", True),
        ("5.60", True),
        ("-12", True),
        ("0.5", True),
        ("007", False),
        ("00.5", False),
        ("+5", False),
        (".5", False),
        ("5.", False),
        ("1e5", False),
        ("1,234", False),
        ("５", False),
        ("5 ", False),
        ("", False),
    ],
)
def test_is_plain(text: str, plain: bool) -> None:
    """A plain number is one that nobody would take for a code."""
    assert is_plain(text) is plain


@examples(300)
@given(
    value=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)
)
def test_value_is_exact(value: Decimal) -> None:
    """However a decimal is written, what is read is that very value."""
    for text in (str(value), f"{value:f}", f"{value:e}", f"{value:,f}", f"+{value}".replace("+-", "-")):
        number = read_number(text)
        assert number is not None
        assert Decimal(number) == value


@examples(300)
@given(
    a=st.decimals(allow_nan=False, allow_infinity=False), b=st.decimals(allow_nan=False, allow_infinity=False)
)
def test_equal_where_values_are(a: Decimal, b: Decimal) -> None:
    """Two decimals have one form exactly where they are one value."""
    assert (free(str(a)) == free(str(b))) == (a == b or str(a) == str(b))


MARKS = "0123456789０５²₂①½٣.,，。'’-−+±<>≤≥=~%$€¥^*×xeE \u00a0"
PARTS = st.sampled_from([*MARKS, "10^", "mmol/L", "mg", "RM", "元", "阴性"])


@examples(500)
@given(text=st.lists(PARTS, max_size=12).map("".join))
def test_kept_is_finer(text: str) -> None:
    """What is no number with free digits is none with kept digits."""
    assert free(text).startswith("\x00") == kept(text).startswith("\x00")
