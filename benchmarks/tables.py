"""Markdown tables, and the line that says what they were measured with."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version

from medvie_reward.alignment import ENGINE


def markdown(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Write a table."""
    rule = "|" + "---|" * len(head)
    return "\n".join(
        ["| " + " | ".join(head) + " |", rule, *("| " + " | ".join(line) + " |" for line in lines)]
    )


def made_with(seed: int, *packages: str) -> str:
    """Name the packages, the interpreter, the machine and the seed."""
    named = ", ".join(f"{name} {version(name)}" for name in ("medvie-reward", "orjson", *packages))
    named += f", engine {ENGINE}"
    machine = f"{os.cpu_count()}-core {platform.machine()}"
    return f"{named}, Python {platform.python_version()}, {machine}, seed {seed}."
