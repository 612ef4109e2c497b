"""A completion's text -> its answer and whether it is well formed, or the reason there is no answer.

Format and answer are judged apart. The format is strict. The answer is found by one rule:

1. *The visible part.* Think parts are cut out: from ``<think>`` to the next ``</think>`` (to the end where
   it never closes), and, where a ``</think>`` comes before any ``<think>``, everything before it (chat
   templates that open the think part in the prompt). The first ``<answer>`` outside a think part begins
   the answer part, which ends at the next ``</answer>`` or at the end; without one, all the visible text is
   the answer part.
2. *The JSON in it.* A part that is one JSON value is the answer. Else, if it has a code fence, the content of
   its first fence tagged ``json`` (any case), or else of its first fence, stands for the part. If that is no
   JSON value either, the first ``{`` or ``[`` that can begin an object or a list of containers begins the
   answer, which ends with its closing bracket; behind it only prose may follow.

Nothing is repaired and no fragment is taken out of a broken or truncated answer.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from medvie_reward._core.json_values import plain
from medvie_reward._core.sizes import count_leaves
from medvie_reward.completions._decoder import ABSENT, Decoded, closing, decode, nests_deeper
from medvie_reward.errors import PredictionError, SpecError
from medvie_reward.spec import Spec

STATUSES: Final = (
    "ok",
    "repaired",
    "duplicate_member",
    "not_an_object",
    "no_answer",
    "bad_json",
    "truncated",
    "not_finite",
    "bad_unicode",
    "too_deep",
    "too_large",
)
"""What `Completion.status` can be. With the first four there is an answer, with the others there is none.

``ok``: an object. ``repaired``: broken JSON, repaired because the caller asked for it. ``duplicate_member``:
an object names a member twice; the last one counts. ``not_an_object``: a list or a scalar. ``no_answer``:
nothing that could be JSON. ``bad_json``: a syntax error. ``truncated``: the text ends inside the JSON.
``not_finite``: NaN, Infinity or a number past the range of a 64-bit float. ``bad_unicode``: a lone surrogate.
``too_deep``, ``too_large``: past the limits of the spec.
"""
ANSWERED: Final = STATUSES[:4]
"""The statuses with an answer."""


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
    """

    answer: Any
    format_ok: bool | None
    status: str
    answer_chars: int = 0

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
    text: str | None,
    *,
    format: str = "think",
    answer: str = "lenient",
    repair: bool = False,
    max_chars: int = 4_000_000,
    max_depth: int = 128,
) -> Completion:
    """Read a completion; never raises on what a model wrote.

    Parameters
    ----------
    text
        The completion without its prompt; ``None`` reads as the empty text.
    format
        The form that `Completion.format_ok` reports: ``think`` (exactly one ``<think>…</think>``, then
        exactly one ``<answer>…</answer>``, only whitespace around and between; arXiv 2506.13363, 3.3),
        ``answer`` (exactly one ``<answer>…</answer>``) or ``json`` (a JSON object or list, nothing else).
    answer
        ``lenient`` (the rule at the top of this module) or ``tagged`` (the first closed answer part, in it
        the first closed fence tagged ``json`` if there is one, all of it one JSON value).
    repair
        Try json-repair (extra ``repair``) on an answer that is ``bad_json`` or ``truncated``.
    max_chars, max_depth
        Limits: characters of the answer part, nested containers.

    Raises
    ------
    SpecError
        If an option is not one of the above, or ``repair`` is asked for and json-repair is not installed.
    """
    spec = Spec(format=format, answer=answer, repair=repair, max_chars=max_chars, max_depth=max_depth)
    return parse_with(text, spec, max_chars)


def parse_with(text: str | None, spec: Spec, max_chars: int) -> Completion:
    """Read a completion as a spec says, with the size limit that goes with its gold."""
    return _parse(text or "", spec.format, spec.answer, spec.repair, max_chars, spec.max_depth)


def _parse(text: str, form: str, rule: str, repair: bool, max_chars: int, max_depth: int) -> Completion:
    # Texts and tags in turn: texts[0] tags[0] texts[1] tags[1] … texts[n].
    pieces = _TAG.split(text, _MOST_TAGS + 1)
    texts, tags = pieces[::2], pieces[1::2]
    format_ok = form != "json" and _well_formed(texts, tags, form)
    if len(tags) > _MOST_TAGS:
        return Completion(ABSENT, format_ok, "no_answer")
    part = _tagged_part(text) if rule == "tagged" else _answer_part(texts, tags)
    if not part or part.isspace():
        return Completion(ABSENT, format_ok, "no_answer")
    whole = False
    if len(part) > max_chars:
        found = Decoded(ABSENT, "too_large")
    elif rule == "tagged":
        found = decode(_tagged_fence(part), max_depth)
    else:
        found, whole = _find(part, max_depth)
    if repair and found.status in _BROKEN:
        found = _repair(part, max_depth, found)
    if form == "json":
        format_ok = whole and len(part) == len(text) and type(found.value) in (dict, list)
    return Completion(found.value, format_ok, found.status, len(part))


