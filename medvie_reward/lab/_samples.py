"""All samples of a row of completions, where reading takes the first of them."""

from __future__ import annotations

import warnings
from typing import Any

from medvie_reward.corpus import PRED_KEYS, RowFile
from medvie_reward.errors import InputWarning


def open_rollouts(name: str, key: str | None = None, id_key: str = "id") -> RowFile:
    """Open a file of completions, of which a row may hold several; arguments are those of `RowFile`."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*rows hold several samples", InputWarning)
        return RowFile(name, PRED_KEYS, key, id_key)


def samples_of(file: RowFile, row: int) -> list[Any]:
    """Read every sample of a row, counted from 0, as `RowFile.value` reads the first.

    A list holds samples if the row means the same without all but the first of its items.

    Raises
    ------
    InputError
        If the row lacks the member that holds its completion.
    """
    read, at, key = file.row(row), file.place(row), file.key
    value = file.reader.value(read, at)
    for path in file.reader.choice.paths if key is not None else ():
        steps = path[: path.index(0)] if 0 in path else path
        if isinstance(read.value, dict) and key in read.value:
            steps = (str(key),)
        found = _at(read.value, steps)
        if isinstance(found, list) and len(found) > 1:
            made = [file.reader.value(read._replace(value=_with(read.value, steps, [x])), at) for x in found]
            if made[0] == value:
                return made
    return [value]


def _at(value: Any, steps: tuple[str | int, ...]) -> Any:
    """Return what lies at the end of some members and positions, ``None`` where they lead nowhere."""
    for step in steps:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and step < len(value) else None
    return value


def _with(value: Any, steps: tuple[str | int, ...], new: Any) -> Any:
    """Return a value with another one at the end of some members and positions that are there."""
    if not steps:
        return new
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict):
        return {**value, step: _with(value[step], rest, new)}
    return [_with(x, rest, new) if n == step else x for n, x in enumerate(value)]
