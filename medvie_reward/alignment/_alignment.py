"""Gold tree x predicted tree -> every leaf with its outcome.

Outcomes: ``correct`` (paired, equal), ``wrong`` (paired, neither empty, not equal), ``missing`` (in the gold
only), ``hallucinated`` (in the prediction only). A hallucinated leaf is of a kind: ``filled_blank`` (the
gold has the field, empty), ``invented_field`` (the gold has no such field there) or ``invented_item`` (it is
part of a list item without a partner). A wrong or hallucinated leaf is also ``misplaced`` where its value
is that of another gold leaf that no leaf got right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple

from medvie_reward._core.json_values import scalar_text
from medvie_reward._core.paths import ROOT, Place, path_text
from medvie_reward.alignment import _compiled as compiled
from medvie_reward.alignment._definition import (
    Aligner,
    Array,
    Item,
    Kid,
    Object,
    Record,
    What,
    encode,
    sizes_of,
)
from medvie_reward.alignment._grounding import Source
from medvie_reward.alignment._outcomes import LeafCounter, Row, misplaced
from medvie_reward.alignment._pool import Pool, walk
from medvie_reward.alignment._prices import CREDIT, Prices
from medvie_reward.completions import gold_value, is_conversation, predicted_value
from medvie_reward.errors import PredictionError, SpecError
from medvie_reward.spec import (
    DEFAULT,
    Field,
    Fields,
    GoldNames,
    HallucinationKind,
    Spec,
    SpecFields,
    Unpack,
    resolve,
)

Outcome = Literal["correct", "wrong", "missing", "hallucinated"]
"""What became of a leaf."""


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
        Whether a wrong or hallucinated value is what another gold leaf holds that no leaf got right: it was
        read, and put into the wrong field or row.
    ungrounded
        Whether a wrong or hallucinated leaf's value is nowhere in the source text, where one was given.
    critical
        Whether its field is critical.
    credit
        What it earns of a correct leaf: 1 where it is correct, and for a wrong one what its field gives.
    """

    field: str
    outcome: Outcome
    kind: HallucinationKind | None
    gold_path: str | None
    pred_path: str | None
    gold: Any
    pred: Any
    misplaced: bool = False
    ungrounded: bool = False
    critical: bool = False
    credit: float = 0.0


_OUTCOMES: Final[dict[What, Outcome]] = {"correct": "correct", "wrong": "wrong", "missing": "missing"}
_KINDS: Final[dict[What, HallucinationKind]] = {
    "filled_blank": "filled_blank",
    "invented_field": "invented_field",
    "invented_item": "invented_item",
}

_SHOWN: Final = 200
"""Leaves that a notebook shows."""


@dataclass(frozen=True, repr=False)
class Alignment:
    """All leaves of a gold and a prediction, matched.

    Attributes
    ----------
    leaves
        One entry per leaf, in the gold's order, then what the gold lacks in the prediction's order.
    signature
        The choices behind it.
    limited
        Whether the work bound of the spec ran out, so that the pairs of items may not be the best.
    renamed
        The prediction's names that were read as others (see `Spec.keys` and ``key_aliases``): the field as
        it was written, and as it was read.
    """

    leaves: tuple[Leaf, ...]
    signature: str
    limited: bool = False
    renamed: tuple[tuple[str, str], ...] = ()

    def __iter__(self) -> Iterator[Leaf]:
        return iter(self.leaves)

    def __len__(self) -> int:
        return len(self.leaves)

    def __repr__(self) -> str:
        counted = Counter(leaf.outcome for leaf in self.leaves)
        return f"Alignment({', '.join(f'{n} {outcome}' for outcome, n in counted.items()) or 'no leaves'})"

    def _repr_html_(self) -> str:
        from medvie_reward._core.tables import html_table

        columns = ("field", "outcome", "gold", "prediction", "misplaced", "critical")
        rows = [
            (
                leaf.gold_path or leaf.pred_path or leaf.field,
                leaf.kind or leaf.outcome,
                "" if leaf.gold_path is None else scalar_text(leaf.gold),
                "" if leaf.pred_path is None else scalar_text(leaf.pred),
                "yes" if leaf.misplaced else "",
                "yes" if leaf.critical else "",
            )
            for leaf in self.leaves[:_SHOWN]
        ]
        more = len(self.leaves) - len(rows)
        return html_table("", columns, rows, range(len(columns))) + (f"… and {more} more" if more else "")


