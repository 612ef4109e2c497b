"""Gold tree x predicted tree -> every leaf with its outcome.

Outcomes: ``correct`` (paired, equal), ``wrong`` (paired, neither empty, not equal), ``missing`` (in the gold
only), ``hallucinated`` (in the prediction only). A hallucinated leaf is of a kind: ``filled_blank`` (the
gold has the field, empty), ``invented_field`` (the gold has no such field there) or ``invented_item`` (it is
part of a list item without a partner). A wrong or hallucinated leaf is also ``misplaced`` where its value
is that of a gold leaf that no leaf got right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from medvie_reward.assignment import Work
from medvie_reward.errors import GoldError, PredictionError, SpecError
from medvie_reward.matching import Matcher
from medvie_reward.pool import Field, Pool
from medvie_reward.sizes import measure
from medvie_reward.spec import Spec, resolve
from medvie_reward.tree import (
    Place,
    donut_leaves,
    field_text,
    json_leaves,
    path_text,
    plain,
    scalar_text,
    shape,
)
from medvie_reward.walker import Walker, Write

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


def _walk(pred: Any, prepared: Prepared, write: Write) -> bool:
    engine = prepared.engine
    if isinstance(engine, Pool):
        _pooled(pred, prepared.gold, engine, write)
        return False
    work = Work(prepared.spec.max_pairs)
    Walker(engine, work, write).walk(pred)
    return work.limited


# -- pooled leaves -------------------------------------------------------------------------------------

_Found = tuple[str, Place, Any]


def _pooled(pred: Any, gold: Any, pool: Pool, write: Write) -> None:
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
