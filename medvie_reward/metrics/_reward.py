"""Compute the reward of a completion and its parts.

r = w_f * r_format + r_matching, with r_matching = alpha * P + (1 - alpha) * R (arXiv 2506.13363, Eq. 5 and 6;
the paper has w_f = 1 and alpha = 0.5, so r lies in [0, 2]).

Where the spec has costs, they are taken from what precision earns, down to ``floor``:

    r_matching = max(floor, alpha * P - H / |S_p| - critical_cost * W / K) + (1 - alpha) * R

with H the sum of cost * weight over hallucinated leaves, W of K critical leaves wrong. F-beta has
(1 + beta^2) * correct / (beta^2 * |S_g| + |S_p|) instead of alpha * P, H with the same factor and divisor,
and no second summand. With floor = 0, the range is [0, w_f + 1] and no leaf that is not in the gold can raise
the reward: what precision earns never falls below 0, where a longer answer would dilute what it owes.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple, cast

from medvie_reward._core.json_text import fault_of_text
from medvie_reward._core.json_values import plain
from medvie_reward._core.sizes import measure
from medvie_reward.alignment import (
    CREDIT,
    Alignment,
    Outcomes,
    Prepared,
    Source,
    align_prepared,
    prepare,
    reward_of_text,
    reward_terms,
    source_of,
    tally,
    tally_of,
)
from medvie_reward.completions import (
    ABSENT,
    LEAST_FOR_HINT,
    STATUSES,
    Completion,
    decode,
    form_hint,
    likely_form,
    parse_with,
    predicted_value,
    prompt_prefills,
    text_of_completion,
)
from medvie_reward.completions import longest_answer as longest_answer
from medvie_reward.errors import GoldError, InputWarning, SpecError
from medvie_reward.metrics._rates import rates, share
from medvie_reward.metrics._scores import Counts, Scores, count, count_prepared, scores_of
from medvie_reward.spec import COST_PARTS, DEFAULT, Spec, SpecFields, Unpack, resolve


class Reward(NamedTuple):
    """A reward and what it is made of.

    Attributes
    ----------
    score
        The reward, at least the spec's ``floor`` (0 in every preset) and at most ``format_weight`` + 1
        (``smr-r1``: unbounded above).
    format
        r_format: 1.0 for a well-formed completion, else 0.0.
    matching
        r_matching.
    precision, recall, f1
        Of the fields, by weight; all 0 where there is no answer.
    correct, wrong, missing, hallucinated, n_pred, n_gold
        Numbers of leaves.
    filled_blank, invented_field, invented_item
        Hallucinated leaves by kind (0 in ``smr-r1``, which has none).
    misplaced, ungrounded
        Wrong and hallucinated leaves whose value the gold has elsewhere, and whose value is nowhere in the
        source text (0 where none was given).
    critical, wrong_critical
        The gold's leaves in critical fields, and how many of them are wrong.
    status
        Why there is no answer, or ``ok``; one of `medvie_reward.STATUSES`.
    parsed
        Whether there is an answer.
    answer_chars
        Length of the answer part in characters.
    limited
        Whether the work bound of the spec ran out.
    detail
        What exactly is wrong with the completion, and what may help; empty where there is nothing to say.
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
    filled_blank: int
    invented_field: int
    invented_item: int
    misplaced: int
    ungrounded: int
    critical: int
    wrong_critical: int
    status: str
    parsed: bool
    answer_chars: int
    limited: bool
    detail: str = ""

    def __float__(self) -> float:
        return self.score

    def to_dict(self) -> dict[str, int | float | bool | str]:
        """Return everything as a flat dict of JSON values, with ``status`` as its name.

        Trainers, which log numbers only, get them from `as_dict`.
        """
        return {**self.as_dict(), "status": self.status}

    def as_dict(self) -> dict[str, int | float | bool]:
        """Return a flat dict of numbers with the same keys for every input.

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
            "filled_blank": self.filled_blank,
            "invented_field": self.invented_field,
            "invented_item": self.invented_item,
            "misplaced": self.misplaced,
            "ungrounded": self.ungrounded,
            "critical": self.critical,
            "wrong_critical": self.wrong_critical,
            "hallucination_rate": share(self.hallucinated, self.n_pred),
            "omission_rate": share(self.missing, self.n_gold),
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

    def __init__(
        self,
        value: Any,
        spec: Spec | str = DEFAULT,
        *,
        source_text: str | Sequence[str] | None = None,
        **overrides: Unpack[SpecFields],
    ) -> None:
        self.spec = resolve(spec, **overrides)
        self.value = read_gold(value, self.spec)
        self._source = source_of(source_text)
        self._prepared: Prepared | None
        self._longest = self.spec.max_chars  # measured once a completion is long enough to ask
        if self.spec.reading == "smr-r1":
            self._prepared = None
            self.n_leaves = self.n_units = tally({}, self.value)[0].n_gold
            self.n_critical = 0
        else:
            self._prepared = prepare(self.value, self.spec)
            self.n_leaves, self.n_units = self._prepared.leaves, self._prepared.units
            self.n_critical = self._prepared.critical
        self._terms: tuple[float, ...] | None = None
        if self._prepared is not None and self._prepared.compiled is not None and self._source is None:
            self._terms = reward_terms(self.spec)

    def __reduce__(self) -> tuple[Any, ...]:
        # What was prepared stays behind; it is made again from the same values.
        return partial(_gold_again, self.value, self.spec, self._source), ()

    def __repr__(self) -> str:
        return f"Gold({self.n_leaves} leaves, spec={self.spec!r})"

    def reward(self, completion: Any, prompt: Any = None) -> Reward:
        """Reward one completion, as the function `reward` does.

        Raises
        ------
        PredictionError
            If the completion is no text, no messages and no `Completion`.
        """
        return _reward(completion, self, prompt)

    def score(self, pred: Any) -> Scores:
        """Score a JSON value, or a completion, against this gold document, as the function `score` does.

        Raises
        ------
        PredictionError
            If the prediction is no JSON value or nests deeper than the spec allows.
        """
        pred = predicted_value(pred, self.value, self.spec)
        if self._prepared is None:
            return scores_of(count(pred, self.value, self.spec), self.spec)
        return scores_of(count_prepared(pred, self._prepared, self._source), self.spec)

    def align(self, pred: Any) -> Alignment:
        """Match a JSON value, or a completion, with this gold document, as the function `align` does.

        Raises
        ------
        SpecError
            If the spec is ``smr-r1``, which has no one-to-one alignment.
        PredictionError
            If the prediction is no JSON value or nests deeper than the spec allows.
        """
        pred = predicted_value(pred, self.value, self.spec)
        prepared = prepare(self.value, self.spec) if self._prepared is None else self._prepared
        return align_prepared(pred, prepared, self._source)

    def parse(self, completion: Any, prompt: Any = None) -> Completion:
        """Read a completion as the spec says, and as prefilled where the prompt ends in the think part.

        Raises
        ------
        PredictionError
            If the completion is no text and no messages.
        """
        spec = self.spec
        if prompt is not None and not spec.prefilled and prompt_prefills(prompt, spec.think_tags):
            spec = resolve(spec, prefilled=True)
        text = completion if type(completion) is str else text_of_completion(completion, spec)
        return parse_with(text, spec, self._limit(text))

    def _limit(self, text: str | None) -> int:
        """Return the length of the longest answer that is read in a completion."""
        if text is not None and len(text) > self._longest:
            self._longest = longest_answer(self.spec, self.value, len(text))
        return self._longest

    def reward_at_once(self, completion: Any, prompt: Any) -> Reward | None:
        """Reward a completion that is well formed, all steps at once, where the kernel can; else ``None``."""
        if self._terms is None or self._prepared is None or completion.__class__ is not str:
            return None
        if prompt is not None and prompt_prefills(prompt, self.spec.think_tags):
            return None
        return reward_of_text(
            self._prepared.compiled, completion, Reward, self._terms, self._limit(completion)
        )

    def count(self, read: Completion) -> tuple[Outcomes, bool]:
        """Count an answer that was read, and tell whether the work bound of the spec ran out."""
        if self._prepared is None:
            total, _ = tally(read.answer, self.value)
            return _tallied(total.matched, total.n_pred, total.n_gold), False
        found, limited = tally_of(read.answer, self._prepared, self._source)
        return found.total, limited


def _gold_again(value: Any, spec: Spec, source: Source | None) -> Gold:
    return Gold(value, spec, source_text=cast("Any", source))


def _tallied(matched: float, n_pred: int, n_gold: int) -> Outcomes:
    """Write what ``smr-r1`` counts as outcomes; more may match than there is: a row may serve many."""
    made = Outcomes()
    made.correct = made.correct_units = matched
    made.hallucinated_units = n_pred - matched
    made.missing = made.missing_units = max(0, n_gold - matched)
    return made


def matching_part(
    spec: Spec, correct: float, pred: float, gold: float, charged: float, wrong_critical: float
) -> float:
    """Return r_matching of an answer; see the top of this module.

    Parameters
    ----------
    spec
        The spec.
    correct, pred, gold
        Weight of the correct leaves, of the prediction's and of the gold's.
    charged
        What hallucinated leaves cost, on the scale of ``correct``.
    wrong_critical
        Share of the gold's critical leaves that are wrong.
    """
    if not pred and not gold:
        return spec.both_empty
    precision, recall, f1 = rates(correct, pred, gold)
    if spec.matching == "precision_recall":
        earned, sure = spec.alpha * precision, (1 - spec.alpha) * recall
        cost = charged / pred if pred else 0.0
    else:
        square = 1.0 if spec.matching == "f1" else spec.beta**2
        factor = (1 + square) / (square * gold + pred) if square * gold + pred else 0.0
        earned, sure = f1 if square == 1 else factor * correct if pred and gold else 0.0, 0.0
        cost = factor * charged
    cost += spec.critical_cost * wrong_critical
    return max(spec.floor, earned - cost) + sure if cost else earned + sure


def read_gold(value: Any, spec: Spec, decoded: bool = False) -> Any:
    """Check a gold document, decoding it where it is text; gives the plain value.

    Parameters
    ----------
    value
        The gold.
    spec
        The spec.
    decoded
        Whether it was read from JSON, so that it is surely plain; only its depth is looked at then.

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
        value, status, detail = decode(text.lstrip("\ufeff"), spec.max_depth)
        if status not in ("ok", "not_an_object"):
            raise fault_of_text(text, GoldError, spec.max_depth, "gold", status, detail)
    elif not decoded or measure(value, spec.max_depth).depth > spec.max_depth:
        value = plain(value, GoldError, spec.max_depth, "gold")
    if type(value) not in (dict, list):
        raise GoldError(f"gold: expected an object or a list, got {type(value).__name__} - at $")
    return value


