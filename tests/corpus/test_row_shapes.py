"""Rows as tools write them: where the completion, the gold and the id are; what is open is an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import InputError, InputWarning, evaluate, evaluate_files
from medvie_reward.completions import text_of_completion
from medvie_reward.corpus import GOLD_KEYS, PRED_KEYS, SHAPES, RowFile
from medvie_reward.corpus._row_choice import find, parse_path

TEXT = '{"N": "a"}'
OTHER = '{"N": "b"}'
SAID = {"role": "assistant", "content": TEXT}
TALK = [{"role": "system", "content": "s"}, {"role": "user", "content": OTHER}, SAID]
CHAT = {"id": "chatcmpl-1", "object": "chat.completion", "choices": [{"index": 0, "message": SAID}]}
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "output": [
        {"type": "reasoning", "summary": []},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": TEXT}]},
    ],
}
PARTS = [{"type": "text", "text": '{"N": '}, {"type": "text", "text": '"a"}'}]


def write(path: Path, *rows: Any) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


# What lighteval and EvalScope write around an answer.
ANSWER = {"input": "p", "input_tokens": [1], "text": [TEXT], "text_post_processed": None, "logprobs": []}
REVIEW = {"score": {"value": {"acc": 0.0}, "extracted_prediction": TEXT, "prediction": TEXT}, "sample_id": 0}

PREDICTIONS: list[tuple[str, Any]] = [
    ("LLaMA-Factory", {"prompt": "p", "predict": TEXT, "label": OTHER}),
    ("verl", {"input": "p", "output": TEXT, "gts": OTHER, "score": 0.5, "step": 1}),
    ("verl with a score that is none", {"input": "p", "output": TEXT, "gts": OTHER, "score": float("nan")}),
    ("ms-swift", {"response": TEXT, "labels": OTHER, "logprobs": None, "messages": TALK}),
    ("TRL text", {"prompt": "p", "completion": TEXT}),
    ("TRL messages", {"prompt": TALK[:2], "completion": [SAID]}),
    (
        "OpenAI batch",
        {"id": "b", "custom_id": "q", "response": {"body": CHAT}, "error": None},
    ),
    ("OpenAI batch of responses", {"custom_id": "q", "response": {"status_code": 200, "body": RESPONSE}}),
    ("OpenAI chat", CHAT),
    ("OpenAI chat, dumped", {"sample": 3, **CHAT}),
    ("OpenAI completion", {"object": "text_completion", "choices": [{"index": 0, "text": TEXT}]}),
    ("OpenAI responses", RESPONSE),
    ("Anthropic", {"id": "msg_1", "type": "message", "role": "assistant", "content": PARTS}),
    ("Anthropic batch", {"custom_id": "q", "result": {"type": "succeeded", "message": {"content": PARTS}}}),
    ("Gemini", {"candidates": [{"content": {"role": "model", "parts": [{"text": TEXT}]}}]}),
    ("vLLM", {"request_id": "0", "prompt": "p", "outputs": [{"index": 0, "text": TEXT, "token_ids": [1]}]}),
    ("SGLang", {"text": TEXT, "meta_info": {"id": "1"}}),
    ("lmms-eval", {"doc_id": 0, "target": OTHER, "resps": [[TEXT]], "filtered_resps": [TEXT]}),
    ("lm-eval without a filter", {"doc_id": 0, "target": OTHER, "resps": [[TEXT]]}),
    ("pipeline", {"generated_text": TEXT}),
    ("pipeline, a list a row", [{"generated_text": TEXT}]),
    ("pipeline of messages", {"generated_text": TALK}),
    ("DeepEval", {"input": "p", "actual_output": TEXT, "expected_output": OTHER}),
    ("VLMEvalKit", {"index": 3, "question": "q", "prediction": TEXT, "answer": OTHER}),
    ("lighteval", {"doc": {"choices": [OTHER], "gold_index": [0]}, "metric": {}, "model_response": ANSWER}),
    ("EvalScope, predictions", {"index": 0, "model": "m", "model_output": {"choices": [{"message": SAID}]}}),
    ("EvalScope, reviews", {"index": 0, "target": [OTHER], "messages": TALK, "sample_score": REVIEW}),
    ("EvalScope, older reviews", {"index": 0, "input": "p", "target": OTHER, "sample_score": REVIEW}),
    ("messages", {"messages": TALK}),
    ("conversation", TALK),
    ("content in parts", {"messages": [{"role": "assistant", "content": PARTS}]}),
    ("a message", {"prediction": SAID}),
    ("a text a row", TEXT),
    ("ShareGPT", {"conversations": [{"from": "human", "value": OTHER}, {"from": "gpt", "value": TEXT}]}),
    ("Ollama", {"model": "m", "created_at": "t", "response": TEXT, "done": True, "eval_count": 3}),
    ("Ollama chat", {"model": "m", "created_at": "t", "message": SAID, "done": True}),
    ("Bedrock", {"output": {"message": {"role": "assistant", "content": [{"text": TEXT}]}}, "stop": "x"}),
    ("Bedrock batch", {"recordId": "q", "modelInput": {}, "modelOutput": {"content": PARTS}}),
    ("vLLM, outputs alone", {"outputs": [{"text": TEXT, "token_ids": [1]}], "arrival": 3}),
    ("Inspect", {"sample_id": 1, "target": OTHER, "output": {"choices": [{"message": SAID}]}, "seed_no": 3}),
    ("names in capitals", {"ID": 1, "Prediction": TEXT, "Hospital": "x"}),
    ("meta data that nobody knows", {"output": TEXT, "hospital_code": 7}),
    ("key in capitals beside it", {"response": TEXT, "Model": "x", "Latency": 3}),
]


@pytest.mark.parametrize("row", [row for _, row in PREDICTIONS], ids=[name for name, _ in PREDICTIONS])
def test_completions(tmp_path: Path, row: Any) -> None:
    """The completion is found in the rows of each tool, and nothing else is taken for it."""
    gold = {"gold": {"N": "a"}}
    with RowFile(write(tmp_path / "p.jsonl", row), PRED_KEYS) as file:
        assert text_of_completion(file.value(0)) == TEXT
    preds, golds = write(tmp_path / "p.jsonl", row, row), write(tmp_path / "g.jsonl", gold, gold)
    assert evaluate_files(preds, golds, join="line").micro.f1 == 1.0


GOLDS: list[tuple[str, Any]] = [
    ("LLaMA-Factory", {"prompt": "p", "predict": OTHER, "label": TEXT}),
    ("verl", {"input": "p", "output": OTHER, "gts": TEXT, "score": 0.5, "step": 1}),
    (
        "verl data",
        {"prompt": [], "reward_model": {"style": "rule", "ground_truth": TEXT}},
    ),
    ("ms-swift", {"response": OTHER, "labels": TEXT, "messages": TALK}),
    ("lmms-eval", {"doc_id": 0, "target": TEXT, "resps": [[OTHER]], "filtered_resps": [OTHER]}),
    ("DeepEval", {"input": "p", "actual_output": OTHER, "expected_output": TEXT}),
    ("VLMEvalKit", {"index": 3, "question": "q", "prediction": OTHER, "answer": TEXT}),
    ("lighteval", {"doc": {"choices": [TEXT], "gold_index": [0]}, "model_response": {"text": [OTHER]}}),
    ("EvalScope", {"index": 0, "target": [TEXT], "sample_score": {"score": {"prediction": OTHER}}}),
    ("a text in a list", {"ground_truth": [TEXT]}),
    ("names in capitals", {"ID": 1, "Ground_Truth": TEXT, "Hospital": "x"}),
    ("beside a plain label", {"gold": TEXT, "label": "CT", "total": 5}),
]


@pytest.mark.parametrize("row", [row for _, row in GOLDS], ids=[name for name, _ in GOLDS])
def test_gold_documents(tmp_path: Path, row: Any) -> None:
    """The gold is found in rows that hold a prediction too."""
    with RowFile(write(tmp_path / "g.jsonl", row), GOLD_KEYS) as file:
        assert file.value(0) == TEXT


DONUT = '{"gt_parse": {"N": "a"}}'


@pytest.mark.parametrize("value", [json.loads(DONUT), DONUT, [DONUT]], ids=str)
def test_golds_of_donut(tmp_path: Path, value: Any) -> None:
    """What Donut puts around a gold document is taken off."""
    golds = write(tmp_path / "g.jsonl", {"file_name": "a.png", "ground_truth": value})
    preds = write(tmp_path / "p.jsonl", {"pred": {"N": "a"}})
    assert evaluate_files(preds, golds).micro.f1 == 1.0
    with pytest.raises(InputError, match=r"x\.jsonl:1: gold: expected JSON text"):
        evaluate_files(preds, write(tmp_path / "x.jsonl", {"gold": '{"gt_parse": '}))


def test_refusals_are_completions(tmp_path: Path) -> None:
    """A text without JSON beside a prompt is what a model said, and no document."""
    preds = write(tmp_path / "p.jsonl", {"prompt": "p", "response": "I cannot read this.", "took": 3})
    evaluation = evaluate_files(preds, write(tmp_path / "g.jsonl", {"gold": {"N": "a"}}))
    assert [d.status for d in evaluation.documents] == ["no_answer"]


def test_one_file_for_both(tmp_path: Path) -> None:
    """Rows with both sides are scored alone, and given twice."""
    rows = [{"predict": TEXT, "label": x, "prompt": "p"} for x in (TEXT, OTHER)]
    name = write(tmp_path / "both.jsonl", *rows)
    for files in ((name,), (name, name)):
        evaluation = evaluate_files(*files)
        assert (evaluation.n, evaluation.micro.f1) == (2, 0.5)


def test_failed_requests_have_no_answer(tmp_path: Path) -> None:
    """A request of a batch that failed is a document without an answer, by its id."""
    done = {"custom_id": "a", "response": {"status_code": 200, "body": CHAT}, "error": None}
    failed = [
        {"custom_id": "b", "response": None, "error": {"code": "expired"}},
        {"custom_id": "c", "response": {"status_code": 500, "body": {"error": {}}}, "error": None},
    ]
    golds = write(tmp_path / "g.jsonl", *({"id": x, "gold": {"N": "a"}} for x in "cab"))
    for order in ([done, *failed], [*failed, done]):
        evaluation = evaluate_files(write(tmp_path / "p.jsonl", *order), golds)
        assert [d.status for d in evaluation.documents] == ["no_answer", "ok", "no_answer"]
        assert evaluation.joined == "id"


@pytest.mark.parametrize(
    "row",
    [
        {"output": [TEXT, OTHER]},
        {"completions": ["no JSON at all", TEXT]},
        {"completion": [[SAID], [{"role": "assistant", "content": OTHER}]]},
        {"prompt": "p", "outputs": [{"index": 0, "text": TEXT}, {"index": 1, "text": OTHER}]},
        {"choices": [{"index": 0, "message": SAID}, {"index": 1, "message": SAID}]},
        {"doc_id": 0, "resps": [[TEXT, OTHER]], "filtered_resps": [TEXT, OTHER]},
    ],
)
def test_several_samples(tmp_path: Path, row: dict[str, Any]) -> None:
    """Of several samples in a row the first counts, and that is said."""
    with pytest.warns(InputWarning, match=r"rows hold several samples \(2 in the first one\): the first"):
        file = RowFile(write(tmp_path / "p.jsonl", row), PRED_KEYS)
    with file:
        assert text_of_completion(file.value(0)) in (TEXT, "no JSON at all")


def test_a_list_of_values_is_an_answer(tmp_path: Path) -> None:
    """A list that holds no completions is the answer itself."""
    with RowFile(write(tmp_path / "p.jsonl", {"prediction": ["x", "y"]}), PRED_KEYS) as file:
        assert file.value(0) == ["x", "y"]
    with RowFile(write(tmp_path / "p.jsonl", {"prediction": [{"a": 1}, {"a": 2}]}), PRED_KEYS) as file:
        assert file.value(0) == [{"a": 1}, {"a": 2}]


BARE = [
    {"reference": "INV-1", "total": "5"},
    {"label": "CT", "finding": "none"},
    {"answer": 42, "total": "5"},
    {"output": "3 kW", "name": "heater"},
    {"result": "7.1", "unit": "mmol/L"},
    {"text": "a", "page": 3},
    {"target": "x", "distance": 4},
    {"total": "5"},
    {"rows": [{"response": "x"}]},
]


@pytest.mark.parametrize("row", BARE, ids=str)
def test_documents_with_such_members(tmp_path: Path, row: dict[str, Any]) -> None:
    """A document that has a member called like a value is the document, on both sides."""
    name = write(tmp_path / "d.jsonl", row)
    for side in (PRED_KEYS, GOLD_KEYS):
        with RowFile(name, side) as file:
            assert file.value(0) == row
    assert evaluate_files(name, name).micro.f1 == 1.0


OPEN: list[tuple[Any, Any, str]] = [
    ({"label": {"brand": "x"}, "total": "5"}, GOLD_KEYS,
     r"has 'label', which may hold the gold document or be a part of it, next to 'total': "
     r"expected --gold-key label, or --gold-key \. where the row itself is the gold document"),
    ({"output": {"x": 1}, "total": 5}, PRED_KEYS, r"has 'output', .* --pred-key output, or --pred-key \."),
    ({"pred": {}, "output": {}}, PRED_KEYS, r"has 'output' and 'pred': which one holds the prediction\?"),
    ({"my_output": TEXT, "x": 1}, PRED_KEYS, "members 'my_output', 'x', .* with --pred-key my_output"),
    ({"truth_json": TEXT, "x": 1}, GOLD_KEYS, "name it with --gold-key truth_json"),
    ({"raw": "<think></think><answer>{}</answer>", "x": 1}, PRED_KEYS, "--pred-key raw"),
    ({"prompt": "p", "score": 1, "step": 2}, PRED_KEYS, "none is known to hold the prediction"),
    ({"completion": TEXT}, GOLD_KEYS, "'completion', which holds a prediction, and no gold .* swapped"),
    ({"id": 1, "response": TEXT}, GOLD_KEYS, "has 'response', which holds a prediction"),
    ({"gold": {"a": 1}}, PRED_KEYS, "'gold', which holds a gold document, and no prediction .* swapped"),
    ({"custom_id": "a", "response": {"body": CHAT}}, GOLD_KEYS, "and no gold document"),
    (CHAT, GOLD_KEYS, "looks like rows of OpenAI chat completion"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "side", "message"), OPEN, ids=range(len(OPEN)))
def test_what_is_open_is_an_error(tmp_path: Path, row: Any, side: Any, message: str) -> None:
    """It names the file, the line, the members and the flag."""
    with pytest.raises(InputError, match=rf"d\.jsonl:1: .*{message}"):
        RowFile(write(tmp_path / "d.jsonl", row), side)


@pytest.mark.parametrize(
    ("key", "row", "expected"),
    [
        (".", {"label": {"a": 1}, "b": 2}, {"label": {"a": 1}, "b": 2}),
        ("label", {"label": {"a": 1}, "b": 2}, {"a": 1}),
        ("a.b[1].c", {"a": {"b": [0, {"c": {"x": 1}}]}}, {"x": 1}),
        ("a.b", {"a.b": {"x": 1}, "a": {"b": {"x": 2}}}, {"x": 1}),
    ],
)
def test_keys(tmp_path: Path, key: str, row: Any, expected: Any) -> None:
    """A key is a name, a path, or a dot for the row itself."""
    with RowFile(write(tmp_path / "d.jsonl", row), GOLD_KEYS, key) as file:
        assert file.value(0) == expected


def test_a_row_without_the_member(tmp_path: Path) -> None:
    """A later row that lacks what the first one has is an error with what it has."""
    with RowFile(write(tmp_path / "p.jsonl", {"pred": {}}, {"Pred": {}, "x": 1}), PRED_KEYS) as file:
        message = r"p\.jsonl:2: expected an object with the member 'pred'; the row has 'Pred', 'x'"
        with pytest.raises(InputError, match=message):
            file.value(1)


def test_mixtures(tmp_path: Path) -> None:
    """Rows with a member after rows without it are no documents, wherever in the file they stand."""
    bare, wrapper = {"N": "a"}, {"pred": {"N": "a"}}
    for rows, line in (([bare, wrapper], 2), ([bare] * 40 + [wrapper], 41)):
        name = write(tmp_path / "p.jsonl", *rows)
        with pytest.raises(InputError, match=rf"p\.jsonl:{line}: has 'pred', which the first row lacks"):
            RowFile(name, PRED_KEYS)
        with RowFile(name, PRED_KEYS, ".") as file:
            assert file.value(line - 1) == wrapper
        with RowFile(name, GOLD_KEYS) as file:
            assert file.value(0) == bare


def test_the_member_around_the_answer_is_named(tmp_path: Path) -> None:
    """Where one side is inside of a member, the warning says which flag takes it out."""
    inner = write(tmp_path / "inner.jsonl", {"N": "a", "r": [{"x": "1"}]})
    outer = write(tmp_path / "outer.jsonl", {"data": {"N": "a", "r": [{"x": "1"}]}})
    with pytest.warns(InputWarning, match=r"no field in common: .* \(--pred-key data takes what is in it\)"):
        evaluate_files(outer, inner)
    with pytest.warns(InputWarning, match=r"\(--gold-key data takes what is in it\)"):
        evaluate_files(inner, outer)
    assert evaluate_files(inner, outer, gold_key="data").micro.f1 == 1.0


def test_the_table_is_well_formed() -> None:
    """Every tool's rows are known by some members, and hold a completion or a gold document."""
    for shape in SHAPES:
        assert shape.needs
        assert shape.pred or shape.gold
        for path in (*shape.pred, *shape.gold):
            assert find({}, path, parse_path(path)) is not None


