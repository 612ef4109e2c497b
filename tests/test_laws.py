"""The laws of the design, as properties, for every preset that they apply to.

The list mode ``key:<member>`` pairs rows by name even where that costs correct leaves, so a corrected or
removed name can move the reward either way: it is left out of those two laws, and a test below shows why.
``smr-r1`` lets one predicted row serve many gold rows, ignores a member and looks at blanks on one side only,
so only the law of finiteness is asked of it. Donut's reading drops a list's objects when a text joins them,
so leaves are added to objects, never to lists.
"""

from __future__ import annotations

import copy
import inspect
import json
import math
import random
import re
import sys
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from helpers.profiles import examples
from helpers.strategies import documents, flat_objects, pairs, shuffled, specs
from hypothesis import assume, given
from hypothesis import strategies as st

from medvie_reward import Leaf, Reward, Rule, Spec, align, reward, score
from medvie_reward.spec._spec import COSTS

# What the preset clinical does for its own fields, for the fields of the documents drawn here.
RULED = Spec.preset("clinical").replace(
    name="ruled",
    rules=(
        Rule("L[].n", "text", weight=2),
        Rule("L[].r", "result", weight=2, critical=True),
        Rule("L[].u", "unit", weight=0.5),
    ),
)
SPECS = [
    RULED,
    *(Spec.preset(name) for name in ("clinical", "strict", "paper", "donut")),
    Spec(name="strict by index", lists="index"),
    Spec(name="strict by key", lists="key:n", alpha=0.2),
]
NOT_BY_KEY = [spec for spec in SPECS if not spec.lists.startswith("key:")]
ANY_ORDER = [spec for spec in SPECS if spec.lists != "index"]
law = examples(200)
# Costs are added and divided in floats, which round.
TINY = 1e-12


def name(spec: Spec) -> str:
    return spec.name


def of(pred: Any, gold: Any, spec: Spec) -> Reward:
    return reward(f"<think></think><answer>{json.dumps(pred)}</answer>", gold, spec)


@pytest.mark.parametrize("spec", [*SPECS, Spec.preset("smr-r1")], ids=name)
@law
@given(text=st.text() | st.lists(st.sampled_from('{}[]":,1ax '), max_size=30).map("".join), gold=documents)
def test_finite_and_in_range(spec: Spec, text: str, gold: Any) -> None:
    """Law 1: any text whatever gets a finite reward inside the stated range."""
    for wrapped in (text, f"<think></think><answer>{text}</answer>"):
        r = reward(wrapped, gold, spec)
        assert all(math.isfinite(x) and x >= 0 for x in r.as_dict().values())
        if spec.name != "smr-r1":
            assert r.score <= spec.format_weight + 1
            assert max(r.precision, r.recall, r.f1) <= 1


@pytest.mark.parametrize("spec", SPECS, ids=name)
@law
@given(pair=pairs())
def test_identity_is_best(spec: Spec, pair: tuple[Any, Any]) -> None:
    """Law 2: the gold itself scores the maximum (the paper's formula gives an empty report 0)."""
    pred, gold = pair
    best = of(gold, gold, spec)
    assert of(pred, gold, spec).matching <= best.matching
    if best.n_gold or spec.both_empty:
        assert best.matching == 1.0


@pytest.mark.parametrize("spec", ANY_ORDER, ids=name)
@law
@given(pair=pairs(), rng=st.randoms(use_true_random=False))
def test_order_does_not_matter(spec: Spec, pair: tuple[Any, Any], rng: random.Random) -> None:
    """Law 2: members and items in any order give the same reward."""
    pred, gold = pair
    expected = of(pred, gold, spec)
    found = of(shuffled(pred, rng), shuffled(gold, rng), spec)
    assert found.as_dict() == expected.as_dict()


def objects(value: Any) -> list[dict[str, Any]]:
    """List all objects of a tree."""
    if isinstance(value, dict):
        return [value, *(found for x in value.values() for found in objects(x))]
    return [found for x in value for found in objects(x)] if isinstance(value, list) else []


