"""Rows as tables keep them: golds in lists, cells of any type, ``extra_info`` as text; and what is logged."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from helpers.hooks import GOLD, RIGHT, WRONG, wrapped

from medvie_reward import SpecError, reward
from medvie_reward.integrations import easyr1, ms_swift, openrlhf, trl, verl
from medvie_reward.integrations._log import MOST_KINDS
from medvie_reward.integrations.samples import Scorer

Hook = Callable[[Any, Any, Any], float]


def ask_openrlhf(text: Any, gold: Any, _: Any) -> float:
    return float(openrlhf.measure(Scorer(), [f"question{text}"], ["question"], [gold])[0]["score"])


HOOKS: dict[str, Hook] = {
    "verl": lambda text, gold, extra: verl.reward_fn("d", text, gold, extra)["score"],
    "verl batch": lambda text, gold, extra: verl.reward_fn(
        data_sources=np.array(["d"]), solution_strs=[text], ground_truths=[gold], extra_infos=[extra]
    )[0]["score"],
    "trl": lambda text, gold, extra: trl.make_reward_fn()([text], ground_truth=[gold], extra_info=[extra])[0],
    "trl reward_model": lambda text, gold, extra: trl.make_reward_fn()(
        [text], reward_model=[{"style": "rule", "ground_truth": gold}], extra_info=[extra]
    )[0],
    "ms_swift": lambda text, gold, extra: ms_swift.MedvieReward()(
        [text], ground_truth=[gold], extra_info=[extra]
    )[0],
    "easyr1": lambda text, gold, _: easyr1.compute_score([{"response": text, "ground_truth": gold}])[0][
        "overall"
    ],
    "openrlhf": ask_openrlhf,
}
LISTED: list[Any] = [
    [RIGHT],
    (RIGHT,),
    [RIGHT.encode()],
    [[RIGHT]],
    np.array([RIGHT]),
    np.array([RIGHT], object),
    np.array([[RIGHT]]),
    np.array(RIGHT),
    np.array(GOLD, object),
    json.dumps([RIGHT]),
    pd.Series([RIGHT]),
    pa.array([RIGHT]),
    "\ufeff" + RIGHT,
]


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
@pytest.mark.parametrize("gold", LISTED, ids=range(len(LISTED)))
def test_a_list_that_holds_one_json_text(hook: Hook, gold: Any) -> None:
    """Question-answering tables keep their golds in lists."""
    assert hook(wrapped(RIGHT), gold, None) == 2.0


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
@pytest.mark.parametrize(
    "gold",
    [
        {"ground_truth": RIGHT},
        {"style": "rule", "ground_truth": GOLD},
        {"gt_parse": GOLD},
        json.dumps({"style": "rule", "ground_truth": RIGHT}),
        json.dumps({"gt_parse": GOLD, "meta": {"split": "train"}}),
    ],
    ids=range(5),
)
def test_an_object_around_the_gold(hook: Hook, gold: Any) -> None:
    """A column that holds the gold in verl's or Donut's object is no document with one field."""
    assert hook(wrapped(RIGHT), gold, None) == 2.0


def test_documents_with_a_field_called_ground_truth() -> None:
    for gold in ({"ground_truth": "yes"}, {"ground_truth": {"N": "a"}, "Name": "Li"}):
        assert Scorer().measure(wrapped(json.dumps(gold)), gold)["f1"] == 1.0


@pytest.mark.parametrize(
    "gold", [[RIGHT, WRONG], np.array([RIGHT, "[]"]), json.dumps([RIGHT, RIGHT])], ids=range(3)
)
def test_a_list_of_several_json_texts(gold: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Which one counts is not for us to guess."""
    made = Scorer().measure(wrapped(RIGHT), gold)
    assert made["bad_gold"] == 1
    assert "expected one document, got a list of 2 JSON texts" in caplog.text


@pytest.mark.parametrize("gold", [["K", "Na"], ["K"], [GOLD], ["{K"], [[1]]], ids=str)
def test_a_gold_that_is_a_list_stays_one(gold: Any) -> None:
    """Lists of words, of objects and of lists are golds."""
    text = wrapped(json.dumps(gold))
    assert Scorer().measure(text, gold)["f1"] == Scorer().measure(text, json.dumps(gold))["f1"] == 1.0


CELLS: list[tuple[Any, Any]] = [
    (pd.Timestamp("2024-03-01"), "2024-03-01"),
    (pd.Timestamp("2024-03-01 07:05"), "2024-03-01T07:05:00"),
    (date(2024, 3, 1), "2024-03-01"),
    (pd.NaT, None),
    (Decimal("5.60"), 5.6),
    (np.float32(0.1), 0.1),
    (np.array([0.1, 0.7], np.float32), [0.1, 0.7]),
    (10**30, 10**30),
    ({1: "a"}, {"1": "a"}),
]


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
@pytest.mark.parametrize(
    ("cell", "value"), CELLS, ids=[type(x[0]).__name__ + str(n) for n, x in enumerate(CELLS)]
)
def test_cells_of_any_type(hook: Hook, cell: Any, value: Any) -> None:
    """What a table holds counts as the JSON value that stands for it."""
    gold = {"Name": "Li", "rows": [{"Item Name": "K", "a": cell}]}
    text = wrapped(json.dumps({"Name": "Li", "rows": [{"Item Name": "K", "a": value}]}))
    assert hook(text, gold, None) == 2.0


