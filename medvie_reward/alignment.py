"""Gold tree x predicted tree -> every leaf with its outcome.

Outcomes: ``correct`` (paired, equal), ``wrong`` (paired, neither empty, not equal), ``missing`` (in the gold
only), ``hallucinated`` (in the prediction only). A hallucinated leaf is of a kind: ``filled_blank`` (the
gold has the field, empty), ``invented_field`` (the gold has no such field there) or ``invented_item`` (it is
part of a list item without a partner). A wrong or hallucinated leaf is also ``misplaced`` where its value
is that of a gold leaf that no leaf got right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from medvie_reward.assignment import Work
from medvie_reward.errors import GoldError, PredictionError, SpecError
from medvie_reward.matching import GoldList, GoldNode, GoldObject, Matcher
from medvie_reward.pool import Field, Pool
from medvie_reward.sizes import measure
from medvie_reward.spec import Spec, resolve
from medvie_reward.tree import (
    ROOT,
    Place,
    donut_leaves,
    field_text,
    is_empty,
    json_leaves,
    member_path,
    path_text,
    plain,
    scalar_text,
    shape,
)

OUTCOMES: Final = ("correct", "wrong", "missing", "hallucinated")
_NESTING: Final = (dict, list)
KINDS: Final = ("filled_blank", "invented_field", "invented_item")
_COUNTED: Final = ("correct", "wrong", "missing", *KINDS, "misplaced")
_MISREAD: Final = ("wrong", "hallucinated")


class Leaf(NamedTuple):
    """One leaf of the gold, of the prediction, or of both.

    Attributes
    ----------
    field
        Name without list positions, such as ``Indicators[].Result``; the gold's where it has the field.
    outcome
        ``correct``, ``wrong``, ``missing`` or ``hallucinated``.
    kind
        Kind of hallucination, else ``None``.
    gold_path, pred_path
        Where the leaf stands, such as ``Indicators[3].Result``; ``None`` on the side that lacks it.
    gold, pred
        The raw values; ``None`` on the side that lacks it.
    misplaced
        Whether a wrong or hallucinated value is what some gold leaf holds that no leaf got right: it was
        read, and put into the wrong field or row.
    """

    field: str
    outcome: str
    kind: str | None
    gold_path: str | None
    pred_path: str | None
    gold: Any
    pred: Any
    misplaced: bool = False


@dataclass(frozen=True)
class Alignment:
    """All leaves of a gold and a prediction, matched.

    Attributes
    ----------
    leaves
        One entry per leaf, in the gold's order; what the gold lacks comes where it was found.
    signature
        The choices behind it.
    limited
        Whether the work bound of the spec ran out, so that the pairs of items may not be the best.
    """

    leaves: tuple[Leaf, ...]
    signature: str
    limited: bool = False

    def __iter__(self) -> Iterator[Leaf]:
        return iter(self.leaves)

    def __len__(self) -> int:
        return len(self.leaves)


def align(pred: Any, gold: Any, spec: Spec | str = "strict", **overrides: Any) -> Alignment:
    """Match two JSON values leaf by leaf.

    Parameters
    ----------
    pred, gold
        JSON values as Python gives them; neither is parsed.
    spec
        A spec or the name of a preset.
    **overrides
        Spec fields to change.

    Raises
    ------
    SpecError
        If the spec is not usable, or is ``smr-r1``, which has no one-to-one alignment.
    GoldError, PredictionError
        If a value is no JSON value or nests deeper than the spec allows.
    """
    chosen = resolve(spec, **overrides)
    gold = plain(gold, GoldError, chosen.max_depth, "gold")
    pred = plain(pred, PredictionError, chosen.max_depth, "prediction")
    leaves, limited = leaves_of(pred, prepare(gold, chosen))
    return Alignment(tuple(leaves), chosen.signature, limited)


@dataclass(frozen=True)
class Prepared:
    """A plain gold value, what was built from it for one spec, and how many leaves it has there."""

    gold: Any
    spec: Spec
    engine: Matcher | Pool
    leaves: int


def prepare(gold: Any, spec: Spec) -> Prepared:
    """Prepare a plain gold value for many predictions.

    Raises
    ------
    SpecError
        If the spec's reading has no alignment.
    """
    if spec.reading == "smr-r1":
        raise SpecError(
            "spec 'smr-r1' lets one predicted row serve several gold rows: there is no alignment to show; "
            "expected another preset"
        )
    if spec.lists == "bag":
        pool = Pool(gold, spec.text, spec.reading)
        return Prepared(gold, spec, pool, pool.count())
    sizes = measure(gold, spec.max_depth)
    return Prepared(gold, spec, Matcher(gold, spec.lists, spec.text, sizes.depth), sizes.leaves)


def leaves_of(pred: Any, prepared: Prepared) -> tuple[list[Leaf], bool]:
    """List every leaf of a plain value with its outcome, and tell whether the work bound ran out."""
    leaves: list[Leaf] = []
    form = prepared.engine.known_form
    not_read: set[str] = set()

    def write(
        field: str, outcome: str, kind: str | None, g_at: Place | None, p_at: Place | None, g: Any, p: Any
    ) -> None:
        g_path = None if g_at is None else path_text(g_at)
        p_path = None if p_at is None else path_text(p_at)
        leaves.append(Leaf(field or "$", outcome, kind, g_path, p_path, g, p))
        if outcome == "wrong" or outcome == "missing":
            not_read.add(form(scalar_text(g)))

    limited = _walk(pred, prepared, write)
    if not_read:
        for n, leaf in enumerate(leaves):
            if leaf.outcome in _MISREAD and form(scalar_text(leaf.pred)) in not_read:
                leaves[n] = leaf._replace(misplaced=True)
    return leaves, limited


def outcomes_of(pred: Any, prepared: Prepared) -> tuple[dict[str, dict[str, int]], bool]:
    """Count the outcomes of a plain value's leaves, and tell whether the work bound ran out.

    Returns
    -------
    tuple
        field -> outcome, or kind where the outcome is ``hallucinated``, or ``misplaced`` -> number of leaves.
    """
    fields: dict[str, dict[str, int]] = {}
    form = prepared.engine.known_form
    not_read: set[str] = set()
    misread: list[tuple[dict[str, int], Any]] = []

    def write(
        field: str, outcome: str, kind: str | None, g_at: Place | None, p_at: Place | None, g: Any, p: Any
    ) -> None:
        row = fields.get(field)
        if row is None:
            row = fields[field] = dict.fromkeys(_COUNTED, 0)
        row[kind or outcome] += 1
        if outcome != "correct":
            if outcome != "hallucinated":
                not_read.add(form(scalar_text(g)))
            if outcome != "missing":
                misread.append((row, p))

    limited = _walk(pred, prepared, write)
    for row, p in misread:
        if form(scalar_text(p)) in not_read:
            row["misplaced"] += 1
    if "" in fields:
        fields["$"] = fields.pop("")
    return fields, limited


_Write = Callable[[str, str, "str | None", "Place | None", "Place | None", Any, Any], None]


def _walk(pred: Any, prepared: Prepared, write: _Write) -> bool:
    engine = prepared.engine
    if isinstance(engine, Pool):
        _pooled(pred, prepared.gold, engine, write)
        return False
    walker = _Walker(engine, Work(prepared.spec.max_pairs), write)
    walker.both(pred, engine.root, "", ROOT, ROOT)
    return walker.work.limited


class _Walker:
    """Walks the two trees along their best pairing and hands out every leaf."""

    def __init__(self, matcher: Matcher, work: Work, write: _Write) -> None:
        self.matcher = matcher
        self.work = work
        self.write = write
        self.names: dict[str, dict[str, str]] = {}

    def names_under(self, field: str) -> dict[str, str]:
        """Give the names of the members of a field, as far as they were written before."""
        return self.names.setdefault(field, {})

    def name(self, field: str, key: str) -> str:
        known = self.names_under(field)
        if key not in known:
            known[key] = member_path(field, key)
        return known[key]

    def both(self, pred: Any, node: GoldNode, field: str, g_at: Place, p_at: Place) -> None:
        """Write the leaves of a gold node and of the value that stands for it."""
        if is_empty(node.raw) and (type(pred) in (dict, list) or type(node.raw) in (dict, list)):
            self.only_pred(pred, field, p_at, "filled_blank")
        elif type(pred) is list or type(node) is GoldList:
            self.lists(pred, node, field, g_at, p_at)
        elif type(node) is GoldObject:
            if type(pred) is dict:
                self.members(pred, node.raw, node, field, g_at, p_at)
            else:
                self.only_gold(node.raw, field, g_at)
                self.only_pred(pred, field, p_at, "invented_field")
        elif type(pred) is dict:
            self.only_gold(node.raw, field, g_at)
            self.only_pred(pred, field, p_at, "invented_field")
        else:
            self.scalars(pred, node.raw, field, g_at, p_at)

    def members(
        self,
        pred: dict[str, Any],
        gold: dict[str, Any],
        node: GoldObject | None,
        field: str,
        g_at: Place,
        p_at: Place,
    ) -> None:
        """Write two objects; the gold's rows of scalars come without a node."""
        names = self.names_under(field)
        for key, value in gold.items():
            name = names.get(key) or self.name(field, key)
            if key not in pred:
                self.only_gold(value, name, (g_at, key))
                continue
            p = pred[key]
            if p.__class__ is str and value.__class__ is str and p == value:
                # The commonest case by far: the same text needs no normal form.
                if p and not p.isspace():
                    self.write(name, "correct", None, (g_at, key), (p_at, key), value, p)
            elif type(value) in _NESTING or type(p) in _NESTING:
                child = self.matcher.prepare(value) if node is None else node.members[key]
                self.both(p, child, name, (g_at, key), (p_at, key))
            else:
                self.scalars(p, value, name, (g_at, key), (p_at, key))
        for key, value in pred.items():
            if key not in gold:
                self.only_pred(value, self.name(field, key), (p_at, key), "invented_field")

    def scalars(self, pred: Any, gold: Any, field: str, g_at: Place, p_at: Place) -> None:
        form = self.matcher.known_form
        g, p = form(scalar_text(gold)), form(scalar_text(pred))
        if g and p:
            self.write(field, "correct" if g == p else "wrong", None, g_at, p_at, gold, pred)
        elif g:
            self.write(field, "missing", None, g_at, p_at, gold, pred)
        elif p:
            self.write(field, "hallucinated", "filled_blank", g_at, p_at, gold, pred)

    def lists(self, pred: Any, node: GoldNode, field: str, g_at: Place, p_at: Place) -> None:
        """Write two lists; a value that is no list counts as a list of one and keeps its own path."""
        if not self.matcher.by_position:
            if type(pred) is not list:
                self.lone_pred(pred, self.matcher.as_list(node), field, g_at, p_at)
                return
            if not isinstance(node, GoldList):
                self.lone_gold(pred, node, field, g_at, p_at)
                return
        predicted = pred if type(pred) is list else [pred]
        gold = self.matcher.as_list(node)
        if self.matcher.by_position:
            pairs = [(n, n) for n in range(min(len(predicted), len(gold.raw)))]
        else:
            pairs, _ = self.matcher.pair(predicted, gold, self.work, ordered=True)
        partner = {j: i for i, j in pairs}
        inner = f"{field}[]" if type(node) is GoldList else field

        def g_path(j: int) -> Place:
            return (g_at, j) if type(node) is GoldList else g_at

        def p_path(i: int) -> Place:
            return (p_at, i) if type(pred) is list else p_at

        for j, item in enumerate(gold.raw):
            if j not in partner:
                self.only_gold(item, inner, g_path(j))
                continue
            i = partner[j]
            if gold.rows is not None and type(predicted[i]) is dict:
                self.members(predicted[i], item, None, inner, g_path(j), p_path(i))
            else:
                self.both(predicted[i], self.matcher.items_of(gold)[j], inner, g_path(j), p_path(i))
        taken = set(partner.values())
        for i, value in enumerate(predicted):
            if i not in taken:
                self.only_pred(value, inner, p_path(i), "invented_item")

    def lone_pred(self, pred: Any, node: GoldList, field: str, g_at: Place, p_at: Place) -> None:
        """Write a value that is no list and the gold list that it stands for an item of."""
        items = list(_spread(node.raw, field, g_at))
        nodes = self.matcher.spread_gold(node)
        at, _ = self.matcher.best_of([(pred, item) for item in nodes], self.work)
        for n, (item, name, place) in enumerate(items):
            if n == at:
                self.both(pred, nodes[n], name, place, p_at)
            else:
                self.only_gold(item, name, place)
        if at < 0:
            self.only_pred(pred, f"{field}[]", p_at, "invented_item")

    def lone_gold(self, pred: list[Any], node: GoldNode, field: str, g_at: Place, p_at: Place) -> None:
        """Write a list and the gold value, no list, that one of its items stands for."""
        items = list(_spread(pred, field, p_at))
        at, _ = self.matcher.best_of([(item, node) for item, _, _ in items], self.work)
        if at < 0:
            self.only_gold(node.raw, field, g_at)
        for n, (item, _, place) in enumerate(items):
            if n == at:
                self.both(item, node, field, g_at, place)
            else:
                self.only_pred(item, field, place, "invented_item")

    def only_gold(self, gold: Any, field: str, at: Place) -> None:
        if type(gold) is dict:
            for key, value in gold.items():
                self.only_gold(value, self.name(field, key), (at, key))
        elif type(gold) is list:
            for j, value in enumerate(gold):
                self.only_gold(value, f"{field}[]", (at, j))
        elif not is_empty(gold):
            self.write(field, "missing", None, at, None, gold, None)

    def only_pred(self, pred: Any, field: str, at: Place, kind: str) -> None:
        if type(pred) is dict:
            for key, value in pred.items():
                self.only_pred(value, self.name(field, key), (at, key), kind)
        elif type(pred) is list:
            for i, value in enumerate(pred):
                self.only_pred(value, f"{field}[]", (at, i), kind)
        elif not is_empty(pred):
            self.write(field, "hallucinated", kind, None, at, None, pred)