@pytest.mark.parametrize("spec", SPECS, ids=name)
@law
@given(pair=pairs(), key=st.sampled_from(["new", "n", "r"]), rng=st.randoms(use_true_random=False))
def test_an_invented_leaf_never_helps(
    spec: Spec, pair: tuple[Any, Any], key: str, rng: random.Random
) -> None:
    """Law 3: a leaf that is not in the gold never raises the reward."""
    pred, gold = pair
    more = copy.deepcopy(pred)
    places = [x for x in objects(more) if key not in x]
    assume(places)
    rng.choice(places)[key] = "nowhere in the gold"
    assert of(more, gold, spec).score <= of(pred, gold, spec).score + TINY


def at(value: Any, path: str) -> tuple[Any, Any]:
    """Find the container and the key of a path made of the strategies' simple names."""
    steps = [int(i) if i else key for i, key in re.findall(r"\[(\d+)\]|([^.\[\]]+)", path)]
    for step in steps[:-1]:
        value = value[step]
    return value, steps[-1]


def taken_over(pred: Any, gold: Any, leaf: Leaf, after: Any, spec: Spec) -> bool:
    """Tell whether another leaf took a removed one's place.

    Without weights and costs that can only be a twin, so that nothing is lost. With them it can also be a
    leaf that stood for nothing before: where a list has items too many, one of them then stands for the
    removed one's gold, and being misread costs less than being made up. Any scorer that charges the one more
    has that.
    """
    if not spec.rules and not any(getattr(spec, cost) for cost in COSTS):
        return of(after, gold, spec).correct == of(pred, gold, spec).correct
    expected = Counter((x.field, x.kind or x.outcome) for x in align(pred, gold, spec))
    expected[leaf.field, "correct"] -= 1
    expected[leaf.field, "missing"] += 1
    found = Counter((x.field, x.kind or x.outcome) for x in align(after, gold, spec))
    return found != +expected


def changed(pred: Any, leaf: Leaf, value: Any) -> Any:
    """Copy a prediction with another value in the place of one leaf."""
    copied = {"$": copy.deepcopy(pred)}
    container, key = at(copied, f"$.{leaf.pred_path}" if leaf.pred_path != "$" else "$")
    container[key] = value
    return copied["$"]


@pytest.mark.parametrize("spec", NOT_BY_KEY, ids=name)
@law
@given(pair=pairs())
def test_a_corrected_leaf_never_hurts(spec: Spec, pair: tuple[Any, Any]) -> None:
    """Law 3: giving a wrong leaf the value of the gold leaf it stands for never lowers the reward."""
    pred, gold = pair
    before = of(pred, gold, spec)
    for leaf in align(pred, gold, spec):
        if leaf.outcome == "wrong":
            assert of(changed(pred, leaf, leaf.gold), gold, spec).score >= before.score - TINY


@pytest.mark.parametrize("spec", NOT_BY_KEY, ids=name)
@law
@given(pair=pairs())
def test_a_removed_right_leaf_never_helps(spec: Spec, pair: tuple[Any, Any]) -> None:
    """Law 3: blanking a right leaf never raises the reward, unless another takes its place."""
    pred, gold = pair
    before = of(pred, gold, spec)
    for leaf in align(pred, gold, spec):
        if leaf.outcome == "correct":
            after = changed(pred, leaf, "")
            lower = of(after, gold, spec).score <= before.score + TINY
            assert lower or taken_over(pred, gold, leaf, after, spec)


# The same laws for specs with any rules, weights, critical fields and costs.
drawn = examples(250)


@drawn
@given(spec=specs(), pair=pairs())
def test_identity_is_best_for_any_spec(spec: Spec, pair: tuple[Any, Any]) -> None:
    """Law 2: the gold scores the maximum: 1 where any of its fields has a weight."""
    pred, gold = pair
    best = of(gold, gold, spec)
    assert of(pred, gold, spec).matching <= best.matching
    assert best.matching == (1.0 if score(gold, gold, spec).counts.weight_gold else spec.both_empty)


