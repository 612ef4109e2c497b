"""Documents in memory -> their scores, one by one and together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from medvie_reward._core.names import counted
from medvie_reward.alignment import Leaf, Prepared, Source, leaves_of, prepare, source_of
from medvie_reward.completions import (
    ABSENT,
    Completion,
    is_conversation,
    likely_form,
    parse_with,
    text_of_completion,
)
from medvie_reward.corpus._columns import matched, order_doubts, values_of_column, wrapped
from medvie_reward.corpus._details import Details
from medvie_reward.corpus._documents import Document, Scored
from medvie_reward.corpus._doubts import doubts_of, warn_of
from medvie_reward.corpus._evaluation import Evaluation, EvaluationBuilder
from medvie_reward.corpus._writing import dump
from medvie_reward.errors import ArgumentError, GoldError
from medvie_reward.metrics import (
    Scores,
    compare_published,
    count,
    count_prepared,
    known_metrics,
    longest_answer,
    matching_of,
    read_gold,
)
from medvie_reward.spec import DEFAULT, Spec, SpecFields, Unpack, resolve

_F1_ALONE: Final = ("f1",)


def evaluate(
    preds: Iterable[Any],
    golds: Iterable[Any],
    spec: Spec | str = DEFAULT,
    *,
    ids: Iterable[str] | None = None,
    by: Iterable[str | None] | None = None,
    source_texts: Iterable[str | Sequence[str] | None] | None = None,
    metrics: str | Iterable[str] = _F1_ALONE,
    leaves: bool = False,
    **overrides: Unpack[SpecFields],
) -> Evaluation:
    """Score a corpus.

    Parameters
    ----------
    preds
        One per document: a string, bytes, a chat message or a list of messages is a completion to be parsed,
        ``None`` no answer, a `Completion` is taken as it is, and any other JSON value is the answer itself.
        A pandas or polars Series is a list of such; a data frame has a document a row, and dots in a
        column's name stand for nested members.
    golds
        As many gold documents: JSON objects or lists, or their JSON text; or a Series or a data frame
        likewise. Both sides may also be objects keyed by id.
    spec
        A spec or the name of a preset.
    ids
        Names of the documents; positions counted from 1 where not given.
    by
        A group per document, to score groups apart.
    source_texts
        A text per document, such as an OCR engine gave, or its lines: counts what is ``ungrounded``.
    metrics
        What to give, of ``f1``, ``ted`` (Donut's nTED accuracy) and ``anls`` (ANLS*); names, or one text with
        commas between them. The last two compare the unmodified answer and gold: comparators, rules,
        weights and list modes of the spec do not affect them. The scores of F1 are always computed.
    leaves
        Whether to keep every leaf and completion, which `Evaluation.to_html` and the level ``leaf`` of its
        exports need. That takes a few times the memory.
    **overrides
        Spec fields to change.

    Raises
    ------
    SpecError
        If the spec is not usable.
    GoldError
        If a gold is not usable; the message begins with its document's name.
    ArgumentError
        If there are not as many of everything, or no documents at all, or a metric is unknown.

    Warns
    -----
    InputWarning
        If the documents look like rows around documents, or both sides have no field in common.
    """
    chosen = resolve(spec, **overrides)
    if keyed := matched(preds, golds):
        preds, golds, names_of = keyed
        ids = names_of if ids is None else ids
    warn_of(order_doubts(preds, golds))
    preds, golds = values_of_column(preds, "predictions"), values_of_column(golds, "gold documents")
    doubts: list[str] = []
    builder = EvaluationBuilder(chosen, known_metrics(metrics), details=Details(chosen, leaves))
    columns: list[Iterator[Any]] = [iter(preds), iter(golds)]
    given = {"ids": ids, "by": by, "source": source_texts}
    columns += [iter(x) for x in given.values() if x is not None]
    names = [name for name, x in given.items() if x is not None]
    for n, row in enumerate(_in_step(columns), start=1):
        more = dict(zip(names, row[2:], strict=True))
        name = str(more.get("ids", n))
        source = source_of(more.get("source"))
        if n == 1:
            doubts = wrapped(row[0], row[1])
        try:
            builder.add(
                score_document(
                    row[0], row[1], chosen, name, more.get("by"), leaves, source, metrics=builder.metrics
                ),
                row[0],
            )
        except GoldError as error:
            raise GoldError(f"document {name}: {error}") from None
    evaluation = builder.evaluation()
    warn_of(doubts or doubts_of(evaluation))
    return evaluation


_END: Final = object()


def _in_step(columns: list[Iterator[Any]]) -> Iterator[list[Any]]:
    n = 0
    while True:
        row = [next(column, _END) for column in columns]
        ended = [x is _END for x in row]
        if all(ended):
            return
        if any(ended):
            raise ArgumentError(
                f"expected as many predictions as gold documents, ids and groups: "
                f"some of them end after {counted(n, 'document')}"
            )
        n += 1
        yield row


def _bounded(read: Completion, gold: Any, spec: Spec) -> Completion:
    """Hold an answer that comes as a value to the bounds that its text would have."""
    text = dump(read.answer)
    if len(text) <= spec.max_chars:  # bytes, of which there are no fewer than characters
        return read
    chars = len(text.decode())
    too_long = chars > spec.max_chars and chars > longest_answer(spec, gold, chars)
    return Completion(ABSENT, None, "too_large") if too_long else read


def score_document(
    pred: Any,
    gold: Any,
    spec: Spec,
    name: str,
    group: str | None = None,
    leaves: bool = False,
    source: Source | None = None,
    metrics: tuple[str, ...] = _F1_ALONE,
    decoded: bool = False,
) -> Scored:
    """Score one document; parameters as those of `evaluate`, ``decoded`` as for `read_gold`."""
    plain_gold = read_gold(gold, spec, decoded)
    form = ""
    # Clients of APIs give objects of their own, which are messages once they are written out.
    if hasattr(pred, "model_dump") and is_conversation(written := pred.model_dump()):
        pred = written
    if isinstance(pred, Completion):
        read = pred
    elif pred is None or isinstance(pred, (str, bytes, bytearray)) or is_conversation(pred):
        text = text_of_completion(pred, spec)
        read = parse_with(text, spec, longest_answer(spec, plain_gold, len(text or "")))
        if text and not read.format_ok:
            form = likely_form(text, spec)
        if pred is None:
            read = read._replace(format_ok=None)
    else:
        read = _bounded(Completion.from_answer(pred, spec.max_depth), plain_gold, spec)
    # Without an answer every gold leaf is missing, and a gold without leaves earns nothing either.
    answer = {} if read.answer is ABSENT else read.answer
    found: list[Leaf] = []
    renamed: tuple[tuple[str, str], ...] = ()
    if leaves or (spec.reader is not None and spec.reader.renames):
        prepared = prepare(plain_gold, spec)
        counts, fields, limited = count_prepared(answer, prepared, source)
        renamed = _renamed(answer, prepared)
        if leaves:
            found, _ = leaves_of(answer, prepared, source)
    else:
        counts, fields, limited = count(answer, plain_gold, spec, source)
    precision = recall = f1 = matching = 0.0
    if read.parsed:
        whole = Scores(counts)
        precision, recall, f1 = whole.precision, whole.recall, whole.f1
        matching = matching_of(spec, counts)
    published = compare_published(answer, plain_gold, metrics, answered=read.parsed)
    document = Document(
        name, counts, precision, recall, f1, matching, read.status, read.format_ok, limited, group, published
    )
    return Scored(document, fields, found, source is not None, form, renamed)


def _renamed(answer: Any, prepared: Prepared) -> tuple[tuple[str, str], ...]:
    """Return the names in an answer that the spec reads as others, as written and as read."""
    reader, names = prepared.spec.reader, prepared.names
    if reader is None or names is None or not reader.renames:
        return ()
    return tuple(sorted(reader.prediction(answer, names)[1].items()))
