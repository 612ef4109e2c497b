"""The tags around a model's thoughts: an opening tag -> the closing tag that belongs to it."""

from __future__ import annotations

import re
from typing import Any, Final

THINK_TAGS: Final = ("<think>",)
"""The tags of every preset."""

# The channels of one message: the thoughts end where the channel for the user begins.
_CHANNEL: Final = "<|channel|>"
_FINAL: Final = "<|channel|>final<|message|>"
# A tag has its name behind an opening bracket of any kind: <think>, [THINK], ◁think▷, <|think|>.
_NAMED: Final = re.compile(r"([^\w\s]+)(\w.*)", re.DOTALL)
# Some name both ends instead of closing with a slash: <|begin_of_thought|> and <|end_of_thought|>.
_ENDS: Final = (("begin", "end"), ("start", "end"), ("BEGIN", "END"), ("START", "END"))


def think_pair(tag: str) -> tuple[str, str] | None:
    """Return the opening and the closing tag that a name of a spec's ``think_tags`` means.

    Parameters
    ----------
    tag
        An opening tag, or an opening and a closing tag with one space between.

    Returns
    -------
    tuple of str, or None
        Both tags; ``None`` where no closing tag belongs to the opening one.
    """
    opening, space, closing = tag.partition(" ")
    if space:
        return (opening, closing) if opening and closing and opening != closing else None
    if opening.startswith(_CHANNEL):
        return opening, _FINAL
    for begin, end in _ENDS:
        if re.match(rf"[^\w\s]+{begin}(?![a-zA-Z0-9])", opening):
            return opening, opening.replace(begin, end, 1)
    named = _NAMED.fullmatch(opening)
    if named is None:
        return None
    bracket, name = named.groups()
    # The slash stands before the name: </think>, [/THINK], ◁/think▷, <|/think|>.
    return opening, f"{bracket}/{name}"


def known_tags(tags: Any) -> tuple[str, ...] | None:
    """Write what was given as ``think_tags`` as a tuple; ``None`` where it is not that."""
    if isinstance(tags, str):
        tags = (tags,)
    if not isinstance(tags, (tuple, list)) or not tags:
        return None
    if not all(isinstance(tag, str) and think_pair(tag) is not None for tag in tags):
        return None
    return tuple(str(tag) for tag in tags)
