"""Warnings about the input, as one line each on standard error."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

from medvie_reward.cli._streams import say
from medvie_reward.errors import InputWarning


@contextlib.contextmanager
def said_warnings(program: str) -> Iterator[None]:
    """Print warnings about the input in the words of a command; others stay as they are."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        usual = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if issubclass(category, InputWarning):
                say(f"{program}: warning: {message}")
            else:
                usual(message, category, *where, **more)

        warnings.showwarning = show
        yield
