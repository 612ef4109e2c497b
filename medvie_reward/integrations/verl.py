"""The reward for verl: ``reward.custom_reward_function.path=pkg://medvie_reward.integrations.verl``.

verl calls it with one sample at a time, by keyword, in a thread of a Ray worker; up to 0.6 its manager
``batch`` calls it with lists of all of a batch. It is a plain function at the top of a module, so that it
pickles; `medvie_reward.integrations.verl_plugin` offers it as a manager.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from medvie_reward._core.names import counted
from medvie_reward.errors import InputError
from medvie_reward.integrations.samples import Scorer, scorer_of

Numbers = dict[str, int | float | bool]

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
_LISTS: Final = ("data_sources", "solution_strs", "ground_truths", "extra_infos")
_ABSENT: Final = object()


def reward_fn(
    data_source: Any = None,
    solution_str: Any = _ABSENT,
    ground_truth: Any = _ABSENT,
    extra_info: Any = None,
    **kwargs: Any,
) -> Any:
    """Reward one rollout, or those of a batch.

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
        field of a `Spec`, such as ``alpha``; see `samples.Scorer`. The manager ``batch`` gives
        ``solution_strs``, ``ground_truths`` and ``extra_infos`` instead of the names above. Lists in their
        place, the sources among them, are a batch too.

    Returns
    -------
    dict or list of dict
        Flat, the same keys for every sample, ``score`` and ``acc`` among them; see `samples.KEYS`. A list
        where lists were given.

    Raises
    ------
    SpecError
        If ``reward_kwargs`` are not usable. No completion and no row of data raises.
    TypeError
        If there is no completion or no gold.
    """
    lists = {name: kwargs.pop(name) for name in _LISTS if name in kwargs} if "solution_strs" in kwargs else {}
    if not _OF_VERL.isdisjoint(kwargs):
        kwargs = {name: value for name, value in kwargs.items() if name not in _OF_VERL}
    if lists:
        return _measure_batch(scorer_of(kwargs), **lists)
    if _is_column(data_source) and _is_column(solution_str) and _is_column(ground_truth):
        return _measure_batch(
            scorer_of(kwargs), solution_strs=solution_str, ground_truths=ground_truth, extra_infos=extra_info
        )
    if solution_str is _ABSENT or ground_truth is _ABSENT:
        raise TypeError("reward_fn() needs solution_str and ground_truth, or solution_strs and ground_truths")
    return scorer_of(kwargs).measure(solution_str, ground_truth, extra_info)


compute_score = reward_fn


def _is_column(value: Any) -> bool:
    """Check whether an argument holds a value for each sample of a batch."""
    return isinstance(value, (list, tuple)) or bool(getattr(value, "shape", ()))


def _measure_batch(
    scorer: Scorer,
    *,
    solution_strs: Iterable[Any],
    ground_truths: Iterable[Any],
    extra_infos: Iterable[Any] | None = None,
    data_sources: Any = None,
) -> list[Numbers]:
    """Measure the rollouts of a batch, as verl's manager ``batch`` hands them over."""
    texts, golds = list(solution_strs), list(ground_truths)
    extras = [None] * len(texts) if extra_infos is None else list(extra_infos)
    if not len(texts) == len(golds) == len(extras):
        raise InputError(
            f"batch: expected as many of everything, got {counted(len(texts), 'completion')}, "
            f"{counted(len(golds), 'gold document')} and {len(extras):,} of extra_info"
        )
    return [scorer.measure(*sample) for sample in zip(texts, golds, extras, strict=True)]
