"""The numbers of a lab's pictures; ``templates/lab.html.j2`` draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from medvie_reward.lab import Lab, Simulation, Trap

WIDTH: Final = 380
HEIGHT: Final = 210
COLORS: Final = 8
"""Colors of specs; further specs begin anew."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 10, 8, 34


class Line(NamedTuple):
    """A line of a chart, with the area that goes with it, as points of SVG; the area may be empty."""

    color: int
    points: str
    area: str


class Tick(NamedTuple):
    """A mark of an axis: where it stands and what it says."""

    at: float
    text: str


class Chart(NamedTuple):
    """A chart."""

    title: str
    below: str
    lines: tuple[Line, ...]
    xs: tuple[Tick, ...]
    ys: tuple[Tick, ...]
    dots: tuple[tuple[float, float, int], ...] = ()


class _Frame:
    """Where numbers lie in a chart."""

    def __init__(self, right: float, top: float) -> None:
        self.right, self.top = right or 1.0, top or 1.0

    def x(self, value: float) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * value / self.right, 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / self.top, 1)

    def points(self, xs: Sequence[float], ys: Sequence[float]) -> str:
        return " ".join(f"{self.x(a):g},{self.y(b):g}" for a, b in zip(xs, ys, strict=True))

    def ticks(self) -> tuple[tuple[Tick, ...], tuple[Tick, ...]]:
        xs = tuple(Tick(self.x(k * self.right / 4), f"{k * self.right / 4:g}") for k in range(5))
        ys = tuple(Tick(self.y(k * self.top / 4), f"{k * self.top / 4:.2f}") for k in range(5))
        return xs, ys


def _ceiling(top: float) -> float:
    """Return a round number above all that is drawn."""
    return next((x for x in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 4.0) if x >= top), top)


def trap_chart(trap: Trap) -> Chart:
    """Draw r_matching (the first color) and F1 (the second) against the share of leaves that is kept."""
    xs = [point.length for point in trap.points]
    frame = _Frame(1.0, _ceiling(max(max(point.reward, point.f1) for point in trap.points)))
    lines = tuple(
        Line(color, frame.points(xs, [getattr(point, name) for point in trap.points]), "")
        for color, name in enumerate(("reward", "f1"))
    )
    dots = tuple(
        (frame.x(point.length), frame.y(getattr(point, name)), color)
        for point in trap.points
        for color, name in enumerate(("reward", "f1"))
    )
    return Chart(
        "r_matching and F1 of answers cut short",
        "share of the leaves that is kept",
        lines,
        *frame.ticks(),
        dots,
    )


def band_chart(simulation: Simulation, name: str, title: str, order: Sequence[str]) -> Chart:
    """Draw what becomes of a number under each spec, over steps: its mean and the band of its seeds."""
    steps = simulation.steps
    bands = {spec: simulation.bands(spec, name) for spec in order}
    top = max(band.high for mine in bands.values() for band in mine)
    frame = _Frame(float(steps[-1]), _ceiling(top))
    lines = []
    for n, mine in enumerate(bands.values()):
        low, high = [band.low for band in mine], [band.high for band in mine]
        area = f"{frame.points(steps, low)} {frame.points(steps[::-1], high[::-1])}"
        lines.append(Line(n % COLORS, frame.points(steps, [band.mean for band in mine]), area))
    return Chart(title, "step", tuple(lines), *frame.ticks())


def band_charts(lab: Lab) -> list[Chart]:
    """Draw all bands of a simulation; none where there is no simulation."""
    if lab.simulation is None:
        return []
    order = [look.name for look in lab.looks]
    titles = {
        "f1": "F1 of documents held out", "length": "Leaves written, per leaf of the gold",
        "hallucinated": "Hallucinated leaves, per leaf of the gold",
        "wrong_critical": "Critical leaves that are wrong",
    }  # fmt: skip
    return [band_chart(lab.simulation, name, title, order) for name, title in titles.items()]
