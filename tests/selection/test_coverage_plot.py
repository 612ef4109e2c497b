"""The picture: written whole or not at all; without matplotlib the message says what to install."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from medvie_reward.errors import InputError
from medvie_reward.selection import _coverage_plot as coverage_plot
from medvie_reward.selection._coverage import Coverage, cover
from medvie_reward.selection._coverage_plot import check_plot, plot_coverage
from medvie_reward.selection._features import profile


def covered() -> Coverage:
    profiles = [profile({"a": "1"}, "血$x$常规"), profile({"b": "1"}, "ct"), profile({}, "mri" * 20)]
    return cover(profiles, np.eye(3, dtype=np.float32), [0, 1], draws=4)


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A missing package is a named error, and nothing is written."""
    monkeypatch.setattr(coverage_plot, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install "medvie-reward\[plot\]"'):
        plot_coverage(covered(), str(tmp_path / "p.png"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["p.gif", "p", "png"])
def test_ending(name: str) -> None:
    """Another ending is refused before anything else."""
    with pytest.raises(InputError, match=rf"{name}: expected a name that ends in .png, .svg, .pdf"):
        check_plot(name)


@pytest.mark.parametrize(("name", "start"), [("p.png", b"\x89PNG"), ("p.svg", b"<?xml"), ("p.PDF", b"%PDF")])
def test_picture(tmp_path: Path, name: str, start: bytes) -> None:
    """Each format is written, with names that hold signs of its own and signs no font has."""
    pytest.importorskip("matplotlib")
    plot_coverage(covered(), str(tmp_path / name))
    assert (tmp_path / name).read_bytes()[: len(start)] == start
    assert [x.name for x in tmp_path.iterdir()] == [name]


def test_little_to_show(tmp_path: Path) -> None:
    """One pick, no report types, no fields: there still is a picture."""
    pytest.importorskip("matplotlib")
    profiles = [profile({}), profile({"L": []})]
    made = cover(profiles, np.zeros((2, 1), np.float32), [0], draws=1)
    plot_coverage(made, str(tmp_path / "p.png"))
    plot_coverage(replace(covered(), kinds={}), str(tmp_path / "q.png"))
    assert sorted(x.name for x in tmp_path.iterdir()) == ["p.png", "q.png"]


def test_no_folder(tmp_path: Path) -> None:
    """A name that cannot be written is an error."""
    pytest.importorskip("matplotlib")
    with pytest.raises(InputError, match="cannot be written"):
        plot_coverage(covered(), str(tmp_path / "none" / "p.png"))
