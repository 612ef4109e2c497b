"""An evaluation -> flat records, CSV and data frames; `tracking` has metrics for experiment trackers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any, Final

from medvie_reward._core.json_values import scalar_text
from medvie_reward._core.validate import require_one_of
from medvie_reward.alignment import Leaf
from medvie_reward.corpus._evaluation import Document, Evaluation
from medvie_reward.errors import ArgumentError, InputError

Record = dict[str, Any]
"""Names -> texts, numbers, truth values or ``None``; all records of one list have the same names."""

ENGINES: Final = ("pandas", "polars")
LEVELS: Final = ("document", "field", "leaf")

# What a column that holds nothing but None is of; any other such column is of texts.
_EMPTY: Final = {"format_ok": "bool"}
_PANDAS: Final = {"bool": "boolean", "int": "Int64", "float": "Float64", "text": "string"}
_PANDAS_FULL: Final = {"bool": "bool", "int": "int64", "float": "float64", "text": "string"}
_POLARS: Final = {"bool": "Boolean", "int": "Int64", "float": "Float64", "text": "String"}


# -- records -------------------------------------------------------------------------------------------


def document_records(evaluation: Evaluation) -> list[Record]:
    """Return one flat record per document, in the evaluation's order.

    Parameters
    ----------
    evaluation
        The evaluation.

    Returns
    -------
    list
        Records with ``id``, ``group`` (``None`` without one), ``status``, ``format_ok`` (``None`` where the
        answer came without a text), ``limited``, ``precision``, ``recall``, ``f1``, ``matching``; ``ted``,
        ``anls`` and ``metrics_limited`` where they were asked for; and all counts: those of `Counts`,
        ``missing``, ``hallucinated``.

    Raises
    ------
    ArgumentError
        If the evaluation has sums alone, no documents, as one of a Ray dataset.
    """
    if evaluation.n and not evaluation.documents:
        raise ArgumentError("this evaluation kept only totals; evaluate without Ray to get per-document rows")
    return [_document_record(document) for document in evaluation.documents]


def records_of(evaluation: Evaluation, level: str = "document") -> list[Record]:
    """Return flat records of an evaluation, one per document, field or leaf.

    Parameters
    ----------
    evaluation
        The evaluation.
    level
        One of `LEVELS`.

    Raises
    ------
    ArgumentError
        If the level is unknown, or the evaluation did not keep documents or leaves.
    """
    if level == "document":
        return document_records(evaluation)
    if level == "field":
        return [
            {"field": name, **scores.to_dict()} for name, scores in sorted(evaluation.micro.fields.items())
        ]
    require_one_of("level", level, LEVELS)
    details = evaluation.details
    if details is None or not details.with_leaves:
        raise ArgumentError(
            "this evaluation kept no leaves: use evaluate(..., leaves=True), or evaluate_files with it"
        )
    rows = zip(evaluation.documents, details.leaves, strict=True)
    return [record for document, leaves in rows for record in leaf_records(document.id, leaves)]


def _document_record(document: Document) -> Record:
    counts = document.counts
    made = document._asdict()
    for name in ("counts", "published", "group"):
        del made[name]
    scores = {name: made.pop(name) for name in ("precision", "recall", "f1", "matching")}
    return {
        "id": made.pop("id"),
        "group": document.group,
        **made,
        **scores,
        **document.published.to_dict(),
        "missing": counts.missing,
        "hallucinated": counts.hallucinated,
        **counts.to_dict(),
    }


def leaf_records(id: str, leaves: Iterable[Leaf]) -> list[Record]:
    """Return one flat record per leaf of a document.

    Parameters
    ----------
    id
        The document's id.
    leaves
        Its leaves, as `align` gives them.

    Returns
    -------
    list
        Records with ``id`` and what a `Leaf` has; ``gold`` and ``pred`` as text (``None`` on the side that
        lacks the leaf), since one column cannot hold texts and numbers.
    """
    return [
        {
            "id": id,
            **leaf._asdict(),
            "gold": None if leaf.gold_path is None else scalar_text(leaf.gold),
            "pred": None if leaf.pred_path is None else scalar_text(leaf.pred),
        }
        for leaf in leaves
    ]


def write_csv(records: Sequence[Mapping[str, Any]]) -> str:
    r"""Write records as CSV (RFC 4180): a line of names, then a line per record, each ended by ``\r\n``.

    ``None`` is an empty cell, truth values are ``true`` and ``false``, floats are the shortest text that
    reads as the same float. Texts are written as they are, also where one begins with ``=``, ``+``, ``-`` or
    ``@`` and a spreadsheet program would take it for a formula: a sign put before it would be part of the
    value for every other reader.

    Raises
    ------
    ArgumentError
        If records differ in their names.
    """
    file = StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    names = _names(records)
    if names:
        writer.writerow(names)
    writer.writerows([_cell(record[name]) for name in names] for record in records)
    return file.getvalue()


def _cell(value: Any) -> Any:
    return ("false", "true")[value] if isinstance(value, bool) else value


def _names(records: Sequence[Mapping[str, Any]]) -> list[str]:
    names = list(records[0]) if records else []
    for n, record in enumerate(records, start=1):
        if odd := sorted(record.keys() ^ set(names)):
            raise ArgumentError(f"record {n}: expected the names of the first one, differs in {odd}")
    return names


# -- data frames ---------------------------------------------------------------------------------------


def to_frame(records: Sequence[Mapping[str, Any]], engine: str = "pandas") -> Any:
    """Build a data frame of records.

    Integers stay integers and ``None`` is null, whatever else the column holds: in pandas such a
    column has a nullable type (``Int64``, ``Float64``, ``boolean``), texts have ``string``. A column with
    integers and floats is one of floats.

    Parameters
    ----------
    records
        As `document_records` and `leaf_records` give them.
    engine
        ``pandas`` or ``polars``, in the extra ``frames``.

    Raises
    ------
    InputError
        If the engine is unknown or not installed, records differ in their names, or a column mixes texts
        with anything else.
    """
    require_one_of("engine", engine, ENGINES)
    columns = {name: [record[name] for record in records] for name in _names(records)}
    kinds = {name: _kind(name, values) for name, values in columns.items()}
    for name, kind in kinds.items():
        if kind == "float":
            columns[name] = [None if x is None else float(x) for x in columns[name]]
    try:
        if engine == "pandas":
            import pandas

            return pandas.DataFrame(
                {
                    name: pandas.Series(
                        values, dtype=(_PANDAS if None in values else _PANDAS_FULL)[kinds[name]]
                    )
                    for name, values in columns.items()
                }
            )
        import polars
    except ImportError:
        raise InputError(f'a {engine} frame needs {engine}: pip install "medvie-reward[frames]"') from None
    return polars.DataFrame(
        [
            polars.Series(name, values, getattr(polars, _POLARS[kinds[name]]))
            for name, values in columns.items()
        ]
    )


def _kind(name: str, values: list[Any]) -> str:
    """Return the type of a column: ``bool``, ``int``, ``float`` or ``text``."""
    types = {type(value) for value in values} - {type(None)}
    if not types:
        return _EMPTY.get(name, "text")
    for kind, allowed in (("bool", {bool}), ("int", {int}), ("float", {int, float}), ("text", {str})):
        if types <= allowed:
            return kind
    found = ", ".join(sorted(x.__name__ for x in types))
    raise ArgumentError(f"column {name!r}: expected texts, numbers or truth values alone, got {found}")
