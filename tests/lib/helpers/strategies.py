"""Strategies for JSON trees small enough to be solved by trying everything, and alike enough to be hard."""

from __future__ import annotations

import copy
import random
from typing import Any

from hypothesis import strategies as st

from medvie_reward import Rule, Spec

KEYS = ("n", "r", "u")
# Few values, so that ties, repeats and blanks are common; spellings that are equal and some that only
# look so.
SCALARS: tuple[Any, ...] = (
    "a", "b", "c", " a", "a  b", "a b", "", "  ", None, 0, 1, 1.0, True, False, "1", "true", "é", "e\u0301",
    "10²", "102",
)  # fmt: skip

scalars = st.sampled_from(SCALARS)
flat_objects = st.dictionaries(st.sampled_from(KEYS), scalars, max_size=3)
flat_lists = st.lists(flat_objects, max_size=4)


def _nest(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)


trees = st.recursive(scalars, _nest, max_leaves=10)
documents = st.dictionaries(st.sampled_from(("L", "n")), trees | flat_lists, max_size=2)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """Draw a gold and a prediction that is another tree or the gold with some things changed."""
    gold = draw(documents)
    if draw(st.booleans()):
        return draw(documents), gold
    return disturb(copy.deepcopy(gold), draw(st.randoms(use_true_random=False))), gold


def disturb(value: Any, rng: random.Random) -> Any:
    """Change a tree in the ways in which models err."""
    if isinstance(value, dict):
        made = {key: disturb(x, rng) for key, x in value.items() if rng.random() > 0.1}
        if rng.random() < 0.1:
            made[rng.choice(KEYS)] = rng.choice(SCALARS)
        return made
    if isinstance(value, list):
        items = [disturb(x, rng) for x in value if rng.random() > 0.15]
        if items and rng.random() < 0.2:
            items.append(copy.deepcopy(rng.choice(items)))
        if rng.random() < 0.3:
            rng.shuffle(items)
        return items[0] if len(items) == 1 and rng.random() < 0.2 else items
    return rng.choice(SCALARS) if rng.random() < 0.2 else value


# Paths of the documents above, exact and with wildcards.
_PATHS = ("n", "L", "L[].n", "L[].r", "L[].u", "L[].n[].r", "**.n", "*", "L.*", "**")
_COMPARATORS = (None, "text", "number", "result", "flag", "set", "boolean")
_COSTS = ("filled_blank_cost", "invented_field_cost", "invented_item_cost", "critical_cost")


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Draw a rule for some of the documents' fields."""
    weight = draw(st.sampled_from((0.0, 0.5, 1.0, 1.0, 2.0, 3.25)))
    return Rule(
        draw(st.sampled_from(_PATHS)),
        draw(st.sampled_from(_COMPARATORS)),
        weight=weight,
        critical=weight > 0 and draw(st.booleans()),
        lists=draw(st.sampled_from((None, None, None, "align", "index"))),
    )


@st.composite
def specs(draw: st.DrawFn, lists: tuple[str, ...] = ("align", "align", "bag", "index")) -> Spec:
    """Draw a spec with rules, weights, critical fields and costs."""
    made = draw(st.lists(rules(), max_size=4))
    if lists == ("align",):
        made = [Rule(r.path, r.comparator, weight=r.weight, critical=r.critical) for r in made]
    same = draw(st.booleans())
    costs: list[Any] = [draw(st.sampled_from((0.0, 0.1, 0.25, 1.0, 3.0))) for _ in _COSTS]
    if same:
        costs[:3] = [costs[0]] * 3
    return Spec(
        name="drawn",
        lists=draw(st.sampled_from(lists)),
        text=draw(st.sampled_from(("unicode", "strip", "text", "guess"))),
        rules=tuple(made),
        matching=draw(st.sampled_from(("precision_recall", "precision_recall", "f1", "fbeta"))),
        alpha=draw(st.sampled_from((0.0, 0.3, 0.5, 1.0))),
        beta=draw(st.sampled_from((0.5, 1.0, 2.0))),
        both_empty=draw(st.sampled_from((0.0, 1.0))),
    ).replace(**dict(zip(_COSTS, costs, strict=True)))


def shuffled(value: Any, rng: random.Random) -> Any:
    """Shuffle members and items at every level."""
    if isinstance(value, dict):
        members = [(key, shuffled(x, rng)) for key, x in value.items()]
        rng.shuffle(members)
        return dict(members)
    if isinstance(value, list):
        items = [shuffled(x, rng) for x in value]
        rng.shuffle(items)
        return items
    return value
