"""The verb ``medvie prepare``: arguments and what it prints."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from medvie_reward._core.names import counted
from medvie_reward.cli._options import positive, share, whole
from medvie_reward.cli._parser import InputFile, OutputFolder
from medvie_reward.cli._progress import progress

if TYPE_CHECKING:
    from medvie_reward.training import Summary

PREPARE_HELP: Final = """\
Write training and validation rows for verl: OUT/train.parquet and OUT/validation.parquet.

GOLD holds one document per line: an object with gold, image (a path relative to the file, a list of paths,
a data: URI, or {"bytes": base64}) and, where known, id, report_type, language (en, zh) and source_text. A
training row asks for some of the keys, its ground truth holds those alone; a validation row asks for all.
"""


def add_prepare_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``medvie prepare``."""
    parser.add_argument("golds", metavar="GOLD", action=InputFile, help="documents, JSONL")
    parser.add_argument(
        "-o", "--out", action=OutputFolder, files=("train.parquet", "validation.parquet"), metavar="FOLDER",
        required=True, help="where to write the two files",
    )  # fmt: skip
    query = parser.add_argument_group("what a query asks for")
    query.add_argument(
        "--schema", metavar="NAME", action=InputFile, repeated=True, default=[],
        help="JSON Schema: medical_report.en, medical_report.zh or a file; given more than once, a document "
        "uses the first that describes its gold (default: the fields of all gold documents of one language "
        "and report type)",
    )  # fmt: skip
    query.add_argument(
        "--sample", choices=("all", "random", "difficulty"), default="random",
        help="which keys: all; a random part; a random part with rare and badly scored fields more often "
        "(default: %(default)s)",
    )  # fmt: skip
    query.add_argument(
        "--scores",
        action=InputFile,
        metavar="FILE",
        help="for difficulty: what `medvie score --json` wrote about a model",
    )
    query.add_argument(
        "--queries", type=positive, metavar="N", default=1, help="queries per training document (default: 1)"
    )
    query.add_argument(
        "--drop-names", action="store_true",
        help="let a query ask for columns of a table without the one that names its rows",
    )  # fmt: skip
    query.add_argument(
        "--keep-blank", type=share, metavar="P", default=0.5,
        help="fraction of all-empty queries to keep; the rest are redrawn (default: %(default)s)",
    )  # fmt: skip
    query.add_argument(
        "--language", choices=("en", "zh"),
        help="language of the instruction for rows without one (default: inferred from the gold's keys)",
    )  # fmt: skip
    query.add_argument("--no-think", action="store_true", help="ask for the answer alone, without thinking")
    split = parser.add_argument_group("which documents")
    split.add_argument(
        "--validation", type=share, metavar="P", default=0.1,
        help="share of documents held out; 0 for none (default: %(default)s)",
    )  # fmt: skip
    split.add_argument(
        "--sample-validation", action="store_true",
        help="draw validation rows like training rows, instead of one with all keys per document",
    )  # fmt: skip
    split.add_argument(
        "--ids",
        action=InputFile,
        metavar="FILE",
        help="use only these documents: a JSON list, or one id per line",
    )
    split.add_argument("--limit", type=positive, metavar="N", help="use only the first N documents")
    split.add_argument("--seed", type=whole, metavar="S", default=0, help="random seed (default: 0)")
    rows = parser.add_argument_group("rows")
    rows.add_argument(
        "--embed", choices=("bytes", "path"), default="bytes",
        help="put images into the rows, or their absolute paths (default: %(default)s)",
    )  # fmt: skip
    rows.add_argument("--images-root", metavar="FOLDER", help="where images' paths start (default: GOLD's)")
    rows.add_argument("--gold-key", metavar="KEY", help="key of the gold")
    rows.add_argument("--id-key", metavar="KEY", default="id", help="key of the id (default: id)")
    rows.add_argument(
        "--source-key", metavar="KEY", default="source_text",
        help="key of the page's text (default: %(default)s)",
    )  # fmt: skip
    parser.set_defaults(run=run_prepare)


def run_prepare(options: argparse.Namespace) -> int:
    """Write the files, print what is in them; returns the exit code.

    Raises
    ------
    InputError
        If an option, a row, an image or a file is not what it should be; no file is written then.
    """
    # Imported here, so that --help and usage errors answer at once.
    from medvie_reward.training import Plan, write_dataset

    plan = Plan(
        schemas=tuple(options.schema),
        strategy=options.sample,
        keep_names=not options.drop_names,
        queries=options.queries,
        keep_blank=options.keep_blank,
        scores=options.scores,
        validation=options.validation,
        sample_validation=options.sample_validation,
        seed=options.seed,
        think=not options.no_think,
        language=options.language,
        embed=options.embed,
        images_root=options.images_root,
        ids=options.ids,
        limit=options.limit,
        gold_key=options.gold_key,
        id_key=options.id_key,
        source_key=options.source_key,
    )
    with progress(options, "writing", None):
        summary = write_dataset(options.golds, options.out, plan)
    sys.stdout.write("".join(f"{line}\n" for line in _lines(summary)))
    return 0


def _lines(summary: Summary) -> list[str]:
    lines = [
        f"{summary.files[split]}: {counted(summary.rows[split], 'row')} of {counted(documents, 'document')}, "
        f"{summary.keys[split]:.1f} keys a row, {counted(summary.blank[split], 'row')} with a blank gold"
        for split, documents in summary.documents.items()
    ]
    if summary.fewer:
        left = counted(summary.fewer, "query", "queries")
        lines.append(f"{left} left out: their documents have no further set of keys")
    return lines
