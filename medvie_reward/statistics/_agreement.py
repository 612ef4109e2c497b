"""Measure how far two annotations of the same documents agree: leaves, fields, documents, beyond chance.

Leaves are matched as a prediction's are with a gold's, and which of the two is which does not matter: as many
as can be are paired and equal, and F1 = 2 equal / (A + B). Hripcsak & Rothschild 2005 ("Agreement, the
F-measure, and reliability in information retrieval") explain why this is the measure if nobody can count what
both left out. Every leaf counts as one; weights, penalties and critical flags do not apply. If rows are
alike, so that several pairings have as many equal leaves, a field may get another share of them with A and B
exchanged; all leaves together do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from medvie_reward._core.json_values import first_accepted
from medvie_reward._core.names import counted
from medvie_reward.alignment import ENGINE
from medvie_reward.corpus import Figure, Rows, Scored, field_at, field_figure, score_document
from medvie_reward.errors import ArgumentError, GoldError
from medvie_reward.metrics import COUNTS_AT, read_gold
from medvie_reward.spec import Spec
from medvie_reward.statistics._bootstrap import Interval, intervals
from medvie_reward.statistics._krippendorff import Units, alpha_at, closed_forms, unit_rows, units_of
from medvie_reward.statistics._resampling import Resampling

_MICRO: Final = "micro"
_MACRO: Final = "macro"
_CORRECT, _PRED, _GOLD = (COUNTS_AT[name] for name in ("correct", "n_pred", "n_gold"))


class Alpha(NamedTuple):
    """Krippendorff's alpha of a field; see `medvie_reward.statistics._krippendorff`.

    Attributes
    ----------
    interval
        Its value and confidence interval; ``None`` where it is undefined, since only one value was given.
    units
        Number of documents or pairs of rows.
    equal
        How many have equal values.
    values
        The different values, blank among them as ``""``.
    """

    interval: Interval | None
    units: int
    equal: int
    values: tuple[str, ...]


class FieldAgreement(NamedTuple):
    """Agreement in one field.

    Attributes
    ----------
    field
        Its name.
    documents
        Number of documents in which either has it.
    a, b, equal
        Leaves of A, leaves of B, pairs of equal leaves.
    f1
        2 equal / (A + B), and its interval.
    alpha
        Beyond chance, for fields whose values come from a short list; else ``None``.
    """

    field: str
    documents: int
    a: int
    b: int
    equal: int
    f1: Interval
    alpha: Alpha | None


class DocumentAgreement(NamedTuple):
    """Agreement in one document; ``fields`` has the leaves per field that have no equal, most first."""

    id: str
    a: int
    b: int
    equal: int
    f1: float
    fields: dict[str, int]


class Agreement(NamedTuple):
    """How far two annotations agree.

    Attributes
    ----------
    a, b
        Their names.
    n_a, n_b, equal
        Leaves of A, of B, pairs of equal leaves.
    micro, macro
        F1 of all leaves, mean over documents of their own F1; each with its interval.
    fields
        Worst first.
    documents
        Those with most leaves that have no equal first.
    skipped_a, skipped_b
        Documents that only A and only B has, left out.
    limited
        Documents that reached the spec's ``max_work``.
    signature
        Every choice behind the numbers.
    """

    a: str
    b: str
    n_a: int
    n_b: int
    equal: int
    micro: Interval
    macro: Interval
    fields: tuple[FieldAgreement, ...]
    documents: tuple[DocumentAgreement, ...]
    skipped_a: int
    skipped_b: int
    limited: int
    signature: str

    def __repr__(self) -> str:
        low, high = self.micro.low, self.micro.high
        f1 = f"F1={self.micro.value:.4f} [{low:.4f}, {high:.4f}]"
        return f"Agreement({self.a!r}, {self.b!r}, {counted(len(self.documents), 'document')}, {f1})"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        made = self._asdict()
        made["micro"], made["macro"] = self.micro._asdict(), self.macro._asdict()
        made["fields"] = {field.field: _field_dict(field) for field in self.fields}
        made["documents"] = [document._asdict() for document in self.documents]
        return {**made, "engine": ENGINE}

    def as_dict(self) -> dict[str, Any]:
        """Return what `to_dict` does; the name in version 0.1.0."""
        return self.to_dict()


def _field_dict(field: FieldAgreement) -> dict[str, Any]:
    made = field._asdict()
    del made["field"]
    alpha = field.alpha
    return {
        **made,
        "f1": field.f1._asdict(),
        "alpha": alpha and {**alpha._asdict(), "interval": alpha.interval and alpha.interval._asdict()},
    }


def measure_agreement(
    documents: Iterable[tuple[str, Any, Any]],
    spec: Spec,
    how: Resampling,
    *,
    names: tuple[str, str] = ("A", "B"),
    closed: Sequence[str] = (),
    clusters: Sequence[Hashable] | None = None,
    skipped: tuple[int, int] = (0, 0),
) -> Agreement:
    """Measure how far two annotations of the same documents agree.

    Parameters
    ----------
    documents
        Id, annotation by A, annotation by B: JSON objects or lists, or their JSON text.
    spec
        Which leaves pair and which are equal.
    how
        Number of resamples of documents, confidence, seed, method.
    names
        What A and B are called.
    closed
        Fields whose values come from a short list, besides those that rules say so of.
    clusters
        A label per document: those with equal labels are drawn together.
    skipped
        Documents left out that only A and only B has.

    Raises
    ------
    ArgumentError
        If there are no documents, the spec is not symmetric, a named field is nowhere, clusters do not fit,
        or ``how`` cannot be done.
    GoldError
        If an annotation is not usable; the message begins with its document's name.
    """
    if spec.reading == "smr-r1":
        raise ArgumentError("preset smr-r1 is not symmetric; choose another preset")
    scored = [_score(*document, spec) for document in documents]
    if not scored:
        raise ArgumentError("no documents: expected at least one")
    names_of_fields = list(dict.fromkeys(name for one in scored for name in one.fields))
    for name in closed:
        if name not in names_of_fields:
            raise ArgumentError(
                f"no field {name!r}: expected one that an annotation fills, such as {names_of_fields[:3]}"
            )
    forms = closed_forms(names_of_fields, spec, closed)
    units = [units_of(one.leaves, forms) for one in scored]
    table, figures = _table(scored, names_of_fields, {field: [u[field] for u in units] for field in forms})
    found = intervals(table, figures, how, clusters)
    made = [
        _field(name, scored, found[f"field {name}"], _alpha(name, units, found) if name in forms else None)
        for name in names_of_fields
    ]
    ranked = sorted((_document(one) for one in scored), key=lambda d: (2 * d.equal - d.a - d.b, d.id))
    parts = [spec.signature, "agreement:leaves", "chance:krippendorff-nominal", how.signature]
    parts += [f"clusters:{len(set(clusters))}"] if clusters is not None else []
    return Agreement(
        names[0],
        names[1],
        sum(d.a for d in ranked),
        sum(d.b for d in ranked),
        sum(d.equal for d in ranked),
        found[_MICRO],
        found[_MACRO],
        tuple(sorted(made, key=lambda f: (f.f1.value, 2 * f.equal - f.a - f.b, f.field))),
        tuple(ranked),
        skipped[0],
        skipped[1],
        sum(one.document.limited for one in scored),
        "|".join(parts + ([f"closed:{','.join(closed)}"] if closed else [])),
    )


def _score(id: str, a: Any, b: Any, spec: Spec) -> Scored:
    try:
        # A text would be read as a model's completion, so it is decoded here.
        first, second = (first_accepted(read_gold(x, spec)) for x in (a, b))
    except GoldError as error:
        raise GoldError(f"document {id}: {error}") from None
    return score_document(first, second, spec, id, leaves=True)


def _counts(scored: Scored, field: str | None = None) -> tuple[int, int, int]:
    """Return equal leaves, A's and B's, of a document or of one of its fields."""
    numbers = scored.document.counts.numbers if field is None else scored.fields.get(field)
    return (0, 0, 0) if numbers is None else (int(numbers[_CORRECT]), numbers[_PRED], numbers[_GOLD])


def _table(
    scored: list[Scored], fields: list[str], units: dict[str, list[Units]]
) -> tuple[NDArray[np.float64], dict[str, Figure]]:
    """Put everything into one table of sums, so that all figures share their resamples."""
    counts: Rows = np.array([_counts(one) for one in scored], dtype=float)
    means = np.column_stack([np.ones(len(scored)), field_figure(counts)])
    parts = [counts, means]
    figures: dict[str, Figure] = {_MICRO: field_at(0), _MACRO: lambda sums: sums[..., 4] / sums[..., 3]}
    width = 5
    for name in fields:
        parts.append(np.array([_counts(one, name) for one in scored], dtype=float))
        figures[f"field {name}"] = field_at(width)
        width += 3
    for name, of_documents in units.items():
        rows, _ = unit_rows(of_documents)
        parts.append(rows)
        figures[f"alpha {name}"] = alpha_at(width, width + rows.shape[1])
        width += rows.shape[1]
    return np.hstack(parts), figures


def _alpha(name: str, units: list[dict[str, Units]], found: dict[str, Interval]) -> Alpha:
    total: Units = sum((u[name] for u in units), Counter())
    values = tuple(sorted({value for pair in total for value in pair}))
    interval = found[f"alpha {name}"] if len(values) > 1 else None
    return Alpha(interval, total.total(), sum(n for (a, b), n in total.items() if a == b), values)


def _field(name: str, scored: list[Scored], f1: Interval, alpha: Alpha | None) -> FieldAgreement:
    counts = [_counts(one, name) for one in scored]
    equal, a, b = (sum(column) for column in zip(*counts, strict=True))
    return FieldAgreement(name, sum(any(x) for x in counts), a, b, equal, f1, alpha)


def _document(scored: Scored) -> DocumentAgreement:
    equal, a, b = _counts(scored)
    unlike = {}
    for name in scored.fields:
        same, first, second = _counts(scored, name)
        if first + second > 2 * same:
            unlike[name] = first + second - 2 * same
    fields = dict(sorted(unlike.items(), key=lambda item: (-item[1], item[0])))
    f1 = float(field_figure(np.array((equal, a, b), dtype=float)))
    return DocumentAgreement(scored.document.id, a, b, equal, f1, fields)
