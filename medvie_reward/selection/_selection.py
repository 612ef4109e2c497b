"""Choose a diverse subset of documents, in an order of which every prefix is a selection.

Exact repeats (equal gold documents, report types, strata and embeddings) take no part in the choice: features
are scaled over distinct documents. Documents with identical features are one candidate. Only when all others
are in, as far as quotas allow, come the documents whose features equal those of a selected document, and
after them the repeats, each in the order given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from medvie_reward._core.names import counted
from medvie_reward.errors import ArgumentError
from medvie_reward.selection._features import Features, Profile, check_shape, features_of
from medvie_reward.selection._greedy import farthest_first
from medvie_reward.selection._quotas import check_count, split_quota

if TYPE_CHECKING:
    import numpy.typing as npt

METHODS: Final = ("kcentre",)
"""Names of the methods: greedy k-centre."""

# Facility location covered rare report types and fields worse than a random choice.
_REMOVED: Final = ("facility",)


class Selection(NamedTuple):
    """A selection.

    Attributes
    ----------
    picks
        Positions of the chosen documents, in the order of picking.
    features
        Numbers of all documents.
    distinct
        Number of documents that are not exact repeats of one before them.
    quotas
        Number of picks per stratum; empty without strata.
    """

    picks: tuple[int, ...]
    features: Features
    distinct: int
    quotas: dict[str, int]


def select(
    profiles: Sequence[Profile],
    k: int,
    method: str = "kcentre",
    *,
    weights: Mapping[str, float] | None = None,
    embeddings: npt.NDArray[Any] | None = None,
    strata: Sequence[str] | None = None,
    quota: str | Mapping[str, int] = "proportional",
) -> Selection:
    """Choose ``k`` documents that are as diverse as possible.

    Parameters
    ----------
    profiles
        The documents.
    k
        How many to choose.
    method
        ``kcentre``: greedy k-centre, `farthest_first`.
    weights, embeddings
        As for `features_of`.
    strata
        A stratum per document.
    quota
        How picks are split among strata, as for `split_quota`.

    Returns
    -------
    Selection
        Without strata, the first ``j`` picks are what ``k = j`` gives.

    Raises
    ------
    ArgumentError
        If the method is unknown, there are fewer than ``k`` documents, or quotas, weights or embeddings do
        not fit them.
    """
    check_method(method)
    check_count(k, len(profiles))
    if strata is not None and len(strata) != len(profiles):
        raise ArgumentError(
            f"{counted(len(strata), 'stratum', 'strata')}: "
            f"expected one for each of {counted(len(profiles), 'document')}"
        )
    if embeddings is not None:
        check_shape(embeddings, len(profiles))
    names = [""] * len(profiles) if strata is None else list(strata)
    quotas = {"": k} if strata is None else split_quota(Counter(names), k, quota)
    keys = [
        (profile.digest, profile.kind, names[n], None if embeddings is None else embeddings[n].tobytes())
        for n, profile in enumerate(profiles)
    ]
    copies = _copies(keys)
    firsts = [n for n, copy in enumerate(copies) if copy == 0]
    features = features_of(
        [profiles[n] for n in firsts],
        embeddings if embeddings is None or len(firsts) == len(profiles) else embeddings[firsts],
        weights,
    )
    matrix = features.matrix
    classes: dict[tuple[bytes, str], list[int]] = {}
    for place, n in enumerate(firsts):
        # Adding 0 makes -0 and 0 one.
        classes.setdefault(((matrix[place] + 0).tobytes(), names[n]), []).append(place)
    twins = list(classes.values())
    chosen = [firsts[twins[n][0]] for n in _chosen(matrix, twins, [names[n] for n in firsts], quotas)]
    tiers = list(copies)
    for places in twins:
        for place in places:
            tiers[firsts[place]] = int(place != places[0])
    picks = _filled(chosen, tiers, copies, names, quotas)
    if len(firsts) < len(profiles):
        place_of = {keys[n]: place for place, n in enumerate(firsts)}
        features = features._replace(matrix=matrix[[place_of[key] for key in keys]])
    return Selection(tuple(picks), features, len(firsts), {} if strata is None else quotas)


def check_method(method: str) -> None:
    """Raise if there is no such method.

    Raises
    ------
    ArgumentError
        If the method is unknown or was removed.
    """
    if method in _REMOVED:
        raise ArgumentError(
            f"method {method!r} was removed: use kcentre, which covers rare types and fields better"
        )
    if method not in METHODS:
        raise ArgumentError(f"no method {method!r}: expected {', '.join(METHODS)}")


def _copies(keys: Sequence[Any]) -> list[int]:
    """Return how often each key came before."""
    seen: Counter[Any] = Counter()
    copies = []
    for key in keys:
        copies.append(seen[key])
        seen[key] += 1
    return copies


def _chosen(matrix: Any, twins: list[list[int]], names: list[str], quotas: Mapping[str, int]) -> list[int]:
    """Choose among classes of documents with equal features, as many as quotas and classes allow."""
    points = matrix if len(twins) == len(matrix) else matrix[[places[0] for places in twins]]
    numbers = {name: number for number, name in enumerate(quotas)}
    strata = [numbers[names[places[0]]] for places in twins]
    sizes = Counter(strata)
    rooms = [min(quota, sizes[numbers[name]]) for name, quota in quotas.items()]
    return farthest_first(points, sum(rooms), strata, rooms)


def _filled(
    chosen: list[int], tiers: list[int], copies: list[int], names: list[str], quotas: Mapping[str, int]
) -> list[int]:
    """Fill what quotas have left: tier by tier, in the order given."""
    left = Counter(quotas)
    left.subtract(names[n] for n in chosen)
    picks, taken = list(chosen), set(chosen)
    if left.total():
        for n in sorted(range(len(names)), key=lambda n: (copies[n], tiers[n])):
            if left[names[n]] > 0 and n not in taken:
                picks.append(n)
                left[names[n]] -= 1
    return picks
