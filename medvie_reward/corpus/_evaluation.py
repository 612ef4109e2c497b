"""Many documents -> one row per document and the scores of all of them.

Micro scores are divided out of counts added over documents; macro scores and the published metrics are means
of the documents' own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from medvie_reward.completions import ANSWERED, STATUSES
from medvie_reward.corpus._documents import Document as Document
from medvie_reward.corpus._documents import Scored as Scored
from medvie_reward.corpus._join import Join
from medvie_reward.corpus._totals import Totals
from medvie_reward.errors import InputError
from medvie_reward.metrics import Published, Scores, sign
from medvie_reward.spec import Spec

_F1_ALONE: Final = ("f1",)
_NOT_ASKED: Final = Published()


@dataclass(frozen=True)
class Macro:
    """Means over documents."""

    precision: float
    recall: float
    f1: float
    matching: float

    def as_dict(self) -> dict[str, float]:
        """Return every figure by name."""
        return dict(vars(self))


@dataclass(frozen=True, repr=False)
class Evaluation:
    """Scores of a corpus.

    Attributes
    ----------
    micro
        Scores of all leaves together, with fields and signature.
    macro
        Means over documents.
    documents
        One row per document, in the order given; empty where a cluster scored them and kept none.
    groups
        The same per value of ``by``; empty without it.
    statuses
        Number of documents per parse status; only those that occur.
    format_rate
        Share of well-formed completions among those that came as text; ``None`` where none did.
    parse_rate
        Share of documents with an answer.
    joined
        How rows were joined: ``id``, ``line`` or ``given``.
    missing, extra
        Golds without a prediction and predictions without a gold, where those were allowed.
    sources
        Number of documents that had a source text.
    metrics
        What was asked for, of ``f1``, ``ted`` and ``anls``. The scores of F1 are there in any case; this
        says what is printed.
    published
        Means over documents of the published metrics that were asked for.
    n
        Number of documents.
    limited
        Number of documents for which the work bound of the spec ran out.
    """

    micro: Scores
    macro: Macro
    documents: tuple[Document, ...]
    groups: dict[str, Evaluation]
    statuses: dict[str, int]
    format_rate: float | None
    parse_rate: float
    joined: str = "given"
    missing: int = 0
    extra: int = 0
    sources: int = 0
    metrics: tuple[str, ...] = _F1_ALONE
    published: Published = _NOT_ASKED
    n: int = 0
    limited: int = 0

    def __repr__(self) -> str:
        return (
            f"Evaluation(n={self.n}, micro_f1={self.micro.f1:.4f}, macro_f1={self.macro.f1:.4f}, "
            f"signature={self.signature.split('|lists', 1)[0]!r})"
        )

    def to_csv(self) -> str:
        """Return one row per document as CSV text.

        Raises
        ------
        InputError
            If the evaluation kept only totals, as one of a Ray dataset does.
        """
        from medvie_reward.corpus._exports import document_records, write_csv

        return write_csv(document_records(self))

    def to_pandas(self) -> Any:
        """Return one row per document as a ``pandas.DataFrame`` (extra ``frames``).

        Raises
        ------
        InputError
            If pandas is not installed, or the evaluation kept only totals.
        """
        from medvie_reward.corpus._exports import document_records, to_frame

        return to_frame(document_records(self), "pandas")

    def to_polars(self) -> Any:
        """Return one row per document as a ``polars.DataFrame`` (extra ``frames``).

        Raises
        ------
        InputError
            If polars is not installed, or the evaluation kept only totals.
        """
        from medvie_reward.corpus._exports import document_records, to_frame

        return to_frame(document_records(self), "polars")

    def to_metrics(self, prefix: str = "") -> dict[str, float]:
        """Return all scores as finite floats under flat names, as MLflow and W&B take them.

        Raises
        ------
        InputError
            If the prefix cannot begin a name in MLflow.
        """
        from medvie_reward.corpus._tracking import flat_metrics

        return flat_metrics(self, prefix)

    @property
    def ted(self) -> float | None:
        """Mean over documents of Donut's nTED accuracy; ``None`` where not asked for."""
        return self.published.ted

    @property
    def anls(self) -> float | None:
        """Mean over documents of ANLS*; ``None`` where not asked for."""
        return self.published.anls

    @property
    def signature(self) -> str:
        """Every choice behind the numbers."""
        return sign(self.micro.signature, self.metrics)

    def as_dict(self, documents: bool = True) -> dict[str, Any]:
        """Return everything as JSON values."""
        made: dict[str, Any] = {
            "signature": self.signature,
            "n": self.n,
            "micro": self.micro.as_dict(),
            "macro": self.macro.as_dict(),
            **self.published.as_dict(),
            "fields": {name: scores.as_dict() for name, scores in self.micro.fields.items()},
            "statuses": self.statuses,
            "format_rate": self.format_rate,
            "parse_rate": self.parse_rate,
            "limited": self.limited,
            "joined": self.joined,
            "missing": self.missing,
            "extra": self.extra,
            "sources": self.sources,
            "by": {name: group.as_dict(documents=False) for name, group in self.groups.items()},
        }
        if documents:
            made["documents"] = [document.as_dict() for document in self.documents]
        return made


