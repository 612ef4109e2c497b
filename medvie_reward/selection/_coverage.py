"""Measure how well a selection covers all documents, compared with random selections of the same size.

Distances are those of the features that the selection was made by, so that it must win there; report types,
fields and list sizes are counted on the documents themselves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

from medvie_reward._core.names import counted
from medvie_reward.errors import ArgumentError
from medvie_reward.selection._features import Profile
from medvie_reward.spec import pattern_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from medvie_reward.selection._features import Matrix

    Curve = npt.NDArray[Any]

RARE: Final = 0.01
"""A field that is filled in a smaller share of the documents is rare."""

COVERAGE_SCORES: Final = (
    "largest_distance",
    "mean_distance",
    "report_types",
    "fields",
    "rare_fields",
    "fewest_items",
    "most_items",
)
"""What coverage is told in."""

_BLOCK: Final = 1_024


@dataclass(frozen=True)
class Band:
    """A figure over random picks."""

    mean: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Return every figure by name."""
        return dict(vars(self))

    def as_dict(self) -> dict[str, float]:
        """Return what `to_dict` does; the name in version 0.1.0."""
        return self.to_dict()


@dataclass(frozen=True)
class Coverage:
    """How well a selection covers all documents.

    Attributes
    ----------
    n, k
        Number of documents, number of picks.
    chosen, random, whole
        The `COVERAGE_SCORES` of the selection, over random selections, and of all documents: the largest and
        the mean distance of a document to the nearest chosen; the numbers of report types, of fields and of
        rare fields that some chosen document has; the fewest and most list items of one.
    seeds
        Seeds of the random picks.
    kinds, kinds_chosen
        Number of documents per report type, among all and among the chosen.
    fields, fields_chosen
        Number of documents in which a field is filled.
    unfilled
        Fields of the schema that no document fills.
    largest, largest_low, largest_mean, largest_high
        The largest distance for the first 1, 2, … k picks: of the selection, and least, mean and greatest
        over random picks.
    """

    n: int
    k: int
    chosen: dict[str, float]
    random: dict[str, Band]
    whole: dict[str, float]
    seeds: tuple[int, ...]
    kinds: dict[str, int]
    kinds_chosen: dict[str, int]
    fields: dict[str, int]
    fields_chosen: dict[str, int]
    unfilled: tuple[str, ...]
    largest: tuple[float, ...]
    largest_low: tuple[float, ...]
    largest_mean: tuple[float, ...]
    largest_high: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        made = dict(vars(self))
        made["random"] = {name: band.to_dict() for name, band in self.random.items()}
        return made

    def as_dict(self) -> dict[str, Any]:
        """Return what `to_dict` does; the name in version 0.1.0."""
        return self.to_dict()


def cover(
    profiles: Sequence[Profile],
    matrix: Matrix,
    picks: Sequence[int],
    *,
    strata: Sequence[str] | None = None,
    quotas: Mapping[str, int] | None = None,
    draws: int = 20,
    seed: int = 0,
    schema: Sequence[str] = (),
) -> Coverage:
    """Measure how well some picks cover all documents.

    Parameters
    ----------
    profiles, matrix
        The documents, and their numbers: `Selection.features`.
    picks
        Positions of the chosen ones.
    strata, quotas
        Where given, random picks have the same quotas.
    draws
        Number of random picks, each without putting back.
    seed
        Seed of the first; the next ones have the next numbers.
    schema
        Fields that gold documents should have.

    Raises
    ------
    ArgumentError
        If there are no picks or no draws.
    """
    import numpy as np

    if not picks or draws < 1:
        raise ArgumentError(
            f"{counted(len(picks), 'pick')}, {draws} random ones: expected at least 1 of both"
        )
    fields, kinds = _field_counts(profiles), _kind_counts(profiles)
    rare = {name for name, n in fields.items() if n < RARE * len(profiles)}
    seeds = tuple(range(seed, seed + draws))

    def figures(picks: Sequence[int]) -> tuple[dict[str, float], Curve]:
        largest, mean = _distances(matrix, picks)
        return {
            "largest_distance": float(largest[-1]),
            "mean_distance": mean,
            **_counts(profiles, picks, rare),
        }, largest

    chosen, curve = figures(picks)
    drawn = [figures(_draw(len(profiles), len(picks), strata, quotas, n)) for n in seeds]
    curves = np.array([curve for _, curve in drawn])
    taken = [profiles[n] for n in picks]
    # A lone value counts as a list of one, so list marks make no difference.
    known = {pattern_of(name) for name in fields}
    return Coverage(
        len(profiles),
        len(picks),
        chosen,
        {name: _band([values[name] for values, _ in drawn]) for name in COVERAGE_SCORES},
        {"largest_distance": 0.0, "mean_distance": 0.0, **_counts(profiles, range(len(profiles)), rare)},
        seeds,
        kinds,
        _like(kinds, _kind_counts(taken)),
        fields,
        _like(fields, _field_counts(taken)),
        tuple(name for name in schema if pattern_of(name) not in known),
        *(tuple(map(float, x)) for x in (curve, curves.min(axis=0), curves.mean(axis=0), curves.max(axis=0))),
    )


