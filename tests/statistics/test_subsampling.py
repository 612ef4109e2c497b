"""Fewer documents: drawn as a loop would, as spread as theory says, and as many needed as the formula has."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import kendalltau

from medvie_reward import InputError
from medvie_reward.corpus._corpus_metrics import field_figure
from medvie_reward.statistics import _subsampling as ablation
from medvie_reward.statistics._power import influence_values, needed_documents
from medvie_reward.statistics._subsampling import Subsampling, choose_sizes, subsample_systems


def mean(sums: NDArray[Any]) -> NDArray[Any]:
    """Give the mean of the second column; the first one counts."""
    made: NDArray[Any] = sums[..., 1] / sums[..., 0]
    return made


def counts(seed: int, documents: int, skill: float) -> NDArray[Any]:
    """Make counts of documents: correct, predicted and gold leaves."""
    rng = np.random.default_rng(seed)
    gold = rng.integers(5, 30, documents)
    pred = rng.binomial(gold, 0.95)
    return np.stack([rng.binomial(pred, skill), pred, gold], axis=1).astype(float)


SYSTEMS = {"a": counts(1, 60, 0.80), "b": counts(2, 60, 0.82), "c": counts(3, 60, 0.9)}
HOW = Subsampling((5, 60), draws=300, seed=4)


def test_needed_by_hand() -> None:
    """((1.960 + 0.842) * 0.5 / 0.1)^2 is 196.2, so 197; no difference needs no end of documents."""
    assert needed_documents(0.1, 0.5) == needed_documents(-0.1, 0.5) == 197
    assert needed_documents(0.1, 0.5, level=0.01, power=0.9) == 372  # (2.576 + 1.282)^2 * 25 = 371.98
    assert needed_documents(0.1, 0.0) == 2
    assert needed_documents(0.0, 0.5) is None
    assert needed_documents(1e-13, 0.5) is None


def test_sizes() -> None:
    """Those that fit and all documents, or those asked for, upwards and once."""
    assert choose_sizes(40) == (40,)
    assert choose_sizes(100) == (50, 100)
    assert choose_sizes(1000) == (50, 100, 200, 500, 1000)
    assert choose_sizes(40, [20, 5, 20]) == (5, 20)
    for documents, asked in ((40, [41]), (40, [1]), (40, [0, 10])):
        with pytest.raises(InputError, match="sizes: expected integers from 2 to 40"):
            choose_sizes(documents, asked)
    with pytest.raises(InputError, match="at least 2 documents to draw sets of, got 1"):
        choose_sizes(1)


def test_influence_of_a_mean_is_the_deviation() -> None:
    """Of a mean it is the document's value minus the mean; of any figure, what a little more of it does."""
    x = np.array([1.0, 2.0, 6.0])
    assert influence_values(np.stack([np.ones(3), x], axis=1), mean).tolist() == pytest.approx([-2, -1, 3])
    rows = counts(5, 2000, 0.8)
    total = rows.sum(axis=0)
    slope = (field_figure(total + 1e-6 * (len(rows) * rows - total)) - field_figure(total)) / 1e-6
    assert influence_values(rows, field_figure) == pytest.approx(slope, abs=2e-3)


def by_loops(systems: dict[str, NDArray[Any]], n: int, how: Subsampling) -> dict[str, Any]:
    """Draw each set as a list of documents and look at it as one would."""
    names = list(systems)
    pairs = list(combinations(names, 2))
    documents = len(systems[names[0]])
    whole = {name: float(field_figure(rows.sum(axis=0))) for name, rows in systems.items()}
    influence = {name: influence_values(rows, field_figure) for name, rows in systems.items()}
    rng = np.random.default_rng([how.seed, n])
    values: dict[str, list[float]] = {name: [] for name in names}
    same, taus = [], []
    right: dict[Any, list[bool]] = {pair: [] for pair in pairs}
    apart: dict[Any, list[bool]] = {pair: [] for pair in pairs}
    for _ in range(how.draws):
        drawn = np.repeat(np.arange(documents), rng.multinomial(n, [1 / documents] * documents))
        assert len(drawn) == n
        found = {name: float(field_figure(rows[drawn].sum(axis=0))) for name, rows in systems.items()}
        for name in names:
            values[name].append(found[name])
        same.append(sorted(names, key=found.__getitem__) == sorted(names, key=whole.__getitem__))
        taus.append(kendalltau([found[x] for x in names], [whole[x] for x in names]).statistic)
        for a, b in pairs:
            gap = found[b] - found[a]
            u = (influence[b] - influence[a])[drawn]
            right[a, b].append(np.sign(gap) == np.sign(whole[b] - whole[a]))
            apart[a, b].append(right[a, b][-1] and abs(gap) > 1.959964 * u.std(ddof=1) / math.sqrt(n))
    return {
        "sd": {name: np.std(values[name], ddof=1) for name in names},
        "low": {name: np.quantile(values[name], 0.025) for name in names},
        "same": np.mean(same),
        "tau": np.mean(taus),
        "right": {pair: np.mean(right[pair]) for pair in pairs},
        "apart": {pair: np.mean(apart[pair]) for pair in pairs},
    }