# -- in memory -----------------------------------------------------------------------------------------


def test_rows_in_memory_are_not_documents() -> None:
    """`evaluate` takes documents: rows around them are named, as is what has no field in common."""
    with pytest.warns(
        InputWarning, match=r"the first prediction is an object with 'prediction'.*row\['prediction'\]"
    ):
        evaluate([{"id": 1, "prediction": {"N": "a"}}], [{"N": "a"}])
    with pytest.warns(InputWarning, match="the first gold document is an object with 'gold'"):
        evaluate([{"N": "a"}], [{"id": 1, "gold": {"N": "a"}}])
    with pytest.warns(InputWarning, match=r"no field in common: predicted are 'x\.N', gold are 'N'"):
        evaluate([{"x": {"N": "a"}}], [{"N": "a"}])


def test_messages_in_memory() -> None:
    """A list of messages is a completion in `evaluate` too."""
    assert evaluate([TALK], [{"N": "a"}]).micro.f1 == 1.0


# -- names of rows that no list knows ------------------------------------------------------------------


def both(path: Path, pred: Any, gold: Any) -> tuple[str, str]:
    """Write predictions ``b``, ``a`` and golds ``a``, ``b``, with what names each row beside the value."""
    preds = write(path / "p.jsonl", *({**pred(x), "pred": {"N": x}} for x in "ba"))
    return preds, write(path / "g.jsonl", *({**gold(x), "gold": {"N": x}} for x in "ab"))


