"""What a model wrote, in whatever shape a chat API gives it -> one text.

A message is an object with a ``role``; a completion in messages is what the assistant said last. Tool calls
are written behind its text as ``<tool_call>{"name": …, "arguments": …}</tool_call>`` where they are wanted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from medvie_reward.errors import PredictionError
from medvie_reward.spec import Spec

ARGUMENTS: Final = ("arguments", "parameters", "input", "args")
"""What APIs and models call the arguments of a tool call."""

# Where APIs put the thoughts that they have cut out of the text.
_THOUGHTS: Final = ("reasoning_content", "reasoning", "thinking")
# Parts of a content that are tool calls, by their type, and members of parts that hold one.
_CALL_TYPES: Final = ("tool_use", "tool_call", "function_call")
_CALL_MEMBERS: Final = ("functionCall", "function_call", "toolUse")
_ROLES: Final = frozenset(
    {"system", "developer", "user", "assistant", "tool", "function", "ipython", "observation"}
)


def is_message(value: Any) -> bool:
    """Check whether a value is a chat message: an object with a role and with text or tool calls."""
    return (
        isinstance(value, Mapping)
        and isinstance(role := value.get("role"), str)
        and role in _ROLES
        and ("content" in value or "tool_calls" in value)
    )


def is_conversation(value: Any) -> bool:
    """Check whether a value is what a chat API gives: an assistant's message, messages, or a response."""
    if type(value) is dict and "role" not in value and "choices" not in value:
        return False  # most documents, told in the least time
    if isinstance(value, Mapping):
        if value.get("role") == "assistant":
            return is_message(value)
        return is_message(_response_message(value))
    return _listed(value) and len(value) > 0 and all(map(is_message, value))


def _response_message(value: Mapping[str, Any]) -> Any:
    """Return the message of the first choice of a response; ``None`` where there is none."""
    choices = value.get("choices")
    first = choices[0] if _listed(choices) and choices else None
    return first.get("message") if isinstance(first, Mapping) else None


def text_of_completion(completion: Any, spec: Spec | None = None) -> str | None:
    """Return what a model wrote as one text.

    Parameters
    ----------
    completion
        A text, UTF-8 bytes, a chat message, a list of messages, of which the last one of the assistant
        counts, or a response of the OpenAI API as JSON has it. A message's content is a text or a list of
        parts, of which those with text count. ``None`` is no text.
    spec
        Says which tags thoughts stand in (``think_tags``), and whether tool calls are wanted as text
        (``answer="tool_call"``). Thoughts that an API has cut out of the content are put back before it, or
        no completion of such a model would be well formed.

    Returns
    -------
    str or None
        ``None`` where the assistant said nothing.

    Raises
    ------
    PredictionError
        If it is none of these.
    """
    if completion is None or type(completion) is str:
        return completion
    if isinstance(completion, str):  # numpy's
        return str(completion)
    if isinstance(completion, (bytes, bytearray)):
        # What is no UTF-8 becomes lone surrogates, which have a status of their own.
        return bytes(completion).decode(errors="surrogateescape")
    if not is_conversation(completion):
        raise PredictionError(
            "completion: expected a string, bytes, a chat message, a list of messages, None or a Completion, "
            f"got {type(completion).__name__} (for a JSON value: Completion.from_answer)"
        )
    messages = completion
    if isinstance(completion, Mapping):
        messages = [completion if "role" in completion else _response_message(completion)]
    said = [message for message in messages if message["role"] == "assistant"]
    if spec is not None and spec.answer == "tool_call":
        # An agent may have said more after it handed in its answer.
        said = [message for message in said if _calls(message)] or said
    return _message_text(said[-1], spec) if said else None


def _message_text(message: Mapping[str, Any], spec: Spec | None) -> str | None:
    text = content_text(message.get("content"))
    if spec is not None and spec.answer == "tool_call":
        written = "".join(map(_call_text, _calls(message)))
        text = f"{text or ''}{written}" if written else text
    thought = next((x for key in _THOUGHTS if isinstance(x := message.get(key), str)), None)
    if thought is None:
        return text
    opening, closing = ("<think>", "</think>") if spec is None else spec.think_pairs[0]
    before = "" if spec is not None and spec.prefilled else opening
    return f"{before}{thought}{closing}{text or ''}"


def content_text(content: Any) -> str | None:
    """Return the text of a message's content: a text, or the texts among its parts; else ``None``."""
    if content is None or isinstance(content, str):
        return content
    if not _listed(content):
        return None
    texts = [part.get("text") if isinstance(part, Mapping) else part for part in content]
    return "".join(text for text in texts if isinstance(text, str))


def _calls(message: Mapping[str, Any]) -> Sequence[Any]:
    calls = message.get("tool_calls")
    if _listed(calls) and calls:
        return list(calls)
    content: Any = message.get("content")
    parts = [part for part in content if isinstance(part, Mapping)] if _listed(content) else []
    calls = [call for part in parts if (call := _call_of_part(part)) is not None]
    if calls:
        return calls
    old = message.get("function_call")
    return [old] if isinstance(old, Mapping) else []


def _call_of_part(part: Mapping[str, Any]) -> Any:
    """Return the tool call that a part of a content is or holds; ``None`` where it is none."""
    if part.get("type") in _CALL_TYPES:
        return part
    return next((x for name in _CALL_MEMBERS if isinstance(x := part.get(name), Mapping)), None)


def _call_text(call: Any) -> str:
    """Write a tool call as models write it; empty where it is none."""
    if isinstance(call, Mapping) and isinstance(call.get("function"), Mapping):
        call = call["function"]
    names = [name for name in ARGUMENTS if name in call] if isinstance(call, Mapping) else []
    if not names:
        return ""
    arguments = call[names[0]]
    if not isinstance(arguments, str):
        arguments = _json(arguments)
    # Arguments that came as text go in as text, broken or not; no tag in them may cut the completion.
    written = f'{{"name": {_json(call.get("name"))}, "arguments": {_json(arguments)}}}'
    return "<tool_call>" + written.replace("<", "\\u003c") + "</tool_call>"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _listed(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))
