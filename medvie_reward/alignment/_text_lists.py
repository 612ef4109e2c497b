"""Lists of scalars, weighed against each other all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medvie_reward._core.json_values import scalar_text
from medvie_reward.alignment._assignment import Work
from medvie_reward.alignment._overlaps import Overlaps
from medvie_reward.alignment._worth import Worth
from medvie_reward.spec import Field


class TextLists:
    """Gold lists of scalars as sets of leaves, the k-th copy of a text being one leaf.

    Two lists of scalars pair as multisets: equal texts as often as both have them, and what is left while
    both sides last (see `Matcher.pair`). So the pairs that are right are as many as the leaves that the two
    sets share: min(c, d) copies of a text that one list has c times and the other d times. And all pairs
    together are as many as the shorter list has texts.

    Parameters
    ----------
    lists
        Name of a list -> the normal forms of its scalars.
    field
        The field of the scalars.
    worth
        What leaves are worth.
    """

    def __init__(self, lists: dict[int, list[str]], field: Field, worth: Worth) -> None:
        self._field = field
        self._worth = worth
        self._leaves: dict[tuple[str, int], int] = {}
        self._sets = {name: self._read(texts, grow=True) for name, texts in lists.items()}

    def _read(self, texts: list[str], grow: bool = False) -> tuple[int, list[int]]:
        """Return the number of texts and the leaves among them that some gold list has."""
        leaves = self._leaves
        copies: dict[str, int] = {}
        found: list[int] = []
        n = 0
        for text in texts:
            if text:
                n += 1
                copy = copies[text] = copies.get(text, 0) + 1
                leaf = leaves.setdefault((text, copy), len(leaves)) if grow else leaves.get((text, copy))
                if leaf is not None:
                    found.append(leaf)
        return n, found

    def weigh(self, predicted: Sequence[Any], names: Sequence[int], work: Work) -> tuple[Any, Any] | None:
        """Weigh every pair.

        Parameters
        ----------
        predicted
            Lists of scalars, and scalars, each of which counts as a list of one.
        names
            Names of the gold lists.
        work
            The work bound.

        Returns
        -------
        tuple or None
            Correct units and the rest, arrays of shape (predicted, names); None where the bound ran out.
        """
        import numpy as np

        field, form = self._field, self._field.form
        left = [
            self._read([form(scalar_text(x)) for x in (item if type(item) is list else [item])])
            for item in predicted
        ]
        right = [self._sets[name] for name in names]
        if not work.spend(sum([len(leaves) for _, leaves in left]) * len(right) >> 11):
            return None
        overlaps = Overlaps([x for _, x in left], [x for _, x in right], [1.0] * len(self._leaves))
        shared = overlaps.sums(0, len(left)).astype(np.int64)
        paired = np.minimum.outer(np.array([n for n, _ in left]), np.array([n for n, _ in right]))
        critical = work.right_critical if field.critical else 0
        return shared * field.units, paired * self._worth.wrong[field.units] + shared * critical
