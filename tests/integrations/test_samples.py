"""What every trainer's hook gives for one sample."""

from __future__ import annotations

import json
import logging
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Rule, Spec, SpecError, reward
from medvie_reward.integrations.samples import KEYS, Scorer
from medvie_reward.spec._schema_rules import load_schema

GOLD = {
    "Name": "Li Wei",
    "Indicators": [{"Item Name": "K", "Result": "5.60"}, {"Item Name": "Na", "Result": "138"}],
}
RIGHT = json.dumps(GOLD)


def wrapped(answer: str) -> str:
    return f"<think>rows</think><answer>{answer}</answer>"


def clinical(**changes: Any) -> Spec:
    return Spec.preset("clinical").replace(**changes)


def timeless(made: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in made.items() if key != "microseconds"}


def test_a_sample_has_what_the_reward_has() -> None:
    """The numbers are those of `reward`, with acc the F1."""
    text = wrapped('{"Name": "Li Wei", "Indicators": [{"Item Name": "K", "Result": "56"}], "Age": "9Y"}')
    made = Scorer().measure(text, RIGHT)
    found = reward(text, GOLD)
    assert {key: made[key] for key in found.as_dict()} == found.as_dict()
    assert made["acc"] == found.f1
    assert made["microseconds"] > 0


GARBAGE = [
    ("", "no_answer"),
    ("plain words", "no_answer"),
    ("[" * 1_000_000, "too_large"),
    (wrapped("[" * 1_000_000), "too_large"),
    (wrapped("[" * 1_000), "too_deep"),
    (wrapped('{"Name": "Li'), "truncated"),
    (wrapped("{'Name': 1}"), "bad_json"),
    (wrapped('{"Name": "\\ud800"}'), "bad_unicode"),
    (wrapped('{"Name": NaN}'), "not_finite"),
    (None, "no_answer"),
    (17, "no_answer"),
    (b"\xff{", "bad_unicode"),
    ([{"role": "user", "content": "x"}], "no_answer"),
]


@pytest.mark.parametrize(("text", "status"), GARBAGE, ids=[f"{n}-{x[1]}" for n, x in enumerate(GARBAGE)])
def test_garbage_scores_nothing_and_shows_in_a_key_of_its_own(text: Any, status: str) -> None:
    """Whatever a policy writes has the same keys, a reward, and its reason as a 1."""
    made = Scorer().measure(text, RIGHT)
    assert tuple(made) == KEYS
    assert (made["matching"], made["parsed"], made[status]) == (0.0, False, 1)
    assert made["bad_gold"] == made["bad_spec"] == made["failed"] == 0


@given(text=st.text() | st.none(), gold=st.text() | st.sampled_from([RIGHT, "{}", "[]", "1", "null"]))
def test_no_text_raises_and_all_have_the_same_keys(text: str | None, gold: str) -> None:
    """Every completion and every gold gets the same flat numbers."""
    made = Scorer().measure(text, gold, {"index": 3})
    assert tuple(made) == KEYS
    assert all(type(x) in (int, float, bool) and math.isfinite(x) for x in made.values())


BAD_ROWS: list[tuple[str, Any, dict[str, Any], str]] = [
    ("gold is cut", '{"Name": ', {}, "bad_gold"),
    ("gold is a number", "5", {}, "bad_gold"),
    ("gold is absent", None, {}, "bad_gold"),
    ("gold is no JSON", {"a": {1, 2}.__iter__}, {}, "bad_gold"),
    ("gold is not finite", '{"a": Infinity}', {}, "bad_gold"),
    ("schema is cut", RIGHT, {"schema": '{"type": '}, "bad_spec"),
    ("schema is a list", RIGHT, {"schema": "[1]"}, "bad_spec"),
    ("schema is wrong", RIGHT, {"schema": '{"properties": {"a": {"x-medvie-weight": -1}}}'}, "bad_spec"),
    ("preset is unknown", RIGHT, {"spec": "clinic"}, "bad_spec"),
    ("field is unknown", RIGHT, {"spec": '{"aplha": 0.3}'}, "bad_spec"),
    ("value is not allowed", RIGHT, {"spec": '{"alpha": 3}'}, "bad_spec"),
    ("spec is a list", RIGHT, {"spec": [1]}, "bad_spec"),
]


