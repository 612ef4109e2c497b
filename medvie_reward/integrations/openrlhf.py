"""The reward for OpenRLHF: ``--reward.remote_url FILE``, FILE re-exporting `reward_func`.

OpenRLHF hands over the prompt with the response behind it, as decoded from the tokens, special ones included.
An image's placeholder has then grown to as many tokens as the image has, and a prompt that was too long has
lost its beginning: so the response is what stands behind the longest end of the prompt that is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from medvie_reward.integrations.envelope import envelope_of, images_of, open_envelope
from medvie_reward.integrations.samples import Scorer

# What tokenizers write where a text ends.
_END: Final = re.compile(
    r"<\|[^<>|\s]{1,60}\|>|<\uff5c[^<>\uff5c\s]{1,60}\uff5c>|</s>|<eos>|<pad>|<end_of_turn>"
)
_LONGEST_END: Final = 64
# A shorter end of a prompt could stand anywhere by chance.
_SHORTEST_TAIL: Final = 8


class RewardFunction:
    """A reward function with the settings of a run; it pickles.

    Parameters
    ----------
    scorer
        The settings of the run.
    """

    __name__ = "reward_func"

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer

    def __call__(
        self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any], **_: Any
    ) -> dict[str, Any]:
        """Return ``rewards``, ``scores`` and ``extra_logs``; see `pack`."""
        import torch

        return pack(measure(self.scorer, queries, prompts, labels), torch.tensor)


def make_reward_func(spec: Any = None, **settings: Any) -> RewardFunction:
    """Build a reward function with the settings of a run, see `samples.Scorer`.

    Raises
    ------
    SpecError
        If a setting is not usable.
    """
    return RewardFunction(Scorer(spec, **settings))


def measure(
    scorer: Scorer, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]
) -> list[dict[str, int | float | bool]]:
    """Measure the responses in ``queries``.

    Parameters
    ----------
    scorer
        The settings of the run.
    queries
        Prompt and response per sample.
    prompts
        The prompts alone. Where one ends in an open think tag, the response begins in the think part.
    labels
        The gold as JSON text, or an envelope of it (see `envelope`).

    Returns
    -------
    list of dict
        `samples.KEYS` and ``no_prompt``: 1 where nothing of the prompt is in the query, all of which then is
        read as the response.
    """
    made = []
    for query, prompt, label in zip(queries, prompts, labels, strict=True):
        response, found = cut_prompt(query, prompt)
        gold, extra = open_envelope(label)
        made.append({**scorer.measure(response, gold, extra, prompt), "no_prompt": int(not found)})
    return made


def pack(made: Sequence[Mapping[str, float]], tensor: Callable[[list[float]], Any]) -> dict[str, Any]:
    """Write what was measured as OpenRLHF wants it.

    Parameters
    ----------
    made
        Numbers per sample.
    tensor
        Makes a tensor of a list: ``torch.tensor``.

    Returns
    -------
    dict
        ``rewards`` and ``scores``, and ``extra_logs`` with every component as ``medvie/<key>``; tensors of
        one number per sample.
    """
    scores = [float(x["score"]) for x in made]
    keys = [key for key in made[0] if key not in ("score", "status")] if made else []
    logs = {f"medvie/{key}": tensor([float(x[key]) for x in made]) for key in keys}
    return {"rewards": tensor(scores), "scores": tensor(scores), "extra_logs": logs}


def cut_prompt(query: Any, prompt: Any) -> tuple[str | None, bool]:
    """Return the response without the tokens that end it, and whether the prompt was found."""
    if not isinstance(query, str):
        return None, False
    if not isinstance(prompt, str):
        return _cut_end(query), False
    if query.startswith(prompt):
        return _cut_end(query[len(prompt) :]), True
    # Ends of the prompt are in the query up to some length, so that length can be bisected.
    low, high = 0, len(prompt)
    while low < high:
        middle = (low + high + 1) // 2
        if prompt[-middle:] in query:
            low = middle
        else:
            high = middle - 1
    if low < _SHORTEST_TAIL:
        return _cut_end(query), False
    return _cut_end(query[query.index(prompt[-low:]) + low :]), True


def _cut_end(text: str) -> str:
    """Cut end-of-text tokens, in time linear in their number."""
    end = len(text)
    while True:
        while end and text[end - 1].isspace():
            end -= 1
        start = text.rfind("<", max(0, end - _LONGEST_END), end)
        if start < 0 or not _END.fullmatch(text, start, end):
            return text[:end]
        end = start


def to_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a training row (verl's, as ``medvie prepare`` writes it) into OpenRLHF's columns.

    They are ``prompt`` (messages), ``label`` (the envelope), ``images`` (bytes where the row has
    them, else paths) and ``datasource``.
    """
    return {
        "prompt": [dict(message) for message in row["prompt"]],
        "label": envelope_of(row["reward_model"]["ground_truth"], row.get("extra_info")),
        "images": images_of(row),
        "datasource": row.get("data_source", "medvie"),
    }


reward_func = make_reward_func()
