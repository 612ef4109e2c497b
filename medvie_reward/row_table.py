"""The rows of a gold list of flat objects, prepared as sets of leaves."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, Final

from medvie_reward.assignment import overlap
from medvie_reward.tree import scalar_text

# The cache of raw texts per key is bounded, since predictions feed it.
_CACHE_SIZE: Final = 65_536


class RowTable:
    """The rows of a gold list of flat objects as sets of leaves, one bit per distinct (key, text).

    Attributes
    ----------
    masks
        One bit set per row: key bits lowest, leaf bits above them.
    weights
        What each row weighs where it is matched in full.
    key_bits
        Number of key bits.
    codes
        key -> raw text -> the bits of that leaf: leaf and key, the key alone where no gold row has the
        text, 0 where it is empty. Filled as predictions bring new texts.
    same
        A row of texts as (keys + values) -> positions of the gold rows that are exactly this.
    """

    __slots__ = ("_bits", "_form", "_next", "codes", "join", "key_bits", "key_of", "masks", "same", "weights")

    def __init__(self, rows: list[dict[str, Any]], form: Callable[[str], str], join: str | None) -> None:
        keys = dict.fromkeys(chain.from_iterable(rows))
        self._form = form
        self.key_of: dict[str, int] = {key: 1 << n for n, key in enumerate(keys)}
        self.key_bits = len(keys)
        self.codes: dict[str, dict[str, int]] = {key: {"": 0} for key in keys}
        self._bits: dict[str, dict[str, int]] = {key: {} for key in keys}
        self._next = 1 << self.key_bits
        self.masks = [self._add(row) for row in rows]
        self.weights = [overlap(mask, mask, self.key_bits) for mask in self.masks]
        self.join = 0
        if join is not None:
            for code in self._bits.get(join, {}).values():
                self.join |= code & ~self.key_of[join]
        self.same: dict[tuple[str, ...], list[int]] = {}
        for i, row in enumerate(rows):
            values = tuple(row.values())
            # Only texts: 1, 1.0 and True are equal to Python and different here.
            if set(map(type, values)) <= {str}:
                self.same.setdefault(tuple(row) + values, []).append(i)

    def _add(self, row: dict[str, Any]) -> int:
        """Take in a gold row: a bit for every leaf that none before it had."""
        mask = 0
        for key, value in row.items():
            codes = self.codes[key]
            code = codes.get(value) if value.__class__ is str else None
            if code is None:
                text = self._form(scalar_text(value))
                if not text:
                    continue
                code = self._bits[key].get(text)
                if code is None:
                    code = self._bits[key][text] = self._next | self.key_of[key]
                    self._next <<= 1
                if value.__class__ is str:
                    codes[value] = code
            mask |= code
        return mask

    def mask(self, row: dict[str, Any]) -> int:
        """Write a row as a bit set; leaves under keys that no gold row has are left out."""
        mask = 0
        codes = self.codes
        for key, value in row.items():
            known = codes.get(key)
            if known is not None:
                code = known.get(value) if value.__class__ is str else None
                mask |= self._code(key, value) if code is None else code
        return mask

    def _code(self, key: str, value: Any) -> int:
        if value.__class__ is dict:
            return 0
        if value.__class__ is list:
            # A scalar meets a list as a list of one, so any item may be the one that matches it.
            code = 0
            for item in value:
                code |= self._code(key, item)
            return code
        text = self._form(scalar_text(value))
        code = self._bits[key].get(text, self.key_of[key]) if text else 0
        known = self.codes[key]
        if value.__class__ is str and len(known) < _CACHE_SIZE:
            known[value] = code
        return code
