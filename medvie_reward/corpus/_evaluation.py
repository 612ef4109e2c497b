"""Many documents -> one row per document and the scores of all of them.

Micro scores are divided out of counts added over documents; macro scores and the published metrics are means
of the documents' own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from medvie_reward.alignment import ENGINE
from medvie_reward.completions import ANSWERED, STATUSES, form_hint
from medvie_reward.corpus._details import Details, written
from medvie_reward.corpus._documents import Document as Document
from medvie_reward.corpus._documents import Scored as Scored
from medvie_reward.corpus._join import Join
from medvie_reward.corpus._totals import Totals
from medvie_reward.corpus._writing import NewFile
from medvie_reward.errors import ArgumentError
from medvie_reward.metrics import Published, Scores, sign
from medvie_reward.spec import Spec

# The methods of an evaluation that need a room above this one import it when they are called; pyproject.toml
# names these two imports as exceptions to the order of rooms.
if TYPE_CHECKING:
    from os import PathLike

    from medvie_reward.statistics import Resampling, Uncertainty

_F1_ALONE: Final = ("f1",)
_NOT_ASKED: Final = Published()


@dataclass(frozen=True)
class Macro:
    """Means over documents."""

    precision: float
    recall: float
    f1: float
    matching: float

    def to_dict(self) -> dict[str, float]:
        """Return every score by name."""
        return dict(vars(self))

    as_dict = to_dict


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
    details
        Counts per document and field and, if asked for, leaves; ``None`` if only rows or totals were kept.
    form_hint
        What to change where none of many completions is well formed; else empty.
    renamed
        Names of members in predictions that were read as others, because the spec has ``keys``,
        ``key_aliases`` or rules with ``aliases``: (as written, as read) -> number of documents.
    engine
        What did the alignment: ``kernel``, which is compiled, or ``textbook``. The numbers are the same.
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
    details: Details | None = field(default=None, compare=False)
    form_hint: str = ""
    renamed: dict[tuple[str, str], int] = field(default_factory=dict)
    engine: str = field(default=ENGINE, compare=False)

    def __repr__(self) -> str:
        return (
            f"Evaluation(n={self.n}, micro_f1={self.micro.f1:.4f}, macro_f1={self.macro.f1:.4f}, "
            f"signature={self.signature.split('|lists', 1)[0]!r})"
        )

    def __str__(self) -> str:
        from medvie_reward.reports import evaluation_text

        return evaluation_text(self)

    def _repr_html_(self) -> str:
        from medvie_reward.reports import evaluation_html

        return evaluation_html(self)

    def intervals(
        self, resampling: Resampling | None = None, *, clusters: Sequence[Hashable] | None = None
    ) -> Uncertainty:
        """Return confidence intervals of all scores, of fields and of groups.

        Parameters
        ----------
        resampling
            Number of resamples, confidence, seed, method; `Resampling`'s defaults if not given.
        clusters
            A label per document: those with equal labels, such as pages of one patient, are drawn together.

        Raises
        ------
        ArgumentError
            If the evaluation kept only totals, or there is not one cluster per document.
        """
        from medvie_reward.statistics import intervals_of

        return intervals_of(self, resampling, clusters)

    def to_csv(self, level: str = "document") -> str:
        """Return one row per document, field or leaf as CSV text.

        Parameters
        ----------
        level
            ``document``, ``field`` or ``leaf``; leaves need ``evaluate(..., leaves=True)``.

        Raises
        ------
        ArgumentError
            If the level is unknown, or the evaluation did not keep what it needs.
        """
        from medvie_reward.corpus._exports import records_of, write_csv

        return write_csv(records_of(self, level))

    def to_pandas(self, level: str = "document") -> Any:
        """Return one row per document, field or leaf as a ``pandas.DataFrame`` (extra ``frames``).

        Parameters and errors are those of `to_csv`; it is an InputError too if pandas is not installed.
        """
        from medvie_reward.corpus._exports import records_of, to_frame

        return to_frame(records_of(self, level), "pandas")

    def to_polars(self, level: str = "document") -> Any:
        """Return one row per document, field or leaf as a ``polars.DataFrame`` (extra ``frames``).

        Parameters and errors are those of `to_csv`; it is an InputError too if polars is not installed.
        """
        from medvie_reward.corpus._exports import records_of, to_frame

        return to_frame(records_of(self, level), "polars")

    def to_markdown(
        self, *, intervals: Uncertainty | None = None, by: str = "group", max_fields: int = 40
    ) -> str:
        """Return the tables that ``medvie-score`` prints as GitHub Markdown.

        Parameters
        ----------
        intervals
            Confidence intervals to show too, as the method `intervals` returns them.
        by
            What the groups are values of.
        max_fields
            Number of fields to show.
        """
        from medvie_reward.reports import markdown_report

        return markdown_report(self, by, max_fields, intervals)

    def to_html(
        self,
        path: str | PathLike[str],
        *,
        intervals: Uncertainty | None = None,
        images: Sequence[str | Sequence[str]] | None = None,
        title: str = "medvie-score report",
        by: str = "group",
    ) -> None:
        """Write the report of ``medvie-score --html``: one file with all scores and every document.

        It needs the leaves of every document: ``evaluate(..., leaves=True)``.

        Parameters
        ----------
        path
            Where to write it.
        intervals
            Confidence intervals to show too, as the method `intervals` returns them.
        images
            The page images of each document: ``data:`` URIs, or links relative to the report.
        title
            The heading.
        by
            What the groups are values of.

        Raises
        ------
        InputError
            If the evaluation did not keep leaves, there are not as many images as documents, or the file
            cannot be written.
        """
        from medvie_reward.reports import evaluation_report

        with NewFile(str(path)) as file:
            file.write_text(evaluation_report(self, intervals=intervals, images=images, title=title, by=by))

    def to_metrics(self, prefix: str = "") -> dict[str, float]:
        """Return all scores as finite floats under flat names, as MLflow and W&B take them.

        Raises
        ------
        ArgumentError
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

    def to_dict(self, documents: bool = True) -> dict[str, Any]:
        """Return everything as JSON values; with ``documents=False`` without the documents' rows."""
        made: dict[str, Any] = {
            "signature": self.signature,
            "n": self.n,
            "micro": self.micro.to_dict(),
            "macro": self.macro.to_dict(),
            **self.published.to_dict(),
            "fields": {name: scores.to_dict() for name, scores in self.micro.fields.items()},
            "statuses": self.statuses,
            "format_rate": self.format_rate,
            "parse_rate": self.parse_rate,
            "limited": self.limited,
            "joined": self.joined,
            "missing": self.missing,
            "extra": self.extra,
            "sources": self.sources,
            "engine": self.engine,
            "by": {name: group.to_dict(documents=False) for name, group in self.groups.items()},
        }
        if self.form_hint:
            made["form_hint"] = self.form_hint
        if self.renamed:
            made["renamed"] = [
                {"written": written, "read": read, "documents": k}
                for (written, read), k in self.renamed.items()
            ]
        if documents:
            made["documents"] = [document.to_dict() for document in self.documents]
        return made

    as_dict = to_dict


@dataclass
class EvaluationBuilder:
    """Adds documents up and keeps their rows, in the order in which they come; details only if given."""

    spec: Spec
    metrics: tuple[str, ...] = _F1_ALONE
    documents: list[Document] = field(default_factory=list)
    groups: dict[str, list[Document]] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    details: Details | None = None

    def add(self, scored: Scored, pred: Any = None) -> None:
        """Add one document, with its prediction where leaves are kept."""
        self.totals.add(scored)
        if self.details is not None:
            self.details.add(scored, written(pred, self.spec) if self.details.with_leaves else None)
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
        ArgumentError
            If there are no documents.
        """
        made = evaluation_of(self.totals, self.spec, self.metrics, self.documents, self.groups, joined)
        return made if self.details is None else replace(made, details=self.details)


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
    ArgumentError
        If there are no documents.
    """
    n = totals.n
    if not n:
        raise ArgumentError("no documents: expected at least one")
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
        form_hint="" if totals.well_formed else form_hint(totals.forms, totals.texts, spec),
        renamed=dict(sorted(totals.renamed.items())),
    )
