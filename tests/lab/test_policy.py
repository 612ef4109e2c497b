"""The simulated reader: what it draws, and the gradients of its log-probabilities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from medvie_reward.completions import Completion
from medvie_reward.lab._pages import MISREAD, Page, fields_of, logit_of, make_pages, sigmoid
from medvie_reward.lab._policy import Layout, Start, draw, start_like

GOLD: dict[str, Any] = {
    "Name": "Li",
    "Age": "5",
    "Note": "",
    "Rows": [{"Item": "K", "Result": "1"}, {"Item": "Na", "Result": "2"}, {"Item": "Cl", "Result": "3"}],
    "End": "ok",
}
FIELDS = fields_of([GOLD])
NEVER, ALWAYS = -40.0, 40.0
PERFECT = Start(write=ALWAYS, heed=0.0, row=ALWAYS, row_heed=0.0, stop=NEVER, stop_rows=NEVER, twice=NEVER,
                invent=NEVER, shift=NEVER, swap=NEVER, form=ALWAYS)  # fmt: skip


def page(logit: float = ALWAYS) -> Page:
    """Return the page of the document without ghosts, every value read with the same probability."""
    made = next(
        found
        for seed in range(50)
        if (
            found := make_pages([GOLD], FIELDS, 0.5, seed=seed, critical=frozenset({"Rows[].Result"}))[0]
        ).real.all()
    )
    return replace(made, logit=np.full(len(made.field), logit), evidence=np.zeros(len(made.field)))


def one(start: Start, logit: float = ALWAYS, asked: frozenset[str] | None = None) -> Any:
    layout = Layout(FIELDS)
    drawn = draw(page(logit), layout, layout.start(start), 1, np.random.default_rng(0), asked=asked)
    return drawn.answers[0]


def test_a_perfect_reader_writes_the_document_and_fills_the_blank() -> None:
    assert one(PERFECT) == {**GOLD, "Note": "made up 2"}


def test_what_a_reader_does_wrong() -> None:
    rows = GOLD["Rows"]
    assert one(PERFECT, NEVER)["Name"] == MISREAD
    assert one(replace(PERFECT, twice=ALWAYS))["Rows"] == [row for row in rows for _ in (0, 1)]
    assert [row["Result"] for row in one(replace(PERFECT, shift=ALWAYS))["Rows"]] == ["3", "1", "2"]
    assert [row["Result"] for row in one(replace(PERFECT, swap=ALWAYS))["Rows"]] == ["2", "1", "3"]
    assert len(one(replace(PERFECT, invent=ALWAYS))["Rows"]) == 3 + 4
    assert one(replace(PERFECT, stop=ALWAYS)) == {"Name": "Li"}
    assert one(replace(PERFECT, row=NEVER)) == {"Name": "Li", "Age": "5", "Note": "made up 2", "End": "ok"}
    assert one(replace(PERFECT, write={name: ALWAYS if name == "Name" else NEVER for name in FIELDS})) == {
        "Name": "Li"
    }


def test_only_what_is_asked_for_is_written() -> None:
    assert one(PERFECT, asked=frozenset({"Name", "Rows[].Item"})) == {
        "Name": "Li",
        "Rows": [{"Item": "K"}, {"Item": "Na"}, {"Item": "Cl"}],
    }
    assert one(replace(PERFECT, invent=ALWAYS, shift=ALWAYS), asked=frozenset({"Name"})) == {"Name": "Li"}


@pytest.mark.parametrize("name", ["verbose", "row", "stop", "stop_rows", "twice", "invent"])
def test_slopes_are_those_of_a_finite_difference(name: str) -> None:
    """The covariance of the number of leaves with the slope is the derivative of its mean."""
    layout, n, h = Layout(FIELDS), 20_000, 0.2
    start = Start(stop=-2.0, stop_rows=-2.0, twice=-1.0, invent=-1.0)
    theta = layout.start(start)
    here = page(0.0)

    def lengths(theta: Any, slopes: bool = False) -> Any:
        drawn = draw(here, layout, theta, n, np.random.default_rng(1), slopes=slopes)
        return np.array([Completion.from_answer(x).leaves for x in drawn.answers]), drawn.slopes

    leaves, slopes = lengths(theta, slopes=True)
    slope = slopes[:, layout.at[name]]
    assert abs(slope.mean()) < 5 * slope.std() / np.sqrt(n)  # a score has mean 0
    ends = []
    for sign in (1, -1):
        moved = theta.copy()
        moved[layout.at[name]] += sign * h
        ends.append(lengths(moved)[0].mean())
    expected = np.mean((leaves - leaves.mean()) * slope)
    assert (ends[0] - ends[1]) / (2 * h) == pytest.approx(expected, rel=0.12, abs=0.05)


def test_pages_have_the_accuracy_that_was_asked_for() -> None:
    golds = [GOLD] * 30
    pages = make_pages(golds, FIELDS, 0.3, seed=0)
    right = np.concatenate([sigmoid(one.logit)[one.readable] for one in pages])
    assert right.mean() == pytest.approx(0.3, abs=1e-6)
    wanted = dict.fromkeys(FIELDS, 0.5) | {"Rows[].Result": 0.1}
    pages = make_pages(golds, FIELDS, wanted, seed=0)
    for name, share in (("Rows[].Result", 0.1), ("Name", 0.5)):
        n = FIELDS.index(name)
        mine = np.concatenate([sigmoid(one.logit)[one.readable & (one.field == n)] for one in pages])
        assert mine.mean() == pytest.approx(share, abs=1e-6)
    assert float(sigmoid(logit_of(0.7, np.zeros(1)))) == pytest.approx(0.7)


def test_a_start_like_a_model_writes_and_fills_as_often() -> None:
    layout = Layout(FIELDS)
    pages = make_pages([GOLD] * 200, FIELDS, 0.5, seed=0)
    written = dict.fromkeys(FIELDS, 0.7) | {"Rows[].Result": 0.2}
    start, more = start_like(pages, FIELDS, written, 0.1, 0.5, 0.9)
    rng = np.random.default_rng(0)
    seen = [
        x
        for one in pages
        for x in draw(
            replace(one, evidence=one.evidence + more * one.blank), layout, layout.start(start), 8, rng
        ).answers
    ]
    assert np.mean(["Name" in x for x in seen]) == pytest.approx(0.7, abs=0.05)
    assert np.mean(["Note" in x for x in seen]) == pytest.approx(0.1, abs=0.05)
    results = [sum("Result" in row and "inv" not in row["Result"] for row in x.get("Rows", ())) for x in seen]
    assert np.mean(results) / 3 == pytest.approx(0.2, abs=0.08)
