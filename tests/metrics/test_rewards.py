"""Rewards: the parts, their sum, and what is misuse."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import pairs
from hypothesis import example, given
from hypothesis import strategies as st

from medvie_reward import (
    Completion,
    Gold,
    GoldError,
    PredictionError,
    Spec,
    SpecError,
    reward,
    reward_group,
    score,
)
from medvie_reward.metrics._reward import longest_answer
from medvie_reward.spec._presets import PRESETS

GOLD = {"Name": "Li", "Age": "45", "Diagnosis": "anemia", "Indicators": []}


def written(answer: Any, think: str = "t") -> str:
    return (
        f"<think>{think}</think>\n<answer>\n```json\n{json.dumps(answer, ensure_ascii=False)}\n```\n</answer>"
    )


TABLE: list[tuple[str | None, str, tuple[float, float, float]]] = [
    # completion, preset, (score, format, matching)
    (written(GOLD), "paper", (2, 1, 1)),
    (written({"Name": "Li", "Age": "54"}), "paper", (1 + (1 / 2 + 1 / 3) / 2, 1, (1 / 2 + 1 / 3) / 2)),
    (json.dumps(GOLD), "paper", (1, 0, 1)),
    (written({}), "paper", (1, 1, 0)),
    (written({"Name": "", "Others": "x"}), "paper", (1, 1, 0)),
    ("<think></think><answer>broken {</answer>", "paper", (1, 1, 0)),
    ("", "paper", (0, 0, 0)),
    (None, "strict", (0, 0, 0)),
    (written(GOLD), "strict", (2, 1, 1)),
    (written(GOLD), "donut", (1, 1, 1)),
    (written({"Name": "Li", "Age": "54"}), "donut", (2 / 5, 1, 2 / 5)),
]


@pytest.mark.parametrize(("text", "preset", "expected"), TABLE, ids=range(len(TABLE)))
def test_parts(text: str | None, preset: str, expected: tuple[float, float, float]) -> None:
    """R = w_f r_format + r_matching, on cases computed by hand."""
    r = reward(text, GOLD, preset)
    assert (float(r), r.format, r.matching) == expected


@pytest.mark.parametrize(("alpha", "expected"), [(0.0, 1 / 3), (0.25, 0.375), (0.5, 5 / 12), (1.0, 1 / 2)])
def test_alpha(alpha: float, expected: float) -> None:
    """Alpha weighs precision against recall (arXiv 2506.13363, Eq. 6)."""
    assert reward(written({"Name": "Li", "Age": "54"}), GOLD, "paper", alpha=alpha).matching == pytest.approx(
        expected, abs=1e-15
    )


@pytest.mark.parametrize(
    ("preset", "matching"), [("paper", 0.0), ("strict", 1.0), ("donut", 1.0), ("smr-r1", 1.0)]
)
def test_both_empty(preset: str, matching: float) -> None:
    """Nothing in the gold and nothing said: the paper's formula gives 0, the others 1."""
    assert reward("<think>t</think><answer>{}</answer>", {"a": ""}, preset).matching == matching


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("text", ["", "nothing", "<answer></answer>", '{"a": '])
def test_no_answer_is_no_empty_answer(preset: str, text: str) -> None:
    """Where there is no answer nothing matches, not even an empty gold."""
    r = reward(text, {}, preset)
    assert (r.matching, r.precision, r.recall, r.f1, r.parsed) == (0, 0, 0, 0, False)


def test_as_dict_is_flat_and_always_the_same() -> None:
    """The same keys and only numbers, whatever the completion holds."""
    texts = [
        written(GOLD),
        "",
        "[" * 5000,
        '{"a": NaN}',
        "{" * 9,
        written([1]),
        written({"a": {"b": [None]}}),
    ]
    dicts = [reward(text, GOLD, preset).as_dict() for text in texts for preset in PRESETS]
    assert len({tuple(d) for d in dicts}) == 1
    assert {type(x) for d in dicts for x in d.values()} == {int, float, bool}
    first = reward(written({"Name": "Li", "Age": "54", "X": "y"}), GOLD, "strict").as_dict()
    answer = json.dumps({"Name": "Li", "Age": "54", "X": "y"})
    assert first == {
        "score": 1 + 1 / 3,
        "format": 1.0,
        "matching": 1 / 3,
        "precision": 1 / 3,
        "recall": 1 / 3,
        "f1": 1 / 3,
        "correct": 1,
        "wrong": 1,
        "missing": 1,
        "hallucinated": 1,
        "n_pred": 3,
        "n_gold": 3,
        "filled_blank": 0,
        "invented_field": 1,
        "invented_item": 0,
        "misplaced": 0,
        "ungrounded": 0,
        "critical": 0,
        "wrong_critical": 0,
        "hallucination_rate": 1 / 3,
        "omission_rate": 1 / 3,
        "status": 0,
        "parsed": True,
        "repaired": False,
        "answer_chars": len(answer) + len("\n```json\n\n```\n"),
        "limited": False,
    }


def test_group_equals_one_by_one() -> None:
    """A group of rollouts gets what each of them gets alone; a prepared gold gives the same."""
    texts = [written(GOLD), "", written({"Name": "Li"}), None, Completion.from_answer(GOLD)]
    one_by_one = [reward(text, GOLD, "paper", alpha=0.2) for text in texts]
    assert reward_group(texts, GOLD, "paper", alpha=0.2) == one_by_one
    assert reward_group(texts, Gold(GOLD, "paper", alpha=0.2)) == one_by_one
    assert reward_group(texts, json.dumps(GOLD), "paper", alpha=0.2) == one_by_one
    assert reward_group([], GOLD) == []


