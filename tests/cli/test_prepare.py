"""The verb ``data``: its flags, what it prints, and that the document's samples are what it writes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from PIL import Image

from medvie_reward.cli._prepare import add_prepare_arguments
from medvie_reward.errors import InputError
from medvie_reward.training._plan import Plan

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "lab_reports" / "gold.jsonl"
DOCUMENT = (ROOT / "docs" / "data.md").read_text("utf-8")


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_prepare_arguments(parser)
    options = parser.parse_args(arguments)
    code: int = options.run(options)
    return code


def rows(folder: Path, split: str = "train") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / f"{split}.parquet").to_pylist()
    return found


@pytest.fixture
def golds(tmp_path: Path) -> str:
    """Give a file of ten documents."""
    for n in range(10):
        Image.new("L", (8, 8), n).save(tmp_path / f"{n}.png")
    documents = [
        {"id": f"d{n}", "image": f"{n}.png", "gold": {"a": f"{n}", "b": "", "c": "x"}} for n in range(10)
    ]
    file = tmp_path / "gold.jsonl"
    file.write_text("".join(json.dumps(document) + "\n" for document in documents))
    return str(file)


def test_the_document_shows_what_the_command_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The printed lines, the English query and the Chinese one are those of the run that it names."""
    folder = tmp_path / "rows"
    command = next(line for line in DOCUMENT.split("\n") if line.startswith("medvie prepare examples"))
    arguments = command.split()[2:]
    assert arguments[:3] == ["examples/lab_reports/gold.jsonl", "--out", "rows"]
    assert run(str(EXAMPLE), "--out", str(folder), *arguments[3:]) == 0
    assert f"```\n{capsys.readouterr().out.replace(str(folder), 'rows')}```" in DOCUMENT
    for index, image, language in ((107, "en-urine-02", "Read"), (32, "zh-urine-01", "请")):
        row = rows(folder)[index]
        assert row["extra_info"]["id"] == image
        assert f"Row {index} " in DOCUMENT
        assert row["prompt"][0]["content"].startswith(f"<image>\n{language}")
        assert f"```\n{row['prompt'][0]['content']}\n```" in DOCUMENT


def test_the_document_names_every_flag_that_it_should() -> None:
    """Flags in the document's tables are flags of the command."""
    parser = argparse.ArgumentParser()
    add_prepare_arguments(parser)
    known = {name for action in parser._actions for name in action.option_strings}
    named = {part.strip("`|,.;:()").split()[0] for part in DOCUMENT.split() if part.startswith("`--")}
    assert {"--schema", "--sample", "--keep-blank"} <= named <= known


def test_defaults_are_the_plan_s(golds: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without flags, the command does what `Plan` does by itself."""
    seen: list[Any] = []

    def write_dataset(*arguments: Any) -> Any:
        seen.extend(arguments)
        raise InputError("seen")

    monkeypatch.setattr("medvie_reward.training.write_dataset", write_dataset)
    with pytest.raises(InputError, match="seen"):
        run(golds, "--out", str(tmp_path))
    assert seen == [golds, str(tmp_path), Plan()]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((), (9, 1, "think")),
        (("--sample", "all", "--no-think"), (9, 1, "answer")),
        (("--queries", "3", "--validation", "0.5", "--sample-validation"), (15, 15, "think")),
        (("--limit", "4", "--validation", "0.25", "--embed", "path"), (3, 1, "think")),
        (("--sample", "difficulty", "--keep-blank", "0", "--drop-names", "--seed", "5"), (9, 1, "think")),
        (("--language", "zh"), (9, 1, "think")),
    ],
)
def test_flags(
    flags: tuple[str, ...], expected: tuple[int, int, str], golds: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Each flag arrives: rows on both sides, and the form of the answer."""
    assert run(golds, "--out", str(tmp_path / "rows"), *flags) == 0
    train, held = rows(tmp_path / "rows"), rows(tmp_path / "rows", "validation")
    spec = json.loads(train[0]["extra_info"]["spec"] or '{"format": "think"}')
    assert (len(train), len(held), spec["format"]) == expected
    assert capsys.readouterr().out.count("\n") == 2
    assert train[0]["prompt"][0]["content"].split("\n")[1].startswith("请" if "zh" in flags else "Read")
    assert (train[0]["images"][0]["bytes"] is None) is ("path" in flags)


def test_other_members_and_folders(golds: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows with other names, images elsewhere, no validation."""
    file = tmp_path / "elsewhere" / "rows.jsonl"
    file.parent.mkdir()
    file.write_text('{"doc": "x", "truth": {"a": "1"}, "image": "0.png", "ocr": "one"}\n')
    (tmp_path / "ids").write_text("x\n")
    flags = ["--gold-key", "truth", "--id-key", "doc", "--source-key", "ocr", "--images-root", str(tmp_path),
             "--ids", str(tmp_path / "ids"), "--validation", "0"]  # fmt: skip
    assert run(str(file), "--out", str(tmp_path / "rows"), *flags) == 0
    (row,) = rows(tmp_path / "rows")
    assert (row["extra_info"]["id"], row["extra_info"]["source_text"]) == ("x", "one")
    assert row["reward_model"]["ground_truth"] == '{"a":"1"}'
    assert not (tmp_path / "rows" / "validation.parquet").exists()
    assert capsys.readouterr().out.count("\n") == 1


def test_queries_that_cannot_be_had_are_counted(
    golds: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three keys have seven sets."""
    assert run(golds, "--out", str(tmp_path), "--queries", "9", "--validation", "0", "--keep-blank", "1") == 0
    assert "20 queries left out: their documents have no further set of keys" in capsys.readouterr().out


@pytest.mark.parametrize(
    "flags", [("--queries", "0"), ("--limit", "-1"), ("--sample", "some"), ("--embed", "url")]
)
def test_wrong_flags_are_usage_errors(flags: tuple[str, ...], golds: str) -> None:
    """Argparse answers, before anything is read."""
    with pytest.raises(SystemExit) as caught:
        run(golds, "--out", "rows", *flags)
    assert caught.value.code == 2
