"""Intervals: equal to scipy's where it has one, near the truth as often as promised, defined at the edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.resampling_reference import (
    CORRECT,
    FIGURES,
    GOLD,
    ONE,
    PREDICTED,
    Floats,
    corpus,
    macro_f1,
    micro_f1,
    resample_slowly,
)
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from medvie_reward.errors import InputError
from medvie_reward.statistics._bootstrap import Interval, Statistic, interval_of, intervals
from medvie_reward.statistics._resampling import INTERVAL_METHODS, Resampling

SMALL = Resampling(200)


def one(rows: Any, statistic: Statistic, how: Resampling, clusters: Any = None) -> Interval:
    """Give the interval of one statistic."""
    return intervals(rows, {"it": statistic}, how, clusters)["it"]


def mean_correct(sums: Floats) -> Any:
    """Mean number of correct leaves: integers added up, then divided, as in a mean by numpy."""
    return sums[..., CORRECT] / sums[..., ONE]


# -- beside scipy --------------------------------------------------------------------------------------


def by_scipy(rows: Floats, statistic: Any, how: Resampling, method: str) -> Any:
    """Let scipy draw documents with the same seed; it gives the statistic the positions drawn."""
    return stats.bootstrap(
        (np.arange(len(rows)),),
        lambda drawn, axis: statistic(rows[drawn].sum(axis=-2)),
        vectorized=True,
        n_resamples=how.resamples,
        confidence_level=how.confidence,
        method=method,
        # scipy older than 1.15 does not know `rng`, and newer ones take a generator here too.
        random_state=np.random.default_rng(how.seed),
    )


@pytest.mark.parametrize("statistic", [micro_f1, mean_correct])
@pytest.mark.parametrize("confidence", [0.95, 0.8])
@pytest.mark.parametrize(("method", "n"), [("percentile", 12), ("percentile", 60), ("bca", 12), ("bca", 60)])
def test_equal_to_scipy(statistic: Statistic, confidence: float, method: str, n: int) -> None:
    """From one random stream come one set of resamples and one interval."""
    rows, how = corpus(n, n), Resampling(999, confidence, seed=n, method=method)
    expected = by_scipy(rows, statistic, how, method)
    made = one(rows, statistic, how)
    assert made.value == float(statistic(rows.sum(axis=0)))
    assert list(made[1:]) == pytest.approx(list(expected.confidence_interval), rel=1e-13)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_near_scipy_whatever_the_seed(method: str) -> None:
    """With other resamples, an interval differs by no more than its ends vary over seeds."""
    rows = corpus(3, 40)
    ends = [by_scipy(rows, micro_f1, Resampling(2000, seed=s), method).confidence_interval for s in range(20)]
    made = one(rows, micro_f1, Resampling(20_000, seed=99, method=method))
    # The mean of 20 intervals of 2000 resamples each and one of 20,000 vary alike: about sd / sqrt(20) and
    # sd / sqrt(10).
    mean, sd = np.mean(ends, axis=0), np.std(ends, axis=0, ddof=1)
    assert (abs(np.array(made[1:]) - mean) < 4 * sd * np.sqrt(1 / 20 + 1 / 10)).all()


def test_expanded_is_students_interval_for_a_mean() -> None:
    """The expanded interval of a mean of about normal numbers is Student's, the percentile one narrower."""
    x = np.random.default_rng(5).normal(10, 2, 8)
    rows = np.stack([x, np.ones(8)], axis=1)
    how = Resampling(200_000, method="expanded")
    low, high = stats.t.interval(0.95, 7, x.mean(), x.std(ddof=1) / np.sqrt(8))
    made = one(rows, lambda s: s[..., 0] / s[..., 1], how)
    narrow = one(rows, lambda s: s[..., 0] / s[..., 1], how.replace(method="percentile"))
    assert made.high - made.low == pytest.approx(high - low, rel=0.06)
    assert narrow.high - narrow.low < 0.85 * (made.high - made.low)


def test_expanded_levels() -> None:
    """The levels are those of the formula, here with quantiles of the numbers 0 to 1."""
    ramp = np.linspace(0, 1, 100_001)
    how = Resampling(method="expanded")
    # Left out figures that are all equal, that deviate alike, and one far off the others: of 20 deviations 19
    # are 1 and one is -19, so that k = 20 (19 + 19^4) / (19 + 19^2)^2 and 2.331 degrees of freedom are left.
    for left_out, freedom in (
        (np.full(20, 0.3), 19),
        (np.array([0.1, 0.3] * 10), 19),
        (np.array([0.0] * 19 + [20.0]), 40 / (20 * (19 + 19**4) / (19 + 19**2) ** 2 - 17 / 19)),
    ):
        z = np.sqrt(20 / 19) * stats.t.ppf(0.975, freedom)
        expected = [stats.norm.cdf(-z), stats.norm.cdf(z)]
        assert expected == pytest.approx(interval_of(0.5, ramp, left_out, how)[1:], rel=1e-9)
    normal = np.random.default_rng(1).normal(0, 1, 10**6)
    assert interval_of(0.5, ramp, normal, how)[1:] == pytest.approx([0.025, 0.975], rel=1e-4)


