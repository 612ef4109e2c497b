"""What a run of verl left behind: its configuration, metrics and dumps; and the reward of a dumped sample."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from training_rows import PLACEHOLDER, TrainingRow, read_rows

from medvie_reward import Reward, Spec, reward


class Run(NamedTuple):
    """The files of one run, read.

    Attributes
    ----------
    config
        verl's configuration as Hydra composed it.
    metrics
        What verl logged, by step.
    rollouts, validations
        Dumped samples by step.
    rows
        Rows of the training and validation files, by ground truth.
    """

    config: dict[str, Any]
    metrics: dict[int, dict[str, Any]]
    rollouts: dict[int, list[dict[str, Any]]]
    validations: dict[int, list[dict[str, Any]]]
    rows: dict[str, list[TrainingRow]]

    @property
    def steps(self) -> int:
        """How many steps the run was told to make."""
        return int(self.config["trainer"]["total_training_steps"])


def read_run(folder: Path) -> Run:
    """Read the folder that run.sh made for a run.

    Raises
    ------
    FileNotFoundError
        If the configuration or the metrics are not there: the run did not start.
    """
    from omegaconf import OmegaConf

    config: Any = OmegaConf.to_container(OmegaConf.load(folder / "hydra" / ".hydra" / "config.yaml"))
    metrics: dict[int, dict[str, Any]] = {}
    for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines():
        made = json.loads(line)
        metrics.setdefault(made["step"], {}).update(made["data"])
    rows: dict[str, list[TrainingRow]] = {}
    for file in (config["data"]["train_files"], config["data"]["val_files"]):
        for row in read_rows(Path(file)):
            rows.setdefault(row.ground_truth, []).append(row)
    return Run(config, metrics, read_dumps(folder / "rollouts"), read_dumps(folder / "validation"), rows)


def read_dumps(folder: Path) -> dict[int, list[dict[str, Any]]]:
    """Read verl's dumps, one file of JSON lines per step."""
    return {
        int(file.stem): [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for file in folder.glob("*.jsonl")
    }


def row_of(run: Run, sample: dict[str, Any]) -> TrainingRow:
    """Find the row that a dumped sample answers: by its ground truth and, among equal ones, by its query.

    Raises
    ------
    LookupError
        If there is none.
    """
    for row in run.rows.get(sample["gts"], ()):
        if row.prompt[-1]["content"].replace(PLACEHOLDER, "") in sample["input"]:
            return row
    raise LookupError(f"no row of the data has this ground truth and query: {sample['gts']}")


def spec_of(run: Run, row: TrainingRow) -> Spec:
    """Give the spec that a row was rewarded with: the run's settings, and the row's schema if it has one."""
    settings = run.config["reward"]["custom_reward_function"]["reward_kwargs"]
    return _spec_of(json.dumps(settings), row.extra["schema"])


@lru_cache(maxsize=4096)
def _spec_of(settings: str, schema: str) -> Spec:
    changes = json.loads(settings)
    base = Spec.preset(changes.pop("spec"))
    if not schema:
        return base.replace(**changes)
    return Spec.from_json_schema(json.loads(schema), base, **changes)


def rescore(run: Run, sample: dict[str, Any]) -> Reward:
    """Reward a dumped sample anew, by the package's own `medvie_reward.reward`.

    Raises
    ------
    LookupError
        If the data has no such row.
    """
    row = row_of(run, sample)
    return reward(
        sample["output"], row.ground_truth, spec_of(run, row), source_text=row.extra["source_text"] or None
    )
