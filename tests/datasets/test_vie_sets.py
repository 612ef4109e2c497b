"""Readers of public sets: every layout, golden trees checked by hand, laws of the tree, bad annotations."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import random
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import pytest
from helpers import annotated_sets as sets
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import score
from medvie_reward.datasets import SETS, SPLITS, Annotated, read_set
from medvie_reward.datasets import _cord as cord
from medvie_reward.datasets import _linked_forms as linked_forms
from medvie_reward.datasets import _sroie as sroie
from medvie_reward.datasets import _ticket as ticket
from medvie_reward.datasets._annotated import split_of
from medvie_reward.errors import GoldError, InputError

WRITERS = {
    "cord": sets.write_cord,
    "funsd": sets.write_funsd,
    "sroie": sets.write_sroie,
    "ticket": sets.write_ticket,
    "xfund": sets.write_xfund,
}


def read(name: str, source: Path | str, **options: Any) -> list[Annotated]:
    return list(read_set(name, str(source), **options))


def zipped(folder: Path, file: Path) -> Path:
    """Pack a folder, with what a Mac adds."""
    with zipfile.ZipFile(file, "w") as archive:
        for name in sorted(folder.rglob("*")):
            archive.write(name, f"dataset/{name.relative_to(folder)}")
            if name.is_file():
                archive.writestr(f"__MACOSX/dataset/{name.parent.relative_to(folder)}/._{name.name}", b"\0")
    return file


# -- layouts -------------------------------------------------------------------------------------------


def test_cord_of_2019(tmp_path: Path) -> None:
    """One JSON per receipt; ids begin with the split, since numbers begin anew in each."""
    sets.write_cord(tmp_path)
    found = read("cord", tmp_path)
    assert [x.id for x in found] == [
        "validation_receipt_00000", "validation_receipt_00001", "test_receipt_00000", "test_receipt_00001",
        "train_receipt_00000", "train_receipt_00001",
    ]  # fmt: skip
    assert found[0] == Annotated(
        "validation_receipt_00000",
        sets.RECEIPT,
        "dev/image/receipt_00000.png",
        sets.RECEIPT_TEXT,
        "validation",
    )
    assert [x.image for x in found[2:4]] == [f"test/image/receipt_0000{n}.png" for n in (0, 1)]


def test_cord_of_the_hub(tmp_path: Path) -> None:
    """The gold of a row is its gt_parse, as it stands; other files of the repository are none of its rows."""
    sets.write_hub(tmp_path)
    found = read("cord", tmp_path)
    assert [x.id for x in found] == [
        f"{split}_{n}" for split in ("test", "train", "validation") for n in (0, 1)
    ]
    assert found[0].gold == json.loads(sets.truth("test", 0))["gt_parse"]
    assert found[0][2:5] == (None, sets.RECEIPT_TEXT, "test")


def test_donut_layout(tmp_path: Path) -> None:
    """``metadata.jsonl`` beside images: split from the folder, id and image from the file's name."""
    for split in ("train", "validation", "test"):
        row = {"file_name": "pages/0.jpg", "ground_truth": json.dumps({"gt_parse": sets.TICKET})}
        sets.put(tmp_path / split / "metadata.jsonl", json.dumps(row) + "\n")
    expected = [
        Annotated(f"{split}_0", sets.TICKET, f"{split}/pages/0.jpg", None, split)
        for split in ("test", "train", "validation")
    ]
    assert expected == read("ticket", tmp_path) == read("cord", tmp_path)


def test_rows_without_names_are_numbered(tmp_path: Path) -> None:
    """A row with neither a file's name nor a number in its meta is known by its line."""
    row = json.dumps({"ground_truth": json.dumps({"gt_parse": {"a": "1"}})})
    sets.put(tmp_path / "rows.jsonl", f"{row}\n\n{row}\n")
    assert [x.id for x in read("cord", tmp_path / "rows.jsonl")] == ["1", "3"]


