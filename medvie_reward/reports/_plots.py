"""Figures -> SVG texts that stand in a page; colours are classes, so that the page's themes give them.

Every picture has a title that says in words what it shows. Sizes are in CSS pixels.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

BINS: Final = 10
"""Bins of a histogram below 1; documents of exactly 1 have a bar of their own."""

STEPS: Final = 8
"""Shades of a heat map."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]|[\ud800-\udfff]|[\ufffe\uffff]")
_LONGEST: Final = 32
_LETTER: Final = 6.6  # width of a letter in the 12 px type of labels, generously
_CELL: Final = (50, 26)


class Cell(NamedTuple):
    """A cell of a heat map.

    Attributes
    ----------
    value
        From 0 to 1.
    n
        Number of gold and predicted leaves behind it.
    """

    value: float
    n: int


def score_bar(value: float, low: float | None = None, high: float | None = None, *, width: int = 120) -> str:
    """Draw a score from 0 to 1 as a bar, with a whisker over its interval where there is one.

    Parameters
    ----------
    value
        The score.
    low, high
        The ends of its interval.
    width
        In pixels.
    """
    said = f"{value:.4f}"
    parts = [
        f'<rect class="track" width="{width}" height="10" y="2" rx="2"/>',
        f'<rect class="bar" width="{_px(width * _unit(value))}" height="10" y="2" rx="2"/>',
    ]
    if low is not None and high is not None:
        said += f", interval {low:.4f} to {high:.4f}"
        a, b = _px(width * _unit(low)), _px(width * _unit(high))
        parts.append(f'<path class="whisker" d="M{a} 7H{b}M{a} 3V11M{b} 3V11"/>')
    return _svg(width, 14, said, parts)


def outcome_bar(
    counts: Mapping[str, float], *, width: int = 180, height: int = 14, numbers: bool = False
) -> str:
    """Draw counts by outcome as one bar of full width.

    Parameters
    ----------
    counts
        Outcome -> number; the names are the classes of the parts.
    width, height
        In pixels.
    numbers
        Whether to write a number into each part that has room for it.
    """
    total = sum(counts.values())
    said = (
        ", ".join(f"{_count(n)} {name.replace('_', ' ')}" for name, n in counts.items() if n) or "no leaves"
    )
    parts = [] if total else [f'<rect class="track" width="{width}" height="{height}" rx="2"/>']
    x = 0.0
    for name, n in counts.items():
        wide = width * n / total if total else 0.0
        if not wide:
            continue
        # A thin line of background between the parts tells them apart without colour.
        inner = max(wide - 1, min(wide, 1.5))
        parts.append(
            f'<rect class="fill-{escape(name)}" x="{_px(x)}" width="{_px(inner)}" height="{height}"/>'
        )
        if numbers and wide > 9 * len(_count(n)) + 10:
            y = _px(height / 2 + 4.5)
            parts.append(f'<text class="on-fill" x="{_px(x + wide / 2)}" y="{y}">{_count(n)}</text>')
        x += wide
    return _svg(width, height, said, parts)


def histogram(values: Sequence[float], *, width: int = 560, height: int = 236, what: str = "F1") -> str:
    """Draw how many documents have a score in each tenth, those of exactly 1 apart.

    Parameters
    ----------
    values
        One score from 0 to 1 per document.
    width, height
        In pixels.
    what
        Name of the score.
    """
    counts, name = bin_counts(values), _clean(what)
    most = max(counts) or 1
    left, top, bottom = 8, 22, 42
    step = (width - 2 * left) / len(counts)
    tall = height - top - bottom
    base = height - bottom
    parts = [f'<path class="axis" d="M{left} {base}.5H{width - left}"/>']
    for k, n in enumerate(counts):
        x = left + k * step
        h = tall * n / most
        label = f"{k / BINS:.1f}–{(k + 1) / BINS:.1f}" if k < BINS else "1"
        said = (
            f"{n:,} with {name} {'of exactly 1' if k == BINS else 'from ' + label.replace('–', ' to below ')}"
        )
        parts.append(
            f'<g><title>{said}</title><rect class="bar" x="{_px(x + 2)}" y="{_px(base - h)}" '
            f'width="{_px(step - 4)}" height="{_px(h)}"/></g>'
        )
        middle = _px(x + step / 2)
        if n:
            parts.append(f'<text class="middle strong" x="{middle}" y="{_px(base - h - 5)}">{n:,}</text>')
        parts.append(f'<text class="middle muted small" x="{middle}" y="{base + 16}">{label}</text>')
    parts.append(f'<text class="middle muted" x="{width / 2:g}" y="{height - 6}">{name} of a document</text>')
    said = f"{len(values):,} documents by {what}: " + ", ".join(
        f"{n:,} at 1" if k == BINS else f"{n:,} in {k / BINS:.1f} to {(k + 1) / BINS:.1f}"
        for k, n in enumerate(counts)
        if n
    )
    return _svg(width, height, said, parts)


