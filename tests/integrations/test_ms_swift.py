"""The reward class as ms-swift 4.6 uses it, without ms-swift."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from helpers import hooks
from helpers.hooks import GOLD, RIGHT, WRONG, wrapped
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import InputError, SpecError, reward
from medvie_reward.integrations import ms_swift

ROOT = Path(__file__).parents[2]
GARBAGE = [*hooks.GARBAGE, *[None, [1, 2]]]


def call(completions: list[Any], orm: type[ms_swift.MedvieReward], **columns: Any) -> list[float]:
    """Make and call the reward as ms-swift does: the completions first, then columns with what it adds."""
    if not columns:
        columns = {"ground_truth": [RIGHT] * len(completions)}
    n = len(completions)
    added = {
        "trainer_state": object(), "messages": [[]] * n, "prompt_id": ["p"] * n, "request_id": ["r"] * n,
        "finish_reason": ["stop"] * n, "is_truncated": [False] * n, "rollout_infos": [{}] * n,
        "response_token_ids": [[]] * n, "images": [None] * n,
    }  # fmt: skip
    return orm(args=object())(completions, **{**added, **columns})


def test_the_rewards_are_those_of_the_package() -> None:
    """One number per completion, the maximum for the gold itself."""
    texts = [wrapped(RIGHT), wrapped(WRONG), RIGHT, "nothing"]
    made = call(texts, ms_swift.MedvieReward)
    assert made == [reward(text, GOLD).score for text in texts]
    assert made[0] == 2.0


def test_the_columns_of_our_parquet_files_are_read() -> None:
    """reward_model and extra_info come as they are in a training row; ms-swift fills gaps with None."""
    made = call(
        [wrapped(WRONG)] * 3,
        ms_swift.MedvieReward,
        reward_model=[{"style": "rule", "ground_truth": RIGHT}] * 2 + [None],
        extra_info=[{"index": 0, "spec": "strict", "schema": "", "source_text": ""}, None, None],
    )
    assert made == [reward(wrapped(WRONG), GOLD, "strict").score, reward(wrapped(WRONG), GOLD).score, 0.0]


def test_garbage_gives_finite_numbers() -> None:
    """Whatever a policy writes is scored, and earns nothing for its answer."""
    assert call(GARBAGE, ms_swift.MedvieReward) == [0.0] * len(GARBAGE)


@given(texts=st.lists(st.text() | st.none(), max_size=4), gold=st.text() | st.none())
def test_no_text_raises(texts: list[str | None], gold: str | None) -> None:
    """Any completions with any gold have finite rewards in range."""
    made = call(texts, ms_swift.MedvieReward, ground_truth=[gold] * len(texts))
    assert all(math.isfinite(x) and 0 <= x <= 2 for x in made)
    assert len(made) == len(texts)


def test_a_bad_gold_is_counted_and_scores_zero(caplog: pytest.LogCaptureFixture) -> None:
    """The other rows are scored, the log names the bad one, and a component counts it."""
    columns = {"ground_truth": [RIGHT, '{"a": '], "extra_info": [{"index": 3}, {"index": 4}]}
    assert call([wrapped(RIGHT)] * 2, ms_swift.MedvieReward, **columns) == [2.0, 0.0]
    assert ["index=4" in x.getMessage() for x in caplog.records] == [True]
    assert call([wrapped(RIGHT)] * 2, ms_swift.make_orm(key="bad_gold"), **columns) == [0.0, 1.0]


def test_a_dataset_without_ground_truth_raises() -> None:
    """What is wrong for every row alike is told."""
    with pytest.raises(InputError, match="ground_truth"):
        call([wrapped(RIGHT)], ms_swift.MedvieReward, solution=[RIGHT])


def test_other_settings_and_components() -> None:
    """A class may have settings of its own, or give one component; its name is what ms-swift logs."""
    strict = ms_swift.make_orm("MedvieStrict", spec="strict", alpha=0.25)
    assert strict.__name__ == "MedvieStrict"
    assert call([wrapped(WRONG)], strict) == [reward(wrapped(WRONG), GOLD, "strict", alpha=0.25).score]
    assert call([wrapped(WRONG)], ms_swift.make_orm(key="f1")) == [reward(wrapped(WRONG), GOLD).f1]


@pytest.mark.parametrize("settings", [{"key": "f2"}, {"aplha": 1}, {"spec": "none"}], ids=str)
def test_settings_that_cannot_be_used_raise(settings: dict[str, Any]) -> None:
    """What is wrong is told when the class is made."""
    with pytest.raises(SpecError):
        ms_swift.make_orm(**settings)


def load(name: str) -> ModuleType:
    """Load a top-level file by its path."""
    spec = importlib.util.spec_from_file_location("custom_module", ROOT / "integrations" / "ms_swift" / name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_exports_the_packaged_class() -> None:
    """The top-level file gives the very same class."""
    assert load("reward_fn.py").MedvieReward is ms_swift.MedvieReward


def test_the_plugin_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin puts the reward and its components among ms-swift's rewards (a stand-in for its module)."""
    orms: dict[str, Any] = {"format": object()}
    for name in ("swift", "swift.rewards", "swift.rewards.orm"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(sys.modules["swift.rewards.orm"], "orms", orms, raising=False)
    load("plugin.py")
    assert orms["medvie"] is ms_swift.MedvieReward
    assert {name for name in orms if name.startswith("medvie_")} == {
        "medvie_f1", "medvie_format", "medvie_hallucination_rate", "medvie_bad_gold",
    }  # fmt: skip
    assert call([wrapped(RIGHT), "x"], orms["medvie_f1"]) == [1.0, 0.0]
