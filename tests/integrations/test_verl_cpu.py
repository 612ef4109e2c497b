"""The judges of the run on a CPU, on runs made up here; ``integrations/verl/cpu`` makes real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import check_run
import pytest
import small_reports
import training_rows
from check_frozen import compare
from run_files import Run, rescore, row_of
from training_rows import TrainingRow

from medvie_reward import Spec, reward
from medvie_reward.cli._main import main
from medvie_reward.integrations.samples import KEYS

GOLD = '{"Name": "Ann Lee", "Indicators": [{"Item Name": "K", "Result": "4.1"}]}'
RIGHT = f"<think>1 rows</think><answer>{GOLD}</answer>"
WRONG = RIGHT.replace("4.1", "5.6")
FAULTY = {"failed": 0.0, "bad_gold": 0.0, "bad_spec": 0.0}


class Weight:
    """A stand-in for a tensor: equal when its numbers are."""

    def __init__(self, *numbers: float) -> None:
        self.numbers = numbers

    def equal(self, other: Weight) -> bool:
        """Compare the numbers."""
        return self.numbers == other.numbers


def row(gold: str = GOLD, query: str = "Read this.") -> TrainingRow:
    """Make a training row without a schema."""
    return TrainingRow([{"role": "user", "content": query}], [], gold, {"schema": "", "source_text": ""})


def rollout(output: str, gold: str = GOLD) -> dict[str, Any]:
    """Make a dump of one rollout, with the score that it deserves."""
    return {
        "input": "user\nRead this.\nassistant\n",
        "output": output,
        "gts": gold,
        "score": reward(output, gold).score,
    }


def validation(output: str, gold: str = GOLD) -> dict[str, Any]:
    """Make a dump of one validation sample: every number of the reward."""
    zeros = dict.fromkeys(KEYS, 0.0)
    return {**zeros, **rollout(output, gold), **reward(output, gold).as_dict(), **FAULTY}


def whole_run(tmp_path: Path, *answers: list[str]) -> Run:
    """Make a run of one step per list of answers, all of it as it has to be."""
    from pyarrow import Table, parquet

    parquet.write_table(
        Table.from_pylist(
            [
                {
                    "prompt": row().prompt,
                    "reward_model": {"style": "rule", "ground_truth": GOLD},
                    "extra_info": row().extra,
                }
            ]
        ),
        tmp_path / "validation.parquet",
    )
    steps = len(answers)
    config = {
        "data": {"train_batch_size": 1, "val_files": str(tmp_path / "validation.parquet")},
        "actor_rollout_ref": {"rollout": {"n": 2, "val_kwargs": {"n": 1}}},
        "trainer": {"total_training_steps": steps},
        "reward": {"custom_reward_function": {"reward_kwargs": {"spec": "clinical"}}},
    }
    numbers = {"critic/score/mean": 1.0, "actor/pg_loss": 0.0, "actor/grad_norm": 0.5, "timing_s/step": 1.0}
    metrics: dict[int, dict[str, Any]] = {n: dict(numbers) for n in range(steps + 1)}
    for n in (0, steps):
        metrics[n]["val-core/medvie/reward/mean@1"] = 1.0
    return Run(
        config,
        metrics,
        {n: [rollout(one) for one in made] for n, made in enumerate(answers, 1)},
        {n: [validation(RIGHT)] for n in (0, steps)},
        {GOLD: [row()]},
    )


def test_a_whole_run_has_no_faults(tmp_path: Path) -> None:
    """Nothing is found where nothing is wrong."""
    run = whole_run(tmp_path, [WRONG, RIGHT], [RIGHT, RIGHT])
    assert check_run.check_steps(run) + check_run.check_scores(run) == []


def test_a_lost_rollout_is_seen(tmp_path: Path) -> None:
    """A group whose reward raised is dropped by verl, which goes on."""
    run = whole_run(tmp_path, [WRONG, RIGHT], [RIGHT, RIGHT])
    del run.rollouts[2][0]
    assert check_run.check_steps(run) == ["step 2: expected 2 rollouts, got 1"]


def test_a_step_without_numbers_is_seen(tmp_path: Path) -> None:
    """A step that logged NaN, and one that logged nothing."""
    run = whole_run(tmp_path, [RIGHT, RIGHT], [RIGHT, RIGHT])
    run.metrics[1]["actor/pg_loss"] = float("nan")
    del run.metrics[2]["actor/grad_norm"]
    assert check_run.check_steps(run) == [
        "step 1: expected a number as actor/pg_loss, got nan",
        "step 2: expected a number as actor/grad_norm, got nan",
    ]


def test_a_missing_validation_is_seen(tmp_path: Path) -> None:
    """Both its samples and its metrics are asked for."""
    run = whole_run(tmp_path, [RIGHT, RIGHT])
    del run.validations[1]
    del run.metrics[1]["val-core/medvie/reward/mean@1"]
    assert check_run.check_steps(run) == [
        "validation at step 1: expected 1 samples, got 0",
        "validation at step 1: expected metrics val-core/…, got none",
    ]


def test_a_score_that_is_not_the_rewards_is_seen(tmp_path: Path) -> None:
    """A rollout's score, and one number of a validation sample; NaN is no score."""
    run = whole_run(tmp_path, [WRONG, RIGHT])
    right = reward(RIGHT, GOLD)
    run.rollouts[1][0]["score"] = float("nan")
    run.rollouts[1][1]["score"] = 0.5
    run.validations[0][0]["f1"] = 0.25
    run.validations[1][0]["failed"] = 1.0
    assert check_run.check_scores(run) == [
        f"step 1, rollout 0: score nan, the reward is {reward(WRONG, GOLD).score}",
        f"step 1, rollout 1: score 0.5, the reward is {right.score}",
        f"validation at step 0, sample 0: f1 0.25, the reward has {right.as_dict()['f1']}",
        "validation at step 1, sample 0: failed is 1.0",
    ]


