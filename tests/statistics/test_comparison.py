"""Systems compared: every number of a small contest by hand, and what must hold of any."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import InputError, evaluate
from medvie_reward.corpus import EvaluationBuilder, score_document
from medvie_reward.corpus._field_rows import FieldRows
from medvie_reward.spec._spec import resolve
from medvie_reward.statistics._comparison import System, compare_systems
from medvie_reward.statistics._paired import adjust_holm
from medvie_reward.statistics._resampling import Resampling

QUICK = Resampling(resamples=500)
GOLDS: list[Any] = [{"Name": "a", "Age": "1"}, {"Name": "b", "Age": "2"}, {"Name": "c"}, {"Name": "d"}]
RIGHT: list[Any] = [*GOLDS]
HALF: list[Any] = [{"Name": "a", "Age": "9"}, {"Name": "b"}, {"Name": "c"}, {"Name": "x"}]
NONE: list[Any] = [None, None, None, None]


def system(name: str, preds: list[Any], golds: list[Any] = GOLDS, metrics: str = "f1") -> System:
    spec = resolve("strict")
    tally, fields = EvaluationBuilder(spec, tuple(metrics.split(","))), FieldRows()
    for n, (pred, gold) in enumerate(zip(preds, golds, strict=True)):
        scored = score_document(pred, gold, spec, str(n), metrics=tally.metrics)
        tally.add(scored)
        fields.add(scored.fields)
    return System(name, tally.evaluation(), fields.arrays())


def test_a_small_contest_by_hand() -> None:
    """HALF has 3 of 6 leaves right and says 5: micro F1 3 / 5.5; documents' F1 are 1/2, 2/3, 1 and 0."""
    contest = compare_systems([system("half", HALF), system("right", RIGHT)], QUICK)
    (versus,) = contest.versus
    micro = versus.figures["micro_f1"]
    assert (contest.names, contest.documents, contest.figure) == (("half", "right"), 4, "micro_f1")
    assert (versus.name, micro.documents, micro.few) == ("right", 4, True)
    assert (micro.first, micro.other) == pytest.approx((3 / 5.5, 1.0))
    assert micro.paired.difference.value == pytest.approx(1 - 3 / 5.5)
    assert (micro.paired.wins, micro.paired.ties, micro.paired.losses) == (3, 1, 0)
    assert [tuple(d) for d in versus.documents] == [
        ("3", 0.0, 1.0),
        ("0", 0.5, 1.0),
        ("1", pytest.approx(2 / 3), 1.0),
        ("2", 1.0, 1.0),
    ]
    assert contest.figures["half"]["macro_f1"].value == pytest.approx((1 / 2 + 2 / 3 + 1 + 0) / 4)
    # Age: two golds, one predicted wrong, one missing. Name: four golds, one wrong.
    assert (versus.fields["Age"].first, versus.fields["Age"].documents) == (0.0, 2)
    assert (versus.fields["Name"].first, versus.fields["Name"].documents) == (0.75, 4)


def test_fields_and_figures_are_the_evaluations() -> None:
    """What is compared is what `evaluate` gives for each system alone."""
    contest = compare_systems([system("half", HALF), system("none", NONE)], QUICK)
    for preds, name in ((HALF, "half"), (NONE, "none")):
        e = evaluate(preds, GOLDS, "strict")
        values = {figure: found.value for figure, found in contest.figures[name].items()}
        expected = {"micro_f1": e.micro.f1, "macro_f1": e.macro.f1, "omission_rate": e.micro.omission_rate}
        assert expected == pytest.approx({figure: values[figure] for figure in expected})
    (versus,) = contest.versus
    assert {name: d.first for name, d in versus.fields.items()} == pytest.approx(
        {name: scores.f1 for name, scores in evaluate(HALF, GOLDS, "strict").micro.fields.items()}
    )


def test_slices() -> None:
    """A part is compared as if it were the corpus."""
    golds, labels = [GOLDS[n] for n in (0, 1)], ["two", "two", "one", "one"]
    contest = compare_systems(
        [system("half", HALF), system("right", RIGHT)], QUICK, slices={"fields of": labels}
    )
    alone = compare_systems([system("half", HALF[:2], golds), system("right", RIGHT[:2], golds)], QUICK)
    parts = contest.versus[0].slices["fields of"]
    assert list(parts) == ["one", "two"]
    assert parts["two"].paired == alone.versus[0].figures["micro_f1"].paired
    assert [parts[name].adjusted for name in parts] == adjust_holm([d.paired.p_value for d in parts.values()])
    assert "slices:fields of" in contest.signature


