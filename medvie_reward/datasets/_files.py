"""A folder, a zip archive or one file -> names and bytes of the files in it."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from medvie_reward._core.files import decode_json
from medvie_reward.errors import InputError

_IMAGES: Final = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp")


class Files:
    """The files of a source, by path relative to it with ``/`` between parts, sorted.

    What a system or an archiver adds is no part of a set: names that begin with a dot. What a
    Mac puts under ``__MACOSX`` has such names too.

    Parameters
    ----------
    source
        A folder, which is read with all folders in it, a ``.zip`` or a single file.

    Raises
    ------
    InputError
        If it is not there, not readable, or has no files.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._root = Path(source)
        self._archive: zipfile.ZipFile | None = None
        if self._root.is_dir():
            names: Iterable[str] = (
                os.path.relpath(os.path.join(folder, name), source).replace(os.sep, "/")
                for folder, _, files in os.walk(source)
                for name in files
            )
        elif self._root.suffix.lower() == ".zip":
            try:
                self._archive = zipfile.ZipFile(source)
            except (OSError, zipfile.BadZipFile) as error:
                raise InputError(f"expected a zip archive: {_said(error)}", source) from None
            names = (name for name in self._archive.namelist() if not name.endswith("/"))
        elif self._root.is_file():
            names, self._root = (self._root.name,), self._root.parent
        else:
            raise InputError("is not there: expected a folder, a .zip or a file", source)
        self.names = tuple(sorted(name for name in names if not _added(name)))
        if not self.names:
            raise InputError("has no files", source)

    def ending(self, *suffixes: str) -> list[str]:
        """Return the names that end so, whatever their case."""
        return [name for name in self.names if name.lower().endswith(suffixes)]

    def some(self, names: list[str], expected: str) -> list[str]:
        """Return names back, of which there must be some.

        Raises
        ------
        InputError
            If there are none; it says what was expected.
        """
        if not names:
            raise InputError(f"has no annotations: expected {expected}", self.source)
        return names

    def shown(self, name: str) -> str:
        """Return a name as messages show it."""
        return f"{self.source}/{name}" if self._archive else str(self._root / name)

    def placed(self, name: str) -> str:
        """Return a name with the source's own in front, which may be what names the split."""
        return f"{Path(self.source).name}/{name}"

    def read(self, name: str) -> bytes:
        """Read a file.

        Raises
        ------
        InputError
            If it cannot be read.
        """
        try:
            if self._archive is not None:
                return self._archive.read(name)
            return (self._root / name).read_bytes()
        except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
            # RuntimeError is what zipfile raises for a password.
            raise InputError(f"cannot be read: {_said(error)}", self.shown(name)) from None

    def json(self, name: str) -> Any:
        """Read a file that holds one JSON value.

        Raises
        ------
        InputError
            If it cannot be read or is no JSON.
        """
        return decode_json(self.read(name), self.shown(name))

    def open(self, name: str) -> BinaryIO:
        """Open a file, to read parts of it; raises as `read` does."""
        if self._archive is not None:
            return io.BytesIO(self.read(name))
        try:
            return (self._root / name).open("rb")
        except OSError as error:
            raise InputError(f"cannot be read: {_said(error)}", self.shown(name)) from None

    def close(self) -> None:
        """Close the archive, if it is one."""
        if self._archive is not None:
            self._archive.close()


class Images:
    """The images among some files, by name without suffix."""

    def __init__(self, names: Iterable[str]) -> None:
        self._found: dict[str, list[str]] = {}
        for name in names:
            path = PurePosixPath(name)
            if path.suffix.lower() in _IMAGES:
                self._found.setdefault(path.stem, []).append(name)

    def near(self, annotation: str, stem: str | None = None) -> str | None:
        """Return the image of an annotation; of several, that with which it shares the most folders.

        Parameters
        ----------
        annotation
            Its file.
        stem
            Name of the image without suffix, where it is not the file's own.
        """
        path = PurePosixPath(annotation)
        found = self._found.get(path.stem if stem is None else stem, ())
        return max(found, key=lambda name: _shared(name, path.parts), default=None)


def _shared(name: str, parts: tuple[str, ...]) -> int:
    pairs = list(zip(PurePosixPath(name).parts[:-1], parts[:-1], strict=False))
    return next((n for n, (a, b) in enumerate(pairs) if a != b), len(pairs))


def _added(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") for part in parts)


def _said(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