def _spread(items: list[Any], field: str, at: Place) -> Iterator[tuple[Any, str, Place]]:
    """Give the items of a list that are no lists, however deep, with their fields and places."""
    waiting: list[tuple[Any, str, Place]] = [(items, field, at)]
    while waiting:
        value, name, place = waiting.pop()
        if type(value) is list:
            inner = [(x, f"{name}[]", (place, i)) for i, x in enumerate(value)]
            waiting.extend(reversed(inner))
        else:
            yield value, name, place


# -- pooled leaves -------------------------------------------------------------------------------------

_Found = tuple[str, Place, Any]


def _pooled(pred: Any, gold: Any, pool: Pool, write: _Write) -> None:
    """Match leaves of equal path as multisets; what is left over pairs as wrong while both sides last."""
    gold_found = _by_path(gold, pool)
    pred_found = _by_path(pred, pool)
    for names in gold_found | pred_found:
        golds = gold_found.get(names, [])
        preds = pred_found.get(names, [])
        # A field may stand inside a list and outside it; one name, the same in any order, serves for both.
        shapes = {shape(at): at for _, at, _ in golds or preds}
        field = min(map(field_text, shapes.values()))
        waiting: dict[str, list[_Found]] = {}
        for found in reversed(golds):
            waiting.setdefault(found[0], []).append(found)
        rest: list[_Found] = []
        for found in preds:
            same = waiting.get(found[0])
            if same:
                _, g_at, g = same.pop()
                write(field, "correct", None, g_at, found[1], g, found[2])
            else:
                rest.append(found)
        free = sorted((x for same in waiting.values() for x in same), key=_by_text)
        rest.sort(key=_by_text)
        for (_, g_at, g), (_, p_at, p) in zip(free, rest, strict=False):
            write(field, "wrong", None, g_at, p_at, g, p)
        for _, g_at, g in free[len(rest) :]:
            write(field, "missing", None, g_at, None, g, None)
        for n, (_, p_at, p) in enumerate(rest[len(free) :]):
            write(field, "hallucinated", _pooled_kind(pool, names, n), None, p_at, None, p)


def _by_text(found: _Found) -> str:
    return found[0]


def _by_path(value: Any, pool: Pool) -> dict[tuple[str, ...], list[_Found]]:
    found: dict[tuple[str, ...], list[_Found]] = {}
    if pool.reading == "donut":
        for key, text, at, raw in donut_leaves(value):
            found.setdefault((key,), []).append((text, at, raw))
    else:
        for names, text, at, raw in json_leaves(value, pool.form):
            found.setdefault(names, []).append((text, at, raw))
    return found


def _pooled_kind(pool: Pool, names: tuple[str, ...], n: int) -> str:
    """Give the kind of the n-th leaf at a path that found no partner: blanks are filled first."""
    field: Field | None = pool.root
    for name in names:
        if field is not None and field.blanks and not field.members:
            return "filled_blank"
        field = None if field is None else field.members.get(name)
    if field is None:
        return "invented_field"
    if n < field.blanks:
        return "filled_blank"
    return "invented_item" if field.n else "invented_field"
