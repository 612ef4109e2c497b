"""Lists of names and counted nouns in messages."""

from __future__ import annotations

import pytest

from medvie_reward._core.names import counted, first_few, first_names


@pytest.mark.parametrize(
    ("n", "nouns", "text"),
    [
        (0, ("row",), "0 rows"),
        (1, ("row",), "1 row"),
        (2, ("gold document",), "2 gold documents"),
        (1, ("query", "queries"), "1 query"),
        (0, ("query", "queries"), "0 queries"),
        (12_345, ("leaf", "leaves"), "12,345 leaves"),
    ],
)
def test_counted(n: int, nouns: tuple[str, ...], text: str) -> None:
    """One thing has the singular, none and many have the plural."""
    assert counted(n, *nouns) == text


def test_the_first_five() -> None:
    """Names past the fifth are an ellipsis."""
    assert first_names(["a", "b'c"]) == "'a', \"b'c\""
    assert first_few(list("abcde")) == "a, b, c, d, e"
    assert first_few(list("abcdef")) == "a, b, c, d, e, …"