def reward(
    completion: Any,
    gold: Any,
    spec: Spec | str | None = None,
    *,
    source_text: str | Sequence[str] | None = None,
    prompt: Any = None,
    **overrides: Unpack[SpecFields],
) -> Reward:
    """Reward one completion.

    Parameters
    ----------
    completion
        What the model wrote, without the prompt: a text, bytes, a chat message or a list of messages (see
        `text_of_completion`), or a `Completion` already read. Whatever it holds is scored, never raised on.
    gold
        The gold: a JSON object or list, its JSON text, or a prepared `Gold` (which brings its own spec).
    spec
        A spec or the name of a preset; ``clinical`` where none is given.
    source_text
        Text of the document, such as an OCR engine gave, or its lines: counts what is ``ungrounded``.
    prompt
        What the model was asked, as a text or as messages. All that is read of it is its end: where that is
        an open think tag, the completion is read as one that begins in the think part (``prefilled``).
    **overrides
        Spec fields to change, such as ``alpha=0.3``.

    Raises
    ------
    GoldError
        If the gold is not usable.
    SpecError
        If the spec is not usable, or one is given besides a prepared gold.
    PredictionError
        If the completion is no text, no messages and no `Completion`.

    Examples
    --------
    >>> text = '<think>one row</think><answer>{"Indicators": [{"Item Name": "K", "Result": "5.6"}]}</answer>'
    >>> r = reward(text, {"Indicators": [{"Item Name": "K", "Result": "5.6"}]})
    >>> float(r), r.format, r.matching
    (2.0, 1.0, 1.0)
    """
    return reward_group([completion], gold, spec, source_text=source_text, prompt=prompt, **overrides)[0]


