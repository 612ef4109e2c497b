"""The entry points ``medvie`` and ``medvie-score``.

They import nothing before they are called, so that Ctrl-C is answered from the first moment on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``medvie VERB …``; returns the exit code."""
    return _guard("medvie", None, arguments)


def main_score(arguments: Sequence[str] | None = None) -> int:
    """Run ``medvie-score …``; returns the exit code."""
    return _guard("medvie-score", "score", arguments)


def _guard(program: str, verb: str | None, arguments: Sequence[str] | None) -> int:
    try:
        from medvie_reward.cli._entry import run

        return run(program, verb, sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:  # while the program was still being read
        if sys.stderr is not None:
            sys.stderr.write(f"\n{program}: interrupted; no file was written\n")
        return INTERRUPTED