def test_other_names_in_another_order(tmp_path: Path) -> None:
    """Rows that a member of any name names otherwise are not compared without a word."""
    for name, member in (("img", {"img": "{}"}), ("meta.no", {"meta": {"no": "{}"}})):

        def named(x: str, member: Any = member) -> Any:
            return json.loads(json.dumps(member).replace("{}", x))

        files = both(tmp_path, named, named)
        with pytest.warns(InputWarning, match=rf"{name}.* in another order, .*--id-key {name} joins by it"):
            assert evaluate_files(*files).micro.f1 == 0
        evaluation = evaluate_files(*files, id_key=name)
        assert (evaluation.micro.f1, evaluation.joined) == (1, "id")


def test_names_of_rows_differ_between_the_files(tmp_path: Path) -> None:
    files = both(tmp_path, lambda x: {"scan": x}, lambda x: {"id": x})
    with pytest.warns(InputWarning, match=r"'scan' of .* and 'id' of .*: .*|give both the name 'id'"):
        assert evaluate_files(*files).micro.f1 == 0


@pytest.mark.filterwarnings("error")
def test_names_in_the_same_order_are_no_news(tmp_path: Path) -> None:
    preds = write(tmp_path / "p.jsonl", *({"img": x, "n": 1, "pred": {"N": x}} for x in "ab"))
    golds = write(tmp_path / "g.jsonl", *({"img": x, "n": 1, "gold": {"N": x}} for x in "ab"))
    assert evaluate_files(preds, golds).micro.f1 == 1


