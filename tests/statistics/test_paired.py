"""Paired comparisons: equal to sacrebleu's tests, to loops and formulas; fair where nothing differs."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from itertools import product
from math import inf, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.resampling_reference import FIGURES, Floats, corpus, micro_f1, resample_slowly, swap_slowly
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.significance import PairedTest, estimate_ci
from scipy import stats

from medvie_reward.errors import InputError
from medvie_reward.statistics._bootstrap import Interval, intervals
from medvie_reward.statistics._paired import PairedTest as OurTest
from medvie_reward.statistics._paired import adjust_holm, compare_many, compare_paired
from medvie_reward.statistics._resampling import INTERVAL_METHODS, Resampling, resample

SMALL = Resampling(200)


# -- beside sacrebleu ------------------------------------------------------------------------------------


def bleu(sums: Floats) -> Any:
    """BLEU of sums of lengths and of matching and all n-grams, n from 1 to 4; 0 where a length has no match.

    (Papineni et al. 2002, section 2.3.) sacrebleu smooths where there is no match, but no corpus here
    is without one.
    """
    length, reference, correct, grams = sums[..., 0], sums[..., 1], sums[..., 2:6], sums[..., 6:10]
    some = np.all(correct > 0, axis=-1, keepdims=True)
    shares = np.where(some, correct, 1) / np.maximum(grams, 1)
    brevity = np.exp(np.minimum(0, 1 - reference / np.maximum(length, 1)))
    return np.where(some[..., 0], 100 * brevity * np.exp(np.log(shares).mean(axis=-1)), 0.0)


def sentences(noise: float, seed: int, n: int = 120) -> list[str]:
    """Say the same n sentences, with some words changed."""
    words, change = random.Random(0), random.Random(seed)
    return [
        " ".join(
            "other" if change.random() < noise else word
            for word in words.choices("abcdefghijklmnopqrst", k=words.randint(5, 30))
        )
        for _ in range(n)
    ]


REFERENCE = sentences(0, 1)
SYSTEMS = {"a": sentences(0.10, 2), "b": sentences(0.12, 3), "c": sentences(0.15, 4)}
SEED = 12345
"""sacrebleu's own."""


def by_sacrebleu(kind: str, resamples: int, other: str) -> tuple[dict[str, Floats], Any, Any]:
    """Give each system's rows, and what sacrebleu finds for system a and another."""
    metric = BLEU(references=[REFERENCE], tokenize="none", force=True)
    rows = {
        name: np.array(metric._extract_corpus_statistics(said, None), dtype=np.float64)
        for name, said in SYSTEMS.items()
    }
    named: list[tuple[str, Sequence[str]]] = [(name, SYSTEMS[name]) for name in ("a", other)]
    test = PairedTest(named, {"BLEU": metric}, None, test_type=kind, n_samples=resamples)
    found: Any = test()[1]["BLEU"]
    return rows, found[0], found[1]


@pytest.mark.parametrize("other", ["b", "c"])
@pytest.mark.parametrize("resamples", [1000, 10_000])
def test_equal_to_paired_ar(monkeypatch: pytest.MonkeyPatch, other: str, resamples: int) -> None:
    """The p-value of approximate randomisation is sacrebleu's with its seed: the swaps are the same."""
    monkeypatch.setenv("SACREBLEU_SEED", str(SEED))
    rows, first, second = by_sacrebleu("ar", resamples, other)
    made = compare_paired(rows["a"], rows[other], bleu, Resampling(resamples, seed=SEED))
    assert second.score - first.score == pytest.approx(made.difference.value, rel=1e-12)
    assert second.p_value == made.p_value
    assert 1 / (resamples + 1) <= made.p_value < 0.5


def test_equal_to_paired_bs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of resamples are sacrebleu's with its seed, up to its single precision."""
    monkeypatch.setenv("SACREBLEU_SEED", str(SEED))
    rows, _, second = by_sacrebleu("bs", 1000, "b")
    how = Resampling(1000, seed=SEED, method="percentile")
    mean, half = estimate_ci(bleu(resample(rows["b"], how)))
    assert (second.mean, second.ci) == pytest.approx((mean, half), rel=1e-6)
    made = intervals(rows["b"], {"bleu": bleu}, how)["bleu"]
    # sacrebleu takes the 26th of 1000 figures from either end; the quantile lies a little further out.
    assert half <= (made.high - made.low) / 2 <= 1.03 * half


def test_documented_code_runs() -> None:
    """The Python of ``docs/statistics.md`` prints what its comments say."""
    text = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code is not None
    printed: list[str] = []
    exec(code[1], {"print": lambda *shown: printed.append(" ".join(map(str, shown)))})
    assert f"# {printed[0]}" in code[1]
    assert all(f"{name}=" in printed[1] for name in ("value", "low", "high"))
    assert all(f"{name}=" in printed[2] for name in OurTest._fields)
    assert f"# {printed[3]}" in code[1]


