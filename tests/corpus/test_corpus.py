"""Corpora: counts add up, means are means, and one row per document stays."""

from __future__ import annotations

from math import fsum
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import pairs
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import ABSENT, Completion, Counts, GoldError, InputError, Scores, evaluate, score
from medvie_reward.metrics._published import Published

GOLDS: list[Any] = [{"a": "1", "b": "2"}, {"a": "x"}, {"a": "", "c": ["p", "q"]}]
PREDS: list[Any] = ['<think></think><answer>{"a": "1"}</answer>', {"a": "y", "d": "z"}, None]


def test_figures_by_hand() -> None:
    """Micro, macro, fields, statuses and rates of three documents, counted by hand."""
    e = evaluate(PREDS, GOLDS, "strict")
    assert e.micro.counts == Counts(correct=1, wrong=1, n_pred=3, n_gold=5, invented_field=1)
    assert (e.micro.precision, e.micro.recall, e.micro.f1) == (1 / 3, 1 / 5, 1 / 4)
    assert e.macro.as_dict() == {
        "precision": pytest.approx(1 / 3),
        "recall": pytest.approx(1 / 6),
        "f1": pytest.approx(2 / 9),
        "matching": pytest.approx(0.25),
    }
    assert {name: (s.correct, s.n_pred, s.n_gold) for name, s in e.micro.fields.items()} == {
        "a": (1, 2, 2),
        "b": (0, 0, 1),
        "d": (0, 1, 0),
        "c[]": (0, 0, 2),
    }
    assert e.statuses == {"ok": 2, "no_answer": 1}
    assert (e.parse_rate, e.format_rate) == (2 / 3, 1.0)
    assert [d.id for d in e.documents] == ["1", "2", "3"]
    assert e.signature.startswith("medvie|name:strict|")


@pytest.mark.filterwarnings("ignore::medvie_reward.InputWarning")
@examples(50)
@given(documents=st.lists(pairs(), min_size=1, max_size=5))
def test_micro_is_the_sum_of_documents(documents: list[tuple[Any, Any]]) -> None:
    """Law 4: corpus counts are the sum of document counts, field by field too."""
    for spec in ("strict", "paper", "donut", "smr-r1"):
        e = evaluate([p for p, _ in documents], [g for _, g in documents], spec)
        singles = [score(p, g, spec) for p, g in documents]
        assert added([s.counts for s in singles]) == e.micro.counts
        assert [d.counts for d in e.documents] == [s.counts for s in singles]
        for name, scores in e.micro.fields.items():
            parts = [s.fields[name].counts for s in singles if name in s.fields]
            assert added(parts) == scores.counts
        assert fsum(s.f1 for s in singles) / len(singles) == e.macro.f1


def added(parts: list[Counts]) -> Counts:
    """Add counts up, every member rounded once."""
    return Counts(*[fsum(getattr(part, name) for part in parts) for name in Counts.__slots__])  # type: ignore[arg-type]


def test_groups() -> None:
    """Groups are evaluations of their own documents and add to the whole."""
    e = evaluate(PREDS, GOLDS, by=["lab", "ct", "lab"], ids=["x", "y", "z"])
    assert list(e.groups) == ["ct", "lab"]
    assert [d.id for d in e.groups["lab"].documents] == ["x", "z"]
    assert e.groups["ct"].micro.counts + e.groups["lab"].micro.counts == e.micro.counts
    assert e.groups["lab"].statuses == {"ok": 1, "no_answer": 1}


def test_no_answer_is_not_an_empty_answer() -> None:
    """Where the gold is empty, an empty answer is right and no answer is not."""
    e = evaluate([{}, "nothing", Completion(ABSENT, False, "no_answer")], [{}, {}, {"a": ""}])
    assert [d.f1 for d in e.documents] == [1.0, 0.0, 0.0]
    assert e.micro.counts == Counts()
    assert e.format_rate == 0.0


def test_no_text_has_no_format_rate() -> None:
    """Answers given as values have no format to judge."""
    assert evaluate([{"a": "1"}], [{"a": "1"}]).format_rate is None


def test_as_dict_is_json(tmp_path: Any) -> None:
    """Everything comes out as JSON values, with and without documents."""
    import json

    e = evaluate(PREDS, GOLDS, by=["lab", "ct", "lab"])
    written = json.loads(json.dumps(e.as_dict()))
    assert written["micro"] == e.micro.as_dict()
    assert written["documents"][0]["counts"]["correct"] == 1
    assert written["by"]["ct"]["n"] == 1
    assert "documents" not in e.as_dict(documents=False)


