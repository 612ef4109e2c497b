"""Read public data sets as they are distributed.

In: a folder or a file of CORD, FUNSD, SROIE, XFUND or EATEN's train tickets. Out: records with an id, a split
and a gold document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.datasets._annotated import SPLITS, Annotated
    from medvie_reward.datasets._reader import SETS, read_set
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _annotated="Annotated SPLITS",
        _reader="SETS read_set",
    )

__all__ = ["SETS", "SPLITS", "Annotated", "read_set"]
