"""Rows that break the rules of JSON: in a prediction a status, in gold an error with line and path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import InputError, evaluate_files
from medvie_reward.corpus._json_text import decode_leniently, flaw_of, items_of, values_of

DEEP = '{"a": ' * 140 + "1" + "}" * 140
FLAWS = [
    ('{"N": "a", "N": "b"}', "duplicate_member", r"has the member 'N' twice - at \$\.N"),
    (
        '{"r": [{"a": 1}, {"a": 1, "a": 1}]}',
        "duplicate_member",
        r"has the member 'a' twice - at \$\.r\[1\]\.a",
    ),
    ('{"N": NaN}', "not_finite", r"expected a finite number, got NaN - at \$\.N"),
    (
        '{"r": [1, -Infinity]}',
        "not_finite",
        r"expected a finite number, got -Infinity or a number past .* - at \$\.r\[1\]",
    ),
    ('{"N": 1e999}', "not_finite", r"expected a finite number, got Infinity or a number past .* - at \$\.N"),
    ('{"N": "\\ud800"}', "bad_unicode", r"has a lone surrogate in a string - at \$\.N"),
    (DEEP, "too_deep", r"nests deeper than 128 containers - at \$\.a\.a"),
]


@pytest.mark.parametrize("wrapper", ['{{"id": "x", "{}": {}}}', "{1}"], ids=["in a row", "as the row"])
@pytest.mark.parametrize(
    ("text", "status", "message"), FLAWS, ids=[f"{s}{n}" for n, (_, s, _) in enumerate(FLAWS)]
)
def test_flaws(tmp_path: Path, text: str, status: str, message: str, wrapper: str) -> None:
    """The run goes on for a prediction, and stops for gold, with the file, the line and the path."""
    good = '{"N": "a"}'
    preds, golds = tmp_path / "p.jsonl", tmp_path / "g.jsonl"
    preds.write_text("".join(wrapper.format("pred", x) + "\n" for x in (good, text)))
    golds.write_text("".join(wrapper.format("gold", good) + "\n" for _ in range(2)))
    evaluation = evaluate_files(preds, golds, join="line")
    assert [d.status for d in evaluation.documents] == ["ok", status]
    assert [d.f1 for d in evaluation.documents] == [1.0, 0.0]
    golds.write_text("".join(wrapper.format("gold", x) + "\n" for x in (good, text)))
    preds.write_text(wrapper.format("pred", good) + "\n" + wrapper.format("pred", good) + "\n")
    with pytest.raises(InputError, match=rf"g\.jsonl:2: gold: {message}"):
        evaluate_files(preds, golds, join="line")


def test_flaws_beside_the_value_do_not_matter(tmp_path: Path) -> None:
    """A score that is NaN, as in a trainer's dump, is no part of the document."""
    path = tmp_path / "both.jsonl"
    path.write_text('{"pred": {"N": "a"}, "gold": {"N": "a"}, "score": NaN, "x": {"y": 1, "y": 2}}\n')
    assert evaluate_files(path).micro.f1 == 1.0


def test_an_answer_as_a_value_has_bounds(tmp_path: Path) -> None:
    """What would be too large as text is too large as a value."""
    preds, golds = tmp_path / "p.jsonl", tmp_path / "g.jsonl"
    golds.write_text('{"N": "a"}\n')
    for text, expected in (("x" * 70_000, "too_large"), ("x" * 60_000, "ok")):
        preds.write_text(json.dumps({"N": text}) + "\n")
        assert evaluate_files(preds, golds).documents[0].status == expected
    # Long golds allow for long answers.
    golds.write_text(json.dumps({"N": "x" * 70_000}) + "\n")
    preds.write_text(json.dumps({"N": "x" * 70_000}) + "\n")
    assert evaluate_files(preds, golds).micro.f1 == 1.0


def test_a_row_of_too_many_values(tmp_path: Path) -> None:
    """It is refused before it is read."""
    path, golds = tmp_path / "p.jsonl", tmp_path / "g.jsonl"
    golds.write_text('{"N": "a"}\n')
    path.write_text('{"pred": [' + "1," * 2_100_000 + "1]}\n")
    with pytest.raises(
        InputError, match=r"p\.jsonl:1: is longer than 256 MB or holds more than 2,000,000 values"
    ):
        evaluate_files(path, golds)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@examples(200)
@given(values=st.lists(JSON), indent=st.sampled_from([None, 0, 2]))
def test_splitting(values: list[object], indent: int | None) -> None:
    """Lists, objects and texts of several values fall into the texts of their values, in order."""
    whole = json.dumps(values, indent=indent)
    assert [(None, x) for x in values] == [(item.key, json.loads(item.text)) for item in items_of(whole)]
    named = {f"k{n}": x for n, x in enumerate(values)}
    assert list(named.items()) == [
        (item.key, json.loads(item.text)) for item in items_of(json.dumps(named, indent=indent))
    ]
    several = "\n".join(json.dumps(x, indent=indent) for x in values)
    assert values == [json.loads(text) for text in values_of(several)]


@pytest.mark.parametrize("text", ["[1, 2", "[1 2]", '{"a" 1}', '{"a": 1,}', "{1: 2}", "[1] 2", "3"])
def test_what_cannot_be_split(text: str) -> None:
    """What is no list or object raises as Python's own decoder does."""
    with pytest.raises(json.JSONDecodeError):
        list(items_of(text))


@examples(200)
@given(value=JSON)
def test_sound_values_have_no_flaw(value: object) -> None:
    """What Python writes as JSON without NaN has none, unless a text has a lone surrogate."""
    assert flaw_of(decode_leniently(json.dumps(value)), 1000) is None
