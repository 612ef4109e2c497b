"""Two leaf values -> match: each leaf is written in one normal form, and equal forms match.

A normal form never changes what a value means: there is no case folding and no compatibility mapping
here, because those turn ``10²`` into ``102`` and ``10⁹/L`` into ``109/L``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final


def unicode_text(text: str) -> str:
    """Write a text in NFC, without outer white space and with single inner spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def strip_text(text: str) -> str:
    """Write a text without its outer white space."""
    return text.strip()


_KNOWN: Final = 65_536

FORMS: Final[dict[str, Callable[[str], str]]] = {"unicode": unicode_text, "strip": strip_text}


class KnownForms(dict[str, str]):
    """The normal forms of texts met before; a look-up at C speed where a text comes again.

    Bounded, since predictions feed it: past the bound new texts are written anew each time.
    """

    __slots__ = ("_form",)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._form = FORMS[name]

    def __missing__(self, text: str) -> str:
        form = self._form(text)
        if len(self) < _KNOWN:
            self[text] = form
        return form
