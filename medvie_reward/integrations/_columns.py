"""A batch whose dataset columns are lists, as TRL and ms-swift hand it over -> numbers per sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from medvie_reward._core.names import counted
from medvie_reward.errors import InputError, SpecError
from medvie_reward.integrations._rows import UNREAD, extra_of
from medvie_reward.integrations.samples import Scorer

# Members of extra_info that may also be columns of their own.
_COLUMNS: Final = ("schema", "source_text", "spec", "index", "id")
_PROMPTS: Final = ("prompts", "prompt")


def measure_columns(
    scorer: Scorer, completions: Sequence[Any], columns: Mapping[str, Any]
) -> list[dict[str, int | float | bool]]:
    """Measure a batch whose dataset columns are lists.

    Parameters
    ----------
    scorer
        The settings of the run.
    completions
        One per sample, a text or messages; ``None`` for none.
    columns
        Columns by name, as long as ``completions``; those it does not know are left alone.

    Raises
    ------
    InputError
        If no column holds the ground truth, or not one for each completion.
    """
    golds = columns.get("ground_truth")
    if golds is None:
        models = columns.get("reward_model")
        if models is None:
            raise InputError(
                "dataset: expected a column ground_truth (JSON text) or reward_model (an object with that "
                f"member), got the columns {', '.join(sorted(columns)) or 'none'}"
            )
        golds = [_opened(x).get("ground_truth") for x in models]
    if len(golds) != len(completions):
        raise InputError(
            f"dataset: expected a gold document for each of {counted(len(completions), 'completion')}, "
            f"got {len(golds):,}"
        )
    extras = columns.get("extra_info")
    prompts = next((columns[name] for name in _PROMPTS if columns.get(name) is not None), None)
    flat = {key: columns[key] for key in _COLUMNS if columns.get(key) is not None}
    made = []
    for n, (completion, gold) in enumerate(zip(completions, golds, strict=True)):
        extra = None if extras is None else extras[n]
        own = {key: values[n] for key, values in flat.items() if values[n] is not None}
        if own:
            extra = {**_opened(extra), **own}
        made.append(scorer.measure(completion, gold, extra, None if prompts is None else prompts[n]))
    return made


def _opened(value: Any) -> Mapping[Any, Any]:
    """Return what holds for a row; a value that cannot be read is left for the scorer to tell of."""
    try:
        return extra_of(value)
    except SpecError:
        return {UNREAD: value}
