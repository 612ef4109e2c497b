"""The verb ``medvie convert``: a public set as it is distributed -> a gold file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from medvie_reward._core.names import counted
from medvie_reward.cli._parser import STANDARD, InputFile, OutputFile
from medvie_reward.cli._progress import each, progress
from medvie_reward.cli._streams import print_json

if TYPE_CHECKING:
    from medvie_reward.datasets import Annotated

CONVERT_HELP: Final = """\
Write the gold documents of a public data set for visual information extraction, to score predictions against.

SOURCE is a folder, a .zip or a file, as the set is distributed. A row has id and gold and, where the set
tells, split, lang, image (relative to SOURCE) and source_text, the text of the page.
"""


def add_convert_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``medvie convert``."""
    # The names are written out, since the readers would make every start of the program slower.
    parser.add_argument(
        "set", metavar="SET", choices=("cord", "funsd", "sroie", "ticket", "xfund"),
        help="cord, funsd, sroie, ticket (EATEN's Chinese train tickets) or xfund",
    )  # fmt: skip
    parser.add_argument("source", metavar="SOURCE", action=InputFile, help="folder, .zip or file of the set")
    parser.add_argument(
        "-o", "--out", action=OutputFile, metavar="FILE", help="write there (default: standard output)"
    )
    parser.add_argument(
        "--split", choices=("train", "validation", "test"), help="only documents of this part of the set"
    )
    parser.add_argument(
        "--sections", action="store_true",
        help="funsd, xfund: keep questions in objects under their headers (default: questions and answers)",
    )  # fmt: skip
    parser.set_defaults(run=run_convert)


def run_convert(options: argparse.Namespace) -> int:
    """Write the gold documents, print their number; returns the exit code.

    Raises
    ------
    InputError
        If an option or an annotation is not what it should be; no file is written then.
    """
    # Imported here, so that --help and usage errors answer at once.
    from medvie_reward.corpus import NewFile
    from medvie_reward.datasets import read_set

    documents = read_set(options.set, options.source, split=options.split, sections=options.sections)
    with progress(options, "reading", None) as advance:
        if options.out in (None, STANDARD):
            made = _write(each(documents, advance), lambda row: print_json(row, indent=False))
        else:
            with NewFile(options.out) as file:
                made = _write(each(documents, advance), file.write)
    if options.out in (None, STANDARD):
        if not options.quiet:
            sys.stderr.write(made)
        return 0
    sys.stdout.write(f"{options.out}: {made}")
    return 0


def _write(documents: Any, write: Callable[[dict[str, Any]], object]) -> str:
    count = left = 0
    splits: dict[str, int] = {}
    document: Annotated
    for document in documents:
        write(document.as_row())
        count, left = count + 1, left + document.left_out
        name = document.split or "no split named"
        splits[name] = splits.get(name, 0) + 1
    parts = ", ".join(f"{n:,} {name}" for name, n in splits.items())
    lost = f"{counted(left, 'answer')} without a question left out\n" if left else ""
    return f"{counted(count, 'document')} ({parts})\n{lost}"
