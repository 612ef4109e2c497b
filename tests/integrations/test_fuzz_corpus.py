"""Completions that are hard to read, through verl's hook: the corpus that fuzzing began and left.

``tests/data/fuzz_completions.jsonl``: a completion is a text, or pieces with how often each is written.
Without a gold of its own, the gold is that of the first line's answer.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import ABSENT, STATUSES, Gold, GoldError, reward, score
from medvie_reward.completions import is_conversation
from medvie_reward.integrations.samples import KEYS, scorer_of
from medvie_reward.integrations.verl import reward_fn

FILE = Path(__file__).parents[1] / "data" / "fuzz_completions.jsonl"
ROWS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
GOLD = ROWS[0]["completion"].partition("<answer>")[2].removesuffix("</answer>")


def text_of(completion: str | list[tuple[str, int]]) -> str:
    """Write a completion out."""
    return completion if isinstance(completion, str) else "".join(x * times for x, times in completion)


def hook(row: dict[str, Any], completion: Any) -> dict[str, Any]:
    """Call verl's hook; gives its numbers without the time."""
    made: dict[str, Any] = reward_fn(
        data_source="corpus",
        solution_str=completion,
        ground_truth=row.get("gold", GOLD),
        **row.get("settings", {}),
    )
    assert tuple(made) == KEYS
    del made["microseconds"]
    return made


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_the_hook(row: dict[str, Any]) -> None:
    """Each has the status, the form, the F1 and the score that were looked at by hand, as text or message."""
    text = text_of(row["completion"])
    made = hook(row, text)
    status = "bad_gold" if made["bad_gold"] else STATUSES[made["status"]]
    assert (status, made["format"]) == (row["status"], row["format"])
    assert (made["f1"], made["score"]) == pytest.approx((row["f1"], row["score"]), abs=1e-12)
    assert made["failed"] == made["bad_spec"] == 0
    assert hook(row, [{"role": "assistant", "content": text}]) == made


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_reward_and_score(row: dict[str, Any]) -> None:
    """`reward` gives the hook's numbers, `score` of the answer counts the same; a bad gold is an error."""
    text, spec = text_of(row["completion"]), scorer_of(row.get("settings", {})).spec
    if row["status"] == "bad_gold":
        with pytest.raises(GoldError, match="gold"):
            reward(text, row["gold"], spec)
        return
    gold, made = Gold(row.get("gold", GOLD), spec), hook(row, text)
    found = reward(text, gold).as_dict()
    assert found == {name: made[name] for name in found}
    answer = gold.parse(text).answer
    assert (answer is not ABSENT) == made["parsed"]
    if type(answer) in (dict, list) and not is_conversation(answer):
        counted = score(answer, gold.value, spec)
        names = ("precision", "recall", "f1", "correct", "wrong", "missing", "hallucinated", "wrong_critical")
        assert {name: counted.to_dict()[name] for name in names} == {name: made[name] for name in names}
        assert counted.limited == made["limited"]
