"""The attacks themselves: what they make of a document, and the rules."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvie_reward._core.json_values import is_empty
from medvie_reward.audits import ATTACKS, FAMILIES, FORMS, shipped_golds
from medvie_reward.audits._case import Attack, Case, Trial
from medvie_reward.audits._documents import (
    decoy,
    leaves_of,
    only,
    reordered,
    replaced,
    scalars_of,
    tables_of,
    varied,
    without,
)
from medvie_reward.audits._relations import LESS, NO_MORE, NOTHING, SAME, at_most, less_by

ROOT = Path(__file__).parents[2]
GOLD: dict[str, Any] = {
    "Name": "Li", "Age": "45", "Site": "", "Rows": [{"n": "A", "r": "1.5"}, {"n": "B", "r": "2"}]
}  # fmt: skip
CASE = Case("x", GOLD, {"Name": "Wu"}, "think")
BY_NAME = {attack.name: attack for attack in ATTACKS}

scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def answers(name: str, case: Case = CASE) -> list[Any]:
    """Return the answers that an attack gives instead of a document."""
    attack = BY_NAME[name]
    assert isinstance(attack, Attack)
    texts = [text for trial in attack.make(case) for text in trial.attacked]
    return [json.loads(text.partition("<answer>")[2].partition("</answer>")[0]) for text in texts]


def test_how_many() -> None:
    """Every name is one attack's alone, and every family has several."""
    assert len(ATTACKS) == 142
    assert max(Counter(attack.name for attack in ATTACKS).values()) == 1
    assert min(Counter(attack.family for attack in ATTACKS).values()) >= 3
    assert not {attack.name for attack in ATTACKS} & set(FAMILIES)
    assert all(attack.says.endswith(".") for attack in ATTACKS)


@pytest.mark.skipif(not (ROOT / "examples").is_dir(), reason="needs the examples")
def test_shipped_reports_are_the_example() -> None:
    """The gold documents in the package are those of the example."""
    lines = (ROOT / "examples" / "lab_reports" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [(row["id"], row["gold"]) for row in rows] == shipped_golds()


@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        ("nothing-said", [{}, []]),
        ("blanks-as-null", [{**GOLD, "Site": None}]),
        ("blanks-left-out", [{name: value for name, value in GOLD.items() if name != "Site"}]),
        ("rows-twice", [{**GOLD, "Rows": [GOLD["Rows"][0]] * 2 + [GOLD["Rows"][1]] * 2}]),
        ("one-row-again", [{**GOLD, "Rows": [*GOLD["Rows"], GOLD["Rows"][0]]}]),
        ("table-as-columns", [{**GOLD, "Rows": {"n": ["A", "B"], "r": ["1.5", "2"]}}]),
        (
            "column-one-row-down",
            [
                {**GOLD, "Rows": [{"n": "B", "r": "1.5"}, {"n": "A", "r": "2"}]},
                {**GOLD, "Rows": [{"n": "A", "r": "2"}, {"n": "B", "r": "1.5"}]},
            ],
        ),
        ("decimal-points-lost", [{**GOLD, "Rows": [{"n": "A", "r": "15"}, {"n": "B", "r": "2"}]}]),
        ("another-document", [{"Name": "Wu"}]),
        ("skeleton", [{"Name": "", "Age": "", "Site": "", "Rows": [{"n": "", "r": ""}]}]),
        (
            "skeleton-of-names",
            [{"Name": "Name", "Age": "Age", "Site": "Site", "Rows": [{"n": "n", "r": "r"}]}],
        ),
        ("one-asked-two-given", [{"Name": ["Li", decoy("Li")]}, {"Age": ["45", decoy("45")]}]),
        ("one-field", []),
    ],
)  # fmt: skip
def test_answers(attack: str, expected: list[Any]) -> None:
    """What an attack writes instead of a small document, in full; nothing where one field is much of it."""
    assert answers(attack) == expected


def test_every_attack_applies_to_some_report() -> None:
    """No attack is for nothing: the shipped reports offer what each takes, in one form or another."""
    golds = shipped_golds()
    for attack in ATTACKS:
        if not isinstance(attack, Attack):
            continue
        cases = (
            Case(name, gold, golds[0][1], form) for form in ("think", "json") for name, gold in golds[::-1]
        )
        assert any(isinstance(trial, Trial) for case in cases for trial in attack.make(case)), attack.name


