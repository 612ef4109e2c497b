"""Bars that a score has to clear: ``--fail-under``, and ``--baseline`` with ``--max-drop``."""

from __future__ import annotations

import argparse
from typing import Any, Final, NamedTuple

from medvie_reward.cli._options import share
from medvie_reward.cli._parser import InputFile
from medvie_reward.cli._streams import say
from medvie_reward.errors import InputError

BELOW: Final = 1
"""The exit code where a score does not clear its bar."""

# Metric -> where the JSON output has it. All are better when larger.
_PLACES: Final = {
    "micro_f1": ("micro", "f1"),
    "micro_precision": ("micro", "precision"),
    "micro_recall": ("micro", "recall"),
    "macro_f1": ("macro", "f1"),
    "macro_precision": ("macro", "precision"),
    "macro_recall": ("macro", "recall"),
    "macro_matching": ("macro", "matching"),
    "ted": ("ted",),
    "anls": ("anls",),
    "parse_rate": ("parse_rate",),
    "format_rate": ("format_rate",),
}
_USUAL: Final = "micro_f1"
# Scores are quotients in floating point: 0.9 - 0.89 is no drop of more than 0.01.
_ROUNDING: Final = 1e-9


class Bars(NamedTuple):
    """What a score has to clear.

    Attributes
    ----------
    metric
        Its name.
    least
        The lowest value allowed, where there is one.
    baseline
        An earlier value, where there is one.
    drop
        How far below it the value may be.
    documents
        Number of documents of the earlier value.
    file
        Where the earlier value is from.
    """

    metric: str = _USUAL
    least: float | None = None
    baseline: float | None = None
    drop: float = 0.0
    documents: int | None = None
    file: str = ""


def add_bar_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options for continuous integration."""
    bars = parser.add_argument_group("continuous integration: exit code 1 where a score is too low")
    bars.add_argument("--fail-under", type=share, metavar="X", help="the lowest value allowed, from 0 to 1")
    bars.add_argument(
        "--baseline", action=InputFile, metavar="FILE",
        help="compare with what --json wrote earlier, under the same signature",
    )  # fmt: skip
    bars.add_argument(
        "--max-drop", type=share, metavar="X", help="how far below the baseline is allowed (default: 0)"
    )
    bars.add_argument(
        "--fail-metric", choices=tuple(_PLACES), metavar="NAME",
        help=f"the metric to look at: {', '.join(_PLACES)} (default: {_USUAL})",
    )  # fmt: skip


def read_bars(options: argparse.Namespace, signature: str) -> Bars:
    """Read what a score has to clear, before any work.

    Parameters
    ----------
    options
        The command's options.
    signature
        The signature of the scores to come.

    Raises
    ------
    InputError
        If options do not go together, or the baseline is none for this run.
    """
    metric = options.fail_metric or _USUAL
    if options.max_drop is not None and options.baseline is None:
        raise InputError("--max-drop requires --baseline")
    if options.fail_metric and options.fail_under is None and options.baseline is None:
        raise InputError("--fail-metric requires --fail-under or --baseline")
    if metric in ("ted", "anls") and metric not in options.metrics:
        asked = ",".join((*options.metrics, metric))
        raise InputError(f"--fail-metric {metric}: it is not computed: expected --metrics {asked}")
    bars = Bars(metric, options.fail_under)
    if options.baseline is None:
        return bars
    from medvie_reward._core.files import read_json

    file = options.baseline
    made = read_json(file)
    if not isinstance(made, dict) or not isinstance(made.get("signature"), str) or "micro" not in made:
        raise InputError("expected what `medvie score --json` wrote", file)
    if made["signature"] != signature:
        raise InputError(
            f"has another signature than this run ({_difference(made['signature'], signature)}): "
            "expected a baseline made with the same options and version",
            file,
        )
    value = _value(made, metric)
    if value is None:
        raise InputError(f"has no {metric}: expected a baseline that has it", file)
    n = made.get("n")
    return bars._replace(
        baseline=value, drop=options.max_drop or 0.0, file=file, documents=n if type(n) is int else None
    )


def _difference(before: str, now: str) -> str:
    """Name the first parts in which two signatures differ."""
    old, new = (dict(_part(part) for part in text.split("|")) for text in (before, now))
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return "; ".join(
        f"{name}: {old.get(name, 'nothing')} then, {new.get(name, 'nothing')} now" for name in names[:3]
    )


def _part(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name, value


def _value(made: dict[str, Any], metric: str) -> float | None:
    found: Any = made
    for name in _PLACES[metric]:
        found = found.get(name) if isinstance(found, dict) else None
    return float(found) if type(found) in (int, float) else None


def check_bars(bars: Bars, made: dict[str, Any], program: str) -> int:
    """Hold scores against the bars, say what is too low, and return the exit code.

    Parameters
    ----------
    bars
        What has to be cleared.
    made
        The scores as JSON values.
    program
        The program's name, for messages.

    Raises
    ------
    InputError
        If the metric does not exist for these documents.
    """
    if bars.least is None and bars.baseline is None:
        return 0
    value = _value(made, bars.metric)
    if value is None:
        raise InputError(f"--fail-metric {bars.metric}: no document has it, as no prediction is a text")
    code = 0
    if bars.least is not None and value < bars.least - _ROUNDING:
        say(f"{program}: {bars.metric} {_shown(value, bars.least)} is below --fail-under {bars.least:g}")
        code = BELOW
    if bars.baseline is not None:
        if bars.documents is not None and bars.documents != made["n"]:
            say(f"{program}: note: {bars.file} is of {bars.documents} documents, these are {made['n']}")
        lost = bars.baseline - value
        if lost > bars.drop + _ROUNDING:
            say(
                f"{program}: {bars.metric} fell from {bars.baseline:.4f} in {bars.file} to {value:.4f}: "
                f"{_shown(lost, bars.drop)} is more than --max-drop {bars.drop:g}"
            )
            code = BELOW
    return code


def _shown(value: float, bar: float) -> str:
    """Write a value with four digits, or with all where it would look like the bar."""
    short = f"{value:.4f}"
    return repr(value) if float(short) == bar else short
