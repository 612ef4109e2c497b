"""The numbers of a report's pictures; ``templates/plots.html.j2`` draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from medvie_reward._core.names import counted

BINS: Final = 10
"""Bins of a histogram below 1; documents of exactly 1 have a bar of their own."""

STEPS: Final = 8
"""Shades of a heat map."""

_DIGIT: Final = 9  # width of a digit in the type of numbers on bars, generously


class OutcomePart(NamedTuple):
    """A part of an outcome bar: where it lies, and its number if there is room for it."""

    outcome: str
    x: float
    width: float
    middle: float
    number: str


class OutcomeBar(NamedTuple):
    """Leaves by outcome as one bar."""

    title: str
    width: int
    parts: tuple[OutcomePart, ...]


class HistogramBin(NamedTuple):
    """A bar of a histogram: its number of documents, and its height as a share of the highest bar's."""

    label: str
    title: str
    documents: int
    share: float


class Histogram(NamedTuple):
    """Documents by score."""

    title: str
    bins: tuple[HistogramBin, ...]


class Cell(NamedTuple):
    """F1 of a field in a group, and the number of gold and predicted leaves behind it."""

    value: float
    n: int


class HeatCell(NamedTuple):
    """A cell of a heat map as it is drawn."""

    group: str
    shade: int
    text: str
    title: str


class HeatRow(NamedTuple):
    """A field of a heat map: a cell per group, ``None`` without leaves."""

    field: str
    cells: tuple[HeatCell | None, ...]


class HeatMap(NamedTuple):
    """F1 by field and group."""

    title: str
    groups: tuple[str, ...]
    rows: tuple[HeatRow, ...]


def outcome_bar(counts: Mapping[str, float], width: int = 180, numbers: bool = False) -> OutcomeBar:
    """Lay counts by outcome out as one bar.

    Parameters
    ----------
    counts
        Outcome -> number of leaves.
    width
        In pixels.
    numbers
        Whether to write a number into each part that has room for it.
    """
    total = sum(counts.values())
    title = ", ".join(f"{count_text(n)} {name.replace('_', ' ')}" for name, n in counts.items() if n)
    parts = []
    x = 0.0
    for name, n in counts.items():
        wide = width * n / total if total else 0.0
        if not wide:
            continue
        # A thin line of background between the parts distinguishes them without color.
        inner = max(wide - 1, min(wide, 1.5))
        fits = numbers and wide > _DIGIT * len(count_text(n)) + 10
        parts.append(OutcomePart(name, x, inner, x + wide / 2, count_text(n) if fits else ""))
        x += wide
    return OutcomeBar(title or "no leaves", width, tuple(parts))


def histogram(values: Sequence[float]) -> Histogram:
    """Count documents by F1 in tenths, those of exactly 1 apart."""
    counts = bin_counts(values)
    most = max(counts) or 1
    bins = []
    said = []
    for k, n in enumerate(counts):
        low, high = f"{k / BINS:.1f}", f"{(k + 1) / BINS:.1f}"
        if k == BINS:
            bins.append(HistogramBin("1", f"{n:,} with F1 of exactly 1", n, n / most))
        else:
            bins.append(
                HistogramBin(f"{low}–{high}", f"{n:,} with F1 from {low} to below {high}", n, n / most)
            )
        if n:
            said.append(f"{n:,} at 1" if k == BINS else f"{n:,} in {low} to {high}")
    return Histogram(f"{counted(len(values), 'document')} by F1: {', '.join(said)}", tuple(bins))


def bin_counts(values: Sequence[float]) -> list[int]:
    """Count scores per tenth, [0, 0.1) first; those of 1 (or above) come last."""
    counts = [0] * (BINS + 1)
    for value in values:
        counts[BINS if value >= 1 else max(0, min(BINS - 1, int(value * BINS)))] += 1
    return counts


def heat_map(fields: Sequence[str], groups: Sequence[str], cells: Mapping[tuple[str, str], Cell]) -> HeatMap:
    """Arrange F1 by field and group.

    Parameters
    ----------
    fields, groups
        Names, in the order to show.
    cells
        (field, group) -> what to show; a pair that is not in it stays empty.
    """
    rows = [HeatRow(field, tuple(_cell(field, group, cells) for group in groups)) for field in fields]
    return HeatMap(
        f"F1 of {counted(len(fields), 'field')} in {counted(len(groups), 'group')}",
        tuple(groups),
        tuple(rows),
    )


def _cell(field: str, group: str, cells: Mapping[tuple[str, str], Cell]) -> HeatCell | None:
    cell = cells.get((field, group))
    if cell is None:
        return None
    title = f"{field}, {group}: F1 {cell.value:.4f}, {counted(cell.n, 'leaf', 'leaves')}"
    return HeatCell(group, shade(cell.value), _short(cell.value), title)


def shade(value: float) -> int:
    """Return the shade of a score: 0 for 1.0, the strongest for 0.5 and below, where all is equally bad."""
    if value >= 1:
        return 0
    return min(STEPS - 1, 1 + int((1 - max(value, 0.0)) * 2 * (STEPS - 1)))


def _short(value: float) -> str:
    """Write a score in two digits, never rounded up to 1 if it is less."""
    return "1" if value >= 1 else f"{min(value, 0.99):.2f}"[1:]


def count_text(n: float) -> str:
    """Write a number of leaves, which may be a fraction."""
    return f"{n:,}" if isinstance(n, int) else f"{n:,.2f}".rstrip("0").rstrip(".")


def unit(value: float) -> float:
    """Cut a score to the range from 0 to 1."""
    return min(1.0, max(0.0, value))


def px(x: float) -> str:
    """Write a length in pixels."""
    return f"{x:.2f}".rstrip("0").rstrip(".")
