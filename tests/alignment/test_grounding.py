"""Whether a value is in the text of a page at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import FrozenInstanceError
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, combinations
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.alignment._grounding import Source

ADDRESS = [
    "ABC HO TRADING",
    "NO.2&4, JALAN HARMONI 3/2,",
    "TAMAN DESA HARMONI.",
    "81100 JOHOR BAHRU JOHOR",
    "TEL 07-355 2616",
]
IMPRESSION = (
    "Comparison: none. Heart size is normal. No focal consolidation, pleural effusion or pneumothorax. "
    "Mild degenerative changes of the thoracic spine at T8-T9. Follow up in 6 months."
)
FINDINGS = (
    "影像所见：双肺纹理清晰，右肺上叶见一枚磨玻璃结节，大小约8mm×6mm，边界欠清，余肺野未见明显异常密度影。"
)
LAB = (
    "项目 结果 单位 参考范围\n白细胞计数(WBC) 5.60 ×10^9/L 3.5-9.5\n血红蛋白 HGB 131 g/L 115～150\n"
    "超敏C反应蛋白 <0.50 mg/L 0-5"
)

TEXTS = [
    # words of a script with spaces
    ("ABC HO TRADING", "abc ho trading", True),
    ("ABC HO TRADING", "ABC Ho", True),
    ("ABC HO TRADING", "HO TRADE", False),
    ("ABC HO TRADING", "C HO", False),
    ("category", "cat", False),
    ("the cat sat", "cat", True),
    ("concatenate", "cat", False),
    ("TAX INVOICE", "TaxInvoice", True),
    ("TAXINVOICE", "Tax Invoice", True),
    ("TAXINVOICE", "Tax", False),
    ("M'SIA", "MSIA", True),
    ("M.S.I.A.", "MSIA", True),
    ("S/B", "SB", True),
    ("hyper-\ntension", "hypertension", True),
    ("Dr. Elena Marsh, MD", "Elena Marsh", True),
    ("SAMPLE, ROBERT J.", "Robert J Sample", True),
    ("Elena Marsh, MD; Robert Sample", "Robert Marsh", False),
    ("欧阳, 小 明", "欧阳小明", True),
    ("欧阳小明", "小明欧阳", False),
    ("ＡＢＣ　ＨＯ", "ABC HO", True),
    ("Müller", "MÜLLER", True),
    ("Müller", "Mu\u0308ller", True),
    ("Müller", "Muller", False),
    ("Négatif", "negatif", False),
    ("Straße", "STRASSE", True),
    ("Type 2 diabetes mellitus", "type 2 diabetes", True),
    ("Type 2 diabetes mellitus", "type 1 diabetes", False),
    ("Hepatitis B surface antigen", "Hepatitis C surface antigen", False),
    ("vitamin B12", "Vitamin B-12", True),
    ("vitamin B12", "Vitamin B1", False),
    ("metformin 500 mg", "metoprolol 500 mg", False),
    # Chinese
    ("白细胞计数", "白细胞", True),
    ("白细胞计数", "细胞", True),
    ("白 细 胞 计 数", "白细胞计数", True),
    ("白细胞\n计数", "白细胞计数", True),
    ("白细胞计数", "红细胞计数", False),
    ("白细胞计数", "胞细白", False),
    ("性别：男　年龄：45岁", "男", True),
    ("性别：男　年龄：45岁", "女", False),
    ("性别：男　年龄：45岁", "45岁", True),
    ("性别：男　年龄：45岁", "5岁", False),
    ("超敏Ｃ反应蛋白（ｈｓ－ＣＲＰ）", "超敏C反应蛋白(hs-CRP)", True),
    ("超敏C反应蛋白", "C反应蛋白", True),
    ("阴性（-）", "阴性(-)", True),
    ("尿蛋白 阴性", "阳性", False),
    ("未见异常", "异常", True),
    ("北京协和医院", "协和医院", True),
    ("姓名:王小明", "王小明", True),
    ("姓名:王小明", "王小朋", False),
    ("カルテ番号", "カルテ", True),
    ("서울대학교병원 내과", "서울대학교병원", True),
    # only signs
    ("尿糖 ++ 蛋白 +-", "++", True),
    ("尿糖 ++ 蛋白 +-", "+++", False),
    ("尿糖 （-）", "(-)", True),
    ("尿糖", "+", False),
    # empty
    ("", "", True),
    ("", " \t\u3000", True),
    ("abc", "", True),
    ("", "abc", False),
    ("", "0", False),
    ("", "+", False),
]
NUMBERS = [
    ("2013", "1", False),
    ("2013", "13", False),
    ("2013", "2013", True),
    ("20 13", "2013", False),
    ("1,234.50", "1234.5", True),
    ("1,234.50", "1,234.5", True),
    ("1234.5", "1,234.50", True),
    ("1,234.50", "234.50", False),
    ("1,234.50", "1.2345", False),
    ("1,234.50", "123450", False),
    ("1,234,567", "1234567", True),
    ("1,234,567", "234567", False),
    ("1 234 567", "1234567", True),
    ("5.60", "5.6", True),
    ("5.6", "5.60", True),
    ("5.6", "56", False),
    ("56", "5.6", False),
    ("5.6", "6", False),
    ("15.6", "5.6", False),
    ("5.65", "5.6", False),
    ("5", "5.0", True),
    ("0.5", ".5", True),
    (".50", "0.5", True),
    ("007", "7", True),
    ("RM 31.00", "31.00", True),
    ("RM31.00", "31", True),
    ("31.00", "RM 31.00", False),
    ("TOTAL RM\n31.00", "RM 31.00", True),
    ("$8.20", "8.2", True),
    ("8.20", "$8.20", True),
    ("￥１，２３４．５０", "1234.5", True),
    ("5.6mmol/L", "5.6", True),
    ("5.6 mmol/L", "5.6mmol/L", True),
    ("葡萄糖 5.60 3.9-6.1 mmol/L", "5.6 mmol/L", True),
    ("葡萄糖 5.60 3.9-6.1 mmol/L", "5.1 mmol/L", False),
    ("葡萄糖 5.60 3.9-6.1 mmol/L", "5.6 mg/dL", False),
    (LAB, "5.6×10^9/L", True),
    (LAB, "5.60 x10⁹/L", True),
    (LAB, "5.60 ×10^12/L", False),
    (LAB, "3.5-9.5", True),
    (LAB, "3.5～9.5", True),
    (LAB, "3.5--9.5", True),
    (LAB, "115-150", True),
    (LAB, "3.5-9.6", False),
    (LAB, "110-150", False),
    (LAB, "<0.5", True),
    (LAB, "＜0.50 mg/L", True),
    (LAB, "<0.05", False),
    ("1.5×10^3", "1500", True),
    ("1.5e3 copies", "1500", True),
    ("1500", "1.5×10^3", True),
    ("1500", "1.5e3", True),
    ("1500", "1.5×10^4", False),
    ("1.5×10^3", "1.5", True),
    ("@DISC 10.00%\n-5.59", "-5.59", True),
    ("DISC -5.59", "-5.59", True),
    ("DISC -RM5.59", "-5.59", True),
    ("5.59", "-5.59", False),
    ("TOTAL 5\n-.02\n5", "-.02", True),
    ("TOTAL 5\n-RM0.02", "-RM0.02", True),
    ("TOTAL -.03", "-.02", False),
    ("DISC US$-5.59", "-5.59", True),
    ("DISC -US$5.59", "-5.59", True),
    ("OD -3.00 D", "-3.0 D", True),
    ("OD −3.00 D", "-3", True),
    ("OD +3.00 D", "-3.00 D", False),
    ("OD +3.00 D", "3.00 D", True),
    ("3 - 5", "- 5", True),
    ("1'234.50", "1234.5", True),
    ("1.234,50 EUR", "1234.5", True),
    ("0,125", "0.125", True),
    ("1,00,000", "100000", True),
    ("１０⁹/L", "10^9/L", True),
    ("3-5.59", "-5.59", False),
    ("-5.59", "5.59", True),
    ("45%", "45", True),
    ("45.0%", "45%", True),
    ("BP 120/80 mmHg", "120/80", True),
    ("BP 120/80 mmHg", "120/80mmHg", True),
    ("BP 120/80 mmHg", "80/120", False),
    ("BP 120/80 mmHg", "128/80", False),
    ("NO.53,55 & 57", "55", True),
    ("Tel 138 1234 5678", "13812345678", True),
    ("Tel 13812345678", "138-1234-5678", True),
    ("Tel 13812345678", "138-1234-5679", False),
    ("Tel 13812345678", "38123456", False),
    ("GST ID 000429166592", "000429166592", True),
    ("18x20 mm", "18×20mm", True),
    ("8 mm × 6 mm", "8mm×6mm", True),
    ("8 mm × 6 mm", "6mm×8mm", False),
]
DATES = [
    ("2024年3月5日", "2024-03-05", True),
    ("2024年3月5日", "2024-05-03", False),
    ("2024年03月05日 10:30", "2024-3-5", True),
    ("2024-03-05", "2024年3月5日", True),
    ("2024.03.05", "2024/3/5", True),
    ("20240305", "2024-03-05", True),
    ("09/01/2019 8:01:11 PM", "2019-01-09", True),
    ("09/01/2019 8:01:11 PM", "2019-09-01", True),
    ("09/01/2019 8:01:11 PM", "2019-09-02", False),
    ("09/01/2019 8:01:11 PM", "2018-01-09", False),
    ("09/01/2019 8:01:11 PM", "9 Jan 2019", True),
    ("25/12/20188:13:39PM", "25/12/2018", True),
    ("18/03/1815:17", "18/03/18", True),
    ("18/03/18", "2018-03-18", True),
    ("T03-18/199913\n: 12", "T03-18/199913", True),
    ("14/JUN/2017 08:34:22", "2017-06-14", True),
    ("02 APR 2018 18:31", "2018-04-02", True),
    ("02 APR 2018 18:31", "2018-04-03", False),
    ("OCT 3, 2016", "2016-10-03", True),
    ("March 5, 2024", "05/03/2024", True),
    ("出生日期：1980-01-02 入院日期：2024-03-05", "2024-03-05", True),
    ("出生日期：1980-01-02 入院日期：2024-03-05", "1980-03-05", False),
    ("2024-03-05 10:30", "2024-03-05 10:30", True),
    ("2024年3月5日 10:30", "2024-03-05 10:30", True),
    ("2024年3月5日 10:30", "2024-03-05 10:31", False),
    ("2024年3月5日 10:30", "2024-03-05T10:30", True),
    ("2024年3月5日", "2024", True),
    ("2024年3月5日", "2024年3月", True),
    ("2024年3月5日", "2024年4月", False),
]
LONG = [
    (ADDRESS, "NO.2&4, JALAN HARMONI 3/2, TAMAN DESA HARMONI. 81100 JOHOR BAHRU JOHOR", True),
    # another order of lines, and a line that does not belong to it
    (
        [*ADDRESS[3:], *ADDRESS[:3]],
        "NO.2&4, JALAN HARMONI 3/2, TAMAN DESA HARMONI. 81100 JOHOR BAHRU JOHOR",
        True,
    ),
    ([ADDRESS[1], "(728515-N)", *ADDRESS[2:]], "NO.2&4 JALAN HARMONI 3/2 TAMAN DESA HARMONI", True),
    # some letters misread, words run together
    (ADDRESS, "NO.2&4, JALAN HARM0NI 3/2, TAMAN DESA HARMONI. 81100 JOHOR BAHRU JOHOR", False),
    (ADDRESS, "NO.2&4, JALAN HARNONI 3/2, TAMAN DESA HARMQNI. 81100 JOHOR BAHRU JOHOR", True),
    (
        ["NO.2&4,JALANHARMONI 3/2,", "TAMANDESAHARMONI.", "81100JOHORBAHRU JOHOR"],
        ", ".join(ADDRESS[1:4]),
        True,
    ),
    # no number may differ
    (ADDRESS, "NO.2&5, JALAN HARMONI 3/2, TAMAN DESA HARMONI. 81100 JOHOR BAHRU JOHOR", False),
    (ADDRESS, "NO.2&4, JALAN HARMONI 3/2, TAMAN DESA HARMONI. 81101 JOHOR BAHRU JOHOR", False),
    # another address
    (ADDRESS, "12, JALAN TAMPOI 7/4, KAWASAN PERINDUSTRIAN TAMPOI, 81200 JOHOR BAHRU, JOHOR", False),
    (IMPRESSION, "No focal consolidation, pleural effusion, or pneumothorax.", True),
    (IMPRESSION, "No focal consolidatlon pleural effuslon or pneumothorax", True),
    (IMPRESSION, "Mild degenerative changes of thoracic spine at T8-T9", True),
    (IMPRESSION, "Mild degenerative changes of the thoracic spine at T7-T8", False),
    (IMPRESSION, "Large left pleural effusion with adjacent atelectasis, heart size enlarged", False),
    (
        IMPRESSION,
        "Mild degenerative changes of the thoracic spine at T8-T9. No focal consolidation, pleural effusion",
        True,
    ),
    # what numbers things is exact, too
    ("Hepatitis B surface antibody positive", "Hepatitis C surface antibody positive", False),
    ("Chronic kidney disease stage III, stable", "Chronic kidney disease stage II, stable", False),
    # neither the numbers of a page nor its words, wherever they stand, make a text
    ("11 22 33 44 55 66 77 88 99", "99 88 77 66 55 44 33 22 11", False),
    (
        [*IMPRESSION.split(), *["-", "page"] * 40, *ADDRESS],
        "pneumothorax degenerative TRADING comparison HARMONI",
        False,
    ),
    (FINDINGS, "双肺纹理清晰，右肺上叶见一枚磨玻璃结节，大小约8mm×6mm", True),
    (FINDINGS, "右肺上叶见一枚磨玻璃结节，大小约8mm×6mm，边界欠清，余肺野末见明显异常密度影", True),
    (FINDINGS, "右肺上叶见一枚磨玻璃结节，大小约9mm×6mm，边界欠清，余肺野末见明显异常密度影", False),
    (FINDINGS, "左肺下叶可见片状高密度影，考虑感染性病变，建议抗炎治疗后复查", False),
    (FINDINGS, "余肺野未见明显异常密度影。双肺纹理清晰", True),
]


@pytest.mark.parametrize(("source", "value", "expected"), [*TEXTS, *NUMBERS, *DATES, *LONG])
def test_holds(source: str | Sequence[str], value: str, expected: bool) -> None:
    """A value is held where the page says it in any spelling, and nowhere else."""
    assert Source(source).holds(value) is expected


@pytest.mark.parametrize("text", ["", "abc 1.50", ADDRESS, FINDINGS])
def test_source_is_frozen_text(text: str | Sequence[str]) -> None:
    """A source is frozen, is equal where its text is, and takes a text and its lines for the same."""
    joined = text if isinstance(text, str) else "\n".join(text)
    source = Source(text)
    assert source == Source(joined)
    assert hash(source) == hash(Source(joined))
    with pytest.raises(FrozenInstanceError):
        source.text = "other"  # type: ignore[misc]


@pytest.mark.parametrize("text", [None, 5, [1, 2], [None]])
def test_source_of_something_else(text: Any) -> None:
    """What is neither text nor lines is an error of the caller."""
    with pytest.raises(TypeError):
        Source(text)


def test_several_parts() -> None:
    """A text of thousands of words is held with a few letters misread, not with a number wrong at its end."""
    words = [f"{chr(97 + n % 26)}{'word' * (n % 3)}ing{chr(97 + n % 7)}os" for n in range(2999)]
    source = Source(" ".join([*words, "1234"]))
    misread = [f"{word[:-1]}t" if n % 20 == 0 else word for n, word in enumerate(words)]
    assert source.holds(" ".join([*misread, "1234"])) is True
    assert source.holds(" ".join([*misread, "1235"])) is False
    assert source.holds(" ".join([*misread[:1500], *["anders"] * 1500])) is False


UNITS = "a|1|1,|1.|a b |中|中文|-|. |1 |1/1/|2019-01-|e1|1年1月|jan |-5 "
HOSTILE = [unit * (65_536 // len(unit)) for unit in UNITS.split("|")]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:8])
def test_hostile_sizes(text: str) -> None:
    """A source of 64 KB holds itself, and answers for every other value of that size."""
    source = Source(text)
    assert source.holds(text) is True
    assert {source.holds(value) for value in HOSTILE} <= {True, False}
    assert {source.holds(value[:200]) for value in HOSTILE} <= {True, False}


# Characters that folding, numbers, dates and words look at, so that odd neighbours come about.
CHARACTERS = st.one_of(
    st.sampled_from(
        "aAxXeEzé中文年月日岁一0123456789１²₂٣½.,'-−+<>=≥/:()[]%^×*~ \t\n\u00a0\u3000，。、：‘’→"
        "\x00\u200b\u0301№㎎\ud800"
    ),
    st.characters(),
)
LINES = st.lists(st.text(CHARACTERS, max_size=20), max_size=6)


@given(LINES)
def test_lines_are_held(lines: list[str]) -> None:
    """Every line of a source is in it, as are all of them together."""
    source = Source(lines)
    assert [line for line in lines if not source.holds(line)] == []
    assert source.holds("\n".join(lines)) is True


@given(LINES)
def test_words_of_a_line_are_held(lines: list[str]) -> None:
    """Every sequence of words out of one line of a source is in it."""
    source = Source(lines)
    for line in lines:
        words = line.split()
        for first, last in combinations(range(len(words) + 1), 2):
            assert source.holds(" ".join(words[first:last])) is True


@given(st.lists(st.text(CHARACTERS, max_size=40), max_size=4), st.text(CHARACTERS, max_size=80))
def test_any_text_is_answered(lines: list[str], value: str) -> None:
    """There is an answer for every value and every source, and the same for the text as for its lines."""
    assert Source(lines).holds(value) is Source("\n".join(lines)).holds(value)


@given(st.text(" \t\n\u3000", max_size=5), LINES)
def test_empty_values_are_held(value: str, lines: list[str]) -> None:
    """Nothing is in every text."""
    assert Source(lines).holds(value) is True


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3))
def test_numbers_are_held_by_value(number: Decimal) -> None:
    """A number grounds its other spellings, and not the number that is ten times it."""
    source = Source(f"glucose: {number:,} mmol/L")
    assert source.holds(f"{number:f}") is True
    assert source.holds(f"{number.normalize():f}") is True
    assert source.holds(f"{number * 10:f}") is (number == 0)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_dates_are_held_in_any_spelling(day: date) -> None:
    """A date grounds its other spellings, and not the day after it."""
    for spelling in ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%Y年%m月%d日", "%d %B %Y", "%b %d, %Y"):
        source = Source(f"Date: {day.strftime(spelling)} 10:30")
        assert source.holds(day.isoformat()) is True
        assert source.holds((day + timedelta(1)).isoformat()) is False


DATA = Path(__file__).parents[3] / "shared" / "data" / "sroie_gold.jsonl"


@pytest.mark.shared
@pytest.mark.skipif(not DATA.is_file(), reason="no shared data folder")
def test_real_receipts() -> None:
    """Receipts hold 97 % of their own values and 5 % of other receipts' values of the same field at most.

    The lines of this file were cut at their first comma, so their own values are counted without those that
    have one: nearly all addresses.
    """
    with DATA.open(encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert not any("," in line for row in rows for line in row["ocr_lines"])
    rng = Random(2025)
    own: dict[str, list[bool]] = {}
    other: dict[str, list[bool]] = {}
    for row in rows:
        source = Source(row["ocr_lines"])
        for name, value in row["gold"].items():
            if value.strip() and "," not in value:
                own.setdefault(name, []).append(source.holds(value))
            strange = rng.choice(rows)["gold"].get(name, value)
            if not Source(value).holds(strange):
                other.setdefault(name, []).append(source.holds(strange))
    counts = {"company": 987, "date": 986, "address": 48, "total": 985}
    assert {name: len(held) for name, held in own.items()} == counts
    for name in ("company", "date", "total"):
        assert fmean(own[name]) >= 0.97
    assert fmean(chain.from_iterable(own.values())) >= 0.97
    assert fmean(chain.from_iterable(other.values())) <= 0.05


@pytest.mark.parametrize(
    ("value", "page", "grounded"),
    [
        ("Rp 50.000", "TOTAL Rp 50", True),
        ("$1.200", "TOTAL 1.2", True),
        ("50.000 VND", "VND 50.000", True),
        ("$5", "TOTAL 5.00", True),
        ("5 AUD", "TOTAL 5.00 AUD", True),
        ("AUD 5", "TOTAL 5 AUD", False),
        ("kr 20", "TOTAL 20 kr", False),
        ("₽5", "TOTAL 5.00", False),
        ("฿150.00", "TOTAL ฿150", False),
        ("1.234.567", "TOTAL 1234567", False),
        ("1234567", "TOTAL 1.234.567", False),
        ("1.234.567,00", "TOTAL 1234567", True),
        ("5.0×10^9/L", "5 10^9/L", True),
        ("5 thou/uL", "5000 thou/uL", False),
        ("5 K/uL", "5000 K/uL", True),
        ("5 E9/L", "5 unit E9/L", False),
        ("5 mL/24h", "mL/24h 5.0", True),
    ],
)
def test_amounts_are_looked_for_under_every_preset_alike(value: str, page: str, grounded: bool) -> None:
    """What comparators learn to read of money and units changes no flag of presets that do not use them."""
    assert Source(page).holds(value) is grounded
