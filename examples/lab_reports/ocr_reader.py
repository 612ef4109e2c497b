"""Read the page images with an OCR engine and turn its text boxes into the schema's JSON by rules.

The reader sees nothing but the images.  It has two variants: ``rows`` rebuilds text lines and table
columns from the geometry of the boxes, ``plain`` only reads text in order.  Both make ordinary
mistakes, which stay in the output files on purpose.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

Prediction = dict[str, Any]

KEYS = (
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
# Labels that usually stand in front of a value, as regular expressions.
FIELD_LABELS = {
    "Name": r"(?:患者|病人)?姓\s*名|(?:Patient ?)?Name|Patient",
    "Gender": r"性\s*别|Sex|Gender",
    "Age": r"年\s*龄|Age",
    "Examination Time": r"(?:检查|检验|检测|就诊)(?:时间|日期)|(?:Exam|Test|Study) ?Date|Date(?: ?of ?Exam)?|Tested",
    "Department": r"(?:申请|送检|就诊)?科[室别]|Dep(?:artmen)?t\.?|Ward|Clinic",
    "Examination Name": r"(?:检查|检验)(?:项目|名称|目的)|Examination|Procedure|Test ?Requested|Panel",
    "Examination Site": r"(?:检查)?部位|(?:Exam ?)?Site|Body ?Part|Region",
    "Sample Collection Time": r"(?:标本|样本)?采[样集](?:时间|日期)|(?:Sample ?)?Collect(?:ed|ion)(?: ?Time| ?Date)?",
}
SECTION_LABELS = {
    "Examination Description": r"(?:超声|影像|检查|镜下|肉眼及镜下|内镜)(?:所见|描述|表现)|体格检查|查体"
    r"|Findings|Description|Report",
    "Diagnosis": r"(?:临床|初步|病理|影像|内镜|心电图|超声)?(?:诊断|提示)(?:意见)?|体检结论|结论|印象"
    r"|Impression|Conclusion|Interpretation|(?:Clinical ?|Endoscopic ?)?Diagnosis",
    "Treatment Recommendations": r"(?:处理|治疗|健康)?(?:建议|意见)|医嘱|用法用量|Recommendations?|Plan|Advice|R[px](?=\W?\s*1)"
    r"|Directions|Dosage",
    "Others": r"备注|附注|说明|注意事项|Remarks?|Notes?|Comments?|Warnings?",
}
# Labels that end a section without being part of the schema.
OTHER_LABELS = (
    r"检验者|审核者|报告医[师生]|审核医[师生]|[医药]师|报告(?:时间|日期)|(?:门诊|住院|床)号|标本(?:类型|种类)|主诉|适应症|贮藏|批号"
    r"|产品批号|有效期至?|Reported(?: ?by)?|Verified ?by|Prescriber|Dispensed ?by|Patient ?ID|Bed|Specimen|Uses|Storage|Lot|EXP"
)
COLUMNS = {
    "no": r"序号?|NO\.?",
    "code": r"代号|缩写|英文(?:缩写|名称)|Code",
    "Item Name": r"(?:检验|检测|检查)?项目(?:名称)?|名称|成份|Test(?: ?Name)?|Analyte|Investigation|Item"
    r"|Each ?tablet ?contains",
    "Result": r"(?:检[测验])?结果|测定值|含量|Results?|Value|Amount",
    "Unit": r"单位|Units?",
    "Reference Range": r"参考(?:范围|区间|值)|(?:Reference|Normal|Ref\.?)? ?(?:Range|Interval)",
    "Abnormal Mark": r"提示|标[志记]|异常(?:标[志记])?|Flag|H/L",
    "Detection Method": r"(?:检测)?方法|Method",
    "Result Status": r"结果(?:状态|判定)|状态|Status",
    "Clinical Indication": r"临床(?:提示|意义)|Comments?",
    "Critical Value": r"危急值|Critical",
}
ANY_FIELD = re.compile(
    "|".join(f"(?P<f{i}>{p})" for i, p in enumerate(FIELD_LABELS.values())) + f"|(?P<other>{OTHER_LABELS})",
    re.I,
)
LABEL_LIKE = re.compile(r"^[A-Za-z一-鿿 .]{1,22}[:：]")
TITLE = re.compile(r"报告|report$", re.I)
NUMBER = r"[-+]?\d+(?:\.\d+)?"


@dataclass(frozen=True)
class Box:
    """One recognised piece of text with its horizontal extent, middle height and type height."""

    text: str
    left: float
    right: float
    middle: float
    height: float
    slope: float


Line = list[Box]


def read_boxes(engine: Any, path: Path) -> list[Box]:
    """Run the OCR engine on one image."""
    found, _ = engine(str(path))
    boxes = []
    for corners, text, _score in found or []:
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
        slope = (y1 - y0) / max(x1 - x0, 1.0)
        boxes.append(
            Box(
                str(text).strip(),
                float(min(x0, x3)),
                float(max(x1, x2)),
                float(y0 + y1 + y2 + y3) / 4,
                float(y3 - y0 + y2 - y1) / 2,
                float(slope),
            )
        )
    return [box for box in boxes if box.text]


def deskew(boxes: list[Box]) -> list[Box]:
    """Shear the page level by the median slope of its wide boxes."""
    slopes = [box.slope for box in boxes if box.right - box.left > 4 * box.height]
    slope = median(slopes) if slopes else 0.0
    return [replace(box, middle=box.middle - slope * (box.left + box.right) / 2) for box in boxes]


def group_lines(boxes: list[Box], tolerance: float) -> list[Line]:
    """Group boxes into lines, top to bottom, each from left to right."""
    lines: list[Line] = []
    for box in sorted(boxes, key=lambda b: (b.middle, b.left)):
        near = [
            line
            for line in lines[-3:]
            if abs(min(line, key=lambda b: abs(b.left - box.left)).middle - box.middle)
            < tolerance * box.height
        ]
        if near:
            near[-1].append(box)
        else:
            lines.append([box])
    return [sorted(line, key=lambda b: b.left) for line in lines]


def line_text(line: Line) -> str:
    """Join a line's boxes."""
    return " ".join(box.text for box in line)


