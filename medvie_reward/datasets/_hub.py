"""Rows with a ``ground_truth`` (CORD on the Hugging Face hub, any set in Donut's layout) -> gold documents.

Donut (https://github.com/clovaai/donut) keeps a set as rows of an image and a ``ground_truth``, a JSON text
with ``gt_parse`` and whatever else: parquet on the hub, ``metadata.jsonl`` with ``file_name`` in a folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NamedTuple

import orjson

from medvie_reward._core.files import without_bom
from medvie_reward.corpus import read_line
from medvie_reward.datasets._annotated import take
from medvie_reward.datasets._cord import text_of
from medvie_reward.errors import GoldError, InputError

_MISSING: Final = 'needs pyarrow: pip install "medvie-reward[data]"'


class HubRow(NamedTuple):
    """A row: what its ``ground_truth`` says, its image's name, its number in the file, counted from 1."""

    number: int
    truth: dict[str, Any]
    image: str | None

    @property
    def gold(self) -> dict[str, Any]:
        """The gold; raises `GoldError` where there is none."""
        parsed: dict[str, Any] = take(self.truth, "gt_parse", dict, "$.ground_truth")
        return parsed

    @property
    def source_text(self) -> str | None:
        """The page's text, where the row has it."""
        return text_of(self.truth, "$.ground_truth")

    def meta(self, key: str, kind: type) -> Any:
        """Return a member of ``meta``, or ``None`` where there is none."""
        meta = self.truth.get("meta")
        if type(meta) is not dict or key not in meta:
            return None
        return take(meta, key, kind, "$.ground_truth.meta")


def read_jsonl(data: bytes, file: str) -> Iterator[HubRow]:
    """Read the rows of a JSONL file.

    Raises
    ------
    InputError
        If a line is no such row; it names the line.
    """
    for number, line in enumerate(without_bom(data).splitlines(), start=1):
        if line.strip():
            row = read_line(line, file, number)
            try:
                image = take(row, "file_name", str, "$") if "file_name" in row else None
                yield HubRow(number, _truth(row), image)
            except GoldError as error:
                raise InputError(str(error), file, number) from None


def read_parquet(data: BinaryIO, file: str) -> Iterator[HubRow]:
    """Read the rows of a parquet file; images are not read, their names are, where it has them.

    Raises
    ------
    InputError
        If pyarrow is missing, or the file is no parquet of such rows.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise InputError(f"{_MISSING} ({error})", file) from None
    try:
        table = parquet.ParquetFile(data)
        names = table.schema_arrow.names
        columns = [
            name for name in ("ground_truth", "image.path", "file_name") if name.split(".")[0] in names
        ]
        rows = table.read(columns=columns).to_pylist()
    except pa.ArrowException as error:
        raise InputError(f"expected a parquet file: {error}", file) from None
    for number, row in enumerate(rows, start=1):
        image = row["image"]["path"] if row.get("image") else row.get("file_name")
        try:
            yield HubRow(number, _truth(row), image or None)
        except GoldError as error:
            raise InputError(f"row {number}: {error}", file) from None


def _truth(row: Any) -> dict[str, Any]:
    text = take(row, "ground_truth", str, "$")
    try:
        truth = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise GoldError(f"expected a JSON text: {error} - at $.ground_truth") from None
    take(truth, "gt_parse", dict, "$.ground_truth")
    checked: dict[str, Any] = truth
    return checked
