"""Groups of rollouts on generated reports, and what is timed on them.

A thing to time is a function that makes fresh objects and gives a call: the making is never timed, and no
hash or UTF-8 form that an object keeps is used twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final, NamedTuple

import orjson
from reports import completion, in_panels, perturb, report, with_numbers

import medvie_reward

ROLLOUTS: Final = 8
"""Predictions of one gold, as GRPO samples them."""
SHAPES: Final = ("flat", "numbers", "panels")
"""One list of rows of texts; with results as JSON numbers; a list of panels that hold a list of rows each."""
SIZES: Final = (5, 20, 100, 500)
"""Rows of a report."""


class Group(NamedTuple):
    """One document: the text of its gold, and of each rollout the answer and the whole completion."""

    gold: str
    answers: list[str]
    completions: list[str]


def dump(value: Any) -> str:
    """Write JSON as a model would."""
    return json.dumps(value, ensure_ascii=False)


def group(rng: Random, rows: int, shape: str = "flat") -> Group:
    """Make a document of so many rows, in one of `SHAPES`, and its rollouts."""
    gold = report(rng, rows)
    if shape == "panels":
        gold = in_panels(rng, gold)
    preds = [perturb(rng, gold) for _ in range(ROLLOUTS)]
    if shape == "numbers":
        gold, *preds = map(with_numbers, [gold, *preds])
    return Group(dump(gold), [dump(pred) for pred in preds], [completion(pred) for pred in preds])


def fresh(text: str) -> str:
    """Copy a text, so that nothing cached on the object (hash, UTF-8) is used twice."""
    return text.encode().decode()


def pairs(doc: Group) -> list[tuple[Any, Any]]:
    """Decode every prediction beside its gold."""
    return [(orjson.loads(answer), orjson.loads(doc.gold)) for answer in doc.answers]


# What is timed: each takes a group and gives a call, made of fresh objects, for all its rollouts.


def loading(doc: Group) -> Callable[[], object]:
    """Decode prediction and gold from bytes, the baseline."""
    texts = [text.encode() for answer in doc.answers for text in (answer, doc.gold)]
    return lambda: [orjson.loads(text) for text in texts]


def parsing(doc: Group) -> Callable[[], object]:
    """Find the answers in the completions."""
    completions = [fresh(text) for text in doc.completions]
    return lambda: [medvie_reward.parse_completion(text) for text in completions]


def rewarding(doc: Group, preset: str) -> Callable[[], object]:
    """Reward the completions of a group against the text of the gold."""
    completions, gold = [fresh(text) for text in doc.completions], fresh(doc.gold)
    return lambda: medvie_reward.reward_group(completions, gold, preset)


def scoring(doc: Group, preset: str) -> Callable[[], object]:
    """Score values that were decoded before, field by field."""
    decoded = pairs(doc)
    return lambda: [medvie_reward.score(pred, gold, preset) for pred, gold in decoded]


def aligning(doc: Group, preset: str, **overrides: Any) -> Callable[[], object]:
    """Align values that were decoded before, leaf by leaf."""
    decoded = pairs(doc)
    return lambda: [medvie_reward.align(pred, gold, preset, **overrides) for pred, gold in decoded]
