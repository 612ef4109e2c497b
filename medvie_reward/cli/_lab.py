"""The verb ``medvie lab``: arguments, files, tables."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import Final

from medvie_reward.cli._lab_specs import SPECS_HELP, read_named_spec, read_specs
from medvie_reward.cli._options import add_printed_arguments, positive, share, whole
from medvie_reward.cli._parser import InputFile
from medvie_reward.cli._streams import print_json
from medvie_reward.errors import InputError

LAB_HELP: Final = f"""\
Say what a reward will make of a model before it is trained: what it pays for, where it pushes, and what
becomes of a simulated reader under it.

{SPECS_HELP}"""


def add_lab_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``medvie lab``."""
    parser.add_argument(
        "files", metavar="FILE", nargs="+", action=InputFile,
        help="rollouts of the model and gold documents, or gold documents alone with --accuracy",
    )  # fmt: skip
    what = parser.add_argument_group("what to compare")
    what.add_argument(
        "--specs", metavar="SPEC,…", default="clinical,strict,clinical+matching=f1+critical_cost=0",
        help="rewards to compare (default: %(default)s)",
    )  # fmt: skip
    what.add_argument(
        "--yardstick", metavar="SPEC", default="clinical",
        help="how F1 compares values; its weights and costs do not count (default: %(default)s)",
    )  # fmt: skip
    rows = parser.add_argument_group("rows")
    rows.add_argument("--gold-key", metavar="KEY", help="key of the gold")
    rows.add_argument("--id-key", metavar="KEY", default="id", help="key of the id (default: id)")
    reader = parser.add_argument_group("simulated reader")
    reader.add_argument(
        "--accuracy", type=share, metavar="Q", help="share of values that the model reads right"
    )
    reader.add_argument("--simulate", action="store_true", help="train a simulated reader under each spec")
    reader.add_argument("--seeds", type=positive, default=3, metavar="N", help="seeds (default: %(default)s)")
    reader.add_argument(
        "--steps", type=positive, default=110, metavar="N", help="steps (default: %(default)s)"
    )
    reader.add_argument(
        "--seed", type=whole, default=0, metavar="S", help="first seed (default: %(default)s)"
    )
    reader.add_argument("--workers", type=positive, default=1, metavar="N", help="processes (default: 1)")
    add_printed_arguments(parser.add_argument_group("output"))
    parser.set_defaults(run=run_lab)


def run_lab(options: argparse.Namespace) -> int:
    """Read, look, simulate, print; returns the exit code.

    Raises
    ------
    InputError
        If an option or a file is not what it should be; no file is written then.
    """
    specs = read_specs(options.specs)
    if options.accuracy is None or not options.simulate or len(options.files) != 1:
        raise InputError("expected GOLD with --accuracy and --simulate")
    from medvie_reward.corpus import GOLD_KEYS, NewFile, RowFile, read_golds
    from medvie_reward.lab import Reader, Schedule, simulate, yardstick_of
    from medvie_reward.reports import print_simulation

    yardstick = yardstick_of(read_named_spec(options.yardstick))
    to_file = options.json is not None and options.json != "-"
    with contextlib.ExitStack() as stack:
        golds = stack.enter_context(RowFile(options.files[-1], GOLD_KEYS, options.gold_key, options.id_key))
        result = stack.enter_context(NewFile(options.json)) if to_file else None
        found = simulate(
            list(read_golds(golds, yardstick)), specs, Reader(accuracy=options.accuracy),
            Schedule(steps=options.steps), seeds=range(options.seed, options.seed + options.seeds),
            yardstick=yardstick, workers=options.workers,
        )  # fmt: skip
        made = {"simulation": found.to_dict()}
        if result is not None:
            result.write(made, indent=True)
    if options.json == "-":
        print_json(made)
    else:
        print_simulation(found, sys.stdout)
    return 0