def test_funsd(tmp_path: Path) -> None:
    """Both folders, image beside the annotations, the stray answer counted."""
    sets.write_funsd(tmp_path)
    image = "testing_data/images/0002.png"
    expected = Annotated("0002", sets.FLAT, image, sets.FORM_TEXT, "test", None, 1)
    assert [expected] == read("funsd", tmp_path, split="test")
    assert [x.gold for x in read("funsd", tmp_path, sections=True)] == [sets.SECTIONS] * 2


def test_xfund(tmp_path: Path) -> None:
    """A file per language and split; languages go along."""
    sets.write_xfund(tmp_path, "zh")
    sets.write_xfund(tmp_path, "pt")
    found = read("xfund", tmp_path)
    assert [(x.id, x.split, x.lang) for x in found] == [
        (f"{lang}_{split}_0", {"val": "validation"}.get(split, split), lang)
        for lang in ("pt", "zh") for split in ("train", "val")
    ]  # fmt: skip
    assert found[0].gold == sets.FLAT
    assert found[0].image == "pt.train/pt_train_0.jpg"
    # One file knows the image's name alone.
    assert read("xfund", tmp_path / "zh.val.json")[0].image == "zh_val_0.jpg"
    assert [x.gold for x in read("xfund", tmp_path / "zh.val.json", sections=True)] == [sets.SECTIONS]


def test_sroie(tmp_path: Path) -> None:
    """Key files and box files have one name; commas of a text are part of it."""
    sets.write_sroie(tmp_path)
    found = read("sroie", tmp_path)
    assert [x.id for x in found] == ["X2", "X1(1)", "X1"]
    assert found[0] == Annotated("X2", sets.KEY, "test/img/X2.jpg", sets.BOXES_TEXT, "test")


def test_sroie_as_the_challenge_gives_it(tmp_path: Path) -> None:
    """Folders by task; a receipt without boxes has no text, boxes without a key file are no document."""
    key = tmp_path / "0325updated.task2train(626p)" / "X1.txt"
    sets.put(key, json.dumps({"company": "A", "total": "1"}))
    sets.put(tmp_path / "0325updated.task1train(626p)" / "X9.txt", sets.BOXES)
    sets.put(tmp_path / "0325updated.task1train(626p)" / "X1.jpg", b"jpg")
    (found,) = read("sroie", tmp_path)
    image = "0325updated.task1train(626p)/X1.jpg"
    assert found == Annotated("X1", {"company": "A", "total": "1"}, image, None, "train")
    assert read("sroie", key) == [found._replace(image=None, split=None)]


def test_sroie_boxes_in_latin_1() -> None:
    """A box file that is no UTF-8 is read all the same."""
    assert sroie.read_boxes(sroie.decoded("1,2,3,4,5,6,7,8,£ 9".encode("latin-1"))) == "£ 9"
    assert sroie.read_boxes(sroie.decoded("\ufeff1,2,3,4,5,6,7,8,£ 9\n".encode())) == "£ 9"


def test_ticket(tmp_path: Path) -> None:
    """The real tickets of a folder; the split is that of the image's folder; made ones by their own file."""
    sets.write_ticket(tmp_path)
    found = read("ticket", tmp_path)
    assert [(x.id, x.split, x.image) for x in found] == [
        ("a1", "train", "train/hcp_aug_2/a1.jpg"), ("a2", "test", "test/a2.jpg"), ("a3", None, None),
    ]  # fmt: skip
    assert found[1].gold == {**sets.TICKET, "name": "丁"}
    assert [x.id for x in read("ticket", tmp_path, split="test")] == ["a2"]
    made = tmp_path / "train" / "output_0" / "text" / "text_synth.pkl"
    assert [Annotated("s1", sets.TICKET)] == read("ticket", made)


