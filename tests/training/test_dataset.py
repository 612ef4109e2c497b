"""Parquet of training rows: what is in them, what they follow from, what is left when something is wrong."""

from __future__ import annotations

import base64
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.profiles import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from PIL import Image

from medvie_reward import reward
from medvie_reward.errors import InputError
from medvie_reward.integrations.verl import reward_fn
from medvie_reward.training._dataset import write_dataset
from medvie_reward.training._documents import survey
from medvie_reward.training._form_reader import form_of_schema
from medvie_reward.training._parquet_writer import arrow_schema
from medvie_reward.training._plan import Plan
from medvie_reward.training._prompts import query_of
from medvie_reward.training._query_fields import form_of_gold, leaf_paths, with_keys
from medvie_reward.training._sampling import draw_keys, held_out

EXAMPLE = Path(__file__).parents[2] / "examples" / "lab_reports" / "gold.jsonl"
SHIPPED = ("medical_report.en", "medical_report.zh")


def rows(folder: Path, split: str = "train") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / f"{split}.parquet").to_pylist()
    return found


def write(folder: Path, documents: list[Any]) -> str:
    """Write documents with a page of their own each, where they name none."""
    for n, document in enumerate(documents):
        if isinstance(document, dict) and "image" not in document and "text" not in document:
            document["image"] = f"{n}.png"
            Image.new("L", (8, 8), n).save(folder / f"{n}.png")
    file = folder / "gold.jsonl"
    file.write_text(
        "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents), "utf-8"
    )
    return str(file)


