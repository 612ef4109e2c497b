"""The same documents in every format that people have give the same evaluation; errors say where."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import InputError, InputWarning, evaluate, evaluate_files
from medvie_reward.corpus import GOLD_KEYS, PRED_KEYS, RowFile
from medvie_reward.corpus._tables import read_table

GOLD: dict[str, dict[str, Any]] = {
    "a1": {"Name": "Li", "Rows": [{"x": "1", "y": "2"}, {"x": "3"}]},
    "a2": {"Name": "Wu", "Note": "né"},
    "a3": {"Name": "Bo", "Rows": [{"x": "5"}]},
}
ROWS: list[dict[str, Any]] = [{"id": name, "gold": gold} for name, gold in GOLD.items()]
PREDS: list[dict[str, Any]] = [
    {"id": "a3", "pred": GOLD["a3"]},
    {"id": "a1", "pred": {"Name": "Li", "Rows": [{"x": "1", "y": "2"}]}},
    {"id": "a2", "pred": None},
]


def jsonl(rows: list[Any]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def table(delimiter: str = ",", brackets: bool = False) -> bytes:
    at = "Rows[{}].{}" if brackets else "Rows.{}.{}"
    names = ["id", "Name", "Note", at.format(0, "x"), at.format(0, "y"), at.format(1, "x")]
    cells = [["a1", "Li", "", "1", "2", "3"], ["a2", "Wu", "né", "", "", ""], ["a3", "Bo", "", "5", "", ""]]
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([names, *cells])
    return file.getvalue().encode()


def zstd(data: bytes) -> bytes:
    pa = pytest.importorskip("pyarrow")
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(data)
    return bytes(sink.getvalue())


FORMATS: dict[str, bytes] = {
    "g.jsonl": jsonl(ROWS),
    "bom.jsonl": b"\xef\xbb\xbf" + jsonl(ROWS),
    "crlf.jsonl": jsonl(ROWS).replace(b"\n", b"\r\n"),
    "bare.jsonl": jsonl([{"id": name, **GOLD[name]} for name in GOLD]),
    "texts.jsonl": jsonl([{"id": name, "gold": json.dumps(gold)} for name, gold in GOLD.items()]),
    "array.json": json.dumps(ROWS).encode(),
    "pretty.json": json.dumps(ROWS, indent=2).encode(),
    "several.json": "\n".join(json.dumps(row, indent=2) for row in ROWS).encode(),
    "keyed.json": json.dumps(GOLD).encode(),
    "keyed_pretty.json": json.dumps(GOLD, indent=4).encode(),
    "keyed_rows.json": json.dumps({name: {"gold": gold} for name, gold in GOLD.items()}, indent=1).encode(),
    "no_suffix": json.dumps(ROWS, indent=2).encode(),
    "packed.jsonl.gz": gzip.compress(jsonl(ROWS)),
    "packed.json.gz": gzip.compress(json.dumps(ROWS, indent=2).encode()),
    "packed": gzip.compress(jsonl(ROWS)),
    "packed.csv.gz": gzip.compress(table()),
    "g.csv": table(),
    "bom.csv": b"\xef\xbb\xbf" + table(),
    "brackets.csv": table(brackets=True),
    "semicolons.csv": table(";"),
    "g.tsv": table("\t"),
    "table": table(),
}


def check(evaluation: Any) -> None:
    """Seven of nine leaves are predicted; the order is that of the gold documents."""
    counts = evaluation.micro.counts
    assert (evaluation.joined, [d.id for d in evaluation.documents]) == ("id", ["a1", "a2", "a3"])
    assert (counts.correct, counts.n_pred, counts.n_gold) == (5, 5, 8)
    assert [d.status for d in evaluation.documents] == ["ok", "no_answer", "ok"]


@pytest.fixture
def preds(tmp_path: Path) -> Path:
    path = tmp_path / "preds.jsonl"
    path.write_bytes(jsonl(PREDS))
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_formats(tmp_path: Path, preds: Path, name: str) -> None:
    """The format is known by what is in the file and how its name ends."""
    (tmp_path / name).write_bytes(FORMATS[name])
    check(evaluate_files(preds, tmp_path / name))


def test_standard_input(preds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every format comes through standard input too."""
    for name, data in FORMATS.items():

        class Stdin:
            buffer = io.BytesIO(data)

        monkeypatch.setattr("sys.stdin", Stdin)
        check(evaluate_files(preds, "-"))
        assert name