@pytest.mark.parametrize("place", [0, 1])
def test_sets_are_those_of_a_loop(place: int) -> None:
    """Products of counts and rows give what drawing documents one by one gives."""
    size = subsample_systems(SYSTEMS, field_figure, HOW).sizes[place]
    expected = by_loops(SYSTEMS, size.n, HOW)
    assert 0 < expected["same"] < 1
    assert expected["sd"] == pytest.approx({name: spread.sd for name, spread in size.spreads.items()})
    assert expected["low"] == pytest.approx({name: spread.low for name, spread in size.spreads.items()})
    assert (expected["same"], expected["tau"]) == pytest.approx((size.same_ranking, size.tau))
    assert expected["right"] == pytest.approx({names: pair.right for names, pair in size.pairs.items()})
    assert expected["apart"] == pytest.approx({names: pair.apart for names, pair in size.pairs.items()})


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much memory there is, the sets are the same."""
    expected = subsample_systems(SYSTEMS, field_figure, HOW)
    monkeypatch.setattr(ablation, "_CELLS", 7 * 60)
    found = subsample_systems(SYSTEMS, field_figure, HOW)
    assert repr(expected.pairs) == repr(found.pairs)
    for one, other in zip(expected.sizes, found.sizes, strict=True):
        assert one.pairs == other.pairs
        for name, spread in one.spreads.items():
            assert spread == pytest.approx(other.spreads[name], abs=1e-12)


def test_spread_of_a_mean() -> None:
    """The spread of a mean of n documents is that of documents by the root of n."""
    rng = np.random.default_rng(0)
    x = rng.random(50)
    rows = {name: np.stack([np.ones(50), x + k], axis=1) for k, name in enumerate("ab")}
    found = subsample_systems(rows, mean, Subsampling((10, 40), draws=20_000))
    for size in found.sizes:
        assert size.spreads["a"].sd == pytest.approx(x.std() / math.sqrt(size.n), rel=0.03)
        assert size.spreads["a"].mean == pytest.approx(x.mean(), abs=0.005)
        # The second is the first plus 1 in every document: always in order, always apart.
        assert size.pairs["a", "b"] == (1.0, 1.0)
    assert found.pairs["a", "b"].needed == 2


def test_as_many_as_needed_have_the_power() -> None:
    """With so many documents as the formula says, eight sets in ten tell the two apart."""
    systems = {"a": counts(7, 3000, 0.80), "b": counts(8, 3000, 0.82)}
    needed = subsample_systems(systems, field_figure, Subsampling((2,), draws=2)).pairs["a", "b"].needed
    assert needed is not None
    assert 50 < needed < 1000
    (size,) = subsample_systems(systems, field_figure, Subsampling((needed,), draws=4000)).sizes
    assert size.pairs["a", "b"].apart == pytest.approx(0.8, abs=0.03)


def test_a_system_beside_itself() -> None:
    """Nothing tells it apart; its order is right, there is none."""
    found = subsample_systems({"a": SYSTEMS["a"], "b": SYSTEMS["a"]}, field_figure, HOW)
    assert found.pairs["a", "b"] == (0.0, 0.0, None)
    assert [size.pairs["a", "b"] for size in found.sizes] == [(1.0, 0.0)] * 2
    assert [(size.same_ranking, size.tau) for size in found.sizes] == [(1.0, 0.0)] * 2


def test_what_cannot_be_drawn() -> None:
    """Too few systems or draws, or a seed that is none."""
    with pytest.raises(InputError, match="at least two systems"):
        subsample_systems({"a": SYSTEMS["a"]}, field_figure, HOW)
    wrongs: tuple[dict[str, Any], ...] = (
        {"draws": 1},
        {"draws": 2.5},
        {"seed": -1},
        {"seed": True},
        {"sizes": (5, 1)},
    )
    for wrong in wrongs:
        with pytest.raises(
            InputError, match="sizes of at least 2, at least 2 draws and a seed of at least 0"
        ):
            replace(HOW, **wrong)


def test_every_choice_is_in_the_signature() -> None:
    """Sizes, draws and seed."""
    others = [replace(HOW, sizes=(5,)), replace(HOW, draws=9), replace(HOW, seed=5)]
    changed = {HOW.signature, *(other.signature for other in others)}
    assert len(changed) == 4
