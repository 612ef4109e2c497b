"""Two trees, walked together along their best pairing, leaf by leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, Protocol

from medvie_reward._core.json_values import is_empty, scalar_text
from medvie_reward._core.paths import ROOT, Place
from medvie_reward.alignment._assignment import Work
from medvie_reward.alignment._gold_tree import GoldList, GoldNode, GoldObject, GoldScalar, join_of
from medvie_reward.alignment._matching import Matcher
from medvie_reward.alignment._row_pairs import RowPairs
from medvie_reward.alignment._row_table import RowTable
from medvie_reward.spec import Field, HallucinationKind

_NESTING: Final = (dict, list)

Outcome = Literal["correct", "wrong", "missing", "hallucinated"]
"""What became of a leaf."""
Write = Callable[[Field, Outcome, "HallucinationKind | None", "Place | None", "Place | None", Any, Any], None]
"""Takes field, outcome, kind of hallucination, place in gold and prediction, and the raw values there."""


class Sink(Protocol):
    """Takes leaves many at a time, where nobody asks for each of them.

    Attributes
    ----------
    by_field
        Whether it asks for each field.
    """

    by_field: bool

    def take_rows(
        self, table: RowTable, found: RowPairs, pred: list[Any], gold: list[Any]
    ) -> list[tuple[int, int]]:
        """Take two paired lists of rows; gives the pairs (predicted, gold or -1) that are to be walked."""

    def whole(self, table: RowTable, sets: list[int]) -> None:
        """Take rows of which some leaves are correct: of each row the set of their key bits."""

    def right(self, fields: list[Field]) -> None:
        """Take one correct leaf of each of some fields."""

    def bulk(self, field: Field, n: int) -> None:
        """Take some correct leaves of a field."""


class Walker:
    """Walks a gold tree and predicted ones along their best pairing and yields every leaf.

    Parameters
    ----------
    matcher
        The gold, prepared.
    max_pairs
        The work bound: how many pairs of items may be weighed. Where it runs out among the items of outer
        lists, as much again may be spent on the lists inside the items that were paired.
    right_critical
        What a correct critical leaf is worth besides; see `worth`.
    units
        Taken to note in it what gives the weight of predicted lists that were read, by identity.
    write
        What takes the leaves.
    counter
        What takes leaves that are equal to the letter, instead of ``write``.
    blank
        What takes leaves that both sides leave blank, where they are asked for; then without a counter.
    """

    def __init__(
        self,
        matcher: Matcher,
        max_pairs: int,
        right_critical: Callable[[], int],
        units: dict[int, Callable[[], int]],
        write: Write,
        counter: Sink | None = None,
        blank: Callable[[Field], None] | None = None,
    ) -> None:
        self.matcher = matcher
        self.fields = matcher.fields
        self.max_pairs = max_pairs
        self.outer = self.work = Work(max_pairs, right_critical, units)
        self.write = write
        self.counter = counter
        self.blank = blank

    def walk(self, pred: Any) -> None:
        """Hand out every leaf of the gold and of a plain predicted value."""
        self._both(pred, self.matcher.root, ROOT, ROOT)

    @property
    def limited(self) -> bool:
        """Whether the work bound ran out."""
        return self.outer.limited or self.work.limited

    def _go_on(self) -> None:
        """Begin the second bound where the first one ran out."""
        outer = self.outer
        if outer.limited and self.work is outer:
            self.work = Work(self.max_pairs, lambda: outer.right_critical)

    def _both(self, pred: Any, node: GoldNode, g_at: Place, p_at: Place) -> None:
        """Write the leaves of a gold node and of the value that stands for it."""
        field = node.field
        if is_empty(node.raw) and (type(pred) in _NESTING or type(node.raw) in _NESTING):
            self._only_pred(pred, field, p_at, "filled_blank")
        elif type(pred) is list or type(node) is GoldList:
            self._lists(pred, node, g_at, p_at)
        elif type(node) is GoldObject:
            if type(pred) is dict:
                self._members(pred, node, field, g_at, p_at)
            else:
                self._only_gold(node.raw, field, g_at)
                self._only_pred(pred, field, p_at, "invented_field")
        elif type(pred) is dict:
            self._only_gold(node.raw, field, g_at)
            self._only_pred(pred, field, p_at, "invented_field")
        else:
            known = node.text if isinstance(node, GoldScalar) else None
            self._scalars(pred, node.raw, field, g_at, p_at, known)

    def _members(
        self, pred: dict[str, Any], node: GoldObject, field: Field, g_at: Place, p_at: Place
    ) -> None:
        """Write two objects."""
        members = node.members
        right: list[Field] | None = None if self.counter is None else []
        for key, child in members.items():
            if key not in pred:
                self._only_gold(child.raw, child.field, (g_at, key))
                if self.blank is not None:
                    self._left_blank(child.raw, child.field)
                continue
            p, g = pred[key], child.raw
            if p.__class__ is str and p == g:
                # The commonest case by far: the same text needs no normal form.
                if p and not p.isspace():
                    if right is None:
                        self.write(child.field, "correct", None, (g_at, key), (p_at, key), g, p)
                    else:
                        right.append(child.field)
                elif self.blank is not None:
                    self.blank(child.field)
            elif isinstance(child, GoldScalar) and type(p) not in _NESTING:
                self._scalars(p, g, child.field, (g_at, key), (p_at, key), child.text)
            else:
                self._both(p, child, (g_at, key), (p_at, key))
        if right is not None and self.counter is not None:
            self.counter.right(right)
        self._invented(pred, members, field, p_at)

    def _row_members(
        self, pred: dict[str, Any], gold: dict[str, Any], field: Field, g_at: Place, p_at: Place
    ) -> None:
        """Write a predicted row and a gold one, whose values, all scalars, have no nodes."""
        fields = field.members
        right: list[Field] | None = None if self.counter is None else []
        for key, g in gold.items():
            inner = fields.get(key) or self.fields.member(field, key)
            if key not in pred:
                self._only_gold(g, inner, (g_at, key))
                if self.blank is not None:
                    self._left_blank(g, inner)
                continue
            p = pred[key]
            if p.__class__ is str and p == g:
                if p and not p.isspace():
                    if right is None:
                        self.write(inner, "correct", None, (g_at, key), (p_at, key), g, p)
                    else:
                        right.append(inner)
                elif self.blank is not None:
                    self.blank(inner)
            elif type(p) in _NESTING:
                self._both(p, self.matcher.prepare(g, inner), (g_at, key), (p_at, key))
            else:
                self._scalars(p, g, inner, (g_at, key), (p_at, key))
        if right is not None and self.counter is not None:
            self.counter.right(right)
        self._invented(pred, gold, field, p_at)

    def _invented(self, pred: dict[str, Any], gold: dict[str, Any], field: Field, p_at: Place) -> None:
        """Write the members that the gold does not name."""
        if pred.keys() <= gold.keys():
            return
        for key, value in pred.items():
            if key not in gold:
                self._only_pred(value, self.fields.member(field, key), (p_at, key), "invented_field")

    def _rows(self, predicted: list[Any], node: GoldList, table: RowTable, counter: Sink) -> None:
        """Count two lists of rows, by their bit sets where those say all."""
        found = self.matcher.pair_rows(predicted, node, table, self.work)
        self._go_on()
        if not counter.by_field or self._in_any_order(found, predicted, table):
            for i, j in counter.take_rows(table, found, predicted, node.raw):
                if j < 0:
                    self._only_pred(predicted[i], node.inner, ROOT, "invented_item")
                else:
                    self._row_pair(predicted[i], node.raw[j], node)
            return
        counter.whole(table, [table.masks[j] & table.keys for j in found.used])
        # In the gold's order: where several fields share the names of a critical one, the first one counts.
        partner = {j: i for i, j in found.near}
        for j, item in enumerate(node.raw):
            if j in partner:
                self._row_pair(predicted[partner[j]], item, node)
            elif j not in found.used:
                self._only_gold(item, node.inner, ROOT)
        taken = set(partner.values())
        for i in found.free:
            if i not in taken:
                self._only_pred(predicted[i], node.inner, ROOT, "invented_item")

    def _row_pair(self, pred: dict[str, Any], gold: dict[str, Any], node: GoldList) -> None:
        """Write a pair of rows leaf by leaf, wherever they stand."""
        if gold:
            self._row_members(pred, gold, node.inner, ROOT, ROOT)
        else:
            self._only_pred(pred, node.inner, ROOT, "filled_blank")

    def _in_any_order(self, found: RowPairs, predicted: list[Any], table: RowTable) -> bool:
        """Check whether no two fields of rows share their names, so that any order of rows will do.

        Two do where a list stands for a value: its items have another field.
        """
        return table.exact and all(
            set(map(type, predicted[i].values())).isdisjoint(_NESTING) for i in found.odd
        )

    def _scalars(
        self, pred: Any, gold: Any, field: Field, g_at: Place, p_at: Place, known: str | None = None
    ) -> None:
        """Write two scalars; ``known`` is the gold's normal form, where it was written before."""
        g = field.form(scalar_text(gold)) if known is None else known
        p = field.form(scalar_text(pred))
        if g and p:
            self.write(field, "correct" if g == p else "wrong", None, g_at, p_at, gold, pred)
        elif g:
            self.write(field, "missing", None, g_at, p_at, gold, pred)
        elif p:
            self.write(field, "hallucinated", "filled_blank", g_at, p_at, gold, pred)
        elif self.blank is not None:
            self.blank(field)

    def _left_blank(self, gold: Any, field: Field) -> None:
        """Take the blank scalars of a gold member that the prediction does not have."""
        if type(gold) is dict:
            for key, value in gold.items():
                self._left_blank(value, self.fields.member(field, key))
        elif type(gold) is not list and is_empty(gold) and self.blank is not None:
            self.blank(field)

    def _lists(self, pred: Any, node: GoldNode, g_at: Place, p_at: Place) -> None:
        """Write two lists; a value that is no list counts as a list of one and keeps its own path."""
        matcher, counter = self.matcher, self.counter
        keys: dict[int, str] = {}
        if isinstance(node, GoldList):
            gold = node
            if node.by_position:
                predicted = pred if type(pred) is list else [pred]
                pairs = [(n, n) for n in range(min(len(predicted), len(gold.raw)))]
            elif type(pred) is not list:
                self._lone_pred(pred, node, g_at, p_at)
                return
            else:
                predicted = pred
                if counter is not None and gold.rows is not None and set(map(type, pred)) == {dict}:
                    self._rows(pred, gold, gold.rows, counter)
                    return
                keys = self.work.keys
                pairs, _ = matcher.pair(pred, node, self.work, weighed=False)
                self._go_on()
        elif matcher.mode_of(node.field) == "index":
            gold = GoldList([node.raw], "index", node.field, node.field)
            gold.items = [node]
            predicted, pairs = pred, [(0, 0)][: len(pred)]
        else:
            self._lone_gold(pred, node, g_at, p_at)
            return
        partner = {j: i for i, j in pairs}
        inner = gold.inner
        listed = type(node) is GoldList
        texts = None if counter is None else gold.texts
        right = 0
        for j, item in enumerate(gold.raw):
            g_place = (g_at, j) if listed else g_at
            if j not in partner:
                self._only_gold(item, inner, g_place)
                continue
            i = partner[j]
            value = predicted[i]
            if counter is not None and matcher.are_equal(value, item, keys):
                for leaf, n in matcher.leaves_of(matcher.items_of(gold)[j]):
                    counter.bulk(leaf, n)
            elif texts is not None and texts[j] and value.__class__ is str and value == item:
                right += 1
            elif gold.rows is not None and type(value) is dict and item:
                p_place = (p_at, i) if type(pred) is list else p_at
                self._row_members(value, item, inner, g_place, p_place)
            else:
                p_place = (p_at, i) if type(pred) is list else p_at
                self._both(value, matcher.items_of(gold)[j], g_place, p_place)
        if right and counter is not None:
            counter.bulk(inner, right)
        if len(partner) == len(predicted):
            return
        taken = set(partner.values())
        for i, value in enumerate(predicted):
            if i not in taken:
                self._only_pred(value, inner, (p_at, i) if type(pred) is list else p_at, "invented_item")

    def _lone_pred(self, pred: Any, node: GoldList, g_at: Place, p_at: Place) -> None:
        """Write a value that is no list and the gold list that it stands for an item of."""
        nodes = self.matcher.spread_gold(node)
        at, _ = self.matcher.best_of([(pred, item) for item in nodes], node.join, self.work)
        for n, (item, field, place) in enumerate(self._spread(node.raw, node.field, g_at)):
            if n == at:
                self._both(pred, nodes[n], place, p_at)
            else:
                self._only_gold(item, field, place)
        if at < 0:
            self._only_pred(pred, node.inner, p_at, "invented_item")

    def _lone_gold(self, pred: list[Any], node: GoldNode, g_at: Place, p_at: Place) -> None:
        """Write a list and the gold value, no list, that one of its items stands for."""
        items = list(self._spread(pred, node.field, p_at))
        join = join_of(self.matcher.mode_of(node.field))
        at, _ = self.matcher.best_of([(item, node) for item, _, _ in items], join, self.work)
        if at < 0:
            self._only_gold(node.raw, node.field, g_at)
        for n, (item, field, place) in enumerate(items):
            if n == at:
                self._both(item, node, g_at, place)
            else:
                self._only_pred(item, field, place, "invented_item")

    def _spread(self, items: list[Any], field: Field, at: Place) -> Iterator[tuple[Any, Field, Place]]:
        """Return the non-list items of a list, with their fields and places, the outer ones first."""
        level: list[tuple[list[Any], Field, Place]] = [(items, field, at)]
        while level:
            inner: list[tuple[list[Any], Field, Place]] = []
            for values, outer, place in level:
                below = self.fields.items(outer)
                for i, value in enumerate(values):
                    if type(value) is list:
                        inner.append((value, below, (place, i)))
                    else:
                        yield value, below, (place, i)
            level = inner

    def _only_gold(self, gold: Any, field: Field, at: Place) -> None:
        if type(gold) is dict:
            for key, value in gold.items():
                self._only_gold(value, self.fields.member(field, key), (at, key))
        elif type(gold) is list:
            for j, value in enumerate(gold):
                self._only_gold(value, self.fields.items(field), (at, j))
        elif not is_empty(gold):
            self.write(field, "missing", None, at, None, gold, None)

    def _only_pred(self, pred: Any, field: Field, at: Place, kind: HallucinationKind) -> None:
        if type(pred) is dict:
            for key, value in pred.items():
                self._only_pred(value, self.fields.member(field, key), (at, key), kind)
        elif type(pred) is list:
            for i, value in enumerate(pred):
                self._only_pred(value, self.fields.items(field), (at, i), kind)
        elif not is_empty(pred):
            self.write(field, "hallucinated", kind, None, at, None, pred)
