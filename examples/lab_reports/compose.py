"""Turn the invented content into reports: what a page prints, and the gold JSON for it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, TypeVar

import content as c
import numpy as np

SEED = 20250613
T = TypeVar("T")

TOP_KEYS = (
    "Name",
    "Gender",
    "Age",
    "Examination Time",
    "Department",
    "Examination Name",
    "Examination Site",
    "Indicators",
    "Examination Description",
    "Diagnosis",
    "Treatment Recommendations",
    "Sample Collection Time",
    "Others",
)
INDICATOR_KEYS = (
    "Item Name",
    "Result",
    "Unit",
    "Reference Range",
    "Abnormal Mark",
    "Detection Method",
    "Result Status",
    "Clinical Indication",
    "Critical Value",
)
Indicator = dict[str, str]
Gold = dict[str, str | list[Indicator]]
# How many reports of each kind make the set, in the order of the gold file.
PLAN = {
    "zh": {
        "blood": 4,
        "biochem": 3,
        "immuno": 2,
        "urine": 2,
        "ultrasound": 2,
        "endoscopy": 2,
        "ct": 1,
        "record": 1,
        "mri": 1,
        "xray": 1,
        "ecg": 1,
        "pathology": 1,
        "prescription": 1,
        "physical": 1,
        "box": 1,
    },
    "en": {
        "blood": 2,
        "biochem": 2,
        "urine": 2,
        "ultrasound": 1,
        "endoscopy": 1,
        "ct": 1,
        "mri": 1,
        "xray": 1,
        "ecg": 1,
        "pathology": 1,
        "prescription": 1,
        "physical": 1,
        "box": 1,
    },
}
REPORT_TYPES = {
    "blood": "blood test",
    "biochem": "biochemistry",
    "immuno": "diagnostic test",
    "urine": "urine test",
    "ultrasound": "ultrasound",
    "endoscopy": "endoscopy",
    "ct": "CT",
    "record": "medical record",
    "mri": "MRI",
    "xray": "X-ray",
    "ecg": "ECG",
    "pathology": "pathology",
    "prescription": "prescription",
    "physical": "physical examination",
    "box": "medicine box",
}
LAB_KINDS = ("blood", "biochem", "immuno", "urine")
AnyItem = c.Item | c.Qualitative

# kind -> (title zh, title en, examination zh, examination en, specimen zh, specimen en, items)
LabVariant = tuple[str, str, str, str, str, str, tuple[AnyItem, ...]]
LABS: dict[str, tuple[LabVariant, ...]] = {
    "blood": (
        (
            "血常规检验报告单",
            "Haematology Report",
            "血细胞分析",
            "Complete Blood Count",
            "全血",
            "Whole blood",
            c.CBC[:24],
        ),
        (
            "检验报告单",
            "Laboratory Report",
            "血常规（五分类）",
            "Full Blood Count",
            "静脉血",
            "EDTA blood",
            c.CBC[:20],
        ),
        (
            "凝血功能检验报告",
            "Coagulation Report",
            "凝血功能全套",
            "Coagulation screen",
            "血浆",
            "Plasma",
            c.COAGULATION,
        ),
        (
            "临床检验报告单",
            "Blood Test Report",
            "血常规+CRP",
            "Blood count with CRP",
            "末梢血",
            "Blood",
            c.CBC,
        ),
    ),
    "biochem": (
        (
            "生化检验报告单",
            "Clinical Biochemistry Report",
            "肝肾功能",
            "Liver and kidney profile",
            "血清",
            "Serum",
            c.LIVER + c.KIDNEY,
        ),
        (
            "检验报告单",
            "Chemistry Report",
            "血脂及肾功能电解质",
            "Lipid and renal panel",
            "血清",
            "Serum",
            c.LIPIDS + c.KIDNEY,
        ),
        ("肝功能检验报告", "Liver Function Report", "肝功能十四项", "Liver panel", "血清", "Serum", c.LIVER),
    ),
    "immuno": (
        (
            "感染性疾病筛查报告单",
            "Infectious Disease Report",
            "输血前检查",
            "Infection screen",
            "血清",
            "Serum",
            c.INFECTION,
        ),
        (
            "免疫检验报告单",
            "Immunoassay Report",
            "甲状腺功能及肿瘤标志物",
            "Thyroid and tumour markers",
            "血清",
            "Serum",
            c.THYROID,
        ),
    ),
    "urine": (
        (
            "尿液分析检验报告单",
            "Urinalysis Report",
            "尿液分析+沉渣",
            "Urinalysis with microscopy",
            "尿液",
            "Urine",
            c.URINE_STRIP + c.URINE_COUNT,
        ),
        (
            "尿常规检验报告",
            "Urine Test Report",
            "尿常规",
            "Urine dipstick",
            "中段尿",
            "Midstream urine",
            c.URINE_STRIP + c.URINE_COUNT[:2],
        ),
    ),
}
# Table layouts as "cell:header"; "result+" prints the abnormal mark behind the result, "name+" the code.
LAYOUTS: dict[str, tuple[str, ...]] = {
    "zh": (
        "no:序号 name:项目名称 result:结果 mark:提示 unit:单位 range:参考区间",
        "code:代号 name:检验项目 result+:结果 unit:单位 range:参考范围",
        "no:NO name:项目 result:检测结果 unit:单位 range:参考值 mark:标志 method:检测方法",
        "name:项目名称 result:结果 unit:单位 range:参考范围 status:结果状态 hint:临床提示",
        "name:项目名称 code:缩写 result:测定值 mark:异常 unit:单位 range:参考范围 critical:危急值",
        "no:序号 name+:项目名称 result:结果 mark:标记 range:参考范围 unit:单位",
    ),
    "zh2": (
        "name:项目 result+:结果 unit:单位 range:参考值",
        "no:序 name:项目名称 result:结果 mark:提示 unit:单位 range:参考区间",
    ),
    "en": (
        "name:Test result:Result mark:Flag unit:Units range:Reference_Range",
        "name:Analyte result+:Value unit:Unit range:Ref._Interval method:Method",
        "no:No. name:Test_Name result:Result unit:Unit range:Normal_Range status:Status",
        "name:Investigation result:Result mark:H/L unit:Units range:Reference_Range hint:Comment",
        "code:Code name:Test_Name result:Result mark:Flag range:Reference_Range unit:Units critical:Critical",
    ),
    "en2": ("name:Test result+:Result unit:Units range:Range",),
}
# A screening item's meaning is in its status column, so its layout must print one.
SCREENING_LAYOUT = "no:序号 name:检验项目 result:结果 unit:单位 range:参考范围 status:结果判定 method:方法"
LABELS: dict[str, dict[str, tuple[str, ...]]] = {
    "zh": {
        "Name": ("姓名", "患者姓名", "姓　名"),
        "Gender": ("性别", "性　别"),
        "Age": ("年龄", "年　龄"),
        "Department": ("科室", "科别", "申请科室", "送检科室"),
        "Examination Site": ("检查部位", "部位"),
        "Sample Collection Time": ("采样时间", "采集时间", "标本采集时间"),
        "lab Examination Time": ("检验时间", "检测时间", "检验日期"),
        "Examination Time": ("检查时间", "检查日期"),
        "lab Examination Name": ("检验项目", "检验目的"),
        "Examination Name": ("检查项目", "检查名称"),
        "Diagnosis": ("临床诊断", "诊断"),
        "Others": ("备注", "附注"),
    },
    "en": {
        "Name": ("Name", "Patient Name", "Patient"),
        "Gender": ("Sex", "Gender"),
        "Age": ("Age",),
        "Department": ("Department", "Dept.", "Ward"),
        "Examination Site": ("Site", "Body Part", "Region"),
        "Sample Collection Time": ("Collected", "Collection Time", "Sample Collected"),
        "lab Examination Time": ("Tested", "Test Date"),
        "Examination Time": ("Exam Date", "Date of Exam", "Date"),
        "lab Examination Name": ("Test Requested", "Panel"),
        "Examination Name": ("Examination", "Procedure"),
        "Diagnosis": ("Clinical Diagnosis", "Diagnosis"),
        "Others": ("Remarks", "Note", "Comments"),
    },
}
# kind -> (title, description label, diagnosis label, advice label)
SECTIONS: dict[str, dict[str, tuple[str, str, str, str]]] = {
    "zh": {
        "ultrasound": ("超声检查报告单", "超声所见", "超声提示", "建议"),
        "endoscopy": ("内镜检查报告", "镜下所见", "内镜诊断", "处理建议"),
        "ct": ("CT检查报告单", "影像所见", "诊断意见", "建议"),
        "mri": ("磁共振检查报告单", "检查所见", "影像诊断", "建议"),
        "xray": ("数字X线摄影报告", "影像表现", "印象", "建议"),
        "ecg": ("心电图报告", "", "心电图诊断", "建议"),
        "pathology": ("病理诊断报告书", "肉眼及镜下所见", "病理诊断", "建议"),
        "record": ("门诊病历", "体格检查", "初步诊断", "处理意见"),
        "prescription": ("门诊处方笺", "", "临床诊断", "Rp"),
        "physical": ("健康体检报告", "", "体检结论", "健康建议"),
    },
    "en": {
        "ultrasound": ("Ultrasound Report", "FINDINGS", "IMPRESSION", "RECOMMENDATION"),
        "endoscopy": ("Endoscopy Report", "Findings", "Endoscopic Diagnosis", "Plan"),
        "ct": ("CT Scan Report", "FINDINGS", "CONCLUSION", "RECOMMENDATION"),
        "mri": ("MRI Report", "Findings", "Impression", "Recommendation"),
        "xray": ("Radiology Report", "Report", "Impression", "Recommendation"),
        "ecg": ("Electrocardiogram Report", "", "Interpretation", "Advice"),
        "pathology": ("Histopathology Report", "Description", "Diagnosis", "Recommendation"),
        "record": ("Outpatient Record", "Examination Findings", "Diagnosis", "Plan"),
        "prescription": ("Prescription", "", "Diagnosis", "Rx"),
        "physical": ("Health Examination Report", "", "Conclusion", "Advice"),
    },
}


@dataclass(frozen=True)
class Title:
    """Centred heading lines: the hospital first, the report's title last."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Fields:
    """Label and value pairs set in columns; style is plain, boxed or underline."""

    pairs: tuple[tuple[str, str], ...]
    columns: int
    style: str


