"""ANLS* and nTED accuracy beside F1: what can be asked for, values and means, and where they show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import InputError, anls_star, evaluate, ted_accuracy
from medvie_reward.cli import main_score
from medvie_reward.published import Published, compare_published, known_metrics, mean_published, sign

ROOT = Path(__file__).parent.parent
REPORTS = ROOT / "examples" / "lab_reports"
ANSWERED = [str(REPORTS / "ocr_rows.jsonl"), str(REPORTS / "gold.jsonl")]

GOLDS = [{"a": "abcd"}, {"a": "abcd"}, {"a": ["x", "y"]}, {}]
PREDS: list[Any] = [{"a": "abcd"}, {"a": "abcx"}, {"a": ["y", "x"]}, "no JSON at all"]
ALL = ("f1", "ted", "anls")
# ted: a text of four characters costs 4 to insert, its name 1, so one wrong character is 1 of 5. Of two
# swapped texts of one character both are relabelled, 2 of 3; no answer is 0 even against an empty gold.
TED = [1.0, 0.8, 1 / 3, 0.0]
# anls: 3 of 4 characters alike; the order of items is nothing.
ANLS = [1.0, 0.75, 1.0, 0.0]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("f1", ("f1",)),
        ("anls,ted", ("ted", "anls")),
        (" f1 , anls , f1 ", ("f1", "anls")),
        (["ted", "f1"], ("f1", "ted")),
        (("f1", "ted", "anls"), ALL),
    ],
)
def test_known_metrics(asked: Any, expected: tuple[str, ...]) -> None:
    """Names in any order, each once."""
    assert known_metrics(asked) == expected


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("f2", "unknown metric 'f2': expected some of f1, ted, anls"),
        ("f1,", "unknown metric '': expected some of f1, ted, anls"),
        ("", "unknown metric '': expected some of f1, ted, anls"),
        ([], "unknown metric '': expected some of f1, ted, anls"),
        (["f1", 3], "unknown metric 3: expected some of f1, ted, anls"),
        (3, "metrics: expected names, some of f1, ted, anls, got int"),
    ],
)
def test_unknown_metrics(asked: Any, message: str) -> None:
    """What nobody knows is an error that lists the choices."""
    with pytest.raises(InputError) as caught:
        known_metrics(asked)
    assert str(caught.value) == message


def test_signatures() -> None:
    """The definitions follow the spec's signature, where they were asked for."""
    assert sign("s", ("f1",)) == "s"
    assert sign("s", ALL) == "s|ted:donut-1.0.9|anls:anls_star-1.0.1"


def test_values_of_documents() -> None:
    """By hand: see the tables above."""
    found = evaluate(PREDS, GOLDS, "strict", metrics=ALL)
    assert [document.published.ted for document in found.documents] == pytest.approx(TED, abs=1e-12)
    assert [document.published.anls for document in found.documents] == ANLS
    assert found.ted == pytest.approx(sum(TED) / 4, abs=1e-12)
    assert found.anls == sum(ANLS) / 4
    assert found.documents[2].published == Published(
        ted_accuracy(PREDS[2], GOLDS[2]), anls_star(GOLDS[2], PREDS[2])
    )


def test_only_what_was_asked_for() -> None:
    """F1 is there in any case, the others where asked for, in the values, the JSON and the signature."""
    plain = evaluate(PREDS, GOLDS, "strict")
    assert (plain.ted, plain.anls) == (None, None)
    assert not {"ted", "anls"} & plain.as_dict().keys()
    assert not {"ted", "anls", "published"} & plain.as_dict()["documents"][0].keys()
    anls = evaluate(PREDS, GOLDS, "strict", metrics="anls")
    assert (anls.ted, anls.anls, anls.micro) == (None, sum(ANLS) / 4, plain.micro)
    assert [document["anls"] for document in anls.as_dict()["documents"]] == ANLS
    assert "ted" not in anls.as_dict()
    assert anls.signature == plain.signature + "|anls:anls_star-1.0.1"


def test_groups_have_their_own_means() -> None:
    """A group's mean is that of its documents."""
    found = evaluate(PREDS, GOLDS, "strict", by=["p", "q", "q", None], metrics="anls")
    assert {name: group.anls for name, group in found.groups.items()} == {"p": 1.0, "q": 0.875}
    assert {name: group["anls"] for name, group in found.as_dict()["by"].items()} == {"p": 1.0, "q": 0.875}


@pytest.mark.parametrize("preset", ["clinical", "paper", "donut", "smr-r1"])
def test_the_spec_has_no_say(preset: str) -> None:
    """Every preset gives the same."""
    found, strict = (evaluate(PREDS, GOLDS, name, metrics=ALL) for name in (preset, "strict"))
    assert found.published == strict.published


def test_no_answer() -> None:
    """It scores 0.0, whatever value stands in for it."""
    assert compare_published({}, {}, ALL, answered=False) == Published(0.0, 0.0)
    assert compare_published({}, {}, ALL, answered=True) == Published(1.0, 1.0)


def test_means_do_not_depend_on_order() -> None:
    """Sums are rounded once."""
    values = [Published(0.1, None), Published(0.7, None), Published(0.3, None)] * 5
    assert mean_published(values) == mean_published(values[::-1])


def test_workers_change_no_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One process and two write and print the same."""
    outputs = []
    for workers in ("1", "2"):
        file = tmp_path / f"{workers}.json"
        options = ["--metrics", "f1,ted,anls", "--workers", workers, "--json", str(file)]
        assert main_score([*ANSWERED, *options]) == 0
        outputs.append((file.read_bytes(), capsys.readouterr().out))
    assert outputs[0] == outputs[1]
    made = json.loads(outputs[0][0])
    assert made["ted"] == pytest.approx(sum(x["ted"] for x in made["documents"]) / 40, abs=1e-12)


def test_the_page_shows_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The table in docs/metrics.md is that of its command."""
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```\n(.*?)```", page, re.DOTALL)
    arguments = blocks[0].split()
    assert arguments[0] == "medvie-score"
    files = [str(ROOT / name) for name in arguments[1:3]]
    assert main_score([*files, *arguments[3:]]) == 0
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    shown = [line.rstrip() for line in blocks[1].splitlines()]
    assert printed[: len(shown)] == shown


def test_without_f1(capsys: pytest.CaptureFixture[str]) -> None:
    """What is made of leaves is left out."""
    assert main_score([*ANSWERED, "--metrics", "anls", "--by", "report_type"]) == 0
    out = capsys.readouterr().out
    assert "ANLS*" in out
    assert [word for word in ("F1", "micro", "Leaves", "nTED") if word in out] == []


def test_a_misspelt_metric_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """It says what there is."""
    with pytest.raises(SystemExit) as caught:
        main_score([*ANSWERED, "--metrics", "f1,bleu"])
    assert caught.value.code == 2
    assert "unknown metric 'bleu': expected some of f1, ted, anls" in capsys.readouterr().err
