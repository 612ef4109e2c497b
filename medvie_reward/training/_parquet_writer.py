"""Training rows -> a parquet file of one constant schema, written in batches, there only once it is whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from importlib import import_module
from typing import Any, BinaryIO, Final

from medvie_reward._core.files import replacing
from medvie_reward._version import __version__
from medvie_reward.corpus import dump
from medvie_reward.errors import InputError

_BATCH_BYTES: Final = 32 << 20
_BATCH_ROWS: Final = 256
_MISSING: Final = 'needs pillow and pyarrow: pip install "medvie-reward[data]"'


def check_installed() -> None:
    """Check that the optional packages are there.

    Raises
    ------
    InputError
        If one is missing; it says how to install both.
    """
    try:
        import_module("PIL.Image")
        import_module("pyarrow.parquet")
    except ImportError as error:
        raise InputError(f"{_MISSING} ({error})") from None


def arrow_schema(embed: str = "bytes", about: Mapping[str, Any] | None = None) -> Any:
    """Return the Arrow schema of every file, whatever its rows hold.

    Parameters
    ----------
    embed
        For ``path``, the column of images is marked as images for the ``datasets`` library, which then opens
        the files: verl 0.9 by itself opens an image with an empty ``bytes`` and no path.
    about
        Written into the file as metadata ``medvie``.
    """
    import pyarrow as pa

    text, number = pa.string(), pa.int64()
    extra = {"index": number, "split": text, "id": text, "report_type": text, "schema": text,
             "source_text": text, "spec": text, "seed": number, "keys": text}  # fmt: skip
    fields = {
        "data_source": text,
        "ability": text,
        "prompt": pa.list_(pa.struct({"role": text, "content": text})),
        "images": pa.list_(pa.struct({"bytes": pa.binary(), "path": text})),
        "reward_model": pa.struct({"style": text, "ground_truth": text}),
        "extra_info": pa.struct(extra),
    }
    metadata = {"medvie": dump({"version": __version__, **(about or {})})}
    if embed == "path":
        features = {
            name: [{"_type": "Image"}] if name == "images" else _feature(kind)
            for name, kind in fields.items()
        }
        metadata["huggingface"] = dump({"info": {"features": features}})
    return pa.schema(fields, metadata)


def _feature(kind: Any) -> Any:
    """Write an Arrow type as the ``datasets`` library does."""
    import pyarrow as pa

    if pa.types.is_list(kind):
        return [_feature(kind.value_type)]
    if pa.types.is_struct(kind):
        return {member.name: _feature(member.type) for member in kind}
    return {"dtype": str(kind), "_type": "Value"}


class NewParquet:
    """A parquet file that is written in batches; it appears once it is whole, as `replacing` says."""

    def __init__(self, name: str, schema: Any, inputs: Iterable[str] = ()) -> None:
        self._name, self._schema, self._inputs = name, schema, tuple(inputs)
        self._batch: list[dict[str, Any]] = []
        self._bytes = 0
        self._stack = ExitStack()
        self._file: BinaryIO
        self._writer: Any

    def add(self, row: dict[str, Any]) -> None:
        """Add a row; a full batch goes to the file, as one row group."""
        self._batch.append(row)
        self._bytes += sum(len(image["bytes"] or b"") for image in row["images"])
        if len(self._batch) >= _BATCH_ROWS or self._bytes >= _BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._batch:
            self._writer.write_table(pa.Table.from_pylist(self._batch, self._schema))
        self._batch, self._bytes = [], 0

    def close(self) -> None:
        """Write what is left; the file appears when it is left as a context."""
        self._flush()
        self._writer.close()
        self._file.flush()

    def __enter__(self) -> NewParquet:
        from pyarrow import parquet

        with ExitStack() as stack:
            self._file = stack.enter_context(replacing(self._name, self._inputs))
            self._writer = parquet.ParquetWriter(self._file, self._schema, compression="zstd")
            stack.callback(self._writer.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stack.__exit__(*raised)
