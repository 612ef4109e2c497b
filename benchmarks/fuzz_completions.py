"""Feed completions of every kind through verl's hook, `reward` and `score`, and check what must always hold.

    python benchmarks/fuzz_completions.py --completions 100000 --seed 1

Completions are the shipped rollouts and answers made from the shipped golds, broken by one to four random
changes: cut, spliced, glued together, wrapped in tags and fences, filled with marks, directions, surrogates,
huge numbers and deep nesting. One answer is also cut at every character. Checked for each: nothing is
raised, every number is finite and in its range, the counts add up, the same comes twice, the hook says what
`reward` says, `score` counts what `reward` counts, and a message says what its text says. For every eighth,
the kernel says what the textbook says. Every sixteenth has a gold document that is broken, too.

Prints how many ended with each status, and the slowest. At the first violation it prints the smallest form of
it that it can find, and exits with 1. The same seed makes the same completions, in whatever time.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from random import Random
from types import FunctionType
from typing import Any, Final, NamedTuple

from fuzz_kernel import Documents, leaf_texts
from tables import made_with

from medvie_reward import ABSENT, STATUSES, Gold, GoldError, Reward, Scores, score
from medvie_reward.alignment import ENGINE, Leaf
from medvie_reward.alignment import _compiled as compiled
from medvie_reward.completions import (
    _completion,
    _decoder,
    _forms,
    _hints,
    _json_search,
    _messages,
    is_conversation,
)
from medvie_reward.integrations.samples import KEYS, scorer_of
from medvie_reward.integrations.verl import reward_fn

EXAMPLES: Final = Path(__file__).resolve().parents[1] / "examples" / "lab_reports"
SETTINGS: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"spec": "strict"},
    {"spec": "paper"},
    {"spec": "donut"},
    {"spec": "smr-r1"},
    {"format": "json", "answer": "last"},
    {"format": "think_json", "prefilled": True},
    {"answer": "tagged", "format": "answer"},
    {"answer": "tool_call"},
    {"think_tags": ["<|channel|>analysis"], "format": "think_json"},
    {"spec": "strict", "lists": "bag", "hallucination_cost": 0.5},
    {"spec": "strict", "lists": "index", "matching": "precision_recall", "alpha": 0.3, "critical_cost": 0.5},
    {"narrative": "graded", "max_work": 2_000, "absent": ["N/A", "-"]},
    {"max_chars": 300, "max_chars_per_gold_char": 1, "max_depth": 6},
)
"""Settings of a run, as ``reward_kwargs`` of verl have them; no more than the hook keeps at once."""

# Rates are sums of exact weights divided once; costs are multiplied in floating point.
ROUNDING: Final = 1e-9
RATES: Final = ("format", "precision", "recall", "f1", "acc", "hallucination_rate", "omission_rate")
COUNTS: Final = (
    "correct", "wrong", "missing", "hallucinated", "n_pred", "n_gold", "filled_blank", "invented_field",
    "invented_item", "misplaced", "ungrounded", "critical", "wrong_critical", "answer_chars",
)  # fmt: skip
SHARED: Final = (*RATES[1:4], *RATES[5:], *COUNTS[:-1])
"""What both `reward` and `score` give."""


def _pieces(text: str) -> tuple[str, ...]:
    return tuple(text.split(" "))


PIECES: Final = (
    *_pieces('{ } [ ] , : " \\ \\" \\n \\u0000 \\ud800 \\udc00 \\ud83d\\ude00 \\u12 \\x {} [] "" null true'),
    *_pieces("<think> </think> <answer> </answer> <tool_call> </tool_call> </s> <|im_end|>"),
    *_pieces("<thinking> <ans wer> <ANSWER> [/INST]"),
    *_pieces("<|channel|> <|channel|>analysis<|message|> <|channel|>final<|message|> <|end|>"),
    *_pieces("``` ```json ~~~ ` `` // /* */ # ** $ \\boxed{ ( ) ' “ ” ： ， ｛ ｝"),
    *_pieces("NaN Infinity -Infinity 1e999 -1e999 1e308 -0 -0.0 0x1F 01 1. .5 1e-400 99999999999999999999"),
    *_pieces("\ud800 \udfff \udc80 \u0301 \u0323 \u0f73 \u3099 \u1161 ᄀ 각 \u202e \u2066"),
    *_pieces("\u2069 \u200b \ufeff \u00ad \ufe0f \U0001f468\u200d\U0001f469 ﬃ İ ß １ ² ½ ٣ 中"),
    *_pieces("$any $ref __proto__ __class__ role content choices Name Indicators Result 结果 姓名"),
    '{"$any": []}', '{"$any": ["1", "2"]}', '"a": 1,', '"a": 1, "a": 2', "\n", "\r\n", "\t", " ", "\u3000",
    *_pieces("\x00 \x1b \x7f \x85 \u2028"),
    '{"role": "assistant", "content": "{}"}', '{"name": "f", "arguments": ', "The result is ",
)  # fmt: skip
"""What is put into texts."""

LITERALS: Final = (
    "null", "true", "0", "-0.0", "1e308", "1e999", "NaN", "-Infinity", "9" * 25, "9" * 400, "0." + "0" * 400,
    '""', "[]", "{}", '"\\ud800"', '"\\u0000"', '{"$any": ["5.6", "5.60"]}', '{"$any": []}', '[["5.6"]]',
    '"' + "e\u0301\u0323" * 40 + '"', '"\u202e5.6\u2069"', '"5.6\u200b"', '"' + "9" * 300 + '"', "{'a': 1}",
)  # fmt: skip
"""What takes the place of a value."""

_VALUE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|null|true|false')
_MEMBER: Final = re.compile(r'"(?:[^"\\]|\\.)*": ?(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|null|true|false)')


class Case(NamedTuple):
    """A completion and what it is held against."""

    text: str
    gold: str
    settings: int


class Violation(Exception):
    """Something that must always hold does not."""


# -- completions ---------------------------------------------------------------------------------------


class Completions:
    """Makes cases; the same seed and number give the same case."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.golds = [_text(row["gold"]) for row in _lines("gold")]
        self.texts: list[str] = [text for row in _lines("rollouts") for text in row["completions"]]
        self.texts += [wrapped(_text(row["prediction"])) for row in _lines("ocr_rows")]
        self.cut = min(self.texts, key=len)
        self.changes: tuple[Callable[[str], str], ...] = (
            self.cut_short, self.cut_short, self.without, self.with_piece, self.with_piece, self.with_piece,
            self.repeated, self.spliced, self.with_literal, self.with_literal, self.with_members,
            self.wrapped, self.glued, self.nested, self.with_names, self.marked, self.swapped,
        )  # fmt: skip

    def case(self, number: int) -> Case:
        """Make the case of a number; the first are one answer, cut at every character."""
        if number <= len(self.cut):
            return Case(self.cut[:number], self.golds[0], 0)
        self.rng = rng = Random(f"{self.seed} {number}")
        gold = rng.choice(self.golds[:8])
        settings = 0 if rng.random() < 0.3 else rng.randrange(len(SETTINGS))
        kind = rng.random()
        if kind < 0.4:
            text = rng.choice(self.texts)
        elif kind < 0.7:
            documents = Documents(rng)
            value = json.loads(gold) if rng.random() < 0.5 else documents.gold()
            text = wrapped(_text(documents.changed(value, rng.choice((0.3, 1.0, 2.0)))))
            gold = _text(value)
        elif kind < 0.9:
            text = wrapped(gold)
        else:
            text = "".join(rng.choice(PIECES) for _ in range(rng.choice((1, 3, 10, 40))))
        for _ in range(rng.choice((0, 1, 1, 2, 3, 4))):
            text = rng.choice(self.changes)(text)
        if number % 16 == 0:
            gold = rng.choice(self.changes)(gold)
        return Case(text, gold, settings)

    def _place(self, text: str) -> int:
        return self.rng.randint(0, len(text))

    def _span(self, text: str) -> tuple[int, int]:
        start = self._place(text)
        return start, min(len(text), start + self.rng.choice((1, 1, 2, 5, 20, 200)))

    def cut_short(self, text: str) -> str:
        """Cut at a byte, where a character may be left in half."""
        data = text.encode(errors="surrogatepass")
        return data[: self.rng.randint(0, len(data))].decode(
            errors=self.rng.choice(("ignore", "replace", "surrogateescape"))
        )

    def without(self, text: str) -> str:
        """Leave out a span."""
        start, end = self._span(text)
        return text[:start] + text[end:]

    def with_piece(self, text: str) -> str:
        """Put a piece in."""
        at = self._place(text)
        return text[:at] + self.rng.choice(PIECES) + text[at:]

    def repeated(self, text: str) -> str:
        """Put a piece in again and again."""
        at, often = self._place(text), self.rng.choice((2, 3, 10, 130, 1_000))
        if self.rng.random() < 0.02:
            often = 30_000
        return text[:at] + self.rng.choice(PIECES) * often + text[at:]

    def spliced(self, text: str) -> str:
        """Write a span of the text, or of another, somewhere else."""
        other = text if self.rng.random() < 0.5 else self.rng.choice(self.texts)
        start, end = self._span(other)
        at = self._place(text)
        return text[:at] + other[start:end] + text[at:]

    def _found(self, pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
        start = self._place(text)
        return pattern.search(text, start, start + 2_000) or pattern.search(text, 0, 2_000)

    def with_literal(self, text: str) -> str:
        """Write another value."""
        found = self._found(_VALUE, text)
        return (
            text if found is None else text[: found.start()] + self.rng.choice(LITERALS) + text[found.end() :]
        )

    def with_members(self, text: str) -> str:
        """Write a member twice or more often."""
        found = self._found(_MEMBER, text)
        if found is None:
            return text
        return text[: found.end()] + f", {found[0]}" * self.rng.choice((1, 2, 50)) + text[found.end() :]

    def with_names(self, text: str) -> str:
        """Name a value as something that readers know."""
        found = self._found(_VALUE, text)
        if found is None:
            return text
        name = self.rng.choice(("$any", "role", "choices", "arguments", "Name", "Item Name", "", "__proto__"))
        return f'{text[: found.start()]}{{"{name}": [{found[0]}, "5.6"]}}{text[found.end() :]}'

    def wrapped(self, text: str) -> str:
        """Put the text, or the answer in it, in something else."""
        shape = self.rng.choice((
            "<think>{}</think>", "<answer>{}</answer>", "<think>a <think>{}", "<answer><answer>{}</answer>",
            "```json\n{}\n```", "```\n```json\n{}\n```\n```", "```python\nprint(1)\n```\n{}",
            "Here: {}. Done.",
            "<tool_call>{{\"name\": \"f\", \"arguments\": {}}}</tool_call>", "[{}]", '{{"a": {}}}', '"{}"',
            "<|channel|>analysis<|message|>?<|end|><|channel|>final<|message|>{}<|return|>", "\\boxed{{{}}}",
            "\ufeff{}", "{}</s>", "{}<|im_end|>\n<|im_start|>user\n", "</think>{}", "{}</think>", "{} {}",
        ))  # fmt: skip
        if self.rng.random() < 0.5:
            text = text.removeprefix("<think>?</think><answer>").removesuffix("</answer>")
        return shape.format(*(text,) * shape.count("{}"))

    def glued(self, text: str) -> str:
        """Write another completion behind or before it."""
        other = self.rng.choice(self.texts)
        return text + other if self.rng.random() < 0.5 else other + text

    def nested(self, text: str) -> str:
        """Nest a value."""
        found = self._found(_VALUE, text)
        if found is None:
            return text
        depth = self.rng.choice((3, 20, 126, 130, 2_000))
        opening, closing = self.rng.choice((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")))
        end = closing * (depth if self.rng.random() < 0.8 else depth - 1)
        return text[: found.start()] + opening * depth + found[0] + end + text[found.end() :]

    def marked(self, text: str) -> str:
        """Put a mark or a direction behind many characters."""
        start, end = self._span(text)
        mark = self.rng.choice(("\u0301", "\u202e", "\u200b", "\u0345", "\u3099", "\ud800", "\x00"))
        return text[:start] + "".join(x + mark for x in text[start:end]) + text[end:]

    def swapped(self, text: str) -> str:
        """Write one character as another everywhere."""
        one, other = self.rng.choice((
            ('"', "'"), ('"', "“"), (":", "："), (",", "，"), ("{", "｛"), ('"', '\\"'), (" ", "\u3000"),
            ("<", "＜"),
            ("\\", "\\\\"), (",", ",\n"), ("5", "５"), ("a", "а"), (",", ",,"), ("}", ",}"), ("]", ",]"),
        ))  # fmt: skip
        return text.replace(one, other)


def wrapped(answer: str) -> str:
    """Write an answer as a completion."""
    return f"<think>?</think><answer>{answer}</answer>"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(name: str) -> Iterator[dict[str, Any]]:
    for line in (EXAMPLES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


# -- what must hold ------------------------------------------------------------------------------------


def hook(case: Case, completion: Any = None) -> dict[str, Any]:
    """Call verl's hook as verl does; gives its numbers without the time."""
    text = case.text if completion is None else completion
    made: dict[str, Any] = reward_fn(
        data_source="fuzz", solution_str=text, ground_truth=case.gold, extra_info={"index": 1},
        **SETTINGS[case.settings],
    )  # fmt: skip
    made.pop("microseconds")
    return made


def same(one: Any, other: Any, what: str) -> None:
    """Say where two things that must be the same are not."""
    if one != other:
        if isinstance(one, dict) and isinstance(other, dict):
            keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
            one, other = ({key: x.get(key) for key in keys} for x in (one, other))
        raise Violation(f"{what}: {one} and {other}")


def check(case: Case, engines: bool = True) -> str:
    """Check one case; gives its status, or ``bad_gold``.

    Raises
    ------
    Violation
        If something does not hold.
    """
    try:
        return _check(case, engines)
    except Violation:
        raise
    except Exception as error:
        raise Violation(f"raised {type(error).__name__}: {error}") from error


def _check(case: Case, engines: bool) -> str:
    made = hook(case)
    same(tuple(made), KEYS[:-1], "keys")
    same(made, hook(case), "the hook, twice")
    spec = scorer_of(SETTINGS[case.settings]).spec
    try:
        gold = Gold(case.gold, spec)
    except GoldError:
        same(made, {**dict.fromkeys(made, 0), "status": -1, "bad_gold": 1}, "the hook on a gold that is none")
        return "bad_gold"
    found = gold.reward(case.text)
    same({**made, **found.as_dict()}, made, "reward and hook")
    same(gold.reward(case.text), found, "reward, twice")
    _check_numbers(made, gold)
    same(hook(case, [{"role": "assistant", "content": case.text}]), made, "a message and its text")
    read = gold.parse(case.text)
    same((read.status, read.parsed), (found.status, found.parsed), "parse and reward")
    if read.answer is not ABSENT:
        if type(read.answer) in (dict, list) and not is_conversation(read.answer):
            _check_scores(score(read.answer, gold.value, spec), made)
            _check_scores(gold.score(read.answer), made)
        if engines and ENGINE == "kernel" and spec.reading != "smr-r1":
            _check_engines(case, gold, found)
    return found.status


def _check_numbers(made: dict[str, Any], gold: Gold) -> None:
    """Check that numbers are finite, in their range, and add up."""
    spec, several = gold.spec, gold.spec.reading == "smr-r1"
    for name, value in made.items():
        if not math.isfinite(value):
            raise Violation(f"{name} is {value}")
        most = math.inf
        if name in RATES and not several:
            most = 1
        if name in STATUSES or name in ("at_floor", "parsed", "repaired", "limited"):
            most = 1
        if not 0 <= value <= most + ROUNDING:
            raise Violation(f"{name} is {value}, not in [0, {most}]")
    if made["failed"] or made["bad_spec"] or made["bad_gold"]:
        raise Violation("the hook could not score it")
    if several:
        return
    if not min(0.0, spec.floor) <= made["matching"] <= 1 + ROUNDING:
        raise Violation(f"matching is {made['matching']}")
    same(made["score"], spec.format_weight * made["format"] + made["matching"], "the score and its parts")
    same(made["n_pred"], made["correct"] + made["wrong"] + made["hallucinated"], "n_pred and its parts")
    same(made["n_gold"], made["correct"] + made["wrong"] + made["missing"], "n_gold and its parts")
    kinds = made["filled_blank"] + made["invented_field"] + made["invented_item"]
    same(made["hallucinated"], kinds, "hallucinated and its kinds")
    if made["wrong_critical"] > made["critical"]:
        raise Violation("more critical leaves wrong than there are")


def _check_scores(scores: Scores, made: dict[str, Any]) -> None:
    """Check that `score` counts what the reward counts."""
    said = scores.to_dict()
    same({name: said[name] for name in SHARED}, {name: made[name] for name in SHARED}, "score and hook")
    same(scores.limited, made["limited"], "limited of score and hook")


@contextmanager
def textbook() -> Iterator[None]:
    """Do without the kernel."""
    kernel = vars(compiled)["kernel"]
    vars(compiled)["kernel"] = None
    try:
        yield
    finally:
        vars(compiled)["kernel"] = kernel


def _check_engines(case: Case, gold: Gold, found: Reward) -> None:
    """Check that the kernel and the textbook give the same numbers and the same leaves."""
    with textbook():
        plain = Gold(case.gold, gold.spec)
    same(plain.reward(case.text), found, "textbook and kernel")
    read = gold.parse(case.text)
    leaves: tuple[list[Leaf], ...] = tuple(list(x.align(read).leaves) for x in (plain, gold))
    same(leaf_texts(leaves[0]), leaf_texts(leaves[1]), "leaves of textbook and kernel")


# -- the smallest violation ----------------------------------------------------------------------------


def violation(case: Case) -> str:
    """Return what does not hold; empty where all does."""
    try:
        check(case)
    except Violation as found:
        return str(found)
    return ""


def shrunk(case: Case, seconds: float = 30.0) -> Case:
    """Return a violation that is none with any piece of its texts left out, or what the time allows."""
    end = time.monotonic() + seconds
    if case.settings and violation(case._replace(settings=0)):
        case = case._replace(settings=0)
    for part in ("text", "gold"):
        size = len(getattr(case, part))
        while size >= 1:
            at, less = 0, False
            while at < len(getattr(case, part)) and time.monotonic() < end:
                whole = getattr(case, part)
                smaller = case._replace(**{part: whole[:at] + whole[at + size :]})
                if violation(smaller):
                    case, less = smaller, True
                else:
                    at += size
            if not less or size > 1:
                size //= 2
    return case


def report(case: Case, said: str) -> None:
    """Print a violation and its smallest form."""
    small = shrunk(case)
    print(f"violation: {said[:2_000]}")
    print(f"smallest:  {(violation(small) or said)[:2_000]}")
    print(f"settings   {json.dumps(SETTINGS[small.settings])}")
    print(f"completion {json.dumps(small.text)[:5_000]}")
    print(f"gold       {json.dumps(small.gold)[:5_000]}")


# -- runs ----------------------------------------------------------------------------------------------


class Run:
    """What was checked so far."""

    def __init__(self, seed: int) -> None:
        self.completions = Completions(seed)
        self.statuses: Counter[str] = Counter()
        self.engines = 0
        self.slowest: list[tuple[float, int, int, str, int]] = []
        self.started = time.monotonic()

    def check(self, case: Case, number: int) -> bool:
        """Check a case and keep count; prints a violation."""
        engines = number % 8 == 0 or case.text == ""
        start = time.process_time()
        try:
            hook(case)
            taken = time.process_time() - start
            status = check(case, engines)
        except Violation as found:
            report(case, str(found))
            return False
        self.statuses[status] += 1
        self.engines += engines
        self.slowest = sorted([*self.slowest, (taken, len(case.text), case.settings, status, number)])[-3:]
        return True

    def tell(self) -> None:
        """Print what was checked."""
        n = sum(self.statuses.values())
        print(
            f"{n:,} completions through verl's hook in {time.monotonic() - self.started:,.0f} s, no violation"
        )
        print(", ".join(f"{name} {count:,}" for name, count in self.statuses.most_common()))
        print(f"held against the textbook, too: every eighth of them ({self.engines:,}; engine {ENGINE})")
        for taken, length, settings, status, number in reversed(self.slowest):
            print(
                f"slowest: {1000 * taken:.1f} ms, {length:,} characters, {status}, "
                f"number {number:,}, {json.dumps(SETTINGS[settings])}"
            )


def drive(run: Run, most: int, seconds: float) -> int:
    """Check cases in their order."""
    end = time.monotonic() + seconds
    for number in range(most):
        if time.monotonic() > end:
            break
        if not run.check(run.completions.case(number), number):
            return 1
    run.tell()
    return 0


def drive_by_coverage(run: Run, most: int, seconds: float, seed: int) -> int:
    """Let atheris look for texts that reach new code of this package, from the first cases on."""
    try:
        atheris: Any = import_module("atheris")
    except ImportError:
        print("--coverage asks for atheris: pip install atheris", file=sys.stderr)
        return 2
    rooms = (_completion, _decoder, _forms, _hints, _json_search, _messages)
    for module in rooms:
        for function in vars(module).values():
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                atheris.instrument_func(function)  # in place, so that every room has it
    end, number = time.monotonic() + seconds, 0

    def one(data: bytes) -> None:
        nonlocal number
        settings, gold = (data[0] % len(SETTINGS), data[1] % 8) if len(data) > 1 else (0, 0)
        text = data[2:].decode(errors="surrogateescape")
        failed = not run.check(Case(text, run.completions.golds[gold], settings), number)
        number += 1
        if failed or number >= most or time.monotonic() > end:
            if not failed:
                run.tell()
            sys.stdout.flush()
            os._exit(failed)  # atheris takes any other way out for a crash

    with tempfile.TemporaryDirectory() as folder:
        for n in range(len(run.completions.cut), len(run.completions.cut) + 500):
            case = run.completions.case(n)
            data = bytes((case.settings, n % 8)) + case.text.encode(errors="surrogatepass")
            Path(folder, str(n)).write_bytes(data[:4_000])
        atheris.Setup([sys.argv[0], f"-seed={seed}", "-max_len=4000", "-timeout=60", folder], one)
        atheris.Fuzz()
    return 0


def main() -> int:
    """Check until enough were checked or the time is over."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--completions", type=int, default=10_000, help="stop after so many")
    parser.add_argument("--seconds", type=float, default=math.inf, help="stop after so long")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--coverage", action="store_true", help="let atheris choose the texts by what they reach"
    )
    options = parser.parse_args()
    logging.getLogger("medvie_reward").setLevel(logging.CRITICAL + 1)
    print(made_with(options.seed))
    run = Run(options.seed)
    if options.coverage:
        return drive_by_coverage(run, options.completions, options.seconds, options.seed)
    return drive(run, options.completions, options.seconds)


if __name__ == "__main__":
    sys.exit(main())
