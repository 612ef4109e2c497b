"""What is looked at in rollouts: traps where there are some and only there, edits, drift, signal."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medvie_reward.completions import Completion
from medvie_reward.errors import ArgumentError
from medvie_reward.lab import EDITS, Group, Lab, Reader, SpecLook, Start, look, simulated_groups, yardstick_of
from medvie_reward.lab._break_even import at_floor, field_stakes
from medvie_reward.lab._groups import critical_fields, habits_of, read_groups
from medvie_reward.lab._push import pushes
from medvie_reward.lab._signal import signal_of
from medvie_reward.lab._training import advantages
from medvie_reward.metrics import Counts, Gold
from medvie_reward.spec import Rule, Spec

EXAMPLES = Path(__file__).parents[2] / "examples" / "lab_reports"
STRICT = Spec.preset("strict")
CLINICAL = Spec.preset("clinical")
SPECS = {
    "precision": STRICT.replace(alpha=1.0),
    "recall": STRICT.replace(alpha=0.0),
    "half": STRICT,
    "f1": STRICT.replace(matching="f1"),
    "costs": CLINICAL,
    "mix": CLINICAL.replace(matching="precision_recall", critical_cost=0.25, format_needs_answer=False),
    "bag": STRICT.replace(lists="bag"),
}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EXAMPLES / name).read_text(encoding="utf-8").splitlines()]


def reader_of(right: dict[str, float], documents: int = 20, rollouts: int = 4) -> list[Group]:
    """Return rollouts of a reader that writes every field and reads each with its own accuracy."""
    rng = np.random.default_rng(0)
    made = []
    for n in range(documents):
        gold = {name: f"{name} of {n}" for name in right}
        answers = [
            {name: x if rng.random() < right[name] else "misread" for name, x in gold.items()}
            for _ in range(rollouts)
        ]
        made.append(
            Group(str(n), gold, tuple(f"<think>.</think><answer>{json.dumps(x)}</answer>" for x in answers))
        )
    return made


def looked(groups: list[Group], *names: str) -> dict[str, SpecLook]:
    found = look(groups, {name: SPECS[name] for name in names})
    return {one.name: one for one in found.looks}


@cache
def shipped() -> Lab:
    """Look at the shipped rollouts of a weak reader."""
    golds = {row["id"]: row["gold"] for row in rows("gold.jsonl")}
    groups = [Group(row["id"], golds[row["id"]], tuple(row["completions"])) for row in rows("rollouts.jsonl")]
    return look(groups, SPECS)


# -- the trap curve ------------------------------------------------------------------------------------


ONE_SURE = {"name": 1.0, **{f"f{n}": 0.3 for n in range(9)}}


def test_a_sure_field_among_weak_ones_is_a_trap_under_precision_and_recall() -> None:
    """By hand: all ten .37, the sure one alone .5 * 1 + .5 * .1 = .55; F1 falls from .37 to .18."""
    found = looked(reader_of(ONE_SURE), "half", "f1")
    trap = found["half"].trap
    assert (trap.shown, trap.best) == (True, 0)
    assert trap.points[0].reward == pytest.approx(0.55)
    assert trap.points[0].f1 == pytest.approx(2 / 11)
    assert trap.points[-1].reward == pytest.approx(0.37, abs=0.05)
    assert trap.gain.value == pytest.approx(0.18, abs=0.05)
    assert found["half"].verdict.code == "collapse"
    assert found["half"].verdict.text("half").startswith("half: likely to collapse. name alone earns +0.1")
    assert (found["f1"].trap.shown, found["f1"].trap.best) == (False, len(trap.points) - 1)
    assert found["f1"].verdict.code == "sound"


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_fields_that_are_alike_are_no_trap(share: float) -> None:
    """Chosen on the same documents, the luckiest field would look like one."""
    found = looked(reader_of({f"f{n}": share for n in range(10)}), "half", "f1")
    for one in found.values():
        assert not one.trap.shown
        assert one.verdict.code == "sound"


def test_fields_that_are_never_right_are_well_left_out() -> None:
    """Cutting them raises reward and F1 alike: that is no trap."""
    found = looked(
        reader_of({**{f"f{n}": 0.9 for n in range(9)}, **{f"never{n}": 0.0 for n in range(3)}}), "half"
    )
    assert found["half"].trap.gain.low > 0
    assert found["half"].trap.f1.low > 0
    assert not found["half"].trap.shown


# -- verdicts ------------------------------------------------------------------------------------------


def test_known_bad_and_good_rewards_of_a_weak_reader() -> None:
    """The shipped rollouts: a reader of three values in ten."""
    found = {one.name: one for one in shipped().looks}
    assert {name: one.verdict.code for name, one in found.items()} == {
        "precision": "collapse", "recall": "swell", "half": "sound", "f1": "sound", "costs": "sound",
        "mix": "collapse", "bag": "blind",
    }  # fmt: skip
    text = found["mix"].verdict.text("mix")
    assert text.startswith(
        "mix: likely to collapse. Answers cut to 3% of their leaves earn +0.10 (F1 -0.13)."
    )
    assert "Indicators[].Result is read right with 32%, it pays above 35%." in text
    assert found["costs"].verdict.text("costs") == "costs: nothing found."
    assert "Blanks of rows filled: costs nothing" in found["recall"].verdict.text("recall")
    assert found["recall"].floor == 1.0
    assert found["costs"].floor < 0.25 < found["mix"].floor


def test_the_same_rewards_of_a_good_reader() -> None:
    golds = [row["gold"] for row in rows("gold.jsonl")]
    groups = simulated_groups(golds, Reader(accuracy=0.9, start=Start(shift=-9.0, swap=-9.0)), rollouts=4)
    found = looked(groups, "mix", "costs", "precision", "bag")
    assert {name: one.verdict.code for name, one in found.items()} == {
        "mix": "sound", "costs": "sound", "precision": "collapse", "bag": "blind",
    }  # fmt: skip


def test_edits_that_add_or_move_cost_f1_wherever_rows_are_paired() -> None:
    found = {one.name: {edit.edit: edit for edit in one.edits} for one in shipped().looks}
    assert list(found["f1"]) == list(EDITS)
    for name in ("half", "f1", "costs"):
        assert found[name]["every row twice"].reward.high < 0
        assert found[name]["critical values one row down"].reward.high < 0
    assert found["bag"]["critical values one row down"].reward.value == pytest.approx(0.0, abs=1e-9)
    assert found["recall"]["every row twice"].pays


# -- drift ---------------------------------------------------------------------------------------------


def test_drift_is_the_change_of_a_mean_when_answers_above_their_group_become_likelier() -> None:
    """Price's equation against a finite difference: reweight each group by 1 + h * advantage."""
    groups = read_groups(reader_of(ONE_SURE), yardstick_of())
    spec, h = SPECS["half"], 1e-4
    rewards = [[Gold(one.group.gold, spec).reward(x) for x in one.group.completions] for one in groups]
    found = {push.name: push for push in pushes(groups, rewards)}
    changes = []
    for one, mine in zip(groups, rewards, strict=True):
        weights = 1 + h * advantages(np.array([r.matching for r in mine]))
        x = one.measures.f1
        changes.append(((weights * x).sum() / weights.sum() - x.mean()) / h)
    assert found["f1"].drift == pytest.approx(np.mean(changes), rel=1e-3)
    assert found["f1"].error == pytest.approx(np.std(changes, ddof=1) / np.sqrt(len(groups)), rel=1e-3)
    assert found["f1"].clear
    assert not found["hallucinated"].clear  # there are none


