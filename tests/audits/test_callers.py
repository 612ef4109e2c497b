"""How a reward function is found and called."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import ArgumentError, Spec, SpecError
from medvie_reward.audits import Audit, audit
from medvie_reward.audits._callers import Asked, SpecReward, caller_of, load_function, number_of
from medvie_reward.integrations import trl, verl

GOLD = '{"a": "b"}'


def new_verl(data_source: Any, solution_str: str, ground_truth: Any, extra_info: Any = None) -> Any:
    return {"score": 1.0, "seen": (data_source, solution_str, ground_truth, extra_info)}


def short_verl(solution_str: str, ground_truth: Any) -> Any:
    return solution_str, ground_truth


def batch_verl(data_sources: Any, solution_strs: Any, ground_truths: Any, extra_infos: Any) -> Any:
    return list(zip(data_sources, solution_strs, ground_truths, extra_infos, strict=True))


def with_column(completions: list[str], solution: list[Any]) -> Any:
    return list(zip(completions, solution, strict=True))


def with_columns(prompts: Any, completions: list[str], **columns: Any) -> Any:
    return [(text, columns["ground_truth"][n], columns["answer"][n]) for n, text in enumerate(completions)]


def plain(text: str, truth: Any) -> Any:
    return text, truth


def plain_with_more(text: str, truth: Any, strict: bool = True) -> Any:
    return text, truth


def any_two(*both: Any) -> Any:
    return both


class Object:
    """A reward that is an object."""

    def __call__(self, completion: str, gold: Any) -> Any:
        return completion, gold


ROW = {"index": 0, "split": "train"}


@pytest.mark.parametrize(
    ("function", "signature", "made"),
    [
        (new_verl, "verl", {"score": 1.0, "seen": ("medvie/audit", "x", GOLD, ROW)}),
        (short_verl, "verl", ("x", GOLD)),
        (batch_verl, "verl-batch", ("medvie/audit", "x", GOLD, ROW)),
        (with_column, "trl", ("x", GOLD)),
        (with_columns, "trl", ("x", GOLD, GOLD)),
        (plain, "plain", ("x", {"a": "b"})),
        (plain_with_more, "plain", ("x", {"a": "b"})),
        (any_two, "plain", ("x", {"a": "b"})),
        (Object(), "plain", ("x", {"a": "b"})),
    ],
)
def test_signatures(function: Any, signature: str, made: Any) -> None:
    """What a function of each signature is called with."""
    caller = caller_of(function)
    assert caller.signature == signature
    assert caller.one("x", GOLD) == made
    assert caller.batch([Asked("x", GOLD), Asked("x", GOLD)])[0] == made


def none(completion: str) -> float:
    return 0.0


def three(a: str, b: str, c: str) -> float:
    return 0.0


def no_gold(completions: list[str]) -> list[float]:
    return []


def named_only(*, completion: str, gold: str) -> float:
    return 0.0


async def later(completion: str, gold: str) -> float:
    return 0.0


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (none, r"reward: none has the parameters \(completion\): expected verl's"),
        (three, r"reward: three has the parameters \(a, b, c\): expected verl's"),
        (no_gold, r"reward: no_gold has the parameters \(completions\): expected"),
        (named_only, r"reward: named_only has the parameters \(completion, gold\): expected"),
        (later, "reward: later is asynchronous: expected a function that returns its numbers"),
        (Object, "reward: expected a function, Object is a class"),
        (7, "reward: expected a function, int is a int"),
        ("nowhere_at_all:f", r"reward: 'nowhere_at_all' cannot be imported \(ModuleNotFoundError"),
        ("json:no_such", "reward: json has no 'no_such': expected module:function"),
        ("json:", "reward: expected module:function, got 'json:'"),
    ],
)
def test_what_is_no_reward(function: Any, said: str) -> None:
    """A named error that says what was expected."""
    with pytest.raises(ArgumentError, match=said):
        caller_of(function)


def test_no_such_preset() -> None:
    """A text without a colon names a preset."""
    with pytest.raises(SpecError, match="clinicla"):
        caller_of("clinicla")


def test_specs_that_read_other_completions() -> None:
    """Tool calls and other think tags are errors; what a prompt opened is opened in the completion."""
    spec = Spec.preset("strict")
    with pytest.raises(ArgumentError, match="expected a spec without tool calls"):
        caller_of(spec.replace(answer="tool_call"))
    with pytest.raises(ArgumentError, match="expected a spec with it among its tags, got <seed>"):
        caller_of(spec.replace(think_tags=("<seed></seed>",)))
    assert few(spec.replace(prefilled=True)).gold == 2.0


def test_a_module_beside_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules of the working directory are found; members of members too."""
    (tmp_path / "my_own_rewards.py").write_text(
        "class A:\n    @staticmethod\n    def f(text, gold): return 0.25\n"
    )
    monkeypatch.chdir(tmp_path)
    assert load_function("my_own_rewards:A.f")("x", "y") == 0.25


