"""Draw how four metrics score a report whose results are all one row down, from the table in README.md.

python benchmarks/swapped_picture.py docs/images/swapped_rows.svg
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("README.md")
ROW: Final = "Result column rotated by one row"
BARS: Final = {
    "Donut F1": "Donut F1",
    "stickler score": "stickler",
    "ANLS*": "ANLS*",
    "ours: clinical": "medvie-reward",
}
"""Columns of the table, and the label of each bar."""

_WIDTH: Final = 760
_LEFT: Final = 150
_LENGTH: Final = 520
_TOP: Final = 76
_STEP: Final = 36
_FONT: Final = "font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, sans-serif\""


def scores_of(table: str, row: str) -> dict[str, str]:
    """Read one row of the first Markdown table that has it.

    Parameters
    ----------
    table
        Markdown with a table whose first column is titled ``prediction``.
    row
        First cell of the row.

    Returns
    -------
    dict
        Each cell as printed, without bold, by the title of its column.

    Raises
    ------
    ValueError
        If there is no such table or row.
    """
    head: list[str] = []
    for line in table.splitlines():
        cells = [cell.strip(" *") for cell in line.strip("|").split(" | ")]
        if cells[0] == "prediction":
            head = [cell.strip() for cell in line.strip("|").split(" | ")]  # a star can end a title
        elif cells[0] == row and len(cells) == len(head):
            return dict(zip(head, cells, strict=True))
    raise ValueError(f"row {row!r}: expected it in a table of predictions")


def draw(scores: Mapping[str, str]) -> str:
    """Draw one bar per metric.

    Parameters
    ----------
    scores
        Scores as printed, by the metric's label.

    Returns
    -------
    str
        The text of an SVG file.
    """
    height = _TOP + _STEP * len(scores) + 8
    said = ", ".join(f"{label} {score}" for label, score in scores.items())
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" role="img" {_FONT} font-size="15" fill="#222222">',
        f"<title>{escape(said)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        '<text x="20" y="30" font-size="17" font-weight="bold">'
        "Every result of a lab report is written one row down</text>",
        '<text x="20" y="54" fill="#555555">Mean score of such reports (1.000 = mistake not detected)</text>',
    ]
    for at, (label, score) in enumerate(scores.items()):
        y = _TOP + _STEP * at
        ours = label == BARS["ours: clinical"]
        fill, weight = ("#1f4e8c", "bold") if ours else ("#a6a6a6", "normal")
        length = round(_LENGTH * float(score), 1)
        words = f'y="{y + 18}" font-weight="{weight}"'
        lines += [
            f'<text x="{_LEFT - 10}" {words} text-anchor="end">{escape(label)}</text>',
            f'<rect x="{_LEFT}" y="{y}" width="{length}" height="26" fill="{fill}"/>',
            f'<text x="{_LEFT + length + 8}" {words}>{score}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


def main() -> int:
    """Draw the picture into the file that the command line names."""
    if len(sys.argv) != 2:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    row = scores_of(TABLE.read_text(encoding="utf-8"), ROW)
    text = draw({label: row[column] for column, label in BARS.items()})
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