@dataclass(frozen=True)
class Table:
    """A table, perhaps split into side-by-side panels; style is grid, lines, bands or plain."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    panels: int
    style: str


@dataclass(frozen=True)
class Text:
    """A labelled paragraph; inline puts the label in front of the first line."""

    label: str
    text: str
    inline: bool


@dataclass(frozen=True)
class Picture:
    """A drawn figure: "ecg", "ultrasound" or "endoscopy"."""

    kind: str


Block = Title | Fields | Table | Text | Picture


class Report(TypedDict):
    """One report: its identity, the page's blocks, the layout's width and the gold."""

    id: str
    report_type: str
    language: str
    width: int
    blocks: list[Block]
    gold: Gold


def rng_for(key: str, stream: int) -> np.random.Generator:
    """Return the generator of one report and purpose, independent of every other report."""
    return np.random.default_rng([SEED, stream, zlib.crc32(key.encode())])


def pick(rng: np.random.Generator, options: Sequence[T]) -> T:
    """Choose one option."""
    return options[int(rng.integers(len(options)))]


def report_ids() -> list[str]:
    """List the ids of the set, such as ``zh-blood-01``, in order."""
    return [
        f"{lang}-{kind}-{n + 1:02d}"
        for lang, kinds in PLAN.items()
        for kind, total in kinds.items()
        for n in range(total)
    ]


def empty_gold() -> Gold:
    """Return the schema with nothing filled in."""
    gold: Gold = dict.fromkeys(TOP_KEYS, "")
    gold["Indicators"] = []
    return gold


def fill_slots(text: str, rng: np.random.Generator) -> str:
    """Replace every ``{low-high}`` slot by a number with the digits of its bounds."""

    def draw(match: re.Match[str]) -> str:
        low, high = match.group(1), match.group(2)
        digits = len(low.partition(".")[2])
        return f"{rng.uniform(float(low), float(high)):.{digits}f}"

    return re.sub(r"\{([\d.]+)-([\d.]+)\}", draw, text)


def draw_value(item: c.Item, rng: np.random.Generator, abnormal: float) -> float:
    """Draw one value, outside the reference range with the given probability."""
    low = item.low if item.low is not None else 0.05 * (item.high or 1)
    high = item.high if item.high is not None else 2 * low
    if rng.random() >= abnormal:
        return float(rng.triangular(low, (low + high) / 2, high))
    # A narrow range such as sodium's belongs to a value that the body holds tightly.
    reach = 0.3 if item.low is not None and item.low > 0.4 * high else 0.9
    span = (high - low) * reach
    if item.high is None or (item.low and item.low > 0 and rng.random() < 0.45):
        return float(max(low - rng.uniform(0.05, 0.6) * span, 0.4 * low))
    return float(high + rng.uniform(0.05, 1.0) * span)


def reconcile(v: dict[str, float]) -> None:
    """Recompute items that follow from others, so that a page does not contradict itself."""
    shares = ("NEUT%", "LYMPH%", "MONO%", "EO%", "BASO%")
    if set(shares) <= v.keys():
        v["NEUT%"] = 100 - sum(round(v[s], 1) for s in shares[1:])
        for share in shares:
            v[share.replace("%", "#")] = v["WBC"] * v[share] / 100
        v["HCT"] = v["RBC"] * v["MCV"] / 10
        v["MCH"] = v["MCV"] * v["MCHC"] / 1000
        v["HGB"] = v["RBC"] * v["MCH"]
    if {"PLT", "MPV", "PCT"} <= v.keys():
        v["PCT"] = v["PLT"] * v["MPV"] / 1e4
    if {"TBIL", "DBIL"} <= v.keys():
        v["DBIL"] = min(v["DBIL"], 0.45 * v["TBIL"])
        v["IBIL"] = round(v["TBIL"], 1) - round(v["DBIL"], 1)
    if {"TP", "ALB"} <= v.keys():
        v["GLB"] = round(v["TP"], 1) - round(v["ALB"], 1)
        v["A/G"] = v["ALB"] / v["GLB"]
    if {"HT", "WT"} <= v.keys():
        # The written conclusion of the example says overweight, blood pressure high-normal.
        v["BMI"], v["SBP"], v["DBP"] = 24.5 + 3 * (v["BMI"] % 1), 128 + v["SBP"] % 10, 80 + v["DBP"] % 9
        v["HT"] = 158 + 22 * (v["HT"] % 1)
        v["WT"] = v["BMI"] * (v["HT"] / 100) ** 2
    if "SG" in v:
        # Urine is never lighter than water, and its pH has limits.
        v["SG"], v["pH"] = max(v["SG"], 1.001), min(max(v["pH"], 4.5), 9.0)
    if {"QT", "HR", "QTc"} <= v.keys():
        v["QTc"] = min(v["QT"] * (v["HR"] / 60) ** 0.5, 448.0)
        v["QT"] = v["QTc"] / (v["HR"] / 60) ** 0.5
    if {"PT", "INR"} <= v.keys():
        v["INR"] = v["PT"] / 11.0


def format_range(item: c.Item, dash: str) -> str:
    """Print a reference range the way the item's ends allow."""
    if item.low is None and item.high is None:
        return ""
    if item.low is None:
        return f"<{item.high:g}"
    if item.high is None:
        return f">{item.low:g}"
    digits = max(len(f"{x:g}".partition(".")[2]) for x in (item.low, item.high))
    return f"{item.low:.{digits}f}{dash}{item.high:.{digits}f}"


