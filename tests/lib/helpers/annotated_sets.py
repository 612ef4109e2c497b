"""Small sets in the very layout of the real ones; their content is made up."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

FORM: list[dict[str, Any]] = [
    {"id": 0, "text": "Visit", "label": "header", "box": [0, 0, 9, 9], "linking": [[0, 1], [0, 3]]},
    {"id": 1, "text": "Ward:", "label": "question", "box": [0, 10, 9, 19], "linking": [[0, 1], [1, 2]]},
    {"id": 2, "text": "B 4", "label": "answer", "box": [10, 10, 19, 19], "linking": [[1, 2]]},
    {
        "id": 3,
        "text": "Drugs:",
        "label": "question",
        "box": [0, 20, 9, 29],
        "linking": [[0, 3], [3, 4], [3, 5]],
    },
    {"id": 4, "text": "aspirin", "label": "answer", "box": [10, 20, 19, 29], "linking": [[3, 4]]},
    {"id": 5, "text": "heparin", "label": "answer", "box": [20, 20, 29, 29], "linking": [[3, 5]]},
    {"id": 6, "text": "Ward:", "label": "question", "box": [0, 30, 9, 39], "linking": [[7, 6]]},
    {"id": 7, "text": "C 1", "label": "answer", "box": [10, 30, 19, 39], "linking": [[7, 6]]},
    {"id": 8, "text": "Signed", "label": "question", "box": [0, 40, 9, 49], "linking": []},
    {"id": 9, "text": "2 of 3", "label": "other", "box": [0, 50, 9, 59], "linking": []},
    {"id": 10, "text": "stray", "label": "answer", "box": [10, 50, 19, 59], "linking": []},
]
FLAT = {"Ward:": ["B 4", "C 1"], "Drugs:": ["aspirin", "heparin"], "Signed": ""}
SECTIONS = {"Ward:": "C 1", "Signed": "", "Visit": {"Ward:": "B 4", "Drugs:": ["aspirin", "heparin"]}}
FORM_TEXT = "\n".join(entity["text"] for entity in FORM)

TICKET = {
    "ticket_num": "Z000001", "starting_station": "甲站", "train_num": "G1", "destination_station": "乙站",
    "date": "2020年1月2日", "ticket_rates": "¥10.0元", "seat_category": "二等座", "name": "丙",
}  # fmt: skip


def with_words(form: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add the words of every entity, as both sets have them."""
    return [
        {**entity, "words": [{"text": text, "box": entity["box"]} for text in entity["text"].split()]}
        for entity in form
    ]


def line(category: str, group: int, row: int, *words: str) -> dict[str, Any]:
    """Give a line of a CORD receipt; a word that begins with ``#`` only names a value."""
    return {
        "words": [
            {
                "quad": {f"{axis}{n}": 10 * n for axis in "xy" for n in range(1, 5)},
                "is_key": int(word.startswith("#")),
                "row_id": row,
                "text": word.removeprefix("#"),
            }
            for word in words
        ],
        "category": category,
        "group_id": group,
    }


LINES = [
    line("menu.nm", 3, 1, "HOT", "TEA"),
    line("menu.cnt", 3, 1, "2", "x"),
    line("menu.price", 3, 1, "8.000"),
    line("menu.nm", 4, 2, "RICE"),
    line("menu.price", 4, 2, "5.000"),
    line("menu.sub_nm", 4, 3, "no", "egg"),
    line("sub_total.tax_price", 7, 4, "#PB1", "1.300"),
    line("sub_total.tax_price", 7, 5, "#PB2", "0"),
    line("total.total_price", 8, 6, "#TOTAL", "14.300"),
    line("total.cashprice", 8, 7, "#CASH"),
]
RECEIPT = {
    "menu": [
        {"nm": "HOT TEA", "cnt": "2 x", "price": "8.000"},
        {"nm": "RICE", "price": "5.000", "sub_nm": "no egg"},
    ],
    "sub_total": {"tax_price": "1.300 0"},
    "total": {"total_price": "14.300"},
}
RECEIPT_TEXT = "HOT TEA 2 x 8.000\nRICE 5.000\nno egg\nPB1 1.300\nPB2 0\nTOTAL 14.300\nCASH"


def receipt(split: str, number: int) -> dict[str, Any]:
    """Give the annotation of a receipt, as v0 has it."""
    size = {"width": 10, "height": 10}
    meta = {"version": "0.1", "split": split, "image_id": number, "image_size": size}
    return {"valid_line": LINES, "meta": meta, "roi": {}, "repeating_symbol": [], "dontcare": []}


