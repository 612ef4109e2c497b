"""What the tests of reports share: reports of a few documents, and their parts read back."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

from medvie_reward import Spec, evaluate
from medvie_reward.corpus import Evaluation, score_document
from medvie_reward.reports._document_views import Page, page_of

BAD = '</script></title><script>alert(1)</script>"><img src=x onerror=alert(1)>&\u2028\u2029'
PIXEL = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


def report_of(
    preds: list[Any], golds: list[Any], by: list[str] | None = None, ids: list[str] | None = None, **more: Any
) -> tuple[Evaluation, list[Page]]:
    """Score some documents; gives what a report is made of."""
    spec = Spec.preset("strict").replace(lists="key:n")
    names = ids or [str(n + 1) for n in range(len(golds))]
    groups: Sequence[str | None] = by or [None] * len(golds)
    pages = [
        page_of(
            score_document(pred, gold, spec, name, group, leaves=True),
            spec,
            completion=pred if isinstance(pred, str) else None,
            **more,
        )
        for pred, gold, name, group in zip(preds, golds, names, groups, strict=True)
    ]
    return evaluate(preds, golds, spec, ids=names, by=by), pages


class Elements(HTMLParser):
    """The elements of a page, with their attributes and what each holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def block(html: str, name: str) -> str:
    """Give the text of the script element with an id."""
    found = re.search(rf'<script type="[^"]*" id="{name}">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return found[1]


def index_of(html: str) -> Any:
    return json.loads(block(html, "data"))


def body_of(html: str, n: int) -> Any:
    """Unpack a document, counted from 0."""
    starts = index_of(html)["starts"]
    chunk = max(k for k, first in enumerate(starts) if first <= n)
    return json.loads(zlib.decompress(base64.b64decode(block(html, f"chunk-{chunk}"))))[n - starts[chunk]]


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
