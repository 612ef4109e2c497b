"""The verb ``medvie score``: arguments, files, tables."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING, Any, Final

from medvie_reward.cli._bars import add_bar_arguments, check_bars, read_bars
from medvie_reward.cli._export import add_export_arguments, open_exports, printed_export, write_exports
from medvie_reward.cli._html import HtmlReport, add_html_arguments, check_html_options
from medvie_reward.cli._options import (
    add_printed_arguments,
    add_resampling_arguments,
    check_resampling_options,
    metrics,
    positive,
    read_resampling,
)
from medvie_reward.cli._parser import InputFile, OutputFile, Parser
from medvie_reward.cli._progress import progress
from medvie_reward.cli._spec import add_reading_arguments, add_spec_arguments, read_spec
from medvie_reward.cli._streams import print_json
from medvie_reward.errors import InputError

if TYPE_CHECKING:
    from medvie_reward.corpus import Document, Evaluation, Join, RowFile, Scored, Totals
    from medvie_reward.statistics import Resampling, Uncertainty

SCORE_HELP: Final = """\
Score predictions against gold documents, field by field and row by row.

Both files hold one JSON value per line (plain, .gz, or - for standard input). A row is an object with the
value in one of its members (predictions: completion, response, output, prediction or pred; gold: gold,
ground_truth, answer, label or reference), or it is the value itself. A prediction that is a string is parsed
as a model's completion; any other value is taken as the answer. Rows are joined by id where every row of both
files has one, else by line.
"""
SCORE_EPILOG: Final = """\
exit codes: 0 scored, 2 a usage or input error, 130 interrupted, 141 broken pipe, 143 terminated; 1 scored,
and a score is below --fail-under or the baseline.
Files named with --json, --csv, --markdown, --errors and --html appear only once everything is scored.
"""


def add_score_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``medvie score``."""
    parser.add_argument("preds", metavar="PREDS", action=InputFile, help="predictions")
    parser.add_argument(
        "golds",
        metavar="GOLD",
        action=InputFile,
        nargs="?",
        help="gold documents; without GOLD, the rows of PREDS hold both",
    )
    parser.add_argument("--gold", metavar="GOLD", action=InputFile, help="GOLD, as other commands have it")
    add_reading_arguments(add_spec_arguments(parser))
    rows = parser.add_argument_group("rows")
    rows.add_argument("--pred-key", metavar="KEY", help="key of the prediction")
    rows.add_argument("--gold-key", metavar="KEY", help="key of the gold")
    rows.add_argument("--id-key", metavar="KEY", default="id", help="key of the id (default: id)")
    rows.add_argument(
        "--source-key",
        metavar="KEY",
        help="key of the page's text in a gold record; counts ungrounded values",
    )
    rows.add_argument("--join", choices=("auto", "id", "line"), default="auto", help="default: %(default)s")
    rows.add_argument(
        "--missing",
        choices=("error", "zero", "skip"),
        default="error",
        help="a gold without a prediction is an error, scores zero, or is left out; under the last two, "
        "predictions without a gold document are left out (default: %(default)s)",
    )
    rows.add_argument(
        "--by",
        metavar="KEY",
        help="also score per value of this row member, or by rows, length, "
        "fields (sizes of the gold) or has:FIELD (whether the gold fills it)",
    )
    rows.add_argument("--limit", type=positive, metavar="N", help="score the first N documents only")
    statistics = parser.add_argument_group("statistics")
    statistics.add_argument("--intervals", action="store_true", help="add bootstrap confidence intervals")
    add_resampling_arguments(parser, statistics)
    out = parser.add_argument_group("output")
    out.add_argument(
        "--metrics",
        type=metrics,
        metavar="NAMES",
        default=("f1",),
        help="comma-separated metrics: f1, ted (Donut's nTED accuracy), anls (ANLS*); the last "
        "two are means over documents and ignore --preset, --schema, --rules and --lists "
        "(default: f1)",
    )
    add_printed_arguments(out)
    add_export_arguments(out)
    out.add_argument(
        "--errors",
        action=OutputFile,
        printed=False,
        metavar="FILE",
        help="write one line per leaf that is not correct",
    )
    out.add_argument(
        "--fields", type=positive, metavar="N", default=40, help="fields in the table (default: %(default)s)"
    )
    out.add_argument(
        "--workers", type=positive, metavar="N", help="processes (default: 1; with --ray: all processors)"
    )
    out.add_argument(
        "--ray",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="score on a Ray cluster, with the same output: host:port or auto joins one, local starts one; "
        "without ADDRESS (then after the files) joins this machine's or starts one",
    )
    add_html_arguments(parser)
    add_bar_arguments(parser)
    parser.set_defaults(run=run_score, finish=_finish)


def _finish(parser: Parser, options: argparse.Namespace) -> None:
    """Read ``--gold GOLD`` as GOLD; the one on the command line wins over one in a file of defaults."""
    if options.golds is None:
        options.golds = options.gold
    elif options.gold is not None and options.gold != options.configured.get("gold"):
        parser.error("argument --gold: not allowed with the argument GOLD")


