"""What the value of a row holds: the completion in what an API has around it, and the gold document.

Of several samples the first counts, of a content in parts the parts with text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from medvie_reward.completions import decode, is_conversation, text_of_completion
from medvie_reward.corpus._row_shapes import PRED_KEYS, is_wrapper_name


def looks_like_answer(text: str) -> bool:
    """Check whether a text looks like a completion or like JSON text of a document."""
    if "</think>" in text or "<answer>" in text or "```" in text:
        return True
    begin = text.find("{")
    if begin < 0 or '"' not in text:
        return False
    try:
        value, _ = json.JSONDecoder().raw_decode(text, begin)
    except (ValueError, RecursionError):
        return False
    return type(value) is dict and bool(value)


_ASSISTANTS: Final = ("gpt", "assistant", "model", "bot", "chatgpt")


def completion_of(value: Any) -> Any:
    """Return what an API wrapped: a text, a message or messages; or the value as it is.

    Of several samples the first counts, of a content in parts the parts with text, joined.
    """
    if is_conversation(value):
        return value
    if type(value) is dict:
        if "message" in value and (
            "index" in value
            or "finish_reason" in value
            or len(value) == 1
            or is_conversation(value["message"])
        ):
            return completion_of(value["message"])
        if type(value.get("text")) is str and _is_sample(value):
            return value["text"]
        if type(value.get("choices")) is list and value["choices"]:
            return completion_of(value["choices"][0])
        if value.get("choices") == [] and not value.keys().isdisjoint(_OF_A_RESPONSE):
            return None  # a request that failed
        if value.get("object") == "response" and type(value.get("output")) is list:
            return completion_of(value["output"])
        if value.keys() in ({"generated_text"}, {"generated_text", "details"}):
            return completion_of(value["generated_text"])
        name = _inner_name(value)
        return value if name is None else completion_of(value[name])
    if type(value) is not list or not value:
        return value
    if all(type(x) is str for x in value):
        return value[0] if any(map(looks_like_answer, value)) else value
    if all(type(x) is list and x for x in value) and (is_conversation(value[0]) or _are_texts(value[0])):
        return completion_of(value[0])
    if all(type(x) is dict and {"from", "value"} <= x.keys() for x in value):
        said = [x["value"] for x in value if x["from"] in _ASSISTANTS]
        return said[-1] if said else None
    if _are_parts(value):
        parts = list(_parts(value))
        if any(type(part) is dict for part in parts):  # what the tool was called with may be wanted
            return {"role": "assistant", "content": parts}
        return "".join(map(str, parts))
    if all(type(x) is dict and _is_sample(x) for x in value):
        return completion_of(value[0])
    return value


def samples_in(value: Any) -> int:
    """Return how many samples a value holds of which `completion_of` takes the first."""
    if type(value) is not list or len(value) < 2:
        return 1
    texts = all(type(x) is str for x in value) and any(map(looks_like_answer, value))
    lists = all(type(x) is list and x for x in value) and (is_conversation(value[0]) or _are_texts(value[0]))
    return len(value) if texts or lists or all(type(x) is dict and _is_sample(x) for x in value) else 1


_OF_A_RESPONSE: Final = ("model", "completion", "usage")
_OF_A_SAMPLE: Final = ("index", "finish_reason", "token_ids", "logprobs", "cumulative_logprob", "meta_info")


def _is_sample(value: dict[str, Any]) -> bool:
    holds = "message" in value or type(value.get("text")) is str
    return "generated_text" in value or (holds and not value.keys().isdisjoint(_OF_A_SAMPLE))


def _are_texts(value: Any) -> bool:
    return all(type(x) is str for x in value)


def _inner_name(value: dict[str, Any]) -> str | None:
    """Return the member with the completion, where it stands in another object that a tool has around it."""
    if len(value) > _MOST_AROUND:
        return None
    names = [x for x in PRED_KEYS.names if type(value.get(x)) is str]
    around = all(x in names or x in _AROUND or is_wrapper_name(x) for x in value)
    return names[0] if len(names) == 1 and around and looks_like_answer(value[names[0]]) else None


_MOST_AROUND: Final = 8
_AROUND: Final = ("cached", "tokenUsage", "token_usage", "raw", "finishReason", "latencyMs")

_CALLS: Final = ("tool_use", "tool_call", "function_call")
_CALL_MEMBERS: Final = ("functionCall", "function_call", "toolUse")
_PARTS: Final = (
    "text", "output_text", "message", "reasoning", "thinking", "redacted_thinking", "image_url", *_CALLS,
)  # fmt: skip
_OF_A_TEXT: Final = {"text", "thought", "thoughtSignature", "thought_signature"}


def _are_parts(value: list[Any]) -> bool:
    return all(type(x) is dict and _is_part(x) for x in value)


def _is_part(value: dict[str, Any]) -> bool:
    return (
        value.get("type") in _PARTS
        or ("text" in value and value.keys() <= _OF_A_TEXT)
        or any(type(value.get(name)) is dict for name in _CALL_MEMBERS)
    )


def _parts(value: list[Any]) -> Iterator[str | dict[str, Any]]:
    """Yield the texts of parts, thoughts left out, and their tool calls as they are."""
    for part in value:
        if type(part) is not dict:
            yield part if type(part) is str else ""
        elif part.get("type") in _CALLS or any(type(part.get(name)) is dict for name in _CALL_MEMBERS):
            yield part
        elif part.get("type") == "message":
            content = part.get("content")
            yield from _parts(content) if type(content) is list else [content if type(content) is str else ""]
        elif part.get("type") in (None, "text", "output_text") and not part.get("thought"):
            yield str(part.get("text", ""))


_SPEAKERS: Final = ("role", "from")


def gold_of(value: Any) -> Any:
    """Return the gold document in what some files put around it, or the value.

    That is a list with one JSON text in it, as in parquet columns, messages to train on, of which the last
    one of the assistant counts, and Donut's ``gt_parse``.
    """
    if type(value) is list and value and type(value[0]) is dict and not value[0].keys().isdisjoint(_SPEAKERS):
        said = completion_of(value)
        said = text_of_completion(said) if is_conversation(said) else said
        value = said if type(said) is str and looks_like_answer(said) else value
    if type(value) is list and len(value) == 1 and type(value[0]) is str:
        value = value[0] if value[0].lstrip()[:1] in ("{", "[") else value
    if type(value) is str and '"gt_parse"' in value[:40]:
        decoded = decode(value, _DEPTH)
        inner = decoded.value if decoded.status == "ok" else None  # reading it says what is wrong
        return inner["gt_parse"] if type(inner) is dict and "gt_parse" in inner else value
    if type(value) is dict and "gt_parse" in value and value.keys() <= {"gt_parse", "meta"}:
        return value["gt_parse"]
    return value


_DEPTH: Final = 128


def has_failed(row: Any) -> bool:
    """Check whether a row of a batch says that its request failed, so that there is no completion."""
    if type(row) is not dict:
        return False
    response, result = row.get("response"), row.get("result")
    if type(response) is dict and type(response.get("status_code")) is int and response["status_code"] >= 400:
        return True
    if type(result) is dict and result.get("type") in ("errored", "canceled", "expired"):
        return True
    return (row.get("error") is not None and not response) or any(map(_is_blocked, (row, response)))


def _is_blocked(response: Any) -> bool:
    """Check whether an API answered without a candidate or with an empty one: a filter stopped it."""
    if type(response) is not dict:
        return False
    listed = response.get("candidates", response.get("choices"))
    if type(listed) is not list or not listed:
        return listed == [] or "promptFeedback" in response
    first = listed[0]
    if type(first) is not dict or first.keys().isdisjoint(("finishReason", "finish_reason")):
        return False
    return "candidates" in response and not (
        type(first.get("content")) is dict and first["content"].get("parts")
    )