def empty() -> Prediction:
    """Return the schema with nothing filled in."""
    return {key: [] if key == "Indicators" else "" for key in KEYS}


def column_of(text: str) -> str | None:
    """Name the column that a header cell announces."""
    for kind, pattern in COLUMNS.items():
        if re.fullmatch(pattern, text.strip(" .·"), re.I):
            return kind
    return None


@dataclass(frozen=True)
class Column:
    """A table column: where it starts, what it holds and to which panel it belongs."""

    left: float
    kind: str
    panel: int


def header_columns(line: Line) -> list[Column]:
    """Read a table header; an empty list means that the line is none."""
    columns: list[Column] = []
    seen: set[str] = set()
    panel = 0
    for box in line:
        kind = column_of(box.text) or "?"
        if kind != "?" and kind in seen:
            panel, seen = panel + 1, set()
        seen.add(kind)
        columns.append(Column(box.left, kind, panel))
    kinds = {column.kind for column in columns}
    return columns if {"Item Name", "Result"} <= kinds or len(kinds - {"?"}) >= 3 else []


def split_cells(box: Box, columns: list[Column]) -> list[Box]:
    """Split a box at its spaces when it reaches into the next column."""
    crossed = any(box.left + box.height < c.left < box.right - box.height for c in columns)
    words = list(re.finditer(r"\S+", box.text))
    if not crossed or len(words) < 2:
        return [box]
    step = (box.right - box.left) / len(box.text)
    return [
        replace(box, text=w.group(), left=box.left + w.start() * step, right=box.left + w.end() * step)
        for w in words
    ]


def table_row(line: Line, columns: list[Column]) -> dict[int, dict[str, str]]:
    """Assign a line's cells to columns by where they start; return the cells by panel."""
    row: dict[int, dict[str, str]] = {}
    for box in (piece for whole in line for piece in split_cells(whole, columns)):
        started = [c for c in columns if c.left <= box.left + 0.9 * box.height] or columns[:1]
        cells = row.setdefault(started[-1].panel, {})
        kind = started[-1].kind
        cells[kind] = f"{cells[kind]} {box.text}" if kind in cells else box.text
    return row


def indicator(cells: dict[str, str]) -> dict[str, str] | None:
    """Turn a row's cells into an indicator; a mark behind the result gets its own field."""
    row = {key: cells.get(key, "") for key in INDICATOR_KEYS}
    marked = re.fullmatch(r"(.*\S)\s*([↑↓*]|(?<=[\d ])[HL])", row["Result"])
    if marked and not row["Abnormal Mark"]:
        row["Result"], row["Abnormal Mark"] = marked.group(1), marked.group(2)
    return row if row["Item Name"] and (row["Result"] or row["Reference Range"]) else None


