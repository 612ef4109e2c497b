"""Normal forms: what is equal, and what only looks so."""

from __future__ import annotations

import pytest

from medvie_reward.comparators import FORMS

SAME = [
    ("unicode", "阴性 (-)", " 阴性  (-)\n"),
    ("unicode", "é", "e\u0301"),
    ("unicode", "\u212b", "Å"),
    ("unicode", "a\u00a0b", "a b"),
    ("strip", "x", "\tx \u3000"),
]
DIFFERENT = [
    ("unicode", "10²", "102"),
    ("unicode", "10⁹/L", "109/L"),
    ("unicode", "５.６", "5.6"),
    ("unicode", "≥5", ">5"),
    ("unicode", "5.6", "56"),
    ("unicode", "5.6", "5.60"),
    ("unicode", "Na", "NA"),
    ("unicode", "未见异常", "未见 异常"),
    ("strip", "a  b", "a b"),
    ("strip", "é", "e\u0301"),
]


@pytest.mark.parametrize(("form", "a", "b"), SAME)
def test_same(form: str, a: str, b: str) -> None:
    """Two spellings of one text have one form."""
    assert FORMS[form](a) == FORMS[form](b)


@pytest.mark.parametrize(("form", "a", "b"), DIFFERENT)
def test_different(form: str, a: str, b: str) -> None:
    """What means something else stays apart."""
    assert FORMS[form](a) != FORMS[form](b)
