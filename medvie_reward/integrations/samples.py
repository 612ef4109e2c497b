"""One training sample -> the flat dict of numbers that every trainer's hook gives.

A model's output never raises here, and neither does a bad row of the data: trainers answer an exception in
a reward with dropped rollouts or a dead step. What is wrong with a row is counted in the numbers and logged
once for all rows like it; what is wrong with the settings of the run, alike for every row, raises.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple

import orjson

from medvie_reward.completions import STATUSES, form_hint, likely_form
from medvie_reward.errors import GoldError, MedvieError, SpecError
from medvie_reward.integrations._advice import advice
from medvie_reward.integrations._advice import is_at_floor as is_at_floor
from medvie_reward.integrations._log import Told
from medvie_reward.integrations._messages import text_of
from medvie_reward.integrations._rows import (
    extra_of,
    field_text,
    gold_text,
    inner_gold,
    lines_text,
    prompt_of,
    sample_name,
)
from medvie_reward.integrations._settings import read_changes, read_schema, to_json
from medvie_reward.metrics import Gold, reward_group
from medvie_reward.spec import COSTS, DEFAULT, Spec, resolve

_LOG: Final = logging.getLogger(__name__)
_GOLDS: Final = 256
_SPECS: Final = 64
# So many completions of a run are looked at before it is said that none of them is well formed.
_WATCHED: Final = 50
_KINDS: Final = tuple(name for name in COSTS if name != "critical_cost")
_FAULTS: Final = ("bad_gold", "bad_spec", "failed")

# A status as a number says little in a mean; each has a key of its own too.
_STATUS_KEYS: Final = tuple(name for name in STATUSES if name not in ("ok", "repaired"))

_BLANK: Final[dict[str, int | float | bool]] = {
    "acc": 0.0,
    **reward_group([None], {})[0].as_dict(),
    "at_floor": 0,
    **dict.fromkeys(_STATUS_KEYS, 0),
    **dict.fromkeys(_FAULTS, 0),
    "microseconds": 0.0,
}
_UNREAD: Final = {**{key: type(value)(0) for key, value in _BLANK.items()}, "status": -1}
KEYS: Final = tuple(_BLANK)
"""Keys of what `Scorer.measure` gives, the same for every sample."""


class Scorer:
    """The reward of single samples under the settings of one run.

    Golds and specs are prepared once and kept by content, in bounded caches that threads may share.

    Parameters
    ----------
    spec
        Name of a preset, a `Spec`, or spec fields to change with ``preset`` among them (a mapping or its JSON
        text). ``None`` is the preset ``clinical``.
    schema
        JSON Schema of all golds: a mapping, its JSON text, the name of a shipped one or the path of a file.
    hallucination_cost
        One cost for all three kinds of hallucination.
    **changes
        Spec fields to change, such as ``alpha``.

    Raises
    ------
    SpecError
        If a setting is not usable.
    """

    def __init__(
        self,
        spec: Spec | str | Mapping[str, Any] | None = None,
        *,
        schema: Mapping[str, Any] | str | Path | None = None,
        hallucination_cost: float | None = None,
        **changes: Any,
    ) -> None:
        changes = read_changes(changes)
        if isinstance(spec, Spec):
            base: Spec | str = spec
        else:
            named = read_changes(spec)
            base, changes = named.pop("preset", DEFAULT), {**named, **changes}
        if hallucination_cost is not None:
            changes = {**dict.fromkeys(_KINDS, hallucination_cost), **changes}
        if schema:
            self.spec = Spec.from_json_schema(read_schema(schema, files=True), base, **changes)
        else:
            self.spec = resolve(base, **changes)
        self._changes = changes
        self._fixed = bool(schema)
        self._spec_of = lru_cache(_SPECS)(self._make_spec)
        self._gold_of = lru_cache(_GOLDS)(self._make_gold)
        self._told = Told()
        self._lock = Lock()
        self._watching = True
        self._seen = 0
        self._forms: dict[str, int] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        # Caches and locks stay behind; a worker's are its own.
        return _restored, (self.spec, self._changes, self._fixed)

    def measure(
        self, completion: Any, ground_truth: Any, extra_info: Any = None, prompt: Any = None
    ) -> dict[str, int | float | bool]:
        """Reward one completion; raises for no completion and no row of data.

        Parameters
        ----------
        completion
            What the model wrote: a text or chat messages. What is neither counts as no answer.
        ground_truth
            The gold: JSON text, an object or a list, or a list or an array that holds one JSON text.
        extra_info
            What holds for this sample, an object or its JSON text: ``schema`` (used where the run's own
            settings name none and its values are typed: ``strict`` and ``paper`` keep their exact text),
            ``source_text``, ``spec`` (a preset's name or spec fields to change, which win over the run's),
            ``index`` or ``id``, for the log, and ``prompt``. Empty ones count as absent.
        prompt
            What the model was asked, as a text or as messages. Where it ends in an open think tag, the
            completion begins inside the think part (see `Spec.prefilled`).

        Returns
        -------
        dict
            The keys `KEYS`: those of `Reward.as_dict`, ``acc`` (the F1), ``at_floor`` (1 where what precision
            earned is used up, so that no further mistake costs anything), a key per status, ``bad_gold``,
            ``bad_spec`` and ``failed`` (1 where the sample could not be scored; all else is then 0 and
            ``status`` -1), and ``microseconds``, the time this call took.
        """
        start = time.perf_counter_ns()
        try:
            made = self._measure(completion, ground_truth, extra_info, prompt)
        except Exception as error:  # noqa: BLE001
            # A fault of this package, not of the data. Raised, it would cost the rollout's whole group and
            # leave no trace in the metrics.
            if self._told.is_new("failed", f"{type(error).__name__} {error}"):
                _LOG.exception("sample %s: the reward failed; it counts as 0", sample_name(extra_info))
            made = {**_UNREAD, "failed": 1}
        made["microseconds"] = (time.perf_counter_ns() - start) / 1000
        return made

    def _measure(
        self, completion: Any, ground_truth: Any, extra_info: Any, prompt: Any
    ) -> dict[str, int | float | bool]:
        try:
            extra = extra_of(extra_info)
            texts = [field_text(extra, name) for name in ("schema", "spec")]
            prepared = self._gold_of(gold_text(ground_truth), *texts, lines_text(extra, "source_text"))
        except GoldError as error:
            prepared = _Unusable("bad_gold", str(error))
        except SpecError as error:
            prepared = _Unusable("bad_spec", str(error))
        if isinstance(prepared, _Unusable):
            if self._told.is_new(prepared.fault, prepared.reason):
                _LOG.error(
                    "sample %s: %s; it counts as 0, and so do others like it, which are not logged",
                    sample_name(extra_info),
                    prepared.reason,
                )
            return {**_UNREAD, prepared.fault: 1}
        text = completion if type(completion) is str else text_of(completion, prepared.spec)
        found = reward_group([text], prepared, prompt=prompt_of(extra) if prompt is None else prompt)[0]
        if self._watching:
            self._watch(text, found.format, prepared.spec)
        made = {
            **_BLANK, **found.as_dict(), "acc": found.f1, "at_floor": int(is_at_floor(found, prepared.spec)),
        }  # fmt: skip
        if found.status in _STATUS_KEYS:
            made[found.status] = 1
        return made

    def _watch(self, text: str | None, form: float, spec: Spec) -> None:
        """Warn once where none of a run's first completions is well formed, with what would help."""
        if form:
            self._watching = False
            return
        with self._lock:
            if not self._watching:
                return
            self._seen += 1
            likely = likely_form(text or "", spec)
            self._forms[likely] = self._forms.get(likely, 0) + 1
            if self._seen < _WATCHED:
                return
            self._watching = False
            said = form_hint(self._forms, self._seen, spec)
        if said:
            _LOG.warning("%s", said)

    def _advise(self, spec: Spec, changed: Mapping[str, Any]) -> None:
        """Say once a run what its reward pays for besides reading right."""
        for kind, sentence in advice(spec, changed).items():
            if self._told.is_new(kind, kind):
                _LOG.warning("%s", sentence)

    def _make_gold(
        self, ground_truth: str | None, schema: str | None, spec: str | None, source: str | None
    ) -> Gold | _Unusable:
        try:
            chosen = self._spec_of(schema, spec)
        except MedvieError as error:
            return _Unusable("bad_spec", str(error))
        try:
            return Gold(inner_gold(ground_truth), chosen, source_text=source or None)
        except MedvieError as error:
            return _Unusable("bad_gold", str(error))

    def _make_spec(self, schema: str | None, spec: str | None) -> Spec:
        named = read_changes(spec)
        base: Spec | str = self.spec
        changes = named
        if "preset" in named:
            # Another preset starts afresh, with what the run changes and what the sample changes.
            base, changes = named.pop("preset"), {**self._changes, **named}
        chosen = resolve(base, **changes)
        self._advise(chosen, {**self._changes, **changes})
        if schema and not self._fixed and chosen.text == "guess" and chosen.reading == "json":
            return Spec.from_json_schema(read_schema(schema), chosen)
        return chosen


class _Unusable(NamedTuple):
    """A row that cannot be scored: the key that counts it, and why."""

    fault: str
    reason: str


def _restored(spec: Spec, changes: dict[str, Any], fixed: bool) -> Scorer:
    """Build a scorer again in another process, with empty caches."""
    made = Scorer(spec)
    made._changes, made._fixed = changes, fixed
    return made


def scorer_of(settings: Mapping[str, Any]) -> Scorer:
    """Return the scorer of a run's settings, made once per process.

    Parameters
    ----------
    settings
        Settings of a `Scorer`, such that JSON can say.

    Raises
    ------
    SpecError
        If a setting is not usable.
    """
    try:
        key = orjson.dumps(dict(settings), default=to_json, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise SpecError(f"settings: expected what JSON can say: {error}") from None
    return _scorer_of(key)


@lru_cache(16)
def _scorer_of(settings: bytes) -> Scorer:
    return Scorer(**orjson.loads(settings))
