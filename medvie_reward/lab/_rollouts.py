"""Files of rollouts and gold documents -> the rollouts of each document.

Rollouts come as rows of one answer each, such as a trainer's dumps, or of several. They belong to the
document whose id they have; without ids, to the one that the row itself has as its gold; else they follow the
golds' order, as many for each.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any, Final

from medvie_reward._core.names import first_names
from medvie_reward.completions import Completion, is_conversation
from medvie_reward.corpus import GOLD_KEYS, RowFile, dump, read_gold_at
from medvie_reward.errors import InputError, InputWarning
from medvie_reward.lab._groups import Group
from medvie_reward.lab._samples import samples_of
from medvie_reward.spec import Spec

STEP: Final = "step"
"""The member of a row that says in which step of a training it was written."""


def read_rollouts(
    rollouts: RowFile,
    golds: RowFile | None,
    spec: Spec,
    *,
    gold_key: str | None = None,
    step: int | None = None,
) -> list[Group]:
    """Read the rollouts of each document.

    Parameters
    ----------
    rollouts
        The answers.
    golds
        The gold documents; ``None`` where the rollouts have their own.
    spec
        How gold documents are read.
    gold_key
        The member of a rollout with its gold; found where it is not named.
    step
        The step of the training whose rollouts count; all if not given.

    Raises
    ------
    InputError
        If a row has no gold, or there are no rollouts of that step.
    """
    rows = _rows_of_step(rollouts, step)
    if golds is None:
        return _by_own_gold(rollouts, _own_golds(rollouts, spec, gold_key), rows, None)
    if rollouts.has_ids and golds.has_ids:
        return _by_id(rollouts, golds, spec, rows)
    named = [(str(n + 1), read_gold_at(golds, n, spec)) for n in range(len(golds))]
    try:
        own = _own_golds(rollouts, spec, gold_key)
    except InputError:
        return _by_order(rollouts, golds, named, rows)
    return _by_own_gold(rollouts, own, rows, (golds, named))


def _rows_of_step(rollouts: RowFile, step: int | None) -> list[int]:
    steps = [_step(rollouts.row(n).value) for n in range(len(rollouts))]
    if step is None:
        found = sorted({x for x in steps if x is not None})
        if len(found) > 1:
            warnings.warn(
                f"{rollouts.name}: rollouts of {len(found)} steps ({found[0]} to {found[-1]}) are looked at "
                "as if one model had written them (--step N takes those of one)",
                InputWarning,
                stacklevel=3,
            )
        return list(range(len(rollouts)))
    rows = [n for n, x in enumerate(steps) if x == step]
    if not rows:
        known = first_names(sorted({str(x) for x in steps if x is not None}))
        raise InputError(f"--step {step}: no row has it; there are {known or 'no steps'}", rollouts.name)
    return rows


def _step(row: Any) -> int | None:
    found = row.get(STEP) if isinstance(row, dict) else None
    return found if type(found) is int else None


def _own_golds(rollouts: RowFile, spec: Spec, key: str | None) -> list[Any]:
    """Read the gold that each rollout has beside it."""
    view = rollouts.other(GOLD_KEYS, key)
    return [read_gold_at(view, n, spec) for n in range(len(view))]


def _by_id(rollouts: RowFile, golds: RowFile, spec: Spec, rows: Sequence[int]) -> list[Group]:
    places = {name: n for n, name in enumerate(golds.ids)}
    if len(places) < len(golds):
        raise InputError("has an id twice: expected every id once", golds.name)
    unknown = sorted({rollouts.ids[n] for n in rows} - places.keys())
    if unknown:
        raise InputError(
            f"{rollouts.name}: {len(unknown)} ids are not in {golds.name} ({first_names(unknown)}): expected "
            "rollouts of its documents"
        )
    found: dict[str, list[Any]] = {}
    for n in rows:
        found.setdefault(rollouts.ids[n], []).extend(_texts(rollouts, n))
    return [
        Group(name, read_gold_at(golds, places[name], spec), tuple(found[name]))
        for name in golds.ids
        if name in found
    ]


def _by_own_gold(
    rollouts: RowFile,
    own: Sequence[Any],
    rows: Sequence[int],
    among: tuple[RowFile, Sequence[tuple[str, Any]]] | None,
) -> list[Group]:
    known = None if among is None else {dump(gold): name for name, gold in among[1]}
    found: dict[bytes, Group] = {}
    for n in rows:
        text = dump(own[n])
        if known is not None and among is not None and text not in known:
            raise rollouts.place(n).error(
                f"has a gold of its own that is none of {among[0].name}: expected rollouts of its documents, "
                "or the rollouts alone, whose golds count then"
            )
        name = str(len(found) + 1) if known is None else known[text]
        before = found.get(text, Group(name, own[n], ()))
        found[text] = before.with_more(_texts(rollouts, n))
    return list(found.values())


def _by_order(
    rollouts: RowFile, golds: RowFile, named: Sequence[tuple[str, Any]], rows: Sequence[int]
) -> list[Group]:
    each, left = divmod(len(rows), len(named))
    if left or not each:
        raise InputError(
            f"{rollouts.name} has {len(rows)} rows for the {len(named)} documents of {golds.name}: expected "
            "the same number for each document, in the order of the documents, or ids in both"
        )
    return [
        Group(name, gold, tuple(x for n in rows[k * each : (k + 1) * each] for x in _texts(rollouts, n)))
        for k, (name, gold) in enumerate(named)
    ]


def _texts(rollouts: RowFile, row: int) -> Iterator[Any]:
    for value in samples_of(rollouts, row):
        if value is None:
            yield ""
        elif isinstance(value, (dict, list)) and not is_conversation(value):
            yield Completion.from_answer(value)
        else:
            yield value
