"""Draw the synthetic medical reports as photographed pages and write their gold JSON.

Run ``python render.py``; the same seed, fonts and library versions give the same bytes.
"""

from __future__ import annotations

import argparse
import io
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from compose import Fields, Picture, Report, Table, Text, Title, make_report, report_ids, rng_for
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

FONT_FOLDER = Path("/usr/share/fonts/opentype/noto")
SIMPLIFIED_CHINESE = 2  # index of "Noto Sans CJK SC" inside the font collection
INK = 25
BUDGET = 98_000  # bytes aimed at per page, so that all together stay under 3.6 MB
Grey = NDArray[np.float32]


@cache
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Load the font at a size."""
    path = FONT_FOLDER / f"NotoSansCJK-{'Bold' if bold else 'Regular'}.ttc"
    return ImageFont.truetype(str(path), size, index=SIMPLIFIED_CHINESE)


def text_width(text: str, face: ImageFont.FreeTypeFont) -> float:
    """Measure one line."""
    return float(face.getlength(text))


def wrap(text: str, face: ImageFont.FreeTypeFont, width: float, first: float = 0) -> list[str]:
    """Break a paragraph into lines: between words, or between Chinese characters.

    Parameters
    ----------
    text : str
        The paragraph.
    face : ImageFont.FreeTypeFont
        The font to measure with.
    width : float
        The width of a line.
    first : float
        What a label already takes of the first line.

    Returns
    -------
    list of str
        The lines without trailing spaces.
    """
    pieces: list[str] = []
    for char in text:
        # A run of Latin text stays whole; closing punctuation must not start a line.
        glue = pieces and (
            (ord(char) < 0x2E80 and ord(pieces[-1][-1]) < 0x2E80 and not pieces[-1].endswith(" "))
            or char in "，。；：、）】"
        )
        if glue:
            pieces[-1] += char
        else:
            pieces.append(char)
    lines, room = [""], width - first
    for piece in pieces:
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), face) > room:
            lines.append("")
            room = width
        lines[-1] += piece
    return [line.rstrip() for line in lines]


@dataclass
class Canvas:
    """A page under construction: the image, the pen, the margins and the growing cursor."""

    image: Image.Image
    draw: ImageDraw.ImageDraw
    rng: np.random.Generator
    width: int
    margin: int
    size: int
    colon: str
    y: float

    @property
    def inner(self) -> int:
        """Return the width between the margins."""
        return self.width - 2 * self.margin

    @property
    def leading(self) -> int:
        """Return the height of a text line."""
        return int(self.size * 1.62)

    def put(
        self, x: float, y: float, text: str, bold: bool = False, size: int = 0, anchor: str = "la"
    ) -> None:
        """Write one line of text."""
        self.draw.text((x, y), text, font=font(size or self.size, bold), fill=INK, anchor=anchor)

    def rule(self, y: float, weight: int = 2) -> None:
        """Draw a line across the page."""
        self.draw.line((self.margin, y, self.width - self.margin, y), fill=INK + 35, width=weight)


def draw_title(page: Canvas, block: Title) -> None:
    """Set the heading lines in the middle, sometimes with a rule below."""
    for number, line in enumerate(block.lines):
        size = int(page.size * (1.45 if number == 0 else 1.3))
        while text_width(line, font(size, True)) > page.inner:
            size -= 2
        page.put(page.width / 2, page.y, line, number == 0 or page.size % 2 == 0, size, "ma")
        page.y += size * 1.6
    if page.rng.random() < 0.6:
        page.y += 6
        page.rule(page.y, 3)
    page.y += page.leading * 0.5


def place_fields(page: Canvas, block: Fields) -> list[list[tuple[str, str, int]]]:
    """Arrange pairs in columns; a pair too long for one column takes two or more."""
    rows: list[list[tuple[str, str, int]]] = [[]]
    column = page.inner / block.columns
    for label, value in block.pairs:
        need = text_width(f"{label}{page.colon}{value}  ", font(page.size)) + 24
        span = min(int(need // column) + 1, block.columns)
        if sum(s for _, _, s in rows[-1]) + span > block.columns:
            rows.append([])
        rows[-1].append((label, value, span))
    return rows


def draw_fields(page: Canvas, block: Fields) -> None:
    """Set label and value pairs in columns."""
    column = page.inner / block.columns
    height = page.leading * {"boxed": 1.15, "underline": 1.25}.get(block.style, 1.0)
    top = page.y
    for row in place_fields(page, block):
        x = float(page.margin)
        for label, value, span in row:
            head = f"{label}{page.colon}"
            start = x + 10
            page.put(start, page.y + 6, head)
            after = start + text_width(head, font(page.size)) + 8
            page.put(after, page.y + 6, value)
            if block.style == "underline":
                base = page.y + page.size * 1.72
                page.draw.line((after - 4, base, x + span * column - 14, base), fill=INK + 60, width=2)
            x += span * column
            if block.style == "boxed" and x < page.width - page.margin - 5:
                page.draw.line((x, page.y, x, page.y + height), fill=INK + 60, width=2)
        page.y += height
        if block.style == "boxed":
            page.rule(page.y, 2)
    if block.style == "boxed":
        page.draw.rectangle((page.margin, top, page.width - page.margin, page.y), outline=INK + 40, width=2)
    page.y += page.leading * 0.4


def column_widths(page: Canvas, block: Table, room: float) -> tuple[list[float], int]:
    """Fit the columns to their widest cell; shrink the type when a row does not fit."""
    for size in range(page.size, 9, -1):
        face, bold = font(size), font(size, True)
        widths = [
            max([text_width(head, bold), *(text_width(row[i], face) for row in block.rows)]) + size * 1.1
            for i, head in enumerate(block.headers)
        ]
        spare = room - sum(widths)
        if spare >= 0:
            return [w + spare / len(widths) for w in widths], size
    raise ValueError("the table is too wide for the page")


def draw_table(page: Canvas, block: Table) -> None:
    """Draw a table, split into side-by-side panels if it is long."""
    gap = 30 if block.panels > 1 else 0
    room = (page.inner - gap * (block.panels - 1)) / block.panels
    widths, size = column_widths(page, block, room)
    height = size * float(page.rng.uniform(1.55, 1.85))
    per_panel = -(-len(block.rows) // block.panels)
    top = page.y
    for panel in range(block.panels):
        left = page.margin + panel * (room + gap)
        rows = block.rows[panel * per_panel : (panel + 1) * per_panel]
        for number, row in enumerate([block.headers, *rows]):
            y = top + number * height
            draw_row(page, block.style, row, number, (left, y, height), widths, size)
        bottom = top + (len(rows) + 1) * height
        if block.style in ("lines", "bands"):
            for y in (top, top + height, bottom):
                page.draw.line((left, y, left + room, y), fill=INK + 20, width=3)
    page.y = top + (per_panel + 1) * height + page.leading * 0.5


def draw_row(
    page: Canvas,
    style: str,
    row: tuple[str, ...],
    number: int,
    place: tuple[float, float, float],
    widths: list[float],
    size: int,
) -> None:
    """Draw one table row with its cell borders or its shading."""
    x, y, height = place
    if style == "bands" and number % 2 == 0 and number:
        page.draw.rectangle((x, y + 1, x + sum(widths), y + height - 1), fill=228)
    for cell, width in zip(row, widths, strict=True):
        if style == "grid":
            page.draw.rectangle((x, y, x + width, y + height), outline=INK + 60, width=2)
        page.put(x + size * 0.4, y + height / 2, cell, number == 0, size, "lm")
        x += width


def draw_text(page: Canvas, block: Text) -> None:
    """Set a labelled paragraph, the label in front or on its own line."""
    label = block.label
    if label and not label.endswith((":", "】", "p", "x")):
        label += page.colon
    x = page.margin + 10
    face = font(page.size)
    first = text_width(label, font(page.size, True)) + 10 if block.inline and label else 0.0
    if label:
        page.put(x, page.y, label, True)
        page.y += 0 if block.inline else page.leading
    for number, line in enumerate(wrap(block.text, face, page.inner - 20, first)):
        page.put(x + (first if number == 0 else 0), page.y, line)
        page.y += page.leading
    page.y += page.leading * 0.35


def heart_beat(points: int, rng: np.random.Generator) -> Grey:
    """Sum the P, Q, R, S and T waves of repeated beats."""
    t = np.arange(points, dtype=np.float32)
    period = float(rng.uniform(90, 130))
    phase = ((t + rng.uniform(0, period)) % period) / period
    trace = np.zeros(points, np.float32)
    waves = (
        (0.18, 0.025, 0.12),
        (0.30, 0.008, -0.1),
        (0.33, 0.01, 1.0),
        (0.36, 0.01, -0.25),
        (0.58, 0.04, 0.25),
    )
    for centre, spread, height in waves:
        trace += (
            height * rng.uniform(0.6, 1.2) * np.exp(-(((phase - centre) / spread) ** 2)).astype(np.float32)
        )
    return trace


def draw_picture(page: Canvas, block: Picture) -> None:
    """Draw an ECG strip or two grey scans; none carries any text."""
    left, right, top = page.margin, page.width - page.margin, int(page.y)
    if block.kind == "ecg":
        bottom = top + 360
        for x in range(left, right + 1, 30):
            page.draw.line((x, top, x, bottom), fill=205)
        for y in range(top, bottom + 1, 30):
            page.draw.line((left, y, right, y), fill=205)
        for strip in range(3):
            trace = heart_beat(right - left, page.rng)
            base = top + 90 + strip * 115
            page.draw.line([(left + x, base - 65 * float(v)) for x, v in enumerate(trace)], fill=INK, width=3)
    else:
        bottom = top + 300
        for x in (page.width // 2 - 420, page.width // 2 + 30):
            coarse = page.rng.integers(20, 190, (9, 12)).astype(np.uint8)
            scan = Image.fromarray(coarse).resize((390, 290), Image.Resampling.BICUBIC)
            mask = Image.new("L", scan.size, 0)
            if block.kind == "ultrasound":
                ImageDraw.Draw(mask).pieslice((-40, -160, 430, 285), 25, 155, fill=255)
            else:
                ImageDraw.Draw(mask).rounded_rectangle((40, 8, 350, 282), 70, fill=255)
            page.image.paste(12, (x, top, x + 390, top + 290))
            page.image.paste(scan, (x, top), mask)
    page.y = bottom + page.leading * 0.5


def draw_seal(page: Canvas, bottom: int) -> None:
    """Stamp a ring with a star near the lower right corner; what is printed below shows through."""
    radius = int(page.rng.integers(80, 110))
    x, y = page.width - page.margin - radius - int(page.rng.integers(0, 200)), bottom - radius - 20
    stamp = Image.new("L", (2 * radius + 1, 2 * radius + 1), 255)
    pen = ImageDraw.Draw(stamp)
    pen.ellipse((0, 0, 2 * radius, 2 * radius), outline=150, width=6)
    turns = np.arange(10) * np.pi / 5 - np.pi / 2
    reach = np.where(np.arange(10) % 2 == 0, 0.36, 0.14) * radius
    points = zip(radius + reach * np.cos(turns), radius + reach * np.sin(turns), strict=True)
    pen.polygon([(float(px), float(py)) for px, py in points], fill=165)
    corner = (x - radius, y - radius)
    under = page.image.crop((*corner, corner[0] + stamp.width, corner[1] + stamp.height))
    page.image.paste(ImageChops.darker(under, stamp), corner)


def draw_page(report: Report, rng: np.random.Generator) -> Image.Image:
    """Set one report as a clean grey page, cut to the height of its content."""
    width = report["width"]
    image = Image.new("L", (width, 4000), 252)
    size = int(rng.integers(25, 29))
    colon = "：" if report["language"] == "zh" and rng.random() < 0.7 else ":"
    page = Canvas(image, ImageDraw.Draw(image), rng, width, int(rng.integers(50, 90)), size, colon, 60.0)
    for block in report["blocks"]:
        if isinstance(block, Title):
            draw_title(page, block)
        elif isinstance(block, Fields):
            draw_fields(page, block)
        elif isinstance(block, Table):
            draw_table(page, block)
        elif isinstance(block, Text):
            draw_text(page, block)
        else:
            draw_picture(page, block)
    bottom = int(page.y + rng.integers(30, 140))
    if rng.random() < 0.3:
        draw_seal(page, bottom)
    return image.crop((0, 0, width, max(bottom, width // 2)))


def to_array(image: Image.Image) -> Grey:
    """Turn a grey image into floats."""
    return np.asarray(image, dtype=np.float32)


def to_image(array: Grey) -> Image.Image:
    """Turn floats into a grey image."""
    return Image.fromarray(np.clip(np.rint(array), 0, 255).astype(np.uint8))


def crease(array: Grey, rng: np.random.Generator) -> Grey:
    """Fold the paper: a bright ridge beside a dark one along one or two straight lines."""
    height, width = array.shape
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(int(rng.integers(1, 3))):
        angle = rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.05)
        distance = (xx - rng.uniform(0.2, 0.8) * width) * np.cos(angle)
        distance += (yy - rng.uniform(0.2, 0.8) * height) * np.sin(angle)
        fold = np.exp(-((distance / 3) ** 2)) - 0.8 * np.exp(-(((distance - 5) / 5) ** 2))
        array = array + np.float32(rng.uniform(18, 45)) * fold.astype(np.float32)
    return array


def homography(source: NDArray[Any], target: NDArray[Any]) -> list[float]:
    """Solve the eight coefficients that map target corners to source corners, as Pillow wants them."""
    rows = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    solution = np.linalg.solve(np.array(rows, dtype=np.float64), source.reshape(-1).astype(np.float64))
    return [float(value) for value in solution]


def tilt(image: Image.Image, rng: np.random.Generator, strength: float) -> Image.Image:
    """Photograph the page from a slant: rotate it a little and move its corners, on a darker desk."""
    width, height = image.size
    pad = int(0.03 * width)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    angle = np.deg2rad(rng.normal(0, 1.1) * strength)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array([width / 2, height / 2])
    moved = (corners - centre) @ turn.T + centre + rng.uniform(-1, 1, (4, 2)) * 0.014 * strength * width + pad
    moved -= np.minimum(moved.min(axis=0), 0)
    size = (int(max(moved[:, 0].max(), width) + pad), int(max(moved[:, 1].max(), height) + pad))
    desk = int(rng.integers(90, 170))
    return image.transform(
        size,
        Image.Transform.PERSPECTIVE,
        homography(corners, moved),
        Image.Resampling.BICUBIC,
        fillcolor=desk,
    )


def shadow(array: Grey, rng: np.random.Generator) -> Grey:
    """Darken the page unevenly: a slope of light, and sometimes the soft edge of a hand."""
    height, width = array.shape
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = (xx / width - 0.5) * np.cos(angle) + (yy / height - 0.5) * np.sin(angle)
    light = 0.86 + np.float32(rng.uniform(0.1, 0.3)) * ramp
    if rng.random() < 0.5:
        edge = rng.uniform(-0.35, 0.1)
        light = light * (1 - rng.uniform(0.12, 0.3) / (1 + np.exp((ramp - edge) * 40)))
    return np.asarray(array * light, dtype=np.float32)


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """Send the page through JPEG in memory."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    buffer.seek(0)
    return Image.open(buffer).convert("L")