def reward_group(
    completions: Iterable[Any],
    gold: Any,
    spec: Spec | str | None = None,
    *,
    source_text: str | Sequence[str] | None = None,
    prompt: Any = None,
    **overrides: Unpack[SpecFields],
) -> list[Reward]:
    """Reward the rollouts of one prompt; the gold is read and prepared once.

    Parameters and errors are those of `reward`. Where there are 20 completions or more and r_format is 0 for
    all of them, a warning names the setting under which they would be well formed.
    """
    if not isinstance(gold, Gold):
        gold = Gold(gold, DEFAULT if spec is None else spec, source_text=source_text, **overrides)
    elif spec is not None or overrides or source_text is not None:
        raise SpecError(
            "a prepared Gold brings its own spec and source text: expected neither besides it, nor overrides"
        )
    given = list(completions)
    rewards = [_reward(completion, gold, prompt) for completion in given]
    if len(rewards) >= LEAST_FOR_HINT and gold.spec.format_weight and not any(r.format for r in rewards):
        _warn(given, gold.spec)
    return rewards


def _warn(completions: list[Any], spec: Spec) -> None:
    """Warn that no completion is well formed, and name the setting under which most would be."""
    texts = [text_of_completion(x, spec) for x in completions if not isinstance(x, Completion)]
    forms = Counter(likely_form(text, spec) for text in texts if text)
    hint = form_hint(forms, len(completions), spec)
    warnings.warn(hint, InputWarning, stacklevel=3)


