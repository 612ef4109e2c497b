"""The slow, obvious definition: every way to pair items is tried. For small trees only."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import permutations
from typing import Any


def text_of(value: Any) -> str:
    """Write a scalar in the ``unicode`` normal form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return " ".join(unicodedata.normalize("NFC", str(value)).split())


def best(pred: Any, gold: Any, lists: str) -> tuple[int, int]:
    """Give (correct, paired) leaves of the best pairing, by the recursive definition."""
    if isinstance(pred, list) and not isinstance(gold, (list, dict)) and text_of(gold):
        values = [x for x in spread(pred) if not isinstance(x, dict) and text_of(x)]
        if len(values) > 1:
            return 0, 1  # several values for one: none of them is right
    if isinstance(pred, list) or isinstance(gold, list):
        ps = pred if isinstance(pred, list) else [pred]
        gs = gold if isinstance(gold, list) else [gold]
        if lists.startswith("key:") and isinstance(pred, list) != isinstance(gold, list):
            # A lone value may stand for any item of a list, however deep; one that it joins goes first.
            ps, gs = spread(ps), spread(gs)
        return best_items(ps, gs, lists)
    if isinstance(pred, dict) and isinstance(gold, dict):
        parts = [best(pred[key], gold[key], lists) for key in pred if key in gold]
        return sum(c for c, _ in parts), sum(k for _, k in parts)
    if isinstance(pred, dict) or isinstance(gold, dict):
        return 0, 0
    p, g = text_of(pred), text_of(gold)
    return (int(p == g), 1) if p and g else (0, 0)


def spread(items: list[Any]) -> list[Any]:
    """List the items that are no lists, however deep they are nested."""
    return [x for item in items for x in (spread(item) if isinstance(item, list) else [item])]


def best_items(ps: list[Any], gs: list[Any], lists: str) -> tuple[int, int]:
    """Try every one-to-one assignment of items."""
    if lists == "index":
        parts = [best(p, g, lists) for p, g in zip(ps, gs, strict=False)]
        return sum(c for c, _ in parts), sum(k for _, k in parts)
    table = [[(int(joined(p, g, lists)), *best(p, g, lists)) for g in gs] for p in ps]
    if len(ps) > len(gs):
        table = [list(column) for column in zip(*table, strict=True)]
    width = max(len(ps), len(gs))
    found = (0, 0, 0)
    for columns in permutations(range(width), len(table)):
        chosen = [table[i][j] for i, j in enumerate(columns)]
        found = max(found, (sum(x[0] for x in chosen), sum(x[1] for x in chosen), sum(x[2] for x in chosen)))
    return found[1], found[2]


def joined(pred: Any, gold: Any, lists: str) -> bool:
    """Tell whether two items share a value of the joining member."""
    if not lists.startswith("key:"):
        return False
    return bool(_scalars(pred, lists[4:]) & _scalars(gold, lists[4:]))


def _scalars(item: Any, key: str) -> set[str]:
    found: set[str] = set()

    def visit(value: Any) -> None:
        if isinstance(value, list):
            for x in value:
                visit(x)
        elif not isinstance(value, dict) and text_of(value):
            found.add(text_of(value))

    visit(item.get(key) if isinstance(item, dict) else None)
    return found


def leaves(value: Any, names: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    """List every leaf that is not empty as (member names, text)."""
    if isinstance(value, dict):
        return [leaf for key, x in value.items() for leaf in leaves(x, (*names, key))]
    if isinstance(value, list):
        return [leaf for x in value for leaf in leaves(x, names)]
    return [(names, text_of(value))] if text_of(value) else []


def bag(pred: Any, gold: Any) -> tuple[int, int]:
    """Give (correct, paired) leaves when leaves are pooled by path."""
    p, g = Counter(leaves(pred)), Counter(leaves(gold))
    p_paths = Counter(names for names, _ in p.elements())
    g_paths = Counter(names for names, _ in g.elements())
    return (p & g).total(), (p_paths & g_paths).total()


def counts(pred: Any, gold: Any, lists: str) -> tuple[int, int, int, int]:
    """Give (correct, wrong, predicted leaves, gold leaves)."""
    correct, paired = bag(pred, gold) if lists == "bag" else best(pred, gold, lists)
    return correct, paired - correct, len(leaves(pred)), len(leaves(gold))
