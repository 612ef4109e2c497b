r"""Krippendorff's alpha of two annotators, for fields whose values come from a short list.

Nominal alpha, two observers, no value missing (Krippendorff 2011, "Computing Krippendorff's
Alpha-Reliability", section B):

.. math:: \alpha = 1 - (n - 1) \frac{\sum_{c \ne k} o_{ck}}{\sum_{c \ne k} n_c n_k}
          = 1 - (n - 1) \frac{2 d}{n^2 - \sum_c n_c^2}

with d units on which the two differ, n values (two a unit) and n_c of them equal to c. It is 1 where they
never differ, about 0 where they agree as often as values dealt out at random, and undefined where there is
only one value at all.

A unit of a field outside lists is a document; of a field inside a list a pair of rows that belong together. A
blank is a category: an empty *Abnormal Mark* means that the result is normal. Rows that only one
annotator has are no units, since the other said nothing of them; they count in F1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medvie_reward._core.json_values import scalar_text
from medvie_reward._core.paths import innermost_row, list_prefixes
from medvie_reward.alignment import Leaf
from medvie_reward.comparators import form_of
from medvie_reward.corpus import Figure, Rows
from medvie_reward.spec import Spec, pattern_of

CLOSED: Final = ("enum", "sex", "flag", "boolean", "status", "ordinal")
"""Comparators of fields whose values come from a short list."""

Units = Counter[tuple[str, str]]
"""How often one annotator has the first value where the other has the second; blank is ``""``."""

NormalForm = Callable[[str], str]


def closed_forms(fields: Iterable[str], spec: Spec, more: Iterable[str] = ()) -> dict[str, NormalForm]:
    """Return field -> normal form of its values, for the fields whose values come from a short list.

    They are those that the spec, or else the preset ``clinical``, compares by one of `CLOSED`, and those that
    are named. The form is that of the spec. Without rows (lists as bags) fields inside lists have no units.
    """
    named = set(more)
    known = Spec.preset("clinical")
    made = {}
    for field in fields:
        names = pattern_of(field) if field != "$" else ()
        if None in names or ... in names or (spec.lists == "bag" and list_prefixes(field)):
            continue
        rule = spec.fields.find(names)  # type: ignore[arg-type]
        comparators = spec.fields.comparator(rule), known.fields.comparator(known.fields.find(names))  # type: ignore[arg-type]
        if field in named or not {*comparators}.isdisjoint(CLOSED):
            made[field] = form_of(comparators[0], dict(rule.options))
    return made


def units_of(leaves: Sequence[Leaf], forms: Mapping[str, NormalForm]) -> dict[str, Units]:
    """Return field -> units of one document.

    Parameters
    ----------
    leaves
        All leaves of the document, one annotator's as the prediction, the other's as the gold.
    forms
        The fields, see `closed_forms`.
    """
    first: dict[str, dict[str, str]] = {field: {} for field in forms}
    second: dict[str, dict[str, str]] = {field: {} for field in forms}
    # List -> pairs of rows that belong together: those under which some leaf of both stands.
    pairs: dict[str, dict[tuple[str, str], None]] = {}
    for leaf in leaves:
        if leaf.pred_path is not None and leaf.gold_path is not None:
            lists, rows = (
                list_prefixes(leaf.field),
                zip(*map(list_prefixes, (leaf.pred_path, leaf.gold_path)), strict=False),
            )
            for name, pair in zip(lists, rows, strict=False):
                pairs.setdefault(name, {})[pair] = None
        if form := forms.get(leaf.field):
            for path, value, side in (
                (leaf.pred_path, leaf.pred, first),
                (leaf.gold_path, leaf.gold, second),
            ):
                if path is not None:
                    side[leaf.field][innermost_row(path)] = form(scalar_text(value))
    made = {}
    for field in forms:
        places = pairs.get(innermost_row(field), {}) if innermost_row(field) else {("", ""): None}
        made[field] = Counter((first[field].get(a, ""), second[field].get(b, "")) for a, b in places)
    return made


def unit_rows(units: Sequence[Units]) -> tuple[Rows, list[str]]:
    """Write documents' units as an array whose column sums give alpha.

    Parameters
    ----------
    units
        Those of one field, an entry per document.

    Returns
    -------
    tuple
        Array of shape (documents, 1 + values): units that differ, then how often each value was given; and
        the values in order.
    """
    values = sorted({value for counter in units for pair in counter for value in pair})
    at = {value: n for n, value in enumerate(values, start=1)}
    rows = np.zeros((len(units), 1 + len(values)))
    for row, counter in zip(rows, units, strict=True):
        for (a, b), n in counter.items():
            row[0] += n * (a != b)
            row[at[a]] += n
            row[at[b]] += n
    return rows, values


def alpha_at(start: int, stop: int) -> Figure:
    """Return alpha as a figure of some columns of a wider table, those of `unit_rows`.

    Where only one value is there, it is 1: a resample has to have a figure, and its annotators never differ.
    """

    def figure(sums: NDArray[Any]) -> NDArray[Any]:
        differ, given = sums[..., start], sums[..., start + 1 : stop]
        n = given.sum(axis=-1)
        chance = n**2 - (given**2).sum(axis=-1)
        made: NDArray[Any] = np.ones(sums.shape[:-1])
        np.divide((n - 1) * 2 * differ, chance, out=made, where=chance > 0)
        return np.where(chance > 0, 1 - made, 1.0)

    return figure
