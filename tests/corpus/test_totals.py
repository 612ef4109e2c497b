"""Sums over documents: exact, and the same bits in any order and any partition."""

from __future__ import annotations

import json
import pickle
from fractions import Fraction
from io import StringIO
from math import fsum
from random import Random
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import pairs
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Counts, InputError, evaluate
from medvie_reward.corpus import Evaluation, evaluation_of, score_document
from medvie_reward.corpus._documents import Document, Scored
from medvie_reward.corpus._totals import CountSum, Totals, exact, rounded
from medvie_reward.metrics._published import Published
from medvie_reward.reports._evaluation_report import print_evaluation
from medvie_reward.spec._spec import resolve

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
METRICS = ("f1", "ted", "anls")


def scored(x: float, status: str = "ok", **more: Any) -> Scored:
    """Give a document whose rates and published values are all ``x``."""
    counts = Counts(correct=1, n_pred=2, n_gold=3, charged=x)
    row = Document("1", counts, x, x, x, x, status, None, False, None, Published(x, x))
    return Scored(row._replace(**more), {"a": counts.numbers}, [])


@given(st.lists(FLOATS, max_size=20))
def test_exact_is_the_rational_number(values: list[float]) -> None:
    """A sum is that of rational numbers, down to the smallest float, and is rounded once."""
    total = sum(map(exact, values))
    assert sum(map(Fraction, values)) == Fraction(total, 1 << 1074)
    try:
        expected = fsum(values)
    except OverflowError:  # only in between: the sum itself may be a float
        return
    assert expected == rounded(total)


def test_rounding_at_every_step_is_not_exact() -> None:
    """Ten tenths, one after the other, are less than 1; added exactly they are 1."""
    in_turn = 0.0
    for _ in range(10):
        in_turn += 0.1
    totals = Totals()
    for _ in range(10):
        totals.add(scored(0.1))
    assert (in_turn, 0.1) == (0.9999999999999999, totals.mean()[0])
    assert totals.counts.counts().charged == 1.0
    assert totals.mean_published() == Published(0.1, 0.1)


def test_counts_stay_whole_numbers() -> None:
    """``correct`` is an integer unless a document's was none, as adding counts gives it."""
    for parts in ([Counts(correct=2, wrong=1), Counts(correct=3)], [Counts(correct=2), Counts(correct=0.5)]):
        total = CountSum()
        for part in parts:
            total.add(part.numbers)
        expected = sum(parts, Counts())
        assert repr(expected) == repr(total.counts())


@pytest.mark.parametrize("n", [1, 255, 256, 257, 700])
def test_many_counts_wait_and_are_added(n: int) -> None:
    """Counts that wait to be added are neither lost nor added twice, whenever the sum is read or pickled."""
    total = CountSum()
    for i in range(n):
        total.add(Counts(correct=1, n_gold=2, charged=0.1).numbers)
        if i % 100 == 7:
            total = pickle.loads(pickle.dumps(total))
    other = CountSum()
    other.merge(total)
    expected = Counts(correct=n, n_gold=2 * n, charged=fsum([0.1] * n))
    assert repr(expected) == repr(total.counts()) == repr(total.counts()) == repr(other.counts())


@pytest.mark.filterwarnings("ignore::medvie_reward.InputWarning")
@examples(40)
@given(
    documents=st.lists(st.tuples(pairs(), st.sampled_from(["a", "b", None])), min_size=1, max_size=8),
    preset=st.sampled_from(["clinical", "strict", "paper", "donut", "smr-r1"]),
    seed=st.integers(0, 2**32),
)
def test_any_partition_in_any_order_is_the_local_run(
    documents: list[tuple[tuple[Any, Any], str | None]], preset: str, seed: int
) -> None:
    """Shuffled, cut at random, added up as a random tree: what `evaluate` gives, to the last bit."""
    preds = [json.dumps(pred) if seed % 2 else pred for (pred, _), _ in documents]
    golds = [gold for (_, gold), _ in documents]
    by = [group for _, group in documents]
    local = evaluate(preds, golds, preset, by=by, metrics=METRICS)
    rng = Random(seed)
    rows = list(zip(preds, golds, by, strict=True))
    rng.shuffle(rows)
    parts: list[Totals] = [Totals() for _ in range(rng.randint(1, 5))]
    for pred, gold, group in rows:
        spec = resolve(preset)
        rng.choice(parts).add(score_document(pred, gold, spec, "x", group, metrics=METRICS))
    while len(parts) > 1:
        one = pickle.loads(pickle.dumps(parts.pop(rng.randrange(len(parts)))))
        rng.choice(parts).merge(one)
    found = evaluation_of(parts[0], resolve(preset), METRICS)
    assert sorted_json(local) == sorted_json(found)
    assert table(local) == table(found)
    assert found.documents == ()


def sorted_json(e: Evaluation) -> str:
    """Write every figure in full; fields have no order in parts that come in any order."""
    return json.dumps(e.as_dict(documents=False), sort_keys=True)


def table(e: Evaluation) -> str:
    out = StringIO()
    print_evaluation(e, out, by="group")
    return out.getvalue()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.randoms())
def test_means_do_not_depend_on_order(values: list[float], random: Any) -> None:
    """Means are the exact sum over the number, in any order of documents; what was not asked for is None."""
    totals = Totals()
    for value in random.sample(values, len(values)):
        totals.add(scored(value, published=Published(None, value)))
    mean = fsum(values) / len(values)
    assert totals.mean() == [mean] * 4
    assert Published(None, mean) == totals.mean_published()


def test_statuses_formats_and_limits_by_hand() -> None:
    """What is counted per document adds up, in groups too."""
    parts = [Totals(), Totals()]
    parts[0].add(scored(1.0, format_ok=True, limited=True, group="a"))
    parts[0].add(scored(0.0, "no_answer", format_ok=False, group="b"))
    parts[1].add(scored(0.5)._replace(sourced=True))
    parts[0].merge(parts[1])
    e = evaluation_of(parts[0], resolve("strict"))
    assert (e.n, e.limited, e.sources) == (3, 1, 1)
    assert e.statuses == {"ok": 2, "no_answer": 1}
    assert (e.format_rate, e.parse_rate, e.macro.f1) == (0.5, 2 / 3, 0.5)
    assert {name: (group.n, group.limited) for name, group in e.groups.items()} == {"a": (1, 1), "b": (1, 0)}
    assert e.micro.limited


def test_no_documents() -> None:
    """Nothing cannot be divided."""
    with pytest.raises(InputError, match="no documents"):
        evaluation_of(Totals(), resolve("strict"))
