"""Situations that people met with other scorers and reward functions, each in its smallest form."""

from __future__ import annotations

import gzip
import json
import re
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import InputError, SpecError, align, evaluate, reward, score
from medvie_reward.cli import main
from medvie_reward.spec import Spec

ANSWER = '{"a": "b"}'
GOLD = {"a": "b"}


@pytest.mark.parametrize(
    ("completion", "status", "matching", "form"),
    [
        # Fences: a JSON fence is preferred to an earlier one; a fence may stay open.
        (f"```text\nhello\n```\n```json\n{ANSWER}\n```", "ok", 1.0, 0.0),
        (f"```python\nx = {{}}\n```\n```json\n{ANSWER}\n```", "ok", 1.0, 0.0),
        (f"```json\n{ANSWER}", "ok", 1.0, 0.0),
        # Braces inside the reasoning are not the answer.
        (f'<think>{{x}} {{"a": 1}}</think>\n```json\n{ANSWER}\n```', "ok", 1.0, 0.0),
        # Broken answers get the reason and no reward; two answers are none.
        ('<think>x</think><answer>{"a": "b", "c": "d', "truncated", 0.0, 0.0),
        ('{"a": "b",}', "bad_json", 0.0, 0.0),
        ('{"a": "b" /* comment */}', "bad_json", 0.0, 0.0),
        ("{'a': 'b'}", "bad_json", 0.0, 0.0),
        ("The answer is {\"a\": 'b'}", "bad_json", 0.0, 0.0),
        ('{"a": None}', "bad_json", 0.0, 0.0),
        ('{"a": "b"} {"a": "c"}', "bad_json", 0.0, 0.0),
        ('{"a": "b"}\n{"a": "c"}', "bad_json", 0.0, 0.0),
        # Tags: an empty answer earns nothing, not even for its form; unclosed tags are not well formed.
        ("<think>x</think><answer></answer>", "no_answer", 0.0, 0.0),
        (f"<think>x<answer>{ANSWER}</answer>", "no_answer", 0.0, 0.0),
        (
            f"<think>a</think><answer>{ANSWER}</answer><think>b</think><answer>{{}}</answer>",
            "ok",
            1.0,
            0.0,
        ),
        (
            "<tool_call>f</tool_call><tool_response>{}</tool_response>\n"
            f"<think>t</think><answer>{ANSWER}</answer>",
            "ok",
            1.0,
            0.0,
        ),
        # Documents in a list of one are read and marked; other lists are no document.
        (f"[{ANSWER}]", "not_an_object", 1.0, 0.0),
        ('["a"]', "not_an_object", 0.0, 0.0),
        # A wrapper around the document is not taken off; a list of one is its item.
        ('{"result": {"a": "b"}}', "ok", 0.0, 0.0),
        ('{"properties": {"a": "b"}}', "ok", 0.0, 0.0),
        ('{"a": ["b"]}', "ok", 1.0, 0.0),
    ],
)
def test_completions(completion: str, status: str, matching: float, form: float) -> None:
    """The status, the matching part and the format part of a completion, under the default preset."""
    found = reward(completion, GOLD)
    assert (found.status, found.matching, found.format) == (status, matching, form)


def test_an_escape_that_is_valid_json_changes_the_value() -> None:
    r"""`\t` written for LaTeX's `\times` is a tab: the text is valid JSON and the value is wrong."""
    found = reward(r'{"a": "\times"}', {"a": r"\times"})
    assert (found.status, found.matching) == ("ok", 0.0)


@pytest.mark.parametrize(
    "completion", ['{"a": "b",}', '{"a": "b" /* comment */}', "{'a': 'b'}", "The answer is {\"a\": 'b'}"]
)
def test_repair_is_asked_for_and_marked(completion: str) -> None:
    pytest.importorskip("json_repair")
    found = reward(completion, GOLD, repair=True)
    assert (found.matching, found.status) == (1.0, "repaired")


