"""Measure how annotation noise changes scores, rankings and rewards."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from medvie_reward._core.json_values import json_leaves
from medvie_reward._core.processes import in_processes
from medvie_reward._core.seeds import DEFAULT_SEED, seed_of
from medvie_reward._core.validate import is_whole, require
from medvie_reward.corpus import COLUMNS, Figure, Rows, document_rows, score_document
from medvie_reward.spec import Spec
from medvie_reward.statistics._annotation_noise import NOISE_KINDS, add_noise, check_noise, count_changes
from medvie_reward.statistics._rank import pair_orders, tau_a, tau_b

_MATCHING: Final = COLUMNS.index("matching")
_CHUNK: Final = 8


class PredictedDocument(NamedTuple):
    """A document: its id, its plain gold, and what each system predicted (``None``: nothing)."""

    id: str
    gold: Any
    preds: tuple[Any, ...]


@dataclass(frozen=True)
class Noise:
    """Which annotation noise is added: types of `NOISE_KINDS`, rates from 0 to 1, the seed.

    Raises
    ------
    ArgumentError
        If there is no such type, or a rate or the seed is out of its range.
    """

    kinds: tuple[str, ...] = NOISE_KINDS
    rates: tuple[float, ...] = (0.01, 0.02, 0.05, 0.1, 0.2)
    seed: int = DEFAULT_SEED

    def __post_init__(self) -> None:
        for kind in self.kinds:
            check_noise(kind)
        for rate in self.rates:
            check_noise(rate=rate)
        require(is_whole(self.seed, 0), "seed", "an integer of at least 0", self.seed)

    @property
    def signature(self) -> str:
        """Every choice that can change a number."""
        rates = ",".join(f"{rate:g}" for rate in self.rates)
        return f"noise:{','.join(self.kinds)}|rates:{rates}|noise-seed:{self.seed}"


class NoisyGolds(NamedTuple):
    """Scores against gold documents with noise of one type and rate.

    Attributes
    ----------
    kind, rate
        Of the noise.
    changed
        Share of the gold leaves that were changed or dropped.
    figures
        System -> figure.
    tau
        Kendall's tau-a between the systems' ranking and that by the clean gold documents: pairs in the same
        order minus pairs in the opposite order, of all pairs.
    rewards
        System -> Kendall's tau-b over documents between the matching part of the reward by these gold
        documents and by the clean ones; ``None`` if all documents have one reward.
    """

    kind: str
    rate: float
    changed: float
    figures: dict[str, float]
    tau: float
    rewards: dict[str, float | None]


class Robustness(NamedTuple):
    """The effect of annotation noise.

    Attributes
    ----------
    figures
        System -> score by the clean gold documents.
    rows
        System -> array of shape (documents, columns) by the clean gold documents; see
        `medvie_reward.corpus.COLUMNS`.
    noisy
        One entry per kind and rate.
    """

    figures: dict[str, float]
    rows: dict[str, Rows]
    noisy: tuple[NoisyGolds, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the rows as JSON values."""
        return {"figures": self.figures, "noisy": [found._asdict() for found in self.noisy]}

    def as_dict(self) -> dict[str, Any]:
        """Return what `to_dict` does; the name in version 0.1.0."""
        return self.to_dict()


def measure_robustness(
    documents: Iterable[PredictedDocument],
    names: Sequence[str],
    spec: Spec,
    figure: Figure,
    noise: Noise,
    *,
    metrics: tuple[str, ...] = ("f1",),
    workers: int = 1,
) -> Robustness:
    """Score systems against clean gold documents and against ones with noise.

    The noise in a document depends only on the seed, the type and the document's id, not on its place.

    Parameters
    ----------
    documents
        At least one.
    names
        The systems, in the order of `PredictedDocument.preds`.
    spec
        The spec.
    figure
        A metric over the columns of `medvie_reward.corpus.document_rows`.
    noise
        Which noise.
    metrics
        What to compute, see `medvie_reward.evaluate`.
    workers
        Number of processes; changes no number.

    Raises
    ------
    InputError
        If a type or rate is unknown.
    """
    score = partial(_score, spec=spec, noise=noise, metrics=metrics)
    if workers == 1:
        scored = [score(document) for document in documents]
    else:
        chunks = in_processes(iter(documents), partial(_score_chunk, score), workers, _CHUNK)
        scored = list(chain.from_iterable(chunks))
    # Shape (conditions, systems, documents, columns); the first condition is without noise.
    tables = np.stack([one.rows for one in scored], axis=2)
    changes = np.array([one.changed for one in scored]).sum(axis=0)
    values = figure(tables.sum(axis=2))
    orders = pair_orders(values)
    matching = tables[..., _MATCHING]
    noisy = []
    for n, (kind, rate) in enumerate(_conditions(noise), start=1):
        noisy.append(
            NoisyGolds(
                kind,
                rate,
                float(changes[n] / changes[0]) if changes[0] else 0.0,
                dict(zip(names, values[n].tolist(), strict=True)),
                tau_a(orders[0], orders[n]),
                {name: tau_b(matching[0, k], matching[n, k]) for k, name in enumerate(names)},
            )
        )
    return Robustness(
        dict(zip(names, values[0].tolist(), strict=True)),
        {name: tables[0, k] for k, name in enumerate(names)},
        tuple(noisy),
    )


def _conditions(noise: Noise) -> list[tuple[str, float]]:
    return [(kind, rate) for kind in noise.kinds for rate in noise.rates]


class _Scored(NamedTuple):
    rows: NDArray[np.float64]
    changed: list[int]


def _score(document: PredictedDocument, spec: Spec, noise: Noise, metrics: tuple[str, ...]) -> _Scored:
    """Score a document's predictions under every condition; the first number of changes is that of leaves."""
    golds = [document.gold]
    for kind, rate in _conditions(noise):
        # The seed does not depend on the rate: a higher rate adds noise to that of a lower one.
        rng = random.Random(seed_of(noise.seed, kind, document.id))
        golds.append(add_noise(document.gold, kind, rate, rng))
    leaves = sum(1 for _ in json_leaves(document.gold, str.strip))
    rows = [
        document_rows(
            [
                score_document(pred, gold, spec, document.id, metrics=metrics).document
                for pred in document.preds
            ]
        )
        for gold in golds
    ]
    return _Scored(np.array(rows), [leaves, *(count_changes(document.gold, gold) for gold in golds[1:])])


def _score_chunk(
    score: Callable[[PredictedDocument], _Scored], documents: list[PredictedDocument]
) -> list[_Scored]:
    return [score(document) for document in documents]
