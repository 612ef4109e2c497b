"""``medvie-score --html``: the file, its images, and what goes wrong with them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from helpers.html_report import BAD, block, body_of, index_of
from PIL import Image

from medvie_reward.cli._main import main_score
from medvie_reward.reports import _page_images as page_images

EXAMPLES = Path(__file__).parents[2] / "examples" / "lab_reports"
PRED: list[dict[str, Any]] = [
    {"id": "b", "pred": '<think>t</think><answer>{"Name": "Wu"}</answer>'},
    {"id": "a", "pred": {"Name": "Li", "L": [{"n": "K", "r": "140"}, {"n": "Na", "r": "4.1"}]}},
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with predictions, golds and one page image, and go there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "scans").mkdir(parents=True)
    Image.new("RGB", (2, 2)).save(tmp_path / "data" / "scans" / "page 1.png")
    write("pred.jsonl", PRED)
    write("data/gold.jsonl", golds())
    return tmp_path


def golds(**image: Any) -> list[dict[str, Any]]:
    first = {"id": "a", "kind": "lab", "image": "scans/page 1.png", **image}
    return [
        {**first, "gold": {"Name": "Li", "L": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": "140"}]}},
        {"id": "b", "kind": "ct", "gold": {"Name": "Wu", "L": []}},
    ]


def write(name: str, rows: list[Any]) -> None:
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def run(*options: str) -> int:
    return main_score(["pred.jsonl", "data/gold.jsonl", "--html", "r.html", *options])


def test_a_report_beside_the_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report is written, the table is printed as without it, and nothing is left over."""
    assert main_score(["pred.jsonl", "data/gold.jsonl"]) == 0
    plain = capsys.readouterr().out
    assert run() == 0
    printed = capsys.readouterr()
    assert printed.out == plain
    assert printed.err == ""
    html = Path("r.html").read_text(encoding="utf-8")
    assert "<h1>pred.jsonl against gold.jsonl</h1>" in html
    assert [document[0] for document in index_of(html)["documents"]] == ["a", "b"]
    assert json.loads(body_of(html, 0)["completion"]) == PRED[1]["pred"]
    assert body_of(html, 1)["completion"] == PRED[0]["pred"]
    assert sorted(os.listdir()) == ["data", "pred.jsonl", "r.html"]


def test_processes_write_the_same(folder: Path) -> None:
    """With several processes, with errors and groups, the report is the same to the letter."""
    assert run("--by", "kind") == 0
    first = Path("r.html").read_bytes()
    assert run("--by", "kind", "--workers", "2", "--errors", "e.jsonl", "--quiet") == 0
    assert Path("r.html").read_bytes() == first
    assert index_of(first.decode())["groups"] == ["lab", "ct"]


def test_limit_and_missing(folder: Path) -> None:
    """A report of the first documents, and one with a gold that nothing was predicted for."""
    assert run("--limit", "1") == 0
    assert len(index_of(Path("r.html").read_text(encoding="utf-8"))["documents"]) == 1
    write("pred.jsonl", PRED[:1])
    assert run("--missing", "zero") == 0
    assert body_of(Path("r.html").read_text(encoding="utf-8"), 0)["completion"] is None


def test_images_embedded(folder: Path) -> None:
    """By default an image file is put into the report."""
    assert run() == 0
    html = Path("r.html").read_text(encoding="utf-8")
    assert block(html, "image-0-0").startswith("data:image/png;base64,iVBOR")
    assert [body_of(html, n)["images"] for n in (0, 1)] == [[None], []]


@pytest.mark.parametrize(
    ("report", "link"), [("r.html", "data/scans/page%201.png"), ("data/r.html", "scans/page%201.png")]
)
def test_images_linked(folder: Path, report: str, link: str) -> None:
    """A link leads from the report's folder to the file."""
    assert main_score(["pred.jsonl", "data/gold.jsonl", "--html", report, "--images", "link"]) == 0
    assert body_of(Path(report).read_text(encoding="utf-8"), 0)["images"] == [link]


