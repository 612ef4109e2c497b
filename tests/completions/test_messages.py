"""What a chat API gives is one text: of messages the assistant's last, with its tool calls if wanted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from medvie_reward import PredictionError, Spec, evaluate, parse_completion, reward, reward_group
from medvie_reward.completions import is_conversation, text_of_completion

GOLD = {"a": "b"}
TEXT = '{"a": "b"}'
SAID = {"role": "assistant", "content": TEXT}
ASKED = {"role": "user", "content": 'as {"a": "x"}'}
PARTS = {
    "role": "assistant",
    "content": [{"type": "text", "text": '{"a": '}, {"type": "text", "text": '"b"}'}],
}
IMAGE = {"role": "assistant", "content": [{"type": "image_url"}, {"type": "text", "text": TEXT}]}

CONVERSATIONS: list[Any] = [
    SAID,
    [SAID],
    [{"role": "system", "content": "s"}, ASKED, SAID],
    [{"role": "assistant", "content": '{"a": "first"}'}, ASKED, SAID],
    (SAID,),
    PARTS,
    [IMAGE],
    [SAID, ASKED],
    {"choices": [{"index": 0, "message": SAID}], "object": "chat.completion"},
]


@pytest.mark.parametrize("given", CONVERSATIONS)
def test_messages_are_read(given: Any) -> None:
    """Every function that takes a completion takes messages, and scores what the assistant said last."""
    assert is_conversation(given)
    assert text_of_completion(given) == TEXT
    assert parse_completion(given).answer == GOLD
    assert reward(given, GOLD).matching == 1.0
    assert [r.matching for r in reward_group([given, TEXT], GOLD)] == [1.0, 1.0]
    assert evaluate([given], [GOLD]).micro.f1 == 1.0


@pytest.mark.parametrize(
    "given", [[ASKED], {"role": "assistant", "content": None}, [{**SAID, "content": None}]]
)
def test_an_assistant_that_said_nothing(given: Any) -> None:
    """There is no answer then."""
    assert text_of_completion(given) is None
    assert parse_completion(given).status == "no_answer"
    assert reward(given, GOLD).status == "no_answer"
    assert evaluate([given], [GOLD]).statuses == {"no_answer": 1}


def test_thoughts_apart_are_put_back() -> None:
    """Thoughts that an API has cut out stand before the text again, in the tags that the spec has."""
    message = {**SAID, "reasoning_content": "so {x}"}
    assert text_of_completion(message) == f"<think>so {{x}}</think>{TEXT}"
    spec = Spec(think_tags=("<thinking>",))
    assert text_of_completion(message, spec) == f"<thinking>so {{x}}</thinking>{TEXT}"
    assert reward(message, GOLD, format="think_json").format == 1.0
    assert reward(message, GOLD, format="think_json", prefilled=True).format == 1.0


@pytest.mark.parametrize(
    "given", [{"role": "a", "content": "b"}, {"content": "x"}, [{"a": "b"}], [], ["x"], {}]
)
def test_documents_are_no_messages(given: Any) -> None:
    """A document is the answer itself."""
    assert not is_conversation(given)
    assert evaluate([given], [given]).micro.f1 == 1.0


CALL = {"type": "function", "function": {"name": "save", "arguments": TEXT}}
CALLS: list[Any] = [
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    [ASKED, {"role": "assistant", "tool_calls": [{"function": {"name": "save", "arguments": GOLD}}]}],
    [{"role": "assistant", "tool_calls": [CALL]}, {"role": "tool", "content": "ok"}, {**SAID, "content": ""}],
    {"role": "assistant", "content": "", "tool_calls": [CALL, {"function": {"name": "x", "arguments": "1"}}]},
    {"role": "assistant", "content": None, "function_call": {"name": "save", "arguments": TEXT}},
    {"role": "assistant", "content": [{"type": "text"}, {"type": "tool_use", "name": "f", "input": GOLD}]},
    f'<tool_call>{{"name": "save", "arguments": {TEXT}}}</tool_call>',
    f'I save it.\n<tool_call>\n{{"name": "save", "arguments": {json.dumps(TEXT)}}}\n</tool_call><|im_end|>',
    f'<think>{{}}</think><tool_call>{{"name": "save", "arguments": {TEXT}}}</tool_call>',
    f'[TOOL_CALLS][{{"name": "save", "arguments": {TEXT}}}]',
    f'<|python_tag|>{{"name": "save", "parameters": {TEXT}}}<|eom_id|>',
    f'<function_call>{{"function": {{"name": "save", "arguments": {TEXT}}}}}</function_call>',
    f'{{"tool_calls": [{{"function": {{"name": "save", "arguments": {json.dumps(TEXT)}}}}}]}}',
]  # fmt: skip


@pytest.mark.parametrize("given", CALLS)
def test_tool_calls(given: Any) -> None:
    """The arguments of the first call are the answer."""
    read = parse_completion(given, answer="tool_call")
    assert (read.answer, read.status) == (GOLD, "ok")
    assert reward(given, GOLD, answer="tool_call").matching == 1.0
    assert evaluate([given], [GOLD], answer="tool_call").micro.f1 == 1.0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ('{"a": ', "truncated"),
        ("{'a': 1}", "bad_json"),
        ("[1]", "not_an_object"),
        ("</tool_call>", "bad_json"),
    ],
)
def test_arguments_have_a_status(arguments: str, status: str) -> None:
    """What the model wrote as arguments is read as strictly as any answer."""
    message = {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": arguments}}]}
    assert parse_completion(message, answer="tool_call").status == status


def test_tool_call_is_asked_for() -> None:
    """Without it a message of calls alone has no text, and a text that is no call has no arguments."""
    assert parse_completion(CALLS[0]).status == "no_answer"
    read = parse_completion(TEXT, answer="tool_call")
    assert (read.status, read.detail) == (
        "no_answer",
        "the JSON is no tool call: expected the members name and arguments",
    )
    assert parse_completion(CALLS[6], answer="tool_call", format="answer").format_ok
    assert parse_completion(CALLS[8], answer="tool_call", format="think").format_ok


@pytest.mark.parametrize("given", [1, 1.5, True, {1}, object(), {"a": "b"}, [TEXT], [[SAID]]])
def test_what_is_no_completion(given: Any) -> None:
    """A value that no model can have written is an error that says what is expected."""
    for function in (parse_completion, text_of_completion, lambda x: reward(x, GOLD)):
        with pytest.raises(PredictionError, match="expected a string, bytes, a chat message, a list of"):
            function(given)


def test_bytes_are_text() -> None:
    """Bytes are UTF-8; those that are not have a status."""
    assert parse_completion(TEXT.encode()).answer == GOLD
    assert reward(bytearray(TEXT.encode()), GOLD).matching == 1.0
    assert evaluate([TEXT.encode()], [GOLD]).micro.f1 == 1.0
    assert parse_completion(b'{"a": "\xff"}').status == "bad_unicode"