def align(
    pred: Any,
    gold: Any,
    spec: Spec | str = DEFAULT,
    *,
    source_text: str | Sequence[str] | None = None,
    **overrides: Unpack[SpecFields],
) -> Alignment:
    """Match two JSON values leaf by leaf.

    Parameters
    ----------
    pred, gold
        JSON values as Python gives them; texts are read as `score` reads them.
    spec
        A spec or the name of a preset.
    source_text
        Text of the document, such as an OCR engine gave, or its lines: marks what is ``ungrounded``.
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
    if source_text is None and (prepared := prepare_at_once(gold, pred, chosen)) is not None:
        found = compiled.leaves(prepared.compiled, pred, Leaf)
        if found is not None:
            return Alignment(tuple(found[0]), chosen.signature, found[1])
    gold = gold_value(gold, chosen)
    pred = predicted_value(pred, gold, chosen)
    return align_prepared(pred, prepare(gold, chosen), source_of(source_text))


def align_prepared(pred: Any, prepared: Prepared, source: Source | None = None) -> Alignment:
    """Match a plain JSON value with a prepared gold document, as `align` does."""
    pred, renamed = read_prediction(pred, prepared)
    leaves, limited = _leaves(pred, prepared, source)
    return Alignment(tuple(leaves), prepared.spec.signature, limited, tuple(sorted(renamed.items())))


def source_of(text: str | Sequence[str] | Source | None) -> Source | None:
    """Prepare a source text, where there is one.

    Raises
    ------
    PredictionError
        If it is neither a text nor lines of text.
    """
    if text is None or isinstance(text, Source):
        return text
    if isinstance(text, str) or (isinstance(text, Sequence) and all(isinstance(x, str) for x in text)):
        return Source(text)
    raise PredictionError(f"source text: expected a string or a list of strings, got {type(text).__name__}")


@dataclass(frozen=True)
class Prepared:
    """A plain gold value and what was built from it for one spec.

    Attributes
    ----------
    compiled
        What the kernel made of it; ``None`` where the textbook is used.
    fields
        The fields of the gold and of what is compared with it.
    leaves, units, critical
        Number of the gold's leaves, what they weigh, and how many of them are critical.
    names
        The names in the gold, where the spec reads documents in its own way.
    """

    gold: Any
    spec: Spec
    fields: Fields
    leaves: int
    units: int
    critical: int
    names: GoldNames | None = None
    compiled: Any = None

    @cached_property
    def node(self) -> Kid | Pool:
        """The value as the textbook has it: encoded, or its leaves by path where ``lists`` is ``bag``."""
        return _read(self.gold, self.spec, self.fields, gold=True)


def prepare(gold: Any, spec: Spec) -> Prepared:
    """Prepare a plain gold value for many predictions.

    Raises
    ------
    SpecError
        If the spec's reading has no alignment.
    """
    if spec.reading == "smr-r1":
        raise SpecError(
            "spec 'smr-r1' lets one predicted row serve several gold rows and has no alignment; "
            "choose another preset"
        )
    names = None
    if spec.reader is not None:
        gold, names = spec.reader.gold(gold)
    met = spec.fields.currencies_met
    prepared = _prepared(gold, spec, spec.fields.beside(gold), names)
    if spec.fields.currencies_met == met:
        return prepared
    # Reading the gold has shown new currencies, perhaps its own.
    fields = spec.fields.beside(gold)
    return prepared if fields is spec.fields else _prepared(gold, spec, fields, names)


def prepare_at_once(gold: Any, pred: Any, spec: Spec) -> Prepared | None:
    """Prepare an object or a list that nobody has checked, for a prediction that nobody has checked.

    The kernel takes plain JSON values only, so that checking them first would be to look at all twice. It
    says the same of the prediction when it reads that.

    Returns
    -------
    Prepared or None
        ``None`` where the kernel does not take the gold, or where something is to be read before.
    """
    containers = type(gold) in (dict, list) and type(pred) in (dict, list)
    if not containers or spec.reader is not None or is_conversation(pred):
        return None
    made = compiled.prepare(gold, spec, spec.fields)
    if made is None:
        return None
    fields = spec.fields.beside(gold)
    if fields is not spec.fields:
        return _prepared(gold, spec, fields, None)
    return Prepared(gold, spec, fields, *compiled.sizes(made), None, made)


def _prepared(gold: Any, spec: Spec, fields: Fields, names: GoldNames | None) -> Prepared:
    made = compiled.prepare(gold, spec, fields)
    if made is not None:
        return Prepared(gold, spec, fields, *compiled.sizes(made), names, made)
    node = _read(gold, spec, fields, gold=True)
    prepared = Prepared(gold, spec, fields, *_sizes(node, fields), names)
    prepared.__dict__["node"] = node
    return prepared


def _read(value: Any, spec: Spec, fields: Fields, gold: bool = False) -> Kid | Pool:
    """Read a value as the textbook does: encoded, or its leaves by path where ``lists`` is ``bag``."""
    if spec.lists == "bag":
        return Pool(value, fields, spec.reading)
    return encode(value, fields.root, fields, spec.lists, gold)


def _sizes(node: Kid | Pool, fields: Fields) -> tuple[int, int, int]:
    return node.sizes if isinstance(node, Pool) else sizes_of(node, fields.root)


def read_prediction(pred: Any, prepared: Prepared) -> tuple[Any, dict[str, str]]:
    """Read a prediction as the spec says; gives it, and the names that were read as others."""
    reader, names = prepared.spec.reader, prepared.names
    return (pred, {}) if reader is None or names is None else reader.prediction(pred, names)


def leaves_of(pred: Any, prepared: Prepared, source: Source | None = None) -> tuple[list[Leaf], bool]:
    """List every leaf of a plain value with its outcome, and tell whether the work bound ran out."""
    return _leaves(read_prediction(pred, prepared)[0], prepared, source)


def _leaves(pred: Any, prepared: Prepared, source: Source | None) -> tuple[list[Leaf], bool]:
    if prepared.compiled is not None:
        found = compiled.leaves(prepared.compiled, pred, Leaf)
        if found is not None:
            leaves, limited = found
            return leaves if source is None else [_grounded(leaf, source) for leaf in leaves], limited
    return leaves_by_textbook(pred, prepared, source)


def _grounded(leaf: Leaf, source: Source) -> Leaf:
    """Return a leaf with what the source text says of it."""
    if leaf.outcome in ("correct", "missing") or source.holds(scalar_text(leaf.pred)):
        return leaf
    return leaf._replace(ungrounded=True)


def leaves_by_textbook(
    pred: Any, prepared: Prepared, source: Source | None = None
) -> tuple[list[Leaf], bool]:
    """List every leaf of a plain value as the definition has it; `leaves_of` gives the same."""
    records: list[Record] = []
    limited = _walk(records, pred, prepared, None)
    records = _in_order([x for x in records if x.what != "blank"], prepared.gold, pred)
    leaves = []
    for record, elsewhere in zip(records, misplaced(records, prepared.fields.plain), strict=True):
        what, field, gold, read, gold_at, pred_at, credit = record
        leaf = Leaf(
            field.name or "$",
            _OUTCOMES.get(what, "hallucinated"),
            _KINDS.get(what),
            None if gold_at is None else path_text(gold_at),
            None if pred_at is None else path_text(pred_at),
            gold,
            read,
            elsewhere,
            critical=field.critical,
            credit=credit / CREDIT,
        )
        leaves.append(leaf if source is None else _grounded(leaf, source))
    return leaves, limited


def _in_order(records: list[Record], gold: Any, pred: Any) -> list[Record]:
    """Put records into the order of the gold's leaves, and what the gold lacks into the prediction's."""
    golds = {at: n for n, at in enumerate(_places(gold))}
    preds = {at: n for n, at in enumerate(_places(pred))}
    behind = len(golds)

    def order(record: Record) -> int:
        if record.gold_at is not None:
            return golds[record.gold_at]
        return behind + preds[record.pred_at or ROOT]

    return sorted(records, key=order)


def _places(value: Any, at: Place = ROOT) -> Iterator[Place]:
    """Yield the place of a value and of all that is in it, in their order."""
    waiting = [(value, at)]
    while waiting:
        here, at = waiting.pop()
        yield at
        if here.__class__ is dict:
            waiting.extend([(here[name], (at, name)) for name in reversed(here)])
        elif here.__class__ is list:
            waiting.extend([(here[n], (at, n)) for n in range(len(here) - 1, -1, -1)])


def tally_of(
    pred: Any, prepared: Prepared, source: Source | None = None, by_field: bool = False
) -> tuple[LeafCounter, bool]:
    """Count a plain value's leaves, and tell whether the work bound ran out."""
    pred, _ = read_prediction(pred, prepared)
    if source is None and prepared.compiled is not None:
        made, blanks = prepared.compiled, prepared.spec.counts_blanks
        found = compiled.count_by_field(made, pred, blanks) if by_field else compiled.count(made, pred)
        if found is not None:
            counter = LeafCounter(prepared.fields, prepared.spec.kind_costs, by_field)
            counter.take_rows(found[0])
            return counter, found[1]
    return tally_by_textbook(pred, prepared, source, by_field)


