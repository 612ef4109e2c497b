"""JSONL files -> one row per document, here or in other processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple

from medvie_reward._core.processes import in_processes
from medvie_reward.alignment import Source
from medvie_reward.corpus._documents import Document, Scored
from medvie_reward.corpus._evaluation import score_document
from medvie_reward.corpus._rows import Join, RowFile, read_line, value_of
from medvie_reward.corpus._slices import is_size, slice_of
from medvie_reward.corpus._totals import Totals
from medvie_reward.errors import GoldError, InputError
from medvie_reward.metrics import read_gold
from medvie_reward.spec import Spec


class Task(NamedTuple):
    """What a worker needs to know besides the lines."""

    spec: Spec
    pred_file: str
    gold_file: str
    pred_key: str | None
    gold_key: str | None
    id_key: str
    by: str | None
    leaves: bool
    source_key: str | None = None
    metrics: tuple[str, ...] = ("f1",)


class Lines(NamedTuple):
    """A document as it stands in its files: its name, line numbers and bytes; no prediction is ``None``."""

    name: str
    gold_line: int
    gold: bytes
    pred_line: int
    pred: bytes | None


Spread = Callable[[Iterator[Lines], Task], Iterator[Scored]]
"""Scores documents somewhere and gives them back in the order in which they came."""


def score_files(
    preds: RowFile,
    golds: RowFile,
    joined: Join,
    task: Task,
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
    task
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
        If a row is not what it should be; it names the file and the line.
    """
    lines = _lines_of(preds, golds, joined, limit)
    if spread is not None:
        found = spread(lines, task)
    elif workers == 1:
        found = (score_lines(document, task) for document in lines)
    else:
        found = chain.from_iterable(in_processes(lines, partial(score_chunk, task=task), workers))
    for scored in found:
        on_scored(scored)


def sum_files(
    preds: RowFile,
    golds: RowFile,
    joined: Join,
    task: Task,
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
    preds, golds, joined, task, limit
        As for `score_files`.
    workers
        Number of processes.
    on_sums
        Called with some documents, in the gold file's order, and their sums.

    Raises
    ------
    InputError
        If a row is not what it should be; it names the file and the line.
    """
    lines = _lines_of(preds, golds, joined, limit)
    for documents, totals in in_processes(lines, partial(sum_chunk, task=task), workers):
        on_sums(documents, totals)


def _lines_of(preds: RowFile, golds: RowFile, joined: Join, limit: int | None) -> Iterator[Lines]:
    for gold, pred in islice(joined.pairs, limit):
        yield Lines(
            golds.ids[gold] if joined.how == "id" or golds.has_ids else str(gold + 1),
            gold + 1,
            golds.line(gold),
            0 if pred is None else pred + 1,
            None if pred is None else preds.line(pred),
        )


def read_golds(golds: RowFile, spec: Spec) -> Iterator[Any]:
    """Read the golds of a file, one after the other.

    Raises
    ------
    InputError
        If a row is no usable gold; it names the file and the line.
    """
    for n in range(len(golds)):
        yield read_gold_at(golds, n, spec)


def read_gold_at(golds: RowFile, n: int, spec: Spec) -> Any:
    """Read the gold of one row of a file, counted from 0; errors are those of `read_golds`."""
    row = read_line(golds.line(n), golds.name, n + 1)
    try:
        return read_gold(value_of(row, golds.key, golds.id_key, golds.name, n + 1), spec, decoded=True)
    except GoldError as error:
        raise InputError(str(error), golds.name, n + 1) from None


def score_lines(lines: Lines, task: Task) -> Scored:
    """Score one document of two files.

    Raises
    ------
    InputError
        If a row is not what it should be; it names the file and the line.
    """
    gold_row = read_line(lines.gold, task.gold_file, lines.gold_line)
    gold = value_of(gold_row, task.gold_key, task.id_key, task.gold_file, lines.gold_line, task.source_key)
    pred_row: Any = None
    pred: Any = None
    if lines.pred is not None:
        pred_row = read_line(lines.pred, task.pred_file, lines.pred_line)
        pred = value_of(pred_row, task.pred_key, task.id_key, task.pred_file, lines.pred_line)
    group = None
    if task.by is not None:
        group = _group(task.by, gold, gold_row, pred_row, task.gold_file, lines.gold_line)
    source = None
    if task.source_key is not None:
        source = _source(task.source_key, gold_row, task.gold_file, lines.gold_line)
    try:
        return score_document(
            pred, gold, task.spec, lines.name, group, task.leaves, source, task.metrics, decoded=True
        )
    except GoldError as error:
        raise InputError(str(error), task.gold_file, lines.gold_line) from None


def _source(key: str, row: Any, file: str, line: int) -> Source:
    """Read the source text of a gold row."""
    found = row.get(key) if type(row) is dict else None
    if isinstance(found, str) or (isinstance(found, list) and all(isinstance(x, str) for x in found)):
        return Source(found)
    got = "nothing" if found is None else type(found).__name__
    raise InputError(f"--source-key: expected a text or a list of texts - at $.{key}, got {got}", file, line)


def _group(by: str, gold: Any, gold_row: Any, pred_row: Any, file: str, line: int) -> str:
    for row in (gold_row, pred_row):
        if type(row) is dict and by in row:
            value = row[by]
            return value if isinstance(value, str) else str(value)
    if is_size(by):
        return slice_of(by, gold, gold_row)
    raise InputError(f"neither gold nor prediction has the member {by!r} that --by names", file, line)


def score_chunk(chunk: list[Lines], task: Task) -> list[Scored]:
    """Score some documents of two files, as `score_lines` does."""
    return [score_lines(lines, task) for lines in chunk]


def sum_chunk(chunk: list[Lines], task: Task) -> tuple[list[Document], Totals]:
    """Score some documents of two files and add them up."""
    documents: list[Document] = []
    totals = Totals()
    for lines in chunk:
        scored = score_lines(lines, task)
        totals.add(scored)
        documents.append(scored.document)
    return documents, totals
