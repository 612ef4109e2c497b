"""The bag that is written in an afternoon: all leaves flattened into two counters, and their F1.

It is blind to values swapped between rows. It stands here as what a reward costs that looks no closer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson
from groups import Group, fresh, pairs


def flatten(value: Any, path: str, leaves: list[tuple[str, Any]]) -> None:
    """Collect every leaf that is not empty with its path, positions in lists left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            flatten(inner, f"{path}.{key}", leaves)
    elif isinstance(value, list):
        for inner in value:
            flatten(inner, path, leaves)
    elif value not in (None, ""):
        leaves.append((path, value))


def bag(value: Any) -> Counter[tuple[str, Any]]:
    """Count the leaves of a JSON value."""
    leaves: list[tuple[str, Any]] = []
    flatten(value, "", leaves)
    return Counter(leaves)


def bag_f1(pred: Any, gold: Any) -> float:
    """Give the F1 of the leaves of two JSON values."""
    of_pred, of_gold = bag(pred), bag(gold)
    total = of_pred.total() + of_gold.total()
    return 2 * (of_pred & of_gold).total() / total if total else 1.0


def bag_reward(completion: str, gold: str) -> float:
    """Find the answer of a completion, decode both texts and give their F1."""
    part = completion.partition("<answer>")[2].partition("</answer>")[0].strip()
    try:
        pred = orjson.loads(part.removeprefix("```json").removesuffix("```"))
    except orjson.JSONDecodeError:
        return 0.0
    return bag_f1(pred, orjson.loads(gold))


def bagging(doc: Group) -> Callable[[], object]:
    """Score values that were decoded before."""
    decoded = pairs(doc)
    return lambda: [bag_f1(pred, gold) for pred, gold in decoded]


def bagging_texts(doc: Group) -> Callable[[], object]:
    """Reward completions against the text of the gold."""
    texts = [(fresh(text), fresh(doc.gold)) for text in doc.completions]
    return lambda: [bag_reward(completion, gold) for completion, gold in texts]