def _reward(completion: Any, gold: Gold, prompt: Any = None) -> Reward:
    if (made := gold.reward_at_once(completion, prompt)) is not None:
        return made
    read = completion if isinstance(completion, Completion) else gold.parse(completion, prompt)
    spec = gold.spec
    if read.answer is ABSENT:
        found, limited = Outcomes(), False
        found.missing = gold.n_leaves
        matching = precision = recall = f1 = 0.0
    else:
        found, limited = gold.count(read)
        correct, pred = found.correct_units + found.similar_units / CREDIT, found.pred_units
        precision, recall, f1 = rates(correct, pred, gold.n_units)
        wrong_critical = found.wrong_critical / gold.n_critical if found.wrong_critical else 0.0
        matching = matching_part(
            spec, correct, pred, gold.n_units, found.charged / COST_PARTS, wrong_critical
        )
    hallucinated: float = found.filled_blank + found.invented_field + found.invented_item
    n_pred: float = found.correct + found.wrong + hallucinated
    if spec.reading == "smr-r1":
        n_pred = found.pred_units
        hallucinated = max(0, n_pred - found.correct)
    form = 1.0 if read.format_ok else 0.0
    total = spec.format_weight * form + matching
    if spec.repair_cost and read.repaired:
        total = max(min(0.0, spec.floor), total - spec.repair_cost)
    # By position, in the order of the class: with names, making it would take thrice as long.
    return Reward(
        total, form, matching, precision, recall, f1,
        found.correct, found.wrong, found.missing, hallucinated, int(n_pred), gold.n_leaves,
        found.filled_blank, found.invented_field, found.invented_item,
        found.misplaced, found.ungrounded, gold.n_critical, found.wrong_critical,
        read.status, read.parsed, read.answer_chars, limited, read.detail,
    )  # fmt: skip


def matching_of(spec: Spec, counts: Counts) -> float:
    """Return r_matching of an answer that was counted."""
    wrong = counts.wrong_critical / counts.critical if counts.wrong_critical else 0.0
    correct = counts.weight_correct + counts.similar
    return matching_part(spec, correct, counts.weight_pred, counts.weight_gold, counts.charged, wrong)
