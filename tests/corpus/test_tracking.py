"""Metrics for trackers: all figures, under names of their own that MLflow takes."""

from __future__ import annotations

import math
import posixpath
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import InputError, evaluate
from medvie_reward.corpus._tracking import flat_metrics, safe_names

GOLDS: list[Any] = [
    {"Name": "Li", "L": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": "140"}]},
    {"Name": "Wu", "L": []},
    {"Name": "An"},
]
PREDS: list[Any] = [
    {"Name": "Li", "L": [{"n": "K", "r": "41"}]},
    '<think>t</think><answer>{"Name": "Wu", "Age": "7"}</answer>',
    "no answer",
]
EVALUATION = evaluate(PREDS, GOLDS, "strict", ids=["a", "b", "c"], by=["lab", "ct", None], metrics="f1,ted")

# What MLflow holds a metric's name against (mlflow/utils/validation.py), before the colon was let in.
MLFLOW = re.compile(r"[/\w.\- ]*")


def mlflow_takes(name: str) -> bool:
    """Tell whether MLflow takes a metric's name, as its `_validate_metric` does."""
    norm = posixpath.normpath(name)
    unique = norm == name and norm != "." and not norm.startswith(("..", "/"))
    return MLFLOW.fullmatch(name) is not None and unique and len(name) <= 250


def test_flat_metrics_by_hand() -> None:
    """Names and values of one evaluation, groups and fields among them."""
    found = flat_metrics(EVALUATION, "val/step")
    expected = {
        "val/step/documents": 3.0,
        "val/step/micro/correct": 3.0,
        "val/step/micro/f1": 3 / 6,
        "val/step/macro/f1": EVALUATION.macro.f1,
        "val/step/ted": EVALUATION.ted,
        "val/step/metrics_limited": 0.0,
        "val/step/parse_rate": 2 / 3,
        "val/step/format_rate": 0.5,
        "val/step/status/no_answer": 1.0,
        "val/step/field/L.r/f1": 0.0,
        "val/step/field/Name/recall": 2 / 3,
        "val/step/group/lab/documents": 1.0,
        "val/step/micro/wrong": 1.0,
        "val/step/group/lab/micro/f1": 0.5,
        "val/step/group/lab/macro/f1": 0.5,
    }
    assert expected == {name: found[name] for name in expected}
    assert {type(x) for x in found.values()} == {float}
    assert "format_rate" not in flat_metrics(evaluate([{}], [{}]))
    assert "anls" not in found


field_names = (
    st.text(max_size=8) | st.text(min_size=90, max_size=200) | st.sampled_from(("a.b", "..", "$", "a/b"))
)


@given(st.sets(st.tuples(st.booleans(), field_names), min_size=1, max_size=6), st.booleans())
def test_mlflow_takes_every_name(names: set[tuple[bool, str]], smr: bool) -> None:
    """Whatever fields and groups are called, each has a name of its own that MLflow takes."""
    golds = [{name: [{"x": "1"}] if listed else "1"} for listed, name in names if not _lone(name)]
    if not golds:
        return
    preset = "smr-r1" if smr else "clinical"
    evaluation = evaluate([{} for _ in golds], golds, preset, by=[next(iter(gold)) for gold in golds])
    found = flat_metrics(evaluation, "p" * 100)
    assert [name for name in found if not mlflow_takes(name)] == []
    assert all(math.isfinite(x) for x in found.values())
    fields = [name for name in found if "/field/" in name and name.endswith("/f1")]
    assert len(evaluation.micro.fields) == len(fields)


def _lone(name: str) -> bool:
    return any("\ud800" <= x <= "\udfff" for x in name)


def test_safe_names_by_hand() -> None:
    """List marks go; a name that was changed has digits of its own, however it stands among others."""
    alone = {name: safe_names([name])[name] for name in ("a[].b", "a:b", "", "..", "中文 x_1")}
    assert alone == {
        "a[].b": "a.b",
        "a:b": "a_b-6783a31e",
        "": "-e3b0c442",
        "..": "..-5ec1f7e7",
        "中文 x_1": "中文 x_1",
    }
    both = safe_names(["a[].b", "a.b", "a:b", "a_b"])
    assert both["a.b"] == "a.b"
    assert re.fullmatch(r"a\.b-[0-9a-f]{8}", both["a[].b"])
    assert both["a:b"] == alone["a:b"]
    assert both["a_b"] == "a_b"


@given(st.lists(field_names.filter(lambda name: not _lone(name)), unique=True), st.randoms())
def test_safe_names_know_no_order(names: list[str], random: Any) -> None:
    """The order of names changes nothing, and no two are alike."""
    made = safe_names(names)
    random.shuffle(names)
    assert made == safe_names(names)
    assert len(set(made.values())) == len(names)


@pytest.mark.parametrize("prefix", ["/a", "a/", "a//b", "..", "a/../b", ".", "a:b", "a\nb", "x" * 101])
def test_prefixes_that_mlflow_refuses(prefix: str) -> None:
    """They are refused here, before a run has begun."""
    with pytest.raises(InputError, match="prefix: expected at most 100 letters"):
        flat_metrics(EVALUATION, prefix)
