"""Law 6 for weights and costs: no pairing of rows with as much correct would have earned more."""

from __future__ import annotations

import json
from itertools import combinations, permutations
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import SCALARS, flat_lists, specs
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Spec, reward, score
from medvie_reward._core.json_values import is_empty, scalar_text
from medvie_reward.spec._fields import Field

Row = dict[str, Any]
Leaves = dict[str, int]


class Outcome:
    """What one pairing comes to, counted leaf by leaf from the definitions."""

    def __init__(self, spec: Spec, blank: bool) -> None:
        self.spec = spec
        # Where the gold's list is empty, it is a blank that is filled.
        self.unpaired = "filled_blank" if blank else "invented_item"
        self.rows = spec.fields.items(spec.fields.member(spec.fields.root, "L"))
        self.correct = self.pred = self.gold = self.cost = 0.0
        self.critical: dict[str, list[int]] = {}

    def field(self, key: str) -> Field:
        return self.spec.fields.member(self.rows, key)

    def add(self, pred: Row, gold: Row, paired: bool) -> None:
        """Count a predicted and a gold row, paired or each for itself."""
        for key in pred.keys() | gold.keys():
            field = self.field(key)
            weight = field.rule.weight
            p, g = (field.form(scalar_text(row.get(key))) for row in (pred, gold))
            right = paired and p == g != ""
            self.pred += weight * bool(p)
            self.gold += weight * bool(g)
            self.correct += weight * right
            if field.critical:
                counts = self.critical.setdefault(key, [0, 0, 0])
                counts[0] += bool(p)
                counts[1] += bool(g)
                counts[2] += right
            if p and not (paired and g):
                known = key in gold or not gold  # an empty object is a blank, too
                kind = self.unpaired if not paired else "filled_blank" if known else "invented_field"
                self.cost += weight * float(getattr(self.spec, f"{kind}_cost"))

    def matching(self) -> float:
        """Give the matching part of the reward by its formula."""
        spec = self.spec
        if not self.pred and not self.gold:
            return spec.both_empty
        critical = sum(g for _, g, _ in self.critical.values())
        wrong = sum(min(p, g) - right for p, g, right in self.critical.values())
        charge = spec.critical_cost * wrong / critical if critical else 0.0
        some = bool(self.pred and self.gold)
        if spec.matching == "precision_recall":
            precision = self.correct / self.pred if some else 0.0
            recall = self.correct / self.gold if some else 0.0
            cost = self.cost / self.pred if self.pred else 0.0
            return max(spec.floor, spec.alpha * precision - cost - charge) + (1 - spec.alpha) * recall
        square = 1.0 if spec.matching == "f1" else spec.beta**2
        divisor = square * self.gold + self.pred
        f = (1 + square) * self.correct / divisor if some else 0.0
        return max(spec.floor, f - (1 + square) * self.cost / divisor - charge)


def best(preds: list[Row], golds: list[Row], spec: Spec) -> tuple[float, float]:
    """Try every pairing: the most correct by weight, then the most that this much correct can earn.

    Where kinds of hallucination cost differently, equal rows pair first, whatever that costs.
    """
    sure: list[tuple[Row, Row]] = []
    preds, golds, blank = list(preds), list(golds), not golds
    if len({spec.filled_blank_cost, spec.invented_field_cost, spec.invented_item_cost}) > 1:
        for pred in list(preds):
            equal = [gold for gold in golds if held(pred, spec) == held(gold, spec)]
            if equal and held(pred, spec):
                sure.append((pred, equal[0]))
                preds.remove(pred)
                golds.remove(equal[0])
    found = []
    for n in range(min(len(preds), len(golds)) + 1):
        for chosen in combinations(range(len(preds)), n):
            for partners in permutations(range(len(golds)), n):
                outcome = Outcome(spec, blank)
                for pair in sure:
                    outcome.add(*pair, True)
                for i, j in zip(chosen, partners, strict=True):
                    outcome.add(preds[i], golds[j], True)
                for i in set(range(len(preds))) - set(chosen):
                    outcome.add(preds[i], {}, False)
                for j in set(range(len(golds))) - set(partners):
                    outcome.add({}, golds[j], False)
                found.append((outcome.correct, outcome.matching()))
    return max(found)


def held(row: Row, spec: Spec) -> frozenset[tuple[str, str]]:
    """Return the leaves of a row: names and normal forms."""
    forms = {key: Outcome(spec, False).field(key).form(scalar_text(x)) for key, x in row.items()}
    return frozenset((key, form) for key, form in forms.items() if form)


def with_leaves(rows: list[Row]) -> list[Row]:
    """Leave out rows without leaves: they have no partner, also where filling blanks costs less."""
    return [row for row in rows if not all(map(is_empty, row.values()))]


@examples(400)
@given(spec=specs(("align",)), pred=flat_lists, gold=flat_lists)
def test_reward_is_the_best_of_all_pairings(spec: Spec, pred: list[Row], gold: list[Row]) -> None:
    """With any weights, critical fields and costs."""
    gold = with_leaves(gold)
    text = f"<think></think><answer>{json.dumps({'L': pred})}</answer>"
    correct, matching = best(pred, gold, spec)
    assert reward(text, {"L": gold}, spec).matching == pytest.approx(matching, abs=1e-12)
    assert score({"L": pred}, {"L": gold}, spec).counts.weight_correct == correct


alike = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(("a", "b", SCALARS[6])) for key in ("n", "r", "u", "x")}
)


@examples(400)
@given(
    spec=specs(("align",)),
    pred=st.lists(alike, max_size=4),
    gold=st.lists(alike, max_size=4),
    floor=st.sampled_from([0.0, -0.5, -10.0]),
)
def test_so_it_is_with_ties_and_floors(spec: Spec, pred: list[Row], gold: list[Row], floor: float) -> None:
    """Rows so alike that many pairings are equally right, and a floor below 0."""
    spec, gold = spec.replace(floor=floor), with_leaves(gold)
    text = f"<think></think><answer>{json.dumps({'L': pred})}</answer>"
    assert reward(text, {"L": gold}, spec).matching == pytest.approx(best(pred, gold, spec)[1], abs=1e-12)
