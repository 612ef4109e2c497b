"""Check that the compiled kernel and the textbook agree, to the last count and pair, on random documents.

    python benchmarks/fuzz_kernel.py --seconds 60 --seed 1

Prints what was compared. At the first difference it prints the smallest form of it that it can find, and
exits with 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from medvie_reward.alignment import Leaf, Prepared, prepare
from medvie_reward.alignment import _compiled as kernel
from medvie_reward.alignment._alignment import leaves_by_textbook, read_prediction, tally_by_textbook
from medvie_reward.alignment._outcomes import COLUMNS
from medvie_reward.spec import Rule, Spec

VALUES: list[Any] = [
    "", "a", "b", "c", None, " a ", "1", 1, 1.0, "5.6", "5.60", True, "a b", "a  b", "é", "e\u0301", "true",
    1e3, "1000", -0.0, "\n", "x\ty", '"q"', 10**20, 1.5, "阴性", "阳 性", "↑", " ", "\u3000", "10.6", "3-5",
    "<3", "2024-01-05", "2024/1/5", "$5", "5", "€5", "N/A", "x" * 9, "x" * 17, "\U0001f600", "\x00", 0, False,
    "no sign of disease", "no signs of disease", "signs of a disease", 2**53, 2**63, -(2**70), 1e300,
]  # fmt: skip
NAMES = ("p", "q", "r", "s", "t", "Result", "Item Name", "")


def presets() -> list[Spec]:
    """Return specs of every kind that the kernel serves."""
    critical = Rule("**.q", critical=True)
    heavy = Rule("**.r", weight=2.5)
    light = Rule("**.s", weight=0.0)
    several = Rule("**.t", comparator="set")
    rules = (critical, heavy, light, several)
    strict, clinical = Spec.preset("strict"), Spec.preset("clinical")
    costs: dict[str, Any] = {"filled_blank_cost": 0.3, "invented_field_cost": 0.5, "invented_item_cost": 0.2}
    return [
        strict,
        clinical,
        strict.replace(rules=rules),
        clinical.replace(rules=(*clinical.rules, *rules)),
        clinical.replace(rules=(*rules, *clinical.rules), matching="f1"),
        strict.replace(rules=rules, **costs),
        strict.replace(rules=rules, critical_cost=0.7, matching="fbeta", beta=2.0, **costs),
        strict.replace(filled_blank_cost=2.0, invented_field_cost=0.001, critical_cost=0.5, rules=rules),
        strict.replace(max_work=200, rules=rules),
        clinical.replace(max_work=1000),
        strict.replace(max_work=0),
        strict.replace(max_work=60, **costs),
        strict.replace(lists="index", rules=rules),
        strict.replace(lists="key:q", rules=rules, **costs),
        strict.replace(lists="key:p", max_work=500, critical_cost=0.4),
        clinical.replace(lists="key:Result"),
        strict.replace(
            rules=(Rule("**.L", lists="key:p"), Rule("**.r", lists="index"), *rules), filled_blank_cost=0.2
        ),
        strict.replace(narrative="graded", rules=(Rule("**.p", comparator="narrative"), *rules)),
        clinical.replace(narrative="graded", rules=(Rule("**", comparator="narrative"),), lists="key:q"),
        strict.replace(
            narrative="graded", rules=(Rule("L", comparator="narrative"), critical), max_work=300, **costs
        ),
        strict.replace(absent=("N/A", "b"), rules=rules),
        Spec.preset("paper"),
        strict.replace(lists="bag", rules=rules, critical_cost=0.3, **costs),
        strict.replace(lists="bag", narrative="graded", rules=(Rule("**.p", comparator="narrative"), *rules)),
    ]


# -- documents -----------------------------------------------------------------------------------------


class Documents:
    """Makes pairs of documents from few values, so that ties and equals are frequent."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.values = VALUES[: rng.choice((3, 4, 6, 10, len(VALUES)))]

    def scalar(self) -> Any:
        """Draw a scalar."""
        return self.rng.choice(self.values)

    def gold_scalar(self) -> Any:
        """Draw a scalar of a gold document, which may accept several values."""
        if self.rng.random() > 0.03:
            return self.scalar()
        return {"$any": [self.scalar() for _ in range(self.rng.randint(0, 3))]}

    def value(self, depth: int) -> Any:
        """Make a value of any shape."""
        rng = self.rng
        x = rng.random()
        if depth <= 0 or x < 0.45:
            return self.gold_scalar()
        if x < 0.7:
            return {name: self.value(depth - 1) for name in NAMES if rng.random() < 0.4}
        if x < 0.8:
            return [self.scalar() for _ in range(rng.randint(0, 4))]
        return [self.value(depth - 1) for _ in range(rng.randint(0, 4))]

    def rows(self, n: int, depth: int, names: tuple[str, ...]) -> list[Any]:
        """Make items of one shape, that hold lists of the same shape."""

        def item(depth: int) -> dict[str, Any]:
            made = {name: self.gold_scalar() for name in names if self.rng.random() < 0.9}
            if depth > 0 and self.rng.random() < 0.8:
                made["L"] = [item(depth - 1) for _ in range(self.rng.randint(0, 4))]
            return made

        return [item(depth) for _ in range(n)]

    def gold(self) -> Any:
        """Make a gold document."""
        rng, kind = self.rng, self.rng.random()
        if kind < 0.35:
            return {name: self.value(3) for name in NAMES if rng.random() < 0.6}
        if kind < 0.4:
            return [self.value(2) for _ in range(rng.randint(0, 5))]
        names = NAMES[: rng.randint(1, 7)]
        if kind < 0.7:
            return {"t": self.scalar(), "L": self.rows(rng.randint(1, 7), rng.choice((0, 0, 1, 2)), names)}
        if kind < 0.8:
            return {
                "L": [[self.scalar() for _ in range(rng.randint(0, 4))] for _ in range(rng.randint(1, 6))]
            }
        return {
            "L": self.rows(rng.randint(5, 24), rng.choice((0, 0, 0, 1)), names),
            "r": [self.scalar() for _ in "abcd"],
        }

    def changed(self, value: Any, rate: float) -> Any:
        """Make a prediction from a gold document."""
        rng = self.rng
        if rng.random() < rate * 0.1:
            return self.value(2)
        if isinstance(value, dict) and list(value) == ["$any"] and rng.random() < 0.9:
            return rng.choice([*value["$any"], self.scalar()])
        if isinstance(value, dict):
            made = {name: self.changed(x, rate) for name, x in value.items() if rng.random() > rate * 0.15}
            if rng.random() < rate * 0.2:
                made[rng.choice((*NAMES, "z"))] = self.value(1)
            if rng.random() < 0.3:
                made = dict(rng.sample(list(made.items()), len(made)))
            return made
        if isinstance(value, list):
            items = [self.changed(x, rate) for x in value if rng.random() > rate * 0.15]
            if rng.random() < rate * 0.2:
                items.append(self.value(1))
            if items and rng.random() < 0.2:
                items.append(rng.choice(items))
            if rng.random() < 0.5:
                rng.shuffle(items)
            if len(items) == 1 and rng.random() < rate * 0.2:
                return items[0]
            return items
        if rng.random() < rate * 0.05:
            return [self.scalar() for _ in range(rng.randint(0, 3))]
        return self.scalar() if rng.random() < rate * 0.4 else value


