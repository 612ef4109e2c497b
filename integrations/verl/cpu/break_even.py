"""How sure a model has to be of a leaf for it to pay, under the rewards that one may train with.

    python integrations/verl/cpu/break_even.py

A report has ``--gold`` leaves, of which a model has written ``--written`` and read a share of them right. One more
leaf pays if it is right with a probability above the break-even: below it, a policy that earns the most leaves
the field out. The first table is for any leaf, the second for one of the critical leaves (``--critical`` of them
in the gold), the third says up to which accuracy of all other leaves one sure field earns more than the report.

Made by `metrics.matching_of` of mean counts; that the floor cuts single answers is left aside.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from medvie_reward import Spec
from medvie_reward.metrics import Counts, matching_of

_CLINICAL: Final = Spec.preset("clinical")
_MIX: Final = _CLINICAL.replace(matching="precision_recall", critical_cost=0.25)
REWARDS: Final[dict[str, Spec]] = {
    "½P + ½R": Spec.preset("strict"),
    "½P + ½R, critical cost 0.25": _MIX,
    "F1 (clinical)": _CLINICAL,
    "F1, critical cost 0.1": _CLINICAL.replace(critical_cost=0.1),
    "F1, critical cost 0.25": _CLINICAL.replace(critical_cost=0.25),
}
ACCURACIES: Final = (0.1, 0.3, 0.5, 0.7, 0.9)
_STEPS: Final = 50


@dataclass(frozen=True)
class Report:
    """A report and what a model has written of it.

    Attributes
    ----------
    gold
        Leaves of the gold.
    critical
        How many of them are critical.
    written
        How many leaves the model has written, none of them made up.
    """

    gold: int = 40
    critical: int = 8
    written: int = 20


def expected(spec: Spec, report: Report, right: float, written: int, wrong_critical: float = 0.0) -> float:
    """Give r_matching of an answer of so many leaves, of which ``right`` are right on average."""
    return matching_of(
        spec,
        Counts(
            correct=right, n_pred=written, n_gold=report.gold,
            critical=report.critical, wrong_critical=wrong_critical,  # type: ignore[arg-type]  # a mean
        ),
    )  # fmt: skip


def break_even(spec: Spec, report: Report, accuracy: float, critical: bool = False) -> float:
    """Give the probability of being right from which one more leaf pays.

    Parameters
    ----------
    spec
        The reward.
    report
        The report and what is written of it.
    accuracy
        The share of the written leaves that is right.
    critical
        Whether the further leaf is critical; no leaf written before is.
    """

    def gain(chance: float) -> float:
        right = accuracy * report.written
        wrong = 1 - chance if critical else 0.0
        with_it = expected(spec, report, right + chance, report.written + 1, wrong)
        return with_it - expected(spec, report, right, report.written)

    return bisected(gain)


def one_field_limit(spec: Spec, report: Report, sure: float = 1.0) -> float:
    """Give the accuracy of all other leaves from which the whole report earns more than one field alone.

    Parameters
    ----------
    spec
        The reward; its critical cost is left aside.
    report
        The report.
    sure
        The chance that the one field is right.
    """
    alone = expected(spec, report, sure, 1)
    return bisected(lambda q: expected(spec, report, sure + q * (report.gold - 1), report.gold) - alone)


def bisected(rising: Callable[[float], float]) -> float:
    """Give the point of [0, 1] where a rising function leaves 0; an end where it does so nowhere."""
    low, high = 0.0, 1.0
    if rising(low) >= 0:
        return low
    if rising(high) <= 0:
        return high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return high


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table as Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def tables(report: Report) -> str:
    """Write the three tables as Markdown."""
    head = ["reward", *(f"{accuracy:g}" for accuracy in ACCURACIES)]
    parts = []
    for title, critical in (("Any leaf", False), ("A critical leaf", True)):
        rows = [
            [name, *(f"{break_even(spec, report, accuracy, critical):.2f}" for accuracy in ACCURACIES)]
            for name, spec in REWARDS.items()
            if critical or not spec.critical_cost
        ]
        parts.append(
            f"{title}: break-even by the share of the {report.written} written leaves that is right\n"
        )
        parts.append(table(head, rows) + "\n")
    sizes = (8, 20, 40, 100)
    rows = [
        [name, *(f"{one_field_limit(spec, Report(n, 0)):.2f}" for n in sizes)]
        for name, spec in REWARDS.items()
        if not spec.critical_cost
    ]
    parts.append(
        "One sure field earns more than the whole report up to this accuracy of the rest, by leaves\n"
    )
    parts.append(table(["reward", *map(str, sizes)], rows))
    return "\n".join(parts)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = Report()
    for name, what in (
        ("gold", "leaves of the gold"),
        ("critical", "critical ones"),
        ("written", "leaves written"),
    ):
        parser.add_argument(
            f"--{name}", type=int, default=getattr(usual, name), help=f"{what} (default: %(default)s)"
        )
    options = parser.parse_args()
    if not 0 < options.critical <= options.gold or not 0 < options.written < options.gold:
        parser.error("expected 0 < critical <= gold and 0 < written < gold")
    print(tables(Report(options.gold, options.critical, options.written)))


if __name__ == "__main__":
    main()