def quantitative_row(item: c.Item, value: float, lang: str, marks: str, dash: str) -> Indicator:
    """Build the full indicator of one number; the layout later drops what it does not print."""
    shown = f"{value:.{item.digits}f}"
    side = int(item.high is not None and float(shown) > item.high)
    side -= int(item.low is not None and float(shown) < item.low)
    hint = c.HINTS.get(item.code, c.OTHER_HINT) if side else ("", "")
    method = c.METHODS.get(item.method, ("", ""))
    zh = lang == "zh"
    far = side > 0 and item.high is not None and float(shown) > 1.6 * item.high
    return dict(
        zip(
            INDICATOR_KEYS,
            (
                item.zh if zh else item.en,
                shown,
                item.unit if zh else c.UNITS_EN.get(item.unit, item.unit),
                format_range(item, dash),
                ("", marks[0], marks[1])[side],
                method[0 if zh else 1],
                (("正常", "偏高", "偏低") if zh else ("Normal", "High", "Low"))[side],
                hint[0 if zh else 1],
                (("否", "是") if zh else ("No", "Yes"))[int(far)],
            ),
            strict=True,
        )
    )


def qualitative_row(item: c.Qualitative, lang: str, rng: np.random.Generator, abnormal: float) -> Indicator:
    """Build the indicator of one qualitative item; screening items carry a number and a status."""
    side = 0 if lang == "zh" else 1
    odd = bool(rng.random() < abnormal)
    result = pick(rng, item.abnormal)[side] if odd else item.normal[side]
    row = dict.fromkeys(INDICATOR_KEYS, "")
    row |= {
        "Item Name": item.zh if side == 0 else item.en,
        "Result": result,
        "Reference Range": item.normal[side],
        "Abnormal Mark": "*" if odd else "",
        "Critical Value": "否" if side == 0 else "No",
        "Result Status": ("异常" if odd else "正常") if side == 0 else ("Abnormal" if odd else "Normal"),
        "Detection Method": "干化学法" if side == 0 else "Dipstick",
    }
    if item.unit:
        cut = {"IU/mL": 0.05, "mIU/mL": 10.0}.get(item.unit, 1.0)
        value = cut * (rng.uniform(1.5, 8) if odd else rng.uniform(0.02, 0.8))
        row |= {
            "Result": f"{value:.2f}",
            "Unit": item.unit,
            "Reference Range": f"<{cut:.2f}",
            "Result Status": result,
            "Detection Method": c.METHODS["clia"][side],
        }
    return row


