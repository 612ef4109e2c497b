"""The nodes of a gold tree, prepared to be matched many times."""

from __future__ import annotations

from typing import Any

from medvie_reward.fields import Field
from medvie_reward.row_table import RowTable


def join_of(mode: str) -> str | None:
    """Give the member that a list mode joins items by."""
    return mode[4:] if mode.startswith("key:") else None


class GoldScalar:
    """A gold scalar in its normal form; ``text`` is empty where the scalar is."""

    __slots__ = ("field", "raw", "text")

    def __init__(self, raw: Any, text: str, field: Field) -> None:
        self.raw = raw
        self.text = text
        self.field = field


class GoldObject:
    """A gold object: its members, prepared."""

    __slots__ = ("field", "members", "raw")

    def __init__(self, raw: dict[str, Any], members: dict[str, GoldNode], field: Field) -> None:
        self.raw = raw
        self.members = members
        self.field = field


class GoldList:
    """A gold list; ``rows`` where all its items are objects of scalars, ``texts`` where all are scalars.

    ``mode`` is the list mode that holds here, ``inner`` the field of the items, and ``order`` the positions
    of rows sorted by what they hold, once somebody asked.
    """

    __slots__ = ("field", "inner", "items", "mode", "order", "raw", "rows", "texts")

    def __init__(self, raw: list[Any], mode: str, field: Field, inner: Field) -> None:
        self.raw = raw
        self.mode = mode
        self.field = field
        self.inner = inner
        self.items: list[GoldNode] | None = None
        self.rows: RowTable | None = None
        self.texts: list[str] | None = None
        self.order: list[int] | None = None

    @property
    def by_position(self) -> bool:
        """Whether items pair by position."""
        return self.mode == "index"

    @property
    def join(self) -> str | None:
        """The member that items are joined by."""
        return join_of(self.mode)


GoldNode = GoldScalar | GoldObject | GoldList
