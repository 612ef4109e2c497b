"""The JSON values of a prediction and a gold document, either of which may come as text.

One rule for all that compares: a gold that is the JSON text of an object or a list is that value, and against
such a gold a text is a completion, whose answer counts. Where its JSON is broken, nothing was predicted. A
text without JSON in it is itself the value: "x" may stand for ["x"].
"""

from __future__ import annotations

import json
from typing import Any, Final

import orjson

from medvie_reward._core.json_text import fault_of_text
from medvie_reward._core.json_values import plain
from medvie_reward.completions._completion import Completion, parse_with
from medvie_reward.completions._decoder import ABSENT, decode
from medvie_reward.completions._messages import is_conversation, text_of_completion
from medvie_reward.errors import GoldError, PredictionError
from medvie_reward.spec import Spec

# Longest way to write a float that reads back as itself: -1.7976931348623157e+308.
_FLOAT_CHARS: Final = 24


def gold_value(gold: Any, spec: Spec) -> Any:
    """Return the plain JSON value of a gold document.

    Raises
    ------
    GoldError
        If it is no JSON value, nests too deep, or is a text that begins as JSON and is none.
    """
    if isinstance(gold, (str, bytes, bytearray)):
        try:
            text = gold if isinstance(gold, str) else gold.decode()
        except UnicodeDecodeError as error:
            raise GoldError(f"gold: expected UTF-8 text: {error}") from None
        if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
            return str(text)
        value, status, detail = decode(text.lstrip("\ufeff"), spec.max_depth)
        if status not in ("ok", "not_an_object"):
            raise fault_of_text(text, GoldError, spec.max_depth, "gold", status, detail)
        return value
    return plain(gold, GoldError, spec.max_depth, "gold")


def predicted_value(pred: Any, gold: Any, spec: Spec) -> Any:
    """Return the plain JSON value of a prediction, compared with a plain gold document.

    Raises
    ------
    PredictionError
        If it is no JSON value and no completion, or nests too deep.
    """
    container = type(gold) is dict or type(gold) is list
    if isinstance(pred, Completion):
        return {} if pred.answer is ABSENT else pred.answer
    if container and (isinstance(pred, (str, bytes, bytearray)) or is_conversation(pred)):
        text = text_of_completion(pred, spec)
        read = parse_with(text, spec, longest_answer(spec, gold, len(text or "")))
        if type(read.answer) in (dict, list):
            return read.answer
        scalar = read.answer is not ABSENT or read.status == "no_answer"
        return str(pred) if scalar and isinstance(pred, str) else {}
    return plain(pred, PredictionError, spec.max_depth, "prediction")


def longest_answer(spec: Spec, gold: Any, chars: int) -> int:
    """Return the length of the longest answer that is read, in characters.

    Where less is enough to read an answer of ``chars`` characters, that is given: the length of the gold as
    orjson writes it, without the spaces that count, and without what could be floats, which it may write at
    greater length.
    """
    if chars <= spec.max_chars:
        return spec.max_chars
    try:
        text = orjson.dumps(gold).decode()
    except TypeError:  # an integer past 64 bits
        text = ""
    enough = spec.max_chars_per_gold_char * (len(text) - _FLOAT_CHARS * text.count("."))
    if enough >= chars:
        return enough
    return max(spec.max_chars, spec.max_chars_per_gold_char * len(json.dumps(gold, ensure_ascii=False)))
