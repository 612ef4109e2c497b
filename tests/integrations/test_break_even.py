"""The closed form of what a further leaf has to be worth, and the page that shows it."""

from __future__ import annotations

from pathlib import Path

import break_even
import pytest
from break_even import Report, one_field_limit

from medvie_reward import Spec

ROOT = Path(__file__).parents[2]
CLINICAL = Spec.preset("clinical")
MIX = CLINICAL.replace(matching="precision_recall")


@pytest.mark.parametrize("accuracy", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("written", [1, 8, 39])
def test_any_leaf(accuracy: float, written: int) -> None:
    """Under F1 a leaf pays above half of the F1; under the mix above p * N / (N + m + 1), solved by hand."""
    report = Report(gold=40, critical=8, written=written)
    f1 = 2 * accuracy * written / (40 + written)
    assert break_even.break_even(CLINICAL, report, accuracy) == pytest.approx(f1 / 2)
    by_hand = accuracy * 40 / (40 + written + 1)
    assert break_even.break_even(MIX, report, accuracy) == pytest.approx(by_hand)


def test_a_critical_leaf() -> None:
    """F1 of 20 / 40 with 10 right, one of 8 critical ones more: 2 (10 + q) / 61 - c (1 - q) / 8 = 20 / 60."""
    spec = CLINICAL.replace(critical_cost=0.25)
    by_hand = (1 / 3 - 20 / 61 + 0.25 / 8) / (2 / 61 + 0.25 / 8)
    assert break_even.break_even(spec, Report(), 0.5, critical=True) == pytest.approx(by_hand)


@pytest.mark.parametrize("n", [2, 8, 40])
def test_one_sure_field(n: int) -> None:
    """Alone it earns alpha + (1 - alpha) / N of the mix and 2 / (1 + N) of F1; the rest must earn more."""
    report = Report(gold=n, critical=0)
    assert one_field_limit(MIX, report) == pytest.approx(0.5)
    assert one_field_limit(CLINICAL, report) == pytest.approx((2 * n / (1 + n) - 1) / (n - 1))


def test_the_page_shows_what_is_printed() -> None:
    """Every line of the three tables stands on the page about the reward."""
    page = (ROOT / "docs" / "reward.md").read_text(encoding="utf-8")
    lines = [line for line in break_even.tables(Report()).splitlines() if line.startswith("| ")]
    assert len(lines) == 3 * 2 + 2 + 5 + 2
    assert [line for line in lines if line not in page] == []
