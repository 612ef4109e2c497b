"""Completions: the strict format, the lenient answer, and a status for everything else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from json_repair import repair_json

from medvie_reward import ABSENT, STATUSES, Completion, PredictionError, SpecError, parse_completion
from medvie_reward.completions import ANSWERED, MEANINGS
from medvie_reward.completions._repair import Counted, looks

A = '<answer>{"a": 1}</answer>'
T = "<think>t</think>"

FORMATS = [
    # text, think, answer, json
    (f"{T}{A}", True, False, False),
    (f" \n{T}\n\n{A}\t", True, False, False),
    ("<think></think><answer></answer>", True, False, False),
    ("<think>t</think><answer>no json</answer>", True, False, False),
    (A, False, True, False),
    (f"\n{A}\n", False, True, False),
    ('{"a": 1}', False, False, True),
    (' [{"a": 1}]\n', False, False, True),
    ("3", False, False, False),
    ('"text"', False, False, False),
    ('{"a": 1', False, False, False),
    ('```json\n{"a": 1}\n```', False, False, False),
    ('Here: {"a": 1}', False, False, False),
    (f"{T}{T}{A}", False, False, False),
    (f"{T}{A}{A}", False, False, False),
    (f"{A}{T}", False, False, False),
    (f"so {T}{A}", False, False, False),
    (f"{T} so {A}", False, False, False),
    (f"{T}{A} so", False, False, False),
    (f"<think>{A}</think>", False, False, False),
    (f"<think>t{A}", False, False, False),
    (f"{T}<answer>1", False, False, False),
    (f"t</think>{A}", False, False, False),
    (f"<THINK>t</THINK>{A}", False, False, False),
    (f"<think>a <answer></answer> b</think>{A}", False, False, False),
    ("", False, False, False),
]


@pytest.mark.parametrize(("text", "think", "answer", "bare"), FORMATS)
def test_format(text: str, think: bool, answer: bool, bare: bool) -> None:
    """Each form takes exactly what it describes."""
    found = [parse_completion(text, format=form).format_ok for form in ("think", "answer", "json")]
    assert found == [think, answer, bare]


ANSWERS: list[tuple[str, Any]] = [
    (f"{T}{A}", {"a": 1}),
    ('{"a": 1}', {"a": 1}),
    ('```json\n{"a": 1}\n```', {"a": 1}),
    ('```JSON\n{"a": 1}\n```', {"a": 1}),
    ('```Json {"a": 1}```', {"a": 1}),
    ('```\n{"a": 1}\n```', {"a": 1}),
    ('```json5\n{"a": 1}\n```', {"a": 1}),
    ("```json5```", ABSENT),
    ('{"a": "</answer>"}', {"a": "</answer>"}),
    ("<answer>" * 300 + '{"a": 1}', ABSENT),
    ('```json\r\n{"a": 1}\r\n```', {"a": 1}),
    ('```json\n{"a": 1}', {"a": 1}),
    ('```python\nx = 1\n```\nand\n```json\n{"a": 1}\n```', {"a": 1}),
    ('```yaml\na: 2\n```\n```\n{"a": 1}\n```\n```JSON\n{"a": 3}\n```', {"a": 3}),
    ('Sure! Here it is:\n{"a": 1}\nAnything else?', {"a": 1}),
    ('结果如下 {"a": 1}', {"a": 1}),
    ('结果：{"a": "结果"}。', {"a": "结果"}),
    ('As in [1] and {x}: {"a": 1}', {"a": 1}),
    ('Rows:\n[\n  {"a": 1},\n  {"a": 2}\n]\nDone.', [{"a": 1}, {"a": 2}]),
    ('{"a": "}"} and so on', {"a": "}"}),
    ('{"a": "\\"}"} and so on', {"a": '"}'}),
    ('<answer>Here: ```json\n{"a": 1}\n``` ok</answer>', {"a": 1}),
    ('{"b": 2} <answer>{"a": 1}</answer> {"c": 3}', {"a": 1}),
    ('<answer>{"a": 1}</answer><answer>{"a": 2}</answer>', {"a": 1}),
    ('<answer>{"a": 1}', {"a": 1}),
    ('<think>{"b": 2}</think>{"a": 1}', {"a": 1}),
    ('{"b": 2}</think>{"a": 1}', {"a": 1}),
    ('<answer>{"b": 2}</answer></think><answer>{"a": 1}</answer>', {"a": 1}),
    ('<think><answer>{"b": 2}</answer></think><answer>{"a": 1}</answer>', {"a": 1}),
    ('<think>x</think><think>{"b": 2}</think> {"a": 1}', {"a": 1}),
    ('<think>{"a": 1}</think>', ABSENT),
    ('<think>{"a": 1}', ABSENT),
    ('<think>{"a": 1}</think><answer></answer>', ABSENT),
    ('<answer></answer>{"a": 1}', ABSENT),
    ("\ufeff{}", {}),
    ("[]", []),
    ("null", None),
    (' "x" ', "x"),
    ("7", 7),
    ('{"a": "```json\\n{}\\n```"}', {"a": "```json\n{}\n```"}),
    ('{"a": "```json\n{}\n```", "b": [', ABSENT),
    ('{"a": {"b": 1}, "c": [{"d": 2}', ABSENT),
    ('{"a": 1}}', ABSENT),
    ('{"a": 1},', ABSENT),
    ('{"a": 1} "x"', ABSENT),
    ('[{"a": 1}, {"b": oops}]', ABSENT),
    ('{"a": 9007199254740993}', {"a": 9007199254740993}),
    ('{"a": 123456789012345678901234567890}', {"a": 123456789012345678901234567890}),
    ('{"a": -123456789012345678901234567890, "b": 0.5}', {"a": -123456789012345678901234567890, "b": 0.5}),
    ('{"a": ' + "9" * 700 + "}", {"a": "9" * 700}),
    ('{"a" : 1, "b"\n: 2}', {"a": 1, "b": 2}),
    ('{"a": "x\\":y"}', {"a": 'x":y'}),
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_answer(text: str, answer: Any) -> None:
    """The answer is what the rule of the module says, or absent; never a fragment of a broken one."""
    found = parse_completion(text).answer
    assert found == answer
    assert type(found) is type(answer)


DEEP = 10_000

STATUS = [
    ('{"a": 1}', "ok"),
    ('{"a": 1, "a": 2}', "duplicate_member"),
    ('{"l": [{"a": 1, "b": 2, "a": 1}]}', "duplicate_member"),
    ('{"a" : 1, "b": "\\":", "a": 2}', "duplicate_member"),
    ("[1]", "not_an_object"),
    ("1", "not_an_object"),
    ("null", "not_an_object"),
    ("", "no_answer"),
    (" \n ", "no_answer"),
    ("no report on this page", "no_answer"),
    ("<answer> </answer>", "no_answer"),
    ("<think>never ends", "no_answer"),
    ('{"a": }', "bad_json"),
    ("{'a': 1}", "bad_json"),
    ('{"a": 1,}', "bad_json"),
    ('{"a": 01}', "bad_json"),
    ('{"a": "\n"}', "bad_json"),
    ('{"a": "\\x"}', "bad_json"),
    ('{"a": 1}}', "bad_json"),
    ('{"a": [1, 2}', "bad_json"),
    ('{"a": 1', "truncated"),
    ('{"a"', "truncated"),
    ('{"a": "x', "truncated"),
    ('{"a": "x\\', "truncated"),
    ('{"a": tru', "truncated"),
    ('{"a": -', "truncated"),
    ('{"a": [{"b": 1}, ', "truncated"),
    ('```json\n{"a": [1,', "truncated"),
    ('Here it is: {"a": {"b": 1}, "c', "truncated"),
    ('{"a": NaN}', "not_finite"),
    ('{"a": -Infinity}', "not_finite"),
    ('{"a": 1e999}', "not_finite"),
    ('{"a": "\\ud800"}', "bad_unicode"),
    ('{"\\udc00": 1}', "bad_unicode"),
    ('{"a": "\ud800"}', "bad_unicode"),
    ('{"a": "\\ud83d\\ude00"}', "ok"),
    ("\ufeff{}", "ok"),
    ('{"a":' * DEEP + "1" + "}" * DEEP, "too_deep"),
    ("[" * DEEP, "too_deep"),
    ('x {"a":' + "[" * DEEP, "too_deep"),
    ('{"a":' * 129 + "1" + "}" * 129, "too_deep"),
    ('{"a":' * 128 + "1" + "}" * 128, "ok"),
    ('{"a": "' + "x" * 4_000_000 + '"}', "too_large"),
]


@pytest.mark.parametrize(("text", "status"), STATUS, ids=range(len(STATUS)))
def test_status(text: str, status: str) -> None:
    """Every way to fail has its word, and an answer is there just for the first four words."""
    found = parse_completion(text)
    assert found.status == status
    assert found.parsed == (status in ANSWERED)


def test_statuses_are_one_table() -> None:
    """Every status has a meaning, in the order of their numbers; four have an answer."""
    assert tuple(MEANINGS) == STATUSES
    assert ANSWERED == ("ok", "repaired", "duplicate_member", "not_an_object")
    assert STATUSES[:4] == ANSWERED


def test_every_status_is_tested() -> None:
    """The table above leaves no word out but the one that needs an option."""
    assert {status for _, status in STATUS} | {"repaired"} == set(STATUSES)


@pytest.mark.parametrize("text", ['{"a": 1,}', '{"a": 1', "```json\n{a: 1}\n```", 'Here: {"a": 1, "b'])
def test_repair_is_asked_for_and_marked(text: str) -> None:
    """Broken JSON stays broken unless repair is asked for, and then the result says so."""
    assert parse_completion(text).answer is ABSENT
    repaired = parse_completion(text, repair=True)
    assert repaired.answer["a"] == 1
    assert repaired.status == "repaired"
    assert repaired.repaired


def test_repair_changes_nothing_that_is_whole() -> None:
    """A text that parses, or that holds nothing to repair, reads the same with repair."""
    for text in ('{"a": 1}', "nothing here", "[" * DEEP, '{"a": NaN}'):
        assert parse_completion(text, repair=True) == parse_completion(text)


# Broken in ways that models have, and long.
ROWS = [{"Item": f"Item {n}", "Result": f"{n / 7:.3f}", "Note": 'said "so", and more: x'} for n in range(700)]
LONG_JSON = json.dumps({"Name": "Li", "Rows": ROWS})


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (LONG_JSON[:-40], ROWS[:-1]), (LONG_JSON.replace('"Result"', "Result"), ROWS),
        (LONG_JSON.replace("}", ",}"), ROWS), (LONG_JSON.replace('", "', '" "'), ROWS),
    ],
)  # fmt: skip
def test_repair_of_long_answers(text: str, rows: list[dict[str, str]]) -> None:
    """The bound on a repair's work is far above what such answers take."""
    read = parse_completion(text, repair=True)
    assert (read.status, read.answer["Name"], read.answer["Rows"][: len(rows)]) == ("repaired", "Li", rows)
    left = [looks(text)]
    repair_json(Counted.of(text, left))
    assert left[0] > looks(text) - 3 * len(text)


