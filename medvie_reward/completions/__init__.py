"""From the text that a model wrote to its answer.

In: a completion. Out: the JSON value in it (or `ABSENT`), whether the text is well formed, and a status that
explains why there is no answer. Nothing here compares the answer with anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.completions._completion import Completion, parse_completion, parse_with
    from medvie_reward.completions._decoder import ABSENT, decode, decode_utf8
    from medvie_reward.completions._forms import prompt_prefills
    from medvie_reward.completions._hints import LEAST_FOR_HINT, form_hint, likely_form
    from medvie_reward.completions._messages import is_conversation, text_of_completion
    from medvie_reward.completions._status import ANSWERED, MEANINGS, STATUSES, Status
    from medvie_reward.completions._values import gold_value, longest_answer, predicted_value
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _completion="Completion parse_completion parse_with",
        _decoder="ABSENT decode decode_utf8",
        _forms="prompt_prefills",
        _hints="LEAST_FOR_HINT form_hint likely_form",
        _messages="is_conversation text_of_completion",
        _status="ANSWERED MEANINGS STATUSES Status",
        _values="gold_value longest_answer predicted_value",
    )

__all__ = [
    "ABSENT",
    "ANSWERED",
    "LEAST_FOR_HINT",
    "MEANINGS",
    "STATUSES",
    "Completion",
    "Status",
    "decode",
    "decode_utf8",
    "form_hint",
    "gold_value",
    "is_conversation",
    "likely_form",
    "longest_answer",
    "parse_completion",
    "parse_with",
    "predicted_value",
    "prompt_prefills",
    "text_of_completion",
]
