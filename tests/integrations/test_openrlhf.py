"""The hook as OpenRLHF 0.11 calls it, without OpenRLHF; tensors are made by a stand-in for torch."""

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

from medvie_reward import SpecError, reward
from medvie_reward.integrations import openrlhf
from medvie_reward.integrations.envelope import envelope_of
from medvie_reward.integrations.samples import KEYS, Scorer

ROOT = Path(__file__).parents[2]
ASK = 'Write <think></think><answer>{"Name": ""}</answer>.<|im_end|>\n<|im_start|>assistant\n'
PROMPT = "<|im_start|>user\n" + ASK
END = "<|im_end|>"
GARBAGE = [*hooks.GARBAGE, *["<|im_end|>" * 100_000]]


class Tensor(list[float]):
    """What stands in for a tensor: the list it was made of."""


def measure(query: Any, prompt: Any = PROMPT, label: Any = RIGHT) -> dict[str, Any]:
    return openrlhf.measure(Scorer(), [query], [prompt], [label])[0]


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a module with ``tensor`` where torch is imported from."""
    module = ModuleType("torch")
    monkeypatch.setattr(module, "tensor", Tensor, raising=False)
    monkeypatch.setitem(sys.modules, "torch", module)


@pytest.mark.usefixtures("torch")
def test_the_rewards_are_those_of_the_package() -> None:
    """Tensors of one number per sample; the maximum for the gold itself; components under their own names."""
    texts = [wrapped(RIGHT), wrapped(WRONG), "nothing"]
    made = openrlhf.reward_func([PROMPT + text + END for text in texts], [PROMPT] * 3, [RIGHT] * 3)
    found = [reward(text, GOLD) for text in texts]
    assert set(made) == {"rewards", "scores", "extra_logs"}
    assert made["rewards"] == made["scores"] == [x.score for x in found]
    assert made["rewards"][0] == 2.0
    logs = made["extra_logs"]
    assert set(logs) == {f"medvie/{key}" for key in (*KEYS, "no_prompt") if key not in ("score", "status")}
    assert logs["medvie/f1"] == [x.f1 for x in found]
    assert all(type(x) is Tensor for x in (made["rewards"], made["scores"], *logs.values()))


@pytest.mark.usefixtures("torch")
def test_settings_hold_and_wrong_ones_raise() -> None:
    """A function with other settings is made in the user's own file."""
    function = openrlhf.make_reward_func("strict", alpha=0.25)
    made = function([PROMPT + wrapped(WRONG)], [PROMPT], [RIGHT])
    assert made["rewards"] == [reward(wrapped(WRONG), GOLD, "strict", alpha=0.25).score]
    with pytest.raises(SpecError):
        openrlhf.make_reward_func(aplha=1)


PAD = "<|image_pad|>"
PADS = PAD * 12
SEEN = "<|im_start|>user\n<|vision_start|>IMAGE<|vision_end|>" + ASK
TWO = "<|im_start|>user\nIMAGEaIMAGEb" + ASK
CUTS: list[tuple[str, Any, Any, str | None, bool]] = [
    ("prefix", PROMPT + "out", PROMPT, "out", True),
    ("end of text", PROMPT + "out<|im_end|>", PROMPT, "out", True),
    ("ends of text", PROMPT + "out</s><|endoftext|>\n<|endoftext|> <eos><pad>", PROMPT, "out", True),
    ("other models' ends", PROMPT + "out<end_of_turn><｜end▁of▁sentence｜>", PROMPT, "out", True),
    ("an end inside stays", PROMPT + "o<|im_end|>ut", PROMPT, "o<|im_end|>ut", True),
    ("markup is no end", PROMPT + "<answer>{}</answer>", PROMPT, "<answer>{}</answer>", True),
    ("nothing written", PROMPT, PROMPT, "", True),
    ("no prompt", "out", "", "out", True),
    ("beginning lost", PROMPT[10:] + "out<|im_end|>", PROMPT, "out", True),
    (
        "image has grown",
        SEEN.replace("IMAGE", PADS) + "out<|im_end|>",
        SEEN.replace("IMAGE", PAD),
        "out",
        True,
    ),
    ("two images", TWO.replace("IMAGE", PADS) + "out", TWO.replace("IMAGE", PAD), "out", True),
    ("prompt said again", PROMPT[10:] + f"a{ASK}b", PROMPT, f"a{ASK}b", True),
    ("rewritten at its beginning", "e\u0301" + PROMPT + "out", "\u00e9" + PROMPT, "out", True),
    ("not there", "out", PROMPT, "out", False),
    ("hardly there", "nt\nout", PROMPT, "nt\nout", False),
    ("prompt is no text", "out", None, "out", False),
    ("query is no text", None, PROMPT, None, False),
]


