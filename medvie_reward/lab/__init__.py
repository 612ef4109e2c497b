"""What a reward makes of a model, looked at before it is trained.

In: gold documents, and answers of the model or its stated accuracy. Out: for each spec what it pays for,
where it pushes, and what becomes of a simulated reader under it. Rewards are those of the real spec; only the
reader is simulated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.lab._pages import SPREAD
    from medvie_reward.lab._policy import Start
    from medvie_reward.lab._simulation import LABEL, Band, Reader, Simulation, simulate
    from medvie_reward.lab._training import History, Schedule
    from medvie_reward.lab._yardstick import yardstick_of
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _pages="SPREAD",
        _policy="Start",
        _simulation="Band LABEL Reader Simulation simulate",
        _training="History Schedule",
        _yardstick="yardstick_of",
    )

__all__ = [
    "LABEL",
    "SPREAD",
    "Band",
    "History",
    "Reader",
    "Schedule",
    "Simulation",
    "Start",
    "simulate",
    "yardstick_of",
]