# -- comparison ----------------------------------------------------------------------------------------


def counts_of(row: Any) -> tuple[Any, ...]:
    """Return the counts of a row of the textbook as the kernel has them."""
    return tuple(getattr(row, column) for column in COLUMNS)


def difference(pred: Any, gold: Any, spec: Spec) -> tuple[Any, Any] | None:
    """Return what both say where they differ; raises `LookupError` where the kernel is silent."""
    prepared = prepare(gold, spec)
    pred, _ = read_prediction(pred, prepared)
    handle = prepared.compiled
    if handle is None:
        raise LookupError("gold")
    for by_field in (False, True):
        found = (
            kernel.count_by_field(handle, pred, spec.counts_blanks)
            if by_field
            else kernel.count(handle, pred)
        )
        if found is None:
            raise LookupError("prediction")
        said = textbook_counts(pred, prepared, by_field)
        if said != found or list(said[0]) != list(found[0]):
            return said, found
    leaves = kernel.leaves(handle, pred, Leaf)
    textbook, limited = leaves_by_textbook(pred, prepared)
    if leaves is None or leaf_texts(leaves[0]) != leaf_texts(textbook) or leaves[1] != limited:
        return (leaf_texts(textbook), limited), leaves and (leaf_texts(leaves[0]), leaves[1])
    return None


