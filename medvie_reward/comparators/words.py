"""Closed vocabularies: abnormal marks, qualitative results, sex, yes and no, and lists of synonyms.

A spelling is looked up whole, then part by part: ``阳性(++)``, ``H↑`` and ``Male (男)`` say one thing twice
and have its form, ``H↓`` contradicts itself and stays text. Parts are never searched inside a word, so
``non-reactive`` and ``未检出`` do not read as ``reactive`` and ``检出``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from medvie_reward.comparators._vocabulary import spellings
from medvie_reward.comparators.text import folded_text
from medvie_reward.errors import SpecError

# No spelling or sensible pair of spellings is longer.
_LONGEST: Final = 60

# Signs that print alike, and traditional characters of the words below; dashes and widths are folded before.
_ALIKE: Final = str.maketrans(
    "∗⁎✱⬆⇧⬇⇩陰陽強檢測應見確區臨無異減極藥終報結證於參圍",
    "***↑↑↓↓阴阳强检测应见确区临无异减极药终报结证于参围",
)

# Parts of a spelling: a Latin word, Chinese characters, or signs; brackets and whitespace only part them.
_PART: Final = re.compile(r"([a-z]+(?:[.-][a-z]+)*)\.?|([㐀-鿿]+)|([^a-z㐀-鿿()\[\]{}]+)")
_POSITIVE: Final = "\x00o:positive"
_PLUSES: Final = ("\x00o:1+", "\x00o:2+", "\x00o:3+", "\x00o:4+")
# How the forms of each comparator begin.
_TAGS: Final = {
    "flag": "f",
    "ordinal": "o",
    "susceptibility": "k",
    "status": "v",
    "sex": "s",
    "boolean": "b",
    "group": "w",
}


def _key(folded: str) -> str:
    return "".join((folded if folded.isascii() else folded.translate(_ALIKE)).split())


@cache
def forms_of(comparator: str) -> Mapping[str, str]:
    """Return the form of every spelling of a vocabulary, folded and as it mostly stands."""
    forms: dict[str, str] = {}
    for meaning, words in spellings("words", of="spellings", by="meaning", comparator=comparator).items():
        for word in words:
            for spelling in (_key(folded_text(word)), word, word.upper(), word.capitalize(), word.title()):
                forms[spelling] = f"\x00{_TAGS[comparator]}:{meaning}"
    return forms


def _composed(text: str, table: Mapping[str, str]) -> str:
    """Return the form of a spelling that the table does not hold as it stands."""
    folded = folded_text(text)
    if len(folded) > _LONGEST:
        return folded
    key = _key(folded)
    known = table.get(key)
    if known is not None:
        return known
    parts = [latin or han or sign for latin, han, sign in _PART.findall(key)]
    if len(parts) > 2:
        # A slash between two words only parts them.
        parts = [part for i, part in enumerate(parts) if part != "/" or i in (0, len(parts) - 1)]
    forms = [table.get(part, "") for part in parts]
    if not all(forms) or len(set(parts)) < len(parts):
        return folded
    said = set(forms)
    if len(said) == 2 and _POSITIVE in said:
        # "Positive" beside a grade leaves it to the grade; a mere plus only says it again.
        (grade,) = said - {_POSITIVE}
        if grade not in _PLUSES:
            return folded
        signs = {part for part, form in zip(parts, forms, strict=True) if form == grade}
        return _POSITIVE if signs == {"+"} else grade
    return said.pop() if len(said) == 1 else folded


def vocabulary_text(text: str, comparator: str) -> str:
    """Write a word of a vocabulary in its form; other texts are folded."""
    table = forms_of(comparator)
    return table.get(text) or _composed(text, table)


def flag_text(text: str) -> str:
    """Write the abnormal mark of a lab row: high, critical high, low, normal, none, abnormal, positive, ….

    What a report prints where there is no mark (``-``, ``/``, ``无``) is one grade, and not "normal".
    """
    written = vocabulary_text(text, "flag")
    if written[:1] == "\x00" or not written:
        return written
    grade = vocabulary_text(text, "ordinal")
    return grade if grade in _PLUSES else written


def ordinal_text(text: str) -> str:
    """Write a qualitative result: negative, weak, positive, 1+ to 4+, detected or not, reactive or not, ….

    "Positive" is no grade: ``阳性`` and ``阳性(+)`` are not ``1+``. ``+`` alone is one, and ``阳性(++)`` is
    ``2+``.
    """
    return vocabulary_text(text, "ordinal")


def sex_text(text: str) -> str:
    """Write a sex: male, female, unknown or other; a code number stays text."""
    return vocabulary_text(text, "sex")


def boolean_text(text: str) -> str:
    """Write yes or no, as which 1 and 0 count too; ``有`` and ``无`` are present and absent."""
    return vocabulary_text(text, "boolean")


def enum_form(
    synonyms: Mapping[str, Sequence[str]] | Sequence[tuple[str, Sequence[str]]],
) -> Callable[[str], str]:
    """Return a function that normalizes a name and its spellings to one form, each compared by folded text.

    Parameters
    ----------
    synonyms
        Each name with its other spellings, as a mapping or as pairs.

    Raises
    ------
    SpecError
        If that is not what the synonyms are, a spelling is blank, or it stands for two names.
    """
    forms: dict[str, str] = {}
    owners: dict[str, str] = {}
    for i, (name, others) in enumerate(_pairs(synonyms)):
        form = f"\x00e:{i}"
        for spelling in (name, *others):
            folded = folded_text(spelling)
            if not folded:
                raise SpecError(
                    f"synonyms of {name!r}: expected spellings that are not blank, got {spelling!r}"
                )
            if forms.setdefault(folded, form) != form:
                both = f"{owners[folded]!r} and {name!r}"
                raise SpecError(f"synonyms: expected {spelling!r} under one name, got it under {both}")
            owners[folded] = name

    def form_of_text(text: str) -> str:
        known = forms.get(text)
        if known is not None:
            return known
        folded = folded_text(text)
        return forms.get(folded, folded)

    return form_of_text


def _pairs(synonyms: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Check the shape of synonyms."""
    pairs = list(synonyms.items()) if isinstance(synonyms, Mapping) else synonyms
    if not isinstance(pairs, (list, tuple)):
        raise SpecError(f"synonyms: expected names with lists of spellings, got {synonyms!r}")
    checked = []
    for pair in pairs:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not isinstance(pair[0], str):
            raise SpecError(f"synonyms: expected a name and a list of its spellings, got {pair!r}")
        name, others = pair
        if not isinstance(others, (list, tuple)) or not all(isinstance(x, str) for x in others):
            raise SpecError(f"synonyms of {name!r}: expected a list of strings, got {others!r}")
        checked.append((name, tuple(others)))
    return checked