def some(count: int = 4, **more: Any) -> list[dict[str, Any]]:
    table = [{"Item Name": "K", "Result": "5.6"}]
    return [
        {"id": f"d{n}", "gold": {"Name": f"N{n}", "Age": "", "Indicators": table}, **more}
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the rows of the shipped example, three queries for each document."""
    folder = tmp_path_factory.mktemp("rows")
    write_dataset(str(EXAMPLE), str(folder), Plan(schemas=SHIPPED, queries=3, seed=7))
    return folder


GOLDS = {row["id"]: row for row in map(json.loads, EXAMPLE.read_text("utf-8").splitlines())}


def test_rows_hold_what_the_contract_names(example: Path) -> None:
    """Every member is there, of the type that it always has."""
    row = rows(example)[5]
    extra = row["extra_info"]
    gold = GOLDS[extra["id"]]
    assert row["data_source"] == f"medvie/{gold['report_type']}"
    assert row["ability"] == "document_extraction"
    assert row["images"] == [{"bytes": (EXAMPLE.parent / gold["image"]).read_bytes(), "path": None}]
    assert row["reward_model"]["style"] == "rule"
    assert [message["role"] for message in row["prompt"]] == ["user"]
    form = with_keys(form_of_schema(json.loads(extra["schema"])), set(json.loads(extra["keys"])))
    assert row["prompt"][0]["content"] == "<image>\n" + query_of(form, gold["language"])
    assert {key: extra[key] for key in ("index", "split", "report_type", "source_text", "spec")} == {
        "index": 5, "split": "train", "report_type": gold["report_type"], "source_text": "", "spec": "",
    }  # fmt: skip


@pytest.mark.parametrize("split", ["train", "validation"])
def test_golds_are_cut_to_the_keys_and_earn_everything(example: Path, split: str) -> None:
    """The members are those asked for, table rows stay, and the gold is its own best answer."""
    for row in rows(example, split):
        extra, text = row["extra_info"], row["reward_model"]["ground_truth"]
        cut, gold, keys = json.loads(text), GOLDS[extra["id"]]["gold"], json.loads(extra["keys"])
        assert set(leaf_paths(form_of_gold(cut))) - {"Indicators[]"} <= set(keys)
        assert list(cut) == list(dict.fromkeys(key.split("[")[0] for key in keys))
        assert len(cut.get("Indicators", gold["Indicators"])) == len(gold["Indicators"])
        for name in set(cut) - {"Indicators"}:
            assert cut[name] == gold[name]
        answer = f"<think>…</think><answer>{text}</answer>"
        assert reward_fn(row["data_source"], answer, text, extra)["score"] == 2.0


def test_a_row_can_be_drawn_again_from_its_seed(example: Path) -> None:
    """The row's schema and seed give its keys; a document's queries differ."""
    found = rows(example)
    for row in found:
        extra = row["extra_info"]
        keys = draw_keys(form_of_schema(json.loads(extra["schema"])), extra["seed"])
        assert list(keys) == json.loads(extra["keys"])
    asked = Counter((row["extra_info"]["id"], row["extra_info"]["keys"]) for row in found)
    assert set(asked.values()) == {1}


def test_validation_rows_ask_for_everything_once(example: Path) -> None:
    """One row per held-out document, all keys; no document is on both sides."""
    held = rows(example, "validation")
    assert [row["extra_info"]["index"] for row in held] == [0, 1, 2, 3]
    assert all(len(json.loads(row["extra_info"]["keys"])) == 21 for row in held)
    sides = [{row["extra_info"]["id"] for row in rows(example, split)} for split in ("train", "validation")]
    assert (len(sides[0]), len(sides[1]), sides[0] & sides[1]) == (36, 4, set())


@examples(15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 2**32), st.sampled_from(["random", "difficulty"]), st.integers(1, 3), st.floats(0.05, 0.9)
)
def test_equal_input_gives_equal_bytes(
    tmp_path: Path, seed: int, strategy: str, queries: int, share: float
) -> None:
    """The files follow from the documents and the plan alone; no page is on both sides."""
    documents = some(6)
    documents[3]["image"] = "0.png"
    file = write(tmp_path, documents)
    plan = Plan(strategy=strategy, queries=queries, validation=share, seed=seed)
    for name in ("one", "two"):
        write_dataset(file, str(tmp_path / name), plan)
    for split in ("train", "validation"):
        one, two = ((tmp_path / name / f"{split}.parquet").read_bytes() for name in ("one", "two"))
        assert one == two
    pages = [
        {row["images"][0]["bytes"] for row in rows(tmp_path / "one", split)}
        for split in ("train", "validation")
    ]
    assert not pages[0] & pages[1]


def test_another_seed_gives_other_rows(tmp_path: Path) -> None:
    """The seed matters."""
    file = write(tmp_path, some())
    for seed in (1, 2):
        write_dataset(file, str(tmp_path / str(seed)), Plan(seed=seed, queries=3, validation=0))
    assert rows(tmp_path / "1") != rows(tmp_path / "2")


def test_the_schema_of_the_file_never_changes(example: Path, tmp_path: Path) -> None:
    """Rows without images, types or texts have the columns of all others; images may be marked as such."""
    write_dataset(
        write(tmp_path, [{"gold": {"a": ""}, "source_text": "x", "image": []}]),
        str(tmp_path),
        Plan(validation=0),
    )
    bare = pq.read_schema(tmp_path / "train.parquet")
    assert bare.equals(pq.read_schema(example / "validation.parquet"))
    assert bare.equals(arrow_schema("path"))
    assert bare.field("images").type == pa.list_(pa.struct({"bytes": pa.binary(), "path": pa.string()}))
    about = json.loads(pq.read_schema(example / "train.parquet").metadata[b"medvie"])
    assert (about["strategy"], about["seed"], about["keep_names"]) == ("random", 7, True)


def test_images_by_path_are_marked_for_the_datasets_library(tmp_path: Path) -> None:
    """Rows hold absolute paths, and the file says which column holds images."""
    file = write(tmp_path, some(1))
    write_dataset(file, str(tmp_path), Plan(embed="path", validation=0))
    assert rows(tmp_path)[0]["images"] == [{"bytes": None, "path": str(tmp_path / "0.png")}]
    features = json.loads(pq.read_schema(tmp_path / "train.parquet").metadata[b"huggingface"])["info"][
        "features"
    ]
    assert features["images"] == [{"_type": "Image"}]
    assert features["extra_info"]["seed"] == {"dtype": "int64", "_type": "Value"}


def test_several_pages_and_pages_in_the_row(tmp_path: Path) -> None:
    """As many placeholders as images, in order."""
    Image.new("L", (8, 8), 9).save(tmp_path / "p.png")
    coded = base64.b64encode((tmp_path / "p.png").read_bytes()).decode()
    write(tmp_path, some(1))
    file = write(tmp_path, [{"gold": {"a": "1"}, "image": ["0.png", {"bytes": coded}]}])
    write_dataset(file, str(tmp_path), Plan(validation=0))
    row = rows(tmp_path)[0]
    assert row["prompt"][0]["content"].startswith("<image><image>\nRead")
    assert [image["bytes"] for image in row["images"]] == [
        (tmp_path / x).read_bytes() for x in ("0.png", "p.png")
    ]
    assert (row["data_source"], row["extra_info"]["id"]) == ("medvie", "line-1")


def test_a_document_without_a_page_comes_as_text(tmp_path: Path) -> None:
    """Its text stands where the images would."""
    file = write(tmp_path, [{"gold": {"a": "1"}, "text": ["line 1", "line 2"]}])
    write_dataset(file, str(tmp_path), Plan(validation=0, source_key="text"))
    row = rows(tmp_path)[0]
    assert row["prompt"][0]["content"].startswith("line 1\nline 2\n\nRead")
    assert (row["images"], row["extra_info"]["source_text"]) == ([], "line 1\nline 2")


def test_without_thinking(tmp_path: Path) -> None:
    """The query asks for the answer alone, and the row tells the reward so."""
    write_dataset(write(tmp_path, some(1)), str(tmp_path), Plan(think=False, validation=0))
    row = rows(tmp_path)[0]
    text = row["reward_model"]["ground_truth"]
    assert "think" not in row["prompt"][0]["content"]
    assert reward_fn("", f"<answer>{text}</answer>", text, row["extra_info"])["score"] == 2.0
    assert reward_fn("", f"<think></think><answer>{text}</answer>", text, row["extra_info"])["format"] == 0.0


@pytest.mark.parametrize(
    ("document", "chosen", "expected"),
    [
        ({"gold": {"姓名": "王"}}, None, "请"),
        ({"gold": {"姓名": "王"}}, "en", "Read"),
        ({"gold": {"姓名": "王"}, "language": "en"}, "zh", "Read"),
        ({"gold": {"Name": "王"}, "language": "zh-CN"}, None, "请"),
        ({"gold": {"Name": "王"}}, None, "Read"),
    ],
)
def test_the_language_of_a_query(
    document: dict[str, Any], chosen: str | None, expected: str, tmp_path: Path
) -> None:
    """The row says it, else the plan, else the gold's keys."""
    write_dataset(write(tmp_path, [document]), str(tmp_path), Plan(language=chosen, validation=0))
    assert rows(tmp_path)[0]["prompt"][0]["content"].startswith(f"<image>\n{expected}")


def test_each_document_has_the_schema_that_describes_it(tmp_path: Path) -> None:
    """Of two schemas, a gold with Chinese keys has the Chinese one."""
    file = write(tmp_path, [{"gold": {"姓名": "王"}}, {"gold": {"Name": "Wang"}}])
    write_dataset(file, str(tmp_path), Plan(schemas=SHIPPED, strategy="all", validation=0))
    keys = [json.loads(row["extra_info"]["keys"]) for row in rows(tmp_path)]
    assert [(found[0], len(found)) for found in keys] == [("姓名", 21), ("Name", 21)]
    assert json.loads(rows(tmp_path)[0]["reward_model"]["ground_truth"])["指标"] == []


def test_without_a_schema_golds_of_one_kind_share_their_keys(tmp_path: Path) -> None:
    """The union of what golds of one language and report type name, and of no others."""
    documents = [
        {"gold": {"a": "1"}, "report_type": "x"},
        {"gold": {"b": "1"}, "report_type": "x"},
        {"gold": {"c": "1"}, "report_type": "y"},
        {"gold": {"d": "1"}, "report_type": "x", "language": "zh"},
    ]
    write_dataset(write(tmp_path, documents), str(tmp_path), Plan(strategy="all", validation=0))
    golds = [json.loads(row["reward_model"]["ground_truth"]) for row in rows(tmp_path)]
    assert golds == [{"a": "1", "b": ""}, {"a": "", "b": "1"}, {"c": "1"}, {"d": "1"}]
    assert [row["extra_info"]["schema"] for row in rows(tmp_path)] == [""] * 4


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (1.0, None)])
def test_blank_golds_are_kept_as_far_as_asked(share: float, expected: int | None, tmp_path: Path) -> None:
    """None, or as many as there happen to be; a document that is all blank keeps its blank query."""
    names = "abcdefgh"
    documents = [{"id": f"d{n}", "gold": {name: "1" * (name == "a") for name in names}} for n in range(30)]
    file = write(tmp_path, documents)
    summary = write_dataset(file, str(tmp_path), Plan(keep_blank=share, validation=0))
    golds = [json.loads(row["reward_model"]["ground_truth"]) for row in rows(tmp_path)]
    blank = sum(not any(gold.values()) for gold in golds)
    assert summary.blank == {"train": blank}
    assert blank == expected if expected is not None else blank > 3
    empty = write(tmp_path, [{"gold": {"a": "", "b": None}}])
    assert write_dataset(empty, str(tmp_path), Plan(keep_blank=0.0, validation=0)).blank == {"train": 1}


