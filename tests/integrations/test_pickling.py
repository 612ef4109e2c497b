"""Rewards and scorers go to other processes: by pickle, by cloudpickle, into workers started anew."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import cloudpickle
import pytest
from helpers.hooks import GOLD, RIGHT, WRONG, wrapped

from medvie_reward import Rule, Spec, reward
from medvie_reward.integrations import easyr1, ms_swift, openrlhf, trl, verl
from medvie_reward.integrations.samples import Scorer

TEXT = wrapped(WRONG)
SPEC = Spec.preset("strict").replace(rules=(Rule("Name", weight=3),), alpha=0.25)
QUARTER = reward(TEXT, GOLD, alpha=0.25).score


class Mine(ms_swift.MedvieReward):
    """A class of the user's own."""

    settings: ClassVar[Mapping[str, Any]] = {"alpha": 0.25}


BATCH = {"completions": [TEXT], "ground_truth": [RIGHT]}
SAMPLE = {"data_source": "d", "solution_str": TEXT, "ground_truth": RIGHT}

# What is pickled, what it is called with, and what it gives.
REWARDS: dict[str, tuple[Any, dict[str, Any], Any]] = {
    "trl": (trl.reward_fn, BATCH, [reward(TEXT, GOLD).score]),
    "trl, made": (trl.make_reward_fn(alpha=0.25), BATCH, [QUARTER]),
    "trl, spec": (trl.make_reward_fn(SPEC, name="x"), BATCH, [reward(TEXT, GOLD, SPEC).score]),
    "ms-swift": (ms_swift.MedvieReward(), BATCH, [reward(TEXT, GOLD).score]),
    "ms-swift, made": (ms_swift.make_orm("Quarter", alpha=0.25)(), BATCH, [QUARTER]),
    "ms-swift, component": (ms_swift.make_orm("F1", key="f1")(), BATCH, [reward(TEXT, GOLD).f1]),
    "ms-swift, own": (Mine(), BATCH, [QUARTER]),
    "verl": (partial(verl.reward_fn, alpha=0.25), SAMPLE, QUARTER),
    "scorer": (
        Scorer(SPEC).measure,
        {"completion": TEXT, "ground_truth": RIGHT},
        reward(TEXT, GOLD, SPEC).score,
    ),
    "easyr1": (
        partial(easyr1.compute_score, alpha=0.25),
        {"reward_inputs": [{"response": TEXT, "ground_truth": RIGHT}]},
        [QUARTER],
    ),
    "openrlhf": (
        partial(openrlhf.measure, openrlhf.make_reward_func(alpha=0.25).scorer),
        {"queries": ["q" + TEXT], "prompts": ["q"], "labels": [RIGHT]},
        [QUARTER],
    ),
}  # fmt: skip


def numbers(made: Any) -> Any:
    """Return the rewards alone, without what differs from call to call."""
    if isinstance(made, list):
        return [numbers(x) for x in made]
    return made["score"] if isinstance(made, dict) else made


@pytest.mark.parametrize("package", [pickle, cloudpickle], ids=["pickle", "cloudpickle"])
@pytest.mark.parametrize("name", REWARDS)
def test_a_copy_gives_the_same(package: Any, name: str) -> None:
    """What comes out of a pickle rewards as what went in, used before or not."""
    function, called, expected = REWARDS[name]
    for _ in range(2):
        copy = pickle.loads(package.dumps(function))
        assert numbers(copy(**called)) == numbers(function(**called)) == expected


def test_names_and_settings_survive() -> None:
    """TRL asks for the name; a row's own settings win over those of the run as before."""
    made = pickle.loads(pickle.dumps(trl.make_reward_fn(alpha=0.25, name="mine")))
    assert made.__name__ == "mine"
    scorer = Scorer("strict", schema={"properties": {"Name": {"x-medvie-weight": 4}}}, alpha=0.25)
    copy = pickle.loads(pickle.dumps(scorer))
    for extra in (None, {"spec": "paper"}, {"schema": "medical_report.en"}):
        assert copy.measure(TEXT, RIGHT, extra)["score"] == scorer.measure(TEXT, RIGHT, extra)["score"]
    assert copy.spec == scorer.spec
    assert type(pickle.loads(pickle.dumps(ms_swift.make_orm("Quarter")()))).__name__ == "Quarter"


def test_the_function_of_openrlhf_pickles() -> None:
    """Its tensors need torch, the pickle does not."""
    copy = pickle.loads(pickle.dumps(openrlhf.reward_func))
    assert isinstance(copy, openrlhf.RewardFunction)
    assert copy.scorer.spec == openrlhf.reward_func.scorer.spec


SCRIPT = """
import multiprocessing, pickle, sys
from concurrent.futures import ProcessPoolExecutor

if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        work = pickle.load(file)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        made = [pool.submit(function, **called).result(timeout=120) for function, called in work]
    with open(sys.argv[1], "wb") as file:
        pickle.dump(made, file)
"""


def test_workers_that_are_started_anew(tmp_path: Path) -> None:
    """As Ray and Windows start them: nothing is inherited."""
    # Classes of this test's own module are not to be found there.
    work = [REWARDS[name] for name in REWARDS if name != "ms-swift, own"]
    script, file = tmp_path / "run.py", tmp_path / "work.pickle"
    script.write_text(SCRIPT)
    file.write_bytes(pickle.dumps([(function, called) for function, called, _ in work]))
    subprocess.run([sys.executable, str(script), str(file)], check=True, timeout=300)
    made = pickle.loads(file.read_bytes())
    assert [numbers(x) for x in made] == [expected for _, _, expected in work]
