"""Counts per document and field, which intervals and paired tests of fields are computed from."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from medvie_reward._core.names import counted
from medvie_reward.metrics import COUNTS_AT, Numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIELD_COLUMNS: Final = ("correct", "pred", "gold")
"""The columns that `FieldRows` has per field: weights of leaves."""

_WEIGHTS: Final = itemgetter(
    *(COUNTS_AT[name] for name in ("similar", "weight_correct", "weight_pred", "weight_gold"))
)
_WIDTH: Final = 1 + len(FIELD_COLUMNS)


class FieldRows:
    """Collect the counts per field of one document after another; return an array per field.

    A field that a document lacks has zeros there, which neither help nor hurt that field. Four floats are
    kept for each field of a document that has it, and numpy is imported only for the arrays.
    """

    def __init__(self) -> None:
        self._seen: dict[str, array[float]] = {}
        self._documents = 0

    def __len__(self) -> int:
        return self._documents

    def __repr__(self) -> str:
        return f"FieldRows({counted(self._documents, 'document')}, {counted(len(self._seen), 'field')})"

    def add(self, fields: Mapping[str, Numbers]) -> None:
        """Add one document's counts per field, each as `Counts.numbers`."""
        for name, numbers in fields.items():
            similar, correct, pred, gold = _WEIGHTS(numbers)
            if name not in self._seen:
                self._seen[name] = array("d")
            self._seen[name].extend((self._documents, correct + similar, pred, gold))
        self._documents += 1

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Return field -> array of shape (documents, 3); see `FIELD_COLUMNS`."""
        import numpy as np

        made: dict[str, NDArray[np.float64]] = {}
        for name, seen in self._seen.items():
            table = np.array(seen).reshape(-1, _WIDTH)
            made[name] = np.zeros((self._documents, len(FIELD_COLUMNS)))
            made[name][table[:, 0].astype(np.intp)] = table[:, 1:]
        return made
