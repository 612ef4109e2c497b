"""The hook as verl calls it, without verl; the job under ``integrations/verl`` runs verl itself."""

from __future__ import annotations

import importlib.util
import json
import pickle
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medvie_reward import InputError, SpecError, reward
from medvie_reward.integrations import verl
from medvie_reward.integrations.samples import KEYS

ROOT = Path(__file__).parents[2]
GOLD = {"Indicators": [{"Item Name": "K", "Result": "5.60"}]}
TEXT = '<think></think><answer>{"Indicators": [{"Item Name": "K", "Result": "56"}]}</answer>'


def call(**kwargs: Any) -> dict[str, Any]:
    """Call the hook as verl does: by keyword, with what verl adds to extra_info."""
    extra: dict[str, Any] = {"index": 7, "num_turns": None, "rollout_reward_scores": {}, "global_steps": 3}
    made: dict[str, Any] = verl.reward_fn(
        data_source=np.str_("medvie/blood test"),
        solution_str=TEXT,
        ground_truth=np.str_(json.dumps(GOLD)),
        extra_info=extra,
        **kwargs,
    )
    return made


def test_the_hook_gives_flat_numbers() -> None:
    """Score and components are those of `reward`."""
    made = call()
    assert tuple(made) == KEYS
    assert made["score"] == reward(TEXT, GOLD).score
    assert verl.compute_score is verl.reward_fn


def test_reward_kwargs_and_what_verl_adds() -> None:
    """Settings hold; the arguments that verl itself adds are no settings."""
    made = call(format_weight=0.25, reward_router_address="x", reward_model_tokenizer=object())
    assert made["score"] == reward(TEXT, GOLD, format_weight=0.25).score


@pytest.mark.parametrize("kwargs", [{"aplha": 0.3}, {"alpha": object()}], ids=["name", "value"])
def test_a_wrong_setting_raises(kwargs: dict[str, Any]) -> None:
    """A misspelt setting is not left out in silence."""
    with pytest.raises(SpecError):
        call(**kwargs)


def test_the_batch_manager() -> None:
    """Up to 0.6 verl's manager ``batch`` calls with lists, and wants a list with a score for each."""
    made = verl.compute_score(
        data_sources=np.array(["a", "b"], object),
        solution_strs=[TEXT, TEXT.replace("56", "5.60")],
        ground_truths=[json.dumps(GOLD)] * 2,
        extra_infos=[None, {"index": 1}],
        format_weight=0.25,
    )
    assert [x["score"] for x in made] == [reward(TEXT, GOLD, format_weight=0.25).score, 1.25]
    assert [tuple(x) for x in made] == [KEYS, KEYS]
    assert verl.reward_fn(solution_strs=[], ground_truths=[]) == []


@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_a_batch_by_position(kind: Any) -> None:
    gold = json.dumps(GOLD)
    found = verl.reward_fn(kind(["d", "d"]), kind([TEXT, "junk"]), kind([gold, gold]), [None, {"index": 1}])
    assert [x["score"] for x in found] == [
        verl.reward_fn("d", text, gold)["score"] for text in (TEXT, "junk")
    ]
    with pytest.raises(
        InputError, match="as many of everything, got 2 completions, 1 golds and 2 of extra_info"
    ):
        verl.reward_fn(solution_strs=[TEXT, TEXT], ground_truths=[gold])


@pytest.mark.parametrize("called", [{}, {"solution_str": TEXT}, {"ground_truth": "{}"}], ids=str)
def test_a_call_without_text_or_gold_raises(called: dict[str, Any]) -> None:
    """Nobody scores nothing in silence."""
    with pytest.raises(TypeError, match="needs solution_str and ground_truth"):
        verl.reward_fn(data_source="d", **called)


def test_the_hook_pickles() -> None:
    """Ray sends it between processes."""
    assert pickle.loads(pickle.dumps(verl.reward_fn)) is verl.reward_fn


def test_the_file_exports_the_packaged_function() -> None:
    """The path of a file gives the very same function."""
    file = ROOT / "integrations" / "verl" / "reward_fn.py"
    spec = importlib.util.spec_from_file_location("custom_module", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.reward_fn is module.compute_score is verl.reward_fn


def test_the_entry_point_is_declared() -> None:
    """Installing the package is enough for verl to find the manager."""
    found = [x.value for x in entry_points(group="verl.plugins") if x.name == "medvie"]
    assert found == ["medvie_reward.integrations.verl_plugin"]
