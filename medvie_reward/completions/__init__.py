"""From the text that a model wrote to its answer.

In: a completion. Out: the JSON value in it (or `ABSENT`), whether the text is well formed, and a status that
explains why there is no answer. Nothing here compares the answer with anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.completions._completion import (
        ANSWERED,
        STATUSES,
        Completion,
        parse_completion,
        parse_with,
    )
    from medvie_reward.completions._decoder import ABSENT, decode, decode_utf8
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _completion="ANSWERED Completion STATUSES parse_completion parse_with",
        _decoder="ABSENT decode decode_utf8",
    )

__all__ = [
    "ABSENT",
    "ANSWERED",
    "STATUSES",
    "Completion",
    "decode",
    "decode_utf8",
    "parse_completion",
    "parse_with",
]