@pytest.mark.parametrize("name", ["g.jsonl.zst", "packed"])
def test_zstd(tmp_path: Path, preds: Path, name: str) -> None:
    """Zstd is unpacked by what there is."""
    (tmp_path / name).write_bytes(zstd(jsonl(ROWS)))
    check(evaluate_files(preds, tmp_path / name))


@pytest.mark.parametrize("kind", ["parquet", "stream", "file", "datasets", "datasets with one split"])
def test_arrow(tmp_path: Path, preds: Path, kind: str) -> None:
    """Parquet, Arrow and what the datasets library saves."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = pa.Table.from_pylist(ROWS)
    path = tmp_path / "g.parquet"
    if kind == "parquet":
        parquet.write_table(rows, path)
    else:
        path = tmp_path / "g.arrow"
        if kind.startswith("datasets"):
            path = tmp_path / "saved"
            folder = path / "test" if kind.endswith("split") else path
            folder.mkdir(parents=True)
            if kind.endswith("split"):
                (path / "dataset_dict.json").write_text('{"splits": ["test"]}')
            files = [{"filename": f"data-0000{n}-of-00002.arrow"} for n in range(2)]
            (folder / "state.json").write_text(json.dumps({"_data_files": files, "_split": None}))
            for n, part in enumerate((rows.slice(0, 2), rows.slice(2))):
                with pa.ipc.new_stream(str(folder / files[n]["filename"]), part.schema) as writer:
                    writer.write_table(part)
        else:
            make = pa.ipc.new_stream if kind == "stream" else pa.ipc.new_file
            with make(str(path), rows.schema) as writer:
                writer.write_table(rows)
    check(evaluate_files(preds, path))


def test_values_of_arrow(tmp_path: Path) -> None:
    """What Arrow has and JSON lacks is what people would write; a 32-bit float is its shortest text."""
    pa = pytest.importorskip("pyarrow")
    import datetime

    from pyarrow import parquet

    kinds = pa.struct(
        {
            "f": pa.float32(),
            "list": pa.list_(pa.struct({"h": pa.float32()})),
            "d": pa.date32(),
            "t": pa.timestamp("us"),
            "m": pa.decimal128(9, 2),
            "b": pa.binary(),
            "map": pa.map_(pa.string(), pa.int64()),
            "none": pa.string(),
        }
    )
    value = {
        "f": 0.1,
        "list": [{"h": 5.6}],
        "d": datetime.date(2024, 1, 5),
        "t": datetime.datetime(2024, 1, 5, 10, 30),
        "m": Decimal("5.60"),
        "b": b"page",
        "map": [("k", 1)],
        "none": None,
    }
    table = pa.table({"gold": pa.array([value], kinds), "kind": pa.array(["x"]).dictionary_encode()})
    parquet.write_table(table, tmp_path / "g.parquet")
    with RowFile(str(tmp_path / "g.parquet"), GOLD_KEYS) as file:
        assert file.value(0) == {
            "f": 0.1,
            "list": [{"h": 5.6}],
            "d": "2024-01-05",
            "t": "2024-01-05T10:30:00",
            "m": "5.60",
            "b": "cGFnZQ==",
            "map": {"k": 1},
            "none": None,
        }
        assert file.row(0).value["kind"] == "x"


def test_folders(tmp_path: Path) -> None:
    """Documents join completions by their files' names, whatever these end in."""
    golds, preds = tmp_path / "gold", tmp_path / "preds"
    golds.mkdir()
    preds.mkdir()
    for name, gold in GOLD.items():
        (golds / f"{name}.json").write_text(json.dumps(gold, indent=1), encoding="utf-8")
    (golds / ".hidden.json").write_text("{")
    (golds / "a1.png").write_bytes(b"\x89PNG")
    (preds / "a1.txt").write_text(f"<think>x</think><answer>{json.dumps(PREDS[1]['pred'])}</answer>")
    (preds / "a2.json").write_text('{"Name": "W')  # a completion that was cut off
    (preds / "a3.json.gz").write_bytes(gzip.compress(json.dumps({"choices": [{"message": {
        "role": "assistant", "content": json.dumps(GOLD["a3"])}}]}).encode()))  # fmt: skip
    evaluation = evaluate_files(preds, golds)
    assert [(d.id, d.status) for d in evaluation.documents] == [
        ("a1", "ok"),
        ("a2", "truncated"),
        ("a3", "ok"),
    ]
    assert evaluation.micro.counts.correct == 5
    # A file of rows joins a folder by the names of its ids.
    (tmp_path / "p.jsonl").write_bytes(jsonl([{**row, "id": f"scans/{row['id']}.png"} for row in PREDS]))
    check(evaluate_files(tmp_path / "p.jsonl", golds))


