"""How the time of everything that reads texts grows: adversarial texts at n and at four times n characters.

Texts of many seeded shapes (one piece again and again, two in turn, one behind the other, mixes; marks,
Hangul, directions, digits, brackets, dates, units, tags, fences, broken JSON) go through every comparator,
every way to read a completion and every place a text can stand in. Prints a Markdown table of the slowest
text of each path at the default limit on answers, and of what grows faster than the text. Exit code 1 where
something does, or where a text at that limit takes longer than 250 ms of processor time.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any, Final, NamedTuple

from tables import made_with, markdown

import medvie_reward
from medvie_reward.comparators import COMPARATORS, form_of
from medvie_reward.completions import gold_value, parse_completion
from medvie_reward.errors import MedvieError
from medvie_reward.integrations.openrlhf import cut_prompt
from medvie_reward.integrations.samples import Scorer

LIMIT: Final = medvie_reward.Spec().max_chars
WHOLE: Final = 8 * LIMIT
"""The limit for answers whose text may be longer than what is looked at: escapes, names, brackets."""
PATIENCE: Final = 0.25
"""Seconds of processor time that a text at the limit may take."""
FASTEST: Final = 1.3
"""Power of the length that the time may grow with; the rest is the clock's."""
_LEAST: Final = 0.004
"""Seconds below which nothing is said of growth."""


def _pieces(text: str) -> tuple[str, ...]:
    return tuple(text.split(" "))


VALUES: Final = (
    *_pieces("\u0301 \u0327 \u0334 \u0345 \u0344 \u3099 \uff9e \u0f73 \u0f71 \u0f72 \u2adc \U0001d160"),
    *_pieces("\u093c a é e\u0301 İ ß ŉ ǰ ΐ ﬃ Å 中 が か ᄀ ᅡ ᆨ 가 각 क\u093c \u0e33 \U0001f468\u200d"),
    *_pieces("\u202e \u2066 \u200b \ufe0f \u00ad \x00 \x01 \x1c \x85 \u061c"),
    *_pieces("0 1 9 ٣ １ ² ₂ ⁺ ½ 1, 1,000 ,000 1.000 '000 . .. … - -- — ~ 至 / × x ^ 10^ e1 10⁹ < ≤ 小于"),
    *_pieces("( ) （ [ ] 【 { } \" “ ' ` \\ 年 月 日 2024 2024-01-01 jan am ： : h rh 阳性 阴性 + ± ↑ H"),
    *_pieces("mg mmol/ g· m² $ € EUR kg 个 ① 1. 1、 一、 • * # ； ; ， , | 。 ㎎ ㎡ ℃ Ⅷ"),
    *(f"{word} " for word in _pieces("mon type per log and between to than normal 1 mg")),
    " ", "  ", "\u3000", "\xa0", "\t", "\n", "\r\n", "1 000 ",
)  # fmt: skip
"""Pieces of what may stand in a value."""

MARKUP: Final = (
    *_pieces("<think> </think> <answer> </answer> <tool_call> </tool_call> <|channel|> <|end|> </s> [END]"),
    *_pieces('``` ```json ` { } [ ] [[ [{ ]} }] {" "} {"a": {"a":1} {"a":1}, [1] [" "] " \\" \\ \\\\ {}'),
    *_pieces("[] [{}] \\[ \\] \\[{ }\\] \\boxed{ \\text{ }} [CDATA[ [CDATA[{ }]] ]]> {' ': {a: a a: : , //"),
    *_pieces("... … $ ** - 1 1e9 tru NaN \ufeff \ud83d u0041 {...} [TOOL_CALLS] [TOOL_CALLS]a [ARGS]"),
    *_pieces('<function=a> {}{} {"name":"a"} {"name":"a","arguments":{}} "tool_calls" to=functions.'),
    " ", "\n", "\n\n", "\t", "```json\n", "```\n", '{"a": ...}',
)  # fmt: skip
"""Pieces of what may stand in a completion."""

FILLERS: Final = ("a", "1", "\n", "\\", "\u0301", "中", "a ", "[],")
"""Pieces that nothing ends at: what a piece opens is looked through to its end."""


class Shape(NamedTuple):
    """A kind of text: what it is made of, and what makes one of so many characters."""

    name: str
    make: Callable[[int], str]


