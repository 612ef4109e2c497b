"""The audit as a function: its result, what is found out by itself, and what cannot be audited."""

from __future__ import annotations

import dataclasses
import json
from html.parser import HTMLParser
from typing import Any

import pytest
from helpers import planted

from medvie_reward import ArgumentError, GoldError, Spec
from medvie_reward.audits import ATTACKS, Audit, Verdict, audit, shipped_golds
from medvie_reward.spec import Format

GOLDS: list[Any] = [
    {"Name": "Li", "Age": "45", "Rows": [{"n": "Na", "r": "1.5"}, {"n": "K", "r": "2.5"}]},
    {"Name": "Wu"},
]


def small(reward: Any = planted.SOUND, **settings: Any) -> Audit:
    return audit(reward, **{"golds": GOLDS, "only": ("rows", "blanks"), **settings})


def test_ours_passes_everything() -> None:
    """The spec that is recommended for training, on four of the shipped reports."""
    golds = dict(shipped_golds())
    ids = ["zh-blood-03", "zh-ct-01", "en-ecg-01", "en-urine-02"]
    found = audit(planted.SOUND, [golds[name] for name in ids], ids=ids, skip=["time"])
    assert [one.attack for one in found.failures] == []
    assert (found.useless, found.gold, found.documents) == (1.0, 2.0, 4)


def test_result() -> None:
    """Counts, scale and JSON; it is frozen."""
    found = small()
    assert found.counts == {"pass": 6, "FAIL": 0, "not applicable": 6}
    assert (found.reward, found.signature, found.documents) == ("spec clinical", "spec", 2)
    assert found.spec == planted.SOUND.signature
    made = json.loads(json.dumps(found.to_dict()))
    assert made["passed"] is True
    assert [one["attack"] for one in made["verdicts"]] == [one.attack for one in found.verdicts]
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.reward = "x"  # type: ignore[misc]


def test_a_leaf_that_accepts_several_values_is_the_first_of_them() -> None:
    """The honest answer is the gold document itself, in which such a leaf would be an object."""
    several = [{**GOLDS[0], "Name": {"$any": ["", "Li", "Lee"]}}, {"Name": {"$any": ["Wu"]}}]
    assert small(golds=several, only=(), skip=["time", "state"]) == small(only=(), skip=["time", "state"])


def test_a_verdict_in_full() -> None:
    """The means, the shares, and the worst document with its completion."""
    found = audit(planted.bag, GOLDS, ids=["a", "b"], only=["column-one-row-down"], form="think")
    assert found.failures == (
        Verdict(
            attack="column-one-row-down", family="rows",
            says="The cells of one column, each in the next row.",
            rule="attacked ≤ honest − 0.05 of the range", verdict="FAIL", reason="", honest="1.0000",
            attacked="1.0000", documents=1, honest_share=1.0, share=1.0, worst="a", worst_honest=1.0,
            worst_attacked=1.0, completion=found.failures[0].completion,
        ),
    )  # fmt: skip
    assert found.failures[0].completion.startswith("<think>The page is read")


@pytest.mark.parametrize(
    ("form", "expected"), [("answer", "answer"), ("think_json", "think_json"), ("json", "json")]
)
def test_form_of_a_spec(form: Format, expected: str) -> None:
    """Completions are written as the spec asks."""
    assert small(Spec.preset("strict").replace(format=form), only=["skeleton"]).form == expected


def wants_fence(completion: str, gold: Any) -> float:
    text = completion.strip()
    if not text.startswith("```json") or not text.endswith("```"):
        return 0.0
    try:
        return float(json.loads(text[7:-3]) == gold)
    except ValueError:
        return 0.0


def wants_text(completion: str, gold: Any) -> float:
    return float(json.loads(gold) == json.loads(completion)) if completion.startswith("{") else 0.0