# -- beside loops and formulas ---------------------------------------------------------------------------


@pytest.mark.parametrize("method", INTERVAL_METHODS)
@pytest.mark.parametrize("n", [2, 23])
def test_written_out(method: str, n: int) -> None:
    """Every member is what its definition gives, one document and one resample at a time."""
    a, b, how = corpus(1, n), corpus(2, n, 0.9), SMALL.replace(method=method)
    made = compare_paired(a, b, micro_f1, how)

    def f(rows: Any) -> float:
        return float(micro_f1(np.asarray(rows)))

    value = f(b.sum(axis=0)) - f(a.sum(axis=0))
    differences = np.array(
        [f(y) - f(x) for x, y in zip(resample_slowly(a, how), resample_slowly(b, how), strict=True)]
    )
    chance = [abs(f(y) - f(x)) for x, y in zip(*swap_slowly(a, b, how), strict=True)]
    own = np.array([f(y) - f(x) for x, y in zip(a, b, strict=True)])
    assert value == pytest.approx(made.difference.value, rel=1e-13)
    assert (1 + sum(x >= abs(value) - 1e-12 for x in chance)) / 201 == made.p_value
    assert (sum(own > 0), sum(own == 0), sum(own < 0)) == (made.wins, made.ties, made.losses)
    # A t test of paired values is d_z times the root of their number.
    assert stats.ttest_rel(own + 1, np.ones(n)).statistic / sqrt(n) == pytest.approx(made.effect, rel=1e-9)
    assert (1.959963985 + 0.841621234) * differences.std(ddof=1) == pytest.approx(made.detectable, rel=1e-8)
    if method == "percentile":
        expected = list(np.quantile(differences, [0.025, 0.975]))
        assert expected == pytest.approx(made.difference[1:], rel=1e-12)


def test_difference_interval_is_that_of_joint_rows() -> None:
    """The interval of a difference is that of one statistic over rows of both systems."""
    a, b = corpus(1, 30), corpus(2, 30)
    for method in INTERVAL_METHODS:
        how = SMALL.replace(method=method)
        joint = {"gain": lambda s: micro_f1(s[..., 5:]) - micro_f1(s[..., :5])}
        expected = intervals(np.hstack([a, b]), joint, how)["gain"]
        assert expected == compare_paired(a, b, micro_f1, how).difference


def test_p_value_near_all_swaps() -> None:
    """With few documents all swaps can be gone through; the p-value is near the share that is found."""
    a, b = corpus(5, 9), corpus(6, 9, 0.93)
    observed = abs(micro_f1(b.sum(axis=0)) - micro_f1(a.sum(axis=0)))
    at_least = 0
    for swapped in product([False, True], repeat=9):
        mask = np.array(swapped)[:, None]
        x, y = np.where(mask, b, a).sum(axis=0), np.where(mask, a, b).sum(axis=0)
        at_least += abs(micro_f1(y) - micro_f1(x)) >= observed - 1e-12
    exact = at_least / 2**9
    made = compare_paired(a, b, micro_f1, Resampling(20_000))
    assert 0.02 < exact < 0.98
    assert abs(made.p_value - exact) < 4 * sqrt(exact * (1 - exact) / 20_000)


def test_many_share_draws() -> None:
    """Several statistics at once have the comparisons that each has alone."""
    a, b = corpus(1, 12), corpus(2, 12)
    together = compare_many(a, b, FIGURES, SMALL)
    assert list(FIGURES) == list(together)
    assert {name: compare_paired(a, b, figure, SMALL) for name, figure in FIGURES.items()} == together


def test_signs() -> None:
    """Two documents of which b reads one better and one, the larger, worse: worked out by hand."""
    a = [[1, 2], [8, 10], [3, 3]]
    b = [[2, 2], [5, 10], [3, 3]]
    made = compare_paired(a, b, lambda s: s[..., 0] / s[..., 1], SMALL)
    assert made.difference.value == pytest.approx(10 / 15 - 12 / 15)
    assert (made.wins, made.ties, made.losses) == (1, 1, 1)
    # Differences 0.5, -0.3, 0: mean 1/15, variance (0.25 + 0.09 - 3/225) / 2.
    assert made.effect == pytest.approx((1 / 15) / sqrt((0.34 - 3 / 225) / 2))


