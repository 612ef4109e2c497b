"""The rows of a gold list of flat objects, prepared as sets of leaves."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from operator import or_
from typing import Any, Final

from medvie_reward.assignment import Scale, Work
from medvie_reward.fields import Field, Fields
from medvie_reward.tree import scalar_text
from medvie_reward.worth import Worth

# The cache of raw texts per key is bounded, since predictions feed it.
_CACHE_SIZE: Final = 65_536
_NESTING: Final = (dict, list)


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
    exact
        Whether bit sets tell which leaves are equal; not where some leaves weigh nothing and have no bits.
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
    copies
        Whether some gold rows are exactly alike.
    spans
        key -> its bit and those of its leaves.
    """

    __slots__ = (
        "_bits",
        "_free",
        "_weights",
        "codes",
        "copies",
        "critical",
        "exact",
        "field",
        "fields",
        "join",
        "key_of",
        "masks",
        "same",
        "scale",
        "spans",
        "texts_only",
    )

    def __init__(
        self, rows: list[dict[str, Any]], field: Field, fields: Fields, worth: Worth, join: str | None
    ) -> None:
        keys = sorted(set(chain.from_iterable(rows)))
        of = self.fields = {key: fields.member(field, key) for key in keys}
        self.field = field
        self.exact = all(of[key].units for key in keys)
        self.scale = Scale([worth.wrong[of[key].units] for key in keys], worth.base)
        self.key_of: dict[str, int] = {key: 1 << n for n, key in enumerate(keys)}
        self._bits: dict[str, dict[str, int]] = {}
        self.codes: dict[str, dict[str, int]] = {}
        self.masks = [0] * len(rows)
        self.texts_only = [True] * len(rows)
        self.spans: dict[str, int] = {}
        self.join = 0
        self._free = 1 << len(keys)
        for key in keys:
            # A key that a row lacks reads as an empty text.
            self._add_column(key, [row.get(key, "") for row in rows])
            if key == join:
                self.join = self.spans[key] & ~self.scale.keys
        self.critical = [key for key in keys if of[key].critical]
        self._weights: list[int] | None = None
        self.same: dict[tuple[str, ...], list[int]] = {}
        for i, row in enumerate(rows):
            # Only texts: 1, 1.0 and True are equal to Python and different here.
            if self.texts_only[i]:
                self.same.setdefault((*row, *row.values()), []).append(i)
        self.copies = len(self.same) < sum(self.texts_only)

    def _add_column(self, key: str, column: list[Any]) -> None:
        """Give the leaves under a key their bits, and put these into the rows' masks."""
        field, free, key_bit = self.fields[key], self._free, self.key_of[key]
        if set(map(type, column)) != {str}:
            for i, value in enumerate(column):
                if value.__class__ is not str:
                    self.texts_only[i] = False
                    column[i] = scalar_text(value)
        form, units = field.form, field.units
        forms = {raw: form(raw) for raw in set(column)}
        bits = self._bits[key] = {"": 0}
        leaf = (1 << units) - 1
        for text in sorted(set(forms.values())):
            if text:
                bits[text] = leaf * free | key_bit
                if field.critical:
                    self.scale.critical_leaves |= free
                free <<= units
        self.spans[key] = free - self._free | key_bit
        self._free = free
        codes = self.codes[key] = {raw: bits[text] for raw, text in forms.items()}
        codes[""] = 0
        self.masks = list(map(or_, self.masks, map(codes.__getitem__, column)))

    def full(self, places: Iterable[int], work: Work) -> int:
        """Give the worth of some rows, each matched in full."""
        if not self.critical:
            if self._weights is None:
                plain = Work(0)  # no bound has a say in what a row weighs
                self._weights = [self.scale.weigh(x, x, plain) for x in self.masks]
            return sum(map(self._weights.__getitem__, places))
        weigh, masks = self.scale.weigh, self.masks
        return sum([weigh(masks[i], masks[i], work) for i in places])

    def read(self, row: dict[str, Any]) -> tuple[int, bool]:
        """Write a row as a bit set, and tell whether that is all of it.

        It is not where the row has a key that no gold row has, or holds a list or an object. Leaves under
        keys that no gold row has are left out.
        """
        mask = 0
        whole = True
        codes = self.codes
        for key, value in row.items():
            try:
                mask |= codes[key][value]
            except (KeyError, TypeError):  # a key or a text not seen before, or no text
                if key not in codes:
                    whole = False
                elif value is not None:
                    mask |= self._code(key, value)
                    whole = whole and value.__class__ not in _NESTING
        return mask, whole

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
