"""Seeds and numbers in [0, 1) made from what they are for, the same on every machine."""

from __future__ import annotations

import hashlib
from typing import Final

DEFAULT_SEED: Final = 20250613
"""The seed of every random choice that is given none."""
_SEED_BITS: Final = 63  # what a signed 64-bit column holds


def seed_of(*parts: object) -> int:
    """Return a seed of 63 bits for parts such as a run's seed, a document's id and a number."""
    text = "\0".join(map(str, parts))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big") >> (
        64 - _SEED_BITS
    )


def unit_of(*parts: object) -> float:
    """Return a number in [0, 1) that depends on the parts alone."""
    return (seed_of(*parts) >> (_SEED_BITS - 53)) / 2**53
