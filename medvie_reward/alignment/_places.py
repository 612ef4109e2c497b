"""Where the values of gold trees stand, and what predicted trees hold in the same places.

A place is reached by member names; the items of a list share one further place. What stands in a place of
several gold trees is kept together, each value under the name of its tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, Literal

from medvie_reward._core.json_values import SCALARS, scalar_text
from medvie_reward.alignment._growing import GROWING
from medvie_reward.alignment._row_lists import RowLists
from medvie_reward.alignment._worth import Worth
from medvie_reward.spec import Field, Fields

Kind = Literal["texts", "object", "rows", "list", "unknown"]
"""A scalar or a list of scalars, an object, a list of objects, another list, a list that is not weighed."""

Met = dict["TreePlace", dict[int, tuple[Kind, Any]]]
"""What predicted trees hold where they or a gold tree have a list: the line of a tree, kind and value."""

# Up to so many pairs it takes less time to weigh them all than to weigh them in two blocks.
_FEW: Final = 256

# What meets item by item in one place: kind of the predicted value -> kinds of gold values. What is no list
# counts as a list of one. Other pairs are worth nothing, or what they share of leaves.
Meets = dict[Kind, tuple[Kind, ...]]
ROWS: Final[Meets] = {"object": ("rows",), "rows": ("rows",)}
_LISTS: Final[tuple[Meets, ...]] = (
    {"texts": ("list",), "object": ("list",)},
    {"rows": ("list", "object")},
    {"list": ("list", "object", "rows", "texts")},
)


class TreePlace:
    """One place.

    Attributes
    ----------
    field
        The field here.
    members
        The places one name further down.
    leaves
        A text and which copy of it -> the number of that leaf.
    slots
        The number that stands for there being a k-th text.
    kinds
        Name of a gold tree -> what it has here; ``rows`` where all members of the objects are scalars.
    values
        Name of a gold tree -> its value here.
    listed
        Whether some gold tree has something here besides texts and objects.
    """

    __slots__ = (
        "_row_lists", "aligned", "field", "kinds", "leaves", "listed", "members", "slots", "values",
    )  # fmt: skip

    def __init__(self, field: Field, lists: str) -> None:
        self.field = field
        self.aligned = (field.rule.lists or lists) == "align"
        self.members: dict[str, TreePlace] = {}
        self.leaves: dict[tuple[str, int], int] = {}
        self.slots: list[int] = []
        self.kinds: dict[int, Kind] = {}
        self.values: dict[int, Any] = {}
        self.listed = False
        self._row_lists: RowLists | None = None

    def take(self, name: int, kind: Kind, value: Any) -> None:
        """Note what one more gold tree has here."""
        self.kinds[name], self.values[name] = kind, value
        if kind == "rows":
            self._row_lists = None
        self.listed |= kind not in ("texts", "object")

    def kind_of(self, value: list[Any]) -> Kind:
        """Return what a list here is, which is not empty."""
        if not self.aligned:
            return "unknown"
        kinds = set(map(type, value))
        if kinds == {dict}:
            return "rows"
        return "texts" if kinds <= SCALARS else "list"

    def texts(self, scalars: Sequence[Any]) -> Iterator[tuple[str, int]]:
        """Return the texts that are not empty, and which copy each is."""
        form = self.field.form
        copies: dict[str, int] = {}
        for scalar in scalars:
            if text := form(scalar_text(scalar)):
                copy = copies[text] = copies.get(text, -1) + 1
                yield text, copy

    def rows(self, fields: Fields, worth: Worth) -> RowLists:
        """Return the gold lists of flat rows that stand here."""
        found = self._row_lists
        if found is None:
            with GROWING:
                lists = {name: self.values[name] for name, kind in self.kinds.items() if kind == "rows"}
                found = self._row_lists = RowLists(lists, fields.items(self.field), fields, worth)
        return found


class Places:
    """The places of some gold trees, those within lists left out.

    Two trees share a leaf where they have the same text in the same place, the k-th copy of a text in a list
    being a leaf of its own, and they share a slot where both have a k-th text.

    Parameters
    ----------
    field
        The field of the trees.
    lists
        List mode where no rule gives another.
    fields
        All fields.

    Attributes
    ----------
    of
        Per leaf or slot its field, and whether it is a slot.
    sets
        Name of a gold tree -> its leaves and slots.
    most
        The most that a gold tree has of them.
    critical
        Whether some leaf is critical.
    """

    def __init__(self, field: Field, lists: str, fields: Fields) -> None:
        self._root = TreePlace(field, lists)
        self._lists = lists
        self._fields = fields
        self.of: list[tuple[Field, bool]] = []
        self.critical = False
        self.most = 0
        self.sets: dict[int, list[int]] = {}

    def add(self, name: int, tree: Any) -> None:
        """Take one more gold tree."""
        found = self.sets[name] = []
        waiting: list[tuple[TreePlace, Any]] = [(self._root, tree)]
        while waiting:
            place, value = waiting.pop()
            kind: Kind = "texts"
            if type(value) is dict:
                kind = "object"
                for key, x in value.items():
                    child = place.members.get(key)
                    if child is None:
                        field = self._fields.member(place.field, key)
                        child = place.members[key] = TreePlace(field, self._lists)
                    waiting.append((child, x))
            elif type(value) is list:
                if not value:
                    continue
                kind = place.kind_of(value)
                if kind == "rows" and not all(set(map(type, row.values())) <= SCALARS for row in value):
                    kind = "list"
            place.take(name, kind, value)
            if kind == "texts":
                found += self._grow(place, value if type(value) is list else [value])
        self.most = max(self.most, len(found))

    def _grow(self, place: TreePlace, scalars: list[Any]) -> list[int]:
        """Return the leaves and slots of a gold tree's texts, new ones numbered."""
        found: list[int] = []
        of, field = self.of, place.field
        for n, leaf in enumerate(place.texts(scalars)):
            at = place.leaves.get(leaf)
            if at is None:
                at = place.leaves[leaf] = len(of)
                of.append((field, False))
                self.critical |= field.critical
            if n == len(place.slots):
                place.slots.append(len(of))
                of.append((field, True))
            found += at, place.slots[n]
        return found

    def read(self, tree: Any, line: int, met: Met) -> list[int]:
        """Return the leaves and slots of a predicted tree that some gold tree has; note lists it meets."""
        found: list[int] = []
        waiting: list[tuple[TreePlace, Any]] = [(self._root, tree)]
        while waiting:
            place, value = waiting.pop()
            kind: Kind = "texts"
            if value.__class__ is dict:
                kind = "object"
                members = place.members
                waiting += [(members[key], x) for key, x in value.items() if key in members]
            elif value.__class__ is list:
                if not value:
                    continue
                kind = place.kind_of(value)
            if place.listed or kind not in ("texts", "object"):
                met.setdefault(place, {})[line] = kind, value
            if kind == "texts":
                leaves, slots = place.leaves, place.slots
                n = 0
                for leaf in place.texts(value if value.__class__ is list else [value]):
                    if leaf in leaves:
                        found.append(leaves[leaf])
                    n += 1
                found += slots[:n]
        return found


def blocks_of(
    place: TreePlace, lines: dict[int, tuple[Kind, Any]], names: Iterable[int]
) -> Iterator[tuple[Meets, list[int], list[int]]]:
    """Return what is weighed item by item in one place: what meets, predicted lines, names of gold values."""

    def block(meets: Meets) -> tuple[Meets, list[int], list[int]]:
        wanted = set(chain.from_iterable(meets.values()))
        some = [line for line, (kind, _) in lines.items() if kind in meets]
        return meets, some, [name for name in names if place.kinds[name] in wanted] if some else []

    lists = [x for x in map(block, _LISTS) if x[1] and x[2]]
    if len(lists) > 1:
        # Each block goes as deep as the trees do, so two here are four one level further down.
        whole = block({kind: wanted for meets, _, _ in lists for kind, wanted in meets.items()})
        if len(whole[1]) * len(whole[2]) <= _FEW:
            lists = [whole]
    yield from (x for x in (block(ROWS), *lists) if x[1] and x[2])
