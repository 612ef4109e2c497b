"""A completion's text -> its answer and whether it is well formed, or the reason there is no answer.

Format and answer are judged apart. The format is strict (`_forms`). The answer is found by one rule:

1. *The visible part.* Think parts are cut out: from ``<think>`` to the next ``</think>`` (to the end where
   it never closes), and, where a ``</think>`` comes before any ``<think>``, everything before it (chat
   templates that open the think part in the prompt). The first ``<answer>`` outside a think part begins
   the answer part, which ends at the next ``</answer>`` or at the end; without one, all the visible text is
   the answer part.
2. *The JSON in it.* One JSON value, a fence, or a literal in prose: see `_json_search`.

Nothing is repaired and no fragment is taken out of a broken or truncated answer.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from medvie_reward._core.json_values import plain
from medvie_reward._core.sizes import count_leaves
from medvie_reward.completions._decoder import ABSENT, Decoded, decode, nests_deeper
from medvie_reward.completions._forms import MOST_TAGS, Tags, answer_part, opened, tags_of, well_formed
from medvie_reward.completions._hints import hint
from medvie_reward.completions._json_search import BROKEN, fence_of, find, find_last
from medvie_reward.completions._messages import ARGUMENTS, text_of_completion
from medvie_reward.errors import PredictionError, SpecError
from medvie_reward.spec import THINK_TAGS, Answer, Format, Spec

_USUAL: Final = tags_of(Spec().think_pairs)


class Completion(NamedTuple):
    """What was read from one completion.

    Attributes
    ----------
    answer
        The JSON value of the answer, or `ABSENT`.
    format_ok
        Whether the text has exactly the asked form; ``None`` where the answer came as a value, without text.
    status
        One of `STATUSES`.
    answer_chars
        Length of the answer part in characters; 0 where there is none.
    detail
        What exactly is wrong with the answer, and what may help; empty where there is nothing to say.
    """

    answer: Any
    format_ok: bool | None
    status: str
    answer_chars: int = 0
    detail: str = ""

    @property
    def leaves(self) -> int:
        """How many scalars of the answer are not empty."""
        return 0 if self.answer is ABSENT else count_leaves(self.answer)

    @property
    def parsed(self) -> bool:
        """Whether there is an answer."""
        return self.answer is not ABSENT

    @property
    def repaired(self) -> bool:
        """Whether the answer was repaired."""
        return self.status == "repaired"

    @classmethod
    def from_answer(cls, answer: Any, max_depth: int = 128) -> Completion:
        """Wrap a JSON value that needs no parsing.

        Raises
        ------
        PredictionError
            If it is no JSON value or nests deeper than ``max_depth`` containers.
        """
        answer = plain(answer, PredictionError, max_depth, "prediction")
        status = "ok" if type(answer) is dict else "not_an_object"
        return cls(answer, None, status)


def parse_completion(
    text: Any,
    *,
    format: Format = "think",
    answer: Answer = "lenient",
    repair: bool = False,
    max_chars: int = 4_000_000,
    max_depth: int = 128,
    prefilled: bool = False,
    think_tags: tuple[str, ...] = THINK_TAGS,
) -> Completion:
    """Read a completion; never raises on what a model wrote.

    Parameters
    ----------
    text
        The completion without its prompt: a text, UTF-8 bytes, a chat message or a list of messages (see
        `text_of_completion`); ``None`` reads as the empty text.
    format
        The form that `Completion.format_ok` reports: ``think`` (exactly one ``<think>…</think>``, then
        exactly one ``<answer>…</answer>``, only whitespace around and between; arXiv 2506.13363, 3.3),
        ``answer`` (exactly one ``<answer>…</answer>``), ``json`` (a JSON object or list, nothing else) or
        ``think_json`` (exactly one ``<think>…</think>``, then a JSON object or list, bare or in one fence).
    answer
        ``lenient`` (the rule at the top of this module), ``tagged`` (the first closed answer part, in it
        the first closed fence tagged ``json`` if there is one, all of it one JSON value), ``last`` (the last
        answer part that is not blank, in it or, without one, in the visible text the last JSON that has a
        value) or ``tool_call`` (the arguments of the first tool call; ``<tool_call>`` stands for ``<answer>``
        in the form too).
    repair
        Try json-repair (extra ``repair``) on an answer that is ``bad_json`` or ``truncated``.
    max_chars, max_depth
        Limits: characters of the answer part, nested containers.
    prefilled
        Whether the prompt ended with the opening think tag (see `prompt_prefills`): the completion is then
        read as if it began with that tag.
    think_tags
        What think parts stand in, as `Spec.think_tags` has it.

    Raises
    ------
    SpecError
        If an option is not one of the above, or ``repair`` is asked for and json-repair is not installed.
    PredictionError
        If the completion is no text, no bytes and no messages.
    """
    spec = Spec(
        format=format, answer=answer, repair=repair, max_chars=max_chars, max_depth=max_depth,
        prefilled=prefilled, think_tags=think_tags,
    )  # fmt: skip
    return parse_with(text, spec, max_chars)


def parse_with(text: Any, spec: Spec, max_chars: int) -> Completion:
    """Read a completion as a spec says, with the size limit that goes with its gold."""
    if type(text) is not str:
        text = text_of_completion(text, spec) or ""
    tool_call = spec.answer == "tool_call"
    usual = spec.think_tags == THINK_TAGS and not tool_call
    known = _USUAL if usual else tags_of(spec.think_pairs, tool_call)
    if spec.prefilled or known.channels:
        text = opened(text, spec, known)
    read = _parse(text, spec, known, max_chars)
    if spec.format_needs_answer and read.answer is ABSENT and read.format_ok:
        read = read._replace(format_ok=False)
    if read.answer is ABSENT and (more := hint(text, read.status, spec)):
        return read._replace(detail=f"{read.detail}; {more}" if read.detail else more)
    return read


def _parse(text: str, spec: Spec, known: Tags, max_chars: int) -> Completion:
    form, rule = spec.format, spec.answer
    pieces = known.pattern.split(text, MOST_TAGS + 1)
    texts, tags = pieces[::2], pieces[1::2]
    part: str | None
    if tags == known.think and rule != "tagged":  # what training asks for, read in the least time
        outside = texts[0] + texts[2] + texts[4]
        format_ok = form == "think" and (not outside or outside.isspace())
        part, delimited = texts[3], True
    else:
        format_ok = well_formed(texts, tags, form, known)
        if len(tags) > MOST_TAGS:
            return Completion(ABSENT, False, "no_answer", 0, f"more than {MOST_TAGS} tags")
        if rule == "tagged":
            part, delimited = _tagged_part(text), True
        else:
            part, delimited = answer_part(texts, tags, known, rule == "last")
    if not part or part.isspace():
        return Completion(ABSENT, format_ok and form != "think_json", "no_answer")
    if len(part) > max_chars:
        limit = f"{len(part)} characters, at most {max_chars} are read"
        read, alone, elsewhere = Decoded(ABSENT, "too_large", limit), "", ""
    elif rule == "tagged":
        read, alone, elsewhere = decode(_tagged_fence(part), spec.max_depth), "", ""
    elif rule == "last":
        read, alone, elsewhere = find_last(part, spec.max_depth)
    else:
        read, alone, elsewhere = find(part, spec.max_depth, delimited)
    if spec.repair and read.status in BROKEN:
        read = _repair(elsewhere or part, spec.max_depth, read)
    if form == "json":
        format_ok = alone == "text" and len(part) == len(text) and type(read.value) in (dict, list)
    elif form == "think_json":
        format_ok = format_ok and alone != "" and type(read.value) in (dict, list)
    if rule == "tool_call" and read.value is not ABSENT:
        read = _arguments(read, spec.max_depth, part)
    return Completion(read.value, format_ok, read.status, len(part), read.detail)


def _tagged_part(text: str) -> str | None:
    start = text.find("<answer>")
    end = text.find("</answer>", start)
    return None if start < 0 or end < 0 else text[start + len("<answer>") : end]


def _tagged_fence(part: str) -> str:
    start = part.find("```json")
    end = part.find("```", start + len("```json"))
    return part if start < 0 or end < 0 else part[start + len("```json") : end]


# What models write between the name of a function and the JSON of its arguments.
_NAMED_OUTSIDE: Final = re.compile(
    r"<function=[^<>\s]{1,64}>|<[|\uff5c]tool[_\u2581]sep[|\uff5c]>|<\|tool_call_argument_begin\|>"
    r"|\bto=functions\.\w|\[TOOL_CALLS\]\s*\w[\w.-]{0,63}\s*(?:\[ARGS\])?\s*\{"
)


def _arguments(read: Decoded, max_depth: int, part: str) -> Decoded:
    """Take the arguments out of a tool call, of several the first."""
    call = read.value
    for wrapper in ("tool_calls", None, "function", "function_call"):
        if wrapper is None:
            call = call[0] if type(call) is list and call else call
        elif type(call) is dict and type(call.get(wrapper)) in (dict, list):
            call = call[wrapper]
    if type(call) is dict and "name" in call:
        for key in ARGUMENTS:
            if type(call.get(key)) is str:
                return decode(call[key], max_depth)
            if key in call:
                status = "ok" if type(call[key]) is dict else "not_an_object"
                return Decoded(call[key], status if read.status in ("ok", "not_an_object") else read.status)
    if type(read.value) is dict and _NAMED_OUTSIDE.search(part):
        return read
    return Decoded(ABSENT, "no_answer", "the JSON is no tool call: expected the members name and arguments")


def _repair(text: str, max_depth: int, broken: Decoded) -> Decoded:
    """Repair an answer with json-repair; keep the first status where that gives no container."""
    try:
        from json_repair import repair_json
    except ImportError:
        raise SpecError('repair needs json-repair: pip install "medvie-reward[repair]"') from None
    text = fence_of(text)
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    # json-repair recurses by itself, so it only sees text whose depth is bounded.
    if start < 0 or nests_deeper(text, max_depth):
        return broken
    try:
        value = repair_json(text[start:], return_objects=True)
    except Exception:  # noqa: BLE001 - whatever it stumbles over, the answer is still what it was: broken
        return broken
    if type(value) not in (dict, list) or not value:
        return broken
    repaired = decode(json.dumps(value, ensure_ascii=False), max_depth)
    return repaired if repaired.value is ABSENT else repaired._replace(status="repaired", detail="")