def test_rounding_is_a_tie() -> None:
    """Figures that differ in their last bits are equal, and so is a difference by chance."""
    a = np.array([[0.1 + 0.2, 1.0], [0.3, 1.0]])
    b = np.array([[0.3, 1.0], [0.1 + 0.2, 1.0]])
    made = compare_paired(a, b, lambda s: s[..., 0] / s[..., 1], SMALL)
    assert (made.wins, made.ties, made.losses, made.effect, made.p_value) == (0, 2, 0, 0.0, 1.0)


# -- edges -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", INTERVAL_METHODS)
def test_one_document(method: str) -> None:
    """One document tells a difference but nothing of its certainty."""
    made = compare_paired([[1, 2]], [[2, 2]], lambda s: s[..., 0] / s[..., 1], SMALL.replace(method=method))
    assert (Interval(0.5, 0.5, 0.5), 1.0, 1, 0, 0, inf, inf) == made


@pytest.mark.parametrize("method", INTERVAL_METHODS)
def test_one_cluster(method: str) -> None:
    """One cluster is as one document, but each of its documents wins or loses."""
    a, b = [[1, 2], [1, 2], [1, 2]], [[2, 2], [0, 2], [2, 2]]
    made = compare_paired(
        a, b, lambda s: s[..., 0] / s[..., 1], SMALL.replace(method=method), ["p", "p", "p"]
    )
    assert (made.p_value, made.wins, made.losses, made.detectable) == (1.0, 2, 1, inf)
    assert made.difference.low == made.difference.high == made.difference.value


def test_always_better_by_the_same() -> None:
    """Equal differences have no spread: the effect is infinite, and nothing is too small to find."""
    a, b = [[1, 4]] * 20, [[2, 4]] * 20
    for x, y, sign in ((a, b, 1), (b, a, -1)):
        made = compare_paired(x, y, lambda s: s[..., 0] / s[..., 1], SMALL)
        assert (Interval(0.25 * sign, 0.25 * sign, 0.25 * sign), sign * inf, 0.0) == (
            made.difference,
            made.effect,
            made.detectable,
        )
        assert made.p_value == 1 / 201


def test_bad_input() -> None:
    """Rows that do not belong together, clusters and statistics that do not fit are errors."""
    with pytest.raises(InputError, match=r"a and b: .* got shapes \(3, 5\) and \(4, 5\)"):
        compare_many(corpus(1, 3), corpus(1, 4), FIGURES, SMALL)
    with pytest.raises(InputError, match=r"b: expected a row .* got shape \(0,\)"):
        compare_many(corpus(1, 3), [], FIGURES, SMALL)
    with pytest.raises(InputError, match="2 clusters"):
        compare_many(corpus(1, 3), corpus(1, 3), FIGURES, SMALL, "ab")
    with pytest.raises(InputError, match="confidence"):
        compare_paired(corpus(1, 3), corpus(1, 3), micro_f1, Resampling(confidence=2))
    with pytest.raises(InputError, match="'nothing': expected a finite figure"):
        compare_many(corpus(1, 3), corpus(1, 3), {"nothing": lambda s: s[..., 0] * np.nan}, SMALL)


# -- laws ------------------------------------------------------------------------------------------------

how_st = st.builds(
    Resampling,
    resamples=st.integers(2, 60),
    confidence=st.floats(0.01, 0.999),
    seed=st.integers(0, 99),
    method=st.sampled_from(INTERVAL_METHODS),
)
row_st = st.tuples(st.integers(0, 5), st.integers(1, 9), st.integers(1, 9), st.integers(0, 4), st.just(1))
pairs_st = st.lists(st.tuples(row_st, row_st), min_size=1, max_size=9).map(
    lambda pairs: (
        np.array([x for x, _ in pairs], dtype=np.float64),
        np.array([y for _, y in pairs], dtype=np.float64),
    )
)


@given(pairs_st, how_st)
def test_a_system_beside_itself(pair: tuple[Floats, Floats], how: Resampling) -> None:
    """There is no difference, for sure, and chance explains it."""
    rows = pair[0]
    for x in compare_many(rows, rows, FIGURES, how).values():
        assert (Interval(0.0, 0.0, 0.0), 1.0, 0, len(rows), 0, 0.0) == x[:6]


@given(pairs_st, how_st)
def test_swapped_systems(pair: tuple[Floats, Floats], how: Resampling) -> None:
    """Another order of the systems turns every sign, and keeps the p-value and what is detectable."""
    a, b = pair
    there, back = compare_many(a, b, FIGURES, how), compare_many(b, a, FIGURES, how)
    for name, x in there.items():
        y = back[name]
        turned = (-y.difference.value, -y.difference.high, -y.difference.low)
        assert turned == pytest.approx(x.difference, rel=1e-9, abs=1e-12)
        assert (y.p_value, y.losses, y.ties, y.wins) == (x.p_value, x.wins, x.ties, x.losses)
        assert -y.effect == pytest.approx(x.effect, rel=1e-9)
        assert y.detectable == pytest.approx(x.detectable, rel=1e-9)


