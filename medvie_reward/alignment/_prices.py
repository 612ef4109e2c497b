"""What leaves add to the worth of a pair of items.

A worth is one integer, ``credit * base + rest``, so that it adds and compares as integers do: credit by
weight comes first. The rest decides between pairings of equal credit, so that the best one earns most.

Where the spec has no costs, the rest is the number of paired leaves. Where it has some, the reward takes
H / n for hallucinated leaves, H the sum of cost * units over them, and critical_cost * W / K for W wrong
critical leaves of K (see `medvie_reward.metrics`). Among pairings of equal credit the one with the least of
that must win, else a corrected leaf could lower the reward. In whole parts that is H * A + W * B with A = K
and B = n * critical_cost (for F-beta A = (1 + beta^2) K and B = (beta^2 |S_g| + n) critical_cost). A leaf is
an invented item until its item is paired, which saves the difference to what it then costs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from typing import Any, Final, NamedTuple

from medvie_reward.spec import COST_PARTS, COSTS, Field, Spec

CREDIT: Final = 1_000
"""The credit of equal leaves; credits are whole thousandths."""
TIE: Final = 64
"""Bits below a worth for what decides between equals, and how many they are."""
_BETA_PARTS: Final = 100


class Costs(NamedTuple):
    """The costs and the matching of a spec, in the smallest whole numbers that keep their proportions.

    Attributes
    ----------
    filled_blank, invented_field, invented_item, critical
        What each costs, over their greatest common divisor.
    square, factor
        Of F-beta: beta^2 and 1 in one scale; 0 and 1 where precision and recall are mixed.
    """

    filled_blank: int
    invented_field: int
    invented_item: int
    critical: int
    square: int
    factor: int


def costs_of(spec: Spec) -> Costs:
    """Return the costs and the matching of a spec in whole numbers."""
    parts = [round(getattr(spec, cost) * COST_PARTS) for cost in COSTS]
    common = math.gcd(*parts) or 1
    beta = 1.0 if spec.matching == "f1" else spec.beta
    square = round(beta * _BETA_PARTS) ** 2 if spec.matching != "precision_recall" else 0
    filled, field, item, critical = (x // common for x in parts)
    return Costs(filled, field, item, critical, square, _BETA_PARTS**2 if square else 1)


class Prices:
    """What leaves add to the worth of a pair, for one gold document and one prediction.

    Parameters
    ----------
    spec
        The spec.
    gold, pred
        Leaves, units and critical leaves of either.

    Attributes
    ----------
    base
        What one thousandth of a unit is worth.
    by_kind
        Whether the kinds of hallucination cost differently.
    item
        What a paired leaf saves for each unit.
    filled_blank, invented_field
        What a leaf of that outcome saves for each unit; below 0 where it costs more than an invented item.
    critical
        What a correct critical leaf is worth besides.
    joined
        More than all pairs can be worth together, with their ties.
    """

    __slots__ = ("base", "by_kind", "critical", "even", "filled_blank", "invented_field", "item", "joined")

    def __init__(self, spec: Spec, gold: tuple[int, int, int], pred: tuple[int, int, int]) -> None:
        leaves, units, critical = gold
        filled, field, item, wrong, square, factor = costs_of(spec)
        wrong = wrong if critical else 0
        many = leaves + 1  # more than pairs of leaves can be
        part = (factor + square) * critical * many if wrong else many
        self.by_kind = not filled == field == item
        self.even = spec.fields.units == (1,)
        self.item: int = part * item
        self.filled_blank: int = part * (item - filled)
        self.invented_field: int = part * (item - field)
        self.critical: int = wrong * (square * units + factor * pred[1]) * many
        most: int = (units + pred[1]) * part * max(item, filled, field) + critical * self.critical + leaves
        self.base: int = 1 << most.bit_length() + 1
        self.joined: int = 1 << (self.base * (CREDIT * (units + 1) + 1)).bit_length() + TIE

    def pair(self, field: Field, credit: int) -> int:
        """Return the worth of a pair of leaves, neither blank, with a credit in thousandths."""
        units: int = field.units
        rest = units * self.item + 1
        if credit == CREDIT and field.critical:
            rest += self.critical
        return units * credit * self.base + rest

    def shared(self, fields: Mapping[str, Field], right: Set[tuple[str, str]], both: Set[str]) -> int:
        """Return the worth of two flat objects: of the leaves that are equal, and of the names both have."""
        if self.even:
            n, units = len(right), len(both)
        else:
            n = sum([fields[name].units for name, _ in right])
            units = sum([fields[name].units for name in both])
        worth: int = n * CREDIT * self.base + units * self.item + len(both)
        if self.critical:
            worth += self.critical * sum([fields[name].critical for name, _ in right])
        return worth

    def full(self, node: Any, field: Field) -> int:
        """Return the worth of a gold value of which every leaf is correct."""
        if isinstance(node, str):
            return self.pair(field, CREDIT) if node else 0
        sure: int = node.units * (CREDIT * self.base + self.item) + node.leaves
        if self.critical:
            sure += node.critical * self.critical
        return sure