def test_found_out_by_itself() -> None:
    """The form in which the gold documents earn most, and whether they are wanted as text or as objects."""
    found = small(wants_fence, only=["skeleton"])
    assert (found.form, found.gold_as, found.gold) == ("fence", "object", 1.0)
    found = small(wants_text, only=["skeleton"])
    assert (found.form, found.gold_as, found.gold) == ("json", "text", 1.0)


def never(completion: str, gold: Any) -> float:
    raise LookupError("no such thing")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"form": "xml"}, "form: expected one of think, answer, think_json, fence, json, got 'xml'"),
        ({"gold_as": "yaml"}, "gold_as: expected text or object, got 'yaml'"),
        ({"limits": (1.0, 0.0)}, r"limits: expected a smaller and a larger number, got \(1.0, 0.0\)"),
        ({"ids": ["a"], "golds": None}, "ids: expected golds that they are the names of"),
        ({"ids": ["a"]}, "ids: expected 2, one for each gold document, got 1"),
        ({"only": ["row"]}, "only: there is no family or attack 'row': .*; did you mean rows?"),
        (
            {"skip": ["x/one-field"]},
            "skip: there is no family or attack 'x/one-field': .*did you mean one-field",
        ),
        (
            {"reward": never},
            "never gives no number for the gold document itself, .*LookupError: no such thing",
        ),
    ],
)
def test_arguments(settings: dict[str, Any], said: str) -> None:
    """A named error that says what was expected."""
    with pytest.raises(ArgumentError, match=said):
        small(**settings)


@pytest.mark.parametrize("golds", [[], "x", {"a": 1}, [{}], [{"a": ""}]])
def test_golds(golds: Any) -> None:
    """Documents that say nothing cannot be attacked."""
    with pytest.raises(ArgumentError, match=r"^golds: expected"):
        audit(planted.SOUND, golds, only=["order"])


def test_bad_gold() -> None:
    """A gold document that is none is the error it is everywhere."""
    with pytest.raises(GoldError, match="expected an object or a list"):
        audit(planted.SOUND, [5], only=["order"])


def test_only_and_skip() -> None:
    """Families and attacks by name; what is skipped says so."""
    found = small(only=["rows", "order/members-reversed"], skip=["another-document"])
    assert {one.family for one in found.verdicts} == {"rows", "order"}
    assert [(one.attack, one.reason) for one in found.verdicts if one.attack == "another-document"] == [
        ("another-document", "left out by skip")
    ]


def test_lists_by_position() -> None:
    """A spec that reads lists by position is not blamed for it."""
    found = small(Spec.preset("strict").replace(lists="index"), only=["order"])
    assert {
        one.attack: one.reason for one in found.verdicts if one.verdict == "not applicable"
    } == dict.fromkeys(
        ("items-reversed", "items-shuffled", "flawed-items-shuffled"), "the spec reads lists by position"
    )
    assert found.passed


def test_texts() -> None:
    """The printed table, Markdown and HTML have every attack and what failed; documents stay text."""
    golds = [
        {"Name": "<b>Li|</b>", "Rows": [{"n": "<i>", "r": "1"}, {"n": "K", "r": "2"}, {"n": "x", "r": "3"}]}
    ]
    found = audit(planted.bag, golds, only=["rows", "blanks"], form="think")
    failed = found.failures[0]
    for text in (str(found), found.to_markdown(), found.to_html()):
        assert all(one.attack in text for one in found.verdicts)
        assert f"{failed.family}/{failed.attack}" in text
    assert "FAIL rows/column-one-row-down\n  The cells of one column, each in the next row.\n" in str(found)
    assert "| column-one-row-down | rows | 1.0000 | 1.0000 | FAIL |" in found.to_markdown()
    assert "<i>" not in found.to_html()
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            tags.append(tag)

    Reader().feed(found.to_html())
    assert tags.count("tr") == len(found.verdicts) + len({one.family for one in found.verdicts})
    assert "script" not in tags


def test_an_attack_is_counted_once_a_step() -> None:
    """Progress is told after each attack, run or not."""
    steps: list[int] = []
    small(only=["skeleton"], advance=steps.append)
    assert steps == [1] * len(ATTACKS)
