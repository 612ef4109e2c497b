"""How many examples a property gets: few while writing, all before a change lands, many at night."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

SCALES = {"dev": 0.1, "ci": 1.0, "nightly": 10.0}
FEWEST = 5
PROFILE = os.environ.get("MEDVIE_TEST_PROFILE") or "dev"


def scaled(n: int, profile: str = PROFILE) -> int:
    """Scale a number of examples to a profile.

    Parameters
    ----------
    n
        Examples in the profile `ci`.
    profile
        Name of a profile; by default the active one.

    Returns
    -------
    int
        Examples in that profile: never fewer than 5, or than `n` where that is less.
    """
    return max(min(n, FEWEST), round(n * SCALES[profile]))


def load_profile() -> None:
    """Load the profile that the environment names in `MEDVIE_TEST_PROFILE`; without one, `dev`.

    Raises
    ------
    ValueError
        If there is no such profile.
    """
    if PROFILE not in SCALES:
        raise ValueError(f"MEDVIE_TEST_PROFILE: expected some of {', '.join(SCALES)}, got {PROFILE!r}")
    for name in SCALES:
        # A loaded machine is no reason for a property to fail: no deadline. `ci` draws the same each time.
        settings.register_profile(
            name,
            settings.get_profile("default"),
            max_examples=scaled(100, name),
            deadline=None,
            derandomize=name == "ci",
            **({"database": None} if name == "ci" else {}),
        )
    settings.load_profile(PROFILE)


def examples(n: int, **others: Any) -> settings:
    """Give a property a number of examples, scaled by the active profile.

    Parameters
    ----------
    n
        Examples in the profile `ci`; `dev` takes a tenth, but at least 5, and `nightly` ten times as many.
    **others
        Further settings of hypothesis, such as `suppress_health_check`.

    Returns
    -------
    settings
        A decorator.
    """
    return settings(max_examples=scaled(n), **others)
