"""What needs no Ray: blocks, adding up, errors; ``tests/ray`` has the cluster (run by ``.ci/ray``)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from medvie_reward import GoldError, InputError, evaluate
from medvie_reward.cli._main import main_score
from medvie_reward.corpus import GOLD_KEYS, PRED_KEYS, RowFile, join
from medvie_reward.corpus._evaluation import Scored, evaluation_of
from medvie_reward.corpus._files import Lines, ScoringOptions, score_files, score_lines
from medvie_reward.errors import ClusterError
from medvie_reward.integrations import ray as ours
from medvie_reward.integrations import ray_cluster
from medvie_reward.spec._spec import resolve

SPEC = resolve("clinical")
PREDS = [
    json.dumps({"Name": f"N{n % 3}", "Age": n, "Indicators": [{"Item Name": "K"}] * 2}) for n in range(70)
]
GOLDS = [json.dumps({"Name": f"N{n % 2}", "Age": 3, "Indicators": [{"Item Name": "K"}]}) for n in range(70)]
GROUPS = [f"g{n % 4}" for n in range(70)]
COLUMNS = ours._RayColumns(SPEC, "pred", "gold", "id", "group", None, ("f1", "ted"))


def block(rows: slice, **changes: list[Any]) -> pa.Table:
    ids = [f"d{n}" for n in range(70)]
    columns = {"id": ids, "pred": PREDS, "gold": GOLDS, "group": GROUPS, "spare": PREDS, **changes}
    return pa.table({name: values[rows] for name, values in columns.items()})


class FakeRay:
    """Runs at once what Ray would run on a worker, and counts it."""

    def __init__(self) -> None:
        self.calls = 0

    def remote(self, function: Callable[..., Any]) -> Any:
        def call(*args: Any) -> Any:
            self.calls += 1
            return function(*args)

        return type("Remote", (), {"remote": staticmethod(call)})

    def get(self, refs: list[Any]) -> list[Any]:
        return refs


@pytest.mark.parametrize(("size", "calls"), [(70, 0), (3, 0), (1, 3)])
def test_blocks_add_up_to_the_local_run(size: int, calls: int) -> None:
    """However blocks are cut, sums added over a tree give what `evaluate` gives, fields sorted by name."""
    tables = [t for n in range(0, 70, size) for t in ours._count_block(block(slice(n, n + size)), COLUMNS)]
    fake = FakeRay()
    totals = ours._sorted(ours._add_up(fake, tables))
    local = evaluate(PREDS, GOLDS, by=GROUPS, metrics="f1,ted")
    assert calls == fake.calls
    found = evaluation_of(totals, SPEC, ("f1", "ted")).as_dict(documents=False)
    assert local.as_dict(documents=False) == found
    assert sorted(found["fields"]) == list(found["fields"])


def test_rows_of_a_block_are_flat() -> None:
    """A row per document: the members of its `Document`, counts as columns, one schema for all blocks."""
    columns = COLUMNS._replace(id_key=None)
    (table,) = ours._rows_of_block(block(slice(0, 5)), columns)
    (none,) = ours._rows_of_block(block(slice(0, 0)), columns)
    assert table.schema == none.schema
    local = evaluate(PREDS[:5], GOLDS[:5], by=GROUPS[:5], metrics="f1,ted")
    for expected, row in zip(local.documents, table.to_pylist(), strict=True):
        flat = expected.as_dict()
        counts = flat.pop("counts")
        assert {**flat, **counts, "id": None} == row


def test_rows_come_in_tables_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large block gives several tables and loses no row."""
    monkeypatch.setattr(ours, "_ROWS", 32)
    tables = list(ours._rows_of_block(block(slice(0, 70)), COLUMNS))
    assert [table.num_rows for table in tables] == [32, 32, 6]
    assert [f"d{n}" for n in range(70)] == [x for t in tables for x in t.column("id").to_pylist()]


