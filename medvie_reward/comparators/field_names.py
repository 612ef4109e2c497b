"""A field's name -> the comparator that its words ask for, for fields that nobody gave a rule.

The table is ``field_names.csv`` beside this module: key words, where in a name they may stand (``start``,
``end``, anywhere where nothing is said), and the comparator. A name is split at a change of case, ``_``,
``-``, blanks and figures (``collectedAt``, ``ref_range``, ``TotalAmount``, ``phone2``), and the last word
that is in the table decides, since that is what a name is about: ``tax_id`` is an identifier and ``tax`` an
amount. Of words that end together the longest decide. ``guess`` says that a word takes meaning away:
``account_name`` is no identifier.

Only the field's own name counts, not those of the objects around it.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from importlib import resources
from typing import Final, NamedTuple

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z\u3400-\u9fff]+|[\u3400-\u9fff]+")
_LONGEST: Final = 80
_KNOWN: Final = 4_096


class NamedField(NamedTuple):
    """What a name says of its field.

    Attributes
    ----------
    words
        The words of the table that decided.
    comparator
        Name of the comparator.
    """

    words: str
    comparator: str


@lru_cache(maxsize=1)
def name_table() -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]]:
    """Return the table, Latin words and Chinese ones: words -> where they may stand, and the comparator."""
    latin: dict[str, tuple[str, str]] = {}
    chinese: dict[str, tuple[str, str]] = {}
    text = resources.files(__package__).joinpath("field_names.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        table = latin if row["words"].isascii() else chinese
        table[row["words"]] = row["where"], row["comparator"]
    return latin, chinese


@lru_cache(maxsize=_KNOWN)
def named_field(name: str) -> NamedField | None:
    """Return what a member's name says of its values; nothing where no word of it is in the table."""
    if len(name) > _LONGEST:
        return None
    words = [word.casefold() for word in _WORD.findall(name)]
    for end in range(len(words), 0, -1):
        found = _ending(words, end)
        if found is not None:
            return None if found.comparator == "guess" else found
    return None


def _ending(words: list[str], end: int) -> NamedField | None:
    """Return what the longest words of the table that end here say."""
    if "\u3400" <= words[end - 1] <= "\u9fff\uffff":
        return _chinese(words[end - 1], last=end == len(words), first=end == 1)
    latin = name_table()[0]
    for start in range(end):
        written = words[start:end]
        spellings = [" ".join(written)]
        if len(written) == 1:
            spellings.append(_glued().get(written[0], ""))
        spellings += [spelling[:-1] for spelling in spellings if spelling[-1:] == "s"]
        for spelling in spellings:
            where, comparator = latin.get(spelling, ("", ""))
            if comparator and _may_stand(where, start == 0, end == len(words)):
                return NamedField(spelling, comparator)
    return None


def _chinese(word: str, last: bool, first: bool) -> NamedField | None:
    """Return what the words inside a run of Chinese characters say, the last and longest of them."""
    table = name_table()[1]
    for end in range(len(word), 0, -1):
        for start in range(end):
            where, comparator = table.get(word[start:end], ("", ""))
            if comparator and _may_stand(where, first and start == 0, last and end == len(word)):
                return NamedField(word[start:end], comparator)
    return None


def _may_stand(where: str, first: bool, last: bool) -> bool:
    return not where or (first if where == "start" else last)


@lru_cache(maxsize=1)
def _glued() -> dict[str, str]:
    """Return several words written as one (``invoiceno``) -> the words."""
    return {words.replace(" ", ""): words for words in name_table()[0] if " " in words}
