"""The verb ``medvie agreement``: arguments, files, tables."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from medvie_reward._core.names import counted
from medvie_reward.cli._options import (
    add_printed_arguments,
    add_resampling_arguments,
    positive,
    read_resampling,
)
from medvie_reward.cli._parser import InputFile, RepeatedOption
from medvie_reward.cli._progress import each, progress
from medvie_reward.cli._spec import add_spec_arguments, read_spec
from medvie_reward.cli._streams import print_json
from medvie_reward.errors import InputError

if TYPE_CHECKING:
    from medvie_reward.corpus import Join, RowFile
    from medvie_reward.spec import Spec

AGREEMENT_HELP: Final = """\
Measure how far two annotators agree: leaves, fields and documents with confidence intervals, and beyond
chance where a field has few values.

A and B are gold files for the same documents, read as by `medvie score`. The preset is strict: annotators are
held to one text, and what their guideline leaves open is seen. With --preset clinical, spellings of one value
are equal, and what is left are values that differ.
"""


def add_agreement_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``medvie agreement``."""
    parser.add_argument("a", metavar="A", action=InputFile, help="annotations of the first annotator, JSONL")
    parser.add_argument("b", metavar="B", action=InputFile, help="annotations of the second annotator")
    add_spec_arguments(parser)
    parser.set_defaults(preset="strict")
    rows = parser.add_argument_group("rows")
    rows.add_argument("--gold-key", metavar="KEY", help="key of the gold")
    rows.add_argument("--id-key", metavar="KEY", default="id", help="key of the id (default: id)")
    rows.add_argument("--join", choices=("auto", "id", "line"), default="auto", help="default: %(default)s")
    rows.add_argument(
        "--missing", choices=("error", "skip"), default="error",
        help="a document that only one has is an error, or left out (default: %(default)s)",
    )  # fmt: skip
    rows.add_argument(
        "--closed", metavar="FIELD", action=RepeatedOption, default=[],
        help="a field whose values come from a short list, such as Gender: gives alpha; may be repeated "
        "(fields with such a rule have it anyway)",
    )  # fmt: skip
    add_resampling_arguments(parser, parser.add_argument_group("statistics"))
    out = parser.add_argument_group("output")
    add_printed_arguments(out)
    out.add_argument(
        "--fields", type=positive, metavar="N", default=40, help="fields in the table (default: %(default)s)"
    )
    out.add_argument(
        "--documents", type=positive, metavar="N", default=10, help="documents named (default: %(default)s)"
    )
    parser.set_defaults(run=run_agreement)


def run_agreement(options: argparse.Namespace) -> int:
    """Read, measure, print; returns the exit code.

    Raises
    ------
    InputError
        If an option or a file is not what it should be; no file is written then.
    """
    spec = read_spec(options)
    # Imported here, so that --help and usage errors answer at once.
    from medvie_reward.corpus import GOLD_KEYS, NewFile, RowFile, label_golds
    from medvie_reward.reports import print_agreement
    from medvie_reward.statistics import measure_agreement

    how = read_resampling(options)
    to_file = options.json is not None and options.json != "-"
    with contextlib.ExitStack() as stack:
        a = stack.enter_context(RowFile(options.a, GOLD_KEYS, options.gold_key, options.id_key))
        b = stack.enter_context(RowFile(options.b, GOLD_KEYS, options.gold_key, options.id_key))
        joined = _join(a, b, options)
        result = stack.enter_context(NewFile(options.json)) if to_file else None
        _, labels = label_golds(b, (), options.cluster)
        advance = stack.enter_context(progress(options, "comparing", len(joined.pairs)))
        agreement = measure_agreement(
            each(_documents(a, b, joined, spec), advance),
            spec,
            how,
            names=(a.name, b.name),
            closed=options.closed,
            clusters=None if labels is None else [labels[pair.gold] for pair in joined.pairs],
            skipped=(joined.extra, joined.missing),
        )
        if result is not None:
            result.write(agreement.as_dict(), indent=True)
    if options.json == "-":
        print_json(agreement.as_dict())
    else:
        print_agreement(agreement, sys.stdout, max_fields=options.fields, max_documents=options.documents)
    return 0


def _join(a: RowFile, b: RowFile, options: argparse.Namespace) -> Join:
    from medvie_reward.corpus import find_ids, join

    find_ids(a, b, options.join)
    by_line = options.join == "line" or (options.join == "auto" and not (a.has_ids and b.has_ids))
    if by_line and len(a) != len(b):
        raise InputError(
            f"{a.name} has {counted(len(a), 'row')} and {b.name} has {len(b):,}: "
            "expected as many in both, to join by line"
        )
    joined = join(a, b, options.join, "skip")
    if options.missing == "error" and (joined.missing or joined.extra):
        raise InputError(
            f"{counted(joined.extra, 'document')} only in {a.name} and {joined.missing:,} only in {b.name}: "
            "expected the same ids in both, or --missing skip"
        )
    return joined


def _documents(a: RowFile, b: RowFile, joined: Join, spec: Spec) -> Iterator[tuple[str, Any, Any]]:
    from medvie_reward.corpus import read_gold_at

    for at_b, at_a in joined.pairs:
        assert at_a is not None  # documents without a partner were left out
        name = b.ids[at_b] if b.has_ids else str(at_b + 1)
        yield name, read_gold_at(a, at_a, spec), read_gold_at(b, at_b, spec)
