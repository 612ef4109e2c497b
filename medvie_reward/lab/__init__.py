"""What a reward makes of a model, looked at before it is trained.

In: gold documents, and answers of the model or its stated accuracy. Out: for each spec what it pays for,
where it pushes, and what becomes of a simulated reader under it. Rewards are those of the real spec; only the
reader is simulated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.lab._break_even import BreakEven
    from medvie_reward.lab._closed_form import Stakes, best_prefix, prefix_rewards, stakes_of
    from medvie_reward.lab._edits import EDITS, Outcome
    from medvie_reward.lab._groups import Group, critical_fields
    from medvie_reward.lab._habits import Habits
    from medvie_reward.lab._look import Lab, SpecLook, look, simulated_groups
    from medvie_reward.lab._pages import SPREAD
    from medvie_reward.lab._policy import Start
    from medvie_reward.lab._push import Push
    from medvie_reward.lab._rollouts import read_rollouts
    from medvie_reward.lab._samples import open_rollouts
    from medvie_reward.lab._signal import Signal
    from medvie_reward.lab._simulation import LABEL, Band, Reader, Simulation, simulate
    from medvie_reward.lab._training import History, Schedule
    from medvie_reward.lab._trap import Point, Trap
    from medvie_reward.lab._verdict import VERDICTS, Reason, Verdict
    from medvie_reward.lab._yardstick import MEASURED, yardstick_of
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _break_even="BreakEven",
        _closed_form="Stakes best_prefix prefix_rewards stakes_of",
        _edits="EDITS Outcome",
        _groups="Group critical_fields",
        _habits="Habits",
        _look="Lab SpecLook look simulated_groups",
        _pages="SPREAD",
        _policy="Start",
        _push="Push",
        _rollouts="read_rollouts",
        _samples="open_rollouts",
        _signal="Signal",
        _simulation="LABEL Band Reader Simulation simulate",
        _training="History Schedule",
        _trap="Point Trap",
        _verdict="VERDICTS Reason Verdict",
        _yardstick="MEASURED yardstick_of",
    )

__all__ = [
    "EDITS",
    "LABEL",
    "MEASURED",
    "SPREAD",
    "VERDICTS",
    "Band",
    "BreakEven",
    "Group",
    "Habits",
    "History",
    "Lab",
    "Outcome",
    "Point",
    "Push",
    "Reader",
    "Reason",
    "Schedule",
    "Signal",
    "Simulation",
    "SpecLook",
    "Stakes",
    "Start",
    "Trap",
    "Verdict",
    "best_prefix",
    "critical_fields",
    "look",
    "open_rollouts",
    "prefix_rewards",
    "read_rollouts",
    "simulate",
    "simulated_groups",
    "stakes_of",
    "yardstick_of",
]
