"""The verb ``medvie sensitivity``: arguments, files, tables."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING, Final

from medvie_reward._core.seeds import DEFAULT_SEED
from medvie_reward.cli._options import (
    add_printed_arguments,
    add_systems_row_arguments,
    join_systems,
    named_files,
    numbers,
    positive,
    whole,
)
from medvie_reward.cli._parser import InputFile, SystemFile, expected_one_of
from medvie_reward.cli._progress import each, progress
from medvie_reward.cli._spec import add_reading_arguments, add_spec_arguments, read_spec
from medvie_reward.cli._streams import print_json
from medvie_reward.errors import InputError

if TYPE_CHECKING:
    from medvie_reward.corpus import RowFile
    from medvie_reward.spec import Spec
    from medvie_reward.statistics import Noise, PredictedDocument

SENSITIVITY_HELP: Final = """\
Estimate how sample size and annotation noise affect a comparison of systems: how many annotated documents
distinguish two of them, how often a smaller sample ranks them differently, and how typos, dropped rows and
values swapped between rows change scores, rankings and rewards.

Each PREDS is a file as `medvie score` reads it, or NAME=FILE. Samples are drawn with replacement.
"""
_NONE: Final = "none"


def add_sensitivity_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``medvie sensitivity``."""
    parser.add_argument(
        "preds", metavar="PREDS", nargs="+", action=SystemFile,
        help="predictions of at least two systems, JSONL",
    )  # fmt: skip
    parser.add_argument(
        "--gold", metavar="GOLD", action=InputFile, required=True, help="gold documents, JSONL"
    )
    add_reading_arguments(add_spec_arguments(parser))
    add_systems_row_arguments(parser)
    what = parser.add_argument_group("what to vary")
    what.add_argument(
        "--figure", metavar="NAME", default="micro_f1",
        help="micro_f1, macro_f1, macro_matching, ted, anls, hallucination_rate, … (default: %(default)s)",
    )  # fmt: skip
    what.add_argument(
        "--sizes", metavar="N,…",
        help="sample sizes, at most the number of documents (default: 50,100,200,500 up to that number, and "
        "all documents)",
    )  # fmt: skip
    what.add_argument(
        "--draws", type=positive, metavar="N", default=2000, help="samples per size (default: %(default)s)"
    )
    what.add_argument(
        "--noise", metavar="KIND,…", default="typos,dropped_rows,swapped_values",
        help="types of annotation error to simulate, or none (default: %(default)s)",
    )  # fmt: skip
    what.add_argument(
        "--rates", metavar="P,…", default="1,2,5,10,20", help="error rates in percent (default: %(default)s)"
    )
    what.add_argument(
        "--seed", type=whole, metavar="S", default=DEFAULT_SEED, help="random seed (default: %(default)s)"
    )
    out = parser.add_argument_group("output")
    add_printed_arguments(out)
    out.add_argument("--workers", type=positive, metavar="N", default=1, help="processes (default: 1)")
    parser.set_defaults(run=run_sensitivity)


def run_sensitivity(options: argparse.Namespace) -> int:
    """Score, draw, disturb, print; returns the exit code.

    Raises
    ------
    InputError
        If an option or a file is not what it should be; no file is written then.
    """
    named = named_files(options.preds)
    spec = read_spec(options)
    # Imported here, so that --help and usage errors answer at once.
    from medvie_reward.alignment import ENGINE
    from medvie_reward.corpus import FIGURES, GOLD_KEYS, NewFile, RowFile
    from medvie_reward.metrics import METRICS, sign
    from medvie_reward.reports import print_ablation
    from medvie_reward.statistics import (
        Subsampling,
        choose_sizes,
        measure_robustness,
        subsample_systems,
    )

    figure = FIGURES.get(options.figure)
    if figure is None:
        raise InputError(f"--figure: {expected_one_of(list(FIGURES), options.figure)}")
    metrics = ("f1", *((options.figure,) if options.figure in METRICS else ()))
    noise, asked = _noise(options), numbers("--sizes", options.sizes, int) if options.sizes else []
    to_file = options.json is not None and options.json != "-"
    with contextlib.ExitStack() as stack:
        golds = stack.enter_context(RowFile(options.gold, GOLD_KEYS, options.gold_key, options.id_key))
        result = stack.enter_context(NewFile(options.json)) if to_file else None
        documents = _read(named, golds, spec, options)
        how = Subsampling(choose_sizes(len(documents), asked), options.draws, options.seed)
        advance = stack.enter_context(progress(options, "scoring", len(documents)))
        robustness = measure_robustness(
            each(documents, advance), list(named), spec, figure, noise, metrics=metrics,
            workers=options.workers,
        )  # fmt: skip
        subsamples = subsample_systems(robustness.rows, figure, how)
        parts = [sign(spec.signature, metrics), f"figure:{options.figure}", how.signature]
        signature = "|".join(parts + ([noise.signature] if noise.kinds else []))
        made = {
            "signature": signature,
            "engine": ENGINE,
            "figure": options.figure,
            **subsamples.as_dict(),
            "noise": robustness.as_dict()["noisy"],
        }
        if result is not None:
            result.write(made, indent=True)
    if options.json == "-":
        print_json(made)
    else:
        print_ablation(subsamples, robustness, options.figure, signature, sys.stdout)
    return 0


def _noise(options: argparse.Namespace) -> Noise:
    from medvie_reward.statistics import NOISE_KINDS, Noise

    kinds = [] if options.noise == _NONE else [kind.strip() for kind in options.noise.split(",")]
    for kind in kinds:
        if kind not in NOISE_KINDS:
            raise InputError(f"--noise: expected some of {', '.join(NOISE_KINDS)}, or {_NONE}, got {kind!r}")
    rates = numbers("--rates", options.rates, float)
    for rate in rates:
        if not 0 <= rate <= 100:
            raise InputError(f"--rates: expected per cents from 0 to 100, got {rate:g}")
    return Noise(tuple(dict.fromkeys(kinds)), tuple(sorted({rate / 100 for rate in rates})), options.seed)


def _read(
    named: dict[str, str], golds: RowFile, spec: Spec, options: argparse.Namespace
) -> list[PredictedDocument]:
    """Read every gold that counts, and every system's prediction for it."""
    from medvie_reward.corpus import PRED_KEYS, RowFile, read_gold_at
    from medvie_reward.statistics import PredictedDocument

    with contextlib.ExitStack() as stack:
        files = [
            stack.enter_context(RowFile(file, PRED_KEYS, options.pred_key, options.id_key))
            for file in named.values()
        ]
        joins = join_systems(files, golds, options.join, options.missing)
        columns = [
            [None if pair.pred is None else preds.value(pair.pred) for pair in joined.pairs]
            for preds, joined in zip(files, joins, strict=True)
        ]
        made = []
        for pair, *preds_of in zip(joins[0].pairs, *columns, strict=True):
            name = golds.ids[pair.gold] if golds.has_ids else str(pair.gold + 1)
            made.append(PredictedDocument(name, read_gold_at(golds, pair.gold, spec), tuple(preds_of)))
    return made
