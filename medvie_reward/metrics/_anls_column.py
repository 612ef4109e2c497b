"""What predictions hold at one place, read once: ANLS* compares every gold item with every predicted one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from medvie_reward.metrics._anls_tree import is_blank, reading

# A bit-parallel Levenshtein distance takes 64 characters of one text at once: a unit is fifty such steps.
_CHARACTERS_A_UNIT: Final = 3_200


class OverBudget(Exception):
    """An exact comparison is more work than its bound; never leaves `anls_star`."""


class WorkLimit:
    """What is left of the bound on work, in comparisons of two short texts.

    Attributes
    ----------
    left
        How many units are left.
    forms
        What `forms_of` gives, where the work is done the frugal way; None where work that does not fit raises
        `OverBudget`.
    """

    __slots__ = ("forms", "left")

    def __init__(self, left: int, forms: dict[int, int] | None = None) -> None:
        self.left = left
        self.forms = forms

    def fits(self, units: int) -> bool:
        """Take units of work if they are left.

        Raises
        ------
        OverBudget
            If they are not left, and the frugal way was not asked for.
        """
        if units <= self.left:
            self.left -= units
            return True
        if self.forms is None:
            raise OverBudget
        return False


def similarities(text: str, others: list[str]) -> list[float]:
    """Return 1 - distance / length of the longer (Levenshtein 1966) for each other text, or 0.0 if below 0.5.

    Notes
    -----
    One half itself counts. Integers tell it apart, ``distance <= length // 2``, just as the quotient
    does: it is exact at one half, and rounding never changes the order of two quotients.
    """
    from rapidfuzz.distance.Levenshtein import distance

    length = len(text)
    found = []
    for other in others:
        longer = len(other) if len(other) > length else length
        most = longer // 2
        # No distance is less than the difference of the lengths.
        if longer - len(other) > most or longer - length > most:
            found.append(0.0)
        else:
            edits = distance(text, other, score_cutoff=most)
            found.append(1 - edits / (longer or 1) if edits <= most else 0.0)
    return found


def bits(mask: int) -> Iterator[int]:
    """Return the places of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class AnlsColumn:
    """What each of some predictions holds at one place.

    Sets of predictions are integers with one bit for each.

    Attributes
    ----------
    values
        One value for each prediction; None where it has no such member.
    absent
        The predictions that have no such member.
    sizes
        Number of leaves of every container, by identity.
    """

    def __init__(self, values: list[Any], sizes: dict[int, int], absent: int = 0) -> None:
        self.values = values
        self.sizes = sizes
        self.absent = absent
        self._members: dict[Any, AnlsColumn] = {}
        self._items: dict[int, AnlsColumn] = {}
        self._beside: dict[frozenset[Any], tuple[list[int], int]] = {}
        self._holding: dict[Any, int] = {}
        self._similarities: dict[str, list[float]] = {}

    def size(self, value: Any) -> int:
        """Return the number of leaves of a gold or predicted value; that of an empty container is 0."""
        return self.sizes.get(id(value), 1)

    @cached_property
    def weights(self) -> list[int]:
        """How many leaves each value counts for as a member: at least one."""
        get = self.sizes.get
        return [get(id(value), 1) or 1 for value in self.values]

    @cached_property
    def lists(self) -> list[int]:
        """The predictions that hold a list."""
        return [i for i, value in enumerate(self.values) if isinstance(value, list)]

    @cached_property
    def objects(self) -> list[int]:
        """The predictions that hold an object."""
        return [i for i, value in enumerate(self.values) if isinstance(value, dict)]

    @cached_property
    def only_objects(self) -> AnlsColumn:
        """What those predictions hold that hold an object."""
        if len(self.objects) == len(self.values):
            return self
        return AnlsColumn([self.values[i] for i in self.objects], self.sizes)

    @cached_property
    def blank(self) -> int:
        """The predictions that hold nothing."""
        return sum(1 << i for i, value in enumerate(self.values) if is_blank(value))

    def holding(self, value: str | float) -> int:
        """Return the predictions that hold just this scalar; 1, 1.0 and True are one, as for Python."""
        found = self._holding.get(value)
        if found is None:
            found = self._holding[value] = sum(1 << i for i in self._places.get(value, ()))
        return found

    @cached_property
    def _places(self) -> dict[Any, list[int]]:
        found: dict[Any, list[int]] = {}
        for i, value in enumerate(self.values):
            if not isinstance(value, (dict, list)):
                found.setdefault(value, []).append(i)
        return found

    def similarities(self, value: str | float, work: WorkLimit) -> list[float]:
        """Return the similarity of each prediction's scalar to a gold scalar; 0.0 where it holds none.

        Work that does not fit is spared: then a text is equal to the gold's or not.
        """
        text = reading(value)
        found = self._similarities.get(text)
        if found is None:
            codes, texts, characters = self._texts
            # The number 0 stands for what is no text.
            if work.fits(len(codes) + len(text) * characters // _CHARACTERS_A_UNIT):
                known = [0.0, *similarities(text, texts)]
            else:
                known = [0.0, *[float(text == other) for other in texts]]
            found = self._similarities[text] = [known[code] for code in codes]
        return found

    @cached_property
    def _texts(self) -> tuple[list[int], list[str], int]:
        """Number the distinct texts from 1, 0 standing for none; and count their characters."""
        numbers: dict[str, int] = {}
        codes = [
            0
            if value is None or isinstance(value, (dict, list))
            else numbers.setdefault(reading(value), len(numbers) + 1)
            for value in self.values
        ]
        return codes, list(numbers), sum(map(len, numbers))

    def items(self, i: int) -> AnlsColumn:
        """Return the items of one of the lists of this column."""
        found = self._items.get(i)
        if found is None:
            found = self._items[i] = AnlsColumn(self.values[i], self.sizes)
        return found

    def member(self, name: Any) -> AnlsColumn:
        """Return what a column of objects holds under a name."""
        found = self._members.get(name)
        if found is None:
            absent = sum(1 << i for i, value in enumerate(self.values) if name not in value)
            found = AnlsColumn([value.get(name) for value in self.values], self.sizes, absent)
            self._members[name] = found
        return found

    def beside(self, names: frozenset[Any]) -> tuple[list[int], int]:
        """Return each object's weight beside one with these members, and the objects that have no others.

        The weight is that of its own members, and one for each that it lacks.
        """
        found = self._beside.get(names)
        if found is None:
            pairs = zip(self._own_weights, self.values, strict=True)
            weights = [own + len(names.difference(value)) for own, value in pairs]
            within = sum(1 << i for i, value in enumerate(self.values) if value.keys() <= names)
            found = self._beside[names] = weights, within
        return found

    @cached_property
    def _own_weights(self) -> list[int]:
        get = self.sizes.get
        return [sum([get(id(x), 1) or 1 for x in value.values()]) for value in self.values]
