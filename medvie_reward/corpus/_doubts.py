"""An evaluation -> what makes one doubt that it compares what was meant."""

from __future__ import annotations

import warnings

from medvie_reward._core.names import first_names
from medvie_reward.corpus._evaluation import Evaluation
from medvie_reward.errors import InputWarning


def doubts_of(evaluation: Evaluation, preds: str = "predictions", golds: str = "gold documents") -> list[str]:
    """Return sentences about an evaluation whose scores of 0 come from its input, not from a model.

    Parameters
    ----------
    evaluation
        The evaluation.
    preds, golds
        What both sides are called in the sentences.
    """
    fields = evaluation.micro.fields
    predicted = [name for name, scores in fields.items() if scores.n_pred]
    wanted = [name for name, scores in fields.items() if scores.n_gold]
    if not predicted or not wanted or not set(predicted).isdisjoint(wanted):
        return []
    return [
        f"{preds} and {golds} have no field in common: predicted are {first_names(predicted)}, gold are "
        f"{first_names(wanted)}. Is that the answer, or something around it (--pred-key, --gold-key)?"
    ]


def warn_of(sentences: list[str]) -> None:
    """Warn of what `doubts_of` found."""
    for sentence in sentences:
        warnings.warn(sentence, InputWarning, stacklevel=3)
