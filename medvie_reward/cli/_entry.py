"""Run a command: its arguments, what can go wrong, the exit code."""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import signal
import sys
from collections.abc import Sequence
from typing import Any, Final

from medvie_reward.cli._main import INTERRUPTED
from medvie_reward.cli._parser import PRINTED_TO, STANDARD, Parser, did_you_mean, note
from medvie_reward.cli._streams import Ended, abandon, any_streams, ending_signals, say
from medvie_reward.cli._verbs import OLD_VERBS, VERBS, main_parser, verb_parser
from medvie_reward.cli._warnings import said_warnings
from medvie_reward.errors import MedvieError

_USAGE: Final = 2
_CLOSED_PIPE: Final = 141


def run(program: str, verb: str | None, arguments: Sequence[str]) -> int:
    """Run a command line, with what can go wrong turned into a message and an exit code.

    Parameters
    ----------
    program
        The program's name, for messages.
    verb
        The verb, where it is not the first argument.
    arguments
        The arguments.
    """
    outputs: dict[str, Any] = {}
    with any_streams(), ending_signals() as came:
        try:
            code = _run(program, verb, list(arguments), outputs)
            _flush()
            return code
        except SystemExit:  # from argparse: help, version, a usage error
            try:
                _flush()
            except BrokenPipeError:
                abandon(sys.stdout)
                return _CLOSED_PIPE
            except OSError as error:
                return _fail(program, error)
            raise
        except BrokenPipeError:
            abandon(sys.stdout)
            return _CLOSED_PIPE
        except (KeyboardInterrupt, Ended) as ending:
            return _ended(program, ending, outputs)
        except Exception as error:
            if came:  # what was being imported made something else of the signal
                ended: BaseException = KeyboardInterrupt() if came[0] == signal.SIGINT else Ended(came[0])
                return _ended(program, ended, outputs)
            if isinstance(error, (MedvieError, OSError, MemoryError)):
                return _fail(program, error)
            raise


def _run(program: str, verb: str | None, arguments: list[str], outputs: dict[str, Any]) -> int:
    called = ""
    if verb is None:
        called, arguments = _verb_of(arguments)
        verb = OLD_VERBS.get(called, called)
        prog = f"medvie {verb}"
    else:
        prog = program
    parser = verb_parser(verb, prog)
    options = _parse(parser, verb, arguments)
    if called in OLD_VERBS:
        note(options, f"medvie {called} is now called medvie {verb}")
    options.program, options.verb = program, verb
    from medvie_reward._core.files import replacing
    from medvie_reward.cli._outputs import check_places

    if options.verbose:
        say(f"{program}: defaults from {options.defaults_from}")
    outputs.update(check_places(parser, options))
    # Only verbs that print have it; others write their own files there.
    to = getattr(options, PRINTED_TO, None)
    if to in (None, STANDARD):
        with said_warnings(program):
            code: int = options.run(options)
    else:
        with (
            said_warnings(program),
            replacing(to) as file,
            contextlib.redirect_stdout(io.StringIO()) as printed,
        ):
            code = options.run(options)
            file.write(printed.getvalue().encode("utf-8", "backslashreplace"))
    if not options.quiet:
        for text in getattr(options, "notes", ()):
            say(f"{program}: note: {text}")
    return code


def _verb_of(arguments: list[str]) -> tuple[str, list[str]]:
    """Take the verb off the arguments, as it is called there; without one, print the help and exit."""
    if arguments and (arguments[0] in VERBS or arguments[0] in OLD_VERBS):
        return arguments[0], arguments[1:]
    parser = main_parser()
    if not arguments or arguments == ["help"]:
        parser.print_help()
        parser.exit(0)
    first = arguments[0]
    if first == "help" and (arguments[1] in VERBS or arguments[1] in OLD_VERBS):
        return arguments[1], ["--help"]
    if first.startswith("-"):
        parser.parse_args(arguments[:1])  # exits for --help, --version and what it does not know
    return parser.error(f"no verb {first!r}: expected one of {', '.join(VERBS)}{did_you_mean(first, VERBS)}")


def _parse(parser: Parser, verb: str, arguments: list[str]) -> argparse.Namespace:
    from medvie_reward.cli._config import add_defaults

    asked = add_defaults(parser, verb, arguments)
    options = parser.parse_args(arguments)
    if options.config != asked:
        parser.error("argument --config: expected the option in full")
    if finish := getattr(options, "finish", None):
        finish(parser, options)
    return options


def _flush() -> None:
    try:
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError) and error.filename is None:
            error.filename = "standard output"
        raise


def _fail(program: str, error: BaseException) -> int:
    if isinstance(error, MemoryError):
        reason = "out of memory: expected smaller files, fewer --workers, or a larger machine"
    elif isinstance(error, OSError):
        # What is written to files is named where it is written.
        reason = f"{error.filename or 'standard output'}: {error.strerror or error}"
        if error.errno in (errno.ENOSPC, errno.EIO, errno.EBADF):
            abandon(sys.stdout)
    else:
        reason = str(error)
    say(f"{program}: error: {reason}")
    return _USAGE


def _ended(program: str, ended: BaseException, outputs: dict[str, Any]) -> int:
    written = []
    if outputs:
        from medvie_reward.cli._outputs import written_since

        written = written_since(outputs)
    files = f"written before: {', '.join(written)}" if written else "no file was written"
    if isinstance(ended, Ended):
        say(f"{program}: ended by {ended.name}; {files}")
        return ended.code
    say(f"\n{program}: interrupted; {files}")
    return INTERRUPTED
