"""List items by their keys, which say what an item holds: their order, and which are equal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final

from medvie_reward._core.json_values import order_key
from medvie_reward.alignment._solver import Pairs

_TEXTS: Final = {str, type(None)}


def sort_items(
    places: list[int], keys: Any, items: Sequence[Any], form: Callable[[str], str], known: dict[int, str]
) -> list[int]:
    """Sort items by what they hold: by their keys, and equal ones by everything in them, blanks too.

    Parameters
    ----------
    places
        Their positions.
    keys
        Position -> key.
    items
        Position -> item.
    form
        The normal form of texts.
    known
        What `medvie_reward._core.json_values.order_key` wrote with blanks, by identity.
    """
    at = {keys[i]: i for i in places}
    if len(at) == len(places):
        return [at[key] for key in sorted(at)]
    places = sorted(places, key=keys.__getitem__)
    ordered: list[int] = []
    for _, group in groupby(places, key=keys.__getitem__):
        same = list(group)
        if len(same) > 1 and not _all_one([items[i] for i in same]):
            same.sort(key=lambda i: order_key(items[i], form, known, blanks=True))
        ordered.extend(same)
    return ordered


def _all_one(items: list[Any]) -> bool:
    """Check that items are surely the same: objects of the same texts and nulls (1 == True, so no more)."""
    first = items[0]
    if first.__class__ is not dict or not set(map(type, first.values())) <= _TEXTS:
        return False
    return items.count(first) == len(items)


def pair_equal(
    free_p: list[int], free_g: list[int], p_keys: Sequence[str], g_keys: Sequence[str]
) -> tuple[Pairs, list[int], list[int]]:
    """Pair items whose keys are equal, first come first served.

    Parameters
    ----------
    free_p, free_g
        Positions of predicted and gold items, in order.
    p_keys, g_keys
        Position -> key.

    Returns
    -------
    tuple
        The pairs; the positions of the predicted and of the gold items that are left, in order.
    """
    waiting: dict[str, list[int]] = {}
    for j in reversed(free_g):
        waiting.setdefault(g_keys[j], []).append(j)
    pairs: Pairs = []
    left_p: list[int] = []
    for i in free_p:
        same = waiting.get(p_keys[i])
        if same:
            pairs.append((i, same.pop()))
        else:
            left_p.append(i)
    left_g = {j for same in waiting.values() for j in same}
    return pairs, left_p, [j for j in free_g if j in left_g]