def bin_counts(values: Sequence[float]) -> list[int]:
    """Count scores per tenth, [0, 0.1) first; what is 1 (or above) counts last, apart."""
    counts = [0] * (BINS + 1)
    for value in values:
        counts[BINS if value >= 1 else max(0, min(BINS - 1, int(value * BINS)))] += 1
    return counts


def heat_map(
    rows: Sequence[str], columns: Sequence[str], cells: Mapping[tuple[str, str], Cell], *, what: str = "F1"
) -> str:
    """Draw scores by row and column; the worse, the stronger the colour, with the number in each cell.

    Parameters
    ----------
    rows, columns
        Names, in the order to draw.
    cells
        (row, column) -> what to show; a pair that is not in it stays empty.
    what
        Name of the score.
    """
    wide, tall = _CELL
    left = 12 + max((text_width(clip(name)) for name in rows), default=0)
    # Labels stand at 45 degrees, which keeps them apart at any length.
    longest = max((text_width(clip(name)) for name in columns), default=0)
    top = 14 + longest * 0.71
    right = max(8.0, longest * 0.71 - wide / 2 + 8)
    parts = []
    for j, name in enumerate(columns):
        at = f"translate({_px(left + j * wide + wide / 2)} {_px(top - 8)})"
        parts.append(f'<text transform="{at} rotate(-45)">{_label(name)}</text>')
    for i, row in enumerate(rows):
        y = top + i * tall
        parts.append(f'<text class="end" x="{_px(left - 8)}" y="{_px(y + 17)}">{_label(row)}</text>')
        for j, column in enumerate(columns):
            x = left + j * wide
            place = f'x="{_px(x + 1)}" y="{_px(y + 1)}" width="{wide - 2}" height="{tall - 2}" rx="3"'
            cell = cells.get((row, column))
            if cell is None:
                parts.append(f'<rect class="blank" {place}/>')
                continue
            said = f"{_clean(row)}, {_clean(column)}: {what} {cell.value:.4f}, {cell.n:,} leaves"
            parts.append(
                f'<g class="cell" data-field="{_clean(row)}" data-group="{_clean(column)}">'
                f'<title>{said}</title><rect class="heat-{shade(cell.value)}" {place}/>'
                f'<text class="middle heat-text-{shade(cell.value)}" x="{_px(x + wide / 2)}" '
                f'y="{_px(y + 17)}">{_short(cell.value)}</text></g>'
            )
    said = f"{what} of {len(rows)} fields in {len(columns)} groups"
    return _svg(left + len(columns) * wide + right, top + len(rows) * tall + 4, said, parts)


def shade(value: float) -> int:
    """Return the shade of a score: 0 for 1.0, the strongest for 0.5 and below, where all is equally bad."""
    if value >= 1:
        return 0
    return min(STEPS - 1, 1 + int((1 - max(value, 0.0)) * 2 * (STEPS - 1)))


def text_width(text: str) -> float:
    """Estimate the width of a label in pixels; a Chinese character is as wide as it is high."""
    return sum(12.0 if unicodedata.east_asian_width(c) in "WF" else _LETTER for c in text)


def clip(name: str, longest: int = _LONGEST) -> str:
    """Shorten a name in its middle, where names of fields differ least."""
    if text_width(name) <= longest * _LETTER:
        return name
    head = tail = ""
    for a, b in zip(name, reversed(name), strict=True):
        if text_width(head + a + "…" + tail) > longest * _LETTER:
            break
        head += a
        if text_width(head + "…" + b + tail) > longest * _LETTER:
            break
        tail = b + tail
    return f"{head}…{tail}"


def _label(name: str) -> str:
    short = clip(name)
    return _clean(short) if short == name else f"{_clean(short)}<title>{_clean(name)}</title>"


def _clean(text: str) -> str:
    """Escape a text, and replace what XML has no way to write."""
    return escape(_CONTROL.sub("\ufffd", text))


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    w, h = _px(width), _px(height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{w}" height="{h}" viewBox="0 0 {w} {h}">'
        f"<title>{_clean(title)}</title>{''.join(parts)}</svg>"
    )


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))


def _px(x: float) -> str:
    return f"{x:.2f}".rstrip("0").rstrip(".")


def _short(value: float) -> str:
    """Write a score in two digits, never rounded up to 1 where it is less."""
    return "1" if value >= 1 else f"{min(value, 0.99):.2f}"[1:]


def _count(n: float) -> str:
    return f"{n:,}" if isinstance(n, int) else f"{n:,.2f}".rstrip("0").rstrip(".")
