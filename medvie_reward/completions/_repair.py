"""Repair a broken answer with json-repair, within a bound on its work.

json-repair looks ahead from every quote that may lack another, so that a text of nothing but such quotes
takes it time in the square of its length. How often it looks at the text is counted, and a repair is given up
at a bound that is the same on every machine, and far above what answers take that models break by accident.
"""

from __future__ import annotations

import json
from typing import Any, Final, SupportsIndex

from medvie_reward.completions._decoder import ABSENT, Decoded, decode, nests_deeper
from medvie_reward.completions._json_search import fence_of
from medvie_reward.errors import SpecError

# Looks at a text, for all of it and besides for each character; a text cut short takes two for a character.
_LOOKS: Final = 300_000
_LOOKS_PER_CHAR: Final = 3
# Copying so many characters takes about as long as a look.
_COPIED: Final = 256


class _TooMuchWork(Exception):
    """A text was looked at too often."""


class Counted(str):
    """A text that can be looked at, and copied from, only so often.

    Attributes
    ----------
    left
        How many looks are left, in a list that the parts of a text share with it.
    """

    left: list[int]

    @classmethod
    def of(cls, text: str, left: list[int]) -> Counted:
        """Wrap a text."""
        made = cls(text)
        made.left = left
        return made

    def __getitem__(self, at: SupportsIndex | slice) -> str:
        left = self.left
        left[0] -= 1
        found = str.__getitem__(self, at)
        if at.__class__ is slice:
            left[0] -= len(found) // _COPIED
            found = Counted.of(found, left)
        if left[0] < 0:
            raise _TooMuchWork
        return found

    def __add__(self, other: str) -> str:
        return Counted.of(str.__add__(self, other), self.left)


def looks(text: str) -> int:
    """Return how often a text may be looked at while it is repaired."""
    return _LOOKS + _LOOKS_PER_CHAR * len(text)


def repair(text: str, max_depth: int, broken: Decoded) -> Decoded:
    """Repair an answer with json-repair.

    Parameters
    ----------
    text
        The text that holds the answer.
    max_depth
        Deepest nesting allowed, in containers.
    broken
        What was read without repair; it stands where that gives no container or takes too much work.

    Raises
    ------
    SpecError
        If json-repair is not installed.
    """
    try:
        from json_repair import repair_json
    except ImportError:
        raise SpecError('repair needs json-repair: pip install "medvie-reward[repair]"') from None
    text = fence_of(text)
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    # json-repair recurses by itself, so it only sees text whose depth is bounded.
    if start < 0 or nests_deeper(text, max_depth):
        return broken
    try:
        value: Any = repair_json(Counted.of(text[start:], [looks(text)]), return_objects=True)
    except Exception:  # noqa: BLE001 - whatever it stumbles over, the answer is still what it was: broken
        return broken
    if type(value) not in (dict, list) or not value:
        return broken
    repaired = decode(json.dumps(value, ensure_ascii=False), max_depth)
    return repaired if repaired.value is ABSENT else repaired._replace(status="repaired", detail="")