def shapes(pieces: tuple[str, ...], rng: Random, count: int) -> Iterator[Shape]:
    """Give shapes: every piece alone, and so many of each other kind."""
    for piece in pieces:
        before, behind, filler = rng.choice(pieces), rng.choice(pieces), rng.choice(FILLERS)
        yield Shape(f"{piece!r} x n", partial(_turns, "", (piece,), ""))
        yield Shape(f"{piece!r}, {filler!r} x n, {behind!r}", partial(_turns, piece, (filler,), behind))
        yield Shape(f"{piece!r}, ' ' x n, {before!r}", partial(_turns, piece, (" ",), before))
        yield Shape(f"{before!r}, {piece!r} x n, {behind!r}", partial(_turns, before, (piece,), behind))
    for _ in range(count):
        before, one, two, behind = (rng.choice(pieces) for _ in range(4))
        yield Shape(f"({one!r} {two!r}) x n", partial(_turns, "", (one, two), ""))
        yield Shape(
            f"{before!r}, {one!r} x n, {two!r} x n, {behind!r}", partial(_halves, before, one, two, behind)
        )
        several = [rng.choice(pieces) for _ in range(rng.randrange(3, 9))]
        yield Shape(f"any of {several!r}", partial(_mix, several, rng.randrange(10**9)))


