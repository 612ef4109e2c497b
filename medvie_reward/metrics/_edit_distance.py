"""Tree edit distance as Donut's evaluator costs it, and the nTED accuracy made of it.

The distance is the least cost of turning one ordered tree into the other by inserting, removing and
relabelling nodes. To insert or remove a text costs its characters, a name 1. To relabel a text as a text
costs their Levenshtein distance, a name as another name 1, and a text as a name or the other way round what
removing the one and inserting the other costs. `_tree_classes` tells which tree Donut makes of a JSON value;
`_tree_savings` solves what is left when all that is plainly kept is stripped.

Memory: on two lab reports of 500 rows the process grew by 28 MB (measured as peak resident size), on two of
1,000 rows by 89 MB. Whatever the input, the two tables of pairs take at most 270 MB (`_MAX_PAIRS`).
"""

from __future__ import annotations

from typing import Any, Final

from medvie_reward._core.json_values import plain
from medvie_reward.errors import GoldError, PredictionError
from medvie_reward.metrics._tree_classes import Classes, Forest, label_cost
from medvie_reward.metrics._tree_savings import saved

# A call into numpy takes as long as so many cells of a table, a pair of texts as long as so many.
_CALL: Final = 1_500
_TEXTS: Final = 10
# Cells that are computed at most, some 15 seconds; two reports of 1,000 rows take half of that.
_MAX_WORK: Final = 1 << 31
# Pairs of distinct subtrees at most: 4 bytes each in one table, and at most 4 in another.
_MAX_PAIRS: Final = 1 << 25
# The tables hold 32-bit integers.
_MAX_OFFSET: Final = 1 << 31


def tree_edit_distance(pred: Any, gold: Any) -> int:
    """Return the cost of the cheapest edit script between two JSON values, read as Donut reads them.

    It is an integer, computed without rounding. Symmetric, and 0 for values that Donut reads alike.

    Past a bound on work and memory the answer is what removing and inserting all that does not begin or end
    alike would cost, which is never less than the distance. Two reports of 1,000 rows are within the bound.

    Parameters
    ----------
    pred, gold
        JSON values of any depth. Dates, decimals, models, NumPy's values and the like are read as `reward`
        reads them.

    Raises
    ------
    GoldError
        If the gold holds something that JSON cannot.
    PredictionError
        If the prediction does.
    """
    classes = Classes()
    pred_tree = classes.read(_plain_prediction(pred), PredictionError, "prediction")
    return _distance(classes, pred_tree, classes.read(_plain_gold(gold), GoldError, "gold"))[0]


def _plain_prediction(pred: Any) -> Any:
    return plain(pred, PredictionError, None, "prediction", strict=False)


def _plain_gold(gold: Any) -> Any:
    return plain(gold, GoldError, None, "gold", strict=False)


def ted_accuracy(pred: Any, gold: Any) -> float:
    """Return Donut's nTED accuracy, ``max(0, 1 - TED(pred, gold) / TED({}, gold))``, between 0 and 1.

    Equal to ``JSONParseEvaluator.cal_acc`` of donut-python 1.0.9, except where that divides by zero: a gold
    that costs nothing to insert gives 1.0 for a prediction that costs nothing either, and 0.0 for any other.

    Past the bound of `tree_edit_distance` the result is too low rather than too high. A prediction that costs
    twice as much as the gold or more scores 0.0, exactly and without that work, so it takes a large gold to
    get there. `bounded_accuracy` tells whether it was reached.

    Parameters
    ----------
    pred, gold
        JSON values of any depth. Dates, decimals, models, NumPy's values and the like are read as `reward`
        reads them.

    Raises
    ------
    GoldError
        If the gold holds something that JSON cannot.
    PredictionError
        If the prediction does.
    """
    return bounded_accuracy(_plain_prediction(pred), _plain_gold(gold))[0]


def bounded_accuracy(pred: Any, gold: Any) -> tuple[float, bool]:
    """Return Donut's nTED accuracy, and whether the bound of `tree_edit_distance` was reached.

    Parameters and errors are those of `ted_accuracy`.
    """
    classes = Classes()
    pred_tree = classes.read(pred, PredictionError, "prediction")
    gold_tree = classes.read(gold, GoldError, "gold")
    # The tree of {} is the root alone, which every tree has; all the rest is inserted.
    pred_cost, gold_cost = classes.costs[pred_tree] - 1, classes.costs[gold_tree] - 1
    if gold_cost == 0:
        return (1.0 if pred_cost == 0 else 0.0), False
    # By the triangle inequality over the empty tree the distance is at least the difference of the costs.
    if pred_cost >= 2 * gold_cost:
        return 0.0, False
    distance, limited = _distance(classes, pred_tree, gold_tree)
    return max(0.0, 1 - distance / gold_cost), limited


def _distance(classes: Classes, a: int, b: int) -> tuple[int, bool]:
    """Return the distance of two trees, or its substitute past the work limit, and whether it is past it."""
    trees_a, trees_b = classes.strip(a, b)
    most = sum([classes.costs[tree] for tree in (*trees_a, *trees_b)])
    if not trees_a or not trees_b:
        return most, False
    found = _saved_within_bound(classes, classes.lay_out(trees_a), classes.lay_out(trees_b))
    return (most, True) if found is None else (most - found, False)


def _saved_within_bound(classes: Classes, a: Forest, b: Forest) -> int | None:
    """Return what can be saved against removing one forest and inserting the other; None past the bound."""
    # Savings are symmetric, and it is rows, not columns, that cost calls into numpy.
    if _key_root_nodes(a) > _key_root_nodes(b):
        a, b = b, a
    return saved(classes, a, b) if _is_affordable(classes, a, b) else None


def _is_affordable(classes: Classes, a: Forest, b: Forest) -> bool:
    """Check whether two forests are within the bound on work and on memory.

    Work is counted in cells: rows times columns, the calls for a row, the calls for each height of the other
    side's key-roots where a node is on a left path, which it is once, and the Levenshtein distances, which
    take 64 characters of one text at once.
    """
    distinct_a, distinct_b = set(a.classes), set(b.classes)
    if len(distinct_a) * (len(distinct_b) + 1) > _MAX_PAIRS:
        return False
    if sum([2 * classes.costs[b.classes[at]] + 1 for at in b.key_roots]) >= _MAX_OFFSET:
        return False
    rows = _key_root_nodes(a) + len(a.classes)
    columns = _key_root_nodes(b) + len(b.key_roots)
    heights = len({classes.heights[b.classes[at]] for at in b.key_roots})
    texts_a, length_a = _texts(classes, distinct_a)
    texts_b, length_b = _texts(classes, distinct_b)
    comparing = texts_a * texts_b * _TEXTS + length_a * length_b // 64
    calls = rows + len(a.classes) * heights
    return rows * columns + calls * _CALL + comparing <= _MAX_WORK


def _key_root_nodes(forest: Forest) -> int:
    return sum([forest.size(at) for at in forest.key_roots])


def _texts(classes: Classes, distinct: set[int]) -> tuple[int, int]:
    """Count the distinct texts of some classes' roots, and their characters."""
    labels = [classes.label(number) for number in {classes.labels[c] for c in distinct}]
    costs = [label_cost(label) for label in labels if label[1]]
    return len(costs), sum(costs)
