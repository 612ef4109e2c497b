"""Attack a reward function, to see whether it pays for anything but right answers.

In: a reward of any kind and gold documents. Out: one verdict for each of some hundred attacks and invariants,
by rules that are printed with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from medvie_reward._core.lazy import lazy_names

if TYPE_CHECKING:
    from medvie_reward.audits._audit import ATTACKS, FAMILIES, audit, shipped_golds
    from medvie_reward.audits._case import FORMS
    from medvie_reward.audits._result import Audit, Verdict
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        _audit="ATTACKS FAMILIES audit shipped_golds",
        _case="FORMS",
        _result="Audit Verdict",
    )

__all__ = ["ATTACKS", "FAMILIES", "FORMS", "Audit", "Verdict", "audit", "shipped_golds"]
