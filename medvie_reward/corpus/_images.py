"""A row's ``image`` -> the images of a training row, each decoded once to know that it is whole."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

from medvie_reward.errors import InputError

EMBED: Final = ("bytes", "path")
"""How a training row holds an image."""

_DATA: Final = re.compile(r"data:image/[\w.+-]+(?:;[\w-]+=[^;,]*)*;base64,", re.IGNORECASE)
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # one letter would be a drive


class Picture(NamedTuple):
    """An image: its file, or, where it came in the row, its bytes.

    Attributes
    ----------
    path
        The file, or ``None``.
    data
        The bytes, or ``None`` where they are in the file.
    """

    path: Path | None
    data: bytes | None

    def read(self) -> bytes:
        """Return the bytes of the image.

        Raises
        ------
        InputError
            If the file cannot be read.
        """
        if self.data is not None:
            return self.data
        try:
            return Path(str(self.path)).read_bytes()
        except OSError as error:
            raise InputError(f"image {str(self.path)!r}: cannot be read: {error.strerror or error}") from None


def pictures_of(value: Any, root: Path) -> tuple[Picture, ...]:
    """Read what a row says of its images.

    Parameters
    ----------
    value
        A path, a ``data:`` URI, ``{"bytes": base64}``, ``{"path": path}``, a list of these, or ``None``.
    root
        The folder that paths start from.

    Raises
    ------
    InputError
        If it is something else, or base64 that is none.
    """
    if value is None:
        return ()
    values = value if isinstance(value, list) else [value]
    return tuple(_picture(x, root) for x in values)


def check_picture(picture: Picture) -> str:
    """Decode an image; gives a digest of its bytes.

    Raises
    ------
    InputError
        If it is missing, no image that Pillow knows, or broken.
    """
    data = picture.read()
    name = "in the row" if picture.path is None else repr(str(picture.path))
    for reason in _broken(data):
        raise InputError(f"image {name}: {reason}")
    return hashlib.sha256(data).hexdigest()


def _broken(data: bytes) -> Iterator[str]:
    """Describe what is wrong with an image's bytes, if anything."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            # Pages scanned at high resolution are large; that is no reason to warn.
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data)) as image:
                image.verify()  # looks at checksums, after which the image must be opened anew
            with Image.open(BytesIO(data)) as image:
                # A JPEG is decoded to its end at an eighth of its size, which finds the same faults.
                image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
                image.load()
    except Exception as error:  # noqa: BLE001 - decoders raise whatever they please
        yield f"expected an image that Pillow can open and decode, got {_said(error)}"


def _said(error: Exception) -> str:
    # Pillow names the buffer by its address, which would differ from run to run.
    return re.sub(r"<_io\.BytesIO[^>]*>", "these bytes", str(error)) or type(error).__name__


def _picture(value: Any, root: Path) -> Picture:
    if isinstance(value, dict):
        known = {name: x for name, x in value.items() if name in ("bytes", "path") and x is not None}
        if isinstance(known.get("bytes"), str):
            return Picture(None, _decoded(known["bytes"]))
        if known.keys() == {"path"}:
            return _picture(known["path"], root)
    elif isinstance(value, str) and value.strip():
        if found := _DATA.match(value):
            return Picture(None, _decoded(value[found.end() :]))
        if _URL.match(value) and not (root / value).is_file():
            raise InputError(f"image {value[:60]!r}: expected a file or a data:image/...;base64, URI")
        return Picture((root / value).absolute(), None)
    shown = repr(value)
    raise InputError(
        'image: expected a path, a data: URI, {"bytes": base64} or a list of these, got '
        + (shown if len(shown) <= 60 else shown[:57] + "...")
    )


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"image in the row: expected base64: {error}") from None
