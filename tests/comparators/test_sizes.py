"""Sizes: numbers with a cross between them, and what is none."""

from __future__ import annotations

import pytest

from medvie_reward.comparators.sizes import read_size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10×20 cm", "10x20 cm"),
        ("10 x 20cm", "10x20 cm"),
        ("10cm x 20cm", "10x20 cm"),
        ("2.50*1.8*3 mm", "2.5x1.8x3 mm"),
        ("2 X 5", "2x5"),
        ("0.5x0.50", "0.5x0.5"),
        ("10 cm x 20 mm", None),
        ("10 cm x 20", None),
        ("0x10", None),
        ("1x10^3", None),
        ("10x", None),
        ("1234567x2", None),
        ("10", None),
        ("5x" * 40, None),
    ],
)
def test_read_size(text: str, expected: str | None) -> None:
    """Lengths stay in their order, and one unit holds for all of them."""
    assert read_size(text) == expected
