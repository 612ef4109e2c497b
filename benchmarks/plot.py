"""Draw what `compare.py --json` wrote: milliseconds per prediction against rows, both on log scales.

python benchmarks/plot.py times.json docs/images/speed.png
"""

from __future__ import annotations

import json
import math
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

Points = dict[str, list[list[float]]]
"""Rows and milliseconds of each scorer, by its title; sizes at which it was given up on are missing."""

_INK: Final = "#222222"
_GREY: Final = "#8c8c8c"
_BLUE: Final = "#1f4e8c"
_MARKERS: Final = "svD^<>phX*"
_LINE: Final = 1.42
"""How far apart labels are, as a factor of milliseconds."""


def draw(points: Points, file: str) -> None:
    """Draw one line per scorer, with its name at its end.

    This package's lines are dark and thick, the others' grey and thin, each with a marker of its own, so that
    the picture reads without colour.
    """
    matplotlib = import_module("matplotlib")
    style = {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": _INK,
        "savefig.facecolor": "white",
    }
    with matplotlib.rc_context(style):
        figure = import_module("matplotlib.figure").Figure(figsize=(8.4, 6.2), layout="constrained")
        axes = figure.subplots()
        for at, (title, line) in enumerate(points.items()):
            if line:
                axes.plot(*zip(*line, strict=True), **_look(title, at))
        _label_ends(axes, points)
        _dress(axes, points)
        figure.savefig(file, dpi=160)


def _look(title: str, at: int) -> dict[str, Any]:
    """Give colour, width and marker of a line."""
    if title.startswith("ours"):
        hollow = "*" in title or "nTED" in title  # published metrics, not rewards
        return {"color": _BLUE, "lw": 2.2, "marker": "o", "mfc": "white" if hollow else _BLUE, "zorder": 3}
    if title.startswith("naive"):
        return {"color": _INK, "lw": 1.4, "ls": "--", "marker": "x", "ms": 5, "zorder": 2}
    return {"color": _GREY, "lw": 1.2, "marker": _MARKERS[at % len(_MARKERS)], "ms": 4, "zorder": 1}


def _label_ends(axes: Any, points: Points) -> None:
    """Write each name at the end of its line, moved apart where lines end close together.

    A line that ends early, where its scorer was given up on, has its name above its end.
    """
    right = max(rows for line in points.values() for rows, _ in line)
    ends = sorted((line[-1][1], line[-1][0], title) for title, line in points.items() if line)
    whole = [end for end in ends if end[1] == right]
    for height, (ms, rows, title) in zip(_apart([ms for ms, _, _ in whole]), whole, strict=True):
        ours = title.startswith("ours")
        axes.annotate(
            title,
            (rows, ms),
            (right * 1.25, height),
            va="center",
            color=_BLUE if ours else _INK,
            fontweight="bold" if ours else "normal",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": "#c8c8c8", "lw": 0.7, "shrinkA": 1, "shrinkB": 4},
        )
    for ms, rows, title in ends:
        if rows < right:
            axes.annotate(title, (rows, ms), (0, 7), textcoords="offset points", ha="center", color=_INK)


def _apart(heights: list[float]) -> list[float]:
    """Move ascending heights apart to the least factor, as little as a few rounds of pushing allow."""
    logs = [math.log(height) for height in heights]
    step = math.log(_LINE)
    for _ in range(500):
        for low in range(len(logs) - 1):
            missing = step - (logs[low + 1] - logs[low])
            if missing > 1e-9:
                logs[low] -= missing / 2
                logs[low + 1] += missing / 2
    return [math.exp(height) for height in logs]


def _dress(axes: Any, points: Points) -> None:
    """Set scales, ticks, grid and words."""
    sizes = sorted({int(rows) for line in points.values() for rows, _ in line})
    axes.set(
        xscale="log", yscale="log", xlabel="rows of the report", ylabel="milliseconds per prediction",
    )  # fmt: skip
    axes.set_title("Time to score one prediction", loc="left", fontweight="bold", fontsize=11, pad=22)
    says = (
        "Lower is faster; both scales are logarithmic. A line that ends early: given up on at the next size."
    )
    axes.text(0, 1.015, says, transform=axes.transAxes, color="#555555")
    axes.set_xticks(sizes, [str(rows) for rows in sizes])
    axes.minorticks_off()
    ticker = import_module("matplotlib.ticker")
    axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda ms, _: f"{ms:,g}"))
    axes.grid(color="#ececec", lw=0.8)
    axes.set_axisbelow(True)


def main() -> int:
    """Run it."""
    if len(sys.argv) != 3:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    draw(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.argv[2])
    return 0


if __name__ == "__main__":
    sys.exit(main())
