"""Print what a lab found as tables."""

from __future__ import annotations

from typing import IO

from rich.console import Console

from medvie_reward.lab import LABEL, Band, Simulation
from medvie_reward.reports._tables import make_table, open_console, print_table, print_title


def print_simulation(simulation: Simulation, file: IO[str]) -> None:
    """Print what became of a simulated reader under each spec."""
    with open_console(file) as console:
        print_bands(console, simulation)


def print_bands(console: Console, simulation: Simulation) -> None:
    """Print what became of a simulated reader under each spec."""
    n = len(simulation.seeds)
    print_title(console, f"Simulated training, {n} seed{'s' * (n != 1)}: {LABEL}")
    columns = ["F1", "less than the first", "leaves / gold", "hallucinated / gold", "critical wrong"]
    table = make_table("", "spec", columns)
    first = simulation.ranking[0]
    start = {
        name: simulation.bands(first, name)[0] for name in ("f1", "length", "hallucinated", "wrong_critical")
    }
    table.add_row(
        "(start)",
        _band(start["f1"]),
        "",
        *(_band(start[name]) for name in ("length", "hallucinated", "wrong_critical")),
    )
    for spec in simulation.ranking:
        behind = simulation.behind(spec)
        said = (
            ""
            if spec == first
            else f"{_band(behind)}{'' if simulation.told_apart(spec) else ' not told apart'}"
        )
        rest = (_band(simulation.final(spec, name)) for name in ("length", "hallucinated", "wrong_critical"))
        table.add_row(spec, _band(simulation.final(spec, "f1")), said, *rest)
    print_table(console, table)


def _band(band: Band) -> str:
    return f"{band.mean:.3f} [{band.low:.3f}, {band.high:.3f}]"