def _turns(before: str, pieces: tuple[str, ...], behind: str, n: int) -> str:
    turn = "".join(pieces)
    return before + turn * (n // len(turn)) + behind


def _halves(before: str, one: str, two: str, behind: str, n: int) -> str:
    return before + one * (n // 2 // len(one)) + two * (n // 2 // len(two)) + behind


def _mix(pieces: list[str], seed: int, n: int) -> str:
    rng, made, length = Random(seed), [], 0
    while length < n:
        made.append(rng.choice(pieces))
        length += len(made[-1])
    return "".join(made)


# -- what reads texts ------------------------------------------------------------------------------------

Read = Callable[[str], object]

OPTIONS: Final[dict[str, list[dict[str, Any]]]] = {
    "number": [{}, {"digits": "kept"}, {"decimals": 2, "decimal_sign": ","}],
    "money": [{}, {"currency": "ignored", "decimal_sign": ","}],
    "quantity": [{}],
    "enum": [{"synonyms": {"male": ["m"]}}],
    "date": [{}, {"order": "dmy", "midnight": True}],
    "datetime": [{}, {"order": "ymd"}],
    "date_range": [{}],
    "set": [{}, {"delimiters": "/; "}],
}
STEPS: Final[tuple[Any, ...]] = (
    "casefold", "fold_width", "digits_only", "strip_brackets",
    {"strip_prefix": ["Dr."]}, {"strip_suffix": ["%"]},
    {"regex": {"pattern": r"\s*(\d+) *", "replace": r"\1"}}, {"synonyms": {"male": ["m"]}},
)  # fmt: skip
GOLD: Final[dict[str, Any]] = {
    "Name": "Li Wei",
    "Diagnosis": "高血压3级；糖尿病2型",
    "Report Date": "2024-03-05",
    "Indicators": [
        {"Item Name": name, "Result": result, "Unit": "mmol/L", "Reference Range": "3.5-5.5"}
        for name, result in (("K", "3.4"), ("Na", "141"), ("Cl", "101.5"))
    ],
}
NARRATIVE: Final = medvie_reward.Spec().replace(rules=(medvie_reward.Rule("Diagnosis", "narrative"),))
_ROWS: Final = 40


def value_paths() -> dict[str, Read]:
    """List what a value's text goes through, each a function of it."""
    paths: dict[str, Read] = {}
    for name in COMPARATORS:
        for options in OPTIONS.get(name, [{}]):
            shown = ", ".join(f"{key}={value!r}" for key, value in options.items())
            paths[f"comparator {name}{f' ({shown})' if shown else ''}"] = form_of(name, options)
    for step in STEPS:
        rule = medvie_reward.Rule("Name", "text", normalize=[step])
        spec = medvie_reward.Spec().replace(rules=(rule,))
        paths[f"step {step if isinstance(step, str) else next(iter(step))}"] = partial(_score, "Name", spec)
    for preset in ("clinical", "strict", "paper", "donut", "smr-r1"):
        paths[f"reward, {preset}, one value"] = partial(_reward, "Diagnosis", preset)
    for key in GOLD:
        paths[f"score, {key}"] = partial(_score, key, "clinical")
    paths |= {
        "score, a narrative": partial(_score, "Diagnosis", NARRATIVE),
        "align": lambda text: medvie_reward.align({**GOLD, "Diagnosis": text}, GOLD),
        "reward, rows of parts of it": _rows,
        "reward, a name of a member": _names,
        "score, a name, loosely": lambda text: medvie_reward.score({text: "1"}, GOLD, keys="loose"),
        "score, a name, in any case": lambda text: medvie_reward.score({text: "1"}, GOLD, keys="case"),
        "the page's text": lambda text: medvie_reward.align(GOLD, GOLD, source_text=text),
        "a value on a page": lambda text: medvie_reward.align(
            {**GOLD, "Name": text}, GOLD, source_text=f"Li Wei {text} 3.4 mmol/L"
        ),
        "the gold": lambda text: medvie_reward.score(GOLD, {**GOLD, "Name": text}),
        "ANLS*": lambda text: medvie_reward.anls_star({**GOLD, "Name": text}, GOLD),
        "nTED": lambda text: medvie_reward.ted_accuracy({**GOLD, "Name": text}, GOLD),
        "a trainer's sample": lambda text: _SCORER.measure(_answer({**GOLD, "Name": text}), _GOLD_TEXT, {}),
    }  # fmt: skip
    return paths


def completion_paths() -> dict[str, Read]:
    """List what a completion's text goes through, each a function of it."""
    paths: dict[str, Read] = {}
    for form in ("think", "answer", "json", "think_json"):
        for answer in ("lenient", "tagged", "last", "tool_call"):
            options: dict[str, Any] = {"format": form, "answer": answer}
            paths[f"completion, {form}, {answer}"] = partial(parse_completion, **options)
            paths[f"answer part, {form}, {answer}"] = partial(_part, options)
    for name, more in (
        ("prefilled", {"prefilled": True}),
        ("other think tags", {"think_tags": ("<reasoning>", "[THINK]")}),
        ("channels", {"think_tags": ("<|channel|>analysis",), "format": "think_json"}),
        ("repair", {"repair": True}),
    ):
        paths[f"completion, {name}"] = partial(parse_completion, **more)
    paths |= {
        "behind a call's JSON": lambda text: parse_completion('{"a": 1} ' + text, answer="tool_call"),
        "in a JSON string": lambda text: parse_completion(_answer({"Name": text})),
        "a gold's text": lambda text: gold_value("{" + text, medvie_reward.Spec()),
        "a run's form": lambda text: _SCORER.measure(text, _GOLD_TEXT, {}),
        "OpenRLHF's query": lambda text: cut_prompt(text, text[1:] + "assistant"),
    }  # fmt: skip
    return paths


def _answer(value: Any) -> str:
    return f"<think>rows</think><answer>{json.dumps(value, ensure_ascii=False)}</answer>"


def _part(options: dict[str, Any], text: str) -> object:
    tag = "tool_call" if options["answer"] == "tool_call" else "answer"
    return parse_completion(f"<think>rows</think><{tag}>{text}</{tag}>", **options)


def _reward(key: str, preset: str, text: str) -> object:
    return medvie_reward.reward(_answer({**GOLD, key: text}), GOLD, preset, max_chars=WHOLE)


def _score(key: str, spec: Any, text: str) -> object:
    return medvie_reward.score({**GOLD, key: text}, GOLD, spec)


def _cut(text: str) -> list[str]:
    size = max(1, len(text) // (4 * _ROWS))
    return [text[at : at + size] for at in range(0, len(text), size)]


def _rows(text: str) -> object:
    names = tuple(GOLD["Indicators"][0])
    parts = _cut(text)
    rows = [dict(zip(names, parts[n : n + 4], strict=False)) for n in range(0, len(parts), 4)]
    return medvie_reward.reward(_answer({**GOLD, "Indicators": rows}), GOLD, max_chars=WHOLE)


def _names(text: str) -> object:
    named = {part: part for part in _cut(text)}
    return medvie_reward.reward(_answer({**GOLD, **named}), GOLD, max_chars=WHOLE)


_SCORER: Final = Scorer()
_GOLD_TEXT: Final = json.dumps(GOLD, ensure_ascii=False)


# -- the clock -------------------------------------------------------------------------------------------


class Slow(NamedTuple):
    """One text on one path: seconds at n and at 4 n characters, and its shape."""

    path: str
    shape: Shape
    short: float
    long: float

    @property
    def power(self) -> float:
        """The power of the length that the time grows with."""
        return math.log(max(self.long, 1e-6) / max(self.short, 1e-5)) / math.log(4)


def seconds(read: Read, make: Callable[[int], str], n: int, repeats: int = 1) -> float:
    """Give the least seconds of processor time of some calls, each on a text that was not met before."""
    best = math.inf
    for more in range(repeats):
        text = make(n + 16 * more)
        begun = time.thread_time()
        # What raises a named error has read the text, too.
        with suppress(MedvieError):
            read(text)
        best = min(best, time.thread_time() - begun)
    return best


def measure(path: str, read: Read, kinds: list[Shape], n: int) -> list[Slow]:
    """Time one path on all shapes; what seems to grow too fast is timed again on longer texts.

    So what has a bound on its work is no fault, however fast it comes to that.
    """
    seconds(read, partial(_turns, "a", ("b",), ""), 1)  # what is made when first needed
    found = []
    for shape in kinds:
        slow = Slow(path, shape, seconds(read, shape.make, n), seconds(read, shape.make, 4 * n))
        for longer in (n, 4 * n, 8 * n):
            if slow.long < _LEAST or slow.power < FASTEST:
                break
            short = seconds(read, shape.make, longer, 3)
            slow = Slow(path, shape, short, seconds(read, shape.make, 4 * longer, 2))
        found.append(slow)
    return found


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=2025, help="of the shapes (default: %(default)s)")
    parser.add_argument("--shapes", type=int, default=4, help="of each drawn kind (default: %(default)s)")
    parser.add_argument(
        "-n", type=int, default=1_024, help="characters of the shorter text (default: %(default)s)"
    )
    parser.add_argument("--only", default="", help="paths whose names hold this")
    parser.add_argument("--top", type=int, default=20, help="lines of the table (default: %(default)s)")
    args = parser.parse_args()
    rng = Random(args.seed)
    values, markup = (list(shapes(pieces, rng, args.shapes)) for pieces in (VALUES, (*MARKUP, *VALUES[:8])))
    paths = [(name, read, values) for name, read in value_paths().items()]
    paths += [(name, read, markup) for name, read in completion_paths().items()]
    fast: list[Slow] = []
    worst: list[tuple[float, Slow]] = []
    tried = 0
    for name, read, kinds in paths:
        if args.only not in name:
            continue
        found = measure(name, read, kinds, args.n)
        tried += len(found)
        fast += [slow for slow in found if slow.long >= _LEAST and slow.power >= FASTEST]
        slowest = max(found, key=lambda slow: slow.long)
        worst.append((seconds(read, slowest.shape.make, LIMIT - 500), slowest))
    worst.sort(key=lambda pair: -pair[0])
    print(made_with(args.seed))
    print(f"{tried:,} texts of {len(values)} + {len(markup)} shapes on {len(worst)} paths.")
    print(f"Slowest at {LIMIT:,} characters; power of the length that the time grows with:\n")
    lines = [
        [slow.path, slow.shape.name[:70], f"{spent * 1e3:.1f}", f"{slow.power:.2f}"] for spent, slow in worst
    ]
    print(markdown(["path", "its slowest text", "ms", "power"], lines[: args.top]))
    print(f"\nFaster than the text grow {len(fast)}:")
    for slow in sorted(fast, key=lambda slow: -slow.power)[: args.top]:
        print(f"- {slow.path}: {slow.shape.name[:90]}: {slow.long * 1e3:.1f} ms, n to the {slow.power:.2f}")
    over = [slow for spent, slow in worst if spent > PATIENCE]
    return 1 if fast or over else 0


if __name__ == "__main__":
    sys.exit(main())
