"""Where a row stands in its file."""

from __future__ import annotations

from typing import NamedTuple

from medvie_reward.errors import InputError


class Place(NamedTuple):
    """Where a row stands: its file, and its line or its number, both counted from 1."""

    file: str
    line: int | None = None
    row: int | None = None

    def error(self, reason: str) -> InputError:
        """Return an error that names the place."""
        return InputError(reason, self.file, self.line, self.row)