@drawn
@given(spec=specs(("align", "bag")), pair=pairs(), rng=st.randoms(use_true_random=False))
def test_order_does_not_matter_for_any_spec(spec: Spec, pair: tuple[Any, Any], rng: random.Random) -> None:
    """Law 2: members and items in any order give the same reward, unless a rule says that order counts."""
    assume(all(rule.lists != "index" for rule in spec.rules))
    pred, gold = pair
    assert of(shuffled(pred, rng), shuffled(gold, rng), spec).as_dict() == of(pred, gold, spec).as_dict()


@drawn
@given(spec=specs(), pair=pairs(), key=st.sampled_from(["new", "n"]), rng=st.randoms(use_true_random=False))
def test_an_invented_leaf_never_helps_for_any_spec(
    spec: Spec, pair: tuple[Any, Any], key: str, rng: random.Random
) -> None:
    """Law 3: whatever hallucination costs, a longer answer never dilutes it."""
    pred, gold = pair
    more = copy.deepcopy(pred)
    places = [x for x in objects(more) if key not in x]
    assume(places)
    rng.choice(places)[key] = "nowhere in the gold"
    assert of(more, gold, spec).score <= of(pred, gold, spec).score + TINY


@drawn
@given(spec=specs(), pair=pairs())
def test_leaves_pay_for_any_spec(spec: Spec, pair: tuple[Any, Any]) -> None:
    """Law 3: a corrected leaf never hurts; a right one taken out never helps, but for one in its place.

    In a list with items too many, one of them may take the place: as right as what was taken out, or misread
    there where before it was made up, which a spec may charge for (``docs/reward.md``).
    """
    pred, gold = pair
    before = of(pred, gold, spec)
    for leaf in align(pred, gold, spec):
        if leaf.outcome == "wrong":
            assert of(changed(pred, leaf, leaf.gold), gold, spec).score >= before.score - TINY
        elif leaf.outcome == "correct":
            after = of(changed(pred, leaf, ""), gold, spec)
            replaced = after.correct == before.correct or (charged(spec) and freed(before, after))
            assert replaced or after.score <= before.score + TINY


def charged(spec: Spec) -> bool:
    """Tell whether the spec charges for what is made up."""
    return bool(spec.filled_blank_cost or spec.invented_field_cost or spec.invented_item_cost)


def freed(before: Reward, after: Reward) -> bool:
    """Tell whether something that was made up is now misread in another's place."""
    return after.hallucinated < before.hallucinated and after.wrong > before.wrong


@drawn
@given(spec=specs(), pair=pairs())
def test_precision_is_recall_turned_round_for_any_spec(spec: Spec, pair: tuple[Any, Any]) -> None:
    """Law 4: precision of (a, b) is recall of (b, a); what a field is guessed to be hangs on neither side."""
    a, b = pair
    spec = with_lists(spec)
    assert score(a, b, spec).precision == score(b, a, spec).recall


@drawn
@given(spec=specs(("align",)), pair=pairs())
def test_modes_are_ordered_for_any_spec(spec: Spec, pair: tuple[Any, Any]) -> None:
    """Law 5, by weight: bag has at least as much correct as align, and align as index."""
    index, aligned, bag = (
        score(*pair, spec, lists=lists).counts.weight_correct for lists in ("index", "align", "bag")
    )
    assert index <= aligned <= bag


@drawn
@given(spec=specs(), pair=pairs())
def test_reward_score_and_align_agree_for_any_spec(spec: Spec, pair: tuple[Any, Any]) -> None:
    """Law 6: what is counted at speed is what the leaves add up to, one by one."""
    r, s, leaves = of(*pair, spec), score(*pair, spec), align(*pair, spec)
    counted = Counter[str](leaf.kind or leaf.outcome for leaf in leaves)
    kinds = ("correct", "wrong", "missing", "filled_blank", "invented_field", "invented_item")
    assert [getattr(r, kind) for kind in kinds] == [counted[kind] for kind in kinds]
    assert r.misplaced == s.counts.misplaced == sum(leaf.misplaced for leaf in leaves)
    assert (r.precision, r.recall, r.f1) == (s.precision, s.recall, s.f1)
    counts = s.counts.as_dict()
    shared = (*kinds[:2], *kinds[3:], "critical", "wrong_critical")
    assert [getattr(r, name) for name in shared] == [counts[name] for name in shared]


