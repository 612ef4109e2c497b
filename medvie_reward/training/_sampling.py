"""Random choices of a data set: which keys a query asks for, which documents are held out.

A choice depends on its seed and on what is chosen from, on nothing else. Only `random.Random.random` is used,
whose numbers Python promises to keep.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from medvie_reward._core.paths import member_path
from medvie_reward._core.seeds import seed_of
from medvie_reward.errors import ArgumentError
from medvie_reward.training._query_fields import QueryField, leaf_paths

STRATEGIES: Final = ("all", "random", "difficulty")
"""Names of the strategies of `draw_keys`."""

_LEAST: Final = 0.1  # weight of the easiest field, so that none is never asked for


def draw_keys(
    form: QueryField,
    seed: int,
    strategy: str = "random",
    *,
    weights: Mapping[str, float] | None = None,
    keep_names: bool = True,
) -> tuple[str, ...]:
    """Draw the keys that a query asks for, in the form's order; never none.

    ``all``: every key. ``random``: of the n top-level keys, k are asked for, k uniform on 1..n, every subset
    of size k equally likely; then, in each object or list that was drawn, of its m members j are asked for, j
    uniform on 1..m, every subset of size j equally likely, and so on below. ``difficulty``: k and j as above,
    but drawn one after another without replacement, the next one with probability proportional to its weight
    (Efraimidis and Spirakis 2006).

    Parameters
    ----------
    form
        What can be asked for.
    seed
        The seed of this query.
    strategy
        One of `STRATEGIES`.
    weights
        For ``difficulty``: positive weights by key, 1 where there is none; an object's or a list's weight is
        the mean of what is below it.
    keep_names
        Whether the member that names a list's items (the schema's ``x-medvie-key``, else the first) is always
        asked for where any other member is: rows without it cannot be distinguished. It comes on top of the j
        drawn.

    Returns
    -------
    tuple of str
        Paths of leaves, such as ``Indicators[].Result``.

    Raises
    ------
    ArgumentError
        If the strategy is unknown or a weight is not positive and finite.
    """
    if strategy not in STRATEGIES:
        raise ArgumentError(f"no strategy {strategy!r}: expected one of {', '.join(STRATEGIES)}")
    if strategy == "all":
        return tuple(leaf_paths(form))
    given = weights if strategy == "difficulty" and weights else {}
    for key, weight in given.items():
        if not 0 < weight < math.inf:
            raise ArgumentError(f"weight of {key!r}: expected a positive number, got {weight!r}")
    return tuple(_draw(form, "", random.Random(seed), given, keep_names))


def _draw(
    form: QueryField, path: str, rng: random.Random, weights: Mapping[str, float], keep_names: bool
) -> list[str]:
    path += "[]" * form.lists
    if not form.members:
        return [path]
    paths = [member_path(path, field.name) for field in form.members]
    weighed = [_weight(field, below, weights) for field, below in zip(form.members, paths, strict=True)]
    size = 1 + int(rng.random() * len(paths))
    # The smallest of exponential waiting times with these rates are a draw without replacement.
    times = [-math.log(1.0 - rng.random()) / weight for weight in weighed]
    chosen = set(sorted(range(len(paths)), key=lambda n: (times[n], n))[:size])
    if keep_names and form.lists:
        chosen.add(_name_of_items(form))
    return [
        key
        for n in range(len(paths))
        if n in chosen
        for key in _draw(form.members[n], paths[n], rng, weights, keep_names)
    ]


def _weight(field: QueryField, path: str, weights: Mapping[str, float]) -> float:
    if not weights:
        return 1.0
    found = [weights.get(key, 1.0) for key in leaf_paths(field, path)]
    return sum(found) / len(found)


def _name_of_items(form: QueryField) -> int:
    """Return the position of the member that names a list's items."""
    return next((n for n, field in enumerate(form.members) if field.name == form.label), 0)


def field_weights(fill_rates: Mapping[str, float], f1: Mapping[str, float] | None = None) -> dict[str, float]:
    """Weigh keys by how hard they are, from 0.1 to 1: weight = 0.1 + 0.9 * difficulty.

    Parameters
    ----------
    fill_rates
        Share of documents that have a value for a key. A key's rarity is 1 - its fill rate, and 0 where no
        document has a value: there would be nothing but blanks to learn from.
    f1
        F1 of a model per key. Where a key has one, its difficulty is the mean of its rarity and 1 - F1;
        elsewhere it is the rarity.
    """
    made = {}
    for key, rate in fill_rates.items():
        rarity = 1 - rate if rate else 0.0
        hard = rarity if f1 is None or key not in f1 else (rarity + 1 - f1[key]) / 2
        made[key] = _LEAST + (1 - _LEAST) * hard
    return made


# -- seeds and the split -------------------------------------------------------------------------------


def held_out(ids: Sequence[str], pages: Sequence[Iterable[str]], share: float, seed: int) -> list[bool]:
    """Choose the documents of the validation side.

    Documents that share a page are one group and stay together. Groups are put in the order of a hash of the
    seed and of their smallest id. The first ones are held out: as many as the share of all groups, rounded,
    but at least one, and all but one at most.

    Parameters
    ----------
    ids
        The documents' ids.
    pages
        For each document, digests of its pages.
    share
        Share of groups that are held out, from 0 (none) to below 1.
    seed
        The run's seed.

    Raises
    ------
    ArgumentError
        If the share is not in its range, or there is but one group to split.
    """
    if not 0 <= share < 1:
        raise ArgumentError(f"validation: expected a share from 0 to below 1, got {share!r}")
    if not share:
        return [False] * len(ids)
    groups = _groups(ids, pages)
    order = sorted(set(groups), key=lambda name: (seed_of(seed, "validation", name), name))
    if len(order) < 2:
        raise ArgumentError(
            "validation: expected at least two documents with different pages, or a share of 0"
        )
    held = set(order[: min(max(1, round(share * len(order))), len(order) - 1)])
    return [name in held for name in groups]


def _groups(ids: Sequence[str], pages: Sequence[Iterable[str]]) -> list[str]:
    """Return, for each document, the smallest id among those that share pages with it, directly or not."""
    above = {name: name for name in ids}

    def top(name: str) -> str:
        while above[name] != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    first: dict[str, str] = {}
    for name, digests in zip(ids, pages, strict=True):
        for digest in digests:
            one, other = sorted((top(name), top(first.setdefault(digest, name))))
            above[other] = one
    return [top(name) for name in ids]
