"""Leaves pooled by path, as the paper and Donut do: who stood in which row is not looked at.

All leaves under the same member names are the items of one list, whose items pair as those of any list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from medvie_reward._core.json_values import donut_leaves, is_empty, scalar_text
from medvie_reward._core.paths import ROOT, Place
from medvie_reward.alignment._definition import Aligner, Item, Record, What, only_pred
from medvie_reward.spec import Field, Fields, ListMode, Names

_ALIGN: Final = ListMode("align")


class Pool:
    """The leaves of a plain JSON value by the member names on the way to them.

    Parameters
    ----------
    value
        The value.
    fields
        Its fields.
    reading
        ``json`` (a path is its member names, one after the other) or ``donut`` (see `donut_leaves`).

    Attributes
    ----------
    items
        Names -> the scalars there; empty containers are blank ones.
    fields
        The field of every leaf, in the order of the leaves.
    inner
        The names that have names below them.
    sizes
        Number of leaves, their weight, and how many of them are critical.
    """

    def __init__(self, value: Any, fields: Fields, reading: str) -> None:
        self.items: dict[Names, list[Item]] = {}
        self.fields: list[Field] = []
        self.inner: set[Names] = set()
        leaves = units = critical = 0
        for names, item in _donut(value, fields) if reading == "donut" else _scalars(value, fields):
            self.items.setdefault(names, []).append(item)
            if item.kid:
                self.fields.append(item.field)
                leaves += 1
                units += item.field.units
                critical += item.field.critical
        self.sizes = leaves, units, critical
        for names in self.items:
            self.inner.update(names[:n] for n in range(len(names)))

    def missing(self, names: Names) -> What:
        """Return what becomes of predicted leaves at names that are not here."""
        for n in range(len(names) - 1, -1, -1):
            above = names[:n]
            if above in self.items:
                blank = not any(item.kid for item in self.items[above]) and above not in self.inner
                return "filled_blank" if blank else "invented_field"
        return "invented_field"


def walk(
    out: list[Record], pred: Pool, gold: Pool, aligner: Aligner, bulk: Callable[[Item], None] | None = None
) -> None:
    """Write a record of every leaf of two pools; ``bulk`` takes correct gold leaves instead of records."""
    for names, golds in gold.items.items():
        field = min([item.field for item in golds], key=_name)
        golds = [item._replace(field=field) for item in golds]
        preds = [item._replace(field=field) for item in pred.items.get(names, ())]
        alone: What = "invented_item" if any(item.kid for item in golds) else "invented_field"
        aligner.walk_items(out, preds, golds, _ALIGN, bulk, alone)
    for names, preds in pred.items.items():
        if names not in gold.items:
            what = gold.missing(names)
            field = min([item.field for item in preds], key=_name)
            for item in preds:
                only_pred(out, item._replace(field=field), what)


def _name(field: Field) -> str:
    return field.name


def _scalars(value: Any, fields: Fields) -> Iterator[tuple[Names, Item]]:
    waiting: list[tuple[Any, Field, Place]] = [(value, fields.root, ROOT)]
    while waiting:
        here, field, at = waiting.pop()
        if here.__class__ is dict and here:
            inside = [(x, fields.member(field, name), (at, name)) for name, x in here.items()]
            waiting.extend(reversed(inside))
        elif here.__class__ is list and here:
            inner = fields.items(field)
            waiting.extend([(here[n], inner, (at, n)) for n in range(len(here) - 1, -1, -1)])
        else:
            text = "" if is_empty(here) else field.form(scalar_text(here))
            yield field.names, Item(text, here, field, at)


def _donut(value: Any, fields: Fields) -> Iterator[tuple[Names, Item]]:
    for key, text, at, raw in donut_leaves(value):
        # Donut counts empty texts as leaves, too, so none of its texts may look blank here.
        yield (key,), Item(f"={text}", raw, _field_at(at, fields), at)


def _field_at(at: Place, fields: Fields) -> Field:
    """Return the field of a place."""
    if not at:
        return fields.root
    above, step = at
    outer = _field_at(above, fields)
    return fields.items(outer) if isinstance(step, int) else fields.member(outer, step)
