"""How long scoring takes, in multiples of what `orjson.loads` needs for the texts of prediction and gold.

Prints Markdown tables. One gold is scored with the eight rollouts of a group. A figure is the least over the
repeats, then the median over the documents. Baseline and scorer are timed in one process, document by
document, on objects made afresh for every repeat, with the garbage collector off.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import multiprocessing
import platform
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from random import Random
from statistics import median
from typing import Any, Final, NamedTuple

import orjson
from reports import LIST_KEY, Report, completion, perturb, report, row, typo, wrap
from rivals import RIVALS, MissingRival, Rival, Scorer

import medvie_reward

ROLLOUTS: Final = 8
PRESETS: Final = ("clinical", "strict", "paper")
DOCS: Final = {5: 40, 20: 30, 100: 15, 500: 6}
"""Documents per number of rows; more where the median is noisier."""
RIVAL_SIZES: Final = (5, 20, 100)
RIVAL_DOCS: Final = 3
PATIENCE: Final = 20.0
"""Seconds that a rival gets for a document."""
WORST_PATIENCE: Final = 60.0
"""Seconds that a worst case gets for its three calls."""
START_PATIENCE: Final = 120.0
"""Seconds that a child process gets for its imports."""
UNLIMITED: Final = 2**31


class Group(NamedTuple):
    """One document: the text of its gold, and of each rollout the answer and the whole completion."""

    gold: str
    answers: list[str]
    completions: list[str]


def dump(value: Any) -> str:
    """Write JSON as a model would."""
    return json.dumps(value, ensure_ascii=False)


def group(rng: Random, rows: int) -> Group:
    """Make a document of so many rows and its rollouts."""
    gold = report(rng, rows)
    preds = [perturb(rng, gold) for _ in range(ROLLOUTS)]
    return Group(dump(gold), [dump(pred) for pred in preds], [completion(pred) for pred in preds])


def fresh(text: str) -> str:
    """Copy a text, so that nothing cached on the object (hash, UTF-8) is used twice."""
    return text.encode().decode()


def clock(run: Callable[[], object]) -> float:
    """Give the seconds of processor time that one call takes on this thread."""
    begun = time.thread_time()
    run()
    return time.thread_time() - begun


# What is timed: each takes a group and gives a call to time, made of fresh objects, for all its rollouts.


def loading(doc: Group) -> Callable[[], object]:
    """Decode prediction and gold from bytes, the baseline."""
    texts = [text.encode() for answer in doc.answers for text in (answer, doc.gold)]
    return lambda: [orjson.loads(text) for text in texts]


def rewarding(doc: Group, preset: str) -> Callable[[], object]:
    """Reward the completions of a group against the text of the gold."""
    completions, gold = [fresh(text) for text in doc.completions], fresh(doc.gold)
    return lambda: medvie_reward.reward_group(completions, gold, preset)


def scoring(doc: Group, preset: str) -> Callable[[], object]:
    """Score values that were decoded before, field by field."""
    pairs = [(orjson.loads(answer), orjson.loads(doc.gold)) for answer in doc.answers]
    return lambda: [medvie_reward.score(pred, gold, preset) for pred, gold in pairs]


def aligning(doc: Group, preset: str) -> Callable[[], object]:
    """Align values that were decoded before, leaf by leaf."""
    pairs = [(orjson.loads(answer), orjson.loads(doc.gold)) for answer in doc.answers]
    return lambda: [medvie_reward.align(pred, gold, preset) for pred, gold in pairs]


CALLS: Final = (("reward_group", rewarding), ("score", scoring), ("align", aligning))


def measure_ours(sizes: Iterable[int], repeats: int, seed: int) -> list[list[str]]:
    """Time the calls of this package; one line per size and preset."""
    lines: list[list[str]] = []
    for rows in sizes:
        rng = Random(seed)
        docs = [group(rng, rows) for _ in range(DOCS.get(rows, 6))]
        for preset in PRESETS:
            best = [_best_times(doc, preset, repeats) for doc in docs]
            base = median(times[0] for times in best)
            line = [str(rows), preset, f"{base * 1e6:,.1f}"]
            for at in range(1, len(CALLS) + 1):
                line.append(f"{median(times[at] for times in best) * 1e6:,.1f}")
                line.append(f"{median(times[at] / times[0] for times in best):.2f}")
            lines.append(line)
    return lines


def _best_times(doc: Group, preset: str, repeats: int) -> list[float]:
    """Give seconds per rollout of the baseline and of each call."""
    calls: list[Callable[[], Callable[[], object]]] = [partial(loading, doc)]
    calls += [partial(make, doc, preset) for _, make in CALLS]
    return [least(make, repeats) / ROLLOUTS for make in calls]


def least(make: Callable[[], Callable[[], object]], repeats: int) -> float:
    """Give the least seconds of so many calls, each on objects of its own, with the collector off."""
    gc.collect()
    gc.disable()
    try:
        return min(clock(make()) for _ in range(repeats))
    finally:
        gc.enable()


# Rivals and worst cases run in a child process, which can be given up on.


class GaveUp(Exception):
    """A child process did not answer in time."""


def in_child(target: Callable[..., None], args: tuple[Any, ...], patience: float, answers: int) -> list[Any]:
    """Run a function that sends "ready" and then so many answers, waiting so many seconds for each.

    Raises
    ------
    GaveUp
        If an answer took longer.
    RuntimeError
        If the function broke off.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=target, args=(there, *args), daemon=True)
    child.start()
    there.close()
    received: list[Any] = []
    try:
        while len(received) < 1 + answers:
            if not here.poll(patience if received else START_PATIENCE):
                raise GaveUp
            received.append(here.recv())
    except EOFError:
        raise RuntimeError(f"{target.__name__}{args} broke off, see the traceback above") from None
    finally:
        child.terminate()
        child.join()
    return received[1:]


