"""Read the rows that ``medvie prepare`` wrote, and write them again with the page's text in place of its image.

python training_rows.py train.parquet train_text.parquet
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

PLACEHOLDER: Final = "<image>"


class TrainingRow(NamedTuple):
    """One row of the parquet.

    Attributes
    ----------
    prompt
        The chat so far, each message with ``role`` and ``content``.
    images
        PNG bytes, one for each placeholder in the prompt.
    ground_truth
        The gold as JSON text.
    extra
        ``extra_info`` of the row.
    """

    prompt: list[dict[str, str]]
    images: list[bytes]
    ground_truth: str
    extra: dict[str, Any]


def read_table(path: Path) -> Any:
    """Read a parquet as a pyarrow table."""
    from pyarrow import parquet

    return parquet.read_table(path)


def read_rows(path: Path) -> list[TrainingRow]:
    """Read a parquet of training rows; images are read from their files where the row holds no bytes."""
    made = []
    for row in read_table(path).to_pylist():
        images = [one["bytes"] or Path(one["path"]).read_bytes() for one in row.get("images") or ()]
        made.append(
            TrainingRow(row["prompt"], images, row["reward_model"]["ground_truth"], dict(row["extra_info"]))
        )
    return made


def completion_of(gold: Mapping[str, Any]) -> str:
    """Write the completion that the query asks for: a short thought, then the answer."""
    count = len(gold.get("Indicators", ()))
    return f"<think>{count} rows</think><answer>{json.dumps(gold)}</answer>"


def write_text_rows(source: Path, target: Path) -> int:
    """Write the rows of ``source`` for a model without eyes; returns how many.

    The text of the page stands where the image was; the column of images is gone.
    """
    from pyarrow import Table, parquet

    rows = read_table(source).to_pylist()
    for row in rows:
        text = row["extra_info"]["source_text"]
        for message in row["prompt"]:
            message["content"] = message["content"].replace(PLACEHOLDER, text)
        del row["images"]
    parquet.write_table(Table.from_pylist(rows), target)
    return len(rows)


def main() -> None:
    """Write the text rows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, help="parquet of medvie prepare")
    parser.add_argument("target", type=Path, help="parquet to write")
    options = parser.parse_args()
    print(f"{write_text_rows(options.source, options.target)} text rows in {options.target}")


if __name__ == "__main__":
    main()
