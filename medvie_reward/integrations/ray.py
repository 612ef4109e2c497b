"""Ray Data: corpora that fit no single machine, scored where they are.

No document comes to the driver. Every block of a ``ray.data.Dataset`` becomes sums of constant size
(`medvie_reward.corpus.Totals`), and tasks of the cluster add these up as a tree. Ray repeats what a dead
worker had begun; a block counts once, when it is whole. For files on one machine see `cluster`.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from medvie_reward._version import __version__
from medvie_reward.alignment import source_of
from medvie_reward.corpus import Evaluation, Scored, Totals, evaluation_of, score_document
from medvie_reward.errors import GoldError, InputError
from medvie_reward.integrations.ray_cluster import check_installed, check_version, named
from medvie_reward.integrations.ray_cluster import cluster as cluster
from medvie_reward.metrics import Counts, known_metrics
from medvie_reward.spec import DEFAULT, Spec, SpecFields, Unpack, resolve

_ROWS: Final = 1024
_FAN_IN: Final = 32


class _RayColumns(NamedTuple):
    """What a worker needs to know besides a block."""

    spec: Spec
    pred_key: str
    gold_key: str
    id_key: str | None
    by: str | None
    source_key: str | None
    metrics: tuple[str, ...]
    version: str = __version__


def evaluate_dataset(
    dataset: Any,
    spec: Spec | str = DEFAULT,
    *,
    pred_key: str = "completion",
    gold_key: str = "gold",
    id_key: str | None = None,
    by: str | None = None,
    source_key: str | None = None,
    metrics: str | Iterable[str] = ("f1",),
    options: Mapping[str, Any] | None = None,
    **overrides: Unpack[SpecFields],
) -> Evaluation:
    """Score a ``ray.data.Dataset`` whose rows hold prediction and gold; no document comes to the driver.

    Every figure is that of `medvie_reward.evaluate` for the same documents, to the last bit, however they
    are ordered and cut into blocks. ``documents`` is empty, and fields are in the order of their names.

    Parameters
    ----------
    dataset
        The documents, such as ``ray.data.read_parquet("s3://…")`` gives.
    spec
        A spec or the name of a preset.
    pred_key, gold_key
        Columns of the prediction and the gold, read as by `medvie_reward.evaluate`: text is a completion and
        JSON text. Arrow gives every row of a struct all members, so store objects as JSON text.
    id_key
        Column of the documents' names, for errors.
    by
        Column of groups to score apart; there must be few different ones.
    source_key
        Column of the pages' texts, or lists of their lines: counts what is ``ungrounded``.
    metrics
        What to give, of ``f1``, ``ted`` and ``anls``.
    options
        Further arguments of ``Dataset.map_batches``, such as ``num_cpus``, ``memory`` or ``concurrency``.
    **overrides
        Spec fields to change.

    Raises
    ------
    SpecError
        If the spec is not usable.
    GoldError
        If a gold is not usable; the message begins with its document's name.
    InputError
        If Ray is not installed, a column is not there, or there are no documents.
    ClusterError
        If a node has another version of this package, or the cluster gave up.
    """
    ray = check_installed()
    columns = _RayColumns(
        resolve(spec, **overrides), pred_key, gold_key, id_key, by, source_key, known_metrics(metrics)
    )
    counted = _map(dataset, _count_block, columns, options)
    try:
        totals = _add_up(ray, counted.to_arrow_refs())
    except ray.exceptions.RayError as error:
        raise named(error) from None
    return evaluation_of(_sorted(totals), columns.spec, columns.metrics)


def score_dataset(
    dataset: Any,
    spec: Spec | str = DEFAULT,
    *,
    pred_key: str = "completion",
    gold_key: str = "gold",
    id_key: str | None = None,
    by: str | None = None,
    source_key: str | None = None,
    metrics: str | Iterable[str] = ("f1",),
    options: Mapping[str, Any] | None = None,
    **overrides: Unpack[SpecFields],
) -> Any:
    """Return a ``ray.data.Dataset`` of one flat row per document, to be written or looked at where it is.

    Its columns are those of `medvie_reward.corpus.Document`: ``id`` (null without ``id_key``), ``group``,
    ``status``, ``format_ok``, ``limited``, ``precision``, ``recall``, ``f1``, ``matching``, the published
    metrics that were asked for, and every count of `medvie_reward.Counts`. Nothing is scored before the
    dataset is consumed; what a worker raises comes then, wrapped by Ray.

    Parameters and errors are those of `evaluate_dataset`.
    """
    check_installed()
    columns = _RayColumns(
        resolve(spec, **overrides), pred_key, gold_key, id_key, by, source_key, known_metrics(metrics)
    )
    return _map(dataset, _rows_of_block, columns, options)


def _map(dataset: Any, function: Any, columns: _RayColumns, options: Mapping[str, Any] | None) -> Any:
    return dataset.map_batches(
        function,
        batch_size=None,
        batch_format="pyarrow",
        fn_kwargs={"columns": columns},
        **(options or {}),
    )


def _score_block(table: Any, columns: _RayColumns) -> Iterator[Scored]:
    """Score the rows of an Arrow table, one after the other."""
    check_version(columns.version)
    asked = (columns.pred_key, columns.gold_key, columns.id_key, columns.by, columns.source_key)
    names = list(dict.fromkeys(name for name in asked if name is not None))
    for name in names:
        if name not in table.column_names:
            raise InputError(f"the dataset has no column {name!r}: it has {', '.join(table.column_names)}")
    rows = (row for part in table.select(names).to_batches(_ROWS) for row in part.to_pylist())
    for n, row in enumerate(rows, start=1):
        name = "" if columns.id_key is None else str(row[columns.id_key])
        group = None if columns.by is None else row[columns.by]
        try:
            yield score_document(
                row[columns.pred_key],
                row[columns.gold_key],
                columns.spec,
                name,
                group if group is None else str(group),
                source=source_of(None if columns.source_key is None else row[columns.source_key]),
                metrics=columns.metrics,
            )
        except GoldError as error:
            raise GoldError(f"document {name or f'in row {n} of its block'}: {error}") from None


def _count_block(table: Any, columns: _RayColumns) -> Iterator[Any]:
    """Turn a block into one row that holds its sums."""
    # A generator, because Ray Data keeps the named error of one; from a function it gives the text alone.
    totals = Totals()
    for scored in _score_block(table, columns):
        totals.add(scored)
    yield _pack(totals)


def _pack(totals: Totals) -> Any:
    """Build a table of one row; exact sums end in many zeros, which compress to nothing."""
    import pyarrow as pa

    return pa.table({"totals": pa.array([zlib.compress(pickle.dumps(totals), 1)], pa.binary())})


def _unpack(*tables: Any) -> Totals:
    """Add up the sums of tables."""
    totals = Totals()
    for table in tables:
        if not table.num_rows:  # Ray gives an empty block without asking us, and without our column.
            continue
        for packed in table.column("totals").to_pylist():
            totals.merge(pickle.loads(zlib.decompress(packed)))
    return totals


def _add_up(ray: Any, refs: list[Any]) -> Totals:
    """Add the sums of blocks up on the cluster, so many at a time; the last few here."""
    remote = ray.remote(_merge)
    while len(refs) > _FAN_IN:
        refs = [remote.remote(*refs[n : n + _FAN_IN]) for n in range(0, len(refs), _FAN_IN)]
    return _unpack(*ray.get(refs))


def _merge(*tables: Any) -> Any:
    return _pack(_unpack(*tables))


def _sorted(totals: Totals) -> Totals:
    """Put fields in the order of their names: blocks come in any order."""
    return replace(
        totals,
        fields=dict(sorted(totals.fields.items())),
        groups={name: _sorted(group) for name, group in totals.groups.items()},
    )


def _rows_of_block(table: Any, columns: _RayColumns) -> Iterator[Any]:
    """Turn a block into tables of document rows."""
    import pyarrow as pa

    schema = _row_schema(columns.metrics)
    rows: list[dict[str, Any]] = []
    for scored in _score_block(table, columns):
        row = scored.document.as_dict()
        counts = row.pop("counts")
        rows.append({**row, **counts, "id": None if columns.id_key is None else row["id"]})
        if len(rows) == _ROWS:
            yield pa.Table.from_pylist(rows, schema)
            rows = []
    yield pa.Table.from_pylist(rows, schema)


def _row_schema(metrics: tuple[str, ...]) -> Any:
    """Return the Arrow schema of document rows, the same for every block."""
    import pyarrow as pa

    text, number, truth = pa.string(), pa.float64(), pa.bool_()
    asked = {name: number for name in metrics if name != "f1"}
    asked |= {"metrics_limited": pa.int64()} if asked else {}
    counts = {name: pa.int64() if type(x) is int else number for name, x in Counts().as_dict().items()}
    return pa.schema(
        {
            "id": text, "group": text, "status": text, "format_ok": truth, "limited": truth,
            "precision": number, "recall": number, "f1": number, "matching": number,
            **asked, **counts, "correct": number,
        }
    )  # fmt: skip
