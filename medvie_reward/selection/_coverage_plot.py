"""Coverage -> a picture: largest distance against number of picks, what is covered, what was picked."""

from __future__ import annotations

import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from medvie_reward._core.files import replacing
from medvie_reward._core.names import counted
from medvie_reward.errors import InputError
from medvie_reward.selection._coverage import RARE, Coverage

FORMATS: Final = ("png", "svg", "pdf")
"""Endings of the files that a picture can be written to."""

_BLUE: Final = "#1f5fa8"
_GREY: Final = "#9a9a9a"
_INK: Final = "#333333"
_MOST_KINDS: Final = 16
_LONGEST: Final = 24
# The first of these that is installed draws what the default font lacks.
_FONTS: Final = (
    "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "PingFang SC",
    "Microsoft YaHei", "SimHei", "Droid Sans Fallback",
)  # fmt: skip


def check_plot(file: str) -> None:
    """Check that a picture can be drawn into a file of this name.

    Raises
    ------
    InputError
        If matplotlib is missing, or the name does not end as one of `FORMATS`.
    """
    if Path(file).suffix[1:].lower() not in FORMATS:
        raise InputError(f"expected a name that ends in {', '.join('.' + x for x in FORMATS)}", file)
    if find_spec("matplotlib") is None:
        raise InputError('a plot needs matplotlib: pip install "medvie-reward[plot]"')


def plot_coverage(coverage: Coverage, file: str) -> None:
    """Draw a picture; the file appears only once it is whole.

    Raises
    ------
    InputError
        As `check_plot`, or if the file cannot be written.
    """
    check_plot(file)
    with replacing(file) as target:
        _figure(coverage, target, Path(file).suffix[1:].lower())


def _figure(coverage: Coverage, target: Any, form: str) -> None:
    matplotlib = import_module("matplotlib")
    installed = {font.name for font in import_module("matplotlib.font_manager").fontManager.ttflist}
    fonts = ["DejaVu Sans", *[name for name in _FONTS if name in installed][:1]]
    style = {
        "font.family": fonts, "font.size": 9, "axes.titlesize": 10, "axes.titlelocation": "left",
        "axes.titleweight": "bold", "axes.spines.top": False, "axes.spines.right": False,
        "axes.edgecolor": _INK, "text.color": _INK, "xtick.color": _INK, "ytick.color": _INK,
        "axes.labelcolor": _INK,
    }  # fmt: skip
    with matplotlib.rc_context(style), warnings.catch_warnings():
        # A sign that no font has is drawn as a box, which is no reason to draw nothing.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        shown = bool(coverage.kinds)
        figure = import_module("matplotlib.figure").Figure(
            figsize=(13.0 if shown else 9.0, 4.4), layout="constrained"
        )
        axes = figure.subplots(1, 3 if shown else 2, width_ratios=[5, 3, 4] if shown else [5, 4])
        _draw_curve(axes[0], coverage)
        _draw_shares(axes[1], coverage)
        if shown:
            _draw_kinds(axes[2], coverage)
        figure.legend(loc="outside lower center", ncols=4, frameon=False)
        figure.suptitle(
            f"{coverage.k:,} of {counted(coverage.n, 'document')}, and "
            f"{counted(len(coverage.seeds), 'random selection')}",
            x=0.01,
            ha="left",
        )
        figure.savefig(target, format=form, dpi=150)


def _draw_curve(axes: Any, coverage: Coverage) -> None:
    ks = range(1, coverage.k + 1)
    axes.fill_between(
        ks,
        coverage.largest_low,
        coverage.largest_high,
        color=_GREY,
        alpha=0.35,
        lw=0,
        label="random, min to max",
    )
    dot = "o" if coverage.k == 1 else ""  # a line of one point would not show
    axes.plot(ks, coverage.largest_mean, color=_GREY, lw=1.5, marker=dot, label="random, mean")
    axes.plot(ks, coverage.largest, color=_BLUE, lw=2, marker=dot, label="chosen")
    axes.set(
        title="How far the farthest document is from a pick",
        xlabel="picks",
        ylabel="largest distance to the nearest pick",
        xlim=(1, max(coverage.k, 2)),
        ylim=(0, None),
    )
    axes.xaxis.set_major_locator(import_module("matplotlib.ticker").MaxNLocator(integer=True))
    axes.grid(axis="y", color="#e5e5e5", lw=0.8)
    axes.set_axisbelow(True)


def _draw_shares(axes: Any, coverage: Coverage) -> None:
    names = {
        "report_types": "report types",
        "fields": "fields",
        "rare_fields": f"fields in under\n{RARE:.0%} of documents",
    }
    rows = [(label, name) for name, label in names.items() if coverage.whole[name]]
    for place, (_, name) in enumerate(reversed(rows)):
        whole = coverage.whole[name]
        band, chosen = coverage.random[name], coverage.chosen[name]
        axes.barh(place + 0.18, chosen / whole, height=0.34, color=_BLUE)
        axes.barh(place - 0.18, band.mean / whole, height=0.34, color=_GREY)
        axes.plot([band.low / whole, band.high / whole], [place - 0.18] * 2, color=_INK, lw=1.2, marker="|")
        axes.text(1.03, place + 0.18, f"{chosen:.0f} of {whole:.0f}", va="center", color=_BLUE)
        axes.text(1.03, place - 0.18, f"{band.mean:.1f}", va="center", color="#6a6a6a")
    axes.set_yticks(range(len(rows)), [label for label, _ in reversed(rows)])
    axes.set(
        title="What some pick has, of all there is", xlim=(0, 1.32), ylim=(-0.6, max(len(rows), 1) - 0.4)
    )
    axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    axes.tick_params(axis="y", length=0)


def _draw_kinds(axes: Any, coverage: Coverage) -> None:
    kinds = list(coverage.kinds)[:_MOST_KINDS]
    at = range(len(kinds))
    axes.barh(at, [coverage.kinds_chosen[kind] for kind in kinds], height=0.62, color=_BLUE)
    axes.plot(
        [coverage.kinds[kind] * coverage.k / coverage.n for kind in kinds],
        at,
        ls="",
        marker="|",
        ms=9,
        mew=2,
        color=_INK,
        label="picks in proportion to all documents",
    )
    axes.set_yticks(at, [_label(kind) for kind in kinds])
    axes.invert_yaxis()
    left_out = len(coverage.kinds) - len(kinds)
    axes.set(
        title="Picks per report type",
        xlabel="picks" + (f" ({left_out} rarer report types not shown)" if left_out else ""),
    )
    axes.xaxis.set_major_locator(import_module("matplotlib.ticker").MaxNLocator(integer=True))
    axes.tick_params(axis="y", length=0)


def _label(name: str) -> str:
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return short.replace("$", r"\$").replace("\n", " ")