def time_rival(pipe: Connection, name: str, rows: int, seed: int) -> None:
    """Send the seconds that a rival and the baseline need, document by document."""
    with contextlib.redirect_stdout(sys.stderr):  # one of them prints warnings into the table
        scorer = next(rival for rival in RIVALS if rival.name == name).scorer()
        pipe.send("ready")
        rng = Random(seed)
        for _ in range(RIVAL_DOCS):
            pipe.send(_rival_times(scorer, group(rng, rows)))


def _rival_times(scorer: Scorer, doc: Group) -> tuple[float, float]:
    """Give the seconds of a rival for the first rollout, and of the baseline for a rollout."""

    def scoring_once() -> Callable[[], object]:
        return partial(scorer, orjson.loads(doc.answers[0]), orjson.loads(doc.gold))

    spent = least(scoring_once, 1)
    if spent < 1:
        spent = least(scoring_once, 3)
    return spent, least(partial(loading, doc), 9) / ROLLOUTS


def measure_rivals(rivals: Sequence[Rival], seed: int) -> list[list[str]]:
    """Time the rivals; one line each, with milliseconds and the multiple of the baseline per size."""
    lines: list[list[str]] = []
    for rival in rivals:
        line = [rival.title, rival.installed()]
        hopeless = False
        for rows in RIVAL_SIZES:
            try:
                if hopeless:
                    raise GaveUp
                times = in_child(time_rival, (rival.name, rows, seed), PATIENCE, RIVAL_DOCS)
            except GaveUp:
                hopeless = True  # and more so with more rows
                line += [f"> {PATIENCE:g} s", "-"]
            else:
                line.append(f"{median(spent for spent, _ in times) * 1e3:,.2f}")
                line.append(f"{median(spent / base for spent, base in times):,.0f}")
        lines.append(line)
    return lines


# The worst that a policy can write: each gives the text of the gold and a completion.


def _low_row(rng: Random) -> dict[str, str]:
    return {
        "Item Name": rng.choice(("钾", "钠", "氯", "钙", "ALT", "AST", "ALB", "TP")),
        "Result": str(rng.randrange(1, 20)),
        "Unit": rng.choice(("g/L", "U/L", "mmol/L")),
        "Reference Range": f"{rng.randrange(1, 9)}-{rng.randrange(9, 19)}",
        "Abnormal Mark": rng.choice(("", "↑", "↓")),
        "Result Status": rng.choice(("", "正常", "偏高", "偏低")),
    }


def _low_rows(rng: Random, gold: Report, in_pred: int) -> tuple[Any, Any]:
    gold = {**gold, LIST_KEY: [_low_row(rng) for _ in range(500)]}
    return gold, {**gold, LIST_KEY: [_low_row(rng) for _ in range(in_pred)]}