# -- a plain reference -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", INTERVAL_METHODS)
def test_all_statistics_share_resamples(method: str) -> None:
    """Several statistics at once have the intervals that each has alone."""
    rows, how = corpus(1, 15), SMALL.replace(method=method)
    together = intervals(rows, FIGURES, how)
    assert list(FIGURES) == list(together)
    assert {name: one(rows, figure, how) for name, figure in FIGURES.items()} == together


def test_percentile_written_out() -> None:
    """The percentile interval is quantiles over resamples that a loop made."""
    rows, how = corpus(2, 15), SMALL.replace(method="percentile")
    figures = [float(micro_f1(sums)) for sums in resample_slowly(rows, how)]
    expected = [micro_f1(rows.sum(axis=0)), *np.quantile(figures, [0.025, 0.975])]
    assert expected == pytest.approx(list(one(rows, micro_f1, how)), rel=1e-13)


# -- edges -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", INTERVAL_METHODS)
def test_one_document(method: str) -> None:
    """One document, or one cluster, has its value as interval, and no figure of no document is asked for."""
    how, rows = SMALL.replace(method=method), corpus(1, 3)
    alone = float(micro_f1(rows[0]))
    assert Interval(alone, alone, alone) == one(rows[:1], micro_f1, how)
    value = float(micro_f1(rows.sum(axis=0)))
    assert Interval(value, value, value) == one(rows, micro_f1, how, ["p", "p", "p"])


@pytest.mark.parametrize("method", INTERVAL_METHODS)
def test_equal_rows(method: str) -> None:
    """Rows that are all equal have their value as interval, fractions that do not add up exactly too."""
    rows = np.tile([0.1, 0.3, 0.7, 0.1, 1.0], (11, 1))
    made = intervals(rows, FIGURES, SMALL.replace(method=method))
    assert all(x.low == x.value == x.high for x in made.values())


def test_bca_of_resamples_on_one_side() -> None:
    """Where the bias is infinite, BCa is the percentile interval."""
    how, left_out = Resampling(method="bca"), np.array([1.0, 2.0, 4.0])
    for value in (-1.0, 2.0):
        ramp = np.linspace(0, 1, 101)
        made = interval_of(value, ramp, left_out, how)
        assert interval_of(value, ramp, left_out, how.replace(method="percentile")) == made


def test_bca_without_jackknife_variance() -> None:
    """Where leaving a document out changes nothing, there is no acceleration; the bias is corrected yet."""
    ramp = np.linspace(0, 1, 100_001)
    made = interval_of(0.4, ramp, np.full(3, 0.1), Resampling(method="bca"))
    z = stats.norm.ppf(0.4)
    expected = [stats.norm.cdf(2 * z + stats.norm.ppf(level)) for level in (0.025, 0.975)]
    assert expected == pytest.approx(made[1:], rel=1e-3)


def test_bca_past_the_pole() -> None:
    """A confidence so high that 1 - a(z0 + z) is negative gives the end of the resamples, not the middle."""
    ramp = np.linspace(0, 1, 101)
    skewed = np.array([*np.zeros(99), -1.0])
    made = interval_of(0.5, ramp, skewed, Resampling(confidence=1 - 1e-12, method="bca"))
    assert made.high == 1.0
    assert 0.0 <= made.low < 0.05


@pytest.mark.parametrize(
    ("statistic", "message"),
    [
        (lambda s: np.where(s[..., 0] > 0, np.nan, 0), "'it': expected a finite figure .* got nan for"),
        (lambda s: s[..., 0] * np.inf, "expected a finite figure .* got inf"),
        (
            lambda s: s,
            r"'it': expected figures of shape \(1,\) for sums of shape \(1, 5\), got shape \(1, 5\)",
        ),
        (lambda s: 0.5, r"expected figures of shape \(1,\)"),
    ],
)
def test_statistics_that_are_not_total(statistic: Statistic, message: str) -> None:
    """A statistic that is not finite or has another shape is an error that names it."""
    with pytest.raises(InputError, match=message):
        one(corpus(1, 5) + 1, statistic, SMALL)


def test_undefined_only_for_a_resample() -> None:
    """A statistic that is undefined for one resample alone is an error too."""
    rows = np.array([[0.0], [1.0], [1.0]])

    def undefined(sums: Floats) -> Any:
        return np.where(sums[..., 0] == 0, np.nan, 1.0)

    with pytest.raises(InputError, match=r"got nan for \[0.0\]"):
        one(rows, undefined, SMALL)


def test_bad_input() -> None:
    """Rows, clusters and ways to resample that cannot be used are errors."""
    with pytest.raises(InputError, match="rows: expected"):
        intervals([], FIGURES, SMALL)
    with pytest.raises(InputError, match="2 clusters"):
        intervals(corpus(1, 3), FIGURES, SMALL, "ab")
    with pytest.raises(InputError, match="no method"):
        intervals(corpus(1, 3), FIGURES, SMALL.replace(method="t"))


