"""Simulated training: reproducible, and each reward does in it what is known of it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medvie_reward.errors import ArgumentError
from medvie_reward.lab import Reader, Schedule, Simulation, Start, simulate
from medvie_reward.lab._outlines import outline
from medvie_reward.lab._training import RECORDED, advantages, draw_fields, with_errors
from medvie_reward.spec import Spec

EXAMPLES = Path(__file__).parents[2] / "examples" / "lab_reports"
GOLDS = [json.loads(x)["gold"] for x in (EXAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
SHORT = Schedule(steps=4, prompts=2, rollouts=4, every=2, samples=1)
STRICT = Spec.preset("strict")
MIX = Spec.preset("clinical").replace(matching="precision_recall", critical_cost=0.25)
RESULT = frozenset({"Indicators[].Result"})


@cache
def trained(**changes: Any) -> Simulation:
    """Return sixty steps of one reader under four rewards."""
    specs = {
        "precision": STRICT.replace(alpha=1.0),
        "recall": STRICT.replace(alpha=0.0),
        "f1": STRICT.replace(matching="f1"),
        "clinical": MIX,
    }
    return simulate(GOLDS, specs, Reader(accuracy=0.4), Schedule(steps=60, every=20), seeds=[0])


def test_precision_alone_goes_silent_and_recall_alone_swells() -> None:
    """The paper's Figure 2, in kind."""
    found = trained()
    length = {spec: found.final(spec, "length").mean for spec in found.runs}
    start = found.bands("f1", "length")[0].mean
    assert length["precision"] < 0.4 * start
    assert length["recall"] > 1.4 * start
    assert found.final("recall", "hallucinated").mean > 2 * found.final("f1", "hallucinated").mean
    assert found.ranking[0] == "f1"
    assert found.final("clinical", "f1").mean < found.final("f1", "f1").mean


def test_the_reward_rises_in_training() -> None:
    found = trained()
    for spec in found.runs:
        reward = [band.mean for band in found.bands(spec, "reward")]
        assert np.isnan(reward[0])
        assert reward[-1] > reward[1], spec


def test_the_same_seeds_give_the_same_numbers_in_any_number_of_processes() -> None:
    specs = {"strict": STRICT, "clinical": MIX}
    one = simulate(GOLDS[:8], specs, schedule=SHORT, seeds=[0, 1])
    again = simulate(GOLDS[:8], specs, schedule=SHORT, seeds=[0, 1], workers=2)
    assert json.dumps(one.to_dict()) == json.dumps(again.to_dict())
    calls: list[int] = []
    other = simulate(GOLDS[:8], specs, schedule=SHORT, seeds=[2, 3], on_run=calls.append)
    assert calls == [1, 1, 1, 1]
    assert one.to_dict()["specs"] != other.to_dict()["specs"]


def test_all_specs_start_from_the_same_reader() -> None:
    found = simulate(GOLDS[:8], {"a": STRICT, "b": STRICT.replace(alpha=1.0)}, schedule=SHORT, seeds=[0, 1])
    for name in ("f1", "length", "hallucinated", "wrong_critical"):
        assert found.bands("a", name)[0] == found.bands("b", name)[0]


def test_bands_in_json() -> None:
    """Lowest, mean and highest of the seeds at each record, the label, and the order by F1."""
    made = simulate(GOLDS[:8], {"a": STRICT, "b": STRICT.replace(alpha=0.0)}, schedule=SHORT, seeds=[5, 6, 7])
    found = json.loads(json.dumps(made.to_dict()))
    assert found["label"] == "a ranking of specs under one simulated reader, not a forecast of numbers"
    assert (found["steps"], found["seeds"]) == ([0, 2, 4], [5, 6, 7])
    assert list(found["specs"]) == found["ranking"]
    for mine in found["specs"].values():
        assert list(mine["bands"]) == list(RECORDED)
        for name in ("f1", "length", "hallucinated", "wrong_critical"):
            low, mean, high = (np.array(mine["bands"][name][end]) for end in ("low", "mean", "high"))
            assert (low <= mean).all()
            assert (mean <= high).all()
            assert mine["final"][name] == {"low": low[-1], "mean": mean[-1], "high": high[-1]}
        assert mine["bands"]["reward"]["mean"][0] is None
    best, other = found["ranking"]
    assert found["specs"][best]["behind"] == {"low": 0.0, "mean": 0.0, "high": 0.0}
    assert found["specs"][other]["behind"]["mean"] >= 0


