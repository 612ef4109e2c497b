"""Trees that ANLS* compares: checks, sizes, scalars as they are read, and which items read alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from medvie_reward._core.paths import ROOT, Place, json_path
from medvie_reward.errors import GoldError, PredictionError

MAX_GOLD_DEPTH: Final = 128
MAX_PREDICTION_DEPTH: Final = 1_024

_PATH_START: Final = 60
_SCALARS: Final = (str, float, int, type(None))
_GOLD_CONTAINERS: Final = (dict, list, tuple)
_CONTAINERS: Final = (dict, list)


def is_blank(value: Any) -> bool:
    """Check whether a value answers a gold of null: null, "", [] or {}."""
    return value is None or value == "" or value == [] or value == {}


def reading(value: str | float) -> str:
    """Write a scalar as ANLS* compares it: in lower case, words parted by single spaces.

    An integer of more digits than Python writes in decimal is written in hexadecimal.
    """
    try:
        text = str(value)
    except ValueError:
        text = hex(int(value))
    return " ".join(text.strip().lower().split())


# -- sizes ---------------------------------------------------------------------------------------------


def gold_sizes(gold: Any) -> dict[int, int]:
    """Count the leaves of every container in a gold, by its identity.

    An empty container has none; a tuple has as many as the largest of its alternatives.

    Raises
    ------
    GoldError
        If the gold holds an empty tuple, anything that is neither a JSON value nor a tuple, or more than 128
        containers in one another.
    """
    found = _containers(gold, _GOLD_CONTAINERS, MAX_GOLD_DEPTH)
    if found is None:
        raise GoldError(_complaint(gold, _GOLD_CONTAINERS, MAX_GOLD_DEPTH, "gold"))
    return _count(found)


def prediction_sizes(pred: Any) -> dict[int, int]:
    """Count the leaves of every container in a prediction, by its identity.

    Raises
    ------
    PredictionError
        If the prediction holds anything that is no JSON value, or more than 1,024 containers in one another.
    """
    found = _containers(pred, _CONTAINERS, MAX_PREDICTION_DEPTH)
    if found is None:
        raise PredictionError(_complaint(pred, _CONTAINERS, MAX_PREDICTION_DEPTH, "prediction"))
    return _count(found)


def _containers(value: Any, kinds: tuple[type, ...], max_depth: int) -> list[Any] | None:
    """List all containers, each before what it holds; None where something is not as it should be."""
    found: list[Any] = []
    level = [value]
    for _ in range(max_depth + 1):
        held = [x for x in level if isinstance(x, kinds)]
        if len(held) < len(level) and not all(isinstance(x, (*kinds, *_SCALARS)) for x in level):
            return None
        if any(isinstance(x, tuple) and not x for x in held):
            return None
        found.extend(held)
        level = [x for container in held for x in _inside(container)]
        if not level:
            return found
    return None


def _inside(container: Any) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container


def _count(containers: list[Any]) -> dict[int, int]:
    sizes: dict[int, int] = {}
    for container in reversed(containers):
        counts = [sizes.get(id(x), 1) for x in _inside(container)]
        sizes[id(container)] = max(counts) if isinstance(container, tuple) else sum(counts)
    return sizes


def _complaint(value: Any, kinds: tuple[type, ...], max_depth: int, what: str) -> str:
    """Describe what is wrong with a value in which something is, and where."""
    waiting: list[tuple[Any, Place, int]] = [(value, ROOT, 0)]
    while waiting:
        x, place, depth = waiting.pop()
        if not isinstance(x, (*kinds, *_SCALARS)):
            allowed = "a JSON value or a tuple of alternatives" if tuple in kinds else "a JSON value"
            return f"{what}: expected {allowed}, got {type(x).__name__} - at {json_path(place)}"
        if isinstance(x, tuple) and not x:
            return f"{what}: expected at least one alternative, got an empty tuple - at {json_path(place)}"
        if isinstance(x, kinds):
            if depth == max_depth:
                start = json_path(place)[:_PATH_START]
                return f"{what}: expected at most {max_depth} containers in one another - at {start}..."
            steps = x.items() if isinstance(x, dict) else enumerate(_inside(x))
            waiting.extend((inner, (place, _step(step)), depth + 1) for step, inner in steps)
    return f"{what}: expected a JSON value"


def _step(step: Any) -> str | int:
    return step if type(step) is int else str(step)


# -- alike ---------------------------------------------------------------------------------------------


def forms_of(gold: Any, pred: Any) -> dict[int, int]:
    """Return a number per container of a gold and a prediction, by identity, the same where they read alike.

    The order of members and of items makes no difference; alternatives read like nothing else.
    """
    numbers: dict[Any, int] = {}
    forms: dict[int, int] = {}
    for value, depth in ((gold, MAX_GOLD_DEPTH), (pred, MAX_PREDICTION_DEPTH)):
        for container in reversed(_containers(value, _GOLD_CONTAINERS, depth) or []):
            key: Any = id(container)
            if isinstance(container, dict):
                key = "object", frozenset((name, tree_form(x, forms)) for name, x in container.items())
            elif isinstance(container, list):
                key = "list", frozenset(Counter(tree_form(x, forms) for x in container).items())
            forms[id(container)] = numbers.setdefault(key, len(numbers))
    return forms


def tree_form(value: Any, forms: dict[int, int]) -> str | int | None:
    """Return what values that read alike share: the number of a container, the reading of a scalar."""
    if isinstance(value, _GOLD_CONTAINERS):
        return forms.get(id(value))
    return None if value is None else reading(value)