def leaf_texts(leaves: list[Leaf]) -> list[str]:
    """Write leaves so that 1, 1.0 and True differ."""
    return list(map(repr, leaves))


def textbook_counts(pred: Any, prepared: Prepared, by_field: bool) -> tuple[Any, bool]:
    """Count as the textbook does."""
    counter, limited = tally_by_textbook(pred, prepared, None, by_field)
    if not by_field:
        return counts_of(counter.total), limited
    return {name: counts_of(row) for name, row in counter.rows.items()}, limited


# -- the smallest difference ---------------------------------------------------------------------------


def smaller(value: Any) -> Iterator[Any]:
    """Yield values with one thing less."""
    if isinstance(value, dict):
        for name, x in value.items():
            yield {other: y for other, y in value.items() if other != name}
            for less in smaller(x):
                yield {**value, name: less}
    elif isinstance(value, list):
        for n, x in enumerate(value):
            yield value[:n] + value[n + 1 :]
            for less in smaller(x):
                yield [*value[:n], less, *value[n + 1 :]]
    elif value not in ("", "a", "b"):
        yield from ("", "a", "b")


def shrunk(pred: Any, gold: Any, differs: Callable[[Any, Any], bool]) -> tuple[Any, Any]:
    """Return a difference that is none with anything less on either side."""
    while True:
        tries = [(p, gold) for p in smaller(pred)] + [(pred, g) for g in smaller(gold)]
        found = next((pair for pair in tries if type(pair[1]) in (dict, list) and differs(*pair)), None)
        if found is None:
            return pred, gold
        pred, gold = found


def main() -> int:
    """Compare until the time is over."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--documents", type=int, default=10**9, help="stop after so many pairs")
    args = parser.parse_args()
    specs, seen = presets(), Counter[str]()
    end = time.monotonic() + args.seconds
    n = 0
    while n < args.documents and time.monotonic() < end:
        rng = Random(f"{args.seed} {n}")
        documents = Documents(rng)
        number = rng.randrange(len(specs))
        spec, gold = specs[number], documents.gold()
        for _ in range(4):
            n += 1
            pred = documents.changed(gold, rng.choice((0.3, 1.0, 2.0)))
            try:
                found = difference(pred, gold, spec)
            except LookupError as silent:
                seen[f"left to the textbook: {silent.args[0]}"] += 1
                continue
            seen["compared"] += 1
            if found is not None:
                report(pred, gold, spec, number)
                return 1
    print(", ".join(f"{what} {count:,}" for what, count in sorted(seen.items())))
    return 0


def report(pred: Any, gold: Any, spec: Spec, number: int) -> None:
    """Print the smallest form of a difference."""

    def differs(pred: Any, gold: Any) -> bool:
        try:
            return difference(pred, gold, spec) is not None
        except Exception:  # noqa: BLE001  # what cannot be scored is no smaller difference
            return False

    pred, gold = shrunk(pred, gold, differs)
    said, found = difference(pred, gold, spec) or ("?", "?")
    print(f"they differ under the spec {number}: {spec.signature}")
    print("gold      ", json.dumps(gold, ensure_ascii=False))
    print("prediction", json.dumps(pred, ensure_ascii=False))
    print("textbook  ", said)
    print("kernel    ", found)


if __name__ == "__main__":
    sys.exit(main())