def test_gold_text_is_read() -> None:
    """A gold may be JSON text, as verl and datasets store it."""
    assert (
        evaluate(['{"a": 1}'], ['{"a": 1}'], format="json").micro
        == evaluate([{"a": 1}], [{"a": 1}], format="json").micro
    )


def test_errors_name_the_document() -> None:
    """A bad gold, uneven lengths and no documents are errors."""
    with pytest.raises(GoldError, match="document 2: gold: expected an object or a list, got int"):
        evaluate([{}, {}], [{}, 3])
    with pytest.raises(GoldError, match="document b: gold: expected JSON text"):
        evaluate([{}, {}], [{}, "{"], ids=["a", "b"])
    with pytest.raises(InputError, match=r"some of them end after 1 document$"):
        evaluate([{}, {}], [{}])
    with pytest.raises(InputError, match="no documents"):
        evaluate([], [])


def test_scores_of_a_corpus_are_scores() -> None:
    """A corpus has the same result object as one pair."""
    assert isinstance(evaluate(PREDS, GOLDS).micro, Scores)


def test_published_metrics_by_hand() -> None:
    """Means of nTED accuracy and ANLS* over all documents, those without an answer counted as 0."""
    e = evaluate(PREDS, GOLDS, by=["lab", "ct", "lab"], metrics=("f1", "ted", "anls"))
    # TED({}, gold) is 4 and 2: of the first a member that costs 2 is missing; the second is 1 + 2 away.
    nothing = Published(0.0, 0.0)
    assert [d.published for d in e.documents] == [Published(0.5, 0.5), nothing, nothing]
    assert (e.ted, e.anls) == (0.5 / 3, 0.5 / 3)
    assert {name: (group.ted, group.anls) for name, group in e.groups.items()} == {
        "ct": (0.0, 0.0),
        "lab": (0.25, 0.25),
    }
    assert [d.published for d in e.groups["lab"].documents] == [Published(0.5, 0.5), nothing]


def test_published_metrics_without_an_answer() -> None:
    """Against an empty gold an empty answer scores 1.0, no answer 0.0."""
    preds: list[Any] = [{}, "nothing", None, Completion(ABSENT, False, "no_answer")]
    e = evaluate(preds, [{}] * 4, metrics="ted,anls")
    assert [d.published for d in e.documents] == [Published(1.0, 1.0), *[Published(0.0, 0.0)] * 3]
    assert (e.ted, e.anls, e.macro.f1) == (0.25, 0.25, 0.25)


@pytest.mark.parametrize(
    ("metrics", "keys"),
    [
        ("f1", []),
        ("f1,ted", ["ted", "metrics_limited"]),
        ("anls", ["anls", "metrics_limited"]),
        ("anls,f1,ted", ["ted", "anls", "metrics_limited"]),
    ],
)
def test_published_metrics_change_nothing_else(metrics: str, keys: list[str]) -> None:
    """What was asked for is added to the whole, groups, documents and the signature, and nothing else."""
    groups = ["lab", "ct", "lab"]
    plain = evaluate(PREDS, GOLDS, by=groups).as_dict()
    e = evaluate(PREDS, GOLDS, by=groups, metrics=metrics)
    assert [e.ted is not None, e.anls is not None] == ["ted" in keys, "anls" in keys]
    made = e.as_dict()
    for part, before in [
        (made, plain),
        *((made["by"][name], plain["by"][name]) for name in plain["by"]),
        *zip(made["documents"], plain["documents"], strict=True),
    ]:
        assert [key for key in part if key not in before] == keys
        assert [key for key in part if key in before] == list(before)
        for key in keys:
            assert 0.0 <= part.pop(key) <= 1.0
        if "signature" in before:
            more = part.pop("signature").removeprefix(before.pop("signature"))
            assert [word.split(":")[0] for word in more.split("|")[1:]] == keys[:-1]
    assert made == plain


def test_unknown_metric() -> None:
    """An unknown metric is an error before any document is read."""
    with pytest.raises(InputError, match="unknown metric 'bleu': expected some of f1, ted, anls"):
        evaluate([{}], [3], metrics=("f1", "bleu"))


def test_golds_with_tuples_are_lists() -> None:
    """A tuple in a gold is a list, as everywhere here, and no alternatives of ANLS*."""
    assert evaluate([{"a": "x"}], [{"a": ("x", "y")}], metrics="anls").anls == 0.0
