"""A name -> bytes that can be read twice: a file, standard input, what is packed with gzip or zstd."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final, cast

from medvie_reward._core.files import STDIN
from medvie_reward.errors import InputError

# Some lines fit into it, and reading one out of turn costs little more than the line.
_BUFFER: Final = 1 << 16
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
PACKED: Final = (".gz", ".zst", ".zstd")


def open_bytes(name: str) -> IO[bytes]:
    """Open a file for reading twice; what cannot be rewound or is packed is first copied to a temporary file.

    What is packed is known by its first bytes, whatever the file is called.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    with reading(name):
        if name == STDIN:
            if getattr(sys, "stdin", None) is None:
                raise InputError("standard input is closed", name)
            source: IO[bytes] = _spooled(sys.stdin.buffer)
        elif Path(name).is_file():
            source = Path(name).open("rb", buffering=_BUFFER)  # noqa: SIM115 - the caller closes it
        else:  # a pipe, or nothing
            with open(name, "rb") as pipe:
                source = _spooled(pipe)
        try:
            return _unpacked(source, name)
        except BaseException:
            source.close()
            raise


@contextlib.contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what can go wrong when a file is read into an error with its name."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"not a whole gzip file: {error}", name) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", name) from None


def _unpacked(source: IO[bytes], name: str) -> IO[bytes]:
    head = source.read(4)
    source.seek(0)
    packed: Any
    if head.startswith(_GZIP) or name.endswith(".gz"):
        packed = gzip.open(source, "rb")  # noqa: SIM115
    elif head == _ZSTD or name.endswith((".zst", ".zstd")):
        packed = _zstd(source, name)
    else:
        return source
    with source, packed:
        return _spooled(packed)


def _zstd(source: IO[bytes], name: str) -> Any:
    """Open what is packed with zstd, with whatever can: Python 3.14, zstandard or pyarrow."""
    if source.read(4) != _ZSTD:
        raise InputError("not a zstd file", name)
    source.seek(0)
    if sys.version_info >= (3, 14):
        from compression import zstd

        return zstd.open(source, "rb")
    try:
        import zstandard

        return zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True)
    except ImportError:
        pass
    try:
        import pyarrow
    except ImportError:
        raise InputError(
            'is packed with zstd, which needs pyarrow or zstandard: pip install "medvie-reward[data]"', name
        ) from None
    return pyarrow.CompressedInputStream(source, "zstd")


def _spooled(source: IO[bytes]) -> IO[bytes]:
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        shutil.copyfileobj(source, spool)
        spool.seek(0)
    except BaseException:
        spool.close()
        raise
    return cast("IO[bytes]", spool)


def suffix_of(name: str) -> str:
    """Return the ending that tells a file's format: that of the name without what says how it is packed."""
    path = Path(name)
    if path.suffix.lower() in PACKED:
        path = path.with_suffix("")
    return path.suffix.lower()
