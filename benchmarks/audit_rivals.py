"""What other scorers pay for: the attacks of ``medvie audit`` on our presets and on published ones.

Each scorer is used as a reward: a completion is JSON, and earns the score of what it says. Only attacks on
values are run; those on tags and texts would attack this script. Prints a Markdown table: the share of the
range that the attack earns, 0 for an answer without a right value and 1 for the gold document; bold where the
rule of the attack is broken.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from rivals import RIVALS, MissingRival, Scorer
from tables import markdown

import medvie_reward
from medvie_reward import Spec
from medvie_reward.audits import Audit, Verdict, audit, shipped_golds

FAMILIES: Final = (
    "identity", "order", "monotone", "values", "blanks", "rows", "short", "copies", "keys", "columns",
    "candidates", "look-alikes", "invisible", "numbers",
)  # fmt: skip
DOCUMENTS: Final = ("zh-box-01", "zh-ct-01", "en-box-01", "en-xray-01", "zh-ecg-01", "en-ecg-01")
"""Reports of few rows, since some scorers take seconds for many."""
OURS: Final[dict[str, Spec]] = {
    "clinical": Spec.preset("clinical"),
    "strict": Spec.preset("strict"),
    "paper": Spec.preset("paper"),
}
SLOW: Final = ("donut-nted",)


def rewarding(score: Scorer) -> Callable[[str, Any], float]:
    """Make a reward of a scorer: what is no JSON earns nothing."""

    def reward(completion: str, gold: Any) -> float:
        try:
            answer = json.loads(completion)
        except (ValueError, RecursionError):
            return 0.0
        return score(answer, gold)

    return reward


def run(name: str, reward: Callable[[str, Any], float] | Spec, documents: int) -> Audit:
    """Audit one scorer, and say how long it took."""
    golds = dict(shipped_golds())
    ids = DOCUMENTS[:documents]
    start = time.monotonic()
    if isinstance(reward, Spec):
        made = audit(reward.replace(format="json"), [golds[one] for one in ids], ids=ids, only=FAMILIES)
    else:
        families = (*FAMILIES, "raises", "no-number")
        made = audit(
            reward, [golds[one] for one in ids], ids=ids, form="json", gold_as="object", only=families
        )
    print(f"{name}: {made.counts}, {time.monotonic() - start:.0f} s", file=sys.stderr)
    return made


def cell(verdict: Verdict) -> str:
    """Write what an attack earns."""
    if verdict.verdict == "not applicable":
        return "raises" if "faults" in verdict.reason else "–"
    text = verdict.attacked if verdict.share is None else f"{verdict.share:.2f}"
    return f"**{text}**" if verdict.verdict == "FAIL" else text


def table(audits: dict[str, Audit]) -> str:
    """Write the attacks, a column a scorer, and the counts at the end."""
    first = next(iter(audits.values()))
    found = {name: {one.attack: one for one in made.verdicts} for name, made in audits.items()}
    lines = []
    for one in first.verdicts:
        rule = one.rule.removeprefix("attacked ").replace("the range", "range")
        lines.append([one.attack, one.family, rule, *(cell(found[name][one.attack]) for name in audits)])
    named = {verdict.attack for verdict in first.verdicts}
    failed = [str(sum(one.attack in named for one in made.failures)) for made in audits.values()]
    lines.append(["broken rules", "", "", *failed])
    return markdown(["attack", "family", "rule: attacked", *audits], lines)


def faults(audits: dict[str, Audit]) -> list[str]:
    """Say which scorers raised or gave no number."""
    return [
        f"- {name}: {verdict.attacked} calls, {verdict.reason}"
        for name, made in audits.items()
        for verdict in made.failures
        if verdict.family == "faults"
    ]


def main() -> int:
    """Run it."""
    names = ["ours", *(rival.name for rival in RIVALS)]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", metavar="NAME,...", help=f"some of {', '.join(names)} (default: all but {', '.join(SLOW)})"
    )
    parser.add_argument(
        "--documents", type=int, default=len(DOCUMENTS), help="reports (default: %(default)s)"
    )
    args = parser.parse_args()
    wanted = args.only.split(",") if args.only else [name for name in names if name not in SLOW]
    if unknown := sorted(set(wanted) - set(names)):
        parser.error(f"--only: no scorer {unknown[0]!r}: expected some of {', '.join(names)}")
    audits: dict[str, Audit] = {}
    versions: list[str] = []
    if "ours" in wanted:
        audits.update({f"ours: {name}": run(name, spec, args.documents) for name, spec in OURS.items()})
    for rival in RIVALS:
        if rival.name in wanted:
            try:
                audits[rival.title] = run(rival.title, rewarding(rival.scorer()), args.documents)
            except MissingRival as error:
                print(f"audit_rivals: {error}", file=sys.stderr)
                return 1
            versions.append(rival.installed())
    print(f"{args.documents} reports; medvie-reward {medvie_reward.__version__}, ", end="")
    print(f"{', '.join(dict.fromkeys(versions))}.\n" if versions else "no other scorer.\n")
    print(table(audits))
    if said := faults(audits):
        print("\nRaised, or gave no number:\n")
        print("\n".join(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