def test_completions_are_texts_that_a_model_can_write() -> None:
    """No lone surrogates: every completion is UTF-8."""
    for attack in ATTACKS:
        if isinstance(attack, Attack):
            for trial in attack.make(CASE):
                for text in (*trial.attacked, *trial.honest):
                    assert text.encode("utf-8").decode("utf-8") == text


containers = st.lists(documents, min_size=1, max_size=3) | st.dictionaries(
    st.text(max_size=3), documents, min_size=1, max_size=4
)
rows = st.lists(st.fixed_dictionaries({"n": scalars, "r": scalars}, optional={"k": documents}), min_size=2)
tables = st.fixed_dictionaries(
    {"a": scalars, "t": rows}, optional={"p": st.lists(st.builds(lambda x: {"t": x}, rows))}
)


@settings(max_examples=30)
@given(containers | tables, st.sampled_from(FORMS))
def test_any_document(gold: Any, form: str) -> None:
    """Every attack can be tried on every document with a value, and writes texts."""
    case = Case("x", gold, GOLD, form, small=True)
    if not case.leaves:
        return
    for attack in ATTACKS:
        for trial in attack.make(case) if isinstance(attack, Attack) else ():
            assert trial.attacked, attack.name
            assert all(isinstance(text, str) for text in (*trial.attacked, *trial.honest)), attack.name


@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str) -> None:
    """A completion in each form."""
    assert (
        Case("x", GOLD, GOLD, form).wrap("{}", "t")
        == {
            "think": "<think>t</think>\n<answer>\n{}\n</answer>",
            "answer": "<answer>\n{}\n</answer>",
            "think_json": "<think>t</think>\n{}",
            "fence": "```json\n{}\n```",
            "json": "{}",
        }[form]
    )


@pytest.mark.parametrize(
    ("relation", "honest", "attacked", "expected"),
    [
        (SAME, 0.5, 0.4, 0.1), (SAME, 0.5, 0.6, 0.1), (NO_MORE, 0.5, 0.4, 0.0), (NO_MORE, 0.5, 0.6, 0.1),
        (LESS, 0.5, 0.4, -0.1), (NOTHING, 1.0, 0.15, 0.1), (less_by(0.2), 1.0, 0.9, 0.1),
        (at_most(0.5), 1.0, 0.6, 0.1),
    ],
)  # fmt: skip
def test_relations(relation: Any, honest: float, attacked: float, expected: float) -> None:
    """By how much a rule does not hold."""
    assert relation.excess(honest, attacked) == pytest.approx(expected)


@given(documents)
def test_edits_change_copies(value: Any) -> None:
    """An edit leaves the document as it was."""
    before = json.dumps(value)
    leaves = leaves_of(value)
    paths = {path for path, _ in leaves[::2]}
    reordered(value, lambda pairs: pairs[::-1], lambda items: items[::-1])
    without(value, paths)
    only(value, paths)
    for path, leaf in leaves:
        replaced(value, path, decoy(leaf))
    for _, rows in tables_of(value):
        varied(rows)
    assert json.dumps(value) == before


@given(documents.filter(lambda value: isinstance(value, (dict, list))))
def test_parts_of_a_document(value: Any) -> None:
    """What is left out and what is kept are all of it."""
    leaves = leaves_of(value)
    paths = {path for path, _ in leaves}
    assert leaves_of(without(value, paths)) == []
    assert [leaf for _, leaf in leaves_of(only(value, paths))] == [leaf for _, leaf in leaves]
    assert len(leaves) + sum(is_empty(scalar) for _, scalar in scalars_of(value)) == len(
        list(scalars_of(value))
    )


@given(scalars.filter(lambda value: not is_empty(value)), st.integers(0, 2))
def test_a_decoy_is_another_value(value: Any, n: int) -> None:
    """Never the value itself; a number stays one."""
    made = decoy(value, n)
    assert made != value
    assert isinstance(made, type(value))