def test_several_systems_are_adjusted_together() -> None:
    """A figure is asked once per system beside the first."""
    contest = compare_systems([system("half", HALF), system("right", RIGHT), system("none", NONE)], QUICK)
    raw = [versus.figures["micro_f1"].paired.p_value for versus in contest.versus]
    assert [versus.figures["micro_f1"].adjusted for versus in contest.versus] == adjust_holm(raw)


def test_published_metrics_alone() -> None:
    """Without F1 nothing of leaves is compared; the first metric asked for leads."""
    contest = compare_systems(
        [system("half", HALF, metrics="ted,anls"), system("right", RIGHT, metrics="ted,anls")], QUICK
    )
    (versus,) = contest.versus
    assert (contest.figure, list(versus.figures), versus.fields) == ("ted", ["ted", "anls"], {})


def test_clusters() -> None:
    """Documents of one patient are drawn together, and the signature says how many there are."""
    pair = [system("half", HALF), system("right", RIGHT)]
    apart, alone = compare_systems(pair, QUICK, clusters=list("abcd")), compare_systems(pair, QUICK)
    assert apart.versus == alone.versus
    together = compare_systems(pair, QUICK, clusters=list("aabb"))
    assert together.versus[0].figures["micro_f1"].paired.p_value > 0.4
    assert "clusters:2" in together.signature


def test_what_cannot_be_compared() -> None:
    """Too few systems, equal names, other documents, other specs."""
    half, right = system("half", HALF), system("right", RIGHT)
    with pytest.raises(InputError, match="expected at least two systems"):
        compare_systems([half], QUICK)
    with pytest.raises(InputError, match="two systems are named 'half'"):
        compare_systems([half, right, half], QUICK)
    with pytest.raises(InputError, match="other: expected the documents that half has"):
        compare_systems([half, system("other", HALF[:2], GOLDS[:2])], QUICK)
    with pytest.raises(InputError, match="right: expected the signature of half"):
        compare_systems([half, system("right", RIGHT, metrics="f1,ted")], QUICK)


def test_infinite_figures_are_null_in_json() -> None:
    """One document has no spread: effect and detectable difference are infinite, null in JSON."""
    contest = compare_systems(
        [system("half", HALF[:1], GOLDS[:1]), system("right", RIGHT[:1], GOLDS[:1])], QUICK
    )
    made = contest.as_dict()["versus"]["right"]["figures"]["micro_f1"]
    assert (made["effect"], made["detectable"], made["few"]) == (None, None, True)
    assert made["difference"] == made["low"] == made["high"] == 0.5


PREDS = st.lists(
    st.sampled_from([None, {}, {"Name": "a"}, {"Name": "x", "Age": "1"}]), min_size=4, max_size=4
)


@given(PREDS, PREDS)
@examples(25)
def test_turned_round(a: list[Any], b: list[Any]) -> None:
    """The other way round every difference changes its sign, wins are losses, and p stays."""
    first, second = system("a", a), system("b", b)
    one = compare_systems([first, second], QUICK).versus[0]
    two = compare_systems([second, first], QUICK).versus[0]
    for name, d in one.figures.items():
        other = two.figures[name]
        assert d.paired.difference.value == pytest.approx(-other.paired.difference.value)
        assert (d.paired.wins, d.paired.losses) == (other.paired.losses, other.paired.wins)
        assert d.paired.p_value == other.paired.p_value
    assert {d.id: d.difference for d in one.documents} == {d.id: -d.difference for d in two.documents}


@given(PREDS)
@examples(15)
def test_a_system_beside_itself(preds: list[Any]) -> None:
    """Nothing differs, nothing is significant."""
    versus = compare_systems([system("a", preds), system("b", preds)], QUICK).versus[0]
    for d in [*versus.figures.values(), *versus.fields.values()]:
        assert (d.paired.difference, d.adjusted, d.mark) == ((0.0, 0.0, 0.0), 1.0, "")
    assert {document.difference for document in versus.documents} == {0.0}
