"""What can come of reading a completion: the words for it, their meaning, and which have an answer."""

from __future__ import annotations

from typing import Final, NamedTuple


class Status(NamedTuple):
    """One way in which reading a completion can end.

    Attributes
    ----------
    name
        The word for it, as `Completion.status` gives it.
    answered
        Whether there is an answer.
    meaning
        What it means, in one sentence.
    """

    name: str
    answered: bool
    meaning: str


_TABLE: Final = (
    Status("ok", True, "The answer is an object."),
    Status("repaired", True, "The JSON was broken and was repaired, as asked for."),
    Status("duplicate_member", True, "An object names a member twice; the last one counts."),
    Status("not_an_object", True, "The answer is a list or a scalar, not an object."),
    Status("no_answer", False, "There is nothing that could be JSON."),
    Status("bad_json", False, "The answer has a JSON syntax error."),
    Status("truncated", False, "The text ends inside the JSON."),
    Status("not_finite", False, "The answer has NaN, Infinity or a number past the range of a 64-bit float."),
    Status("bad_unicode", False, "The answer has a lone surrogate."),
    Status("too_deep", False, "The answer nests deeper than the spec allows."),
    Status("too_large", False, "The answer is longer than the spec allows."),
)

STATUSES: Final = tuple(status.name for status in _TABLE)
"""What `Completion.status` can be. With the first four there is an answer, with the others there is none.

``ok``: an object. ``repaired``: broken JSON, repaired because the caller asked for it. ``duplicate_member``:
an object names a member twice; the last one counts. ``not_an_object``: a list or a scalar. ``no_answer``:
nothing that could be JSON. ``bad_json``: a syntax error. ``truncated``: the text ends inside the JSON.
``not_finite``: NaN, Infinity or a number past the range of a 64-bit float. ``bad_unicode``: a lone surrogate.
``too_deep``, ``too_large``: past the limits of the spec. `Reward.as_dict` gives the position as a number.
"""

ANSWERED: Final = tuple(status.name for status in _TABLE if status.answered)
"""The statuses with an answer."""

MEANINGS: Final = {status.name: status.meaning for status in _TABLE}
"""What each status means."""