def test_source_texts_are_read() -> None:
    """A text or a list of lines per row counts what is ungrounded; a row may have none."""
    texts = [["N0", "age 0"], None]
    table = pa.table({"pred": PREDS[:2], "gold": GOLDS[:2], "page": texts})
    columns = ours._RayColumns(SPEC, "pred", "gold", None, None, "page", ("f1",))
    found = evaluation_of(ours._unpack(*ours._count_block(table, columns)), SPEC)
    local = evaluate(PREDS[:2], GOLDS[:2], source_texts=texts)
    assert (1, local.micro.counts) == (found.sources, found.micro.counts)


@pytest.mark.parametrize(
    ("columns", "changes", "error", "message"),
    [
        (COLUMNS, {"gold": [*GOLDS[:3], "{", *GOLDS[4:]]}, GoldError,
         r"^document d3: gold: expected JSON text"),
        (COLUMNS._replace(id_key=None), {"gold": ["{"] * 70}, GoldError,
         r"^document in row 1 of its block: gold: expected JSON text"),
        (COLUMNS._replace(by="lab"), {}, InputError, "no column 'lab': it has id, pred, gold, group, spare"),
        (COLUMNS._replace(version="0.0.1"), {}, ClusterError,
         "the driver has 0.0.1: expected the same version"),
    ],
)  # fmt: skip
def test_errors_of_a_block(
    columns: Any, changes: dict[str, list[Any]], error: type[Exception], message: str
) -> None:
    """A bad gold is named, a missing column too, and nodes of another version are refused."""
    for function in (ours._count_block, ours._rows_of_block):
        with pytest.raises(error, match=message):
            list(function(block(slice(0, 70), **changes), columns))


def test_no_blocks() -> None:
    """An empty dataset is an error, not a score."""
    with pytest.raises(InputError, match="no documents"):
        evaluation_of(ours._add_up(FakeRay(), []), SPEC)


def test_the_error_of_a_worker_is_found() -> None:
    """A named error is found under what Ray wraps around it; anything else is told in a line."""
    named = InputError("is bad", "gold.jsonl", 3)
    wrapper = RuntimeError("task failed\nmany lines")
    wrapper.cause = named  # type: ignore[attr-defined]
    outer = ValueError("system")
    outer.__cause__ = wrapper
    assert named is ray_cluster.named(outer)
    wrapper.cause = GoldError("document 3: is bad\nadvice")  # type: ignore[attr-defined]
    assert str(ray_cluster.named(outer)) == "document 3: is bad"
    assert isinstance(ray_cluster.named(outer), GoldError)
    assert str(ray_cluster.named(RuntimeError("died\nlog"))) == "Ray gave up: RuntimeError: died"


def test_without_ray(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where Ray is not installed, a named error says how to get it, before any file is read."""
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main_score(["none.jsonl", "none.jsonl", "--ray"]) == 2
    assert 'needs Ray: pip install "medvie-reward[ray]"' in capsys.readouterr().err
    for function in (ours.evaluate_dataset, ours.score_dataset):
        with pytest.raises(InputError, match=r"medvie-reward\[ray\]"):
            function(None)


def test_importing_needs_no_ray() -> None:
    """Neither module imports Ray."""
    assert not hasattr(ours, "ray")
    assert not hasattr(ray_cluster, "ray")


def test_score_files_spreads(tmp_path: Path) -> None:
    """What is scored elsewhere comes back in the gold file's order and replaces this machine's processes."""
    files = []
    for name, key, values in (("p.jsonl", "pred", PREDS), ("g.jsonl", "gold", GOLDS)):
        files.append(tmp_path / name)
        files[-1].write_text("".join(json.dumps({key: x}) + "\n" for x in values), encoding="utf-8")
    seen: list[str] = []

    def spread(lines: Iterator[Lines], task: ScoringOptions) -> Iterator[Scored]:
        for document in lines:
            seen.append(document.name)
            yield score_lines(document, task)

    results: list[list[Scored]] = []
    with RowFile(str(files[0]), PRED_KEYS) as preds, RowFile(str(files[1]), GOLD_KEYS) as golds:
        task = ScoringOptions(spec=SPEC, preds=preds.reader, golds=golds.reader, leaves=True)
        for given in (None, spread):
            results.append([])
            score_files(
                preds, golds, join(preds, golds), task, limit=9, spread=given, on_scored=results[-1].append
            )
    assert [str(n) for n in range(1, 10)] == seen
    assert results[0] == results[1]