def test_a_document_has_no_more_queries_than_sets_of_keys(tmp_path: Path) -> None:
    """Two keys have three sets; what is left out is counted."""
    file = write(tmp_path, [{"gold": {"a": "1", "b": "2"}}])
    summary = write_dataset(file, str(tmp_path), Plan(queries=5, validation=0))
    assert (summary.rows, summary.fewer) == ({"train": 3}, 2)
    assert {row["extra_info"]["keys"] for row in rows(tmp_path)} == {'["a"]', '["b"]', '["a", "b"]'}


def test_difficult_fields_are_asked_for_more_often(tmp_path: Path) -> None:
    """A field with bad scores and few values comes more often than one that is always read right."""
    documents = [{"gold": {"easy": "1", "rare": "1" * (n < 10), "other": "1"}} for n in range(60)]
    scores = tmp_path / "scores.json"
    scores.write_text(json.dumps({"fields": {"easy": {"f1": 1.0}, "rare": {"f1": 0.0}}}))
    file = write(tmp_path, documents)
    write_dataset(file, str(tmp_path), Plan(strategy="difficulty", scores=str(scores), validation=0))
    asked = Counter(key for row in rows(tmp_path) for key in json.loads(row["extra_info"]["keys"]))
    assert asked["rare"] > asked["easy"] * 1.3
    about = json.loads(pq.read_schema(tmp_path / "train.parquet").metadata[b"medvie"])
    assert about["weights"] == {
        "easy": pytest.approx(0.1), "rare": pytest.approx(0.1 + 0.9 * (50 / 60 + 1) / 2), "other": 0.1,
    }  # fmt: skip
    for row in rows(tmp_path):
        form = form_of_gold({"easy": "", "rare": "", "other": ""})
        again = draw_keys(form, row["extra_info"]["seed"], "difficulty", weights=about["weights"])
        assert list(again) == json.loads(row["extra_info"]["keys"])


