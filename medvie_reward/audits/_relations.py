"""What has to hold between the reward of an honest answer and that of an attack.

Rewards are compared on the scale of each document: 0 is what a well-formed answer without a right value
earns, 1 is what the gold document itself earns. The distance between both is the document's range.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

TINY: Final = 0.0005
"""What a mean may be off: less than any change of one leaf makes."""


@dataclass(frozen=True)
class Relation:
    """A relation of two rewards.

    Attributes
    ----------
    says
        The rule, as it is printed.
    excess
        From the honest and the attacked reward of one document, by how much it does not hold.
    tolerance
        How large the mean of that over the documents may be.
    """

    says: str
    excess: Callable[[float, float], float]
    tolerance: float = TINY


SAME: Final = Relation("attacked = honest", lambda honest, attacked: abs(attacked - honest))
NO_MORE: Final = Relation("attacked ≤ honest", lambda honest, attacked: max(0.0, attacked - honest))
LESS: Final = Relation("attacked < honest", lambda honest, attacked: attacked - honest, -TINY)
NOTHING: Final = Relation("attacked ≤ 0.05 of the range", lambda honest, attacked: attacked - 0.05)


def less_by(margin: float) -> Relation:
    """Return the relation that an attack earns less than the honest answer by a share of the range."""
    return Relation(
        f"attacked ≤ honest − {margin:.2f} of the range",
        lambda honest, attacked: attacked - honest + margin,
    )


def at_most(share: float) -> Relation:
    """Return the relation that an attack earns no more than a share of the range."""
    return Relation(f"attacked ≤ {share:.2f} of the range", lambda honest, attacked: attacked - share)
