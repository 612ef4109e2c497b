"""Seeded synthetic lab reports, and predictions such as a policy's rollouts.

Everything is invented: names, dates and values come out of a random generator. The schema is the one of
"Efficient Medical VIE via Reinforcement Learning" (arXiv 2506.13363, Appendix A).
"""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any, Final, NamedTuple

Report = dict[str, Any]
Row = dict[str, str]

LIST_KEY: Final = "Indicators"
PANELS_KEY: Final = "Panels"
PANEL_ROWS: Final = 8
TOP_KEYS: Final = (
    "Name",
    "Gender",
    "Age",
    "Examination Time",
    "Department",
    "Examination Name",
    "Examination Site",
    LIST_KEY,
    "Examination Description",
    "Diagnosis",
    "Treatment Recommendations",
    "Sample Collection Time",
    "Others",
)
ROW_KEYS: Final = (
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


class Analyte(NamedTuple):
    """What a laboratory measures: its names, unit, usual range and printed decimals."""

    chinese: str
    english: str
    short: str
    unit: str
    low: float
    high: float
    digits: int


ANALYTES: Final = (
    Analyte("白细胞计数", "Leukocytes", "WBC", "10^9/L", 3.5, 9.5, 2),
    Analyte("红细胞计数", "Erythrocytes", "RBC", "10^12/L", 3.8, 5.8, 2),
    Analyte("血红蛋白", "Haemoglobin", "HGB", "g/L", 115, 175, 0),
    Analyte("红细胞压积", "Haematocrit", "HCT", "%", 35.0, 50.0, 1),
    Analyte("平均红细胞体积", "Mean cell volume", "MCV", "fL", 82.0, 100.0, 1),
    Analyte("血小板计数", "Thrombocytes", "PLT", "10^9/L", 125, 350, 0),
    Analyte("中性粒细胞百分比", "Neutrophils", "NEUT%", "%", 40.0, 75.0, 1),
    Analyte("淋巴细胞绝对值", "Lymphocytes", "LYM#", "10^9/L", 1.1, 3.2, 2),
    Analyte("丙氨酸氨基转移酶", "Alanine aminotransferase", "ALT", "U/L", 7, 40, 0),
    Analyte("天门冬氨酸氨基转移酶", "Aspartate aminotransferase", "AST", "U/L", 13, 35, 0),
    Analyte("碱性磷酸酶", "Alkaline phosphatase", "ALP", "U/L", 35, 100, 0),
    Analyte("γ-谷氨酰转移酶", "Gamma-glutamyl transferase", "GGT", "U/L", 7, 45, 0),
    Analyte("总胆红素", "Bilirubin, total", "TBIL", "μmol/L", 5.1, 22.2, 1),
    Analyte("白蛋白", "Albumin", "ALB", "g/L", 40.0, 55.0, 1),
    Analyte("尿素", "Urea", "UREA", "mmol/L", 2.6, 7.5, 2),
    Analyte("肌酐", "Creatinine", "CREA", "μmol/L", 41.0, 81.0, 1),
    Analyte("尿酸", "Uric acid", "UA", "μmol/L", 155, 357, 0),
    Analyte("葡萄糖", "Glucose", "GLU", "mmol/L", 3.9, 6.1, 2),
    Analyte("总胆固醇", "Cholesterol, total", "TC", "mmol/L", 2.8, 5.7, 2),
    Analyte("甘油三酯", "Triglycerides", "TG", "mmol/L", 0.45, 1.7, 2),
    Analyte("钾", "Potassium", "K", "mmol/L", 3.5, 5.3, 2),
    Analyte("钠", "Sodium", "Na", "mmol/L", 137, 147, 1),
    Analyte("氯", "Chloride", "Cl", "mmol/L", 99, 110, 1),
    Analyte("钙", "Calcium", "Ca", "mmol/L", 2.11, 2.52, 2),
    Analyte("C反应蛋白", "C-reactive protein", "CRP", "mg/L", 0.0, 8.0, 2),
    Analyte("降钙素原", "Procalcitonin", "PCT", "ng/mL", 0.0, 0.05, 3),
    Analyte("促甲状腺激素", "Thyrotropin", "TSH", "mIU/L", 0.35, 4.94, 3),
    Analyte("游离甲状腺素", "Free thyroxine", "FT4", "pmol/L", 9.0, 19.1, 2),
    Analyte("肌酸激酶同工酶", "Creatine kinase MB", "CK-MB", "U/L", 0, 24, 0),
    Analyte("D-二聚体", "D-dimer", "D-D", "mg/L FEU", 0.0, 0.55, 2),
    Analyte("糖化血红蛋白", "Glycated haemoglobin", "HbA1c", "%", 4.0, 6.0, 1),
    Analyte("铁蛋白", "Ferritin", "FER", "μg/L", 13.0, 150.0, 1),
)
QUALITATIVE: Final = (
    ("乙肝表面抗原", "HBsAg"),
    ("丙肝抗体", "Anti-HCV"),
    ("尿蛋白", "Urine protein"),
    ("尿酮体", "Urine ketones"),
    ("隐血试验", "Occult blood"),
)
FINDINGS: Final = ("阴性", "阳性", "(-)", "1+", "未检出", "Negative")
SPECIMENS: Final = ("血清", "血浆", "全血", "尿液", "Serum", "24h urine")
MOMENTS: Final = ("0 min", "30 min", "60 min", "120 min", "餐后2h", "复查", "Day 2", "Day 7")
METHODS: Final = ("酶法", "比色法", "离子选择电极法", "免疫比浊法", "化学发光法", "Flow cytometry", "HPLC")
STATUSES: Final = ("正常", "偏高", "偏低", "Final", "Preliminary")
HINTS: Final = (
    "建议复查",
    "结合临床",
    "轻度溶血，仅供参考",
    "Consider repeat after fasting",
    "Haemolysed sample",
)
SURNAMES: Final = ("赵", "钱", "孙", "周", "吴", "郑", "欧阳")
GIVEN: Final = ("子涵", "雨桐", "建国", "秀英", "明", "思远")
FULL_NAMES: Final = ("Maria Okafor", "Tomas Lindgren", "Ana Beltrán", "J. Whitfield")
DEPARTMENTS: Final = ("检验科", "急诊科", "内分泌科", "肾内科", "Outpatients", "Haematology")
EXAMINATIONS: Final = ("血常规", "生化全项", "肝肾功能", "甲状腺功能", "Full blood count", "Metabolic panel")
SITES: Final = ("静脉血", "Venous blood", "中段尿")
SENTENCES: Final = (
    "红细胞形态大致正常。",
    "未见异常细胞。",
    "标本状态良好，无明显溶血及脂血。",
    "血糖较上次升高。",
    "Sample received at room temperature.",
    "Results were checked by a second technician.",
    "Mild neutrophilia, no left shift.",
    "电解质在参考区间内。",
)
DIAGNOSES: Final = (
    "2型糖尿病",
    "高脂血症？",
    "慢性肾脏病3期",
    "上呼吸道感染",
    "Iron deficiency anaemia",
    "体检",
)
ADVICE: Final = ("一周后复查", "低脂饮食，多饮水", "Repeat in four weeks", "请内分泌科会诊")
NOTES: Final = ("本报告仅对所检标本负责", "Page 1 of 1", "送检医院：第二门诊")
EXTRA_KEYS: Final = ("Remarks", "Hospital", "Bed Number", "Report ID", "审核者", "Sample Type")
TYPO_CHARS: Final = "0123456789.-aeoln正常血"


def report(rng: Random, rows: int) -> Report:
    """Make one gold report.

    Parameters
    ----------
    rng
        Where all choices come from.
    rows
        How many indicator rows it has.
    """
    born = rng.randrange(1, 95)
    day = f"20{rng.randrange(18, 26)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    minute = f"{rng.randrange(6, 18):02d}:{rng.randrange(60):02d}"
    names: set[str] = set()
    return {
        "Name": _maybe(rng, 0.95, _person(rng)),
        "Gender": _maybe(rng, 0.9, rng.choice(("男", "女", "M", "Female"))),
        "Age": _maybe(rng, 0.9, rng.choice((f"{born}岁", f"{born}", f"{born} years"))),
        "Examination Time": f"{day} {minute}",
        "Department": _maybe(rng, 0.8, rng.choice(DEPARTMENTS)),
        "Examination Name": rng.choice(EXAMINATIONS),
        "Examination Site": _maybe(rng, 0.3, rng.choice(SITES)),
        LIST_KEY: [row(rng, names) for _ in range(rows)],
        "Examination Description": _maybe(rng, 0.6, _prose(rng)),
        "Diagnosis": _maybe(rng, 0.5, rng.choice(DIAGNOSES)),
        "Treatment Recommendations": _maybe(rng, 0.3, rng.choice(ADVICE)),
        "Sample Collection Time": _maybe(rng, 0.7, f"{day} {minute}:00"),
        "Others": _maybe(rng, 0.3, rng.choice(NOTES)),
    }


def row(rng: Random, used: set[str] | None = None) -> Row:
    """Make one indicator row.

    Parameters
    ----------
    rng
        Where all choices come from.
    used
        Item names that the report already has; the new name is added. One row in fifty may repeat one.
    """
    made = _qualitative_row(rng) if rng.random() < 0.1 else _measured_row(rng)
    if used is not None:
        plain = made["Item Name"]
        while made["Item Name"] in used and rng.random() > 0.02:
            made["Item Name"] = f"{rng.choice(SPECIMENS)} {plain} ({rng.choice(MOMENTS)})"
        used.add(made["Item Name"])
    return made


def _measured_row(rng: Random) -> Row:
    analyte = rng.choice(ANALYTES)
    low, high, digits = analyte.low, analyte.high, analyte.digits
    value = max(0.0, rng.gauss((low + high) / 2, (high - low) / 3))
    mark, status = ("↑", "偏高") if value > high else ("↓", "偏低") if value < low else ("", "正常")
    return {
        "Item Name": _item_name(rng, analyte.chinese, analyte.english, analyte.short),
        "Result": f"{value:.{digits}f}",
        "Unit": _maybe(rng, 0.95, analyte.unit),
        "Reference Range": _maybe(rng, 0.9, f"{low:.{digits}f}{rng.choice('-~')}{high:.{digits}f}"),
        "Abnormal Mark": mark,
        "Detection Method": _maybe(rng, 0.35, rng.choice(METHODS)),
        "Result Status": _maybe(rng, 0.4, status),
        "Clinical Indication": _maybe(rng, 0.08, rng.choice(HINTS)),
        "Critical Value": _maybe(rng, 0.1, "是" if value > 1.5 * high else "否"),
    }


def _qualitative_row(rng: Random) -> Row:
    chinese, english = rng.choice(QUALITATIVE)
    finding = rng.choice(FINDINGS)
    return {
        "Item Name": _item_name(rng, chinese, english, english),
        "Result": finding,
        "Unit": "",
        "Reference Range": _maybe(rng, 0.8, rng.choice(("阴性", "Negative"))),
        "Abnormal Mark": "*" if finding in ("阳性", "1+") else "",
        "Detection Method": _maybe(rng, 0.5, rng.choice(METHODS)),
        "Result Status": _maybe(rng, 0.2, "Final"),
        "Clinical Indication": _maybe(rng, 0.08, rng.choice(HINTS)),
        "Critical Value": "",
    }


def in_panels(rng: Random, gold: Report) -> Report:
    """Put the rows of a report into panels of up to `PANEL_ROWS`, each an object with a name and its rows."""
    made: Report = {}
    for key, value in gold.items():
        if key != LIST_KEY:
            made[key] = value
            continue
        parts = [value[at : at + PANEL_ROWS] for at in range(0, len(value), PANEL_ROWS)]
        made[PANELS_KEY] = [{"Panel Name": rng.choice(EXAMINATIONS), LIST_KEY: part} for part in parts]
    return made


def with_numbers(value: Any, key: str = "") -> Any:
    """Write the results of a report that are plain numbers as JSON numbers."""
    if isinstance(value, dict):
        return {name: with_numbers(x, name) for name, x in value.items()}
    if isinstance(value, list):
        return [with_numbers(x) for x in value]
    if key == "Result" and isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
        return float(value) if "." in value else int(value)
    return value


def perturb(rng: Random, gold: Report) -> Report:
    """Make a prediction such as a rollout: mostly right, with the mistakes that models make.

    One value in twenty gets a typing error and one blank in fifty is filled; rows are dropped, doubled,
    invented and, in one prediction of three, shuffled; members go missing and are invented; in one
    prediction of five the blanks are null.
    """
    blank = None if rng.random() < 0.2 else ""
    pred: Report = {}
    for key, value in gold.items():
        if rng.random() < 0.03:
            continue
        if key == LIST_KEY:
            pred[key] = _perturb_rows(rng, value, blank)
        elif key == PANELS_KEY:
            pred[key] = [_perturb_panel(rng, panel, blank) for panel in value if rng.random() > 0.02]
        else:
            pred[key] = _perturb_text(rng, value, blank)
    if rng.random() < 0.15:
        pred[rng.choice(EXTRA_KEYS)] = rng.choice(NOTES)
    return pred


def _perturb_panel(rng: Random, panel: Report, blank: str | None) -> Report:
    name = _perturb_text(rng, panel["Panel Name"], blank)
    return {"Panel Name": name, LIST_KEY: _perturb_rows(rng, panel[LIST_KEY], blank)}


def _perturb_rows(rng: Random, rows: list[Row], blank: str | None) -> list[dict[str, Any]]:
    dropped, doubled, invented = rng.uniform(0, 0.15), rng.uniform(0, 0.04), rng.uniform(0, 0.1)
    out: list[dict[str, Any]] = []
    for gold_row in rows:
        if rng.random() < dropped:
            continue
        copy: dict[str, Any] = {
            key: _perturb_text(rng, value, blank) for key, value in gold_row.items() if rng.random() > 0.01
        }
        if rng.random() < 0.01:
            copy[rng.choice(EXTRA_KEYS)] = rng.choice(HINTS)
        out.append(copy)
        if rng.random() < doubled:
            out.append(dict(copy))
        if rng.random() < invented:
            out.append(dict(row(rng)))
    if rng.random() < 1 / 3:
        rng.shuffle(out)
    return out


def _perturb_text(rng: Random, text: str, blank: str | None) -> str | None:
    if not text:
        return rng.choice(STATUSES) if rng.random() < 0.02 else blank
    return typo(rng, text) if rng.random() < 0.05 else text


def typo(rng: Random, text: str) -> str:
    """Change, drop, insert or double one character of a text that is not empty."""
    at = rng.randrange(len(text))
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + rng.choice(TYPO_CHARS) + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + rng.choice(TYPO_CHARS) + text[at:]
    return text[: at + 1] + text[at:]


def completion(pred: Any) -> str:
    """Write a prediction as a model would: thoughts, then the answer in a fence."""
    return wrap(json.dumps(pred, ensure_ascii=False))


def wrap(answer: str) -> str:
    """Put the text of an answer into the form that is asked of the model."""
    thoughts = "The report shows a table of indicators; I read it row by row."
    return f"<think>{thoughts}</think>\n<answer>\n```json\n{answer}\n```\n</answer>"


def json_schema(leaf: dict[str, Any] | None = None) -> dict[str, Any]:
    """Give the JSON Schema of the reports.

    Parameters
    ----------
    leaf
        Schema of every text field; ``{"type": "string"}`` where none is given.
    """
    text = leaf or {"type": "string"}
    rows = {"type": "object", "title": "Indicator", "properties": {key: dict(text) for key in ROW_KEYS}}
    members = {key: {"type": "array", "items": rows} if key == LIST_KEY else dict(text) for key in TOP_KEYS}
    return {"type": "object", "title": "Report", "properties": members}


def _maybe(rng: Random, chance: float, text: str) -> str:
    return text if rng.random() < chance else ""


def _person(rng: Random) -> str:
    if rng.random() < 0.3:
        return rng.choice(FULL_NAMES)
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def _item_name(rng: Random, chinese: str, english: str, short: str) -> str:
    return rng.choice((chinese, f"{chinese}({short})", english, short))


def _prose(rng: Random) -> str:
    return "".join(rng.choice(SENTENCES) for _ in range(rng.randrange(1, 6)))
