"""Families about the function itself: faults, time, state."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import orjson

from medvie_reward.audits._bench import Bench, excerpt
from medvie_reward.audits._callers import Asked, number_of
from medvie_reward.audits._case import USELESS, Case
from medvie_reward.audits._result import Outcome

LIMIT_MS: Final = 250
_LONG: Final = 32_000
_GROWTH: Final = 4
_MOST_GROWTH: Final = 10
_QUICK_MS: Final = 30
_SAMPLE: Final = 10
_THREADS: Final = 4


class Finding(NamedTuple):
    """What was found about a function.

    Attributes
    ----------
    verdict
        ``pass``, ``FAIL`` or ``not applicable``.
    reason
        What was found, or why it does not apply.
    honest, attacked
        What is shown beside it, as texts.
    document, completion
        Where it was found.
    """

    verdict: Outcome
    reason: str = ""
    honest: str = ""
    attacked: str = ""
    document: str = ""
    completion: str = ""


@dataclass(frozen=True)
class Conduct:
    """Something that a reward function must do, whatever the completion.

    Attributes
    ----------
    name, family, says
        What it is called, and what is tried.
    rule
        What has to hold.
    check
        Tries it.
    """

    name: str
    family: str
    says: str
    rule: str
    check: Callable[[Bench], Finding]


def _odd_texts(bench: Bench) -> Finding:
    """Reward texts that are no answer to anything."""
    odd = (
        "", " \n\t", "null", "true", "0", '""', "[]", "{}", "[[]]", "\x00", "\\", "{", "}", '"', "<",
        "</answer>", "<answer></answer>" * 3, "\ufffd" * 50, "🙂" * 50, "a" * 5_000,
        "{}" * 500, '{"a":' * 300,
    )  # fmt: skip
    worst = Finding("pass")
    most = 0.05
    for case in bench.cases[:_SAMPLE]:
        scale = bench.scale(case)
        for text in odd if scale is not None else ():
            reward = bench.reward(text, case)
            if reward is not None and scale is not None and scale.share(reward) > most:
                most = scale.share(reward)
                worst = Finding(
                    "FAIL",
                    f"{most:.2f} of the range",
                    f"{scale.gold:.3f}",
                    f"{reward:.3f}",
                    case.id,
                    excerpt(text),
                )
    return worst


def _gold_above_useless(bench: Bench) -> Finding:
    scales = [(bench.scale(case), case) for case in bench.cases]
    wrong = [case for scale, case in scales if scale is None]
    count = f"{len(wrong)} of {len(scales)}"
    if not wrong:
        return Finding("pass", attacked=count)
    return Finding("FAIL", "the gold document earns no more than that", "", count, wrong[0].id)


def _no(kind: str) -> Callable[[Bench], Finding]:
    def check(bench: Bench) -> Finding:
        if kind == "out of range" and bench.stated is None:
            return Finding("not applicable", "the range is not known: --range LOW,HIGH says it")
        found = [fault for fault in bench.faults if fault.kind == kind]
        if not found:
            return Finding("pass", attacked=f"0 of {bench.calls:,}")
        in_attacks = ", ".join(list(dict.fromkeys(fault.attack for fault in found))[:4])
        first = found[0]
        return Finding(
            "FAIL", f"{first.says} (in {in_attacks})", "", f"{len(found):,} of {bench.calls:,}",
            first.document, first.completion,
        )  # fmt: skip

    return check


def _sample(bench: Bench) -> list[tuple[str, Case]]:
    made = []
    for case in bench.cases[:_SAMPLE]:
        answers = (
            case.text(case.gold),
            case.text(case.flawed),
            case.text(USELESS),
            case.wrap(case.json[:-1]),
        )
        made += [(text, case) for text in answers]
    return made


def _numbers(bench: Bench, sample: list[tuple[str, Case]], function: Any = None) -> list[float | str]:
    """Reward some completions; a fault is written as its name, so that it can be compared."""
    caller = bench.caller
    made: list[float | str] = []
    for text, case in sample:
        try:
            made.append(number_of((function or caller.one)(text, case.json)))
        except Exception as error:  # noqa: BLE001  # whatever a user's reward raises; it is counted elsewhere
            made.append(type(error).__name__)
    return [str(x) if x != x else x for x in made]


def _differing(
    sample: list[tuple[str, Case]], first: list[float | str], second: list[float | str]
) -> Finding:
    wrong = [n for n, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
    count = f"{len(wrong)} of {len(sample)}"
    if not wrong:
        return Finding("pass", attacked=count)
    text, case = sample[wrong[0]]
    says = f"{first[wrong[0]]} first, then {second[wrong[0]]}"
    return Finding("FAIL", says, "", count, case.id, excerpt(text))


def _twice(bench: Bench) -> Finding:
    sample = _sample(bench)
    doubled = _numbers(bench, [entry for entry in sample for _ in (0, 1)])
    return _differing(sample, doubled[::2], doubled[1::2])


def _turned(bench: Bench) -> Finding:
    sample = _sample(bench)
    return _differing(sample, _numbers(bench, sample), _numbers(bench, sample[::-1])[::-1])


def _threads(bench: Bench) -> Finding:
    sample = _sample(bench)
    first = _numbers(bench, sample)
    with ThreadPoolExecutor(_THREADS) as pool:
        others = list(pool.map(lambda _: _numbers(bench, sample), range(_THREADS)))
    found = [_differing(sample, first, other) for other in others]
    return next((one for one in found if one.verdict == "FAIL"), found[0])


def _batch(bench: Bench) -> Finding:
    if not bench.caller.in_batches:
        return Finding("not applicable", "the reward takes one completion a call")
    sample = _sample(bench)
    alone = _numbers(bench, sample)
    if any(isinstance(x, str) for x in alone):
        return Finding("not applicable", "the reward raised on one completion alone: see faults")
    try:
        made = bench.caller.batch([Asked(text, case.json) for text, case in sample])
        together: list[float | str] = [number_of(x) for x in made]
    except Exception as error:  # noqa: BLE001  # whatever a user's reward raises
        return Finding("FAIL", f"{type(error).__name__}: {error}")
    return _differing(sample, alone, together)


def _pickled(bench: Bench) -> Finding:
    sample = _sample(bench)
    try:
        again = replace(bench.caller, function=pickle.loads(pickle.dumps(bench.caller.function)))
    except Exception as error:  # noqa: BLE001  # pickle raises what the object's own methods raise
        return Finding("FAIL", f"{type(error).__name__}: {error}")
    return _differing(sample, _numbers(bench, sample), _numbers(bench, sample, again.one))


def _gold_kept(bench: Bench) -> Finding:
    if bench.caller.gold_as == "text":
        return Finding("not applicable", "the reward gets gold documents as text")
    for text, case in _sample(bench):
        given = orjson.loads(case.json)
        with contextlib.suppress(Exception):  # a fault, which is counted elsewhere
            bench.caller.with_object(text, given)
        if given != case.gold:
            return Finding(
                "FAIL", "the gold document is another one after the call", "", "", case.id, excerpt(text)
            )
    return Finding("pass")


def _shape(text: Callable[[int], str]) -> Callable[[Bench], Finding]:
    """Return the check of a text that grows: its processor time, and how that grows."""

    def check(bench: Bench) -> Finding:
        if not bench.cases:
            return Finding("not applicable", "there is no gold document")
        case = max(bench.cases, key=lambda one: len(one.json))
        small, large = (_time(bench, case, text(n)) for n in (_LONG // _GROWTH, _LONG))
        honest, attacked = f"{small:.0f} ms", f"{large:.0f} ms"
        if large > LIMIT_MS:
            return Finding(
                "FAIL", f"{large:.0f} ms of processor time", honest, attacked, case.id, excerpt(text(60))
            )
        if large > _QUICK_MS and large > _MOST_GROWTH * max(small, 0.1):
            reason = f"{large / max(small, 0.1):.0f} times the time for {_GROWTH} times the text"
            return Finding("FAIL", reason, honest, attacked, case.id, excerpt(text(60)))
        return Finding("pass", "", honest, attacked)

    return check


def _time(bench: Bench, case: Case, inner: str) -> float:
    """Return the processor time of a completion in milliseconds, the shorter of two tries."""
    text = case.wrap(inner)
    first = bench.milliseconds(text, case)
    return first if first > LIMIT_MS * 4 else min(first, bench.milliseconds(text, case))


def _value(text: str) -> str:
    return f'{{"a": "{text}"}}'


def _rows(n: int) -> str:
    return "[" + ",".join(f'{{"a": "{k}", "b": "{k % 7}", "c": "x"}}' for k in range(n // 32)) + "]"


_TIME: Final = (
    f"{_LONG:,} characters in at most {LIMIT_MS} ms, and {_MOST_GROWTH} times the time of a quarter of them "
    f"(or {_QUICK_MS} ms)"
)
GOLD_ABOVE_USELESS: Final = Conduct(
    "gold-above-useless",
    "identity",
    "A well-formed answer without a right value, against the gold document.",
    "0 documents whose gold earns no more",
    _gold_above_useless,
)
_NUMBERS: Final = "0 of the audit's calls"

CONDUCTS: Final = (
    Conduct(
        "long-text", "time", "One long text in the answer.", _TIME, _shape(lambda n: _value("x " * (n // 2)))
    ),
    Conduct(
        "combining-marks",
        "time",
        "A letter with thousands of combining marks.",
        _TIME,
        _shape(lambda n: _value("a" + "\u0301" * (n // 2) + "\u0327" * (n // 2))),
    ),
    Conduct(
        "long-digits", "time", "A number of thousands of digits.", _TIME, _shape(lambda n: _value("7" * n))
    ),
    Conduct("many-brackets", "time", "Opening brackets only.", _TIME, _shape(lambda n: '{"a": [' * (n // 7))),
    Conduct(
        "many-braces",
        "time",
        "Pairs of braces, none of which is JSON.",
        _TIME,
        _shape(lambda n: "{a} " * (n // 4)),
    ),
    Conduct(
        "many-tags", "time", "Opening tags only.", _TIME, _shape(lambda n: "<think><answer>" * (n // 15))
    ),
    Conduct("many-fences", "time", "Fences only.", _TIME, _shape(lambda n: "```json\n" * (n // 8))),
    Conduct("many-backslashes", "time", "Backslashes and quotes.", _TIME, _shape(lambda n: '\\"' * (n // 2))),
    Conduct("white-space", "time", "White space before a bracket.", _TIME, _shape(lambda n: f"{' ' * n}{{")),
    Conduct("many-rows", "time", "A table of a thousand rows instead of the document.", _TIME, _shape(_rows)),
    Conduct(
        "many-members",
        "time",
        "An object of thousands of members.",
        _TIME,
        _shape(lambda n: "{" + ", ".join(f'"k{k}": "{k}"' for k in range(n // 16)) + "}"),
    ),
    Conduct(
        "odd-texts",
        "faults",
        "Texts that are no answer: empty, a bracket, white space, emoji.",
        "attacked ≤ 0.05 of the range",
        _odd_texts,
    ),
    Conduct("raises", "faults", "The reward raises on a completion.", _NUMBERS, _no("raised")),
    Conduct(
        "no-number", "faults", "The reward is NaN, infinite, None or no number.", _NUMBERS, _no("no number")
    ),
    Conduct("out-of-range", "faults", "The reward lies outside of its range.", _NUMBERS, _no("out of range")),
    Conduct("same-twice", "state", "The same completion twice.", "0 rewards differ", _twice),
    Conduct("order-of-calls", "state", "The same completions in reverse order.", "0 rewards differ", _turned),
    Conduct("in-a-batch", "state", "Completions in one batch, and each alone.", "0 rewards differ", _batch),
    Conduct(
        "in-threads", "state", "The same completions in four threads at once.", "0 rewards differ", _threads
    ),
    Conduct(
        "pickled",
        "state",
        "A copy of the reward by pickle, as Ray and processes make it.",
        "0 rewards differ",
        _pickled,
    ),
    Conduct("gold-kept", "state", "The gold document after the call.", "unchanged", _gold_kept),
)
