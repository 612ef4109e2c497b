"""Published metrics that `evaluate` computes next to F1: their names, definitions and values.

They compare the unmodified JSON values: comparators, schemas, weights and list modes of a spec do not apply.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from medvie_reward.errors import ArgumentError
from medvie_reward.metrics._anls import bounded_anls
from medvie_reward.metrics._edit_distance import bounded_accuracy

METRICS: Final = ("f1", "ted", "anls")
"""What can be asked for, in the order in which it is printed."""

# The implementation whose numbers ours are; a change of ours within it is told by the package's version.
_DEFINITIONS: Final = {"ted": "donut-1.0.9", "anls": "anls_star-1.0.1"}


class Published(NamedTuple):
    """One document's values, or a corpus's means; ``None`` where not asked for.

    Attributes
    ----------
    ted
        Donut's nTED accuracy (see `medvie_reward.ted_accuracy`).
    anls
        ANLS* (see `medvie_reward.anls_star`).
    limited
        How many documents reached a metric's work limit, so that a bound is given instead of the value.
    """

    ted: float | None = None
    anls: float | None = None
    limited: int = 0

    def asked(self) -> dict[str, float]:
        """Return by name the metrics that were asked for."""
        return {name: x for name, x in (("ted", self.ted), ("anls", self.anls)) if x is not None}

    def to_dict(self) -> dict[str, float]:
        """Return what was asked for, and how many documents reached a bound; nothing where nothing was."""
        asked = self.asked()
        return {**asked, "metrics_limited": self.limited} if asked else {}

    def as_dict(self) -> dict[str, float]:
        """Return what `to_dict` does; the name in version 0.1.0."""
        return self.to_dict()


def known_metrics(asked: str | Iterable[str]) -> tuple[str, ...]:
    """Return the metrics asked for in the order of `METRICS`, each once.

    Parameters
    ----------
    asked
        Their names, or one text with commas between them.

    Raises
    ------
    ArgumentError
        If a name is unknown or there is none.
    """
    if not isinstance(asked, Iterable):
        raise ArgumentError(
            f"metrics: expected names, some of {', '.join(METRICS)}, got {type(asked).__name__}"
        )
    names = [name.strip() for name in asked.split(",")] if isinstance(asked, str) else list(asked)
    for name in names or [""]:
        if name not in METRICS:
            raise ArgumentError(f"unknown metric {name!r}: expected some of {', '.join(METRICS)}")
    return tuple(name for name in METRICS if name in names)


def sign(signature: str, metrics: tuple[str, ...]) -> str:
    """Add to a spec's signature what defines the metrics asked for; F1 is defined by the spec."""
    return "|".join([signature, *(f"{m}:{_DEFINITIONS[m]}" for m in metrics if m in _DEFINITIONS)])


def compare_published(answer: Any, gold: Any, metrics: tuple[str, ...], *, answered: bool) -> Published:
    """Return one document's values; all 0.0 where there is no answer, even against an empty gold."""
    ted = anls = (0.0, False)
    if answered and "ted" in metrics:
        ted = bounded_accuracy(answer, gold)
    if answered and "anls" in metrics:
        anls = bounded_anls(gold, answer)
    return Published(
        ted[0] if "ted" in metrics else None, anls[0] if "anls" in metrics else None, int(ted[1] or anls[1])
    )
