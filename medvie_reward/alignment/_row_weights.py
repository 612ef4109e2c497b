"""All pairs of rows weighed at once, key by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

# Sums are held in int64.
_LARGE: Final = 1 << 62
# Cells, with keys counted, that are laid out at a time.
_CELLS: Final = 1 << 20


class KeyColumn(NamedTuple):
    """What there is under one key.

    Attributes
    ----------
    span
        The key's bit and those of its leaves.
    units
        What a leaf weighs, and how many bits it has.
    share
        What a paired leaf adds to the rest of a weight.
    critical
        Whether its leaves are critical.
    """

    span: int
    units: int
    share: int
    critical: bool


def weigh_columns(
    predicted: Sequence[int], gold: Sequence[int], columns: Sequence[KeyColumn], critical: int, join: int
) -> tuple[Any, Any, Any] | None:
    """Weigh all pairs of some rows.

    Under each key a row has one leaf, no leaf that the gold has, or nothing. So the highest bit under the key
    says which: two rows share the leaf where that is the same, and above the key's own bit.

    Parameters
    ----------
    predicted, gold
        Rows as bit sets; see `medvie_reward.alignment._row_table.RowTable`.
    columns
        What is under each key, in the order of the keys' bits.
    critical
        What a shared critical leaf adds to the rest of a weight.
    join
        The leaf bits of a joining member, if any.

    Returns
    -------
    tuple or None
        Units of shared leaves, the rest, and 1 for each pair that joins (None without a joining member),
        arrays of shape (predicted, gold); None where a row has two leaves under a key, or numbers are too
        large.
    """
    import numpy as np

    shares = [column.share for column in columns]
    if sum(shares) + critical * len(columns) >= _LARGE:
        return None
    spans = [column.span for column in columns]
    key_bits = len(spans)
    units = np.array([column.units for column in columns], dtype=np.int64)
    p, g = (
        np.array([[(row & span).bit_length() for span in spans] for row in rows], dtype=np.int64)
        for rows in (predicted, gold)
    )
    for rows, tops in ((predicted, p), (gold, g)):
        # Bits that are not those of the highest leaf under each key are of a second leaf there.
        if ((tops > key_bits) @ units != [(row >> key_bits).bit_count() for row in rows]).any():
            return None
    rest = ((p > 0) * np.array(shares, dtype=np.int64)) @ (g > 0).T.astype(np.int64)
    correct = np.zeros_like(rest)
    joined = np.zeros_like(rest) if join else None
    # As numbers that no other key can have, so that one comparison says all.
    g = np.where(g > key_bits, g, -1)
    adds = np.array([critical if column.critical else 0 for column in columns], dtype=np.int64)
    joins = np.array([span & join > 0 for span in spans], dtype=np.int64)
    step = max(1, _CELLS // max(1, len(gold) * key_bits))
    for start in range(0, len(predicted), step):
        shared = (p[start : start + step, None, :] == g[None, :, :]).astype(np.int64)
        correct[start : start + step] = shared @ units
        if critical:
            rest[start : start + step] += shared @ adds
        if joined is not None:
            joined[start : start + step] = shared @ joins
    return correct, rest, joined