# -- laws ------------------------------------------------------------------------------------------------

how_st = st.builds(
    Resampling,
    resamples=st.integers(2, 60),
    confidence=st.floats(0.01, 0.999),
    seed=st.integers(0, 99),
    method=st.sampled_from(INTERVAL_METHODS),
)
rows_st = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 9), st.integers(1, 9), st.integers(0, 4), st.just(1)),
    min_size=1,
    max_size=9,
).map(lambda rows: np.array(rows, dtype=np.float64))


@given(rows_st, how_st, st.randoms(use_true_random=False))
def test_order_of_documents(rows: Floats, how: Resampling, random: Any) -> None:
    """Shuffled documents have the same figures; their intervals come from other draws."""
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = intervals(rows[order], FIGURES, how)
    assert {k: x.value for k, x in intervals(rows, FIGURES, how).items()} == {
        k: x.value for k, x in shuffled.items()
    }


@given(rows_st, how_st)
def test_inside_what_documents_have(rows: Floats, how: Resampling) -> None:
    """Low is not above high, and both lie among the documents' own figures, as a mean does."""
    for name, x in intervals(rows, FIGURES, how).items():
        own = FIGURES[name](rows)
        assert own.min() - 1e-12 <= x.low <= x.high <= own.max() + 1e-12


@given(rows_st, how_st, st.floats(0.01, 0.999))
def test_more_confidence_is_wider(rows: Floats, how: Resampling, confidence: float) -> None:
    """The interval of a higher confidence holds that of a lower one."""
    narrow, wide = sorted((how.confidence, confidence))
    inner = intervals(rows, FIGURES, how.replace(confidence=narrow))
    outer = intervals(rows, FIGURES, how.replace(confidence=wide))
    for name, x in inner.items():
        assert outer[name].low - 1e-12 <= x.low <= x.high <= outer[name].high + 1e-12


@given(rows_st, how_st)
def test_expanded_is_wider(rows: Floats, how: Resampling) -> None:
    """The expanded interval holds the percentile interval."""
    inner = intervals(rows, FIGURES, how.replace(method="percentile"))
    outer = intervals(rows, FIGURES, how.replace(method="expanded"))
    for name, x in inner.items():
        assert outer[name].low - 1e-12 <= x.low <= x.high <= outer[name].high + 1e-12


@given(rows_st, how_st)
def test_a_cluster_per_document(rows: Floats, how: Resampling) -> None:
    """Clusters of one document each change nothing."""
    assert intervals(rows, FIGURES, how) == intervals(rows, FIGURES, how, range(len(rows)))


@given(rows_st, how_st, st.data())
def test_clusters_are_rows_added_up(rows: Floats, how: Resampling, data: st.DataObject) -> None:
    """Documents of a cluster count as one document that has the sum of their rows."""
    clusters = data.draw(st.lists(st.sampled_from("abc"), min_size=len(rows), max_size=len(rows)))
    names = list(dict.fromkeys(clusters))
    added = [sum(row for row, c in zip(rows, clusters, strict=True) if c == name) for name in names]
    assert intervals(added, FIGURES, how) == intervals(rows, FIGURES, how, clusters)


def test_clusters_widen() -> None:
    """Documents copied ten times look certain; drawn as clusters they are as uncertain as before."""
    rows = corpus(4, 30)
    copied = np.repeat(rows, 10, axis=0)
    before, alone = one(rows, micro_f1, SMALL), one(copied, micro_f1, SMALL)
    assert alone.high - alone.low < 0.5 * (before.high - before.low)
    assert before == pytest.approx(one(copied, micro_f1, SMALL, np.repeat(range(30), 10).tolist()), rel=1e-12)


# -- coverage --------------------------------------------------------------------------------------------


def test_coverage() -> None:
    """Of 1000 intervals of 100 documents each, 93 to 97% hold the truth by default, else a few less.

    ``benchmarks/interval_coverage.py`` has the full table.
    """
    big = corpus(2**32, 1_000_000).sum(axis=0)
    true = {name: float(figure(big)) for name, figure in FIGURES.items()}
    held = {method: dict.fromkeys(FIGURES, 0) for method in INTERVAL_METHODS}
    for seed in range(1000):
        rows = corpus(seed, 100)
        for method in INTERVAL_METHODS:
            for name, x in intervals(rows, FIGURES, Resampling(500, seed=seed, method=method)).items():
                held[method][name] += x.low <= true[name] <= x.high
    assert all(930 <= n <= 970 for n in held[Resampling().method].values())
    assert all(910 <= n <= 970 for by in held.values() for n in by.values())


def test_columns_are_named() -> None:
    """The columns of the corpus are what the figures take them for."""
    rows = corpus(1, 50)
    assert (rows[:, CORRECT] <= np.minimum(rows[:, PREDICTED], rows[:, GOLD])).all()
    assert macro_f1(rows.sum(axis=0)) == pytest.approx(micro_f1(rows).mean(), rel=1e-12)
