"""Choose what does the alignment: the compiled kernel where it is installed, else the textbook.

Both give the same numbers. The environment variable ``MEDVIE_KERNEL`` has the last word, when this is first
imported: ``0`` takes the textbook, ``1`` makes a missing kernel an error.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, Final

from medvie_reward.errors import ArgumentError

VARIABLE: Final = "MEDVIE_KERNEL"


def _load() -> Any | None:
    asked = os.environ.get(VARIABLE, "")
    if asked not in ("", "0", "1"):
        raise ArgumentError(f"{VARIABLE}: expected 0 or 1, got {asked!r}")
    if asked == "0":
        return None
    try:
        return import_module("medvie_reward.alignment._kernel")
    except ImportError as error:
        if asked:
            raise ImportError(
                f"{VARIABLE}=1 asks for the compiled kernel, which cannot be imported ({error}): install the "
                "package where a C++ compiler works, or leave the variable out"
            ) from error
        return None


kernel: Final = _load()
"""The compiled module; `None` where the textbook is used."""

ENGINE: Final = "textbook" if kernel is None else "kernel"
"""Which of the two it is. Not part of a signature, since the numbers are the same."""
