"""Draw one training row as a picture: the page, the query about it, the ground truth.

``python figure.py`` makes rows of the example with ``medvie_reward.training`` and draws one of them into
``docs/images/training_row.png``; ``--rows train.parquet --index N`` draws any other.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from medvie_reward.errors import InputError
from medvie_reward.training import Plan, write_dataset

HERE: Final = Path(__file__).parent
FONT_FOLDER: Final = Path("/usr/share/fonts/opentype/noto")
TARGET: Final = HERE.parents[1] / "docs" / "images" / "training_row.png"
SHOWN: Final = 107  # a row with a table, whose query is short enough to read

PROSE, MONO = 2, 7  # "Noto Sans CJK SC" and "Noto Sans Mono CJK SC" inside the font collection
WIDTH: Final = 2400
MARGIN: Final = 40
PADDING: Final = 28
SIZE: Final = 20
LINE: Final = 30
SHARES: Final = (0.35, 0.39, 0.26)  # of the width: page, query, ground truth
ITEMS: Final = 3  # rows of a table that are drawn; the others are counted

INK, FAINT, KEY, VALUE = "#1f2933", "#6b7785", "#1d4ed8", "#9a3412"
PAPER, PANEL, EDGE = "#ffffff", "#f6f7f9", "#d5dae1"


class Run(NamedTuple):
    """Some text of a line in one colour."""

    text: str
    colour: str


@cache
def font(size: int, index: int = PROSE, weight: str = "Regular") -> ImageFont.FreeTypeFont:
    """Load the font at a size.

    Raises
    ------
    InputError
        If Noto CJK is not installed.
    """
    path = FONT_FOLDER / f"NotoSansCJK-{weight}.ttc"
    if not path.is_file():
        raise InputError("no such font: expected Noto CJK (apt-get install fonts-noto-cjk)", str(path))
    return ImageFont.truetype(str(path), size, index=index)


def draw_row(row: Mapping[str, Any]) -> Image.Image:
    """Draw a training row.

    Parameters
    ----------
    row
        A row of ``medvie prepare``, images as bytes; only its first image is drawn.

    Raises
    ------
    InputError
        If the row has no image in it, or the font is missing.
    """
    images = row["images"]
    if not images or not images[0]["bytes"]:
        raise InputError("expected a row with an image in it (--embed bytes)")
    widths = [int(share * (WIDTH - 4 * MARGIN)) for share in SHARES]
    inner = [width - 2 * PADDING for width in widths]
    page = _fitted(Image.open(BytesIO(images[0]["bytes"])).convert("RGB"), inner[0])
    query = list(_query_lines(row["prompt"][0]["content"].replace("<image>", "").strip(), inner[1]))
    gold = list(_gold_lines(json.loads(row["reward_model"]["ground_truth"]), inner[2]))
    head = MARGIN + 64
    body = 2 * PADDING + max(page.height, LINE * len(query), LINE * len(gold))
    sheet = Image.new("RGB", (WIDTH, head + body + MARGIN), PAPER)
    pen = ImageDraw.Draw(sheet)
    left = MARGIN
    for number, (title, width) in enumerate(zip(("Page", "Query", "Ground truth"), widths, strict=True)):
        pen.text((left, MARGIN), title, INK, font(30, weight="Bold"))
        pen.rounded_rectangle((left, head, left + width, head + body), 14, PANEL, EDGE, 2)
        at = (left + PADDING, head + PADDING)
        if number == 0:
            top = head + (body - page.height) // 2
            sheet.paste(page, (at[0], top))
            pen.rectangle((at[0], top, at[0] + page.width, top + page.height), outline=EDGE)
        else:
            _write(pen, at, (query, gold)[number - 1])
        left += width + MARGIN
    return sheet


def _fitted(image: Image.Image, width: int) -> Image.Image:
    return image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], lines: Sequence[Sequence[Run]]) -> None:
    x, y = at
    for line in lines:
        left = float(x)
        for run in line:
            pen.text((left, y), run.text, run.colour, font(SIZE, MONO))
            left += font(SIZE, MONO).getlength(run.text)
        y += LINE


def _query_lines(text: str, width: int) -> Iterator[list[Run]]:
    """Break the query into lines; a comment that does not fit goes on below its beginning."""
    for line in text.split("\n"):
        code, mark, comment = line.partition("  // ")
        if not line.startswith((" ", "{", "}")):
            yield from ([Run(piece, INK)] for piece in _wrapped(line, width))
        else:
            runs = list(_coloured(code))
            if mark:
                indent = int(font(SIZE, MONO).getlength(code + "  "))
                first, *rest = _wrapped("// " + comment, width - indent)
                yield [*runs, Run("  " + first, FAINT)]
                pad = " " * round(indent / font(SIZE, MONO).getlength(" "))
                yield from ([Run(pad + "   " + piece, FAINT)] for piece in rest)
            else:
                yield runs


def _gold_lines(gold: Any, width: int) -> Iterator[list[Run]]:
    """Write the ground truth; of a long table, the first rows and how many there are more."""
    cut = {name: x[:ITEMS] if isinstance(x, list) else x for name, x in gold.items()}
    more = {name: len(x) - ITEMS for name, x in gold.items() if isinstance(x, list) and len(x) > ITEMS}
    name = ""
    for line in json.dumps(cut, ensure_ascii=False, indent=2).split("\n"):
        if line.startswith('  "'):
            name = json.loads(line.partition(":")[0])
        if line.startswith("  ]") and name in more:
            yield [Run(f"    … {more[name]} more rows", FAINT)]
        indent = " " * (len(line) - len(line.lstrip()))
        key, mark, value = line.partition('": ')
        if not mark:
            yield [Run(line, INK)]
            continue
        lead = key + '": '
        pad = indent + "  "
        pieces = _wrapped(value, width - int(font(SIZE, MONO).getlength(lead)))
        colour = VALUE if value.startswith('"') else INK
        if len(pieces) > 1:  # a long value stands below its key, where there is room
            pieces = ["", *_wrapped(value, width - int(font(SIZE, MONO).getlength(pad)))]
        yield [Run(indent, INK), Run(lead.strip(), KEY), Run(" " + pieces[0], colour)]
        yield from ([Run(pad + piece, colour)] for piece in pieces[1:])


def _coloured(code: str) -> Iterator[Run]:
    """Colour a line of the skeleton: its key, and the rest."""
    key, mark, rest = code.partition('": ')
    if mark:
        yield Run(key + '":', KEY)
        yield Run(" " + rest, INK)
    else:
        yield Run(code, INK)


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines: between words, or between Chinese characters."""
    pieces: list[str] = []
    for char in text:
        if pieces and char.isascii() and pieces[-1][-1].isascii() and pieces[-1][-1] != " ":
            pieces[-1] += char
        else:
            pieces.append(char)
    lines = [""]
    for piece in pieces:
        if font(SIZE, MONO).getlength(lines[-1] + piece.rstrip()) > width and lines[-1].strip():
            lines[-1] = lines[-1].rstrip()
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return lines


