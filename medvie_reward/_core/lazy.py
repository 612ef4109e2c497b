"""Names of a package that are imported when they are first used (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module


def lazy_names(package: str, **modules: str) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package whose names lie in private modules.

    A room can so name numpy-based functions beside plain ones, and importing it loads neither.

    Parameters
    ----------
    package
        The package's ``__name__``.
    **modules
        For each private module of the package, the public names in it, separated by spaces.

    Returns
    -------
    tuple of callable
        ``__getattr__``, which raises AttributeError for a name that is not listed, and ``__dir__``.
    """
    home = {name: module for module, names in modules.items() for name in names.split()}

    def __getattr__(name: str) -> object:
        module = home.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{module}"), name)
        setattr(sys.modules[package], name, value)  # found at once the next time
        return value

    def __dir__() -> list[str]:
        return sorted({*vars(sys.modules[package]), *home})

    return __getattr__, __dir__
