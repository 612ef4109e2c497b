"""Gold rows -> the page images that a report shows: found and weighed before anything is scored."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from medvie_reward.corpus import Picture, RowFile, pictures_of
from medvie_reward.errors import InputError

MODES: Final = ("auto", "embed", "link", "none")
"""What can be asked for; ``auto`` embeds up to `MOST_EMBEDDED` and links past it."""

MOST_EMBEDDED: Final = 20_000_000
"""Bytes of image files in all that ``auto`` embeds."""

_HINT: Final = " (--images none leaves images out)"
DEFAULT_KEY: Final = "image"

_HEADS: Final = (
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF8"),
    ("image/bmp", b"BM"),
)


class PageImages(NamedTuple):
    """The images of a gold file's rows.

    Attributes
    ----------
    rows
        Gold row, counted from 0 -> its images; rows without any are not in it.
    embed
        Whether files are put into the report, or linked.
    bytes
        Size of all image files together.
    folder
        The folder that links start from.
    file
        Name of the gold file, for messages.
    """

    rows: dict[int, tuple[Picture, ...]]
    embed: bool
    bytes: int
    folder: Path
    file: str

    def of(self, row: int) -> tuple[str, ...]:
        """Return a row's images as ``data:`` URIs or links.

        Raises
        ------
        InputError
            If a file cannot be read or a browser could not show it; it names the gold file and line.
        """
        try:
            return tuple(self._shown(picture) for picture in self.rows.get(row, ()))
        except InputError as error:
            raise InputError(f"{error.reason}{_HINT}", self.file, row + 1) from None

    def _shown(self, picture: Picture) -> str:
        if picture.path is not None and not self.embed:
            return quote(Path(os.path.relpath(picture.path, self.folder)).as_posix())
        data = picture.read()
        return f"data:{_kind(data, picture)};base64,{base64.b64encode(data).decode()}"


def find_images(
    golds: RowFile, rows: Iterable[int], *, mode: str = "auto", key: str | None = None, report: str = ""
) -> PageImages:
    """Find the images of some gold rows, and decide whether they are embedded.

    Parameters
    ----------
    golds
        The gold file; paths in it start from its folder.
    rows
        Which of its rows, counted from 0.
    mode
        One of `MODES`.
    key
        The row member that holds the image, as `medvie_reward.corpus.pictures_of` reads it; without it
        `DEFAULT_KEY`, where the gold is in a member of its own and the row has such a member too.
    report
        Name of the report's file, where links start from.

    Raises
    ------
    InputError
        If an image is not there or is no image's name (with file and line), or no row has the ``key``.
    """
    folder = Path(report).absolute().parent
    found: dict[int, tuple[Picture, ...]] = {}
    if mode == "none" or (key is None and golds.key is None):
        return PageImages({}, False, 0, folder, golds.name)
    root = Path.cwd() if golds.name == "-" else Path(golds.name).parent
    size, known = 0, False
    for row in rows:
        value = golds.row(row).value
        if type(value) is not dict or (key or DEFAULT_KEY) not in value:
            continue
        known = True
        try:
            pictures = pictures_of(value[key or DEFAULT_KEY], root)
            size += sum(map(_size, pictures))
        except InputError as error:
            raise golds.place(row).error(f"{error.reason}{_HINT}") from None
        if pictures:
            found[row] = pictures
    if key is not None and not known:
        raise InputError(f"no row has the member {key!r} that --image-key names", golds.name)
    return PageImages(
        found, mode == "embed" or (mode == "auto" and size <= MOST_EMBEDDED), size, folder, golds.name
    )


def _size(picture: Picture) -> int:
    if picture.path is None:
        return len(picture.data or b"")
    if not picture.path.is_file():
        raise InputError(f"image {str(picture.path)!r}: expected a file, there is none")
    return picture.path.stat().st_size


def _kind(data: bytes, picture: Picture) -> str:
    """Return an image's type by its first bytes, as browsers do."""
    for kind, head in _HEADS:
        if data.startswith(head):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    name = "in the row" if picture.path is None else repr(str(picture.path))
    raise InputError(f"image {name}: expected PNG, JPEG, GIF, WebP or BMP, which browsers show")