def test_ids_choose_documents_in_their_order(tmp_path: Path) -> None:
    """A list of lines or of JSON; a limit takes the first of them."""
    file = write(tmp_path, some(5))
    for text in ("d3\nd0\n\nd2\n", '["d3", "d0", "d2"]'):
        (tmp_path / "ids").write_text(text)
        write_dataset(file, str(tmp_path), Plan(ids=str(tmp_path / "ids"), limit=2, validation=0))
        assert [row["extra_info"]["id"] for row in rows(tmp_path)] == ["d3", "d0"]


def test_only_documents_in_use_are_read(tmp_path: Path) -> None:
    """A broken row that was not chosen is nobody's business, nor do its keys count."""
    documents = some(3)
    documents[1] |= {"image": "gone.png", "gold": {"else": "1"}}
    (tmp_path / "ids").write_text("d0\nd2")
    file = write(tmp_path, documents)
    summary = write_dataset(
        file, str(tmp_path), Plan(ids=str(tmp_path / "ids"), strategy="all", validation=0)
    )
    assert summary.documents == {"train": 2}
    assert "else" not in rows(tmp_path)[0]["reward_model"]["ground_truth"]


def test_validation_can_be_sampled_like_training(tmp_path: Path) -> None:
    """The held-out documents are the same; their queries are drawn."""
    file = write(tmp_path, some(10))
    write_dataset(file, str(tmp_path), Plan(validation=0.5, sample_validation=True, queries=2))
    held = rows(tmp_path, "validation")
    ids = [f"d{n}" for n in range(10)]
    expected = {x for x, out in zip(ids, held_out(ids, [()] * 10, 0.5, 0), strict=True) if out}
    assert {row["extra_info"]["id"] for row in held} == expected
    assert len(held) == 10
    assert len({row["extra_info"]["keys"] for row in held}) > 1