def run_score(options: argparse.Namespace) -> int:
    """Score, write the files that were asked for, print; returns the exit code.

    Raises
    ------
    InputError
        If an option or a file is not what it should be; no file is written then.
    """
    spec = read_spec(options)
    # Imported here, so that --help and usage errors answer at once.
    from medvie_reward.corpus import GOLD_KEYS, PRED_KEYS, RowFile, ScoringOptions, doubts_of, join, warn_of
    from medvie_reward.metrics import sign
    from medvie_reward.spec import say_unmatched, unmatched_by_fields

    if options.ray is not None:
        from medvie_reward.integrations.ray_cluster import check_installed

        check_installed()
    check_html_options(options)
    check_resampling_options(options)
    how = read_resampling(options) if options.intervals else None
    bars = read_bars(options, sign(spec.signature, options.metrics))
    needs_leaves = {"--errors": options.errors, "--html": options.html, "--source-key": options.source_key}
    for name, given in needs_leaves.items():
        if given and spec.reading == "smr-r1":
            raise InputError(
                f"{name} looks at aligned leaves, and smr-r1 has no alignment: expected another preset"
            )
    with contextlib.ExitStack() as stack:
        both = options.golds is None
        preds = stack.enter_context(RowFile(options.preds, PRED_KEYS, options.pred_key, options.id_key, both))
        golds = (
            preds.other(GOLD_KEYS, options.gold_key)
            if both
            else stack.enter_context(RowFile(options.golds, GOLD_KEYS, options.gold_key, options.id_key))
        )
        joined = join(preds, golds, options.join, options.missing)
        task = ScoringOptions(
            spec=spec,
            preds=preds.reader,
            golds=golds.reader,
            by=options.by,
            leaves=bool(options.errors or options.html),
            source_key=options.source_key,
            metrics=options.metrics,
        )
        evaluation, uncertainty = _score_all(options, preds, golds, joined, task, how)
    warn_of(doubts_of(evaluation, preds.name, golds.name))
    if options.schema or options.rules:
        fields = evaluation.micro.fields.items()
        read = [name for name, x in fields if x.n_gold or x.counts.agreed_blank or x.counts.filled_blank]
        warn_of(say_unmatched(spec, unmatched_by_fields(spec, read)) if read else [])
    if options.json == "-":
        print_json(_as_dict(evaluation, uncertainty))
    elif (text := printed_export(evaluation, uncertainty, options)) is not None:
        sys.stdout.write(text)
    else:
        from medvie_reward.reports import print_evaluation

        print_evaluation(
            evaluation, sys.stdout, by=options.by, max_fields=options.fields, uncertainty=uncertainty
        )
    return check_bars(bars, evaluation.as_dict(documents=False), options.program)


def _as_dict(evaluation: Evaluation, uncertainty: Uncertainty | None) -> dict[str, Any]:
    made = evaluation.as_dict()
    return made if uncertainty is None else {**made, "intervals": uncertainty.as_dict()}


def _score_all(
    options: argparse.Namespace, preds: Any, golds: Any, joined: Any, task: Any, how: Resampling | None
) -> tuple[Evaluation, Uncertainty | None]:
    """Score, and write the files that were asked for."""
    from medvie_reward.corpus import EvaluationBuilder, NewFile, score_files, sum_files

    tally = EvaluationBuilder(task.spec, task.metrics)
    draw = None if how is None else _Draw(how, options, golds, joined)
    total = min(len(joined.pairs), options.limit or len(joined.pairs))
    with contextlib.ExitStack() as stack:
        # Opened before the work, so that a name that cannot be written fails at once.
        errors = stack.enter_context(NewFile(options.errors)) if options.errors else None
        result = stack.enter_context(NewFile(options.json)) if options.json and options.json != "-" else None
        exports = open_exports(options, stack)
        html = stack.enter_context(NewFile(options.html)) if options.html else None
        report = HtmlReport(options, html, preds, golds, joined, task) if html else None
        spread = None
        if options.ray is not None:
            from medvie_reward.integrations.ray_cluster import cluster

            # Ray tells of dead workers on standard output, which is for the results.
            stack.enter_context(contextlib.redirect_stdout(sys.stderr))
            spread = stack.enter_context(cluster(options.ray or None, options.workers))
        advance = stack.enter_context(progress(options, "scoring", total))

        def on_scored(scored: Scored) -> None:
            tally.add(scored._replace(leaves=[]))
            if errors is not None:
                for leaf in scored.leaves:
                    if leaf.outcome != "correct":
                        errors.write({"id": scored.document.id, **leaf._asdict()})
            if report is not None:
                report.add(scored)
            if draw is not None:
                draw.fields.add(scored.fields)
            advance(1)

        def on_sums(documents: list[Document], totals: Totals) -> None:
            tally.add_sums(documents, totals)
            advance(len(documents))

        workers = options.workers or 1
        files = preds, golds, joined, task
        if workers > 1 and all(x is None for x in (spread, errors, report, draw)):
            sum_files(*files, workers=workers, limit=options.limit, on_sums=on_sums)
        else:
            score_files(*files, workers=workers, limit=options.limit, spread=spread, on_scored=on_scored)
        evaluation = tally.evaluation(joined)
        uncertainty = None if draw is None else draw.measure(evaluation)
        if result is not None:
            result.write(_as_dict(evaluation, uncertainty), indent=True)
        if report is not None:
            report.write(evaluation, uncertainty)
        write_exports(exports, evaluation, uncertainty, options)
    return evaluation, uncertainty


class _Draw:
    """What intervals need besides an evaluation: counts per document and field, and clusters."""

    def __init__(self, how: Resampling, options: argparse.Namespace, golds: RowFile, joined: Join) -> None:
        from medvie_reward.corpus import FieldRows, label_golds

        self._how = how
        self.fields = FieldRows()
        _, clusters = label_golds(golds, (), options.cluster)
        pairs = joined.pairs[: options.limit]
        self._clusters = None if clusters is None else [clusters[pair.gold] for pair in pairs]

    def measure(self, evaluation: Evaluation) -> Uncertainty:
        """Return the intervals."""
        from medvie_reward.statistics import measure_uncertainty

        fields = self.fields.arrays() if "f1" in evaluation.metrics else {}
        return measure_uncertainty(evaluation, self._how, fields=fields, clusters=self._clusters)
