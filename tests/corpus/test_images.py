"""Images of a row: every way to give one, and everything that is wrong with one."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from medvie_reward.corpus._images import Picture, check_picture, pictures_of
from medvie_reward.errors import InputError


def page(shade: int = 200, form: str = "PNG") -> bytes:
    """Draw a page with some grain, so that no format packs it into nothing."""
    image = (
        Image.effect_noise((64, 48), shade).convert("L")
        if form == "JPEG"
        else Image.new("L", (64, 48), shade)
    )
    written = BytesIO()
    image.save(written, form)
    return written.getvalue()


PNG = page()
CODED = base64.b64encode(PNG).decode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ([], []),
        ("a.png", ["a.png"]),
        (["a.png", "b/c.png"], ["a.png", "b/c.png"]),
        ({"path": "a.png"}, ["a.png"]),
        ({"path": "a.png", "bytes": None}, ["a.png"]),
        (f"data:image/png;base64,{CODED}", [PNG]),
        (f"data:image/png;name=a.png;base64,{CODED[:40]}\n{CODED[40:]}", [PNG]),
        ({"bytes": CODED, "path": "a.png"}, [PNG]),
        ([{"bytes": CODED}, "a.png"], [PNG, "a.png"]),
    ],
)
def test_ways_to_give_an_image(value: Any, expected: list[Any], tmp_path: Path) -> None:
    """Paths start at the root; what came in the row has no path."""
    made = [Picture(None, x) if isinstance(x, bytes) else Picture(tmp_path / x, None) for x in expected]
    assert list(pictures_of(value, tmp_path)) == made


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (3, "expected a path, a data: URI"),
        ("", "expected a path, a data: URI"),
        ({"url": "a.png"}, "expected a path, a data: URI"),
        ([["a.png"]], "expected a path, a data: URI"),
        ("https://example.org/a.png", "expected a file or a data:image"),
        ("data:text/plain;base64,AAAA", "expected a file or a data:image"),
        ({"bytes": "no base64!"}, "expected base64"),
        ("data:image/png;base64,AAA", "expected base64"),
    ],
)
def test_what_is_no_image_says_what_would_be(value: Any, reason: str, tmp_path: Path) -> None:
    """Nothing is fetched from elsewhere, and nothing is guessed."""
    with pytest.raises(InputError, match=reason):
        pictures_of(value, tmp_path)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP", "TIFF", "WEBP"])
def test_a_whole_image_passes(form: str) -> None:
    """Equal bytes have equal digests, others have others."""
    data = page(100, form)
    assert (
        check_picture(Picture(None, data))
        == check_picture(Picture(None, data))
        != check_picture(Picture(None, PNG))
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"no image", PNG[:-20], PNG[:60] + b"\0" + PNG[61:], page(100, "JPEG")[:-200]],
    ids=["empty", "text", "cut off", "changed", "JPEG cut off"],
)
def test_a_broken_image_is_found(data: bytes) -> None:
    """The image is decoded to its end; the message is the same in every run."""
    with pytest.raises(
        InputError, match="image in the row: expected an image that Pillow can open"
    ) as caught:
        check_picture(Picture(None, data))
    assert "0x" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The whole path is in the message."""
    with pytest.raises(InputError, match=r"gone\.png': cannot be read: No such file"):
        check_picture(Picture(tmp_path / "gone.png", None))
