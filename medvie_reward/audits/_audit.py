"""Run the attacks on a reward."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final, NamedTuple

import orjson

from medvie_reward._core.json_values import first_accepted
from medvie_reward.audits._bench import Bench, cases_of, excerpt, settle
from medvie_reward.audits._callers import GoldAs, SpecReward, caller_of
from medvie_reward.audits._case import FORMS, USELESS, Attack, Case, Trial
from medvie_reward.audits._characters import CHARACTERS
from medvie_reward.audits._conduct import CONDUCTS, GOLD_ABOVE_USELESS, Conduct
from medvie_reward.audits._documents import leaves_of
from medvie_reward.audits._hedged_answers import HEDGED_ANSWERS
from medvie_reward.audits._result import FAIL, NOT_APPLICABLE, PASS, Audit, Outcome, Verdict
from medvie_reward.audits._right_answers import RIGHT_ANSWERS
from medvie_reward.audits._texts import TEXTS
from medvie_reward.errors import ArgumentError
from medvie_reward.metrics import read_gold
from medvie_reward.spec import DEFAULT, Spec

ATTACKS: Final[tuple[Attack | Conduct, ...]] = (
    GOLD_ABOVE_USELESS,
    *RIGHT_ANSWERS,
    *HEDGED_ANSWERS,
    *TEXTS,
    *CHARACTERS,
    *CONDUCTS,
)
"""All attacks and invariants, family by family."""

FAMILIES: Final = tuple(dict.fromkeys(attack.family for attack in ATTACKS))
"""The families, in the order of the table."""

_REPORTS: Final = Path(__file__).parent / "reports.jsonl"
_FORM_OF_SPEC: Final = {"think": "think", "answer": "answer", "think_json": "think_json", "json": "json"}
# Counted over all other attacks, and so tried last.
_LAST: Final = ("raises", "no-number", "out-of-range")
_TINY: Final = 1e-9
# The least share of the range that counts as a point for the form.
_FORM_PAYS: Final = 0.01


class _Measured(NamedTuple):
    """One document under one attack."""

    case: Case
    honest: float
    attacked: float
    honest_share: float
    share: float
    excess: float
    completion: str


def shipped_golds() -> list[tuple[str, Any]]:
    """Return the forty lab reports that come with the package: ids and gold documents."""
    rows = [orjson.loads(line) for line in _REPORTS.read_bytes().splitlines()]
    return [(row["id"], row["gold"]) for row in rows]


def chosen(wanted: Iterable[str], what: str) -> set[tuple[str, str]]:
    """Return the attacks that some names mean: a family, an attack, or ``family/attack``.

    Raises
    ------
    ArgumentError
        If there is no such family or attack.
    """
    names = {name: {(a.family, a.name) for a in ATTACKS if name in (a.family, a.name, f"{a.family}/{a.name}")}
             for name in wanted}  # fmt: skip
    for name, found in names.items():
        if not found:
            known = [*FAMILIES, *(attack.name for attack in ATTACKS)]
            close = difflib.get_close_matches(name.rpartition("/")[2], known, 1, 0.6)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise ArgumentError(
                f"{what}: there is no family or attack {name!r}: expected one of {', '.join(FAMILIES)}, "
                f"or the name of an attack{hint}"
            )
    return set().union(*names.values()) if names else set()


def audit(
    reward: Callable[..., Any] | Spec | str = DEFAULT,
    golds: Sequence[Any] | None = None,
    *,
    ids: Sequence[str] | None = None,
    form: str | None = None,
    gold_as: GoldAs | None = None,
    limits: tuple[float, float] | None = None,
    only: Iterable[str] = (),
    skip: Iterable[str] = (),
    advance: Callable[[int], object] | None = None,
    clock: Callable[[], float] = time.process_time,
) -> Audit:
    """Attack a reward function, and check what must hold of any.

    Parameters
    ----------
    reward
        The reward: a function with the signature of verl, of TRL or ``(completion, gold)``, its name as
        ``module:function``, a `Spec`, or the name of a preset. Completions bring their own think tag, so a
        spec's ``prefilled`` is left aside.
    golds
        Gold documents, as JSON objects or lists or as their texts; the forty lab reports that come with the
        package where not given. A leaf that accepts several values (``$any``) is taken as the first of them.
    ids
        What the documents are called in the result; their positions from 1 where not given.
    form
        How completions are written, one of ``think``, ``answer``, ``think_json``, ``fence`` and ``json``;
        that of the spec, or else the one in which the gold documents earn most.
    gold_as
        ``text`` or ``object``: how the reward gets gold documents. By default as text where it has a
        trainer's signature, else as objects, or the other way where that does not work.
    limits
        The least and the largest reward there may be; those of the spec where it is one.
    only
        Families and attacks to run; all where empty.
    skip
        Families and attacks to leave out; the result says so.
    advance
        Called with 1 after each attack.
    clock
        Gives processor time in seconds, for the family ``time``.

    Returns
    -------
    Audit
        One verdict an attack.

    Raises
    ------
    ArgumentError
        If an argument cannot be used, or the reward gives no number for the gold documents themselves.
    GoldError
        If a gold document is no JSON object or list.
    """
    wanted, left_out = chosen(only, "only"), chosen(skip, "skip")
    if form is not None and form not in FORMS:
        raise ArgumentError(f"form: expected one of {', '.join(FORMS)}, got {form!r}")
    if gold_as not in (None, "text", "object"):
        raise ArgumentError(f"gold_as: expected text or object, got {gold_as!r}")
    if limits is not None and not limits[0] < limits[1]:
        raise ArgumentError(f"limits: expected a smaller and a larger number, got {limits}")
    caller = caller_of(reward, gold_as)
    spec = caller.function.spec if isinstance(caller.function, SpecReward) else None
    named = _named(golds, ids, spec or Spec())
    if spec is not None:
        form = form or _FORM_OF_SPEC[spec.format]
        if limits is None and spec.reading != "smr-r1":
            limits = (min(spec.floor, 0.0), spec.format_weight + 1.0)
    if not any(leaves_of(gold) for _, gold in named):
        raise ArgumentError("golds: expected a gold document with a value in it")
    caller, form = settle(caller, named, form, gold_as)
    bench = Bench(caller, cases_of(named, form), limits, clock)
    scales = [scale for case in bench.cases if (scale := bench.scale(case)) is not None]
    made: dict[str, Verdict] = {}
    for attack in sorted(ATTACKS, key=lambda one: one.name in _LAST):
        key = attack.family, attack.name
        if not wanted or key in wanted:
            made[attack.name] = (
                _verdict(attack, attack.rule, NOT_APPLICABLE, "left out by skip")
                if key in left_out else _run(attack, bench, spec)
            )  # fmt: skip
        if advance is not None:
            advance(1)
    return Audit(
        reward=caller.name,
        signature=caller.signature,
        form=form,
        gold_as=caller.gold_as,
        documents=len(bench.cases),
        calls=bench.calls,
        useless=fmean(scale.useless for scale in scales) if scales else None,
        gold=fmean(scale.gold for scale in scales) if scales else None,
        spec="" if spec is None else spec.signature,
        verdicts=tuple(made[attack.name] for attack in ATTACKS if attack.name in made),
    )


def _named(golds: Sequence[Any] | None, ids: Sequence[str] | None, spec: Spec) -> list[tuple[str, Any]]:
    if golds is None:
        if ids is not None:
            raise ArgumentError("ids: expected golds that they are the names of")
        return shipped_golds()
    if isinstance(golds, (str, bytes, dict)):
        raise ArgumentError(f"golds: expected a sequence of gold documents, got {type(golds).__name__}")
    values = [first_accepted(read_gold(gold, spec)) for gold in golds]
    if not values:
        raise ArgumentError("golds: expected at least one gold document")
    names = [str(n) for n in range(1, len(values) + 1)] if ids is None else [str(name) for name in ids]
    if len(names) != len(values):
        raise ArgumentError(f"ids: expected {len(values)}, one for each gold document, got {len(names)}")
    return list(zip(names, values, strict=True))


def _verdict(attack: Attack | Conduct, rule: str, verdict: Outcome, reason: str = "") -> Verdict:
    return Verdict(attack.name, attack.family, attack.says, rule, verdict, reason)


def _run(attack: Attack | Conduct, bench: Bench, spec: Spec | None) -> Verdict:
    bench.attack = attack.name
    if isinstance(attack, Attack):
        return _attacked(attack, bench, spec)
    found = attack.check(bench)
    return Verdict(
        attack.name, attack.family, attack.says, attack.rule, found.verdict, found.reason, found.honest,
        found.attacked, len(bench.cases), worst=found.document, completion=found.completion,
    )  # fmt: skip


def _attacked(attack: Attack, bench: Bench, spec: Spec | None) -> Verdict:
    rule = attack.rule
    reason = _does_not_apply(attack, bench, spec)
    if reason:
        return _verdict(attack, rule, NOT_APPLICABLE, reason)
    measured: list[_Measured] = []
    trials = 0
    for case in bench.cases:
        made = list(attack.make(case))
        trials += len(made)
        found = [one for trial in made if (one := _measure(attack, trial, case, bench)) is not None]
        if found:
            measured.append(_mean(found))
    if not trials:
        return _verdict(attack, rule, NOT_APPLICABLE, f"no gold document has {attack.needs}")
    if not measured:
        reason = "no gold document earns more than a useless answer"
        if any(bench.scale(case) is not None for case in bench.cases):
            reason = "the reward gave no number: see faults"
        return _verdict(attack, rule, NOT_APPLICABLE, reason)
    mean = fmean(one.excess for one in measured)
    worst = max(measured, key=lambda one: one.excess)
    return Verdict(
        attack=attack.name, family=attack.family, says=attack.says, rule=rule,
        verdict=FAIL if mean > attack.relation.tolerance + _TINY else PASS,
        honest=f"{fmean(one.honest for one in measured):.4f}",
        attacked=f"{fmean(one.attacked for one in measured):.4f}",
        documents=len(measured),
        honest_share=fmean(one.honest_share for one in measured),
        share=fmean(one.share for one in measured),
        worst=worst.case.id, worst_honest=worst.honest, worst_attacked=worst.attacked,
        completion=excerpt(worst.completion),
    )  # fmt: skip


def _does_not_apply(attack: Attack, bench: Bench, spec: Spec | None) -> str:
    if attack.condition == "order" and spec is not None and spec.lists == "index":
        return "the spec reads lists by position"
    if attack.condition == "extra" and not bench.caller.extras:
        return "the reward does not get more of a row than its gold document"
    if attack.condition == "form" and not _pays_form(bench):
        return "the reward has no part for the form"
    return ""


def _pays_form(bench: Bench) -> bool:
    """Check whether a well-formed answer without a right value earns more than a text without form."""
    case = bench.cases[0]
    formed, bare = bench.reward(case.text(USELESS), case), bench.reward("no JSON", case)
    scale = bench.scale(case)
    if scale is None or formed is None or bare is None:
        return False
    return formed > bare + _FORM_PAYS * (scale.gold - scale.useless)


def _measure(attack: Attack, trial: Trial, case: Case, bench: Bench) -> _Measured | None:
    """Reward the completions of a trial; ``None`` where one side has no number."""
    if trial.gold is not None:
        case = Case(case.id, trial.gold, case.other, case.form)
    scale = bench.scale(case)
    honest = bench.mean(trial.honest or (case.text(case.gold),), case)
    if scale is None or honest is None:
        return None
    if trial.extra is None:
        rewards = [(bench.reward(text, case), text) for text in trial.attacked]
    else:
        rewards = [(bench.reward(text, case, trial.extra), text) for text in trial.attacked]
    numbers = [(reward, text) for reward, text in rewards if reward is not None]
    if not numbers:
        return None
    if attack.folded:
        best = max(numbers, key=lambda entry: entry[0])[1]
        numbers = [(fmean(reward for reward, _ in numbers), best)]
    honest_share = scale.share(honest)
    found = [
        _Measured(
            case, honest, reward, honest_share, share, attack.relation.excess(honest_share, share), text
        )
        for reward, text in numbers
        for share in (scale.share(reward),)
    ]
    return max(found, key=lambda one: (one.excess, one.share))


def _mean(found: list[_Measured]) -> _Measured:
    """Return the mean of a document's trials, with the completion of the worst."""
    worst = max(found, key=lambda one: one.excess)
    return worst._replace(
        honest=fmean(one.honest for one in found), attacked=fmean(one.attacked for one in found),
        honest_share=fmean(one.honest_share for one in found), share=fmean(one.share for one in found),
        excess=fmean(one.excess for one in found),
    )  # fmt: skip