def test_many_rows_come_in_batches(tmp_path: Path) -> None:
    """A row group has 256 rows, or as many as its images allow."""
    Image.frombytes("L", (4000, 3000), random.Random(0).randbytes(12_000_000)).save(tmp_path / "big.png")
    documents = some(300)
    for document in documents:
        document["image"] = "0.png"
    documents[0]["image"] = ["big.png"] * 3
    write(tmp_path, some(1))
    write_dataset(write(tmp_path, documents), str(tmp_path), Plan(validation=0))
    file = pq.ParquetFile(tmp_path / "train.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [1, 256, 43]
    assert [row["extra_info"]["index"] for row in rows(tmp_path)] == list(range(300))


# -- what is wrong ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"image": "gone.png"}, r"image '.*gone\.png': cannot be read: No such file"),
        ({"image": "gold.jsonl"}, r"image '.*gold\.jsonl': expected an image that Pillow"),
        ({"image": 3}, r"image: expected a path"),
        ({"images": "0.png"}, r"has 'image' and 'images'"),
        ({"image": []}, r"expected an image, or the page's text in 'source_text'"),
        ({"image": [], "source_text": "<image>"}, r"source_text: expected no <image>"),
        ({"gold": "{"}, r"gold: expected JSON text"),
        ({"gold": 5}, r"gold: expected an object or a list, got int - at \$"),
        ({"gold": ["a"]}, r"gold: expected an object, got a list - at \$"),
        ({"gold": {"Nmae": ""}}, r"gold: expected one of the fields Name, .* - at Nmae"),
        ({"language": "fr"}, r"language: expected en or zh, got 'fr'"),
        ({"report_type": 5}, r"report_type: expected a string, got int"),
        ({"source_text": 5}, r"source_text: expected a string, got int"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(
    change: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    """File, line and id; no file of an earlier run is touched."""
    documents = some(3)
    write(tmp_path, documents)
    documents[1] |= change
    file = write(tmp_path, documents)
    out = tmp_path / "out"
    out.mkdir()
    (out / "train.parquet").write_bytes(b"earlier")
    with pytest.raises(InputError, match=r"gold\.jsonl:2: row 'd1': " + reason):
        write_dataset(file, str(out), Plan(schemas=SHIPPED[:1]))
    assert [(path.name, path.read_bytes()) for path in out.iterdir()] == [("train.parquet", b"earlier")]


def test_an_id_comes_once(tmp_path: Path) -> None:
    """Two rows of one id could end on both sides."""
    documents = some(3)
    documents[2]["id"] = "d0"
    with pytest.raises(InputError, match=r"gold\.jsonl: repeats the id 'd0': expected every id once"):
        write_dataset(write(tmp_path, documents), str(tmp_path), Plan())


def test_a_page_that_goes_away_meanwhile_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both files appear together or not at all."""
    file = write(tmp_path, some(3))

    def look(*arguments: Any) -> Any:
        corpus = survey(*arguments)
        (tmp_path / "2.png").unlink()
        return corpus

    monkeypatch.setattr("medvie_reward.training._dataset.survey", look)
    with pytest.raises(InputError, match=r"gold\.jsonl:3: row 'd2': image '.*2\.png': cannot be read"):
        write_dataset(file, str(tmp_path / "out"), Plan())
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "expected a JSON list of ids, or one id per line"),
        ("[]", "expected a JSON list of ids, or one id per line"),
        ("[1.5]", "expected a JSON list of ids, or one id per line"),
        ("d0\nd0", "repeats the id 'd0'"),
        ("d0\nd8\nd9", "has no row with the ids 'd8', 'd9'"),
    ],
)
def test_wrong_ids(text: str, reason: str, tmp_path: Path) -> None:
    """Ids that are none, come twice or are unknown are errors."""
    (tmp_path / "ids").write_text(text)
    with pytest.raises(InputError, match=reason):
        write_dataset(write(tmp_path, some()), str(tmp_path), Plan(ids=str(tmp_path / "ids")))


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        ([], "expected what `medvie score --json` writes"),
        ({"fields": {}}, "expected what `medvie score --json` writes"),
        ({"fields": {"Name": {"f1": 2}}}, r"expected an f1 from 0 to 1, got 2 - at \$\.fields\['Name'\]\.f1"),
        ({"fields": {"Nmae": {"f1": 1}}}, "expected scores of fields that the gold documents have"),
    ],
)
def test_wrong_scores(scores: Any, reason: str, tmp_path: Path) -> None:
    """Scores that are none, or of other documents, are errors."""
    (tmp_path / "scores.json").write_text(json.dumps(scores))
    plan = Plan(strategy="difficulty", scores=str(tmp_path / "scores.json"))
    with pytest.raises(InputError, match=reason):
        write_dataset(write(tmp_path, some()), str(tmp_path), plan)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"strategy": "some"}, "strategy: expected one of all, random, difficulty"),
        ({"embed": "url"}, "embed: expected one of bytes, path"),
        ({"queries": 0}, "must be integers >= 1"),
        ({"queries": 1.5}, "must be integers >= 1"),
        ({"limit": True}, "must be integers >= 1"),
        ({"queries": 2, "strategy": "all"}, "expected 1 with the strategy all"),
        ({"scores": "s.json"}, "scores require the strategy difficulty"),
        ({"keep_blank": 1.5}, "keep_blank: expected a share from 0 to 1, got 1.5"),
        ({"keep_blank": float("nan")}, "expected a share from 0 to 1, got nan"),
        ({"embed": ["bytes"]}, "embed: expected one of bytes, path, got \\['bytes'\\]"),
    ],
)
def test_wrong_plans(options: dict[str, Any], reason: str) -> None:
    """A plan that cannot be followed is an error before anything is read."""
    with pytest.raises(InputError, match=reason):
        Plan(**options)


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("gone.json", "No such file"),
        ("[]", r"schema: expected an object, got list - at \$"),
        ('{"type": "strin"}', "schema: expected one of array, boolean"),
        ('{"type": "string"}', "with properties"),
    ],
)
def test_wrong_schemas(schema: str, reason: str, tmp_path: Path) -> None:
    """The file is named, and what would be right."""
    file = tmp_path / "schema.json"
    if not schema.endswith(".json"):
        file.write_text(schema)
    with pytest.raises(InputError, match=rf"schema\.json: .*{reason}"):
        write_dataset(write(tmp_path, some()), str(tmp_path), Plan(schemas=(str(file),)))


def test_rows_must_say_which_member_is_the_gold(tmp_path: Path) -> None:
    """A row that is the gold itself has no place for an image."""
    with pytest.raises(InputError, match=r"gold\.jsonl:1: expected rows with one of the members gold"):
        write_dataset(write(tmp_path, [{"Name": "x"}]), str(tmp_path), Plan())


def test_a_validation_file_of_another_run_is_not_left_beside(tmp_path: Path) -> None:
    """Rows of two runs in one folder would share documents."""
    file = write(tmp_path, some())
    write_dataset(file, str(tmp_path), Plan())
    with pytest.raises(InputError, match=r"validation\.parquet: exists from an earlier run"):
        write_dataset(file, str(tmp_path), Plan(validation=0))


def test_images_in_the_row_have_no_path(tmp_path: Path) -> None:
    """Asking for their paths is an error that names the row."""
    write(tmp_path, some(1))
    coded = base64.b64encode((tmp_path / "0.png").read_bytes()).decode()
    file = write(tmp_path, [{"gold": {"a": "1"}, "image": {"bytes": coded}}])
    with pytest.raises(InputError, match=r"gold\.jsonl:1: row 'line-1': image in the row: has no path"):
        write_dataset(file, str(tmp_path), Plan(embed="path", validation=0))


def test_a_gold_of_nothing_cannot_be_asked_for(tmp_path: Path) -> None:
    """Without a schema and without a member there is no query."""
    with pytest.raises(
        InputError, match=r"row 'line-1': gold: expected an object, or a list of objects, with members"
    ):
        write_dataset(write(tmp_path, [{"gold": {}}]), str(tmp_path), Plan(validation=0))


def test_a_missing_package_says_how_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The extra is named."""

    def import_module(name: str) -> Any:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr("medvie_reward.training._parquet_writer.import_module", import_module)
    with pytest.raises(InputError, match=r'pip install "medvie-reward\[data\]"'):
        write_dataset(write(tmp_path, some()), str(tmp_path), Plan())


def test_a_query_of_everything_is_the_reward_of_the_whole_gold(tmp_path: Path) -> None:
    """With all keys, the ground truth scores like the gold in the file."""
    write_dataset(str(EXAMPLE), str(tmp_path), Plan(strategy="all", limit=3, validation=0))
    for row in rows(tmp_path):
        gold = GOLDS[row["extra_info"]["id"]]["gold"]
        text = f"<think></think><answer>{row['reward_model']['ground_truth']}</answer>"
        assert reward(text, gold).score == 2.0
