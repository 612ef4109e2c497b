"""Draw pages that a tiny Qwen2.5-VL can learn to read, and write them as the rows that ``medvie prepare`` reads.

    python reading_pages.py --out FOLDER [--size full|short] [--count 600] [--seed 0]

FOLDER then holds ``pages.jsonl`` (one object a line: id, image, report_type, language, gold), ``images/`` and
``page.schema.json``. A page has a few rows, each a label and a value of random digits, so that no answer can be
known without the image: a held-out page shares its labels with those trained on, not its values. Rows and characters
lie on the grid of Qwen2.5-VL: a patch is 14 x 14 pixels, a character one patch wide and two high, and the
model sees 2 x 2 patches, that is two characters, as one token.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

PATCH: Final = 14
"""Pixels of a patch, each way; a character's width."""

LEADING: Final = 2 * PATCH
"""Pixels from row to row: one token of the model."""

WIDTH: Final = 112
COLUMN: Final = 56
"""Where values begin, in pixels from the left."""

LABELS: Final = ("K", "Na", "WBC", "PLT", "pH", "SG", "GLU", "PRO")
_FONT_SIZE: Final = 22

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Rows of labels and values",
    "type": "object",
    "properties": {
        "Indicators": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"Item Name": {"type": "string"}, "Result": {"type": "string"}},
            },
        }
    },
}


class Size(NamedTuple):
    """How much a page holds.

    Attributes
    ----------
    rows
        How many rows a page may have, all alike likely.
    values
        How a value may be printed, all alike likely: ``9`` stands for a digit by lot.
    """

    rows: tuple[int, ...]
    values: tuple[str, ...]

    @property
    def height(self) -> int:
        """Pixels of a page."""
        return LEADING * max(self.rows)


SIZES: Final = {"full": Size((2, 3, 4), ("999", "9.9", "99.9")), "short": Size((2,), ("99",))}

Rows = tuple[tuple[str, str], ...]
"""A page before it is drawn: label and value of each row."""


def compose(rng: random.Random, size: Size) -> Rows:
    """Draw the rows of one page by lot; no label comes twice."""
    labels = rng.sample(LABELS, rng.choice(size.rows))
    return tuple((label, _value(rng, rng.choice(size.values))) for label in labels)


def _value(rng: random.Random, form: str) -> str:
    """Fill a form with digits; a number of several digits does not begin with 0."""
    digits = [str(rng.randrange(10)) if sign == "9" else sign for sign in form]
    if form[1:2] == "9":
        digits[0] = str(rng.randrange(1, 10))
    return "".join(digits)


def compose_distinct(count: int, size: Size, seed: int) -> list[Rows]:
    """Compose pages of which no two are alike; the first ones do not hang on ``count``."""
    rng = random.Random(seed)
    made: dict[Rows, None] = {}
    while len(made) < count:
        made[compose(rng, size)] = None
    return list(made)


def stream(size: Size, seed: int, without: set[Rows]) -> Iterator[Rows]:
    """Compose pages without end, leaving out those of a set."""
    rng = random.Random(seed)
    while True:
        rows = compose(rng, size)
        if rows not in without:
            yield rows


def gold_of(rows: Rows) -> dict[str, Any]:
    """Write the gold of a page."""
    return {"Indicators": [{"Item Name": label, "Result": value} for label, value in rows]}


def rows_of(gold: dict[str, Any]) -> Rows:
    """Read the rows of a page back from its gold."""
    return tuple((row["Item Name"], row["Result"]) for row in gold["Indicators"])


@cache
def _character(sign: str) -> Any:
    """Draw one character, in the middle of its two patches."""
    from PIL import Image, ImageDraw, ImageFont

    made = Image.new("L", (PATCH, LEADING), 255)
    place = (PATCH // 2, LEADING // 2)
    font = ImageFont.load_default(_FONT_SIZE)
    ImageDraw.Draw(made).text(place, sign, fill=0, font=font, anchor="mm")
    return made


def draw(rows: Rows, size: Size) -> Any:
    """Print the rows on a white page; returns a Pillow image."""
    from PIL import Image

    page = Image.new("L", (WIDTH, size.height), 255)
    for n, row in enumerate(rows):
        for left, text in zip((0, COLUMN), row, strict=True):
            for k, sign in enumerate(text):
                page.paste(_character(sign), (left + k * PATCH, n * LEADING))
    return page.convert("RGB")


def write(folder: Path, size: Size, count: int, seed: int) -> None:
    """Write images, rows and schema.

    Parameters
    ----------
    folder
        Where to; made if it is not there.
    size
        Of the pages.
    count
        How many pages.
    seed
        Of labels and values.
    """
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "page.schema.json").write_text(json.dumps(SCHEMA, indent=2) + "\n", encoding="utf-8")
    lines = []
    for n, rows in enumerate(compose_distinct(count, size, seed)):
        name = f"page-{n:04}"
        draw(rows, size).save(folder / "images" / f"{name}.png", "PNG")
        row = {
            "id": name, "image": f"images/{name}.png", "report_type": "page", "language": "en",
            "gold": gold_of(rows),
        }  # fmt: skip
        lines.append(json.dumps(row) + "\n")
    (folder / "pages.jsonl").write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument(
        "--size", choices=sorted(SIZES), default="full", help="of a page (default: %(default)s)"
    )
    parser.add_argument("--count", type=int, default=600, help="pages (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the values (default: %(default)s)")
    options = parser.parse_args()
    if not 0 < options.count <= 2000:
        parser.error(f"--count: expected 1 to 2000, got {options.count}")
    write(options.out, SIZES[options.size], options.count, options.seed)
    print(f"{options.count} pages in {options.out}")


if __name__ == "__main__":
    main()
