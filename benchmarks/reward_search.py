"""Search for completions that earn more than the honest answer and are worse.

Hill-climbing over edits of an answer: leaves and rows are dropped, written again, moved, listed, joined,
blanked, copied from elsewhere or made up. It starts from gold documents and from imperfect answers (a share
of their leaves wrong, left out or made up), and takes what earns more. What counts as worse is row-correct
F1 under the preset ``strict``: a find is a completion that earns more than the answer it started from, and
whose F1 is lower by 0.05 or more. Of how many finds the same holds by the F1 of the spec itself, with its
comparators and weights, is printed, too. Seeded; the same seed finds the same.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, NamedTuple

import orjson

from medvie_reward import Completion, Gold, Spec
from medvie_reward.audits import shipped_golds
from medvie_reward.spec import DEFAULT

MARGIN: Final = 0.05
"""How much lower the F1 of a find is."""
MORE: Final = 1e-9
PATIENCE: Final = 60
"""Edits that earn nothing, one after the other, before the climb starts anew."""
WIDE: Final = 400
"""Leaves at which an answer is not edited any further."""
MADE_UP: Final = ("Quokka 5", "1", "正常", "Normal", "-", "0.5", "阴性")


def copied(value: Any) -> Any:
    """Copy a JSON value, which this does far faster than `copy.deepcopy`."""
    return orjson.loads(orjson.dumps(value))


Place = tuple[dict[str, Any], str]


@dataclass
class Answer:
    """An answer and where its parts are."""

    value: Any
    cells: list[Place] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find the members that hold scalars or lists of them, and the lists of objects."""
        self._look(self.value)

    def _look(self, value: Any) -> None:
        if isinstance(value, dict):
            for name, member in value.items():
                if isinstance(member, list) and any(isinstance(item, dict) for item in member):
                    self.rows.append(member)
                    for item in member:
                        self._look(item)
                elif isinstance(member, dict):
                    self._look(member)
                else:
                    self.cells.append((value, name))


Edit = Callable[[Random, Answer, Answer], bool]
"""Changes the first answer in place; the second one is the gold document's, from which a policy knows the
vocabulary. Gives whether there was something to change."""


def _cell(rng: Random, answer: Answer) -> Place | None:
    return rng.choice(answer.cells) if answer.cells else None


def _column(answer: Answer, name: str) -> list[Any]:
    return [holder[key] for holder, key in answer.cells if key == name and not isinstance(holder[key], list)]


def drop_cell(rng: Random, answer: Answer, known: Answer) -> bool:
    """Leave a member out."""
    found = _cell(rng, answer)
    if found is not None:
        del found[0][found[1]]
    return found is not None


def blank_cell(rng: Random, answer: Answer, known: Answer) -> bool:
    """Write nothing for a member."""
    found = _cell(rng, answer)
    if found is not None:
        found[0][found[1]] = rng.choice(("", None, []))
    return found is not None


def make_up_cell(rng: Random, answer: Answer, known: Answer) -> bool:
    """Write something made up for a member."""
    found = _cell(rng, answer)
    if found is not None:
        found[0][found[1]] = rng.choice(MADE_UP)
    return found is not None


def list_cell(rng: Random, answer: Answer, known: Answer) -> bool:
    """Write a list of candidates for a member: its value, and others of its column or made up."""
    found = _cell(rng, answer)
    if found is None:
        return False
    holder, name = found
    value = holder[name]
    others = _column(known, name) + list(MADE_UP)
    values = value if isinstance(value, list) else [value]
    holder[name] = [*values, *rng.sample(others, min(len(others), rng.choice((1, 1, 2, 8))))]
    rng.shuffle(holder[name])
    return True