@examples(200)
@given(pair=pairs())
def test_reward_and_score_agree(pair: tuple[Any, Any]) -> None:
    """The reward's figures are those of score, for every preset."""
    pred, gold = pair
    for preset in PRESETS:
        r = reward(json.dumps(pred), gold, Spec.preset(preset).replace(answer="lenient"))
        s = score(pred, gold, preset)
        assert (r.precision, r.recall, r.f1) == (s.precision, s.recall, s.f1)
        assert (r.correct, r.missing, r.hallucinated) == (s.correct, s.missing, s.hallucinated)


@given(text=st.text(), gold=st.sampled_from([{}, GOLD, [], [{"a": [["x"]]}]]))
def test_range(text: str, gold: Any) -> None:
    """Whatever is written, the reward lies in [0, w_f + 1]."""
    for wrapped in (text, f"<think></think><answer>{text}</answer>"):
        assert 0 <= float(reward(wrapped, gold, format_weight=0.5)) <= 1.5


BAD_GOLD: list[tuple[Any, str]] = [
    ("{", "gold: expected JSON text: "),
    ("", "gold: expected JSON text: "),
    (b"\xff", "gold: expected UTF-8 text: "),
    ('{"a": NaN}', "gold: expected JSON text: "),
    ('{"a": 1, "a": 2}', "gold: expected JSON text: duplicate_member"),
    ("3", "gold: expected an object or a list, got int - at $"),
    (None, "gold: expected an object or a list, got NoneType - at $"),
    ({"a": [{2}]}, "gold: expected a JSON value, got set - at $.a[0]"),
    ("[" * 300 + "]" * 300, "too_deep"),
]


@pytest.mark.parametrize(("gold", "message"), BAD_GOLD, ids=range(len(BAD_GOLD)))
def test_bad_gold_is_named(gold: Any, message: str) -> None:
    """A gold that is none is an error, not a zero."""
    with pytest.raises(GoldError) as caught:
        reward(written({}), gold)
    assert message in str(caught.value)


def test_misuse() -> None:
    """Options that do not exist or contradict are errors."""
    with pytest.raises(SpecError, match="no spec field 'aplha'"):
        reward("", {}, aplha=1)  # type: ignore[call-arg]
    with pytest.raises(SpecError, match="brings its own spec"):
        reward("", Gold({}), "paper")
    with pytest.raises(PredictionError, match="list of messages, None or a Completion, got dict"):
        reward({"a": 1}, {})


def test_repair_costs() -> None:
    """A repaired answer is marked and charged; the reward never falls below 0."""
    text = '<think></think><answer>{"Name": "Li",}</answer>'
    assert reward(text, {"Name": "Li"}).matching == 0
    free, charged = (reward(text, {"Name": "Li"}, repair=True, repair_cost=cost) for cost in (0, 0.4))
    assert (free.matching, free.score, charged.score) == (1, 2, 1.6)
    assert charged.as_dict()["repaired"] is True
    assert reward("{a: 1}", {"b": 2}, repair=True, repair_cost=9).score == 0


@examples(500)
@given(
    value=st.recursive(
        st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(-(10**25), 10**25)
        | st.text(st.characters(exclude_categories=["Cs"]))
        | st.booleans()
        | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("a.\u00e9"), inner),
    ),
    chars=st.integers(0, 400),
)
@example(value=[1e-05, 1.2345678901234567e-05, 1e16], chars=len("[1e-05, 1.2345678901234567e-05, 1e+16]") + 1)
@example(value=["5.6"] * 40, chars=200)
def test_size_limit_is_that_of_the_gold_as_python_writes_it(value: Any, chars: int) -> None:
    """An answer of some length is read if and only if it is no longer than one of the two limits."""
    spec = Spec(max_chars=10, max_chars_per_gold_char=1)
    longest = max(10, len(json.dumps(value, ensure_ascii=False)))
    assert (chars <= longest_answer(spec, value, chars)) == (chars <= longest)


@pytest.mark.parametrize("preset", PRESETS)
def test_scoring_leaves_nothing_to_the_garbage_collector(preset: str) -> None:
    """What one document needed goes with it at once: a corpus does not wait for cycles to be found."""
    gold = {"L": [{"Item Name": f"i{n}", "Result": str(n)} for n in range(9)], "P": [{"L": [{"a": "1"}]}] * 3}
    pred = {"L": [{"Item Name": f"i{n}", "Result": "8"} for n in range(9)], "P": [{"L": [{"a": "2"}]}] * 4}
    calls: list[Callable[[], object]] = [lambda: reward(written(pred), gold, preset)]
    calls.append(lambda: score(pred, gold, preset))
    gc.disable()
    try:
        for call in calls:
            call()  # what is made once may be anything
            gc.collect()
            call()
            assert gc.collect() == 0
    finally:
        gc.enable()


def test_size_limit_grows_with_the_gold() -> None:
    """An answer past both limits is not read, and the longer the gold the more is read."""
    gold = {"a": "x" * 1000}
    answer = json.dumps({"a": "x" * 1000, "b": "y" * 4000})
    assert reward(answer, gold, max_chars=10).status == "ok"
    assert reward(answer, gold, max_chars=10, max_chars_per_gold_char=2).status == "too_large"


def test_detail() -> None:
    """A reward says what is wrong with its completion; the numbers that trainers log do not."""
    found = reward('{"a": "x\ty"}', {"a": "x"})
    assert found.detail == "line 1, column 9: a raw tab (U+0009) inside a string, where JSON has \\t"
    assert "detail" not in found.as_dict()
    assert reward('{"a": "x"}', {"a": "x"}).detail == ""
