"""The verb ``medvie explain``: the rule of each field."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import Any, Final

from medvie_reward.cli._options import add_printed_arguments
from medvie_reward.cli._parser import STANDARD, InputFile, OutputFile, Parser
from medvie_reward.cli._progress import each, progress
from medvie_reward.cli._spec import add_spec_arguments, read_spec
from medvie_reward.cli._streams import print_json

_ALONE: Final = object()

EXPLAIN_HELP: Final = """\
Print for every field of some gold documents which rule it has and why: its comparator, its weight, whether
it is critical, how the items of its list pair. Fields without a rule are guessed: each value is compared by
what it looks like, and the table says what the values look like.
"""


class _JsonFile(OutputFile):
    """``--json FILE``, and ``--json`` alone, which prints."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        _: str | None = None,
    ) -> None:
        """Store the file."""
        if values is self.const:
            values = STANDARD
        super().__call__(parser, namespace, values)


def add_explain_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``medvie explain``."""
    # Optional because of `--json GOLD`; see `_finish`.
    parser.add_argument("golds", metavar="GOLD", nargs="?", action=InputFile, help="gold documents, JSONL")
    add_spec_arguments(parser)
    rows = parser.add_argument_group("rows")
    rows.add_argument("--gold-key", metavar="KEY", help="key of the gold")
    rows.add_argument("--id-key", metavar="KEY", default="id", help="key of the id (default: id)")
    out = parser.add_argument_group("output")
    add_printed_arguments(out, action=_JsonFile, nargs="?", const=_ALONE)
    parser.set_defaults(run=run_explain, finish=_finish)


def _finish(parser: Parser, options: argparse.Namespace) -> None:
    """Read ``--json GOLD`` as ``--json`` alone, and then GOLD."""
    if options.golds is None and options.json not in (None, STANDARD):
        options.golds, options.json = options.json, STANDARD
    if options.golds is None:
        parser.error("the following arguments are required: GOLD")


def run_explain(options: argparse.Namespace) -> int:
    """Read the gold documents, print their rules, and return the exit code.

    Raises
    ------
    InputError
        If an option or a file is not what it should be; no file is written then.
    """
    spec = read_spec(options)
    # Imported here, so that --help and usage errors answer at once.
    from medvie_reward.corpus import GOLD_KEYS, NewFile, RowFile, read_golds, warn_of
    from medvie_reward.reports import print_rules
    from medvie_reward.spec import explain, say_unmatched, unmatched_by_fields

    to_file = options.json not in (None, STANDARD)
    with contextlib.ExitStack() as stack:
        golds = stack.enter_context(RowFile(options.golds, GOLD_KEYS, options.gold_key, options.id_key))
        result = stack.enter_context(NewFile(options.json)) if to_file else None
        advance = stack.enter_context(progress(options, "reading", len(golds)))
        found = explain(each(read_golds(golds, spec), advance), spec)
        made = {"signature": spec.signature, "fields": [field._asdict() for field in found]}
        if result is not None:
            result.write(made, indent=True)
    if options.schema or options.rules:
        warn_of(say_unmatched(spec, unmatched_by_fields(spec, [field.field for field in found])))
    if options.json == STANDARD:
        print_json(made)
    else:
        print_rules(found, spec.signature, sys.stdout)
    return 0