def test_too_many_images_are_linked_and_it_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the bound on what is embedded, images are linked, with a line that says so; embed embeds still."""
    monkeypatch.setattr(page_images, "MOST_EMBEDDED", 10)
    assert run() == 0
    assert "medvie-score: page images are linked, not embedded: 0.0 MB in all" in capsys.readouterr().err
    assert body_of(Path("r.html").read_text(encoding="utf-8"), 0)["images"] == ["data/scans/page%201.png"]
    assert run("--images", "embed") == 0
    assert capsys.readouterr().err == ""
    assert body_of(Path("r.html").read_text(encoding="utf-8"), 0)["images"] == [None]


def test_image_key_and_none(folder: Path) -> None:
    """The image may be in another member, or stay out."""
    write("data/gold.jsonl", golds(scan="scans/page 1.png", image="nowhere.png"))
    assert run("--image-key", "scan") == 0
    assert "image-0-0" in Path("r.html").read_text(encoding="utf-8")
    assert run("--images", "none") == 0
    assert body_of(Path("r.html").read_text(encoding="utf-8"), 0)["images"] == []


def test_a_gold_without_a_member_of_its_own_has_no_image(folder: Path) -> None:
    """Where the row is the gold itself, its member ``image`` is a value like others."""
    write("pred.jsonl", [{"image": "chest"}])
    write("data/gold.jsonl", [{"image": "chest"}])
    assert run() == 0
    assert body_of(Path("r.html").read_text(encoding="utf-8"), 0)["images"] == []


ERRORS: list[tuple[dict[str, Any], list[str], str]] = [
    ({"image": "scans/none.png"}, [], "data/gold.jsonl:1: image "),
    ({"image": "http://x/y.png"}, [], "data/gold.jsonl:1: image 'http://x/y.png': expected a file"),
    ({"image": 7}, [], "data/gold.jsonl:1: image: expected a path"),
    ({"image": "gold.jsonl"}, [], "expected PNG, JPEG, GIF, WebP or BMP, which browsers show"),
    ({}, ["--image-key", "scan"], "data/gold.jsonl: no row has the member 'scan' that --image-key names"),
    ({}, ["--preset", "smr-r1"], "--html looks at aligned leaves, and smr-r1 has no alignment"),
    ({}, ["--html", "none/r.html"], "none/r.html: cannot be written"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "options", "message"), ERRORS, ids=range(len(ERRORS)))
def test_bad_input(
    row: dict[str, Any], options: list[str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, one line that says where and what was expected, and no file left behind."""
    write("data/gold.jsonl", golds(**row))
    assert run(*options) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert sorted(os.listdir()) == ["data", "pred.jsonl"]


@pytest.mark.parametrize("option", [["--images", "link"], ["--image-key", "scan"]])
def test_options_of_a_report_need_one(
    option: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An option that would change nothing is refused."""
    assert main_score(["pred.jsonl", "data/gold.jsonl", *option]) == 2
    assert f"{option[0]} belongs to a report: expected --html FILE with it" in capsys.readouterr().err


def test_markup_in_files_stays_text(folder: Path) -> None:
    """What the files say brings no script and no image into the report."""
    write("pred.jsonl", [{"id": BAD, "pred": BAD}])
    write("data/gold.jsonl", [{"id": BAD, "kind": BAD, "gold": {BAD: BAD}}])
    assert run("--by", "kind") == 0
    html = Path("r.html").read_text(encoding="utf-8")
    assert "<script>alert" not in html
    assert "<img" not in html
    assert body_of(html, 0)["completion"] == BAD


def test_the_example(tmp_path: Path) -> None:
    """The README's command gives a report with every page's image in it."""
    target = tmp_path / "report.html"
    files = [str(EXAMPLES / name) for name in ("ocr_rows.jsonl", "gold.jsonl")]
    assert main_score([*files, "--by", "report_type", "--html", str(target)]) == 0
    html = target.read_text(encoding="utf-8")
    assert html.count('id="image-') == 40
    assert len(index_of(html)["groups"]) > 5