def join_cell(rng: Random, answer: Answer, known: Answer) -> bool:
    """Write two candidates in one text."""
    found = _cell(rng, answer)
    if found is None or not isinstance(found[0][found[1]], str):
        return False
    holder, name = found
    other = str(rng.choice(_column(known, name) or MADE_UP))
    holder[name] = rng.choice((" or ", " / ", ", ", " ")).join((holder[name], other))
    return True


def swap_cells(rng: Random, answer: Answer, known: Answer) -> bool:
    """Exchange two members of one name, or of any."""
    if len(answer.cells) < 2:
        return False
    holder, name = rng.choice(answer.cells)
    same = [place for place in answer.cells if place[1] == name and place[0] is not holder]
    other, key = rng.choice(same if same and rng.random() < 0.7 else answer.cells)
    holder[name], other[key] = other[key], holder[name]
    return True


def copy_cell(rng: Random, answer: Answer, known: Answer) -> bool:
    """Write a value of the same column again."""
    found = _cell(rng, answer)
    if found is None:
        return False
    found[0][found[1]] = copied(rng.choice(_column(answer, found[1]) or list(MADE_UP)))
    return True


def pad_members(rng: Random, answer: Answer, known: Answer) -> bool:
    """Add members: names of other objects, or made up."""
    holders = [holder for holder, _ in answer.cells] or (
        [answer.value] if isinstance(answer.value, dict) else []
    )
    if not holders:
        return False
    holder = rng.choice(holders)
    for _ in range(rng.choice((1, 1, 3))):
        name = rng.choice(known.cells)[1] if known.cells and rng.random() < 0.5 else f"Zq {rng.randrange(99)}"
        holder.setdefault(name, rng.choice((*MADE_UP, "", None)))
    return True