def truth(split: str, number: int) -> str:
    """Give the ``ground_truth`` of a row of the hub: with a tree, whose sub-item is nested as in v2."""
    menu = {"nm": "RICE", "price": "5.000", "sub": {"nm": "no egg"}}
    parsed = {"menu": menu, "total": {"total_price": ["5.000", "5,000"]}}
    return json.dumps({"gt_parse": parsed, **receipt(split, number)})


def put(file: Path, value: Any) -> None:
    """Write a file, and the folders above it: text, bytes, or a value as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(value, bytes):
        file.write_bytes(value)
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        file.write_text(text, encoding="utf-8")


def write_cord(folder: Path) -> None:
    """Write CORD of 2019: ``train/json``, ``train/image`` and so on, numbered anew in each split."""
    for split in ("train", "dev", "test"):
        for number in (0, 1):
            put(folder / split / "json" / f"receipt_{number:05}.json", receipt(split, number))
            put(folder / split / "image" / f"receipt_{number:05}.png", b"png")


def write_hub(folder: Path) -> None:
    """Write CORD of the hub: parquet files named by split, beside what else such a folder has."""
    import pyarrow as pa
    from pyarrow import parquet

    put(folder / "README.md", "# card")
    put(folder / "dataset_infos.json", {"default": {}})
    (folder / "data").mkdir()
    image = pa.struct({"bytes": pa.binary(), "path": pa.string()})
    schema = pa.schema({"image": image, "ground_truth": pa.string()})
    for split in ("train", "validation", "test"):
        rows = [{"image": {"bytes": b"png", "path": None}, "ground_truth": truth(split, n)} for n in (0, 1)]
        name = f"{split}-00000-of-00001-0123456789abcdef.parquet"
        parquet.write_table(pa.Table.from_pylist(rows, schema), folder / "data" / name)


def write_funsd(folder: Path) -> None:
    """Write FUNSD: ``training_data`` and ``testing_data``, each with ``annotations`` and ``images``."""
    for part, name in (("training_data", "0001"), ("testing_data", "0002")):
        put(folder / part / "annotations" / f"{name}.json", {"form": with_words(FORM)})
        put(folder / part / "images" / f"{name}.png", b"png")


def write_xfund(folder: Path, lang: str = "zh") -> None:
    """Write XFUND of one language: two JSON files, images in folders as their archives unpack."""
    for split in ("train", "val"):
        name = f"{lang}_{split}_0"
        image = {"fname": f"{name}.jpg", "width": 10, "height": 10}
        one = {"id": name, "uid": "0" * 64, "document": with_words(FORM), "img": image}
        put(
            folder / f"{lang}.{split}.json",
            {"lang": lang, "version": "0.1", "split": split, "documents": [one]},
        )
        put(folder / f"{lang}.{split}" / f"{name}.jpg", b"jpg")


KEY = {"company": "TEA & CO", "date": "02/01/2020", "address": "1, HIGH ROAD, TOWN", "total": "9.00"}
BOXES = "1,2,30,2,30,9,1,9,TEA & CO\r\n1,12,30,12,30,19,1,19,1, HIGH ROAD, TOWN\r\n\r\n"
BOXES_TEXT = "TEA & CO\n1, HIGH ROAD, TOWN"


def write_sroie(folder: Path) -> None:
    """Write SROIE as it is mirrored: ``img``, ``box`` and ``entities`` in ``train`` and ``test``."""
    for split, name in (("train", "X1"), ("train", "X1(1)"), ("test", "X2")):
        put(folder / split / "img" / f"{name}.jpg", b"jpg")
        put(folder / split / "box" / f"{name}.txt", BOXES)
        put(folder / split / "entities" / f"{name}.txt", json.dumps(KEY, indent=4))


def write_ticket(folder: Path) -> None:
    """Write the tickets of EATEN: one pickle of all real ones, images in folders, a pickle of made ones."""
    real = {"a1": TICKET, "a2": {**TICKET, "name": "丁"}, "a3": {**TICKET, "date": ""}}
    put(folder / "real_1920.pkl", pickle.dumps(real, protocol=2))
    put(folder / "train" / "hcp_aug_2" / "a1.jpg", b"jpg")
    put(folder / "test" / "a2.jpg", b"jpg")
    put(folder / "train" / "output_0" / "text" / "text_synth.pkl", pickle.dumps({"s1": TICKET}, protocol=2))
