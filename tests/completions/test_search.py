"""The JSON is found whatever is glued to it; a piece of something broken is no answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import ABSENT, parse_completion, reward
from medvie_reward.completions import _json_search as search
from medvie_reward.completions._decoder import closing

J = '{"a": "b"}'
GOLD = {"a": "b"}

# What stands before and behind an answer, without a space between.
BEHIND = (
    "<|im_end|>", "</s>", "<|eot_id|>", "<end_of_turn>", "<｜end▁of▁sentence｜>", "[/INST]", "<eos>", "<pad>",
    "<|endoftext|>", "<|return|>", "[EOS]", "[DONE]", "<unk>", "<|im_end|>\n<|im_start|>user", "</s></s>",
    ".", "。", "！", "…", "...", ";", "；", "!", "?", ")", "）", "`", "``", "'", "”", "’",
    "」", "**", "*", "_",
    "__", "~", "\\]", "$", "$$", "</json>", "</output>", "</result>", "</tool_response>", "<br>", "</p>",
    " </x-y:z>", "\u200b", "\x00", "abc", "—done", "-->", "|", "\\n", "\\", "，谢谢", "<!-- end -->",
    "[end of text]", "\u3000", "\ufeff", "```", "<|end|><|start|>",
)  # fmt: skip
AROUND = (
    ("<json>", "</json>"), ("<output>", "</output>"), ("<result>", "</result>"), ("<answer>", "<answer>"),
    ("`", "`"), ("**", "**"), ("(", ")"), ('"', '"'), ('The answer is "', '".'), ("'", "'"), ("“", "”"),
    ("«", "»"), ("\\boxed{", "}"), ("\\boxed{ ", " }"), ("$\\boxed{", "}$"),
    ("\\[\n\\boxed{\n", "\n}\n\\]"), ("\\text{", "}"), ("\\boxed{\\text{", "}}"), ("\\fbox {", "}."),
    ("The result is ", "."), ("结果是", "。"), ("<p><b>", "</b></p>"), ("<json>\n", "\n</json>"),
    ("<|im_start|>", "<|im_end|>"), ("***", "***"), ("__", "__"), ("> ", ""), ("final(", ");"),
    ("return ", ";"), ('"', '" and so on'), ("<answer>", "<|im_end|>"), ("<a><b>", "<b><a>"),
    ("[INST]", "[/INST]"),
    ("\\[ ", " \\]"), ("\\boxed{\\text{Answer: } ", "}"), ("<![CDATA[", "]]>"),
    ("Use [1] and {x}: ", "[see above]"), ("output = ", ""),
    ("JSON:", "\nDone, thanks."),
)  # fmt: skip

texts = st.text(st.sampled_from("ab{}[]:,\"'\\`<>/.。\n é") | st.characters(codec="utf-8"), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=5,
)
# Tags and fences in strings cut a completion, with or without something behind it.
objects = st.dictionaries(texts, values, min_size=1, max_size=3).filter(
    lambda value: not any(mark in json.dumps(value) for mark in ("<", "```"))
)


@pytest.mark.parametrize("behind", BEHIND)
def test_glued_behind(behind: str) -> None:
    """White space does not decide: what may follow the answer may be glued to it."""
    for text in (J + behind, f"{J} {behind}", f"So: {J}{behind}", f"<answer>{J}{behind}", f"[{J}]{behind}"):
        read = parse_completion(text)
        assert read.answer == ([GOLD] if text[0] == "[" else GOLD)
    assert reward(J + behind, GOLD).matching == 1.0


@pytest.mark.parametrize(("before", "behind"), AROUND)
def test_glued_around(before: str, behind: str) -> None:
    """The same for what stands around it."""
    read = parse_completion(f"{before}{J}{behind}")
    assert (read.answer, read.status) == (GOLD, "ok")


@examples(600)
@given(
    objects, st.sampled_from(AROUND), st.sampled_from(("", *BEHIND)), st.sampled_from(("", " ", "\n", "\n\n"))
)
def test_any_object_with_anything_glued_to_it(
    value: dict[str, Any], around: tuple[str, str], behind: str, gap: str
) -> None:
    """For any object and any glue, the answer is the object."""
    before, after = around
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        assert parse_completion(f"{before}{gap}{text}{gap}{after}{gap}{behind}").answer == value


TORN = [
    '{"a": 1}/* x */', '{"a": 1}// x', '{"a": 1}#',
    '{"a": 1}}', '{"a": 1} }', '{"a": 1}]', '{"a": 1},', '{"a": 1} , x', '{"a": 1}:', '{"a": 1}"',
    '{"a": 1} "x"', '{"a": 1}{"b": 2}', '{"a": 1}\n{"b": 2}', '{"a": 1}[{"b": 2}]', '{"a": 1}[1]',
    '{"a": 1}[true]', '["x": {"a": 1}]', "{'a': {\"b\": 1}}", "{'a': {\"b\": 1}'c': 2}", "{a: {\"b\": 1}x}",
    'x: {"a": 1}, "b": 2}', '"{"a": 1}", "c"', '\\boxed{{"a": 1}}}', '{{"a": 1}}', '"{"a": 1}""',
]  # fmt: skip


@pytest.mark.parametrize("text", TORN)
def test_pieces_are_no_answer(text: str) -> None:
    """Brackets, commas, colons and quotes that nothing opened show a piece of something broken."""
    read = parse_completion(text)
    assert (read.answer, read.status) == (ABSENT, "bad_json")
    assert read.detail


FENCES: list[tuple[str, Any]] = [
    (f"```bash\nls\n```\n{J}", GOLD),
    (f"```bash\nls {{}} {{x}}\n```\nThe result: {J}.", GOLD),
    (f"```bash\nls\n```\n```json\n{J}\n```", GOLD),
    (f"```\nplan: read\n```\n```\n{J}\n```", GOLD),
    (f"{J}\n```bash\nls\n```", GOLD),
    (f"```bash\nls\n```\n```python\nx\n```\n{J}", GOLD),
    (f'```bash\necho "{{"\n```\n{J}', GOLD),
    (f"```python\nx = {{'a': 1}}\n```\n{J}", GOLD),
    (f"```bash\nls\n```\n[{J}]", [GOLD]),
    (f'```python\nx = {J}\n```\n{{"a": 2}}', GOLD),
    (f'```json\n{{"a": oops}}\n```\n{J}', ABSENT),
    (f'```\n{{"a": oops}}\n```\n{J}', ABSENT),
    ("```bash\nls\n```\nNothing.", ABSENT),
    ('```bash\nls\n```\n{"a": 1', ABSENT),
]


@pytest.mark.parametrize(("text", "answer"), FENCES)
def test_a_fence_that_holds_no_json(text: str, answer: Any) -> None:
    """A first fence of code or prose does not end the search; one with a broken answer does."""
    assert parse_completion(text).answer == answer


def test_repair_behind_a_fence() -> None:
    """What is repaired is what was found."""
    read = parse_completion("```bash\nls\n```\nSo: {'a': 'b',}", repair=True)
    assert (read.answer, read.status) == (GOLD, "repaired")
    assert parse_completion("Here: {'a': 'b'}", repair=True).answer == GOLD


HOLLOW: list[tuple[str, Any]] = [
    (f"An empty page is {{}}. This one is {J}.", GOLD),
    (f"An empty page is `{{}}`, no rows `[{{}}]`.\n\n```json\n{J}\n```", GOLD),
    (f"```json\n{{}}\n```\nor rather\n```json\n{J}\n```", GOLD),
    ("It is {}.", {}),
    ("{}", {}),
    (f"<answer>It is {{}}, not {J}</answer>", ABSENT),
    (f"<answer>It is {{}}. Not {J}</answer>", {}),
    ('It is {}. Or {"a": oops}', {}),
    (f'It is {{"a": ""}}. Or {J}', {"a": ""}),
    (f"{{}}{J}", ABSENT),
    (f"An empty page is {{}}, this one is {J}.", GOLD),
    (f"Not {{}}: {J}", GOLD),
    (f"{{'m': {{}}, 'n': {J}", ABSENT),
    ("It is {}, not more.", ABSENT),
    (f'The form is {{"a": "...", ...}}. Here it is: {J}', GOLD),
    (f'The form is {{"a": …}}.\n\n{J}', GOLD),
    (f'The form is `[{{"a": 1}}, ...]`: `[{J}]`', [GOLD]),
    ('The form is {"a": "...", ...}.', ABSENT),
    (f'<answer>{{"a": ...}} is {J}</answer>', ABSENT),
    (f'{{"a": "...", oops}} or {J}', ABSENT),
]


@pytest.mark.parametrize(("text", "answer"), HOLLOW)
def test_hollow_examples(text: str, answer: Any) -> None:
    """An object without members in prose gives way to the first JSON behind it that has values."""
    assert parse_completion(text).answer == answer


def test_more_json_is_said() -> None:
    """Where more than one JSON stands in prose the first counts, and the detail says so."""
    read = parse_completion(f'As {{"a": 1}} was wrong: {J}')
    assert (read.answer, read.status) == ({"a": 1}, "ok")
    assert read.detail == "more JSON follows, and the first counts (answer='last' takes the last)"


LAST: list[tuple[str, Any]] = [
    (J, GOLD),
    ("[1]", [1]),
    (f'{{"a": 1}} final: {J}', GOLD),
    (f'{{"a": 1}}\n{J}', GOLD),
    (f'```json\n{{"a": 1}}\n```\nfinal:\n```json\n{J}\n```', GOLD),
    (f'<answer>{{"a": 1}}</answer> no, <answer>{J}</answer>', GOLD),
    (f'<answer>{{"a": 1}}<answer>{J}<answer>', GOLD),
    (f"<answer>{J}</answer> as <answer></answer> says", GOLD),
    (f'<answer>{J}</answer> {{"a": 1}}', GOLD),
    (f'<think><answer>{{"a": 1}}</answer></think>{J}', GOLD),
    (f'<answer>{J}</answer><think><answer>{{"a": 1}}</answer></think>', GOLD),
    (f'<answer>{{"a": "<think>"}}</answer><answer>{J}</answer>', GOLD),
    (f'<answer>{{"a": 1}}, no: {J}</answer>', GOLD),
    (f"{J} and {{}}", GOLD),
    (f"```json\n{J}\n```", GOLD),
    ("<answer></answer>", ABSENT),
    ("nothing", ABSENT),
    (f'{J} then {{"a": [1}}', ABSENT),
    (f'{J} then {{"a": ', ABSENT),
    (f'{{"a": [1}}\n\n{J}', GOLD),
    ('[{"a": 1}, {"b": oops}]', ABSENT),
    ('{"a": [1, 2}, "rows": [{"b": 1}]', ABSENT),
]


@pytest.mark.parametrize(("text", "answer"), LAST)
def test_last(text: str, answer: Any) -> None:
    """The last answer part, or the last JSON; a fragment of a broken one never."""
    assert parse_completion(text, answer="last").answer == answer


@given(objects, objects, st.sampled_from((" then ", "\n", ".", "</answer><answer>", "\n```\n```json\n")))
def test_first_or_last(one: dict[str, Any], other: dict[str, Any], between: str) -> None:
    """Of two answers training takes the first, and who asks for the last gets the last."""
    text = f"<answer>{json.dumps(one)}{between}{json.dumps(other)}"
    assert parse_completion(text, answer="last").answer == other
    assert parse_completion(text).answer == (ABSENT if between == "\n" else one)


_ESCAPED = "its quotes are escaped: the text is JSON inside a JSON string"
_PROMPT = "the first answer part has no JSON and more follow: does the text still hold the prompt?"
_RAW = "inside a string, where JSON has"
_TORN = "'}' stands right behind the JSON: it is a piece of something, or not the only one"
DETAILS = [
    ('{"a": "b\nc"}', "bad_json", f"line 1, column 9: a raw line break (U+000A) {_RAW} \\n"),
    ('So: {"a": "\tb"}', "bad_json", f"line 1, column 8: a raw tab (U+0009) {_RAW} \\t"),
    ('{"a": "\x00"}', "bad_json", f"line 1, column 8: a raw control character (U+0000) {_RAW} \\u0000"),
    ('{\\"N\\": \\"L\\", \\"R\\": [{\\"I\\": \\"K\\"}]}', "bad_json", _ESCAPED),
    ('Here: {\\"N\\": \\"L\\"}', "bad_json", _ESCAPED),
    ('{\\n  \\"N\\": [[\\"L\\"', "bad_json", _ESCAPED),
    ('{"a": \\"b\\", "c": [{"d": 1}]}', "bad_json", _ESCAPED),
    ('{"a": "b\\"', "truncated", ""),
    ("Here: {'a': 1}", "bad_json", "names and texts need straight double quotes"),
    ("Here: {“a”: “b”}", "bad_json", "names and texts need straight double quotes"),
    (json.dumps(J), "not_an_object", "the answer is one JSON string, and JSON stands inside it"),
    ('{"a": "b<|im_end|>', "truncated", ""),
    ('{"a": "b"<|im_end|>', "truncated", ""),
    ('{"a": 1,}', "bad_json", "line 1, column 9: expecting property name enclosed in double quotes"),
    ('{"a": [1}', "bad_json", "line 1, column 9: expecting ',' delimiter"),
    ('{"a": 1}}', "bad_json", _TORN),
    ("x <answer></answer> y <answer>z</answer>", "no_answer", _PROMPT),
    ("Write <answer> ... </answer>.\nassistant\n<answer>" + J + "</answer>", "no_answer", _PROMPT),
    ('<thinking>so {"a": 1}, {</thinking>' + J, "bad_json", "think_tags=('<thinking>',)"),
    ("<think>on and on", "no_answer", "the think part never ends"),
    (
        "<tool_call>save</tool_call>",
        "no_answer",
        "there is a tool call (answer='tool_call' reads its arguments)",
    ),
    ("nothing", "no_answer", ""),
]


@pytest.mark.parametrize(("text", "status", "detail"), DETAILS)
def test_details(text: str, status: str, detail: str) -> None:
    """The status is true, and the detail says what is wrong and what may help."""
    read = parse_completion(text)
    assert read.status == status
    assert detail in read.detail
    assert bool(read.detail) == bool(detail)


def test_too_large_says_how_large() -> None:
    """The limit is named."""
    assert parse_completion(J, max_chars=5).detail == "10 characters, at most 5 are read"


HEAPS = [
    "{",
    '{"',
    "{} ",
    "{}.",
    "[{",
    '"{}"',
    "```\n",
    "{'",
    "\\boxed{",
    '{\\"',
    '{"a": [1}\n\n',
    "[x]",
    "<think>",
]


@pytest.mark.parametrize("piece", HEAPS)
def test_heaps(piece: str) -> None:
    """A hundred thousand characters of one piece end in a status; every search goes through them once."""
    for rule in ("lenient", "last", "tool_call"):
        read = parse_completion(piece * (100_000 // len(piece)), answer=rule)
        assert read.parsed == (read.status in ("ok", "not_an_object"))


def test_markup_in_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of formulas in each other a few are opened, however many there are; one after another, all."""
    looked: list[int] = []

    def counted(text: str, start: int, max_depth: int) -> tuple[str, int]:
        looked.append(start)
        return closing(text, start, max_depth)

    monkeypatch.setattr(search, "closing", counted)
    for depth, found in ((1, [GOLD]), (3, [GOLD]), (60, ABSENT)):
        looked.clear()
        text = "\\[ [" * depth + J + "] \\]" * depth
        assert parse_completion(text).answer == found
        assert len(looked) == min(depth, 4) + 1, depth
    looked.clear()
    assert parse_completion("\\[ [x] \\] " * 60 + J).answer == GOLD
    assert parse_completion("\\[ [[1]] \\] " * 9).answer == [[1]]
