"""ANLS* as its paper tells it, one pair of values at a time: slow, and short enough to be read.

Only the choice of the best pairing is taken from `metrics._munkres`, which has tests of its own.
"""

from __future__ import annotations

from math import inf, nextafter
from typing import Any

from medvie_reward.metrics._munkres import pair_up

Found = tuple[list[float], int, Any]
"""Similarities of leaves, number of leaves, and the gold as far as the prediction could have met it."""


def score(gold: Any, pred: Any) -> float:
    """Give the mean similarity of leaves."""
    if isinstance(gold, list) and isinstance(pred, str) and all(isinstance(x, str) for x in gold):
        gold = tuple(gold)
    return mean(compare(gold, pred))


def compare(gold: Any, pred: Any) -> Found:
    """Compare a gold value with a predicted one."""
    if isinstance(gold, tuple):
        return max(
            (compare(option, pred) for option in gold),
            key=lambda found: (mean(found), found[2] == pred),
        )
    length = max(size(gold), size(pred))
    if gold is None:
        return ([1.0], length, pred) if blank(pred) else ([0.0], length, None)
    if isinstance(gold, dict):
        return compare_objects(gold, pred) if isinstance(pred, dict) else ([0.0], length, gold)
    if isinstance(gold, list):
        return compare_lists(gold, pred) if isinstance(pred, list) else ([0.0], length, gold)
    if pred is None or isinstance(pred, (dict, list)):
        return [0.0], length, gold
    return [similarity(text(gold), text(pred))], length, gold


def compare_objects(gold: dict[str, Any], pred: dict[str, Any]) -> Found:
    """Compare member by member, null where there is none."""
    values: list[float] = []
    length = 0
    met: dict[str, Any] = {}
    for name in [*gold, *(name for name in pred if name not in gold)]:
        inner, counted, nearest = compare(gold.get(name), pred.get(name))
        length += counted
        if name not in gold and blank(pred[name]):
            continue
        values += inner
        if name in pred or not blank(nearest):
            met[name] = nearest
    return values, length, met


def compare_lists(gold: list[Any], pred: list[Any]) -> Found:
    """Compare all items with all, and take the pairs of the greatest sum of means."""
    table = [[compare(wanted, given) for given in pred] for wanted in gold]
    pairs = best_pairs(table, pred) if gold and pred else []
    values = [value for i, j in pairs for value in table[i][j][0]]
    length = sum(table[i][j][1] for i, j in pairs)
    length += sum(size(x) for i, x in enumerate(gold) if i not in {i for i, _ in pairs})
    length += sum(size(x) for j, x in enumerate(pred) if j not in {j for _, j in pairs})
    met = [table[i][j][2] for i, j in sorted(pairs, key=lambda pair: pair[1])]
    return values, length, met + [x for i, x in enumerate(gold) if i not in {i for i, _ in pairs}]


def best_pairs(table: list[list[Found]], pred: list[Any]) -> list[tuple[int, int]]:
    """Pair by means, an equal item a trifle above."""
    worth = [
        [
            nextafter(mean(found), inf) if found[2] == given else mean(found)
            for found, given in zip(row, pred, strict=True)
        ]
        for row in table
    ]
    most = max(max(row) for row in worth)
    return pair_up([[most - mean for mean in row] for row in worth])


def mean(found: Found) -> float:
    """Give the mean similarity, 1 where there is nothing."""
    return sum(found[0]) / found[1] if found[1] else 1.0


def size(value: Any) -> int:
    """Count leaves; of alternatives those of the largest."""
    if isinstance(value, tuple):
        return max(map(size, value))
    if isinstance(value, dict):
        return sum(map(size, value.values()))
    return sum(map(size, value)) if isinstance(value, list) else 1


def blank(value: Any) -> bool:
    """Tell whether a value stands for nothing."""
    return value in (None, {}, [], "")


def text(value: Any) -> str:
    """Write a scalar in lower case with single spaces."""
    return " ".join(str(value).lower().split())


def similarity(a: str, b: str) -> float:
    """Give the normalised similarity by the textbook's table, cut at one half."""
    line = list(range(len(b) + 1))
    for i, x in enumerate(a):
        above, line = line, [i + 1]
        for j, y in enumerate(b):
            line.append(min(above[j] + (x != y), above[j + 1] + 1, line[j] + 1))
    found = 1 - (line[-1] / max(len(a), len(b)) if a or b else 0.0)
    return found if found >= 0.5 else 0.0