def test_random_keys_write_less() -> None:
    keys = [Schedule(steps=4, prompts=2, rollouts=4, keys=name) for name in ("all", "random")]
    written = [
        simulate(GOLDS[:8], {"a": STRICT}, schedule=one, seeds=[0]).final("a", "written").mean for one in keys
    ]
    assert 0 < written[1] < written[0]
    rng = np.random.default_rng(0)
    for _ in range(20):
        asked = draw_fields(["Name", "Rows[].Item", "Rows[].Result"], rng)
        assert asked
        assert ("Rows[].Item" in asked) >= ("Rows[].Result" in asked)


def test_errors_in_golds_come_at_their_rate() -> None:
    rng = np.random.default_rng(0)
    changed = total = 0
    for gold in GOLDS:
        spoiled = with_errors(gold, 0.2, rng)
        before, after = outline(gold).slots, outline(spoiled).slots
        assert [slot.steps for slot in before] == [slot.steps for slot in after]
        total += sum(not slot.blank for slot in before)
        changed += sum(a.value != b.value for a, b in zip(before, after, strict=True))
    assert changed / total == pytest.approx(0.2, abs=0.06)  # another row's value may be equal
    assert with_errors(GOLDS[0], 0.0, rng) == GOLDS[0]


def test_advantages() -> None:
    assert advantages(np.array([1.0, 3.0])).tolist() == [-1.0, 1.0]
    assert advantages(np.array([0.1, 0.1, 0.1])).tolist() == [0.0, 0.0, 0.0]


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ArgumentError, match="at least 4 documents to simulate with, got 3"):
        simulate(GOLDS[:3], {"a": STRICT})
    with pytest.raises(ArgumentError, match="specs and seeds: expected at least one"):
        simulate(GOLDS, {})


@pytest.mark.parametrize(
    "golds",
    [
        [
            {},
            {"a": []},
            {"a": "x", "rows": []},
            {"a": "", "rows": [{"k": "1"}]},
            {"rows": [{"k": "2", "v": 3}]},
        ],
        [[], [{"a": "1"}], [{"a": 2}, {"a": True}], ["x", None], [["1"], ["2"]]],
        [
            {"r": [{"x": [{"y": "1"}, {"y": str(n)}]}], "o": {"m": [["1"], ["2"]], "a.b": {"": "x"}}}
            for n in range(5)
        ],
    ],
)
def test_documents_of_any_shape(golds: list[Any]) -> None:
    """Empty ones, lists, lists in lists, odd names; with all that a reader does wrong."""
    start = Start(twice=0.0, invent=0.0, shift=0.0, swap=0.0)
    for changes in ({"keys": "random"}, {"noise": 0.5}):
        schedule = Schedule(steps=2, prompts=3, rollouts=4, **changes)
        found = simulate(golds, {"a": STRICT}, Reader(start=start), schedule, seeds=[0, 1])
        assert 0 <= found.final("a", "f1").low <= found.final("a", "f1").high <= 1
    with pytest.raises(ArgumentError, match="expected documents with some value"):
        simulate([{}] * 4, {"a": STRICT})


def test_a_slip_is_unlearned_where_rows_are_paired_and_not_in_a_bag() -> None:
    reader = Reader(accuracy=0.9, start=Start(shift=0.8, swap=0.6))
    specs = {"align": STRICT, "bag": STRICT.replace(lists="bag")}
    found = simulate(GOLDS, specs, reader, Schedule(every=110), seeds=[0], critical=RESULT)
    assert found.final("align", "shift").mean < 0.3
    assert found.final("bag", "shift").mean > 0.5
