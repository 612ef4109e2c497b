"""Estimate what a smaller sample of documents would have shown of systems.

Samples of n documents are drawn with replacement, as a bootstrap does: all documents are treated as
representative of the population, so that a sample as large still differs from the next one. (Drawn without
replacement, the standard deviation would shrink to 0 as n nears their number, unlike that of a new sample.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from medvie_reward._core.seeds import DEFAULT_SEED
from medvie_reward._core.validate import is_whole, shown
from medvie_reward.corpus import Figure, Rows
from medvie_reward.errors import ArgumentError
from medvie_reward.statistics._power import LEVEL, influence_values, needed_documents, quantile
from medvie_reward.statistics._rank import TIE, pair_orders, tau_a

SIZES: Final = (50, 100, 200, 500)
"""Sizes looked at where none are given, as far as there are so many documents; their number is one too."""

_CELLS: Final = 1 << 21
_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Subsampling:
    """How sets of documents are drawn.

    Attributes
    ----------
    sizes
        Documents in a set, at least 2 each.
    draws
        Sets of each size, at least 2.
    seed
        Not negative.

    Raises
    ------
    ArgumentError
        If a field is out of its range.
    """

    sizes: tuple[int, ...]
    draws: int = 2_000
    seed: int = DEFAULT_SEED

    def __post_init__(self) -> None:
        good = is_whole(self.draws, 2) and is_whole(self.seed, 0) and all(is_whole(n, 2) for n in self.sizes)
        if not good:
            raise ArgumentError(
                "expected sizes of at least 2, at least 2 draws and a seed of at least 0, got "
                f"{shown(self.sizes)}, {shown(self.draws)} and {shown(self.seed)}"
            )

    @property
    def signature(self) -> str:
        """Every choice that can change a number."""
        sizes = ",".join(map(str, self.sizes))
        return f"subsampling:with-replacement|sizes:{sizes}|draws:{self.draws}|seed:{self.seed}"


class Spread(NamedTuple):
    """A system's figure over sets of one size: mean, standard deviation, 95% range."""

    mean: float
    sd: float
    low: float
    high: float


class PairAt(NamedTuple):
    """Two systems over sets of one size.

    Attributes
    ----------
    right
        Share of sets that order the two as all documents do.
    apart
        Share of sets in which a paired test at `LEVEL` also says so: the difference is, in that direction,
        over z times its standard error, which is taken from the set's own influence values.
    """

    right: float
    apart: float


class Size(NamedTuple):
    """What sets of n documents say.

    Attributes
    ----------
    n
        Documents in a set.
    spreads
        By system.
    same_ranking
        Share of sets that rank all systems as all documents do.
    tau
        Mean over sets of Kendall's tau-a to that ranking: pairs in the same order minus pairs in the
        opposite order, of all pairs.
    pairs
        By two systems.
    """

    n: int
    spreads: dict[str, Spread]
    same_ranking: float
    tau: float
    pairs: dict[tuple[str, str], PairAt]


class SystemPair(NamedTuple):
    """Two systems over all documents.

    Attributes
    ----------
    difference
        Figure of the second minus figure of the first.
    sd
        Standard deviation of the documents' influence values of the difference.
    needed
        How many documents show a true difference as large, see `sample_size`; ``None``: no number.
    """

    difference: float
    sd: float
    needed: int | None


class Subsamples(NamedTuple):
    """What fewer documents would have shown.

    Attributes
    ----------
    documents
        Number of documents at hand.
    figures
        System -> figure of all documents.
    pairs
        By two systems, in the order given.
    sizes
        By size.
    """

    documents: int
    figures: dict[str, float]
    pairs: dict[tuple[str, str], SystemPair]
    sizes: tuple[Size, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "documents": self.documents,
            "figures": self.figures,
            "pairs": [{"systems": list(names), **pair._asdict()} for names, pair in self.pairs.items()],
            "sizes": [
                {
                    "n": size.n,
                    "systems": {name: spread._asdict() for name, spread in size.spreads.items()},
                    "same_ranking": size.same_ranking,
                    "tau": size.tau,
                    "pairs": [
                        {"systems": list(names), **pair._asdict()} for names, pair in size.pairs.items()
                    ],
                }
                for size in self.sizes
            ],
        }

    def as_dict(self) -> dict[str, Any]:
        """Return what `to_dict` does; the name in version 0.1.0."""
        return self.to_dict()


