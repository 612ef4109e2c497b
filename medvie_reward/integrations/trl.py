"""The reward for TRL: ``GRPOTrainer(..., reward_funcs=reward_fn)``.

TRL calls it with a batch: completions as texts or as lists of messages, every further column of the dataset
as a list. TRL itself is never imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from medvie_reward.integrations._columns import measure_columns
from medvie_reward.integrations._messages import text_of
from medvie_reward.integrations.samples import KEYS, Scorer

if TYPE_CHECKING:
    from datasets import Dataset

__all__ = [
    "RewardFunction",
    "make_reward_fn",
    "measure_columns",
    "reward_fn",
    "text_of",
    "to_dataset",
    "to_row",
]

# The mean of a status's number says nothing; each status has a key of its own.
_LOGGED: Final = tuple(key for key in KEYS if key != "status")
_PLACEHOLDER: Final = "<image>"


class RewardFunction:
    """A reward function for ``reward_funcs``; see `make_reward_fn`. It pickles.

    Parameters
    ----------
    scorer
        The settings of the run.
    name
        What TRL calls the reward in its logs.
    """

    def __init__(self, scorer: Scorer, name: str = "medvie") -> None:
        self.scorer = scorer
        self.__name__ = name  # TRL asks for it

    def __repr__(self) -> str:
        return f"<reward function {self.__name__}>"

    def __call__(
        self,
        completions: Sequence[Any],
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float]:
        """Return one finite number per completion, and log the means of all components.

        Raises
        ------
        InputError
            If no column holds the ground truth; no completion and no single row raises.
        """
        made = measure_columns(self.scorer, completions, columns)
        if log_metric is not None and made:
            for key in _LOGGED:
                log_metric(f"{self.__name__}/{key}", sum(x[key] for x in made) / len(made))
        return [float(x["score"]) for x in made]


def make_reward_fn(spec: Any = None, *, name: str = "medvie", **settings: Any) -> RewardFunction:
    """Build a reward function for ``reward_funcs``.

    The function reads the column ``ground_truth`` (JSON text), or ``reward_model`` with such a member, and
    where they are there ``extra_info``, ``schema``, ``source_text`` and ``spec``. It gives one finite number
    per completion and logs the mean of every component as ``<name>/<component>``. It raises `InputError`
    where the dataset has no ground truth at all; no completion and no single row raises.

    Where a prompt ends in an open think tag, its completions are read as beginning in the think part. With
    ``answer="tool_call"`` the arguments of a tool call are the answer.

    Parameters
    ----------
    spec, **settings
        Settings of the run, see `samples.Scorer`.
    name
        What TRL calls the reward in its logs (``rewards/<name>/mean``).

    Raises
    ------
    SpecError
        If a setting is not usable.
    """
    return RewardFunction(Scorer(spec, **settings), name)


def to_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a training row (verl's, as ``medvie prepare`` writes it) into TRL's columns.

    TRL puts the images of a row before its first user message itself, so their placeholders are dropped.
    """
    images = list(row.get("images") or ())
    prompt = [dict(message) for message in row["prompt"]]
    left = len(images)
    for message in prompt:
        while left and message["content"].startswith(_PLACEHOLDER):
            message["content"] = message["content"].removeprefix(_PLACEHOLDER).removeprefix("\n")
            left -= 1
    made = {
        "prompt": prompt,
        "ground_truth": row["reward_model"]["ground_truth"],
        "extra_info": row.get("extra_info"),
    }
    return {**made, "images": images} if images else made


def to_dataset(rows: Iterable[Mapping[str, Any]]) -> Dataset:
    """Turn training rows into a dataset for ``train_dataset``; needs ``datasets``, which TRL brings."""
    from datasets import Dataset, Image, List

    made = Dataset.from_list([to_row(row) for row in rows])
    return made.cast_column("images", List(Image())) if "images" in made.column_names else made


reward_fn = make_reward_fn()
