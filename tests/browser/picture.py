"""Draw the picture of a report in the README: the example's scores, and one of its documents opened.

    python tests/browser/picture.py

Needs `tests/browser/requirements.txt`, Debian's ``chromium`` and ``fonts-noto-cjk``, and Pillow.
"""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from medvie_reward.cli._main import main_score

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "docs" / "images" / "report.png"
SHOWN = "zh-blood-02"
WIDTH = 1280
HEIGHTS = (772, 860)
"""Of the two parts, in pixels."""


def main() -> int:
    """Write the picture."""
    sys.path.append(str(ROOT / "tests" / "lib"))
    from helpers.chromium import chromium

    examples = ROOT / "examples" / "lab_reports"
    files = [str(examples / name) for name in ("ocr_rows.jsonl", "gold.jsonl")]
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        report = Path(folder) / "report.html"
        if code := main_score([*files, "--by", "report_type", "--html", str(report)]):
            return code
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHTS[0]}, color_scheme="light")
        page.goto(report.as_uri())
        parts = [page.screenshot()]
        page.set_viewport_size({"width": WIDTH, "height": HEIGHTS[1]})
        page.fill("#search", SHOWN)
        page.click(f"#document-table >> text={SHOWN}")
        page.wait_for_selector("#document .pictures img")
        page.check("text=only what differs")
        page.evaluate("document.querySelector('.top').style.display = 'none'")
        page.evaluate("document.querySelector('#document').scrollIntoView()")
        parts.append(page.screenshot())
    whole = Image.new("RGB", (WIDTH, sum(HEIGHTS)))
    for part, y in zip(parts, (0, HEIGHTS[0]), strict=True):
        whole.paste(Image.open(BytesIO(part)), (0, y))
    # A palette keeps text and flat colours at a third of the size; this one keeps rare colours too.
    picture = whole.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    picture.save(TARGET, optimize=True)
    sys.stdout.write(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
