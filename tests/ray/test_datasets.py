"""`evaluate_dataset` and `score_dataset` on a real Ray: figures of the local run, also if a worker dies."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from medvie_reward import GoldError, InputError, evaluate
from medvie_reward.corpus._evaluation import Evaluation
from medvie_reward.integrations.ray import evaluate_dataset, score_dataset

ray: Any = pytest.importorskip("ray")
pytest.importorskip("ray.data")
pytestmark = pytest.mark.filterwarnings("default")
DOCUMENTS = 400


@pytest.fixture(scope="module", autouse=True)
def two_workers() -> Iterator[None]:
    """Start Ray with two processors, as a caller would; its datasets keep quiet."""
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=40)
    ray.data.DataContext.get_current().enable_progress_bars = False
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    try:
        yield
    finally:
        ray.shutdown()


@pytest.fixture
def table() -> pa.Table:
    from random import Random

    rng = Random(0)
    columns: dict[str, list[Any]] = {"completion": [], "gold": [], "doc": [], "lab": []}
    for k in range(DOCUMENTS):
        rows = [{"Item Name": f"X{rng.randrange(9)}", "Result": str(rng.randrange(5))} for _ in range(k % 5)]
        gold = {"Name": f"N{k % 3}", "Indicators": rows}
        read = {"Name": f"N{k % 2}", "Indicators": rows[: rng.randrange(6)]}
        columns["completion"].append(rng.choice([json.dumps(read), json.dumps(read), "nothing", None]))
        columns["gold"].append(json.dumps(gold))
        columns["doc"].append(f"d{k}")
        columns["lab"].append(rng.choice(["a", "b", None]))
    return pa.table(columns)


def local_of(table: pa.Table) -> Evaluation:
    columns = table.to_pydict()
    return evaluate(columns["completion"], columns["gold"], by=columns["lab"], metrics="f1,anls")


def figures(e: Evaluation) -> str:
    return json.dumps(e.as_dict(documents=False), sort_keys=True)


def kill_once(block: pa.Table, trigger: str) -> pa.Table:
    """Die by SIGKILL at the first block that holds document d200, once."""
    if "d200" in block.column("doc").to_pylist():
        try:
            os.close(os.open(trigger, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return block
        os.kill(os.getpid(), signal.SIGKILL)
    return block


@pytest.mark.parametrize("blocks", [1, 7, 60])
def test_any_number_of_blocks(table: pa.Table, blocks: int) -> None:
    """Blocks in any number (60 need a tree), shuffled or not, give what the local run gives, bit for bit."""
    dataset = ray.data.from_arrow(table).repartition(blocks)
    if blocks == 7:
        dataset = dataset.random_shuffle(seed=1)
    found = evaluate_dataset(dataset, by="lab", metrics="f1,anls")
    assert found.documents == ()
    assert figures(local_of(table)) == figures(found)


def test_parquet(table: pa.Table, tmp_path: Path) -> None:
    """Files of parquet are read by Ray; rows per document can be written beside them."""
    for n in range(4):
        pq.write_table(table.slice(n * 100, 100), tmp_path / f"{n}.parquet")
    found = evaluate_dataset(ray.data.read_parquet(str(tmp_path)), by="lab", metrics="f1,anls")
    assert figures(local_of(table)) == figures(found)
    rows = score_dataset(ray.data.read_parquet(str(tmp_path)), id_key="doc", by="lab", metrics="f1,anls")
    rows.write_parquet(str(tmp_path / "rows"))
    made = {row["id"]: row for row in pq.read_table(tmp_path / "rows").to_pylist()}
    assert len(made) == DOCUMENTS
    for n, document in enumerate(local_of(table).documents):
        expected = document.as_dict()
        counts = expected.pop("counts")
        assert {**expected, **counts, "id": f"d{n}"} == made[f"d{n}"]


def test_a_worker_dies(table: pa.Table, tmp_path: Path) -> None:
    """A worker killed while it scores a block: the block is scored again, and counts once."""
    trigger = tmp_path / "killed"
    dataset = ray.data.from_arrow(table).repartition(10)
    deadly = dataset.map_batches(
        kill_once, batch_format="pyarrow", batch_size=None, fn_kwargs={"trigger": str(trigger)}
    )
    found = evaluate_dataset(deadly, by="lab", metrics="f1,anls")
    assert trigger.exists()
    assert found.n == DOCUMENTS
    assert figures(local_of(table)) == figures(found)


def test_errors_are_named(table: pa.Table) -> None:
    """A bad gold names its document, a column that is not there is named, nothing to score is an error."""
    golds = table.column("gold").to_pylist()
    golds[77] = "{"
    bad = ray.data.from_arrow(table.set_column(1, "gold", pa.array(golds))).repartition(9)
    with pytest.raises(GoldError, match=r"^document d77: gold: expected JSON text: [^\n]*$"):
        evaluate_dataset(bad, id_key="doc")
    with pytest.raises(InputError, match="no column 'page': it has completion, gold, doc, lab"):
        evaluate_dataset(ray.data.from_arrow(table), source_key="page")
    with pytest.raises(InputError, match="no documents"):
        evaluate_dataset(ray.data.from_arrow(table).filter(lambda row: False))
