"""Paths: how the place of a value is written, and what is read of it again."""

from __future__ import annotations

import json

import pytest
from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward._core.paths import (
    ROOT,
    Place,
    field_text,
    innermost_row,
    item_path,
    list_prefixes,
    match_step,
    member_path,
    path_text,
    positions,
    without_positions,
)

PATHS: list[tuple[tuple[str | int, ...], str, str]] = [
    ((), "$", "$"),
    (("Name",), "Name", "Name"),
    (("Indicators", 3, "Item Name"), "Indicators[3].Item Name", "Indicators[].Item Name"),
    (("指标", 0, "结果"), "指标[0].结果", "指标[].结果"),
    ((0, 1), "[0][1]", "[][]"),
    (("a.b", "c"), '["a.b"].c', '["a.b"].c'),
    (("a[0]",), '["a[0]"]', '["a[0]"]'),
    (("a", ""), 'a[""]', 'a[""]'),
    ((" a",), '[" a"]', '[" a"]'),
    (('q"\n',), '["q\\"\\n"]', '["q\\"\\n"]'),
]


@pytest.mark.parametrize(("at", "path", "field"), PATHS)
def test_paths(at: tuple[str | int, ...], path: str, field: str) -> None:
    """Paths read like code, odd names are quoted, and a field has no positions."""
    place: Place = ROOT
    for step in at:
        place = (place, step)
    assert (path_text(place), field_text(place)) == (path, field)


@pytest.mark.parametrize(
    ("path", "prefixes", "field", "numbers"),
    [
        ("$", [], "$", ""),
        ("Name", [], "Name", ""),
        ("a[3].b", ["a[3]"], "a[].b", "[3]"),
        ("a[3].b[0].c", ["a[3]", "a[3].b[0]"], "a[].b[].c", "[3][0]"),
        ("[0][12]", ["[0]", "[0][12]"], "[][]", "[0][12]"),
        ("a[].b[]", ["a[]", "a[].b[]"], "a[].b[]", "[][]"),
        ('["a[0]"][1].b', ['["a[0]"][1]'], '["a[0]"][].b', "[1]"),
        (r'a["\"][7]"].b', [], r'a["\"][7]"].b', ""),
    ],
)
def test_reading(path: str, prefixes: list[str], field: str, numbers: str) -> None:
    """Positions are found, and what looks like one inside a quoted name is none."""
    assert list_prefixes(path) == prefixes
    assert innermost_row(path) == (prefixes[-1] if prefixes else "")
    assert without_positions(path) == field
    assert positions(path) == numbers


names = st.text(st.characters(codec="utf-8"), max_size=6) | st.text('ab.[]"\\0 *$', max_size=6)


@examples(300)
@given(st.lists(names | st.integers(0, 99), min_size=1, max_size=6))
def test_what_is_written_is_read(steps: list[str | int]) -> None:
    """A path of any names splits into its steps again, and without its positions it is its field."""
    path, place = "", ROOT
    for step in steps:
        path = item_path(path, step) if isinstance(step, int) else member_path(path, step)
        place = (place, step)
    assert path == path_text(place)
    assert without_positions(path) == field_text(place)
    assert positions(path) == "".join(f"[{step}]" for step in steps if isinstance(step, int))
    assert len(list_prefixes(path)) == sum(isinstance(step, int) for step in steps)
    found: list[str | int] = []
    at = 0
    while at < len(path):
        read = match_step(path, at)
        assert read is not None
        quoted, bare, mark = read.groups()
        found.append(int(mark) if mark else bare if quoted is None else json.loads(quoted))
        at = read.end()
    assert found == steps
