"""Rewards with one planted defect each: the audit goes red in the family of the defect, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from helpers import planted

from medvie_reward.audits import FAMILIES, Audit, audit, shipped_golds

IDS = ("zh-immuno-01", "en-box-01")

# A reward, and the families in which it fails; defects by nature show in all of them.
PLANTED: dict[Callable[..., Any], str] = {
    planted.constant: "identity",
    planted.by_position: "order",
    planted.blind_to_decimal_points: "values",
    planted.null_is_a_value: "blanks",
    planted.bag: "rows",
    planted.precision: "monotone short",
    planted.recall: "blanks copies keys candidates",
    planted.mixed: "short keys candidates",
    planted.first_copy: "copies candidates",
    planted.known_members_only: "keys",
    planted.any_of_list: "columns candidates",
    planted.reads_think: "think",
    planted.best_of_all: "several",
    planted.form_for_nothing: "tags",
    planted.tags_twice_pay: "tags",
    planted.fences_pay: "fences",
    planted.length_pays: "truncation",
    planted.skeleton_pays: "prompt",
    planted.members_of_truth: "leak",
    planted.depth_pays: "nesting",
    planted.folds_scripts: "look-alikes",
    planted.zero_width_counts: "invisible",
    planted.big_numbers_pay: "numbers",
    planted.quadratic: "time",
    planted.slow: "time",
    planted.raises: "faults",
    planted.not_a_number: "faults",
    planted.none_for_no_answer: "faults",
    planted.beyond: "faults",
    planted.at_random: "state",
    planted.remembers: "state",
    planted.changes_gold: "state",
    planted.Unpicklable(): "state",
    planted.all_values_somewhere: (
        "identity monotone values blanks rows copies keys columns candidates think several tags fences leak "
        "look-alikes"
    ),
}


@lru_cache(64)
def audited(reward: Callable[..., Any]) -> Audit:
    golds = dict(shipped_golds())
    return audit(
        reward, [golds[name] for name in IDS], ids=IDS, form="think", limits=(0.0, 2.0), clock=planted.CLOCK
    )


def name_of(reward: Callable[..., Any]) -> str:
    return getattr(reward, "__name__", type(reward).__name__)


@pytest.mark.parametrize("reward", PLANTED, ids=name_of)
def test_red_in_its_family_alone(reward: Callable[..., Any]) -> None:
    """Every failure lies in the families of the defect, and each of them has one."""
    found = audited(reward)
    assert {verdict.family for verdict in found.failures} == set(PLANTED[reward].split())
    assert not found.passed


def test_a_sound_reward_passes() -> None:
    """What all defects are planted in has none."""
    found = audited(planted.sound)
    assert (found.failures, found.passed) == ((), True)
    assert {one.attack for one in found.verdicts if one.verdict == "not applicable"} == {
        "powers-flattened", "broken-in-tags", "row-has-hints", "in-a-batch",
    }  # fmt: skip


def test_every_family_has_a_defect() -> None:
    """No family that nothing turns red."""
    assert set(FAMILIES) == {family for families in PLANTED.values() for family in families.split()}


@pytest.mark.parametrize(
    ("reward", "attack", "honest", "share"),
    [
        (planted.mixed, "one-field", 1.0, 0.5),
        (planted.recall, "rows-ten-times", 1.0, 1.0),
        (planted.bag, "column-one-row-down", 1.0, 1.0),
        (planted.any_of_list, "one-asked-thousand-given", 1.0, 1.0),
    ],
    ids=name_of,
)
def test_what_an_attack_earns(reward: Callable[..., Any], attack: str, honest: float, share: float) -> None:
    """The share of the range: half for one field by the mean of both rates, all for copies by recall."""
    found = next(one for one in audited(reward).verdicts if one.attack == attack)
    assert found.honest_share == pytest.approx(honest)
    assert found.share == pytest.approx(share, abs=0.03)
    assert found.worst in IDS
    assert found.completion
