"""ANLS*: the mean similarity of leaves under a pairing of list items, as ``anls_star`` 1.0.1 gives it.

Peer, Schöpf, Nebendahl, Rietzler and Stabinger, "ANLS* -- A Universal Document Processing Metric for
Generative Large Language Models", arXiv 2402.03848.
"""

from __future__ import annotations

from itertools import zip_longest
from math import inf, nextafter
from typing import Any, Final, NamedTuple

from medvie_reward._core.json_values import plain
from medvie_reward.errors import GoldError, PredictionError
from medvie_reward.metrics._anls_column import AnlsColumn, OverBudget, WorkLimit, bits
from medvie_reward.metrics._anls_tree import forms_of, gold_sizes, is_blank, prediction_sizes, tree_form
from medvie_reward.metrics._munkres import Pairs, pair_up

_MAX_WORK: Final = 5_000_000
# What two lists cost, and a gold leaf beside a list, however short: in comparisons of short texts.
_LIST_PAIR: Final = 150
_LEAF_AND_LIST: Final = 20
# Sets of items are integers of as many bits, each of which is set by copying all.
_BITS_A_UNIT: Final = 5_000


def anls_star(pred: Any, gold: Any) -> float:
    """Return ANLS*, from 0.0 to 1.0, of a prediction against a gold (Peer et al., arXiv 2402.03848).

    It is the sum of the similarities of leaves over the number of leaves. A leaf's similarity is that of its
    text in lower case, 0.0 below one half; null matches null, "", [] and {}; the items of two lists are
    paired for the greatest sum of the pairs' own ANLS*; what has no partner counts in the number.

    Parameters
    ----------
    pred
        Any JSON value. Dates, decimals, models, NumPy's values and the like are read as `reward` reads them.
    gold
        A JSON value; a tuple in it stands for alternatives, of which the best counts. A list of strings
        against a string is alternatives too.

    Raises
    ------
    GoldError
        If the gold holds an empty tuple, anything that is neither a JSON value nor a tuple (``anls_star``
        raises ``ValueError`` for both, and so is this error one), or more than 128 containers in one another.
    PredictionError
        If the prediction holds anything that is no JSON value, tuples included, or more than 1,024 containers
        in one another, which no text that `orjson` reads does.

    Notes
    -----
    The last bit is that of ``anls_score`` of ``anls_star`` 1.0.1 with ``munkres`` 3.0.0, but for this:

    - Work is bounded by that of five million comparisons of short texts: enough for two lists of six hundred
      rows of nine members, or of 150 rows that hold a list of two items each. Beyond, in every list of the
      document, items that read alike are paired first and the others in their order, and two texts whose
      comparison does not fit in the bound are equal or not. `bounded_anls` tells whether it was reached.
    - Of equally good pairings of a list, another may be taken where two lists make more than 20,000 pairs of
      items (see `medvie_reward.metrics._munkres`).
    - An empty gold list against a string that is a whole prediction scores 0.0; ``anls_star`` raises
      ``ValueError``. So it does for integers of thousands of digits, which are compared in hexadecimal here.
    """
    gold = plain(gold, GoldError, None, "gold", tuples=True, strict=False)
    pred = plain(pred, PredictionError, None, "prediction", tuples=True, strict=False)
    return bounded_anls(gold, pred)[0]


def bounded_anls(gold: Any, pred: Any) -> tuple[float, bool]:
    """Return ANLS*, and whether the bound on work was reached.

    Parameters and errors are those of `anls_star`.
    """
    sizes = gold_sizes(gold) | prediction_sizes(pred)
    if isinstance(pred, str) and isinstance(gold, list) and gold and all(isinstance(x, str) for x in gold):
        gold = tuple(gold)
    limited = False
    try:
        scores = _compare(gold, AnlsColumn([pred], sizes), WorkLimit(_MAX_WORK))
    except OverBudget:
        limited = True
        scores = _compare(gold, AnlsColumn([pred], sizes), WorkLimit(_MAX_WORK, forms_of(gold, pred)))
    return float(scores.means()[0]), limited