def photograph(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Apply the flaws drawn for one page and scale it to its final size."""
    clean = rng.random() < 0.15
    flaws = (
        set() if clean else {f for f in ("crease", "tilt", "shadow", "noise", "jpeg") if rng.random() < 0.6}
    )
    if "jpeg" in flaws:
        flaws.discard("noise")  # specks ringed with JPEG blocks take too many bytes
    # Blur and low resolution together would leave nothing to read, so a page gets at most one of them.
    sharpness = "sharp" if clean else str(rng.choice(["sharp", "blur", "coarse"]))
    if "crease" in flaws:
        image = to_image(crease(to_array(image), rng))
    if "tilt" in flaws:
        image = tilt(image, rng, float(rng.uniform(0.6, 1.9)))
    side = int(rng.integers(1060, 1201))
    scale = min(side / max(image.size), 0.8)
    final = (round(image.width * scale), round(image.height * scale))
    if sharpness == "coarse":
        factor = float(rng.uniform(0.52, 0.75))
        small = (round(final[0] * factor), round(final[1] * factor))
        image = image.resize(small, Image.Resampling.LANCZOS)
    image = image.resize(final, Image.Resampling.LANCZOS)
    if sharpness == "blur":
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.7, 1.4))))
    array = to_array(image)
    if "shadow" in flaws:
        array = shadow(array, rng)
    if "noise" in flaws:
        # Few but strong specks: dense weak noise would make the PNG several times larger.
        specks = rng.random(array.shape) < rng.uniform(0.002, 0.008)
        array = np.where(specks, array + rng.normal(0, 70, array.shape), array).astype(np.float32)
    image = to_image(array)
    return jpeg(image, int(rng.integers(32, 65))) if "jpeg" in flaws else image


def render_report(report: Report, rng: np.random.Generator) -> Image.Image:
    """Draw a report and photograph it.

    Parameters
    ----------
    report : Report
        What `make_report` returned.
    rng : np.random.Generator
        The source of type size, margins and flaws.

    Returns
    -------
    Image.Image
        A grey image of 1200 pixels at most on the long side.
    """
    return photograph(draw_page(report, rng), rng)


def encode(image: Image.Image, budget: int = BUDGET) -> bytes:
    """Encode as PNG with as many grey levels as the size budget allows."""
    data = b""
    for levels in (64, 48, 32, 24, 20, 16, 14, 12, 10, 8, 6):
        # Plain grey rather than a palette: some readers take palette indices for grey values.
        steps = np.rint(to_array(image) * np.float32((levels - 1) / 255))
        buffer = io.BytesIO()
        to_image(steps * np.float32(255 / (levels - 1))).save(buffer, "PNG", optimize=True)
        data = buffer.getvalue()
        if len(data) <= budget:
            break
    return data


def gold_line(report: Report) -> str:
    """Write one line of the gold file."""
    row = {
        "id": report["id"],
        "image": f"images/{report['id']}.png",
        "report_type": report["report_type"],
        "language": report["language"],
        "gold": report["gold"],
    }
    return json.dumps(row, ensure_ascii=False)


def main() -> None:
    """Write the images and the gold file."""
    parser = argparse.ArgumentParser(description="Render the synthetic medical reports and their gold JSON.")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).resolve().parent, help="folder to write into"
    )
    parser.add_argument(
        "--only", default="", help="render only the ids that contain this text; no gold is written"
    )
    args = parser.parse_args()
    folder = args.out / "images"
    folder.mkdir(parents=True, exist_ok=True)
    total, lines = 0, []
    for key in (i for i in report_ids() if args.only in i):
        report = make_report(key)
        data = encode(render_report(report, rng_for(key, 1)))
        (folder / f"{key}.png").write_bytes(data)
        total += len(data)
        lines.append(gold_line(report))
    if not args.only:
        (args.out / "gold.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} reports, {total} bytes of PNG")


if __name__ == "__main__":
    main()