@pytest.mark.parametrize(
    ("made", "expected"), [(1, 1.0), (True, 1.0), ({"score": 0.5}, 0.5), (Spec().alpha, 0.5)]
)
def test_numbers(made: Any, expected: float) -> None:
    """A number, or verl's dict."""
    assert number_of(made) == expected


@pytest.mark.parametrize("made", [None, "0.5", b"1", {"reward": 1.0}, [1.0, 2.0], object()])
def test_no_numbers(made: Any) -> None:
    """Anything else is none, a text that looks like one as well."""
    with pytest.raises((TypeError, ValueError, KeyError)):
        number_of(made)


def test_too_few_numbers() -> None:
    """A batch has a number for each completion."""
    with pytest.raises(ValueError, match="gave 1 numbers for 2 completions"):
        caller_of(lambda completions, gold: [1.0]).batch([Asked("x", GOLD)] * 2)


def test_the_reward_of_a_spec_pickles() -> None:
    """With its spec, without the gold documents that it prepared."""
    first = SpecReward(Spec.preset("strict"))
    assert first('<answer>{"a": "b"}</answer>', GOLD) == 1.0
    again = pickle.loads(pickle.dumps(first))
    assert again.spec == first.spec
    assert again('<answer>{"a": "b"}</answer>', GOLD) == 1.0


def few(reward: Any, **settings: Any) -> Audit:
    rows = [{"n": "Na", "r": "140"}, {"n": "K", "r": "4.1"}, {"n": "Cl", "r": "99"}]
    golds = [{"Name": "Li", "Rows": rows}, {"Name": "Wu", "Rows": rows[:2]}]
    return audit(reward, golds, only=("order", "blanks", "leak", "in-a-batch"), **settings)


@pytest.mark.parametrize(
    ("reward", "signature"), [(verl.reward_fn, "verl"), (trl.reward_fn, "trl"), ("strict", "spec")]
)
def test_our_hooks_pass(reward: Any, signature: str) -> None:
    """The hooks are called as their trainers call them, and what else a row holds changes nothing."""
    found = few(reward)
    assert (found.signature, found.failures, found.form, found.gold_as) == (signature, (), "think", "text")
    applies = {one.attack for one in found.verdicts if one.verdict == "pass"}
    assert ("row-has-hints" in applies) == (signature != "spec")
    assert ("in-a-batch" in applies) == (signature == "trl")


def reads_extra(data_source: Any, solution_str: str, ground_truth: str, extra_info: Any) -> float:
    found = verl.reward_fn(data_source, solution_str, ground_truth, {})
    return float(found["score"]) + 0.5 * ("answer" in extra_info)


def mean_of_batch(completions: list[str], ground_truth: list[str]) -> list[float]:
    made = trl.reward_fn(completions, ground_truth=ground_truth)
    return [x - sum(made) / len(made) / 10 for x in made]


@pytest.mark.parametrize(
    ("reward", "attack"), [(reads_extra, "row-has-hints"), (mean_of_batch, "in-a-batch")]
)
def test_trainers_own_defects(reward: Any, attack: str) -> None:
    """A reward that reads more of its row, and one that looks at its neighbours."""
    assert [one.attack for one in few(reward).failures] == [attack]
