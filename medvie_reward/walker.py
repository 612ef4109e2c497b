"""Two trees, walked together along their best pairing, leaf by leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from medvie_reward.assignment import Work
from medvie_reward.matching import GoldList, GoldNode, GoldObject, Matcher
from medvie_reward.tree import ROOT, Place, is_empty, member_path, scalar_text

_NESTING: Final = (dict, list)

Write = Callable[[str, str, "str | None", "Place | None", "Place | None", Any, Any], None]
"""Takes field, outcome, kind of hallucination, place in gold and prediction, and the raw values there."""


class Walker:
    """Walks a gold tree and predicted ones along their best pairing and hands out every leaf.

    Parameters
    ----------
    matcher
        The gold, prepared.
    work
        The work bound; it tells whether it ran out.
    write
        What takes the leaves.
    """

    def __init__(self, matcher: Matcher, work: Work, write: Write) -> None:
        self.matcher = matcher
        self.work = work
        self.write = write
        self.names: dict[str, dict[str, str]] = {}

    def walk(self, pred: Any) -> None:
        """Hand out every leaf of the gold and of a plain predicted value."""
        self._both(pred, self.matcher.root, "", ROOT, ROOT)

    def _names_under(self, field: str) -> dict[str, str]:
        """Give the names of the members of a field, as far as they were written before."""
        return self.names.setdefault(field, {})

    def _name(self, field: str, key: str) -> str:
        known = self._names_under(field)
        if key not in known:
            known[key] = member_path(field, key)
        return known[key]

    def _both(self, pred: Any, node: GoldNode, field: str, g_at: Place, p_at: Place) -> None:
        """Write the leaves of a gold node and of the value that stands for it."""
        if is_empty(node.raw) and (type(pred) in (dict, list) or type(node.raw) in (dict, list)):
            self._only_pred(pred, field, p_at, "filled_blank")
        elif type(pred) is list or type(node) is GoldList:
            self._lists(pred, node, field, g_at, p_at)
        elif type(node) is GoldObject:
            if type(pred) is dict:
                self._members(pred, node.raw, node, field, g_at, p_at)
            else:
                self._only_gold(node.raw, field, g_at)
                self._only_pred(pred, field, p_at, "invented_field")
        elif type(pred) is dict:
            self._only_gold(node.raw, field, g_at)
            self._only_pred(pred, field, p_at, "invented_field")
        else:
            self._scalars(pred, node.raw, field, g_at, p_at)

    def _members(
        self,
        pred: dict[str, Any],
        gold: dict[str, Any],
        node: GoldObject | None,
        field: str,
        g_at: Place,
        p_at: Place,
    ) -> None:
        """Write two objects; the gold's rows of scalars come without a node."""
        names = self._names_under(field)
        for key, value in gold.items():
            name = names.get(key) or self._name(field, key)
            if key not in pred:
                self._only_gold(value, name, (g_at, key))
                continue
            p = pred[key]
            if p.__class__ is str and value.__class__ is str and p == value:
                # The commonest case by far: the same text needs no normal form.
                if p and not p.isspace():
                    self.write(name, "correct", None, (g_at, key), (p_at, key), value, p)
            elif type(value) in _NESTING or type(p) in _NESTING:
                child = self.matcher.prepare(value) if node is None else node.members[key]
                self._both(p, child, name, (g_at, key), (p_at, key))
            else:
                self._scalars(p, value, name, (g_at, key), (p_at, key))
        for key, value in pred.items():
            if key not in gold:
                self._only_pred(value, self._name(field, key), (p_at, key), "invented_field")

    def _scalars(self, pred: Any, gold: Any, field: str, g_at: Place, p_at: Place) -> None:
        form = self.matcher.known_form
        g, p = form(scalar_text(gold)), form(scalar_text(pred))
        if g and p:
            self.write(field, "correct" if g == p else "wrong", None, g_at, p_at, gold, pred)
        elif g:
            self.write(field, "missing", None, g_at, p_at, gold, pred)
        elif p:
            self.write(field, "hallucinated", "filled_blank", g_at, p_at, gold, pred)

    def _lists(self, pred: Any, node: GoldNode, field: str, g_at: Place, p_at: Place) -> None:
        """Write two lists; a value that is no list counts as a list of one and keeps its own path."""
        if self.matcher.by_position:
            predicted = pred if type(pred) is list else [pred]
            gold = node if isinstance(node, GoldList) else GoldList([node.raw])
            pairs = [(n, n) for n in range(min(len(predicted), len(gold.raw)))]
        elif not isinstance(node, GoldList):
            self._lone_gold(pred, node, field, g_at, p_at)
            return
        elif type(pred) is not list:
            self._lone_pred(pred, node, field, g_at, p_at)
            return
        else:
            predicted, gold = pred, node
            pairs, _ = self.matcher.pair(predicted, gold, self.work, ordered=True)
        partner = {j: i for i, j in pairs}
        inner = f"{field}[]" if type(node) is GoldList else field

        def g_path(j: int) -> Place:
            return (g_at, j) if type(node) is GoldList else g_at

        def p_path(i: int) -> Place:
            return (p_at, i) if type(pred) is list else p_at

        for j, item in enumerate(gold.raw):
            if j not in partner:
                self._only_gold(item, inner, g_path(j))
                continue
            i = partner[j]
            if gold.rows is not None and type(predicted[i]) is dict:
                self._members(predicted[i], item, None, inner, g_path(j), p_path(i))
            else:
                self._both(predicted[i], self.matcher.items_of(gold)[j], inner, g_path(j), p_path(i))
        taken = set(partner.values())
        for i, value in enumerate(predicted):
            if i not in taken:
                self._only_pred(value, inner, p_path(i), "invented_item")

    def _lone_pred(self, pred: Any, node: GoldList, field: str, g_at: Place, p_at: Place) -> None:
        """Write a value that is no list and the gold list that it stands for an item of."""
        items = list(_spread(node.raw, field, g_at))
        nodes = self.matcher.spread_gold(node)
        at, _ = self.matcher.best_of([(pred, item) for item in nodes], self.work)
        for n, (item, name, place) in enumerate(items):
            if n == at:
                self._both(pred, nodes[n], name, place, p_at)
            else:
                self._only_gold(item, name, place)
        if at < 0:
            self._only_pred(pred, f"{field}[]", p_at, "invented_item")

    def _lone_gold(self, pred: list[Any], node: GoldNode, field: str, g_at: Place, p_at: Place) -> None:
        """Write a list and the gold value, no list, that one of its items stands for."""
        items = list(_spread(pred, field, p_at))
        at, _ = self.matcher.best_of([(item, node) for item, _, _ in items], self.work)
        if at < 0:
            self._only_gold(node.raw, field, g_at)
        for n, (item, _, place) in enumerate(items):
            if n == at:
                self._both(item, node, field, g_at, place)
            else:
                self._only_pred(item, field, place, "invented_item")

    def _only_gold(self, gold: Any, field: str, at: Place) -> None:
        if type(gold) is dict:
            for key, value in gold.items():
                self._only_gold(value, self._name(field, key), (at, key))
        elif type(gold) is list:
            for j, value in enumerate(gold):
                self._only_gold(value, f"{field}[]", (at, j))
        elif not is_empty(gold):
            self.write(field, "missing", None, at, None, gold, None)

    def _only_pred(self, pred: Any, field: str, at: Place, kind: str) -> None:
        if type(pred) is dict:
            for key, value in pred.items():
                self._only_pred(value, self._name(field, key), (at, key), kind)
        elif type(pred) is list:
            for i, value in enumerate(pred):
                self._only_pred(value, f"{field}[]", (at, i), kind)
        elif not is_empty(pred):
            self.write(field, "hallucinated", kind, None, at, None, pred)


def _spread(items: list[Any], field: str, at: Place) -> Iterator[tuple[Any, str, Place]]:
    """Give the items of a list that are no lists, however deep, with their fields and places."""
    waiting: list[tuple[Any, str, Place]] = [(items, field, at)]
    while waiting:
        value, name, place = waiting.pop()
        if type(value) is list:
            inner = [(x, f"{name}[]", (place, i)) for i, x in enumerate(value)]
            waiting.extend(reversed(inner))
        else:
            yield value, name, place
