"""Sums over documents, of constant size, that add up in any order and any partition to the same bits.

Adding floats rounds at every step, so a sum would depend on which documents a machine was given. Here sums
are exact: every finite float is a whole multiple of 2**-1074 (IEEE 754 binary64), and integers add
without rounding. A sum is rounded once, when it is read, to the float next to it; `math.fsum` gives the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from medvie_reward.corpus._documents import Document, Scored
from medvie_reward.metrics import COUNTS_AT, Counts, Numbers, Published

_SHIFT: Final = 1074
_ONE: Final = 1 << _SHIFT

MEANS: Final = ("precision", "recall", "f1", "matching")
"""What macro scores are means of."""

# The rest of the counts are integers. ``correct`` is one too, but for smr-r1.
_FRACTIONS: Final = ("correct", "similar", "charged", "weight_correct", "weight_pred", "weight_gold")
_CORRECT: Final = COUNTS_AT["correct"]
_FRACTIONAL: Final = tuple(name in _FRACTIONS for name in Counts.__slots__)
# Buffer this many counts and add them column by column, which is much faster.
_MANY: Final = 256

_means_of = attrgetter(*MEANS)


# Few different values occur (1.0, a field's weight, small shares), and each is met many times.
@lru_cache(maxsize=4096)
def exact(x: float) -> int:
    """Return a finite number as a whole multiple of 2**-1074."""
    numerator, denominator = x.as_integer_ratio()
    return numerator << (_SHIFT + 1 - denominator.bit_length())


def rounded(total: int) -> float:
    """Return the float next to an exact sum; Python rounds a quotient of integers correctly."""
    return total / _ONE


class CountSum:
    """The exact sum of `Counts`, each given as `Counts.numbers`."""

    __slots__ = ("_sums", "_waiting", "_whole")

    def __init__(self) -> None:
        # Of fractions in multiples of 2**-1074, of integers as they are.
        self._sums = [0] * len(_FRACTIONAL)
        # Whether ``correct`` was an integer everywhere, as its sum is then.
        self._whole = True
        self._waiting: list[Numbers] = []

    def add(self, numbers: Numbers) -> None:
        """Add the counts of a document or a field."""
        self._waiting.append(numbers)
        if len(self._waiting) >= _MANY:
            self._settle()

    def _settle(self) -> None:
        if not self._waiting:
            return
        columns = list(zip(*self._waiting, strict=True))
        self._waiting = []
        self._whole = self._whole and set(map(type, columns[_CORRECT])) == {int}
        for n, column in enumerate(columns):
            self._sums[n] += sum(map(exact, filter(None, column))) if _FRACTIONAL[n] else sum(column)

    def merge(self, other: CountSum) -> None:
        """Add another sum."""
        self._settle()
        other._settle()
        self._sums = [a + b for a, b in zip(self._sums, other._sums, strict=True)]
        self._whole = self._whole and other._whole

    def counts(self) -> Counts:
        """Return the sum, every member rounded once."""
        self._settle()
        made: list[Any] = [
            rounded(total) if fractional else total
            for total, fractional in zip(self._sums, _FRACTIONAL, strict=True)
        ]
        if self._whole:
            made[_CORRECT] = self._sums[_CORRECT] >> _SHIFT
        return Counts(*made)

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        self._settle()
        return None, {name: getattr(self, name) for name in self.__slots__}


@dataclass
class Totals:
    """What the scores of a corpus are divided out of; its size depends on fields and groups alone.

    It pickles, so that machines can each add up their own documents and send the sums.

    Attributes
    ----------
    n
        Number of documents.
    counts, fields
        Leaves of all documents, and of each field.
    means
        Exact sums of the documents' `MEANS`.
    published
        Exact sums of the documents' published metrics, by name, where asked for.
    bounded
        Documents that reached a published metric's bound on work.
    statuses
        Number of documents per parse status.
    texts, well_formed
        Documents that came as a text, and those of them that were well formed.
    forms
        Of the others, how many would be well formed under which other setting (see `likely_form`).
    renamed
        Names that were read as others, as written and as read, with the number of documents that have them.
    limited
        Documents for which the work bound of the spec ran out.
    sources
        Documents that had a source text.
    groups
        The same per group.
    """

    n: int = 0
    counts: CountSum = field(default_factory=CountSum)
    fields: dict[str, CountSum] = field(default_factory=dict)
    means: list[int] = field(default_factory=lambda: [0] * len(MEANS))
    published: dict[str, int] = field(default_factory=dict)
    bounded: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    texts: int = 0
    well_formed: int = 0
    forms: Counter[str] = field(default_factory=Counter)
    renamed: Counter[tuple[str, str]] = field(default_factory=Counter)
    limited: int = 0
    sources: int = 0
    groups: dict[str, Totals] = field(default_factory=dict)

    def add(self, scored: Scored) -> None:
        """Add one document, and to its group."""
        self._add(scored)
        group = scored.document.group
        if group is not None:
            self.groups.setdefault(group, Totals())._add(scored)

    def _add(self, scored: Scored) -> None:
        document: Document = scored.document
        self.n += 1
        self.counts.add(document.counts.numbers)
        for name, numbers in scored.fields.items():
            self._field(name).add(numbers)
        self.means = [a + exact(x) for a, x in zip(self.means, _means_of(document), strict=True)]
        for name, x in document.published.asked().items():
            self.published[name] = self.published.get(name, 0) + exact(x)
        self.bounded += document.published.limited
        self.statuses[document.status] += 1
        if document.format_ok is not None:
            self.texts += 1
            self.well_formed += document.format_ok
            if scored.form:
                self.forms[scored.form] += 1
        self.renamed.update(scored.renamed)
        self.limited += document.limited
        self.sources += scored.sourced

    def merge(self, other: Totals) -> None:
        """Add the sums of other documents."""
        self.n += other.n
        self.counts.merge(other.counts)
        for name, counts in other.fields.items():
            self._field(name).merge(counts)
        self.means = [a + b for a, b in zip(self.means, other.means, strict=True)]
        for name, total in other.published.items():
            self.published[name] = self.published.get(name, 0) + total
        self.bounded += other.bounded
        self.statuses.update(other.statuses)
        self.texts += other.texts
        self.well_formed += other.well_formed
        self.forms.update(other.forms)
        self.renamed.update(other.renamed)
        self.limited += other.limited
        self.sources += other.sources
        for name, group in other.groups.items():
            self.groups.setdefault(name, Totals()).merge(group)

    def _field(self, name: str) -> CountSum:
        found = self.fields.get(name)
        if found is None:
            found = self.fields[name] = CountSum()
        return found

    def mean(self) -> list[float]:
        """Return the means over documents of `MEANS`."""
        return [rounded(total) / self.n for total in self.means]

    def mean_published(self) -> Published:
        """Return the means over documents of the published metrics."""
        means = {name: rounded(total) / self.n for name, total in self.published.items()}
        return Published(means.get("ted"), means.get("anls"), self.bounded)
