"""Files -> one row per document, here or in other processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple

from medvie_reward._core.processes import in_processes
from medvie_reward.alignment import Source
from medvie_reward.corpus._documents import Document, Scored
from medvie_reward.corpus._join import Join
from medvie_reward.corpus._place import Place
from medvie_reward.corpus._row_reader import RowReader, read_row
from medvie_reward.corpus._rows import RowFile
from medvie_reward.corpus._scoring import score_document
from medvie_reward.corpus._slices import group_of
from medvie_reward.corpus._totals import Totals
from medvie_reward.errors import GoldError
from medvie_reward.metrics import read_gold
from medvie_reward.spec import Spec


@dataclass(frozen=True, kw_only=True)
class ScoringOptions:
    """What a worker needs to know besides the rows.

    Attributes
    ----------
    spec
        How documents are compared.
    preds, golds
        How predictions and gold documents are taken out of their rows.
    by
        The member, or the size of the gold, that documents are grouped by.
    leaves
        Whether leaves are kept.
    source_key
        The member of a gold row with the page's text.
    metrics
        What to give; see `evaluate`.
    """

    spec: Spec
    preds: RowReader
    golds: RowReader
    by: str | None = None
    leaves: bool = False
    source_key: str | None = None
    metrics: tuple[str, ...] = ("f1",)

    def __post_init__(self) -> None:
        # The page's text is no part of a gold document that is a row itself.
        object.__setattr__(self, "golds", replace(self.golds, source_key=self.source_key))


class Lines(NamedTuple):
    """A document as it stands in its files: its name, and for both sides where it is and its bytes.

    No prediction is ``None``.
    """

    name: str
    gold_at: Place
    gold: bytes
    pred_at: Place | None
    pred: bytes | None


Spread = Callable[[Iterator[Lines], ScoringOptions], Iterator[Scored]]
"""Scores documents somewhere and gives them back in the order in which they came."""


def score_files(
    preds: RowFile,
    golds: RowFile,
    joined: Join,
    options: ScoringOptions,
    *,
    workers: int = 1,
    limit: int | None = None,
    spread: Spread | None = None,
    on_scored: Callable[[Scored], None],
) -> None:
    """Score the documents of two joined files, in the gold file's order.

    Parameters
    ----------
    preds, golds, joined
        The files and which rows belong together.
    options
        What else matters.
    workers
        Number of processes.
    limit
        How many documents to score at most.
    spread
        Scores the documents elsewhere, in place of processes of this machine.
    on_scored
        Called with each document.

    Raises
    ------
    InputError
        If a row is not what it should be; it names the file and the line or row.
    """
    lines = _lines_of(preds, golds, joined, limit)
    if spread is not None:
        found = spread(lines, options)
    elif workers == 1:
        found = (score_lines(document, options) for document in lines)
    else:
        found = chain.from_iterable(in_processes(lines, partial(score_chunk, options=options), workers))
    for scored in found:
        on_scored(scored)


def sum_files(
    preds: RowFile,
    golds: RowFile,
    joined: Join,
    options: ScoringOptions,
    *,
    workers: int,
    limit: int | None = None,
    on_sums: Callable[[list[Document], Totals], None],
) -> None:
    """Score the documents of two joined files, and add them up where they are scored.

    That is faster than `score_files`, which sends each document's fields from the process that scored it;
    sums are exact, so they are the same.

    Parameters
    ----------
    preds, golds, joined, options, limit
        As for `score_files`.
    workers
        Number of processes.
    on_sums
        Called with some documents, in the gold file's order, and their sums.

    Raises
    ------
    InputError
        If a row is not what it should be; it names the file and the line or row.
    """
    lines = _lines_of(preds, golds, joined, limit)
    for documents, totals in in_processes(lines, partial(sum_chunk, options=options), workers):
        on_sums(documents, totals)


def _lines_of(preds: RowFile, golds: RowFile, joined: Join, limit: int | None) -> Iterator[Lines]:
    for gold, pred in islice(joined.pairs, limit):
        yield Lines(
            golds.ids[gold] if joined.how == "id" or golds.has_ids else str(gold + 1),
            golds.place(gold),
            golds.line(gold),
            None if pred is None else preds.place(pred),
            None if pred is None else preds.line(pred),
        )


def read_golds(golds: RowFile, spec: Spec) -> Iterator[Any]:
    """Read the gold documents of a file, one after the other.

    Raises
    ------
    InputError
        If a row is no usable gold; it names the file and the line or row.
    """
    for n in range(len(golds)):
        yield read_gold_at(golds, n, spec)


def read_gold_at(golds: RowFile, n: int, spec: Spec) -> Any:
    """Read the gold of one row of a file, counted from 0; errors are those of `read_golds`."""
    try:
        return read_gold(golds.value(n), spec, decoded=True)
    except GoldError as error:
        raise golds.place(n).error(str(error)) from None


def score_lines(lines: Lines, options: ScoringOptions) -> Scored:
    """Score one document of two files.

    Raises
    ------
    InputError
        If a row is not what it should be; it names the file and the line or row.
    """
    spec, at = options.spec, lines.gold_at
    gold_row = read_row(lines.gold, at)
    gold = options.golds.value(gold_row, at)
    pred_row: Any = None
    pred: Any = None
    if lines.pred is not None and lines.pred_at is not None:
        pred_row = read_row(lines.pred, lines.pred_at)
        pred = options.preds.value(pred_row, lines.pred_at)
        pred_row = pred_row.value
    group = None
    if options.by is not None:
        group = group_of(options.by, gold, (gold_row.value, pred_row))
        if group is None:
            raise at.error(f"neither gold nor prediction has the member {options.by!r} that --by names")
    source = None
    if options.source_key is not None:
        source = _source(options.source_key, gold_row.value, at)
    try:
        return score_document(
            pred, gold, spec, lines.name, group, options.leaves, source, options.metrics, decoded=True
        )
    except GoldError as error:
        raise at.error(str(error)) from None


def _source(key: str, row: Any, at: Place) -> Source:
    """Read the source text of a gold row."""
    found = row.get(key) if isinstance(row, dict) else None
    if isinstance(found, str) or (isinstance(found, list) and all(isinstance(x, str) for x in found)):
        return Source(found)
    got = "nothing" if found is None else type(found).__name__
    raise at.error(f"--source-key: expected a text or a list of texts - at $.{key}, got {got}")


def score_chunk(chunk: list[Lines], options: ScoringOptions) -> list[Scored]:
    """Score some documents of two files, as `score_lines` does."""
    return [score_lines(lines, options) for lines in chunk]


def sum_chunk(chunk: list[Lines], options: ScoringOptions) -> tuple[list[Document], Totals]:
    """Score some documents of two files and add them up."""
    documents: list[Document] = []
    totals = Totals()
    for lines in chunk:
        scored = score_lines(lines, options)
        totals.add(scored)
        documents.append(scored.document)
    return documents, totals
