"""The verb ``gold``: what it writes and prints; every command of the page on the paper's tables, run."""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from helpers import annotated_sets as sets
from PIL import Image

from medvie_reward import evaluate, score, ted_accuracy
from medvie_reward.cli._convert import add_convert_arguments
from medvie_reward.cli._main import main, main_score
from medvie_reward.datasets import SETS, SPLITS
from medvie_reward.datasets import _cord as cord
from medvie_reward.datasets import _linked_forms as linked_forms

PAGE = (Path(__file__).parents[2] / "docs" / "reproducing.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
BLOCKS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


# -- the verb ------------------------------------------------------------------------------------------


def test_rows_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One row per document, without what is not known; what was written is said, and what was left out."""
    sets.write_funsd(tmp_path / "set")
    out = tmp_path / "gold.jsonl"
    assert main(["convert", "funsd", str(tmp_path / "set"), "--split", "test", "--out", str(out)]) == 0
    expected = {"id": "0002", "gold": sets.FLAT, "image": "testing_data/images/0002.png",
                "source_text": sets.FORM_TEXT, "split": "test"}  # fmt: skip
    assert rows(out) == [expected]
    printed = f"{out}: 1 document (1 test)\n1 answer without a question left out\n"
    assert capsys.readouterr().out == printed


def test_rows_on_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --out, rows go to standard output and the count to standard error."""
    sets.write_ticket(tmp_path)
    assert main(["convert", "ticket", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    first, second, third = map(json.loads, printed.out.splitlines())
    assert first == {"id": "a1", "gold": sets.TICKET, "image": "train/hcp_aug_2/a1.jpg", "split": "train"}
    assert second["split"] == "test"
    assert third == {"id": "a3", "gold": {**sets.TICKET, "date": ""}}
    assert printed.err == "3 documents (1 train, 1 test, 1 no split named)\n"


def test_sections(tmp_path: Path) -> None:
    """The flag arrives."""
    sets.write_xfund(tmp_path)
    out = tmp_path / "gold.jsonl"
    assert main(["convert", "xfund", str(tmp_path), "--sections", "--split", "train", "--out", str(out)]) == 0
    assert [(row["gold"], row["lang"]) for row in rows(out)] == [(sets.SECTIONS, "zh")]


def test_no_partial_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bad annotation after good ones: exit code 2, the reason, and no file."""
    sets.put(tmp_path / "set" / "1.json", {"form": []})
    sets.put(
        tmp_path / "set" / "2.json", {"form": [{"id": 1, "text": "a", "label": "other", "linking": [[1, 2]]}]}
    )
    out = tmp_path / "gold.jsonl"
    assert main(["convert", "funsd", str(tmp_path / "set"), "--out", str(out)]) == 2
    assert capsys.readouterr().err == (
        f"medvie: error: {tmp_path}/set/2.json: links to the id 2: expected that of an entity - at "
        "$.form[0].linking[0]\n"
    )
    assert [x.name for x in tmp_path.iterdir()] == ["set"]


def test_a_name_with_gz_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What would not be compressed is not called so."""
    assert main(["convert", "funsd", str(tmp_path), "--out", "gold.jsonl.gz"]) == 2
    assert "gold.jsonl.gz: --out is written as it is: expected a name without .gz" in capsys.readouterr().err


def test_choices_are_the_readers_own() -> None:
    """The parser writes out names of sets and splits; they are those that there are."""
    parser = argparse.ArgumentParser()
    add_convert_arguments(parser)
    choices = {action.dest: tuple(action.choices) for action in parser._actions if action.choices}
    assert choices == {"set": SETS, "split": SPLITS}


def test_training_rows_can_be_made_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``medvie prepare`` takes the rows, with images from the source, in other languages too."""
    sets.write_xfund(tmp_path / "set", "pt")
    for image in (tmp_path / "set").rglob("*.jpg"):
        Image.new("L", (8, 8), len(image.stem)).save(image)
    out = str(tmp_path / "gold.jsonl")
    assert main(["convert", "xfund", str(tmp_path / "set"), "--out", out]) == 0
    arguments = ["--images-root", str(tmp_path / "set"), "--out", str(tmp_path / "rows"), "--validation", "0"]
    assert main(["prepare", out, *arguments, "--sample", "all"]) == 0
    assert "2 rows of 2 documents, 3.0 keys a row" in capsys.readouterr().out


# -- the page ------------------------------------------------------------------------------------------


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with everything that the page's commands read, and be there."""
    monkeypatch.chdir(tmp_path)
    sets.write_hub(tmp_path / "cord-v2")
    sets.write_funsd(tmp_path / "funsd")
    shutil.make_archive(str(tmp_path / "dataset"), "zip", tmp_path / "funsd")
    sets.write_sroie(tmp_path / "SROIE2019")
    sets.write_ticket(tmp_path / "dataset_trainticket")
    sets.write_xfund(tmp_path / "xfund", "zh")
    sets.write_xfund(tmp_path / "xfund", "de")
    # One document read well, one without an answer: micro and macro differ.
    golds = [{"id": "a", "gold": {"x": "1", "y": "2", "z": "33"}}, {"id": "b", "gold": {"x": "1"}}]
    right = '<think></think><answer>{"x": "1", "y": "2", "z": "3"}</answer>'
    answers = [{"id": "a", "completion": right}, {"id": "b", "completion": "no answer"}]
    sets.put(tmp_path / "gold.jsonl", "".join(json.dumps(row) + "\n" for row in golds))
    for name in ("preds", "think", "no_think"):
        sets.put(tmp_path / f"{name}.jsonl", "".join(json.dumps(row) + "\n" for row in answers))
    return tmp_path


def test_every_command_of_the_page_does_what_it_says(
    downloads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Golds of the split that was asked for; scores where the tables say that they stand."""
    expected = {"cord": 2, "funsd": 1, "sroie": 1, "ticket": 1, "xfund": 2}
    written, scored = {}, []
    for command in COMMANDS:
        program, *arguments = command.split()
        if program == "medvie":
            assert main(arguments) == 0
            out = Path(arguments[arguments.index("--out") + 1])
            golds = rows(out)
            assert {row["split"] for row in golds} == {arguments[arguments.index("--split") + 1]}
            written[arguments[1]] = len(golds)
            answers = [{"id": row["id"], "completion": json.dumps(row["gold"])} for row in golds]
            sets.put(downloads / f"{out.stem}_preds.jsonl", "".join(json.dumps(x) + "\n" for x in answers))
            capsys.readouterr()
            continue
        assert program == "medvie-score"
        assert main_score(arguments) == 0
        printed = capsys.readouterr().out
        table = {
            name: printed.split(name)[1].splitlines()[0].split()
            for name in ("micro (all leaves)", "macro (mean of documents)")
        }
        scored.append(arguments[0])
        if "paper" in arguments:
            # Two of four leaves are found, three are predicted. TED: one letter of 3 keys and 4 letters.
            assert table["micro (all leaves)"] == ["0.6667", "0.5000", "0.5714"]
            assert table["macro (mean of documents)"][3:] == [f"{(1 - 1 / 7) / 2:.4f}"]
        else:
            assert table["micro (all leaves)"] == ["1.0000"] * 3
            assert table["macro (mean of documents)"] == ["1.0000"] * 4
            assert ({"de", "zh"} <= set(printed.split())) is ("--by" in arguments)
    assert written == expected
    assert len(scored) == 8


def test_the_page_names_flags_and_sets_that_there_are() -> None:
    """Sets in the table of sources, flags in the text."""
    named = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert named == set(SETS)
    known = {
        "--preset",
        "--metrics",
        "--by",
        "--split",
        "--out",
        "--sections",
        "--images-root",
        "--source-key",
    }
    assert set(re.findall(r"--[a-z][a-z-]*", PAGE)) == known


def test_the_page_s_trees_are_what_is_read() -> None:
    """Each annotation on the page gives the gold below it."""
    _, lines, receipt, form, flat, sections = BLOCKS
    assert receipt == cord.gold_of(lines)
    read = linked_forms.read_form(form["form"], "$.form")
    assert (flat, 0) == linked_forms.tree_of_form(read)
    assert (sections, 0) == linked_forms.tree_of_form(read, sections=True)


# F1, P and R of Tables 1 and 2 of arXiv 2506.13363.
FIGURES = (
    (63.16, 67.85, 59.07), (56.89, 57.68, 56.12), (55.12, 62.12, 49.54), (70.49, 71.18, 69.82),
    (64.55, 65.56, 63.57), (71.15, 71.49, 70.82), (52.29, 66.92, 42.91), (67.61, 65.18, 70.23),
    (66.69, 63.91, 69.71), (66.94, 63.25, 71.08), (76.23, 76.18, 76.28), (77.10, 77.67, 76.55),
    (77.81, 79.85, 75.88), (75.90, 75.68, 76.13),
)  # fmt: skip


def test_the_paper_s_f1_is_the_harmonic_mean_of_its_p_and_r() -> None:
    """As the page says: in every row, to within what two decimals of P, R and F1 leave open."""
    for f1, p, r in FIGURES:
        assert abs(2 * p * r / (p + r) - f1) < 0.01
    # A mean of documents' F1 would not be: here by far.
    found = evaluate([{"a": "1", "b": "2"}, {"a": "1"}], [{"a": "1"}, {"a": "1", "b": "2"}], "paper")
    p, r = found.macro.precision, found.macro.recall
    assert abs(2 * p * r / (p + r) - found.macro.f1) > 0.01


def leaves(value: Any, name: str = "") -> Counter[tuple[str, str]]:
    """Give names and texts of the leaves of a tree of texts, lists passed through."""
    if isinstance(value, dict):
        return sum((leaves(x, f"{name}.{key}") for key, x in value.items()), Counter())
    if isinstance(value, list):
        return sum((leaves(x, name) for x in value), Counter())
    return Counter([(name, value.strip())] if value.strip() else [])


def test_donut_s_figures_are_the_ones_that_the_page_says(tmp_path: Path) -> None:
    """F1 is one quotient of sums over documents, nTED accuracy a mean, written out for trees of texts."""
    sets.write_hub(tmp_path)
    golds: list[Any] = [sets.RECEIPT, json.loads(sets.truth("test", 0))["gt_parse"], sets.FLAT, sets.TICKET]
    preds: list[Any] = [sets.RECEIPT, {"menu": {"nm": "RICE"}}, {"Ward:": ["C 1", "B 4"], "x": "y"}, {}]
    hits = sum((leaves(p) & leaves(g)).total() for p, g in zip(preds, golds, strict=True))
    sizes = sum((leaves(p) + leaves(g)).total() for p, g in zip(preds, golds, strict=True))
    found = evaluate(preds, golds, "donut", metrics="f1,ted")
    assert found.micro.f1 == pytest.approx(2 * hits / sizes)
    assert found.ted == pytest.approx(sum(map(ted_accuracy, preds, golds)) / 4)
    assert found.micro.f1 != pytest.approx(found.macro.f1)
    assert score(preds[2], golds[2], "donut").f1 == pytest.approx(2 * 2 / 7)
