"""Golds with slips: clean figures are the evaluation's, slips are a document's own, correlations by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau

from medvie_reward import ArgumentError, Spec, evaluate
from medvie_reward.corpus._corpus_metrics import FIGURES, document_rows
from medvie_reward.statistics._rank import pair_orders, tau_a, tau_b
from medvie_reward.statistics._robustness import Noise, PredictedDocument, measure_robustness

CLINICAL = Spec.preset("clinical")
F1 = FIGURES["micro_f1"]
DOCUMENTS = [
    PredictedDocument(
        f"d{n}",
        {"Name": f"Li {n}", "L": [{"n": f"x{k}", "r": f"{n}.{k}"} for k in range(n + 2)]},
        (
            {"Name": f"Li {n}", "L": [{"n": f"x{k}", "r": f"{n}.{k}"} for k in range(n + 1)]},
            '<answer>{"Name": "Li 3", "L": []}</answer>' if n % 2 else None,
        ),
    )
    for n in range(12)
]
NAMES = ["good", "bad"]


def measure(documents: list[PredictedDocument], noise: Noise, **more: Any) -> Any:
    return measure_robustness(documents, NAMES, CLINICAL, F1, noise, **more)


@pytest.mark.parametrize("preset", ["clinical", "smr-r1", "paper"])
def test_clean_golds_give_the_evaluation(preset: str) -> None:
    """Rows and figures by the clean golds are those of `evaluate`; rate 0 changes nothing."""
    found = measure_robustness(
        DOCUMENTS, NAMES, Spec.preset(preset), F1, Noise(rates=(0.0,)), metrics=("f1", "ted")
    )
    for k, name in enumerate(NAMES):
        e = evaluate([d.preds[k] for d in DOCUMENTS], [d.gold for d in DOCUMENTS], preset, metrics="f1,ted")
        assert document_rows(e.documents).tolist() == found.rows[name].tolist()
        assert e.micro.f1 == pytest.approx(found.figures[name])
    for noisy in found.noisy:
        assert (noisy.changed, noisy.figures, noisy.tau) == (0.0, found.figures, 1.0)
        # To smr-r1, which knows its own member names alone, all these documents are worth the same.
        assert noisy.rewards["good"] == (None if preset == "smr-r1" else pytest.approx(1.0))


def test_slips_belong_to_the_document() -> None:
    """Another order of documents, more documents, other rates or workers: the same slips in each document."""
    noise = Noise(rates=(0.1, 0.3))
    expected = measure(DOCUMENTS, noise).as_dict()
    for one, other in zip(expected["noisy"], measure(DOCUMENTS[::-1], noise).as_dict()["noisy"], strict=True):
        assert one["changed"] == other["changed"]
        assert one["figures"] == pytest.approx(other["figures"])
        assert one["rewards"] == pytest.approx(other["rewards"])
    assert expected == measure(DOCUMENTS, noise, workers=2).as_dict()
    fewer = measure(DOCUMENTS, Noise(kinds=("dropped_rows",), rates=(0.3,))).as_dict()
    assert [expected["noisy"][3]] == fewer["noisy"]
    assert expected != measure(DOCUMENTS, replace(noise, seed=1)).as_dict()


def test_noise_by_hand() -> None:
    """At rate 1 no row is left: only the name can be right, and what was read of rows is invented."""
    found = measure(DOCUMENTS[:2], Noise(kinds=("dropped_rows",), rates=(1.0,))).noisy[0]
    # Names 2, rows 2 and 3 of two leaves.
    assert found.changed == pytest.approx(10 / 12)
    spec = CLINICAL
    golds = [{"Name": "Li 0", "L": []}, {"Name": "Li 1", "L": []}]
    for k, name in enumerate(NAMES):
        e = evaluate([d.preds[k] for d in DOCUMENTS[:2]], golds, spec)
        assert e.micro.f1 == pytest.approx(found.figures[name])


def test_no_noise() -> None:
    """Without kinds nothing but the clean golds is scored."""
    found = measure(DOCUMENTS, Noise(kinds=()))
    assert found.noisy == ()
    assert list(found.rows) == NAMES


series = st.integers(2, 8).flatmap(
    lambda n: st.tuples(*[arrays(float, n, elements=st.sampled_from([0.0, 0.25, 1.0]))] * 2)
)


def rank_agreement(one: Any, other: Any) -> float:
    return tau_a(pair_orders(one), pair_orders(other))


@given(series)
def test_tau_b_is_its_definition(pair: tuple[Any, Any]) -> None:
    """Concordant minus discordant pairs, by the root of the pairs that are no tie on either side."""
    one, other = pair
    signs = [
        (np.sign(one[i] - one[j]), np.sign(other[i] - other[j])) for i in range(len(one)) for j in range(i)
    ]
    free = [sum(s[k] != 0 for s in signs) for k in (0, 1)]
    found = tau_b(one, other)
    if 0 in free:
        assert found is None
    else:
        assert found == pytest.approx(sum(a * b for a, b in signs) / np.sqrt(free[0] * free[1]))
    assert rank_agreement(one, other) == pytest.approx(sum(a * b for a, b in signs) / len(signs))


def test_tau_by_hand() -> None:
    """Three systems, one pair of three in the opposite order; a tie counts as neither."""
    assert rank_agreement(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])) == pytest.approx(1 / 3)
    assert rank_agreement(np.array([1.0, 2.0]), np.array([1.0, 1.0])) == 0.0
    assert rank_agreement(np.array([1.0]), np.array([2.0])) == 1.0
    assert tau_b(np.array([1.0]), np.array([2.0])) is None
    x, y = np.array([1.0, 2.0, 2.0, 3.0]), np.array([1.0, 1.0, 2.0, 3.0])
    assert tau_b(x, y) == pytest.approx(kendalltau(x, y).statistic)


def test_every_choice_is_in_the_signature() -> None:
    """Kinds, rates and seed."""
    noise = Noise()
    assert noise.signature == (
        "noise:typos,dropped_rows,swapped_values|rates:0.01,0.02,0.05,0.1,0.2|noise-seed:20250613"
    )
    changed = [replace(noise, kinds=("typos",)), replace(noise, rates=(0.5,)), replace(noise, seed=1)]
    assert len({noise.signature, *(other.signature for other in changed)}) == 4


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (
            {"kinds": ("typos", "blots")},
            "no noise 'blots': expected one of typos, dropped_rows, swapped_values",
        ),
        ({"rates": (0.1, 10)}, "rate of noise: expected a number from 0 to 1, got 10"),
        ({"seed": -1}, "seed: expected an integer of at least 0, got -1"),
    ],
)
def test_noise_that_cannot_be_added(wrong: dict[str, Any], reason: str) -> None:
    """It is an error before any document is scored."""
    with pytest.raises(ArgumentError, match=reason):
        Noise(**wrong)
