"""Module paths of version 0.1.0 that docs and READMEs named: they still import, with a DeprecationWarning.

Delete this module, and its line in ``medvie_reward/__init__.py``, in the release after next.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final, cast

MOVED: Final = {
    "bootstrap": "statistics",
    "comparison": "statistics",
    "completion": "completions",
    "coverage": "selection",
    "dataset": "training",
    "explain": "spec",
    "exports": "corpus",
    "features": "selection",
    "figures": "corpus",
    "form_reader": "training",
    "forms": "training",
    "paired": "statistics",
    "plan": "training",
    "prompts": "training",
    "report_html": "reports",
    "report_pages": "reports",
    "resampling": "statistics",
    "rules": "spec",
    "sampling": "training",
    "schema": "spec",
    "totals": "corpus",
    "tracking": "corpus",
    "uncertainty": "statistics",
    "vie_sets": "datasets",
}
"""For each old module the room that has its documented names now."""


class MovedFinder:
    """Find an old module, which is now a room's. Asked only after all other finders failed.

    It has no base classes: those of ``importlib.abc`` take a quarter of the time that the package is imported
    in.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of an old module, None for any other name."""
        package, _, name = fullname.partition(".")
        if package != "medvie_reward" or name not in MOVED:
            return None
        return ModuleSpec(fullname, cast("Any", self))

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Let Python make the module that `exec_module` replaces."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Put the room in the place of the old module."""
        old = module.__name__
        new = f"medvie_reward.{MOVED[old.partition('.')[2]]}"
        warnings.warn(f"{old} has moved: import from {new}", DeprecationWarning, stacklevel=2)
        sys.modules[old] = import_module(new)
