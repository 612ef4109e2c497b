"""How the items of two lists pair, as specs, rules and schemas write it."""

from __future__ import annotations

from typing import Any, NamedTuple

_KEY = "key:"


class ListMode(NamedTuple):
    """A list mode.

    Attributes
    ----------
    name
        ``align``, ``bag``, ``index`` or ``key``.
    member
        The member by which ``key`` joins items, else ``None``.
    """

    name: str
    member: str | None = None

    @classmethod
    def parse(cls, text: Any) -> ListMode | None:
        """Read ``align``, ``bag``, ``index`` or ``key:<member>``; ``None`` where it is none of them."""
        if type(text) is not str:
            return None
        if text in ("align", "bag", "index"):
            return cls(text)
        named = text.startswith(_KEY) and len(text) > len(_KEY)
        return cls("key", text[len(_KEY) :]) if named else None

    @classmethod
    def for_lists(cls, text: Any) -> ListMode | None:
        """Read a mode that a single list may have: any but ``bag``, which is for whole documents."""
        mode = cls.parse(text)
        return None if mode is None or mode.name == "bag" else mode
