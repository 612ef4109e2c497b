"""Quantities: a number and its unit in one text."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from medvie_reward.comparators.quantity import quantity_form
from medvie_reward.errors import SpecError

SAME = [
    ("5.6 mmol/L", "5.6mmol/L"),
    ("5.6 mmol/L", "5.60 mmol/l"),
    ("５.６ mmol／L", "5.6 mmol/L"),
    ("5.6(mmol/L)", "5.6 mmol/L"),
    ("5.6 毫摩尔/升", "5.6 mmol/L"),
    ("5.6", "5.60"),
    ("1,200 mL", "1200ml"),
    ("500 毫升", "500 mL"),
    ("0.5g", ".5 g"),
    ("0.5克", "0.5 g"),
    ("100 mcg", "100μg"),
    ("10 units", "10 U"),
    ("10单位", "10U"),
    ("5.6×10^9/L", "5.6 ×10⁹/L"),
    ("5.6*10^9/L", "5.6 10^9/L"),
    ("5.6x10E9/L", "5.6e9/L"),
    ("<0.5 mg/L", "＜0.50mg/l"),
    ("≥60 mL/min/1.73m2", ">=60mL/min/1.73m²"),
    ("36.5 ℃", "36.5°C"),
    ("72次/分", "72 bpm"),
    ("45 %", "45％"),
    ("12 岁", "12岁"),
    ("2 tabs", "2 tablets"),
    ("2 片", "2.0片"),
    ("2 支", "2支"),
    ("1.50 PEIU/ml", "1.5 PEIU/mL"),
    ("5.60 ↑", "5.6↑"),
    ("5.60 H", "5.6H"),
    ("70 Kg", "70kg"),
    ("170厘米", "170 cm"),
    ("¥1,234.50", "￥1234.5"),
    ("-3.0 D", "−3 D"),
    ("120/80 mmHg", "120/80mmHg"),
    ("10^9/L", "1×10⁹/L"),
    ("无", "无。"),
    ("1-2片", "1～2 片"),
    ("5–10 mg", "5mg-10mg"),
    ("0.5-1.0g", "0.50~1 g"),
    ("250 mg", "250mg"),
    ("0.25g", "0.250 g"),
    ("5ml", "5 mL"),
    ("2 Tablets", "2 tabs"),
    ("1次", "1 次"),
    ("3.5 x10^9/L", "3.5×10⁹/L"),
    ("37.2℃", "37.2 °C"),
    ("98 %", "98%"),
    ("80次/分", "80 bpm"),
    ("1-2 tablets", "1–2 tabs"),
    ("65 kg", "65公斤"),
]
DIFFERENT = [
    ("5.6 mmol/L", "5.6"),
    ("5.6 mmol/L", "56 mmol/L"),
    ("5.6 mmol/L", "5.6 mol/L"),
    ("5.6 mmol/L", "5.6 μmol/L"),
    ("5.6 mmol/L", "5.6 mg/dL"),
    ("5.6 mmol/L", "<5.6 mmol/L"),
    ("5.6 mmol/L", "-5.6 mmol/L"),
    ("5.6 mmol/L", "5.6 mmol/L ↑"),
    ("1 g", "1000 mg"),
    ("1 L", "1000 mL"),
    ("1 mg", "1 Mg"),
    ("1 mL", "1 ML"),
    ("10 U", "10 IU"),
    ("10 U", "100"),
    ("5.6×10^9/L", "5.6×10^12/L"),
    ("5.6×10^9/L", "5.6×109/L"),
    ("5.6×10^9/L", "5.6 /L"),
    ("5.6e9/L", "5.6 G/L"),
    ("36.5℃", "36.5℉"),
    ("12岁", "12天"),
    ("12岁", "12个月"),
    ("2片", "2粒"),
    ("2片", "3片"),
    ("2片", "2"),
    ("2 tablets", "2 capsules"),
    ("5.6 ↑", "5.6"),
    ("5.6 ↑", "5.6 ↓"),
    ("5.6H", "5.6L"),
    ("45%", "45"),
    ("120/80 mmHg", "120/90 mmHg"),
    ("120/80 mmHg", "12080 mmHg"),
    ("5-10 mg", "510 mg"),
    ("1 2 mg", "12 mg"),
    ("2024-03-05", "2024 -03-05"),
    ("1:40", "140"),
    ("$5", "¥5"),
    ("$5", "5"),
    ("5-10 mg", "5-10 g"),
    ("5-10 mg", "10 mg"),
    ("5mg-1mg", "5mg-2mg"),
    ("1-2片", "12片"),
    ("250 mg", "250 g"),
    ("250 mg", "25 mg"),
    ("2片", "2次"),
    ("1/2片", "12片"),
    ("0.5片", "5片"),
    ("10ml bid", "10ml tid"),
    ("5-10ml", "5-10mg"),
    ("5-10ml", "5ml"),
    ("3天", "3周"),
    ("3月", "3日"),
    ("120/80", "120/80 mmHg"),
    ("120/80 mmHg", "80/120 mmHg"),
    ("1g qd", "1g bid"),
]
free = quantity_form()


@pytest.mark.parametrize(("a", "b"), SAME)
def test_same(a: str, b: str) -> None:
    """One amount in two spellings has one form."""
    assert free(a) == free(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different(a: str, b: str) -> None:
    """Another amount or unit is another form, and units are never worked out."""
    assert free(a) != free(b)


def test_digits() -> None:
    """With digits kept, 5.60 is not 5.6; other options do not exist."""
    kept = quantity_form("kept")
    assert kept("5.60 mg") == kept("5.60mg")
    assert kept("5.60 mg") != kept("5.6 mg")
    with pytest.raises(SpecError, match="'free' or 'kept'"):
        quantity_form("few")


PARTS = st.sampled_from([*"0159", *"².,-<≥%^×/ ()", "mg", "L", "片", "H", "↑", "10^9", "$"])
