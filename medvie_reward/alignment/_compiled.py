"""The compiled kernel, called as the textbook is.

Every function gives ``None`` where a document is left to the textbook: where there is no kernel, for JSON
that is read as Donut's evaluator does, for texts that have no UTF-8 form, and for numbers that would not fit.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

import orjson

from medvie_reward._core.json_values import scalar_text
from medvie_reward.alignment._engine import kernel
from medvie_reward.alignment._outcomes import Row
from medvie_reward.alignment._prices import costs_of
from medvie_reward.comparators import FORMS
from medvie_reward.spec import KINDS, THINK_TAGS, Fields, Spec

T = TypeVar("T")

_kernel: Any = kernel  # asked only where it is there

_OUTCOMES: Final = ("correct", "wrong", "missing", "hallucinated")
_CREDITS: Final = (0.0, 1.0)


class _Shelf:
    """What the kernel remembers of the texts of some fields, and the numbers of their spec."""

    __slots__ = ("forgotten", "handle", "numbers")

    def __init__(self, spec: Spec, fields: Fields) -> None:
        self.forgotten = fields.forgotten
        self.handle = _kernel.shelf(
            scalar_text, FORMS["unicode"], "align" if spec.lists == "bag" else spec.lists
        )
        self.numbers = _numbers(spec)


_shelves: WeakKeyDictionary[Fields, _Shelf] = WeakKeyDictionary()


def prepare(gold: Any, spec: Spec, fields: Fields) -> Any | None:
    """Read a plain gold value once for many predictions."""
    if kernel is None or spec.reading != "json":
        return None
    shelf = _shelves.get(fields)
    # A gold's currencies are known from its texts as long as those are remembered that name one; what the
    # kernel remembers longer would hide them.
    if shelf is None or shelf.forgotten != fields.forgotten:
        shelf = _shelves[fields] = _Shelf(spec, fields)
    return _kernel.gold(shelf.handle, fields, gold, shelf.numbers)


def sizes(gold: Any) -> tuple[int, int, int]:
    """Return the number of a gold's leaves, what they weigh in units, and how many are critical."""
    made: tuple[int, int, int] = _kernel.sizes(gold)
    return made


def _numbers(spec: Spec) -> tuple[int, ...]:
    """Return the numbers of a spec that the kernel needs."""
    charged = spec.kind_costs.values()
    return (*costs_of(spec), *charged, spec.max_work, spec.max_depth, int(spec.lists == "bag"))


def count(gold: Any, pred: Any) -> tuple[Row, bool] | None:
    """Count the leaves of a plain value, and tell whether the work bound ran out."""
    found: tuple[Row, bool] | None = _kernel.count(gold, pred, False, False)
    return found


def count_by_field(gold: Any, pred: Any, blanks: bool = False) -> tuple[dict[str, Row], bool] | None:
    """Count the leaves of a plain value by field, and what both sides leave blank where asked for."""
    found: tuple[dict[str, Row], bool] | None = _kernel.count(gold, pred, True, blanks)
    return found


def reward_terms(spec: Spec) -> tuple[float, ...] | None:
    """Return the numbers of a spec that a reward is made of, where the kernel makes rewards as it says."""
    usual = (
        spec.format == "think"
        and spec.answer == "lenient"
        and spec.think_tags == THINK_TAGS
        and not spec.prefilled
        and spec.reader is None
    )
    if not usual:
        return None
    square = -1.0 if spec.matching == "precision_recall" else 1.0 if spec.matching == "f1" else spec.beta**2
    return spec.alpha, spec.floor, spec.format_weight, spec.both_empty, spec.critical_cost, square


def reward_of_text(
    gold: Any, text: str, type_: type[T], terms: tuple[float, ...], max_chars: int
) -> T | None:
    """Reward a completion that is well formed and holds one JSON object.

    Parameters
    ----------
    gold
        What `prepare` gave.
    text
        The completion.
    type_
        The class of rewards, a named tuple.
    terms
        What `reward_terms` gave for the spec.
    max_chars
        The longest answer that is read.
    """
    made: T | None = _kernel.reward(gold, text, orjson.loads, type_, "ok", "", terms, max_chars)
    return made


def leaves(gold: Any, pred: Any, leaf: type) -> tuple[list[Any], bool] | None:
    """List every leaf of a plain value, and tell whether the work bound ran out."""
    found: tuple[list[Any], bool] | None = _kernel.leaves(gold, pred, leaf, _OUTCOMES, KINDS, _CREDITS)
    return found
