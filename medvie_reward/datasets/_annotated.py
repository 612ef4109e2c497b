"""One annotated document, whatever set it comes from, and the checks that all readers share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from medvie_reward.errors import GoldError, InputError

SPLITS: Final = ("train", "validation", "test")
"""Names of parts of a set, whatever it calls them itself."""

_MEANT: Final = {
    "train": "train", "training": "train", "val": "validation", "valid": "validation",
    "validation": "validation", "dev": "validation", "test": "test", "testing": "test",
}  # fmt: skip
# No letter on either side: `training_data`, `zh.val.json`, `task1train(626p)`, but not `latest` or `trainer`.
_SPLIT: Final = re.compile("(?<![a-z])(" + "|".join(_MEANT) + ")(?![a-z])", re.IGNORECASE)


class Annotated(NamedTuple):
    """An annotated document.

    Attributes
    ----------
    id
        Its name, unique in its set.
    gold
        What a model is to answer, as a JSON value.
    image
        File of its page, relative to the folder or archive that was read; ``None`` where it is not known.
    source_text
        What its page says, a line of text per line; ``None`` where the set does not tell.
    split
        One of `SPLITS`, or ``None`` where the set does not tell.
    lang
        Its language, for sets of several.
    left_out
        Number of answers that the gold has no place for; see `linked_forms`.
    """

    id: str
    gold: Any
    image: str | None = None
    source_text: str | None = None
    split: str | None = None
    lang: str | None = None
    left_out: int = 0

    def as_row(self) -> dict[str, Any]:
        """Return the row of a gold file; what is not known is not in it."""
        row = self._asdict()
        del row["left_out"]
        return {name: x for name, x in row.items() if name in ("id", "gold") or x is not None}


def split_of(name: str) -> str | None:
    """Return the split that a path names, by its last part that names one; ``None`` where none does."""
    for part in reversed(re.split(r"[/\\]", name)):
        found = _SPLIT.findall(part)
        if found:
            return _MEANT[found[-1].lower()]
    return None


def known_split(name: str, path: str) -> str:
    """Return the split that a set's own word means.

    Raises
    ------
    GoldError
        If it is no such word.
    """
    if name.lower() not in _MEANT:
        raise GoldError(f"expected one of {', '.join(_MEANT)}, got {name!r} - at {path}")
    return _MEANT[name.lower()]


def take(value: Any, key: str, kind: type, path: str) -> Any:
    """Take a member of an object and check its type.

    Parameters
    ----------
    value
        What should be the object.
    key
        The member.
    kind
        Its type, exactly: ``bool`` is no ``int`` here.
    path
        Where ``value`` stands, as a JSON path.

    Raises
    ------
    GoldError
        If there is no such member, or it is of another type.
    """
    if type(value) is not dict or key not in value:
        got = "" if type(value) is dict else f", got {type(value).__name__}"
        raise GoldError(f"expected an object with the member {key!r}{got} - at {path}")
    found = value[key]
    if type(found) is not kind:
        raise GoldError(f"expected {kind.__name__}, got {type(found).__name__} - at {path}.{key}")
    return found


def texts(value: Any, known: tuple[str, ...], path: str) -> dict[str, str]:
    """Check a flat gold: an object of strings that has at least one of the set's fields.

    Raises
    ------
    GoldError
        If it is something else.
    """
    if type(value) is not dict or not any(name in value for name in known):
        got = f"the members {', '.join(map(repr, value))}" if type(value) is dict else type(value).__name__
        raise GoldError(f"expected an object with some of {', '.join(known)}, got {got} - at {path}")
    return {name: take(value, name, str, path) for name in value}


@contextmanager
def blaming(file: str, line: int | None = None) -> Iterator[None]:
    """Turn a `GoldError` inside into an `InputError` that says in which file it is."""
    try:
        yield
    except GoldError as error:
        raise InputError(str(error), file, line) from None