def make_rows(
    items: Sequence[AnyItem], lang: str, rng: np.random.Generator, abnormal: float
) -> list[Indicator]:
    """Draw every item of a panel."""
    marks = pick(rng, ("↑↓", "↑↓", "HL") if lang == "zh" else ("HL", "HL", "↑↓"))
    dash = pick(rng, ("-", "-", "～", "--") if lang == "zh" else ("-", " - "))
    power = pick(rng, ("", "", "×", "*"))
    values = {i.code: draw_value(i, rng, abnormal) for i in items if isinstance(i, c.Item)}
    reconcile(values)
    rows = []
    for item in items:
        if isinstance(item, c.Item):
            row = quantitative_row(item, values[item.code], lang, marks, dash)
        else:
            row = qualitative_row(item, lang, rng, abnormal)
        if row["Unit"].startswith("10^"):
            row["Unit"] = power + row["Unit"]
        rows.append(row)
    return rows


def lay_table(
    items: Sequence[AnyItem], rows: list[Indicator], layout: str, panels: int, style: str
) -> tuple[Table, list[Indicator]]:
    """Print the rows in a layout; return the table and the indicators as far as they are printed."""
    columns = [part.split(":", 1) for part in layout.split()]
    printed_keys = {
        "name": "Item Name",
        "name+": "Item Name",
        "result": "Result",
        "result+": "Result",
        "unit": "Unit",
        "range": "Reference Range",
        "mark": "Abnormal Mark",
        "method": "Detection Method",
        "status": "Result Status",
        "hint": "Clinical Indication",
        "critical": "Critical Value",
    }
    kinds = [kind for kind, _ in columns]
    kept = {printed_keys[k] for k in kinds if k in printed_keys} | (
        {"Abnormal Mark"} if "result+" in kinds else set()
    )
    cells, indicators = [], []
    for number, (item, row) in enumerate(zip(items, rows, strict=True), 1):
        shown = {k: (v if k in kept else "") for k, v in row.items()}
        if "name+" in kinds:
            shown["Item Name"] = f"{row['Item Name']}({item.code})"
        special = {
            "no": str(number),
            "code": item.code,
            "result+": f"{row['Result']} {row['Abnormal Mark']}".strip(),
        }
        cells.append(tuple(special[k] if k in special else shown[printed_keys[k]] for k in kinds))
        indicators.append(shown)
    headers = tuple(header.replace("_", " ") for _, header in columns)
    return Table(headers, tuple(cells), panels, style), indicators


