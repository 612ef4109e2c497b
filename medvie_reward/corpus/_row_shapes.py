"""Rows as tools write them: where the completion, the gold and the id are. The tables are meant to be read.

A row is an object around a value (a wrapper), or it is the document itself. What its members are called
decides, and where names alone do not (a document may have a ``label`` of its own), what they hold. What stays
open is an error that names the flag to settle it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from medvie_reward._core.names import first_names
from medvie_reward.completions import decode, is_conversation, text_of_completion
from medvie_reward.corpus._place import Place

WHOLE: Final = "."
"""The key that means the row itself."""


class Shape(NamedTuple):
    """How a tool writes its rows.

    Attributes
    ----------
    tool
        The tool.
    needs
        Members by which its rows are known.
    pred, gold
        Paths of the completion and of the gold; the first one that a row has counts. Empty where the tool
        writes none.
    id
        The member that names the document; empty where the tool writes none of its own, and ``None`` where it
        writes an ``id`` that is none of the document's.
    """

    tool: str
    needs: tuple[str, ...]
    pred: tuple[str, ...]
    gold: tuple[str, ...] = ()
    id: str | None = ""


SHAPES: Final = (
    Shape(
        "OpenAI batch", ("custom_id", "response"),
        ("response.body.choices[0]", "response.body.output", "response.body.content"),
        id="custom_id",
    ),
    Shape("Anthropic batch", ("custom_id", "result"), ("result.message.content",), id="custom_id"),
    Shape("OpenAI chat completion", ("choices",), ("choices[0]",), id=None),
    Shape("OpenAI responses API", ("object", "output"), ("output",), id=None),
    Shape("Anthropic message", ("role", "content", "type"), ("content",), id=None),
    Shape("Gemini", ("candidates",), ("candidates[0].content.parts",)),
    Shape("Gemini batch", ("response",), ("response.candidates[0].content.parts",)),
    Shape("lm-eval, lmms-eval", ("doc_id", "filtered_resps"), ("filtered_resps",), ("target",), "doc_id"),
    Shape("lm-eval, lmms-eval", ("doc_id", "resps"), ("resps",), ("target",), "doc_id"),
    Shape("LLaMA-Factory", ("predict", "label"), ("predict",), ("label",)),
    Shape("verl rollouts", ("output", "gts"), ("output",), ("gts",)),
    Shape("verl data", ("reward_model",), (), ("reward_model.ground_truth",)),
    Shape("ms-swift", ("response", "labels"), ("response",), ("labels",)),
    Shape("vLLM", ("outputs",), ("outputs[0].text",)),
    Shape(
        "Bedrock batch", ("recordId", "modelOutput"),
        ("modelOutput.output.message", "modelOutput.content", "modelOutput.choices[0]"),
        id="recordId",
    ),
    Shape("SGLang", ("text", "meta_info"), ("text",)),
    Shape("llama.cpp server", ("content", "tokens_predicted"), ("content",)),
    Shape("DeepEval", ("actual_output",), ("actual_output",), ("expected_output",)),
    Shape("VLMEvalKit", ("prediction", "answer"), ("prediction",), ("answer",), "index"),
    Shape("lighteval", ("doc", "model_response"), ("model_response.text",), ("doc.choices",)),
    Shape(
        "EvalScope", ("index", "sample_score"), ("sample_score.score.prediction",), ("target",), "index"
    ),
)  # fmt: skip


class Side(NamedTuple):
    """What predictions or gold documents are called in rows.

    Attributes
    ----------
    noun
        ``prediction`` or ``gold document``.
    flag
        The option that names the member.
    names
        Members that hold the value.
    others
        Members that hold it where there is none of ``names``.
    """

    noun: str
    flag: str
    names: tuple[str, ...]
    others: tuple[str, ...]

    def __str__(self) -> str:
        return f"{', '.join(self.names[:-1])} or {self.names[-1]}"


PRED_KEYS: Final = Side(
    "prediction",
    "--pred-key",
    (
        "completion", "response", "output", "prediction", "pred", "predict", "generated_text",
    ),
    (
        "model_output", "model_response", "raw_output", "raw_response", "llm_output", "output_text",
        "predicted", "prediction_text", "generation", "hypothesis", "completions", "responses",
        "outputs", "predictions", "generations", "filtered_resps", "resps", "messages", "text",
        "conversations", "message", "result",
    ),
)  # fmt: skip
GOLD_KEYS: Final = Side(
    "gold document",
    "--gold-key",
    (
        "gold", "ground_truth", "answer", "label", "reference", "gts",
    ),
    (
        "expected_output", "gold_answer", "reference_answer", "gt", "golden", "target", "labels",
        "solution", "expected", "annotation", "annotations", "truth", "ground_truths", "references",
        "targets",
    ),
)  # fmt: skip

# Names that a document of its own is unlikely to have: they make a row a wrapper, whatever else it has.
SURE: Final = frozenset((
    "completion", "prediction", "pred", "predict", "generated_text", "model_output",
    "model_response", "raw_output", "raw_response", "llm_output", "prediction_text",
    "filtered_resps", "resps", "gold", "ground_truth", "gts", "expected_output", "gold_answer",
    "gt", "ground_truths",
))  # fmt: skip
# Names of the document, in the order in which they are looked for.
ID_KEYS: Final = (
    "id", "ID", "Id", "_id", "doc_id", "document_id", "custom_id", "sample_id", "image_id",
    "page_id", "record_id", "question_id", "example_id", "item_id", "case_id", "report_id", "docId",
    "documentId", "recordId", "imageId", "sampleId", "uid", "uuid", "guid", "docid", "qid",
    "file_name", "filename", "fileName", "file_id", "file", "image", "image_path", "path", "key",
    "index", "idx",
)  # fmt: skip
# Of these, those that are hardly ever a field of a document.
PLAIN_ID_KEYS: Final = (
    "_id", "doc_id", "document_id", "custom_id", "sample_id", "image_id", "example_id", "report_id",
    "docId", "documentId", "imageId", "sampleId", "uid", "uuid", "guid", "docid", "file_name",
    "filename", "fileName", "image", "image_path",
)  # fmt: skip
# Members of a request or of what came of it: a document of its own hardly has them.
_PROMPTS: Final = (
    "prompt", "prompts", "messages", "conversations", "data_source", "logprobs", "doc", "arguments",
    "instruction", "question", "query", "finish_reason", "usage", "created_at", "done",
)  # fmt: skip
# What stands beside a value in a wrapper.
_BESIDE: Final = frozenset((
    *PRED_KEYS.names, *PRED_KEYS.others, *GOLD_KEYS.names, *GOLD_KEYS.others, *ID_KEYS, *_PROMPTS,
    "input", "inputs", "question", "query", "instruction", "system", "user_input", "images",
    "video", "videos", "audio", "audios", "logits", "finish_reason", "stop_reason", "usage",
    "created", "model", "object", "error", "score", "scores", "reward", "rewards", "step", "epoch",
    "split", "metadata", "meta", "extra", "extra_info", "ability", "reward_model", "advantage",
    "doc_hash", "prompt_hash", "target_hash", "filter", "metrics", "source_text", "source", "ocr",
    "language", "lang", "report_type", "category", "task", "task_name", "dataset", "type", "subset",
    "kind", "tag", "group", "latency", "cost", "tokens", "num_tokens", "timestamp", "schema",
    "rubric", "is_correct", "acc", "accuracy", "level", "difficulty", "choices", "request_id",
    "status", "reasoning", "reasoning_content", "thinking", "retrieved_contexts", "context",
    "contexts", "tools", "objects", "rejected_response", "token_ids", "prompt_token_ids",
))  # fmt: skip

Path = tuple[str | int, ...]


def is_wrapper_name(name: str) -> bool:
    """Check whether a member of this name holds a value or usually comes with one."""
    return name.lower() in _BESIDE


_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Choice(NamedTuple):
    """Where the value of a row is.

    Attributes
    ----------
    key
        What the member is called in messages; ``None`` where the row is the value.
    paths
        Where to look, first to last.
    shape
        The tool's rows that these are, if they are known.
    """

    key: str | None
    paths: tuple[Path, ...] = ()
    shape: Shape | None = None


def parse_path(key: str) -> Path:
    """Read ``a.b[0].c``; a member may have that name as a whole, so the name itself is looked for first."""
    return tuple(name or int(place) for name, place in _STEP.findall(key))


MISSING: Final = object()
"""What `find` returns where there is nothing."""


def find(row: Any, key: str, path: Path) -> Any:
    """Return what a row has at a path, or `MISSING`."""
    if type(row) is dict and key in row:
        return row[key]
    for step in path:
        if isinstance(step, str):
            if not isinstance(row, dict) or step not in row:
                return MISSING
        elif not isinstance(row, list) or step >= len(row):
            return MISSING
        row = row[step]
    return row if path else MISSING


def sure_name(row: Any, side: Side) -> str | None:
    """Return the member of a row that surely holds the value of a side."""
    names = (*side.names, *side.others)
    return next((x for x in row if x in SURE and x in names), None) if isinstance(row, dict) else None


# -- where the value is --------------------------------------------------------------------------------


def choose(rows: Sequence[Any], side: Side, key: str | None, at: Place, only: bool = False) -> Choice:
    """Choose where the value of the rows of a file is.

    Parameters
    ----------
    rows
        Some rows from the beginning of the file; the first decides, the others tell what members hold.
    side
        What is looked for.
    key
        What the user said; a path, or `WHOLE`.
    at
        Where the first row stands, for messages.
    only
        Whether the file is to hold both sides, so that no row can be the value itself.

    Raises
    ------
    InputError
        If the rows look like wrappers and it is open which member holds the value.
    """
    if key is not None:
        return Choice(None) if key == WHOLE else Choice(key, (parse_path(key),))
    first = rows[0]
    if type(first) is not dict or (side is PRED_KEYS and "role" in first and is_conversation(first)):
        return Choice(None)
    for shape in SHAPES:
        paths = shape.pred if side is PRED_KEYS else shape.gold
        if paths and all(name in first for name in shape.needs) and _fits(shape, first):
            return Choice(" or ".join(paths), tuple(map(parse_path, paths)), shape)
    for names in (side.names, side.others):
        lower = {name.lower(): name for name in first if isinstance(name, str) and name.lower() in SURE}
        found = [name if name in first else lower[name] for name in names if name in first or name in lower]
        if len(found) > 1:
            holding = [name for name in found if _is_document(first[name]) or _holds_text(first[name])]
            found = holding if len(holding) == 1 else found
        if len(found) > 1 and _beside(first, found):
            raise at.error(
                f"has {' and '.join(map(repr, sorted(found)))}: which one holds the {side.noun}? "
                f"Name it with {side.flag}"
            )
        for name in found:
            if _is_wrapper(rows, name, side, at):
                return Choice(name, ((name,),))
    _refuse_unknown(rows, side, at, only)
    return Choice(None)


def _fits(shape: Shape, row: dict[str, Any]) -> bool:
    """Check what names alone do not tell."""
    if shape.tool == "OpenAI responses API":
        return bool(row["object"] == "response")
    if shape.tool == "Anthropic message":
        return bool(row["type"] == "message")
    if shape.tool == "OpenAI batch":
        return type(row["response"]) is dict or row["response"] is None
    if shape.tool == "Gemini batch":
        return type(row["response"]) is dict and "candidates" in row["response"]
    if shape.tool == "verl data":
        return type(row["reward_model"]) is dict
    if shape.tool in ("OpenAI chat completion", "Gemini", "vLLM"):
        found = row[shape.needs[0]]
        listed = type(found) is list and bool(found) and type(found[0]) is dict
        return listed and (shape.tool != "vLLM" or type(found[0].get("text")) is str)
    return True


def _beside(row: dict[str, Any], names: Sequence[str]) -> bool:
    """Check whether all other members are such as come with a value in a wrapper."""
    return all(name in names or name.lower() in _BESIDE for name in row)


def _is_wrapper(rows: Sequence[Any], name: str, side: Side, at: Place) -> bool:
    """Tell a member that holds the value from a field of a document that has the same name."""
    first = rows[0]
    values = [row[name] for row in rows if type(row) is dict and name in row]
    if name.lower() in SURE or any(map(_holds_text, values)):
        return True
    if side is PRED_KEYS and not first.keys().isdisjoint(_PROMPTS):
        return True
    if _beside(first, [name]):
        # A document of one field, or a wrapper: only a value that can be a document makes a wrapper of it.
        return side is PRED_KEYS or name in side.names or any(type(x) in (dict, list) for x in values)
    if any(_is_document(x) for x in values):
        others = [x for x in first if x != name and x.lower() not in _BESIDE]
        raise at.error(
            f"has {name!r}, which may hold the {side.noun} or be a part of it, "
            f"next to {first_names(others)}: "
            f"expected {side.flag} {name}, or {side.flag} {WHOLE} where the row itself is the {side.noun}"
        )
    return False


def _is_document(value: Any) -> bool:
    return type(value) is dict or (type(value) is list and bool(value) and type(value[0]) is dict)


def _holds_text(value: Any) -> bool:
    """Check whether a value is a text that a document can be read from, or messages or samples of such."""
    if type(value) is str:
        return looks_like_answer(value)
    return is_conversation(value) or completion_of(value) is not value


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


def _refuse_unknown(rows: Sequence[Any], side: Side, at: Place, only: bool) -> None:
    """Raise where rows are no documents, but wrappers of something unknown or of the other side."""
    first = rows[0]
    other = GOLD_KEYS if side is PRED_KEYS else PRED_KEYS
    members = first_names(list(first))
    known = [x for x in (*other.names, *other.others) if x in first]
    swapped = "" if only else "are the two files swapped? Else "
    tool = next((x.tool for x in SHAPES if all(y in first for y in x.needs) and _fits(x, first)), None)
    for name in known:
        values = [row[name] for row in rows if type(row) is dict and name in row]
        beside = _beside(first, [name])
        documents = any(_is_document(x) for x in values)
        if name in SURE or any(map(_holds_text, values)) or (beside and documents):
            raise at.error(
                f"has {name!r}, which holds a {other.noun}, and no {side.noun} (expected {side}; the row has "
                f"{members}): {swapped}name the member with {side.flag}"
            )
    likely = [x for x in first if any(_holds_text(row.get(x)) for row in rows if type(row) is dict)]
    if tool is not None or likely or only or (_beside(first, []) and not first.keys().isdisjoint(_PROMPTS)):
        rows_of = f"looks like rows of {tool}" if tool else f"has the members {members}"
        try_it = f" {likely[0]}" if len(likely) == 1 else ""
        raise at.error(
            f"{rows_of}, of which none is known to hold the {side.noun} (expected {side}): name it with "
            f"{side.flag}{try_it}, or write {side.flag} {WHOLE} where the row itself is the {side.noun}"
        )


# -- what the value says -------------------------------------------------------------------------------


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
    """Give the texts of parts, thoughts left out, and their tool calls as they are."""
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
