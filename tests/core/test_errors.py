"""Errors: which one a bad argument raises, and which one a bad file."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from medvie_reward import (
    ArgumentError,
    InputError,
    MedvieError,
    Resampling,
    compare,
    evaluate,
    evaluate_files,
)
from medvie_reward.corpus import to_frame
from medvie_reward.selection import select
from medvie_reward.statistics import adjust_holm, compare_evaluations
from medvie_reward.training import Plan

GOLD = {"Name": "Li Wei"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluate("texts", [GOLD]), "predictions: expected a list"),
        (lambda: evaluate([GOLD], [GOLD, GOLD]), "expected as many predictions as"),
        (lambda: evaluate([GOLD], [GOLD], metrics="bleu"), "unknown metric 'bleu'"),
        (lambda: evaluate([], []), "no documents"),
        (lambda: evaluate([GOLD], [GOLD]).to_csv("page"), "level: expected one of"),
        (lambda: evaluate([GOLD], [GOLD]).to_html("-"), "kept no leaves"),
        (lambda: evaluate_files("pred.jsonl", "gold.jsonl", join="row"), "join: expected one of"),
        (
            lambda: evaluate([GOLD], [GOLD]).intervals(Resampling(resamples=1)),
            "resamples: expected an integer",
        ),
        (lambda: compare([GOLD], [GOLD], [GOLD], names=("A", "A")), "two systems are named 'A'"),
        (lambda: compare_evaluations({"A": evaluate([GOLD], [GOLD])}), "at least two systems"),
        (lambda: adjust_holm([2.0]), "p-values: expected numbers from 0 to 1"),
        (lambda: select([], 3), "3 picks out of 0 documents"),
        (lambda: to_frame([], "arrow"), "engine: expected one of"),
        (lambda: Plan(queries=0), "queries and limit must be integers"),
    ],
)
def test_bad_arguments(call: Callable[[], object], message: str) -> None:
    """An argument that cannot be used has an error of its own, which names no file."""
    with pytest.raises(ArgumentError, match=message) as caught:
        call()
    assert caught.value.file is None
    assert isinstance(caught.value, InputError)
    assert isinstance(caught.value, MedvieError)


def test_bad_files(tmp_path: Path) -> None:
    """A file that cannot be used is no bad argument."""
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="the file is empty") as caught:
        evaluate_files(empty, empty)
    assert type(caught.value) is InputError
    assert caught.value.file == str(empty)


def test_errors_travel_between_processes() -> None:
    """A worker's error arrives with its class and its reason."""
    error = pickle.loads(pickle.dumps(ArgumentError("no such level")))
    assert type(error) is ArgumentError
    assert error.reason == "no such level"
