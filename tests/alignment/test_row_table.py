"""What a value stands for in a gold column does not hang on what was read before it."""

from __future__ import annotations

from typing import Any

from helpers.profiles import examples
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import Spec, reward_group
from medvie_reward._core.json_values import scalar_text
from medvie_reward.alignment._row_table import Codes

# Numbers that are equal to Python and written alike, and others that are equal and are not.
ALIKE: tuple[Any, ...] = (
    0, 0.0, -0.0, False, 1, 1.0, True, "1", "true", 2, 2.0, "2", 5.6, "5.6", None, "", " ", -3, -3.0,
    2**53, 2.0**53, 2**53 + 2, 2.0**53 + 2, 10**22, 1e22,
)  # fmt: skip


@examples(300)
@given(values=st.lists(st.sampled_from(ALIKE), max_size=30))
def test_codes_do_not_hang_on_what_came_before(values: list[Any]) -> None:
    """One reader for all values, and a new one for each."""
    form = Spec.preset("strict").fields.form
    texts = sorted({form(scalar_text(x)) for x in ALIKE} - {""})
    bits = {"": 0} | {text: 2 << n | 1 for n, text in enumerate(texts)}
    codes = Codes(form, bits, 1)
    assert [codes[x] for x in values] == [bits[form(scalar_text(x))] for x in values]
    assert [codes.of_any(x) for x in values] == [Codes(form, bits, 1).of_any(x) for x in values]


def test_numbers_are_read_again_for_every_rollout() -> None:
    """Rows with numbers, the same rows as texts, and rows with true for 1 and false for 0."""
    gold = {"L": [{"n": "a", "r": 2.5, "c": 1}, {"n": "b", "r": 3, "c": 0}]}
    answers = [
        '{"L": [{"n": "a", "r": 2.50, "c": 1.0}, {"n": "b", "r": 3.0, "c": 0}]}',
        '{"L": [{"n": "a", "r": "2.5", "c": "1"}, {"n": "b", "r": "3", "c": "0"}]}',
        '{"L": [{"n": "a", "r": 2.5, "c": true}, {"n": "b", "r": 3, "c": false}]}',
    ]
    texts = [f"<think></think><answer>{answer}</answer>" for answer in answers * 2]
    found = [(r.correct, r.wrong) for r in reward_group(texts, gold, "strict")]
    assert found == [(6, 0), (6, 0), (4, 2)] * 2
