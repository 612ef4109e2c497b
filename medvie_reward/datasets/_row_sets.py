"""Sets of rows or of one file per document that names its split: CORD, train tickets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from medvie_reward.datasets import _cord as cord
from medvie_reward.datasets import _hub as hub
from medvie_reward.datasets import _ticket as ticket
from medvie_reward.datasets._annotated import Annotated, blaming, known_split, split_of, take
from medvie_reward.datasets._files import Files, Images


def _hub(files: Files, names: list[str]) -> Iterator[Annotated]:
    for name in names:
        file = files.shown(name)
        for row in _hub_rows(files, name):
            with blaming(file, row.number):
                told = row.meta("split", str)
                split = split_of(files.placed(name)) if told is None else known_split(told, "$.meta.split")
                number = row.meta("image_id", int)
                image = None if row.image is None else str(PurePosixPath(name).parent / row.image)
                own = PurePosixPath(row.image).stem if row.image is not None and number is None else number
                document = Annotated(
                    _named(split, row.number if own is None else own), row.gold, image, row.source_text, split
                )
            yield document


def _hub_rows(files: Files, name: str) -> Iterator[hub.HubRow]:
    if name.lower().endswith(".parquet"):
        with files.open(name) as opened:
            yield from hub.read_parquet(opened, files.shown(name))
    else:
        yield from hub.read_jsonl(files.read(name), files.shown(name))


def _named(split: str | None, own: object) -> str:
    return str(own) if split is None else f"{split}_{own}"


def _rows(files: Files) -> list[str]:
    return files.ending(".parquet") or files.ending(".jsonl")


def read_cord(files: Files) -> Iterator[Annotated]:
    """Read CORD: the hub's parquet, Donut's JSONL, or a JSON per receipt.

    Numbers begin anew in every split, so ids begin with its name.

    Raises
    ------
    InputError
        If there are no such files, or one is not what it should be.
    """
    rows = _rows(files)
    if rows:
        yield from _hub(files, rows)
        return
    images = Images(files.names)
    for name in files.some(files.ending(".json"), "json/receipt_00000.json, .parquet or metadata.jsonl"):
        value = files.json(name)
        with blaming(files.shown(name)):
            meta = value.get("meta") if type(value) is dict else None
            told = take(meta, "split", str, "$.meta") if type(meta) is dict and "split" in meta else None
            split = split_of(files.placed(name)) if told is None else known_split(told, "$.meta.split")
            document = Annotated(
                _named(split, PurePosixPath(name).stem), cord.gold_of(value), images.near(name),
                cord.text_of(value), split,
            )  # fmt: skip
        yield document


def read_ticket(files: Files) -> Iterator[Annotated]:
    """Read tickets: pickles, or rows in Donut's layout. A pickle has no splits, the images' folders do.

    Raises
    ------
    InputError
        If there are no such files, or one is not what it should be.
    """
    pickles = files.ending(".pkl", ".pickle")
    # The made tickets are for training; who wants them names their pickle.
    chosen = [name for name in pickles if PurePosixPath(name).name.startswith("real")] or pickles
    if not chosen:
        yield from _hub(files, files.some(_rows(files), "real_1920.pkl, .parquet or metadata.jsonl"))
        return
    images = Images(files.names)
    for name in chosen:
        with blaming(files.shown(name)):
            found = list(ticket.read_tickets(ticket.read_pickle(files.read(name))))
        for own, fields in found:
            image = images.near(name, own)
            yield Annotated(own, fields, image, None, None if image is None else split_of(image))