def test_repair_is_given_up() -> None:
    """A text that json-repair would look at some hundred million times stays what it was without repair."""
    text = '{"a":' + "[1," * 100 + '"x ' * 20_000
    assert parse_completion(text, repair=True) == parse_completion(text)
    assert parse_completion(text[:1_000], repair=True).status == "repaired"
    left = [looks(text)]
    with pytest.raises(Exception, match=r"^$") as error:
        repair_json(Counted.of(text, left))
    assert (error.type.__name__, left[0] < 0, left[0] > -len(text)) == ("_TooMuchWork", True, True)


def test_a_counted_text_counts() -> None:
    """Looks and copies count, also those of its parts and of texts made of it."""
    left = [1_000]
    text = Counted.of("x" * 2_560, left)
    assert (text[0], left) == ("x", [999])
    part = text[:-1] + "y"
    assert (part[-1], part == "x" * 2_559 + "y", left) == ("y", True, [988])
    assert (part[1:3], left) == ("xx", [987])


def test_tagged_rule() -> None:
    """The tagged rule needs a closed answer part that is JSON but for one json fence."""
    assert parse_completion(A, answer="tagged").answer == {"a": 1}
    assert parse_completion('<answer>x ```json{"a": 1}``` y</answer>', answer="tagged").answer == {"a": 1}
    for text in (
        '{"a": 1}',
        '<answer>{"a": 1}',
        '<answer>so: {"a": 1}</answer>',
        "<answer>```\n{}```</answer>",
    ):
        assert parse_completion(text, answer="tagged").answer is ABSENT