def test_joining_by_key_breaks_law_3() -> None:
    """Joined by name, the row of K is wrong in two leaves; without its name it is right in both."""
    gold = {"L": [{"n": "K", "r": "1", "u": "x"}, {"n": "Na", "r": "2", "u": "y"}]}
    named, nameless = ({"L": [{"n": n, "r": "2", "u": "y"}]} for n in ("K", ""))
    spec = Spec(lists="key:n")
    assert (of(named, gold, spec).correct, of(nameless, gold, spec).correct) == (1, 2)
    assert (of(named, gold, Spec()).correct, of(nameless, gold, Spec()).correct) == (2, 2)


@pytest.mark.parametrize("spec", SPECS, ids=name)
@law
@given(rows=st.lists(flat_objects, min_size=1, max_size=4), rng=st.randoms(use_true_random=False))
def test_a_repeated_row_never_helps_a_full_match(
    spec: Spec, rows: list[dict[str, Any]], rng: random.Random
) -> None:
    """Law 3: where every gold leaf is matched already, repeating items only costs precision."""
    more = [*rows, *(rng.choice(rows) for _ in range(3))]
    r = of({"L": more}, {"L": rows}, spec)
    assert r.score <= of({"L": rows}, {"L": rows}, spec).score
    assert (r.n_pred > r.n_gold) == (r.precision < 1)


@pytest.mark.parametrize("spec", SPECS, ids=name)
@law
@given(pair=pairs(), thought=st.text(alphabet='{}[]"a:1 ', max_size=20))
def test_text_outside_the_answer_changes_nothing(spec: Spec, pair: tuple[Any, Any], thought: str) -> None:
    """Law 3: what stands outside the answer does not touch the matching part."""
    pred, gold = pair
    answer = f"<answer>{json.dumps(pred)}</answer>"
    for text in (f"<think>{thought}</think>{answer}", f"{thought}{answer}{thought}", answer):
        assert reward(text, gold, spec).matching == of(pred, gold, spec).matching


def with_lists(spec: Spec) -> Spec:
    """Let a list of several values stand for one in every field, where the spec has rules."""
    if spec.reading != "json":
        return spec
    rules = [replace(rule, several=True) for rule in spec.rules]
    return spec.replace(rules=(*rules, Rule("**", several=True)))


@pytest.mark.parametrize("spec", SPECS, ids=name)
@law
@given(pair=pairs())
def test_precision_is_recall_turned_round(spec: Spec, pair: tuple[Any, Any]) -> None:
    """Law 4: precision of (a, b) is recall of (b, a), but where several values meet one.

    A gold list of several values may hold the one that was read; a predicted one is a guess.
    """
    a, b = pair
    spec = with_lists(spec)
    assert score(a, b, spec).precision == score(b, a, spec).recall


@law
@given(pair=pairs())
def test_modes_are_ordered(pair: tuple[Any, Any]) -> None:
    """Law 5: bag has at least as many correct leaves as align, and align as index."""
    index, aligned, bag = (score(*pair, lists=lists).correct for lists in ("index", "align", "bag"))
    assert index <= aligned <= bag


def nested(depth: int, leaf: str) -> Any:
    """Make lists in lists, each with a second item, so that every level needs an assignment."""
    value: Any = leaf
    for level in range(depth - 2):
        value = [value, {"n": f"{leaf}{level}"}]
    return {"L": value}


@pytest.mark.parametrize("lists", ["align", "bag", "index", "key:n"])
def test_deepest_nesting_fits_the_stack(lists: str) -> None:
    """Law 1: the deepest answer that is read is scored with half of Python's default stack."""
    deep = Spec(lists=lists, max_depth=128)
    gold, pred = nested(128, "a"), nested(128, "b")
    depth = len(inspect.stack(0))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 500)
    try:
        r = of(pred, gold, deep)
        found = align(pred, gold, deep)
    finally:
        sys.setrecursionlimit(limit)
    assert (r.status, r.n_pred) == ("ok", 127)
    assert sum(x.outcome != "missing" for x in found) == 127
