"""What trainers hand over as a completion -> its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medvie_reward.completions import text_of_completion
from medvie_reward.errors import PredictionError
from medvie_reward.spec import Spec


def text_of(completion: Any, spec: Spec | None = None) -> str | None:
    """Return what the model wrote: a text as it is, of messages the last one of the assistant.

    Reasoning that a tokenizer's response template has moved out of the content is put back before it, or no
    completion of such a model would be well formed. What is neither text nor messages is no text.

    Parameters
    ----------
    completion
        A text, bytes, a message or messages; a message without a role is the assistant's.
    spec
        Says which tags thoughts stand in, and whether tool calls are the answer (``answer="tool_call"``).
    """
    if completion is None or type(completion) is str:
        return completion
    if hasattr(completion, "tolist"):
        completion = completion.tolist()
    if isinstance(completion, (list, tuple)) and completion:
        completion = [_message(x) for x in completion]
    elif isinstance(completion, Mapping):
        completion = _message(completion)
    try:
        return text_of_completion(completion, spec)
    except PredictionError:
        return None


def _message(value: Any) -> Any:
    return {"role": "assistant", "content": None, **value} if isinstance(value, Mapping) else value