def test_ticket_pickled_by_python_2() -> None:
    """Byte strings in UTF-8, as Python 2 writes them, are text; ordered dicts are dicts."""
    name = "丙".encode()
    old = b"(dp0\nS'a1'\np1\n(dp2\nS'name'\np3\nS'" + b"".join(b"\\x%02x" % x for x in name) + b"'\np4\nss."
    assert list(ticket.read_tickets(ticket.read_pickle(old))) == [("a1", {"name": "丙"})]
    ordered = pickle.dumps(OrderedDict(a1=OrderedDict(name="丙")), protocol=2)
    assert list(ticket.read_tickets(ticket.read_pickle(ordered))) == [("a1", {"name": "丙"})]


@pytest.mark.parametrize("name", SETS)
def test_an_archive_gives_what_its_folder_gives(name: str, tmp_path: Path) -> None:
    """A zip, and what a Mac put into it, changes nothing but the paths of images."""
    WRITERS[name](tmp_path / "set")
    archive = zipped(tmp_path / "set", tmp_path / "set.zip")
    expected = [x._replace(image=x.image and f"dataset/{x.image}") for x in read(name, tmp_path / "set")]
    assert expected == read(name, archive)


def test_an_archive_of_the_hub(tmp_path: Path) -> None:
    """Parquet is read out of an archive too."""
    sets.write_hub(tmp_path / "set")
    assert read("cord", tmp_path / "set") == read("cord", zipped(tmp_path / "set", tmp_path / "set.zip"))


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("preset", ["donut", "strict", "clinical", "paper"])
def test_golds_score_one_against_themselves(name: str, preset: str, tmp_path: Path) -> None:
    """Self-score of every gold is 1.0."""
    WRITERS[name](tmp_path)
    for document in read(name, tmp_path):
        assert score(document.gold, document.gold, preset).f1 == 1.0


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("funsd/training_data/annotations/1.json", "train"), ("testing_data/1.json", "test"),
        ("zh.val.json", "validation"), ("data/test-00000-of-00001-aa.parquet", "test"),
        ("0325updated.task1train(626p)/X1.txt", "train"), ("fulltext_test(361p)/X1.txt", "test"),
        ("CORD/dev/json/r.json", "validation"), ("train/test/a.txt", "test"), ("TRAIN/a.txt", "train"),
        ("latest/trainer/a.txt", None), ("a.txt", None),
    ],
)  # fmt: skip
def test_split_of_a_path(path: str, expected: str | None) -> None:
    """The last part of a path that names a split names it; words that merely contain such a name do not."""
    assert split_of(path) == expected


# -- laws of the trees ---------------------------------------------------------------------------------

WORDS = st.sampled_from(["a", "b", "c", " a ", "", "d e"])


