"""Pictures of a report: well-formed markup that says its numbers and escapes every text."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward.reports._html import environment
from medvie_reward.reports._plots import STEPS, Cell, bin_counts, heat_map, histogram, outcome_bar, shade

SVG = "{http://www.w3.org/2000/svg}"
BAD = '</title></svg><script>alert(1)</script>"><img src=x onerror=alert(1)>&'


def draw(name: str, *given: Any) -> ElementTree.Element:
    """Draw a picture with the macro of that name."""
    text = '{% import "plots.html.j2" as plots %}{{ plots.' + name + "(*given) }}"
    return ElementTree.fromstring(environment().from_string(text).render(given=given))


def rects(svg: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [x for x in svg.iter(f"{SVG}rect") if x.get("class") == name]


def title(svg: ElementTree.Element) -> str:
    return svg.findtext(f"{SVG}title") or ""


def test_score_bar_by_hand() -> None:
    """A score of 0.25 fills 30 of 120 pixels; its interval is a whisker from 24 to 60."""
    svg = draw("score_bar", 0.25, 0.2, 0.5)
    assert rects(svg, "bar")[0].get("width") == "30"
    whisker = svg.find(f"{SVG}path")
    assert whisker is not None
    assert whisker.get("d") == "M24 7H60M24 3V11M60 3V11"
    assert title(svg) == "0.2500, interval 0.2000 to 0.5000"
    assert draw("score_bar", 0.25).find(f"{SVG}path") is None
    assert rects(draw("score_bar", 1.5, None, None, 150), "bar")[0].get("width") == "150"


def test_outcome_bar_by_hand() -> None:
    """Parts are as wide as their share, but for a pixel between them, and have their outcome's class."""
    counts = {"correct": 6, "wrong": 3, "missing": 0, "invented_item": 1}
    svg = draw("outcome_bar", outcome_bar(counts, width=100, numbers=True))
    assert [(rects(svg, f"fill-{x}")[0].get("x"), rects(svg, f"fill-{x}")[0].get("width")) for x in
            ("correct", "wrong", "invented_item")] == [("0", "59"), ("60", "29"), ("90", "9")]  # fmt: skip
    assert not rects(svg, "fill-missing")
    assert title(svg) == "6 correct, 3 wrong, 1 invented item"
    assert [x.text for x in svg.iter(f"{SVG}text")] == ["6", "3"]
    assert not list(draw("outcome_bar", outcome_bar(counts, width=100)).iter(f"{SVG}text"))
    nothing = draw("outcome_bar", outcome_bar({"correct": 0}))
    assert (title(nothing), len(rects(nothing, "track"))) == ("no leaves", 1)


def test_fractions_of_leaves_are_written() -> None:
    """The correct leaves of smr-r1 may be fractions."""
    assert (
        title(draw("outcome_bar", outcome_bar({"correct": 1.5, "wrong": 1200}))) == "1.5 correct, 1,200 wrong"
    )


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
    svg = draw("histogram", histogram([0.05, 0.06, 1.0, 0.5]), 560, 164)
    assert [x.get("height") for x in rects(svg, "bar")][:1] == ["100"]
    assert [x.get("height") for x in rects(svg, "bar")][-1] == "50"
    numbers = [x.text for x in svg.iter(f"{SVG}text") if x.get("class") == "middle strong"]
    assert numbers == ["2", "1", "1"]
    assert title(svg) == "4 documents by F1: 2 in 0.0 to 0.1, 1 in 0.5 to 0.6, 1 at 1"
    shown = [group.findtext(f"{SVG}title") for group in svg.iter(f"{SVG}g")]
    assert (shown[0], shown[-1]) == ("2 with F1 from 0.0 to below 0.1", "1 with F1 of exactly 1")
    assert title(draw("histogram", histogram([]))).startswith("0 documents")


def test_heat_map_by_hand() -> None:
    """A cell has its number, its shade and its words; a pair without leaves stays empty."""
    cells = {("a", "x"): Cell(0.5, 4), ("b", "y"): Cell(0.999, 2)}
    table = draw("heat_map", heat_map(["a", "b"], ["x", "y"], cells))
    buttons = list(table.iter("button"))
    assert [
        (x.get("data-field"), x.get("data-group"), x.get("title"), x.text, x.get("class")) for x in buttons
    ] == [
        ("a", "x", "a, x: F1 0.5000, 4 leaves", ".50", f"cell heat-{STEPS - 1}"),
        ("b", "y", "b, y: F1 0.9990, 2 leaves", ".99", "cell heat-1"),
    ]
    assert [[len(cell) for cell in row.iter("td")] for row in table.iter("tr")] == [[0], [1, 0], [0, 1]]
    assert [x.get("scope") for x in table.iter("th")] == ["col", "col", "row", "row"]
    assert table.findtext("caption") == "F1 of 2 fields in 2 groups"


def test_shades() -> None:
    """1 has a shade of its own, half and below the strongest, and shades never lighten as scores fall."""
    assert (shade(1.0), shade(0.999), shade(0.5), shade(0.0)) == (0, 1, STEPS - 1, STEPS - 1)
    steps = [shade(n / 100) for n in range(101)]
    assert steps == sorted(steps, reverse=True)
    assert set(steps) == set(range(STEPS))


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), max_size=60)


@pytest.mark.parametrize("name", [BAD, "", "中性粒细胞百分比", "a'b"])
def test_names_stay_text(name: str) -> None:
    """Names of fields and groups are escaped wherever they stand."""
    table = draw("heat_map", heat_map([name], [name], {(name, name): Cell(0.1, 1)}))
    button = next(table.iter("button"))
    assert (button.get("data-field"), button.get("data-group")) == (name, name)
    assert {x.tag for x in table.iter()} == {
        "table", "caption", "thead", "tbody", "tr", "td", "th", "span", "button",
    }  # fmt: skip


@given(st.lists(names, min_size=1, max_size=6, unique=True))
def test_any_names_are_well_formed(given: list[str]) -> None:
    """Whatever names there are, the table parses and has a row and a column for each."""
    table = draw("heat_map", heat_map(given, given, {(given[0], given[-1]): Cell(0.3, 1)}))
    rows = list(table.iter("tr"))
    assert [len(row) for row in rows] == [len(given) + 1] * (len(given) + 1)
    assert [row[0].get("title") for row in rows[1:]] == given
