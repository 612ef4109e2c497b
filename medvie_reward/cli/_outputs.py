"""Where a command writes: never over what it reads, never two outputs in one place."""

from __future__ import annotations

import argparse
import os
import stat
import sys
from typing import Final

from medvie_reward._core.files import refuse_input
from medvie_reward.cli._parser import PRINTED_TO, STANDARD, InputFile, OutputFile, Parser
from medvie_reward.cli._streams import is_closed
from medvie_reward.errors import InputError

_COMPRESSED: Final = (".gz", ".zst", ".bz2", ".xz")


Stamp = tuple[int, int, int] | None
"""Which file has a name, and when it was last written."""


def check_places(parser: Parser, options: argparse.Namespace) -> dict[str, Stamp]:
    """Refuse files that cannot all be read and written, before any work.

    Returns
    -------
    dict of str to Stamp
        The outputs as they are now; see `written_since`.

    Raises
    ------
    InputError
        If an output is an input, by whatever name or link; if two outputs, or two inputs from standard input,
        meet in one place; if standard input is to be read or standard output to be written, and is closed.
    """
    reading = [action for action in parser.actions if isinstance(action, InputFile)]
    writing = [action for action in parser.actions if isinstance(action, OutputFile)]
    values = {action.dest: getattr(options, action.dest) for action in (*reading, *writing)}
    _check_standard_input(reading, options)
    inputs = [path for action in reading for path in action.paths(getattr(options, action.dest))]
    from_pipe = [STANDARD] * any(STANDARD in _names(values[action.dest]) for action in reading)
    printed = [
        action.option_strings[-1]
        for action in writing
        if values[action.dest] == STANDARD and action.dest != PRINTED_TO
    ]
    if len(printed) > 1:
        raise InputError(f"{' and '.join(printed)} cannot both be printed: expected - for one of them")
    if printed and is_closed("stdout"):
        raise InputError(f"{printed[0]} -: standard output is closed: expected a file")
    taken: dict[str, str] = {}
    outputs: dict[str, Stamp] = {}
    for action in writing:
        flag = action.option_strings[-1]
        for path in action.paths(getattr(options, action.dest)):
            if path.endswith(_COMPRESSED):
                end = os.path.splitext(path)[1]
                raise InputError(f"{flag} is written as it is: expected a name without {end}", path)
            try:
                refuse_input(path, inputs + from_pipe)
            except InputError as error:
                raise InputError(f"{flag} {error.reason}", error.file) from None
            if os.path.exists(path) and not os.path.isfile(path):
                continue  # a pipe or a device, where nothing is replaced
            outputs[path] = _stamp(path)
            first = taken.setdefault(_identity(path), flag)
            if first != flag:
                raise InputError(f"{first} and {flag} name one file: expected different names", path)
    _check_standard_output(inputs)
    return outputs


def _check_standard_input(reading: list[InputFile], options: argparse.Namespace) -> None:
    names = []
    for action in reading:
        given = _names(getattr(options, action.dest))
        name = action.option_strings[-1] if action.option_strings else str(action.metavar)
        names += [name for one in given if one == STANDARD]
    if len(names) > 1:
        both = " and ".join(dict.fromkeys(names))
        raise InputError(f"standard input can be read once only: expected a file for one of {both}")
    if names and is_closed("stdin"):
        raise InputError(f"{names[0]} -: standard input is closed: expected a file")


def _check_standard_output(inputs: list[str]) -> None:
    """Refuse to print at the end of a file that is read, where a shell has opened it for that."""
    try:
        found = os.fstat(sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):  # a test's or a notebook's, which is no file
        return
    for path in inputs if stat.S_ISREG(found.st_mode) else ():
        if os.path.exists(path) and os.path.samestat(found, os.stat(path)):
            raise InputError("standard output goes to this input: expected another file", path)


def _names(value: str | list[str] | None) -> list[str]:
    """Return the files that the value of an option names, without the names of systems before them."""
    names = value if isinstance(value, list) else [] if value is None else [value]
    return [STANDARD if name.endswith(f"={STANDARD}") else name for name in names]


def written_since(outputs: dict[str, Stamp]) -> list[str]:
    """Return those of the outputs that are other files now, or were written to."""
    return [path for path, before in outputs.items() if _stamp(path) != before]


def _stamp(path: str) -> Stamp:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _identity(path: str) -> str:
    """Return one text for all names of a file that is there, and of a path that is not."""
    try:
        found = os.stat(path)
    except OSError:
        return os.path.realpath(path)
    return f"{found.st_dev}:{found.st_ino}"