def rows_of(pred: Any, prepared: Prepared) -> tuple[dict[str, Row], bool] | None:
    """Count a plain value's leaves by field as plain numbers, where the kernel can; else ``None``."""
    if prepared.compiled is None:
        return None
    if prepared.names is not None:
        pred, _ = read_prediction(pred, prepared)
    return compiled.count_by_field(prepared.compiled, pred, prepared.spec.counts_blanks)


def tally_by_textbook(
    pred: Any, prepared: Prepared, source: Source | None = None, by_field: bool = False
) -> tuple[LeafCounter, bool]:
    """Count the leaves of a value that was read as the definition has it; `tally_of` gives the same."""
    spec = prepared.spec
    counter = LeafCounter(prepared.fields, spec.kind_costs, by_field, spec.counts_blanks)
    records: list[Record] = []
    limited = _walk(records, pred, prepared, counter.bulk)
    counter.take(records)
    counter.ground(source)
    counter.finish(_fields_of(prepared.node, prepared.fields.root) if by_field else ())
    return counter, limited


def _fields_of(node: Kid | Pool, field: Field) -> Iterator[Field]:
    """Yield the field of every leaf of a gold value, in their order."""
    if isinstance(node, Pool):
        yield from node.fields
    elif isinstance(node, Object):
        for name, kid in node.kids.items():
            yield from _fields_of(kid, node.field.members[name])
    elif isinstance(node, Array):
        for kid in node.kids:
            yield from _fields_of(kid, node.inner)
    elif node:
        yield field


def _walk(out: list[Record], pred: Any, prepared: Prepared, bulk: Callable[[Item], None] | None) -> bool:
    """Write the records of a prediction, and tell whether the work bound ran out."""
    spec, fields, node = prepared.spec, prepared.fields, prepared.node
    root = fields.root
    sizes = prepared.leaves, prepared.units, prepared.critical
    if isinstance(node, Pool):
        pool = Pool(pred, fields, spec.reading)
        prices = Prices(spec, sizes, pool.sizes)
        aligner = Aligner(fields, "align", prices, sizes[0] + pool.sizes[0], spec.max_work)
        walk(out, pool, node, aligner, bulk)
        return aligner.limited
    read = encode(pred, root, fields, spec.lists)
    found = sizes_of(read, root)
    aligner = Aligner(fields, spec.lists, Prices(spec, sizes, found), sizes[0] + found[0], spec.max_work)
    aligner.walk(out, Item(read, pred, root, ROOT), Item(node, prepared.gold, root, ROOT), bulk)
    return aligner.limited