class Sheet:
    """Collects one report's blocks and gold while the page is composed."""

    def __init__(self, key: str) -> None:
        self.lang, self.kind, number = key.split("-")
        self.number = int(number) - 1
        self.rng = rng_for(key, 0)
        self.zh = self.lang == "zh"
        self.gold = empty_gold()
        self.blocks: list[Block] = []
        self.lab = self.kind in LAB_KINDS
        self.stamp = self._timestamps()

    def _timestamps(self) -> list[str]:
        """Draw collection, examination and report times in one format."""
        rng = self.rng
        month, day, year = int(rng.integers(1, 13)), int(rng.integers(1, 28)), int(rng.integers(2021, 2025))
        minutes = np.cumsum([rng.integers(430, 600), rng.integers(15, 70), rng.integers(20, 180)])
        iso, month_name = (
            f"{year}-{month:02d}-{day:02d}",
            "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * month - 3 : 3 * month],
        )
        local = f"{year}年{month}月{day}日" if self.zh else f"{day} {month_name} {year}"
        date = pick(rng, (iso, iso, iso.replace("-", "/"), local))
        clock = not (date == local and self.zh) and rng.random() < 0.75
        return [date + (f" {m // 60:02d}:{m % 60:02d}" if clock else "") for m in minutes.tolist()]

    def label(self, key: str) -> str:
        """Choose one of the printed labels of a schema key."""
        labels = LABELS[self.lang]
        if key == "Examination Time" and self.kind in ("prescription", "record"):
            return "就诊日期" if self.zh else "Date"
        return pick(self.rng, labels.get(f"lab {key}" if self.lab else key, labels.get(key, (key,))))

    def person(self) -> tuple[str, str, str]:
        """Invent a name, a gender and an age."""
        rng = self.rng
        woman = int(rng.integers(2))
        years = int(rng.integers(18, 84))
        if self.zh:
            name = pick(rng, c.SURNAMES_ZH) + pick(rng, c.GIVEN_ZH[woman])
            return name, "男女"[woman], f"{years}{pick(rng, ('岁', '岁', '', 'Y'))}"
        name = f"{pick(rng, c.GIVEN_EN[woman])} {pick(rng, c.SURNAMES_EN)}"
        gender = pick(rng, (("Male", "M"), ("Female", "F"))[woman])
        return name, gender, f"{years}{pick(rng, ('', '', ' years', 'Y'))}"

    def staff(self) -> str:
        """Invent a member of staff."""
        return self.person()[0] if self.zh else f"Dr {pick(self.rng, c.SURNAMES_EN)}"

    def keep(self, key: str, value: str, blank: float = 0.08) -> tuple[str, str]:
        """Record a value under a schema key, now and then as a printed label with nothing behind it."""
        value = "" if self.rng.random() < blank else value
        self.gold[key] = value
        return self.label(key), value

    def code(self, prefix: str = "") -> str:
        """Invent a registration number."""
        return f"{prefix}{self.rng.integers(10**6, 10**7)}"

    def header(self, department: str, exam: str, site: str, title: str) -> None:
        """Compose title and header fields; an unlabelled examination name falls back to the title."""
        rng, zh = self.rng, self.zh
        hospitals = c.HOSPITALS_ZH if zh else c.HOSPITALS_EN
        # The first name of the list is a laboratory, which issues nothing but laboratory reports.
        self.blocks.append(Title((pick(rng, hospitals if self.lab else hospitals[1:]), title)))
        name, gender, age = self.person()
        pairs = [self.keep("Name", name, 0.0), self.keep("Gender", gender), self.keep("Age", age)]
        if rng.random() < 0.85:
            pairs.append(self.keep("Department", department, 0.12))
        pairs.append(("门诊号" if zh else "Patient ID", self.code("M") if rng.random() < 0.85 else ""))
        if rng.random() < 0.5:
            pairs.append(("床号" if zh else "Bed", str(rng.integers(1, 60)) if rng.random() < 0.4 else ""))
        if self.lab:
            pairs.append(("标本类型" if zh else "Specimen", site))
            if rng.random() < 0.75:
                pairs.append(self.keep("Sample Collection Time", self.stamp[0]))
            if rng.random() < 0.4:
                diagnosis = pick(rng, c.LAB_DIAGNOSES_ZH if zh else c.LAB_DIAGNOSES_EN)
                pairs.append(self.keep("Diagnosis", diagnosis, 0.25))
        elif site:
            pairs.append(self.keep("Examination Site", site, 0.05))
        if rng.random() < 0.85:
            pairs.append(self.keep("Examination Time", self.stamp[1], 0.05))
        if exam and rng.random() < 0.65:
            pairs.append(self.keep("Examination Name", exam, 0.0))
        elif self.kind not in ("prescription", "record"):
            self.gold["Examination Name"] = title
        columns = pick(rng, (2, 3, 3, 4)) if self.lab and zh else pick(rng, (2, 3) if zh else (2, 2, 3))
        self.blocks.append(Fields(tuple(pairs), columns, pick(rng, ("plain", "plain", "boxed", "underline"))))

    def footer(self, note: str) -> None:
        """Compose remarks, signatures and a disclaimer."""
        rng, zh = self.rng, self.zh
        if note:
            self.gold["Others"] = note
            self.blocks.append(Text(self.label("Others"), note, True))
        roles = (
            (("检验者", "审核者") if self.lab else ("报告医师", "审核医师"))
            if zh
            else ("Reported by", "Verified by")
        )
        if self.kind == "prescription":
            roles = ("医师", "药师") if zh else ("Prescriber", "Dispensed by")
        pairs = [(role, self.staff()) for role in roles]
        if rng.random() < 0.6:
            pairs.append(("报告时间" if zh else "Reported", self.stamp[2]))
        self.blocks.append(Fields(tuple(pairs), 3, "plain"))
        if rng.random() < 0.7:
            disclaimers = c.DISCLAIMERS_ZH if zh else c.DISCLAIMERS_EN
            self.blocks.append(Text("", pick(rng, disclaimers if self.lab else disclaimers[1:]), True))

    def table(self, items: Sequence[AnyItem], abnormal: float, two_panels: bool, layout: str = "") -> None:
        """Compose an indicator table in one of the language's layouts."""
        rows = make_rows(items, self.lang, self.rng, abnormal)
        chosen = layout or pick(self.rng, LAYOUTS[self.lang + ("2" if two_panels else "")])
        style = pick(self.rng, ("grid", "lines", "lines", "plain", "bands"))
        block, indicators = lay_table(items, rows, chosen, 2 if two_panels else 1, style)
        self.blocks.append(block)
        self.gold["Indicators"] = indicators

    def laboratory(self) -> None:
        """Compose a laboratory report."""
        rng, zh = self.rng, self.zh
        variants = LABS[self.kind]
        spec = variants[self.number % len(variants)]
        items = spec[6]
        title, exam, specimen = (spec[0], spec[2], spec[4]) if zh else (spec[1], spec[3], spec[5])
        self.header(pick(rng, c.WARDS_ZH if zh else c.WARDS_EN), exam, specimen, title)
        fixed = SCREENING_LAYOUT if items is c.INFECTION and zh else ""
        self.table(items, float(rng.uniform(0.12, 0.3)), len(items) > 16 and rng.random() < 0.6, fixed)
        notes: tuple[str, ...] = c.LAB_NOTES_ZH if zh else c.LAB_NOTES_EN
        # The first two notes only fit a serum sample.
        notes = notes if self.kind == "biochem" else notes[2:]
        self.footer(pick(rng, notes) if rng.random() < 0.45 else "")

    def section(self, key: str, label: str, text: str, inline: bool) -> None:
        """Compose one free-text section."""
        if text:
            self.gold[key] = text
            self.blocks.append(Text(label, text, inline))

    def measured(self) -> None:
        """Compose the figures of an ECG or a physical examination."""
        if self.kind == "ecg":
            rows = make_rows(c.ECG, self.lang, self.rng, 0.0)
            kept = [
                dict.fromkeys(INDICATOR_KEYS, "") | {k: r[k] for k in ("Item Name", "Result", "Unit")}
                for r in rows
            ]
            self.gold["Indicators"] = kept
            pairs = tuple((r["Item Name"], f"{r['Result']} {r['Unit']}") for r in kept)
            self.blocks += [Fields(pairs, 2 if self.zh else 3, "plain"), Picture("ecg")]
        elif self.kind == "physical":
            self.table(c.PHYSICAL + c.EXAM_ROOM, 0.0, False, LAYOUTS[self.lang][0])

    def narrative(self) -> None:
        """Compose a report that consists of free text."""
        cases = c.CASES[f"{self.lang}-{self.kind}"]
        case = cases[self.number % len(cases)]
        title, seen, found, advice = SECTIONS[self.lang][self.kind]
        self.header(case.department, case.exam, case.site, title)
        inline = bool(self.rng.random() < 0.4)
        if self.kind == "record":
            self.blocks.append(Text("主诉" if self.zh else "Complaint", case.others, inline))
        self.measured()
        if self.kind in ("ultrasound", "endoscopy") and self.rng.random() < 0.6:
            self.blocks.append(Picture(self.kind))
        self.section("Examination Description", seen, fill_slots(case.description, self.rng), inline)
        self.section("Diagnosis", found, fill_slots(case.diagnosis, self.rng), inline)
        self.section("Treatment Recommendations", advice, fill_slots(case.advice, self.rng), inline)
        self.footer("" if self.kind == "record" else case.others)

    def box(self) -> None:
        """Compose the panel of a medicine box."""
        name, size, parts, uses, dosage, warning, storage = c.BOXES[self.lang][
            self.number % len(c.BOXES[self.lang])
        ]
        heads = ("成份", "含量", "单位") if self.zh else ("Each tablet contains", "Amount", "Unit")
        labels = (
            ("适应症", "用法用量", "注意事项", "贮藏")
            if self.zh
            else ("Uses", "Directions", "Warnings", "Storage")
        )
        wrap = "【{}】" if self.zh else "{}:"
        self.blocks += [Title((name, size)), Table(heads, parts, 1, "lines")]
        self.blocks += [
            Text(wrap.format(k), v, True)
            for k, v in zip(labels, (uses, dosage, warning, storage), strict=True)
        ]
        lot = ("产品批号", "有效期至") if self.zh else ("Lot", "EXP")
        self.blocks.append(
            Fields(((lot[0], self.code()), (lot[1], f"2027-{self.rng.integers(1, 13):02d}")), 2, "plain")
        )
        self.gold |= {"Treatment Recommendations": dosage, "Others": warning}
        self.gold["Indicators"] = [
            dict.fromkeys(INDICATOR_KEYS, "") | {"Item Name": part, "Result": amount, "Unit": unit}
            for part, amount, unit in parts
        ]


def make_report(seed_key: str) -> Report:
    """Compose the report of a key such as ``zh-blood-01``; any number gives a further report.

    Parameters
    ----------
    seed_key : str
        Language, kind and number joined by hyphens; the kinds are those of `PLAN`.

    Returns
    -------
    Report
        The page's blocks and the gold JSON, the same for the same key.
    """
    sheet = Sheet(seed_key)
    if sheet.kind == "box":
        sheet.box()
    elif sheet.lab:
        sheet.laboratory()
    else:
        sheet.narrative()
    wide = any(isinstance(b, Table) and (b.panels > 1 or len(b.headers) > 6) for b in sheet.blocks)
    width = 900 if sheet.kind == "box" else (1640 if wide else int(pick(sheet.rng, (1240, 1320, 1480))))
    return {
        "id": seed_key,
        "report_type": REPORT_TYPES[sheet.kind],
        "language": sheet.lang,
        "width": width,
        "blocks": sheet.blocks,
        "gold": sheet.gold,
    }