def test_ids_of_answers_of_an_api_that_name_the_golds(tmp_path: Path) -> None:
    """The ``id`` of an API's answer is none of the document's, unless the golds have the same ones."""
    rows = [{**CHAT, "id": x, "choices": [{"message": {**SAID, "content": f'{{"N": "{x}"}}'}}]} for x in "ba"]
    preds = write(tmp_path / "p.jsonl", *rows)
    golds = write(tmp_path / "g.jsonl", *({"id": x, "gold": {"N": x}} for x in "ab"))
    evaluation = evaluate_files(preds, golds)
    assert (evaluation.micro.f1, evaluation.joined) == (1, "id")
    other = write(tmp_path / "o.jsonl", *({"id": x, "gold": {"N": y}} for x, y in ("cb", "da")))
    assert (evaluate_files(preds, other).micro.f1, evaluate_files(preds, other).joined) == (1, "line")


# -- tool calls as vendors write them ------------------------------------------------------------------

CALLED = {"name": "save", "arguments": TEXT}
CALLS: list[tuple[str, Any]] = [
    (
        "OpenAI chat",
        {"choices": [{"message": {**SAID, "content": None, "tool_calls": [{"function": CALLED}]}}]},
    ),
    (
        "OpenAI, old",
        {"choices": [{"message": {"role": "assistant", "content": None, "function_call": CALLED}}]},
    ),
    (
        "OpenAI responses",
        {"object": "response", "output": [{"type": "reasoning"}, {"type": "function_call", **CALLED}]},
    ),
    (
        "Anthropic",
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": "Here."}, {"type": "tool_use", "input": json.loads(TEXT)}],
        },
    ),
    (
        "Gemini",
        {"candidates": [{"content": {"parts": [{"functionCall": {"name": "s", "args": json.loads(TEXT)}}]}}]},
    ),
    (
        "Bedrock converse",
        {"output": {"message": {"role": "assistant", "content": [{"toolUse": {"input": json.loads(TEXT)}}]}}},
    ),
    (
        "LangChain",
        {"message": {"role": "assistant", "tool_calls": [{"name": "s", "args": json.loads(TEXT)}]}},
    ),
    ("message", {"role": "assistant", "content": [{"type": "tool_use", "input": json.loads(TEXT)}]}),
]