def test_what_no_json_value_stands_for(caplog: pytest.LogCaptureFixture) -> None:
    """It is named with type and path, each kind once, however many rows there are."""
    scorer = Scorer()
    bad = [{"rows": [{"a": cell}]} for cell in ({1}, 1j, b"x", float("nan"))]
    made = [scorer.measure(wrapped(RIGHT), bad[n % 4], {"index": n}) for n in range(40)]
    assert [x["bad_gold"] for x in made] == [1] * 40
    assert [x.getMessage().split(";")[0] for x in caplog.records] == [
        "sample index=0: gold: expected a JSON value, got set - at $.rows[0].a",
        "sample index=1: gold: expected a JSON value, got complex - at $.rows[0].a",
        "sample index=2: gold: expected a JSON value, got bytes - at $.rows[0].a",
        "sample index=3: gold: expected a finite number, got nan - at $.rows[0].a",
    ]


SPEC = {"spec": '{"format_weight": 0.25}', "index": 7}
EXTRAS: list[Any] = [
    SPEC,
    json.dumps(SPEC),
    json.dumps(SPEC).encode(),
    np.str_(json.dumps(SPEC)),
    np.array(SPEC, object),
    np.array([SPEC], object),
    np.array([json.dumps(SPEC)]),
    [SPEC],
    [("spec", SPEC["spec"]), ("index", 7)],
    {"spec": np.array({"format_weight": 0.25}, object)},
    {"spec": {"format_weight": np.float32(0.25)}},
    pa.scalar(SPEC),
    pd.Series(SPEC, dtype=object),
]


@pytest.mark.parametrize("hook", ["verl", "verl batch", "trl", "trl reward_model", "ms_swift"])
@pytest.mark.parametrize("extra", EXTRAS, ids=range(len(EXTRAS)))
def test_extra_info_of_any_type(hook: str, extra: Any) -> None:
    """An object, its text, an array of one or pairs are one and the same."""
    expected = reward(wrapped(WRONG), GOLD, format_weight=0.25).score
    assert expected != reward(wrapped(WRONG), GOLD).score
    assert HOOKS[hook](wrapped(WRONG), RIGHT, extra) == expected


@pytest.mark.parametrize("extra", [None, "", " ", "null", {}, [], float("nan"), np.array([]), b""], ids=repr)
def test_extra_info_that_is_empty(extra: Any) -> None:
    """Nothing holds for the row."""
    assert Scorer().measure(wrapped(RIGHT), RIGHT, extra)["score"] == 2.0


BAD_EXTRAS: list[tuple[Any, str]] = [
    ("index 3", "extra_info: expected an object or its JSON text"),
    ('{"index": ', "extra_info: expected an object or its JSON text"),
    (5, "extra_info: expected an object or its JSON text, got int"),
    ("[1, 2]", "extra_info: expected an object or its JSON text, got '[1, 2]'"),
    ([SPEC, SPEC], "extra_info: expected an object or its JSON text, got list"),
    ({1}, "extra_info: expected a JSON value, got set - at $"),
    ({"spec": {1}}, "spec: expected a JSON value, got set - at $"),
    ({"schema": {"properties": {"a": 1j}}}, "schema: expected a JSON value, got complex - at $.properties.a"),
    ({"source_text": {"a": 1}}, "source_text: expected a text or a list of texts, got dict"),
    ({"source_text": b"\xff"}, "source_text: expected UTF-8 text"),
    ({"schema": "nowhere.json"}, "schema: expected JSON text, or one of medical_report.en"),
]


@pytest.mark.parametrize(("extra", "message"), BAD_EXTRAS, ids=range(len(BAD_EXTRAS)))
def test_extra_info_that_cannot_be_read(extra: Any, message: str, caplog: pytest.LogCaptureFixture) -> None:
    """It is a fault of the data, told once, and none of this package."""
    scorer = Scorer()
    made = [scorer.measure(wrapped(RIGHT), RIGHT, extra) for _ in range(9)]
    assert [(x["bad_spec"], x["failed"], x["score"]) for x in made] == [(1, 0, 0.0)] * 9
    assert len(caplog.records) == 1
    assert message in caplog.text
    assert caplog.records[0].exc_info is None
    assert trl.make_reward_fn()([RIGHT], ground_truth=[RIGHT], extra_info=[extra], index=[3]) == [0.0]