@pytest.mark.parametrize(
    ("pred", "gold", "same"),
    [
        ("Jan 1, 2025", "2025-01-01", True),
        ("03/01/2025", "2025-01-03", False),
        ("1.234,56", "1234.56", True),
        ("1'234.56", "1234.56", True),
        ("1\u00a0234,56", "1234.56", True),
        ("1\u2009234.56", "1234.56", True),
        ("ACME Inc", "acme inc", True),
        ("2-4", "2 ~ 4", True),
        ("<0.41", "＜0.41", True),
        ("3.50–5.50", "3.5-5.5", True),
        ("5 mg/dL", "5 mmol/L", False),
        ("9007199254740993", "9007199254740992", False),
        (9007199254740993, "9007199254740993", True),
        (10**20, "100000000000000000000", True),
        (10**20, 10**20 + 1, False),
    ],
)
def test_values(pred: Any, gold: Any, same: bool) -> None:
    """Spellings of one value are equal, both ways; different values never are."""
    assert next(iter(align({"v": pred}, {"v": gold}))).outcome == ("correct" if same else "wrong")
    assert next(iter(align({"v": gold}, {"v": pred}))).outcome == ("correct" if same else "wrong")


@pytest.mark.parametrize("empty", [None, "", " ", [], {}])
def test_null_empty_and_missing_are_one_empty_value(empty: Any) -> None:
    gold = {"a": "x", "b": empty}
    assert score({"a": "x"}, gold).f1 == 1.0
    assert score({"a": "x", "b": None}, gold).f1 == 1.0


def test_agreement_on_empty_values_earns_nothing() -> None:
    """The only value is missed; many lists are empty on both sides."""
    empty: dict[str, Any] = {f"list{n}": [] for n in range(20)}
    assert score(empty, {**empty, "total": "5"}).f1 == 0.0


ROWS = [{"n": "Na", "v": "1"}, {"n": "K"}, {"n": "Na", "v": "1", "u": "x"}]


def test_rows_in_any_order() -> None:
    """Rows of which one holds the other, in the opposite order, on either side."""
    assert score({"rows": ROWS[::-1]}, {"rows": ROWS}).f1 == 1.0
    assert score({"rows": ROWS}, {"rows": ROWS[::-1]}).f1 == 1.0
    near = [{"n": "A", "v": "1"}, {"n": "A", "v": "2"}]
    other = [{"n": "A", "v": "2"}, {"n": "A", "v": "3"}]
    assert (
        score({"rows": near}, {"rows": other}).f1 == score({"rows": near[::-1]}, {"rows": other}).f1 == 0.75
    )


def test_one_wrong_leaf_is_counted_and_listed() -> None:
    """One wrong leaf of 30 in paired rows: 29 are correct."""
    gold = {"rows": [{"n": f"x{n}", "u": "g", "v": str(n)} for n in range(10)]}
    pred = {"rows": [dict(row) for row in gold["rows"]]}
    pred["rows"][4]["v"] = "9.5"
    found = score(pred, gold)
    assert (found.correct, found.wrong) == (29, 1)
    wrong = [(leaf.gold_path, leaf.pred) for leaf in align(pred, gold) if leaf.outcome != "correct"]
    assert wrong == [("rows[4].v", "9.5")]


def test_a_list_of_one_may_be_written_as_its_item() -> None:
    gold = {"menu": [{"name": "tea", "sub": [{"name": "milk"}]}]}
    assert score({"menu": {"name": "tea", "sub": {"name": "milk"}}}, gold).f1 == 1.0


def test_lists_by_position_or_in_any_order() -> None:
    pred, gold = {"l": ["a", "b"]}, {"l": ["b", "a"]}
    assert score(pred, gold).f1 == 1.0
    assert score(pred, gold, Spec.preset("clinical").replace(lists="index")).f1 == 0.0