# -- the format ----------------------------------------------------------------------------------------


_TAG: Final = re.compile(r"(</?(?:think|answer)>)")
# Nobody means more tags than this; cutting up a text of nothing but tags would take its time.
_MOST_TAGS: Final = 256
_FORMS: Final = {
    "think": ["<think>", "</think>", "<answer>", "</answer>"],
    "answer": ["<answer>", "</answer>"],
}


def _well_formed(texts: list[str], tags: list[str], form: str) -> bool:
    """Check the strict form: every tag once, in order, and only whitespace outside the parts."""
    if tags != _FORMS[form]:
        return False
    outside = "".join(texts[::2])
    return not outside or outside.isspace()


# -- the answer part -----------------------------------------------------------------------------------


def _answer_part(texts: list[str], tags: list[str]) -> str:
    """Return the text of the answer part, think parts cut out."""
    if tags == _FORMS["think"]:
        return texts[3]
    # A think part that closes before any opens was opened by the prompt.
    thinking = next((tag == "</think>" for tag in tags if tag.endswith("think>")), False)
    visible = [] if thinking else [texts[0]]
    for n, tag in enumerate(tags):
        if thinking:
            if tag == "</think>":
                thinking = False
                visible.append(texts[n + 1])
        elif tag == "<think>":
            thinking = True
        elif tag == "<answer>":
            part = [texts[n + 1]]
            for later, text in zip(tags[n + 1 :], texts[n + 2 :], strict=True):
                if later == "</answer>":
                    break
                part += later, text
            return "".join(part)
        else:
            visible += tag, texts[n + 1]
    return "".join(visible)


def _tagged_part(text: str) -> str | None:
    start = text.find("<answer>")
    end = text.find("</answer>", start)
    return None if start < 0 or end < 0 else text[start + len("<answer>") : end]


def _tagged_fence(part: str) -> str:
    start = part.find("```json")
    end = part.find("```", start + len("```json"))
    return part if start < 0 or end < 0 else part[start + len("```json") : end]


# -- the JSON in it ------------------------------------------------------------------------------------

_FENCE: Final = re.compile(r"```[ \t]*([A-Za-z0-9_+.-]*)[^\S\n]*\n?")
# An object begins with a member or is empty; a list worth finding in prose holds containers. A bare
# "[1]" in prose is a citation far more often than an answer.
_OPENING: Final = re.compile(r'\{\s*["}]|\[\s*[\[{]')
_BROKEN: Final = ("bad_json", "truncated")


def _find(part: str, max_depth: int) -> tuple[Decoded, bool]:
    """Find and decode the JSON of an answer part, by step 2 of the rule above; tell if it is all of it."""
    text = part.strip()
    if text.startswith("\ufeff"):
        text = text.lstrip("\ufeff").lstrip()
    if text.startswith(("```json\n", "```json{")) and text.endswith("```"):
        # One fence and nothing else, as most models write it: what the general way below gives too. One
        # character is looked for much faster than three.
        body = text[7:-3]
        if "`" not in body or text.find("```", 7) == len(text) - 3:
            found = decode(body, max_depth)
            if found.status not in _BROKEN:
                return found, False
    elif not text.startswith("```"):
        found = decode(text, max_depth)
        if found.status not in _BROKEN:
            return found, True
    opening = _OPENING.search(text)
    fence_at = text.find("```")
    # A fence behind the first opening stands inside a broken answer, in one of its strings.
    if fence_at >= 0 and (opening is None or fence_at < opening.start()):
        text = _fence(text)
        found = decode(text, max_depth)
        if found.status not in _BROKEN:
            return found, False
        opening = _OPENING.search(text)
    if opening is None:
        return Decoded(ABSENT, "bad_json" if text[:1] in tuple('{["') else "no_answer"), False
    end = closing(text, opening.start(), max_depth)
    if isinstance(end, str):
        return Decoded(ABSENT, end), False
    rest = text[end:]
    # Brackets, commas and the like right behind the answer mean that it is a piece of something broken.
    if (rest and not rest[0].isspace()) or rest.lstrip()[:1] in tuple('{}[],:"'):
        return Decoded(ABSENT, "bad_json"), False
    return decode(text[opening.start() : end], max_depth), False


def _fence(text: str) -> str:
    """Return the content of the first fence tagged json, else of the first fence, else the text itself."""
    first: str | None = None
    at = 0
    while (opening := _FENCE.search(text, at)) is not None:
        end = text.find("```", opening.end())
        content = text[opening.end() : len(text) if end < 0 else end].strip()
        if opening[1].lower() == "json":
            return content
        if first is None:
            first = content
        if end < 0:
            break
        at = end + 3
    return text if first is None else first


def _repair(part: str, max_depth: int, broken: Decoded) -> Decoded:
    """Repair an answer part with json-repair; keep the first status where that gives no container."""
    try:
        from json_repair import repair_json
    except ImportError:
        raise SpecError('repair needs json-repair: pip install "medvie-reward[repair]"') from None
    text = _fence(part)
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
    return repaired if repaired.value is ABSENT else repaired._replace(status="repaired")