@pytest.mark.parametrize(
    ("query", "prompt", "text", "found"), [x[1:] for x in CUTS], ids=[x[0] for x in CUTS]
)
def test_the_response_is_cut_out(query: Any, prompt: Any, text: str | None, found: bool) -> None:
    """What stands behind the longest end of the prompt that is there, without the tokens that end it."""
    assert openrlhf.cut_prompt(query, prompt) == (text, found)


def test_the_prompts_own_example_is_no_answer() -> None:
    """The skeleton in the prompt earns nothing, also where the prompt was cut."""
    label = '{"Name": ""}'
    for query in (PROMPT, PROMPT[10:]):
        made = measure(query, PROMPT, label)
        assert (made["score"], made["no_answer"], made["no_prompt"]) == (0.0, 1, 0)


def test_a_query_without_its_prompt_is_the_response() -> None:
    """Then all of it is scored, and counted."""
    made = measure(wrapped(RIGHT))
    assert (made["score"], made["no_prompt"]) == (2.0, 1)


@given(prompt=st.text(min_size=8), text=st.text(alphabet=st.characters(exclude_characters="<>")))
def test_a_prompt_in_front_is_cut(prompt: str, text: str) -> None:
    """Whatever the prompt and the response are, what is left is the response up to white space behind it."""
    assert openrlhf.cut_prompt(prompt + text + END, prompt) == (text.rstrip(), True)


@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
@pytest.mark.parametrize(
    "prompt", [PROMPT, PROMPT[5:] + "x", None], ids=["prompt", "other prompt", "no prompt"]
)
def test_garbage_gives_finite_numbers(text: str, prompt: str | None) -> None:
    """Whatever a policy writes is scored, and earns nothing for its answer."""
    made = measure((prompt or "") + text, prompt)
    assert made["score"] == 0.0
    assert all(math.isfinite(x) for x in made.values())


@given(query=st.text() | st.none(), prompt=st.text() | st.none(), label=st.text() | st.none())
def test_no_text_raises(query: str | None, prompt: str | None, label: str | None) -> None:
    """Any query, prompt and label have a finite reward in range."""
    assert 0 <= measure(query, prompt, label)["score"] <= 2


@pytest.mark.parametrize("label", ['{"a": ', "", None, 5], ids=repr)
def test_a_bad_gold_is_counted_and_scores_zero(label: Any) -> None:
    """OpenRLHF would go on without a reward if this raised."""
    made = measure(PROMPT + wrapped(RIGHT), label=label)
    assert (made["score"], made["bad_gold"]) == (0.0, 1)


def test_a_label_may_be_an_envelope() -> None:
    """Source text and spec of a row are used."""
    label = envelope_of(RIGHT, {"source_text": "Li Wei K 5.60", "spec": '{"alpha": 0.25}'})
    made = measure(PROMPT + wrapped(WRONG), label=label)
    assert made["score"] == reward(wrapped(WRONG), GOLD, alpha=0.25).score
    assert made["ungrounded"] == 2


def test_an_empty_batch() -> None:
    """Nothing in, nothing out."""
    assert openrlhf.pack([], Tensor) == {"rewards": [], "scores": [], "extra_logs": {}}


def test_a_training_row_becomes_openrlhfs_columns() -> None:
    """The prompt stays a chat, the label is an envelope, images are bytes or paths."""
    row = {
        "data_source": "medvie/blood test",
        "prompt": [{"role": "user", "content": "<image>\nRead."}],
        "images": [{"bytes": b"x", "path": None}],
        "reward_model": {"style": "rule", "ground_truth": RIGHT},
        "extra_info": {"index": 3},
    }
    assert openrlhf.to_row(row) == {
        "prompt": [{"role": "user", "content": "<image>\nRead."}],
        "label": envelope_of(RIGHT, {"index": 3}),
        "images": [b"x"],
        "datasource": "medvie/blood test",
    }


def test_the_file_exports_the_packaged_function() -> None:
    """The path of a file gives the very same function."""
    spec = importlib.util.spec_from_file_location(
        "reward_func", ROOT / "integrations" / "openrlhf" / "reward_fn.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.reward_func is openrlhf.reward_func
