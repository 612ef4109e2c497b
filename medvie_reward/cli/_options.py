"""Options shared by several commands."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from medvie_reward._core.seeds import DEFAULT_SEED
from medvie_reward.errors import InputError
from medvie_reward.metrics import known_metrics

if TYPE_CHECKING:
    from medvie_reward.statistics import Resampling


def positive(text: str) -> int:
    """Read an integer of at least 1, as argparse asks of a type."""
    n = int(text)
    if n < 1:
        raise argparse.ArgumentTypeError(f"expected an integer of at least 1, got {text}")
    return n


def metrics(text: str) -> tuple[str, ...]:
    """Read names of metrics with commas between them, as argparse asks of a type."""
    try:
        return known_metrics(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(error.reason) from None


def add_systems_row_arguments(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add the options for the keys of records and for joining systems; returns the group."""
    rows = parser.add_argument_group("rows")
    rows.add_argument("--pred-key", metavar="KEY", help="key of the prediction")
    rows.add_argument("--gold-key", metavar="KEY", help="key of the gold")
    rows.add_argument("--id-key", metavar="KEY", default="id", help="key of the id (default: id)")
    rows.add_argument("--join", choices=("auto", "id", "line"), default="auto", help="default: %(default)s")
    rows.add_argument(
        "--missing", choices=("error", "zero"), default="error",
        help="a gold without a prediction is an error, or scores zero (default: %(default)s)",
    )  # fmt: skip
    return rows


def add_resampling_arguments(group: argparse._ArgumentGroup) -> None:
    """Add the options of intervals; see `read_resampling`."""
    group.add_argument(
        "--resamples", type=positive, metavar="N", help="number of bootstrap resamples (default: 10000)"
    )
    group.add_argument("--confidence", type=float, metavar="C", help="confidence level (default: 0.95)")
    group.add_argument("--seed", type=int, metavar="S", help=f"random seed (default: {DEFAULT_SEED})")
    group.add_argument(
        "--method", choices=("expanded", "percentile", "bca"), help="kind of interval (default: expanded)"
    )
    group.add_argument(
        "--cluster",
        metavar="KEY",
        help="key of the cluster, such as the patient; a cluster is resampled as a whole",
    )


def check_resampling_options(options: argparse.Namespace) -> None:
    """Refuse options of intervals where none are asked for.

    Raises
    ------
    InputError
        Naming the option.
    """
    for name in ("resamples", "confidence", "seed", "method", "cluster"):
        if getattr(options, name) is not None and not options.intervals:
            raise InputError(f"--{name} requires --intervals")


def read_resampling(options: argparse.Namespace) -> Resampling:
    """Return the requested resampling, with defaults for the rest.

    Raises
    ------
    InputError
        If it cannot be done.
    """
    from medvie_reward.statistics import Resampling, check_resampling

    given = {name: getattr(options, name) for name in Resampling._fields}
    how = Resampling()._replace(**{name: x for name, x in given.items() if x is not None})
    check_resampling(how)
    return how


def named_files(given: list[str]) -> dict[str, str]:
    """Return system -> file; a file without a name is called by its own, without what ends it.

    Raises
    ------
    InputError
        If there are fewer than two, a name or a file is empty, or a name comes twice.
    """
    if len(given) < 2:
        raise InputError("expected predictions of at least two systems")
    named: dict[str, str] = {}
    for text in given:
        name, equals, file = text.partition("=")
        if not equals:
            name, file = Path(text).name.removesuffix(".gz").removesuffix(".jsonl"), text
        if not name or not file:
            raise InputError(f"{text!r}: expected a file, or NAME=FILE")
        if name in named:
            raise InputError(f"two systems are named {name!r}: expected NAME=FILE with different names")
        named[name] = file
    return named
