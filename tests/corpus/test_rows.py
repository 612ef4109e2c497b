"""Files: every way in which one can be wrong is told apart, with its name and line."""

from __future__ import annotations

import gzip
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import InputError
from medvie_reward.corpus import GOLD_KEYS, PRED_KEYS, NewFile, Pair, RowFile, dump, join, read_line
from medvie_reward.corpus._place import Place
from medvie_reward.corpus._row_choice import Choice
from medvie_reward.corpus._row_reader import Row, RowReader


def write(path: Path, *rows: Any) -> str:
    path.write_bytes(
        b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)
    )
    return str(path)


BAD_FILES: list[tuple[bytes, int | None, str]] = [
    (b"", None, "the file is empty: expected one JSON value per line"),
    (b"\n \n", None, "the file is empty"),
    (b'{"id": 1}\n\xff\xfe\n', 2, "not UTF-8: invalid start byte at byte 0"),
    (b'{"id": 1}\n{"id": 2, "pred": {"a"', 2, "the line ends inside its JSON value"),
    (b"{'id': 1}\n", 1, "not JSON"),
    (b'{"id": 1}\n\n{"id": 2}\n', 2, "empty line: expected one JSON value per line"),
    (b'[\n{"id": 1},\n{"id": 2}\n', 3, "ends inside its JSON value: expected one JSON value"),
    (b'{\n"id": 1,\n"a" 2\n}\n', 3, "not JSON (Expecting ':' delimiter in column 5)"),
    (b"[\n1,\n2\n]\n", None, "row 1: is an array: expected documents or completions in it"),
    (b"[" * 3000 + b"]" * 3000 + b"\n", 1, "nests deeper than"),
    (b'{"id": 1}\n{"x": 2}\n', 2, "has no id in 'id' while rows before it have one"),
    (b'{"x": 1}\n{"id": 2}\n', 2, "has the id 2 in 'id' while rows before it have none"),
    (b'{"id": [1]}\n', 1, "expected a string or an integer as id in 'id', got list"),
    (b'{"id": 1, "pred": {}, "output": {}}\n', 1, "has 'output' and 'pred': which one holds the prediction?"),
]


@pytest.mark.parametrize(("content", "line", "message"), BAD_FILES, ids=range(len(BAD_FILES)))
def test_bad_files(tmp_path: Path, content: bytes, line: int | None, message: str) -> None:
    """The error names the file, the line and what was expected."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        RowFile(str(path), PRED_KEYS)
    assert caught.value.file == str(path)
    assert caught.value.line == line
    assert message in str(caught.value)


def test_an_id_past_64_bits(tmp_path: Path) -> None:
    """Ids are exact integers, of any length, and another number of the row does not matter."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"id": 123456789012345678901}\n{"id": 123456789012345678902, "a": 1.5}\n')
    with RowFile(str(path), PRED_KEYS) as file:
        assert file.ids == ["123456789012345678901", "123456789012345678902"]
    path.write_bytes(b'{"id": 1.0}\n')
    with pytest.raises(InputError, match="expected a string or an integer as id in 'id', got float"):
        RowFile(str(path), PRED_KEYS)


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    """A directory, a missing file and a broken gzip file are told apart."""
    with pytest.raises(InputError, match=r"is a directory without documents: expected one \.json or"):
        RowFile(str(tmp_path), PRED_KEYS)
    with pytest.raises(InputError, match="cannot be read: No such file or directory"):
        RowFile(str(tmp_path / "none.jsonl"), PRED_KEYS)
    broken = tmp_path / "x.jsonl.gz"
    broken.write_bytes(b'{"not": "gzip"}\n')
    with pytest.raises(InputError, match="not a whole gzip file"):
        RowFile(str(broken), PRED_KEYS)
    broken.write_bytes(gzip.compress(b'{"a": 1}\n' * 1000)[:-20])
    with pytest.raises(InputError, match="not a whole gzip file"):
        RowFile(str(broken), PRED_KEYS)