def test_lines_of_a_source_text() -> None:
    """An OCR engine's lines are a text."""
    for lines in (["Li Wei", "K 5.60"], np.array(["Li Wei", "K 5.60"], object), "Li Wei\nK 5.60"):
        assert Scorer().measure(wrapped(WRONG), RIGHT, {"source_text": lines})["ungrounded"] == 2


def test_messages_are_told_once_of_threads(caplog: pytest.LogCaptureFixture) -> None:
    """Eight threads with a hundred golds that are cut at different places: one kind, one line."""
    scorer = Scorer()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: scorer.measure("x", '{"a": "' + "b" * n), range(100)))
    assert len(caplog.records) == 1


def test_there_is_an_end_to_kinds(caplog: pytest.LogCaptureFixture) -> None:
    """A table in which every row is odd in its own way does not fill the log."""
    scorer = Scorer()
    for n in range(100):
        scorer.measure("x", {"abcdefghij"[n % 10] * (n // 10 + 1): {1}})
    assert len(caplog.records) == MOST_KINDS


SCHEMA = {"properties": {"Name": {"type": "string", "x-medvie-weight": 4}}}


def test_a_schema_may_be_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting of a run takes a path, also from the home folder, as text or as a path."""
    file = tmp_path / "schema.json"
    file.write_text("\ufeff" + json.dumps(SCHEMA), encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = Scorer(schema=SCHEMA).spec
    for schema in (file, str(file), "~/schema.json", json.dumps(SCHEMA)):
        assert Scorer(schema=schema).spec == expected
    made = verl.reward_fn("d", wrapped(WRONG), RIGHT, None, schema=str(file))
    assert made["score"] == Scorer(schema=SCHEMA).measure(wrapped(WRONG), RIGHT)["score"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"there is no file '.*schema\.json'"),
        ("{", r"schema\.json"),
        ("[1]", "expected a JSON object, got list"),
        ('{"type": 5}', "5"),
    ],
)
def test_a_file_that_is_no_schema(tmp_path: Path, content: str | None, message: str) -> None:
    """The error names the file, and what else would do."""
    folder = tmp_path / ("long" * 20)  # no path is cut short
    folder.mkdir()
    file = folder / "schema.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SpecError, match=message):
        Scorer(schema=str(file))


# -- the form of a run ---------------------------------------------------------------------------------

PREFILLED = wrapped(RIGHT).removeprefix("<think>")
ASK = "<|im_start|>assistant\n<think>\n"
CHAT = [{"role": "user", "content": "read"}, {"role": "assistant", "content": "<think>\n"}]


def test_a_prompt_that_opens_the_think_part() -> None:
    """Where the prompt is known, a completion that begins inside the think part is well formed."""
    assert Scorer().measure(PREFILLED, RIGHT)["format"] == 0.0
    for prompt in (ASK, CHAT):
        assert Scorer().measure(PREFILLED, RIGHT, prompt=prompt)["score"] == 2.0
        assert Scorer().measure(PREFILLED, RIGHT, {"prompt": prompt})["score"] == 2.0
        assert trl.make_reward_fn()([PREFILLED], prompts=[prompt], ground_truth=[RIGHT]) == [2.0]
        assert ms_swift.MedvieReward()([PREFILLED], prompt=[prompt], ground_truth=[RIGHT]) == [2.0]
    made = openrlhf.measure(Scorer(), [ASK + PREFILLED + "<|im_end|>"], [ASK], [RIGHT])
    assert made[0]["score"] == 2.0


def test_a_run_without_form_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    """After fifty completions of which none is well formed, one line names the setting."""
    caplog.set_level(logging.WARNING)
    scorer = Scorer()
    for _ in range(49):
        scorer.measure(PREFILLED, RIGHT)
    assert caplog.records == []
    for _ in range(60):
        scorer.measure(PREFILLED, RIGHT)
    assert [x.levelno for x in caplog.records] == [logging.WARNING]
    assert "none of 50 completions is well formed" in caplog.text
    assert "prefilled=True" in caplog.text


def test_a_run_with_some_form_is_not(caplog: pytest.LogCaptureFixture) -> None:
    """One well-formed completion is enough."""
    caplog.set_level(logging.WARNING)
    scorer = Scorer()
    for n in range(200):
        scorer.measure(wrapped(RIGHT) if n == 30 else PREFILLED, RIGHT)
    assert caplog.records == []


def test_tool_calls_by_option() -> None:
    """A structured answer in a tool call's arguments is read where it was asked for."""
    call = {"type": "function", "function": {"name": "report", "arguments": RIGHT}}
    completion = [{"role": "assistant", "content": None, "tool_calls": [call]}]
    assert trl.make_reward_fn(answer="tool_call")([completion], ground_truth=[RIGHT])[0] >= 1.0
    assert trl.make_reward_fn()([completion], ground_truth=[RIGHT]) == [0.0]
