"""The runs that compare rewards: their settings, what is measured of a run, the rule of decision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import arms
import comparison
import measure
import pytest
from run_files import Run
from training_rows import TrainingRow
from warm_start import Lender

from medvie_reward import Spec

SCHEMA = {
    "type": "object",
    "properties": {
        "Name": {"type": "string"},
        "Indicators": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "Item Name": {"type": "string"},
                    "Result": {"type": "string", "x-medvie-critical": True},
                },
            },
        },
    },
}
GOLD = {
    "Name": "Ann Lee",
    "Indicators": [{"Item Name": "K", "Result": "4.1"}, {"Item Name": "Na", "Result": "137"}],
}


@pytest.mark.parametrize("arm", arms.ARMS)
def test_an_arm_is_a_spec(arm: str) -> None:
    """Its words read as the settings they stand for, as YAML does, and those make a spec."""
    pairs = [line.rpartition(".reward_kwargs.")[2].split("=") for line in arms.overrides(arm)]
    made = {name: json.loads(x) if x in ("true", "false") or x[0].isdigit() else x for name, x in pairs}
    assert made == arms.ARMS[arm]
    spec = Spec.preset("clinical").replace(**arms.ARMS[arm])
    assert (spec.matching, spec.lists) == (arms.ARMS[arm]["matching"], arms.ARMS[arm].get("lists", "align"))


def test_the_default_is_what_was_decided_for() -> None:
    """The arm f1 is clinical as it is; mix is what it was."""
    clinical = Spec.preset("clinical")
    assert clinical.replace(**arms.ARMS["f1"]) == clinical
    assert clinical.replace(**arms.ARMS["mix"]).signature != clinical.signature


def test_slips() -> None:
    """A slipped table has every result one row up, and nothing else changed."""
    import random

    lender = Lender([GOLD], random.Random(0), slip=1.0)
    texts = {lender.spoil(GOLD) for _ in range(200)}
    slipped = '"Item Name": "K", "Result": "137"}, {"Item Name": "Na", "Result": "4.1"'
    assert sum(slipped in text for text in texts) > sum(
        json.dumps(GOLD["Indicators"]) in text for text in texts
    )
    straight = Lender([GOLD], random.Random(0))
    assert sum(slipped in straight.spoil(GOLD) for _ in range(200)) < 20


def run_of(**settings: Any) -> Run:
    """Make a run of one page, under an arm."""
    row = TrainingRow(
        [{"role": "user", "content": "Read this."}], [], json.dumps(GOLD),
        {"schema": json.dumps(SCHEMA), "source_text": ""},
    )  # fmt: skip
    config = {"reward": {"custom_reward_function": {"reward_kwargs": {"spec": "clinical", **settings}}}}
    return Run(config, {}, {}, {}, {row.ground_truth: [row]})


def sample(answer: str) -> dict[str, Any]:
    """Make a dump of one sample."""
    return {
        "input": "user\nRead this.\n",
        "output": f"<think>x</think><answer>{answer}</answer>",
        "gts": json.dumps(GOLD),
    }


SWAPPED = {
    "Name": "Ann Lee",
    "Indicators": [{"Item Name": "K", "Result": "137"}, {"Item Name": "Na", "Result": "4.1"}],
}


def test_what_is_measured() -> None:
    """By hand: the gold itself, a swapped table, the name alone with a made-up row, and broken JSON."""
    run = run_of(**arms.ARMS["mix"])
    row = {"Item Name": "PLT", "Result": "75"}
    answers = [GOLD, SWAPPED, {"Name": "Ann Lee", "Age": "9"}]
    texts = [*map(json.dumps, answers), '{"Name": ']
    made = measure.summed([measure.measured(run, sample(text)) for text in texts])
    assert row not in GOLD["Indicators"]
    # F1 1, 3/5, 2 * 1 / (2 + 5), 0; precision 1, 3/5, 1/2, 0; recall 1, 3/5, 1/5, 0.
    assert made["f1"] == round((1 + 0.6 + 2 / 7) / 4, 4)
    assert made["precision"] == round((1 + 0.6 + 0.5) / 4, 4)
    assert made["recall"] == round((1 + 0.6 + 0.2) / 4, 4)
    assert made["length"] == round((5 + 5 + 2) / 20, 4)
    assert made["hallucinated"] == round(1 / 12, 4)
    assert made["omitted"] == round((4 + 5) / 20, 4)
    assert (made["readable"], made["well_formed"], made["samples"]) == (0.75, 1.0, 4)
    # Own reward: the mix has the form of broken JSON pay 1; the swapped results cost 0.25 * 2 / 2.
    swapped = 0.3 - 0.25 + 0.3 if made["wrong_critical"] else 0.6
    third = 1 + 0.5 * 0.5 - 0.25 / 2 + 0.5 / 5
    assert made["reward"] == pytest.approx((2 + 1 + swapped + third + 1) / 4, abs=1e-4)
    assert made["floor"] == 0.0


def test_swapped_tables() -> None:
    """Of the answers with a table, those with the gold's results in other rows; others have no say."""
    run = run_of(**arms.ARMS["f1"])
    found = [
        measure.measured(run, sample(json.dumps(x))).swapped for x in (GOLD, SWAPPED, {"Name": "Ann Lee"})
    ]
    assert found == [False, True, None]


def lines_of(arm: str, seed: int, start: float, end: float, length: float) -> list[dict[str, Any]]:
    """Make the lines of a run: recall at start and end, and length at the end."""
    common = dict.fromkeys(comparison.SHOWN, 0.5)
    made = []
    for phase, step, recall in (("train", 1, 0.5), ("held_out", 0, start), ("held_out", 1, end)):
        line = {"arm": arm, "seed": seed, "phase": phase, "step": step, "samples": 4, "well_formed": 1.0}
        made.append({**line, **common, "recall": recall, "length": length, "swapped": ""})
    return made


def test_the_rule_of_decision(tmp_path: Path) -> None:
    """A run has collapsed that writes less than half of the gold, or finds less than before."""
    path = tmp_path / "all.csv"
    lines = [
        *lines_of("f1", 3, 0.4, 0.41, 0.9),
        *lines_of("mix", 1, 0.4, 0.5, 0.49),
        *lines_of("mix", 3, 0.4, 0.39, 0.9),
    ]
    measure.write(lines, path)
    _, runs = comparison.read([path])
    assert [(run.arm, run.seed, run.collapsed) for run in runs] == [
        ("mix", 1, True), ("mix", 3, True), ("f1", 3, False),
    ]  # fmt: skip
    assert comparison.means_table(runs)[2].startswith("| mix | 2 | 0.500 |")
    assert comparison.means_table(runs)[2].endswith("| 2 of 2 |")
    measure.write(lines[:2], path)
    with pytest.raises(ValueError, match="f1 of seed 3: expected two validations, got 1"):
        comparison.read([path])
    path.write_text("a,b\n", encoding="utf-8")
    with pytest.raises(ValueError, match="expected the columns arm, seed"):
        comparison.read([path])


def test_the_page_shows_the_stored_results() -> None:
    """Every line of the tables that comparison.py prints of the stored numbers stands on the page."""
    docs = Path(__file__).parents[2] / "docs"
    _, runs = comparison.read([docs / "verl_cpu_comparison.csv"])
    page = (docs / "which_reward.md").read_text(encoding="utf-8").splitlines()
    lines = [*comparison.held_out_table(runs), *comparison.means_table(runs)]
    assert len(lines) > 8
    assert [line for line in lines if line not in page] == []
