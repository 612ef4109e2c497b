"""Rows of documents -> the sums of random resamples of them, and of two systems with rows swapped at random.

A row belongs to a document; only its column sums matter. A resample is therefore how often each document was
drawn, and the sums of many resamples are one matrix product. Draws are made a block at a time from one random
stream, so that memory is bounded and the blocks' size changes nothing. Sums of integers are exact below
2**53; sums of other values are exact to rounding.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from medvie_reward._core.names import counted
from medvie_reward._core.seeds import DEFAULT_SEED
from medvie_reward._core.validate import is_whole, require, shown
from medvie_reward.errors import ArgumentError

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

INTERVAL_METHODS: Final = ("expanded", "percentile", "bca")
"""Names of the kinds of interval; `medvie_reward.statistics._bootstrap.interval_of` says what they are."""
_CELLS: Final = 1 << 20
"""Draws per block: 8 MB of indices, 8 MB of counts."""
_BITS: Final = 32


@dataclass(frozen=True)
class Resampling:
    """How resamples are drawn and what is made of them.

    Attributes
    ----------
    resamples
        Number of resamples, and of random swaps in a paired test; at least 2.
    confidence
        Nominal coverage of the intervals, above 0 and below 1.
    seed
        Of `numpy.random.default_rng`; not negative. The resamples and the swaps each start from it.
    method
        One of `INTERVAL_METHODS`.

    Raises
    ------
    ArgumentError
        If a field is out of its range.
    """

    resamples: int = 10_000
    confidence: float = 0.95
    seed: int = DEFAULT_SEED
    method: str = "expanded"

    def __post_init__(self) -> None:
        whole = "an integer of at least"
        require(is_whole(self.resamples, 2), "resamples", f"{whole} 2", self.resamples)
        real = isinstance(self.confidence, (int, float, np.floating))
        # A comparison with nan is false, which refuses it.
        inside = real and bool(0.0 < self.confidence < 1.0)
        require(inside, "confidence", "a number above 0 and below 1", self.confidence)
        require(is_whole(self.seed, 0), "seed", f"{whole} 0", self.seed)
        if self.method not in INTERVAL_METHODS:
            raise ArgumentError(
                f"no method {shown(self.method)}: expected one of {', '.join(INTERVAL_METHODS)}"
            )

    def replace(self, **changes: Any) -> Resampling:
        """Copy this with some fields changed.

        Raises
        ------
        ArgumentError
            If one is out of its range.
        """
        return replace(self, **changes)

    @property
    def signature(self) -> str:
        """Every choice that can change a number."""
        return (
            f"bootstrap:{self.method}|resamples:{self.resamples}"
            f"|confidence:{self.confidence}|seed:{self.seed}"
        )


def check_resampling(how: Resampling) -> None:
    """Check a resampling, which checks itself when it is made; for callers of before."""
    replace(how)


def check_rows(rows: npt.ArrayLike, name: str = "rows") -> Floats:
    """Return rows as an array of floats.

    Parameters
    ----------
    rows
        Shape (documents, k), at least one document and one column, finite.
    name
        What the error calls them.

    Raises
    ------
    ArgumentError
        If the rows are not that.
    """
    try:
        made = np.asarray(rows, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name}: expected numbers, as many in every row: {error}") from None
    if made.ndim != 2 or 0 in made.shape:
        raise ArgumentError(
            f"{name}: expected a row of at least one column for at least one document, got shape {made.shape}"
        )
    if not np.isfinite(made).all():
        document = int(np.argmin(np.isfinite(made).all(axis=1)))
        raise ArgumentError(
            f"{name}: expected finite numbers, got {made[document].tolist()} in row {document}"
        )
    return made


def sum_clusters(rows: Floats, clusters: Sequence[Hashable] | None) -> Floats:
    """Add up the rows of each cluster.

    Parameters
    ----------
    rows
        Shape (documents, k).
    clusters
        The cluster of each document; ``None`` where every document is its own.

    Returns
    -------
    numpy.ndarray
        Shape (clusters, k), in the order in which the clusters first occur.

    Raises
    ------
    ArgumentError
        If there is not one cluster per document.
    """
    if clusters is None:
        return rows
    if len(clusters) != len(rows):
        raise ArgumentError(
            f"{counted(len(clusters), 'cluster')}: expected one for each of {counted(len(rows), 'document')}"
        )
    numbers: dict[Hashable, int] = {}
    places = np.array([numbers.setdefault(cluster, len(numbers)) for cluster in clusters])
    return np.stack([np.bincount(places, column, len(numbers)) for column in rows.T], axis=1)


def resample(units: Floats, how: Resampling) -> Floats:
    """Sum resamples of as many units as there are, drawn with replacement.

    The indices are those of ``default_rng(seed).integers(0, n, (resamples, n))``, as in
    `scipy.stats.bootstrap` and sacrebleu.

    Parameters
    ----------
    units
        Shape (n, k); documents or clusters.
    how
        Number of resamples and seed.

    Returns
    -------
    numpy.ndarray
        Shape (resamples, k).
    """
    n = len(units)
    rng = np.random.default_rng(how.seed)
    sums = np.empty((how.resamples, units.shape[1]))
    for block in _blocks(how.resamples, max(1, _CELLS // n)):
        size = block.stop - block.start
        drawn = rng.integers(0, n, (size, n))
        drawn += np.arange(0, size * n, n)[:, None]
        counts = np.bincount(drawn.reshape(-1), minlength=size * n).reshape(size, n)
        sums[block] = counts.astype(np.float64) @ units
    return sums


def swap(a: Floats, b: Floats, how: Resampling) -> tuple[Floats, Floats]:
    """Sum two systems' units, each pair swapped with probability one half.

    The swaps are those of ``default_rng(seed).integers(2, size=(resamples, n), dtype=bool)``, as in
    sacrebleu; a system keeps a unit where the draw is false.

    Parameters
    ----------
    a, b
        Shape (n, k); the same units in the same order.
    how
        Number of swaps and seed.

    Returns
    -------
    tuple
        The sums of what stands in the place of ``a`` and of ``b``, each of shape (resamples, k).
    """
    n = len(a)
    rng = np.random.default_rng(how.seed)
    gain = b - a
    moved = np.empty((how.resamples, a.shape[1]))
    # The generator cuts 32 bits into draws and throws the rest away at the end of a call. With a multiple of
    # 32 rows there is no rest, so that the blocks are one stream.
    rows = max(1, _CELLS // n)
    for block in _blocks(how.resamples, max(1, rows // _BITS) * _BITS):
        drawn = rng.integers(2, size=(block.stop - block.start, n), dtype=bool)
        for part in _blocks(len(drawn), rows):
            moved[block][part] = drawn[part].astype(np.float64) @ gain
    return a.sum(axis=0) + moved, b.sum(axis=0) - moved


def _blocks(n: int, size: int) -> Iterator[slice]:
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))
