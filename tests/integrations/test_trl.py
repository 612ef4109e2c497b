"""The hook as TRL calls it, without TRL; ``integrations/trl/check_run.py`` lets TRL itself train."""

from __future__ import annotations

import importlib.util
import logging
import math
from pathlib import Path
from typing import Any

import pytest
from helpers import hooks
from helpers.hooks import GOLD, RIGHT, WRONG, wrapped
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import InputError, SpecError, reward
from medvie_reward.integrations import trl
from medvie_reward.integrations.samples import KEYS

ROOT = Path(__file__).parents[2]
GARBAGE = [*hooks.GARBAGE, *[None, 17, b"\xff"]]


def chat(content: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"role": "assistant", "content": content, **more}]


def call(completions: list[Any], function: trl.RewardFunction = trl.reward_fn, **columns: Any) -> list[float]:
    """Call the hook as TRL does: by keyword, with what TRL adds."""
    if not columns:
        columns = {"ground_truth": [RIGHT] * len(completions)}
    return function(
        prompts=["read"] * len(completions),
        completions=completions,
        completion_ids=[[1, 2]] * len(completions),
        trainer_state=object(),
        log_extra=lambda column, values: None,
        **{"log_metric": lambda name, value: None, **columns},
    )


def test_the_rewards_are_those_of_the_package() -> None:
    """One number per completion, the maximum for the gold itself."""
    texts = [wrapped(RIGHT), wrapped(WRONG), RIGHT, "nothing"]
    made = call(texts)
    assert made == [reward(text, GOLD).score for text in texts]
    assert made[0] == 2.0
    assert made[1] < made[0]


