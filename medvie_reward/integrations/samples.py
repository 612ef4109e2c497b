"""One training sample -> the flat dict of numbers that every trainer's hook gives.

A model's output never raises here, and neither does a bad row of the data: trainers answer an exception in
a reward with dropped rollouts or a dead step. What is wrong with a row is counted in the numbers and logged
once; what is wrong with the settings of the run, alike for every row, raises.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson

from medvie_reward.completions import STATUSES
from medvie_reward.errors import MedvieError, SpecError
from medvie_reward.metrics import Gold, reward_group
from medvie_reward.spec import COSTS, DEFAULT, SCHEMAS, Rule, Schema, Spec, load_schema, resolve

_LOG: Final = logging.getLogger(__name__)
_GOLDS: Final = 256
_SPECS: Final = 64
_KINDS: Final = tuple(name for name in COSTS if name != "critical_cost")
_FAULTS: Final = ("bad_gold", "bad_spec", "failed")

# A status as a number says little in a mean; each has a key of its own too.
_STATUS_KEYS: Final = tuple(name for name in STATUSES if name not in ("ok", "repaired"))

_BLANK: Final[dict[str, int | float | bool]] = {
    "acc": 0.0,
    **reward_group([None], {})[0].as_dict(),
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
        JSON Schema of all golds: a mapping, its JSON text or the name of a shipped one.
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
        schema: Mapping[str, Any] | str | None = None,
        hallucination_cost: float | None = None,
        **changes: Any,
    ) -> None:
        changes = _changes(changes)
        if isinstance(spec, Spec):
            base: Spec | str = spec
        else:
            named = _changes(spec)
            base, changes = named.pop("preset", DEFAULT), {**named, **changes}
        if hallucination_cost is not None:
            changes = {**dict.fromkeys(_KINDS, hallucination_cost), **changes}
        if schema:
            self.spec = Spec.from_json_schema(_schema(schema), base, **changes)
        else:
            self.spec = resolve(base, **changes)
        self._changes = changes
        self._fixed = bool(schema)
        self._spec_of = lru_cache(_SPECS)(self._make_spec)
        self._gold_of = lru_cache(_GOLDS)(self._make_gold)

    def measure(
        self, completion: Any, ground_truth: Any, extra_info: Mapping[str, Any] | None = None
    ) -> dict[str, int | float | bool]:
        """Reward one completion; raises for no completion and no row of data.

        Parameters
        ----------
        completion
            What the model wrote. What is no string counts as no answer.
        ground_truth
            The gold: JSON text, or an object or a list.
        extra_info
            What holds for this sample: ``schema`` (used where the run's own settings name none and its
            values are typed: ``strict`` and ``paper`` keep their exact text), ``source_text``, ``spec`` (a
            preset's name or spec fields to change, which win over the run's) and ``index`` or ``id``, for
            the log. Empty ones count as absent.

        Returns
        -------
        dict
            The keys `KEYS`: those of `Reward.as_dict`, ``acc`` (the F1), a key per status, ``bad_gold``,
            ``bad_spec`` and ``failed`` (1 where the sample could not be scored; all else is then 0 and
            ``status`` -1), and ``microseconds``, the time this call took.
        """
        start = time.perf_counter_ns()
        try:
            made = self._measure(completion, ground_truth, extra_info or {})
        except Exception:  # noqa: BLE001
            # A fault of this package, not of the data. Raised, it would cost the rollout's whole group and
            # leave no trace in the metrics.
            _LOG.exception("sample %s: the reward failed; it counts as 0", _name(extra_info))
            made = {**_UNREAD, "failed": 1}
        made["microseconds"] = (time.perf_counter_ns() - start) / 1000
        return made

    def _measure(
        self, completion: Any, ground_truth: Any, extra: Mapping[str, Any]
    ) -> dict[str, int | float | bool]:
        prepared = self._gold_of(
            _text(ground_truth), _text(extra.get("schema")), _text(extra.get("spec")),
            _text(extra.get("source_text")),
        )  # fmt: skip
        if isinstance(prepared, _Unusable):
            if not prepared.logged:
                prepared.logged = True
                _LOG.error("sample %s: %s; it counts as 0", _name(extra), prepared.reason)
            return {**_UNREAD, prepared.fault: 1}
        text = str(completion) if isinstance(completion, str) else None
        found = reward_group([text], prepared)[0]
        made = {**_BLANK, **found.as_dict(), "acc": found.f1}
        if found.status in _STATUS_KEYS:
            made[found.status] = 1
        return made

    def _make_gold(
        self, ground_truth: str | None, schema: str | None, spec: str | None, source: str | None
    ) -> Gold | _Unusable:
        try:
            chosen = self._spec_of(schema, spec)
        except MedvieError as error:
            return _Unusable("bad_spec", str(error))
        try:
            return Gold(ground_truth, chosen, source_text=source or None)
        except MedvieError as error:
            return _Unusable("bad_gold", str(error))

    def _make_spec(self, schema: str | None, spec: str | None) -> Spec:
        named = _changes(spec)
        base: Spec | str = self.spec
        changes = named
        if "preset" in named:
            # Another preset starts afresh, with what the run changes and what the sample changes.
            base, changes = named.pop("preset"), {**self._changes, **named}
        chosen = resolve(base, **changes)
        if schema and not self._fixed and chosen.text == "guess" and chosen.reading == "json":
            return Spec.from_json_schema(_schema(schema), chosen)
        return chosen


class _Unusable:
    """A row that cannot be scored, remembered so that it is logged once."""

    def __init__(self, fault: str, reason: str) -> None:
        self.fault = fault
        self.reason = reason
        self.logged = False


def _text(value: Any) -> str | None:
    """Write what a row holds as text, so that equal contents are one key."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, str):  # numpy's
        return str(value)
    if isinstance(value, float) and math.isnan(value):  # a blank cell of a table
        return None
    try:
        return value.decode() if isinstance(value, bytes) else orjson.dumps(value, default=to_json).decode()
    except (TypeError, ValueError):
        return f"not JSON: {type(value).__name__}"


