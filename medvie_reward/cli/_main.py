"""The commands ``medvie`` and ``medvie-score``: arguments, exit codes, printing."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from medvie_reward._version import __version__
from medvie_reward.cli._ablate import ABLATE_HELP, add_ablate_arguments
from medvie_reward.cli._agree import AGREE_HELP, add_agree_arguments
from medvie_reward.cli._compare import COMPARE_EPILOG, COMPARE_HELP, add_compare_arguments
from medvie_reward.cli._data import DATA_HELP, add_data_arguments
from medvie_reward.cli._export import (
    add_export_arguments,
    check_exports,
    open_exports,
    printed_export,
    write_exports,
)
from medvie_reward.cli._gold import GOLD_HELP, add_gold_arguments
from medvie_reward.cli._html import HtmlReport, add_html_arguments, check_html_options
from medvie_reward.cli._options import (
    add_resampling_arguments,
    check_resampling_options,
    metrics,
    positive,
    read_resampling,
)
from medvie_reward.cli._select import SELECT_HELP, add_select_arguments
from medvie_reward.cli._spec import add_reading_arguments, add_spec_arguments, read_spec
from medvie_reward.errors import InputWarning, MedvieError

if TYPE_CHECKING:
    from medvie_reward.corpus import Document, Evaluation, Join, RowFile, Scored, Totals
    from medvie_reward.statistics import Resampling, Uncertainty

_USAGE = 2
_INTERRUPTED = 130
_CLOSED_PIPE = 141

_SCORE_HELP = """\
Score predictions against gold documents, field by field and row by row.

Both files hold one JSON value per line (plain, .gz, or - for standard input). A row is an object with the
value in one of its members (predictions: completion, response, output, prediction or pred; gold: gold,
ground_truth, answer, label or reference), or it is the value itself. A prediction that is a string is parsed
as a model's completion; any other value is taken as the answer. Rows are joined by id where every row of both
files has one, else by line.
"""
_EXPLAIN_HELP = """\
Print for every field of some gold documents which rule it has and why: its comparator, its weight, whether
it is critical, how the items of its list pair. Fields without a rule are guessed: each value is compared by
what it looks like, and the table says what the values look like.
"""
_SCORE_EPILOG = """\
exit codes: 0 scored, 2 a usage or input error, 130 interrupted, 141 broken pipe.
Files named with --json, --csv, --markdown, --errors and --html appear only once everything is scored.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``medvie VERB …``; returns the exit code."""
    parser = argparse.ArgumentParser(prog="medvie", description="Rewards and scores for document extraction.")
    parser.add_argument("--version", action="version", version=f"medvie-reward {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb, short, long, epilog, add_arguments in (
        ("score", "score predictions against gold documents", _SCORE_HELP, _SCORE_EPILOG,
         _add_score_arguments),
        ("explain", "print the rule of each field and why it applies", _EXPLAIN_HELP, None,
         _add_explain_arguments),
        ("compare", "compare systems on the same gold documents, with intervals and tests", COMPARE_HELP,
         COMPARE_EPILOG, add_compare_arguments),
        ("ablate", "estimate the effect of sample size and annotation noise", ABLATE_HELP, None,
         add_ablate_arguments),
        ("agree", "measure how far two annotators agree", AGREE_HELP, None, add_agree_arguments),
        ("data", "write training rows for verl", DATA_HELP, None, add_data_arguments),
        ("gold", "write the gold documents of a public data set", GOLD_HELP, None, add_gold_arguments),
        ("select", "choose a diverse subset of documents", SELECT_HELP, None, add_select_arguments),
    ):  # fmt: skip
        add_arguments(
            verbs.add_parser(
                verb,
                help=short,
                description=long,
                epilog=epilog,
                formatter_class=argparse.RawDescriptionHelpFormatter,
            )
        )
    return _run(parser, arguments, "medvie")


def main_score(arguments: Sequence[str] | None = None) -> int:
    """Run ``medvie-score …``; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="medvie-score",
        description=_SCORE_HELP,
        epilog=_SCORE_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"medvie-reward {__version__}")
    _add_score_arguments(parser)
    return _run(parser, arguments, "medvie-score")


def _add_score_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("preds", metavar="PREDS", help="predictions")
    parser.add_argument(
        "golds", metavar="GOLD", nargs="?", help="gold documents; without them PREDS holds both, row by row"
    )
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
        "predictions without a gold are left out (default: %(default)s)",
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
    add_resampling_arguments(statistics)
    out = parser.add_argument_group("output")
    out.add_argument(
        "--metrics",
        type=metrics,
        metavar="NAMES",
        default="f1",
        help="comma-separated metrics: f1, ted (Donut's nTED accuracy), anls (ANLS*); the last "
        "two are means over documents and ignore --preset, --schema, --rules and --lists "
        "(default: %(default)s)",
    )
    out.add_argument("--json", metavar="FILE", help="write everything as JSON; - prints it instead of tables")
    add_export_arguments(out)
    out.add_argument("--errors", metavar="FILE", help="write one line per leaf that is not correct")
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
    out.add_argument("--quiet", action="store_true", help="no progress bar")
    add_html_arguments(parser)
    parser.set_defaults(run=_score)


