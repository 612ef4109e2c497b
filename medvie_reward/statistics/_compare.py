"""Compare predictions and evaluations held in memory, as ``medvie compare`` does with files."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from medvie_reward._core.names import counted
from medvie_reward.corpus import BOUNDS, Evaluation, evaluate, is_size, slice_of
from medvie_reward.errors import ArgumentError
from medvie_reward.spec import DEFAULT, Spec, SpecFields, Unpack
from medvie_reward.statistics._comparison import Comparison, System, compare_systems
from medvie_reward.statistics._intervals import Uncertainty, measure_uncertainty
from medvie_reward.statistics._resampling import Resampling


def compare(
    preds_a: Iterable[Any],
    preds_b: Iterable[Any],
    golds: Iterable[Any],
    spec: Spec | str = DEFAULT,
    *,
    names: tuple[str, str] = ("A", "B"),
    ids: Iterable[str] | None = None,
    source_texts: Iterable[str | Sequence[str] | None] | None = None,
    metrics: str | Iterable[str] = ("f1",),
    slices: Iterable[str] | Mapping[str, Sequence[str]] = (),
    clusters: Sequence[Hashable] | None = None,
    resampling: Resampling | None = None,
    **overrides: Unpack[SpecFields],
) -> Comparison:
    """Compare the predictions of two systems on the same gold documents.

    For more than two systems, or evaluations that you already have, see
    `medvie_reward.statistics.compare_systems`.

    Parameters
    ----------
    preds_a, preds_b
        Predictions of each system, one per document, as `evaluate` takes them.
    golds, spec, ids, source_texts, metrics, **overrides
        As of `evaluate`.
    names
        What to call the two systems.
    slices
        What to compare per part: ``rows``, ``length``, ``fields`` or ``has:FIELD``, or a mapping from the
        name of a slice to the part that each document belongs to.
    clusters
        A label per document: those with equal labels, such as pages of one patient, are drawn and swapped
        together.
    resampling
        Number of resamples, confidence, seed, method; `Resampling`'s defaults if not given.

    Raises
    ------
    SpecError, GoldError
        As `evaluate` does.
    ArgumentError
        If there are not as many of everything, the names are equal, or a slice cannot be made.

    Examples
    --------
    >>> golds = [{"Name": "Li Wei", "Sex": "F"}, {"Name": "Wu Min", "Sex": "M"}]
    >>> worse = [{"Name": "Li Wei", "Sex": "M"}, {"Name": "Wu Min"}]
    >>> found = compare(worse, golds, golds)
    >>> found.versus[0].figures["micro_f1"].paired.difference.value.__round__(3)
    0.429
    """
    documents = list(golds)
    names_of_documents = None if ids is None else list(ids)
    sources = None if source_texts is None else list(source_texts)
    asked = metrics if isinstance(metrics, str) else list(metrics)
    systems = {}
    for name, preds in zip(names, (preds_a, preds_b), strict=True):
        if name in systems:
            raise ArgumentError(f"two systems are named {name!r}: expected different names")
        systems[name] = evaluate(
            preds, documents, spec, ids=names_of_documents, source_texts=sources, metrics=asked, **overrides
        )
    return compare_evaluations(systems, resampling, slices=labels_of(slices, documents), clusters=clusters)


def compare_evaluations(
    evaluations: Mapping[str, Evaluation],
    resampling: Resampling | None = None,
    *,
    slices: Mapping[str, Sequence[str]] | None = None,
    clusters: Sequence[Hashable] | None = None,
) -> Comparison:
    """Compare evaluations of the same documents with the first of them.

    Parameters
    ----------
    evaluations
        Name of a system -> its evaluation, at least two, as `evaluate` returns them.
    resampling
        Number of resamples, confidence, seed, method; `Resampling`'s defaults if not given.
    slices, clusters
        As of `compare_systems`.

    Raises
    ------
    ArgumentError
        If there are fewer than two evaluations, their documents or signatures differ, or one kept only
        totals.
    """
    systems = [System(name, evaluation) for name, evaluation in evaluations.items()]
    return compare_systems(systems, resampling or Resampling(), slices=slices, clusters=clusters)


def labels_of(
    slices: Iterable[str] | Mapping[str, Sequence[str]], golds: Sequence[Any]
) -> dict[str, Sequence[str]]:
    """Return slice -> the part of each gold document.

    Raises
    ------
    ArgumentError
        If a slice cannot be made of the gold documents, or has not one label per document.
    """
    if isinstance(slices, str):
        slices = (slices,)
    if isinstance(slices, Mapping):
        for name, labels in slices.items():
            if len(labels) != len(golds):
                raise ArgumentError(
                    f"slice {name!r}: expected a label for each of {counted(len(golds), 'document')}, "
                    f"got {len(labels):,}"
                )
        return dict(slices)
    made: dict[str, Sequence[str]] = {}
    for name in slices:
        if not is_size(name):
            known = ", ".join((*BOUNDS, "has:FIELD"))
            raise ArgumentError(f"slice {name!r}: expected {known}, or a mapping with a label per document")
        made[name] = [slice_of(name, gold, None) for gold in golds]
    return made


def intervals_of(
    evaluation: Evaluation,
    resampling: Resampling | None = None,
    clusters: Sequence[Hashable] | None = None,
) -> Uncertainty:
    """Return confidence intervals of an evaluation that kept its documents; see `Evaluation.intervals`."""
    if evaluation.n and not evaluation.documents:
        raise ArgumentError("this evaluation kept only totals; evaluate without Ray to get intervals")
    details = evaluation.details
    fields = details.fields.arrays() if details is not None and "f1" in evaluation.metrics else {}
    return measure_uncertainty(evaluation, resampling or Resampling(), fields=fields, clusters=clusters)
