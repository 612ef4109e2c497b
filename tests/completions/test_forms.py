"""Forms: thinking that the prompt opened, thinking before bare JSON, and thoughts in other tags."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Spec, evaluate, parse_completion, reward, reward_group
from medvie_reward.completions import form_hint, likely_form, prompt_prefills
from medvie_reward.corpus import Totals, evaluation_of, score_document
from medvie_reward.errors import InputWarning
from medvie_reward.reports import print_evaluation
from medvie_reward.spec import Format

J = '{"a": "b"}'
GOLD = {"a": "b"}

THINK_JSON = [
    (f"<think>x</think>{J}", True),
    (f" <think>x</think>\n\n{J}\n", True),
    (f"<think>x</think>\n```json\n{J}\n```", True),
    (f"<think>x</think>```{J}```\n", True),
    (f"<think>x</think>\n```JSON\n[{J}]\n```", True),
    (f"<think>x {{}} ```json\n{{}}\n```</think>{J}", True),
    (f"<think>x</think>So: {J}", False),
    (f"<think>x</think>{J}.", False),
    (f"<think>x</think>```json\nso: {J}\n```", False),
    (f"<think>x</think>```json\n{J}\n```\n```json\n{J}\n```", False),
    (f"<think>x</think>```python\n{J}\n```", False),
    ("<think>x</think>7", False),
    ('<think>x</think>{"a": ', False),
    ("<think>x</think>", False),
    (f"<think>x</think><answer>{J}</answer>", False),
    (f"<think>x</think><think>x</think>{J}", False),
    (f"x</think>{J}", False),
    (J, False),
]


@pytest.mark.parametrize(("text", "ok"), THINK_JSON)
def test_think_json(text: str, ok: bool) -> None:
    """One think part, then a JSON object or list, bare or in one fence, and nothing else."""
    assert parse_completion(text, format="think_json").format_ok is ok


PREFILLED = [
    (f"x</think><answer>{J}</answer>", "think", True),
    (f"\nx\n</think>\n\n<answer>{J}</answer>\n", "think", True),
    (f"x</think>{J}", "think_json", True),
    (f"x</think>```json\n{J}\n```", "think_json", True),
    (f"<think>x</think><answer>{J}</answer>", "think", False),
    (f"x</think>{J}", "think", False),
    (f"x</think></think><answer>{J}</answer>", "think", False),
    (f"<answer>{J}</answer>", "think", False),
]


@pytest.mark.parametrize(("text", "form", "ok"), PREFILLED)
def test_prefilled(text: str, form: Format, ok: bool) -> None:
    """A completion that begins in the think part is well formed where the prompt opened it."""
    assert parse_completion(text, format=form, prefilled=True).format_ok is ok
    if ok:
        assert parse_completion(text, format=form, prefilled=True).answer == GOLD
        assert reward(text, GOLD, format=form, prefilled=True).score == 2.0
        assert reward(text, GOLD, format=form).format == 0.0
        assert reward(text, GOLD, format=form, prompt="Read.\n<think>\n").score == 2.0
        assert reward(text, GOLD, format=form, prompt="Read. <think></think>").format == 0.0


def test_thoughts_that_never_end() -> None:
    """JSON in a think part that the prompt opened and the model did not close is no answer."""
    read = parse_completion(f"I see {J}", prefilled=True)
    assert (read.status, read.detail) == ("no_answer", "the think part never ends")


pieces = st.sampled_from(
    ["<think>", "</think>", "<answer>", "</answer>", J, "x", "\n", "```json\n", "```", "{}"]
)


@given(st.lists(pieces, max_size=10).map("".join), st.sampled_from(["think", "answer", "think_json"]))
def test_prefilled_is_the_tag(text: str, form: Format) -> None:
    """Prefilled reads a text as the same text with the tag before it."""
    assert parse_completion(text, format=form, prefilled=True) == parse_completion(
        f"<think>{text}", format=form
    )


TAGS = {
    "<thinking>": ("<thinking>", "</thinking>"),
    "<seed:think>": ("<seed:think>", "</seed:think>"),
    "◁think▷": ("◁think▷", "◁/think▷"),
    "[THINK]": ("[THINK]", "[/THINK]"),
    "<|begin_of_thought|>": ("<|begin_of_thought|>", "<|end_of_thought|>"),
    "<reasoning>": ("<reasoning>", "</reasoning>"),
    "<|channel|>analysis": (
        "<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>",
    ),
    "(( ))": ("((", "))"),
}


@pytest.mark.parametrize("tag", TAGS)
def test_other_think_tags(tag: str) -> None:
    """What stands in the tags that the spec names is thought, whatever it holds."""
    opening, closing = TAGS[tag]
    thought = f'{opening}a {{"a": "c"}}, so {{{closing}'
    cases: tuple[tuple[str, Format], ...] = (
        (f"{thought}{J}", "think_json"),
        (f"{thought}<answer>{J}</answer>", "think"),
    )
    for text, form in cases:
        read = parse_completion(text, format=form, think_tags=(tag,))
        assert (read.answer, read.format_ok) == (GOLD, True)
        rest = text.removeprefix(opening)
        read = parse_completion(rest, format=form, think_tags=("<think>", tag), prefilled=True)
        assert (read.answer, read.format_ok) == (GOLD, True)


def test_channels() -> None:
    """The token that ends the message belongs to the form of channels."""
    text = "<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>commentary<|message|>{}"
    text += f"<|start|>assistant<|channel|>final<|message|>{J}<|return|>"
    read = parse_completion(text, format="think_json", think_tags=("<|channel|>analysis",))
    assert (read.answer, read.format_ok) == (GOLD, True)


def test_a_kind_of_tag_closes_its_own() -> None:
    """Of two kinds of tags, each think part ends with its own; the form takes no mixture."""
    tags = ("<think>", "<thinking>")
    text = f'<thinking>a </think>{{"a": "c"}}</thinking>{J}'
    assert parse_completion(text, think_tags=tags).answer == GOLD
    assert not parse_completion(f"<think>a</thinking>{J}", format="think_json", think_tags=tags).format_ok


PROMPTS: list[tuple[Any, bool]] = [
    ("<|im_start|>assistant\n<think>\n", True),
    ("… <think>", True),
    ("First think inside <think></think>.<|im_start|>assistant\n", False),
    ("<|im_start|>assistant\n<think>\n\n</think>\n\n", False),
    ("Write your thoughts behind <think> first.\nassistant:", False),
    ("", False),
    ([{"role": "user", "content": "x"}, {"role": "assistant", "content": "<think>\n"}], True),
    ([{"role": "assistant", "content": [{"type": "text", "text": "<think>"}]}], True),
    ([{"role": "user", "content": "<think>"}], False),
    ([], False),
    (None, False),
    (7, False),
]


@pytest.mark.parametrize(("prompt", "prefills"), PROMPTS)
def test_prompt_prefills(prompt: Any, prefills: bool) -> None:
    """The end of a prompt tells whether the completion begins in the think part."""
    assert prompt_prefills(prompt) is prefills


def test_prompt_with_other_tags() -> None:
    """The tags are those of the spec."""
    assert prompt_prefills("a\n<thinking>", "<thinking>")
    assert not prompt_prefills("a\n<thinking>")
    assert prompt_prefills("[THINK]", ("<think>", "[THINK]"))
    spec = Spec.preset("clinical").replace(think_tags=("<thinking>",), format="think_json")
    assert [r.format for r in reward_group([f"x</thinking>{J}"], GOLD, spec, prompt="p <thinking>")] == [1.0]


json_objects = st.dictionaries(
    st.text('ab<>/`{}"\\é\n', max_size=4), st.text('ab<>/`{}"\\é\n', max_size=6), max_size=3
)


@given(json_objects, st.text('ab{}[]"` \n', max_size=12))
def test_forms_agree_on_the_answer(value: dict[str, str], thought: str) -> None:
    """Every form of one answer reads to the same."""
    text = json.dumps(value).replace("<", "\\u003c").replace("`", "\\u0060")
    for completion, options in (
        (f"<think>{thought}</think>{text}", {"format": "think_json"}),
        (f"{thought}</think>\n{text}", {"format": "think_json", "prefilled": True}),
        (f"{thought}</think>```json\n{text}\n```", {"format": "think_json", "prefilled": True}),
        (f"{thought}</think><answer>{text}</answer>", {"format": "think", "prefilled": True}),
        (f"<a>{thought}</a><answer>{text}</answer>", {"format": "think", "think_tags": ("<a>",)}),
    ):
        read = parse_completion(completion, **options)
        assert (read.answer, read.format_ok) == (value, True)


HINTS: list[tuple[str, dict[str, Any], str]] = [
    (f"x</think><answer>{J}</answer>", {}, "prefilled=True"),
    (f"<answer>{J}</answer>", {}, "format='answer'"),
    (f"<think>x</think>\n{J}", {}, "format='think_json'"),
    (J, {}, "format='json'"),
    (f"x</think>\n```json\n{J}\n```", {}, "format='think_json', prefilled=True"),
    (f"<think>x</think><answer>{J}</answer>", {"format": "json"}, "format='think'"),
    (f"x</think><answer>{J}</answer>", {"format": "json"}, "format='think', prefilled=True"),
    (f"<think>x</think><answer>{J}</answer>", {"prefilled": True}, "prefilled=False"),
    (f"<think>x</think><answer>{J}</answer><|im_end|>", {}, "'<|im_end|>' cut off their ends"),
    (f"<think>x</think><answer>{J}</answer></s>", {}, "'</s>' cut off their ends"),
    (f"<think>x</think>{J}<end_of_turn>\n", {}, "format='think_json' and '<end_of_turn>' cut off their ends"),
    (f"x</thinking>{J}", {}, "think_tags=('<thinking>',), format='think_json', prefilled=True"),
    (f"x</thinking><answer>{J}</answer>", {}, "think_tags=('<thinking>',), prefilled=True"),
    (f"<thinking>x</thinking><answer>{J}</answer>", {}, "think_tags=('<thinking>',)"),
    (f"◁think▷x◁/think▷{J}", {}, "think_tags=('◁think▷',), format='think_json'"),
    (f"So: {J}", {}, ""),
    ("", {}, ""),
]


@pytest.mark.parametrize(("text", "options", "named"), HINTS)
def test_likely_form(text: str, options: dict[str, Any], named: str) -> None:
    """The setting that is named is one under which the text is well formed."""
    found = likely_form(text, Spec(**options))
    assert found.startswith(named)
    assert bool(found) == bool(named)


def test_a_run_without_form_is_said() -> None:
    """Where none of 20 completions is well formed, the evaluation and a warning say what to change."""
    texts = [f"x</think><answer>{J}</answer>"] * 19 + ["nothing"]
    hint = "none of 20 completions is well formed under format='think': r_format is 0 for all of them; "
    hint += "19 would be with prefilled=True"
    found = evaluate(texts, [GOLD] * 20)
    assert found.form_hint == hint
    assert found.as_dict()["form_hint"] == hint
    written = io.StringIO()
    print_evaluation(found, written)
    assert f"Hint      {hint}\n" in written.getvalue()
    with pytest.warns(InputWarning, match="19 would be with prefilled=True"):
        reward_group(texts, GOLD)


def test_nothing_is_said_of_few_of_some_and_where_form_is_worth_nothing() -> None:
    """Few completions, one that is well formed, or a spec without a weight for form: no hint, no warning."""
    bad, good = f"x</think><answer>{J}</answer>", f"<think>x</think><answer>{J}</answer>"
    for texts, spec in (([bad] * 19, "strict"), ([bad] * 19 + [good], "strict"), ([bad] * 20, "donut")):
        found = evaluate(texts, [GOLD] * len(texts), spec)
        assert found.form_hint == ""
        assert "form_hint" not in found.as_dict()
        assert len(reward_group(texts, GOLD, spec)) == len(texts)
    assert evaluate([bad] * 20, [GOLD] * 20, format="json").form_hint.endswith(
        "format='think', prefilled=True"
    )
    assert form_hint({}, 20, Spec()).endswith("r_format is 0 for all of them")
    assert form_hint({"prefilled=True": 20}, 20, Spec(prefilled=True, think_tags=("<a>",))).startswith(
        "none of 20 completions is well formed under format='think', prefilled=True, think_tags=('<a>',): "
    )


def test_totals_add_forms_up() -> None:
    """Sums of parts of a corpus give the hint of the whole."""
    text = f"x</think><answer>{J}</answer>"
    one, other = Totals(), Totals()
    for totals in (one, other):
        for _ in range(10):
            totals.add(score_document(text, GOLD, Spec(), "d", "g"))
    one.merge(other)
    found = evaluation_of(one, Spec())
    assert found.form_hint.endswith("20 would be with prefilled=True")
    assert found.groups["g"].form_hint == found.form_hint


UNREADABLE = ["", "nothing found", '{"a": "x"', '{"a": NaN}', "{'a': 1}", '{"a": "\\ud800"}', "[" * 200]


@pytest.mark.parametrize("answer", UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_form_that_needs_an_answer(answer: str) -> None:
    """Tags around what cannot be read are the form where tags are all that counts, and nowhere else."""
    text = f"<think>x</think><answer>{answer}</answer>"
    tags, needed = (reward(text, GOLD, format_needs_answer=on) for on in (False, True))
    assert (tags.format, tags.matching, tags.parsed) == (1.0, 0.0, False)
    assert (needed.format, needed.score) == (0.0, 0.0)
    assert tags.status == needed.status
    presets = {name: reward(text, GOLD, name).format for name in ("clinical", "strict", "paper")}
    assert presets == {"clinical": 0.0, "strict": 1.0, "paper": 1.0}


@pytest.mark.parametrize(
    "answer", [J, "[]", "{}", "7", f"```json\n{J}\n```", f"It is {J}", '{"a": 1, "a": 2}']
)
def test_a_form_with_an_answer(answer: str) -> None:
    """An answer that can be read is well formed with and without the demand, right or wrong."""
    text = f"<think>x</think><answer>{answer}</answer>"
    assert [reward(text, GOLD, format_needs_answer=on).format for on in (False, True)] == [1.0, 1.0]


def test_what_is_said_of_a_run_that_cannot_be_read() -> None:
    """The hint names the answer, not the form, which is right."""
    text = f"<think>x</think><answer>{J[:-1]}</answer>"
    spec = Spec.preset("clinical")
    assert likely_form(text, spec) == "an answer that can be read"
    assert likely_form(text, Spec()) == ""
    assert form_hint({"an answer that can be read": 20}, 20, spec) == (
        "none of 20 completions is well formed under format='think': r_format is 0 for all of them; "
        "20 would be with an answer that can be read"
    )
