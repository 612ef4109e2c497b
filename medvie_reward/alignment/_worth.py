"""What leaves add to the worth of a pairing.

What a pairing of two trees is worth is one integer, ``correct units * base + rest``, so that it adds and
compares as integers do: correct leaves come first, by weight. The rest decides between pairings with equally
much correct, so that the best pairing is the one the reward likes best.

Where the spec has no costs, the rest is the number of paired leaves. Where it has some, the reward takes
H / n for hallucinated leaves, H the sum of cost * units over them, and critical_cost * W / K for W wrong
critical leaves of K (see `rewards`). Among pairings with equally much correct, the one with the least of that
must win, else a corrected leaf could lower the reward. In whole parts that is H * A + W * B with A = K and
B = n * critical_cost (for F-beta A = (1 + beta^2) K and B = (beta^2 |S_g| + n) critical_cost). A paired leaf
saves the cost of an invented item, and a correct critical leaf is one wrong leaf less.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from medvie_reward._core.json_values import is_empty
from medvie_reward.spec import COST_PARTS, COSTS, Field, Fields, Spec

_BETA_PARTS: Final = 100


class Worth:
    """What leaves are worth in pairings with one gold.

    Parameters
    ----------
    spec
        The spec.
    leaves, units, critical
        The gold's leaves, their weight in units, and how many of them are critical; see `measure_leaves`.

    Attributes
    ----------
    leaves, units, critical
        The same.
    base
        What one unit of correct leaves is worth.
    by_kind
        Whether the kinds of hallucination cost differently.
    right, wrong, filled_blank, invented_field
        Units of a leaf -> what it adds if that is its outcome.
    """

    def __init__(self, spec: Spec, leaves: int, units: int, critical: int) -> None:
        self.leaves, self.units, self.critical = leaves, units, critical
        parts: list[int] = [round(getattr(spec, cost) * COST_PARTS) for cost in COSTS]
        filled, field, item, wrong = (cost // (math.gcd(*parts) or 1) for cost in parts)
        self._critical = wrong if self.critical else 0
        self.by_kind = not filled == field == item
        self._tie = self.leaves + 1  # more than pairs can be
        beta = 1.0 if spec.matching == "f1" else spec.beta
        square = round(beta * _BETA_PARTS) ** 2 if spec.matching != "precision_recall" else 0
        self._n_factor, self._offset = (_BETA_PARTS**2 if square else 1), square * self.units
        share = (self._n_factor + square) * self.critical if self._critical else 1
        self.base = 1 << 128 if filled or field or item or self._critical else 1 << 32
        part = share * self._tie
        self.wrong = {n: n * part * item + 1 for n in spec.fields.units}
        self.right = {n: n * self.base + rest for n, rest in self.wrong.items()}
        self.filled_blank = {n: n * part * (item - filled) for n in spec.fields.units}
        self.invented_field = {n: n * part * (item - field) for n in spec.fields.units}

    def right_critical(self, units: int) -> int:
        """Return what a correct critical leaf adds besides, in a prediction that weighs so many units."""
        return self._critical * (self._offset + self._n_factor * units) * self._tie


def measure_units(value: Any, fields: Fields, known: Mapping[int, Callable[[], int]]) -> int:
    """Weigh the leaves of a plain value, in units.

    Parameters
    ----------
    value
        The value, at the root.
    fields
        All fields.
    known
        What gives the weight of lists in it that were read before, by identity.
    """
    units = 0
    if known and value.__class__ is dict:
        read = [x for x in value.values() if id(x) in known]
        units = sum([known[id(x)]() for x in read])
        value = {key: x for key, x in value.items() if id(x) not in known}
    return units + measure_leaves(value, fields)[1]


def measure_leaves(value: Any, fields: Fields, field: Field | None = None) -> tuple[int, int, int]:
    """Count the leaves of a plain value at a field, their units, and the critical ones."""
    leaves = units = critical = 0
    waiting: list[tuple[Any, Field]] = [(value, field or fields.root)]
    while waiting:
        value, field = waiting.pop()
        if value.__class__ is list:
            if value:
                inner = fields.items(field)
                waiting.extend([(x, inner) for x in value])
        elif value.__class__ is dict:
            members = field.members
            for key, x in value.items():
                child = members.get(key) or fields.member(field, key)
                if x.__class__ is str:
                    # The commonest case by far, so it takes no turn of its own.
                    if x and not x.isspace():
                        leaves += 1
                        units += child.units
                        critical += child.critical
                else:
                    waiting.append((x, child))
        elif not is_empty(value):
            leaves += 1
            units += field.units
            critical += field.critical
    return leaves, units, critical
