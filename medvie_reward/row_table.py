"""The rows of a gold list of flat objects, prepared as sets of leaves."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any, Final

from medvie_reward.assignment import Scale, Work
from medvie_reward.fields import Field, Fields
from medvie_reward.tree import scalar_text
from medvie_reward.worth import Worth

# The cache of raw texts per key is bounded, since predictions feed it.
_CACHE_SIZE: Final = 65_536


class RowTable:
    """The rows of a gold list of flat objects as sets of leaves.

    Parameters
    ----------
    rows
        The rows.
    field
        The field of the rows.
    fields
        All fields.
    worth
        What leaves are worth.
    join
        The member that rows are joined by, if any.

    Attributes
    ----------
    masks
        One bit set per row: a bit per key lowest, above them as many bits per distinct leaf (key, text) as it
        has units. Bits are numbered by what they stand for, so that they order rows the same whatever the
        order of rows and members.
    critical
        The keys where a wrong leaf is charged.
    texts_only
        Per row, whether all its values are texts.
    scale
        What the intersection of two rows weighs.
    field, fields
        The field of the rows, and that of each key.
    join
        The leaf bits of the joining member.
    codes
        key -> raw text -> the bits of that leaf: leaf and key, the key alone where no gold row has the
        text, 0 where it is empty. Filled as predictions bring new texts.
    same
        A row of texts as (keys + values) -> positions of the gold rows that are exactly this.
    """

    __slots__ = (
        "_bits",
        "_weights",
        "codes",
        "critical",
        "field",
        "fields",
        "join",
        "key_of",
        "masks",
        "same",
        "scale",
        "texts_only",
    )

    def __init__(
        self, rows: list[dict[str, Any]], field: Field, fields: Fields, worth: Worth, join: str | None
    ) -> None:
        keys = sorted(set(chain.from_iterable(rows)))
        of = self.fields = {key: fields.member(field, key) for key in keys}
        self.field = field
        self.scale = Scale([worth.wrong[of[key].units] for key in keys], worth.base)
        self.key_of: dict[str, int] = {key: 1 << n for n, key in enumerate(keys)}
        self._bits: dict[str, dict[str, int]] = {}
        self.codes: dict[str, dict[str, int]] = {}
        free = 1 << len(keys)
        self.join = 0
        for key in keys:
            form, units = of[key].form, of[key].units
            raws = {x if x.__class__ is str else scalar_text(x) for x in (row.get(key) for row in rows)}
            forms = {raw: form(raw) for raw in raws}
            bits = self._bits[key] = {}
            leaf = (1 << units) - 1
            for text in sorted(set(forms.values())):
                if text:
                    bits[text] = leaf * free | self.key_of[key]
                    if of[key].critical:
                        self.scale.critical_leaves |= free
                    if key == join:
                        self.join |= leaf * free
                    free <<= units
            self.codes[key] = {"": 0, **{raw: bits[text] if text else 0 for raw, text in forms.items()}}
        self.masks = list(map(self.mask, rows))
        self.critical = [key for key in keys if of[key].critical]
        plain = Work(0)  # no bound has a say in what a row weighs
        self._weights = [] if self.critical else [self.scale.weigh(x, x, plain) for x in self.masks]
        self.texts_only: list[bool] = []
        self.same: dict[tuple[str, ...], list[int]] = {}
        for i, row in enumerate(rows):
            values = tuple(row.values())
            # Only texts: 1, 1.0 and True are equal to Python and different here.
            self.texts_only.append(set(map(type, values)) <= {str})
            if self.texts_only[i]:
                self.same.setdefault(tuple(row) + values, []).append(i)

    def full(self, places: Iterable[int], work: Work) -> int:
        """Give the worth of some rows, each matched in full."""
        if not self.critical:
            return sum(map(self._weights.__getitem__, places))
        weigh, masks = self.scale.weigh, self.masks
        return sum([weigh(masks[i], masks[i], work) for i in places])

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
        text = self.fields[key].form(scalar_text(value))
        code = self._bits[key].get(text, self.key_of[key]) if text else 0
        known = self.codes[key]
        if value.__class__ is str and len(known) < _CACHE_SIZE:
            known[value] = code
        return code
