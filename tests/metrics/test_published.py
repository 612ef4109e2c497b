"""Published metrics beside F1: names, signatures, values, and what the docs show of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import InputError, anls_star, evaluate, score, ted_accuracy
from medvie_reward.cli._main import main_score
from medvie_reward.metrics._published import Published, compare_published, known_metrics, sign

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("f1", ("f1",)), ("anls,ted,f1", ("f1", "ted", "anls")), (" ted , anls ", ("ted", "anls")),
     ("anls,anls", ("anls",)), (["anls", "f1"], ("f1", "anls")), (("ted",), ("ted",)),
     (iter(["ted", "f1"]), ("f1", "ted"))],
)  # fmt: skip
def test_known_metrics(asked: Any, expected: tuple[str, ...]) -> None:
    """Names come in one order whatever order was asked, each once."""
    assert expected == known_metrics(asked)


@pytest.mark.parametrize(
    ("asked", "message"),
    [("bleu", "unknown metric 'bleu': expected some of f1, ted, anls"), ("f1,", "unknown metric ''"),
     ("", "unknown metric ''"), ((), "unknown metric ''"), ("F1", "unknown metric 'F1'"),
     (["f1,ted"], "unknown metric 'f1,ted'"), ([["f1"]], r"unknown metric \['f1'\]"),
     (None, "metrics: expected names, some of f1, ted, anls, got NoneType")],
)  # fmt: skip
def test_unknown_metrics(asked: Any, message: str) -> None:
    """What is no metric is an error that lists the choices."""
    with pytest.raises(InputError, match=message):
        known_metrics(asked)


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [(("f1",), "s"), (("f1", "ted"), "s|ted:donut-1.0.9"), (("anls",), "s|anls:anls_star-1.0.1"),
     (("f1", "ted", "anls"), "s|ted:donut-1.0.9|anls:anls_star-1.0.1")],
)  # fmt: skip
def test_sign(metrics: tuple[str, ...], expected: str) -> None:
    """A signature grows only by what defines the published metrics asked for."""
    assert expected == sign("s", metrics)


# A name costs 1, a text its length: TED({}, gold) is 2 + 3 + 1. An object in a list is a node that costs 1.
GOLD = {"a": "abc", "b": "x"}


@pytest.mark.parametrize(
    ("answer", "ted", "anls"),
    [(GOLD, 1.0, 1.0), ({"a": "ab", "b": "x"}, 1 - 1 / 6, (2 / 3 + 1) / 2), ({"a": "abc"}, 1 - 2 / 6, 1 / 2),
     ({}, 0.0, 0.0), ([GOLD], 1 - 1 / 6, 0.0)],
)  # fmt: skip
def test_one_document_by_hand(answer: Any, ted: float, anls: float) -> None:
    """One document's values, counted by hand."""
    found = compare_published(answer, GOLD, ("ted", "anls"), answered=True)
    assert tuple(found) == pytest.approx((ted, anls, 0))


def test_no_answer_scores_zero() -> None:
    """Without an answer both are 0.0, where the gold is empty too; what was not asked for is None."""
    assert compare_published({}, {}, ("ted", "anls"), answered=True) == Published(1.0, 1.0)
    assert compare_published({}, {}, ("ted", "anls"), answered=False) == Published(0.0, 0.0)
    assert compare_published({}, {}, ("f1", "anls"), answered=False) == Published(None, 0.0)
    assert compare_published({}, {}, ("f1",), answered=True) == Published()


@pytest.mark.parametrize(
    ("work", "metrics", "line"),
    [
        ("_edit_distance._MAX_WORK", "f1,ted", "Bounded   1 of 2 documents reached the work limit "
         "of nTED acc.: their values may be too low"),
        ("_anls._MAX_WORK", "ted,anls", "Bounded   1 of 2 documents reached the work limit "
         "of nTED acc. or ANLS*: their values may be too low"),
    ],
)  # fmt: skip
def test_a_document_past_a_bound_is_told(
    work: str, metrics: str, line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The second document is too much work: said in its row, in all, in its group and in the table."""
    monkeypatch.setattr(f"medvie_reward.metrics.{work}", 0)
    golds, preds = [{}, {"a": "xy"}], [{}, {"a": "xz"}]
    e = evaluate(preds, golds, by=["g", "h"], metrics=metrics)
    assert [document.as_dict()["metrics_limited"] for document in e.documents] == [0, 1]
    assert (e.as_dict()["metrics_limited"], e.groups["g"].published.limited) == (1, 0)
    files = [tmp_path / "preds.jsonl", tmp_path / "golds.jsonl"]
    for file, rows in zip(files, (preds, golds), strict=True):
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main_score([*map(str, files), "--metrics", metrics]) == 0
    assert line in capsys.readouterr().out.splitlines()


def test_a_spec_has_no_say() -> None:
    """Comparators, weights and list modes change F1 and leave the published metrics as they are."""
    gold = {"n": "5.60", "L": [{"k": "Na", "v": "1"}, {"k": "K", "v": "2"}]}
    pred = {"n": "5.6", "L": [{"k": "Na", "v": "2"}, {"k": "K", "v": "1"}]}
    found = [
        evaluate([pred], [gold], preset, metrics="ted,anls") for preset in ("clinical", "strict", "paper")
    ]
    assert len({e.micro.f1 for e in found}) == 3
    assert {e.published for e in found} == {Published(ted_accuracy(pred, gold), anls_star(pred, gold))}


def test_docs_show_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """Every line of the docs' sample output is printed by the docs' command."""
    command = re.search(r"medvie-score (\S+) (\S+) --metrics (\S+)", DOCS)
    assert command is not None
    files, metrics = command.groups()[:2], command[3]
    assert main_score([*(str(ROOT / name) for name in files), "--metrics", metrics]) == 0
    printed = capsys.readouterr().out.splitlines()
    shown = re.search(r"```\n(40 documents\n.*?)```", DOCS, re.DOTALL)
    assert shown is not None
    assert set(shown[1].splitlines()) <= set(printed)
    signed = re.search(r"`(\|ted:\S+)`", DOCS)
    assert signed is not None
    assert printed[-1].endswith(signed[1])


def test_docs_table_of_empty_sides() -> None:
    """Every row of the docs' table of empty sides is what comes out."""
    rows = re.findall(r"^\| (`.*) \| (`.*) \| ([01]) \| ([01]) \| ([01]) \|$", DOCS, re.MULTILINE)
    assert len(rows) == 7
    for gold_cell, pred_cell, *expected in rows:
        (gold,) = (json.loads(x) for x in re.findall("`(.*?)`", gold_cell))
        for text in re.findall("`(.*?)`", pred_cell):
            pred = json.loads(text)
            found = (score(pred, gold).f1, ted_accuracy(pred, gold), anls_star(pred, gold))
            assert tuple(map(float, expected)) == found


def test_docs_example_of_a_partial_score() -> None:
    """A point lost counts two thirds in ANLS*, as the docs say, and a shuffled list costs in TED only."""
    assert anls_star({"a": "56"}, {"a": "5.6"}) == pytest.approx(2 / 3)
    gold, pred = {"L": ["ab", "c"]}, {"L": ["c", "ab"]}
    assert (score(pred, gold).f1, anls_star(pred, gold), ted_accuracy(pred, gold)) == (1.0, 1.0, 0.5)
