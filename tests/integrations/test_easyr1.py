"""The hook as EasyR1 calls it, without EasyR1."""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import hooks
from helpers.hooks import GOLD, RIGHT, WRONG, wrapped
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import SpecError, reward
from medvie_reward.integrations import easyr1
from medvie_reward.integrations.envelope import envelope_of, open_envelope
from medvie_reward.integrations.samples import KEYS

ROOT = Path(__file__).parents[2]
GARBAGE = [*hooks.GARBAGE, *[None, 17]]


def call(responses: list[Any], gold: Any = RIGHT, **settings: Any) -> list[dict[str, Any]]:
    """Call the hook as EasyR1 does."""
    inputs = [{"response": text, "response_length": 9, "ground_truth": gold} for text in responses]
    return easyr1.compute_score(inputs, **settings)


def test_the_rewards_are_those_of_the_package() -> None:
    """Flat numbers under EasyR1's names and ours, the maximum for the gold itself."""
    texts = [wrapped(RIGHT), wrapped(WRONG), RIGHT, "nothing"]
    made = call(texts)
    for one, text in zip(made, texts, strict=True):
        found = reward(text, GOLD)
        assert tuple(one) == ("overall", "accuracy", *KEYS)
        assert (one["overall"], one["accuracy"]) == (found.score, found.f1)
        assert {key: one[key] for key in found.as_dict()} == found.as_dict()
    assert made[0]["overall"] == 2.0


def test_garbage_gives_finite_numbers() -> None:
    """Whatever a policy writes is scored, and earns nothing for its answer."""
    made = call(GARBAGE)
    assert [x["overall"] for x in made] == [0.0] * len(GARBAGE)
    assert all(tuple(x) == tuple(made[0]) and all(math.isfinite(v) for v in x.values()) for x in made)


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)


@given(text=st.text() | st.none(), gold=st.text() | JSON | JSON.map(lambda x: json.dumps({"medvie": x})))
def test_no_text_raises(text: str | None, gold: Any) -> None:
    """Any response with any ground truth has a finite reward in range."""
    (made,) = call([text], gold)
    assert 0 <= made["overall"] <= 2


BAD: list[Any] = [
    '{"a": ', "5", None, 5, '{"medvie": ', '{"medvie": {"ground_truth": 5}}',
    '{"medvie": {"ground_truth": "{"}}', '{"medvie": {"ground_truth": null}} x',
]  # fmt: skip


@pytest.mark.parametrize("gold", BAD, ids=repr)
def test_a_bad_gold_is_counted_and_scores_zero(gold: Any) -> None:
    """Nothing raises, whether the gold or its envelope is broken."""
    (made,) = call([wrapped(RIGHT)], gold)
    assert (made["overall"], made["bad_gold"]) == (0.0, 1)


EXTRA = {
    "index": 3,
    "id": "r3",
    "schema": "",
    "source_text": "Li Wei K 5.60",
    "spec": '{"alpha": 0.25}',
    "keys": "[]",
}


def test_an_envelope_carries_what_holds_for_a_row() -> None:
    """Schema, source text and spec go with the gold; empty ones and what the reward does not read do not."""
    text = envelope_of(RIGHT, EXTRA)
    gold, extra = open_envelope(text)
    assert gold == RIGHT
    assert set(extra) == {"ground_truth", "index", "id", "source_text", "spec"}
    (made,) = call([wrapped(WRONG)], text)
    assert made["overall"] == reward(wrapped(WRONG), GOLD, alpha=0.25).score
    assert made["ungrounded"] == 2


ENVELOPES: list[tuple[str, Any]] = [
    ("text", envelope_of(RIGHT)),
    ("numpy's text", np.str_(envelope_of(RIGHT))),
    ("spaced", ' { "medvie" : {"ground_truth": ' + json.dumps(RIGHT) + "}}"),
    ("gold as a value", json.dumps({"medvie": {"ground_truth": GOLD}})),
    ("a value", {"medvie": {"ground_truth": RIGHT}}),
    ("no envelope", RIGHT),
    ("no envelope, numpy's text", np.str_(RIGHT)),
    ("no envelope, a value", GOLD),
]


@pytest.mark.parametrize("gold", [x[1] for x in ENVELOPES], ids=[x[0] for x in ENVELOPES])
def test_the_ground_truth_may_be_an_envelope_or_the_gold(gold: Any) -> None:
    """All ways to write a gold are one gold."""
    assert call([wrapped(RIGHT)], gold)[0]["overall"] == 2.0


@pytest.mark.parametrize(
    "gold",
    [{"medvie": "yes"}, {"medvie": {"Name": "x"}}, {"medvie": {"ground_truth": "x"}, "Name": "y"}],
    ids=str,
)
def test_a_gold_with_such_a_member_is_no_envelope(gold: dict[str, Any]) -> None:
    """Only an object that has nothing else, with a ground truth inside, is one."""
    assert call([wrapped(json.dumps(gold))], json.dumps(gold))[0]["f1"] == 1.0


def test_settings_hold_and_wrong_ones_raise() -> None:
    """reward_function_kwargs are settings; a misspelt one raises."""
    (made,) = call([wrapped(WRONG)], spec="strict", alpha=0.25)
    assert made["overall"] == reward(wrapped(WRONG), GOLD, "strict", alpha=0.25).score
    with pytest.raises(SpecError):
        call([wrapped(WRONG)], aplha=0.25)


def test_a_single_sample_raises() -> None:
    """EasyR1 before REWARD_TYPE may be told to call per sample; that is refused with the cure."""
    with pytest.raises(SpecError, match="reward_type=batch"):
        easyr1.compute_score({"response": "", "ground_truth": RIGHT})  # type: ignore[arg-type]


def test_a_training_row_becomes_easyr1s_columns() -> None:
    """The prompt is one text, the answer an envelope, images are bytes or paths."""
    row = {
        "prompt": [
            {"role": "system", "content": "Be exact."},
            {"role": "user", "content": "<image>\n<image>\nRead."},
        ],
        "images": [{"bytes": b"x", "path": None}, {"bytes": None, "path": "a.png"}],
        "reward_model": {"style": "rule", "ground_truth": RIGHT},
        "extra_info": EXTRA,
    }
    assert easyr1.to_row(row) == {
        "problem": "Be exact.\n\n<image>\n<image>\nRead.",
        "answer": envelope_of(RIGHT, EXTRA),
        "images": [b"x", "a.png"],
    }


def test_the_file_exports_the_packaged_function() -> None:
    """The path of a file gives the very same function and says how to call it."""
    spec = importlib.util.spec_from_file_location(
        "custom_reward_fn", ROOT / "integrations" / "easyr1" / "reward_fn.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.compute_score is easyr1.compute_score
    assert (module.REWARD_TYPE, module.REWARD_NAME) == ("batch", "medvie")
