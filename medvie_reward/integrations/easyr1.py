"""The reward for EasyR1: ``worker.reward.reward_function=FILE:compute_score``, FILE re-exporting this one.

EasyR1 calls it with a batch, and tells it of a row no more than one text, the ground truth. What else holds
for a row (its schema, the page's text, spec fields to change) travels inside that text, in an `envelope`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from medvie_reward.errors import SpecError
from medvie_reward.integrations.envelope import envelope_of, images_of, open_envelope
from medvie_reward.integrations.samples import scorer_of

REWARD_NAME: Final = "medvie"
REWARD_TYPE: Final = "batch"


def compute_score(
    reward_inputs: Sequence[Mapping[str, Any]], **settings: Any
) -> list[dict[str, int | float | bool]]:
    """Reward a batch.

    Parameters
    ----------
    reward_inputs
        Per sample ``response`` and ``ground_truth`` (the gold as JSON text, or an envelope of it).
    **settings
        ``worker.reward.reward_function_kwargs``, see `samples.Scorer`.

    Returns
    -------
    list of dict
        Flat, the same keys for every sample: ``overall`` (the reward), ``accuracy`` (the F1) and
        `samples.KEYS`.

    Raises
    ------
    SpecError
        If a setting is not usable, or EasyR1 does not call in batches. No completion and no row raises.
    """
    if isinstance(reward_inputs, Mapping):
        raise SpecError("reward_inputs: expected a list of samples; set worker.reward.reward_type=batch")
    scorer = scorer_of(settings)
    made = []
    for sample in reward_inputs:
        gold, extra = open_envelope(sample.get("ground_truth"))
        found = scorer.measure(sample.get("response"), gold, extra)
        made.append({"overall": found["score"], "accuracy": found["acc"], **found})
    return made


def to_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a training row (verl's, as ``medvie prepare`` writes it) into EasyR1's columns.

    They are ``problem`` (text with a placeholder per image), ``answer`` (the envelope) and ``images`` (bytes
    where the row has them, else paths).
    """
    return {
        "problem": "\n\n".join(message["content"] for message in row["prompt"]),
        "answer": envelope_of(row["reward_model"]["ground_truth"], row.get("extra_info")),
        "images": images_of(row),
    }
