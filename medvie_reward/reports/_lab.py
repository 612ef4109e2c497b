"""Print what a lab found as tables."""

from __future__ import annotations

from typing import IO, Final

from rich.console import Console

from medvie_reward._core.names import counted
from medvie_reward._core.tables import Table
from medvie_reward.lab import LABEL, Band, Lab, Push, Simulation, SpecLook
from medvie_reward.reports._tables import (
    make_table,
    open_console,
    print_lines,
    print_table,
    print_title,
    signed_interval,
)

SHOWN: Final = ("length", "hallucinated", "wrong_critical")


def print_lab(lab: Lab, file: IO[str], details: bool = False) -> None:
    """Print a verdict on each spec and what it is made of.

    Parameters
    ----------
    lab
        What was found.
    file
        Where to.
    details
        Whether every edit and the whole trap curve are printed, too.
    """
    with open_console(file) as console:
        whose = "rollouts" if lab.source == "rollouts" else "rollouts of a simulated reader"
        head = f"{counted(lab.documents, 'document')}, {lab.completions:,} {whose}, F1 {lab.f1.value:.3f} "
        print_title(console, head + f"[{lab.f1.low:.3f}, {lab.f1.high:.3f}]")
        for look in lab.looks:
            console.print(f"\n{look.verdict.text(look.name)}", soft_wrap=True)
        print_title(console, "Where the first update pushes: drift, with its standard error")
        print_table(console, _pushes(lab))
        if any(look.break_evens for look in lab.looks):
            print_title(console, "Critical fields: read right, and from which accuracy on they pay")
            print_table(console, _break_evens(lab))
        print_title(console, "Signal in groups")
        print_table(console, _signals(lab))
        for look in lab.looks if details else ():
            _print_details(console, look)
        if lab.simulation is not None:
            _print_simulation(console, lab.simulation)
        print_lines(console, [""], f"F1: {lab.yardstick.signature}")


def _pushes(lab: Lab) -> Table:
    names = {"f1": "F1", "length": "leaves / gold", "hallucinated": "hallucinated / gold",
             "wrong_critical": "critical wrong"}  # fmt: skip
    table = make_table("", "spec", list(names.values()))
    for look in lab.looks:
        drifts = {push.name: push for push in look.pushes}
        table.add_row(look.name, *(_push(drifts[name]) for name in names))
    return table


def _push(push: Push) -> str:
    if push.groups < 2:
        return "too few rollouts"
    return f"{push.drift:+.3f} ± {push.error:.3f}{'' if push.clear else ' too few rollouts'}"


def _break_evens(lab: Lab) -> Table:
    fields = list(dict.fromkeys(one.field for look in lab.looks for one in look.break_evens))
    table = make_table("", "field", ["answered", "read right", *(look.name for look in lab.looks)])
    for name in fields:
        found = [one for look in lab.looks for one in look.break_evens if one.field == name]
        right = found[0].accuracy
        table.add_row(
            name, f"{found[0].answered:,}", "–" if right is None else f"{right:.0%}",
            *(f"above {one.pays_above:.0%}" if one.pays_above <= 1 else "never" for one in found),
        )  # fmt: skip
    return table


def _signals(lab: Lab) -> Table:
    columns = [
        "reward", "r_matching", "sd in a group", "groups all equal", "well formed", "variance of form",
        "hallucination free",
    ]  # fmt: skip
    table = make_table("", "spec", columns)
    for look in lab.looks:
        signal = look.signal
        shares = (signal.even, signal.formed, signal.format_share, look.floor)
        numbers = (look.reward, look.matching, signal.spread)
        table.add_row(look.name, *(f"{x:.3f}" for x in numbers), *(f"{x:.0%}" for x in shares))
    return table


def _print_details(console: Console, look: SpecLook) -> None:
    print_title(console, f"{look.name}: answers changed by rule, r_matching and F1 against unchanged ones")
    table = make_table("", "edit", ["r_matching", "F1", ""])
    for edit in look.edits:
        mark = "pays" if edit.pays else "costs nothing" if edit.free else ""
        table.add_row(edit.edit, signed_interval(edit.reward), signed_interval(edit.f1), mark)
    print_table(console, table)
    print_title(console, f"{look.name}: answers cut to the fields that are read most surely")
    table = make_table("", "fields kept", ["leaves kept", "r_matching", "F1", ""])
    for n, point in enumerate(look.trap.points):
        mark = "highest" if n == look.trap.best else ""
        table.add_row(
            f"{point.fields:.1f}", f"{point.length:.0%}", f"{point.reward:.3f}", f"{point.f1:.3f}", mark
        )
    print_table(console, table)


def _print_simulation(console: Console, simulation: Simulation) -> None:
    n = len(simulation.seeds)
    print_title(console, f"Simulated training, {n} seed{'s' * (n != 1)}: {LABEL}")
    columns = ["F1", "less than the first", "leaves / gold", "hallucinated / gold", "critical wrong"]
    table = make_table("", "spec", columns)
    first = simulation.ranking[0]
    start = {name: simulation.bands(first, name)[0] for name in ("f1", *SHOWN)}
    table.add_row("(start)", band_text(start["f1"]), "", *(band_text(start[name]) for name in SHOWN))
    for spec in simulation.ranking:
        said = band_text(simulation.behind(spec)) if spec != first else ""
        if spec != first and not simulation.told_apart(spec):
            said += " not told apart"
        ends = (band_text(simulation.final(spec, name)) for name in SHOWN)
        table.add_row(spec, band_text(simulation.final(spec, "f1")), said, *ends)
    print_table(console, table)


def band_text(band: Band) -> str:
    """Write a band: its mean, lowest and highest."""
    return f"{band.mean:.3f} [{band.low:.3f}, {band.high:.3f}]"
