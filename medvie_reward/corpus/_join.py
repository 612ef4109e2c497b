"""Two files -> which of their rows belong together."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from itertools import product
from pathlib import PurePath
from typing import NamedTuple

from medvie_reward._core.names import counted, first_names
from medvie_reward.corpus._row_shapes import PLAIN_ID_KEYS
from medvie_reward.corpus._rows import RowFile
from medvie_reward.corpus._shared_names import shared_name
from medvie_reward.errors import InputError, InputWarning


class Pair(NamedTuple):
    """Positions of a gold row and of its prediction, counted from 0; no prediction is ``None``."""

    gold: int
    pred: int | None


@dataclass(frozen=True)
class Join:
    """Which rows belong together.

    Attributes
    ----------
    how
        ``id`` or ``line``.
    pairs
        In the gold file's order.
    missing, extra
        Golds without a prediction, predictions without a gold.
    """

    how: str
    pairs: list[Pair]
    missing: int = 0
    extra: int = 0


def join(preds: RowFile, golds: RowFile, how: str = "auto", on_missing: str = "error") -> Join:
    """Join two files.

    Parameters
    ----------
    preds, golds
        The files.
    how
        ``id``, ``line``, or ``auto``: by id where both files have ids, else by line.
    on_missing
        ``error``, ``zero`` (a gold without a prediction counts as one without an answer) or ``skip``; under
        the last two, predictions without a gold document are left out and counted.

    Raises
    ------
    InputError
        If ids repeat, or rows have no partner and that is an error.
    """
    find_ids(preds, golds, how)
    if how == "auto":
        how = _choose(preds, golds)
    if how == "stem":
        return _join_by_id(preds, golds, _stems(preds.ids), _stems(golds.ids), on_missing)
    if how == "id":
        return _join_by_id(preds, golds, preds.ids, golds.ids, on_missing)
    if len(preds) != len(golds):
        why = "" if how == "line" else " (joined by line, since not every row of both has an id)"
        raise InputError(
            f"{preds.name} has {counted(len(preds), 'row')} and {golds.name} has {len(golds):,}: "
            f"expected as many predictions as gold documents{why}"
        )
    return Join("line", [Pair(n, n) for n in range(len(golds))])


def find_ids(preds: RowFile, golds: RowFile, how: str = "auto") -> None:
    """Find what names the rows of two files, where that takes both.

    That is a file which is one object with documents by their ids, and an id that is called otherwise.

    Parameters
    ----------
    preds, golds
        The files; what is found is their ``ids`` from then on.
    how
        As for `join`.
    """
    golds.split(set(preds.ids))
    preds.split(set(golds.ids))
    if how != "line" and (alike := preds.parts() & golds.parts()):
        if how == "id":
            preds.split(preds.parts())
            golds.split(golds.parts())
        elif not is_same_file(preds, golds):
            _warn_of_parts(preds, golds, sorted(alike))
    if how == "auto":
        for a, b in ((preds, golds), (golds, preds)):
            _name(a, b)
        _name_both(preds, golds)


def _warn_of_parts(preds: RowFile, golds: RowFile, names: list[str]) -> None:
    """Warn where two files are one object each that may hold documents by their ids."""
    warnings.warn(
        f"{preds.name} and {golds.name} are one object each, with members that are alike "
        f"({first_names(names)}): each is read as one document (--join id reads a document of each member, "
        "--join line says that this is right)",
        InputWarning,
        stacklevel=4,
    )


def _choose(preds: RowFile, golds: RowFile) -> str:
    """Choose how to join: ``id``, ``stem``, ``line``, or ``auto`` for line without ids."""
    if not (preds.has_ids and golds.has_ids):
        asked = preds.id_asked
        if asked != "id":
            file = golds if preds.has_ids else preds
            raise InputError(
                f"has no ids in {asked!r}: expected them in every row, or --join line", file.name
            )
        _warn_of_ids(preds, golds)
        return "auto"
    if is_same_file(preds, golds) and len({*golds.ids}) < len(golds):
        return "line"
    if {*preds.ids} & {*golds.ids}:
        return "id"
    stems = {*_stems(preds.ids)}, {*_stems(golds.ids)}
    return "stem" if stems[0] == stems[1] and len(stems[0]) == len(preds) == len(golds) else "id"


def _name(file: RowFile, other: RowFile) -> None:
    """Find the member that names the rows of a file which has no ids of its own."""
    if file.has_ids:
        return
    wanted = {*other.ids} if other.has_ids else set()
    for name, ids in file.candidates.items():
        both = name in other.candidates and file.key is not None and other.key is not None
        known = wanted or ({*other.candidates[name]} if both else set())
        alike = known & {*ids} or (known and {*_stems(ids)} == {*_stems([*known])})
        # A field of a document may look like an id by chance, but hardly everywhere.
        if alike and (file.key is not None or {*ids} <= known):
            file.adopt(name)
            return


def _name_both(preds: RowFile, golds: RowFile) -> None:
    """Find members that name the rows of both files by the same names, if none is called an id."""
    if preds.has_ids or golds.has_ids or len(golds) < 2 or (preds.key is None and golds.key is None):
        return
    for a, b in product(preds.candidates, golds.candidates):
        fits = all(file.key is not None or name in PLAIN_ID_KEYS for file, name in ((preds, a), (golds, b)))
        if fits and {*_stems(preds.candidates[a])} == {*_stems(golds.candidates[b])}:
            preds.adopt(a)
            golds.adopt(b)
            return


def _stems(ids: list[str]) -> list[str]:
    """Return names of files without their folders and endings."""
    return [PurePath(name.replace("\\", "/")).stem for name in ids]


def _warn_of_ids(preds: RowFile, golds: RowFile) -> None:
    """Warn where rows without an id have a member that looks like one."""
    for name in PLAIN_ID_KEYS:
        a, b = preds.candidates.get(name), golds.candidates.get(name)
        if a and b and {*a} == {*b} and len({*a}) == len(a) == len(b):
            how = "" if a == b else ", in which they stand in another order"
            warnings.warn(
                f"{preds.name} and {golds.name}: {name!r} looks like the id of the rows; it counts as a "
                f"field, and the rows are joined by line{how} (--id-key {name} joins by it)",
                InputWarning,
                stacklevel=4,
            )
            return
    shared = None if is_same_file(preds, golds) else shared_name(preds, golds)
    if shared is not None:
        where = f"{shared.pred!r} of {preds.name}"
        same = shared.pred == shared.gold
        where += f" and of {golds.name}" if same else f" and {shared.gold!r} of {golds.name}"
        flag = f"--id-key {shared.pred} joins by it" if same else "give both the name 'id' to join by it"
        warnings.warn(
            f"{where} have the same values in another order, and the rows are joined by line ({flag})",
            InputWarning,
            stacklevel=4,
        )


def is_same_file(preds: RowFile, golds: RowFile) -> bool:
    """Check whether both sides are rows of one file."""
    if preds.name == golds.name:
        return True
    try:
        return os.path.samefile(preds.name, golds.name)
    except OSError:
        return False


def _join_by_id(
    preds: RowFile, golds: RowFile, pred_ids: list[str], gold_ids: list[str], on_missing: str
) -> Join:
    for file in (preds, golds):
        if not file.has_ids:
            raise InputError(f"has no ids in {file.id_key!r}: expected them, to join by id", file.name)
    places = _places(preds, pred_ids)
    wanted = _places(golds, gold_ids)
    missing = [name for name in wanted if name not in places]
    extra = [name for name in places if name not in wanted]
    if on_missing == "error" and (missing or extra):
        parts = []
        rather = "" if len(missing) < len(wanted) else ", or --join line where the ids are others"
        if missing:
            parts.append(
                f"{counted(len(missing), 'gold document')} without a prediction ({first_names(missing)})"
            )
        if extra:
            parts.append(
                f"{counted(len(extra), 'prediction')} without a gold document ({first_names(extra)})"
            )
        raise InputError(
            f"{preds.name} and {golds.name} do not match: {'; '.join(parts)}; "
            f"expected the same ids in both, or --missing zero or --missing skip{rather}"
        )
    pairs = [Pair(n, places.get(name)) for name, n in wanted.items()]
    if on_missing == "skip":
        pairs = [pair for pair in pairs if pair.pred is not None]
        if not pairs:
            raise InputError(f"{preds.name} and {golds.name} have no id in common: nothing to score")
    return Join("id", pairs, len(missing), len(extra))


def _places(file: RowFile, ids: list[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for n, name in enumerate(ids):
        if places.setdefault(name, n) != n:
            before = file.place(places[name])
            where = f"row {before.row}" if before.line is None else f"line {before.line}"
            raise file.place(n).error(
                f"repeats the id {name!r} of {where}: expected every id once, or --join line"
            )
    return places
