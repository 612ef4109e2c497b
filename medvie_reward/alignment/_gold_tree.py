"""The nodes of a gold tree, prepared to be matched many times."""

from __future__ import annotations

from itertools import chain
from typing import Any

from medvie_reward._core.json_values import is_empty
from medvie_reward.alignment._list_table import ListTable
from medvie_reward.alignment._row_table import RowTable
from medvie_reward.alignment._sure_pairs import Shared
from medvie_reward.alignment._worth import Worth, measure_leaves
from medvie_reward.spec import Field, Fields, ListMode


def join_of(mode: str) -> str | None:
    """Return the member that a list mode joins items by."""
    parsed = ListMode.parse(mode)
    return None if parsed is None else parsed.member


def spread(items: list[Any], mode: str) -> list[Any]:
    """Return the items that a lone gold value may stand for, no lists, the outer ones first."""
    found: list[Any] = []
    most = 1 if mode == "index" else None
    level = [items]
    while level:
        inner: list[list[Any]] = []
        for item in chain.from_iterable(x[:most] for x in level):
            (inner if type(item) is list else found).append(item)
        level = inner
    return found


class GoldScalar:
    """A gold scalar in its normal form; ``text`` is empty where the scalar is."""

    __slots__ = ("field", "raw", "text")

    def __init__(self, raw: Any, text: str, field: Field) -> None:
        self.raw = raw
        self.text = text
        self.field = field


class GoldObject:
    """A gold object: its members, prepared; ``leaves`` are counted by field once somebody asked."""

    __slots__ = ("field", "leaves", "members", "raw")

    def __init__(self, raw: dict[str, Any], members: dict[str, GoldNode], field: Field) -> None:
        self.raw = raw
        self.members = members
        self.field = field
        self.leaves: list[tuple[Field, int]] | None = None


class GoldList:
    """A gold list: ``rows`` where all its items are objects of scalars, ``texts`` where all are scalars.

    ``texts`` are in their normal form, and ``forms`` has those of raw texts where all items are texts.
    ``mode`` is the list mode that holds here, ``inner`` the field of the items. Once somebody asked,
    ``order`` are the positions of rows sorted by what they hold, and ``keys`` the keys of items of any shape
    and the positions of those that can pair, sorted by them. ``leaves`` are as for objects.
    """

    __slots__ = (
        "_lists", "field", "forms", "inner", "items", "keys", "leaves", "mode", "order", "raw", "rows",
        "shared", "texts",
    )  # fmt: skip

    def __init__(self, raw: list[Any], mode: str, field: Field, inner: Field) -> None:
        self.raw = raw
        self.mode = mode
        self.field = field
        self.inner = inner
        self.items: list[GoldNode] | None = None
        self.rows: RowTable | None = None
        self.texts: list[str] | None = None
        self.forms: dict[Any, str] = {}
        self.order: list[int] | None = None
        self.keys: tuple[list[str], list[int]] | None = None
        self.leaves: list[tuple[Field, int]] | None = None
        self.shared: Shared | None = None
        self._lists: ListTable | None = None

    @property
    def by_position(self) -> bool:
        """Whether items pair by position."""
        return self.mode == "index"

    @property
    def join(self) -> str | None:
        """The member that items are joined by."""
        return join_of(self.mode)

    def lists(self, fields: Fields, worth: Worth, lists: str = "align") -> ListTable:
        """Return the items, to be weighed at once; they must be prepared, and pair by ``align``.

        ``lists`` is the list mode where no rule gives another.
        """
        if self._lists is None:
            inner = [(j, x) for j, x in enumerate(self.items or ()) if isinstance(x, GoldList)]
            self._lists = ListTable(
                self.raw,
                {j: x.texts for j, x in inner if x.texts is not None},
                {j: x.raw for j, x in inner if x.rows is not None},
                lists,
                self.inner,
                fields,
                worth,
            )
        return self._lists


GoldNode = GoldScalar | GoldObject | GoldList


def meet(predicted: Any, node: GoldNode) -> bool:
    """Check quickly that a pair is worth something, since a leaf of each pairs; False proves nothing."""
    if isinstance(node, GoldObject):
        if type(predicted) is not dict:
            return False
        return any(
            isinstance(child, GoldScalar) and child.text and _has_text(predicted.get(key))
            for key, child in node.members.items()
        )
    if not isinstance(node, GoldList) or type(predicted) is not list:
        return False
    if node.texts is not None:
        return any(node.texts) and any(map(_has_text, predicted))
    if node.rows is None or set(map(type, predicted)) != {dict}:
        return False
    return node.rows.read(predicted[0])[0] & node.rows.masks[0] > 0


def _has_text(value: Any) -> bool:
    return value.__class__ is str and not is_empty(value)


def count_gold(node: GoldNode, fields: Fields) -> tuple[int, int, int]:
    """Count the leaves of a gold node, their units, and the critical ones, as `measure_leaves` would.

    What was prepared knows already where texts are empty.
    """
    if isinstance(node, GoldScalar):
        return (1, node.field.units, int(node.field.critical)) if node.text else (0, 0, 0)
    if isinstance(node, GoldObject):
        leaves = units = critical = 0
        for child in node.members.values():
            n, weight, critical_ones = count_gold(child, fields)
            leaves += n
            units += weight
            critical += critical_ones
        return leaves, units, critical
    if node.rows is not None:
        return node.rows.count()
    return measure_leaves(node.raw, fields, node.field)


def count_fields(node: GoldNode, fields: Fields) -> list[tuple[Field, int]]:
    """Count the leaves of a gold node by field."""
    counts: dict[Field, int] = {}
    waiting: list[tuple[Any, Field]] = [(node.raw, node.field)]
    while waiting:
        value, field = waiting.pop()
        if value.__class__ is dict:
            waiting.extend([(x, fields.member(field, key)) for key, x in value.items()])
        elif value.__class__ is list:
            inner = fields.items(field)
            waiting.extend([(x, inner) for x in value])
        elif not is_empty(value):
            counts[field] = counts.get(field, 0) + 1
    return list(counts.items())
