"""Gold tree x predicted tree -> every leaf with its outcome.

Outcomes: ``correct`` (paired, equal), ``wrong`` (paired, neither empty, not equal), ``missing`` (in the gold
only), ``hallucinated`` (in the prediction only). A hallucinated leaf is of a kind: ``filled_blank`` (the
gold has the field, empty), ``invented_field`` (the gold has no such field there) or ``invented_item`` (it is
part of a list item without a partner). A wrong or hallucinated leaf is also ``misplaced`` where its value
is that of a gold leaf that no leaf got right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from medvie_reward._core.json_values import scalar_text
from medvie_reward._core.paths import Place, path_text
from medvie_reward.alignment._grounding import Source
from medvie_reward.alignment._matching import Matcher
from medvie_reward.alignment._outcomes import LeafCounter
from medvie_reward.alignment._pool import Pool
from medvie_reward.alignment._walker import Outcome, Walker, Write
from medvie_reward.alignment._worth import Worth, measure_leaves, measure_units
from medvie_reward.completions import gold_value, predicted_value
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
    ungrounded
        Whether a wrong or hallucinated leaf's value is nowhere in the source text, where one was given.
    critical
        Whether its field is critical.
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


_SHOWN: Final = 200
"""Leaves that a notebook shows."""


@dataclass(frozen=True, repr=False)
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
    leaves, units
        Number of the gold's leaves and what they weigh.
    names
        The names in the gold, where the spec reads documents in its own way.
    """

    gold: Any
    spec: Spec
    worth: Worth
    engine: Matcher | Pool
    leaves: int
    units: int
    names: GoldNames | None = None


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


def _prepared(gold: Any, spec: Spec, fields: Fields, names: GoldNames | None) -> Prepared:
    if spec.lists == "bag":
        worth = Worth(spec, *measure_leaves(gold, fields))
        pool = Pool(gold, fields, spec.reading)
        leaves = sum(len(here.leaves) for here in pool.bins)
        units = sum(len(here.leaves) * here.field.units for here in pool.bins)
        return Prepared(gold, spec, worth, pool, leaves, units, names)
    matcher = Matcher(gold, spec, fields)
    return Prepared(gold, spec, matcher.worth, matcher, matcher.worth.leaves, matcher.worth.units, names)


def read_prediction(pred: Any, prepared: Prepared) -> tuple[Any, dict[str, str]]:
    """Read a prediction as the spec says; gives it, and the names that were read as others."""
    reader, names = prepared.spec.reader, prepared.names
    return (pred, {}) if reader is None or names is None else reader.prediction(pred, names)


def leaves_of(pred: Any, prepared: Prepared, source: Source | None = None) -> tuple[list[Leaf], bool]:
    """List every leaf of a plain value with its outcome, and tell whether the work bound ran out."""
    return _leaves(read_prediction(pred, prepared)[0], prepared, source)


def _leaves(pred: Any, prepared: Prepared, source: Source | None) -> tuple[list[Leaf], bool]:
    leaves: list[Leaf] = []
    form = prepared.spec.fields.form
    not_read: set[str] = set()

    def write(
        field: Field,
        outcome: Outcome,
        kind: HallucinationKind | None,
        g_at: Place | None,
        p_at: Place | None,
        g: Any,
        p: Any,
    ) -> None:
        g_path = None if g_at is None else path_text(g_at)
        p_path = None if p_at is None else path_text(p_at)
        leaves.append(Leaf(field.name or "$", outcome, kind, g_path, p_path, g, p, critical=field.critical))
        if outcome == "wrong" or outcome == "missing":
            not_read.add(form(scalar_text(g)))

    limited = _walk(pred, prepared, write, None)
    for n, leaf in enumerate(leaves):
        if leaf.outcome in _MISREAD:
            text = scalar_text(leaf.pred)
            misplaced = form(text) in not_read
            ungrounded = source is not None and not source.holds(text)
            if misplaced or ungrounded:
                leaves[n] = leaf._replace(misplaced=misplaced, ungrounded=ungrounded)
    return leaves, limited


def tally_of(
    pred: Any, prepared: Prepared, source: Source | None = None, by_field: bool = False
) -> tuple[LeafCounter, bool]:
    """Count a plain value's leaves, and tell whether the work bound ran out."""
    pred, _ = read_prediction(pred, prepared)
    tally = LeafCounter(prepared.spec, prepared.worth.critical, by_field, source)
    blank = tally.blank if by_field and prepared.spec.counts_blanks else None
    limited = _walk(pred, prepared, tally.write, tally, blank)
    tally.finish()
    return tally, limited


def _walk(
    pred: Any,
    prepared: Prepared,
    write: Write,
    tally: LeafCounter | None,
    blank: Callable[[Field], None] | None = None,
) -> bool:
    engine, worth, fields = prepared.engine, prepared.worth, prepared.engine.fields
    if isinstance(engine, Pool):
        if tally is None:
            engine.walk(pred, write)
        else:
            engine.walk(pred, write, tally.bulk, tally.by_field)
        return False
    known: dict[int, Callable[[], int]] = {}
    walker = Walker(
        engine,
        prepared.spec.max_pairs,
        lambda: worth.right_critical(measure_units(pred, fields, known)),
        known,
        write,
        tally if blank is None else None,
        blank,
    )
    walker.walk(pred)
    return walker.limited
