"""The rewards that `compare.sh` trains with: from one warm start, runs differ in these settings alone.

    python arms.py old            prints the Hydra overrides of one arm, one a line
    python arms.py --names        prints the names

Every setting that differs between two arms is written out, so that a change of the presets changes none of them.
protocol.md says what each is for.
"""

from __future__ import annotations

import argparse
from typing import Any, Final

_COSTS: Final = {"filled_blank_cost": 0.25, "invented_field_cost": 0.25, "invented_item_cost": 0.25}
_MIX: Final = {
    **_COSTS, "matching": "precision_recall", "alpha": 0.5, "critical_cost": 0.25, "format_needs_answer": False,
}  # fmt: skip
_F1: Final = {**_COSTS, "matching": "f1", "critical_cost": 0.0, "format_needs_answer": True}

ARMS: Final[dict[str, dict[str, Any]]] = {
    "mix": _MIX,
    "f1": _F1,
    "f1_critical": {**_F1, "critical_cost": 0.1},
    "precision": {**_MIX, "alpha": 1.0},
    "recall": {**_MIX, "alpha": 0.0},
    "f1_bag": {**_F1, "lists": "bag"},
}
"""Spec fields by arm, on top of the preset ``clinical``.

``mix`` is what ``clinical`` was before it became ``f1``; ``precision`` and ``recall`` are ``mix`` with alpha 1 and 0.
"""


def overrides(arm: str) -> list[str]:
    """Write an arm as Hydra overrides of verl's configuration.

    Raises
    ------
    KeyError
        If there is no such arm.
    """
    key = "++reward.custom_reward_function.reward_kwargs"
    return [f"{key}.{name}={_word(value)}" for name, value in ARMS[arm].items()]


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def main() -> None:
    """Print overrides or names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("arm", nargs="?", choices=tuple(ARMS), help="whose overrides to print")
    parser.add_argument("--names", action="store_true", help="print the names of all arms instead")
    options = parser.parse_args()
    if options.names == (options.arm is not None):
        parser.error("expected an arm, or --names")
    print("\n".join(ARMS if options.names else overrides(options.arm)))


if __name__ == "__main__":
    main()
