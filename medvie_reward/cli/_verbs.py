"""The verbs of ``medvie``: their names, and the module of each, which is imported when its verb is called.

The parser is argparse, of the standard library. It is imported in 2 ms, click in 21 ms, and what click or
typer have beyond it takes few lines here: "did you mean", old spellings, defaults from a file, completion in
a shell. So the program needs no further dependency, and answers `--help` in a tenth of a second.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Final

from medvie_reward._version import __version__
from medvie_reward.cli._parser import Parser

VERBS: Final = {
    "score": "score predictions against gold documents",
    "explain": "print the rule of each field and why it applies",
    "compare": "compare systems on the same gold documents, with intervals and tests",
    "sensitivity": "estimate the effect of sample size and annotation noise",
    "agreement": "measure how far two annotators agree",
    "audit": "attack a reward function: what does it pay for besides right answers",
    "lab": "say what a reward will make of a model before it is trained",
    "prepare": "write training rows for verl",
    "convert": "write the gold documents of a public data set",
    "select": "choose a diverse subset of documents",
    "completion": "print a script that completes commands in a shell",
}
"""Verb -> what it does."""

OLD_VERBS: Final = {"ablate": "sensitivity", "agree": "agreement", "data": "prepare", "gold": "convert"}
"""What verbs were called before -> what they are called; the old names are understood, and not shown."""

_EPILOG: Final = """\
exit codes: 0 done, 1 a score is below --fail-under or lost more than --max-drop, or an
audit found a failure, 2 a usage or input error,
130 interrupted, 141 broken pipe, 143 terminated. medvie VERB --help has the options of a verb.
"""


def main_parser() -> Parser:
    """Return the parser of ``medvie`` without a verb."""
    parser = Parser(
        prog="medvie",
        usage="medvie [-h] [-V] VERB …",
        description="Rewards and scores for document extraction.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_version(parser)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    for verb, short in VERBS.items():
        verbs.add_parser(verb, help=short, add_help=False)
    return parser


def verb_parser(verb: str, prog: str) -> Parser:
    """Return the parser of a verb."""
    module = import_module(f"medvie_reward.cli._{verb}")
    parser = Parser(
        prog=prog,
        description=getattr(module, f"{verb.upper()}_HELP"),
        epilog=getattr(module, f"{verb.upper()}_EPILOG", None),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    getattr(module, f"add_{verb}_arguments")(parser)
    parser.add_common_arguments()
    add_version(parser)
    return parser


def add_version(parser: argparse.ArgumentParser) -> None:
    """Add ``--version``."""
    parser.add_argument("-V", "--version", action=_Version, nargs=0, help="show the version and exit")


class _Version(argparse.Action):
    """Print the version, and which engine aligns; only now is that looked up."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from medvie_reward.alignment import ENGINE

        print(f"medvie-reward {__version__} ({ENGINE})")  # noqa: T201
        parser.exit()
