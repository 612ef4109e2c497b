"""The rows of a gold list of flat objects, prepared as sets of leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from itertools import chain
from operator import add, or_
from typing import Any, Final

from medvie_reward._core.json_values import EXACT_FLOAT, scalar_text
from medvie_reward.alignment._assignment import Scale, Work
from medvie_reward.alignment._row_weights import KeyColumn
from medvie_reward.alignment._worth import Worth
from medvie_reward.spec import Field, Fields

# What is remembered is bounded, since predictions feed it.
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
    join
        The member that rows are joined by, if any.
    only_texts
        Whether all values are surely texts.

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
        What the intersection of two rows weighs; see `weigh_by`.
    keys
        All key bits.
    field, fields
        The field of the rows, and that of each key.
    join
        The leaf bits of the joining member.
    codes
        key -> the bits of its leaves.
    names
        The keys of every row in their order, where that is the same for all.
    same
        A row of texts as its values, or as (keys + values) where ``names`` does not say the keys -> position
        of the first gold row that is exactly this.
    copies
        The others that are, by the first one's position.
    spans
        key -> its bit and those of its leaves.
    key_at
        The key that each bit stands under.
    units
        What one leaf under each of a set of key bits weighs, in units.
    """

    same: dict[tuple[Any, ...], int]
    copies: dict[int, list[int]]

    __slots__ = (
        "_critical_leaves",
        "_free",
        "_leaves",
        "_weights",
        "codes",
        "copies",
        "critical",
        "exact",
        "field",
        "fields",
        "join",
        "key_at",
        "key_of",
        "keys",
        "masks",
        "names",
        "same",
        "scale",
        "spans",
        "texts_only",
        "units",
    )

    def __init__(
        self,
        rows: list[dict[str, Any]],
        field: Field,
        fields: Fields,
        join: str | None,
        only_texts: bool,
    ) -> None:
        names = set(map(tuple, rows))
        self.names = names.pop() if len(names) == 1 else None
        keys = sorted(self.names or set(chain.from_iterable(names)))
        of = self.fields = {key: fields.member(field, key) for key in keys}
        self.field = field
        self.exact = all(of[key].units for key in keys)
        self.key_of: dict[str, int] = {key: 1 << n for n, key in enumerate(keys)}
        self.key_at = list(keys)
        self.codes: dict[str, Codes] = {}
        self._leaves: dict[str, int] = {}
        self.masks = [0] * len(rows)
        self.texts_only = [True] * len(rows)
        self.spans: dict[str, int] = {}
        self.join = 0
        self._free = 1 << len(keys)
        self.keys = self._free - 1
        self._critical_leaves = 0
        if self.names is not None:
            columns = dict(zip(rows[0], map(list, zip(*map(dict.values, rows), strict=True)), strict=True))
        else:  # a key that a row lacks reads as an empty text
            columns = {key: [row.get(key, "") for row in rows] for key in keys}
        for key in keys:
            self._add_column(key, columns[key], only_texts)
            if key == join:
                self.join = self.spans[key] & ~self.keys
        self.critical = [key for key in keys if of[key].critical]
        self.units = KeyUnits({bit: of[key].units for key, bit in self.key_of.items()})
        self._weights: list[int] | None = None
        self._find_copies(rows)

    def _find_copies(self, rows: list[dict[str, Any]]) -> None:
        """Note where rows stand, those that are alike apart."""
        whole = list(map(tuple, map(dict.values, rows)))
        if self.names is None:
            whole = list(map(add, map(tuple, rows), whole))
        self.same = {}
        self.copies = {}
        if all(self.texts_only):
            self.same = {row: i for i, row in enumerate(whole)}
            if len(self.same) == len(rows):
                return
            self.same = {}
        for i, row in enumerate(whole):
            # Only texts: 1, 1.0 and True are equal to Python and different here.
            if self.texts_only[i]:
                first = self.same.setdefault(row, i)
                if first != i:
                    self.copies.setdefault(first, []).append(i)

    def _add_column(self, key: str, column: list[Any], only_texts: bool) -> None:
        """Return the leaves under a key their bits, and put these into the rows' masks."""
        field, free, key_bit = self.fields[key], self._free, self.key_of[key]
        if not only_texts and set(map(type, column)) != {str}:
            for i, value in enumerate(column):
                if value.__class__ is not str:
                    self.texts_only[i] = False
                    column[i] = scalar_text(value)
        form, units = field.form, field.units
        if not any(column):
            self.codes[key] = Codes(form, {"": 0}, key_bit)
            self.spans[key] = key_bit
            return
        forms = {raw: form(raw) for raw in set(column)}
        bits = {"": 0}
        leaf = (1 << units) - 1
        for text in sorted(set(forms.values())):
            if text:
                bits[text] = leaf * free | key_bit
                if field.critical:
                    self._critical_leaves |= free
                free <<= units
        codes = self.codes[key] = Codes(form, bits, key_bit)
        self.spans[key] = free - self._free | key_bit
        if len(bits) > 1:
            self._free = free
            self.key_at += [key] * ((len(bits) - 1) * units)
            codes.update({raw: bits[text] for raw, text in forms.items()})
            found = list(map(codes.__getitem__, column))
            self.masks = list(map(or_, self.masks, found))
            self._leaves[key] = len(found) - found.count(0)

    def weigh_by(self, worth: Worth) -> None:
        """Set what leaves are worth, before anything is weighed."""
        columns = [
            KeyColumn(self.spans[key], field.units, worth.wrong[field.units], field.critical)
            for key, field in self.fields.items()
        ]
        shares = [column.share for column in columns]
        self.scale = Scale(shares, worth.base, self._critical_leaves, columns)

    def count(self) -> tuple[int, int, int]:
        """Count the leaves of all rows, their units, and the critical ones."""
        leaves = units = critical = 0
        for key, n in self._leaves.items():
            field = self.fields[key]
            leaves += n
            units += n * field.units
            critical += n * field.critical
        return leaves, units, critical

    def full(self, places: Iterable[int], work: Work) -> int:
        """Return the worth of some rows, each matched in full."""
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
        read, odd = self.read_all([row], [0])
        return read[0], not odd

    def read_all(self, rows: list[dict[str, Any]], places: Iterable[int]) -> tuple[dict[int, int], set[int]]:
        """Write the rows at some places as bit sets; gives also the places where that is not all."""
        read: dict[int, int] = {}
        odd: set[int] = set()
        codes = self.codes
        for i in places:
            mask = 0
            for key, value in rows[i].items():
                try:
                    mask |= codes[key][value]
                except (KeyError, TypeError):  # a key not met before, or a list or an object
                    odd.add(i)
                    if key in codes:
                        mask |= codes[key].of_any(value)
            read[i] = mask
        return read, odd


