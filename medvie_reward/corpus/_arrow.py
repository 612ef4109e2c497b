"""Parquet, Arrow and Feather files, and folders that the ``datasets`` library saved -> rows."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

from medvie_reward._core.files import read_json
from medvie_reward.errors import InputError

PARQUET: Final = b"PAR1"
ARROW: Final = b"ARROW1"
SUFFIXES: Final = (".parquet", ".arrow", ".feather")
_MISSING: Final = 'needs pyarrow: pip install "medvie-reward[data]"'


def read_arrow(file: IO[bytes], name: str) -> Iterator[dict[str, Any]]:
    """Read the rows of a parquet, Arrow or Feather file.

    Raises
    ------
    InputError
        If pyarrow is missing, or the file is none of these.
    """
    pa = _pyarrow(name)
    head = file.read(6)
    file.seek(0)
    try:
        if head.startswith(PARQUET):
            from pyarrow import parquet

            batches = parquet.ParquetFile(file).iter_batches(batch_size=256)
        elif head == ARROW:
            reader = pa.ipc.open_file(file)
            batches = (reader.get_batch(n) for n in range(reader.num_record_batches))
        else:
            batches = iter(pa.ipc.open_stream(file))
        for batch in batches:
            yield from _rows(batch)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"not a whole parquet or Arrow file: {str(error).splitlines()[0]}", name) from None


def is_saved_dataset(folder: Path) -> bool:
    """Check whether the ``datasets`` library saved a folder."""
    return (folder / "dataset_dict.json").is_file() or (folder / "state.json").is_file()


def read_saved_dataset(folder: Path) -> Iterator[dict[str, Any]]:
    """Read the rows of a folder that ``save_to_disk`` of the ``datasets`` library wrote.

    Raises
    ------
    InputError
        If pyarrow is missing, the folder has several splits, or it is not whole.
    """
    listed = folder / "dataset_dict.json"
    if listed.is_file():
        splits = read_json(listed).get("splits", [])
        if len(splits) != 1:
            named = ", ".join(str(folder / split) for split in splits)
            raise InputError(f"holds several splits: expected one of {named}", str(folder))
        folder = folder / splits[0]
    state = read_json(folder / "state.json")
    if state.get("_indices_files"):
        raise InputError("its rows were chosen without being written: flatten_indices() first", str(folder))
    for part in state.get("_data_files", []):
        path = folder / part["filename"]
        try:
            with path.open("rb") as file:
                yield from read_arrow(file, str(path))
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", str(path)) from None


def _pyarrow(name: str) -> Any:
    try:
        import pyarrow
        import pyarrow.ipc
    except ImportError:
        raise InputError(_MISSING, name) from None
    return pyarrow


def _rows(batch: Any) -> Iterator[dict[str, Any]]:
    kinds = {field.name: field.type for field in batch.schema}
    for row in batch.to_pylist():
        yield {name: _plain(x, kinds[name]) for name, x in row.items()}


def _plain(value: Any, kind: Any) -> Any:
    """Return a value of a column as JSON has it; a 32-bit float by its shortest text."""
    import pyarrow.types as types

    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if types.is_float32(kind) or types.is_float16(kind):
            import numpy as np

            return float(str((np.float32 if types.is_float32(kind) else np.float16)(value)))
        return value
    if types.is_dictionary(kind):
        return _plain(value, kind.value_type)
    if types.is_struct(kind):
        return {field.name: _plain(value[field.name], field.type) for field in kind}
    if types.is_map(kind):
        return {str(name): _plain(x, kind.item_type) for name, x in value}
    if isinstance(value, list):
        return [_plain(x, kind.value_type) for x in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)  # a float might round it
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)