def _distances(matrix: Matrix, picks: Sequence[int]) -> tuple[Curve, float]:
    """Return the largest distance to the nearest of the first 1, 2, … picks, and the mean one to all."""
    import numpy as np

    centers = matrix[list(picks)]
    lengths = np.einsum("ij,ij->i", centers, centers)
    largest = np.zeros(len(picks), np.float32)
    total = 0.0
    first = np.full(len(matrix), -1)
    first[list(picks)] = np.arange(len(picks))
    for a in range(0, len(matrix), _BLOCK):
        rows = matrix[a : a + _BLOCK]
        block = rows @ centers.T
        block *= -2
        block += np.einsum("ij,ij->i", rows, rows)[:, None]
        block += lengths
        own = np.flatnonzero(first[a : a + _BLOCK] >= 0)
        block[own, first[a : a + _BLOCK][own]] = 0
        np.maximum(block, 0, out=block)
        np.minimum.accumulate(block, axis=1, out=block)
        np.sqrt(block, out=block)
        np.maximum(largest, block.max(axis=0), out=largest)
        total += float(block[:, -1].sum(dtype=np.float64))
    return largest, total / len(matrix)


def _draw(
    n: int, k: int, strata: Sequence[str] | None, quotas: Mapping[str, int] | None, seed: int
) -> list[int]:
    """Draw at random, with the same quotas where there are some."""
    random = Random(seed)
    if strata is None or not quotas:
        return random.sample(range(n), k)
    members = defaultdict(list)
    for place, name in enumerate(strata):
        members[name].append(place)
    drawn = [place for name, quota in quotas.items() for place in random.sample(members[name], quota)]
    random.shuffle(drawn)
    return drawn


def _counts(profiles: Sequence[Profile], picks: Sequence[int], rare: set[str]) -> dict[str, float]:
    filled = {name for n in picks for name in profiles[n].filled}
    items = [profiles[n].items for n in picks]
    return {
        "report_types": len({profiles[n].kind for n in picks} - {None}),
        "fields": len(filled),
        "rare_fields": len(filled & rare),
        "fewest_items": min(items),
        "most_items": max(items),
    }


def _field_counts(profiles: Sequence[Profile]) -> dict[str, int]:
    return dict(Counter(name for profile in profiles for name in profile.filled).most_common())


def _kind_counts(profiles: Sequence[Profile]) -> dict[str, int]:
    return dict(Counter(profile.kind for profile in profiles if profile.kind is not None).most_common())


def _like(whole: Mapping[str, int], part: Mapping[str, int]) -> dict[str, int]:
    return {name: part.get(name, 0) for name in whole}


def _band(values: Sequence[float]) -> Band:
    return Band(fmean(values), min(values), max(values))
