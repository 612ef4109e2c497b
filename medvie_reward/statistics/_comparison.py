"""Compare systems on the same gold documents: scores with intervals, and paired tests against the first.

Every difference is paired: documents are drawn, and swapped between the systems, with both systems' rows.
p-values are adjusted (Holm 1979) within one table: a metric over all systems compared with the first, the
fields of one system, the parts of one slice.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, Final, NamedTuple

import numpy as np

from medvie_reward.alignment import ENGINE
from medvie_reward.corpus import (
    COLUMNS,
    FIELD_COLUMNS,
    Evaluation,
    Figure,
    Rows,
    asked_figures,
    document_rows,
    field_at,
    order_parts,
)
from medvie_reward.errors import ArgumentError
from medvie_reward.statistics._bootstrap import Interval, intervals
from medvie_reward.statistics._paired import PairedTest, adjust_holm, compare_many, compare_paired
from medvie_reward.statistics._resampling import Resampling

FEW: Final = 20
"""With fewer documents than this, intervals are unreliable; such rows are marked."""

_MARKS: Final = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
_WIDTH: Final = len(FIELD_COLUMNS)
_FIGURE: Final = "figure"
_FIELD: Final = "field"


class System(NamedTuple):
    """One system's scores.

    Attributes
    ----------
    name
        What tables call it.
    evaluation
        Its scores; documents in the order of the gold documents, the same for all systems.
    fields
        Field -> array of shape (documents, 3), as `medvie_reward.corpus.FieldRows` makes them; those that the
        evaluation kept if not given.
    """

    name: str
    evaluation: Evaluation
    fields: Mapping[str, Rows] | None = None

    def field_rows(self) -> Mapping[str, Rows]:
        """Return the counts per document and field.

        Raises
        ------
        ArgumentError
            If they are neither given nor kept.
        """
        if self.fields is not None:
            return self.fields
        details = self.evaluation.details
        if details is None:
            raise ArgumentError(
                f"{self.name}: this evaluation did not keep counts per document and field; "
                "use an evaluation that `evaluate` returned"
            )
        return details.fields.arrays()


class Difference(NamedTuple):
    """A score of two systems.

    Attributes
    ----------
    documents
        Number of documents behind it; for a field, those in which a system or the gold document has it.
    first, other
        The score of the first system and of the other.
    paired
        Other minus first, with interval, p-value, wins and so on.
    adjusted
        The p-value, adjusted for all tests of its table.
    """

    documents: int
    first: float
    other: float
    paired: PairedTest
    adjusted: float

    @property
    def few(self) -> bool:
        """Whether it is based on fewer than `FEW` documents."""
        return self.documents < FEW

    @property
    def mark(self) -> str:
        """Stars for an adjusted p-value below 0.05, 0.01 and 0.001."""
        return next((stars for level, stars in _MARKS if self.adjusted < level), "")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values; what is infinite is null."""
        paired = self.paired
        return {
            "documents": self.documents,
            "few": self.few,
            "first": self.first,
            "other": self.other,
            "difference": paired.difference.value,
            "low": paired.difference.low,
            "high": paired.difference.high,
            "p_value": paired.p_value,
            "p_adjusted": self.adjusted,
            "wins": paired.wins,
            "ties": paired.ties,
            "losses": paired.losses,
            "effect": _finite(paired.effect),
            "detectable": _finite(paired.detectable),
        }

    def as_dict(self) -> dict[str, Any]:
        """Return what `to_dict` does; the name in version 0.1.0."""
        return self.to_dict()


class DocumentDifference(NamedTuple):
    """One document's score by two systems."""

    id: str
    first: float
    other: float

    @property
    def difference(self) -> float:
        """Other minus first."""
        return self.other - self.first


class Versus(NamedTuple):
    """One system compared with the first.

    Attributes
    ----------
    name
        The system.
    figures, fields
        By name; for a field its F1.
    slices
        Slice -> part -> difference in the leading metric.
    documents
        Every document's own score, the largest differences first.
    """

    name: str
    figures: dict[str, Difference]
    fields: dict[str, Difference]
    slices: dict[str, dict[str, Difference]]
    documents: list[DocumentDifference]


