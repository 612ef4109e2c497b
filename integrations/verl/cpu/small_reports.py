"""Draw lab reports small enough for a tiny model and write them as the rows that ``medvie prepare`` reads.

    python small_reports.py --out FOLDER [--count 560] [--seed 0]

FOLDER then holds ``reports.jsonl`` (one object a line: id, image, report_type, language, gold, source_text),
``images/`` and ``report.schema.json``. Pages are 112 x 84 pixels, which Qwen2.5-VL sees as 12 tokens. Values come
from short lists, yet no two pages are alike: a held-out page is not one that was trained on.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any, Final, NamedTuple

WIDTH: Final = 112
HEIGHT: Final = 84
LEADING: Final = 14
"""Pixels from line to line: Qwen2.5-VL cuts an image into patches of 14 x 14 pixels."""

COLUMN: Final = 42
"""Where values begin, in pixels from the left."""

NAMES: Final = ("Ann Lee", "Bo Chen", "Carl Ott", "Dana Roy", "Eva Kim", "Finn Moe", "Gina Paz", "Hugo Bau")
GENDERS: Final = ("F", "M")
BLANK_GENDER: Final = 0.3
"""Share of pages that say nothing of the gender: a model that fills it in has made it up."""

MOST: Final = 4000
"""There are some 10,000 different pages; drawing nearly all of them by lot would take long."""

PANELS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "blood test": {
        "K": ("3.4", "4.1", "5.6", "6.2"),
        "Na": ("128", "137", "140", "151"),
        "WBC": ("2.9", "6.6", "9.8", "13.5"),
        "PLT": ("75", "160", "245", "410"),
    },
    "urine test": {
        "pH": ("5.0", "5.5", "6.5", "7.5"),
        "SG": ("1.005", "1.015", "1.025", "1.030"),
        "GLU": ("neg", "1+", "2+", "3+"),
        "PRO": ("neg", "1+", "trace", "3+"),
    },
}

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Small lab report",
    "type": "object",
    "properties": {
        "Name": {"type": "string", "description": "name of the patient"},
        "Gender": {"type": "string", "description": "sex of the patient"},
        "Indicators": {
            "type": "array",
            "description": "rows of the table",
            "items": {
                "type": "object",
                "properties": {
                    "Item Name": {"type": "string", "description": "name of the item"},
                    "Result": {
                        "type": "string",
                        "description": "value that was measured",
                        "x-medvie-critical": True,
                    },
                },
            },
        },
    },
}


class SmallReport(NamedTuple):
    """A report before it is drawn: its kind, its gold and the lines of its page."""

    kind: str
    gold: dict[str, Any]
    lines: tuple[str, ...]


def compose(rng: random.Random) -> SmallReport:
    """Draw the values of one report by lot."""
    kind = rng.choice(sorted(PANELS))
    name = rng.choice(NAMES)
    gender = "" if rng.random() < BLANK_GENDER else rng.choice(GENDERS)
    items = rng.sample(sorted(PANELS[kind]), rng.choice((1, 2)))
    rows = [{"Item Name": item, "Result": rng.choice(PANELS[kind][item])} for item in items]
    lines = [kind.capitalize(), f"Name: {name}"]
    if gender:
        lines.append(f"Sex: {gender}")
    lines += [f"{row['Item Name']}: {row['Result']}" for row in rows]
    return SmallReport(kind, {"Name": name, "Gender": gender, "Indicators": rows}, tuple(lines))


def compose_distinct(count: int, seed: int) -> list[SmallReport]:
    """Compose reports of which no two look alike; the first ones do not hang on ``count``."""
    made: list[SmallReport] = []
    rng, seen = random.Random(seed), set()
    while len(made) < count:
        report = compose(rng)
        if report.lines not in seen:
            seen.add(report.lines)
            made.append(report)
    return made


def draw(report: SmallReport, path: Path) -> None:
    """Print the lines on a white page and save it as PNG."""
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(12)
    for n, line in enumerate(report.lines):
        label, _, value = line.partition(": ")
        pen.text((1, n * LEADING), label, fill="black", font=font)
        pen.text((COLUMN, n * LEADING), value, fill="black", font=font)
    page.save(path, "PNG")


def write(folder: Path, count: int, seed: int) -> None:
    """Write images, rows and schema.

    Parameters
    ----------
    folder
        Where to; made if it is not there.
    count
        How many reports.
    seed
        Of the values.
    """
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "report.schema.json").write_text(json.dumps(SCHEMA, indent=2) + "\n", encoding="utf-8")
    rows = []
    for n, report in enumerate(compose_distinct(count, seed)):
        name = f"small-{n:04}"
        draw(report, folder / "images" / f"{name}.png")
        row = {
            "id": name,
            "image": f"images/{name}.png",
            "report_type": report.kind,
            "language": "en",
            "gold": report.gold,
            "source_text": "\n".join(report.lines),
        }
        rows.append(json.dumps(row) + "\n")
    (folder / "reports.jsonl").write_text("".join(rows), encoding="utf-8")


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--count", type=int, default=560, help="reports (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the values (default: %(default)s)")
    options = parser.parse_args()
    if not 0 < options.count <= MOST:
        parser.error(f"--count: expected 1 to {MOST}, got {options.count}")
    write(options.out, options.count, options.seed)
    print(f"{options.count} reports in {options.out}")


if __name__ == "__main__":
    main()
