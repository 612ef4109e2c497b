"""Golds whose text is more or less than JSON: the place is named, by path or by line and column."""

from __future__ import annotations

from typing import Any

import pytest

from medvie_reward import GoldError, align, evaluate, reward, score

BAD: list[tuple[Any, str]] = [
    ('{"a": [{"b": NaN}]}', r"not_finite: expected a finite number, got nan - at \$\.a\[0\]\.b"),
    ('{"a": [-Infinity]}', r"not_finite: expected a finite number, got -inf - at \$\.a\[0\]"),
    (
        '{"b c": [{"a": 1, "a": 1}]}',
        r"duplicate_member: got the member 'a' twice - at \$\.b c\[0\]\.a",
    ),
    ('{"a": "\\ud800"}', r"bad_unicode: expected Unicode text, got a lone surrogate in '\\ud800' - at \$\.a"),
    ('{"a": "\ud800"}', r"bad_unicode: expected Unicode text, got a lone surrogate in '\\ud800' - at \$\.a"),
    ('{"\\udc00": 1}', r"bad_unicode: expected Unicode text, got a lone .* in the name '\\udc00' - at \$"),
    ('{"a":' * 200 + "1" + "}" * 200, r"too_deep: expected at most the spec's max_depth .* - at \$\.a\.a"),
    ("[" * 100_000 + "]" * 100_000, r"too_deep: expected at most the spec's max_depth of nested containers"),
    ('{"a": 1,\n "b": }', r".*line 2 column 7"),
    ('{"a": "x\ny"}', r".*line 1 column 9"),
]


@pytest.mark.parametrize(("gold", "message"), BAD, ids=range(len(BAD)))
def test_the_place_is_named(gold: Any, message: str) -> None:
    """Whichever function reads the gold."""
    for function in (
        lambda: reward("{}", gold),
        lambda: score({}, gold),
        lambda: align({}, gold),
        lambda: evaluate([{}], [gold]),
    ):
        with pytest.raises(GoldError, match=f"gold: expected JSON text: {message}"):
            function()


def test_bytes_that_are_no_utf8() -> None:
    """The position is named."""
    with pytest.raises(GoldError, match=r"gold: expected UTF-8 text: .*position 7"):
        reward("{}", b'{"a": "\xff"}')
