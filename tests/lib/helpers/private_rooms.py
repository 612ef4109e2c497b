"""A contract of import-linter: no room imports another room's private modules."""

from __future__ import annotations

import grimp
from importlinter import Contract, ContractCheck, output


class PrivateRooms(Contract):
    """Check that a module whose name begins with ``_`` is imported in its own room only."""

    type_name = "private"

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every import of ``package.room._module`` from outside ``package.room``."""
        broken = []
        for module in graph.modules:
            room, _, name = module.rpartition(".")
            if name.startswith("_") and room.count(".") == 1:
                broken += [
                    f"{importer} -> {module}"
                    for importer in graph.find_modules_that_directly_import(module)
                    if not f"{importer}.".startswith(f"{room}.")
                ]
        return ContractCheck(kept=not broken, metadata={"broken": sorted(broken)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the imports, one a line."""
        for line in check.metadata["broken"]:
            output.print_error(line)