@pytest.mark.parametrize("row", [row for _, row in CALLS], ids=[name for name, _ in CALLS])
def test_arguments_of_a_tool_call(row: Any, tmp_path: Path) -> None:
    """They are the answer where they are asked for, and no document otherwise."""
    files = write(tmp_path / "p.jsonl", row), write(tmp_path / "g.jsonl", {"gold": {"N": "a"}})
    assert evaluate_files(*files, answer="tool_call").micro.f1 == 1
    assert evaluate_files(*files).statuses == {"no_answer": 1}


@pytest.mark.parametrize(
    "row",
    [
        {"key": "a", "response": {"candidates": [{"content": {"parts": [{"text": TEXT}]}}]}},
        {"candidates": [{"content": {"parts": [{"text": "{?}", "thought": True}, {"text": TEXT}]}}]},
        {"candidates": [{"content": {"parts": [{"text": TEXT, "thoughtSignature": "x"}]}}]},
        {"content": TEXT, "tokens_predicted": 9, "stop": True},
        {"inputs": {"q": 1}, "outputs": {"output": TEXT}},
        {"response": {"output": TEXT, "cached": False, "tokenUsage": {"total": 3}}},
        {"choices": [{"message": SAID, "review": {"score": 1}}]},
        SAID,
    ],
)
def test_completions_further_inside(row: Any, tmp_path: Path) -> None:
    files = write(tmp_path / "p.jsonl", row), write(tmp_path / "g.jsonl", {"gold": {"N": "a"}})
    assert evaluate_files(*files).micro.f1 == 1


