"""Published metrics that `evaluate` gives beside F1: which there are, what defines them, values, means.

They compare two JSON values as they stand: no comparator, schema, weight or list mode of a spec has a say.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum
from typing import Any, Final, NamedTuple

from medvie_reward.anls import anls_star
from medvie_reward.edit_distance import ted_accuracy
from medvie_reward.errors import InputError

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
    """

    ted: float | None = None
    anls: float | None = None

    def asked(self) -> dict[str, float]:
        """Give by name what was asked for."""
        return {name: x for name, x in self._asdict().items() if x is not None}


def known_metrics(asked: str | Iterable[str]) -> tuple[str, ...]:
    """Give the metrics asked for in the order of `METRICS`, each once.

    Parameters
    ----------
    asked
        Their names, or one text with commas between them.

    Raises
    ------
    InputError
        If a name is unknown or there is none.
    """
    if not isinstance(asked, Iterable):
        raise InputError(f"metrics: expected names, some of {', '.join(METRICS)}, got {type(asked).__name__}")
    names = [name.strip() for name in asked.split(",")] if isinstance(asked, str) else list(asked)
    for name in names or [""]:
        if name not in METRICS:
            raise InputError(f"unknown metric {name!r}: expected some of {', '.join(METRICS)}")
    return tuple(name for name in METRICS if name in names)


def sign(signature: str, metrics: tuple[str, ...]) -> str:
    """Add to a spec's signature what defines the metrics asked for; F1 is defined by the spec."""
    return "|".join([signature, *(f"{m}:{_DEFINITIONS[m]}" for m in metrics if m in _DEFINITIONS)])


def compare_published(answer: Any, gold: Any, metrics: tuple[str, ...], *, answered: bool) -> Published:
    """Give one document's values; all 0.0 where there is no answer, even against an empty gold."""
    return Published(
        ted=(ted_accuracy(answer, gold) if answered else 0.0) if "ted" in metrics else None,
        anls=(anls_star(gold, answer) if answered else 0.0) if "anls" in metrics else None,
    )


def mean_published(values: list[Published]) -> Published:
    """Give the means over documents; each sum is rounded once, so that no order of documents changes it."""
    columns = zip(*values, strict=True)
    return Published(*[None if None in column else fsum(column) / len(column) for column in columns])
