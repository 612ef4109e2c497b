"""What a run is told of its reward before it learns it: what a spec pays for besides reading right."""

from __future__ import annotations

from collections.abc import Container

from medvie_reward.metrics import Reward
from medvie_reward.spec import Spec

_ROUNDING = 1e-12


def advice(spec: Spec, changed: Container[str] = ()) -> dict[str, str]:
    """Say what a spec pays for when a policy is trained with it.

    Parameters
    ----------
    spec
        The spec of a run or a row.
    changed
        Names of the spec fields that the run was told to change.

    Returns
    -------
    dict
        One sentence for each kind of thing to say: ``mix``, ``bag`` and ``alpha``; empty for most specs.
    """
    said = {}
    if spec.matching == "precision_recall" and spec.reading != "smr-r1":
        if spec.alpha:
            said["mix"] = (
                f"matching='precision_recall' with alpha={spec.alpha:g} pays for silence: an answer of one "
                f"sure field earns {spec.alpha:g} of 1, however much it leaves out. Watch omission_rate "
                "beside the reward, or train with matching='f1', under which such an answer earns little"
            )
        else:
            said["mix"] = (
                "matching='precision_recall' with alpha=0 pays for padding: nothing that is made up costs "
                "anything. Watch hallucination_rate beside the reward, or train with matching='f1'"
            )
    elif spec.matching != "precision_recall" and "alpha" in changed:
        said["alpha"] = (
            f"alpha has no effect with matching={spec.matching!r}; "
            "it weighs precision where matching='precision_recall'"
        )
    if spec.lists == "bag" and spec.reading == "json":
        said["bag"] = (
            "lists='bag' pays for slipped columns: a value counts as right in any row of its table. "
            "Watch f1 under lists='align', or train with it"
        )
    return said


def is_at_floor(reward: Reward, spec: Spec) -> bool:
    """Check whether what precision earned is at the spec's floor, so that no further mistake costs anything.

    Under ``f1`` and ``fbeta`` that is all of the matching part. A completion without an answer is not at the
    floor: it has a status of its own.

    Parameters
    ----------
    reward
        A reward under the spec.
    spec
        The spec.
    """
    sure = (1 - spec.alpha) * reward.recall if spec.matching == "precision_recall" else 0.0
    return reward.parsed and reward.matching - sure <= spec.floor + _ROUNDING