def starts_label(line: Line) -> bool:
    """Tell whether a line begins with a section's or a field's label."""
    head = line[0].text
    return (
        section_of(head) is not None
        or head.startswith("【")
        or bool(re.match(f"(?:{ANY_FIELD.pattern})\\s*[:：]", head, re.I))
    )


def read_table(lines: list[Line]) -> tuple[list[dict[str, str]], set[int]]:
    """Find the table; return its indicators, panel by panel, and the numbers of the lines it takes."""
    start = next((n for n, line in enumerate(lines) if header_columns(line)), None)
    if start is None:
        return [], set()
    columns = header_columns(lines[start])
    panels: dict[int, list[dict[str, str]]] = {}
    taken = {start}
    for number in range(start + 1, len(lines)):
        line = lines[number]
        gap = line[0].middle - lines[number - 1][0].middle
        if starts_label(line) or gap > 4 * line[0].height:
            break
        taken.add(number)
        for panel, cells in table_row(line, columns).items():
            if item := indicator(cells):
                panels.setdefault(panel, []).append(item)
    return [item for panel in sorted(panels) for item in panels[panel]], taken


def section_of(text: str) -> tuple[str, str] | None:
    """Read a section label at the start of a text; return its key and what follows on the line."""
    for key, pattern in SECTION_LABELS.items():
        match = re.match(rf"[【\[]?(?:{pattern})(?:[】\]]|\s*[:：]|\s*$|(?<=R[px]))\s*", text, re.I)
        if match:
            return key, text[match.end() :]
    return None


def read_fields(line: Line, result: Prediction) -> bool:
    """Read the label and value pairs of one line; tell whether there were any."""
    pieces: list[tuple[str, str]] = []
    for box in line:
        marks = [m for m in ANY_FIELD.finditer(box.text) if re.match(r"\s*[:：]", box.text[m.end() :])]
        marks = [m for m in marks if m.start() == 0 or box.text[m.start() - 1] in " :："]
        if not marks and pieces and not LABEL_LIKE.match(box.text):
            label, value = pieces.pop()
            pieces.append((label, f"{value} {box.text}".strip()))
        elif not marks and LABEL_LIKE.match(box.text):
            pieces.append(("other", ""))
        for number, mark in enumerate(marks):
            end = marks[number + 1].start() if number + 1 < len(marks) else len(box.text)
            value = re.sub(r"^\s*[:：]\s*", "", box.text[mark.end() : end]).strip()
            value = re.sub(r"(\d[-/]\d\d)(\d\d:\d\d)$", r"\1 \2", value)  # the engine loses this space
            pieces.append((mark.lastgroup or "other", value))
    names = list(FIELD_LABELS)
    for label, value in pieces:
        if label != "other" and not result[names[int(label[1:])]]:
            result[names[int(label[1:])]] = value
    return any(label != "other" for label, _ in pieces) or bool(pieces and LABEL_LIKE.match(line[0].text))


def read_figures(lines: list[Line]) -> list[dict[str, str]]:
    """Read measurements printed as ``label: number unit``, for pages without a table."""
    found = []
    for box in (box for line in lines for box in line):
        match = re.fullmatch(rf"([^:：]{{2,24}})[:：]\s*({NUMBER})\s*([^\d\s]\S*)", box.text)
        if match and not ANY_FIELD.fullmatch(match.group(1)):
            found.append(
                dict.fromkeys(INDICATOR_KEYS, "") | dict(zip(INDICATOR_KEYS, match.groups(), strict=False))
            )
    return found


def join(parts: list[str]) -> str:
    """Join the lines of a paragraph, with spaces unless it is Chinese."""
    text = " ".join(part for part in parts if part)
    return re.sub(r"(?<=[一-鿿，。；、]) (?=[一-鿿\d])", "", text) if re.search(r"[一-鿿]", text) else text


def read_sections(lines: list[Line], result: Prediction) -> None:
    """Collect free-text sections, which may run over several lines, and single-line fields."""
    current, parts = "", list[str]()

    def close() -> None:
        if current and not result[current]:
            result[current] = join(parts)

    for line in lines:
        opened = section_of(line[0].text)
        if opened:
            close()
            own = next((n for n, box in enumerate(line) if n and LABEL_LIKE.match(box.text)), len(line))
            current, parts = opened[0], [opened[1], *(box.text for box in line[1:own])]
            if read_fields(line[own:], result):
                close()
                current = ""
        elif read_fields(line, result) or starts_label(line):
            close()
            current, parts = "", []
        elif current:
            # A last line set apart, such as a disclaimer, is taken for text: an ordinary mistake.
            parts.append(line_text(line))
    close()