def test_sizes() -> None:
    """The answer part's length and its leaves are reported."""
    found = parse_completion(f'{T}<answer>{{"a": "x", "b": ["", null, 0]}}</answer>')
    assert (found.answer_chars, found.leaves) == (30, 2)


def test_absent_is_one_thing() -> None:
    """Absent is false, prints its name and survives pickling as itself."""
    import pickle

    assert not ABSENT
    assert repr(ABSENT) == "ABSENT"
    assert pickle.loads(pickle.dumps(ABSENT)) is ABSENT


def test_none_reads_as_no_text() -> None:
    """An empty message of a chat API is no answer."""
    assert parse_completion(None) == Completion(ABSENT, False, "no_answer")


def test_from_answer_checks() -> None:
    """A value handed in as an answer must be JSON."""
    assert Completion.from_answer([{"a": "x"}]) == Completion([{"a": "x"}], None, "not_an_object", 0)
    with pytest.raises(PredictionError, match=r"expected a JSON value, got set - at \$\.?a\[0\]"):
        Completion.from_answer({"a": [{1}]})


@pytest.mark.parametrize("option", [{"format": "r1"}, {"answer": "any"}, {"max_depth": 0}, {"max_chars": 0}])
def test_unknown_options_are_errors(option: dict[str, Any]) -> None:
    """A misspelt option is an error that names it."""
    with pytest.raises(SpecError, match=next(iter(option))):
        parse_completion("{}", **option)