def test_documents_with_a_member_called_output(tmp_path: Path) -> None:
    """A text without JSON in it is a value of the document, and so is one beside other fields."""
    for document in ({"output": "a"}, {"output": TEXT, "Name": "Li"}, {"text": "```a```"}):
        files = (
            write(tmp_path / "p.jsonl", {"pred": document}),
            write(tmp_path / "g.jsonl", {"gold": document}),
        )
        assert evaluate_files(*files).micro.f1 == 1


def test_answers_that_a_filter_stopped(tmp_path: Path) -> None:
    """They are documents without an answer; a run of an hour does not end for them."""
    said = {"candidates": [{"content": {"parts": [{"text": TEXT}]}, "finishReason": "STOP"}]}
    stopped: dict[str, Any]
    golds = write(tmp_path / "g.jsonl", *[{"gold": {"N": "a"}}] * 2)
    for stopped in (
        {"candidates": [{"finishReason": "SAFETY"}]},
        {"candidates": [{"content": {"role": "model"}, "finishReason": "MAX_TOKENS"}]},
        {"candidates": []},
        {"promptFeedback": {"blockReason": "SAFETY"}},
    ):
        preds = write(tmp_path / "p.jsonl", said, stopped)
        assert evaluate_files(preds, golds).statuses == {"ok": 1, "no_answer": 1}
        preds = write(tmp_path / "p.jsonl", {"key": 1, "response": said}, {"key": 2, "response": stopped})
        assert evaluate_files(preds, golds).statuses == {"ok": 1, "no_answer": 1}
    preds = write(tmp_path / "p.jsonl", CHAT, {"id": "x", "object": "chat.completion", "choices": []})
    assert evaluate_files(preds, golds).statuses == {"ok": 1, "no_answer": 1}


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("messages", TALK),
        ("conversations", [{"from": "human", "value": OTHER}, {"from": "gpt", "value": TEXT}]),
        ("output", TEXT),
    ],
)
def test_golds_in_rows_to_train_on(key: str, said: Any, tmp_path: Path) -> None:
    golds = write(tmp_path / "g.jsonl", {"id": "1", key: said})
    preds = write(tmp_path / "p.jsonl", {"id": "1", "completion": TEXT})
    with pytest.raises(InputError, match="--gold-key"):
        evaluate_files(preds, golds)
    assert evaluate_files(preds, golds, gold_key=key).micro.f1 == 1