def test_drift_foretells_the_first_step_of_the_simulator() -> None:
    """A small step along the gradient changes the length in the direction of its drift."""
    from medvie_reward.lab._pages import fields_of, make_pages
    from medvie_reward.lab._policy import Layout, draw

    golds = [row["gold"] for row in rows("gold.jsonl")]
    fields = fields_of(golds)
    layout, pages = Layout(fields), make_pages(golds, fields, 0.5, seed=0)
    theta, rng = layout.start(Start()), np.random.default_rng(0)
    drawn = [draw(page, layout, theta, 8, rng) for page in pages]
    groups = read_groups(
        [
            Group(str(n), page.gold, tuple(map(Completion.from_answer, one.answers)))
            for n, (page, one) in enumerate(zip(pages, drawn, strict=True))
        ],
        yardstick_of(),
    )

    def length(theta: Any) -> float:
        rng = np.random.default_rng(1)
        found = [
            Completion.from_answer(x).leaves
            for page in pages
            for x in draw(page, layout, theta, 20, rng).answers
        ]
        return float(np.mean(found))

    before = length(theta)
    for name, sign in (("precision", -1), ("recall", 1)):
        rewards = [
            [Gold(one.group.gold, SPECS[name]).reward(x) for x in one.group.completions] for one in groups
        ]
        drift = next(push for push in pushes(groups, rewards) if push.name == "length")
        slope = sum(
            advantages(np.array([r.matching for r in mine])) @ one.slopes
            for mine, one in zip(rewards, drawn, strict=True)
        )
        after = length(theta + 0.2 * slope / np.linalg.norm(slope))
        assert drift.clear
        assert sign * drift.drift > 0
        assert sign * (after - before) > 0


# -- signal, break-even --------------------------------------------------------------------------------