WORDS = '<think> </think> <answer> </answer> ``` ```json {} { } [ ] [{ {" " \\ : , x 1 NaN 1e999 é null'
PIECES = st.sampled_from([*WORDS.split(), " ", "\n", "\ud800", "\ufeff", '{"a": 1}'])


@given(st.lists(PIECES, max_size=14).map("".join) | st.text())
def test_never_raises(text: str) -> None:
    """Whatever a model writes has a status, and an answer if and only if the status says so."""
    for form in ("think", "answer", "json"):
        for rule in ("lenient", "tagged"):
            found = parse_completion(text, format=form, answer=rule)
            assert found.parsed == (found.status in ANSWERED)
            assert type(found.format_ok) is bool


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_reads_what_json_writes(value: Any) -> None:
    """A JSON document reads back as it is, compact or spaced, escaped or not, fenced or not."""
    for text in (
        json.dumps(value),
        json.dumps(value, ensure_ascii=False, separators=(",", ":")),
        json.dumps(value, indent=1, separators=(" ,", " : ")),
    ):
        for wrapped in (text, f"<answer>\n{text}\n</answer>", f"{T}<answer>```json\n{text}\n```</answer>"):
            if any(tag in text for tag in ("<", "```")):
                continue
            assert parse_completion(wrapped).answer == value


@given(st.text(alphabet='{}[]"a:1,<>/think answer', max_size=40), st.sampled_from([T, ""]))
def test_thoughts_do_not_count(thought: str, tail: str) -> None:
    """What stands in the think part changes nothing about the answer."""
    if "think>" in thought:
        return
    text = f"<think>{thought}</think>{tail}<answer>[1]</answer>"
    assert parse_completion(text).answer == [1]


@pytest.mark.parametrize(
    "text",
    [
        "<function=save>{}</function>",
        "<function=save>\n{}\n</function><|eom_id|>",
        "[TOOL_CALLS]save[ARGS]{}</s>",
        "[TOOL_CALLS] save{}",
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>save\n```json\n{}\n```<｜tool▁call▁end｜>",
        "<|tool_call_begin|>functions.save:0<|tool_call_argument_begin|>{}<|tool_call_end|>",
        "<|start|>assistant<|channel|>commentary to=functions.save <|constrain|>json<|message|>{}<|call|>",
    ],
)
def test_tool_calls_whose_name_stands_outside_of_the_json(text: str) -> None:
    arguments = {"Name": "Li Wei"}
    written = text.replace("{}", json.dumps(arguments))
    assert parse_completion(written, answer="tool_call").answer == arguments
    assert parse_completion(json.dumps(arguments), answer="tool_call").status == "no_answer"
