"""JSON values and texts -> a file that is there once it is whole."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any, BinaryIO

import orjson

from medvie_reward._core.files import PathLike, replacing


class NewFile:
    """A text file that appears under its name only once it is whole; see `replacing`.

    Parameters
    ----------
    name
        Where it is to appear.
    inputs
        Files and folders that are read meanwhile; none of them is overwritten.

    Raises
    ------
    InputError
        When it is entered, if it is an input or cannot be written there.
    """

    def __init__(self, name: str, inputs: Iterable[PathLike] = ()) -> None:
        self.name = name
        self._inputs = tuple(inputs)
        self._stack = contextlib.ExitStack()
        self._file: BinaryIO

    def write(self, value: Any, indent: bool = False) -> None:
        """Write one JSON value and a line's end."""
        self._file.write(dump(value, indent) + b"\n")

    def write_text(self, text: str) -> None:
        """Write a text as UTF-8; a lone surrogate, which no file can hold, becomes a question mark."""
        self._file.write(text.encode(errors="replace"))

    def __enter__(self) -> NewFile:
        self._file = self._stack.enter_context(replacing(self.name, self._inputs))
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stack.__exit__(*raised)


def dump(value: Any, indent: bool = False) -> bytes:
    """Write a JSON value as UTF-8."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None)
    except TypeError:  # an integer past 64 bits, which orjson refuses
        import json

        return json.dumps(value, ensure_ascii=False, indent=2 if indent else None).encode()