def test_signal() -> None:
    """By hand: one group of 1 and 0 with one form, one of equal answers with both forms."""
    gold = {"a": "x"}
    right, wrong = '<answer>{"a": "x"}</answer>', "<think>.</think><answer>{}</answer>"
    formed = "<think>.</think>" + right
    prepared = Gold(gold, STRICT)
    rewards = [
        [prepared.reward(x) for x in group] for group in ([formed, wrong], [right, formed], [right, right])
    ]
    found = signal_of(STRICT, rewards)
    assert found.spread == pytest.approx((0.5 + 0 + 0) / 3)
    assert (found.even, found.even_matching) == pytest.approx((1 / 3, 2 / 3))
    assert found.formed == pytest.approx(3 / 6)
    assert found.read == 1.0
    assert found.format_share == pytest.approx(0.25 / 0.5)


def test_single_answers_have_no_spread() -> None:
    """They still show traps and edits; of drift and signal nothing is said."""
    found = looked(reader_of(ONE_SURE, rollouts=1), "half")["half"]
    assert (found.signal.spread, found.signal.even, found.signal.formed) == (0.0, 0.0, 1.0)
    assert [(push.groups, push.clear) for push in found.pushes] == [(0, False)] * 4
    assert found.verdict.code == "collapse"


def test_stakes_of_a_field_are_those_of_the_reward() -> None:
    """One leaf of a field taken out, right and wrong, each as an answer of its own."""
    rules = (Rule("r", weight=2.0, critical=True), Rule("s", critical=True))
    spec = CLINICAL.replace(rules=rules)
    gold = {"r": "1", "s": "2", "a": "x", "b": "y", "c": ""}
    rest = {"s": "misread", "a": "x", "c": "made up"}
    prepared = Gold(gold, spec)
    expected = [
        prepared.reward(Completion.from_answer({**rest, **more})).matching
        for more in ({}, {"r": "1"}, {"r": "9"})
    ]
    for value in ("1", "9", None):
        scores = prepared.score({**rest, **({} if value is None else {"r": value})})
        assert list(field_stakes(scores, "r", spec)) == pytest.approx(expected)


def test_at_the_floor_hallucination_costs_nothing_more() -> None:
    low = Counts(correct=1, wrong=3, n_pred=4, n_gold=8, critical=4, wrong_critical=3)
    assert at_floor(low, CLINICAL.replace(critical_cost=1.0))
    assert not at_floor(low, CLINICAL.replace(critical_cost=0.0))
    assert not at_floor(low, STRICT.replace(matching="f1"))


def test_habits_and_critical_fields() -> None:
    groups = read_groups(reader_of(ONE_SURE, documents=50), yardstick_of())
    habits = habits_of(groups, STRICT)
    assert habits.accuracy("name") == pytest.approx(1.0, abs=0.01)
    assert habits.accuracy("f1") == pytest.approx(0.3, abs=0.1)
    assert (habits.formed, habits.filled, habits.written["f1"]) == (1.0, 0.0, 1.0)
    golds = [row["gold"] for row in rows("gold.jsonl")]
    assert critical_fields(golds, [STRICT]) == set()
    assert critical_fields(golds, [CLINICAL, Spec.preset("smr-r1")]) == {
        "Indicators[].Result", "Indicators[].Critical Value",
    }  # fmt: skip


def test_the_yardstick_counts_every_field_alike() -> None:
    found = yardstick_of(CLINICAL.replace(lists="bag", floor=-1.0))
    assert {rule.weight for rule in found.rules} <= {0.0, 1.0}
    assert (found.lists, found.matching, found.floor, found.critical_cost, found.filled_blank_cost) == (
        "align", "f1", 0.0, 0.0, 0.0,
    )  # fmt: skip


def test_json_has_a_row_per_spec() -> None:
    found = json.loads(json.dumps(shipped().to_dict()))
    assert (found["documents"], found["completions"], found["source"]) == (40, 160, "rollouts")
    assert list(found["specs"]) == list(SPECS)
    mine = found["specs"]["mix"]
    assert mine["verdict"] == "collapse"
    assert mine["text"] == shipped().looks[5].verdict.text("mix")
    assert {one["field"]: one["below"] for one in mine["break_even"]} == {
        "Indicators[].Result": True, "Indicators[].Critical Value": True,
    }  # fmt: skip
    assert mine["push"]["wrong_critical"]["clear"] is False
    assert set(mine["trap"]) == {"shown", "gain", "f1", "kept", "best", "points"}


def test_too_little_is_a_named_error() -> None:
    with pytest.raises(ArgumentError, match="those of at least 4 documents, got 3"):
        look(reader_of(ONE_SURE, documents=3), {"a": STRICT})
    with pytest.raises(ArgumentError, match="none of them has an answer"):
        look([Group(str(n), {"a": "x"}, ("no json",)) for n in range(4)], {"a": STRICT})
    with pytest.raises(ArgumentError, match="specs: expected at least one"):
        look(reader_of(ONE_SURE), {})
    with pytest.raises(ArgumentError, match="at least 5 leaves of some field"):
        look(reader_of({"a": 1.0}, documents=4, rollouts=1), {"a": STRICT})
