"""The entry points ``medvie`` and ``medvie-score``.

They import nothing before they are called, so that Ctrl-C is answered from the first moment on. What is left
is the script that calls them, which an exception hook covers where it is one of the two.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from types import TracebackType

INTERRUPTED = 130
_PROGRAMS = ("medvie", "medvie-score")


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
        _say_interrupted(program)
        return INTERRUPTED


def _say_interrupted(program: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"\n{program}: interrupted; no file was written\n")
        sys.stderr.flush()


def _hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Answer Ctrl-C between the script's own lines."""
    if issubclass(kind, KeyboardInterrupt):
        _say_interrupted(_called())
        os._exit(INTERRUPTED)
    sys.__excepthook__(kind, error, trace)


def _called() -> str:
    return os.path.splitext(os.path.basename(sys.argv[0] if sys.argv else ""))[0]


if _called() in _PROGRAMS:
    sys.excepthook = _hook
