"""Standard streams and signals as a command finds them: closed, of any encoding, ended from outside."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any, Final, TextIO

_ESCAPE: Final = "medvie.escape"
_STRICT: Final = ("strict", "surrogateescape")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")


class Ended(BaseException):
    """A signal that asks the program to end.

    Parameters
    ----------
    number
        The signal.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)

    @property
    def name(self) -> str:
        """The signal's name."""
        return signal.Signals(self.number).name

    @property
    def code(self) -> int:
        """The exit code that a shell gives to a program that a signal ended."""
        return 128 + self.number


# -- streams -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def any_streams() -> Iterator[None]:
    """Make standard output and standard error take any text, in every encoding and where they are closed.

    A character that the encoding lacks is written as its escape in JSON, a backslash and u. What goes to a
    stream that is closed is lost, as with ``/dev/null``; standard input that is closed stays so.
    """
    _fill_descriptors()
    codecs.register_error(_ESCAPE, _escaped)
    before: list[tuple[io.TextIOWrapper, str]] = []
    opened: list[tuple[str, TextIO]] = []
    for name in ("stdout", "stderr"):
        stream: Any = getattr(sys, name)
        if stream is None:
            opened.append((name, open(os.devnull, "w", encoding="utf-8")))  # noqa: SIM115
            setattr(sys, name, opened[-1][1])
        elif isinstance(stream, io.TextIOWrapper) and stream.errors in _STRICT:
            before.append((stream, stream.errors))
            stream.reconfigure(errors=_ESCAPE)
    try:
        yield
    finally:
        for stream, errors in before:
            with contextlib.suppress(OSError, ValueError):
                stream.reconfigure(errors=errors)
        for name, file in opened:
            if getattr(sys, name) is file:
                setattr(sys, name, None)
            file.close()


def is_closed(name: str) -> bool:
    """Check whether a standard stream was closed by who started the program."""
    stream = getattr(sys, name)
    return stream is None or getattr(stream, "name", None) == os.devnull


def _fill_descriptors() -> None:
    """Open what is closed of the descriptors 0 to 2, so that no file of ours gets one of these numbers."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return escape(error.object[error.start : error.end]), error.end


def escape(text: str) -> str:
    """Write characters as JSON escapes them: a backslash, u and four digits, twice past U+FFFF."""
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n]:02x}{units[n + 1]:02x}" for n in range(0, len(units), 2))


def print_json(value: Any, indent: bool = True) -> None:
    """Print a JSON value, and the end of the line.

    Text goes as it is where standard output is UTF-8. Elsewhere it is escaped, so that what is printed is
    JSON to every reader.
    """
    from medvie_reward.corpus import dump

    text = dump(value, indent).decode()
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if codecs.lookup(encoding).name != "utf-8":
        text = _NOT_ASCII.sub(lambda found: escape(found[0]), text)
    sys.stdout.write(text + "\n")


def say(text: str) -> None:
    """Write a line on standard error; one that nobody can read is lost."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def abandon(stream: TextIO) -> None:
    """Lead a stream that takes no more into nothing, so that Python does not complain of it at exit."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


# -- signals -------------------------------------------------------------------------------------------


def _ending(number: int) -> BaseException:
    return KeyboardInterrupt() if number == signal.SIGINT else Ended(number)


def _importing(frame: FrameType | None, top: FrameType) -> bool:
    """Check whether a module is being imported in a frame or in its callers, up to the top one."""
    while frame is not None and frame is not top:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


@contextlib.contextmanager
def ending_signals() -> Iterator[list[int]]:
    """Raise `Ended` where a signal asks the program to end, so that it leaves nothing unfinished behind.

    Yields
    ------
    list of int
        Gets every such signal, Ctrl-C among them: what is read in C, such as a library that is being
        imported, may turn the exception into another.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    top = sys._getframe(2)  # the function with the `with`; 1 is contextlib

    def end(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if number != signal.SIGINT:
            signal.signal(number, signal.SIG_IGN)  # once is enough: what follows is cleaning up
        if len(came) > 1 or not _importing(frame, top):
            raise _ending(number)
        # An extension module may crash the interpreter if its import is cut short, so that is waited for.
        profiler = sys.getprofile()

        def after_import(frame: FrameType, event: str, _: object) -> None:
            if event in ("call", "c_call") and not _importing(frame, top):
                sys.setprofile(profiler)
                raise _ending(number)

        sys.setprofile(after_import)

    before = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # What nohup or another program has set stays.
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            before[number] = signal.getsignal(number)
            signal.signal(number, end)
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