def test_values_wrapped_in_objects_are_other_fields() -> None:
    """`{"value": …, "confidence": …}` in place of a value: a missing and two hallucinated leaves."""
    found = score({"a": {"value": "b", "confidence": 0.9}}, GOLD)
    assert found.correct == 0
    assert found.hallucinated == 2


def test_schemas_as_pydantic_writes_them() -> None:
    """Optional values, enums, decimals, dates and definitions."""
    pydantic = pytest.importorskip("pydantic")
    from datetime import date
    from decimal import Decimal

    class Flag(str, Enum):
        high = "H"
        low = "L"

    class Row(pydantic.BaseModel):  # type: ignore[misc, name-defined]
        name: str
        flag: Flag | None = None
        price: Decimal | None = None

    class Page(pydantic.BaseModel):  # type: ignore[misc, name-defined]
        day: date
        rows: list[Row]

    spec = Spec.from_json_schema(Page.model_json_schema())
    pred = {"day": "5 Jan 2024", "rows": [{"name": "K", "flag": "h", "price": "1.50"}]}
    assert (
        score(pred, {"day": "2024-01-05", "rows": [{"name": "K", "flag": "H", "price": 1.5}]}, spec).f1 == 1.0
    )


@pytest.mark.parametrize(
    "schema",
    [
        {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "id": "x",
            "type": "object",
            "properties": {"a": 1},
        },
        {"$ref": "https://example.com/schema.json"},
        {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}},
        {"type": "text"},
    ],
)
def test_bad_schemas_are_named_errors(schema: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match="schema"):
        Spec.from_json_schema(schema)


def lines(path: Path, *rows: Any, encoding: str = "utf-8") -> str:
    path.write_bytes("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode(encoding))
    return str(path)


def test_files_as_other_systems_write_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A byte order mark, CRLF, no final newline, one empty line at the end, gzip."""
    gold = lines(tmp_path / "g.jsonl", {"gold": {"姓名": "x"}}, encoding="utf-8-sig")
    pred = tmp_path / "p.jsonl"
    row = '{"prediction": {"姓名": "x"}}'.encode()
    for content in (row, row + b"\r\n", row + b"\n\n", b"\xef\xbb\xbf" + row):
        pred.write_bytes(content)
        assert main(["score", str(pred), gold]) == 0
        assert "1.0000" in capsys.readouterr().out
    packed = tmp_path / "p.jsonl.gz"
    packed.write_bytes(gzip.compress(row))
    assert main(["score", str(packed), gold]) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"gold": {"a": "b"}}\n'.encode("utf-16"), "UTF-8"),
        ('{"gold": {"a": "ë"}}\n'.encode("cp1252"), "UTF-8"),
        (b'{"gold": {"a": "b"}}\n{"gold": {"a": ', ":2"),
        (b'{"gold": {"a": "b"}}\n\n{"gold": {"a": "b"}}\n', ":2"),
        (b"", "empty|no rows"),
    ],
)
def test_files_that_cannot_be_read_are_named_errors(
    content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another encoding, a cut-off line, an empty line in the middle, an empty file: exit 2 with the line."""
    gold = tmp_path / "g.jsonl"
    gold.write_bytes(content)
    pred = lines(tmp_path / "p.jsonl", {"prediction": {"a": "b"}}, {"prediction": {"a": "b"}})
    assert main(["score", pred, str(gold)]) == 2
    error = capsys.readouterr().err
    assert "g.jsonl" in error
    assert re.search(message, error)


def test_documents_in_columns() -> None:
    pandas = pytest.importorskip("pandas")
    assert evaluate(pandas.Series([GOLD, GOLD]), pandas.Series([GOLD, {"a": "c"}])).micro.f1 == 0.5


def test_lengths_must_agree() -> None:
    with pytest.raises(InputError, match="1"):
        evaluate([GOLD], [GOLD, GOLD])