@dataclass
class EvaluationBuilder:
    """Adds documents up and keeps their rows, in the order in which they come."""

    spec: Spec
    metrics: tuple[str, ...] = _F1_ALONE
    documents: list[Document] = field(default_factory=list)
    groups: dict[str, list[Document]] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)

    def add(self, scored: Scored) -> None:
        """Add one document."""
        self.totals.add(scored)
        self._keep(scored.document)

    def add_sums(self, documents: Iterable[Document], totals: Totals) -> None:
        """Add some documents with their sums."""
        self.totals.merge(totals)
        for document in documents:
            self._keep(document)

    def _keep(self, document: Document) -> None:
        self.documents.append(document)
        if document.group is not None:
            self.groups.setdefault(document.group, []).append(document._replace(group=None))

    def evaluation(self, joined: Join | None = None) -> Evaluation:
        """Divide.

        Raises
        ------
        InputError
            If there are no documents.
        """
        return evaluation_of(self.totals, self.spec, self.metrics, self.documents, self.groups, joined)


def evaluation_of(
    totals: Totals,
    spec: Spec,
    metrics: tuple[str, ...] = _F1_ALONE,
    documents: Sequence[Document] = (),
    groups: Mapping[str, Sequence[Document]] | None = None,
    joined: Join | None = None,
) -> Evaluation:
    """Divide sums over documents; the documents' rows need not be at hand.

    Parameters
    ----------
    totals
        The sums.
    spec, metrics
        What the documents were scored with.
    documents, groups
        Rows of all documents and of each group, to be kept; may be left out.
    joined
        How rows of two files were joined.

    Raises
    ------
    InputError
        If there are no documents.
    """
    n = totals.n
    if not n:
        raise InputError("no documents: expected at least one")
    fields = {name: Scores(counts.counts()) for name, counts in totals.fields.items()}
    rows = groups or {}
    return Evaluation(
        micro=Scores(totals.counts.counts(), fields, spec.signature, totals.limited > 0),
        macro=Macro(*totals.mean()),
        documents=tuple(documents),
        groups={
            name: evaluation_of(group, spec, metrics, rows.get(name, ()))
            for name, group in sorted(totals.groups.items())
        },
        statuses={status: k for status in STATUSES if (k := totals.statuses[status])},
        format_rate=totals.well_formed / totals.texts if totals.texts else None,
        parse_rate=sum(totals.statuses[status] for status in ANSWERED) / n,
        joined="given" if joined is None else joined.how,
        missing=0 if joined is None else joined.missing,
        extra=0 if joined is None else joined.extra,
        sources=totals.sources,
        metrics=metrics,
        published=totals.mean_published(),
        n=n,
        limited=totals.limited,
    )