TEXTS: list[tuple[str, Any, str | None]] = [
    ("text", "a", "a"),
    ("message", chat("a"), "a"),
    ("parts", chat([{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]), "ab"),
    (
        "last of the assistant",
        [*chat("a"), {"role": "tool", "content": "t"}, *chat("b"), {"role": "tool"}],
        "b",
    ),
    ("no role", [{"content": "a"}], "a"),
    ("reasoning apart", chat("a", reasoning_content="r"), "<think>r</think>a"),
    ("thinking apart", chat(None, thinking="r"), "<think>r</think>"),
    ("no reasoning", chat("a", reasoning_content=None), "a"),
    ("no content", chat(None), None),
    ("content is a number", chat(5), None),
    ("parts of no use", chat([5, {"type": "text"}, {"text": 5}]), ""),
    ("nobody", [], None),
    ("only a tool", [{"role": "tool", "content": "t"}], None),
    ("tokens", [1, 2], None),
    ("nothing", None, None),
]


@pytest.mark.parametrize(("completion", "expected"), [x[1:] for x in TEXTS], ids=[x[0] for x in TEXTS])
def test_the_text_of_a_completion(completion: Any, expected: str | None) -> None:
    """Texts, messages, parts and reasoning moved apart are read."""
    assert trl.text_of(completion) == expected


@pytest.mark.parametrize("shape", [lambda x: x, chat], ids=["text", "chat"])
def test_garbage_gives_finite_numbers(shape: Any) -> None:
    """Whatever a policy writes is scored, and earns nothing for its answer."""
    made = call([shape(x) for x in GARBAGE])
    assert made == [0.0] * len(GARBAGE)


@given(texts=st.lists(st.text() | st.none(), max_size=4), gold=st.text() | st.sampled_from([RIGHT, "[]"]))
def test_no_text_raises(texts: list[str | None], gold: str) -> None:
    """Any completions with any gold have finite rewards in range."""
    made = call(texts, ground_truth=[gold] * len(texts))
    assert all(math.isfinite(x) and 0 <= x <= 2 for x in made)
    assert len(made) == len(texts)


@pytest.mark.parametrize(
    "gold", ['{"a": ', "5", None, 5, object()], ids=lambda gold: type(gold).__name__ + str(gold)[:3]
)
def test_a_bad_gold_is_counted_and_scores_zero(gold: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The other rows of the batch are scored; the mean of bad_gold tells."""
    logged: dict[str, float] = {}
    made = call(
        [wrapped(RIGHT)] * 3,
        trl.make_reward_fn(),
        ground_truth=[RIGHT, gold, gold],
        index=[0, 7, 7],
        log_metric=logged.__setitem__,
    )
    assert made == [2.0, 0.0, 0.0]
    assert logged["medvie/bad_gold"] == pytest.approx(2 / 3)
    assert [(x.levelno, "index=7" in x.getMessage()) for x in caplog.records] == [(logging.ERROR, True)]


def test_components_are_logged_as_means() -> None:
    """Every component but the status's number is logged under the reward's name."""
    logged: dict[str, float] = {}
    texts = [wrapped(RIGHT), wrapped(WRONG), "nothing"]
    call(texts, trl.make_reward_fn(name="mine"), ground_truth=[RIGHT] * 3, log_metric=logged.__setitem__)
    assert set(logged) == {f"mine/{key}" for key in KEYS if key != "status"}
    found = [reward(text, GOLD) for text in texts]
    assert logged["mine/f1"] == pytest.approx(sum(x.f1 for x in found) / 3)
    assert logged["mine/hallucinated"] == pytest.approx(1 / 3)
    assert logged["mine/no_answer"] == pytest.approx(1 / 3)


def test_log_metric_may_be_absent() -> None:
    """Older TRL passes no log_metric; an empty batch logs nothing."""
    assert trl.reward_fn(completions=[wrapped(RIGHT)], ground_truth=[RIGHT]) == [2.0]
    assert call([]) == []


SOURCE = "Li Wei K 5.60"
STRICT = '{"preset": "strict"}'
COLUMNS: list[tuple[str, dict[str, Any], str]] = [
    ("reward_model", {"reward_model": [{"style": "rule", "ground_truth": RIGHT}]}, "clinical"),
    ("spec", {"ground_truth": [RIGHT], "spec": [STRICT]}, "strict"),
    ("extra_info", {"ground_truth": [RIGHT], "extra_info": [{"spec": STRICT}]}, "strict"),
    ("own column", {"ground_truth": [RIGHT], "extra_info": [{"spec": "paper"}], "spec": [STRICT]}, "strict"),
    ("blank column", {"ground_truth": [RIGHT], "extra_info": [{"spec": STRICT}], "spec": [None]}, "strict"),
    ("no extra_info", {"ground_truth": [RIGHT], "extra_info": [None], "spec": [STRICT]}, "strict"),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "preset"), [x[1:] for x in COLUMNS], ids=[x[0] for x in COLUMNS])
def test_columns_of_the_dataset(columns: dict[str, Any], preset: str) -> None:
    """What holds for a row is read from columns of its own or from extra_info."""
    assert call([wrapped(WRONG)], **columns) == [reward(wrapped(WRONG), GOLD, preset).score]


def test_the_source_text_is_used() -> None:
    """Values that the page does not have are counted."""
    logged: dict[str, float] = {}
    call([wrapped(WRONG)], ground_truth=[RIGHT], source_text=[SOURCE], log_metric=logged.__setitem__)
    assert logged["medvie/ungrounded"] == 2


@pytest.mark.parametrize("row", [None, "x", {"style": "rule"}], ids=repr)
def test_a_row_without_ground_truth_is_a_bad_gold(row: Any) -> None:
    """One row's fault does not stop the run."""
    assert call([wrapped(RIGHT)], reward_model=[row]) == [0.0]


def test_a_dataset_without_ground_truth_raises() -> None:
    """What is wrong for every row alike is told, with what was expected."""
    with pytest.raises(InputError, match=r"expected a column ground_truth .* got the columns .*answer"):
        call([wrapped(RIGHT)], answer=[RIGHT])


def test_settings_hold_and_wrong_ones_raise() -> None:
    """A misspelt setting raises when the function is made."""
    made = call([wrapped(WRONG)], trl.make_reward_fn("strict", alpha=0.25))
    assert made == [reward(wrapped(WRONG), GOLD, "strict", alpha=0.25).score]
    with pytest.raises(SpecError):
        trl.make_reward_fn(aplha=0.25)


def test_the_name_is_what_trl_logs() -> None:
    """TRL calls a reward by its function's name."""
    assert trl.reward_fn.__name__ == "medvie"
    assert trl.make_reward_fn(name="mine").__name__ == "mine"


IMAGE = {"bytes": b"x", "path": None}
ROWS: list[tuple[str, str, list[Any], str]] = [
    ("no image", "Read.", [], "Read."),
    ("no image, but a placeholder", "<image>\nRead.", [], "<image>\nRead."),
    ("one", "<image>\nRead.", [IMAGE], "Read."),
    ("two", "<image>\n<image>\nRead.", [IMAGE, IMAGE], "Read."),
    ("no line's end", "<image>Read <image>.", [IMAGE], "Read <image>."),
]


@pytest.mark.parametrize(("content", "images", "expected"), [x[1:] for x in ROWS], ids=[x[0] for x in ROWS])
def test_a_training_row_becomes_trls_columns(content: str, images: list[Any], expected: str) -> None:
    """As many placeholders are dropped as there are images, since TRL puts them in itself."""
    row = {
        "data_source": "medvie",
        "prompt": [{"role": "user", "content": content}],
        "images": images,
        "reward_model": {"style": "rule", "ground_truth": RIGHT},
        "extra_info": {"index": 3, "spec": ""},
    }
    made = trl.to_row(row)
    assert made.pop("images", []) == images
    assert made == {
        "prompt": [{"role": "user", "content": expected}],
        "ground_truth": RIGHT,
        "extra_info": {"index": 3, "spec": ""},
    }
    assert row["prompt"] == [{"role": "user", "content": content}]


def test_the_file_exports_the_packaged_function() -> None:
    """The top-level file gives the very same function."""
    file = ROOT / "integrations" / "trl" / "reward_fn.py"
    spec = importlib.util.spec_from_file_location("custom_module", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.reward_fn is trl.reward_fn
    assert module.make_reward_fn is trl.make_reward_fn


def test_fewer_golds_than_completions() -> None:
    with pytest.raises(InputError, match="expected a gold document for each of 2 completions, got 1"):
        trl.reward_fn(completions=[RIGHT, RIGHT], ground_truth=[GOLD])