class Comparison(NamedTuple):
    """Systems compared.

    Attributes
    ----------
    names
        The systems; the others are compared with the first.
    documents
        Number of documents.
    figure
        The leading metric: that of slices and documents.
    figures
        System -> metric -> value and interval.
    versus
        One entry per system but the first.
    signature
        Every choice behind the numbers.
    """

    names: tuple[str, ...]
    documents: int
    figure: str
    figures: dict[str, dict[str, Interval]]
    versus: tuple[Versus, ...]
    signature: str

    def __repr__(self) -> str:
        shown = [f"{name}={self.figures[name][self.figure].value:.4f}" for name in self.names]
        return f"Comparison({self.documents} documents, {self.figure}: {', '.join(shown)})"

    def __str__(self) -> str:
        # Imported when called: pyproject.toml names it as an exception to the order of rooms.
        from medvie_reward.reports import comparison_text

        return comparison_text(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "signature": self.signature,
            "engine": ENGINE,
            "documents": self.documents,
            "systems": {
                name: {figure: found._asdict() for figure, found in figures.items()}
                for name, figures in self.figures.items()
            },
            "first": self.names[0],
            "figure": self.figure,
            "versus": {
                versus.name: {
                    "figures": _dicts(versus.figures),
                    "fields": _dicts(versus.fields),
                    "slices": {name: _dicts(parts) for name, parts in versus.slices.items()},
                    "documents": [
                        {**document._asdict(), "difference": document.difference}
                        for document in versus.documents
                    ],
                }
                for versus in self.versus
            },
        }

    def as_dict(self) -> dict[str, Any]:
        """Return what `to_dict` does; the name in version 0.1.0."""
        return self.to_dict()


Contest = Comparison
"""The name of `Comparison` in version 0.1.0."""


def compare_systems(
    systems: Sequence[System],
    how: Resampling,
    *,
    slices: Mapping[str, Sequence[str]] | None = None,
    clusters: Sequence[Hashable] | None = None,
) -> Comparison:
    """Compare systems with the first of them.

    Parameters
    ----------
    systems
        At least two, scored on the same documents in the same order, by the same spec and metrics.
    how
        Number of resamples, confidence, seed, method.
    slices
        Slice -> the part that each document belongs to.
    clusters
        A label per document: those with equal labels are drawn and swapped together.

    Raises
    ------
    ArgumentError
        If there are fewer than two systems, names repeat, documents or signatures differ, or ``how`` cannot
        be done.
    """
    _check(systems)
    first = systems[0].evaluation
    rows = [document_rows(system.evaluation.documents) for system in systems]
    figures = asked_figures(first.metrics, np.vstack(rows))
    # Fields have F1 only: without it they are left out.
    counted = [system.field_rows() if "f1" in first.metrics else {} for system in systems]
    fields = list(dict.fromkeys(name for found in counted for name in found))
    # Metrics and fields in one table of sums, so that all of them share their resamples.
    tables = [
        np.hstack([table, *_columns(found, fields, len(table))])
        for found, table in zip(counted, rows, strict=True)
    ]
    named = {f"{_FIGURE} {name}": figure for name, figure in figures.items()}
    named |= {f"{_FIELD} {name}": field_at(len(COLUMNS) + _WIDTH * n) for n, name in enumerate(fields)}
    paired = [compare_many(tables[0], table, named, how, clusters) for table in tables[1:]]
    adjusted = {
        name: adjust_holm([found[f"{_FIGURE} {name}"].p_value for found in paired]) for name in figures
    }
    leading = next(name for name in ("micro_f1", "ted", "anls") if name in figures)
    parts = {name: _places(name, labels) for name, labels in (slices or {}).items()}
    versus = []
    for n, (found, system) in enumerate(zip(paired, systems[1:], strict=True)):
        pair = _Pair(tables[0], tables[n + 1])
        versus.append(
            Versus(
                system.name,
                {
                    name: pair.difference(figure, found[f"{_FIGURE} {name}"], adjusted[name][n])
                    for name, figure in figures.items()
                },
                _fields(pair, {name: named[f"{_FIELD} {name}"] for name in fields}, found),
                {
                    name: _slice(pair, places, figures[leading], how, clusters)
                    for name, places in parts.items()
                },
                _documents(first, pair, figures["macro_f1" if leading == "micro_f1" else leading]),
            )
        )
    return Comparison(
        tuple(system.name for system in systems),
        len(first.documents),
        leading,
        {s.name: intervals(table, figures, how, clusters) for s, table in zip(systems, rows, strict=True)},
        tuple(versus),
        _sign(first.signature, how, slices, clusters),
    )


