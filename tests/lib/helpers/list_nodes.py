"""Lists under one name, prepared and scored."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from medvie_reward import Spec, align, reward
from medvie_reward.alignment._alignment import prepare
from medvie_reward.alignment._assignment import Work
from medvie_reward.alignment._gold_tree import GoldList, GoldNode, GoldObject
from medvie_reward.alignment._matching import Matcher
from medvie_reward.alignment._worth import measure_leaves


def outcome(pred: Any, gold: Any, spec: Spec) -> tuple[Any, ...]:
    """Give the reward and the leaves, where the spec has an alignment."""
    leaves = None if spec.lists == "bag" else align(pred, gold, spec).leaves
    return reward(json.dumps(pred), gold, spec), leaves


def list_node(gold: list[Any], spec: Spec) -> tuple[Matcher, GoldList]:
    """Prepare a gold list under the name ``L``."""
    matcher = prepare({"L": gold}, spec).engine
    assert isinstance(matcher, Matcher)
    assert isinstance(matcher.root, GoldObject)
    node = matcher.root.members["L"]
    assert isinstance(node, GoldList)
    return matcher, node


def work_of(pred: list[Any], spec: Spec, matcher: Matcher) -> Work:
    """Give a work bound that does not run out, for a predicted list under the same name."""
    units = measure_leaves({"L": pred}, spec.fields)[1]
    return Work(10**9, lambda: matcher.worth.right_critical(units))


def asked_of_matcher(monkeypatch: pytest.MonkeyPatch, wanted: Callable[[GoldNode], bool]) -> list[Any]:
    """Give a list that takes every predicted value that the matcher weighs against some gold nodes."""
    asked: list[Any] = []
    weigh = Matcher.weigh

    def spy(self: Matcher, predicted: Any, node: GoldNode, work: Work) -> int:
        if wanted(node):
            asked.append(predicted)
        return weigh(self, predicted, node, work)

    monkeypatch.setattr(Matcher, "weigh", spy)
    return asked
