"""Leaves pooled by path, as the paper and Donut do: who stood in which row is not looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from medvie_reward._core.json_values import donut_leaves, is_empty, scalar_text
from medvie_reward._core.paths import ROOT, Place, field_text, shape
from medvie_reward.alignment._walker import Write
from medvie_reward.spec import Field, Fields, HallucinationKind

_Found = tuple[str, Any, Place]


class Bin:
    """The leaves at one path of member names.

    Attributes
    ----------
    field
        What holds for them.
    members
        The bins one name further down.
    leaves
        The gold's leaves here: normal form, raw value, place.
    texts
        Normal form -> how many gold leaves have it.
    blanks
        Number of the gold's empty values here.
    """

    __slots__ = ("blanks", "field", "leaves", "members", "texts")

    def __init__(self, field: Field) -> None:
        self.field = field
        self.members: dict[str, Bin] = {}
        self.leaves: list[_Found] = []
        self.texts: dict[str, int] = {}
        self.blanks = 0

    def add(self, text: str, raw: Any, at: Place) -> None:
        """Take in one gold leaf."""
        self.leaves.append((text, raw, at))
        self.texts[text] = self.texts.get(text, 0) + 1


class Pool:
    """A gold value prepared for pooling leaves by path.

    Parameters
    ----------
    gold
        A plain JSON value.
    fields
        The fields of the gold.
    reading
        ``json`` (a path is its member names, one after the other) or ``donut`` (see `donut_leaves`).

    Attributes
    ----------
    bins
        The gold's bins that have leaves.
    """

    def __init__(self, gold: Any, fields: Fields, reading: str) -> None:
        self.fields = fields
        self.reading = reading
        self.root = Bin(fields.root)
        if reading == "donut":
            for key, text, at, raw in donut_leaves(gold):
                if key not in self.root.members:
                    self.root.members[key] = Bin(fields.member(fields.root, key))
                self.root.members[key].add(text, raw, at)
        else:
            self._add(gold, self.root, ROOT)
        self.bins = self._filled()

    def _add(self, value: Any, here: Bin, at: Place) -> None:
        if is_empty(value):
            here.blanks += 1
        elif type(value) is dict:
            for key, x in value.items():
                child = here.members.get(key)
                if child is None:
                    child = here.members[key] = Bin(self.fields.member(here.field, key))
                self._add(x, child, (at, key))
        elif type(value) is list:
            for i, x in enumerate(value):
                self._add(x, here, (at, i))
        else:
            here.add(here.field.form(scalar_text(value)), value, at)

    def _filled(self) -> list[Bin]:
        found: list[Bin] = []
        waiting = [self.root]
        while waiting:
            here = waiting.pop()
            if here.leaves:
                found.append(here)
            waiting.extend(reversed(here.members.values()))
        return found

    def walk(
        self,
        pred: Any,
        write: Write,
        bulk: Callable[[Field, int], None] | None = None,
        named: bool = True,
    ) -> None:
        """Hand out every leaf of the gold and of a plain predicted value.

        Leaves of one path match as multisets; what is left over pairs as wrong while both sides last.

        Parameters
        ----------
        pred
            The prediction.
        write
            What takes the leaves.
        bulk
            What takes the number of correct leaves of a field, instead of the leaves one by one.
        named
            Whether names of fields need their list marks.
        """
        found = _Leaves(self)
        if self.reading == "donut":
            for key, text, at, raw in donut_leaves(pred):
                found.at(found.member(self.root, key)).append((text, raw, at))
        else:
            found.collect(pred, self.root, ROOT)
        for here in self.bins:
            self._match(here, found.by_bin.pop(here, []), None, write, bulk, named)
        for here, preds in found.by_bin.items():
            self._match(here, preds, found.kinds.get(here), write, bulk, named)

    def _match(
        self,
        here: Bin,
        preds: list[_Found],
        kind: HallucinationKind | None,
        write: Write,
        bulk: Callable[[Field, int], None] | None,
        named: bool,
    ) -> None:
        left = dict(here.texts)
        rest: list[_Found] = []
        hits: list[_Found] = []
        for found in preds:
            n = left.get(found[0], 0)
            if n:
                left[found[0]] = n - 1
                hits.append(found)
            else:
                rest.append(found)
        field = _named(here, preds) if named else here.field
        if field.graded and (len(preds) > 1 or len(here.leaves) > 1):
            field = _renamed(field, field.name)  # which text stands for which is not known
        free: list[_Found] = []
        if bulk is not None and len(hits) == len(here.leaves):
            bulk(field, len(hits))
        else:
            waiting: dict[str, list[_Found]] = {}
            for leaf in reversed(here.leaves):
                waiting.setdefault(leaf[0], []).append(leaf)
            for text, p, p_at in hits:
                _, g, g_at = waiting[text].pop()
                if bulk is None:
                    write(field, "correct", None, g_at, p_at, g, p)
            if bulk is not None and hits:
                bulk(field, len(hits))
            free = sorted((leaf for same in waiting.values() for leaf in same), key=_by_text)
        rest.sort(key=_by_text)
        for (_, g, g_at), (_, p, p_at) in zip(free, rest, strict=False):
            write(field, "wrong", None, g_at, p_at, g, p)
        for _, g, g_at in free[len(rest) :]:
            write(field, "missing", None, g_at, None, g, None)
        for n, (_, p, p_at) in enumerate(rest[len(free) :]):
            what = kind or ("filled_blank" if n < here.blanks else "invented_item" if here.leaves else None)
            write(field, "hallucinated", what or "invented_field", None, p_at, None, p)


def _by_text(found: _Found) -> str:
    return found[0]


def _named(here: Bin, preds: list[_Found]) -> Field:
    """Name a bin's field with list marks; one serves for places inside a list and outside."""
    shapes = {shape(at): at for _, _, at in here.leaves or preds}
    return _renamed(here.field, min(map(field_text, shapes.values())), here.field.graded)


def _renamed(field: Field, name: str, graded: bool = False) -> Field:
    made = Field(field.names, name, field.rule, field.form, field.units, field.listed)
    made.graded = graded
    return made


class _Leaves:
    """A prediction's leaves by bin; a path that the gold lacks gets a bin of its own and a kind."""

    def __init__(self, pool: Pool) -> None:
        self.fields = pool.fields
        self.by_bin: dict[Bin, list[_Found]] = {}
        self.kinds: dict[Bin, HallucinationKind] = {}
        self._new: dict[tuple[int, str], Bin] = {}

    def at(self, here: Bin) -> list[_Found]:
        """Return the leaves of a bin, to be appended to."""
        return self.by_bin.setdefault(here, [])

    def member(self, here: Bin, key: str) -> Bin:
        """Return the bin of a member."""
        known = here.members.get(key) or self._new.get((id(here), key))
        if known is None:
            known = self._new[id(here), key] = Bin(self.fields.member(here.field, key))
            blank = here.blanks and not here.members
            self.kinds[known] = self.kinds.get(here) or ("filled_blank" if blank else "invented_field")
        return known

    def collect(self, value: Any, here: Bin, at: Place) -> None:
        """Take in the leaves of a value."""
        if type(value) is dict:
            members = here.members
            for key, x in value.items():
                child = members.get(key) or self.member(here, key)
                if x.__class__ is str:
                    if x and (text := child.field.form(x)):
                        self.at(child).append((text, x, (at, key)))
                else:
                    self.collect(x, child, (at, key))
        elif type(value) is list:
            for i, x in enumerate(value):
                self.collect(x, here, (at, i))
        elif text := here.field.form(scalar_text(value)):
            self.at(here).append((text, value, at))