def test_a_sample_of_no_row_is_an_error(tmp_path: Path) -> None:
    """A sample whose gold or whose query no row has cannot be checked."""
    run = whole_run(tmp_path, [RIGHT, RIGHT])
    for change in ({"gts": "{}"}, {"input": "another query"}):
        with pytest.raises(LookupError, match="no row of the data"):
            row_of(run, {**rollout(RIGHT), **change})


def test_samples_are_rewarded_under_the_rows_schema(tmp_path: Path) -> None:
    """A row's schema and the run's settings both reach the reward."""
    schema = {"type": "object", "properties": {"Result": {"type": "number"}}}
    gold = '{"Result": "5.60"}'
    run = whole_run(tmp_path, [RIGHT, RIGHT])
    run.config["reward"]["custom_reward_function"]["reward_kwargs"] = {"spec": "strict", "alpha": 0.25}
    run.rows[gold] = [row(gold)._replace(extra={"schema": json.dumps(schema), "source_text": ""})]
    output = '<think>a</think><answer>{"Result": 5.6}</answer>'
    spec = Spec.from_json_schema(schema, "strict", alpha=0.25)
    sample = {"input": "Read this.", "output": output, "gts": gold}
    assert rescore(run, sample) == reward(output, gold, spec)


def test_the_log_tells_of_trouble() -> None:
    """What fails without stopping a run is found in its log."""
    text = "all is well\n(worker) sample 3: the reward failed, it counts as 0\nall is well"
    assert check_run.check_log(text) == ["log: (worker) sample 3: the reward failed, it counts as 0"]


def test_thirds_of_a_rising_run(tmp_path: Path) -> None:
    """The lift is that of the last third's mean over the first's."""
    run = whole_run(tmp_path, [WRONG, WRONG], [WRONG, RIGHT], [RIGHT, RIGHT])
    assert check_run.thirds(run) == (reward(WRONG, GOLD).score, reward(RIGHT, GOLD).score)


@pytest.mark.parametrize(
    ("after", "faults"),
    [
        ({"model.visual.a": Weight(1), "model.head": Weight(3)}, []),
        (
            {"model.visual.a": Weight(2), "model.head": Weight(3)},
            ["model.visual.a: frozen, and it changed"],
        ),
        (
            {"model.visual.a": Weight(1), "model.head": Weight(2)},
            ["expected weights outside 'visual' to change, none did"],
        ),
        (
            {"model.head": Weight(3)},
            ["model.visual.a: only on one side", "expected weights with 'visual' in their names, got none"],
        ),
    ],
)
def test_frozen_weights(after: dict[str, Weight], faults: list[str]) -> None:
    """A tower that moved, a model that did not train, and weights that are not there are faults."""
    assert compare({"model.visual.a": Weight(1), "model.head": Weight(2)}, after, "visual") == faults


def test_small_reports_become_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Reports of one seed are the same again, no two alike, and ``medvie prepare`` takes them."""
    for folder in ("a", "b"):
        small_reports.write(tmp_path / folder, 12, seed=3)
    made = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert [(tmp_path / "a" / path).read_bytes() for path in made] == [
        (tmp_path / "b" / path).read_bytes() for path in made
    ]
    pages = [report.lines for report in small_reports.compose_distinct(12, seed=3)]
    assert len(set(pages)) == 12

    source, out = tmp_path / "a", tmp_path / "rows"
    schema = str(source / "report.schema.json")
    assert main(["prepare", str(source / "reports.jsonl"), "--schema", schema, "--out", str(out)]) == 0
    capsys.readouterr()
    rows = training_rows.read_rows(out / "train.parquet")
    assert training_rows.write_text_rows(out / "train.parquet", out / "text.parquet") == len(rows)
    text = training_rows.read_rows(out / "text.parquet")
    for image_row, text_row in zip(rows, text, strict=True):
        shown = image_row.prompt[0]["content"].replace("<image>", image_row.extra["source_text"])
        assert text_row.prompt[0]["content"] == shown
        assert (len(image_row.images), text_row.images) == (1, [])
        assert text_row.ground_truth == image_row.ground_truth
        completion = training_rows.completion_of(json.loads(text_row.ground_truth))
        assert reward(completion, text_row.ground_truth).as_dict()["f1"] == 1.0