def test_a_document_that_holds_parts_is_one_document(tmp_path: Path) -> None:
    """Members of an object are documents of their own only where their names say so, or the other file."""
    path = tmp_path / "d.json"
    path.write_text(json.dumps({"buyer": {"name": "a"}, "seller": {"name": "b"}}))
    assert evaluate_files(path, path).n == 1
    path.write_text(json.dumps({"1": {"name": "a"}, "2": {"name": "b"}}))
    assert evaluate_files(path, path).n == 2
    other = tmp_path / "p.jsonl"
    other.write_bytes(jsonl([{"id": "seller", "name": "b"}, {"id": "buyer", "name": "a"}]))
    path.write_text(json.dumps({"buyer": {"name": "a"}, "seller": {"name": "b"}}))
    assert evaluate_files(other, path).micro.f1 == 1.0


WRONG: list[tuple[str, bytes, str]] = [
    ("g.json", b'[{"gold": {"N": 1}},\n {"gold": {"N": 1, "N": 2}}]', r"row 2: gold: has .* 'N' twice"),
    ("g.json", b'{"gold": 1}', r"g\.json:1: gold: expected an object or a list, got int"),
    ("g.json", b'[\n{"N": 1},\n{"N" 2}\n]', r"g\.json:3: not JSON \(Expecting ':' delimiter in column 6\)"),
    ("g.json", b'{\n"N": 1,\n', r"g\.json:2: ends inside its JSON value"),
    ("g.csv", b"id,N\n1,a\n2,b,c\n", r"g\.csv: row 2: expected 2 cells, got 3"),
    ("g.csv", b"id,N,N\n1,a,b\n", r"g\.csv:1: expected a name for every column, each once: 'N'"),
    ("g.csv", b"id,a,a.b\n1,x,y\n", r"g\.csv:1: column 'a': expected no other columns that are"),
    ("g.csv", b'id,N\n1,"a\n', r"g\.csv:2: not a table: unexpected end of data"),
    ("g.csv", b"id,N\n1,\xff\n", r"g\.csv: not UTF-8"),
    ("g.csv", b"", "the file is empty"),
    ("g.xlsx", b"PK\x03\x04rest", "is a zip archive or a spreadsheet: expected JSON"),
    ("g.parquet", b"PAR1 no", "not a whole parquet or Arrow file"),
    ("g.zst", b"none", "not a zstd file"),
    ("g.json", json.dumps(ROWS).encode("utf-16"), "not UTF-8"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "message"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    """The error names the file, and the line or the row."""
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=message):
        evaluate_files(tmp_path / name, tmp_path / name, pred_key=".")


def test_what_is_wrong_with_folders(tmp_path: Path) -> None:
    """A folder without documents, with two of one name, with a broken one, and with several splits."""
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "rows.csv").write_bytes(table())
    with pytest.raises(
        InputError, match=r"without documents: expected one .*; name a file in it, such as .*rows\.csv"
    ):
        RowFile(str(folder), GOLD_KEYS)
    (folder / "a.json").write_text("{\n1}")
    with pytest.raises(InputError, match=r"a\.json:2: expected one JSON value"):
        RowFile(str(folder), GOLD_KEYS)
    (folder / "a.txt").write_text("x")
    with pytest.raises(InputError, match=r"holds a\.json and a\.txt: expected one file a document"):
        RowFile(str(folder), GOLD_KEYS)
    (folder / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    with pytest.raises(InputError, match=r"holds several splits: expected one of .*train, .*test"):
        RowFile(str(folder), GOLD_KEYS)


@pytest.mark.parametrize("name", ["g.parquet", "g.jsonl.zst"])
def test_what_needs_pyarrow_says_so(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the error says how to install it."""
    (tmp_path / name).write_bytes(b"PAR1" if name.endswith("parquet") else b"\x28\xb5\x2f\xfd")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "zstandard", None)
    if sys.version_info >= (3, 14) and name.endswith("zst"):
        pytest.skip("Python reads zstd itself")
    with pytest.raises(InputError, match=r'needs pyarrow.*pip install "medvie-reward\[data\]"'):
        RowFile(str(tmp_path / name), GOLD_KEYS)


def test_names_with_dots() -> None:
    """Numbers are positions where the columns of a list are whole; else they are names."""
    data = b"a.0,a.1,years.2023,years.2024,b[2],c.d.0.e\n1,2,3,4,5,6\n1,,3,,,\n"
    assert list(read_table(io.BytesIO(data), "t")) == [
        {
            "a": ["1", "2"],
            "years": {"2023": "3", "2024": "4"},
            "b": [None, None, "5"],
            "c": {"d": [{"e": "6"}]},
        },
        {"a": ["1"], "years": {"2023": "3"}},
    ]


# -- ids -----------------------------------------------------------------------------------------------


def files(tmp_path: Path, preds: list[Any], golds: list[Any]) -> tuple[Path, Path]:
    (tmp_path / "p.jsonl").write_bytes(jsonl(preds))
    (tmp_path / "g.jsonl").write_bytes(jsonl(golds))
    return tmp_path / "p.jsonl", tmp_path / "g.jsonl"


@pytest.mark.parametrize(
    "names",
    [
        ("doc_id", "doc_id"),
        ("image", "id"),
        ("file_name", "uid"),
        ("index", "index"),
        ("custom_id", "id"),
        ("id", "key"),
    ],
)
def test_ids_by_other_names(tmp_path: Path, names: tuple[str, str]) -> None:
    """Rows in another order are joined by what names them, whatever that is called."""
    docs = {str(n): {"N": f"x{n}"} for n in range(3)}
    ends = ["scans/{}.png" if name in ("image", "file_name") else "{}" for name in names]
    preds = [{names[0]: ends[0].format(n), "pred": docs[n]} for n in "201"]
    golds = [{names[1]: ends[1].format(n), "gold": docs[n]} for n in "012"]
    evaluation = evaluate_files(*files(tmp_path, preds, golds))
    assert (evaluation.joined, evaluation.micro.f1) == ("id", 1.0)


def test_annotators_in_two_formats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``medvie agreement`` joins an object of documents with rows by their ids."""
    from medvie_reward.cli import main

    docs = {"buyer": {"N": "a"}, "seller": {"N": "b"}}
    (tmp_path / "a.json").write_text(json.dumps(docs))
    (tmp_path / "b.jsonl").write_bytes(jsonl([{"id": x, "gold": docs[x]} for x in ("seller", "buyer")]))
    assert main(["agreement", str(tmp_path / "a.json"), str(tmp_path / "b.jsonl"), "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n_a"], found["equal"], len(found["documents"])) == (2, 2, 2)


def test_documents_with_what_looks_like_an_id(tmp_path: Path) -> None:
    """In documents themselves it stays a field; that is said, with the flag that makes it the id."""
    docs = [{"uid": x, "N": x * 2} for x in "abc"]
    p, g = files(tmp_path, docs[::-1], docs)
    with pytest.warns(
        InputWarning, match=r"'uid' looks like the id .* in another order \(--id-key uid joins"
    ):
        assert evaluate_files(p, g).joined == "line"
    evaluation = evaluate_files(p, g, id_key="uid")
    assert (evaluation.joined, evaluation.micro.f1, evaluation.micro.counts.n_gold) == ("id", 1.0, 3)
    with pytest.raises(
        InputError, match=r"p\.jsonl: has no ids in 'uuid': expected them in every row, or --join"
    ):
        evaluate_files(p, g, id_key="uuid")


def test_an_api_names_its_answers(tmp_path: Path) -> None:
    """The ``id`` of a chat completion names no document, so that rows are joined by line."""
    chat = {"choices": [{"index": 0, "message": {"role": "assistant", "content": '{"N": "a"}'}}]}
    p, g = files(tmp_path, [{"id": "chatcmpl-1", **chat}], [{"id": "d", "gold": {"N": "a"}}])
    evaluation = evaluate_files(p, g)
    assert (evaluation.joined, evaluation.micro.f1) == ("line", 1.0)


# -- in memory -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_frames(engine: str) -> None:
    """A data frame has a document a row, missing values left out; a Series has a value a document."""
    module = pytest.importorskip(engine)
    columns = {"Name": ["Li", "Wu"], "Age": [3, None], "Rows.0.x": ["1", None], "Rows.1.x": ["2", None]}
    golds = [{"Name": "Li", "Age": 3, "Rows": [{"x": "1"}, {"x": "2"}]}, {"Name": "Wu"}]
    evaluation = evaluate(module.DataFrame(columns), golds)
    assert evaluation.micro.counts.correct == evaluation.micro.counts.n_gold == 5
    assert evaluation.micro.counts.n_pred == 5
    texts = module.Series([json.dumps(golds[0]), None])
    assert [d.status for d in evaluate(texts, golds, format="json").documents] == ["ok", "no_answer"]


def test_objects_keyed_by_id() -> None:
    """Two objects are joined by their keys."""
    evaluation = evaluate({"b": {"N": "2"}, "a": {"N": "1"}}, {"a": {"N": "1"}, "b": {"N": "2"}})
    assert ([d.id for d in evaluation.documents], evaluation.micro.f1) == (["a", "b"], 1.0)
    with pytest.raises(
        InputError, match="the same ids: without a prediction 'b'; without a gold document 'c'"
    ):
        evaluate({"a": {}, "c": {}}, {"a": {}, "b": {}})


@pytest.mark.parametrize("given", ["preds.jsonl", Path("preds.jsonl"), b"x", {"N": "a"}])
def test_no_list_of_documents(given: Any) -> None:
    """A name of a file or one document is no list, and its letters are no completions."""
    with pytest.raises(InputError, match="predictions: expected a list of them"):
        evaluate(given, [{"N": "a"}])


# -- the same as the rest -------------------------------------------------------------------------------


def test_evaluate_files_is_evaluate(tmp_path: Path) -> None:
    """With groups, metrics, processes and a limit, files give what lists give."""
    golds = [{"id": str(n), "kind": "ab"[n % 2], "gold": {"N": str(n), "x": "y"}} for n in range(20)]
    preds = [{"id": str(n), "completion": json.dumps({"N": str(n // 2 * 2), "x": "y"})} for n in range(20)]
    p, g = files(tmp_path, preds, golds)
    lists = ([row["completion"] for row in preds], [row["gold"] for row in golds], "strict")
    ids, by = [str(row["id"]) for row in golds], [str(row["kind"]) for row in golds]
    expected = evaluate(*lists, ids=ids, by=by, metrics="f1,anls", format="json").to_dict()
    for workers in (1, 2):
        found = evaluate_files(p, g, "strict", by="kind", metrics="f1,anls", workers=workers, format="json")
        assert {**found.to_dict(), "joined": "given"} == expected
    assert evaluate_files(p, g, limit=3).n == 3
    with pytest.raises(InputError, match="join: expected one of auto, id, line, got 'ids'"):
        evaluate_files(p, g, join="ids")


def test_reports_of_files(tmp_path: Path) -> None:
    """With leaves, an evaluation of files makes a report with its completions; all have intervals."""
    said = [{"role": "assistant", "content": '{"N": "zweiundvierzig"}'}]
    p, g = files(tmp_path, [{"id": 1, "completion": said}, {"id": 2, "completion": '{"N": "b"}'}],
                 [{"id": 2, "gold": {"N": "b"}}, {"id": 1, "gold": {"N": "a"}}])  # fmt: skip
    for workers in (1, 2):
        evaluation = evaluate_files(p, g, leaves=True, workers=workers)
        assert evaluation.details is not None
        assert [leaf.pred for found in evaluation.details.leaves for leaf in found] == ["b", "zweiundvierzig"]
        assert evaluation.details.completions == ['{"N": "b"}', '{"N": "zweiundvierzig"}']
        evaluation.to_html(tmp_path / "r.html")
        assert (tmp_path / "r.html").stat().st_size > 10_000
    assert evaluate_files(p, g).intervals().figures["micro_f1"].value == 0.5


def test_a_pretty_file_of_predictions(tmp_path: Path) -> None:
    """A file may be one document over several lines on both sides."""
    for name in ("p.json", "g.json"):
        (tmp_path / name).write_text(json.dumps(GOLD["a1"], indent=2))
    evaluation = evaluate_files(tmp_path / "p.json", tmp_path / "g.json")
    assert (evaluation.n, evaluation.micro.f1) == (1, 1.0)
    with RowFile(str(tmp_path / "p.json"), PRED_KEYS) as file:
        assert file.value(0) == GOLD["a1"]


def test_table_with_numbers_of_rows(tmp_path: Path) -> None:
    """The first column that a data frame writes without a name is no field; any other one is an error."""
    table, gold = tmp_path / "p.csv", tmp_path / "g.jsonl"
    gold.write_bytes(jsonl([{"id": "a", "gold": {"N": "x"}}, {"id": "b", "gold": {"N": "y"}}]))
    table.write_text(",id,N\n7,b,y\n3,a,x\n")
    evaluation = evaluate_files(str(table), str(gold))
    assert (evaluation.micro.f1, list(evaluation.micro.fields)) == (1, ["N"])
    table.write_text(",id,N\n7,b,y\nLi,a,x\n")
    with pytest.raises(InputError, match=r"p\.csv: row 2: .* the first one has none and holds 'Li'"):
        evaluate_files(str(table), str(gold))


def test_two_objects_of_objects_that_are_alike(tmp_path: Path) -> None:
    """Whether they hold documents or are one is open: this is said, and ``join`` decides."""
    names = [str(tmp_path / name) for name in ("p.json", "g.json")]
    for name, found in zip(names, "xy", strict=True):
        Path(name).write_text(json.dumps({"x": {"N": "a", "M": "b"}, "y": {"N": found, "M": "c"}}))
    with pytest.warns(
        InputWarning, match=r"members that are alike \('x', 'y'\): each is read as one document"
    ):
        assert evaluate_files(*names).n == 1
    by_name = evaluate_files(*names, join="id")
    assert (by_name.n, [document.f1 for document in by_name.documents]) == (2, [1, 0.5])


@pytest.mark.filterwarnings("error")
def test_objects_that_are_one_document(tmp_path: Path) -> None:
    alike, parts = {"x": {"N": "a"}, "y": {"N": "b"}}, {"Patient": {"N": "a"}, "Sample": {"Date": "b"}}
    for document, join in ((alike, "line"), (parts, "auto")):
        file = tmp_path / "d.json"
        file.write_text(json.dumps(document))
        assert evaluate_files(str(file), str(file), join=join).n == 1


def test_bound_of_answers_that_are_values(tmp_path: Path) -> None:
    """In memory and in files one bound holds, whether an answer comes as a value or as text."""
    gold = {"N": "a"}
    for length, status in ((60_000, "ok"), (70_000, "too_large")):
        answer = {"N": "a", "M": ["x" * 100] * (length // 103)}
        (tmp_path / "p.jsonl").write_bytes(jsonl([{"pred": answer}]))
        (tmp_path / "g.jsonl").write_bytes(jsonl([{"gold": gold}]))
        files = evaluate_files(str(tmp_path / "p.jsonl"), str(tmp_path / "g.jsonl"))
        for evaluation in (files, evaluate([answer], [gold]), evaluate([json.dumps(answer)], [gold])):
            assert evaluation.statuses == {status: 1}
    assert evaluate([answer], [answer]).statuses == {"ok": 1}


# -- what Python holds documents in --------------------------------------------------------------------


def test_sides_in_another_order() -> None:
    """Rows that an index or an id names otherwise are compared as they stand, and this is said."""
    pandas = pytest.importorskip("pandas")
    preds, golds = [{"N": "x"}, {"N": "y"}], [{"N": "y"}, {"N": "x"}]
    frames = [pandas.DataFrame(rows, index=list(names)) for rows, names in ((preds, "ab"), (golds, "ba"))]
    with pytest.warns(InputWarning, match="the index of DataFrame has the same values .* in another order"):
        assert evaluate(*frames).micro.f1 == 0
    lists = [[{"id": f"{n}", **row} for n, row in zip(names, rows, strict=True)]
             for rows, names in ((preds, "12"), (golds, "21"))]  # fmt: skip
    for sides in (lists, [pandas.DataFrame(side) for side in lists]):
        with pytest.warns(InputWarning, match="the member 'id' has the same values .* in another order"):
            assert evaluate(*sides).micro.f1 == 0


@pytest.mark.filterwarnings("error")
def test_sides_in_the_same_order() -> None:
    pandas = pytest.importorskip("pandas")
    rows = [{"id": "b", "N": "x"}, {"id": "a", "N": "y"}]
    assert evaluate(pandas.DataFrame(rows, index=[4, 2]), pandas.DataFrame(rows, index=[4, 2])).micro.f1 == 1
    assert evaluate(rows, pandas.DataFrame(rows, index=[2, 4])).micro.f1 == 1


def test_objects_keyed_by_numbers_and_texts() -> None:
    preds: dict[Any, Any] = {2: {"N": "b"}, 1: {"N": "a"}}
    assert evaluate(preds, {"1": {"N": "a"}, "2": {"N": "b"}}).micro.f1 == 1
    pandas = pytest.importorskip("pandas")
    twice = pandas.DataFrame([["a", "b"]], columns=["id", "id"])
    with pytest.raises(InputError, match="every column name once, got 'id' twice"):
        evaluate(twice, twice)
    with pytest.raises(InputError, match="predictions: expected a list of them, got NoneType"):
        evaluate(None, [{"N": "a"}])  # type: ignore[arg-type]


def test_arrow_table_in_memory() -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.Table.from_pylist([{"N": "a", "R": [{"x": "1"}]}])
    assert evaluate(table, [{"N": "a", "R": [{"x": "1"}]}]).micro.f1 == 1


def test_folders_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    for name in ("a.json", "more/b.json"):
        (tmp_path / name).write_text('{"N": "x"}')
    with pytest.warns(InputWarning, match="holds folders with documents, which are not read: 'more'"):
        assert evaluate_files(tmp_path, tmp_path).n == 1


def test_objects_of_an_api_client() -> None:
    """A message as the client of an API gives it is a completion, another model is the answer."""
    pydantic = pytest.importorskip("pydantic")
    message = pydantic.create_model("Message", role=(str, ...), content=(str, ...))
    response = pydantic.create_model("Response", choices=(list[dict[str, Any]], ...))
    document = pydantic.create_model("Document", N=(str, ...))
    said = message(role="assistant", content='The answer: {"N": "x"}')
    answered = response(choices=[{"message": said.model_dump()}])
    assert evaluate([said, answered, document(N="x")], [{"N": "x"}] * 3).micro.f1 == 1