def _add_explain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("golds", metavar="GOLD", help="gold documents, JSONL")
    add_spec_arguments(parser)
    parser.add_argument("--gold-key", metavar="KEY", help="key of the gold")
    parser.add_argument("--id-key", metavar="KEY", default="id", help="key of the id (default: id)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(run=_explain)


def _run(parser: argparse.ArgumentParser, arguments: Sequence[str] | None, name: str) -> int:
    """Turn what can go wrong into a message and an exit code."""
    options = parser.parse_args(arguments)
    try:
        with _warnings_on_stderr(name):
            code: int = options.run(options)
        sys.stdout.flush()
    except MedvieError as error:
        return _fail(name, str(error))
    except BrokenPipeError:
        # Python would complain again when it flushes standard output at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _CLOSED_PIPE
    except OSError as error:
        return _fail(name, f"{error.filename or 'input or output'}: {error.strerror or error}")
    except KeyboardInterrupt:
        print(f"\n{name}: interrupted; no file was written", file=sys.stderr)
        return _INTERRUPTED
    return code


@contextlib.contextmanager
def _warnings_on_stderr(name: str) -> Iterator[None]:
    """Print warnings about the input as one line each."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        usual = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if issubclass(category, InputWarning):
                print(f"{name}: warning: {message}", file=sys.stderr)
            else:
                usual(message, category, *where, **more)

        warnings.showwarning = show
        yield


def _fail(name: str, reason: str) -> int:
    print(f"{name}: error: {reason}", file=sys.stderr)
    return _USAGE


def _explain(options: argparse.Namespace) -> int:
    spec = read_spec(options)
    from medvie_reward.corpus import GOLD_KEYS, RowFile, dump, read_golds
    from medvie_reward.reports import print_rules
    from medvie_reward.spec import explain

    with RowFile(options.golds, GOLD_KEYS, options.gold_key, options.id_key) as golds:
        found = explain(read_golds(golds, spec), spec)
    if options.json:
        made = {"signature": spec.signature, "fields": [field._asdict() for field in found]}
        sys.stdout.write(dump(made, indent=True).decode() + "\n")
    else:
        print_rules(found, spec.signature, sys.stdout)
    return 0


def _score(options: argparse.Namespace) -> int:
    spec = read_spec(options)
    # Imported here, so that --help and usage errors answer at once.
    from medvie_reward.corpus import GOLD_KEYS, PRED_KEYS, RowFile, ScoringOptions, doubts_of, join, warn_of
    from medvie_reward.errors import InputError

    if options.ray is not None:
        from medvie_reward.integrations.ray_cluster import check_installed

        check_installed()
    if options.preds == options.golds == "-":
        raise InputError("standard input can be read once only: expected a file for one of PREDS and GOLD")
    check_exports(options)
    check_html_options(options)
    check_resampling_options(options)
    how = read_resampling(options) if options.intervals else None
    needs_leaves = {"--errors": options.errors, "--html": options.html, "--source-key": options.source_key}
    for name, given in needs_leaves.items():
        if given and spec.reading == "smr-r1":
            raise InputError(
                f"{name} looks at aligned leaves, and smr-r1 has no alignment: expected another preset"
            )
    with contextlib.ExitStack() as stack:
        one = options.golds is None
        preds = stack.enter_context(RowFile(options.preds, PRED_KEYS, options.pred_key, options.id_key, one))
        golds = (
            preds.other(GOLD_KEYS, options.gold_key)
            if one
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
    if options.json == "-":
        from medvie_reward.corpus import dump

        sys.stdout.write(dump(_as_dict(evaluation, uncertainty), indent=True).decode() + "\n")
    elif (text := printed_export(evaluation, uncertainty, options)) is not None:
        sys.stdout.write(text)
    else:
        from medvie_reward.reports import print_evaluation

        print_evaluation(
            evaluation, sys.stdout, by=options.by, max_fields=options.fields, uncertainty=uncertainty
        )
    return 0


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
        advance = stack.enter_context(_progress(total, options.quiet))

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


@contextlib.contextmanager
def _progress(total: int, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal, on standard error, for runs that take a while."""
    if quiet or not sys.stderr.isatty() or total < 200:
        yield lambda n: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("scoring"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("scoring", total=total)
        yield lambda n: bar.advance(task, n)