@st.composite
def forms(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Give entities with unique ids and links among them, in either direction, at either end."""
    labels = draw(st.lists(st.sampled_from(linked_forms.LABELS), max_size=9))
    ids = draw(st.permutations(range(len(labels))))
    made: list[dict[str, Any]] = [
        {"id": number, "text": draw(WORDS), "label": label, "linking": []}
        for number, label in zip(ids, labels, strict=True)
    ]
    if made:
        for _ in range(draw(st.integers(0, 12))):
            a, b = draw(st.sampled_from(ids)), draw(st.sampled_from(ids))
            draw(st.sampled_from(made))["linking"].append([a, b])
    return made


def leaves(tree: Any) -> Counter[str]:
    """Count the texts of a tree that are not empty."""
    if isinstance(tree, dict):
        return sum(map(leaves, tree.values()), Counter())
    if isinstance(tree, list):
        return sum(map(leaves, tree), Counter())
    return Counter([tree] if tree else [])


def pairs(form: list[dict[str, Any]]) -> set[tuple[int, int]]:
    """Give ids of linked questions and answers, neither of them blank, the slow way."""
    own = {entity["id"]: entity for entity in form if entity["text"].strip()}
    links = [pair for entity in form for pair in entity["linking"]]
    return {
        (q, a)
        for one in links for q, a in (one, one[::-1])
        if q in own and a in own and own[q]["label"] == "question" and own[a]["label"] == "answer"
    }  # fmt: skip


@given(form=forms(), sections=st.booleans())
def test_no_linked_text_is_lost(form: list[dict[str, Any]], sections: bool) -> None:
    """Every pair has a leaf, and there are no other leaves; answers in no pair are those counted."""
    gold, left = linked_forms.tree_of_form(linked_forms.read_form(form, "$"), sections)
    found = pairs(form)
    texts = {entity["id"]: entity["text"].strip() for entity in form}
    assert leaves(gold) == Counter(texts[a] for _, a in found)
    answers = {entity["id"] for entity in form if entity["label"] == "answer" and entity["text"].strip()}
    assert left == len(answers - {a for _, a in found})


@given(form=forms(), sections=st.booleans())
def test_every_question_is_a_key(form: list[dict[str, Any]], sections: bool) -> None:
    """Flat keys are the questions; sections add the headers that have some."""
    gold, _ = linked_forms.tree_of_form(linked_forms.read_form(form, "$"), sections)
    questions = {e["text"].strip() for e in form if e["label"] == "question" and e["text"].strip()}
    inner = {key for value in gold.values() if isinstance(value, dict) for key in value}
    plain = {key for key, value in gold.items() if not isinstance(value, dict)}
    assert questions == inner | plain
    assert sections or not inner


@given(form=forms(), sections=st.booleans(), seed=st.integers(0, 9))
def test_the_order_of_entities_does_not_matter(form: list[dict[str, Any]], sections: bool, seed: int) -> None:
    """Shuffled annotations give golds that match in full where lists are bags."""
    shuffled = random.Random(seed).sample(form, len(form))
    golds = [linked_forms.tree_of_form(linked_forms.read_form(x, "$"), sections)[0] for x in (form, shuffled)]
    for preset in ("paper", "donut"):
        assert score(golds[0], golds[1], preset).f1 == 1.0


def test_forms_by_hand() -> None:
    """Links that are not used: between questions, from a header to an answer, to other texts."""
    form = [
        {"id": 1, "text": "A", "label": "question", "linking": [[1, 2], [1, 4]]},
        {"id": 2, "text": "B", "label": "question", "linking": [[2, 3]]},
        {"id": 3, "text": "x", "label": "answer", "linking": []},
        {"id": 4, "text": "note", "label": "other", "linking": []},
        {"id": 5, "text": "A", "label": "header", "linking": [[5, 6], [5, 2]]},
        {"id": 6, "text": "y", "label": "answer", "linking": []},
        {"id": 7, "text": " ", "label": "question", "linking": [[7, 8]]},
        {"id": 8, "text": "z", "label": "answer", "linking": []},
        {"id": 9, "text": "empty", "label": "header", "linking": []},
    ]
    read = linked_forms.read_form(form, "$.form")
    assert linked_forms.tree_of_form(read) == ({"A": "", "B": "x"}, 2)
    # The question "A" reads like the header "A" and so stands in its section.
    assert linked_forms.tree_of_form(read, sections=True) == ({"A": {"A": "", "B": "x"}}, 2)
    assert read.text == "A\nB\nx\nnote\nA\ny\nz\nempty"
    # Of two headers, the one with the smaller id.
    form[8]["linking"] = [[9, 2]]
    assert linked_forms.tree_of_form(linked_forms.read_form(form, "$"), sections=True)[0]["A"]["B"] == "x"
    form[8]["id"] = 0
    form[8]["linking"] = [[0, 2]]
    expected = {"A": "", "empty": {"B": "x"}}
    assert expected == linked_forms.tree_of_form(linked_forms.read_form(form, "$"), sections=True)[0]


def test_lines_that_are_no_fields() -> None:
    """Lines of the category ``other`` are on the page and not in the tree; so are lines without a value."""
    lines = [sets.line("other", 0, 0, "Bye"), sets.line("total.cashprice", 1, 1, "#CASH", " ")]
    assert cord.gold_of({"valid_line": lines}) == {}
    assert cord.text_of({"valid_line": lines}) == "Bye\nCASH"


@given(
    lines=st.lists(
        st.tuples(st.sampled_from(["menu.nm", "menu.cnt", "total.total_price"]), st.integers(0, 3), WORDS),
        max_size=9,
    )
)
def test_no_word_of_a_receipt_is_lost(lines: list[tuple[str, int, str]]) -> None:
    """Every word that is no key is in the tree once, under its category and group."""
    annotation = {
        "valid_line": [sets.line(name, group, 0, *text.split(), "#K") for name, group, text in lines]
    }
    tree = cord.tree_of_lines(annotation)
    found = [
        (f"{head}.{name}", word)
        for head, items in tree.items()
        for item in (items if isinstance(items, list) else [items])
        for name, text in item.items()
        for word in text.split()
    ]
    assert Counter(found) == Counter((name, word) for name, _, text in lines for word in text.split())
    assert {key for item in tree.values() if isinstance(item, list) for key in map(bool, item)} <= {True}


# -- bad annotations -----------------------------------------------------------------------------------


def entity(**changes: Any) -> dict[str, Any]:
    return {"id": 0, "text": "a", "label": "question", "linking": [], **changes}


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({}, "expected a list of entities, got dict - at $.form"),
        ([entity(), entity()], "expected every id once, got 0 again - at $.form[1].id"),
        ([entity(label="k")],
         "expected one of header, question, answer, other, got 'k' - at $.form[0].label"),
        ([entity(), entity(id=1, linking=[[0, 1], [1, 7]])],
         "links to the id 7: expected that of an entity - at $.form[1].linking[1]"),
        ([entity(linking=[[0]])], "expected a pair of ids, got [0] - at $.form[0].linking[0]"),
        ([entity(linking=[["0", 0]])], "expected a pair of ids, got ['0', 0] - at $.form[0].linking[0]"),
        ([entity(text=None)], "expected str, got NoneType - at $.form[0].text"),
        (["a"], "expected an object with the member 'id', got str - at $.form[0]"),
        ([{"id": 1, "label": "other"}], "expected an object with the member 'text' - at $.form[0]"),
    ],
)  # fmt: skip
def test_bad_forms(form: Any, message: str) -> None:
    """What is wrong with a form is said with its JSON path."""
    with pytest.raises(GoldError) as caught:
        linked_forms.read_form(form, "$.form")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([sets.line("menu", 0, 0)],
         "expected a category such as 'menu.nm', got 'menu' - at $.valid_line[0].category"),
        ([{**sets.line("a.b", 0, 0), "group_id": "0"}],
         "expected int, got str - at $.valid_line[0].group_id"),
        ([{**sets.line("a.b", 0, 0), "words": [{"text": "x"}]}],
         "expected an object with the member 'is_key' - at $.valid_line[0].words[0]"),
    ],
)  # fmt: skip
def test_bad_receipts(lines: Any, message: str) -> None:
    """What is wrong with a receipt is said with its JSON path."""
    with pytest.raises(GoldError) as caught:
        cord.gold_of({"valid_line": lines})
    assert str(caught.value) == message


class Attack:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, ("attacked",)


def test_a_pickle_that_runs_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is imported, nothing called."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GoldError, match=r"the pickle asks for (posix|nt)\.mkdir: expected containers"):
        ticket.read_pickle(pickle.dumps({"a": Attack()}))
    assert not Path("attacked").exists()


def test_a_pickle_that_fills_the_memory_is_refused() -> None:
    """A value numbered four thousand million would make a table of that length."""
    with pytest.raises(GoldError, match="numbers a value 4294967295: expected numbers below its length"):
        ticket.read_pickle(b"\x80\x02}r\xff\xff\xff\xff.")


@given(data=st.binary(max_size=60))
def test_any_bytes_are_a_pickle_or_a_named_error(data: bytes) -> None:
    """No bytes raise anything but a named error."""
    with contextlib.suppress(GoldError):
        list(ticket.read_tickets(ticket.read_pickle(data)))


UNKNOWN = {"form": [entity(linking=[[0, 5]])]}
LABEL = {"id": "a", "document": [entity(label="x")]}


def xfund(*documents: Any) -> dict[str, Any]:
    return {"lang": "zh", "split": "val", "documents": documents}


CASES: list[tuple[str, str, Any, str]] = [
    ("cord", "json/a.json", {}, "{at}: expected an object with the member 'valid_line' - at $"),
    ("cord", "json/a.json", {"meta": {"split": "x"}}, "{at}: expected one of train, training, val"),
    ("cord", "json/a.json", "{", "{at}: expected one JSON value:"),
    ("cord", "a.jsonl", '{"ground_truth": "{}"}', "{at}:1: expected an object with the member 'gt_parse'"),
    ("cord", "a.jsonl", '{"ground_truth": "{"}', "{at}:1: expected a JSON text:"),
    ("cord", "a.jsonl", '{"file_name": 3}', "{at}:1: expected str, got int - at $.file_name"),
    ("cord", "a.jsonl", "{}", "{at}:1: expected an object with the member 'ground_truth' - at $"),
    ("cord", "a.jsonl", "[", "{at}:1: the line ends inside its JSON value"),
    ("cord", "a.parquet", b"no", "{at}: expected a parquet file:"),
    ("cord", "a.txt", "x", "{source}: has no annotations: expected json/receipt_00000.json, .parquet or"),
    ("funsd", "a.json", {"forms": []}, "{at}: expected an object with the member 'form' - at $"),
    (
        "funsd",
        "a.json",
        UNKNOWN,
        "{at}: links to the id 5: expected that of an entity - at $.form[0].linking[0]",
    ),
    ("funsd", "a.txt", "x", "{source}: has no annotations: expected annotations/*.json"),
    ("xfund", "a.json", xfund({}), "{at}: expected an object with the member 'id' - at $.documents[0]"),
    (
        "xfund",
        "a.json",
        xfund(LABEL),
        "{at}: expected one of header, question, answer, other, got 'x' - at $.documents[0].document[0]",
    ),
    ("sroie", "a.txt", "{", "{at}: expected a JSON object of company, date, address, total:"),
    (
        "sroie",
        "a.txt",
        '{"name": "x"}',
        "{at}: expected an object with some of company, date, address, total",
    ),
    ("sroie", "a.txt", '{"total": 9.0}', "{at}: expected str, got float - at $.total"),
    ("sroie", "a.txt", sets.BOXES, "{source}: has no documents"),
    ("ticket", "a.pkl", b"no", "{at}: expected a pickle of a dict of tickets:"),
    ("ticket", "a.pkl", pickle.dumps({"a": {"b": ""}}), "{at}: expected an object with some of ticket_num,"),
    ("ticket", "a.pkl", pickle.dumps({1: {}}), "{at}: expected the image's name as key, got 1 - at $"),
    ("ticket", "a.pkl", pickle.dumps([]), "{at}: expected an object of tickets by name, got list - at $"),
]


@pytest.mark.parametrize(("name", "file", "content", "message"), CASES)
def test_bad_files(name: str, file: str, content: Any, message: str, tmp_path: Path) -> None:
    """Every message names the file, where in it, and what was expected."""
    sets.put(tmp_path / file, content)
    with pytest.raises(InputError) as caught:
        read(name, tmp_path)
    assert str(caught.value).startswith(message.format(at=tmp_path / file, source=tmp_path))


def test_a_bad_box_file_is_named(tmp_path: Path) -> None:
    """A box without its numbers is named with its line."""
    sets.put(tmp_path / "key" / "a.txt", json.dumps(sets.KEY))
    sets.put(tmp_path / "box" / "a.txt", "1,2,3,4,5,6,7,8,x\n1,2,x\n")
    with pytest.raises(
        InputError, match=r"box/a\.txt: line 2: expected x1,y1,x2,y2,x3,y3,x4,y4,text, got '1,2,x'"
    ):
        read("sroie", tmp_path)


def test_repeated_documents_are_named(tmp_path: Path) -> None:
    """Two files for one document are an error, never a silent choice."""
    for folder in ("a", "b"):
        sets.put(tmp_path / folder / "1.json", {"form": []})
        sets.put(tmp_path / folder / "1.txt", json.dumps(sets.KEY))
    with pytest.raises(InputError, match="has two documents '1': expected every id once"):
        read("funsd", tmp_path)
    with pytest.raises(InputError, match=r"has a/1\.txt and b/1\.txt for one receipt"):
        read("sroie", tmp_path)
    for folder in ("a", "b"):
        sets.put(tmp_path / folder / "1.txt", sets.BOXES)
        sets.put(tmp_path / folder / "license.txt", "text that is no part of the set")
    sets.put(tmp_path / "c" / "1.txt", json.dumps(sets.KEY))
    with pytest.raises(InputError, match=r"has a/1\.txt and b/1\.txt for one receipt"):
        read("sroie", tmp_path)
    (tmp_path / "a" / "1.txt").unlink()
    assert [(x.id, x.source_text) for x in read("sroie", tmp_path)] == [("1", sets.BOXES_TEXT)]


def test_bad_sources(tmp_path: Path) -> None:
    """A source that is not there, no archive, or empty."""
    with pytest.raises(InputError, match=r"is not there: expected a folder, a \.zip or a file"):
        read("funsd", tmp_path / "none")
    (tmp_path / "a.zip").write_bytes(b"no")
    with pytest.raises(InputError, match="expected a zip archive: File is not a zip file"):
        read("funsd", tmp_path / "a.zip")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="has no files"):
        read("funsd", tmp_path / "empty")


def test_broken_archives_are_named(tmp_path: Path) -> None:
    """An archive whose member is damaged."""
    sets.write_funsd(tmp_path / "set")
    archive = zipped(tmp_path / "set", tmp_path / "set.zip")
    data = archive.read_bytes()
    at = data.index(b'{"form"')
    archive.write_bytes(data[:at] + b"!" + data[at + 1 :])
    with pytest.raises(InputError, match=r"0002\.json: cannot be read: Bad CRC-32"):
        read("funsd", archive)


def test_bad_arguments(tmp_path: Path) -> None:
    """Names of sets and splits, sections where there are none, a split that the source lacks."""
    sets.write_funsd(tmp_path)
    with pytest.raises(
        InputError, match="unknown set 'x': expected one of cord, funsd, sroie, ticket, xfund"
    ):
        read("x", tmp_path)
    with pytest.raises(InputError, match="unknown split 'dev': expected one of train, validation, test"):
        read("funsd", tmp_path, split="dev")
    with pytest.raises(InputError, match="sections apply only to funsd and xfund, not sroie"):
        read("sroie", tmp_path, sections=True)
    with pytest.raises(InputError, match="has no documents of the split 'validation', only of test, train"):
        read("funsd", tmp_path, split="validation")
    assert SPLITS == ("train", "validation", "test")


def test_pyarrow_is_named_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, parquet says what to install; all else is read without it."""
    sets.write_hub(tmp_path / "hub")
    sets.write_cord(tmp_path / "cord")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(InputError, match=r'needs pyarrow: pip install "medvie-reward\[data\]"'):
        read("cord", tmp_path / "hub")
    assert len(read("cord", tmp_path / "cord")) == 6
