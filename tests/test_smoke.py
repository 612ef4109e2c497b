"""The table of the smoke run and the scales of the profiles."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from helpers.profiles import scaled
from helpers.smoke import GOLDEN, SMOKE, chosen

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", SMOKE)
def test_what_the_table_names_is_there(name: str) -> None:
    """A test that was renamed does not fall out of the smoke run unseen."""
    file, _, function = name.partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert not function or function in functions


def test_chosen() -> None:
    """Whole files, all cases of a function, or the first few; names that only begin alike do not count."""
    recorded = [f"tests/metrics/test_anls.py::test_recorded[{i}]" for i in range(GOLDEN + 2)]
    whole = ["tests/test_surface.py::test_rooms", "tests/metrics/test_anls.py::test_by_hand[a[0]::b]"]
    others = ["tests/metrics/test_anls.py::test_recorded_table_is_whole", "tests/test_laws.py::test_range"]
    assert chosen([*recorded, *others, *whole]) == {*recorded[:GOLDEN], *whole}


@pytest.mark.parametrize(
    ("n", "dev", "nightly"), [(3000, 300, 30000), (100, 10, 1000), (25, 5, 250), (15, 5, 150), (3, 3, 30)]
)
def test_scaled(n: int, dev: int, nightly: int) -> None:
    """A tenth of the examples, but at least 5 where there are as many; as given; ten times as many."""
    assert (scaled(n, "dev"), scaled(n, "ci"), scaled(n, "nightly")) == (dev, n, nightly)
