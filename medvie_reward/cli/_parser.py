"""What the commands' parser has beyond argparse: files by their role, old spellings, "did you mean"."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final, NoReturn

STANDARD: Final = "-"
"""The name of standard input or standard output."""

PRINTED_TO: Final = "printed_to"
"""Where a verb that prints its results keeps the file that takes them instead."""

_SUGGESTIONS: Final = 0.7


class File(argparse.Action):
    """An option that names a file."""

    def __init__(self, option_strings: Sequence[str], dest: str, **settings: Any) -> None:
        self.repeated: bool = settings.pop("repeated", False)
        super().__init__(option_strings, dest, **settings)

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        _: str | None = None,
    ) -> None:
        """Store one name or several; none may be empty."""
        if values is None:  # an argument that may be left out
            return
        for name in values if isinstance(values, list) else [values]:
            if not name:
                raise argparse.ArgumentError(self, "expected the name of a file, got an empty text")
            self.check(name)
        if self.repeated:
            values = _longer(self, namespace, values)
        setattr(namespace, self.dest, values)

    def check(self, name: str) -> None:
        """Refuse a name that is not meant."""

    def paths(self, value: Any) -> list[str]:
        """Return the files that a value of this option names, without standard streams."""
        names = value if isinstance(value, list) else [] if value is None else [value]
        return [name for name in names if name != STANDARD]


class InputFile(File):
    """An option that names a file to read."""


class SystemFile(InputFile):
    """Files to read that may be written ``NAME=FILE``."""

    def paths(self, value: Any) -> list[str]:
        """Return the files without the names before them."""
        names = [name.partition("=")[2] or name for name in value or ()]
        return [name for name in names if name != STANDARD]


class OutputFile(File):
    """An option that names a file to write.

    Parameters
    ----------
    printed
        Whether ``-`` prints instead.
    """

    def __init__(
        self, option_strings: Sequence[str], dest: str, printed: bool = True, **settings: Any
    ) -> None:
        self.printed = printed
        super().__init__(option_strings, dest, **settings)

    def check(self, name: str) -> None:
        """Refuse ``-`` where nothing is printed."""
        if name == STANDARD and not self.printed:
            raise argparse.ArgumentError(self, "cannot be printed: expected the name of a file, got -")


class OutputFolder(OutputFile):
    """An option that names a folder to write some files into.

    Parameters
    ----------
    files
        Their names.
    """

    def __init__(
        self, option_strings: Sequence[str], dest: str, files: Sequence[str], **settings: Any
    ) -> None:
        self.files = tuple(files)
        super().__init__(option_strings, dest, printed=False, **settings)

    def paths(self, value: Any) -> list[str]:
        """Return the files."""
        return [] if value is None else [os.path.join(value, name) for name in self.files]


class RepeatedOption(argparse.Action):
    """An option that may be given more than once; the first time takes the place of a default."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        _: str | None = None,
    ) -> None:
        """Add the value."""
        setattr(namespace, self.dest, _longer(self, namespace, values))


class Added(RepeatedOption):
    """An option that may be given more than once, besides a default."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        _: str | None = None,
    ) -> None:
        """Add the value."""
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), values])


def _longer(action: argparse.Action, namespace: argparse.Namespace, value: Any) -> list[Any]:
    found = getattr(namespace, action.dest)
    return [*([] if found is action.default or found is None else found), value]


class OldName(argparse.Action):
    """An old spelling of an option, which works with a note.

    Parameters
    ----------
    new
        The option under its name of today.
    """

    def __init__(
        self, option_strings: Sequence[str], dest: str, new: argparse.Action, **settings: Any
    ) -> None:
        self.new = new
        super().__init__(
            option_strings,
            new.dest,
            nargs=new.nargs,
            const=new.const,
            default=argparse.SUPPRESS,
            type=new.type,  # type: ignore[arg-type]  # no name of a registered type is used
            choices=new.choices,
            help=argparse.SUPPRESS,
            metavar=new.metavar,
        )

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        """Do what the option of today does."""
        name = self.new.option_strings[-1]
        note(namespace, f"{self.option_strings[0]} is now called {name}")
        self.new(parser, namespace, values, name)


def add_old_name(parser: argparse.ArgumentParser, old: str, new: argparse.Action) -> None:
    """Let an option have an old spelling."""
    parser.add_argument(old, action=OldName, new=new)


def note(namespace: argparse.Namespace, text: str) -> None:
    """Keep a note, to be printed on standard error."""
    if not hasattr(namespace, "notes"):
        namespace.notes = []
    namespace.notes.append(text)


class Parser(argparse.ArgumentParser):
    """An argument parser that says what was probably meant."""

    def add_common_arguments(self) -> None:
        """Add what every verb has."""
        program = self.add_argument_group("program")
        program.add_argument("-q", "--quiet", action="store_true", help="no progress, no notes")
        program.add_argument(
            "--progress",
            action=argparse.BooleanOptionalAction,
            help="show how far the work is (default: on a terminal, for work that takes a while)",
        )
        program.add_argument("-v", "--verbose", action="store_true", help="say where defaults come from")
        program.add_argument(
            "--config",
            metavar="FILE",
            help="take defaults from this TOML file, or none (default: medvie.toml or [tool.medvie] in "
            "pyproject.toml, in this folder or the nearest above)",
        )

    @property
    def actions(self) -> list[argparse.Action]:
        """The options and arguments, without old spellings."""
        return [action for action in self._actions if not isinstance(action, OldName)]

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Parse all arguments."""
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            flags = [flag for action in self.actions for flag in action.option_strings]
            hints = {
                word: did_you_mean(word.partition("=")[0], flags) for word in unknown if word.startswith("-")
            }
            hint = next((hint for hint in hints.values() if hint), "")
            self.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")
        return options

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = action.choices
        if choices is not None and value not in choices:
            words = [str(choice) for choice in choices]
            raise argparse.ArgumentError(action, expected_one_of(words, str(value)))

    def error(self, message: str) -> NoReturn:
        """Print the usage and an error, and exit."""
        if sys.stderr is not None:
            self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: error: {message}\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        # Help and errors go to streams of any encoding; a closed one is answered where the program ends.
        stream = sys.stderr if file is None else file
        if message and stream is not None:
            stream.write(message)


def expected_one_of(choices: Sequence[str], got: str) -> str:
    """Return which words were expected, and which of them was probably meant."""
    return f"expected one of {', '.join(choices)}, got {got!r}{did_you_mean(got, choices)}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean …?`` where a known word is much like this one, else nothing."""
    from difflib import get_close_matches

    found = get_close_matches(word.lower(), {x.lower(): x for x in known}, 1, _SUGGESTIONS)
    if not found:
        return ""
    meant = next(x for x in known if x.lower() == found[0])
    return f"; did you mean {meant}?"
