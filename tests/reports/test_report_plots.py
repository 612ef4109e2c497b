"""Pictures of a report: well-formed SVG that says its numbers, escapes every text and keeps labels apart."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.reports._plots import (
    STEPS,
    Cell,
    bin_counts,
    clip,
    heat_map,
    histogram,
    outcome_bar,
    score_bar,
    shade,
    text_width,
)

SVG = "{http://www.w3.org/2000/svg}"
BAD = '</title></svg><script>alert(1)</script>"><img src=x onerror=alert(1)>&\x00'


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def rects(svg: str, name: str) -> list[ElementTree.Element]:
    return [x for x in parse(svg).iter(f"{SVG}rect") if x.get("class") == name]


def title(svg: str) -> str:
    found = parse(svg).find(f"{SVG}title")
    assert found is not None
    return found.text or ""


def test_score_bar_by_hand() -> None:
    """A score of 0.25 fills 30 of 120 pixels; its interval is a whisker from 24 to 60."""
    svg = score_bar(0.25, 0.2, 0.5)
    assert rects(svg, "bar")[0].get("width") == "30"
    whisker = parse(svg).find(f"{SVG}path")
    assert whisker is not None
    assert whisker.get("d") == "M24 7H60M24 3V11M60 3V11"
    assert title(svg) == "0.2500, interval 0.2000 to 0.5000"
    assert parse(score_bar(0.25)).find(f"{SVG}path") is None


def test_outcome_bar_by_hand() -> None:
    """Parts are as wide as their share, but for a pixel between them, and have their outcome's class."""
    svg = outcome_bar({"correct": 6, "wrong": 3, "missing": 0, "invented_item": 1}, width=100, numbers=True)
    assert [(rects(svg, f"fill-{x}")[0].get("x"), rects(svg, f"fill-{x}")[0].get("width")) for x in
            ("correct", "wrong", "invented_item")] == [("0", "59"), ("60", "29"), ("90", "9")]  # fmt: skip
    assert not rects(svg, "fill-missing")
    assert title(svg) == "6 correct, 3 wrong, 1 invented item"
    assert [x.text for x in parse(svg).iter(f"{SVG}text")] == ["6", "3"]
    assert title(outcome_bar({"correct": 0})) == "no leaves"


def test_bins_by_hand() -> None:
    """A tenth begins with its lower end; 1 is counted apart."""
    assert bin_counts([0, 0.05, 0.1, 0.55, 0.999, 1, 1.0]) == [2, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2]


@given(st.lists(st.floats(0, 1)))
def test_bins_lose_nobody(values: list[float]) -> None:
    """Every document is in one bin."""
    counts = bin_counts(values)
    assert sum(counts) == len(values)
    assert counts[-1] == sum(value == 1 for value in values)


def test_histogram_says_its_numbers() -> None:
    """Bars are as high as counts, which stand over them and in the title."""
    svg = histogram([0.05, 0.06, 1.0, 0.5], height=164)
    assert [x.get("height") for x in rects(svg, "bar")][:1] == ["100"]
    assert [x.get("height") for x in rects(svg, "bar")][-1] == "50"
    numbers = [x.text for x in parse(svg).iter(f"{SVG}text") if x.get("class") == "middle strong"]
    assert numbers == ["2", "1", "1"]
    assert title(svg) == "4 documents by F1: 2 in 0.0 to 0.1, 1 in 0.5 to 0.6, 1 at 1"
    assert title(histogram([])).startswith("0 documents")


def test_heat_map_by_hand() -> None:
    """A cell has its number, its shade and its words; a pair without leaves stays blank."""
    svg = heat_map(["a", "b"], ["x", "y"], {("a", "x"): Cell(0.5, 4), ("b", "y"): Cell(0.999, 2)})
    cells = [x for x in parse(svg).iter(f"{SVG}g") if x.get("class") == "cell"]
    assert [(x.get("data-field"), x.get("data-group")) for x in cells] == [("a", "x"), ("b", "y")]
    assert ["".join(x.itertext()) for x in cells] == [
        "a, x: F1 0.5000, 4 leaves.50",
        "b, y: F1 0.9990, 2 leaves.99",
    ]
    assert len(rects(svg, "blank")) == 2
    assert rects(svg, f"heat-{STEPS - 1}")
    assert rects(svg, "heat-1")


def test_shades() -> None:
    """1 has a shade of its own, half and below the strongest, and shades never lighten as scores fall."""
    assert (shade(1.0), shade(0.999), shade(0.5), shade(0.0)) == (0, 1, STEPS - 1, STEPS - 1)
    steps = [shade(n / 100) for n in range(101)]
    assert steps == sorted(steps, reverse=True)
    assert set(steps) == set(range(STEPS))


def test_nothing_in_a_name_becomes_markup() -> None:
    """Names of fields and groups are escaped wherever they stand, and what XML cannot hold is replaced."""
    for svg in (heat_map([BAD], [BAD], {(BAD, BAD): Cell(0.1, 1)}), histogram([1], what=BAD)):
        tags = {x.tag.removeprefix(SVG) for x in parse(svg).iter()}
        assert tags <= {"svg", "title", "g", "rect", "text", "path"}
        assert "<script" not in svg
        assert BAD.replace("\x00", "\ufffd") in "".join(parse(svg).itertext())


@given(st.lists(st.text(max_size=60), min_size=1, max_size=6, unique=True))
def test_any_names_are_well_formed_and_fit(names: list[str]) -> None:
    """Whatever names there are, the picture parses, and labels of rows lie inside it and above each other."""
    root = parse(heat_map(names, names, {(names[0], names[-1]): Cell(0.3, 1)}))
    labels = [x for x in root.iter(f"{SVG}text") if x.get("class") == "end"]
    for label in labels:
        assert float(label.get("x", "")) - text_width(label.text or "") >= 0
    heights = [float(x.get("y", "")) for x in labels]
    assert all(b - a >= 16 for a, b in pairwise(heights))
    width = float(root.get("width", ""))
    for label in root.iter(f"{SVG}text"):
        found = re.match(r"translate\(([\d.]+) ([\d.]+)\)", label.get("transform") or "")
        if found:
            reach = text_width(label.text or "") * 0.7071
            assert float(found[1]) + reach <= width
            assert float(found[2]) - reach >= 0


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Name", "Name"),
        ("abcdefghijklmnopqrstuvwxyz", "abcde…vwxyz"),
        ("中性粒细胞百分比检验", "中性粒…检验"),
    ],
)
def test_clip_by_hand(name: str, short: str) -> None:
    """Long names lose their middle; a Chinese character counts as wide as it is."""
    assert clip(name, 11) == short
    assert text_width(clip(name, 11)) <= 11 * text_width("x")