class _Scores(NamedTuple):
    """How a gold value fares against each value of a column.

    Attributes
    ----------
    values
        Similarities of leaves, one for each prediction in each line. Where a prediction has fewer than
        another there are zeros between, which change no sum.
    lengths
        The number of leaves; the very list of the column's weights where they are those.
    equal
        The predictions that hold just what the gold asks for, as bits.
    """

    values: list[Any]
    lengths: list[int]
    equal: int

    def means(self) -> list[float]:
        """Return each prediction's mean similarity, 1.0 where there is no leaf.

        Similarities are added by `sum` in the order of the leaves, as ``anls_star`` does, so that no bit
        differs.
        """
        sums = map(sum, zip(*self.values, strict=True)) if self.values else [0.0] * len(self.lengths)
        return [total / length if length else 1.0 for total, length in zip(sums, self.lengths, strict=True)]


def _compare(gold: Any, column: AnlsColumn, work: WorkLimit) -> _Scores:
    """Score a gold value against each value of a column."""
    if gold is None:
        values = [float(is_blank(value)) for value in column.values]
        return _Scores([values], column.weights, column.blank)
    if isinstance(gold, dict):
        return _compare_object(gold, column, work)
    if isinstance(gold, list):
        return _compare_list(gold, column, work)
    if isinstance(gold, tuple):
        return _compare_alternatives(gold, column, work)
    return _Scores([column.similarities(gold, work)], column.weights, column.holding(gold))


def _lengths_apart(gold: Any, column: AnlsColumn) -> list[int]:
    """Return the number of leaves beside values of another kind: that of the larger."""
    own = column.size(gold)
    return [max(own, column.size(value)) for value in column.values]


# -- objects -------------------------------------------------------------------------------------------


def _compare_object(gold: dict[Any, Any], column: AnlsColumn, work: WorkLimit) -> _Scores:
    """Score an object: its members one by one, null where one side has none.

    A member that only the prediction has scores 0.0 and counts with its weight.
    """
    objects = column.only_objects
    lengths, equal = objects.beside(frozenset(gold))
    values: list[Any] = []
    for name, wanted in gold.items():
        member = objects.member(name)
        part = _compare(wanted, member, work)
        values.extend(part.values)
        if part.lengths is not member.weights:
            pieces = zip(lengths, part.lengths, member.weights, strict=True)
            lengths = [length + counted - held for length, counted, held in pieces]
        equal &= part.equal | (member.absent if _vanishes(wanted) else 0)
    scores = _Scores(values, lengths, equal)
    return scores if objects is column else _among_others(scores, gold, column)


def _vanishes(gold: Any) -> bool:
    """Check whether a gold member is answered in full by leaving it out.

    It decides ties only: such a pair of objects is equal, whatever it scores. Of alternatives that one is
    asked which scores best against null: the first that null matches, or the first of all, where none scores.
    """
    while isinstance(gold, tuple):
        gold = None if any(_is_null(option) for option in gold) else gold[0]
    return is_blank(gold)


def _is_null(gold: Any) -> bool:
    return gold is None or (isinstance(gold, tuple) and any(_is_null(option) for option in gold))


def _among_others(part: _Scores, gold: Any, column: AnlsColumn) -> _Scores:
    """Put the scores of a column's objects among its other values, which are no objects and score 0.0."""
    places = column.objects
    values = []
    for line in part.values:
        whole = [0.0] * len(column.values)
        for i, value in zip(places, line, strict=True):
            whole[i] = value
        values.append(whole)
    lengths = _lengths_apart(gold, column)
    for i, length in zip(places, part.lengths, strict=True):
        lengths[i] = length
    return _Scores(values, lengths, sum(1 << places[i] for i in bits(part.equal)))


# -- alternatives --------------------------------------------------------------------------------------


