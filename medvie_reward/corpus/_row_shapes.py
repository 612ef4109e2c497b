"""Rows as tools write them: what the completion, the gold document and the id are called. Tables to be read.

A row is an object around a value (a wrapper), or it is the document itself; `choose` tells which.
"""

from __future__ import annotations

from typing import Final, NamedTuple


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
PROMPTS: Final = (
    "prompt", "prompts", "messages", "conversations", "data_source", "logprobs", "doc", "arguments",
    "instruction", "question", "query", "finish_reason", "usage", "created_at", "done",
)  # fmt: skip
# What stands beside a value in a wrapper.
BESIDE: Final = frozenset((
    *PRED_KEYS.names, *PRED_KEYS.others, *GOLD_KEYS.names, *GOLD_KEYS.others, *ID_KEYS, *PROMPTS,
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


def is_wrapper_name(name: str) -> bool:
    """Check whether a member of this name holds a value or usually comes with one."""
    return name.lower() in BESIDE