class _Pair(NamedTuple):
    """The tables of two systems, a row per document."""

    first: Rows
    other: Rows

    def at(self, places: list[int]) -> _Pair:
        """Return some of the documents."""
        return _Pair(self.first[places], self.other[places])

    def difference(
        self, figure: Figure, paired: PairedTest, adjusted: float, documents: int | None = None
    ) -> Difference:
        """Return a paired test with the two scores that it compares."""
        first, other = (float(figure(table.sum(axis=0))) for table in self)
        return Difference(len(self.first) if documents is None else documents, first, other, paired, adjusted)


def _check(systems: Sequence[System]) -> None:
    if len(systems) < 2:
        raise ArgumentError("expected at least two systems to compare")
    names = [system.name for system in systems]
    for name in names:
        if names.count(name) > 1:
            raise ArgumentError(f"two systems are named {name!r}: expected different names")
    first = systems[0]
    ids = [document.id for document in first.evaluation.documents]
    for system in systems[1:]:
        if [document.id for document in system.evaluation.documents] != ids:
            raise ArgumentError(
                f"{system.name}: expected the documents that {first.name} has, in the same order"
            )
        if system.evaluation.signature != first.evaluation.signature:
            raise ArgumentError(
                f"{system.name}: expected the signature of {first.name}: {first.evaluation.signature}"
            )


def _sign(
    signature: str,
    how: Resampling,
    slices: Mapping[str, Sequence[str]] | None,
    clusters: Sequence[Hashable] | None,
) -> str:
    parts = [signature, how.signature, "test:approximate-randomisation", "adjusted:holm"]
    parts += [f"clusters:{len(set(clusters))}"] if clusters is not None else []
    return "|".join(parts + ([f"slices:{','.join(slices)}"] if slices else []))


def _columns(counted: Mapping[str, Rows], fields: Iterable[str], documents: int) -> list[Rows]:
    empty = np.zeros((documents, _WIDTH))
    return [counted.get(name, empty) for name in fields]


def _fields(
    pair: _Pair, figures: Mapping[str, Figure], found: Mapping[str, PairedTest]
) -> dict[str, Difference]:
    paired = [found[f"{_FIELD} {name}"] for name in figures]
    adjusted = adjust_holm([comparison.p_value for comparison in paired])
    made = {}
    for n, (name, figure) in enumerate(figures.items()):
        start = len(COLUMNS) + _WIDTH * n
        leaves = sum(table[:, start : start + _WIDTH].sum(axis=1) for table in pair)
        made[name] = pair.difference(figure, paired[n], adjusted[n], int(np.count_nonzero(leaves)))
    return made


def _places(name: str, labels: Sequence[str]) -> dict[str, list[int]]:
    """Return the documents of each part of a slice."""
    return {
        part: [n for n, label in enumerate(labels) if label == part]
        for part in order_parts(name, set(labels))
    }


def _slice(
    pair: _Pair,
    places: Mapping[str, list[int]],
    figure: Figure,
    how: Resampling,
    clusters: Sequence[Hashable] | None,
) -> dict[str, Difference]:
    pairs = {part: pair.at(at) for part, at in places.items()}
    inside = {part: None if clusters is None else [clusters[n] for n in at] for part, at in places.items()}
    paired = [compare_paired(*pairs[part], figure, how, inside[part]) for part in places]
    adjusted = adjust_holm([comparison.p_value for comparison in paired])
    return {part: pairs[part].difference(figure, paired[n], adjusted[n]) for n, part in enumerate(places)}


def _documents(evaluation: Evaluation, pair: _Pair, figure: Figure) -> list[DocumentDifference]:
    rows = zip(evaluation.documents, figure(pair.first), figure(pair.other), strict=True)
    made = [DocumentDifference(document.id, float(a), float(b)) for document, a, b in rows]
    return sorted(made, key=lambda document: -abs(document.difference))


def _dicts(differences: Mapping[str, Difference]) -> dict[str, dict[str, Any]]:
    return {name: difference.to_dict() for name, difference in differences.items()}


def _finite(x: float) -> float | None:
    return x if isfinite(x) else None