def test_golds_that_are_talks(tmp_path: Path) -> None:
    """Speakers without JSON are a document."""
    talk = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"}]
    golds = write(tmp_path / "g.jsonl", {"gold": talk})
    assert evaluate_files(write(tmp_path / "p.jsonl", {"pred": talk[:1]}), golds).micro.counts.n_gold == 4


@pytest.mark.parametrize("content", [None, 5, {"a": 1}, [TEXT], [5, None]])
def test_parts_of_odd_kinds(content: Any, tmp_path: Path) -> None:
    row = {"object": "response", "output": [{"type": "message", "content": content}]}
    files = write(tmp_path / "p.jsonl", row), write(tmp_path / "g.jsonl", {"gold": {"N": "a"}})
    assert evaluate_files(*files).micro.f1 == (1 if content == [TEXT] else 0)


INSPECT = {"version": 2, "status": "success", "eval": {"task": "t"}, "plan": {}, "stats": {}}
OF_SAMPLE = {"epoch": 1, "input": "p", "target": TEXT, "messages": TALK[:1]}
SAMPLES = [
    {"id": "d1", **OF_SAMPLE, "output": {"model": "m", "choices": [{"message": SAID}]}},
    {"id": "d0", **OF_SAMPLE, "output": {"model": "m", "choices": [], "completion": ""}},
]
RESULT = {"prompt": {"raw": "p"}, "vars": {}, "response": {"output": TEXT, "tokenUsage": {}}, "success": True}
PROMPTFOO = {"evalId": "e", "config": {}, "results": {"version": 3, "prompts": [], "results": [RESULT] * 2}}


@pytest.mark.parametrize("indent", [None, 2])
def test_logs_that_are_one_object(tmp_path: Path, indent: int | None) -> None:
    """The rows in the log of a tool are read like a file of such rows; a failed request has no answer."""
    log = tmp_path / "log.json"
    log.write_text(json.dumps({**INSPECT, "samples": SAMPLES}, indent=indent))
    both = evaluate_files(str(log))
    assert (both.n, both.micro.recall, both.joined) == (2, 0.5, "id")
    golds = write(tmp_path / "g.jsonl", *({"id": f"d{n}", "gold": {"N": "a"}} for n in range(2)))
    apart = evaluate_files(str(log), golds)
    assert (apart.n, apart.micro.recall, apart.joined) == (2, 0.5, "id")
    assert apart.statuses == {"no_answer": 1, "ok": 1}
    assert evaluate_files(str(log), golds, pred_key="output", join="id").micro.recall == 0.5
    log.write_text(json.dumps(PROMPTFOO, indent=indent))
    assert evaluate_files(str(log), golds, join="line").micro.f1 == 1.0


def test_documents_like_a_log(tmp_path: Path) -> None:
    """A document with members of such names stays one without rows in them, and where that is asked for."""
    for document in ({"eval": "good", "samples": ["a"]}, {"evalId": "1", "results": [{"N": "a"}]}):
        file = tmp_path / "one.json"
        file.write_text(json.dumps(document))
        assert evaluate_files(str(file), str(file)).n == 1
    file.write_text(json.dumps({"eval": "x", "samples": [{"N": "a"}, {"N": "b"}]}))
    assert evaluate_files(str(file), str(file), pred_key=".", gold_key=".").n == 1
    assert evaluate_files(str(file), str(file)).n == 2
