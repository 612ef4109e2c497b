"""The commands `medvie` and `medvie-score`, one module per command.

In: arguments and files. Out: tables, files and an exit code. Every command only reads options and calls the
other rooms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.cli._main import main, main_score
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _main="main main_score",
    )

__all__ = ["main", "main_score"]
