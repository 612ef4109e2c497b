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
    # Numbers before a figure that belongs to a name.
    ("1.高血压病3级 2.1型糖尿病", "1型糖尿病；高血压病3级"),
    ("1.2型糖尿病 2.高血压", "高血压；2型糖尿病"),
    ("1、2型糖尿病 2、3度烧伤", "3度烧伤；2型糖尿病"),
    ("1.高血压2.2型糖尿病", "1.2型糖尿病 2.高血压"),
    ("1. 2nd degree AV block 2. 1st metatarsal fracture", "1.1st metatarsal fracture 2.2nd degree AV block"),
    ("1.0.5cm胃息肉 2.0.3 cm结肠息肉", "0.3 cm结肠息肉；0.5cm胃息肉"),
    # Numbers of other kinds.
    ("一、高血压 二、糖尿病", "高血压；糖尿病"),
    ("一、高血压二、糖尿病三、痛风", "痛风；高血压；糖尿病"),
    ("一.高血压\n二.糖尿病", "糖尿病；高血压"),
    ("（一）高血压（二）糖尿病", "(一)糖尿病(二)高血压"),
    ("(一)高血压；(二)糖尿病。", "高血压；糖尿病"),
    ("⑴高血压⑵糖尿病", "❶糖尿病❷高血压"),
    ("⒈高血压 ⒉糖尿病", "1.糖尿病 2.高血压"),
    ("[1]高血压 [2]糖尿病", "高血压；糖尿病"),
    ("#1 Hypertension #2 Asthma", "asthma; hypertension"),
    ("＃1 高血压 ＃2 糖尿病", "高血压；糖尿病"),
    # Bullets.
    ("- Hypertension\n- Asthma", "Asthma\nHypertension"),
    ("-高血压\n-糖尿病", "糖尿病；高血压"),
    ("• Hypertension\n• Asthma", "Asthma; Hypertension"),
    ("•Hypertension •Asthma", "Asthma; Hypertension"),
    ("* Hypertension\n* Asthma", "Asthma; Hypertension"),
    ("* 高血压 * 糖尿病", "糖尿病；高血压"),
    ("● 高血压\n● 糖尿病", "◆糖尿病◆高血压"),
    ("– 高血压\n– 糖尿病", "· 糖尿病\n· 高血压"),
    # Sentences.
    ("慢性胃炎。十二指肠溃疡。", "十二指肠溃疡；慢性胃炎"),
    ("1.慢性胃炎。2.十二指肠溃疡。", "1、十二指肠溃疡；2、慢性胃炎。"),
    ("慢性胃炎。\n十二指肠溃疡。", "十二指肠溃疡\n慢性胃炎"),
    ("No fracture; joint effusion", "Joint effusion; no fracture"),
    ("1. No fracture. 2. Joint effusion.", "Joint effusion; no fracture"),
    # Commas between names of diseases.
    ("冠心病、高血压、脑梗死", "高血压、脑梗死、冠心病"),
    ("甲状腺结节，肝囊肿", "1.肝囊肿 2.甲状腺结节"),
    ("Type 2 diabetes mellitus, asthma", "1. Asthma 2. Type 2 diabetes mellitus"),
    # Brackets, headings, words before a list.
    ("肺结节（大小：8mm）；肝囊肿", "肝囊肿；肺结节（大小：8mm）"),
    ("1.胃息肉（良性；0.3cm） 2.胃炎", "胃炎；胃息肉（良性；0.3cm）"),
    ("1.息肉（见2.图） 2.胃炎", "胃炎；息肉（见2.图）"),
    ("胃息肉（大小0.3cm，良性），慢性胃炎（轻度）", "胃息肉 (大小0.3cm,良性),慢性胃炎 (轻度)"),
    ("印象：1.脂肪肝 2.肾囊肿", "印象: 1、肾囊肿 2、脂肪肝"),
    ("左肺：结节；右肺：积液", "右肺:积液\n左肺:结节"),
    ("考虑肺炎；", "考虑肺炎"),
    ("1.考虑肺炎 2.胆囊结石", "①胆囊结石②考虑肺炎"),
    ("左肺上叶结节，\n边界清；胆囊结石", "胆囊结石；左肺上叶结节，边界清"),
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
    # What a comma joins.
    ("左侧颈内动脉，重度狭窄，右侧颈内动脉，轻度狭窄", "左侧颈内动脉，轻度狭窄，右侧颈内动脉，重度狭窄"),
    ("左肾囊肿，直径12mm，右肾囊肿，直径5mm", "左肾囊肿，直径5mm，右肾囊肿，直径12mm"),
    ("No effusion, consolidation", "Consolidation, no effusion"),
    ("未见骨折，脱位", "脱位，未见骨折"),
    ("未见骨折、脱位", "脱位、未见骨折"),
    ("结核，不除外，肿瘤", "肿瘤，不除外，结核"),
    ("肺炎、结核待排", "结核待排、肺炎"),
    ("Possible pneumonia, tuberculosis", "Tuberculosis, possible pneumonia"),
    ("Pneumonia, tuberculosis ruled out", "Tuberculosis ruled out, pneumonia"),
    ("肝、胆囊结石", "胆囊结石、肝"),
    ("右上肺、左下肺炎症", "左下肺炎症、右上肺"),
    ("结节，钙化，囊肿", "囊肿，钙化，结节"),
    ("Nodule, malignant, mass, benign", "Nodule, benign, mass, malignant"),
    ("Fracture, femur, laceration, hand", "Fracture, hand, laceration, femur"),
    ("Mild asthma, bronchitis", "Bronchitis, mild asthma"),
    ("Family history of asthma, hypertension", "Hypertension, family history of asthma"),
    ("肺炎？，结核", "结核，肺炎？"),
    # Brackets.
    ("囊肿（左肾，5mm），结石（右肾，3mm）", "囊肿（右肾，5mm），结石（左肾，3mm）"),
    ("囊肿（左肾；5mm）；结石（右肾；3mm）", "囊肿（右肾；5mm）；结石（左肾；3mm）"),
    ("cyst (left; 5 mm); stone (right; 3 mm)", "cyst (right; 5 mm); stone (left; 3 mm)"),
    ("囊肿（左肾；5mm；结石", "结石；囊肿（左肾；5mm"),
    ("胃息肉（1.大 2.小）；胃炎", "胃息肉（1.小 2.大）；胃炎"),
    # What tells of its neighbour.
    ("左肺：结节；积液；右肺：正常", "左肺：结节；右肺：正常；积液"),
    ("左肺：\n结节\n右肺：\n积液", "左肺：\n积液\n右肺：\n结节"),
    ("考虑：肺炎；结核", "结核；考虑：肺炎"),
    ("右肺结节；考虑炎症；左肺结节；考虑肿瘤", "右肺结节；考虑肿瘤；左肺结节；考虑炎症"),
    ("左侧颈动脉；轻度狭窄；右侧颈动脉；重度狭窄", "左侧颈动脉；重度狭窄；右侧颈动脉；轻度狭窄"),
    ("右肺结节。8mm。左肺结节。3mm", "右肺结节。3mm。左肺结节。8mm"),
    ("1.右肺结节 2.8mm 3.左肺结节 4.3mm", "1.右肺结节 2.3mm 3.左肺结节 4.8mm"),
    ("肺炎；伴积液；肝囊肿", "肺炎；肝囊肿；伴积液"),
    ("胆囊结石；肝囊肿；前者较前增大", "肝囊肿；胆囊结石；前者较前增大"),
    ("CAD\n- stent\nHTN\n- pacemaker", "CAD\n- pacemaker\nHTN\n- stent"),
    ("左肺结节，\n考虑良性，\n右肺结节，\n考虑恶性", "左肺结节，\n考虑恶性，\n右肺结节，\n考虑良性"),
    ("nodule, hernia, cyst", "cyst, hernia, nodule"),
    ("囊肿（左肾，\n5mm），\n结石（右肾）\n肝囊肿", "囊肿（右肾，\n5mm），\n结石（左肾）\n肝囊肿"),
    # Figures that number nothing.
    ("1.阿司匹林 2.5 mg", "5 mg；阿司匹林"),
    ("1.血钾 2.5 2.血钠 140", "血钾；5 2.血钠 140"),
    ("一、二度房室传导阻滞", "二度房室传导阻滞、一"),
    ("印象：1.脂肪肝 2.肾囊肿", "1.脂肪肝 2.肾囊肿"),
    ("-5；-3", "5；3"),
    ("- 高血压\n糖尿病", "高血压\n糖尿病"),
    ("白细胞5。6；血钾", "白细胞6。5；血钾"),
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
    "text",
    [
        "；" * 100_000,
        "1." * 50_000,
        "1.a 2.b " * 20_000,
        "①" * 50_000,
        "(" * 100_000,
        "（1）" * 30_000,
        "一、" * 50_000,
        "- a\n" * 25_000,
        "左肺结节，" * 20_000,
        "高血压，" * 25_000,
        ", \n" * 30_000,
        "\ud800；\ud800",
    ],
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
    # Whoever names the comma says that it makes sets, but brackets hold together all the same.
    commas = set_form(",")
    assert commas("red, blue") == commas("blue，red") != FORM("blue, red")
    assert commas("a (b, c), d") == commas("d, a (b, c)") != commas("d, a (c, b)")


@pytest.mark.parametrize("delimiters", ["", None, 3, [";"]])
def test_bad_delimiters(delimiters: Any) -> None:
    """Delimiters that are none say what was expected."""
    with pytest.raises(SpecError, match="delimiters: expected a text of one character or more"):
        set_form(delimiters)
