"""An evaluation -> what makes one doubt that it compares what was meant."""

from __future__ import annotations

import warnings

from medvie_reward._core.names import first_names
from medvie_reward.corpus._evaluation import Evaluation
from medvie_reward.errors import InputWarning


def doubts_of(evaluation: Evaluation, preds: str = "", golds: str = "") -> list[str]:
    """Return sentences about an evaluation whose scores of 0 come from its input, not from a model.

    Parameters
    ----------
    evaluation
        The evaluation.
    preds, golds
        Their files, where they come from files.
    """
    fields = evaluation.micro.fields
    predicted = [name for name, scores in fields.items() if scores.n_pred]
    wanted = [name for name, scores in fields.items() if scores.n_gold]
    if not predicted or not wanted or not set(predicted).isdisjoint(wanted):
        return []
    hint = ""
    for flag, around, inside in (("--pred-key", predicted, wanted), ("--gold-key", wanted, predicted)):
        first = around[0].partition(".")[0]
        if {name.removeprefix(f"{first}.") for name in around} & {*inside}:
            hint = f" ({flag} {first} takes what is in it)"
    if preds and not hint:
        hint = " (--pred-key, --gold-key)"
    return [
        f"{preds or 'predictions'} and {golds or 'gold documents'} have no field in common: predicted are "
        f"{first_names(predicted)}, gold are {first_names(wanted)}. "
        f"Is that the answer, or something around it{hint}?"
    ]


def warn_of(sentences: list[str]) -> None:
    """Warn of what `doubts_of` found."""
    for sentence in sentences:
        warnings.warn(sentence, InputWarning, stacklevel=3)