def parse_rows(boxes: list[Box]) -> tuple[Prediction, str]:
    """Parse one page by geometry: level lines, table columns, fields and sections."""
    lines = group_lines(deskew(boxes), 0.5)
    result = empty()
    result["Indicators"], taken = read_table(lines)
    rest = [line for number, line in enumerate(lines) if number not in taken]
    for line in rest:
        for position, box in enumerate(line):
            # A diagnosis may stand among the header fields, to the right of another one.
            if position and (opened := section_of(box.text)) and not result[opened[0]]:
                follows = [b.text for b in line[position + 1 : position + 2] if not LABEL_LIKE.match(b.text)]
                result[opened[0]] = opened[1] or " ".join(follows)
    read_sections(rest, result)
    if not result["Indicators"]:
        result["Indicators"] = read_figures(rest)
    if not result["Examination Name"]:
        titles = [line_text(line) for line in lines[:4] if TITLE.search(line_text(line))]
        result["Examination Name"] = titles[0] if titles else ""
    return result, "\n".join(line_text(line) for line in lines)


def plain_row(line: str) -> dict[str, str] | None:
    """Guess an indicator from the words of one line."""
    words = line.split()
    row = dict.fromkeys(INDICATOR_KEYS, "")
    if len(words) < 3 or re.search(r"[:：]", line):
        return None
    if words[0].isdigit():
        words = words[1:]
    row["Item Name"] = words[0]
    for word in words[1:]:
        if (
            re.fullmatch(rf"{NUMBER}|[阴阳弱].{{1,6}}|negative|positive|normal|正常", word, re.I)
            and not row["Result"]
        ):
            row["Result"] = word
        elif re.fullmatch(r"[↑↓HL*]", word):
            row["Abnormal Mark"] = word
        elif re.fullmatch(rf"[<>≤≥]{NUMBER}|{NUMBER}[-~～]+{NUMBER}", word):
            row["Reference Range"] = word
        elif re.search(r"/|%|^f?L$|^pg$|^s$", word) and not row["Unit"]:
            row["Unit"] = word
    return row if row["Result"] and re.search(r"[A-Za-z一-鿿]", words[0]) else None


def parse_plain(boxes: list[Box]) -> tuple[Prediction, str]:
    """Parse one page as mere text in reading order, one value a line and one row a line."""
    lines = [line_text(line) for line in group_lines(boxes, 0.35)]
    text = "\n".join(lines)
    result = empty()
    for key, pattern in FIELD_LABELS.items():
        if match := re.search(rf"(?:{pattern})[ ]*[:：][ ]*(\S*)", text, re.I):
            result[key] = match.group(1)
    for key, pattern in SECTION_LABELS.items():
        if match := re.search(rf"^[【]?(?:{pattern})[】:：]+\s*(.*)$", text, re.I | re.M):
            result[key] = match.group(1).strip()
    result["Indicators"] = [row for line in lines if (row := plain_row(line))]
    return result, text


PARSERS = {"rows": parse_rows, "plain": parse_plain}


def load_engine() -> Any:
    """Load the OCR engine; imported here so that ``--help`` works without it."""
    from rapidocr_onnxruntime import RapidOCR  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return RapidOCR()


def main() -> None:
    """Read every image once and write one file per variant."""
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description="Read the page images with RapidOCR into the schema's JSON.")
    parser.add_argument("--images", type=Path, default=here / "images", help="folder of PNG pages")
    parser.add_argument(
        "--out", type=Path, default=here, help="folder for ocr_rows.jsonl and ocr_plain.jsonl"
    )
    parser.add_argument("--variant", choices=("rows", "plain", "both"), default="both", help="what to write")
    args = parser.parse_args()
    names = list(PARSERS) if args.variant == "both" else [args.variant]
    engine = load_engine()
    written: dict[str, list[str]] = {name: [] for name in names}
    for path in sorted(args.images.glob("*.png")):
        boxes = read_boxes(engine, path)
        for name in names:
            prediction, text = PARSERS[name](boxes)
            row = {"id": path.stem, "prediction": prediction, "source_text": text}
            written[name].append(json.dumps(row, ensure_ascii=False))
    for name, rows in written.items():
        (args.out / f"ocr_{name}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
        print(f"{len(rows)} pages read, variant {name}")


if __name__ == "__main__":
    main()