def example_row(index: int = SHOWN) -> dict[str, Any]:
    """Make the rows of the shipped example, four queries a page, and give one."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(schemas=("medical_report.en",), queries=4)
        summary = write_dataset(str(HERE / "gold.jsonl"), folder, plan)
        return read_row(summary.files["train"], index)


def read_row(name: str, index: int) -> dict[str, Any]:
    """Read one row of a parquet file.

    Raises
    ------
    InputError
        If there is no such file or row.
    """
    from pyarrow import parquet

    try:
        table = parquet.read_table(name)
    except OSError as error:
        raise InputError(f"cannot be read: {error}", name) from None
    if not 0 <= index < table.num_rows:
        raise InputError(f"has {table.num_rows} rows: expected an index below that, got {index}", name)
    row: dict[str, Any] = table.slice(index, 1).to_pylist()[0]
    return row


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", metavar="FILE", help="parquet of medvie prepare (default: of the example)")
    parser.add_argument("--index", type=int, default=SHOWN, help="which row (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=TARGET, help="picture to write")
    options = parser.parse_args(arguments)
    try:
        row = read_row(options.rows, options.index) if options.rows else example_row(options.index)
        picture = draw_row(row)
    except InputError as error:
        print(f"figure.py: error: {error}", file=sys.stderr)
        return 2
    options.out.parent.mkdir(parents=True, exist_ok=True)
    # Few colours: the page is grey and the text needs but some shades.
    picture.quantize(64, dither=Image.Dither.NONE).save(options.out, optimize=True)
    print(f"{options.out}: {options.out.stat().st_size:,} bytes, {picture.width} x {picture.height}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
