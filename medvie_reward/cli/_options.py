"""Options shared by several commands."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from medvie_reward._core.seeds import DEFAULT_SEED
from medvie_reward.cli._parser import PRINTED_TO, OutputFile, add_old_name
from medvie_reward.errors import InputError

if TYPE_CHECKING:
    from medvie_reward.corpus import Join, RowFile
    from medvie_reward.statistics import Resampling

Number = TypeVar("Number", int, float)

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def positive(text: str) -> int:
    """Read an integer of at least 1, as argparse asks of a type."""
    return _integer(text, 1)


def whole(text: str) -> int:
    """Read an integer of at least 0, as argparse asks of a type."""
    return _integer(text, 0)


def _integer(text: str, least: int) -> int:
    if not _INTEGER.fullmatch(text.strip()) or int(text) < least:
        raise argparse.ArgumentTypeError(f"expected an integer of at least {least}, got {text!r}")
    return int(text)


def number(text: str) -> float:
    """Read a finite number, as argparse asks of a type."""
    found = _number(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"expected a finite number, got {text!r}")
    return found


def share(text: str) -> float:
    """Read a number from 0 to 1, as argparse asks of a type."""
    found = _number(text)
    if found is None or not 0 <= found <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, got {text!r}")
    return found


def _number(text: str) -> float | None:
    found = float(text) if _NUMBER.fullmatch(text.strip()) else math.inf
    return found if math.isfinite(found) else None


def numbers(flag: str, text: str, kind: Callable[[str], Number]) -> list[Number]:
    """Read some numbers with commas between.

    Raises
    ------
    InputError
        If one of them is not what it should be.
    """
    try:
        return [kind(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"{flag}: expected numbers with commas between, got {text!r}") from None


def metrics(text: str) -> tuple[str, ...]:
    """Read names of metrics with commas between them, as argparse asks of a type."""
    from medvie_reward.metrics import known_metrics

    try:
        return known_metrics(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(error.reason) from None


def add_printed_arguments(
    out: argparse._ArgumentGroup, action: type[OutputFile] = OutputFile, **settings: Any
) -> None:
    """Add where a verb that prints tables writes its results; settings are those of ``--json``."""
    out.add_argument(
        "-o", "--out", dest=PRINTED_TO, action=OutputFile, metavar="FILE",
        help="write there what would be printed",
    )  # fmt: skip
    out.add_argument(
        "--json", action=action, metavar="FILE",
        help="write everything as JSON; - prints it instead of tables", **settings,
    )  # fmt: skip


def add_systems_row_arguments(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add the options for the keys of records and for joining systems; returns the group."""
    rows = parser.add_argument_group("rows")
    rows.add_argument("--pred-key", metavar="KEY", help="key of the prediction")
    rows.add_argument("--gold-key", metavar="KEY", help="key of the gold")
    rows.add_argument("--id-key", metavar="KEY", default="id", help="key of the id (default: id)")
    rows.add_argument("--join", choices=("auto", "id", "line"), default="auto", help="default: %(default)s")
    rows.add_argument(
        "--missing", choices=("error", "zero", "skip"), default="error",
        help="a gold without a prediction is an error, scores zero, or is left out for every system; under "
        "the last two, predictions without a gold document are left out (default: %(default)s)",
    )  # fmt: skip
    return rows


def join_systems(preds: list[RowFile], golds: RowFile, how: str, missing: str) -> list[Join]:
    """Join the predictions of several systems with the gold documents, so that all have the same ones.

    Parameters
    ----------
    preds, golds
        The files.
    how, missing
        As ``--join`` and ``--missing`` say it.

    Raises
    ------
    InputError
        If rows have no partner and that is an error, or no gold has a prediction of every system.
    """
    from medvie_reward.corpus import join

    joins = [join(file, golds, how, "zero" if missing == "skip" else missing) for file in preds]
    if missing != "skip":
        return joins
    kept = [n for n, pairs in enumerate(zip(*(one.pairs for one in joins), strict=True))
            if all(pair.pred is not None for pair in pairs)]  # fmt: skip
    if not kept:
        raise InputError(
            f"{golds.name} has no gold document with a prediction of every system: nothing to compare"
        )
    return [replace(one, pairs=[one.pairs[n] for n in kept]) for one in joins]


def add_resampling_arguments(parser: argparse.ArgumentParser, group: argparse._ArgumentGroup) -> None:
    """Add the options of intervals; see `read_resampling`."""
    group.add_argument(
        "--resamples", type=positive, metavar="N", help="number of bootstrap resamples (default: 10000)"
    )
    group.add_argument("--confidence", type=number, metavar="C", help="confidence level (default: 0.95)")
    group.add_argument("--seed", type=whole, metavar="S", help=f"random seed (default: {DEFAULT_SEED})")
    method = group.add_argument(
        "--interval-method", dest="method", choices=("expanded", "percentile", "bca"),
        help="kind of interval (default: expanded)",
    )  # fmt: skip
    add_old_name(parser, "--method", method)
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
            flag = "interval-method" if name == "method" else name
            raise InputError(f"--{flag} requires --intervals")


def read_resampling(options: argparse.Namespace) -> Resampling:
    """Return the requested resampling, with defaults for the rest.

    Raises
    ------
    InputError
        If it cannot be done.
    """
    from medvie_reward.statistics import Resampling

    given = {name: getattr(options, name) for name in ("resamples", "confidence", "seed", "method")}
    return Resampling(**{name: x for name, x in given.items() if x is not None})


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