def _near_rows(rng: Random, gold: Report) -> tuple[Any, Any]:
    rows = []
    for _ in range(10):
        for gold_row in gold[LIST_KEY]:
            key = rng.choice([key for key, text in gold_row.items() if text])
            rows.append({**gold_row, key: typo(rng, gold_row[key])})
    return gold, {**gold, LIST_KEY: rows}


def _table(rng: Random, gold: Report, cell: Callable[[], Any]) -> tuple[Any, Any]:
    def table() -> list[list[Any]]:
        return [[cell() for _ in range(10)] for _ in range(500)]

    return {**gold, LIST_KEY: table()}, {**gold, LIST_KEY: table()}


WorstCase = Callable[[Random, Report], tuple[Any, Any]]
"""Gives gold and prediction; a prediction that is a text is the answer as it stands."""

WORST: Final[dict[str, WorstCase]] = {
    "5,000 invented rows against 500": lambda rng, g: (g, {**g, LIST_KEY: [row(rng) for _ in range(5000)]}),
    "5,000 rows, each a gold row with one typing error": _near_rows,
    "5,000 times the first gold row": lambda rng, g: (g, {**g, LIST_KEY: g[LIST_KEY][:1] * 5000}),
    "500 low-cardinality rows against 500": lambda rng, g: _low_rows(rng, g, 500),
    "3,900 low-cardinality rows against 500": lambda rng, g: _low_rows(rng, g, 3900),
    "5,000 low-cardinality rows against 500": lambda rng, g: _low_rows(rng, g, 5000),
    "list of lists 500 x 10 of digits": lambda rng, g: _table(rng, g, lambda: str(rng.randrange(10))),
    "list of lists 500 x 10 of rows": lambda rng, g: _table(rng, g, lambda: _low_row(rng)),
    "one string of 1 MB": lambda rng, g: (g, {**g, "Diagnosis": "ab 12" * 200_000}),
    "100,000 top-level keys": lambda rng, g: (g, {f"key {i}": "x" for i in range(100_000)}),
    "objects nested 10,000 deep": lambda rng, g: (g, '{"a":' * 10_000 + "1" + "}" * 10_000),
    "1 MB of opening brackets": lambda rng, g: (g, "[" * 1_000_000),
    "1 MB of bracket pairs": lambda rng, g: (g, "[" + "[]," * 333_000 + "[]]"),
    "1 MB of opening braces, each a new start": lambda rng, g: (g, '{"a" ' * 200_000),
    "1 MB of <answer> tags": lambda rng, g: (g, "<answer>" * 125_000),
    "1 MB of <think> tags": lambda rng, g: (g, "<think>" * 143_000),
    "1 MB of code fences": lambda rng, g: (g, "```json\n" * 125_000),
}
SMALL_GOLD: Final = frozenset(title for title in WORST if title.startswith(("1 MB", "objects", "one string")))
"""Cases whose cost does not come from the gold; their golds have 8 rows instead of 500."""


def worst_texts(title: str, seed: int) -> tuple[str, str]:
    """Make the text of the gold and the completion of a worst case."""
    rng = Random(seed)
    gold, pred = WORST[title](rng, report(rng, 8 if title in SMALL_GOLD else 500))
    return dump(gold), wrap(pred if isinstance(pred, str) else dump(pred))


def time_worst(pipe: Connection, title: str, seed: int, preset: str, limits: dict[str, int]) -> None:
    """Send the seconds by the wall clock that one reward takes, and what came of it.

    The least of three calls: the first one imports numpy and scipy where it needs them.
    """
    gold, text = worst_texts(title, seed)
    pipe.send("ready")
    gc.disable()
    spent = float("inf")
    for _ in range(3):
        completion_text, gold_text = fresh(text), fresh(gold)
        spec = medvie_reward.Spec.preset(preset).replace(**limits)
        begun = time.perf_counter()
        reward = medvie_reward.reward(completion_text, gold_text, spec)
        spent = min(spent, time.perf_counter() - begun)
        gc.collect()
    pipe.send((spent, reward.status + (", limited" if reward.limited else "")))


