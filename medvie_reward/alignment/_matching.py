"""A gold tree prepared once, and how much of a predicted tree can be matched to it.

What counts is defined recursively. Two scalars, neither empty, are one paired leaf, and a correct one where
their normal forms are equal. Two objects match member by member. Two lists match item by item, one to one, in
the way of the list mode that holds there; a scalar or an object that meets a list counts as a list of one,
and may stand for any item of that list, however deep it is nested. A scalar and an object do not match. Of
all ways to pair items, one with the most correct leaves by weight is taken, and of those the one that the
reward likes best (see `worth`; without costs: the most paired leaves). So how many leaves are correct,
wrong, missing and hallucinated does not depend on the order of items.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, Final

from medvie_reward._core.json_values import SCALARS, is_empty, order_key, scalar_text
from medvie_reward._core.sizes import count_leaves, measure
from medvie_reward.alignment._assignment import Work, assign_sets, reduce_sets
from medvie_reward.alignment._gold_tree import (
    GoldList,
    GoldNode,
    GoldObject,
    GoldScalar,
    count_fields,
    count_gold,
    join_of,
    meet,
    spread,
)
from medvie_reward.alignment._item_keys import pair_equal, sort_items
from medvie_reward.alignment._list_table import FEW_ROWS, PairTable
from medvie_reward.alignment._row_pairs import RowPairs, pair_none, pair_same
from medvie_reward.alignment._row_table import RowTable
from medvie_reward.alignment._solver import Pairs, assign_matrix, load_solver
from medvie_reward.alignment._sure_pairs import Shared, SurePairs
from medvie_reward.alignment._worth import Worth, measure_leaves
from medvie_reward.spec import Field, Fields, Spec

_NESTING: Final = (dict, list)
_SHALLOW: Final = 40
# With fewer gold items than this, or more, or fewer leaves in each, bounds take longer than what they save.
_FEWEST_BOUND: Final = 3
_MOST_BOUND: Final = 128
_LEAVES_BOUND: Final = 16
# How many times the gold's leaves may be read for bounds: lists inside lists have them again.
_TIMES_BOUND: Final = 8
# How many pairings of rows an alignment keeps.
_PAIRED: Final = 1_000


class Matcher:
    """A gold value prepared for many predictions.

    Parameters
    ----------
    gold
        A plain JSON value.
    spec
        The spec; its lists do not pair as ``bag``.
    fields
        The fields of the gold and of what is compared with it, where they are not the spec's own.

    Attributes
    ----------
    worth
        What leaves are worth against this gold.
    """

    def __init__(self, gold: Any, spec: Spec, fields: Fields | None = None) -> None:
        fields = self.fields = fields or spec.fields
        self.lists = spec.lists
        self.known_form: Callable[[str], str] = fields.exact
        self._tables: list[RowTable] | None = []
        self._gold_keys: dict[int, str] = {}
        self._bounded = 0  # how many leaves were read for bounds
        self._nesting = 0  # at least as many containers as the gold nests, or more than _SHALLOW
        self.root = self.prepare(gold, fields.root)
        if self._nesting > _SHALLOW and measure(gold, _SHALLOW).depth > _SHALLOW:
            load_solver()  # now, while the stack is shallow
        self.worth = Worth(spec, *count_gold(self.root, fields))
        self.by_kind = self.worth.by_kind
        self._by_key = not self.by_kind and self.lists == "align" and fields.lists <= {"align"}
        for table in self._tables:
            table.weigh_by(self.worth)
        self._tables = None

    # -- preparing -------------------------------------------------------------------------------------

    def mode_of(self, field: Field) -> str:
        """Return the list mode that holds at a field."""
        return field.rule.lists or self.lists

    def prepare(self, value: Any, field: Field) -> GoldNode:
        """Prepare a gold value."""
        if type(value) is dict:
            self._nesting += 1
            member = self.fields.member
            return GoldObject(
                value, {key: self.prepare(x, member(field, key)) for key, x in value.items()}, field
            )
        if type(value) is list:
            return self._prepare_list(value, field)
        return GoldScalar(value, field.form(scalar_text(value)), field)

    def _prepare_list(self, value: list[Any], field: Field) -> GoldList:
        inner = self.fields.items(field)
        node = GoldList(value, self.mode_of(field), field, inner)
        if not value:
            return node
        self._nesting += 2
        kinds = set(map(type, value))
        if not node.by_position and kinds == {dict}:
            kinds = set(map(type, chain.from_iterable(map(dict.values, value))))
            if kinds <= SCALARS:
                only_texts = kinds == {str}
                node.rows = RowTable(value, inner, self.fields, node.join, only_texts)
                if self._tables is None:
                    node.rows.weigh_by(self.worth)
                else:
                    self._tables.append(node.rows)  # what leaves are worth is not known yet
                return node
        elif not node.by_position and kinds <= SCALARS:
            node.texts = [inner.form(scalar_text(x)) for x in value]
            node.forms = dict(zip(value, node.texts, strict=True)) if kinds == {str} else {}
            return node
        self._nesting += _SHALLOW  # what is in the list was not looked at
        return node

    def items_of(self, node: GoldList) -> list[GoldNode]:
        """Return the items of a gold list, prepared when first asked for."""
        if node.items is None:
            node.items = [self.prepare(x, node.inner) for x in node.raw]
        return node.items

    def are_equal(self, predicted: Any, gold: Any, keys: dict[int, str]) -> bool:
        """Check that all leaves of two containers with known keys pair, and are right."""
        key = keys.get(id(predicted))
        return self._by_key and key is not None and key != "" and key == self._gold_keys.get(id(gold))

    def leaves_of(self, node: GoldNode) -> list[tuple[Field, int]]:
        """Count the leaves of a gold node by field; counted when first asked for."""
        if isinstance(node, GoldScalar):
            return count_fields(node, self.fields)
        if node.leaves is None:
            node.leaves = count_fields(node, self.fields)
        return node.leaves

    # -- weighing --------------------------------------------------------------------------------------

    def weigh(self, predicted: Any, node: GoldNode, work: Work) -> int:
        """Return the worth of the best way to match a prediction to a gold node; see `worth`."""
        if (
            self.by_kind
            and is_empty(node.raw)
            and (type(predicted) in _NESTING or type(node.raw) in _NESTING)
        ):
            return self._extra(predicted, node.field, self.worth.filled_blank)
        if isinstance(node, GoldList):
            if type(predicted) is list:
                return self.pair(predicted, node, work)[1]
            if node.rows is not None or node.texts is not None:
                return self.pair([predicted], node, work)[1]
            return self.best_of([(predicted, item) for item in self.spread_gold(node)], node.join, work)[1]
        if type(predicted) is list:
            mode = self.mode_of(node.field)
            items: list[tuple[Any, GoldNode]] = [(item, node) for item in spread(predicted, mode)]
            return self.best_of(items, join_of(mode), work)[1]
        if isinstance(node, GoldObject):
            if type(predicted) is dict:
                return self._weigh_members(predicted, node, work)
        elif type(predicted) is not dict:
            return self._weigh_scalar(scalar_text(predicted), node, work)
        return self._extra(predicted, node.field, self.worth.invented_field) if self.by_kind else 0

    def _weigh_scalar(self, predicted: str, node: GoldScalar, work: Work) -> int:
        field = node.field
        text = field.form(predicted)
        if not text:
            return 0
        if not node.text:
            return self.worth.filled_blank[field.units]
        if text != node.text:
            return self.worth.wrong[field.units]
        return self.worth.right[field.units] + (work.right_critical if field.critical else 0)

    def _extra(self, predicted: Any, field: Field, worth: dict[int, int]) -> int:
        """Return the worth of leaves that stand for no gold leaf, though what holds them is paired."""
        if type(predicted) is dict:
            member = self.fields.member
            return sum(self._extra(x, member(field, key), worth) for key, x in predicted.items())
        if type(predicted) is list:
            return sum(self._extra(x, self.fields.items(field), worth) for x in predicted)
        return 0 if is_empty(predicted) else worth[field.units]

    def spread_gold(self, node: GoldList) -> list[GoldNode]:
        """Return the gold items that a lone predicted value may stand for, the outer ones first."""
        found: list[GoldNode] = []
        level = [node]
        while level:
            inner: list[GoldList] = []
            for outer in level:
                for item in self.items_of(outer)[: 1 if outer.by_position else None]:
                    if isinstance(item, GoldList):
                        inner.append(item)
                    else:
                        found.append(item)
            level = inner
        return found

    def best_of(self, pairs: list[tuple[Any, GoldNode]], join: str | None, work: Work) -> tuple[int, int]:
        """Return the position of the best of some pairs, none of them of lists, and its worth; -1 for none.

        A pair that shares the joining member goes before any other; of equal pairs the first in the order of
        what they hold is taken, and of those the first given.
        """
        if not work.spend(len(pairs)):
            pairs = pairs[: work.left]
        at, weight = -1, 0
        best: tuple[bool, int] = (False, 0)
        for n, (predicted, node) in enumerate(pairs):
            w = self.weigh(predicted, node, work)
            joins = join is not None and not self._join_texts(predicted, node.field, join).isdisjoint(
                self._join_texts(node.raw, node.field, join)
            )
            rank = (joins, w)
            if rank > best or (rank == best and at >= 0 and self._before(pairs[n], pairs[at], work)):
                at, weight, best = n, w, rank
        return at, weight

    def _before(self, a: tuple[Any, GoldNode], b: tuple[Any, GoldNode], work: Work) -> bool:
        """Check whether one of two equally good pairs comes first in the order of what they hold."""
        a_key, b_key = (
            [order_key(x, self.known_form, work.full_keys, blanks=True) for x in (p, g.raw)]
            for p, g in (a, b)
        )
        return a_key < b_key

    def _weigh_members(self, predicted: dict[str, Any], node: GoldObject, work: Work) -> int:
        weight = 0
        members = node.members
        right = self.worth.right
        for key, value in predicted.items():
            child = members.get(key)
            if child is None:
                if self.by_kind:
                    weight += self._extra(
                        value, self.fields.member(node.field, key), self.worth.invented_field
                    )
            elif isinstance(child, GoldScalar) and value.__class__ is str:
                # The commonest case by far, so it is kept short.
                if value == child.raw and not child.field.critical:
                    if child.text:
                        weight += right[child.field.units]
                elif value:
                    weight += self._weigh_scalar(value, child, work)
            else:
                weight += self.weigh(value, child, work)
        return weight

    def pair(
        self, predicted: list[Any], node: GoldList, work: Work, weighed: bool = True
    ) -> tuple[Pairs, int]:
        """Pair the items of two lists; ties are broken by what the items hold, not by where they stand.

        Parameters
        ----------
        predicted
            The predicted list.
        node
            The gold list.
        work
            The work bound.
        weighed
            Whether the worth of the pairs is asked for.

        Returns
        -------
        tuple
            Pairs of positions (predicted, gold), and their worth, where it is asked for.
        """
        if not predicted or not node.raw:
            return [], 0
        if node.by_position:
            return self._pair_by_position(predicted, self.items_of(node), work)
        kinds = set(map(type, predicted))
        if node.texts is not None and kinds <= SCALARS:
            return self._pair_texts(predicted, node.texts, node, work)
        if node.rows is not None and kinds == {dict}:
            found = self.pair_rows(predicted, node, node.rows, work)
            if len(work.paired) < _PAIRED:
                work.paired[id(predicted), id(node)] = predicted, found
            return found.pairs, self._worth_of(found, node.rows, work) if weighed else 0
        return self._pair_items(predicted, node, work, weighed)

    def _pair_by_position(self, predicted: list[Any], items: list[GoldNode], work: Work) -> tuple[Pairs, int]:
        pairs: Pairs = []
        weight = 0
        for n, (value, item) in enumerate(zip(predicted, items, strict=False)):
            pairs.append((n, n))
            weight += self.weigh(value, item, work)
        return pairs, weight

    def _pair_texts(
        self, predicted: list[Any], texts: list[str], node: GoldList, work: Work
    ) -> tuple[Pairs, int]:
        """Pair two lists of scalars as multisets; what is left over pairs while both sides last."""
        field, known = node.inner, node.forms
        places: dict[str, list[int]] = {}
        for j, text in reversed(list(enumerate(texts))):
            if text:
                places.setdefault(text, []).append(j)
        pairs: Pairs = []
        rest: list[tuple[str, int]] = []
        for i, value in enumerate(predicted):
            read = value.__class__ is str and value in known
            text = known[value] if read else field.form(scalar_text(value))
            if text:
                same = places.get(text)
                if same:
                    pairs.append((i, same.pop()))
                else:
                    rest.append((text, i))
        right = self.worth.right[field.units] + (work.right_critical if field.critical else 0)
        weight = len(pairs) * right
        if rest:
            free = sorted((text, j) for text, same in places.items() for j in same)
            left = [(i, j) for (_, i), (_, j) in zip(sorted(rest), free, strict=False)]
            pairs.extend(left)
            weight += len(left) * self.worth.wrong[field.units]
        return pairs, weight

    def pair_rows(
        self, predicted: list[dict[str, Any]], node: GoldList, rows: RowTable, work: Work
    ) -> RowPairs:
        """Pair the rows of two lists of objects, the gold's flat; see `pair`."""
        if work.paired and (known := work.paired.get((id(predicted), id(node)))) is not None:
            pairs: RowPairs = known[1]
            return pairs
        # Where kinds of hallucination cost differently, a row that has more than a gold row may be the better
        # partner for it than the row that is equal to it.
        found = pair_none(len(predicted)) if self.by_kind else pair_same(predicted, rows)
        masks, used = rows.masks, found.used
        if not found.free or len(used) == len(masks):
            return found
        read, odd = rows.read_all(predicted, found.free)
        if rows.critical and len(predicted) > 1:  # one row is soon weighed again
            work.units[id(predicted)] = lambda: self._units_of(predicted, found, rows, read, odd)
        free_p = sort_items(found.free, read, predicted, self.known_form, work.full_keys)
        if node.order is None:
            places = list(range(len(masks)))
            node.order = sort_items(places, masks, node.raw, self.known_form, work.full_keys)
        free_g = [j for j in node.order if j not in used]
        p = list(map(read.__getitem__, free_p))
        g = list(map(masks.__getitem__, free_g))
        if not self.by_kind:
            near = [(free_p[a], free_g[b]) for a, b in assign_sets(p, g, rows.scale, work, rows.join)]
            return RowPairs(found.same, used, found.free, near, read, odd)
        items = self.items_of(node)
        sure = [(free_p[a], free_g[b]) for a, b in reduce_sets(p, g, rows.scale, rows.join, ties=False)[0]]
        weight = sum([self.weigh(predicted[i], items[j], work) for i, j in sure])
        # Even a row that shares no key with any may cost less as a partner than alone.
        taken_p, taken_g = {i for i, _ in sure}, {j for _, j in sure}
        free_p = [i for i in free_p if i not in taken_p]
        free_g = [j for j in free_g if j not in taken_g]
        if free_p and free_g:
            more, extra = self._pair_weighed(free_p, free_g, predicted, node, work)
            sure += more
            weight += extra
        return RowPairs(found.same, used, found.free, sure, read, odd, weight)

    def _units_of(
        self,
        predicted: list[dict[str, Any]],
        found: RowPairs,
        rows: RowTable,
        read: dict[int, int],
        odd: set[int],
    ) -> int:
        """Weigh the leaves of predicted rows, in units."""
        sets = [rows.masks[j] for j in found.used] + [mask for i, mask in read.items() if i not in odd]
        units = sum(map(rows.units.__getitem__, [mask & rows.keys for mask in sets]))
        return units + sum([measure_leaves(predicted[i], self.fields, rows.field)[1] for i in odd])

    def _worth_of(self, found: RowPairs, rows: RowTable, work: Work) -> int:
        """Return the worth of pairs of rows."""
        weight = rows.full(found.used, work) + found.weight
        if not self.by_kind:
            weigh, masks = rows.scale.weigh, rows.masks
            weight += sum([weigh(found.masks[i], masks[j], work) for i, j in found.near])
        return weight

    def _sure_pairs(self, predicted: list[Any], node: GoldList) -> SurePairs | None:
        """Bound what pairs of items can have right, where there is hope that this tells the best pairs."""
        if not _FEWEST_BOUND <= len(node.raw) <= _MOST_BOUND or len(predicted) > 2 * _MOST_BOUND:
            return None
        if node.shared is None:
            if self._bounded > _TIMES_BOUND * self.worth.leaves:
                return None
            node.shared = Shared(node.raw, node.inner, self.fields)
            self._bounded += node.shared.leaves
        if node.shared.leaves < _LEAVES_BOUND * len(node.raw):
            return None
        sure = SurePairs([node.shared.bounds(item) for item in predicted])
        return sure if sure.hopeful() else None

    def _keys_of(self, node: GoldList, work: Work) -> tuple[list[str], list[int]]:
        """Return what tells the items of a gold list, and the positions of those that can pair, in order."""
        if node.keys is None:
            keys = [order_key(x, self.known_form, self._gold_keys) for x in node.raw]
            places = [j for j, key in enumerate(keys) if key or self.by_kind]
            node.keys = keys, sort_items(places, keys, node.raw, self.known_form, work.full_keys)
        return node.keys

    def _pair_items(
        self, predicted: list[Any], node: GoldList, work: Work, weighed: bool
    ) -> tuple[Pairs, int]:
        """Pair items of any shape: sure pairs or else equal items first, the rest by weighing every pair."""
        items = self.items_of(node)
        pairs: Pairs = []
        weight = 0
        plain = node.join is None and not self.by_kind
        if plain and len(predicted) == len(items) == 1:
            glance = not weighed and meet(predicted[0], items[0])
            weight = 1 if glance else self.weigh(predicted[0], items[0], work)
            return ([(0, 0)], weight) if weight > 0 else ([], 0)
        # Weighed right here and below, not in a helper: every level of nesting costs stack.
        worths: dict[tuple[int, int], int] = {}
        sure = self._sure_pairs(predicted, node) if plain and not work.limited else None
        if sure is not None:
            left = work.left
            for pair in sure.candidates():
                worths[pair] = self.weigh(predicted[pair[0]], items[pair[1]], work)
                if work.limited:
                    break
                sure.weighed(pair, worths[pair] // self.worth.base)
            if sure.all and not work.limited:
                return sure.pairs, sum(map(worths.__getitem__, sure.pairs))
            if not work.limited:
                work.left = left  # what was weighed is not weighed again, and charged below
        g_keys, free_g = self._keys_of(node, work)
        p_keys = [order_key(x, self.known_form, work.keys) for x in predicted]
        free_p = [i for i, key in enumerate(p_keys) if key]
        free_p.sort(key=p_keys.__getitem__)
        # With a joining member, nested joins can make equal items worth more apart; and see `pair_rows`.
        if plain:
            pairs, free_p, free_g = pair_equal(free_p, free_g, p_keys, g_keys)
            weight = sum([self.full(items[j], work) for _, j in pairs]) if weighed else 0
        if not free_p or not free_g:
            return pairs, weight
        lone = plain and len(free_p) == len(free_g) == 1
        if lone and not weighed and meet(predicted[free_p[0]], items[free_g[0]]):
            pairs.append((free_p[0], free_g[0]))
            return pairs, weight
        table = PairTable([p_keys[i] for i in free_p], len(free_g))
        if plain and len(free_p) * len(free_g) >= FEW_ROWS:
            lists = node.lists(self.fields, self.worth, self.lists)
            lists.weigh(table, [predicted[i] for i in free_p], free_g, work)
        for a, columns, weights in table.waiting:
            item = predicted[free_p[a]]
            # A pair costs about as much as its leaves; eight of them are the unit of the bound.
            if not work.limited and work.spend(len(columns) * (1 + count_leaves(item) // 8)):
                for b in columns:
                    known = worths.get((free_p[a], free_g[b]))
                    weights.append(self.weigh(item, items[free_g[b]], work) if known is None else known)
            if work.limited:
                break
        if work.limited:
            # By what they hold, one to one: never better than the best.
            for i, j in zip(free_p, free_g, strict=False):
                glance = not (weighed or self.by_kind) and meet(predicted[i], items[j])
                w = 1 if glance else self.weigh(predicted[i], items[j], work)
                if w > 0:
                    pairs.append((i, j))
                    weight += w
            return pairs, weight
        joined = self._joined(free_p, free_g, predicted, node) if node.join is not None else None
        for a, b, w in table.assign(self.worth.base, joined):
            pairs.append((free_p[a], free_g[b]))
            weight += w
        return pairs, weight

    def _pair_weighed(
        self, free_p: list[int], free_g: list[int], predicted: list[Any], node: GoldList, work: Work
    ) -> tuple[Pairs, int]:
        """Pair rows by weighing every pair."""
        items = self.items_of(node)
        if not work.spend(len(free_p) * len(free_g)):
            free_p, free_g = free_p[: len(free_g)], free_g[: len(free_p)]
            weights = [self.weigh(predicted[i], items[j], work) for i, j in zip(free_p, free_g, strict=True)]
            pairs = [(i, j) for i, j, w in zip(free_p, free_g, weights, strict=True) if w > 0]
            return pairs, sum(w for w in weights if w > 0)
        table = [[self.weigh(predicted[i], items[j], work) for j in free_g] for i in free_p]
        joined = self._joined(free_p, free_g, predicted, node) if node.join is not None else None
        solved = assign_matrix(table, self.worth.base, joined)
        return [(free_p[a], free_g[b]) for a, b in solved], sum(table[a][b] for a, b in solved)

    def full(self, node: GoldNode, work: Work) -> int:
        """Return the worth of a gold node that is matched in full."""
        if isinstance(node, GoldScalar):
            critical = work.right_critical if node.field.critical else 0
            return self.worth.right[node.field.units] + critical if node.text else 0
        if isinstance(node, GoldObject):
            return sum([self.full(x, work) for x in node.members.values()])
        if node.rows is not None:
            return node.rows.full(range(len(node.raw)), work)
        return sum([self.full(x, work) for x in self.items_of(node)])

    def _joined(
        self, free_p: list[int], free_g: list[int], predicted: list[Any], node: GoldList
    ) -> list[list[int]]:
        join = node.join or ""
        wanted = [self._join_texts(node.raw[j], node.inner, join) for j in free_g]
        return [
            [1 if mine & g else 0 for g in wanted]
            for mine in (self._join_texts(predicted[i], node.inner, join) for i in free_p)
        ]

    def _join_texts(self, item: Any, field: Field, join: str) -> set[str]:
        """Return the joining member's values: one, or several where it holds a list of scalars."""
        found: set[str] = set()
        waiting = [item.get(join)] if type(item) is dict else []
        while waiting:
            value = waiting.pop()
            if type(value) is list:
                waiting.extend(value)
            elif type(value) is not dict and (
                text := self.fields.member(field, join).form(scalar_text(value))
            ):
                found.add(text)
        return found
