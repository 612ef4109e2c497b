"""What is decoded fast is what the exact way decodes, member by member."""

from __future__ import annotations

import pytest
from helpers.profiles import examples
from hypothesis import example, given
from hypothesis import strategies as st

from medvie_reward.completions._decoder import _decode_slowly, decode, decode_utf8

# Values and names that hold what is counted: colons, brackets, quotes, backslashes, escapes of a colon.
VALUES = (
    '"x"', '"x"', '""', '"a:b"', '"["', '"{"', '"\\""', '"\\\\"', '"\\u003a"', '"血:"', "null", "true", "1",
    "18446744073709551616", "9223372036854775808", "1e300", "1.5", "{}", "[]", '["x"]', '[":"]', "[[]]",
    '{"a":"1"}', '[{"a":{}}]',
)  # fmt: skip
NAMES = ('"a"', '"b"', '"c"', '"d"', '"a:b"', '"\\u0061"')


@st.composite
def objects(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    """Write an object, members perhaps repeated, with one kind of white space or none."""
    gap = draw(st.sampled_from(("", "", " ", "\n")))
    members = draw(st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=4))
    return "{" + f",{gap}".join(f"{name}{gap}:{gap}{value}" for name, value in members) + "}"


rows = st.lists(objects(st.sampled_from(VALUES)), max_size=3).map(lambda texts: f"[{','.join(texts)}]")
documents = objects(st.sampled_from(VALUES) | rows)
wrapped = objects(st.sampled_from(VALUES) | documents)


@examples(3000)
@example(text='{"a":"x","a":"\\u003a"}', depth=128)
@example(text='{"a":[{"b":"x","b":"y"}],"c":":"}', depth=128)
@example(text='{"a":[{"b":{}}]}', depth=4)
@example(text='{"a":[{"b":[[]]}]}', depth=4)
@example(text='{"a":null,"b":18446744073709551616}', depth=128)
@example(text='{"a":"\\"\\"","b":18446744073709551616}', depth=128)
@example(text='{"a":["x",":"],"b":[{"c":"x","c":"y"}]}', depth=128)
@example(text='{"a":{"b":"x","b":"y"},"c":":"}', depth=128)
@example(text='{"i":"1","g":{"a":[{"b":"x"}],"c":"y"}}', depth=128)
@example(text='{"i":"1","g":{"a":[{"b":"x","b":"y"}],"c":":"}}', depth=128)
@example(text='{"i":":","g":{"a":"x","a":"y"}}', depth=128)
@example(text='{"g":{"a":[{"b":{}}]}}', depth=4)
@example(text='{"g":{"a":[{"b":18446744073709551616}]}}', depth=128)
@given(text=documents | rows | wrapped, depth=st.sampled_from((1, 3, 4, 5, 128)))
def test_equal_to_the_exact_way(text: str, depth: int) -> None:
    """The same value, numbers of the same type, and the same status, from a text and from its bytes."""
    expected = repr(_decode_slowly(text, depth))
    assert repr(decode(text, depth)) == expected
    assert repr(decode_utf8(text.encode(), depth)) == expected


def test_bytes_that_are_no_utf8() -> None:
    """Their error is that of decoding them."""
    with pytest.raises(UnicodeDecodeError):
        decode_utf8(b'{"a": "\xff"}', 128)
