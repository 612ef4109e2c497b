"""A gold tree prepared once, and how much of a predicted tree can be matched to it.

What counts is defined recursively. Two scalars, neither empty, are one paired leaf, and a correct one where
their normal forms are equal. Two objects match member by member. Two lists match item by item, one to one, in
the way of the spec's list mode; a scalar or an object that meets a list counts as a list of one, and may
stand for any item of that list, however deep it is nested. A scalar and an object do not match. Of all ways
to pair items, one with the most correct leaves is taken, and of those one with the most paired leaves; so how
many leaves are correct, wrong, missing and hallucinated is unique and does not depend on the order of items.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from operator import add
from typing import Any, Final

from medvie_reward.assignment import (
    ONE_CORRECT,
    Pairs,
    Work,
    assign_matrix,
    assign_sets,
    load_solver,
    overlap,
)
from medvie_reward.comparators import FORMS, KnownForms
from medvie_reward.row_table import RowTable
from medvie_reward.sizes import measure
from medvie_reward.tree import scalar_text

_SCALARS: Final = {str, int, float, bool, type(None)}
# Values come here only after their depth was checked.
_ANY_DEPTH: Final = 1_000
_SHALLOW: Final = 40


class GoldScalar:
    """A gold scalar in its normal form; ``text`` is empty where the scalar is."""

    __slots__ = ("raw", "text")

    def __init__(self, raw: Any, text: str) -> None:
        self.raw = raw
        self.text = text


class GoldObject:
    """A gold object: its members, prepared."""

    __slots__ = ("members", "raw")

    def __init__(self, raw: dict[str, Any], members: dict[str, GoldNode]) -> None:
        self.raw = raw
        self.members = members


class GoldList:
    """A gold list; ``rows`` where all its items are objects of scalars, ``texts`` where all are scalars."""

    __slots__ = ("items", "raw", "rows", "texts")

    def __init__(self, raw: list[Any]) -> None:
        self.raw = raw
        self.items: list[GoldNode] | None = None
        self.rows: RowTable | None = None
        self.texts: list[str] | None = None


GoldNode = GoldScalar | GoldObject | GoldList


class Matcher:
    """A gold value prepared for many predictions.

    Parameters
    ----------
    gold
        A plain JSON value.
    lists
        List mode: ``align``, ``index`` or ``key:<member>``.
    text
        Name of the normal form of leaf values.
    depth
        How deep the gold nests, in containers.
    """

    def __init__(self, gold: Any, lists: str, text: str, depth: int) -> None:
        self.form = FORMS[text]
        # Remembers what it wrote: for the ways that write one text many times.
        self.known_form: Callable[[str], str] = KnownForms(FORMS[text]).__getitem__
        self.by_position = lists == "index"
        self.join = lists[4:] if lists.startswith("key:") else None
        self.root = self.prepare(gold)
        if depth > _SHALLOW:
            load_solver()  # now, while the stack is shallow

    # -- preparing -------------------------------------------------------------------------------------

    def prepare(self, value: Any) -> GoldNode:
        """Prepare a gold value."""
        if type(value) is dict:
            return GoldObject(value, {key: self.prepare(x) for key, x in value.items()})
        if type(value) is list:
            return self._prepare_list(value)
        return GoldScalar(value, self.form(scalar_text(value)))

    def _prepare_list(self, value: list[Any]) -> GoldList:
        node = GoldList(value)
        kinds = set(map(type, value))
        if self.by_position or not value:
            return node
        if kinds == {dict}:
            if set(map(type, chain.from_iterable(map(dict.values, value)))) <= _SCALARS:
                node.rows = RowTable(value, self.form, self.join)
        elif kinds <= _SCALARS:
            node.texts = [self.form(scalar_text(x)) for x in value]
        return node

    def items_of(self, node: GoldList) -> list[GoldNode]:
        """Give the items of a gold list, prepared when first asked for."""
        if node.items is None:
            node.items = [self.prepare(x) for x in node.raw]
        return node.items

    # -- weighing --------------------------------------------------------------------------------------

    def weigh(self, predicted: Any, node: GoldNode, work: Work) -> int:
        """Give ``correct * ONE_CORRECT + paired`` of the best way to match a prediction to a gold node."""
        if isinstance(node, GoldList):
            if type(predicted) is list:
                return self.pair(predicted, node, work)[1]
            if node.rows is not None or node.texts is not None:
                return self.pair([predicted], node, work)[1]
            return self.best_of([(predicted, item) for item in self.spread_gold(node)], work)[1]
        if type(predicted) is list:
            return self.best_of([(item, node) for item in self.spread(predicted)], work)[1]
        if isinstance(node, GoldObject):
            return self._weigh_members(predicted, node, work) if type(predicted) is dict else 0
        if type(predicted) is dict or not node.text:
            return 0
        text = self.form(scalar_text(predicted))
        return (ONE_CORRECT + 1 if text == node.text else 1) if text else 0

    def spread(self, items: list[Any]) -> list[Any]:
        """Give the items that a lone gold value may stand for: no lists, however deep they are nested."""
        found: list[Any] = []
        waiting = list(reversed(items[:1] if self.by_position else items))
        while waiting:
            item = waiting.pop()
            if type(item) is list:
                waiting.extend(reversed(item[:1] if self.by_position else item))
            else:
                found.append(item)
        return found

    def spread_gold(self, node: GoldList) -> list[GoldNode]:
        """Give the gold items that a lone predicted value may stand for."""
        found: list[GoldNode] = []
        waiting: list[GoldNode] = [node]
        while waiting:
            item = waiting.pop()
            if isinstance(item, GoldList):
                inner = self.items_of(item)
                waiting.extend(reversed(inner[:1] if self.by_position else inner))
            else:
                found.append(item)
        return found

    def best_of(self, pairs: list[tuple[Any, GoldNode]], work: Work) -> tuple[int, int]:
        """Give the position of the best of some pairs, none of them of lists, and its weight; -1 for none.

        A pair that shares the joining member goes before any other; of equal pairs the first in the order of
        what they hold is taken.
        """
        if not work.spend(len(pairs)):
            pairs = pairs[: work.left]
        at, weight = -1, 0
        best: tuple[bool, int] = (False, 0)
        for n, (predicted, node) in enumerate(pairs):
            w = self.weigh(predicted, node, work)
            joins = self.join is not None and not self._join_texts(predicted).isdisjoint(
                self._join_texts(node.raw)
            )
            rank = (joins, w)
            if rank > best or (rank == best and at >= 0 and self._before(pairs[n], pairs[at], work)):
                at, weight, best = n, w, rank
        return at, weight

    def _before(self, a: tuple[Any, GoldNode], b: tuple[Any, GoldNode], work: Work) -> bool:
        """Tell whether one of two equally good pairs comes first in the order of what they hold."""
        a_key, b_key = (
            (order_key(p, self.known_form, work.keys), order_key(g.raw, self.known_form, work.keys))
            for p, g in (a, b)
        )
        return a_key < b_key

    def _weigh_members(self, predicted: dict[str, Any], node: GoldObject, work: Work) -> int:
        weight = 0
        members = node.members
        for key, value in predicted.items():
            child = members.get(key)
            if child is None:
                continue
            if isinstance(child, GoldScalar) and value.__class__ is str:
                # The commonest case by far, so it is not left to a call.
                if value and child.text:
                    if value == child.raw:
                        weight += ONE_CORRECT + 1
                    elif text := self.form(value):
                        weight += ONE_CORRECT + 1 if text == child.text else 1
            else:
                weight += self.weigh(value, child, work)
        return weight

    def pair(
        self, predicted: list[Any], node: GoldList, work: Work, ordered: bool = False
    ) -> tuple[Pairs, int]:
        """Pair the items of two lists.

        Parameters
        ----------
        predicted
            The predicted list.
        node
            The gold list.
        work
            The work bound.
        ordered
            Whether ties are to be broken by what the items hold instead of where they stand.

        Returns
        -------
        tuple
            Pairs of positions (predicted, gold), and their weight.
        """
        if not predicted or not node.raw:
            return [], 0
        if self.by_position:
            return self._pair_by_position(predicted, self.items_of(node), work)
        kinds = set(map(type, predicted))
        if node.texts is not None and kinds <= _SCALARS:
            return self._pair_texts(predicted, node.texts)
        if node.rows is not None and kinds == {dict}:
            return self._pair_rows(predicted, node, node.rows, work, ordered)
        return self._pair_items(predicted, node, work, ordered)

    def _pair_by_position(self, predicted: list[Any], items: list[GoldNode], work: Work) -> tuple[Pairs, int]:
        pairs: Pairs = []
        weight = 0
        for n, (value, item) in enumerate(zip(predicted, items, strict=False)):
            if w := self.weigh(value, item, work):
                pairs.append((n, n))
                weight += w
        return pairs, weight

    def _pair_texts(self, predicted: list[Any], texts: list[str]) -> tuple[Pairs, int]:
        """Pair two lists of scalars as multisets; what is left over pairs while both sides last."""
        places: dict[str, list[int]] = {}
        for j, text in reversed(list(enumerate(texts))):
            if text:
                places.setdefault(text, []).append(j)
        pairs: Pairs = []
        rest: list[tuple[str, int]] = []
        for i, value in enumerate(predicted):
            if text := self.form(scalar_text(value)):
                same = places.get(text)
                if same:
                    pairs.append((i, same.pop()))
                else:
                    rest.append((text, i))
        correct = len(pairs)
        if rest:
            free = sorted((text, j) for text, same in places.items() for j in same)
            pairs.extend((i, j) for (_, i), (_, j) in zip(sorted(rest), free, strict=False))
        return pairs, correct * ONE_CORRECT + len(pairs)

    def _pair_rows(
        self, predicted: list[dict[str, Any]], node: GoldList, rows: RowTable, work: Work, ordered: bool
    ) -> tuple[Pairs, int]:
        pairs: Pairs = []
        free_p: list[int]
        used: set[int] = set()
        try:
            # A predicted row that is a gold row to the letter pairs with it: one look-up, at C speed.
            names = map(tuple, predicted)
            found = list(map(rows.same.get, map(add, names, map(tuple, map(dict.values, predicted)))))
        except TypeError:  # a value that cannot be hashed: some row is not flat
            free_p = list(range(len(predicted)))
        else:
            free_p = []
            for i, places in enumerate(found):
                if places is not None:
                    for j in places:
                        if j not in used:
                            used.add(j)
                            pairs.append((i, j))
                            break
                    else:
                        free_p.append(i)
                else:
                    free_p.append(i)
        masks = rows.masks
        weight = sum(map(rows.weights.__getitem__, used))
        free_g = [j for j in range(len(masks)) if j not in used] if len(used) < len(masks) else []
        if free_p and free_g:
            if ordered:
                free_p.sort(key=lambda i: order_key(predicted[i], self.known_form, work.keys))
                free_g.sort(key=lambda j: order_key(node.raw[j], self.known_form, work.keys))
            p = [rows.mask(predicted[i]) for i in free_p]
            g = [masks[j] for j in free_g]
            for a, b in assign_sets(p, g, rows.key_bits, work, rows.join):
                pairs.append((free_p[a], free_g[b]))
                weight += overlap(p[a], g[b], rows.key_bits)
        return pairs, weight

    def _pair_items(
        self, predicted: list[Any], node: GoldList, work: Work, ordered: bool
    ) -> tuple[Pairs, int]:
        """Pair items of any shape: equal ones first, the rest by weighing every pair."""
        items = self.items_of(node)
        p_keys = [order_key(x, self.known_form, work.keys) for x in predicted]
        g_keys = [order_key(x, self.known_form, work.keys) for x in node.raw]
        free_p = [i for i, key in enumerate(p_keys) if key]
        free_g = [j for j, key in enumerate(g_keys) if key]
        pairs: Pairs = []
        weight = 0
        # With a joining member, nested joins can make equal items worth more apart.
        if self.join is None:
            waiting: dict[str, list[int]] = {}
            for j in reversed(free_g):
                waiting.setdefault(g_keys[j], []).append(j)
            rest_p = []
            for i in free_p:
                same = waiting.get(p_keys[i])
                if same:
                    j = same.pop()
                    pairs.append((i, j))
                    weight += measure(node.raw[j], _ANY_DEPTH).leaves * (ONE_CORRECT + 1)
                else:
                    rest_p.append(i)
            free_p = rest_p
            free_g = sorted(j for same in waiting.values() for j in same)
        if not free_p or not free_g:
            return pairs, weight
        if ordered:
            free_p.sort(key=p_keys.__getitem__)
            free_g.sort(key=g_keys.__getitem__)
        table: list[list[int]] = []
        known: dict[str, list[int]] = {}
        for i in free_p:
            line = known.get(p_keys[i])
            if line is None:
                # A pair costs about as much as its leaves; eight of them are the unit of the bound.
                leaves = measure(predicted[i], _ANY_DEPTH).leaves
                line = known[p_keys[i]] = []
                if not work.limited and work.spend(len(free_g) * (1 + leaves // 8)):
                    # Weighed right here, not in a helper: every level of nesting costs stack.
                    for j in free_g:
                        line.append(self.weigh(predicted[i], items[j], work))
                if work.limited:
                    break
            table.append(line)
        if work.limited:
            # By what they hold, one to one: never better than the best.
            free_p.sort(key=p_keys.__getitem__)
            free_g.sort(key=g_keys.__getitem__)
            for i, j in zip(free_p, free_g, strict=False):
                if w := self.weigh(predicted[i], items[j], work):
                    pairs.append((i, j))
                    weight += w
            return pairs, weight
        joined = self._joined(free_p, free_g, predicted, node.raw) if self.join is not None else None
        for a, b in assign_matrix(table, joined):
            pairs.append((free_p[a], free_g[b]))
            weight += table[a][b]
        return pairs, weight

    def _joined(
        self, free_p: list[int], free_g: list[int], predicted: list[Any], gold: list[Any]
    ) -> list[list[int]]:
        wanted = [self._join_texts(gold[j]) for j in free_g]
        return [
            [1 if mine & g else 0 for g in wanted]
            for mine in (self._join_texts(predicted[i]) for i in free_p)
        ]

    def _join_texts(self, item: Any) -> set[str]:
        """Give the joining member's values: one, or several where it holds a list of scalars."""
        found: set[str] = set()
        waiting = [item.get(self.join)] if type(item) is dict else []
        while waiting:
            value = waiting.pop()
            if type(value) is list:
                waiting.extend(value)
            elif type(value) is not dict and (text := self.form(scalar_text(value))):
                found.add(text)
        return found


def order_key(value: Any, form: Callable[[str], str], known: dict[int, str]) -> str:
    """Write a value so that equal texts mean equal values, whatever the order of members and items.

    Empty leaves are left out; the key of an empty value is the empty text. The keys serve to tell equal items
    and to put items into an order that does not depend on where they stand.

    Parameters
    ----------
    value
        A plain JSON value.
    form
        The normal form of texts.
    known
        Keys of containers, by identity; filled as containers are met.
    """
    if type(value) is not dict and type(value) is not list:
        text = form(scalar_text(value))
        return repr(text) if text else ""
    key = known.get(id(value))
    if key is None:
        parts = []
        if type(value) is dict:
            for name, x in value.items():
                if inner := order_key(x, form, known):
                    parts.append(f"{name!r}:{inner}")
            key = "{" + ",".join(sorted(parts)) + "}" if parts else ""
        else:
            for x in value:
                if inner := order_key(x, form, known):
                    parts.append(inner)
            key = "[" + ",".join(sorted(parts)) + "]" if parts else ""
        known[id(value)] = key
    return key
