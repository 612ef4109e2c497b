"""The verb ``medvie compare``: arguments, files, tables."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING, Final

from medvie_reward.cli._options import (
    add_printed_arguments,
    add_resampling_arguments,
    add_systems_row_arguments,
    join_systems,
    metrics,
    named_files,
    positive,
    read_resampling,
)
from medvie_reward.cli._parser import InputFile, RepeatedOption, SystemFile, add_old_name
from medvie_reward.cli._progress import Advance, progress
from medvie_reward.cli._spec import add_reading_arguments, add_spec_arguments, read_spec
from medvie_reward.cli._streams import print_json

if TYPE_CHECKING:
    from medvie_reward.corpus import Join, RowFile, Scored
    from medvie_reward.spec import Spec
    from medvie_reward.statistics import System

COMPARE_HELP: Final = """\
Compare systems on the same gold documents: scores with confidence intervals, differences from the
first system with paired tests, per field, per part (--by), and the documents that differ most.

Each PREDS is a file as `medvie score` reads it, or NAME=FILE. Every gold needs a prediction in every file
(--missing zero: one without counts as no answer; skip: the gold is left out for all).
"""
COMPARE_EPILOG: Final = """\
stars: p < 0.05, 0.01, 0.001 by approximate randomisation, Holm-adjusted within each table.
exit codes: 0 compared, 2 a usage or input error, 130 interrupted, 141 broken pipe, 143 terminated.
"""


def add_compare_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``medvie compare``."""
    parser.add_argument(
        "preds", metavar="PREDS", nargs="+", action=SystemFile,
        help="predictions of at least two systems, JSONL",
    )  # fmt: skip
    parser.add_argument(
        "--gold", metavar="GOLD", action=InputFile, required=True, help="gold documents, JSONL"
    )
    add_reading_arguments(add_spec_arguments(parser))
    rows = add_systems_row_arguments(parser)
    by = rows.add_argument(
        "--by", metavar="KEY", action=RepeatedOption, dest="slice", default=[],
        help="also compare per value of this row member, or by rows, length, fields (sizes of the gold) or "
        "has:FIELD (whether the gold fills it); may be repeated",
    )  # fmt: skip
    add_old_name(parser, "--slice", by)
    add_resampling_arguments(parser, parser.add_argument_group("statistics"))
    out = parser.add_argument_group("output")
    out.add_argument(
        "--metrics", type=metrics, metavar="NAMES", default=("f1",),
        help="f1, ted, anls, with commas between (default: f1)",
    )  # fmt: skip
    add_printed_arguments(out)
    out.add_argument(
        "--fields", type=positive, metavar="N", default=20, help="fields in the table (default: %(default)s)"
    )
    out.add_argument(
        "--documents", type=positive, metavar="N", default=10, help="documents named (default: %(default)s)"
    )
    out.add_argument("--workers", type=positive, metavar="N", default=1, help="processes (default: 1)")
    parser.set_defaults(run=run_compare)


def run_compare(options: argparse.Namespace) -> int:
    """Score every system, compare, print; returns the exit code.

    Raises
    ------
    InputError
        If an option or a file is not what it should be; no file is written then.
    """
    named = named_files(options.preds)
    spec = read_spec(options)
    # Imported here, so that --help and usage errors answer at once.
    from medvie_reward.corpus import GOLD_KEYS, PRED_KEYS, NewFile, RowFile, label_golds
    from medvie_reward.reports import print_comparison
    from medvie_reward.statistics import compare_systems

    how = read_resampling(options)
    to_file = options.json is not None and options.json != "-"
    with contextlib.ExitStack() as stack:
        golds = stack.enter_context(RowFile(options.gold, GOLD_KEYS, options.gold_key, options.id_key))
        result = stack.enter_context(NewFile(options.json)) if to_file else None
        slices, clusters = label_golds(golds, options.slice, options.cluster)
        files = [
            stack.enter_context(RowFile(file, PRED_KEYS, options.pred_key, options.id_key))
            for file in named.values()
        ]
        joins = join_systems(files, golds, options.join, options.missing)
        kept = [pair.gold for pair in joins[0].pairs]
        slices = {name: [labels[n] for n in kept] for name, labels in slices.items()}
        clusters = None if clusters is None else [clusters[n] for n in kept]
        advance = stack.enter_context(progress(options, "scoring", len(named) * len(kept)))
        systems = [
            _score(name, preds, golds, joined, spec, options, advance)
            for name, preds, joined in zip(named, files, joins, strict=True)
        ]
        comparison = compare_systems(systems, how, slices=slices, clusters=clusters)
        if result is not None:
            result.write(comparison.to_dict(), indent=True)
    if options.json == "-":
        print_json(comparison.to_dict())
    else:
        print_comparison(comparison, sys.stdout, max_fields=options.fields, max_documents=options.documents)
    return 0


def _score(
    name: str,
    preds: RowFile,
    golds: RowFile,
    joined: Join,
    spec: Spec,
    options: argparse.Namespace,
    advance: Advance,
) -> System:
    from medvie_reward.corpus import (
        Details,
        EvaluationBuilder,
        ScoringOptions,
        doubts_of,
        score_files,
        warn_of,
    )
    from medvie_reward.statistics import System

    tally = EvaluationBuilder(spec, options.metrics, details=Details(spec))

    def on_scored(scored: Scored) -> None:
        tally.add(scored)
        advance(1)

    task = ScoringOptions(spec=spec, preds=preds.reader, golds=golds.reader, metrics=options.metrics)
    score_files(preds, golds, joined, task, workers=options.workers, on_scored=on_scored)
    evaluation = tally.evaluation(joined)
    warn_of(doubts_of(evaluation, preds.name, golds.name))
    return System(name, evaluation)