def choose_sizes(documents: int, asked: Sequence[int] = ()) -> tuple[int, ...]:
    """Return the sizes to look at, upwards: those asked for, or those of `SIZES` that fit and all documents.

    Raises
    ------
    ArgumentError
        If one asked for is below 2 or above the number of documents, or there are fewer than 2 documents.
    """
    if documents < 2:
        raise ArgumentError(f"expected at least 2 documents to draw sets of, got {documents}")
    for n in asked:
        if not 2 <= n <= documents:
            raise ArgumentError(
                f"sizes: expected integers from 2 to {documents}, the documents there are, got {n}"
            )
    return tuple(sorted({*asked} or {*(n for n in SIZES if n < documents), documents}))


def check_subsampling(how: Subsampling) -> None:
    """Check a subsampling, which checks itself when it is made; for callers of before."""
    replace(how)


def subsample_systems(rows: Mapping[str, Rows], figure: Figure, how: Subsampling) -> Subsamples:
    """Draw sets of documents and see what they say of systems.

    Parameters
    ----------
    rows
        System -> array of shape (documents, k), the same documents in the same order; at least two systems.
    figure
        A figure over their column sums, such as those of `figures.FIGURES`.
    how
        Sizes, draws, seed.

    Raises
    ------
    ArgumentError
        If there are fewer than two systems, or sets cannot be drawn.
    """
    if len(rows) < 2:
        raise ArgumentError("expected at least two systems")
    tables = list(rows.values())
    places = list(combinations(range(len(tables)), 2))
    names = list(combinations(rows, 2))
    whole = np.array([float(figure(table.sum(axis=0))) for table in tables])
    influences = [influence_values(table, figure) for table in tables]
    gains = np.stack([influences[b] - influences[a] for a, b in places], axis=1)
    order = pair_orders(whole, TIE)
    pairs = {}
    for name, (a, b), gain in zip(names, places, gains.T, strict=True):
        difference, sd = float(whole[b] - whole[a]), float(gain.std(ddof=1))
        pairs[name] = SystemPair(difference, sd, needed_documents(difference, sd))
    sizes = []
    for n in how.sizes:
        figures, standard_errors = _draw(tables, gains, figure, n, how)
        found = pair_orders(figures, TIE)
        right = found == order
        gap = np.stack([figures[:, b] - figures[:, a] for a, b in places], axis=1)
        apart = right & (np.abs(gap) > quantile(1 - LEVEL / 2) * standard_errors + TIE)
        spreads = {name: _spread(values) for name, values in zip(rows, figures.T, strict=True)}
        sizes.append(
            Size(
                n,
                spreads,
                float(right.all(axis=1).mean()),
                tau_a(found, order),
                {
                    name: PairAt(float(right[:, k].mean()), float(apart[:, k].mean()))
                    for k, name in enumerate(names)
                },
            )
        )
    return Subsamples(len(tables[0]), dict(zip(rows, whole.tolist(), strict=True)), pairs, tuple(sizes))


def _draw(
    tables: list[Rows], gains: _Floats, figure: Figure, n: int, how: Subsampling
) -> tuple[_Floats, _Floats]:
    """Return the figures of drawn sets, shape (draws, systems), and the pairs' standard errors per set."""
    width = tables[0].shape[1]
    wide = np.hstack([*tables, gains, gains**2])
    sums = np.concatenate([counts @ wide for counts in _counts(len(wide), n, how)])
    figures = np.stack([figure(sums[:, k * width : (k + 1) * width]) for k in range(len(tables))], axis=1)
    end = len(tables) * width
    first, second = sums[:, end : end + gains.shape[1]], sums[:, end + gains.shape[1] :]
    variance = np.maximum(0.0, second - first**2 / n) / (n - 1)
    return figures, np.sqrt(variance / n)


def _counts(documents: int, n: int, how: Subsampling) -> Iterator[_Floats]:
    """Return how often each document is in each set, a block of sets at a time so that memory is bounded."""
    rng = np.random.default_rng([how.seed, n])
    share = np.full(documents, 1 / documents)
    block = max(1, _CELLS // documents)
    for start in range(0, how.draws, block):
        yield rng.multinomial(n, share, min(block, how.draws - start)).astype(np.float64)


def _spread(values: _Floats) -> Spread:
    low, high = np.quantile(values, (0.025, 0.975))
    return Spread(float(values.mean()), float(values.std(ddof=1)), float(low), float(high))
