"""The verb ``medvie lab``: arguments, files, tables."""

from __future__ import annotations

import argparse
import contextlib
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from medvie_reward.cli._lab_specs import SPECS_HELP, read_named_spec, read_specs
from medvie_reward.cli._options import add_printed_arguments, positive, share, whole
from medvie_reward.cli._parser import InputFile, OutputFile
from medvie_reward.cli._progress import progress
from medvie_reward.cli._streams import print_json
from medvie_reward.errors import InputError

if TYPE_CHECKING:
    from medvie_reward.lab import Group
    from medvie_reward.spec import Spec

LAB_HELP: Final = f"""\
Say what a reward will probably make of a model before it is trained: what it pays for, where it pushes, and
what becomes of a simulated reader under it.

FILE is a file of rollouts and one of gold documents; rollouts alone, if they have their golds beside them; or
gold documents alone, with --accuracy.
{SPECS_HELP}"""
LAB_EPILOG: Final = """\
A verdict is a warning, no forecast. What it is made of stands beside it: docs/lab.md says how it is computed.
"""


def add_lab_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``medvie lab``."""
    parser.add_argument(
        "files", metavar="FILE", nargs="+", action=InputFile, help="rollouts and gold documents, JSONL"
    )
    what = parser.add_argument_group("what to compare")
    what.add_argument(
        "--specs", metavar="SPEC,…", default="clinical,strict,strict+matching=f1",
        help="rewards to compare (default: %(default)s)",
    )  # fmt: skip
    what.add_argument(
        "--yardstick", metavar="SPEC", default="clinical",
        help="how F1 compares values; its weights and costs do not count (default: %(default)s)",
    )  # fmt: skip
    rows = parser.add_argument_group("rows")
    rows.add_argument("--pred-key", metavar="KEY", help="key of the completion, or of a list of them")
    rows.add_argument("--gold-key", metavar="KEY", help="key of the gold")
    rows.add_argument("--id-key", metavar="KEY", default="id", help="key of the id (default: id)")
    rows.add_argument("--step", type=whole, metavar="N", help="only rollouts of this step of a training")
    rows.add_argument("--limit", type=positive, metavar="N", help="only the first N documents")
    reader = parser.add_argument_group("simulated reader")
    reader.add_argument(
        "--accuracy", type=share, metavar="Q",
        help="share of values that the model reads right, instead of rollouts",
    )  # fmt: skip
    reader.add_argument(
        "--simulate", action="store_true",
        help="train a simulated reader under each spec: one that reads and writes as the rollouts do",
    )  # fmt: skip
    reader.add_argument("--seeds", type=positive, metavar="N", help="number of seeds (default: 3)")
    reader.add_argument("--steps", type=positive, metavar="N", help="steps of training (default: 110)")
    reader.add_argument(
        "--seed", type=whole, default=0, metavar="S", help="first seed (default: %(default)s)"
    )
    reader.add_argument("--workers", type=positive, default=1, metavar="N", help="processes (default: 1)")
    out = parser.add_argument_group("output")
    out.add_argument(
        "--html",
        action=OutputFile,
        printed=False,
        metavar="FILE",
        help="write a page to look at: one HTML file",
    )
    out.add_argument("--details", action="store_true", help="print every edit and the whole trap curves, too")
    add_printed_arguments(out)
    parser.set_defaults(run=run_lab)


def run_lab(options: argparse.Namespace) -> int:
    """Read, look, simulate, print; returns the exit code.

    Raises
    ------
    InputError
        If an option or a file is not what it should be; no file is written then.
    """
    _check(options)
    specs = read_specs(options.specs)
    # Imported here, so that --help and usage errors answer at once.
    from medvie_reward.corpus import NewFile
    from medvie_reward.lab import (
        Reader,
        Schedule,
        critical_fields,
        look,
        simulate,
        simulated_groups,
        yardstick_of,
    )
    from medvie_reward.reports import print_lab, render_lab

    yardstick = yardstick_of(read_named_spec(options.yardstick, "--yardstick"))
    with contextlib.ExitStack() as stack:
        files = {
            name: stack.enter_context(NewFile(file))
            for name in ("html", "json")
            if (file := getattr(options, name)) and file != "-"
        }
        reader = Reader()
        if options.accuracy is None:
            groups = _read_rollouts(options, yardstick)[: options.limit]
            golds = [group.gold for group in groups]
            critical = critical_fields(golds, [yardstick, *specs.values()])
        else:
            golds = _read_golds(options, yardstick)[: options.limit]
            critical = critical_fields(golds, [yardstick, *specs.values()])
            reader = Reader(accuracy=options.accuracy)
            groups = simulated_groups(golds, reader, seed=options.seed, critical=critical)
        source = "rollouts" if options.accuracy is None else "simulated"
        lab = look(groups, specs, yardstick=yardstick, source=source)
        if options.simulate:
            if options.accuracy is None:
                reader = replace(reader, habits=lab.habits)
            seeds = range(options.seed, options.seed + (options.seeds or 3))
            with progress(options, "simulating", len(specs) * len(seeds)) as advance:
                schedule = Schedule(steps=options.steps or 110)
                found = simulate(
                    golds, specs, reader, schedule, seeds=seeds, yardstick=yardstick, critical=critical,
                    workers=options.workers, on_run=advance,
                )  # fmt: skip
            lab = replace(lab, simulation=found)
        made: Any = lab.to_dict()
        if "json" in files:
            files["json"].write(made, indent=True)
        if "html" in files:
            files["html"].write_text(render_lab(lab, title=f"Lab: {options.files[0]}"))
    if options.json == "-":
        print_json(made)
    else:
        print_lab(lab, sys.stdout, details=options.details)
    return 0


def _check(options: argparse.Namespace) -> None:
    """Refuse options that do not go together."""
    if len(options.files) > 2:
        raise InputError(f"expected rollouts and gold documents, got {len(options.files)} files")
    if options.accuracy is not None and len(options.files) == 2:
        raise InputError(
            "--accuracy takes the place of rollouts: expected gold documents alone, or no --accuracy"
        )
    if options.accuracy is not None and options.accuracy in (0.0, 1.0):
        raise InputError("--accuracy: expected a share above 0 and below 1")
    for name in ("seeds", "steps"):
        if getattr(options, name) is not None and not options.simulate:
            raise InputError(f"--{name} requires --simulate")
    for name in ("step", "pred_key"):
        if getattr(options, name) is not None and options.accuracy is not None:
            raise InputError(f"--{name.replace('_', '-')} is about rollouts: expected none beside --accuracy")


def _read_golds(options: argparse.Namespace, yardstick: Spec) -> list[Any]:
    from medvie_reward.corpus import GOLD_KEYS, RowFile, read_golds

    with RowFile(options.files[0], GOLD_KEYS, options.gold_key, options.id_key) as golds:
        return list(read_golds(golds, yardstick))


def _read_rollouts(options: argparse.Namespace, yardstick: Spec) -> list[Group]:
    from medvie_reward.corpus import GOLD_KEYS, RowFile
    from medvie_reward.lab import open_rollouts, read_rollouts

    with contextlib.ExitStack() as stack:
        try:
            rollouts = stack.enter_context(open_rollouts(options.files[0], options.pred_key, options.id_key))
        except InputError as error:
            if len(options.files) == 1 and "no prediction" in str(error):
                raise InputError(f"{error}; gold documents alone need --accuracy") from None
            raise
        golds = None
        if len(options.files) == 2:
            golds = stack.enter_context(
                RowFile(options.files[1], GOLD_KEYS, options.gold_key, options.id_key)
            )
        own = options.gold_key if golds is None else None
        return read_rollouts(rollouts, golds, yardstick, gold_key=own, step=options.step)