def measure_worst(seed: int) -> list[list[str]]:
    """Time the worst cases under each preset, with its limits and with the limit on size lifted."""
    lines: list[list[str]] = []
    for title in WORST:
        gold, text = worst_texts(title, seed)
        for preset in PRESETS:
            line = [title, f"{len(gold) / 1e6:.2f}", f"{len(text) / 1e6:.2f}", preset]
            for limits in ({}, {"max_chars": UNLIMITED}):
                line += _worst_cells(title, seed, preset, limits)
            lines.append(line)
    return lines


def _worst_cells(title: str, seed: int, preset: str, limits: dict[str, int]) -> list[str]:
    try:
        ((spent, status),) = in_child(time_worst, (title, seed, preset, limits), WORST_PATIENCE, 1)
    except GaveUp:
        return [f"> {WORST_PATIENCE:g} s", "gave up"]
    return [f"{spent * 1e3:,.1f}", status]


def markdown(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Write a table."""
    rule = "|" + "---|" * len(head)
    return "\n".join(
        ["| " + " | ".join(head) + " |", rule, *("| " + " | ".join(line) + " |" for line in lines)]
    )


def print_ours(sizes: Sequence[int], repeats: int, seed: int) -> None:
    """Time this package and print the table."""
    head = ["rows", "preset", "orjson.loads, both texts (µs)"]
    for name, _ in CALLS:
        head += [f"{name} (µs)", "ratio"]
    print(f"Per rollout; {ROLLOUTS} rollouts a gold, least of {repeats} repeats, median over documents.\n")
    print(markdown(head, measure_ours(sizes, repeats, seed)))


def print_rivals(rivals: Sequence[Rival], seed: int) -> None:
    """Time the rivals and print the table."""
    head = ["rival", "version"]
    for rows in RIVAL_SIZES:
        head += [f"{rows} rows (ms)", "ratio"]
    print(f"\nPer document, values decoded before; median over {RIVAL_DOCS} documents.\n")
    print(markdown(head, measure_rivals(rivals, seed)))


def print_worst(seed: int) -> None:
    """Time the worst cases and print the table."""
    head = ["completion", "gold (M chars)", "completion (M chars)", "preset", "ms", "status"]
    print(
        "One `reward` of a completion against the text of its gold, reading the gold included; least of 3.\n"
    )
    print(markdown([*head, "ms, size limit lifted", "status, size limit lifted"], measure_worst(seed)))


def choose(names: Sequence[str]) -> list[Rival]:
    """Find rivals by name and see that each can be imported.

    Raises
    ------
    MissingRival
        If one cannot.
    """
    chosen = [rival for rival in RIVALS if rival.name in names]
    for rival in chosen:
        rival.scorer()
    return chosen


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    names = [rival.name for rival in RIVALS]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rows", type=int, nargs="+", default=list(DOCS), help="sizes (default: %(default)s)"
    )
    parser.add_argument("--repeats", type=int, default=9, help="per document (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=2025, help="of the generator (default: %(default)s)")
    parser.add_argument(
        "--rivals",
        metavar="NAME,...",
        nargs="?",
        const=",".join(names),
        help=f"time rivals too: {', '.join(names)} (default: all of them; takes minutes)",
    )
    parser.add_argument("--worst", action="store_true", help="time only the worst that a policy can write")
    args = parser.parse_args(argv)
    args.rivals = args.rivals.split(",") if args.rivals else []
    unknown = sorted(set(args.rivals) - set(names))
    if unknown:
        parser.error(f"--rivals: no rival {unknown[0]!r}: expected some of {', '.join(names)}")
    if args.repeats < 1 or min(args.rows) < 1:
        parser.error("expected at least 1 repeat and 1 row")
    return args


def main() -> int:
    """Run it."""
    args = arguments()
    try:
        rivals = choose(args.rivals)
    except MissingRival as error:
        print(f"speed: {error}", file=sys.stderr)
        return 1
    python, machine = platform.python_version(), platform.machine()
    versions = f"medvie-reward {medvie_reward.__version__}, orjson {orjson.__version__}"
    print(f"{versions}, Python {python}, {machine}, seed {args.seed}.")
    if args.worst:
        print_worst(args.seed)
        return 0
    print_ours(args.rows, args.repeats, args.seed)
    if rivals:
        print_rivals(rivals, args.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