def test_good_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain, gzip, standard input, a byte order mark, CRLF and a missing last newline all read alike."""
    content = b'\xef\xbb\xbf{"id": "a", "pred": {"x": 1}}\r\n{"id": "b", "pred": "text"}\n\n'
    plain = tmp_path / "x.jsonl"
    plain.write_bytes(content.rstrip())
    packed = tmp_path / "x.jsonl.gz"
    packed.write_bytes(gzip.compress(content))

    class Stdin:
        buffer = io.BytesIO(content)

    monkeypatch.setattr("sys.stdin", Stdin)
    for name in (str(plain), str(packed), "-"):
        with RowFile(name, PRED_KEYS) as file:
            assert (len(file), file.ids, file.key) == (2, ["a", "b"], "pred")
            rows = [read_line(file.line(n), name, n + 1) for n in (1, 0, 1)]
            assert [row["pred"] for row in rows] == ["text", {"x": 1}, "text"]


def test_value_of() -> None:
    """A row is an object with the value in a member, or the value itself without the id that joins it."""
    at = Place("f", 3)
    named = RowReader(PRED_KEYS, Choice("pred", (("pred",),)))
    whole = RowReader(PRED_KEYS, Choice(None))
    assert named.value(Row({"id": 1, "pred": [2]}), at) == [2]
    assert whole.value(Row({"id": 1, "a": 2}), at) == {"a": 2}
    assert whole.value(Row([1]), at) == [1]
    for row in ({"id": 1}, [1]):
        with pytest.raises(InputError, match="f:3: expected an object with the member 'pred'"):
            named.value(Row(row), at)


def files(tmp_path: Path, preds: list[Any], golds: list[Any]) -> tuple[RowFile, RowFile]:
    return (
        RowFile(write(tmp_path / "p.jsonl", *preds), PRED_KEYS),
        RowFile(write(tmp_path / "g.jsonl", *golds), GOLD_KEYS),
    )


def rows(*ids: Any) -> list[Any]:
    return [{"x": 1} if name is None else {"id": name} for name in ids]


JOINS: list[tuple[list[Any], list[Any], str, str, Any]] = [
    (["a", "b"], ["b", "a"], "auto", "error", [Pair(0, 1), Pair(1, 0)]),
    ([1, "2"], ["1", 2], "id", "error", [Pair(0, 0), Pair(1, 1)]),
    (["a", "b"], ["b", "a"], "line", "error", [Pair(0, 0), Pair(1, 1)]),
    ([None, None], ["b", "a"], "auto", "error", [Pair(0, 0), Pair(1, 1)]),
    ([None], ["b", "a"], "auto", "error", "has 1 row and .* has 2: expected as many predictions as gold d"),
    ([None], ["a"], "id", "error", r"p\.jsonl: has no ids in 'id'"),
    (["a", "b", "a"], ["a", "b"], "auto", "error", "p.jsonl:3: repeats the id 'a' of line 1"),
    (["a"], ["a", "a"], "auto", "error", "g.jsonl:2: repeats the id 'a' of line 1"),
    (["a", "x"], ["a", "b", "c"], "auto", "error",
     r"2 gold documents without a prediction \('b', 'c'\); 1 prediction without a gold document \('x'\)"),
    (["a"], list("abcdefgh"), "auto", "error", r"7 gold documents without .*'b', 'c', 'd', 'e', 'f', …\)"),
    (["c", "x"], ["a", "c"], "auto", "zero", [Pair(0, None), Pair(1, 0)]),
    (["c", "x"], ["a", "c"], "auto", "skip", [Pair(1, 0)]),
    (["x"], ["a"], "auto", "skip", "no id in common"),
]  # fmt: skip


@pytest.mark.parametrize(("preds", "golds", "how", "missing", "expected"), JOINS, ids=range(len(JOINS)))
def test_join(
    tmp_path: Path, preds: list[Any], golds: list[Any], how: str, missing: str, expected: Any
) -> None:
    """By id where both have ids, else by line with a length check; what does not match is said."""
    p, g = files(tmp_path, rows(*preds), rows(*golds))
    with p, g:
        if isinstance(expected, str):
            with pytest.raises(InputError, match=expected):
                join(p, g, how, missing)
        else:
            assert join(p, g, how, missing).pairs == expected


def test_join_counts_what_it_leaves_out(tmp_path: Path) -> None:
    """Golds and predictions without a partner are counted."""
    p, g = files(tmp_path, rows("c", "x", "y"), rows("a", "c"))
    with p, g:
        joined = join(p, g, "auto", "skip")
        assert (joined.how, joined.missing, joined.extra) == ("id", 1, 2)


def test_new_file_appears_only_whole(tmp_path: Path) -> None:
    """A file is there under its name once everything is written, and not at all otherwise."""
    path = tmp_path / "out.jsonl"
    with NewFile(str(path)) as file:
        file.write({"a": "é"})
        assert not path.exists()
    assert path.read_bytes() == '{"a":"é"}\n'.encode()

    def fail() -> None:
        with NewFile(str(path)) as file:
            file.write({"b": 1})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_bytes() == '{"a":"é"}\n'.encode()
    assert os.listdir(tmp_path) == ["out.jsonl"]
    with pytest.raises(InputError, match="cannot be written"), NewFile(str(tmp_path / "none" / "out.jsonl")):
        pytest.fail("it was opened")
    with pytest.raises(InputError, match="would overwrite the input"), NewFile(str(path), [path]):
        pytest.fail("it was opened")


def test_dump_writes_long_numbers() -> None:
    """An integer past 64 bits is written with all its digits."""
    assert json.loads(dump({"a": 10**30})) == {"a": 10**30}