@pytest.mark.parametrize(("gold", "extra", "fault"), [x[1:] for x in BAD_ROWS], ids=[x[0] for x in BAD_ROWS])
def test_a_bad_row_is_counted_logged_once_and_scores_zero(
    gold: Any, extra: dict[str, Any], fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception would drop the group in silence; a key, a zero and one line with the index do not."""
    scorer = Scorer()
    found = [scorer.measure(wrapped(RIGHT), gold, {"index": 41, **extra}) for _ in range(3)]
    assert [timeless(x) for x in found] == [timeless(found[0])] * 3
    assert (found[0][fault], found[0]["score"], found[0]["status"], found[0]["parsed"]) == (1, 0.0, -1, False)
    assert tuple(found[0]) == KEYS
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.ERROR
    assert "index=41" in caplog.records[0].getMessage()


def test_a_fault_of_ours_is_counted_and_logged_with_its_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Even a bug may not drop a group in silence."""

    def broken(*_: Any) -> Any:
        raise RecursionError("deep")

    monkeypatch.setattr("medvie_reward.integrations.samples.reward_group", broken)
    made = Scorer().measure(wrapped(RIGHT), RIGHT, {"index": 2})
    assert (made["failed"], made["score"], made["status"]) == (1, 0.0, -1)
    assert caplog.records[0].exc_info is not None


SAME_GOLD = [
    RIGHT,
    np.str_(RIGHT),
    RIGHT.encode(),
    GOLD,
    {"Name": "Li Wei", "Indicators": np.array(GOLD["Indicators"], object)},
]


@pytest.mark.parametrize("gold", SAME_GOLD, ids=lambda x: type(x).__name__)
def test_gold_may_be_text_or_a_value(gold: Any) -> None:
    """Text, numpy's text, bytes, and values with numpy's arrays are one gold."""
    assert Scorer().measure(wrapped(RIGHT), gold)["score"] == 2.0


WRONG = wrapped(json.dumps({**GOLD, "Age": "9Y", "Name": "li wei"}))
SETTINGS: list[tuple[dict[str, Any], dict[str, Any], Spec]] = [
    ({}, {}, clinical()),
    ({"spec": "paper"}, {}, Spec.preset("paper")),
    ({"alpha": 0.25}, {}, clinical(alpha=0.25)),
    ({"spec": {"preset": "strict", "alpha": 0.25}}, {}, Spec.preset("strict").replace(alpha=0.25)),
    ({"spec": '{"preset": "strict"}', "alpha": 1.0}, {}, Spec.preset("strict").replace(alpha=1.0)),
    ({"spec": Spec.preset("paper")}, {}, Spec.preset("paper")),
    (
        {"hallucination_cost": 0.5},
        {},
        clinical(filled_blank_cost=0.5, invented_field_cost=0.5, invented_item_cost=0.5),
    ),
    (
        {"hallucination_cost": 0.5, "invented_item_cost": 1.0},
        {},
        clinical(filled_blank_cost=0.5, invented_field_cost=0.5, invented_item_cost=1.0),
    ),
    ({"rules": [{"path": "Name", "weight": 3}]}, {}, clinical(rules=(Rule("Name", weight=3),))),
    ({"schema": "medical_report.en"}, {}, Spec.from_json_schema(load_schema("medical_report.en"))),
    # The sample's own.
    ({"alpha": 0.25}, {"spec": '{"alpha": 0.75}'}, clinical(alpha=0.75)),
    ({"alpha": 0.25}, {"spec": '{"format": "json"}'}, clinical(alpha=0.25, format="json")),
    ({"alpha": 0.25}, {"spec": "paper"}, Spec.preset("paper").replace(alpha=0.25)),
    ({}, {"schema": "", "spec": "", "source_text": ""}, clinical()),
    ({}, {"schema": None, "spec": float("nan")}, clinical()),
    ({}, {"schema": json.dumps({"properties": {"Name": {"type": "string", "x-medvie-weight": 4}}})},
     clinical(rules=(Rule("Name", weight=4),))),
    ({"alpha": 0.1}, {"schema": {"properties": {"Name": {"type": "string", "x-medvie-weight": 4}}}},
     clinical(rules=(Rule("Name", weight=4),), alpha=0.1)),
    # Presets with a text of their own keep it whatever schema a row carries; the run's own settings win.
    ({"spec": "paper"}, {"schema": "medical_report.en"}, Spec.preset("paper")),
    ({"spec": "donut"}, {"schema": "medical_report.en"}, Spec.preset("donut")),
    ({"rules": []}, {"schema": ""}, clinical(rules=())),
    ({"schema": '{"properties": {"Name": {"x-medvie-weight": 2}}}'},
     {"schema": '{"properties": {"Name": {"x-medvie-weight": 4}}}'},
     clinical(rules=(Rule("Name", weight=2),))),
]  # fmt: skip


@pytest.mark.parametrize(("run", "extra", "spec"), SETTINGS, ids=range(len(SETTINGS)))
def test_settings_of_the_run_and_of_the_sample(
    run: dict[str, Any], extra: dict[str, Any], spec: Spec
) -> None:
    """What the run sets holds for all; what the sample sets wins, but for a schema that the run names."""
    made = Scorer(**run).measure(WRONG, RIGHT, extra)
    found = reward(WRONG, GOLD, spec).as_dict()
    assert {key: made[key] for key in found} == found


def test_source_text_counts_what_is_ungrounded() -> None:
    """The page's text of a sample is used."""
    made = Scorer().measure(WRONG, RIGHT, {"source_text": "Li Wei K 5.60 Na 138"})
    assert made["ungrounded"] == 1


@pytest.mark.parametrize(
    "settings",
    [{"aplha": 1}, {"alpha": 2}, {"spec": "none"}, {"schema": "none"}, {"spec": 5}, {"rules": "x"}],
    ids=str,
)
def test_settings_that_cannot_be_used_raise(settings: dict[str, Any]) -> None:
    """What is wrong for the whole run is told at once."""
    with pytest.raises(SpecError):
        Scorer(**settings)


def test_threads_share_a_scorer() -> None:
    """Eight threads give what one gives, also while the caches overflow."""
    golds = [json.dumps({"Name": f"n{n % 300}", "Indicators": GOLD["Indicators"]}) for n in range(1200)]
    texts = [wrapped(golds[n * 7 % 300]) if n % 5 else "[" * n for n in range(1200)]
    expected = [timeless(Scorer().measure(*x)) for x in zip(texts, golds, strict=True)]
    shared = Scorer()
    with ThreadPoolExecutor(8) as pool:
        found = [timeless(x) for x in pool.map(shared.measure, texts, golds)]
    assert found == expected