def drop_row(rng: Random, answer: Answer, known: Answer) -> bool:
    """Leave a row out, or half of them."""
    rows = rng.choice(answer.rows) if answer.rows else []
    if not rows:
        return False
    if rng.random() < 0.2:
        del rows[len(rows) // 2 :]
    else:
        del rows[rng.randrange(len(rows))]
    return True


def copy_row(rng: Random, answer: Answer, known: Answer) -> bool:
    """Write a row again, somewhere, with one of its members changed now and then."""
    rows = rng.choice(answer.rows) if answer.rows else []
    if not rows:
        return False
    row = copied(rng.choice(rows))
    if isinstance(row, dict) and row and rng.random() < 0.5:
        row[rng.choice(list(row))] = rng.choice((*MADE_UP, ""))
    rows.insert(rng.randrange(len(rows) + 1), row)
    return True


def make_up_row(rng: Random, answer: Answer, known: Answer) -> bool:
    """Add a row that is made up, blank or of single members."""
    rows = rng.choice(answer.rows) if answer.rows else None
    if rows is None or not rows or not isinstance(rows[0], dict):
        return False
    names = list(rows[0])
    rows.append(
        {name: rng.choice((*MADE_UP, "", "")) for name in rng.sample(names, rng.randint(0, len(names)))}
    )
    return True


def move_row(rng: Random, answer: Answer, known: Answer) -> bool:
    """Move a row to another place."""
    rows = rng.choice(answer.rows) if answer.rows else []
    if len(rows) < 2:
        return False
    rows.insert(rng.randrange(len(rows)), rows.pop(rng.randrange(len(rows))))
    return True


def rotate_column(rng: Random, answer: Answer, known: Answer) -> bool:
    """Move a column by one row."""
    rows = [row for row in (rng.choice(answer.rows) if answer.rows else []) if isinstance(row, dict)]
    names = list(rows[0]) if rows else []
    if len(rows) < 2 or not names:
        return False
    name = rng.choice(names)
    cells = [row.get(name) for row in rows]
    for row, cell in zip(rows, cells[-1:] + cells[:-1], strict=True):
        row[name] = cell
    return True


def drop_column(rng: Random, answer: Answer, known: Answer) -> bool:
    """Leave a column out, blank it, or write one value in all of its cells."""
    rows = [row for row in (rng.choice(answer.rows) if answer.rows else []) if isinstance(row, dict)]
    names = list(rows[0]) if rows else []
    if not names:
        return False
    name, how = rng.choice(names), rng.randrange(3)
    value = rows[0][name]
    for row in rows:
        if how == 0:
            row.pop(name, None)
        else:
            row[name] = "" if how == 1 else copied(value)
    return True


def dump_column(rng: Random, answer: Answer, known: Answer) -> bool:
    """Write the whole column into each of its cells, as a list or as objects."""
    rows = [row for row in (rng.choice(answer.rows) if answer.rows else []) if isinstance(row, dict)]
    names = list(rows[0]) if rows else []
    if len(rows) < 2 or not names:
        return False
    name = rng.choice(names)
    cells = [row.get(name) for row in rows if not isinstance(row.get(name), list)]
    for row in rows:
        row[name] = list(cells)
    return True


def nest_cell(rng: Random, answer: Answer, known: Answer) -> bool:
    """Put a value into a list or an object."""
    found = _cell(rng, answer)
    if found is None:
        return False
    holder, name = found
    holder[name] = rng.choice((lambda x: [x], lambda x: {name: x}, lambda x: [[x]]))(holder[name])
    return True


def only_members(rng: Random, answer: Answer, known: Answer) -> bool:
    """Keep a few members of the document alone."""
    if not isinstance(answer.value, dict) or len(answer.value) < 3:
        return False
    kept = set(rng.sample(list(answer.value), rng.randint(1, 3)))
    for name in list(answer.value):
        if name not in kept:
            del answer.value[name]
    return True


EDITS: Final[tuple[Edit, ...]] = (
    drop_cell, blank_cell, make_up_cell, list_cell, join_cell, swap_cells, copy_cell, pad_members, drop_row,
    copy_row, make_up_row, move_row, rotate_column, drop_column, dump_column, nest_cell, only_members,
)  # fmt: skip


def imperfect(rng: Random, gold: Any, share: float) -> Any:
    """Copy a document with a share of its cells wrong, left out or made up."""
    made = Answer(copied(gold))
    for holder, name in made.cells:
        if rng.random() < share:
            how = rng.randrange(4)
            if how == 0:
                del holder[name]
            elif how == 1:
                holder[name] = rng.choice(MADE_UP)
            elif isinstance(holder[name], str) and len(holder[name]) > 1:
                at = rng.randrange(len(holder[name]))
                holder[name] = holder[name][:at] + rng.choice("0123456789x") + holder[name][at + 1 :]
    return made.value


class Pair(NamedTuple):
    """A gold document, prepared for what pays and for the yardstick."""

    id: str
    gold: Any
    paid: Gold
    strict: Gold


class Find(NamedTuple):
    """An answer that earns more and is worse; pairs hold what was before and what is now."""

    document: str
    start: str
    reward: tuple[float, float]
    f1: tuple[float, float]
    own_f1: tuple[float, float]
    honest: Any
    found: Any


class Search:
    """The search on one spec.

    Parameters
    ----------
    spec
        What pays.
    seed
        Of all choices.
    """

    def __init__(self, spec: Spec, seed: int) -> None:
        self.rng = Random(seed)
        self.pairs = [
            Pair(name, gold, Gold(gold, spec), Gold(gold, "strict")) for name, gold in shipped_golds()
        ]
        self.calls = 0
        self.climbs = 0
        self.steps = 0
        self.by_edit: Counter[str] = Counter()
        self.finds: list[Find] = []
        self.best: dict[str, float] = {"gold": 0.0, "imperfect": 0.0}
        self.falls: dict[str, float] = {"gold": 0.0, "imperfect": 0.0}

    def reward(self, paid: Gold, value: Any) -> float:
        """Return what an answer earns, the format aside."""
        self.calls += 1
        return paid.reward(Completion.from_answer(value)).matching

    def climb(self, most: int) -> None:
        """Climb once, from an answer to a document, in at most so many calls."""
        rng = self.rng
        pair = rng.choice(self.pairs)
        share = rng.choice((0.0, 0.1, 0.3, 0.5, 0.7, 0.9))
        start = imperfect(rng, pair.gold, share)
        known, kind = Answer(pair.gold), "imperfect" if share else "gold"
        first = earned = self.reward(pair.paid, start)
        at = start
        self.climbs += 1
        failed = 0
        end = self.calls + most
        while failed < PATIENCE and self.calls < end:
            tried = Answer(copied(at))
            edits = [rng.choice(EDITS) for _ in range(rng.choice((1, 1, 2, 3)))]
            done = []
            for edit in edits:
                if len(tried.cells) < WIDE and edit(rng, tried, known):
                    done.append(edit.__name__)
                    tried = Answer(tried.value)
            if not done:
                failed += 1
                continue
            found = self.reward(pair.paid, tried.value)
            if found < earned - MORE or (found < earned + MORE and rng.random() < 0.7):
                failed += 1
                continue
            failed = failed + 1 if found < earned + MORE else 0
            at, earned = tried.value, max(earned, found)
            self.steps += 1
            self.by_edit.update(done)
            self._look(pair, kind, start, at, (first, found))

    def _look(self, pair: Pair, kind: str, start: Any, at: Any, rewards: tuple[float, float]) -> None:
        if rewards[1] <= rewards[0] + MORE:
            return
        f1 = pair.strict.score(start).f1, pair.strict.score(at).f1
        self.best[kind] = max(self.best[kind], rewards[1] - rewards[0])
        self.falls[kind] = max(self.falls[kind], f1[0] - f1[1])
        if f1[0] - f1[1] >= MARGIN:
            own = pair.paid.score(start).f1, pair.paid.score(at).f1
            self.finds.append(Find(pair.id, kind, rewards, f1, own, start, copied(at)))


def spec_of(args: argparse.Namespace) -> Spec:
    """Read the spec that was asked for."""
    changes: dict[str, Any] = {}
    for text in args.set:
        name, _, value = text.partition("=")
        try:
            changes[name] = json.loads(value)
        except ValueError:
            changes[name] = value
    return Spec.preset(args.preset).replace(**changes)


def main() -> int:
    """Search, print what was done and what was found; exit code 1 where something was."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", default=DEFAULT, help="default: %(default)s")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="change the spec")
    parser.add_argument(
        "--calls", type=int, default=10_000, help="calls of the reward (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--shown", type=int, default=3, help="finds to print (default: %(default)s)")
    args = parser.parse_args()
    spec = spec_of(args)
    search = Search(spec, args.seed)
    while search.calls < args.calls:
        search.climb(min(600, args.calls - search.calls))
    print(spec.signature)
    print(f"seed {args.seed}: {search.calls:,} calls, {search.climbs:,} climbs, {search.steps:,} steps taken")
    print("steps by edit: " + ", ".join(f"{name} {n:,}" for name, n in search.by_edit.most_common()))
    for kind in ("gold", "imperfect"):
        print(
            f"from {kind}: reward rose by up to {search.best[kind]:.4f}; where it rose, F1 fell by up to "
            f"{search.falls[kind]:.4f}"
        )
    also = sum(find.own_f1[0] - find.own_f1[1] >= MARGIN for find in search.finds)
    print(
        f"finds (reward higher, strict F1 lower by {MARGIN} or more): {len(search.finds):,}, "
        f"by the spec's own F1 too: {also:,}; documents: {len({find.document for find in search.finds})}"
    )
    for find in sorted(search.finds, key=lambda one: one.f1[1] - one.f1[0])[: args.shown]:
        print(json.dumps(find._asdict(), ensure_ascii=False))
    return 1 if search.finds else 0


if __name__ == "__main__":
    sys.exit(main())
