"""Rollouts and gold documents in files: rows of one answer or of several, joined by id, gold or order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medvie_reward.completions import Completion
from medvie_reward.corpus import GOLD_KEYS, RowFile
from medvie_reward.errors import InputError, InputWarning
from medvie_reward.lab import Group, open_rollouts, read_rollouts
from medvie_reward.lab._samples import samples_of
from medvie_reward.spec import Spec

STRICT = Spec.preset("strict")
GOLDS = [{"a": "x", "b": "1"}, {"a": "y", "b": "2"}]


def text(n: int) -> str:
    return f'<think>.</think><answer>{{"a": "{n}"}}</answer>'


def write(path: Path, *rows: Any) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def read(tmp_path: Path, rows: list[Any], golds: list[Any] | None, **settings: Any) -> list[Group]:
    """Read rollouts, with gold documents in a file of their own or beside them."""
    with open_rollouts(write(tmp_path / "r.jsonl", *rows)) as rollouts:
        if golds is None:
            return read_rollouts(rollouts, None, STRICT, **settings)
        with RowFile(write(tmp_path / "g.jsonl", *golds), GOLD_KEYS) as file:
            return read_rollouts(rollouts, file, STRICT, **settings)


NAMED = [{"id": f"d{n}", "gold": gold} for n, gold in enumerate(GOLDS)]


def test_several_completions_a_row_by_id(tmp_path: Path) -> None:
    rows = [{"id": "d1", "completions": [text(1), text(2)]}, {"id": "d0", "completions": [text(3), "broken"]}]
    assert read(tmp_path, rows, NAMED) == [
        Group("d0", GOLDS[0], (text(3), "broken")),
        Group("d1", GOLDS[1], (text(1), text(2))),
    ]


def test_one_completion_a_row_by_id(tmp_path: Path) -> None:
    """An id may come as often as there are answers; a document without any is left out."""
    rows = [{"id": "d1", "completion": text(n)} for n in range(3)]
    assert read(tmp_path, rows, NAMED) == [Group("d1", GOLDS[1], (text(0), text(1), text(2)))]


def dump_rows(step: int) -> list[dict[str, Any]]:
    """Return rows as verl dumps them, the groups mixed."""
    return [
        {
            "input": "q",
            "output": text(10 * step + n),
            "gts": json.dumps(GOLDS[n % 2]),
            "score": 1.0,
            "step": step,
        }
        for n in range(4)
    ]


def test_a_trainers_dump_has_its_golds(tmp_path: Path) -> None:
    expected = [(GOLDS[0], (text(10), text(12))), (GOLDS[1], (text(11), text(13)))]
    alone = read(tmp_path, dump_rows(1), None)
    assert [(one.gold, one.completions) for one in alone] == expected
    joined = read(tmp_path, dump_rows(1), NAMED[::-1])
    assert [(one.gold, one.completions) for one in joined] == expected


def test_rollouts_of_one_step(tmp_path: Path) -> None:
    rows = [*dump_rows(1), *dump_rows(2)]
    found = read(tmp_path, rows, None, step=2)
    assert [one.completions for one in found] == [(text(20), text(22)), (text(21), text(23))]
    with pytest.warns(InputWarning, match=r"rollouts of 2 steps \(1 to 2\) are looked at as if one model"):
        assert len(read(tmp_path, rows, None)[0].completions) == 4
    with pytest.raises(InputError, match="--step 3: no row has it; there are '1', '2'"):
        read(tmp_path, rows, None, step=3)


def test_in_the_order_of_the_golds(tmp_path: Path) -> None:
    rows = [{"completion": text(n)} for n in range(4)]
    found = read(tmp_path, rows, GOLDS)
    assert [one.completions for one in found] == [(text(0), text(1)), (text(2), text(3))]
    several = [{"completions": [text(n), text(n + 1)]} for n in range(2)]
    assert [one.completions for one in read(tmp_path, several, GOLDS)] == [
        (text(0), text(1)),
        (text(1), text(2)),
    ]


def test_answers_that_are_values(tmp_path: Path) -> None:
    rows = [{"id": "d0", "completion": {"a": "x"}}, {"id": "d0", "completion": None}]
    found = read(tmp_path, rows, NAMED)
    assert found == [Group("d0", GOLDS[0], (Completion.from_answer({"a": "x"}), ""))]


@pytest.mark.parametrize(
    ("rows", "golds", "message"),
    [
        ([{"id": "d7", "completion": text(0)}], NAMED, r"1 ids are not in .*g.jsonl \('d7'\)"),
        (
            [{"completion": text(0)}] * 3,
            GOLDS,
            "has 3 rows for the 2 documents of .*: expected the same number",
        ),
        ([{"completion": text(0)}], GOLDS, "has 1 rows for the 2 documents"),
        (dump_rows(1), [{"gold": {"a": "z"}}], r"r.jsonl:1: has a gold of its own that is none of .*g.jsonl"),
        ([{"id": "d0", "completion": text(0)}], [NAMED[0], NAMED[0]], "g.jsonl: has an id twice"),
        ([{"completion": text(0)}], None, "gold"),
    ],
)
def test_files_that_do_not_fit(
    tmp_path: Path, rows: list[Any], golds: list[Any] | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, rows, golds)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"completion": text(1)}, [text(1)]),
        ({"completions": [text(1), text(2)]}, [text(1), text(2)]),
        ({"responses": [text(1)]}, [text(1)]),
        ({"outputs": [{"text": text(1)}, {"text": text(2)}]}, [text(1), text(2)]),
        (
            {"choices": [{"index": n, "message": {"role": "assistant", "content": text(n)}} for n in (1, 2)]},
            [{"role": "assistant", "content": text(n)} for n in (1, 2)],
        ),
        (
            {"completions": [[{"role": "assistant", "content": text(n)}] for n in (1, 2)]},
            [[{"role": "assistant", "content": text(n)}] for n in (1, 2)],
        ),
        ({"prediction": ["x", "y"]}, [["x", "y"]]),
        ({"a": "x"}, [{"a": "x"}]),
    ],
)
def test_every_sample_of_a_row(tmp_path: Path, row: Any, expected: list[Any]) -> None:
    """All of them, each read as the first of a row is; a list that is the answer stays one."""
    with open_rollouts(write(tmp_path / "r.jsonl", row)) as file:
        found = samples_of(file, 0)
        assert [getattr(x, "content", x) for x in found] == expected
        assert found[0] == file.value(0)