class Codes(dict[Any, int]):
    """The leaves under one key: raw value -> its bits; reads those that are new.

    Bits are those of leaf and key, the key's alone where no gold row has the text, 0 where it is empty.
    Kept are values that are equal to Python if and only if they have one text: not 0 and 1, which are equal
    to false and true, nor numbers so large that a whole one and a float are written in two ways.
    """

    __slots__ = ("_bits", "_form", "_key_bit")

    def __init__(self, form: Callable[[str], str], bits: dict[str, int], key_bit: int) -> None:
        self._form = form
        self._bits = bits
        self._key_bit = key_bit
        self[""] = self[None] = 0

    def __missing__(self, value: Any) -> int:
        text = self._form(scalar_text(value))
        code = self._bits.get(text, self._key_bit) if text else 0
        telling = value.__class__ is str or (value not in (0, 1) and -EXACT_FLOAT <= value <= EXACT_FLOAT)
        if telling and len(self) < _CACHE_SIZE:
            self[value] = code
        return code

    def of_any(self, value: Any) -> int:
        """Return the bits of a value that may be a list, of which any item may be the one that matches."""
        if value.__class__ is dict:
            return 0
        if value.__class__ is list:
            return reduce(or_, map(self.of_any, value), 0)
        return self[value]


class KeyUnits(dict[int, int]):
    """What one leaf under each of a set of key bits weighs; few sets are met often, and those are remembered.

    Parameters
    ----------
    of
        Key bit -> what a leaf under it weighs.
    """

    __slots__ = ("_of",)

    def __init__(self, of: dict[int, int]) -> None:
        self._of = of

    def __missing__(self, keys: int) -> int:
        if len(self) >= _CACHE_SIZE:
            self.clear()
        units = self[keys] = sum([n for bit, n in self._of.items() if keys & bit])
        return units
