"""Completion + gold -> reward and its parts.

r = w_f * r_format + r_matching, with r_matching = alpha * P + (1 - alpha) * R (arXiv 2506.13363, Eq. 5 and 6;
the paper has w_f = 1 and alpha = 0.5, so r lies in [0, 2]).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from medvie_reward.alignment import Prepared, prepare
from medvie_reward.assignment import ONE_CORRECT, Work
from medvie_reward.completion import STATUSES, Completion, parse_with
from medvie_reward.decoder import ABSENT, decode
from medvie_reward.errors import GoldError, PredictionError, SpecError
from medvie_reward.metrics import rates
from medvie_reward.pool import Pool
from medvie_reward.smr_r1 import tally
from medvie_reward.spec import Spec, resolve
from medvie_reward.tree import plain


class Reward(NamedTuple):
    """A reward and what it is made of.

    Attributes
    ----------
    score
        The reward, at least 0 and at most ``format_weight`` + 1 (``smr-r1``: unbounded above).
    format
        r_format: 1.0 for a well-formed completion, else 0.0.
    matching
        r_matching.
    precision, recall, f1
        Of the fields; all 0 where there is no answer.
    correct, wrong, missing, hallucinated, n_pred, n_gold
        Numbers of leaves.
    status
        Why there is no answer, or ``ok``; one of `medvie_reward.STATUSES`.
    parsed
        Whether there is an answer.
    answer_chars
        Length of the answer part in characters.
    limited
        Whether the work bound of the spec ran out.
    """

    score: float
    format: float
    matching: float
    precision: float
    recall: float
    f1: float
    correct: float
    wrong: int
    missing: float
    hallucinated: float
    n_pred: int
    n_gold: int
    status: str
    parsed: bool
    answer_chars: int
    limited: bool

    def __float__(self) -> float:
        return self.score

    def as_dict(self) -> dict[str, int | float | bool]:
        """Give a flat dict of numbers with the same keys for every input.

        ``status`` is the position in `medvie_reward.STATUSES`; 0 is ``ok``.
        """
        return {
            "score": self.score,
            "format": self.format,
            "matching": self.matching,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "correct": self.correct,
            "wrong": self.wrong,
            "missing": self.missing,
            "hallucinated": self.hallucinated,
            "n_pred": self.n_pred,
            "n_gold": self.n_gold,
            "hallucination_rate": self.hallucinated / self.n_pred if self.n_pred else 0.0,
            "omission_rate": self.missing / self.n_gold if self.n_gold else 0.0,
            "status": STATUSES.index(self.status),
            "parsed": self.parsed,
            "repaired": self.status == "repaired",
            "answer_chars": self.answer_chars,
            "limited": self.limited,
        }


class Gold:
    """A gold document, checked and prepared once for many completions.

    Parameters
    ----------
    value
        The gold: a JSON object or list, or its text (str or bytes).
    spec
        A spec or the name of a preset.
    **overrides
        Spec fields to change.

    Raises
    ------
    GoldError
        If the gold is no JSON, no object or list, or past the spec's limits.
    SpecError
        If the spec is not usable.
    """

    def __init__(self, value: Any, spec: Spec | str = "strict", **overrides: Any) -> None:
        self.spec = resolve(spec, **overrides)
        self.value = read_gold(value, self.spec)
        self._prepared: Prepared | None
        self._longest: int | None = None  # measured only once a completion is long enough to ask
        if self.spec.reading == "smr-r1":
            self._prepared = None
            self.n_leaves = tally({}, self.value)[0].n_gold
        else:
            self._prepared = prepare(self.value, self.spec)
            self.n_leaves = self._prepared.leaves

    def parse(self, text: str | None) -> Completion:
        """Read a completion as the spec says."""
        limit = self.spec.max_chars
        if text is not None and len(text) > limit:
            if self._longest is None:
                self._longest = longest_answer(self.spec, self.value)
            limit = self._longest
        return parse_with(text, self.spec, limit)

    def weigh(self, read: Completion) -> tuple[float, int, int, bool]:
        """Weigh an answer that was read.

        Returns
        -------
        tuple
            Correct leaves, leaves paired with a gold leaf, the answer's leaves, and whether the work
            bound of the spec ran out.
        """
        if self._prepared is None:
            total, _ = tally(read.answer, self.value)
            return total.matched, 0, total.n_pred, False
        engine = self._prepared.engine
        if isinstance(engine, Pool):
            return *engine.weigh(read.answer), False
        work = Work(self.spec.max_pairs)
        correct, paired = divmod(engine.weigh(read.answer, engine.root, work), ONE_CORRECT)
        return correct, paired, read.leaves, work.limited


def longest_answer(spec: Spec, gold: Any) -> int:
    """Give the length of the longest answer that is read, in characters."""
    return max(spec.max_chars, spec.max_chars_per_gold_char * len(json.dumps(gold, ensure_ascii=False)))


def matching_part(spec: Spec, precision: float, recall: float, f1: float, n_pred: int, n_gold: int) -> float:
    """Give r_matching of an answer (arXiv 2506.13363, Eq. 6, where the spec does not ask for F1)."""
    if n_pred == 0 and n_gold == 0:
        return spec.both_empty
    return f1 if spec.matching == "f1" else spec.alpha * precision + (1 - spec.alpha) * recall


def read_gold(value: Any, spec: Spec) -> Any:
    """Check a gold document, decoding it where it is text; gives the plain value.

    Raises
    ------
    GoldError
        If it is no JSON, no object or list, or nests too deep.
    """
    if isinstance(value, (str, bytes, bytearray)):
        try:
            text = value if isinstance(value, str) else value.decode()
        except UnicodeDecodeError as error:
            raise GoldError(f"gold: expected UTF-8 text: {error}") from None
        decoded, status, _ = decode(text, spec.max_depth)
        if status not in ("ok", "not_an_object"):
            raise GoldError(f"gold: expected JSON text: {_syntax_error(text) or status}")
    else:
        decoded = plain(value, GoldError, spec.max_depth, "gold")
    if type(decoded) not in (dict, list):
        raise GoldError(f"gold: expected an object or a list, got {type(decoded).__name__} - at $")
    return decoded


def _syntax_error(text: str) -> str:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return str(error)
    return ""


def reward(
    completion: str | Completion | None, gold: Any, spec: Spec | str | None = None, **overrides: Any
) -> Reward:
    """Reward one completion.

    Parameters
    ----------
    completion
        What the model wrote, without the prompt, or a `Completion` already read. Whatever it holds is
        scored, never raised on.
    gold
        The gold: a JSON object or list, its JSON text, or a prepared `Gold` (which brings its own spec).
    spec
        A spec or the name of a preset; ``strict`` where none is given.
    **overrides
        Spec fields to change, such as ``alpha=0.3``.

    Raises
    ------
    GoldError
        If the gold is not usable.
    SpecError
        If the spec is not usable, or one is given besides a prepared gold.
    PredictionError
        If the completion is no string, None or `Completion`.

    Examples
    --------
    >>> text = '<think>one row</think><answer>{"Indicators": [{"Item Name": "K", "Result": "5.6"}]}</answer>'
    >>> r = reward(text, {"Indicators": [{"Item Name": "K", "Result": "5.6"}]})
    >>> float(r), r.format, r.matching
    (2.0, 1.0, 1.0)
    """
    return reward_group([completion], gold, spec, **overrides)[0]


def reward_group(
    completions: Iterable[str | Completion | None],
    gold: Any,
    spec: Spec | str | None = None,
    **overrides: Any,
) -> list[Reward]:
    """Reward the rollouts of one prompt; the gold is read and prepared once.

    Parameters and errors are those of `reward`.
    """
    if not isinstance(gold, Gold):
        gold = Gold(gold, "strict" if spec is None else spec, **overrides)
    elif spec is not None or overrides:
        raise SpecError("a prepared Gold brings its own spec: expected no spec and no overrides besides it")
    return [_reward(completion, gold) for completion in completions]


def _reward(completion: str | Completion | None, gold: Gold) -> Reward:
    if isinstance(completion, Completion):
        read = completion
    elif completion is None or isinstance(completion, str):
        read = gold.parse(completion)
    else:
        raise PredictionError(
            f"completion: expected a string, None or a Completion, got {type(completion).__name__} "
            "(for a JSON value: Completion.from_answer)"
        )
    spec = gold.spec
    n_gold = gold.n_leaves
    correct: float = 0
    paired = n_pred = 0
    limited = False
    matching = precision = recall = f1 = 0.0
    if read.answer is not ABSENT:
        correct, paired, n_pred, limited = gold.weigh(read)
        precision, recall, f1 = rates(correct, n_pred, n_gold)
        matching = matching_part(spec, precision, recall, f1, n_pred, n_gold)
    # One row of smr-r1 may serve several, so more may be correct there than there are.
    found = max(paired, correct)
    form = 1.0 if read.format_ok else 0.0
    total = spec.format_weight * form + matching
    if spec.repair_cost and read.repaired:
        total = max(0.0, total - spec.repair_cost)
    return Reward(
        score=total,
        format=form,
        matching=matching,
        precision=precision,
        recall=recall,
        f1=f1,
        correct=correct,
        wrong=max(0, paired - int(correct)),
        missing=max(0, n_gold - found),
        hallucinated=max(0, n_pred - found),
        n_pred=n_pred,
        n_gold=n_gold,
        status=read.status,
        parsed=read.parsed,
        answer_chars=read.answer_chars,
        limited=limited,
    )
