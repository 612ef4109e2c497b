"""Which rows of a file are used: those of some ids, in the ids' order, and no more than some number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from medvie_reward._core.files import read_json
from medvie_reward._core.names import first_names, plural
from medvie_reward.corpus import RowFile
from medvie_reward.errors import InputError


def choose_rows(file: RowFile, ids: Sequence[str] | None, limit: int | None) -> list[int]:
    """Choose rows: those of some ids in the ids' order, or all; then the first ``limit`` of them.

    Raises
    ------
    InputError
        If ids repeat, are unknown, or the file has none.
    """
    repeated = [name for name, count in Counter(file.ids).items() if count > 1]
    if repeated:
        raise InputError(
            f"repeats the id{plural(repeated)} {first_names(repeated)}: expected every id once", file.name
        )
    if ids is None:
        return list(range(len(file)))[:limit]
    if not file.has_ids:
        raise InputError(f"has no ids in {file.id_key!r}: expected them, to choose by id", file.name)
    places = {name: n for n, name in enumerate(file.ids)}
    if unknown := [name for name in ids if name not in places]:
        raise InputError(f"has no row with the id{plural(unknown)} {first_names(unknown)}", file.name)
    return [places[name] for name in ids][:limit]


def read_ids(name: str) -> list[str]:
    """Read ids: a JSON list, or one per line.

    Raises
    ------
    InputError
        If the file holds something else, none, or one twice.
    """
    try:
        text = Path(name).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", name) from None
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: {error.reason} at byte {error.start}", name) from None
    listed = (
        read_json(name)
        if text.lstrip().startswith("[")
        else [x.strip() for x in text.splitlines() if x.strip()]
    )
    if not listed or not all(type(x) in (str, int) for x in listed):
        raise InputError("expected a JSON list of ids, or one id per line", name)
    ids = [str(x) for x in listed]
    if repeated := [x for x, count in Counter(ids).items() if count > 1]:
        raise InputError(
            f"repeats the id{plural(repeated)} {first_names(repeated)}: expected every id once", name
        )
    return ids


def _repeats(ids: Sequence[str]) -> str:
    return f"repeats the id{plural(ids)} {first_names(ids)}: expected every id once"
