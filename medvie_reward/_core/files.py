"""Files that are written whole or not at all, and files that hold one JSON value."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from medvie_reward.errors import InputError

STDIN: Final = "-"
"""The name of standard input, and of standard output where something is written."""

_BOM: Final = b"\xef\xbb\xbf"
# What lies here is no file of its own: /dev/stdout is a link to whatever standard output is.
_DEVICES: Final = ("/dev/", "/proc/")

PathLike = str | os.PathLike[str]


# -- reading -------------------------------------------------------------------------------------------


def without_bom(data: bytes) -> bytes:
    """Return the bytes of a text file without the byte order mark that some programs write first."""
    return data.removeprefix(_BOM)


def read_json(name: PathLike) -> Any:
    """Read a file that holds one JSON value.

    Raises
    ------
    InputError
        If the file cannot be read or is no JSON; it names the file.
    """
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise InputError(error.strerror or str(error), str(name)) from None
    return decode_json(data, str(name))


def decode_json(data: bytes, file: str) -> Any:
    """Decode the bytes of a file that holds one JSON value.

    Raises
    ------
    InputError
        If it is no JSON; it names the file.
    """
    import orjson

    try:
        return orjson.loads(without_bom(data))
    except orjson.JSONDecodeError as error:
        raise InputError(f"expected one JSON value: {error}", file) from None


# -- writing -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def replacing(path: PathLike, inputs: Iterable[PathLike] = ()) -> Iterator[BinaryIO]:
    """Open a file for writing that appears under its name only once it is whole.

    The bytes go to a file beside it, which takes its place when the block ends without an exception and is
    removed otherwise. A file that is replaced keeps its mode, and where the name is a link, the file that the
    link names is replaced. A pipe or a device is written directly.

    Parameters
    ----------
    path
        Where the file is to appear.
    inputs
        Files and folders that are read meanwhile, ``-`` for standard input.

    Yields
    ------
    file object
        It takes bytes.

    Raises
    ------
    InputError
        If the path is the same file as an input, or the file cannot be written; it names the path.
    """
    name = os.fspath(path)
    refuse_input(name, inputs)
    if _is_device(name):
        with _closing(_open(name, name, os.O_WRONLY)) as direct:
            yield direct
        return
    target = os.path.realpath(name)
    part = f"{target}.{secrets.token_hex(4)}.part"
    try:
        with _closing(_open(part, name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)) as file:
            yield file
        with _named(name):
            with contextlib.suppress(FileNotFoundError):
                os.chmod(part, stat.S_IMODE(os.stat(target).st_mode))
            os.replace(part, target)
    finally:
        # It is there only where something went wrong.
        with contextlib.suppress(OSError):
            os.unlink(part)


def refuse_input(path: PathLike, inputs: Iterable[PathLike]) -> None:
    """Refuse a path that is the same file as an input, by whatever name or link.

    Parameters
    ----------
    path
        Where something is to be written.
    inputs
        Files and folders that are read, ``-`` for standard input.

    Raises
    ------
    InputError
        If it is one of them, or lies in one that is a folder.
    """
    name = os.fspath(path)
    with contextlib.suppress(OSError):
        found = _stat(name) if name != STDIN else None
        if found is None:  # ``gone/../gold.jsonl``: nothing is there, but what would be written is
            found = os.stat(os.path.realpath(name))
        if not stat.S_ISREG(found.st_mode):
            return
        parents = [(x.st_dev, x.st_ino) for x in map(os.stat, Path(os.path.realpath(name)).parents)]
        for source in inputs:
            given = os.fspath(source)
            read = _stat(given)
            if read is None:
                continue
            place = read.st_dev, read.st_ino
            if place == (found.st_dev, found.st_ino) or (stat.S_ISDIR(read.st_mode) and place in parents):
                what = "standard input" if given == STDIN else given
                raise InputError(f"would overwrite the input {what}: expected another file", name)


def _stat(name: str) -> os.stat_result | None:
    try:
        return os.fstat(sys.stdin.fileno()) if name == STDIN else os.stat(name)
    except (OSError, ValueError, AttributeError):  # not there; standard input is closed or replaced
        return None


def _is_device(name: str) -> bool:
    return name.startswith(_DEVICES) or (os.path.exists(name) and not os.path.isfile(name))


class _NamedFile(io.FileIO):
    """A file whose errors say which file could not be written."""

    def __init__(self, descriptor: int, shown: str) -> None:
        super().__init__(descriptor, "wb")
        self._shown = shown

    def write(self, data: Any, /) -> int:
        with _named(self._shown):
            return super().write(data)

    def close(self) -> None:
        with _named(getattr(self, "_shown", "")):
            super().close()


def _open(file: str, shown: str, flags: int) -> BinaryIO:
    with _named(shown):
        return io.BufferedWriter(_NamedFile(os.open(file, flags | getattr(os, "O_BINARY", 0), 0o666), shown))


@contextlib.contextmanager
def _closing(file: BinaryIO) -> Iterator[BinaryIO]:
    try:
        yield file
    except BaseException:
        # What went wrong is already known; that the rest cannot be written either adds nothing.
        with contextlib.suppress(Exception):
            file.close()
        raise
    file.close()


@contextlib.contextmanager
def _named(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # a reader that went away, which commands answer in a way of their own
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", name) from None
