"""The reward for verl: ``reward.custom_reward_function.path=pkg://medvie_reward.integrations.verl``.

verl calls it with one sample at a time, by keyword, in a thread of a Ray worker. It is a plain function at
the top of a module, so that it pickles; `medvie_reward.integrations.verl_plugin` offers it as a manager.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson

from medvie_reward.errors import SpecError
from medvie_reward.integrations.samples import Scorer, to_json

# What verl itself passes to some reward functions; no setting of ours.
_OF_VERL: Final = frozenset(
    (
        "reward_router_address",
        "reward_model_tokenizer",
        "sandbox_fusion_url",
        "concurrent_semaphore",
        "memory_limit_mb",
    )
)


def reward_fn(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> dict[str, int | float | bool]:
    """Reward one rollout.

    Parameters
    ----------
    data_source
        Not looked at; verl groups its metrics by it.
    solution_str
        What the model wrote, special tokens left out.
    ground_truth
        The gold, as JSON text.
    extra_info
        What holds for this sample; see `samples.Scorer.measure`.
    **kwargs
        ``reward_kwargs`` of verl's configuration: ``spec``, ``schema``, ``hallucination_cost`` and every
        field of a `Spec`, such as ``alpha``; see `samples.Scorer`.

    Returns
    -------
    dict
        Flat, the same keys for every sample, ``score`` and ``acc`` among them; see `samples.KEYS`.

    Raises
    ------
    SpecError
        If ``reward_kwargs`` are not usable. No completion and no row of data raises.
    """
    if _OF_VERL.isdisjoint(kwargs):
        return scorer_of(kwargs).measure(solution_str, ground_truth, extra_info)
    ours = {name: value for name, value in kwargs.items() if name not in _OF_VERL}
    return scorer_of(ours).measure(solution_str, ground_truth, extra_info)


compute_score = reward_fn


def scorer_of(kwargs: Mapping[str, Any]) -> Scorer:
    """Return the scorer of a run's settings, made once per process.

    Raises
    ------
    SpecError
        If a setting is not usable.
    """
    try:
        key = orjson.dumps(kwargs, default=to_json, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise SpecError(f"reward_kwargs: expected what JSON can say: {error}") from None
    return _scorer(key)


@lru_cache(16)
def _scorer(kwargs: bytes) -> Scorer:
    return Scorer(**orjson.loads(kwargs))