def to_json(value: Any) -> Any:
    """Turn what numpy and configuration libraries bring into what JSON has.

    Raises
    ------
    TypeError
        If it is nothing of that kind.
    """
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "__iter__"):
        return list(value)
    raise TypeError(type(value).__name__)


def _changes(spec: Any) -> dict[str, Any]:
    """Read a preset's name, a mapping or its JSON text as spec fields to change."""
    if not spec:
        return {}
    if isinstance(spec, str):
        if not spec.lstrip().startswith("{"):
            return {"preset": str(spec)}
        spec = _read(spec, "spec")
    if not isinstance(spec, Mapping):
        raise SpecError(
            f"spec: expected a preset's name or an object of spec fields, got {type(spec).__name__} - at $"
        )
    changes = dict(spec)
    if "rules" in changes:
        changes["rules"] = _rules(changes["rules"])
    return changes


def _rules(rules: Any) -> tuple[Rule, ...]:
    if not isinstance(rules, (list, tuple)):
        raise SpecError(f"rules: expected a list of rules, got {type(rules).__name__} - at $.rules")
    return tuple(
        x if isinstance(x, Rule) else Rule.from_dict(x, f"$.rules[{n}]") for n, x in enumerate(rules)
    )


def _schema(schema: Any) -> Schema:
    if isinstance(schema, str):
        schema = load_schema(schema) if schema in SCHEMAS else _read(schema, "schema")
    if not isinstance(schema, (Mapping, type)):
        raise SpecError(f"schema: expected a JSON object, got {type(schema).__name__} - at $")
    return schema


def _read(text: str, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise SpecError(f"{what}: expected JSON text: {error}") from None


def _name(extra: Any) -> str:
    """Name a sample in the log."""
    if not isinstance(extra, Mapping):
        return "?"
    return (
        " ".join(f"{key}={extra[key]}" for key in ("index", "id", "split") if extra.get(key) is not None)
        or "?"
    )
