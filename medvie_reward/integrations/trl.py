"""The reward for TRL: ``GRPOTrainer(..., reward_funcs=reward_fn)``.

TRL calls it with a batch: completions as texts or as lists of messages, every further column of the dataset
as a list. TRL itself is never imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from medvie_reward.errors import InputError
from medvie_reward.integrations.samples import KEYS, Scorer

if TYPE_CHECKING:
    from datasets import Dataset

RewardFunction = Callable[..., list[float]]

# The mean of a status's number says nothing; each status has a key of its own.
_LOGGED: Final = tuple(key for key in KEYS if key != "status")
# Members of extra_info that may also be columns of their own.
_COLUMNS: Final = ("schema", "source_text", "spec", "index", "id")
_REASONING: Final = ("reasoning_content", "thinking")
_PLACEHOLDER: Final = "<image>"


def make_reward_fn(spec: Any = None, *, name: str = "medvie", **settings: Any) -> RewardFunction:
    """Build a reward function for ``reward_funcs``.

    The function reads the column ``ground_truth`` (JSON text), or ``reward_model`` with such a member, and
    where they are there ``extra_info``, ``schema``, ``source_text`` and ``spec``. It gives one finite number
    per completion and logs the mean of every component as ``<name>/<component>``. It raises `InputError`
    where the dataset has no ground truth at all; no completion and no single row raises.

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
    scorer = Scorer(spec, **settings)

    def medvie(
        completions: Sequence[Any], log_metric: Callable[[str, float], None] | None = None, **columns: Any
    ) -> list[float]:
        made = measure_columns(scorer, [text_of(x) for x in completions], columns)
        if log_metric is not None and made:
            for key in _LOGGED:
                log_metric(f"{name}/{key}", sum(x[key] for x in made) / len(made))
        return [float(x["score"]) for x in made]

    medvie.__name__ = name
    return medvie


def measure_columns(
    scorer: Scorer, completions: Sequence[str | None], columns: Mapping[str, Any]
) -> list[dict[str, int | float | bool]]:
    """Measure a batch whose dataset columns are lists.

    Parameters
    ----------
    scorer
        The settings of the run.
    completions
        One text per sample, ``None`` for none.
    columns
        Columns by name, as long as ``completions``; those it does not know are left alone.

    Raises
    ------
    InputError
        If no column holds the ground truth.
    """
    golds = columns.get("ground_truth")
    if golds is None:
        models = columns.get("reward_model")
        if models is None:
            raise InputError(
                "dataset: expected a column ground_truth (JSON text) or reward_model (an object with that "
                f"member), got the columns {', '.join(sorted(columns)) or 'none'}"
            )
        golds = [x.get("ground_truth") if isinstance(x, Mapping) else None for x in models]
    extras = columns.get("extra_info")
    flat = {key: columns[key] for key in _COLUMNS if columns.get(key) is not None}
    made = []
    for n, (text, gold) in enumerate(zip(completions, golds, strict=True)):
        extra = None if extras is None else extras[n]
        if flat:
            own = {key: values[n] for key, values in flat.items() if values[n] is not None}
            extra = {**(extra if isinstance(extra, Mapping) else {}), **own}
        made.append(scorer.measure(text, gold, extra))
    return made


def text_of(completion: Any) -> str | None:
    """Return what the model wrote: a text as it is, of messages the last one of the assistant.

    Reasoning that a tokenizer's response template has moved out of the content is put back before it, or no
    completion of such a model would be well formed.
    """
    if isinstance(completion, str):
        return completion
    if not isinstance(completion, Sequence):
        return None
    for message in reversed(completion):
        if isinstance(message, Mapping) and message.get("role", "assistant") == "assistant":
            text = _content(message.get("content"))
            thought = next((message[key] for key in _REASONING if isinstance(message.get(key), str)), None)
            return text if thought is None else f"<think>{thought}</think>{text or ''}"
    return None


def _content(content: Any) -> str | None:
    if content is None or isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        return None
    texts = [part.get("text") for part in content if isinstance(part, Mapping)]
    return "".join(text for text in texts if isinstance(text, str))


def to_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a training row (verl's, as ``medvie data`` writes it) into TRL's columns.

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