@given(pairs_st, how_st)
def test_what_always_holds(pair: tuple[Floats, Floats], how: Resampling) -> None:
    """Counts add up to the documents, p-values are in reach, the difference is that of the intervals."""
    a, b = pair
    of_a, of_b = intervals(a, FIGURES, how), intervals(b, FIGURES, how)
    for name, x in compare_many(a, b, FIGURES, how).items():
        assert x.wins + x.ties + x.losses == len(a)
        assert 1 / (how.resamples + 1) <= x.p_value <= 1
        assert of_b[name].value - of_a[name].value == x.difference.value
        assert x.difference.low <= x.difference.high
        assert x.detectable >= 0


@given(pairs_st, how_st)
def test_a_cluster_per_document(pair: tuple[Floats, Floats], how: Resampling) -> None:
    """Clusters of one document each change nothing."""
    a, b = pair
    assert compare_many(a, b, FIGURES, how) == compare_many(a, b, FIGURES, how, range(len(a)))


@given(pairs_st, how_st, st.data())
def test_clusters_are_drawn_and_swapped_as_one(
    pair: tuple[Floats, Floats], how: Resampling, data: st.DataObject
) -> None:
    """All but what is counted by documents is that of rows added up by cluster."""
    a, b = pair
    clusters = data.draw(st.lists(st.sampled_from("abc"), min_size=len(a), max_size=len(a)))
    names = list(dict.fromkeys(clusters))

    def added(rows: Floats) -> list[Any]:
        return [sum(row for row, c in zip(rows, clusters, strict=True) if c == name) for name in names]

    by_rows = compare_many(added(a), added(b), FIGURES, how)
    alone = compare_many(a, b, FIGURES, how)
    for name, x in compare_many(a, b, FIGURES, how, clusters).items():
        y = by_rows[name]
        assert (y.difference, y.p_value, y.detectable) == (x.difference, x.p_value, x.detectable)
        assert alone[name][2:6] == x[2:6]


def test_p_values_are_fair() -> None:
    """Of 400 pairs of systems that are equally good, about one in twenty has p <= 0.05."""
    found = 0
    for seed in range(400):
        a, b = corpus(seed, 40), corpus(seed + 10**6, 40)
        found += compare_paired(a, b, micro_f1, Resampling(199, seed=seed)).p_value <= 0.05
    # Three standard errors of a share of 0.05 in 400.
    assert 20 - 13 <= found <= 20 + 13


# -- Holm ------------------------------------------------------------------------------------------------


def holm_slowly(p_values: list[float]) -> list[float]:
    """Give the least level at which Holm's procedure rejects each, among the levels where that changes."""
    m = len(p_values)
    ordered = sorted(range(m), key=p_values.__getitem__)
    steps = [(m - i) * p_values[n] for i, n in enumerate(ordered)]
    levels = sorted({min(1.0, x) for x in steps} | {1.0})

    def rejected(level: float) -> set[int]:
        made: set[int] = set()
        for n, step in zip(ordered, steps, strict=True):
            if step > level:
                break
            made.add(n)
        return made

    return [min([x for x in levels if n in rejected(x)], default=1.0) for n in range(m)]


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ([], []),
        ([0.04], [0.04]),
        # Holm 1979 by hand: 0.005 x 4, 0.01 x 3, 0.03 x 2, then 0.04 raised to the one before.
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.5, 0.9, 0.6], [1.0, 1.0, 1.0]),
        ([0.0, 1.0], [0.0, 1.0]),
    ],
)
def test_holm(p_values: list[float], adjusted: list[float]) -> None:
    """Adjusted p-values stand in the order given."""
    assert adjusted == pytest.approx(adjust_holm(p_values))


@given(st.lists(st.integers(0, 1000).map(lambda n: n / 1000), max_size=8))
def test_holm_laws(p_values: list[float]) -> None:
    """Adjusted p-values are those of the step-down procedure, in the same order, never below the raw ones."""
    adjusted = adjust_holm(p_values)
    assert holm_slowly(p_values) == adjusted
    assert all(raw <= p <= 1 for raw, p in zip(p_values, adjusted, strict=True))
    by_raw = [p for _, p in sorted(zip(p_values, adjusted, strict=True))]
    assert sorted(by_raw) == by_raw


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_holm_of_no_p_value(p: float) -> None:
    """What is no probability is an error."""
    with pytest.raises(InputError, match="p-values: expected numbers from 0 to 1, got"):
        adjust_holm([0.5, p])
