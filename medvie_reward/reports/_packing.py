"""Serialize document views: one index row each, details in compressed chunks.

A chunk is a JSON list of some documents, compressed (zlib) and written in base64, so that thousands of
documents stay small and a browser reads only those that are opened.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any, Final

from medvie_reward.errors import ArgumentError
from medvie_reward.reports._document_views import FLAGS, OUTCOMES, Page, list_blocks, outcome_of, shown

# Bytes of JSON in a chunk: enough for the compression to pay, little enough to be read at once.
_CHUNK: Final = 256 * 1024
_DATA_URI: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp|bmp);base64,[A-Za-z0-9+/]+=*")
# A link with a scheme or a host would leave the folder.
_ELSEWHERE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\\s]|.*[\\\x00-\x1f]", re.DOTALL)
_BITS: Final = {name: 1 << n for n, name in enumerate((*OUTCOMES, *FLAGS))}


class Archive:
    """Takes pages one after the other, and keeps of each what a report needs.

    Attributes
    ----------
    documents
        A row per page: id, number of its group (-1: none), F1, its counts by outcome and flag, its status, 1
        if well formed, 0 if not, -1 if it came without text, 1 if the work bound ran out; then pairs of a
        field's number and the bits of what occurs in it.
    fields, groups, statuses
        The names behind the numbers.
    starts
        Number of the first document of each chunk.
    chunks
        Base64 of zlib-compressed JSON, a list of documents each.
    images
        A document's and an image's number -> its ``data:`` URI.
    linked
        Whether some images are links.
    """

    def __init__(self) -> None:
        self.documents: list[list[Any]] = []
        self.fields: dict[str, int] = {}
        self.groups: dict[str, int] = {}
        self.statuses: dict[str, int] = {}
        self.starts: list[int] = []
        self.chunks: list[str] = []
        self.images: dict[tuple[int, int], str] = {}
        self.linked = False
        self._waiting: list[bytes] = []
        self._size = 0

    def add(self, page: Page) -> None:
        """Take in one page.

        Raises
        ------
        ArgumentError
            If an image is neither a ``data:`` URI of an image in base64 nor a relative link.
        """
        n = len(self.documents)
        self.documents.append(self._row(page))
        if not self._waiting:
            self.starts.append(n)
        made = json.dumps(self._body(page, n), ensure_ascii=False, separators=(",", ":"))
        # No file holds a lone surrogate; a value handed over in Python may.
        packed = made.encode(errors="replace")
        self._waiting.append(packed)
        self._size += len(packed)
        if self._size >= _CHUNK:
            self.close()

    def close(self) -> None:
        """Pack what waits for its chunk to be full."""
        if self._waiting:
            packed = zlib.compress(b"[" + b",".join(self._waiting) + b"]", 9)
            self.chunks.append(base64.b64encode(packed).decode())
            self._waiting, self._size = [], 0

    def index(self) -> str:
        """Return the rows of all documents and the names behind their numbers, as JSON safe in HTML."""
        return safe_json(
            {
                "documents": self.documents,
                "fields": list(self.fields),
                "groups": list(self.groups),
                "statuses": list(self.statuses),
                "starts": self.starts,
            }
        )

    def _row(self, page: Page) -> list[Any]:
        document, c = page.document, page.document.counts
        bits: dict[int, int] = {}
        for leaf in page.leaves:
            field = self.fields.setdefault(leaf.field, len(self.fields))
            more = _BITS[outcome_of(leaf)]
            more |= leaf.misplaced * _BITS["misplaced"] | leaf.ungrounded * _BITS["ungrounded"]
            bits[field] = bits.get(field, 0) | more
        group = -1 if document.group is None else self.groups.setdefault(document.group, len(self.groups))
        status = self.statuses.setdefault(document.status, len(self.statuses))
        counts = (c.correct, c.wrong, c.missing, c.filled_blank, c.invented_field, c.invented_item)
        return [
            document.id,
            group,
            round(document.f1, 4),
            *counts,
            c.misplaced,
            c.ungrounded,
            status,
            -1 if document.format_ok is None else int(document.format_ok),
            int(document.limited),
            *(x for item in bits.items() for x in item),
        ]

    def _body(self, page: Page, n: int) -> dict[str, Any]:
        links = dict(page.links)
        blocks = []
        for block in list_blocks(page.leaves):
            rows = []
            for row in block.rows:
                cells = []
                for number, name in row.leaves:
                    leaf = page.leaves[number]
                    flags = leaf.misplaced | leaf.ungrounded << 1 | leaf.critical << 2
                    gold, pred = shown(leaf.gold, leaf.gold_path), shown(leaf.pred, leaf.pred_path)
                    outcome = OUTCOMES.index(outcome_of(leaf))
                    cells.append([number, name, outcome, flags, gold, pred, links.get(number, -1)])
                rows.append([row.gold, row.pred, row.gold_at, row.pred_at, cells])
            blocks.append([block.name, block.columns, rows, int(block.pooled)])
        d = page.document
        return {
            "blocks": blocks,
            "completion": page.completion,
            "scores": [["precision", d.precision], ["recall", d.recall], *d.published.asked().items()],
            "images": [self._image(image, n, k) for k, image in enumerate(page.images)],
        }

    def _image(self, image: str, n: int, k: int) -> str | None:
        """Return the link of an image, or keep its bytes and return ``None``."""
        if _DATA_URI.fullmatch(image):
            self.images[n, k] = image
            return None
        if not image or _ELSEWHERE.match(image):
            raise ArgumentError(
                "page image: expected a data: URI of a PNG, JPEG, GIF, WebP or BMP image in base64, or a "
                f"relative link, got {image[:60]!r}"
            )
        self.linked = True
        return image


def safe_json(value: Any) -> str:
    """Write JSON for a script element: ASCII, and no character that means something there."""
    made = json.dumps(value, separators=(",", ":"))
    return made.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
