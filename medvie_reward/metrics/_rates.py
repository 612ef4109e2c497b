"""Precision, recall, F1 and shares: of one comparison, and of arrays of many at once.

The two versions of each stand side by side, and a test compares them. numpy is imported only for arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rates(correct: float, n_pred: float, n_gold: float) -> tuple[float, float, float]:
    """Return precision, recall and F1 of counts; both sides empty give 1, one side empty 0."""
    if n_pred and n_gold:
        # F1's divisor is halved instead of its dividend doubled: Donut's operations, to the last bit.
        return correct / n_pred, correct / n_gold, correct / ((n_pred + n_gold) / 2)
    return (0.0, 0.0, 0.0) if n_pred or n_gold else (1.0, 1.0, 1.0)


def rate_arrays(correct: Any, pred: Any, gold: Any) -> tuple[Any, Any, Any]:
    """Return precision, recall and F1 of arrays of counts of one shape, as `rates` does of each."""
    import numpy as np

    both, neither = (pred > 0) & (gold > 0), (pred <= 0) & (gold <= 0)
    empty = np.where(neither, 1.0, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            np.where(both, correct / pred, empty),
            np.where(both, correct / gold, empty),
            np.where(both, correct / ((pred + gold) / 2), empty),
        )


def share(part: float, whole: float) -> float:
    """Return a part of a whole, 0 if the whole is 0."""
    return part / whole if whole else 0.0


def share_arrays(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[Any]:
    """Return parts of wholes, as `share` does of each."""
    import numpy as np

    out: NDArray[Any] = np.zeros(part.shape)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
