"""The picture of a training row: there, small, and drawn where the fonts are."""

from __future__ import annotations

from pathlib import Path

import figure
import pytest
from PIL import Image

from medvie_reward.errors import InputError


def test_the_picture_in_the_documents_is_small() -> None:
    """It is a picture of three panels under 400 KB."""
    with Image.open(figure.TARGET) as picture:
        assert picture.width == figure.WIDTH
    assert figure.TARGET.stat().st_size < 400_000


def test_missing_fonts_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without Noto CJK there is an error that says how to install it, and no picture."""
    monkeypatch.setattr(figure, "FONT_FOLDER", tmp_path)
    figure.font.cache_clear()
    with pytest.raises(InputError, match="apt-get install fonts-noto-cjk"):
        figure.draw_row(figure.example_row())


@pytest.mark.parametrize("images", [[], [{"bytes": None, "path": "page.png"}]])
def test_a_row_needs_its_image(images: list[dict[str, str | None]]) -> None:
    """A row without bytes of a page cannot be drawn."""
    with pytest.raises(InputError, match="expected a row with an image in it"):
        figure.draw_row({"images": images})


@pytest.mark.skipif(not figure.FONT_FOLDER.is_dir(), reason="Noto CJK is not installed")
@pytest.mark.parametrize("index", [figure.SHOWN, 32])
def test_every_line_fits_its_panel(index: int) -> None:
    """No line of the query or of the gold is wider than its panel."""
    row = figure.example_row(index)
    width = 700
    text = row["prompt"][0]["content"].replace("<image>", "").strip()
    for line in figure._query_lines(text, width):
        assert sum(figure.font(figure.SIZE, figure.MONO).getlength(run.text) for run in line) <= width
    assert figure.draw_row(row).width == figure.WIDTH