def _compare_alternatives(gold: tuple[Any, ...], column: AnlsColumn, work: WorkLimit) -> _Scores:
    """Score each prediction by the best alternative: by its mean, then an equal one, then the first."""
    parts = [_compare(option, column, work) for option in gold]
    means = [part.means() for part in parts]
    lines: list[list[float]] = []
    lengths: list[int] = []
    equal = 0
    for i in range(len(column.values)):
        ranks = [(mean[i], part.equal >> i & 1) for mean, part in zip(means, parts, strict=True)]
        best = parts[ranks.index(max(ranks))]
        lines.append([line[i] for line in best.values])
        lengths.append(best.lengths[i])
        equal |= best.equal & 1 << i
    return _Scores(list(zip_longest(*lines, fillvalue=0.0)), lengths, equal)


# -- lists ---------------------------------------------------------------------------------------------


def _compare_list(gold: list[Any], column: AnlsColumn, work: WorkLimit) -> _Scores:
    """Score a list against each list of a column, and against what is no list."""
    lines: list[list[float]] = [[] for _ in column.values]
    lengths = _lengths_apart(gold, column)
    equal = 0
    for i in column.lists:
        pairs = _pairs(gold, column.items(i), work)
        lines[i] = [value for pair in pairs for value in pair.values]
        lengths[i] = column.size(gold) + column.size(column.values[i]) + sum([pair.surplus for pair in pairs])
        if len(gold) == len(column.values[i]) and all(pair.equal for pair in pairs):
            equal |= 1 << i
    return _Scores(list(zip_longest(*lines, fillvalue=0.0)), lengths, equal)


class _ItemPair(NamedTuple):
    """Two items that are paired: similarities, leaves of both together less those of each, whether equal."""

    values: list[float]
    surplus: int
    equal: bool


def _pairs(gold: list[Any], items: AnlsColumn, work: WorkLimit) -> list[_ItemPair]:
    """Pair the items of two lists, and score the pairs in the order of the gold's."""
    if work.forms is not None:
        found = []
        for i, j in _alike_first(gold, items.values, work.forms):
            alone = AnlsColumn([items.values[j]], items.sizes)
            found.append(_pair(gold[i], _compare(gold[i], alone, work), alone, 0))
        return found
    count = len(items.values)
    leaves = len(gold) + sum(map(items.size, gold))
    work.fits(_LIST_PAIR + leaves * (_LEAF_AND_LIST + count + count * count // _BITS_A_UNIT))
    if not gold or not count:
        return []
    scores = [_compare(wanted, items, work) for wanted in gold]
    return [_pair(gold[i], scores[i], items, j) for i, j in _best(scores)]


def _pair(gold: Any, scores: _Scores, items: AnlsColumn, j: int) -> _ItemPair:
    surplus = scores.lengths[j] - items.size(gold) - items.size(items.values[j])
    return _ItemPair([line[j] for line in scores.values], surplus, bool(scores.equal >> j & 1))


def _best(scores: list[_Scores]) -> Pairs:
    """Pair gold items with predicted ones for the greatest sum of means, an equal one a trifle above."""
    table = []
    for part in scores:
        means = part.means()
        for j in bits(part.equal):
            means[j] = nextafter(means[j], inf)
        table.append(means)
    most = max(map(max, table))
    return pair_up([[most - mean for mean in means] for means in table])


def _alike_first(gold: list[Any], items: list[Any], forms: dict[int, int]) -> Pairs:
    """Pair items that read alike, then the others in their order: time grows as the number of items."""
    waiting: dict[Any, list[int]] = {}
    for j in range(len(items) - 1, -1, -1):
        waiting.setdefault(tree_form(items[j], forms), []).append(j)
    pairs: Pairs = []
    left: list[int] = []
    for i, wanted in enumerate(gold):
        same = waiting.get(tree_form(wanted, forms))
        if same:
            pairs.append((i, same.pop()))
        else:
            left.append(i)
    others = sorted(j for places in waiting.values() for j in places)
    return sorted([*pairs, *zip(left, others, strict=False)])
