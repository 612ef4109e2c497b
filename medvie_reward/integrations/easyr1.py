"""The reward for EasyR1: ``worker.reward.reward_function=FILE:compute_score``, FILE re-exporting this one.

EasyR1 calls it with a batch, and tells it of a row no more than one text, the ground truth. What else holds
for a row (its schema, the page's text, spec fields to change) travels inside that text, in an envelope:
``{"medvie": {"ground_truth": ..., "schema": ..., "source_text": ..., "spec": ...}}``. A text that is no
envelope is the gold itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson

from medvie_reward.errors import SpecError
from medvie_reward.integrations.verl import scorer_of

REWARD_NAME: Final = "medvie"
REWARD_TYPE: Final = "batch"

_ENVELOPE: Final = "medvie"
_OPENING: Final = re.compile(r'\s*\{\s*"medvie"\s*:')
_EXTRAS: Final = ("schema", "source_text", "spec", "index", "id", "split")
_OPENED: Final = 256


def compute_score(
    reward_inputs: Sequence[Mapping[str, Any]], **settings: Any
) -> list[dict[str, int | float | bool]]:
    """Reward a batch.

    Parameters
    ----------
    reward_inputs
        Per sample ``response`` and ``ground_truth`` (the gold as JSON text, or an envelope of it).
    **settings
        ``worker.reward.reward_function_kwargs``, see `samples.Scorer`.

    Returns
    -------
    list of dict
        Flat, the same keys for every sample: ``overall`` (the reward), ``accuracy`` (the F1) and
        `samples.KEYS`.

    Raises
    ------
    SpecError
        If a setting is not usable, or EasyR1 does not call in batches. No completion and no row raises.
    """
    if isinstance(reward_inputs, Mapping):
        raise SpecError("reward_inputs: expected a list of samples; set worker.reward.reward_type=batch")
    scorer = scorer_of(settings)
    made = []
    for sample in reward_inputs:
        gold, extra = open_envelope(sample.get("ground_truth"))
        found = scorer.measure(sample.get("response"), gold, extra)
        made.append({"overall": found["score"], "accuracy": found["acc"], **found})
    return made


def envelope_of(ground_truth: str, extra_info: Mapping[str, Any] | None = None) -> str:
    """Write a gold and what holds for its row as one text."""
    extra = extra_info or {}
    held = {key: extra[key] for key in _EXTRAS if extra.get(key) not in (None, "")}
    return orjson.dumps({_ENVELOPE: {"ground_truth": ground_truth, **held}}).decode()


def open_envelope(ground_truth: Any) -> tuple[Any, Mapping[str, Any]]:
    """Give the gold and what holds for its row; what is no envelope is the gold."""
    if isinstance(ground_truth, str):
        text = str(ground_truth)  # numpy's, too
        return _open_text(text) if _OPENING.match(text) else (text, {})
    return _open(ground_truth)


@lru_cache(_OPENED)
def _open_text(text: str) -> tuple[Any, Mapping[str, Any]]:
    try:
        gold, extra = _open(orjson.loads(text))
    except orjson.JSONDecodeError:
        return text, {}
    return (gold, extra) if extra else (text, {})


def _open(value: Any) -> tuple[Any, Mapping[str, Any]]:
    if isinstance(value, Mapping) and len(value) == 1:
        held = value.get(_ENVELOPE)
        if isinstance(held, Mapping) and "ground_truth" in held:
            return held["ground_truth"], held
    return value, {}


def to_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a training row (verl's, as ``medvie data`` writes it) into EasyR1's columns.

    They are ``problem`` (text with a placeholder per image), ``answer`` (the envelope) and ``images`` (bytes
    where the row has them, else paths).
    """
    return {
        "problem": "\n\n".join(message["content"] for message in row["prompt"]),
        "answer": envelope_of(row["reward_model"]["ground_truth"], row.get("extra_info")),
        "images": images_of(row),
    }


def images_of(row: Mapping[str, Any]) -> list[Any]:
    """Give the images of a training row: bytes where it has them, else paths."""
    return [
        image["path"] if image.get("bytes") is None else image["bytes"] for image in row.get("images") or ()
    ]
