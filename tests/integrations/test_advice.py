"""What a run is told of its reward, and which rollouts have nothing left to lose."""

from __future__ import annotations

import json
import logging

import pytest

from medvie_reward import Spec, reward
from medvie_reward.integrations._advice import advice, is_at_floor
from medvie_reward.integrations.samples import KEYS, Scorer

GOLD = {"Name": "Li Wei", "Rows": [{"a": "x", "b": "1"}, {"a": "y", "b": "2"}]}


def wrapped(answer: object) -> str:
    return f"<think>rows</think><answer>{json.dumps(answer)}</answer>"


@pytest.mark.parametrize(
    ("preset", "kinds"),
    [
        ("clinical", []),
        ("strict", ["mix"]),
        ("paper", ["mix", "bag"]),
        ("donut", []),
        ("smr-r1", []),
    ],
)
def test_presets(preset: str, kinds: list[str]) -> None:
    """The preset to train with has nothing to be told of; those as published have."""
    assert list(advice(Spec.preset(preset))) == kinds


def test_what_is_said() -> None:
    """A mix pays for silence, without precision for padding; a setting without effect is named."""
    assert (
        "alpha=0.3 pays for silence: an answer of one sure field earns 0.3 of 1"
        in (advice(Spec(alpha=0.3))["mix"])
    )
    assert "alpha=0 pays for padding" in advice(Spec(alpha=0))["mix"]
    assert advice(Spec(matching="fbeta"), ("alpha",)) == {
        "alpha": "alpha has no effect with matching='fbeta'; "
        "it weighs precision where matching='precision_recall'"
    }
    assert list(advice(Spec(matching="f1", lists="bag"))) == ["bag"]


def test_one_sure_field_earns_what_is_said() -> None:
    """The sentence is true: of a long report, one right field earns alpha, and next to nothing under F1."""
    gold = {"Name": "Li Wei", "Rows": [{"a": f"x{n}", "b": str(n)} for n in range(100)]}
    text = wrapped({"Name": "Li Wei"})
    for alpha in (0.3, 0.5, 1.0):
        assert reward(text, gold, Spec(alpha=alpha)).matching == pytest.approx(alpha, abs=0.01)
    assert reward(text, gold).matching == pytest.approx(0, abs=0.02)


def test_a_run_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """However many samples, rows' specs and golds there are: each kind once."""
    scorer = Scorer("paper")
    for n in range(20):
        extra = {"spec": json.dumps({"format_weight": n / 10})}
        assert scorer.measure(wrapped(GOLD), json.dumps({**GOLD, "Name": str(n)}), extra)["failed"] == 0
    assert [(x.levelno, x.getMessage().partition(" pays")[0]) for x in caplog.records] == [
        (logging.WARNING, "matching='precision_recall' with alpha=0.5"),
        (logging.WARNING, "lists='bag'"),
    ]


def test_the_default_is_told_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """But of an alpha, which it does not have."""
    Scorer().measure(wrapped(GOLD), json.dumps(GOLD))
    assert caplog.records == []
    Scorer(alpha=0.25).measure(wrapped(GOLD), json.dumps(GOLD))
    assert [x.getMessage().partition(";")[0] for x in caplog.records] == [
        "alpha has no effect with matching='f1'"
    ]


MADE_UP = {"Name": "Li Wei", "x": "1", "y": "2", "z": "3", "u": "4"}


@pytest.mark.parametrize(
    ("spec", "answer", "at_floor"),
    [
        # F1: 2 * (1 - 4 * 0.25) / (5 + 5) = 0; with three made up there is something left.
        (Spec.preset("clinical"), MADE_UP, True),
        (Spec.preset("clinical"), {"Name": "Li Wei", "x": "1", "y": "2", "z": "3"}, False),
        (Spec.preset("clinical"), {}, True),
        (Spec.preset("clinical"), GOLD, False),
        # The mix: 0.5 * 1/5 - 4 * 0.25 / 5 < 0, and recall still earns 0.1.
        (Spec.preset("clinical").replace(matching="precision_recall"), MADE_UP, True),
        (Spec.preset("strict"), MADE_UP, False),
        (Spec(alpha=0), GOLD, True),
        (Spec(floor=-1), MADE_UP, False),
    ],
)
def test_at_floor(spec: Spec, answer: object, at_floor: bool) -> None:
    """At the floor a further made-up field costs nothing; above it, it does."""
    found = reward(wrapped(answer), GOLD, spec)
    assert is_at_floor(found, spec) is at_floor
    assert Scorer(spec).measure(wrapped(answer), json.dumps(GOLD))["at_floor"] == int(at_floor)
    worse = reward(wrapped({**dict(answer), "new": "9"}), GOLD, spec)  # type: ignore[call-overload]
    assert (worse.matching == found.matching) is at_floor


def test_what_cannot_be_read_is_not_at_the_floor() -> None:
    """It has a status of its own; the key is there for every sample."""
    made = Scorer().measure("nothing", json.dumps(GOLD))
    assert (made["at_floor"], made["no_answer"]) == (0, 1)
    assert "at_floor" in KEYS
