"""A gold tree prepared once, and how much of a predicted tree can be matched to it.

What counts is defined recursively. Two scalars, neither empty, are one paired leaf, and a correct one where
their normal forms are equal. Two objects match member by member. Two lists match item by item, one to one, in
the way of the spec's list mode; a scalar or an object that meets a list counts as a list of one. A scalar and
an object do not match. Of all ways to pair items, one with the most correct leaves is taken, and of those one
with the most paired leaves; so how many leaves are correct, wrong, missing and hallucinated is unique and
does not depend on the order of items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from operator import add
from typing import Any, Final

from medvie_reward.assignment import ONE_CORRECT, Pairs, Work, assign_matrix, assign_sets, overlap
from medvie_reward.comparators import FORMS, KnownForms
from medvie_reward.sizes import measure
from medvie_reward.tree import scalar_text

_SCALARS: Final = {str, int, float, bool, type(None)}
# A cache of raw texts per gold: bounded, since predictions feed it.
_CACHE_SIZE: Final = 65_536
# Values come here only after their depth was checked.
_ANY_DEPTH: Final = 1_000


class GoldScalar:
    """A gold scalar in its normal form; ``text`` is empty where the scalar is."""

    __slots__ = ("alone", "raw", "text")

    def __init__(self, raw: Any, text: str) -> None:
        self.raw = raw
        self.text = text
        self.alone: GoldList | None = None


class GoldObject:
    """A gold object: its members, prepared."""

    __slots__ = ("alone", "members", "raw")

    def __init__(self, raw: dict[str, Any], members: dict[str, GoldNode]) -> None:
        self.raw = raw
        self.members = members
        self.alone: GoldList | None = None


class GoldList:
    """A gold list; ``rows`` where all its items are objects of scalars, ``texts`` where all are scalars."""

    __slots__ = ("items", "raw", "rows", "texts")

    def __init__(self, raw: list[Any]) -> None:
        self.raw = raw
        self.items: list[GoldNode] | None = None
        self.rows: RowTable | None = None
        self.texts: list[str] | None = None


GoldNode = GoldScalar | GoldObject | GoldList


class RowTable:
    """The rows of a gold list of flat objects as sets of leaves, one bit per distinct (key, text).

    Attributes
    ----------
    masks
        One bit set per row: key bits lowest, leaf bits above them.
    weights
        What each row weighs where it is matched in full.
    key_bits
        Number of key bits.
    codes
        key -> raw text -> the bits of that leaf: leaf and key, the key alone where no gold row has the
        text, 0 where it is empty. Filled as predictions bring new texts.
    same
        A row of texts as (keys + values) -> positions of the gold rows that are exactly this.
    """

    __slots__ = ("_bits", "_form", "_next", "codes", "join", "key_bits", "key_of", "masks", "same", "weights")

    def __init__(self, rows: list[dict[str, Any]], form: Callable[[str], str], join: str | None) -> None:
        keys = dict.fromkeys(chain.from_iterable(rows))
        self._form = form
        self.key_of: dict[str, int] = {key: 1 << n for n, key in enumerate(keys)}
        self.key_bits = len(keys)
        self.codes: dict[str, dict[str, int]] = {key: {"": 0} for key in keys}
        self._bits: dict[str, dict[str, int]] = {key: {} for key in keys}
        self._next = 1 << self.key_bits
        self.masks = [self._add(row) for row in rows]
        self.weights = [overlap(mask, mask, self.key_bits) for mask in self.masks]
        self.join = 0
        if join is not None:
            for code in self._bits.get(join, {}).values():
                self.join |= code & ~self.key_of[join]
        self.same: dict[tuple[str, ...], list[int]] = {}
        for i, row in enumerate(rows):
            values = tuple(row.values())
            # Only texts: 1, 1.0 and True are equal to Python and different here.
            if set(map(type, values)) <= {str}:
                self.same.setdefault(tuple(row) + values, []).append(i)

    def _add(self, row: dict[str, Any]) -> int:
        """Take in a gold row: a bit for every leaf that none before it had."""
        mask = 0
        for key, value in row.items():
            codes = self.codes[key]
            code = codes.get(value) if value.__class__ is str else None
            if code is None:
                text = self._form(scalar_text(value))
                if not text:
                    continue
                code = self._bits[key].get(text)
                if code is None:
                    code = self._bits[key][text] = self._next | self.key_of[key]
                    self._next <<= 1
                if value.__class__ is str:
                    codes[value] = code
            mask |= code
        return mask

    def mask(self, row: dict[str, Any]) -> int:
        """Write a row as a bit set; leaves under keys that no gold row has are left out."""
        mask = 0
        codes = self.codes
        for key, value in row.items():
            known = codes.get(key)
            if known is not None:
                code = known.get(value) if value.__class__ is str else None
                mask |= self._code(key, value) if code is None else code
        return mask

    def _code(self, key: str, value: Any) -> int:
        if value.__class__ is dict:
            return 0
        if value.__class__ is list:
            # A scalar meets a list as a list of one, so any item may be the one that matches it.
            code = 0
            for item in value:
                code |= self._code(key, item)
            return code
        text = self._form(scalar_text(value))
        code = self._bits[key].get(text, self.key_of[key]) if text else 0
        known = self.codes[key]
        if value.__class__ is str and len(known) < _CACHE_SIZE:
            known[value] = code
        return code


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
    """

    def __init__(self, gold: Any, lists: str, text: str) -> None:
        self.form = FORMS[text]
        # Remembers what it wrote: for the ways that write one text many times.
        self.known_form: Callable[[str], str] = KnownForms(text).__getitem__
        self.by_position = lists == "index"
        self.join = lists[4:] if lists.startswith("key:") else None
        self.root = self.prepare(gold)

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

    def as_list(self, node: GoldNode) -> GoldList:
        """Give a gold list as it is, anything else as a list of one."""
        if isinstance(node, GoldList):
            return node
        if node.alone is None:
            node.alone = self._prepare_list([node.raw])
        return node.alone

    # -- weighing --------------------------------------------------------------------------------------

    def weigh(self, predicted: Any, node: GoldNode, work: Work) -> int:
        """Give ``correct * ONE_CORRECT + paired`` of the best way to match a prediction to a gold node."""
        if isinstance(node, GoldList):
            return self.pair(predicted if type(predicted) is list else [predicted], node, work)[1]
        if type(predicted) is list:
            return self.pair(predicted, self.as_list(node), work)[1]
        if isinstance(node, GoldObject):
            return self._weigh_members(predicted, node, work) if type(predicted) is dict else 0
        if type(predicted) is dict or not node.text:
            return 0
        text = self.form(scalar_text(predicted))
        return (ONE_CORRECT + 1 if text == node.text else 1) if text else 0

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
            return self._pair_in_order(
                range(len(predicted)), range(len(node.raw)), predicted, self.items_of(node), work
            )
        kinds = set(map(type, predicted))
        if node.texts is not None and kinds <= _SCALARS:
            return self._pair_texts(predicted, node.texts)
        if node.rows is not None and kinds == {dict}:
            return self._pair_rows(predicted, node, node.rows, work, ordered)
        return self._pair_items(predicted, node, work, ordered)

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
                free_p.sort(key=lambda i: order_key(predicted[i], self.known_form))
                free_g.sort(key=lambda j: order_key(node.raw[j], self.known_form))
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
        p_keys = [order_key(x, self.known_form) for x in predicted]
        g_keys = [order_key(x, self.known_form) for x in node.raw]
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
        table = self._weigh_all(free_p, free_g, predicted, items, p_keys, work)
        if table is None:
            free_p.sort(key=p_keys.__getitem__)
            free_g.sort(key=g_keys.__getitem__)
            more, extra = self._pair_in_order(free_p, free_g, predicted, items, work)
            return pairs + more, weight + extra
        joined = self._joined(free_p, free_g, predicted, node.raw) if self.join is not None else None
        for a, b in assign_matrix(table, joined):
            pairs.append((free_p[a], free_g[b]))
            weight += table[a][b]
        return pairs, weight

    def _weigh_all(
        self,
        free_p: list[int],
        free_g: list[int],
        predicted: list[Any],
        items: list[GoldNode],
        p_keys: list[str],
        work: Work,
    ) -> list[list[int]] | None:
        """Weigh all pairs, equal predicted items once; None where the work bound runs out."""
        known: dict[str, list[int]] = {}
        table: list[list[int]] = []
        for i in free_p:
            line = known.get(p_keys[i])
            if line is None:
                # A pair costs about as much as its leaves; eight of them are the unit of the bound.
                leaves = measure(predicted[i], _ANY_DEPTH).leaves
                if not work.spend(len(free_g) * (1 + leaves // 8)):
                    return None
                line = known[p_keys[i]] = [self.weigh(predicted[i], items[j], work) for j in free_g]
                if work.limited:
                    return None
            table.append(line)
        return table

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

    def _pair_in_order(
        self,
        free_p: Iterable[int],
        free_g: Iterable[int],
        predicted: list[Any],
        items: list[GoldNode],
        work: Work,
    ) -> tuple[Pairs, int]:
        pairs: Pairs = []
        weight = 0
        for i, j in zip(free_p, free_g, strict=False):
            w = self.weigh(predicted[i], items[j], work)
            if w:
                pairs.append((i, j))
                weight += w
        return pairs, weight


def order_key(value: Any, form: Callable[[str], str]) -> str:
    """Write a value so that equal texts mean equal values, whatever the order of members and items.

    Empty leaves are left out; the key of an empty value is the empty text. The keys serve to tell equal items
    and to put items into an order that does not depend on where they stand.
    """
    if type(value) is dict:
        parts = [f"{key!r}:{inner}" for key, x in value.items() if (inner := order_key(x, form))]
        return "{" + ",".join(sorted(parts)) + "}" if parts else ""
    if type(value) is list:
        parts = [inner for x in value if (inner := order_key(x, form))]
        return "[" + ",".join(sorted(parts)) + "]" if parts else ""
    text = form(scalar_text(value))
    return repr(text) if text else ""
