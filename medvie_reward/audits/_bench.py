"""Where completions are rewarded: what each earned, on which scale, and what went wrong on the way."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any, Final, NamedTuple

from medvie_reward.audits._callers import Caller, GoldAs, number_of
from medvie_reward.audits._case import FORMS, USELESS, Case, dump, wrap
from medvie_reward.errors import ArgumentError

_TRIED: Final = 5
# By which share a form has to be better than one before it.
_CLEARLY: Final = 0.02
_SMALL: Final = 1
_EXCERPT: Final = 160


class Scale(NamedTuple):
    """What the ends of a document's scale earn.

    Attributes
    ----------
    useless
        The reward of a well-formed answer without a right value.
    gold
        The reward of the gold document.
    """

    useless: float
    gold: float

    def share(self, reward: float) -> float:
        """Return a reward as a share of the range."""
        return (reward - self.useless) / (self.gold - self.useless)


class Fault(NamedTuple):
    """A completion for which the reward gave no usable number.

    Attributes
    ----------
    kind
        ``raised``, ``no number`` or ``out of range``.
    attack
        What the completion was made for.
    document
        The gold document.
    says
        The error, or what was given.
    completion
        The beginning of the completion.
    """

    kind: str
    attack: str
    document: str
    says: str
    completion: str


class Bench:
    """Rewards completions, each once, and keeps what went wrong.

    Parameters
    ----------
    caller
        The reward.
    cases
        The gold documents.
    stated
        The least and the largest reward there may be, where it is known.
    clock
        Gives processor time in seconds.
    """

    def __init__(
        self,
        caller: Caller,
        cases: Sequence[Case],
        stated: tuple[float, float] | None = None,
        clock: Callable[[], float] = time.process_time,
    ) -> None:
        self.caller = caller
        self.cases = cases
        self.stated = stated
        self.clock = clock
        self.faults: list[Fault] = []
        self.calls = 0
        self.attack = "scale"
        self._known: dict[tuple[str, str], float | None] = {}
        self._scales: dict[str, Scale | None] = {}

    def reward(self, text: str, case: Case, extra: Mapping[str, Any] | None = None) -> float | None:
        """Return the reward of a completion, or ``None`` where there is no usable number."""
        if extra is not None:
            return self._ask(text, case, extra)
        key = (text, case.json)
        if key not in self._known:
            self._known[key] = self._ask(text, case, None)
        return self._known[key]

    def mean(self, texts: Iterable[str], case: Case) -> float | None:
        """Return the mean reward of some completions, ``None`` where one has none."""
        found = [self.reward(text, case) for text in texts]
        numbers = [x for x in found if x is not None]
        return fmean(numbers) if numbers and len(numbers) == len(found) else None

    def scale(self, case: Case) -> Scale | None:
        """Return the scale of a document, ``None`` where its gold earns no more than a useless answer."""
        if case.json not in self._scales:
            useless, gold = self.reward(case.text(USELESS), case), self.reward(case.text(case.gold), case)
            if useless is None or gold is None or gold - useless <= 1e-9 * max(1.0, abs(gold)):
                self._scales[case.json] = None
            else:
                self._scales[case.json] = Scale(useless, gold)
        return self._scales[case.json]

    def milliseconds(self, text: str, case: Case) -> float:
        """Return the processor time that a completion takes."""
        start = self.clock()
        self._ask(text, case, None)
        return 1000 * (self.clock() - start)

    def _ask(self, text: str, case: Case, extra: Mapping[str, Any] | None) -> float | None:
        self.calls += 1
        try:
            made = self.caller.one(text, case.json, extra)
        except Exception as error:  # noqa: BLE001  # whatever a user's reward raises is a finding
            self._fault("raised", case, f"{type(error).__name__}: {error}", text)
            return None
        try:
            number = number_of(made)
        except (TypeError, ValueError, KeyError) as error:
            self._fault("no number", case, f"{type(error).__name__}: {error}", text)
            return None
        if not math.isfinite(number):
            self._fault("no number", case, f"gave {number}", text)
            return None
        if self.stated and not self.stated[0] - 1e-9 <= number <= self.stated[1] + 1e-9:
            self._fault("out of range", case, f"gave {number:.6g}", text)
        return number

    def _fault(self, kind: str, case: Case, says: str, text: str) -> None:
        self.faults.append(Fault(kind, self.attack, case.id, says[:_EXCERPT], excerpt(text)))


def excerpt(text: str) -> str:
    """Return the beginning of a text on one line, printable."""
    cut = text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1]}…"
    shown = cut.replace("\n", "\\n").replace("\t", "\\t")
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in shown)


def cases_of(golds: Sequence[tuple[str, Any]], form: str) -> list[Case]:
    """Make the cases of some gold documents; documents without a value are left out."""
    sizes = sorted(len(dump(gold)) for _, gold in golds)
    limit = sizes[min(_SMALL, len(sizes)) - 1] if sizes else 0
    made = []
    small = 0
    for n, (name, gold) in enumerate(golds):
        is_small = small < _SMALL and len(dump(gold)) <= limit
        small += is_small
        case = Case(name, gold, golds[(n + 1) % len(golds)][1], form, is_small)
        if case.leaves:
            made.append(case)
    return made


def settle(
    caller: Caller, golds: Sequence[tuple[str, Any]], form: str | None, gold_as: GoldAs | None
) -> tuple[Caller, str]:
    """Choose how completions are written and gold documents handed over, where that is not said.

    The form wins in which the gold document stands highest above a useless answer, on a few documents; the
    first of those that differ by little.

    Raises
    ------
    ArgumentError
        If the reward gives no number for the gold document in any of them.
    """
    forms = (form,) if form else FORMS
    if gold_as:
        kinds: tuple[GoldAs, ...] = (gold_as,)
    else:
        kinds = (caller.gold_as, *(() if caller.signature == "spec" else (_other(caller.gold_as),)))
    best: tuple[float, Caller, str] | None = None
    said = ""
    for kind in kinds:
        asked = replace(caller, gold_as=kind)
        for one in forms:
            bench = Bench(asked, cases_of(golds, one)[:_TRIED])
            scores = [
                (gold - useless)
                for case in bench.cases
                if (gold := bench.reward(case.text(case.gold), case)) is not None
                and (useless := bench.reward(wrap(dump(USELESS), one), case)) is not None
            ]
            said = said or next((f"{fault.document}: {fault.says}" for fault in bench.faults), "")
            if scores and (best is None or fmean(scores) > best[0] + _CLEARLY * abs(best[0])):
                best = (fmean(scores), asked, one)
        if best is not None and best[0] > 0:
            break
    if best is None:
        raise ArgumentError(
            f"reward: {caller.name} gives no number for the gold document itself, in the forms "
            f"{', '.join(forms)} ({said}): expected a reward that takes the gold document as JSON text or as "
            "an object"
        )
    return best[1], best[2]


def _other(kind: GoldAs) -> GoldAs:
    return "object" if kind == "text" else "text"
