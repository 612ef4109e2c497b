"""How many documents a second Ray scores on this machine, with one and two workers, beside the local run.

Documents are generated lab reports with completions, as text in memory. *local* is `medvie_reward.evaluate`
on one core; *evaluate_dataset* the same documents as a ``ray.data.Dataset`` of blocks; *--ray* reads, joins
and scores two JSONL files on the cluster, as `medvie-score --ray` does, rows coming back to the driver. Ray's
start is not measured, and every way is run once before, so that workers have started; the least of some runs
counts. Prints a Markdown table; *per core* is a worker's rate as a share of the local one. Fails unless every
way gives the same figures.
Needs ``pip install "medvie-reward[ray]"``.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import pyarrow as pa
from corpus import write_corpus
from reports import completion, perturb, report
from tables import made_with, markdown

from medvie_reward import evaluate
from medvie_reward.corpus import (
    GOLD_KEYS,
    PRED_KEYS,
    Evaluation,
    EvaluationBuilder,
    RowFile,
    Scored,
    ScoringOptions,
    join,
    score_files,
)
from medvie_reward.integrations.ray import cluster, evaluate_dataset
from medvie_reward.spec import resolve

PLAN: Final = 1_000_000_000
"""Documents of the corpus that the last line plans."""


class Unequal(Exception):
    """Two ways gave different figures."""


class Timed(NamedTuple):
    """What one way took and gave."""

    seconds: float
    evaluation: Evaluation


def timed(run: Callable[[], Evaluation], repeats: int) -> Timed:
    """Run once unmeasured, then give the least seconds of so many runs."""
    found, best = run(), float("inf")
    for _ in range(repeats):
        begun = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - begun)
    return Timed(best, found)


def texts(documents: int, rows: int, seed: int) -> tuple[list[str], list[str]]:
    """Give the completions and golds of `corpus.write_corpus` as texts."""
    rng, preds, golds = Random(seed), [], []
    for _ in range(documents):
        gold = report(rng, rows)
        preds.append(completion(perturb(rng, gold)))
        golds.append(json.dumps(gold, ensure_ascii=False))
    return preds, golds


def score_folder(folder: Path, workers: int) -> Evaluation:
    """Score the files of `corpus.write_corpus` on the Ray that runs."""
    names = str(folder / "preds.jsonl"), str(folder / "gold.jsonl")
    with RowFile(names[0], PRED_KEYS) as preds, RowFile(names[1], GOLD_KEYS) as golds:
        task = ScoringOptions(spec=resolve("clinical"), preds=preds.reader, golds=golds.reader)
        tally = EvaluationBuilder(task.spec)

        def on_scored(scored: Scored) -> None:
            tally.add(scored)

        with cluster(workers=workers) as spread:
            score_files(preds, golds, join(preds, golds), task, spread=spread, on_scored=on_scored)
    return tally.evaluation()


def figures(evaluation: Evaluation) -> str:
    """Write all figures but how rows were joined."""
    return json.dumps({**evaluation.as_dict(documents=False), "joined": None}, sort_keys=True)


def measure(folder: Path, preds: list[str], golds: list[str], workers: int, repeats: int) -> dict[str, Timed]:
    """Time both ways on a Ray of so many processors."""
    ray: Any = import_module("ray")
    data: Any = import_module("ray.data")
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    ray.init(
        address="local", num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level=40
    )
    try:
        data.DataContext.get_current().enable_progress_bars = False
        table = pa.table({"completion": preds, "gold": golds})
        blocks = [ray.put(table.slice(n, 256)) for n in range(0, len(preds), 256)]
        return {
            "evaluate_dataset": timed(lambda: evaluate_dataset(data.from_arrow_refs(blocks)), repeats),
            "--ray": timed(lambda: score_folder(folder, workers), repeats),
        }
    finally:
        ray.shutdown()


def main() -> None:
    """Print the table and the plan."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=6144)
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    n = args.documents
    preds, golds = texts(n, args.rows, args.seed)
    local = timed(lambda: evaluate(preds, golds), args.repeats)
    body = [["local", "1", f"{local.seconds:.2f}", f"{n / local.seconds:,.0f}", "1.00"]]
    rates = {}
    with tempfile.TemporaryDirectory() as name:
        write_corpus(Path(name), n, args.rows, args.seed)
        for workers in (1, 2):
            for way, found in measure(Path(name), preds, golds, workers, args.repeats).items():
                if figures(local.evaluation) != figures(found.evaluation):
                    raise Unequal(f"{way} with {workers} workers gave other figures than the local run")
                rate = n / found.seconds
                rates[way, workers] = rate
                share = rate / workers * local.seconds / n
                body.append(
                    [f"Ray, {way}", str(workers), f"{found.seconds:.2f}", f"{rate:,.0f}", f"{share:.2f}"]
                )
    print(markdown(["way", "workers", "seconds", "documents/s", "per core"], body))
    slowest = min(rates["evaluate_dataset", workers] / workers for workers in (1, 2))
    hours = PLAN / slowest / 3600
    print(
        f"\n{n:,} reports of {args.rows} rows; all figures equal, bit for bit. A plan with "
        f"evaluate_dataset's lower rate: {PLAN:,} documents / {slowest:,.0f} documents/s per core / 3600 = "
        f"{hours:,.0f} core-hours, {hours / 1000:,.2f} hours on 1,000 cores."
    )
    print(made_with(args.seed, "ray"))


if __name__ == "__main__":
    main()
